"""The steps from a content file to a finished report; files are touched at the ends only."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline import files, fonts, tools
from pipeline.composition import flow
from pipeline.composition.compose import compose
from pipeline.content.report import Report, read
from pipeline.document import Document
from pipeline.errors import ContentError, FileProblem, MissingTool, TypesettingFailed
from pipeline.faces import Face
from pipeline.findings import Finding, Place, Rule, Severity
from pipeline.fonts import FontPlan, FontSet
from pipeline.form.forms import Form
from pipeline.form.sayings import Saying
from pipeline.pdf import finish
from pipeline.pdf.passport import Passport
from pipeline.project import Project, Target
from pipeline.rules import acceptance, checks, filing
from pipeline.rules.dossier import Dossier
from pipeline.typesetting import latex, typeset

TYPESETTING = Rule(
    "NB801",
    Severity.ERROR,
    "排版不通过",
    "请看这一处有没有特别长的英文或数字；改不了的，请把排版日志 failed.log 交给维护人员。",
    about="只在生成时出现：排版程序报告了错误或警告。能够确定位置的，位置是出问题的那一段。"
    "日志 failed.log 留在报告所在的文件夹。",
)
RULES = (TYPESETTING,)
_OTHER_FONT = "请换一个完好的字体文件，或将它移走。"
REPORT, DRAFT, FAILED_LOG = "report.pdf", "draft.pdf", "failed.log"

Progress = Callable[[str, float, Path | None], None]
"""Told of each finished step: its name, its milliseconds, and the file it made."""


@dataclass(frozen=True)
class Stock:
    """What every report of a run shares: forms, fonts, what prose says of cells."""

    forms: tuple[Form, ...]
    fonts: FontSet
    sayings: tuple[Saying, ...] = ()
    offices: frozenset[str] = frozenset()
    """The names of all offices in the content folder."""


@dataclass(frozen=True)
class Checked:
    """A report with its document, its font plan and all its findings."""

    report: Report
    document: Document
    plan: FontPlan
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a build."""
        return [finding for finding in self.findings if finding.severity is Severity.ERROR]


@dataclass(frozen=True)
class Built:
    """A finished report, and what was found in it."""

    path: Path
    findings: tuple[Finding, ...]


def load_fonts(project: Project) -> FontSet:
    """The fonts of a project; those that the office supplied are whole.

    Raises:
        FileProblem: fonts.toml cannot be read.
        MissingTool: a role has no font, or a file of the office's is broken.
    """
    found = fonts.load(project.font_file, project.fonts)
    for role in found.roles.values():
        if role.faces[0].licensed:
            _require_whole(role.faces[0])
    return found


def _require_whole(face: Face) -> None:
    try:
        whole = face.whole
    except Exception as error:  # fontTools raises a dozen kinds on a broken file
        raise MissingTool(f"字体文件无法读取：{face.path}。", _OTHER_FONT) from error
    if not whole:
        raise MissingTool(f"字体文件不完整：{face.path}。", _OTHER_FONT)


def check(target: Target, stock: Stock, *, draft: bool = False) -> Checked:
    """Read and check one target.

    Raises:
        ContentError: nothing can be made of it.
        FileProblem: a file cannot be read.
    """
    report, found = read(target.path, stock.forms, target.shown)
    found += filing.file_name(report, target.year)
    earlier, unread = _earlier(target, report, stock)
    found += unread
    document = compose(report, draft=draft)
    plan = fonts.plan(stock.fonts, ((role, run.text) for role, run in flow.texts(document)))
    offices = stock.offices - {report.agency.name}
    dossier = Dossier(report, document, plan, stock.forms, earlier, offices, stock.sayings)
    found += checks.check(dossier)
    ordered = sorted(acceptance.accept(report, found), key=lambda finding: finding.place)
    return Checked(report, document, plan, tuple(ordered))


def _earlier(target: Target, report: Report, stock: Stock) -> tuple[Report | None, list[Finding]]:
    """The same office's report of the year before, and why it cannot be compared with."""
    path = target.path.with_name(f"{report.year - 1}.toml")
    if not path.is_file():
        return None, []
    try:
        return read(path, stock.forms, path.name)[0], []
    except (ContentError, FileProblem) as error:
        message = f"上年的 {path.name} 读不出来，没有与上年比较：{error.message}"
        return None, [Finding(filing.UNREAD, report.place(("year",)), message)]


def build(  # noqa: PLR0913  # each is a choice of the command line
    target: Target,
    project: Project,
    stock: Stock,
    progress: Progress,
    *,
    draft: bool = False,
    limit: float = typeset.TIME_LIMIT,
) -> Built:
    """Check, typeset and finish one target within `limit` seconds of TeX, and write its PDF.

    Raises:
        ContentError: it has errors (a draft leaves out what is wrong).
        MissingTool, TypesettingFailed, FileProblem: as the steps say.
    """
    failed_log = target.output(project, FAILED_LOG)
    with _step(progress, "检查"):
        checked = check(target, stock, draft=draft)
    if checked.errors and not draft:
        raise ContentError(f"{target} 有 {len(checked.errors)} 处错误，未生成。", checked.findings)
    _require_layouts(project.layouts)
    xelatex = tools.require(tools.XELATEX)
    with _step(progress, "排版"):
        rendering = latex.render(checked.document, checked.plan, project.layouts)
        try:
            sheets = typeset.typeset(
                rendering, project.layouts, xelatex, epoch=_epoch(checked.report), limit=limit
            )
        except typeset.LogComplaints as error:
            with suppress(FileProblem):  # what TeX complains of matters more
                files.write(failed_log, error.log.encode())
            raise _located(error, rendering, checked, failed_log) from error
    with _step(progress, "完成", path := target.output(project, DRAFT if draft else REPORT)):
        passport = _passport(checked, draft=draft)
        pdf = finish.finish(sheets.pdf, checked.plan, checked.document.title, passport)
        files.write(path, pdf)
        with suppress(OSError):  # it tells of an earlier run
            failed_log.unlink()
    return Built(path, checked.findings)


@contextmanager
def _step(progress: Progress, name: str, path: Path | None = None) -> Iterator[None]:
    start = time.perf_counter()
    yield
    progress(name, (time.perf_counter() - start) * 1000, path)


def _require_layouts(layouts: Path) -> None:
    for name in (latex.TEMPLATE, latex.CLASS):
        if not (layouts / name).is_file():
            hint = "请恢复这个文件，或用 --layouts 指定完整的格式文件夹。"
            raise FileProblem(f"格式文件夹中缺少 {name}：{layouts}。", hint)


def _epoch(report: Report) -> int:
    """When the PDF says it was made: on the report's date, else on the first day it is due."""
    day = report.date or dt.date(report.year + 1, 1, 1)
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())


def _passport(checked: Checked, *, draft: bool) -> Passport:
    report = checked.report
    return Passport(
        agency=report.agency.name,
        signature=report.agency.signature,
        seal_diameter=report.agency.seal_diameter,
        date=report.date,
        sample=report.sample,
        draft=draft,
        source=report.source.digest,
        fonts={face.path.name: face.digest for face in checked.plan.faces},
    )


def _located(
    error: typeset.LogComplaints, rendering: latex.Rendering, checked: Checked, log: Path
) -> TypesettingFailed:
    """TeX's complaints with their places in the content, where these are known."""
    report = checked.report
    findings = []
    for complaint in error.found:
        origin = rendering.origin(complaint.line) if complaint.line else None
        place = report.locate(origin) if origin else Place(report.source.file, 1, 1, "")
        findings.append(Finding(TYPESETTING, place, f"排版不通过：{complaint.text}"))
    return TypesettingFailed(
        f"{checked.report.source.file} 排版不通过（{len(findings)} 处），未生成。",
        f"排版日志：{log}。{error.hint}",
        findings,
    )
