"""Sections that must say something: on problems, and on what a table's number calls for."""

import re
from collections.abc import Iterator

from pipeline.content.report import Report, SectionContent
from pipeline.findings import Finding, Rule, Severity
from pipeline.form.tables import Cell, TableValues, printed
from pipeline.form.trees import Explained
from pipeline.rules.dossier import Dossier
from pipeline.sentences import sentences

EMPTY = Rule(
    "NB432",
    Severity.WARNING,
    "应有内容的部分没有内容",
    "请写明存在的问题和改进的办法。",
    acceptable=True,
    about="“存在的主要问题及改进情况”是空的，或者只写了“无”。",
)
UNEXPLAINED = Rule(
    "NB433",
    Severity.WARNING,
    "表格中的数没有在文字中说明",
    "请在所说的部分写明收费的项目、依据和金额。",
    acceptable=True,
    about="行政事业性收费不是 0，而“其他需要报告的事项”没有提到收费，"
    "或只说没有收费、只说信息处理费。",
)
RULES = (EMPTY, UNEXPLAINED)

_NOTHING = re.compile(r"(?:暂?无|没有|不存在|未发现).{0,12}")
_DENIES = re.compile(r"(?:没有|未|无(?!害))[^，。；]{0,8}[收费]|(?<![0-9.])0(?:\.0+)?万?元")
"""What a sentence has that speaks of a thing only to say that there is none."""


def substance(dossier: Dossier) -> Iterator[Finding]:
    """Sections that say nothing, and numbers that no section speaks of."""
    report = dossier.report
    for content in report.sections:
        fits = isinstance(report.given(content.text_path), str | None)
        if content.section.substantial and fits and (why := _silent(_said(dossier, content))):
            place = report.place(content.text_path)
            yield Finding(EMPTY, place, f"“{content.heading}”{why}。")
        if content.table:
            for cell in content.table.cells.values():
                explained = cell.row.node.explained if cell.row else None
                if explained:
                    yield from _unexplained(dossier, content.table, cell, explained)


def _said(dossier: Dossier, content: SectionContent) -> str:
    key = content.section.key
    return "".join(p.text for p in dossier.passages if p.section == key and p.level != 1)


def _silent(text: str) -> str:
    """Why a text says nothing; "" where it does."""
    plain = "".join(text.split()).strip("。；，")
    if not plain:
        return "没有内容"
    return f"只写了“{plain}”" if _NOTHING.fullmatch(plain) else ""


def _unexplained(
    dossier: Dossier, values: TableValues, cell: Cell, explained: Explained
) -> Iterator[Finding]:
    report, value = dossier.report, values[cell.path]
    target = _section(report, explained.section)
    if isinstance(value, str) or value == 0 or target is None:
        return
    if not any(_explains(text, explained) for text in sentences(_said(dossier, target))):
        message = f"“{cell.label}”是 {printed(value)}{cell.unit}，“{target.heading}”没有说到。"
        place = report.place(target.text_path)
        yield Finding(UNEXPLAINED, place, message, related=(report.cell_place(values, cell),))


def _explains(sentence: str, explained: Explained) -> bool:
    """Whether a sentence speaks of it; one that denies, or is of something else, does not."""
    rest = sentence
    for other in explained.other:
        rest = rest.replace(other, "")
    return any(word in rest for word in explained.words) and not _DENIES.search(sentence)


def _section(report: Report, key: str) -> SectionContent | None:
    return next((content for content in report.sections if content.section.key == key), None)
