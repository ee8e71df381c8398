"""Tables as generated grids: column widths, line breaks, row heights, page breaks and rules.

Python decides where everything stands, to the point; TeX sets single lines of text and rules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.block import Block, Rule, Text, lines_for, room
from pipeline.document import Run, Table, TableBlock, TableCell
from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontSet
from pipeline.kinsoku import TextLine, break_lines
from pipeline.page import ASCENT, DESCENT, LINES, TYPE_WIDTH, bp

ROLE = "song"
SIZE, LEADING = 10.5, 12.6
"""Labels: 5号 on 12.6 bp."""
VALUE_SIZES = (10.5, 9.0, 7.5, 6.5)
"""Numbers: the largest of 5号, 小五, 六号 and 小六 in which all of a table's numbers fit."""
PADDING, VALUE_PADDING, ROW_PADDING = 2.0, 1.5, 1.5
FRAME, HAIRLINE = 1.0, 0.5
"""Weight of the outer frame and of the rules inside."""
NARROWEST = bp(8.0)
"""A column of numbers keeps room for two characters of its heading."""
LABEL_SHARE = 0.7
"""What a label column keeps of its width when numbers need room."""
NARROW, UPRIGHT = 2.5, 1.6
"""A label in a column of less than 2.5 em stands one character a line, where its rows allow."""
TOGETHER = 3
"""Rows that stand at least on each side of a page break."""
CONTINUED = "（续）"


@dataclass(frozen=True, slots=True)
class _Columns:
    edges: tuple[float, ...]
    value_size: float

    def width(self, cell: TableCell) -> float:
        return self.edges[cell.column + cell.column_span] - self.edges[cell.column]


@dataclass(frozen=True, slots=True)
class _Set:
    """A cell with its text broken into lines."""

    cell: TableCell
    size: float
    lines: tuple[TextLine, ...]

    @property
    def leading(self) -> float:
        return self.size * LEADING / SIZE

    @property
    def height(self) -> float:
        return len(self.lines) * self.leading + 2 * ROW_PADDING


def lay_out(table: Table, fonts: FontSet, *, above: int = 0, below: int = 0) -> tuple[Block, ...]:
    """The table as one block, or as blocks that each fill a page.

    `above`: grid lines that must stand on the page of the first block (its headings);
    `below`: grid lines that must stand on the page of the last one (the signature).

    Raises:
        TypesettingFailed: a number does not fit its column in the smallest size.
    """
    columns = _columns(table, fonts)
    pages = _pages(table, columns, fonts, above, below)
    return tuple(
        _block(table, rows, columns, fonts, forced=len(pages) > 1 and (index > 0 or not above))
        for index, rows in enumerate(pages)
    )


def _columns(table: Table, fonts: FontSet) -> _Columns:
    labels = _label_widths(table)
    count = len(table.edges) - 1
    offset = len(labels)
    for size in VALUE_SIZES:
        needs = _needs(table, fonts, size, offset, count)
        for kept in (1.0, LABEL_SHARE):
            tight = tuple(
                width * kept if width == max(labels, default=0) else width for width in labels
            )
            free = TYPE_WIDTH - FRAME - sum(tight)
            widths = _shares(needs, free, table.edges)
            if widths and _spans_fit(table, fonts, size, (*tight, *widths), offset):
                edges = [FRAME / 2]
                for width in (*tight, *widths):
                    edges.append(edges[-1] + width)
                return _Columns(tuple(edges), size)
    raise TypesettingFailed(
        f"“{table.title}”的表格放不下其中的数字。", "请核对位数最多的数字是否多写了位数。"
    )


def _label_widths(table: Table) -> list[float]:
    """Label columns: as the form says, or a narrow one for each group and a wide last one."""
    count = len(table.label_widths)
    return [
        bp(width) if width else bp(14.0 if index < count - 1 else 42.0)
        for index, width in enumerate(table.label_widths)
    ]


def _is_number(cell: TableCell) -> bool:
    return cell.role == "value" and cell.run.text.lstrip("+-").replace(".", "", 1).isdigit()


def _number_width(cell: TableCell, fonts: FontSet, size: float) -> float:
    return size * sum(fonts.advance(ROLE, char) for char in cell.run.text) + 2 * VALUE_PADDING


def _needs(table: Table, fonts: FontSet, size: float, offset: int, count: int) -> list[float]:
    """What the numbers of each column need; spans are looked at when the widths are known."""
    needs = [min(NARROWEST, (TYPE_WIDTH / 2) / count)] * count
    for cell in table.cells:
        if _is_number(cell) and cell.column_span == 1:
            at = cell.column - offset
            needs[at] = max(needs[at], _number_width(cell, fonts, size))
    return needs


def _shares(needs: Sequence[float], free: float, edges: Sequence[float]) -> list[float] | None:
    """Widths for columns: as the edges say, unless one needs more; None where they do not fit."""
    if sum(needs) > free:
        return None
    usual = [free * (end - start) for start, end in zip(edges, edges[1:], strict=False)]
    short = {index for index, need in enumerate(needs) if need > usual[index]}
    while True:
        rest = free - sum(needs[index] for index in short)
        wanted = sum(width for index, width in enumerate(usual) if index not in short)
        widths = [
            needs[index] if index in short else width * rest / wanted
            for index, width in enumerate(usual)
        ]
        more = {index for index, width in enumerate(widths) if width < needs[index] - 1e-9}
        if not more:
            return widths
        short |= more


def _spans_fit(
    table: Table, fonts: FontSet, size: float, widths: Sequence[float], offset: int
) -> bool:
    return all(
        sum(widths[cell.column : cell.column + cell.column_span])
        >= _number_width(cell, fonts, size) - 1e-9
        for cell in table.cells
        if _is_number(cell) and cell.column >= offset
    )


def _set(cell: TableCell, table: Table, columns: _Columns, fonts: FontSet) -> _Set:
    size = columns.value_size if cell.role == "value" else SIZE
    padding = VALUE_PADDING if cell.role == "value" else PADDING
    available = (columns.width(cell) - 2 * padding) / size

    def broken(width: float) -> _Set:
        lines = break_lines(
            cell.run.text,
            width,
            lambda char: fonts.advance(ROLE, char),
            balanced=cell.align == "center",
        )
        return _Set(cell, size, lines)

    if cell.role == "label" and cell.row_span > 1 and available < NARROW:
        upright = broken(UPRIGHT)
        if upright.height <= cell.row_span * bp(table.row_height):
            return upright
    return broken(available)


def _pages(table: Table, columns: _Columns, fonts: FontSet, above: int, below: int) -> list[range]:
    """The rows of each page: all on one where they fit."""
    rows = [row for block in table.blocks for row in block.body]
    pages: list[range] = []
    start, first = 0, LINES - above
    while start < len(rows):
        rest = range(rows[start], rows[-1] + 1)
        if _height(table, rest, columns, fonts) <= room(first - below):
            pages.append(rest)
            break
        last = max(start + 1, len(rows) - TOGETHER)
        ends = range(min(start + TOGETHER, last), last + 1)
        fitting = [
            end
            for end in ends
            if _height(table, range(rows[start], rows[end - 1] + 1), columns, fonts) <= room(first)
        ]
        if not fitting and first == LINES:
            raise TypesettingFailed(
                f"“{table.title}”的表格中有一行比一页还高。", "请缩短这张表中的文字。"
            )
        if fitting:
            pages.append(range(rows[start], rows[fitting[-1] - 1] + 1))
            start = fitting[-1]
        first = LINES
    return pages


def _cells(table: Table, body: range) -> list[TableCell]:
    """The cells of a page: heads of the blocks it shows, and what its rows show of each cell."""
    shown: list[TableCell] = []
    top = 0
    for block in table.blocks:
        rows = _shown(block, body)
        if not rows:
            continue
        for cell in table.cells:
            if cell.row in block.head:
                shown.append(replace(cell, row=cell.row - block.head.start + top))
        top += len(block.head)
        for cell in table.cells:
            own = range(max(cell.row, rows.start), min(cell.row + cell.row_span, rows.stop))
            if cell.row in block.body and own:
                cut = cell.row < rows.start
                run = replace(cell.run, text=cell.run.text + CONTINUED) if cut else cell.run
                row = own.start - rows.start + top
                shown.append(replace(cell, row=row, row_span=len(own), run=run))
        top += len(rows)
    return shown


def _shown(block: TableBlock, body: range) -> range:
    return range(max(block.body.start, body.start), min(block.body.stop, body.stop))


def _heights(table: Table, cells: Sequence[_Set]) -> list[float]:
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


def _height(table: Table, rows: range, columns: _Columns, fonts: FontSet) -> float:
    cells = [_set(cell, table, columns, fonts) for cell in _cells(table, rows)]
    return sum(_heights(table, cells)) + FRAME


def _block(table: Table, rows: range, columns: _Columns, fonts: FontSet, *, forced: bool) -> Block:
    cells = [_set(cell, table, columns, fonts) for cell in _cells(table, rows)]
    heights = _heights(table, cells)
    lines = lines_for(sum(heights) + FRAME)
    tops = [FRAME / 2 + (0 if forced else (room(lines) - sum(heights) - FRAME) / 2)]
    for height in heights:
        tops.append(tops[-1] + height)
    texts = [
        text for index, entry in enumerate(cells) for text in _texts(entry, columns, tops, index)
    ]
    return Block(lines, tuple(texts), tuple(_rules(cells, columns, tops)), forced)


def _texts(entry: _Set, columns: _Columns, tops: Sequence[float], index: int) -> Iterator[Text]:
    cell = entry.cell
    left, width = columns.edges[cell.column], columns.width(cell)
    top, bottom = tops[cell.row], tops[cell.row + cell.row_span]
    middle = (top + bottom - len(entry.lines) * entry.leading) / 2
    for number, line in enumerate(entry.lines):
        ink = line.width * entry.size
        x = left + (PADDING + 1 if cell.align == "left" else (width - ink) / 2)
        baseline = middle + number * entry.leading + entry.leading / 2
        baseline += (ASCENT - DESCENT) / 2 * entry.size
        run = Run(line.text, cell.run.origin)
        yield Text(x, baseline, ink, entry.size, ROLE, run, line.trim_start, line.trim_end, index)


def _rules(cells: Sequence[_Set], columns: _Columns, tops: Sequence[float]) -> Iterator[Rule]:
    """The edges between cells, each drawn once and as long as it runs."""
    count, width = len(tops) - 1, len(columns.edges) - 1
    owner = {
        (row, column): entry.cell
        for entry in cells
        for row in range(entry.cell.row, entry.cell.row + entry.cell.row_span)
        for column in range(entry.cell.column, entry.cell.column + entry.cell.column_span)
    }
    for row in range(count + 1):
        weight = FRAME if row in (0, count) else HAIRLINE
        drawn = [owner.get((row - 1, at)) is not owner.get((row, at)) for at in range(width)]
        for start, end in _stretches(drawn):
            left, right = columns.edges[start], columns.edges[end]
            yield Rule(
                left - FRAME / 2 * (start == 0), tops[row] - weight / 2,
                right - left + FRAME / 2 * ((start == 0) + (end == width)), weight,
            )  # fmt: skip
    for column in range(width + 1):
        weight = FRAME if column in (0, width) else HAIRLINE
        drawn = [owner.get((at, column - 1)) is not owner.get((at, column)) for at in range(count)]
        for start, end in _stretches(drawn):
            x = columns.edges[column] - weight / 2
            yield Rule(x, tops[start], weight, tops[end] - tops[start])


def _stretches(drawn: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for index, on in enumerate((*drawn, False)):
        if on and start is None:
            start = index
        elif not on and start is not None:
            yield start, index
            start = None
