"""Who wrote, reviewed and approved a report: each step once, in order, in time, by another person.

What nobody has approved yet is no finding: `stamp` tells it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from pipeline.content.approvals import Approval, Role
from pipeline.content.report import Report
from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.dossier import Dossier

TWICE = Rule(
    "NB214",
    Severity.ERROR,
    "同一环节审签了两次",
    "一个环节只写一条 [[approvals]]，请删去多余的一条。",
    about="[[approvals]] 里有两条的 role 相同。",
)
ORDER = Rule(
    "NB215",
    Severity.ERROR,
    "审签的先后不对",
    "请核对 [[approvals]] 中的日期：先拟稿，再审核，后签发。",
    acceptable=True,
    about="后一个环节的日期早于前一个环节。同一天的，不算先后不对。",
)
LATE = Rule(
    "NB216",
    Severity.ERROR,
    "审签日期晚于成文日期",
    "请核对审签日期和 date：成文日期是签发的日期，各环节都应在这一天或以前完成。",
    acceptable=True,
    about="[[approvals]] 中的日期在 date 以后。没有写 date 的，用印时与 --date 比较，只作提醒。",
)
EARLY = Rule(
    "NB217",
    Severity.WARNING,
    "审签日期早于年度终了",
    "请核对是不是上年的审签；确在年度终了以前审签的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="年报统计到 12 月 31 日为止，[[approvals]] 中的日期在这一天或以前。",
)
SAME = Rule(
    "NB218",
    Severity.WARNING,
    "同一个人审签了两个环节",
    "请由另一个人审核、签发；人手不够的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="[[approvals]] 里两个环节的姓名相同，等于自己审自己写的。",
)
RULES = (TWICE, ORDER, LATE, EARLY, SAME)

_STEPS = [*Role]


def approvals(dossier: Dossier) -> Iterator[Finding]:
    """What is wrong with the approvals of a report."""
    report = dossier.report
    in_order = sorted(report.approvals, key=lambda approval: _STEPS.index(approval.role))
    yield from _twice(report, in_order)
    yield from _order(report, in_order)
    yield from _times(report)
    yield from _same(report, in_order)


def _twice(report: Report, in_order: Sequence[Approval]) -> Iterator[Finding]:
    for first, again in pairwise(in_order):
        if first.role is again.role:
            message = f"“{again.role.label}”（{again.role}）已经有一条了。"
            places = report.place((*again.at, "role")), report.place((*first.at, "role"))
            yield Finding(TWICE, places[0], message, related=places[1:])


def _order(report: Report, in_order: Sequence[Approval]) -> Iterator[Finding]:
    for before, after in pairwise(in_order):
        if after.role is not before.role and after.date < before.date:
            message = (
                f"{after.role.label}日期 {after.date} 早于{before.role.label}日期 {before.date}。"
            )
            places = report.place((*after.at, "date")), report.place((*before.at, "date"))
            yield Finding(ORDER, places[0], message, related=places[1:])


def _times(report: Report) -> Iterator[Finding]:
    end = dt.date(report.year, 12, 31)
    for approval in report.approvals:
        place, told = report.place((*approval.at, "date")), f"{approval.role.label}日期"
        if report.date and approval.date > report.date:
            message = f"{told} {approval.date} 晚于成文日期 {report.date}。"
            yield Finding(LATE, place, message, related=(report.place(("date",)),))
        if approval.date <= end:
            message = f"{told} {approval.date}，{report.year} 年还没有结束。"
            yield Finding(EARLY, place, message)


def _same(report: Report, in_order: Sequence[Approval]) -> Iterator[Finding]:
    for before, after in combinations(in_order, 2):
        if after.role is not before.role and _plain(after.name) == _plain(before.name):
            message = f"{before.role.label}和{after.role.label}是同一个人。"
            places = report.place((*after.at, "name")), report.place((*before.at, "name"))
            yield Finding(SAME, places[0], message, related=places[1:])


def _plain(name: str) -> str:
    """A name without blanks: names of two characters are often spread to the width of three."""
    return "".join(name.split())
