"""Document → what TeX sets one after another: paragraphs, headings, and blocks on the grid."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.composition import cells, grid, title
from pipeline.composition.block import Block, Text
from pipeline.document import Document, Element, Heading, Paragraph, Run, Signature, Table, Title
from pipeline.fonts import FontSet
from pipeline.page import ASCENT, COLUMNS, DESCENT, EM, PITCH
from pipeline.signature import Room, line_width, name_lines, name_width, room

BODY = "fangsong"
HEADING_ROLES = {1: "hei", 2: "kai", 3: BODY, 4: BODY}
"""一、 黑体 · （一） 楷体 · 1. and （1） 仿宋 (GB/T 9704-2012, 7.3.3)."""
PAGE_NUMBER, MARK = "song", "hei"
DATE_CHARACTERS = "0123456789年月日"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to set: `element` as it stands in the document, `block` where it is laid out."""

    element: Element
    block: Block | None = None
    new_page: bool = False


def lay_out(document: Document, fonts: FontSet) -> list[Item]:
    """The items of a document, in order; a table too long for a page makes several."""
    below = signature_lines(document.signature, fonts)
    return _items(document.elements, fonts, below)


def lay_out_annexes(document: Document, fonts: FontSet) -> list[Item]:
    """The items that stand behind the signature; each annex starts a page.

    Its label stands in the first line, its title in the third (GB/T 9704-2012, 7.4).
    """
    items: list[Item] = []
    for annex in document.annexes:
        label = Item(Heading(1, annex.label), _label(annex.label, fonts), new_page=True)
        items += _items((annex.title, *annex.elements), fonts, 0, [label])
    return items


def _label(run: Run, fonts: FontSet) -> Block:
    role = HEADING_ROLES[1]
    width = line_width(run.text, lambda char: fonts.advance(role, char))
    return Block(2, (Text(0, ASCENT * EM, width, EM, role, run),))


def _items(
    elements: Sequence[Element], fonts: FontSet, below: int, items: Sequence[Item] = ()
) -> list[Item]:
    """`items`, then those of `elements`; `below`: lines that stand below the last of them."""
    items = list(items)
    for element in elements:
        if isinstance(element, Title):
            items.append(Item(element, title.lay_out(element, fonts)))
        elif isinstance(element, Table):
            items = _with_table(items, element, fonts, below if element is elements[-1] else 0)
        else:
            items.append(Item(element))
    return items


def _with_table(items: list[Item], table: Table, fonts: FontSet, below: int) -> list[Item]:
    """The items and the table's blocks; headings right above a long table start its first page."""
    headings: list[Item] = []
    # The report's own title, its first item, may fill a page by itself.
    first = int(bool(items) and isinstance(items[0].element, Title))
    while len(items) > first and isinstance(items[-1].element, Heading | Title):
        headings.insert(0, items.pop())
    above = sum(_lines(item, fonts) for item in headings)
    blocks = grid.lay_out(table, fonts, above=above, below=below)
    if headings and len(blocks) > 1:
        headings[0] = replace(headings[0], new_page=True)
    return [*items, *headings, *(Item(table, block, block.forced) for block in blocks)]


def _lines(item: Item, fonts: FontSet) -> int:
    """The grid lines of a title or a heading."""
    if item.block:
        return item.block.lines
    element = item.element
    assert isinstance(element, Heading)  # noqa: S101  # a title has a block
    role = HEADING_ROLES[element.level]
    width = 2 + sum(fonts.advance(role, char) for char in element.run.text)
    return math.ceil(width / (COLUMNS - 0.5))


def signature_room(signature: Signature, fonts: FontSet) -> Room:
    """The room that the stamp will need below the text."""
    lines = name_lines(
        signature.name.text,
        lambda text: line_width(text, lambda char: fonts.advance(BODY, char)),
        name_width(signature.kind),
    )
    return room(signature.kind, signature.seal_diameter, len(lines))


def signature_lines(signature: Signature, fonts: FontSet) -> int:
    """The grid lines of that room."""
    height = signature_room(signature, fonts).height
    return math.ceil((height - DESCENT * EM) / PITCH - 1e-6)


def texts(document: Document) -> Iterator[tuple[str, Run]]:
    """Every run that is printed, with its role; the signature's too, which the stamp prints."""
    for element in document.all_elements:
        match element:
            case Title(words):
                yield from ((title.ROLE, word) for word in words)
            case Heading(level, run):
                yield HEADING_ROLES[level], run
            case Paragraph(runs):
                yield from ((BODY, run) for run in runs)
            case Table():
                yield from ((cells.ROLE, cell.run) for cell in element.cells)
                yield cells.ROLE, Run(grid.CONTINUED)
    yield PAGE_NUMBER, Run("—0123456789")
    yield MARK, Run(document.mark)
    yield BODY, document.signature.name
    yield BODY, Run(DATE_CHARACTERS)
