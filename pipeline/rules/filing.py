"""What a report is filed under: its year, its form, its date."""

import re
from collections.abc import Iterator

from pipeline.content.report import Report
from pipeline.findings import Finding, Rule, Severity

YEAR = Rule("NB209", Severity.ERROR, "年度与文件名不符", "请改正 year，或改文件名。")
UNREAD = Rule(
    "NB210",
    Severity.NOTE,
    "上年的文件读不出来，没有与上年比较",
    "请先检查上年的文件。",
)
RULES = (YEAR, UNREAD)

_YEAR = re.compile("[0-9]{4}")


def file_name(report: Report, stem: str) -> Iterator[Finding]:
    """A content file that is named by another year than its own."""
    if _YEAR.fullmatch(stem) and int(stem) != report.year:
        message = f"文件名是 {stem}，year 是 {report.year}。"
        yield Finding(YEAR, report.place(("year",)), message)
