"""A table of the form with its values → a grid of cells with spans, as it is printed."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.document import Origin, Run, Table, TableBlock, TableCell
from pipeline.form.blocks import Block
from pipeline.form.blocks import Table as FormTable
from pipeline.form.rows import OwnRow
from pipeline.form.tables import Cell, TableValues, Value, printed
from pipeline.form.trees import Node

_UNIT_IN_LABEL = r"[（(：:/]{}(?:[）)]|$)"
"""（万元）, （单位：万元）: a unit as labels tell it; 文件 tells none."""


def grid(table: FormTable, values: TableValues) -> Table:
    """A table of the form with its values, as a grid of cells."""
    edges = _edges(table)
    # Where optional rows are left out, the form may have more columns of labels than its rows need.
    stubs = (len(block.stub) for block in table.blocks)
    columns = max(table.label_columns, len(table.label_widths), *(n for n in stubs if n > 1), 0)
    cells: list[TableCell] = []
    blocks: list[TableBlock] = []
    top = 0
    for block in table.blocks:
        slots = _slots(block, edges)
        head, body = _block_rows(block)
        first_head = top
        if block.heading:
            cells.append(TableCell(top, 0, 1, columns + len(edges) - 1, Run(block.heading), "head"))
            first_head += 1
        if columns:
            cells += _stub(block, first_head, head, columns)
        cells += _heads(block.columns, slots, first_head, head, columns)
        first_body = first_head + head
        if columns and not block.rows:
            cells.append(TableCell(first_body, 0, body, columns, Run(""), "label"))
        cells += _labels(block.rows, first_body, columns, table)
        cells += _values(block, values, slots, (first_body, columns), told=table.units)
        blocks.append(TableBlock(range(top, first_body), range(first_body, first_body + body)))
        top = first_body + body
    return Table(
        title=table.title,
        cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
        blocks=tuple(blocks),
        label_widths=table.label_widths or (0,) * columns,
        edges=tuple(edge / edges[-1] for edge in edges),
        row_height=table.row_height,
    )


def _stub(block: Block, row: int, rows: int, columns: int) -> Iterator[TableCell]:
    """What stands above the labels: one cell over all of them, or one over each column."""
    span = columns // len(block.stub)
    for number, text in enumerate(block.stub):
        yield TableCell(row, number * span, rows, span, Run(text), "head")


def _block_rows(block: Block) -> tuple[int, int]:
    """Rows of column headings, rows of cells."""
    return max(node.depth for node in block.columns), max(1, len(block.row_leaves))


def _edges(table: FormTable) -> list[int]:
    """Where a column of any block begins or ends: blocks of 2 and 3 columns share one grid.

    In parts of the width that are whole in every block; the last edge is the number of them.
    """
    parts = math.lcm(*(len(block.column_leaves) for block in table.blocks))
    return sorted(
        {edge for b in table.blocks for edge in range(0, parts + 1, parts // len(b.column_leaves))}
    )


def _slots(block: Block, edges: Sequence[int]) -> list[tuple[int, int]]:
    """For each column of a block, its first column of the grid and how many it spans."""
    step = edges[-1] // len(block.column_leaves)
    starts = [edges.index(edge) for edge in range(0, edges[-1] + 1, step)]
    return [(start, end - start) for start, end in pairwise(starts)]


def _heads(
    nodes: Sequence[Node], slots: Sequence[tuple[int, int]], row: int, rows: int, offset: int
) -> Iterator[TableCell]:
    """Column headings over their slots; a leaf reaches down through the rows that remain."""
    at = 0
    for node in nodes:
        own = slots[at : at + node.leaf_count]
        span = sum(width for _, width in own)
        height = 1 if node.children else rows
        yield TableCell(row, offset + own[0][0], height, span, Run(node.label), "head")
        yield from _heads(node.children, own, row + 1, rows - 1, offset)
        at += node.leaf_count


def _labels(
    nodes: Sequence[Node], row: int, columns: int, table: FormTable, column: int = 0
) -> Iterator[TableCell]:
    """Row labels; a leaf reaches right through the columns that remain, up to that of units."""
    for node in nodes:
        span = 1 if node.children else columns - table.units - column
        align = "center" if node.children else table.label_align
        label = Run(node.label, _origin(node, "label"))
        yield TableCell(row, column, node.leaf_count, span, label, "label", align, node.indent)
        yield from _labels(node.children, row, columns, table, column + 1)
        if table.units and not node.children:
            unit = Run(node.unit, _origin(node, "unit"))
            yield TableCell(row, columns - 1, 1, 1, unit, "label")
        row += node.leaf_count


def _origin(node: Node, key: str) -> Origin | None:
    """Where a label comes from: the content file, for a row that it lists; else the form."""
    return Origin((*node.at, key)) if isinstance(node, OwnRow) else None


def _values(
    block: Block, values: TableValues, slots: Sequence[tuple[int, int]], corner: tuple[int, int],
    *, told: bool,
) -> Iterator[TableCell]:  # fmt: skip
    """The cells with their values; `told`: the units stand in a column of their own."""
    for down, row in enumerate(block.row_leaves or (None,)):
        for column, (start, span) in zip(block.column_leaves, slots, strict=True):
            cell = values.at(block, row, column)
            text = printed(values[cell.path]) + ("" if told else _unit(cell, values[cell.path]))
            run = Run(text, Origin(values.origins[cell.path]))
            yield TableCell(corner[0] + down, corner[1] + start, 1, span, run, "value")


def _unit(cell: Cell, value: Value) -> str:
    """The unit behind a number where no label tells it; 0 needs none."""
    if not cell.unit or isinstance(value, str) or not value:
        return ""
    in_label = re.compile(_UNIT_IN_LABEL.format(re.escape(cell.unit)))
    return "" if any(in_label.search(label) for label in cell.labels) else cell.unit
