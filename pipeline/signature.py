"""Where signature, date and seal stand: GB/T 9704-2012, 7.3.5, as pure geometry.

The typesetter asks how much room to leave (`room`), `stamp` asks where things go (`place`); both
break the name into the same lines (`name_lines`). Lengths are in bp unless a name says mm; y grows
upward, as in PDF. "Characters" of distance are steps of the 28-character grid (`page.STEP`).
"""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from pipeline.fonts import is_latin
from pipeline.page import DESCENT, EM, GLUE, PITCH, STEP, TYPE_WIDTH, bp

RISE = bp(2.8)
"""7.3.5.1: name and date lie slightly below the seal's centre, their middle by this much."""
DATE_INDENT = 4 * STEP
"""7.3.5.1: with a seal, the date ends four characters from the right edge."""
PLAIN_INDENT = 2 * STEP
"""7.3.5.2: without one, the name (or the longer date) ends two characters from the right edge."""
PLAIN_SHIFT = 2 * STEP
"""7.3.5.2: without a seal, the date begins two characters right of the name."""

_NEVER_FIRST = frozenset("）〕】》〉」』”’、，。；：！？·)]}")
_NEVER_LAST = frozenset("（〔【《〈「『“‘([{")


class Kind(StrEnum):
    """Whether the report is sealed (7.3.5.1) or bears name and date only (7.3.5.2)."""

    SEALED = "sealed"
    UNSEALED = "unsealed"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a page: x from its left, y from its bottom."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Room:
    """What the typesetter leaves below the text for the signature.

    `lead_lines`: pitches from the last text baseline down to the baseline of the last name line;
    the date lies one further down, earlier name lines above. `height`: from the last text baseline
    to the lowest point of date and seal. It fits when it is at most the distance from that baseline
    to the lower edge of the type area, which lies `DESCENT` em below the last line's baseline.
    """

    lead_lines: int
    height: float


@dataclass(frozen=True, slots=True)
class Anchors:
    """The named points that the typesetter leaves in the PDF.

    `text_end` is the last baseline of the text; `sign_name` (last name line) and `sign_date` are
    baseline points at the right edge of the type area.
    """

    text_end: Point
    sign_name: Point
    sign_date: Point


@dataclass(frozen=True, slots=True)
class Placement:
    """Left ends of the baselines of name lines and date; the seal's centre, where there is one."""

    names: tuple[Point, ...]
    date: Point
    seal: Point | None


def room(kind: Kind, diameter_mm: float, name_line_count: int) -> Room:
    """Measure the room below the text for a signature of that kind.

    Sealed: the smallest number of lines that keeps the seal clear of the text (7.3.5.1: its top
    within one line of the text). Unsealed: one empty line, then the name (7.3.5.2).
    """
    if kind is Kind.UNSEALED:
        lead = 1 + name_line_count
        return Room(lead, _date_foot(lead))
    lead = _sealed_lead(diameter_mm, name_line_count)
    centre = _centre_depth(lead) - _lift(diameter_mm, name_line_count)
    return Room(lead, max(_date_foot(lead), centre + bp(diameter_mm) / 2))


def name_width(kind: Kind) -> float:
    """Give the width of the longest name line: the type area, less the margin of 7.3.5.2."""
    return TYPE_WIDTH if kind is Kind.SEALED else TYPE_WIDTH - PLAIN_INDENT


def line_width(text: str, advance: Callable[[str], float]) -> float:
    """Measure a line at body size, closed up as in the body; `advance` is a character's in em."""
    glues = sum(closes_up(left, right) for left, right in pairwise(text))
    return sum(EM * advance(char) for char in text) + GLUE * glues


def closes_up(left: str, right: str) -> bool:
    """Whether the body's glue stands between two characters: between Han characters only."""
    return not is_latin(left) and not is_latin(right)


def date_text(day: dt.date) -> str:
    """The date as 7.3.5.4 asks: Arabic digits, full year, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def name_lines(name: str, width_of: Callable[[str], float], available: float) -> tuple[str, ...]:
    """Break the name into as few lines as fit, of about equal width, losing no character."""
    reach = [width_of(name[:end]) for end in range(len(name) + 1)]
    for count in range(max(1, math.ceil(reach[-1] / available - 0.01)), len(name) + 1):
        lines = _split(name, count, reach)
        if all(width_of(line) <= available + 0.01 for line in lines):
            return lines
    return tuple(name)


def place(
    kind: Kind,
    diameter_mm: float,
    anchors: Anchors,
    name_widths: Sequence[float],
    date_width: float,
) -> Placement:
    """Place name lines, date and seal, given their widths and the anchors.

    Sealed (7.3.5.1): the date ends four characters from the right edge, name and seal are centred
    on it; a name too long for that moves all three left as far as the type area needs. Unsealed
    (7.3.5.2): the name ends two characters from the right edge and the date begins two characters
    right of it; a date longer than the name ends there instead, and keeps that distance.
    """
    right, width = anchors.sign_name.x, max(name_widths)
    if kind is Kind.SEALED:
        axis = min(right - DATE_INDENT - date_width / 2, right - width / 2)
        middle = (anchors.sign_name.y + anchors.sign_date.y) / 2
        seal = Point(axis, middle + RISE + _lift(diameter_mm, len(name_widths)))
        date = Point(axis - date_width / 2, anchors.sign_date.y)
    else:
        longer_date = date_width > width
        end = right - PLAIN_INDENT
        start = end - date_width - PLAIN_SHIFT if longer_date else end - width
        axis, seal = start + width / 2, None
        date = Point(start + PLAIN_SHIFT, anchors.sign_date.y)
    return Placement(_centred(name_widths, axis, anchors.sign_name.y), date, seal)


def seal_gap(anchors: Anchors, seal: Point, diameter_mm: float) -> float:
    """From the text's lower edge down to the seal's top; negative where they overlap."""
    return anchors.text_end.y - DESCENT * EM - (seal.y + bp(diameter_mm) / 2)


def _centred(widths: Sequence[float], axis: float, last: float) -> tuple[Point, ...]:
    """Left ends of lines centred on `axis`, one pitch apart, the last one's baseline at `last`."""
    above = range(len(widths) - 1, -1, -1)
    return tuple(
        Point(axis - width / 2, last + PITCH * lines)
        for width, lines in zip(widths, above, strict=True)
    )


def _centre_depth(lead: int) -> float:
    """From the last text baseline down to the centre of a seal."""
    return (lead + 0.5) * PITCH - RISE


def _gap(diameter_mm: float, lead: int) -> float:
    """From the text's lower edge down to the seal's top."""
    return _centre_depth(lead) - bp(diameter_mm) / 2 - DESCENT * EM


def _sealed_lead(diameter_mm: float, name_line_count: int) -> int:
    """Smallest number of pitches from which the seal clears the text and the name lines fit."""
    clear = math.ceil(-_gap(diameter_mm, 0) / PITCH - 1e-9)
    return max(clear, name_line_count, 1)


def _lift(diameter_mm: float, name_line_count: int) -> float:
    """How far a seal rises so that a name of many lines leaves it within one line of the text."""
    return max(0.0, _gap(diameter_mm, _sealed_lead(diameter_mm, name_line_count)) - PITCH)


def _date_foot(lead: int) -> float:
    """From the last text baseline down to the lower edge of the date's characters."""
    return (lead + 1) * PITCH + DESCENT * EM


def _split(name: str, count: int, reach: Sequence[float]) -> tuple[str, ...]:
    """`name` in at most `count` pieces of about equal width, cut where a line may break.

    `reach`: the width of the first n characters, for every n.
    """
    breaks = [at for at in range(1, len(name)) if _may_break(name, at)]
    if len(breaks) < count - 1:
        breaks = list(range(1, len(name)))
    shares = [reach[-1] * piece / count for piece in range(1, count)]
    cuts = {min(breaks, key=lambda at: abs(reach[at] - share)) for share in shares}
    edges = [0, *sorted(cuts), len(name)]
    return tuple(name[start:end] for start, end in pairwise(edges))


def _may_break(name: str, at: int) -> bool:
    left, right = name[at - 1], name[at]
    inside_word = is_latin(left) and is_latin(right)
    return not inside_word and left not in _NEVER_LAST and right not in _NEVER_FIRST
