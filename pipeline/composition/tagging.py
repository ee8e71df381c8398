"""Document → tags: headings by level, paragraphs, and tables with what heads each cell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from pipeline.composition.flow import Item
from pipeline.document import Element, Heading, Paragraph, Table, TableCell, Title
from pipeline.tags import SIGNATURE, Scope, Span, Tag, mark
from pipeline.tags import actual as tell

_DEEPEST = 6
"""H6 is the last of the headings (ISO 32000-1, 14.8.4.3)."""
_REPORT_TITLE, _ANNEX_TITLE = 0, 1.5
"""Levels of titles, among those of headings: an annex's stands below its label, which is of level
1, and above its own headings."""

_Numbered = tuple[int, Item]


def tag(items: Sequence[Item], annexes: Sequence[Item]) -> Tag:
    """The tags of a report: its items, room for the signature, the items of its annexes.

    Marks number all items through. No level of headings is skipped, whatever the content leaves
    out (ISO 14289-1, 7.4.2); the report's title is the first.
    """
    numbered = list(enumerate([*items, *annexes]))
    depths = _depths([item.element for _, item in numbered])
    return Tag(
        "Document",
        kids=(
            *_tags(numbered[: len(items)], depths),
            Tag("Div", name=SIGNATURE),
            *_tags(numbered[len(items) :], depths),
        ),
    )


def _depths(elements: Sequence[Element]) -> dict[int, int]:
    """How deep each heading stands, by its place: one below the nearest heading of higher rank."""
    depths: dict[int, int] = {}
    above: list[float] = []
    for place, element in enumerate(elements):
        level: float
        match element:
            case Title():
                level = _ANNEX_TITLE if above else _REPORT_TITLE
            case Heading(level):
                pass
            case _:
                continue
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        depths[place] = min(len(above), _DEEPEST)
    return depths


def _tags(numbered: Sequence[_Numbered], depths: Mapping[int, int]) -> Iterator[Tag]:
    """The tags of items, one for each element."""
    for _, group in groupby(numbered, key=lambda entry: id(entry[1].element)):
        entries = list(group)
        number, item = entries[0]
        match item.element:
            case Title(words):
                yield _heading(depths[number], number, "".join(word.text for word in words))
            case Heading(_, run):
                yield _heading(depths[number], number, run.text)
            case Paragraph(runs):
                text = "".join(run.text for run in runs)
                yield Tag("P", (mark(number),), actual=tell(text))
            case Table() as table:
                yield Tag("Table", kids=tuple(_rows(table, entries)))


def _heading(depth: int, number: int, text: str) -> Tag:
    return Tag(f"H{depth}", (mark(number),), title=text, actual=tell(text))


def _rows(table: Table, entries: Sequence[_Numbered]) -> Iterator[Tag]:
    """The rows of a table, once each: what a further page repeats is not its content."""
    marks: dict[int, str] = {}
    for number, item in entries:
        for text in item.block.texts if item.block else ():
            if text.cell is not None:
                marks.setdefault(text.cell, mark(number, text.cell))
    for block in table.blocks:
        rows: dict[int, list[int]] = {row: [] for row in (*block.head, *block.body)}
        for number, cell in enumerate(table.cells):
            if cell.row in rows:
                rows[cell.row].append(number)
        heads = _Heads(table.cells, (number for own in rows.values() for number in own), marks)
        for own in rows.values():
            yield Tag("TR", kids=tuple(_cell(table.cells[n], marks.get(n), heads) for n in own))


class _Heads:
    """The headings of a block of rows, by the columns and rows that they stand over."""

    def __init__(
        self, cells: Sequence[TableCell], numbers: Iterable[int], marks: Mapping[int, str]
    ) -> None:
        self._over: dict[int, list[int]] = {}
        self._beside: dict[int, list[int]] = {}
        self._cells, self._marks = cells, marks
        for number in numbers:
            cell = cells[number]
            if number in marks and cell.role == "head":
                for column in _columns(cell):
                    self._over.setdefault(column, []).append(number)
            elif number in marks and cell.role == "label":
                for row in _spanned(cell):
                    self._beside.setdefault(row, []).append(number)

    def of(self, cell: TableCell) -> tuple[str, ...]:
        """The names of the headings above a cell, then of those left of it."""
        above = {
            number
            for column in _columns(cell)
            for number in self._over.get(column, ())
            if _spanned(self._cells[number]).stop <= cell.row
        }
        left = {
            number
            for row in _spanned(cell)
            for number in self._beside.get(row, ())
            if _columns(self._cells[number]).stop <= cell.column
        }
        return tuple(self._marks[number] for number in (*sorted(above), *sorted(left)))


def _columns(cell: TableCell) -> range:
    return range(cell.column, cell.column + cell.column_span)


def _spanned(cell: TableCell) -> range:
    return range(cell.row, cell.row + cell.row_span)


def _cell(cell: TableCell, content: str | None, heads: _Heads) -> Tag:
    """A cell with its span and the names of its headings; an empty one heads nothing."""
    actual, marks = tell(cell.run.text), (content,) if content else ()
    scope: Scope | None = None
    if cell.role != "value" and content:
        scope = "Column" if cell.role == "head" else "Row"
    span = Span(cell.row_span, cell.column_span, scope, heads.of(cell))
    if scope and content:
        return Tag("TH", marks, name=content, span=span, actual=actual)
    return Tag("TD", marks, span=span, actual=actual)
