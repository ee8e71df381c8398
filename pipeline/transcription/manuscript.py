"""What the importer reads: a published report as paragraphs, grids and pictures in reading order.

The readers of Word files, web pages and plain text all give a Manuscript; what it means is told by
the form, later. Text stands as it is in the file, numbering included.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

_ODD_BLANKS = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F], " ")


def plainly_spaced(text: str) -> str:
    """The text with blanks of unusual widths (&nbsp;, &emsp;) as plain ones: they only place it."""
    return text.translate(_ODD_BLANKS)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, without blanks at its ends; `level` is that of a heading style, 0 without.

    `where` names its place for a person: 第 12 行, 第 3 段, 第 2 张表第 5 行. `indent` is how
    far it begins to the right, by blanks or by its format, in half characters.
    """

    text: str
    where: str
    level: int = 0
    indent: int = field(default=0, compare=False)


def indent(text: str) -> int:
    """The width of the blanks that a text begins with, in half characters."""
    blank = text[: len(text) - len(text.lstrip())]
    return sum(2 if char == "\u3000" else 1 for char in blank)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: what stands in it cannot be read."""

    where: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid: what stands in it, and how many rows and columns it spans."""

    blocks: tuple["Block", ...]
    where: str
    row_span: int = 1
    column_span: int = 1

    @property
    def text(self) -> str:
        """Its text, paragraphs of nested grids included, one a line."""
        return "\n".join(paragraph.text for paragraph in paragraphs(self.blocks))


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as its file has it: each row lists the cells that begin in it, blank ones too."""

    rows: tuple[tuple[Cell, ...], ...]
    where: str


Block = Paragraph | Grid | Picture


@dataclass(frozen=True, slots=True)
class Aside:
    """Text or a part of the file that is no running text: `kind` says what, in Chinese.

    页眉, 页脚, 脚注, 批注, 修订删除, 宏, 隐藏文字 …; it ends in the list of what was left out.
    """

    kind: str
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A file as it was read."""

    file: str
    blocks: tuple[Block, ...]
    asides: tuple[Aside, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    """What the file says of itself in its head: title, year, agency, date, source."""


def paragraphs(blocks: Iterable[Block]) -> Iterator[Paragraph]:
    """Every paragraph in `blocks`, those in cells included, in reading order."""
    for block in blocks:
        match block:
            case Paragraph():
                yield block
            case Grid(rows):
                for row in rows:
                    for cell in row:
                        yield from paragraphs(cell.blocks)


def unwrapped(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """`blocks` without grids that only place things: what stood in them, in reading order.

    A grid places things when one of its cells holds a grid of several cells, or when none of its
    rows has more than one cell. A grid of one cell within a cell is that cell's text.
    """
    made: list[Block] = []
    for block in blocks:
        if not isinstance(block, Grid):
            made.append(block)
            continue
        rows = tuple(tuple(_inside(cell) for cell in row) for row in block.rows)
        nested = any(isinstance(b, Grid) for row in rows for cell in row for b in cell.blocks)
        if nested or all(len(row) <= 1 for row in rows):
            made += [inner for row in rows for cell in row for inner in cell.blocks]
        else:
            made.append(replace(block, rows=rows))
    return tuple(made)


def _inside(cell: Cell) -> Cell:
    return replace(cell, blocks=unwrapped(cell.blocks))
