"""The steps from a checked report to its finished PDF."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pipeline.checking import Checked
from pipeline.composition.compose import DRAFT as DRAFT_MARK
from pipeline.composition.flow import MARK
from pipeline.content.report import Report
from pipeline.errors import FileProblem, TypesettingFailed
from pipeline.exports import tables_csv
from pipeline.findings import Finding, Place, Rule, Severity
from pipeline.pdf import finish, watermark
from pipeline.pdf.attachments import Attachment
from pipeline.pdf.finish import Record
from pipeline.pdf.metadata import Metadata
from pipeline.pdf.passport import Passport
from pipeline.processes import TIME_LIMIT
from pipeline.project import COLOUR_PROFILE
from pipeline.tags import Tag
from pipeline.typesetting import latex, press, typeset
from pipeline.typesetting.lane import Job

TYPESETTING = Rule(
    "NB801",
    Severity.ERROR,
    "排版不通过",
    "请看这一处有没有特别长的英文或数字；改不了的，请把排版日志 failed.log 交给维护人员。",
    about="只在生成时出现：排版程序报告了错误或警告。能够确定位置的，位置是出问题的那一段。"
    "日志 failed.log 留在报告所在的文件夹。",
)
RULES = (TYPESETTING,)
REPORT, DRAFT, FAILED_LOG = "report.pdf", "draft.pdf", "failed.log"
SOURCE_NAME, TABLES_NAME = "内容.toml", "表格.csv"
"""Files inside the PDF, and their types."""
_TOML, _CSV = "application/toml", "text/csv"


@dataclass(frozen=True)
class Pages:
    """A report as LaTeX, and what xelatex made of it."""

    rendering: latex.Rendering
    sheets: typeset.Sheets


def render(checked: Checked, layouts: Path) -> latex.Rendering:
    """The LaTeX of a checked report.

    Raises:
        FileProblem: a layout is not there.
    """
    _require_layouts(layouts)
    return latex.render(checked.document, checked.plan, layouts)


def set_pages(checked: Checked, layouts: Path, limit: float = TIME_LIMIT) -> Pages:
    """Typeset a checked report by itself, as its bundle tells how to do it again.

    Raises:
        NotTypeset: TeX complains of the pages.
        MissingTool, TypesettingFailed, FileProblem: as `typeset` says; a layout is not there.
    """
    rendering = render(checked, layouts)
    job = Job(rendering, epoch(checked.report))
    try:
        return Pages(rendering, press.alone(job, layouts, limit))
    except typeset.LogComplaints as error:
        raise NotTypeset(error, rendering, checked) from error


def finish_pages(checked: Checked, pages: Pages, *, draft: bool = False) -> bytes:
    """The finished PDF of typeset pages."""
    holds = record(checked, pages.rendering.tags, draft=draft)
    return finish.finish(pages.sheets.pdf, checked.plan, holds)


class NotTypeset(TypesettingFailed):
    """TeX's complaints with their places in the content, where these are known; and its log."""

    def __init__(
        self, error: typeset.LogComplaints, rendering: latex.Rendering, checked: Checked
    ) -> None:
        report, findings = checked.report, []
        for complaint in error.found:
            origin = rendering.origin(complaint.line) if complaint.line else None
            place = report.locate(origin) if origin else Place(report.source.file, 1, 1, "")
            findings.append(Finding(TYPESETTING, place, f"排版不通过：{complaint.text}"))
        message = f"{report.source.file} 排版不通过（{len(findings)} 处），未生成。"
        super().__init__(message, error.hint, findings)
        self.log = error.log


def _require_layouts(layouts: Path) -> None:
    for name in (latex.TEMPLATE, latex.CLASS):
        if not (layouts / name).is_file():
            hint = "请恢复这个文件，或用 --layouts 指定完整的格式文件夹。"
            raise FileProblem(f"格式文件夹中缺少 {name}：{layouts}。", hint)


def _day(report: Report) -> dt.date:
    """When the PDF says it was made: on the report's date, else on the first day it is due."""
    return report.date or dt.date(report.year + 1, 1, 1)


def epoch(report: Report) -> int:
    """The moment, in seconds since 1970, that xelatex takes for now."""
    day = _day(report)
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())


def record(checked: Checked, tags: Tag, *, draft: bool) -> Record:
    """What the finished file holds beside its pages."""
    report, day = checked.report, _day(checked.report)
    return Record(
        Metadata(checked.document.title, report.agency.name, checked.document.mark, day, day),
        _passport(checked, draft=draft),
        tags,
        (
            Attachment(SOURCE_NAME, "本报告的内容文件", _TOML, "Source", report.source.data),
            Attachment(TABLES_NAME, "本报告各表的数据", _CSV, "Data", tables_csv(report)),
        ),
        COLOUR_PROFILE.read_bytes(),
        watermark.drawing(checked.plan, MARK, DRAFT_MARK) if draft else b"",
    )


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
