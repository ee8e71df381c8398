"""The cells of a form's table: how a content file lists them, and what stands in each of them.

A line is what one key of the content file holds: a row of cells, or, where a table has no rows, one
group of columns. Totals are computed from the form's `sum`; a total that the report states stays as
stated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from pipeline.form.blocks import Block, Relation, Table
from pipeline.form.forms import Section
from pipeline.form.rows import OwnRow
from pipeline.form.trees import Kind, Leaf, Node, Tree, terms
from pipeline.tomlfile.positions import KeyPath

Value = int | Decimal | str
"""A number, a text such as “/” or “不适用”, or "" for a blank: never guessed to be 0."""

BLANK = ""
VALUE = "value"
"""The key of a listed row's number."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table; `path` names it in content files, prose and findings."""

    path: str
    row: Leaf | None
    column: Leaf
    block: Block

    @property
    def unit(self) -> str:
        """The unit of its number; "" where the form tells none."""
        return self.column.node.unit or (self.row.node.unit if self.row else "")

    @property
    def kind(self) -> Kind:
        """What the cell may hold."""
        return self.column.node.kind or (self.row.node.kind if self.row else None) or "count"

    @property
    def derived(self) -> bool:
        """Whether the cell is a total."""
        return bool(self.column.node.sum or (self.row and self.row.node.sum))

    @property
    def label(self) -> str:
        """The cell in words: its row and its column."""
        labels = (self.row.labels[-1] if self.row else "", *self.column.labels[-2:])
        return "，".join(label for label in labels if label)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label over the cell and left of it."""
        return (*(self.row.labels if self.row else ()), *self.column.labels)


@dataclass(frozen=True)
class Line:
    """The cells that one key of the content file holds, in the order of the form."""

    keys: tuple[str, ...]
    label: str
    cells: tuple[Cell, ...]
    own: KeyPath = ()
    """Where a row that the content file lists stands there."""

    @property
    def place(self) -> KeyPath:
        """Where the content file gives its cells, from its section."""
        return (*self.own[1:], VALUE) if self.own else self.keys

    @property
    def optional(self) -> bool:
        """Whether the key may be left out: totals are computed, optional rows are not printed."""
        row = self.cells[0].row
        return self.derived or bool(self.own) or (row is not None and row.node.optional)

    @cached_property
    def entered(self) -> tuple[Cell, ...]:
        """The cells an office fills in. Of a row of totals, all but the totals of the columns."""
        return tuple(cell for cell in self.cells if not cell.column.node.sum)

    @property
    def derived(self) -> bool:
        """Whether all of it is computed, so that the key may be left out."""
        return all(cell.derived for cell in self.cells)

    @property
    def scalar(self) -> bool:
        """Whether the key holds one value, not an array."""
        return len(self.cells) == 1


@dataclass(frozen=True)
class Equation:
    """Two sums that must agree: a relation of the form, in one column or one row.

    `place` is the label of that column or row, "" for the one row of a block without rows;
    `previous` are cells of the report of the year before.
    """

    relation: Relation
    place: str
    left: tuple[Cell, ...]
    right: tuple[Cell, ...]
    minus: tuple[Cell, ...] = ()
    previous: tuple[Cell, ...] = ()


def lines(section: Section) -> tuple[Line, ...]:
    """The lines of a section's table, in the order of the form; none where it has no table."""
    if section.table is None or (section.table.own_rows and not section.table.blocks[0].rows):
        return ()
    return tuple(line for block in section.table.blocks for line in _block_lines(section, block))


def group_labels(section: Section) -> dict[tuple[str, ...], str]:
    """The label of each group of rows, or of columns in a table without rows, by its keys."""
    blocks = section.table.blocks if section.table else ()
    return dict(found for block in blocks for found in _groups(block.rows or block.columns))


def _groups(
    nodes: Sequence[Node], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    for node in nodes:
        here = (*above, node.key) if node.key else above
        if node.key and node.children:
            yield here, node.label
        yield from _groups(node.children, here)


def _block_lines(section: Section, block: Block) -> Iterator[Line]:
    if not block.rows:
        for keys, group in groupby(block.column_leaves, key=lambda leaf: leaf.group or leaf.path):
            leaves = tuple(group)
            cells = [
                Cell(".".join((section.key, *leaf.path)), None, leaf, block) for leaf in leaves
            ]
            yield Line(keys, "，".join(leaves[0].labels[:-1] or leaves[0].labels), tuple(cells))
    for row in block.row_leaves:
        single = len(block.column_leaves) == 1
        yield Line(
            row.path,
            row.node.label,
            tuple(
                Cell(
                    ".".join((section.key, *row.path, *(() if single else column.path))),
                    row, column, block,
                )
                for column in block.column_leaves
            ),
            row.node.at if isinstance(row.node, OwnRow) else (),
        )  # fmt: skip


@dataclass(frozen=True)
class TableValues:
    """What stands in the cells of one table, by cell path.

    `entered` holds what the content file gives, `origins` the key path where it gives it.
    """

    lines: tuple[Line, ...]
    cells: Mapping[str, Cell]
    entered: Mapping[str, Value]
    origins: Mapping[str, tuple[str | int, ...]]

    def __getitem__(self, path: str) -> Value:
        """What is printed in a cell: as entered or stated, else computed."""
        if path not in self._known:
            self._known[path] = self.computed(path)
        return self._known[path]

    @cached_property
    def _known(self) -> dict[str, Value]:
        """The values that are entered, and the totals that were asked for."""
        return dict(self.entered)

    def computed(self, path: str) -> Value:
        """The total of a cell by the form; blank where it is no total or a term is no number."""
        cell = self.cells[path]
        values = [self[term.path] for term in self.terms(cell)]
        return add(values) if values else BLANK

    def terms(self, cell: Cell) -> list[Cell]:
        """What a total adds up: along its row when its column is a total, else along its column."""
        column, row = cell.column, cell.row
        if column.node.sum:
            leaves = _named(cell.block.columns_under, column)
            return [self.at(cell.block, row, leaf) for leaf in leaves]
        if row and row.node.sum:
            leaves = _named(cell.block.rows_under, row)
            return [self.at(cell.block, leaf, column) for leaf in leaves]
        return []

    def at(self, block: Block, row: Leaf | None, column: Leaf) -> Cell:
        """The cell where a row and a column of a block meet."""
        return self._grid[id(block), row.path if row else (), column.path]

    @cached_property
    def _grid(self) -> dict[tuple[int, tuple[str, ...], tuple[str, ...]], Cell]:
        return {
            (id(cell.block), cell.row.path if cell.row else (), cell.column.path): cell
            for cell in self.cells.values()
        }

    def equations(self, table: Table) -> Iterator[Equation]:
        """Every relation of the form, for each column or row that it holds along."""
        for relation in table.relations:
            for block in table.blocks_of(relation):
                if relation.along == "columns":
                    yield from self._in_columns(relation, block)
                else:
                    yield from self._in_rows(relation, block)

    def _in_columns(self, relation: Relation, block: Block) -> Iterator[Equation]:
        sides = [_all_terms(block.rows_under, names) for names in _sides(relation)]
        for column in block.column_leaves:
            cells = (tuple(self.at(block, row, column) for row in side) for side in sides)
            yield Equation(relation, column.node.label, *cells)

    def _in_rows(self, relation: Relation, block: Block) -> Iterator[Equation]:
        sides = [_all_terms(block.columns_under, names) for names in _sides(relation)]
        for row in block.row_leaves or (None,):
            cells = (tuple(self.at(block, row, column) for column in side) for side in sides)
            yield Equation(relation, row.node.label if row else "", *cells)


def _sides(relation: Relation) -> tuple[tuple[str, ...], ...]:
    return relation.left, relation.right, relation.minus, relation.previous


def values(section: Section, content: Mapping[str, Any]) -> TableValues:
    """The values of a section's table, from the validated `content` of its section.

    An array may hold the entered cells only, or all cells with the totals as stated.
    """
    cells: dict[str, Cell] = {}
    entered: dict[str, Value] = {}
    origins: dict[str, tuple[str | int, ...]] = {}
    all_lines = lines(section)
    for line in all_lines:
        path = (section.key, *line.place)
        found = given(content, line.place)
        row = [found] if line.scalar and found is not None else found or []
        filled = line.cells if len(row) == len(line.cells) else line.entered
        for cell in line.cells:
            cells[cell.path] = cell
            origins[cell.path] = path
            if not cell.derived:
                entered[cell.path] = BLANK
        for index, (cell, value) in enumerate(zip(filled, row, strict=False)):
            entered[cell.path] = value
            origins[cell.path] = path if line.scalar else (*path, index)
    return TableValues(all_lines, cells, entered, origins)


def given(content: Mapping[str, Any], path: KeyPath) -> Any:  # noqa: ANN401
    """What stands at a key path; None where nothing does."""
    here: Any = content
    for key in path:
        if isinstance(key, int):
            here = here[key] if isinstance(here, list) else None
        else:
            here = here.get(key) if isinstance(here, Mapping) else None
    return here


def _named(tree: Tree, total: Leaf) -> list[Leaf]:
    return _all_terms(tree, total.node.sum, total.group)


def _all_terms(tree: Tree, names: Sequence[str], group: tuple[str, ...] = ()) -> list[Leaf]:
    return [leaf for name in names for leaf in terms(tree, name, group)]


def add(numbers: Sequence[Value]) -> Value:
    """The sum; blank as soon as one of the values is not a number."""
    total: int | Decimal = 0
    for number in numbers:
        if isinstance(number, str):
            return BLANK
        total += number
    return total


def printed(value: Value) -> str:
    """A value as it stands on paper: decimals exactly as entered, no exponent."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)
