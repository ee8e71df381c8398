"""The title: 2号 小标宋, centred, in a trapezium or a lozenge, its words kept whole (7.3.1)."""

import math
from collections.abc import Iterator
from itertools import combinations, pairwise

from pipeline.block import Block, Text
from pipeline.document import Run, Title
from pipeline.fonts import FontSet
from pipeline.kinsoku import NEVER_FIRST, NEVER_LAST, break_lines
from pipeline.page import ASCENT, PITCH, TYPE_WIDTH

ROLE = "xiaobiaosong"
SIZE, LEADING = 22.0, 36.0
GAP = 0.8
"""Grid lines that stay empty below the title, at least."""
WORD_ENDS = ("省", "市", "区", "县", "旗", "盟", "州", "镇", "乡", "街道",
             "人民政府", "委员会", "办公室", "局", "厅", "中心")  # fmt: skip
"""Where an agency's name may be cut without cutting a word."""


def lay_out(title: Title, fonts: FontSet) -> Block:
    """The title on whole grid lines, with an empty one below it."""
    lines = title_lines([word.text for word in title.words], fonts)
    origin = title.words[0].origin
    texts = []
    for number, line in enumerate(lines):
        width = _width(line, fonts)
        x = (TYPE_WIDTH - width) / 2
        baseline = ASCENT * SIZE + number * LEADING
        texts.append(Text(x, baseline, width, SIZE, ROLE, Run(line, origin)))
    height = (len(lines) - 1) * LEADING + SIZE
    return Block(math.ceil(height / PITCH + GAP), tuple(texts))


def title_lines(words: list[str], fonts: FontSet) -> list[str]:
    """The words on as few lines as they fit, in the best shape; words are cut when they must."""
    pieces = [
        line
        for word in words
        for piece in _pieces(word)
        for line in ([piece] if _fits([piece], fonts) else _halves(piece, fonts))
    ]
    return min(
        next(
            candidates
            for count in range(1, len(pieces) + 1)
            if (candidates := [lines for lines in _splits(pieces, count) if _fits(lines, fonts)])
        ),
        key=lambda lines: _shape([_width(line, fonts) for line in lines]),
    )


def _halves(piece: str, fonts: FontSet) -> list[str]:
    lines = break_lines(
        piece, TYPE_WIDTH / SIZE, lambda char: fonts.advance(ROLE, char), balanced=True
    )
    return [line.text for line in lines]


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


def _splits(pieces: list[str], count: int) -> Iterator[list[str]]:
    for cuts in combinations(range(1, len(pieces)), count - 1):
        yield ["".join(pieces[start:end]) for start, end in pairwise((0, *cuts, len(pieces)))]


def _shape(widths: list[float]) -> tuple[bool, float]:
    """Trapezium (steadily longer or shorter) or lozenge (longest in the middle) before others."""
    peak = widths.index(max(widths))
    rising = all(left <= right for left, right in pairwise(widths[: peak + 1]))
    falling = all(left >= right for left, right in pairwise(widths[peak:]))
    mean = sum(widths) / len(widths)
    return not (rising and falling), sum((width - mean) ** 2 for width in widths)


def _fits(lines: list[str], fonts: FontSet) -> bool:
    return all(_width(line, fonts) <= TYPE_WIDTH for line in lines)


def _width(line: str, fonts: FontSet) -> float:
    return SIZE * sum(fonts.advance(ROLE, char) for char in line)
