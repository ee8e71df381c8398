"""Word's automatic numbers as text: 一、 （一） 1. as they stand before their paragraphs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from lxml import etree

from pipeline.transcription.numerals import numeral
from pipeline.transcription.symbols import character
from pipeline.transcription.wordxml import attribute, child, is_on, local, members

_LEVELS = 9
_LONGEST, _MOST_PLACES = 255, 9
"""Of the text of a level: its characters, and numbers in it (Word itself takes 31, and 9)."""
_MOST_DIGITS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """How the numbers of one level look, and when they start again.

    `restart` is the level, from 1, at which they do: None for every higher one, 0 for never.
    """

    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    arabic: bool = False
    """Whether the numbers of higher levels are shown in 0-9, too."""
    tight: bool = False
    """Whether the text follows the number without a gap."""
    style: str = ""
    """The paragraph style that stands for this level."""
    font: str = ""


_PLAIN = Level()


@dataclass(slots=True)
class Numbering:
    """The lists of a file, and how far each has come.

    Lists of one abstract list go on counting where the other stopped; one with a start of its own
    (`starts`: by list and level) begins with that the first time.
    """

    levels: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    """Of a list, the abstract list whose counting it shares."""
    starts: set[tuple[str, int]] = field(default_factory=set)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)

    def next(self, number: str, depth: int) -> str:
        """The text of the next number of a list on a level from 0; "" where it has none.

        A blank ends it where it would otherwise run into the text: 第一条, 1.
        """
        levels = self.levels.get(number, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(self.shared.get(number, number), [None] * _LEVELS)
        here = counts[depth]
        if here is None or (number, depth) in self.starts:
            self.starts.discard((number, depth))
            counts[depth] = level.start
        else:
            counts[depth] = here + 1
        for deeper in range(depth + 1, _LEVELS):
            restart = levels.get(deeper, _PLAIN).restart
            if restart is None or depth < restart:
                counts[deeper] = None
        if level.format == "bullet":
            return _bullet(level)
        return _parted(_filled(level, levels, depth, counts), level)

    def level_of(self, number: str, styles: list[str]) -> int | None:
        """The level of a list that one of the paragraph styles stands for."""
        levels = self.levels.get(number, {})
        by_style = {level.style: depth for depth, level in levels.items() if level.style}
        return next((by_style[style] for style in styles if style in by_style), None)


def _filled(level: Level, levels: Mapping[int, Level], depth: int, counts: list[int | None]) -> str:
    """The text of a number, with the numbers of its own and the higher levels put in."""

    def number(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        if at > depth:
            return ""
        own = levels.get(at, _PLAIN)
        count = counts[at]
        style = "decimal" if level.arabic else own.format
        return "" if style == "bullet" else numeral(own.start if count is None else count, style)

    return _PLACE.sub(number, level.text, _MOST_PLACES)


def _parted(text: str, level: Level) -> str:
    return f"{text} " if text[-1:].isalnum() and not level.tight else text


def _bullet(level: Level) -> str:
    """The sign before a paragraph; that of a symbol font that is not known is shown as •."""
    text = level.text[:1]
    return (character(level.font, ord(text)) or "•") if text.strip() else ""


def read(root: etree._Element) -> Numbering:
    """The lists that numbering.xml defines."""
    abstract = {attribute(each, "abstractNumId"): each for each in _children(root, "abstractNum")}
    styled = {attribute(child(each, "styleLink"), "val"): each for each in abstract.values()}
    styled.pop("", None)
    known = {
        name: _levels(styled.get(attribute(child(each, "numStyleLink"), "val"), each))
        for name, each in abstract.items()
    }
    levels: dict[str, Mapping[int, Level]] = {}
    shared: dict[str, str] = {}
    starts: set[tuple[str, int]] = set()
    for each in _children(root, "num"):
        name, base = attribute(each, "numId"), attribute(child(each, "abstractNumId"), "val")
        own = dict(known.get(base, {}))
        for override in islice(_children(each, "lvlOverride"), _LEVELS):
            depth = _integer(attribute(override, "ilvl"), 0)
            if (level := child(override, "lvl")) is not None:
                own[depth] = _level(level)
            start = child(override, "startOverride")
            if start is not None and depth in own:
                own[depth] = replace(own[depth], start=_integer(attribute(start, "val"), 1))
                starts.add((name, depth))
        levels[name], shared[name] = own, base
    return Numbering(levels, shared, starts)


def _levels(abstract: etree._Element) -> dict[int, Level]:
    found = islice(_children(abstract, "lvl"), _LEVELS)
    return {_integer(attribute(level, "ilvl"), 0): _level(level) for level in found}


def _level(element: etree._Element) -> Level:
    parts = {local(each): each for each in members(element)}
    said = {name: attribute(each, "val") for name, each in parts.items()}
    fallback = child(child(parts.get("AlternateContent"), "Fallback"), "numFmt")
    font = child(parts.get("rPr"), "rFonts")
    restart = said.get("lvlRestart")
    return Level(
        said.get("numFmt") or attribute(fallback, "val") or "decimal",
        said.get("lvlText", "")[:_LONGEST],
        _integer(said.get("start", ""), 1),
        None if restart is None else _integer(restart, 0),
        is_on(parts.get("isLgl")),
        said.get("suff") == "nothing",
        said.get("pStyle", ""),
        attribute(font, "ascii") or attribute(font, "hAnsi"),
    )


def _integer(value: str, otherwise: int) -> int:
    return int(value) if value.isdecimal() and len(value) <= _MOST_DIGITS else otherwise


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (each for each in members(element) if local(each) == name)
