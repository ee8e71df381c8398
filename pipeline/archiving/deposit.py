"""From a target to its bundle on disk: the edges of `archive`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import build, events, files
from pipeline.archiving import (
    bundle,
    correction,
    evidence,
    examination,
    excerpt,
    inspections,
    keeping,
    material,
    names,
    refusals,
    viruses,
)
from pipeline.archiving.appraisal import Check, Outcome, Result
from pipeline.archiving.bundle import Bundle
from pipeline.archiving.evidence import digest
from pipeline.archiving.record import Record, Registered, State
from pipeline.archiving.report import MainFile, latest
from pipeline.checking import Checked, Stock, check
from pipeline.errors import ContentError, Refused
from pipeline.events import Action, Event
from pipeline.project import Project, Target
from pipeline.stamping import registration
from pipeline.stamping.registration import Found

FOLDER = "archive"
_MOST_ORIGINAL = 64 * 1024 * 1024
Judge = Callable[[bytes], Outcome]
"""What examines the digital signatures of a PDF."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks of a bundle: 档号, 保管期限, who archives, what it corrects.

    `force` is the reason to archive in spite of checks that fail, or None.
    """

    number: str = ""
    retention: str = ""
    agent: str = ""
    replaces: Path | None = None
    original: Path | None = None
    force: str | None = None


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
        Refused: nothing was built from the content as it is, a check of the 四性 report fails and
            nobody forces it, another bundle has the name, or none can have it.
        ContentError, MissingTool, TypesettingFailed, FileProblem: as the steps say.
    """
    checked = check(target, stock)
    if checked.errors:
        raise ContentError(f"{target} 有 {len(checked.errors)} 处错误，未归档。", checked.findings)
    main = latest(target, folders, checked)
    original = _original(wishes.original)
    found = registration.find(target.path.parent, digest(main.unsigned or b""))
    pages = build.set_pages(checked, folders.layouts)
    log = target.log(folders)
    record = _record(checked, main, _happened(log, main, wishes), folders, wishes)
    record = replace(record, registered=_registered(main, found))
    refusals.require_name(record, checked)
    path = folders.out / FOLDER / f"{record.name}.zip"
    documents = material.documents(main.pdf, checked)
    others = material.others(checked, pages, folders.layouts) | original
    given = {
        **evidence.of_pdf(main.pdf, record, checked),
        **evidence.of_making(main, build.finish_pages(checked, pages), found),
        examination.SIGNATURE: judge(main.pdf),
    }

    def examine(within: Mapping[str, bytes]) -> dict[str, Outcome]:
        return {**given, examination.VIRUSES: viruses.scan(within)}

    def bundled(reason: str = "") -> tuple[Bundle, Event]:
        happened = _as_kept(_happened(log, main, wishes, reason), path)
        archived = happened[-1].time.date()
        told = replace(record, events=happened, archived=archived, forced=reason)
        return bundle.assemble(told, documents, others, examine), happened[-1]

    def different() -> Refused:
        return refusals.different(path, target, folders, checked)

    made, event = bundled()
    failing = [each for each in made.checks if each.outcome.result is Result.FAILED]
    if failing and wishes.force is None:
        raise refusals.unfit(target, failing)
    reason = (wishes.force or "") if failing else ""
    if reason:
        made, event = bundled(reason)
    if not keeping.keep(path, made.zip(), different):
        made, event = bundled(reason)  # another run was first: its archiving is this one
        keeping.keep(path, made.zip(), different)
    if not log.is_file():
        events.begin(log, event)
    events.add(log, event)
    return Deposit(path, made.checks, tuple(_warnings(main, failing, wishes)))


def _happened(log: Path, main: MainFile, wishes: Wishes, reason: str = "") -> tuple[Event, ...]:
    """What was done with the report, this archiving last; it is the same one if it is repeated."""
    happened = events.read(log)
    forced = f"；强制归档：{reason}" if reason else ""
    detail = f"{main.path.name}，SHA-256 {digest(main.pdf)}{forced}"
    if happened and (happened[-1].action, happened[-1].detail) == (Action.ARCHIVE, detail):
        return happened
    return (*happened, events.now(Action.ARCHIVE, detail, wishes.agent))


def _as_kept(happened: tuple[Event, ...], path: Path) -> tuple[Event, ...]:
    """The events that the bundle at `path` has, where they differ in the time of archiving only."""
    there = excerpt.happened(path)
    if not there or there[:-1] != happened[:-1]:
        return happened
    last, now = there[-1], happened[-1]
    return there if (last.action, last.detail) == (now.action, now.detail) else happened


def _record(
    checked: Checked,
    main: MainFile,
    happened: tuple[Event, ...],
    folders: Project,
    wishes: Wishes,
) -> Record:
    report, archived = checked.report, happened[-1].time.date()
    replaced = None
    if wishes.replaces:
        replaced = correction.replaced(wishes.replaces, report.agency.name, report.year)
    record = Record(
        agency=report.agency.name,
        title=checked.document.title,
        year=report.year,
        date=main.date or report.date or archived,
        state=main.state,
        pages=main.pages,
        archived=archived,
        events=happened,
        environment=material.environment(checked, folders.layouts),
        sample=report.sample,
        number=wishes.number,
        retention=wishes.retention,
        replaces=replaced,
    )
    told = replaced.name if replaced else ""
    earlier = re.fullmatch(rf"{re.escape(record.name)}(?:-([0-9]+))?", told)
    return replace(record, edition=int(earlier[1] or 1) + 1) if earlier else record


def _registered(main: MainFile, found: Found) -> Registered | None:
    """What the register says of the stamping, for the bundle."""
    if found.entry is None or main.unsigned is None:
        return None
    return Registered(found.entry, len(main.unsigned))


def _original(path: Path | None) -> dict[str, bytes]:
    """The document that the report was imported from."""
    if path is None:
        return {}
    if path.suffix.lower() not in inspections.ORIGINAL_FORMATS | {".pdf", ".txt"}:
        kinds = "、".join(sorted(inspections.ORIGINAL_FORMATS | {".pdf", ".txt"}))
        raise Refused(f"这种文件不能作为原件：{path.name}。", f"可以是 {kinds}。")
    return {f"{material.ORIGINALS}/{path.name}": files.whole(path, _MOST_ORIGINAL)}


def _warnings(main: MainFile, failing: Sequence[Check], wishes: Wishes) -> Iterator[str]:
    if main.state is State.UNSTAMPED:
        yield f"没有用印，归档为“{State.UNSTAMPED}”：{main.path}"
    if wishes.force is not None and not failing:
        yield "没有需要强制的情形，照常归档；--reason 没有记入过程记录。"
    for each in failing:
        told = names.shown(str(each))
        yield f"强制归档，理由记入过程记录和附注：{told}"
