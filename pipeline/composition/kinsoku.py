"""Breaking short texts, such as labels and titles, into lines of a given width.

Closing marks never begin a line and opening marks never end one (kinsoku, 避头尾); Latin words and
numbers stay whole unless one is wider than the line. Widths count ink: a mark at a line's end, or
an opening bracket at its start, gives up its empty half, so that centred lines look centred.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

NEVER_FIRST = frozenset("、，。；：！？）〕】》〉”’」』…—·～%‰℃°′″)]},.;:!?")
NEVER_LAST = frozenset("（〔【《〈“‘「『([{＄$￥¥")
_HALF_EMPTY_END = frozenset("、，。；：）〕】》〉”’」』")
_HALF_EMPTY_START = frozenset("（〔【《〈“‘「『")

Width = Callable[[str], float]
"""Advance width of a character, in em."""

_UNIT = re.compile(r"[0-9]+\.(?=[^0-9 -~])|[!-~\u00a1-\u024f]+| +|.", re.DOTALL)
_ENUMERATOR = re.compile(r"[0-9]+\.")
_WORDS = re.compile(r"(?:[\u3400-\u9fff]{2}){2,}")
_PAIR = re.compile("..")
_FEW = 4.0
"""In lines of less than 4 em, words of two characters count for more than a line saved."""
_HALVINGS = 32
"""Of a line's width, to find the narrowest measure: far below what can be seen."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text; trims are the empty halves given up at its ends, in em."""

    text: str
    width: float
    trim_start: float = 0.0
    trim_end: float = 0.0


def measure(text: str, width: Width) -> TextLine:
    """One line of text with its trims; widths in em."""
    start = 0.5 if text[:1] in _HALF_EMPTY_START else 0.0
    end = 0.5 if text[-1:] in _HALF_EMPTY_END and len(text) > 1 else 0.0
    return TextLine(text, sum(width(char) for char in text) - start - end, start, end)


def break_lines(
    text: str, available: float, width: Width, *, balanced: bool
) -> tuple[TextLine, ...]:
    """`text` in as few lines as `available` em allow; balanced lines are about equally long.

    Of an even number of Han characters, balanced lines keep the pairs: most words are of two.
    A single character wider than `available` still gets a line of its own.
    """
    pieces = units(text, available, width, balanced=balanced)
    if not pieces:
        return ()
    line = _measuring(width)
    lines = _fill(pieces, available, line)
    if balanced and len(lines) > 1:
        limit = _narrowest(pieces, len(lines), available, line)
        lines = _fill(pieces, limit, line)
    return tuple(map(line, lines))


def _measuring(width: Width) -> Callable[[str], TextLine]:
    """`measure`, each text once: to find good breaks, the same lines are tried many times."""
    return cache(lambda text: measure(text, width))


def units(text: str, available: float, width: Width, *, balanced: bool) -> list[str]:
    """The pieces between which lines of `available` em may break; pairs as `break_lines` says."""
    usual = _units(_UNIT, text, available, width)
    if not (balanced and _WORDS.fullmatch(text)):
        return usual
    pairs = _units(_PAIR, text, available, width)
    line = _measuring(width)
    more = len(_fill(pairs, available, line)) > len(_fill(usual, available, line))
    return usual if more and available >= _FEW else pairs


def _narrowest(
    units: list[str], count: int, available: float, line: Callable[[str], TextLine]
) -> float:
    """The narrowest measure in which the units still make `count` lines, by halving."""
    low, high = 0.0, available
    for _ in range(_HALVINGS):
        limit = (low + high) / 2
        if len(_fill(units, limit, line)) <= count:
            high = limit
        else:
            low = limit
    return high


def _fill(units: list[str], available: float, line: Callable[[str], TextLine]) -> list[str]:
    lines = [""]
    for unit in units:
        longer = lines[-1] + unit
        if lines[-1].strip() and line(longer.strip()).width > available + 1e-6:
            lines.append(unit)
        else:
            lines[-1] = longer
    return [line.strip() for line in lines if line.strip()]


def _units(unit: re.Pattern[str], text: str, available: float, width: Width) -> list[str]:
    """The pieces between which a line may break."""
    pieces: list[str] = []
    for piece in unit.findall(text):
        whole = sum(width(char) for char in piece) <= available
        pieces += [piece] if whole else list(piece)
    units = pieces[:1]
    for before, piece in pairwise(pieces):
        glued = units[-1] + piece
        sticks = (
            piece[0] in NEVER_FIRST or before[-1] in NEVER_LAST or _ENUMERATOR.fullmatch(before)
        )
        if sticks and measure(glued, width).width <= available:
            units[-1] = glued
        else:
            units.append(piece)
    return units
