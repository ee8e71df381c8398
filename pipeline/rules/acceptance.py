"""Findings that an office stands by, with its reason; and acceptances that meet none."""

from collections.abc import Sequence

from pipeline.content.report import Accepted, Report
from pipeline.findings import Finding, Rule, Severity

UNUSED = Rule(
    "NB701",
    Severity.WARNING,
    "确认没有对应的问题",
    "问题已不存在时，请删去这一条。",
    about="[[accepted]] 里的编号和键没有对上任何问题，或者这个问题只能改正、不能确认。",
)
RULES = (UNUSED,)


def accept(report: Report, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those that the office stands by as notes; and acceptances that met none."""
    made = []
    used = set()
    for finding in findings:
        reason = None
        for entry in report.accepted:
            if finding.rule.acceptable and _meant(entry, finding):
                reason = entry.reason
                used.add(entry)
        made.append(finding.accept(reason) if reason else finding)
    made += [_unused(report, entry, findings) for entry in report.accepted if entry not in used]
    return made


def _meant(entry: Accepted, finding: Finding) -> bool:
    """Whether an acceptance names a finding: its code, and its path or one above it."""
    same_code = entry.code.upper() == finding.rule.code
    return same_code and f"{finding.place.path}.".startswith(f"{entry.path}." if entry.path else "")


def _unused(report: Report, entry: Accepted, findings: Sequence[Finding]) -> Finding:
    """Why an acceptance met no finding: what it names must be corrected, or is not there."""
    place, name = report.place(entry.at), f"{entry.code} {entry.path}".strip()
    if any(_meant(entry, finding) for finding in findings):
        message = f"这个问题不能确认，只能改正：{name}。"
        return Finding(UNUSED, place, message, "请改正这个问题，并删去这一条。")
    return Finding(UNUSED, place, f"没有找到要确认的问题：{name}。")
