"""Grids whose rows are the office's own → indicator, unit, number and depth of each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.form.blocks import Table
from pipeline.form.tables import Cell as TableCell
from pipeline.form.tables import Value
from pipeline.form.wording import NUMERALS, core, plain
from pipeline.transcription.figures import figure, is_number
from pipeline.transcription.manuscript import Cell, Grid, Paragraph
from pipeline.transcription.remarks import GUESSED, LEFT_OUT, Remark

_NUMBERINGS = (
    re.compile(rf"[{NUMERALS}]{{1,3}}[、.．]"),
    re.compile(rf"[（(][{NUMERALS}]{{1,3}}[）)]"),
    re.compile(r"[0-9]{1,2}[.．、]"),
    re.compile(r"[（(][0-9]{1,2}[）)]|[①-⑳]"),
)
_AMONG = "其中"
_DEEPEST = 6


@dataclass
class Indicators:
    """The rows that were read, the grids they stood in, and what there is to say."""

    rows: list[Mapping[str, Value]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    """The grids by identity: a manuscript keeps them, and comparing them takes long."""
    remarks: list[Remark] = field(default_factory=list)

    def holds(self, grid: Grid) -> bool:
        """Whether rows were read from a grid."""
        return id(grid) in self.seen


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row that have a place in the content file."""

    label: Cell
    unit: Cell
    number: Cell

    @property
    def said(self) -> str:
        return self.label.text.replace("\n", "")

    @property
    def indent(self) -> int:
        return next((each.indent for each in self.label.blocks if isinstance(each, Paragraph)), 0)


def indicators(grids: Sequence[Grid], table: Table) -> Indicators:
    """The rows of a table that an office lists itself; a grid without headings continues it."""
    made = Indicators()
    columns: tuple[int, ...] = ()
    found: list[_Row] = []
    for grid in grids:
        at, columns = _head(grid.rows, table) or (-1, columns)
        if columns and (at >= 0 or _goes_on(grid.rows, columns)):
            made.seen.add(id(grid))
            for number, cells in enumerate(grid.rows):
                if number < at and not (found and _goes_on([cells], columns)):
                    _say(made, cells)
                elif any(cell.text for cell in cells) and not _columns(cells, table):
                    found.append(_row(cells, columns, made))
    cell = TableCell("", None, table.blocks[0].column_leaves[0], table.blocks[0])
    for row, depth in zip(found, _depths(found), strict=True):
        made.rows.append(_entry(row, depth, cell, made))
    return made


def _entry(row: _Row, depth: int, cell: TableCell, made: Indicators) -> Mapping[str, Value]:
    entry: dict[str, Value] = {"label": row.said}
    if row.unit.text:
        entry["unit"] = row.unit.text.replace("\n", "")
    if row.number.text:
        read = figure(row.number.text.replace("\n", ""), cell)
        entry["value"] = read.value
        if read.guess:
            made.remarks.append(Remark(GUESSED, row.number.where, f"“{row.said}”：{read.guess}"))
    return entry | ({"depth": depth} if depth else {})


def _head(rows: Sequence[Sequence[Cell]], table: Table) -> tuple[int, tuple[int, ...]] | None:
    """The row of headings, and where label, unit and number stand below it."""
    for at, row in enumerate(rows):
        if columns := _columns(row, table):
            return at, columns
    return None


def _columns(row: Sequence[Cell], table: Table) -> tuple[int, ...]:
    """Where the headings of a table stand in a row that has all of them or all but one; else ()."""
    block = table.blocks[0]
    heads = [core(text) for text in (*block.stub, block.columns[0].label)]
    texts = [core(cell.text) for cell in row]
    there = [texts.index(head) if head in texts else -1 for head in heads]
    if sum(at >= 0 for at in there) < len(heads) - 1:
        return ()
    left = [at for at in range(len(row)) if at not in there]
    return tuple(at if at >= 0 else (left or [len(row)])[0] for at in there)


def _goes_on(rows: Sequence[Sequence[Cell]], columns: tuple[int, ...]) -> bool:
    """Whether a grid without headings has numbers where those of the grid before stood."""
    wide = [row for row in rows if len(row) > max(columns)]
    return bool(wide) and any(is_number(row[columns[-1]].text) for row in wide)


def _row(row: Sequence[Cell], columns: tuple[int, ...], made: Indicators) -> _Row:
    """The cells of a row where the headings say; what stands elsewhere is told."""
    blank = Cell((), row[0].where)
    for at, cell in enumerate(row):
        if at not in columns:
            _say(made, [cell])
    return _Row(*(row[at] if at < len(row) else blank for at in columns))


def _depths(rows: Sequence[_Row]) -> Iterator[int]:
    """How deep each label stands: by its indent where any has one, else by the numberings."""
    indents = sorted({row.indent for row in rows})
    if len(indents) > 1:
        yield from (min(indents.index(row.indent), _DEEPEST) for row in rows)
        return
    open_ones: list[int] = []
    for row in rows:
        rank = _rank(row.said, after=open_ones[-1] if open_ones else 0)
        while open_ones and open_ones[-1] >= rank:
            open_ones.pop()
        yield min(len(open_ones), _DEEPEST)
        open_ones.append(rank)


def _rank(label: str, after: int) -> int:
    """The level of a label's numbering; behind all of them for 其中： and what follows it."""
    for rank, numbering in enumerate(_NUMBERINGS):
        if numbering.match(label):
            return rank
    among = plain(label).startswith(_AMONG) or after == len(_NUMBERINGS)
    return len(_NUMBERINGS) if among else 0


def _say(made: Indicators, cells: Sequence[Cell]) -> None:
    text = " | ".join(cell.text.replace("\n", " ") for cell in cells)
    if text.strip(" |"):
        made.remarks.append(Remark(LEFT_OUT, cells[0].where, f"统计表里没有位置的文字：{text}"))
