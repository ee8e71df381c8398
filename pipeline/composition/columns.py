"""The widths of a table's columns, and the size of its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, product

from pipeline.composition.cells import has_number, least_width
from pipeline.content.misfits import shown
from pipeline.document import Table, TableCell
from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontSet
from pipeline.page import TYPE_WIDTH, bp

FRAME = 1.0
"""Weight of the frame, which lies inside the type area."""
SIZES = (10.5, 9.0, 7.5, 6.5)
"""Numbers: the largest of 5号, 小五, 六号 and 小六 in which all of a table's numbers fit."""
LABEL_SHARES = (0.9, 0.7)
"""What the widest column of labels keeps of its width, at least, when numbers need room: most of
it as long as any size fits."""
GROUP_WIDTH, LABEL_WIDTH = bp(14.0), bp(42.0)
"""A column of labels where the form says nothing: of groups, and the last one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The edges of the columns from left to right, and the size of the numbers."""

    edges: tuple[float, ...]
    value_size: float

    def width(self, cell: TableCell) -> float:
        """The width of a cell, to the middle of its rules."""
        return self.edges[cell.column + cell.column_span] - self.edges[cell.column]


def fit(table: Table, fonts: FontSet) -> Columns:
    """Columns in which every number of the table stands on one line.

    Raises:
        TypesettingFailed: there are none, not even in the smallest size.
    """
    if columns := _fitting(table, fonts):
        return columns
    cell = too_wide(table, fonts)
    number = f"数字 {shown(cell.run.text)}" if cell else "其中的文字"
    raise TypesettingFailed(
        f"“{table.title}”的表格放不下{number}。", "请核对位数最多的数字是否多写了位数。"
    )


def too_wide(table: Table, fonts: FontSet) -> TableCell | None:
    """Where a table's numbers fit in no size: the one that is widest for its usual column."""

    def excess(cell: TableCell) -> float:
        column = cell.column - len(table.label_widths)
        share = table.edges[column + cell.column_span] - table.edges[column]
        return least_width(cell, SIZES[-1], fonts) / share

    if _fitting(table, fonts):
        return None
    return max(filter(has_number, table.cells), key=excess, default=None)


def _fitting(table: Table, fonts: FontSet) -> Columns | None:
    """The columns with the largest numbers that leave the labels most of their width, if any."""
    labels = _labels(table)
    free = TYPE_WIDTH - FRAME - sum(labels)
    widest = max(labels, default=0.0)
    for share, size in product(LABEL_SHARES, SIZES):
        needs = _needs(table, fonts, size, len(labels), free)
        given = max(0.0, sum(needs) - free)
        if given <= widest * (1 - share) + 1e-9:
            if given:
                labels[labels.index(widest)] -= given
            widths = _shares(needs, free + given, table.edges)
            return Columns(tuple(accumulate((*labels, *widths), initial=FRAME / 2)), size)
    return None


def _labels(table: Table) -> list[float]:
    """Columns of labels: as the form says, or a narrow one for each group and a wide last one."""
    last = len(table.label_widths) - 1
    return [
        bp(width) if width else GROUP_WIDTH if index < last else LABEL_WIDTH
        for index, width in enumerate(table.label_widths)
    ]


def _needs(table: Table, fonts: FontSet, size: float, offset: int, free: float) -> list[float]:
    """What numbers and words need in each column; what spans several shares its need.

    Where there is no room for all of it, a column of words takes no more than an equal share.
    """
    count = len(table.edges) - 1
    needs: list[float] = []
    for most in (TYPE_WIDTH, free / count):
        needs = [0.0] * count
        for cell in sorted(table.cells, key=lambda cell: cell.column_span):
            if cell.column < offset:
                continue
            own = range(cell.column - offset, cell.column - offset + cell.column_span)
            need = least_width(cell, size, fonts)
            missing = (need if has_number(cell) else min(need, most)) - sum(needs[at] for at in own)
            for at in own:
                needs[at] += max(0.0, missing) / len(own)
        if sum(needs) <= free:
            break
    return needs


def _shares(needs: Sequence[float], free: float, edges: Sequence[float]) -> list[float]:
    """The free width, shared as the edges say, unless a column needs more."""
    usual = [free * (end - start) for start, end in pairwise(edges)]
    widths = usual
    short: set[int] = set()
    while more := {at for at, width in enumerate(widths) if width < needs[at] - 1e-9}:
        short |= more
        rest = free - sum(needs[at] for at in short)
        wanted = sum(width for at, width in enumerate(usual) if at not in short)
        widths = [
            needs[at] if at in short else width * rest / wanted for at, width in enumerate(usual)
        ]
    return widths
