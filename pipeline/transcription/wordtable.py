"""A table of a Word file as a grid: its rows, its cells, and which of them are merged."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from lxml import etree

from pipeline.transcription.manuscript import Block, Cell, Grid, paragraphs
from pipeline.transcription.wordxml import (
    DELETED,
    PROPERTIES,
    attribute,
    child,
    is_on,
    local,
    members,
    number,
    text_in,
)

_MOST_SPAN = 1000

Blocks = Callable[[etree._Element, str], list[Block]]  # noqa: SLF001  # lxml's only name for it
"""An element and its place → the blocks in it."""
Tell = Callable[[str, str, str], None]
"""Takes what is left out: kind, text, place."""


def grid(table: etree._Element, name: str, blocks: Blocks, tell: Tell) -> Grid:
    """The rows of a table that are shown; `name` is that of the table for a person."""
    rows: list[list[Cell]] = []
    merged: dict[int, tuple[int, int]] = {}
    for row_number, row in enumerate(_within(table, "tr"), 1):
        where = f"{name}第 {row_number} 行"
        if why := _left_out(row):
            tell(why, text_in(row), where)
        else:
            _add_row(row, where, rows, merged, blocks, tell)
    return Grid(tuple(map(tuple, rows)), name)


def _add_row(  # noqa: PLR0913, PLR0917
    row: etree._Element,
    where: str,
    rows: list[list[Cell]],
    merged: dict[int, tuple[int, int]],
    blocks: Blocks,
    tell: Tell,
) -> None:
    """Add the cells that begin in a row; those that go on from above grow there.

    `merged` holds, by column, the row and the index of the cell that may go on below.
    """
    made: list[Cell] = []
    rows.append(made)
    column = number(child(row, "trPr"), "gridBefore")
    open_left = False
    for element in _within(row, "tc"):
        properties = child(element, "tcPr")
        if child(properties, "cellDel") is not None:
            tell("修订删除", text_in(element), where)
            continue
        span = min(max(number(properties, "gridSpan") or 1, 1), _MOST_SPAN)
        down, across = _merge(properties, "vMerge"), _merge(properties, "hMerge")
        inside = tuple(blocks(element, where))
        covered = True
        if down == "continue" and _grow_down(column, rows, merged):
            open_left = False
        elif across == "continue" and open_left:
            made[-1] = replace(made[-1], column_span=made[-1].column_span + span)
        else:
            covered = False
            open_left = bool(across)
            merged.pop(column, None)
            if down:
                merged[column] = len(rows) - 1, len(made)
            made.append(Cell(inside, where, 1, span))
        if covered:
            text = " ".join(paragraph.text for paragraph in paragraphs(inside))
            tell("合并后看不见的文字", text, where)
        column += span


def _grow_down(column: int, rows: list[list[Cell]], merged: dict[int, tuple[int, int]]) -> bool:
    """Let the cell above in a column go on in the last row; whether there is one."""
    above, at = merged.get(column, (0, 0))
    if column not in merged or above + rows[above][at].row_span != len(rows) - 1:
        return False
    rows[above][at] = replace(rows[above][at], row_span=len(rows) - above)
    return True


def _within(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, those in content controls included."""
    for each in members(element):
        if local(each) == name:
            yield each
        elif local(each) not in PROPERTIES | {"tc", "tr"}:
            yield from _within(each, name)


def _merge(properties: etree._Element | None, name: str) -> str:
    found = child(properties, name)
    return "" if found is None else attribute(found, "val") or "continue"


def _left_out(row: etree._Element) -> str:
    """Why a row is not shown; "" for one that is."""
    properties = child(row, "trPr")
    if any(local(each) in DELETED for each in members(properties)):
        return "修订删除"
    return "隐藏文字" if is_on(child(properties, "hidden")) else ""
