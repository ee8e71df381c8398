"""What cannot be printed: numbers too wide for their columns, characters that no font has."""

import unicodedata
from collections.abc import Iterator

from pipeline.composition import columns, flow
from pipeline.content.report import Report
from pipeline.document import Run, Table
from pipeline.faces import BLANKS, invisible
from pipeline.findings import Finding, Place, Rule, Severity
from pipeline.rules.dossier import Dossier

TOO_WIDE = Rule(
    "NB303", Severity.ERROR, "表格放不下这个数字", "请核对是否多写了位数，或写错了单位。"
)
NO_FONT = Rule(
    "NB401",
    Severity.ERROR,
    "没有字体能印这个字",
    "请换一个字，或在 fonts/ 中放入含有这个字的字体。",
)
CONTROL = Rule("NB402", Severity.ERROR, "看不见的字符", "请删去这个字符。")
PRIVATE = Rule(
    "NB403",
    Severity.ERROR,
    "造字区的字符",
    "请换成正式编码的字；或在 fonts/ 中放入含有这个造字的字体。",
)
RULES = (TOO_WIDE, NO_FONT, CONTROL, PRIVATE)


def numbers(dossier: Dossier) -> Iterator[Finding]:
    """The widest number of each table whose numbers fit their columns in no size."""
    for element in dossier.document.all_elements:
        if isinstance(element, Table) and (cell := columns.too_wide(element, dossier.plan.fonts)):
            message = f"“{element.title}”的表格放不下 {cell.run.text}。"
            yield Finding(TOO_WIDE, dossier.report.locate(cell.run.origin), message)


def characters(dossier: Dossier) -> Iterator[Finding]:
    """Characters that cannot be printed, each where it first stands in a run."""
    report = dossier.report
    for role, run in flow.texts(dossier.document):
        for char in dict.fromkeys(run.text):
            face = dossier.plan.chosen.get((role, char))
            if invisible(char):
                yield Finding(CONTROL, _where(report, run, char), f"看不见的字符 {_code(char)}。")
            elif face is None or _odd_blank(char):
                yield Finding(
                    NO_FONT, _where(report, run, char), f"没有字体能印“{char}”（{_code(char)}）。"
                )
            elif unicodedata.category(char) == "Co" and not face.licensed:
                yield Finding(
                    PRIVATE,
                    _where(report, run, char),
                    f"造字区的字符 {_code(char)}，各机显示不同。",
                )


def _odd_blank(char: str) -> bool:
    return char.isspace() and char not in BLANKS


def _where(report: Report, run: Run, char: str) -> Place:
    return report.locate(run.origin, run.text.index(char))


def _code(char: str) -> str:
    name = unicodedata.name(char, "")
    return f"U+{ord(char):04X}" + (f" {name}" if name else "")
