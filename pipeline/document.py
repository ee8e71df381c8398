"""The document model: what stands between content and LaTeX, with its structure whole.

Every piece of text remembers its origin in the content file, so that a problem found later, in a
font or in TeX, can still be named by file, line and column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.signature import Kind as SignatureKind

Align = Literal["left", "center"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where text comes from: the key path of a file, and the offset in its value."""

    path: tuple[str | int, ...]
    offset: int = 0
    file: Literal["content", "agency"] = "content"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one kind in a paragraph."""

    text: str
    origin: Origin | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """The report's title: words that are kept whole where a line breaks."""

    words: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is 一、, 2 is （一）, 3 is 1., 4 is （1）."""

    level: int
    run: Run


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose.

    `apart`: a blank line stands above it. `hanging`: its lines begin below its second run.
    """

    runs: tuple[Run, ...]
    apart: bool = False
    hanging: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table, with its place and spans in the grid."""

    row: int
    column: int
    row_span: int
    column_span: int
    run: Run
    role: Literal["head", "label", "value"]
    align: Align = "center"
    indent: int = 0
    """Of a label that stands left, in em."""


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Rows that share their column headings; the head is repeated where a page breaks."""

    head: range
    body: range


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a grid of cells; widths and heights in mm.

    The cells' columns are `label_widths` (0: as needed) and then one column between each two
    neighbouring `edges`, which run from 0 to 1 over the width that remains.
    """

    title: str
    cells: tuple[TableCell, ...]
    blocks: tuple[TableBlock, ...]
    label_widths: tuple[float, ...]
    edges: tuple[float, ...]
    row_height: float


@dataclass(frozen=True, slots=True)
class Signature:
    """The room for signature, date and seal; the stamp fills it."""

    kind: SignatureKind
    name: Run
    seal_diameter: float


Element = Title | Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Annex:
    """What stands behind the signature, on pages of its own, under a label such as 附件."""

    label: Run
    title: Title
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report, in reading order."""

    title: str
    elements: tuple[Element, ...]
    signature: Signature
    mark: str = ""
    """What every page carries in its margin: 样例, 送审稿, or nothing."""
    annexes: tuple[Annex, ...] = ()

    @property
    def all_elements(self) -> Iterator[Element]:
        """Every element, those of annexes included."""
        yield from self.elements
        for annex in self.annexes:
            yield from (Heading(1, annex.label), annex.title)
            yield from annex.elements
