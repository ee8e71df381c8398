"""A form is data: the sections, tables, keys and relations that a notice prescribes.

`layouts/<form>/form.toml` is read into these models; nothing else in the package knows a table or
a section by name.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from pipeline.errors import FileProblem, UsageError

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Kind = Literal["count", "signed", "amount"]
"""What a cell may hold: a count from 0, a whole number with sign, an exact decimal from 0."""

RESERVED = frozenset({"text", "before", "after", "parts", "heading", "rows"})
"""Keys of a section's prose in a content file; no part or row may use them."""
HEAD = frozenset(
    {"year", "form", "title", "date", "sample", "agency", "preface", "accepted", "sections"}
)
"""Keys at the top of a content file; no section may use them."""
TYPE_WIDTH_MM = 156
TITLE_FIELD = re.compile(r"\{(agency|year)\}")
"""What is filled in in a word of the title."""


def _title_word(word: str) -> str:
    if not word.strip():
        raise ValueError("不能有空的词")
    if re.search(r"[{}]", TITLE_FIELD.sub("", word)):
        raise ValueError(f"花括号只能用于 {{agency}} 和 {{year}}：{word}")
    return word


TitleWord = Annotated[str, AfterValidator(_title_word)]


Stub = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
    Field(min_length=1),
]
"""What stands above the labels: one text over all of their columns, or one for each."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Explained(_Model):
    """Where a number that is not 0 must be spoken of: a section's key, and one of the words."""

    section: Key
    words: tuple[str, ...] = Field(min_length=1)


class Node(_Model):
    """A row or a column: a leaf holds cells, a group spans its children.

    `aliases` are other wordings that reports use for the label; an `optional` row is printed only
    where the content file gives it; `indent` is in em. Offices whose names end in one of `not_for`
    have nothing to count in the row.
    """

    label: str
    key: Key | None = None
    children: tuple["Node", ...] = ()
    kind: Kind | None = None
    unit: str = ""
    sum: tuple[str, ...] = ()
    optional: bool = False
    indent: Annotated[int, Field(ge=0, le=6)] = 0
    aliases: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    explained: Explained | None = None

    @property
    def depth(self) -> int:
        """Levels from here to the deepest leaf, itself included."""
        return 1 + max((child.depth for child in self.children), default=0)

    @property
    def leaf_count(self) -> int:
        """How many leaves it spans."""
        return sum(child.leaf_count for child in self.children) or 1


class Leaf(_Model):
    """A leaf of a tree with the path of keys that leads to it."""

    path: tuple[str, ...]
    node: Node
    labels: tuple[str, ...]

    @property
    def group(self) -> tuple[str, ...]:
        """The path of the group it stands in."""
        return self.path[:-1]


class Relation(_Model):
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


class Block(_Model):
    """A stretch of a table with one heading and one set of columns; without rows, one data row."""

    heading: str = ""
    stub: Stub = ("",)
    columns: tuple[Node, ...] = Field(min_length=1)
    rows: tuple[Node, ...] = ()

    @cached_property
    def column_leaves(self) -> tuple[Leaf, ...]:
        """The columns that hold cells, from left to right."""
        return tuple(_leaves(self.columns))

    @cached_property
    def row_leaves(self) -> tuple[Leaf, ...]:
        """The rows that hold cells, from top to bottom."""
        return tuple(_leaves(self.rows))

    @cached_property
    def line_keys(self) -> tuple[tuple[str, ...], ...]:
        """The key paths of a content file that hold the cells: of rows, or groups of columns."""
        if self.rows:
            return tuple(leaf.path for leaf in self.row_leaves)
        return tuple(dict.fromkeys(leaf.group or leaf.path for leaf in self.column_leaves))

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        for tree in (self.column_leaves, self.row_leaves):
            for leaf in tree:
                if leaf.node.key is None:
                    raise ValueError(f"缺少 key：{leaf.node.label}")
            _tell_apart([leaf.path for leaf in tree])
            for leaf in tree:
                _unwind(tree, leaf)
        _stands_without_optional(self)
        return self


class Table(_Model):
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
        _tell_apart([key for block in self.blocks for key in block.line_keys])
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


class Part(_Model):
    """A prescribed part of a section, such as （一）主动公开."""

    key: Key
    heading: str


class Section(_Model):
    """A section of the report: its heading, prescribed parts, and perhaps a table.

    An `annex` stands behind the signature, on a page of its own (GB/T 9704-2012, 7.3.4, 7.4). One
    that is `substantial` must say something.
    """

    key: Key
    heading: str
    aliases: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    table: Table | None = None
    annex: bool = False
    substantial: bool = False

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        blocks = self.table.blocks if self.table else ()
        own = self.table is not None and self.table.own_rows
        roots = set() if own else {key[0] for block in blocks for key in block.line_keys}
        keys = [*(part.key for part in self.parts), *sorted(roots)]
        _tell_apart([(key,) for key in keys], RESERVED)
        return self


class Deadline(_Model):
    """The last day, in the year after the report's, on which a report is due.

    For offices whose names end in one of `agencies`; for all others where that is empty.
    """

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    agencies: tuple[str, ...] = ()


class Form(_Model):
    """One generation of the official form.

    Of `deadlines`, the first that fits an office counts.

    With `own_sections`, the office's own sections come first, then those of the form.
    """

    name: str
    file: str
    title: str
    notice: str = ""
    from_year: int
    to_year: int | None = None
    report_title: tuple[TitleWord, ...] = Field(min_length=1)
    sections: tuple[Section, ...] = ()
    own_sections: bool = False
    deadlines: tuple[Deadline, ...] = ()

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        if not (self.sections or self.own_sections):
            raise ValueError("没有 sections；各部分由机关自定的，请写 own_sections = true")
        _tell_apart([(section.key,) for section in self.sections], HEAD)
        return self

    def covers(self, year: int) -> bool:
        """Whether reports for `year` are due in this form."""
        return self.from_year <= year <= (self.to_year or year)


def terms(tree: tuple[Leaf, ...], term: str, group: tuple[str, ...] = ()) -> tuple[Leaf, ...]:
    """The leaves that a name in `sum`, `left` or `right` stands for: a leaf, or all of a group.

    The name counts from `group` first, then from the root.

    Raises:
        ValueError: nothing has that name.
    """
    keys = tuple(term.split("."))
    for path in ((*group, *keys), keys):
        found = tuple(leaf for leaf in tree if leaf.path[: len(path)] == path)
        if found:
            return found
    raise ValueError(f"没有这一行或列：{term}")


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


def load(path: Path) -> Form:
    """The form of a `form.toml`; its folder gives the name.

    Raises:
        FileProblem: the file cannot be read, or is not a well-formed form.
    """
    try:
        return Form.model_validate(
            {
                "name": path.parent.name,
                "file": str(path),
                **tomllib.loads(path.read_text(encoding="utf-8")),
            }
        )
    except OSError as error:
        raise FileProblem(f"格式文件无法读取：{path}（{error.strerror}）。") from error
    except ValidationError as error:
        wrong = "；".join(_problems(error))
        raise FileProblem(
            f"格式文件有误：{path}（{wrong}）。", "请按 docs/ 中的说明修改。"
        ) from error
    except ValueError as error:
        raise FileProblem(f"格式文件有误：{path}（{error}）。") from error


def load_all(layouts: Path) -> tuple[Form, ...]:
    """Every form of the layouts folder, by name."""
    return tuple(load(path) for path in sorted(layouts.glob("*/form.toml")))


def choose(forms: tuple[Form, ...], year: int, name: str | None = None) -> Form:
    """The form named, or the one that covers `year`: of several, the one that began last.

    Raises:
        UsageError: there is none.
    """
    fitting = [form for form in forms if form.name == name or (name is None and form.covers(year))]
    if fitting:
        return max(fitting, key=lambda form: form.from_year)
    known = "、".join(form.name for form in forms) or "无"
    wanted = f"名为“{name}”的" if name else f"{year} 年适用的"
    raise UsageError(f"没有{wanted}格式。", f"现有格式：{known}。")


def _leaves(
    nodes: tuple[Node, ...], path: tuple[str, ...] = (), labels: tuple[str, ...] = ()
) -> Iterator[Leaf]:
    for node in nodes:
        here = (*path, node.key) if node.key else path
        above = (*labels, node.label)
        if node.children:
            yield from _leaves(node.children, here, above)
        else:
            yield Leaf(path=here, node=node, labels=above)


def _tell_apart(paths: Sequence[tuple[str, ...]], taken: frozenset[str] = frozenset()) -> None:
    """Raises where a key stands twice, for a row and a group, or for something else already."""
    for path in paths:
        if path[0] in taken:
            raise ValueError(f"不能用作 key：{path[0]}")
        if sum(other[: len(path)] == path for other in paths) > 1:
            raise ValueError(f"key 重复：{'.'.join(path)}")


def _nodes(nodes: Sequence[Node]) -> Iterator[Node]:
    """Every node of a tree, groups included."""
    for node in nodes:
        yield node
        yield from _nodes(node.children)


def _least(block: Block) -> Block:
    """The block without its optional rows."""
    return without(block, {leaf.path for leaf in block.row_leaves if leaf.node.optional})


def _stands_without_optional(block: Block) -> None:
    """Raises where a block needs a row that may not be there."""
    if any(node.optional for node in _nodes(block.columns)):
        raise ValueError("只有行可以是 optional")
    if any(node.optional and node.children for node in _nodes(block.rows)):
        raise ValueError("有 children 的行不能是 optional")
    least = _least(block)
    if block.rows and not least.rows:
        raise ValueError("至少要有一行不是 optional")
    for leaf in least.row_leaves:
        for term in leaf.node.sum:
            terms(least.row_leaves, term, leaf.group)


def _unwind(tree: tuple[Leaf, ...], leaf: Leaf, above: tuple[Leaf, ...] = ()) -> None:
    """Raises where a total adds up what is not there, or in the end itself."""
    if leaf in above:
        raise ValueError(f"sum 循环引用：{'.'.join(leaf.path)}")
    for term in leaf.node.sum:
        for found in terms(tree, term, leaf.group):
            _unwind(tree, found, (*above, leaf))


def _problems(error: ValidationError) -> Iterator[str]:
    """What is wrong and where; not that a list is short because something in it is wrong."""
    places = [item["loc"] for item in error.errors()]
    for item in error.errors():
        place = item["loc"]
        inside = any(len(p) > len(place) and p[: len(place)] == place for p in places)
        if not inside:
            message = item["msg"].removeprefix("Value error, ")
            yield f"{'.'.join(map(str, place))}：{message}".removeprefix("：")


def _stands_in(block: Block, along: str, term: str) -> bool:
    try:
        terms(block.row_leaves if along == "columns" else block.column_leaves, term)
    except ValueError:
        return False
    return True
