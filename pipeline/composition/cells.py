"""The text of a table's cells: its size, and where its lines break."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.composition.kinsoku import TextLine, break_lines, measure
from pipeline.document import Run, Table, TableCell
from pipeline.fonts import FontSet
from pipeline.page import bp

ROLE = "song"
SIZE, LEADING = 10.5, 1.2
"""Labels: 5号; the leading in em."""
PADDING, LEFT_PADDING, ROW_PADDING = 2.0, 3.0, 1.5
"""White at a cell's sides, at the left of labels that stand left, above and below."""
NUMBER_PADDING = 0.2
"""White at the sides of a number, in em."""
WORD, WORD_SIZES, WORD_PADDING = 3, (10.5, 10.0, 9.5, 9.0), 1.5
"""A text of three characters is one word: it stays on one line, smaller and closer to the rules."""
NARROW = 2.5
"""A label in a column of less than 2.5 em stands one character a line, where its rows allow."""

_REMEMBERED, _LONGEST = 4096, 200
"""Cells of all reports whose lines are kept, and characters of such a cell."""
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*%?")
HANGING = "、，。；："
_UPRIGHT = re.compile(rf"（.）|[0-9A-Za-z]{{1,3}}|[^{HANGING}][{HANGING}]?")
_PHRASE = re.compile(r"[^，。；：]+[，。；：]*")


@dataclass(frozen=True, slots=True)
class SetCell:
    """A cell with its text broken into lines."""

    cell: TableCell
    size: float
    lines: tuple[TextLine, ...]

    @property
    def leading(self) -> float:
        """From line to line."""
        return self.size * LEADING

    @property
    def height(self) -> float:
        """What the cell needs."""
        return len(self.lines) * self.leading + 2 * ROW_PADDING


def left_padding(cell: TableCell) -> float:
    """White at the left of a label that stands left."""
    return LEFT_PADDING + cell.indent * SIZE


def has_number(cell: TableCell) -> bool:
    """Whether the cell holds a number, which must not be broken."""
    return cell.role == "value" and bool(_NUMBER.search(cell.run.text))


def least_width(cell: TableCell, value_size: float, fonts: FontSet) -> float:
    """The width that a cell needs for its numbers, or its first word, to stand on one line."""
    text = cell.run.text
    find = _remembered_width if len(text) <= _LONGEST else _least_width
    return find(text, has_number(cell), value_size, fonts)


def _least_width(text: str, numbers: bool, value_size: float, fonts: FontSet) -> float:
    def em(text: str) -> float:
        return sum(fonts.advance(ROLE, char) for char in text)

    if numbers:
        widest = max(em(number) for number in _NUMBER.findall(text))
        return value_size * (widest + 2 * NUMBER_PADDING)
    if len(text) == WORD:
        return WORD_SIZES[-1] * em(text) + 2 * WORD_PADDING
    return SIZE * em(text[: WORD - 1]) + 2 * PADDING


_remembered_width = lru_cache(_REMEMBERED)(_least_width)


def set_cell(
    cell: TableCell, table: Table, width: float, value_size: float, fonts: FontSet
) -> SetCell:
    """The text of a cell that is `width` bp wide, on as few lines as look well."""
    alike = TableCell(
        0, 0, cell.row_span, 1, Run(cell.run.text), cell.role, cell.align, cell.indent
    )
    find = _remembered if len(cell.run.text) <= _LONGEST else _set
    known = find(alike, table.row_height, width, value_size, fonts)
    return SetCell(cell, known.size, known.lines)


def _set(
    cell: TableCell, row_height: float, width: float, value_size: float, fonts: FontSet
) -> SetCell:
    """The same for any cell that looks like it: labels are the same in every report."""

    def advance(char: str) -> float:
        return fonts.advance(ROLE, char)

    value = cell.role == "value"
    size = value_size if value else SIZE
    padding = NUMBER_PADDING * size if value else PADDING
    inner = width - padding - (left_padding(cell) if cell.align == "left" else padding) + 1e-6
    whole = measure(cell.run.text, advance)
    if len(cell.run.text) == WORD and whole.width * size > inner:
        for smaller in WORD_SIZES:
            if smaller <= size and whole.width * smaller + 2 * WORD_PADDING <= width + 1e-6:
                return SetCell(cell, smaller, (whole,))
    usual = SetCell(
        cell,
        size,
        break_lines(cell.run.text, inner / size, advance, balanced=cell.align == "center"),
    )
    height = cell.row_span * bp(row_height)
    if cell.align == "center" and len(usual.lines) > 1:
        for better in (_upright(usual, inner, fonts), _phrases(usual, inner, fonts)):
            if better and better.height <= height:
                return better
    return usual


_remembered = lru_cache(_REMEMBERED)(_set)


def _upright(usual: SetCell, inner: float, fonts: FontSet) -> SetCell | None:
    """One character a line, in a narrow column of labels; marks hang at the side of theirs."""
    cell = usual.cell
    if cell.role != "label" or cell.row_span == 1 or inner / usual.size >= NARROW:
        return None
    lines = _measured(_UPRIGHT, usual, inner, fonts)
    return lines and replace(lines, lines=tuple(map(_hung, lines.lines)))


def _hung(line: TextLine) -> TextLine:
    if line.text[-1] not in HANGING or len(line.text) == 1:
        return line
    return replace(line, width=line.width - line.trim_end, trim_end=2 * line.trim_end)


def _phrases(usual: SetCell, inner: float, fonts: FontSet) -> SetCell | None:
    """A phrase a line, where there is more than one."""
    lines = _measured(_PHRASE, usual, inner, fonts)
    return lines if lines and len(lines.lines) > 1 else None


def _measured(
    piece: re.Pattern[str], usual: SetCell, inner: float, fonts: FontSet
) -> SetCell | None:
    """The cell with a piece of its text on each line, where they are all of it and all fit."""
    text = usual.cell.run.text
    pieces = piece.findall(text)
    lines = [measure(found, lambda char: fonts.advance(ROLE, char)) for found in pieces]
    fits = all(line.width * usual.size <= inner for line in lines)
    return replace(usual, lines=tuple(lines)) if fits and "".join(pieces) == text else None
