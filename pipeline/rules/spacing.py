"""Blanks in running Chinese text, which has none."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.chinese import CLOSERS, HAN, MARKS, OPENERS
from pipeline.rules.dossier import Dossier
from pipeline.rules.occurrences import gathered

BLANK = Rule(
    "NB422",
    Severity.WARNING,
    "文字中间有空格",
    "请删去空格。",
    acceptable=True,
    about="汉字之间的半角空格、段落里汉字之间的全角空格、标点旁边的空格都算。"
    "标题里的全角空格，以及隔开“邮编：”一类栏目的空格，是排版需要，不算。每段只列一条，同一段的其他各处列在“相关”里。",
)
BESIDE_NUMBER = Rule(
    "NB426",
    Severity.NOTE,
    "数字或外文旁边有空格",
    "公文的数字、外文与汉字之间不空格，请删去。",
    acceptable=True,
    about="“图1”“表1”后面的空格不算。每段只列一条，同一段的其他各处列在“相关”里。",
)
RULES = (BLANK, BESIDE_NUMBER)

_HALF, _FULL = " \t\u00a0", "\u3000"
_BEFORE_LABEL = f"(?![{HAN}]{{1,8}}[：:])"
_ANY = re.compile(f"[{_HALF}{_FULL}]")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Blanks in prose, in headings, beside numbers: slow to compile, and most texts have none."""
    in_prose = re.compile(
        rf"(?<=[{HAN}])[{_HALF}{_FULL}]{{1,20}}(?=[{HAN}]){_BEFORE_LABEL}"
        rf"|(?<=[{OPENERS}{CLOSERS}])[{_HALF}]{{1,20}}(?=[{HAN}{MARKS}0-9]){_BEFORE_LABEL}"
        rf"|(?<=[{HAN}0-9])[{_HALF}]{{1,20}}(?=[{MARKS}])"
    )
    in_heading = re.compile(rf"(?<=[{HAN}{MARKS}])[{_HALF}]{{1,20}}(?=[{HAN}{MARKS}])")
    beside = re.compile(
        rf"(?<=[{HAN}])[{_HALF}]{{1,20}}(?=[0-9A-Za-z])"
        rf"|(?<![图表][0-9])(?<=[0-9A-Za-z%％])[{_HALF}]{{1,20}}(?=[{HAN}]){_BEFORE_LABEL}"
    )
    return in_prose, in_heading, beside


def spacing(dossier: Dossier) -> Iterator[Finding]:
    """Blanks between Chinese characters, and those beside numbers: one finding each a passage."""
    for passage in dossier.passages:
        if passage.own and _ANY.search(passage.text):
            in_prose, in_heading, beside = _patterns()
            inside = in_prose if passage.level is None else in_heading
            for rule, blank in ((BLANK, inside), (BESIDE_NUMBER, beside)):
                spans = [found.span() for found in blank.finditer(passage.text)]
                yield from gathered(dossier, rule, passage, spans, "中间有空格")
