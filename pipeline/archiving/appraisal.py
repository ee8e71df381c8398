"""四性检测报告: what was checked of 真实性, 完整性, 可用性 and 安全性, and with what result.

The four properties are those of DA/T 70-2018. What was not run is 未检测, with the reason.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

JSON_FILE = "metadata/四性检测报告.json"
TEXT_FILE = "metadata/四性检测报告.txt"
STANDARD = "参照 DA/T 70-2018"


class Property(StrEnum):
    """What a record has to have."""

    AUTHENTICITY = "真实性"
    INTEGRITY = "完整性"
    USABILITY = "可用性"
    SECURITY = "安全性"


class Result(StrEnum):
    """How a check ended."""

    PASSED = "通过"
    FAILED = "不通过"
    UNTESTED = "未检测"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended, and why; a reason is needed but for what passed."""

    result: Result
    reason: str = ""

    def __post_init__(self) -> None:
        if self.result is not Result.PASSED and not self.reason:
            raise ValueError(f"{self.result}: no reason")


PASSED = Outcome(Result.PASSED)


def failed(reason: str) -> Outcome:
    """It was run and something is wrong."""
    return Outcome(Result.FAILED, reason)


def untested(reason: str) -> Outcome:
    """It was not run, or could not decide."""
    return Outcome(Result.UNTESTED, reason)


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the report."""

    property: Property
    item: str
    outcome: Outcome

    def __str__(self) -> str:
        reason = f"（{self.outcome.reason}）" if self.outcome.reason else ""
        return f"{self.item}：{self.outcome.result}{reason}"


def to_text(checks: Sequence[Check], name: str, date: str, remark: str) -> bytes:
    """The report as text, with a byte order mark and the line ends of Windows."""
    lines = [f"四性检测报告（{STANDARD}）", "", f"归档包：{name}", f"检测日期：{date}"]
    lines.append(f"附注：{remark}")
    for side in Property:
        lines += ["", side]
        lines += [f"  {check}" for check in checks if check.property is side]
    counts = _counts(checks)
    lines += ["", "合计：" + "，".join(f"{result} {counts[result]} 项" for result in Result)]
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")


def to_json(checks: Sequence[Check], name: str, date: str, remark: str) -> bytes:
    """The same report for programs."""
    values = {
        "说明": STANDARD,
        "归档包": name,
        "检测日期": date,
        "附注": remark,
        "检测项": [
            {
                "性质": check.property,
                "项目": check.item,
                "结果": check.outcome.result,
                "原因": check.outcome.reason,
            }
            for check in checks
        ],
        "合计": _counts(checks),
    }
    return json.dumps(values, ensure_ascii=False, indent=2).encode() + b"\n"


def _counts(checks: Iterable[Check]) -> dict[Result, int]:
    counted = Counter(check.outcome.result for check in checks)
    return {result: counted[result] for result in Result}
