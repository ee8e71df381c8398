"""References in prose that lead nowhere, to no number, or ask for an unknown format."""

from collections.abc import Iterator

from pipeline.composition.compose import FORMATS
from pipeline.content import prose
from pipeline.content.report import unreferable
from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.dossier import Dossier

UNKNOWN = Rule(
    "NB501", Severity.ERROR, "引用了没有的格", "请改正路径；要原样印出，请在 {{ 前加 \\。"
)
EMPTY = Rule("NB502", Severity.ERROR, "引用的格里没有数字", "请先填好这一格。")
FORMAT = Rule("NB503", Severity.ERROR, "不认识的引用格式", "竖线后面只能写 中文。")
RULES = (UNKNOWN, EMPTY, FORMAT)


def references(dossier: Dossier) -> Iterator[Finding]:
    """Every reference that cannot be printed as it asks."""
    report = dossier.report
    for path, text in report.prose():
        for reference in prose.references(text, path):
            place = report.locate(reference.origin)
            wrong = unreferable(report, reference)
            if wrong == "unknown":
                yield Finding(UNKNOWN, place, f"没有这一格：{reference.path}。")
            elif wrong:
                yield Finding(EMPTY, place, f"{reference.path} 里没有数字。")
            if reference.format not in FORMATS:
                yield Finding(FORMAT, place, f"不认识的引用格式：{reference.format}。")
