"""Tables: whether their rows cover the same columns, and their cells have headings."""

from collections.abc import Iterator, Mapping

from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule
from pipeline.conformance.structure import Element, Structure

NESTING = Rule("table-nesting", "ISO 14289-1 7.2")
GRID = Rule("table-grid", "ISO 14289-1 7.2")
HEADERS = Rule("table-headers", "ISO 14289-1 7.5")

_GROUPS = frozenset({"THead", "TBody", "TFoot"})
_CELLS = frozenset({"TH", "TD"})
_PARENTS = {
    "TR": {"Table", *_GROUPS},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
}
_WIDEST = 1_000
_LARGEST = 1_000_000


def check(objects: Objects, tree: Structure) -> Iterator[Problem]:
    """Problems of all tables."""
    root = objects.dictionary(objects.trailer.get("/Root"))
    classes = objects.dictionary(objects.dictionary(root.get("/StructTreeRoot")).get("/ClassMap"))
    for element in tree.elements:
        above = element.parent.kind if element.parent else ""
        if element.kind in _PARENTS and above not in _PARENTS[element.kind]:
            message = f"标签 {element.reference}（{element.kind}）不在表格中它该在的位置。"
            yield NESTING.broken(message)
        if element.kind == "TR" and any(kid.kind not in _CELLS for kid in element.kids):
            yield NESTING.broken(f"表格行 {element.reference} 中有不是单元格的标签。")
        if element.kind == "Table" and not _is_grouped(element):
            yield NESTING.broken(f"表格 {element.reference} 有表头或表尾部分，却没有正文部分。")
    for number, table in enumerate((each for each in tree.elements if each.kind == "Table"), 1):
        yield from _table(objects, table, classes, f"第 {number} 个表格")


def _table(
    objects: Objects, table: Element, classes: Mapping[str, object], place: str
) -> Iterator[Problem]:
    rows = [*_rows(table)]
    attributes = {
        cell.reference: _attributes(objects, cell, classes)
        for row in rows
        for cell in row.kids
        if cell.kind in _CELLS
    }
    if not rows:
        yield GRID.broken(f"{place}没有行。")
    yield from _grid(objects, rows, attributes, place)
    headings = {
        name: cell
        for row in rows
        for cell in row.kids
        if cell.kind == "TH" and (name := objects.string(cell.values.get("/ID")))
    }
    named: set[str] = set()
    for reference, attribute in attributes.items():
        for head in objects.array(attribute.get("/Headers")):
            name = objects.string(head)
            if name not in headings:
                yield HEADERS.broken(f"{place}的单元格 {reference} 指向不存在的表头 {name}。")
            else:
                named.add(headings[name].reference)
    for heading in (cell for row in rows for cell in row.kids if cell.kind == "TH"):
        scope = objects.name(attributes[heading.reference].get("/Scope"))
        if scope not in {"/Row", "/Column", "/Both"} and heading.reference not in named:
            yield HEADERS.broken(f"{place}的表头 {heading.reference} 没有写明管哪些单元格。")


def _is_grouped(table: Element) -> bool:
    """Whether a head or foot of a table has a body to go with."""
    groups = {kid.kind for kid in table.kids} & _GROUPS
    return not groups or "TBody" in groups


def _rows(table: Element) -> Iterator[Element]:
    for kid in table.kids:
        if kid.kind == "TR":
            yield kid
        elif kid.kind in _GROUPS:
            yield from (row for row in kid.kids if row.kind == "TR")


def _attributes(
    objects: Objects, cell: Element, classes: Mapping[str, object]
) -> Mapping[str, object]:
    """The attributes of a cell as of a table (14.8.5.7), its own before those of its class."""
    given, own = cell.values.get("/C"), cell.values.get("/A")
    if given is None and isinstance(own, dict):  # as most are
        return own if own.get("/O") == "/Table" else {}
    named = (classes.get(objects.name(each)) for each in objects.array(given) or [given] if each)
    merged: dict[str, object] = {}
    for value in (*named, own):
        for each in objects.array(value) or [value]:
            told = objects.dictionary(each)
            if told.get("/O") == "/Table":
                merged |= told
    return merged


def _grid(
    objects: Objects,
    rows: list[Element],
    attributes: Mapping[str, Mapping[str, object]],
    place: str,
) -> Iterator[Problem]:
    """Fill in row after row: each must end where the first does, no cell upon another."""
    taken: list[int] = []  # for each column, how many further rows are taken from above
    for number, row in enumerate(rows):
        column = 0
        for cell in (kid for kid in row.kids if kid.kind in _CELLS):
            own = attributes[cell.reference]
            down, across = (_span(objects, own, key) for key in ("/RowSpan", "/ColSpan"))
            while column < len(taken) and taken[column]:
                column += 1
            if number == 0 and column + max(across, 0) <= _WIDEST:
                taken += [0] * (column + across - len(taken))
            over = (
                across < 1 or column + across > len(taken) or any(taken[column : column + across])
            )
            if over or not 1 <= down <= len(rows) - number:
                yield GRID.broken(f"{place}第 {number + 1} 行的单元格 {cell.reference} 跨越有误。")
                return
            taken[column : column + across] = [down] * across
            column += across
        if not all(taken):
            yield GRID.broken(f"{place}第 {number + 1} 行与其他行的列数不同。")
            return
        taken = [left - 1 for left in taken]
        if len(taken) * len(rows) > _LARGEST:
            yield GRID.broken(f"{place}太大。")
            return


def _span(objects: Objects, attributes: Mapping[str, object], key: str) -> int:
    """How many rows or columns a cell takes up; 0 where it does not say so in a number."""
    if key not in attributes:
        return 1
    return objects.integer(attributes[key]) or 0
