"""The rules of a table: the edges between its cells."""

from collections.abc import Iterable, Iterator, Sequence

from pipeline.composition.block import Rule
from pipeline.composition.columns import FRAME
from pipeline.document import TableCell

HAIRLINE = 0.5
"""Weight of the rules inside the frame."""


def rules(
    cells: Iterable[TableCell], edges: Sequence[float], tops: Sequence[float]
) -> Iterator[Rule]:
    """Every edge between two cells, drawn once and as long as it runs."""
    rows, columns = len(tops) - 1, len(edges) - 1
    owner = {
        (row, column): cell
        for cell in cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    for row in range(rows + 1):
        weight = FRAME if row in (0, rows) else HAIRLINE
        drawn = [owner.get((row - 1, at)) is not owner.get((row, at)) for at in range(columns)]
        for start, end in _stretches(drawn):
            left = edges[start] - FRAME / 2 * (start == 0)
            right = edges[end] + FRAME / 2 * (end == columns)
            yield Rule(left, tops[row] - weight / 2, right - left, weight)
    for column in range(columns + 1):
        weight = FRAME if column in (0, columns) else HAIRLINE
        drawn = [owner.get((at, column - 1)) is not owner.get((at, column)) for at in range(rows)]
        for start, end in _stretches(drawn):
            yield Rule(edges[column] - weight / 2, tops[start], weight, tops[end] - tops[start])


def _stretches(drawn: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for index, on in enumerate((*drawn, False)):
        if on and start is None:
            start = index
        elif not on and start is not None:
            yield start, index
            start = None
