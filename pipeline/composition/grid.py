"""Tables as generated grids: page breaks, row heights, and where every line of text stands.

Python decides where everything stands, to the point; TeX sets single lines of text and rules.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from pipeline.composition.block import Block, Text, lines_for, room
from pipeline.composition.cells import ROLE, SetCell, left_padding, set_cell
from pipeline.composition.columns import FRAME, Columns, fit
from pipeline.composition.ruling import rules
from pipeline.document import Run, Table, TableBlock, TableCell
from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontSet
from pipeline.page import ASCENT, DESCENT, LINES, bp

TOGETHER = 3
"""Rows that stand at least on each side of a page break, unless so few do not fit."""
CONTINUED = "（续）"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows of a table, with their heads, as they stand on one page; cells with their numbers."""

    cells: tuple[tuple[int, SetCell], ...]
    heights: tuple[float, ...]

    @property
    def height(self) -> float:
        return sum(self.heights) + FRAME

    def stretched(self) -> "_Piece":
        """As high as the whole grid lines that it takes up: its rows share what is left."""
        rest = room(lines_for(self.height)) - self.height
        share = rest / len(self.heights)
        return replace(self, heights=tuple(height + share for height in self.heights))


def lay_out(table: Table, fonts: FontSet, *, above: int = 0, below: int = 0) -> tuple[Block, ...]:
    """The table as one block, or as blocks that each fill a page.

    `above`: grid lines that must stand on the page of the first block (its headings);
    `below`: grid lines that must stand on the page of the last one (the signature).

    Raises:
        TypesettingFailed: a number does not fit its column, or a row does not fit a page.
    """
    columns = fit(table, fonts)
    rows = [row for block in table.blocks for row in block.body]

    @cache
    def piece(start: int, stop: int) -> _Piece:
        cells = tuple(
            (number, set_cell(cell, table, columns.width(cell), columns.value_size, fonts))
            for number, cell in _cells(table, range(rows[start], rows[stop - 1] + 1))
        )
        return _Piece(cells, tuple(_heights(table, [entry for _, entry in cells])))

    breaks = _breaks(table.title, len(rows), piece, above, below)
    pieces = [piece(start, stop) for start, stop in pairwise(breaks)]
    if len(pieces) == 1:
        return (_block(pieces[0].stretched(), columns, forced=False),)
    return tuple(
        _block(piece, columns, forced=number > 0 or not above)
        for number, piece in enumerate(pieces)
    )


def _breaks(
    title: str, rows: int, piece: Callable[[int, int], _Piece], above: int, below: int
) -> list[int]:
    """The first row of each page, and the end: all on one page, else as many as fit each."""

    def fits_last(start: int) -> bool:
        return piece(start, rows).height <= room(LINES - below)

    def good(stop: int) -> bool:
        left = rows - stop
        return left >= 2 * TOGETHER or (left >= TOGETHER and fits_last(stop))

    if piece(0, rows).height <= room(LINES - above - below):
        return [0, rows]
    breaks, lines = [0], LINES - above
    while len(breaks) == 1 or not fits_last(breaks[-1]):
        start = breaks[-1]
        stops = range(start + 1, rows)
        fitting = bisect_right(stops, room(lines), key=lambda stop: piece(start, stop).height)
        if not fitting:
            raise TypesettingFailed(
                f"“{title}”的表格中有一行太高，一页放不下。", "请缩短这张表中的文字。"
            )
        best = stops[fitting - 1]
        breaks.append(next(filter(good, range(best, start + TOGETHER - 1, -1)), best))
        lines = LINES
    return [*breaks, rows]


def _cells(table: Table, body: range) -> Iterator[tuple[int, TableCell]]:
    """The cells of a page: heads of the blocks it shows, and what its rows show of each cell.

    Each comes with its number among all cells of the table.
    """
    top = 0
    for block in table.blocks:
        rows = _shown(block, body)
        if not rows:
            continue
        for number, cell in enumerate(table.cells):
            if cell.row in block.head:
                yield number, _moved(cell, cell.row - block.head.start + top, cell.row_span)
        top += len(block.head)
        for number, cell in enumerate(table.cells):
            own = range(max(cell.row, rows.start), min(cell.row + cell.row_span, rows.stop))
            if cell.row in block.body and own:
                shown = _moved(cell, own.start - rows.start + top, len(own))
                yield number, _continued(shown) if cell.row < rows.start else shown
        top += len(rows)


def _moved(cell: TableCell, row: int, row_span: int) -> TableCell:
    if (row, row_span) == (cell.row, cell.row_span):
        return cell
    return replace(cell, row=row, row_span=row_span)


def _continued(cell: TableCell) -> TableCell:
    return replace(cell, run=replace(cell.run, text=cell.run.text + CONTINUED))


def _shown(block: TableBlock, body: range) -> range:
    return range(max(block.body.start, body.start), min(block.body.stop, body.stop))


def _heights(table: Table, cells: Sequence[SetCell]) -> list[float]:
    """Row heights: at least the form's, and as much as the cells need, spans last."""
    count = max(entry.cell.row + entry.cell.row_span for entry in cells)
    heights = [bp(table.row_height)] * count
    for entry in sorted(cells, key=lambda entry: entry.cell.row_span):
        rows = range(entry.cell.row, entry.cell.row + entry.cell.row_span)
        missing = entry.height - sum(heights[row] for row in rows)
        if missing > 0:
            for row in rows:
                heights[row] += missing / len(rows)
    return heights


def _block(piece: _Piece, columns: Columns, *, forced: bool) -> Block:
    tops = [FRAME / 2]
    for height in piece.heights:
        tops.append(tops[-1] + height)
    texts = [text for number, entry in piece.cells for text in _texts(entry, columns, tops, number)]
    lines = rules([entry.cell for _, entry in piece.cells], columns.edges, tops)
    return Block(lines_for(piece.height), tuple(texts), tuple(lines), forced)


def _texts(entry: SetCell, columns: Columns, tops: Sequence[float], number: int) -> Iterator[Text]:
    cell = entry.cell
    left, width = columns.edges[cell.column], columns.width(cell)
    top, bottom = tops[cell.row], tops[cell.row + cell.row_span]
    middle = (top + bottom - len(entry.lines) * entry.leading) / 2
    for above, line in enumerate(entry.lines):
        ink = line.width * entry.size
        x = left + (left_padding(cell) if cell.align == "left" else (width - ink) / 2)
        baseline = middle + (above + 0.5) * entry.leading + (ASCENT - DESCENT) / 2 * entry.size
        run = Run(line.text, cell.run.origin)
        yield Text(x, baseline, ink, entry.size, ROLE, run, line.trim_start, line.trim_end, number)
