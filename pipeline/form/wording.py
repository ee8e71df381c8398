"""Whether two wordings mean the same label: reports write the form's labels in many ways."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from enum import IntEnum

NUMERALS = "一二三四五六七八九十"
_NUMBERING = re.compile(rf"\s*(?:[（(][{NUMERALS}0-9]+[）)]|[{NUMERALS}0-9]+[、.．](?![0-9]))")
_NOTE = re.compile(r"\([^()]*\)|【[^】]*】|\[[^\]]*\]")
_IGNORED = re.compile(r"[\s\u200b\ufeff\u00ad“”„\"'‘’「」『』·]+")
_SIGNS = re.compile("[⁰¹²³⁴-⁹①-⑳*※]+$")
"""Signs of notes behind a label."""
_VARIANTS = str.maketrans({",": "、", "，": "、", ":": "：", ";": "；"})
_EDGES = "。.：；、|/"
_CLOSE = 0.75
"""Two wordings are close where three quarters of their characters agree in order."""
_WORD = 4
"""A label of at least four characters is known at the end of a longer text, too."""


class Match(IntEnum):
    """How well a text says a label, from not at all to in the same words."""

    NONE = 0
    CLOSE = 1
    PART = 2
    NOTED = 3
    SAME = 4
    EXACT = 5


def plain(text: str) -> str:
    """The text without blanks, quotes, and the difference of full and half width."""
    kept = _IGNORED.sub("", unicodedata.normalize("NFKC", _SIGNS.sub("", text.rstrip())))
    return kept.translate(_VARIANTS).strip(_EDGES)


def core(text: str) -> str:
    """The plain text without the number that it begins with."""
    stripped = text.lstrip()
    numbering = _NUMBERING.match(unicodedata.normalize("NFKC", stripped))
    return plain(stripped[numbering.end() :] if numbering else stripped)


def bare(text: str) -> str:
    """The plain text without its number and without notes in brackets."""
    return _NOTE.sub("", core(text)).strip(_EDGES)


def match(text: str, wordings: Iterable[str]) -> Match:
    """How well `text` says one of `wordings`: a label and its aliases."""
    return max((_match(text, wording) for wording in wordings), default=Match.NONE)


def _match(text: str, wording: str) -> Match:
    if text.strip() == wording:
        return Match.EXACT
    if plain(text) == plain(wording) or (core(text) and core(text) == core(wording)):
        return Match.SAME
    said, meant = bare(text), bare(wording)
    if not (said and meant):
        return Match.NONE
    if said == meant:
        return Match.NOTED
    if len(meant) >= _WORD and plain(text).endswith(core(wording)):
        return Match.PART
    alike = 2 * min(len(said), len(meant)) / (len(said) + len(meant))  # as much as they could be
    close = alike >= _CLOSE and similarity(said, meant) >= _CLOSE
    return Match.CLOSE if close else Match.NONE


def similarity(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def number_of(text: str) -> int | None:
    """The number that a text begins with as a section does (三、 → 3); None where there is none."""
    found = re.match(rf"\s*([{NUMERALS}]{{1,3}})\s*[、.．]", text)
    if not found:
        return None
    tens, mark, ones = found[1].rpartition("十")
    if not mark:
        return NUMERALS.index(ones) + 1 if len(ones) == 1 else None
    return (NUMERALS.index(tens) + 1 if tens else 1) * 10 + (
        NUMERALS.index(ones) + 1 if ones else 0
    )
