"""What cannot be printed: numbers too wide for their columns, characters that no font has."""

import unicodedata
from collections.abc import Iterator

from pipeline.composition import columns, flow
from pipeline.content.report import Report
from pipeline.document import Run, Table
from pipeline.faces import BLANKS, Face, invisible
from pipeline.findings import Finding, Place, Rule, Severity
from pipeline.rules.dossier import Dossier

TOO_WIDE = Rule(
    "NB303",
    Severity.ERROR,
    "表格放不下这个数字",
    "请核对是否多写了位数，或写错了单位。",
    about="用最小的字号也放不进这一列。一般的列放得下八位数。",
)
NO_FONT = Rule(
    "NB401",
    Severity.ERROR,
    "没有字体能印这个字",
    "请换一个字，或在 fonts/ 中放入含有这个字的字体。",
    about="本机的字体都没有这个字，印出来会是空白或方框。不常见的空格也算。",
)
CONTROL = Rule(
    "NB402",
    Severity.ERROR,
    "看不见的字符",
    "请删去这个字符。",
    about="多半是从网页或 Word 里复制带来的，例如零宽空格。",
)
PRIVATE = Rule(
    "NB403",
    Severity.ERROR,
    "造字区的字符",
    "请换成正式编码的字；或在 fonts/ 中放入含有这个造字的字体。",
    about="造字区的编码在各台电脑上显示不同的字，只有本单位的字体里有这个造字才能用。",
)
STAND_IN = Rule(
    "NB404",
    Severity.NOTE,
    "由别的字体补印的字",
    "字形略有不同，请看一看版面；要用本字体的，请在 fonts/ 中放入字数较多的字体。",
    about="所用的字体没有这个字，由另一种字体代印。",
)
_BLANK_HINT = "请删去这个空格，或改成全角空格。"
RULES = (TOO_WIDE, NO_FONT, CONTROL, PRIVATE, STAND_IN)


def numbers(dossier: Dossier) -> Iterator[Finding]:
    """The widest number of each table whose numbers fit their columns in no size."""
    for element in dossier.document.all_elements:
        if isinstance(element, Table) and (cell := columns.too_wide(element, dossier.plan.fonts)):
            message = f"“{element.title}”的表格放不下 {cell.run.text}。"
            yield Finding(TOO_WIDE, dossier.report.locate(cell.run.origin), message)


def characters(dossier: Dossier) -> Iterator[Finding]:
    """Characters that cannot be printed, each where it first stands in a run."""
    report, texts = dossier.report, list(flow.texts(dossier.document))
    odd = {char for char in set().union(*(run.text for _, run in texts)) if _may_be_wrong(char)}
    odd |= dossier.plan.missing
    for role, run in texts:
        for char in dict.fromkeys(run.text) if not odd.isdisjoint(run.text) else ():
            face = dossier.plan.chosen.get((role, char))
            if invisible(char):
                yield Finding(CONTROL, _where(report, run, char), f"看不见的字符 {_code(char)}。")
            elif _odd_blank(char):
                message = f"不常见的空格 {_code(char)}，印出来宽窄不一。"
                yield Finding(NO_FONT, _where(report, run, char), message, _BLANK_HINT)
            elif face is None:
                message = f"没有字体能印“{char}”（{_code(char)}）。"
                yield Finding(NO_FONT, _where(report, run, char), message)
            elif unicodedata.category(char) == "Co" and not face.licensed:
                yield Finding(
                    PRIVATE,
                    _where(report, run, char),
                    f"造字区的字符 {_code(char)}，各机显示不同。",
                )


def stand_ins(dossier: Dossier) -> Iterator[Finding]:
    """Han characters that another face than their role's own sets: a note for each face."""
    roles = dossier.plan.fonts.roles
    others: dict[str, dict[str, Face]] = {role: {} for role in roles}
    for (role, char), face in dossier.plan.chosen.items():
        if char not in BLANKS and face is not dossier.plan.fonts.chain(role, char)[0]:
            others[role][char] = face
    met: dict[tuple[str, Face], list[tuple[str, Run]]] = {}
    for role, run in flow.texts(dossier.document):
        for char in dict.fromkeys(run.text) if others[role] else ():
            if char in others[role]:
                met.setdefault((role, others[role][char]), []).append((char, run))
    for (role, face), found in met.items():
        chars = "、".join(dict(found))
        char, run = found[0]
        message = f"{roles[role].title}没有“{chars}”，由 {face.title} 代印。"
        yield Finding(STAND_IN, _where(dossier.report, run, char), message)


def _may_be_wrong(char: str) -> bool:
    return invisible(char) or _odd_blank(char) or unicodedata.category(char) == "Co"


def _odd_blank(char: str) -> bool:
    return char.isspace() and char not in BLANKS


def _where(report: Report, run: Run, char: str) -> Place:
    return report.locate(run.origin, run.text.index(char))


def _code(char: str) -> str:
    name = unicodedata.name(char, "")
    return f"U+{ord(char):04X}" + (f" {name}" if name else "")
