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
_Cells = Mapping[int, TableCell]
"""Cells by their number in the table."""


def tag(items: Sequence[Item], annexes: Sequence[Item]) -> Tag:
    """The tags of a report: its items, room for the signature, the items of its annexes.

    Marks number all items through. No level of headings is skipped, whatever the content leaves
    out (ISO 14289-1, 7.4.2); the report's title is the first.
    """
    numbered = list(enumerate([*items, *annexes]))
    levels: list[float] = []
    return Tag(
        "Document",
        kids=(
            *_tags(numbered[: len(items)], levels),
            Tag("Div", name=SIGNATURE),
            *_tags(numbered[len(items) :], levels),
        ),
    )


def _tags(numbered: Sequence[_Numbered], levels: list[float]) -> Iterator[Tag]:
    """The tags of items, one for each element; `levels` are those of the headings above them."""
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
        rows = range(block.head.start, block.body.stop)
        cells = {number: cell for number, cell in enumerate(table.cells) if cell.row in rows}
        for row in rows:
            own = (number for number, cell in cells.items() if cell.row == row)
            yield Tag("TR", kids=tuple(_cell(number, cells, block, marks) for number in own))


def _cell(number: int, cells: _Cells, block: TableBlock, marks: Mapping[int, str]) -> Tag:
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
