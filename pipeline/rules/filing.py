"""What a report is filed under: its year, its form, its date."""

import datetime as dt
import re
from collections.abc import Iterator

from pipeline.content.report import Report
from pipeline.errors import UsageError
from pipeline.findings import Finding, Rule, Severity
from pipeline.form import forms
from pipeline.form.forms import Deadline
from pipeline.rules.dossier import Dossier

YEAR = Rule(
    "NB209",
    Severity.ERROR,
    "年度与文件名不符",
    "请改正 year，或改文件名。",
    about="以年度命名的文件（如 2023.toml），里面的 year 要与文件名相同。",
)
UNREAD = Rule(
    "NB210",
    Severity.NOTE,
    "上年的文件读不出来，没有与上年比较",
    "请先检查上年的文件。",
)
FORM = Rule(
    "NB211",
    Severity.WARNING,
    "用的不是当年的格式",
    "请改用当年的格式：删去 form 一项，再按提示补齐；照录旧年报的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="form 指定了别的年度的格式，例如 2023 年的年报用了 2019 年的表。",
)
EARLY = Rule(
    "NB212",
    Severity.WARNING,
    "成文日期早于年度终了",
    "年报统计到 12 月 31 日为止，请核对 date 和 year。",
    acceptable=True,
    about="date 在报告年度的 12 月 31 日或以前。",
)
LATE = Rule(
    "NB213",
    Severity.WARNING,
    "成文日期晚于公布期限",
    "请核对 date；确实晚了的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="各部门应在次年 1 月 31 日前公布，县级以上人民政府应在次年 3 月 31 日前公布；"
    "地方另有规定的，从其规定。期限写在格式文件里。",
)
RULES = (YEAR, UNREAD, FORM, EARLY, LATE)

_YEAR = re.compile("[0-9]{4}")


def file_name(report: Report, stem: str) -> Iterator[Finding]:
    """A content file that is named by another year than its own."""
    if _YEAR.fullmatch(stem) and int(stem) != report.year:
        message = f"文件名是 {stem}，year 是 {report.year}。"
        yield Finding(YEAR, report.place(("year",)), message)


def filing(dossier: Dossier) -> Iterator[Finding]:
    """A form of other years, and a date before the year's end or after the day it is due."""
    report = dossier.report
    try:
        usual = forms.choose(dossier.forms, report.year)
    except UsageError:  # of a year that no form covers
        usual = report.form
    if usual.name != report.form.name:
        message = f"{report.year} 年应用“{usual.title}”，这里用的是“{report.form.title}”。"
        yield Finding(FORM, report.place(("form",)), message)
    if report.date is None:
        return
    place, shown = report.place(("date",)), _shown(report.date)
    if report.date <= dt.date(report.year, 12, 31):
        yield Finding(EARLY, place, f"成文日期是{shown}，{report.year} 年还没有结束。")
    elif (due := _due(report)) and report.date > due:
        yield Finding(LATE, place, f"成文日期是{shown}，公布期限是{_shown(due)}。")


def _due(report: Report) -> dt.date | None:
    """The last day for an office's report; None where the form sets none."""
    deadline = next((each for each in report.form.deadlines if _fits(each, report)), None)
    return dt.date(report.year + 1, deadline.month, deadline.day) if deadline else None


def _fits(deadline: Deadline, report: Report) -> bool:
    return not deadline.agencies or report.agency.name.endswith(deadline.agencies)


def _shown(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
