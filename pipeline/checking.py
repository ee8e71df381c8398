"""Reading and checking a target: everything that is found before anything is typeset."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline import fonts, project
from pipeline.composition import flow
from pipeline.composition.compose import compose
from pipeline.content.report import Report, read
from pipeline.document import Document
from pipeline.errors import ContentError, FileProblem, MissingTool
from pipeline.faces import Face
from pipeline.findings import Finding, Severity
from pipeline.fonts import FontPlan, FontSet
from pipeline.form import forms, sayings
from pipeline.form.forms import Form
from pipeline.form.sayings import Saying
from pipeline.project import Project, Target
from pipeline.roster import Roster
from pipeline.rules import acceptance, checks, filing
from pipeline.rules.dossier import Dossier

_OTHER_FONT = "请换一个完好的字体文件，或将它移走。"


@dataclass(frozen=True)
class Stock:
    """What every report of a run shares: forms, fonts, what prose says of cells."""

    forms: tuple[Form, ...]
    fonts: FontSet
    sayings: tuple[Saying, ...] = ()
    offices: Roster = field(default_factory=Roster)
    """The names of all offices in the content folder."""


@dataclass(frozen=True)
class Checked:
    """A report with its document, its font plan, all its findings, and that of the year before."""

    report: Report
    document: Document
    plan: FontPlan
    findings: tuple[Finding, ...]
    earlier: Report | None = None

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a build."""
        return [finding for finding in self.findings if finding.severity is Severity.ERROR]


def load(folders: Project) -> Stock:
    """What the reports of a project share.

    Raises:
        FileProblem, MissingTool: a form, a font or a file that lists them cannot be used.
    """
    return Stock(
        forms=forms.load_all(folders.layouts),
        fonts=load_fonts(folders),
        sayings=sayings.load(folders.layouts),
        offices=Roster(project.offices(folders)),
    )


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
    dossier = Dossier(report, document, plan, stock.forms, earlier, stock.offices, stock.sayings)
    found += checks.check(dossier)
    ordered = sorted(acceptance.accept(report, found), key=lambda finding: finding.place)
    return Checked(report, document, plan, tuple(ordered), earlier)


def _earlier(target: Target, report: Report, stock: Stock) -> tuple[Report | None, list[Finding]]:
    """The same office's report of the year before, and why it cannot be compared with."""
    path = target.path.with_name(f"{report.year - 1}.toml")
    if not path.is_file():
        return None, []
    try:
        return read(path, stock.forms, str(Path(target.shown).with_name(path.name)))[0], []
    except (ContentError, FileProblem) as error:
        message = f"上年的 {path.name} 读不出来，没有与上年比较：{error.message}"
        return None, [Finding(filing.UNREAD, report.place(("year",)), message)]
