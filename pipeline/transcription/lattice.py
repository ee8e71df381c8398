"""Where the cells of a grid stand: each with its columns, as a browser lays a table out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.transcription.manuscript import Cell, Grid


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell and the columns that it covers, `end` behind the last; `above` for one from above."""

    cell: Cell
    start: int
    end: int
    above: bool = False

    @property
    def text(self) -> str:
        """Its text."""
        return self.cell.text

    def covers(self, other: "Placed") -> bool:
        """Whether the two share a column."""
        return self.start < other.end and other.start < self.end


Row = Sequence[Placed]


def lattice(grid: Grid) -> Iterator[list[Placed]]:
    """The rows of a grid from left to right, cells that reach down from above included."""
    hanging: list[tuple[int, Placed]] = []  # rows that are still to come, and the cell
    for cells in grid.rows:
        row = [Placed(each.cell, each.start, each.end, above=True) for _, each in hanging]
        busy, column = iter(row), 0
        held = next(busy, None)
        made: list[tuple[int, Placed]] = []
        for cell in cells:
            while held and held.start <= column:
                column = max(column, held.end)
                held = next(busy, None)
            made.append((cell.row_span, Placed(cell, column, column + cell.column_span)))
            column += cell.column_span
        yield sorted([*row, *(each for _, each in made)], key=lambda each: each.start)
        down = [(left - 1, each) for left, each in (*hanging, *made) if left > 1]
        hanging = sorted(down, key=lambda pair: pair[1].start)
