"""Reads the structure of a PDF back: pikepdf gives its tree, pdfplumber the text of each piece.

Nothing of the product is asked: a table's grid is laid out from rows and spans alone.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf

Place = tuple[int, int, int, int, str]
"""Row, column, rows spanned, columns spanned, text."""


@dataclass
class ReadTag:
    """An element of the structure with the text of its own content."""

    kind: str
    text: str
    pages: list[int]
    entries: dict[str, Any]
    kids: list["ReadTag"] = field(default_factory=list)

    @property
    def all(self) -> Iterator["ReadTag"]:
        """Itself and all below, in reading order."""
        yield self
        for kid in self.kids:
            yield from kid.all

    def attribute(self, name: str, otherwise: Any = None) -> Any:
        """An attribute from /A."""
        return self.entries.get("/A", {}).get(name, otherwise)

    @property
    def name(self) -> str:
        """Its /ID."""
        return str(self.entries.get("/ID", ""))

    @property
    def cells(self) -> list[tuple[Place, "ReadTag"]]:
        """Of a table: its cells, placed as HTML places them."""
        taken: set[tuple[int, int]] = set()
        found = []
        for row, line in enumerate(self.kids):
            assert line.kind == "TR"
            column = 0
            for cell in line.kids:
                assert cell.kind in {"TH", "TD"}
                while (row, column) in taken:
                    column += 1
                down, across = (int(cell.attribute(k, 1)) for k in ("/RowSpan", "/ColSpan"))
                squares = {(row + r, column + c) for r in range(down) for c in range(across)}
                assert not squares & taken, "cells overlap"
                taken |= squares
                found.append(((row, column, down, across, cell.text), cell))
        return found


@dataclass
class Structure:
    """The tree of a file, and the text that no tag owns, by page."""

    root: ReadTag
    artifacts: list[str]

    def of(self, *kinds: str) -> list[ReadTag]:
        """All elements of these kinds, in reading order."""
        return [tag for tag in self.root.all if tag.kind in kinds]

    @property
    def named(self) -> dict[str, ReadTag]:
        """Elements by their /ID."""
        return {tag.name: tag for tag in self.root.all if tag.name}


def read_structure(path: Path) -> Structure:
    """The structure of a file."""
    texts: dict[tuple[int, int | None], str] = defaultdict(str)
    with pdfplumber.open(path) as pdf:
        for number, page in enumerate(pdf.pages):
            for char in page.chars:
                texts[number, char["mcid"]] += char["text"]
        count = len(pdf.pages)
    with pikepdf.open(path) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        root = pdf.Root.StructTreeRoot.K
        assert root.P.objgen == pdf.Root.StructTreeRoot.objgen
        return Structure(_read(root, numbers, texts), [texts[n, None] for n in range(count)])


def _read(
    element: Any, numbers: dict[tuple[int, int], int], texts: dict[tuple[int, int | None], str]
) -> ReadTag:
    read = ReadTag(
        str(element.S)[1:],
        "",
        [],
        {key: _plain(value) for key, value in element.items() if key not in {"/P", "/K", "/Pg"}},
    )
    kids = element.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            page, mcid = numbers[element.Pg.objgen], kid
        elif kid.get("/Type") == "/MCR":
            page, mcid = numbers[kid.Pg.objgen], int(kid.MCID)
        else:
            assert kid.P.objgen == element.objgen
            read.kids.append(_read(kid, numbers, texts))
            continue
        read.text += texts[page, mcid]
        read.pages.append(page)
    return read


def _plain(value: Any) -> Any:
    if isinstance(value, pikepdf.Dictionary):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, pikepdf.Array):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, int) else str(value)
