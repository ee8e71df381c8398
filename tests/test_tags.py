"""The structure of the finished file, read back: elements, tables, bookmarks, artifacts."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from conftest import Workshop, squeezed
from grid_reader import read_grids
from hypothesis import given
from hypothesis import strategies as st
from records import STATES, TARGETS, Shelf
from tag_reader import ReadTag, Structure, read_structure
from test_form_free import SECTIONS, many
from test_form_free import report as free_report

from pipeline.checking import Stock
from pipeline.composition import flow, tagging
from pipeline.composition import grid as grids
from pipeline.document import (
    Document,
    Heading,
    Paragraph,
    Run,
    Table,
    TableBlock,
    TableCell,
    Title,
)
from pipeline.errors import TypesettingFailed
from pipeline.exports import BETWEEN, tables_csv
from pipeline.pdf.marking import mark_content

ALL = pytest.mark.parametrize("name", TARGETS)
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


def printed(document: Document) -> Iterator[tuple[str, str]]:
    """What the document holds but for its tables: whether it is a heading, and its text."""
    for element in document.all_elements:
        match element:
            case Title(words):
                yield "H", "".join(word.text for word in words)
            case Heading(_, run):
                yield "H", run.text
            case Paragraph(runs):
                yield "P", "".join(run.text for run in runs)


def squeezed_tags(structure: Structure) -> list[tuple[str, str]]:
    """The same of the tags, without what the stamp added."""
    room = {id(tag) for tag in structure.named["signature"].all}
    return [
        (tag.kind[0], squeezed(tag.text))
        for tag in structure.of(*HEADINGS, "P")
        if id(tag) not in room
    ]


@ALL
def test_every_element_is_tagged_in_order(name: str, shelf: Shelf) -> None:
    """Headings and paragraphs carry their whole text, each once, in reading order."""
    expected = [(kind, squeezed(text)) for kind, text in printed(shelf.checked(name).document)]
    assert squeezed_tags(read_structure(shelf(name))) == expected


@pytest.mark.parametrize("state", STATES)
def test_what_is_no_content(state: str, shelf: Shelf) -> None:
    """Page numbers and marks in the margin are artifacts, and nothing else of the text is."""
    structure = read_structure(shelf("example/2026", state))
    mark = "送审稿样例" if state == "draft" else "样例"
    for number, text in enumerate(structure.artifacts, 1):
        assert squeezed(text) == f"{mark}—{number}—"


@ALL
def test_levels_of_headings(name: str, shelf: Shelf) -> None:
    """The title is the only first level; none is skipped on the way down."""
    levels = [int(tag.kind[1]) for tag in read_structure(shelf(name)).of(*HEADINGS)]
    assert levels[0] == 1
    assert 1 not in levels[1:]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@given(st.lists(st.integers(1, 4), max_size=12), st.lists(st.integers(2, 4), max_size=4))
def test_no_level_is_skipped_whatever_the_content_leaves_out(
    levels: list[int], below: list[int]
) -> None:
    """Of headings of any nominal levels, also in an annex."""
    items = [
        flow.Item(Title((Run("题"),))),
        *(flow.Item(Heading(level, Run("节"))) for level in levels),
    ]
    annexes = [
        flow.Item(Heading(1, Run("附件"))),
        flow.Item(Title((Run("附件的题"),))),
        *(flow.Item(Heading(level, Run("节"))) for level in below),
    ]
    depths = [tag.level for tag in tagging.tag(items, annexes).all() if tag.level]
    assert len(depths) == 1 + len(levels) + 2 + len(below)
    assert depths[0] == 1
    assert all(2 <= after <= before + 1 for before, after in pairwise(depths))
    label, title = depths[1 + len(levels) :][:2]
    assert (label, title) == (2, 3)


# Tables


@ALL
def test_tags_give_the_grid_of_the_page(name: str, shelf: Shelf) -> None:
    """Laid out from rows and spans, a table is the one that its rules and characters show."""
    with pdfplumber.open(shelf(name)) as pdf:
        places = [grid.places for grid in read_grids(pdf)]
    tables = read_structure(shelf(name)).of("Table")
    one_page = [t for t in tables if len({page for tag in t.all for page in tag.pages}) == 1]
    assert len(one_page) >= len(tables) - 1
    for table in one_page:
        assert {place for place, _ in table.cells} in places


def is_unit(cell: ReadTag, structure: Structure) -> bool:
    """Whether a cell is an empty one of a column of units, or above all labels."""
    heads = [structure.named[head].text for head in cell.attribute("/Headers", [])]
    return not cell.text and heads[:1] in ([], ["单位"])


def rows_above(row: str, table: str) -> list[str]:
    """The labels of a row; of the annex, whose rows are only indented, its own."""
    labels = row.split(BETWEEN)
    return labels[-1:] if table.endswith("统计表") else labels


@ALL
def test_every_value_knows_its_headings(name: str, shelf: Shelf) -> None:
    """The headings that a cell names are those that the CSV, made another way, has for it."""
    structure = read_structure(shelf(name))
    told = csv.reader(io.StringIO(tables_csv(shelf.checked(name).report).decode("utf-8-sig")))
    expected = [
        (value, {*block.split(BETWEEN), *column.split(BETWEEN), *rows_above(row, block)})
        for _, block, row, column, _, value, _ in list(told)[1:]
    ]
    found = [
        (cell.text, {structure.named[head].text for head in cell.attribute("/Headers", [])})
        for table in structure.of("Table")
        for _, cell in table.cells
        if cell.kind == "TD" and not is_unit(cell, structure)
    ]
    tables = [e for e in shelf.checked(name).document.all_elements if isinstance(e, Table)]
    titles = {table.title for table in tables}
    units = {c.run.text for t in tables for c in t.cells if c.role == "label" and "单位" in _top(t)}
    for (value, labels), (text, heads) in zip(expected, found, strict=True):
        assert squeezed(text).removeprefix(squeezed(value.removeprefix("'"))) in {"", "元", "万元"}
        wanted = {squeezed(label) for label in labels - titles if label}
        assert {squeezed(head) for head in heads} - wanted <= units
        assert wanted <= {squeezed(head) for head in heads}


def _top(table: Table) -> set[str]:
    return {cell.run.text for cell in table.cells if cell.role == "head"}


@ALL
def test_headings_of_tables(name: str, shelf: Shelf) -> None:
    """A TH says what it heads; the headings that it names itself stand above or left of it."""
    structure = read_structure(shelf(name))
    for table in structure.of("Table"):
        places = {cell.name: place for place, cell in table.cells if cell.name}
        for place, cell in table.cells:
            if cell.kind == "TH":
                assert cell.attribute("/Scope") in {"/Column", "/Row"}
                assert cell.text
            for head in cell.attribute("/Headers", []):
                row, column, down, across, _ = places[head]
                above = row + down <= place[0] and column < place[1] + place[3]
                left = column + across <= place[1] and row < place[0] + place[2]
                assert (above and place[1] < column + across) or (left and place[0] < row + down)


def test_a_table_over_several_pages_is_one(workshop: Workshop) -> None:
    """Heads that a further page repeats are shown there, but are no content of the table."""
    rows = many(120)
    structure = read_structure(workshop.build(free_report(rows, sections=SECTIONS[:1])))
    (table,) = structure.of("Table")
    assert len({page for tag in table.all for page in tag.pages}) > 2
    head, *body = table.kids
    assert [cell.text for line in body for cell in line.kids if cell.kind == "TH"][::2] == [
        row["label"] for row in rows
    ]
    heads = "".join(cell.text for cell in head.kids)
    assert len([text for text in structure.artifacts if heads in text]) >= 2


def test_a_label_over_a_page_break_is_one(stock: Stock) -> None:
    """What stands as （续） on the next page is no second heading: it has no mark of its own."""
    rows = range(60)
    label = TableCell(0, 0, len(rows), 1, Run("标题"), "label")
    values = [TableCell(row, 1, 1, 1, Run(f"{row}"), "value") for row in rows]
    table = Table("表", (label, *values), (TableBlock(range(0), rows),), (20.0,), (0.0, 1.0), 8.0)
    blocks = grids.lay_out(table, stock.fonts)
    assert len(blocks) > 1
    assert "".join(text.run.text for text in blocks[1].texts).count("（续）") == 1
    tags = tagging.tag([flow.Item(table, block) for block in blocks], [])
    heads = [tag for tag in tags.all() if tag.kind == "TH"]
    assert [(head.marks, head.span and head.span.rows) for head in heads] == [(("0.0",), 60)]
    cells = [tag for tag in tags.all() if tag.kind == "TD"]
    assert [int(cell.marks[0].partition(".")[2]) for cell in cells] == list(range(1, 61))
    assert {cell.marks[0][0] for cell in cells} == {str(n) for n in range(len(blocks))}
    assert {cell.span.heads for cell in cells if cell.span} == {("0.0",)}


# The signature


@pytest.mark.parametrize("name", ["example/2026", "example/2016"])
def test_the_stamp_is_read_where_it_stands(name: str, shelf: Shelf) -> None:
    """Name, date and seal follow the text, before any annex; the seal has words."""
    plain, structure = read_structure(shelf(name)), read_structure(shelf(name, "sealed"))
    assert squeezed_tags(plain) == squeezed_tags(structure)
    assert plain.named["signature"].kids == []
    names, date, seal = structure.named["signature"].kids
    report = shelf.checked(name).report
    assert (names.kind, names.text) == ("P", report.agency.name)
    assert date.kind == "P"
    assert date.text.endswith("日")
    assert (seal.kind, seal.entries["/Alt"]) == ("Figure", "样章，仅供测试")
    left, bottom, right, top = (float(edge) for edge in seal.attribute("/BBox"))
    assert right - left == pytest.approx(top - bottom, abs=0.1)
    assert right - left == pytest.approx(report.agency.seal_diameter * 72 / 25.4, abs=0.1)
    kids = structure.root.kids
    at = kids.index(structure.named["signature"])
    below = [tag for kid in kids[at + 1 :] for tag in kid.all]
    assert ("附件" in "".join(tag.text for tag in below)) == (name == "example/2016")


def test_a_seal_of_ink_has_no_figure(shelf: Shelf) -> None:
    """The room that is left for it is nothing that could be read."""
    kinds = [
        tag.kind for tag in read_structure(shelf("example/2026", "ink")).named["signature"].kids
    ]
    assert kinds == ["P", "P"]


def test_the_agency_in_the_words_of_a_real_seal(workshop: Workshop, tmp_path: Path) -> None:
    """Of a report that is no sample the words name whose seal it is."""
    from pipeline.stamping import seal as seals  # noqa: PLC0415
    from pipeline.stamping import stamp as stamping  # noqa: PLC0415

    drawing = tmp_path / "seal.svg"
    drawing.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42" width="42mm" height="42mm">'
        '<circle cx="21" cy="21" r="20.5" fill="none" stroke="#c00"/></svg>'
    )
    content = {**workshop.blank(), "date": dt.date(2024, 1, 12)}
    made = stamping.stamp(
        workshop.build(content).read_bytes(),
        date=None,
        seal=seals.load(drawing, 42),
        fonts=workshop.stock.fonts,
        specimens=(),
    )
    stamped = tmp_path / "stamped.pdf"
    stamped.write_bytes(made.pdf)
    *_, seal = read_structure(stamped).named["signature"].kids
    assert seal.entries["/Alt"] == "示例市样板区示范街道办事处印章"


# Bookmarks


@ALL
def test_bookmarks(name: str, shelf: Shelf) -> None:
    """Every heading but the title, nested by level; each leads to just above its line."""
    structure = read_structure(shelf(name))
    headings = [tag for tag in structure.of(*HEADINGS)[1:] if tag.text]
    with pikepdf.open(shelf(name)) as pdf, pdfplumber.open(shelf(name)) as pages:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        with pdf.open_outline() as outline:
            marks = list(_bookmarks(outline.root, 2))
            assert [item.is_closed for item in outline.root if item.children] == [
                True for item in outline.root if item.children
            ]
        assert [(depth, squeezed(item.title)) for depth, item in marks] == [
            (int(tag.kind[1]), squeezed(tag.text)) for tag in headings
        ]
        for (_, item), heading in zip(marks, headings, strict=True):
            page = numbers[item.destination[0].objgen]
            assert page == heading.pages[0]
            top = float(pages.pages[page].height) - float(item.destination[3])
            chars = (
                pages.pages[page].crop((0, max(top, 0), pages.pages[page].width, top + 45)).chars
            )
            assert squeezed("".join(c["text"] for c in chars)).startswith(
                squeezed(heading.text)[:4]
            )


def _bookmarks(items: Any, depth: int) -> Iterator[tuple[int, Any]]:
    for item in items:
        yield depth, item
        yield from _bookmarks(item.children, depth + 1)


# Much text


def test_a_text_longer_than_a_string_may_be(workshop: Workshop) -> None:
    """No /ActualText beyond what PDF/A allows; the file is built, and conforms."""
    content = workshop.blank()
    content["preface"] = "字 a b" * 5000
    with pikepdf.open(workshop.build(content)) as pdf:
        told = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/ActualText" in o]
    assert told == []


# Marks in page contents

PAGE = b" q 1 0 0 1 72 769.89 cm 0 G 0 g %s Q"
SHOWN = b"BT /F1 16 Tf 10 -20 Td[<0041>]TJ ET"


def test_content_over_a_page_break() -> None:
    """A mark that ends on the next page owns a piece on each; a margin between is none of it."""
    first = PAGE % (b"/nbB0 MP " + SHOWN)
    second = PAGE % (b"/nbBmargin MP %s /nbEmargin MP %s /nbE0 MP q 1 w S Q" % (SHOWN, SHOWN))
    marked = mark_content([first, second], {"0": "P"})
    assert [(piece.page, piece.mcid) for piece in marked.pieces["0"]] == [(0, 0), (1, 0)]
    assert marked.pieces["0"][0].baseline == pytest.approx(749.89)
    one, two = marked.contents
    assert one.count(b"BDC") == one.count(b"EMC") == 1
    assert two.count(b"BDC") == two.count(b"EMC") == 3
    assert two.index(b"/Header") < two.index(b"/P <</MCID 0>>") < two.index(b"/Layout")


@pytest.mark.parametrize(
    "content",
    [
        b"BT ET",
        PAGE % b"/nbB0 MP BT ET",
        PAGE % b"/nbE0 MP",
        PAGE % b"/nbB0 MP /nbB1 MP /nbE0 MP /nbE1 MP",
    ],
    ids=["no prologue", "no end", "no beginning", "crossed"],
)
def test_pages_that_are_not_as_expected(content: bytes) -> None:
    """A file whose marks do not pair is not finished."""
    with pytest.raises(TypesettingFailed, match="与预期不符"):
        mark_content([content], {"0": "P", "1": "P"})


# What glyphs do not tell


def test_blanks_are_told(workshop: Workshop) -> None:
    """Words of Latin letters have white between them, no glyph: the element tells its text."""
    content = workshop.blank()
    content["preface"] = "使用 Windows Server 2019 系统。\n\n没有空格的一段。"
    structure = read_structure(workshop.build(content))
    told = [tag.entries.get("/ActualText") for tag in structure.of("P")[:2]]
    assert told == ["使用 Windows Server 2019 系统。", None]
