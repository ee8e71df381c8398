"""Document → tags: headings by level, paragraphs, and tables with what heads each cell."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from pipeline.composition.flow import Item
from pipeline.document import Element, Heading, Paragraph, Table, TableBlock, TableCell, Title
from pipeline.tags import SIGNATURE, Scope, Span, Tag, actual, mark

_DEEPEST = 6
"""H6 is the last of the headings (ISO 32000-1, 14.8.4.3)."""
_ANNEX_TITLE = 1.5
"""An annex's title stands below its label, which is of level 1, and above its own headings."""

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
        element = item.element
        if isinstance(element, Table):
            yield Tag("Table", kids=tuple(_rows(element, entries)))
        elif isinstance(element, Paragraph):
            text = "".join(run.text for run in element.runs)
            yield Tag("P", (mark(number),), actual=actual(text))
        else:
            depth, text = _depth(element, levels), _text(element)
            yield Tag(f"H{depth}", (mark(number),), title=text, actual=actual(text))


def _depth(heading: Element, levels: list[float]) -> int:
    above = _ANNEX_TITLE if levels else 0
    level = heading.level if isinstance(heading, Heading) else above
    while levels and levels[-1] >= level:
        levels.pop()
    levels.append(level)
    return min(len(levels), _DEEPEST)


def _text(heading: Element) -> str:
    if isinstance(heading, Title):
        return "".join(word.text for word in heading.words)
    assert isinstance(heading, Heading)  # noqa: S101  # nothing else is left
    return heading.run.text


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
    cell = cells[number]
    heads = tuple(
        marks[other]
        for other in sorted(marks.keys() & cells.keys(), key=lambda key: cells[key].role == "label")
        if _heads(cells[other], cell, block)
    )
    content = (marks[number],) if number in marks else ()
    told = actual(cell.run.text)
    if cell.role == "value" or not content:
        span = Span(cell.row_span, cell.column_span, None, heads)
        return Tag("TD", content, span=span, actual=told)
    scope: Scope = "Column" if cell.role == "head" else "Row"
    span = Span(cell.row_span, cell.column_span, scope, heads)
    return Tag("TH", content, name=content[0], span=span, actual=told)


def _heads(head: TableCell, cell: TableCell, block: TableBlock) -> bool:
    """Whether a cell stands above or left of another, as its heading."""
    if head.role == "head":
        return head.row + head.row_span <= cell.row and _meet(
            (head.column, head.column_span), (cell.column, cell.column_span)
        )
    return (
        head.role == "label"
        and cell.row in block.body
        and head.column + head.column_span <= cell.column
        and _meet((head.row, head.row_span), (cell.row, cell.row_span))
    )


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two stretches (start, length) have a part in common."""
    return one[0] < other[0] + other[1] and other[0] < one[0] + one[1]
