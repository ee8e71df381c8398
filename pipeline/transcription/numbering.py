"""Word's automatic numbers as text: 一、 （一） 1. as they stand before their paragraphs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import cn2an
from lxml import etree

from pipeline.transcription.wordxml import attribute, local, members

_CIRCLED, _MOST_CIRCLED = 0x2460, 20
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CHINESE = frozenset(
    {
        *("chineseCounting", "chineseCountingThousand", "chineseLegalSimplified"),
        *("japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"),
        "ideographTraditional",
    }
)
_DIGITS = frozenset({"ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"})
_CIRCLES = frozenset({"decimalEnclosedCircle", "decimalEnclosedCircleChinese"})
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
          (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_MOST = 9999
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """How the numbers of one level look."""

    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass
class Numbering:
    """The lists of a file, and how far each has come."""

    levels: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    """Of a list, the one whose counting it shares."""
    _counts: dict[str, list[int | None]] = field(default_factory=dict)

    def next(self, number: str, depth: int) -> str:
        """The text of the next number of a list on a level from 0; "" where it has none."""
        levels = self.levels.get(number, {})
        level = levels.get(depth)
        if level is None or level.format == "none":
            return ""
        counts = self._counts.setdefault(self.lists.get(number, number), [None] * _LEVELS)
        here = counts[depth]
        counts[depth] = level.start if here is None else here + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        if level.format == "bullet":
            return level.text if level.text.isprintable() and level.text < "\ue000" else "•"
        shown = level.text
        for at in range(depth + 1):
            own = levels.get(at, Level())
            count = counts[at] if counts[at] is not None else own.start
            shown = shown.replace(f"%{at + 1}", _shown(count or 0, own.format))
        return shown


def read(root: etree._Element) -> Numbering:
    """The lists that numbering.xml defines."""
    abstract = {
        attribute(each, "abstractNumId"): {
            int(attribute(level, "ilvl") or 0): _level(level) for level in _children(each, "lvl")
        }
        for each in _children(root, "abstractNum")
    }
    levels: dict[str, dict[int, Level]] = {}
    lists: dict[str, str] = {}
    for number in _children(root, "num"):
        name = attribute(number, "numId")
        base = next((attribute(each, "val") for each in _children(number, "abstractNumId")), "")
        own = dict(abstract.get(base, {}))
        overrides = _children(number, "lvlOverride")
        for override in overrides:
            depth = int(attribute(override, "ilvl") or 0)
            own[depth] = _overridden(own.get(depth, Level()), override)
        levels[name] = own
        lists[name] = f"own {name}" if overrides else f"abstract {base}"
    return Numbering(levels, lists)


def _level(element: etree._Element) -> Level:
    found = {local(each): attribute(each, "val") for each in members(element)}
    start = found.get("start", "1")
    return Level(
        found.get("numFmt", "decimal"),
        found.get("lvlText", ""),
        int(start) if start.isdecimal() else 1,
    )


def _overridden(level: Level, override: etree._Element) -> Level:
    for child in _children(override, "lvl"):
        level = _level(child)
    for child in _children(override, "startOverride"):
        start = attribute(child, "val")
        level = Level(level.format, level.text, int(start) if start.isdecimal() else 1)
    return level


def _shown(number: int, style: str) -> str:
    """A number in the digits of a style."""
    if not 0 <= number <= _MOST:
        return str(number)
    if style in _CHINESE:
        text = str(cn2an.an2cn(number, "low"))
        return text.removeprefix("一") if text.startswith("一十") else text
    if style in _DIGITS:
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    if style == "decimalFullWidth":
        return str(number).translate(_FULL_WIDTH)
    if style in _CIRCLES and 0 < number <= _MOST_CIRCLED:
        return chr(_CIRCLED + number - 1)
    return _latin(number, style)


def _latin(number: int, style: str) -> str:
    if style in {"upperLetter", "lowerLetter"} and number:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    if style in {"upperRoman", "lowerRoman"} and number:
        made, left = "", number
        for value, sign in _ROMAN:
            made += sign * (left // value)
            left %= value
        return made if style == "upperRoman" else made.lower()
    return str(number)


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [each for each in members(element) if local(each) == name]
