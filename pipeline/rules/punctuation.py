"""Half-width punctuation in Chinese text, for which GB/T 15834 has marks of full width."""

import re
from collections.abc import Iterator

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.chinese import is_chinese
from pipeline.rules.dossier import Dossier
from pipeline.rules.occurrences import gathered

HALF_WIDTH = Rule(
    "NB421",
    Severity.WARNING,
    "中文里有半角标点",
    "请改用全角标点：，；：？！（）。“”。",
    acceptable=True,
    about="标点紧挨汉字或全角标点才算；数字、时间、网址、邮箱和外文里的半角标点不算，"
    "“1.”一类的序号也不算。每段只列一条，同一段的其他各处列在“相关”里。",
)
RULES = (HALF_WIDTH,)

_EXEMPT = re.compile(
    r"(?:https?://|www\.)[A-Za-z0-9./_~%?=&#:@+-]{1,300}"
    r"|[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,255}"
    r"|(?<=[A-Za-z0-9]) ?\([ -'*-~]{1,60}\)"
)
"""Addresses, and a bracket behind a foreign word with nothing but foreign words in it."""

_MARK = re.compile(r"[,;:?!()\"'\[\]]|<(?=[^<>]{1,60}>)|\.{1,6}")
_BLANK = " \t\u00a0\u3000"


def half_width(dossier: Dossier) -> Iterator[Finding]:
    """A finding for each passage with half-width marks, at the first of them."""
    for passage in dossier.passages:
        marks = list(_marks(passage.text)) if passage.own else []
        if marks:
            what = f"里的“{passage.text[marks[0]]}”是半角标点"
            spans = [(at, at + 1) for at in marks]
            yield from gathered(dossier, HALF_WIDTH, passage, spans, what)


def _marks(text: str) -> Iterator[int]:
    """Where half-width marks stand beside Chinese ones, blanks between them left aside."""
    text = _EXEMPT.sub(lambda found: "a" * len(found[0]), text)
    for mark in _MARK.finditer(text):
        before, behind = _before(text, mark.start()), _behind(text, mark.end())
        left, right = is_chinese(before), is_chinese(behind)
        ends_a_sentence = left and (right or not behind)
        if ends_a_sentence if mark[0][0] == "." else left or right:
            yield mark.start()


def _before(text: str, at: int) -> str:
    while at and text[at - 1] in _BLANK:
        at -= 1
    return text[at - 1 : at]


def _behind(text: str, at: int) -> str:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return text[at : at + 1]
