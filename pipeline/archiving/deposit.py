"""From a target to its bundle on disk: the edges of `archive`."""

import hashlib
import importlib.metadata
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import __version__, build, events, files, tools
from pipeline.archiving import (
    bundle,
    evidence,
    examination,
    inspections,
    material,
    verification,
    viruses,
)
from pipeline.archiving.appraisal import Check, Outcome, Result
from pipeline.archiving.record import Environment, Record, Replaced, State
from pipeline.archiving.report import MainFile, latest
from pipeline.checking import Checked, Stock, check
from pipeline.errors import ContentError, Refused
from pipeline.events import Action, Event
from pipeline.processes import run
from pipeline.project import Project, Target

FOLDER = "archive"
_PACKAGE = Path(__file__).parent.parent
_MOST_ORIGINAL = 64 * 1024 * 1024
_VERIFYING = 120.0
"""Seconds that reading a bundle back may take."""
_LIBRARIES = ("pikepdf", "pypdf", "fonttools", "uharfbuzz", "jinja2", "lxml")
"""What decides the bytes of a report."""
Judge = Callable[[bytes], Outcome]
"""What examines the digital signatures of a PDF."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks of a bundle: 档号, 保管期限, who archives, what it corrects."""

    number: str = ""
    retention: str = ""
    agent: str = ""
    replaces: Path | None = None
    original: Path | None = None


@dataclass(frozen=True, slots=True)
class Deposit:
    """A bundle on disk, and what somebody should look at."""

    path: Path
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]


def deposit(
    target: Target, folders: Project, stock: Stock, wishes: Wishes, judge: Judge
) -> Deposit:
    """Bundle the last current file of a target: signed, stamped or as built.

    Raises:
        Refused: nothing was built from the content as it is, or another bundle has the name.
        ContentError, MissingTool, TypesettingFailed, FileProblem: as the steps say.
    """
    checked = check(target, stock)
    if checked.errors:
        raise ContentError(f"{target} 有 {len(checked.errors)} 处错误，未归档。", checked.findings)
    main = latest(target, folders, checked)
    pages = build.set_pages(checked, folders.layouts)
    again = build.finish_pages(checked, pages)
    replaced = _replaced(wishes.replaces)
    happened = _events(target, folders, main, wishes)
    record = _record(checked, main, happened, folders, wishes, replaced)

    def examine(within: Mapping[str, bytes]) -> dict[str, Outcome]:
        return {
            **evidence.of_pdf(main.pdf, record, checked),
            examination.TYPESET_AGAIN: evidence.of_typesetting(again, main.report),
            examination.SIGNATURE: judge(main.pdf),
            examination.VIRUSES: viruses.scan(within),
        }

    made = bundle.assemble(
        record,
        material.documents(main.pdf, checked),
        material.others(checked, pages, folders.layouts) | _original(wishes.original),
        examine,
    )
    path = folders.out / FOLDER / f"{record.name}.zip"
    _write(path, made.zip())
    if len(happened) == 1:
        events.begin(target.log(folders), *happened)
    events.add(target.log(folders), happened[-1])
    return Deposit(path, made.checks, tuple(_warnings(main, made.checks)))


def _events(target: Target, folders: Project, main: MainFile, wishes: Wishes) -> tuple[Event, ...]:
    """What was done with the report, this archiving last; it is the same one if it is repeated."""
    happened = events.read(target.log(folders))
    detail = f"{main.path.name}，SHA-256 {hashlib.sha256(main.pdf).hexdigest()}"
    if happened and (happened[-1].action, happened[-1].detail) == (Action.ARCHIVE, detail):
        return happened
    return (*happened, events.now(Action.ARCHIVE, detail, wishes.agent))


def _record(  # noqa: PLR0913, PLR0917  # all that a record tells
    checked: Checked,
    main: MainFile,
    happened: tuple[Event, ...],
    folders: Project,
    wishes: Wishes,
    replaced: Replaced | None,
) -> Record:
    report, archived = checked.report, happened[-1].time.date()
    record = Record(
        agency=report.agency.name,
        title=checked.document.title,
        year=report.year,
        date=main.date or report.date or archived,
        state=main.state,
        pages=main.pages,
        archived=archived,
        events=happened,
        environment=_environment(checked, folders),
        sample=report.sample,
        number=wishes.number,
        retention=wishes.retention,
        replaces=replaced,
    )
    told = replaced.name if replaced else ""
    earlier = re.fullmatch(rf"{re.escape(record.name)}(?:-([0-9]+))?", told)
    return replace(record, edition=int(earlier[1] or 1) + 1) if earlier else record


def _environment(checked: Checked, folders: Project) -> Environment:
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    versions |= {"nianbao": __version__, "python": platform.python_version()}
    versions["xelatex"] = tools.find(tools.XELATEX).version
    return Environment(
        versions=versions,
        fonts={face.path.name: face.digest for face in checked.plan.faces},
        form=checked.report.form.name,
        layouts=material.digests(folders.layouts, checked.report.form.name),
    )


def _replaced(path: Path | None) -> Replaced | None:
    """The bundle that is corrected, which must be whole itself."""
    if path is None:
        return None
    if differences := verification.verify(path):
        raise Refused(
            f"要更正的归档包已损坏：{path}（{len(differences)} 处）。",
            f"请运行 nianbao verify {path} 查看，并找到完好的归档包。",
        )
    if not path.is_file():
        raise Refused(f"要更正的归档包应当是 zip 文件：{path}。", "请指定原来的 .zip 文件。")
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Replaced(path.name.removesuffix(".zip"), digest)


def _original(path: Path | None) -> dict[str, bytes]:
    """The document that the report was imported from."""
    if path is None:
        return {}
    if path.suffix.lower() not in inspections.ORIGINAL_FORMATS | {".pdf", ".txt"}:
        kinds = "、".join(sorted(inspections.ORIGINAL_FORMATS | {".pdf", ".txt"}))
        raise Refused(f"这种文件不能作为原件：{path.name}。", f"可以是 {kinds}。")
    return {f"{material.ORIGINALS}/{path.name}": files.whole(path, _MOST_ORIGINAL)}


def _write(path: Path, made: bytes) -> None:
    """Put a bundle into its place once a stranger, a process of its own, has found it whole.

    Raises:
        Refused: a bundle of this name is there, with other bytes; it is not whole.
    """
    if path.is_file():
        if path.read_bytes() == made:
            return
        raise Refused(
            f"已有归档包，内容不同：{path}。",
            f"归档包从不改动。更正请用 --replaces {path}，另做一个新的归档包。",
        )
    with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        fresh = Path(folder) / path.name
        fresh.write_bytes(made)
        command = [sys.executable, "-m", "pipeline", "verify", str(fresh)]
        said, code = run(command, limit=_VERIFYING, env=_environment_of_stranger())
    if code:
        raise Refused(f"归档包核对不通过：{said.strip()}", "请将此信息交给维护人员。")
    files.write(path, made, new=True)


def _environment_of_stranger() -> dict[str, str]:
    """Nothing but where Python and this package are."""
    return {"PATH": os.defpath, "PYTHONPATH": str(_PACKAGE.parent), "LC_ALL": "C.UTF-8"}


def _warnings(main: MainFile, checks: Sequence[Check]) -> Iterator[str]:
    if main.state is State.UNSTAMPED:
        yield f"没有用印，归档为“{State.UNSTAMPED}”：{main.path}"
    for each in checks:
        if each.outcome.result is Result.FAILED:
            yield f"四性检测不通过：{each.item}（{each.outcome.reason}）"
