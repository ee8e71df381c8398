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
    # The number of the cell that takes up each slot, with a margin of slots without a cell.
    owner = [[0] * (columns + 2) for _ in range(rows + 2)]
    for number, cell in enumerate(cells, 1):
        own = [number] * cell.column_span
        for row in range(cell.row, cell.row + cell.row_span):
            owner[row + 1][cell.column + 1 : cell.column + 1 + cell.column_span] = own
    for row in range(rows + 1):
        weight = FRAME if row in (0, rows) else HAIRLINE
        drawn = [a != b for a, b in zip(owner[row][1:-1], owner[row + 1][1:-1], strict=True)]
        for start, end in _stretches(drawn):
            left = edges[start] - FRAME / 2 * (start == 0)
            right = edges[end] + FRAME / 2 * (end == columns)
            yield Rule(left, tops[row] - weight / 2, right - left, weight)
    for column in range(columns + 1):
        weight = FRAME if column in (0, columns) else HAIRLINE
        drawn = [line[column] != line[column + 1] for line in owner[1:-1]]
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
