"""Reads tables back from a PDF page: from its rules and characters alone, not from the product.

A table is a set of rules that touch one another. Two neighbouring squares of its grid are one cell
where no rule runs between them; a cell holds the characters that stand inside it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
from PIL import Image

MM = 72 / 25.4
TOUCH = 0.3
"""Rules that come as near as this, in bp, touch."""
DPI = 600


@dataclass(frozen=True)
class Line:
    """A rule by the box of its ink, in bp from the page's upper left corner."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def horizontal(self) -> bool:
        """Whether it runs from left to right."""
        return self.x1 - self.x0 > self.y1 - self.y0

    @property
    def weight(self) -> float:
        """How thick it is."""
        return min(self.x1 - self.x0, self.y1 - self.y0)

    @property
    def at(self) -> float:
        """Where its middle runs: y of a horizontal rule, x of a vertical one."""
        return (self.y0 + self.y1) / 2 if self.horizontal else (self.x0 + self.x1) / 2

    @property
    def reach(self) -> tuple[float, float]:
        """Where it starts and ends."""
        return (self.x0, self.x1) if self.horizontal else (self.y0, self.y1)

    def touches(self, other: "Line") -> bool:
        """Whether the two meet or cross."""
        return (
            self.x0 - TOUCH <= other.x1
            and other.x0 - TOUCH <= self.x1
            and self.y0 - TOUCH <= other.y1
            and other.y0 - TOUCH <= self.y1
        )


@dataclass(frozen=True)
class ReadCell:
    """A cell with its text in reading order; the box lies between the middles of its rules."""

    row: int
    column: int
    row_span: int
    column_span: int
    lines: tuple[str, ...]
    box: tuple[float, float, float, float]
    chars: tuple[dict[str, Any], ...]

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(self.lines)

    @property
    def place(self) -> tuple[int, int, int, int, str]:
        """Row, column, rows spanned, columns spanned, text."""
        return self.row, self.column, self.row_span, self.column_span, self.text


@dataclass(frozen=True)
class Grid:
    """A table on one page."""

    page: int
    rules: tuple[Line, ...]
    cells: tuple[ReadCell, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.ys) - 1

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Of its ink."""
        return (
            min(rule.x0 for rule in self.rules),
            min(rule.y0 for rule in self.rules),
            max(rule.x1 for rule in self.rules),
            max(rule.y1 for rule in self.rules),
        )

    @property
    def places(self) -> set[tuple[int, int, int, int, str]]:
        """The places of all cells."""
        return {cell.place for cell in self.cells}

    def at(self, row: int, column: int) -> ReadCell:
        """The cell that covers a square of the grid."""
        return next(
            cell
            for cell in self.cells
            if cell.row <= row < cell.row + cell.row_span
            and cell.column <= column < cell.column + cell.column_span
        )

    def on(self, other: "Grid") -> "Grid":
        """The same with columns counted by the rules of `other`, which has all that this has."""
        edges = [x - other.xs[0] for x in other.xs]

        def index(x: float) -> int:
            return min(range(len(edges)), key=lambda at: abs(edges[at] - (x - self.xs[0])))

        cells = tuple(
            replace(
                cell, column=(left := index(cell.box[0])), column_span=index(cell.box[2]) - left
            )
            for cell in self.cells
        )
        return replace(self, cells=cells)

    def loose_ends(self) -> list[Line]:
        """Rules that end anywhere but on a rule across them, within a twentieth of a point."""
        return [
            rule
            for rule in self.rules
            for end in rule.reach
            if not any(
                other.reach[0] - 0.05 <= rule.at <= other.reach[1] + 0.05
                and abs(end - other.at) <= other.weight / 2 + 0.05
                for other in self.rules
                if other.horizontal is not rule.horizontal
            )
        ]


def read_grids(pdf: pdfplumber.PDF) -> list[Grid]:
    """Every table of a file, page by page, from top to bottom."""
    return [grid for page in pdf.pages for grid in read_page(page)]


def read_page(page: Any) -> list[Grid]:
    """The tables of a page."""
    grids = []
    for rules in _together(list(_lines(page))):
        xs = _positions(rule.at for rule in rules if not rule.horizontal)
        ys = _positions(rule.at for rule in rules if rule.horizontal)
        if len(xs) > 1 and len(ys) > 1:
            cells = tuple(_cells(rules, xs, ys, page.chars))
            grids.append(Grid(page.page_number, tuple(rules), cells, tuple(xs), tuple(ys)))
    return sorted(grids, key=lambda grid: grid.ys[0])


def _lines(page: Any) -> Iterator[Line]:
    for line in page.lines:
        half = line["linewidth"] / 2
        flat = line["x1"] - line["x0"] > line["bottom"] - line["top"]
        dx, dy = (0.0, half) if flat else (half, 0.0)
        yield Line(line["x0"] - dx, line["top"] - dy, line["x1"] + dx, line["bottom"] + dy)
    for box in page.rects:
        yield Line(box["x0"], box["top"], box["x1"], box["bottom"])


def _together(lines: list[Line]) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in lines:
        near = [group for group in groups if any(line.touches(other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([line, *(other for group in near for other in group)])
    return groups


def _positions(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > 1:
            found.append(value)
    return found


def _cells(
    rules: Sequence[Line], xs: Sequence[float], ys: Sequence[float], chars: Sequence[dict[str, Any]]
) -> Iterator[ReadCell]:
    squares = {(row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)}
    while squares:
        cell = _flooded(min(squares), rules, xs, ys)
        assert cell <= squares, "cells overlap"
        squares -= cell
        rows = {row for row, _ in cell}
        columns = {column for _, column in cell}
        assert len(cell) == len(rows) * len(columns), f"a cell that is no rectangle: {sorted(cell)}"
        top, left = min(rows), min(columns)
        bottom, right = max(rows) + 1, max(columns) + 1
        box = (xs[left], ys[top], xs[right], ys[bottom])
        inside = tuple(char for char in chars if _stands_in(char, box))
        yield ReadCell(top, left, len(rows), len(columns), text_lines(inside), box, inside)


def _flooded(
    start: tuple[int, int], rules: Sequence[Line], xs: Sequence[float], ys: Sequence[float]
) -> set[tuple[int, int]]:
    reached, waiting = {start}, [start]
    while waiting:
        row, column = waiting.pop()
        for next_row, next_column in (
            (row, column + 1), (row, column - 1), (row + 1, column), (row - 1, column),
        ):  # fmt: skip
            if not (0 <= next_row < len(ys) - 1 and 0 <= next_column < len(xs) - 1):
                continue
            if next_row == row:
                at, along = xs[max(column, next_column)], (ys[row] + ys[row + 1]) / 2
            else:
                at, along = ys[max(row, next_row)], (xs[column] + xs[column + 1]) / 2
            walled = any(
                rule.horizontal is (next_row != row)
                and abs(rule.at - at) < 1
                and rule.reach[0] <= along <= rule.reach[1]
                for rule in rules
            )
            if not walled and (next_row, next_column) not in reached:
                reached.add((next_row, next_column))
                waiting.append((next_row, next_column))
    return reached


def _stands_in(char: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] < x < box[2] and box[1] < y < box[3]


def text_lines(chars: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Characters as lines from top to bottom, each from left to right."""
    lines: dict[float, list[dict[str, Any]]] = defaultdict(list)
    for char in chars:
        lines[-round(char["matrix"][5], 1)].append(char)
    return tuple(
        "".join(char["text"] for char in sorted(lines[y], key=lambda char: char["x0"]))
        for y in sorted(lines)
    )


def page_lines(page: Any) -> list[tuple[float, str]]:
    """The lines of a page's body text outside its tables: baseline from the top, and text."""
    boxes = [grid.box for grid in read_page(page)]
    outside = [char for char in page.chars if not any(_stands_in(char, box) for box in boxes)]
    lines: dict[float, list[dict[str, Any]]] = defaultdict(list)
    for char in outside:
        lines[round(float(page.height) - char["matrix"][5], 1)].append(char)
    return [(y, text_lines(lines[y])[0]) for y in sorted(lines)]


def crowded(path: Path, grids: Sequence[Grid], clear: float = 0.3 * MM) -> list[str]:
    """Texts of the cells with ink within `clear` bp of a rule, as pdfium renders the page."""
    found = []
    with pypdfium2.PdfDocument(path) as document:
        for number in sorted({grid.page for grid in grids}):
            image = document[number - 1].render(scale=DPI / 72, grayscale=True).to_pil()
            for grid in grids:
                if grid.page == number:
                    found += [c.text for c in grid.cells if _has_ink(image, grid, c, clear)]
    return found


def _has_ink(image: Image.Image, grid: Grid, cell: ReadCell, clear: float) -> bool:
    """Whether a strip along one of the cell's rules is not white, edges of the rules left out."""
    scale, blur = DPI / 72, 1.5
    left, top, right, bottom = cell.box
    half = {
        at: max(rule.weight for rule in grid.rules if abs(rule.at - at) < 1e-3) / 2
        for at in (left, top, right, bottom)
    }
    inner = (
        (left + half[left]) * scale + blur,
        (top + half[top]) * scale + blur,
        (right - half[right]) * scale - blur,
        (bottom - half[bottom]) * scale - blur,
    )
    depth = clear * scale - blur
    strips = (
        (inner[0], inner[1], inner[0] + depth, inner[3]),
        (inner[2] - depth, inner[1], inner[2], inner[3]),
        (inner[0], inner[1], inner[2], inner[1] + depth),
        (inner[0], inner[3] - depth, inner[2], inner[3]),
    )
    return any(
        image.crop(tuple(round(edge) for edge in strip)).getextrema()[0] < 128  # type: ignore[index]
        for strip in strips
    )
