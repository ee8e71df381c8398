"""The title: 2号 小标宋, centred, in a trapezium or a lozenge, its words kept whole (7.3.1)."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.composition.block import Block, Text
from pipeline.composition.kinsoku import (
    NEVER_FIRST,
    NEVER_LAST,
    TextLine,
    Width,
    break_lines,
    measure,
    units,
)
from pipeline.document import Run, Title
from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontSet
from pipeline.page import ASCENT, LINES, PITCH, TYPE_WIDTH

ROLE = "xiaobiaosong"
SIZE, LEADING = 22.0, 36.0
AVAILABLE = TYPE_WIDTH / SIZE
"""The width of a line, in em."""
GAP = 0.8
"""Grid lines that stay empty below the title, at least."""
MOST_LINES = int(((LINES - GAP) * PITCH - SIZE) / LEADING) + 1
"""Lines of a title that fills a page."""
WORD_ENDS = ("省", "市", "区", "县", "旗", "盟", "州", "镇", "乡", "街道", "办事处",
             "人民政府", "委员会", "办公室", "局", "厅", "中心")  # fmt: skip
"""Where an agency's name may be cut without cutting a word."""
IN_WORD, IN_PIECE, AT_MARK = 10**3, 10**6, 10**9
"""What a break costs in a word of the form, in a piece of one, and beside a mark that forbids it;
a line costs 1, and a break between words no more than that."""

_YEAR = re.compile(r"(?<=[\u3400-\u9fff])(?=[0-9]{4}年)")
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class _Unit:
    """What stays on one line, and what a break before it costs."""

    text: str
    cost: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A possible line: the unit that would begin the next one, and what it costs to break there."""

    stop: int
    line: TextLine
    cost: int


def lay_out(title: Title, fonts: FontSet) -> Block:
    """The title on whole grid lines, with an empty one below it.

    Raises:
        TypesettingFailed: it is higher than a page.
    """
    lines = title_lines([word.text for word in title.words], fonts)
    origin = title.words[0].origin
    texts = []
    for number, line in enumerate(lines):
        width = line.width * SIZE
        x = (TYPE_WIDTH - width) / 2
        baseline = ASCENT * SIZE + number * LEADING
        run = Run(line.text, origin)
        texts.append(Text(x, baseline, width, SIZE, ROLE, run, line.trim_start, line.trim_end))
    height = (len(lines) - 1) * LEADING + SIZE
    return Block(math.ceil(height / PITCH + GAP), tuple(texts))


def title_lines(words: Sequence[str], fonts: FontSet) -> tuple[TextLine, ...]:
    """The words on lines that fit a page: whole if they can be, on few lines, in the best shape.

    Raises:
        TypesettingFailed: there are too many lines.
    """

    @cache
    def width(char: str) -> float:
        return fonts.advance(ROLE, char)

    filled = break_lines("".join(words), AVAILABLE, width, balanced=False)
    if len(filled) > MOST_LINES:
        raise TypesettingFailed("标题太长，一页放不下。", "请缩短标题，或标题中的机关名称。")
    lines = _best_shape(_cheapest(list(_units(words, width)), width))
    return lines if len(lines) <= MOST_LINES else filled


def _units(words: Sequence[str], width: Width) -> Iterator[_Unit]:
    """The words; pieces of those wider than a line; and of such pieces what kinsoku holds together.

    A title that somebody wrote is a single word: what stands before its year is another.
    """
    before = ""
    for word in words if len(words) > 1 else _YEAR.split(words[0]):
        pieces = [word] if _fits(word, width) else list(_pieces(word))
        for nth_piece, piece in enumerate(pieces):
            fits = _fits(piece, width)
            parts = [piece] if fits else units(piece, AVAILABLE, width, balanced=True)
            for nth_part, part in enumerate(parts):
                forbidden = part[:1] in NEVER_FIRST or before[-1:] in NEVER_LAST
                cost = IN_PIECE if nth_part else IN_WORD if nth_piece else 0
                yield _Unit(part, AT_MARK if forbidden else cost)
                before = part


def _pieces(word: str) -> Iterator[str]:
    """A word cut behind the endings of places and offices, but not within 广州市 or 新乡市."""
    start = 0
    for end in range(2, len(word)):
        marks = word[end] in NEVER_FIRST or word[end - 1] in NEVER_LAST
        inside = word[end] in WORD_ENDS
        if end - start > 1 and word[start:end].endswith(WORD_ENDS) and not marks and not inside:
            yield word[start:end]
            start = end
    yield word[start:]


def _cheapest(pieces: Sequence[_Unit], width: Width) -> list[list[_Line]]:
    """For each unit, the lines that may begin with it where breaks cost as little as they can."""
    costs = [0] * (len(pieces) + 1)
    cheapest: list[list[_Line]] = [[] for _ in pieces]
    for start in reversed(range(len(pieces))):
        lines = list(_lines_from(start, pieces, width))
        costs[start] = min(line.cost + costs[line.stop] for line in lines)
        cheapest[start] = [line for line in lines if line.cost + costs[line.stop] == costs[start]]
    return cheapest


def _lines_from(start: int, pieces: Sequence[_Unit], width: Width) -> Iterator[_Line]:
    """The lines that fit, of one unit and more; blanks at their ends are left out."""
    text = ""
    for stop in range(start + 1, len(pieces) + 1):
        text += pieces[stop - 1].text
        line = measure(text.strip(), width)
        if stop > start + 1 and line.width > AVAILABLE + _TOLERANCE:
            break
        yield _Line(stop, line, 1 + pieces[stop].cost if stop < len(pieces) else 1)


def _best_shape(lines: Sequence[Sequence[_Line]]) -> tuple[TextLine, ...]:
    """Trapezium (steadily longer or shorter) or lozenge (longest in the middle) before others.

    Among these the most even one: that of the least sum of squares.
    """

    @cache
    def rest(start: int, before: float, falling: bool) -> tuple[bool, float, tuple[TextLine, ...]]:
        if start == len(lines):
            return False, 0.0, ()
        choices = []
        for choice in lines[start]:
            length = choice.line.width
            shorter, longer = length < before - _TOLERANCE, length > before + _TOLERANCE
            bad, squares, others = rest(choice.stop, length, falling or shorter)
            bad |= falling and longer
            choices.append((bad, squares + length**2, (choice.line, *others)))
        return min(choices, key=lambda choice: choice[:2])

    return rest(0, 0.0, False)[2]


def _fits(text: str, width: Width) -> bool:
    return measure(text.strip(), width).width <= AVAILABLE + _TOLERANCE
