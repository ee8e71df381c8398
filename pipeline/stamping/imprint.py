"""From a report on disk to the stamped file beside it: the edges of `stamp`."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pipeline import build, checking, files, project
from pipeline.errors import FileProblem, Refused, UsageError, UserError
from pipeline.project import Project, Target
from pipeline.stamping import seal, stamp
from pipeline.tomlfile.source import read as read_content

STAMPED = "stamped.pdf"
SPECIMEN = "specimen"
"""Stands on the command line for the specimen seal that the program ships."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """The stamped file, and what somebody should look at."""

    path: Path
    warnings: tuple[str, ...]


def source(folders: Project, name: str) -> Path:
    """The report that a command line names: a PDF, or a target's report.pdf.

    Raises:
        UsageError: it names several reports.
        FileProblem: there is no such file.
        Refused: the target's content is no longer what its report was built from.
    """
    path = Path(name)
    if path.suffix.lower() == ".pdf":
        if not path.is_file():
            raise FileProblem(f"没有这个文件：{name}。", "请核对路径。")
        return path
    chosen = project.targets(folders, [name])
    if len(chosen) > 1:
        raise UsageError(f"“{name}”有 {len(chosen)} 份年报。", f"请写明一份，如 {chosen[-1]}。")
    report = chosen[0].output(folders, build.REPORT)
    if not report.is_file():
        raise FileProblem(f"还没有生成：{report}。", f"请先运行 nianbao build {chosen[0]}。")
    _check_current(chosen[0], report)
    return report


def _check_current(target: Target, report: Path) -> None:
    built_from = stamp.passport_of(_read(report)).source
    hint = f"请重新生成：nianbao build {target}，然后再用印。"
    try:
        now = read_content(target.path, target.shown).digest
    except UserError as error:
        raise Refused(f"内容已改动，现在无法读取：{target.shown}。", hint) from error
    if now != built_from:
        raise Refused(f"内容已改动，与生成报告时不同：{target.shown}。", hint)


def imprint(  # noqa: PLR0913  # each is an option of the command line
    report: Path,
    folders: Project,
    *,
    seal_file: Path | None,
    no_seal: bool,
    date: dt.date | None,
    output: Path | None,
) -> Imprint:
    """Stamp a report into a new file.

    Raises:
        Refused: the stamp would not hold, the output is the input, or it is a file of another kind.
        FileProblem: a file cannot be read or written.
    """
    path = output or report.with_name(
        STAMPED if report.name == build.REPORT else f"{report.stem}-{STAMPED}"
    )
    for given in (report, seal_file):
        if given is not None and path.resolve() == given.resolve():
            raise Refused(
                f"输出文件就是输入文件：{given}。", "用印从不改动原文件，请换一个文件名。"
            )
    _check_output(path)
    pdf = _read(report)
    made = stamp.stamp(
        pdf,
        date=date,
        seal=_seal(seal_file, folders, stamp.passport_of(pdf).seal_diameter),
        fonts=checking.load_fonts(folders),
        specimens=stamp.specimen_digests(folders.layouts),
        no_seal=no_seal,
    )
    files.write(path, made.pdf)
    return Imprint(path, made.warnings)


def _check_output(path: Path) -> None:
    """Refuse what is no PDF by its name, and a file that is not one we stamped."""
    if path.suffix.lower() != ".pdf":
        raise Refused(f"输出文件名须以 .pdf 结尾：{path}。", "请换一个文件名。")
    try:
        earlier = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        ours = stamp.passport_of(earlier).stamped is not None
    except UserError:
        ours = False
    if not ours:
        raise Refused(
            f"已有这个文件，不能覆盖：{path}。",
            "只能覆盖先前用印生成、没有数字签名的 PDF；请换一个文件名，或先移走这个文件。",
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> FileProblem:
    return FileProblem(f"无法读取：{path}（{files.reason(error)}）。", "请检查路径和权限。")


def _seal(file: Path | None, folders: Project, diameter: float) -> seal.Seal | None:
    if file is None:
        return None
    shipped = str(file) == SPECIMEN
    return seal.load(folders.layouts / "specimen-seal.svg" if shipped else file, diameter)
