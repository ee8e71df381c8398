"""The tables of a form as models: blocks of columns and rows, and the relations between them."""

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pipeline.form.trees import (
    Key,
    Leaf,
    Model,
    Node,
    Tree,
    every,
    leaves,
    tell_apart,
    terms,
    tree,
    unwind,
)

TYPE_WIDTH_MM = 156
Stub = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
    Field(min_length=1),
]
"""What stands above the labels: one text over all of their columns, or one for each."""


class Relation(Model):
    """An equation that must hold along every column (between rows), or along every row.

    The sum of `left` is that of `right`, less that of `minus`, and more that of `previous`, which
    are cells of the report of the year before. One that holds `nearly` need not hold at all: it is
    told where the sides differ by so little that they were meant to agree.
    """

    key: Key
    text: str
    along: Literal["columns", "rows"]
    left: tuple[str, ...] = Field(min_length=1)
    right: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    nearly: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All that it compares."""
        return (*self.left, *self.right, *self.minus, *self.previous)

    @model_validator(mode="after")
    def _compares(self) -> Self:
        if not (self.right or self.previous):
            raise ValueError(f"relations 中 {self.key} 应有 right 或 previous")
        return self


class Block(Model):
    """A stretch of a table with one heading and one set of columns; without rows, one data row."""

    heading: str = ""
    stub: Stub = ("",)
    columns: tuple[Node, ...] = Field(min_length=1)
    rows: tuple[Node, ...] = ()

    @cached_property
    def column_leaves(self) -> tuple[Leaf, ...]:
        """The columns that hold cells, from left to right."""
        return tuple(leaves(self.columns))

    @cached_property
    def row_leaves(self) -> tuple[Leaf, ...]:
        """The rows that hold cells, from top to bottom."""
        return tuple(leaves(self.rows))

    @cached_property
    def columns_under(self) -> Tree:
        """The columns by their paths and those of their groups."""
        return tree(self.column_leaves)

    @cached_property
    def rows_under(self) -> Tree:
        """The rows by their paths and those of their groups."""
        return tree(self.row_leaves)

    @cached_property
    def line_keys(self) -> tuple[tuple[str, ...], ...]:
        """The key paths of a content file that hold the cells: of rows, or groups of columns."""
        if self.rows:
            return tuple(leaf.path for leaf in self.row_leaves)
        return tuple(dict.fromkeys(leaf.group or leaf.path for leaf in self.column_leaves))

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        for found, under in (
            (self.column_leaves, self.columns_under),
            (self.row_leaves, self.rows_under),
        ):
            for leaf in found:
                if leaf.node.key is None:
                    raise ValueError(f"缺少 key：{leaf.node.label}")
            tell_apart([leaf.path for leaf in found])
            for leaf in found:
                unwind(under, leaf)
        _stands_without_optional(self)
        return self


class Table(Model):
    """A table of the form; widths and heights in mm.

    With `units`, a column right of the labels tells the unit of each row. With `own_rows`, the
    content file lists the rows: label, unit, number. No cell of a `complete` table may be blank.
    """

    title: str
    blocks: tuple[Block, ...] = Field(min_length=1)
    relations: tuple[Relation, ...] = ()
    label_widths: tuple[Annotated[float, Field(ge=0)], ...] = ()
    row_height: float = Field(7.0, gt=0)
    label_align: Literal["left", "center"] = "center"
    units: bool = False
    own_rows: bool = False
    complete: bool = False

    @property
    def label_columns(self) -> int:
        """How many columns of labels stand left of the cells."""
        depths = [row.depth for block in self.blocks for row in block.rows]
        return max(depths, default=int(self.own_rows)) + self.units

    def blocks_of(self, relation: Relation) -> tuple[Block, ...]:
        """The blocks that a relation holds in: those that have all of its terms.

        Raises:
            ValueError: no block has.
        """
        for name in relation.names:
            if not any(_stands_in(block, relation.along, name) for block in self.blocks):
                raise ValueError(f"relations 引用了没有的行或列：{name}")
        whole = tuple(
            block
            for block in self.blocks
            if all(_stands_in(block, relation.along, name) for name in relation.names)
        )
        if not whole:
            raise ValueError(f"relations 中 {relation.key} 的各项不在同一个 blocks 中")
        return whole

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        if self.label_widths and len(self.label_widths) != self.label_columns:
            raise ValueError(f"label_widths 应有 {self.label_columns} 项")
        if sum(self.label_widths) >= TYPE_WIDTH_MM:
            raise ValueError(f"label_widths 之和应小于版心的宽度 {TYPE_WIDTH_MM} 毫米")
        for block in self.blocks:
            if len(block.stub) not in {1, self.label_columns}:
                raise ValueError(f"stub 应是一段文字，或 {self.label_columns} 项的数组")
        if self.own_rows:
            self._open()
        tell_apart([key for block in self.blocks for key in block.line_keys])
        for relation in self.relations:
            for block in map(_least, self.blocks_of(relation)):
                for name in relation.names:
                    if not _stands_in(block, relation.along, name):
                        raise ValueError(f"relations 不能引用 optional 的行：{name}")
        return self

    def _open(self) -> None:
        """Raises where a table whose rows come from the content file says more than columns."""
        block = self.blocks[0]
        if len(self.blocks) > 1 or block.rows or self.relations:
            raise ValueError("own_rows 的表只能有一个 blocks，不写 rows 和 relations")
        if len(block.column_leaves) > 1 or block.column_leaves[0].node.sum:
            raise ValueError("own_rows 的表只能有一列数字")


def without(block: Block, gone: Collection[tuple[str, ...]]) -> Block:
    """The block without the rows at the paths `gone`, and without groups that have none left."""
    if not gone:
        return block
    rows = tuple(_kept(block.rows, gone))
    return Block(heading=block.heading, stub=block.stub, columns=block.columns, rows=rows)


def _kept(
    nodes: tuple[Node, ...], gone: Collection[tuple[str, ...]], path: tuple[str, ...] = ()
) -> Iterator[Node]:
    for node in nodes:
        here = (*path, node.key) if node.key else path
        children = tuple(_kept(node.children, gone, here))
        if node.children and children:
            yield node.model_copy(update={"children": children})
        elif not node.children and here not in gone:
            yield node


def _least(block: Block) -> Block:
    """The block without its optional rows."""
    return without(block, {leaf.path for leaf in block.row_leaves if leaf.node.optional})


def _stands_without_optional(block: Block) -> None:
    """Raises where a block needs a row that may not be there."""
    if any(node.optional for node in every(block.columns)):
        raise ValueError("只有行可以是 optional")
    if any(node.optional and node.children for node in every(block.rows)):
        raise ValueError("有 children 的行不能是 optional")
    least = _least(block)
    if block.rows and not least.rows:
        raise ValueError("至少要有一行不是 optional")
    for leaf in least.row_leaves:
        for term in leaf.node.sum:
            terms(least.rows_under, term, leaf.group)


def _stands_in(block: Block, along: str, term: str) -> bool:
    try:
        terms(block.rows_under if along == "columns" else block.columns_under, term)
    except ValueError:
        return False
    return True
