"""Marks and words that stand twice in a row."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.chinese import HAN, around
from pipeline.rules.dossier import Dossier

DOUBLED = Rule(
    "NB424",
    Severity.WARNING,
    "标点或词语重复",
    "请删去多余的一个；确是叠用的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="连着的两个标点（省略号、破折号、“？！”除外），连着出现两遍的词，"
    "以及“的的”“性性”一类的字。“人人”“一个一个”“研究研究”等叠词不算。",
)
RULES = (DOUBLED,)

_WIDE = str.maketrans(",;:?!", "，；：？！")
_MARKS = re.compile(r"[，、；：。][，、；：。！？]+|[！？]+[，、；：。]+")
_TWICE = re.compile(r"([^\x00-\x7f，。、；：]{2,8})\1")
"""What stands twice and may be a word."""
_REDUPLICATED = re.compile(r"一.|非常|许多|很多|好多|研究|讨论|商量|考虑|了解|学习|沟通|交流")
_CHARACTERS = re.compile(
    r"(?<!目)的的(?!确)|(?<![男女异同两])性性|(?<![饱中总共缓温])和和(?![气美])"
    r"|被被|(?<!参)与与|(?<![但于就总只还要凡若可正都倒不也])是是(?!非)"
)


def doubled(dossier: Dossier) -> Iterator[Finding]:
    """A finding for every doubled mark and word."""
    for passage in dossier.passages:
        if not passage.own:
            continue
        text = passage.text.translate(_WIDE)
        for found in _MARKS.finditer(text):
            written = passage.text[found.start() : found.end()]
            quoted = around(passage.text, *found.span())
            message = f"“{quoted}”里的“{written}”重复。"
            yield Finding(DOUBLED, dossier.at(passage, found.start()), message)
        for at, word in _words(text):
            message = f"“{around(text, at, at + 2 * len(word))}”里的“{word}”重复。"
            yield Finding(DOUBLED, dossier.at(passage, at), message)


@cache
def _doubled_words() -> re.Pattern[str]:
    """Words that stand twice, but for numerals: slow to compile, and most texts have none."""
    return re.compile(
        rf"(?P<word>(?![一二三四五六七八九十百千万亿〇零两]{{2}})[{HAN}]{{2,8}})(?P=word)"
    )


def _words(text: str) -> Iterator[tuple[int, str]]:
    for found in _doubled_words().finditer(text) if _TWICE.search(text) else ():
        if not _REDUPLICATED.fullmatch(found["word"]):
            yield found.start(), found["word"]
    for found in _CHARACTERS.finditer(text):
        yield found.start(), found[0][0]
