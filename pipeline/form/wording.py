"""Whether two wordings mean the same label: reports write the form's labels in many ways."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from functools import lru_cache

NUMERALS = "一二三四五六七八九十"
_NUMBERING = re.compile(rf"\s*(?:[（(][{NUMERALS}0-9]+[）)]|[{NUMERALS}0-9]+[、.．](?![0-9]))")
_NOTE = re.compile(r"\([^()]*\)|【[^【】]*】|\[[^\[\]]*\]")
_IGNORED = re.compile(r"[\s\u200b\ufeff\u00ad“”„\"'‘’「」『』·]+")
NOTE_SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
"""Numbers of notes: behind a label, or behind a number, of which they are no digits."""
_SIGNS = f"{NOTE_SIGNS}*※"
_VARIANTS = str.maketrans({",": "、", "，": "、", ":": "：", ";": "；"})
_EDGES = "。.：；、|/"
_CLOSE = 0.75
"""Two wordings are close where three quarters of their characters agree in order."""
_ROUNDING = 1e-9
_WORD = 4
"""A label of at least four characters is known at the end of a longer text, too."""
_REMEMBERED = 32_768


class Match(IntEnum):
    """How well a text says a label, from not at all to in the same words."""

    NONE = 0
    CLOSE = 1
    PART = 2
    NOTED = 3
    SAME = 4
    EXACT = 5


@lru_cache(_REMEMBERED)
def plain(text: str) -> str:
    """The text without blanks, quotes, and the difference of full and half width."""
    kept = _IGNORED.sub("", unicodedata.normalize("NFKC", text.rstrip().rstrip(_SIGNS)))
    return kept.translate(_VARIANTS).strip(_EDGES)


@lru_cache(_REMEMBERED)
def core(text: str) -> str:
    """The plain text without the number that it begins with."""
    stripped = text.lstrip()
    numbering = _NUMBERING.match(unicodedata.normalize("NFKC", stripped))
    return plain(stripped[numbering.end() :] if numbering else stripped)


@lru_cache(_REMEMBERED)
def bare(text: str) -> str:
    """The plain text without its number and without notes in brackets."""
    return _NOTE.sub("", core(text)).strip(_EDGES)


class Wordings:
    """Labels in the forms that texts are compared in, made once for all texts."""

    def __init__(self, wordings: Iterable[str]) -> None:
        made = tuple(wordings)
        self._exact = _numbered(made)
        self._plain = _numbered(map(plain, made))
        self._core = _numbered(map(core, made))
        self._bare = _numbered(map(bare, made))
        self._meant = [each for each in self._bare if each]
        self._ends: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for at, wording in enumerate(made):
            if len(bare(wording)) >= _WORD:
                end = core(wording)
                self._ends[end[-1]][end].append(at)

    def match(self, text: str) -> tuple[Match, Sequence[int]]:
        """How well a text says the wordings that it says best, and their numbers in order."""
        if exact := self._exact.get(text.strip()):
            return Match.EXACT, exact
        shown, numberless = plain(text), core(text)
        same = self._core.get(numberless, []) if numberless else []
        if same := [*self._plain.get(shown, []), *same]:
            return Match.SAME, sorted({*same})
        said = bare(text)
        if noted := self._bare.get(said, []) if said else []:
            return Match.NOTED, noted
        ends = self._ends.get(shown[-1:], {}) if said else {}
        if part := [at for end, found in ends.items() if shown.endswith(end) for at in found]:
            return Match.PART, sorted(part)
        close = self._alike(said) if said else []
        return (Match.CLOSE, sorted(close)) if close else (Match.NONE, [])

    def _alike(self, said: str) -> Sequence[int]:
        """The wordings that agree with a text in most characters.

        What two texts share block by block is never more than the longest text that both hold in
        order. `Indel` finds that fast, and leaves few wordings to compare.
        """
        from rapidfuzz import process  # noqa: PLC0415  # most texts say a label in its own words
        from rapidfuzz.distance import Indel  # noqa: PLC0415

        near = process.extract(
            said, self._meant, scorer=Indel.normalized_similarity,
            score_cutoff=_CLOSE - _ROUNDING, limit=None,
        )  # fmt: skip
        alike = (each for each, _, _ in near if similarity(said, each) >= _CLOSE)
        return [at for each in alike for at in self._bare[each]]


def _numbered(texts: Iterable[str]) -> Mapping[str, Sequence[int]]:
    """The places of each text, counted from 0."""
    found: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        found[text].append(at)
    return dict(found)


def match(text: str, wordings: Iterable[str]) -> Match:
    """How well `text` says one of `wordings`: a label and its aliases."""
    return _known(tuple(wordings)).match(text)[0]


@lru_cache(1024)
def _known(wordings: tuple[str, ...]) -> Wordings:
    return Wordings(wordings)


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
