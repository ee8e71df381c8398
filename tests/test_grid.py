"""Tables that do not fit a page, read back from the PDF; and the geometry of all tables."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from conftest import MM, Workshop
from grid_reader import Grid, crowded, page_lines, read_grids
from hypothesis import given, settings
from hypothesis import strategies as st
from official import (
    APPLICATIONS_HEADS,
    APPLICATIONS_ROWS,
    CONTINUED,
    DISCLOSURE_LABELS,
    REVIEWS_LABELS,
    Labels,
    Place,
    applications_places,
)
from pypdf import PdfReader
from test_form_2021 import applications_values, numbered
from variants import relabel, shipped_form, tables, workshop_for

from pipeline.checking import Stock
from pipeline.composition import grid as grids
from pipeline.composition.block import Block, room
from pipeline.composition.columns import too_wide
from pipeline.document import Run, Table, TableBlock, TableCell
from pipeline.errors import TypesettingFailed
from pipeline.page import LINES, TYPE_WIDTH, bp

HEADING = "三、收到和处理政府信息公开申请情况"
CELL_COUNT = {"disclosure": 30, "reviews": 34}


class Split:
    """A built report: its tables and lines, page by page."""

    def __init__(self, path: Path, content: dict[str, Any]) -> None:
        self.path, self.content = path, content
        with pdfplumber.open(path) as pdf:
            self.grids = read_grids(pdf)
            self.lines = {page.page_number: page_lines(page) for page in pdf.pages}

    @property
    def applications(self) -> list[Grid]:
        """The pieces of table 三: grids of ten columns, or of those that their rows need."""
        widest = next(grid for grid in self.grids if len(grid.xs) == 11)
        return [grid.on(widest) for grid in self.grids if len(grid.xs) in (9, 10, 11)]

    def page_of(self, anchor: str) -> int:
        """The page that an anchor of the signature stands on."""
        reader = PdfReader(self.path)
        return 1 + next(
            reader.get_destination_page_number(target)
            for name, target in reader.named_destinations.items()
            if name == anchor
        )


def expect_whole(
    report: Split,
    rows: Sequence[Labels] = APPLICATIONS_ROWS,
    heads: set[Place] = APPLICATIONS_HEADS,
) -> None:
    """Table 三 over several pages: heads on each, （续） where a label was cut, nothing lost."""
    values = applications_values(report.content["applications"])
    start = 0
    pieces = report.applications
    for grid in pieces:
        body = grid.rows - 3
        assert body >= 3, "fewer than three rows on a page"
        assert grid.places == applications_places(values, rows, heads, start, start + body)
        assert grid.loose_ends() == []
        assert grid.box[1] / MM >= 37 - 0.2
        assert grid.box[3] / MM <= 262 + 0.2
        start += body
    assert start == 25
    assert [grid.page for grid in pieces] == list(
        range(pieces[0].page, pieces[0].page + len(pieces))
    )
    assert crowded(report.path, pieces) == []


def expect_heading_above(report: Split, heading: str = HEADING) -> None:
    """The heading stands right above the table's first rows."""
    first = report.applications[0]
    above = [text for y, text in report.lines[first.page] if y < first.box[1]]
    assert above
    assert above[-1] == heading


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the workshops of this file."""
    return tmp_path_factory.mktemp("grid")


def longer(folder: Path, stock: Stock, times: int) -> tuple[Split, list[Labels], set[Place]]:
    """A report in a form whose labels are so many times as long, with what table 三 must say."""
    form = shipped_form()
    for table in tables(form).values():
        for block in table["blocks"]:
            relabel(block["columns"], lambda label: label * times)
            relabel(block.get("rows", []), lambda label: label * times)
            if "stub" in block:
                block["stub"] *= times
    workshop = workshop_for(folder / f"times{times}", stock, form)
    content = numbered(workshop.blank(), 10, 999, seed=times)
    rows = [tuple(label * times for label in row) for row in APPLICATIONS_ROWS]
    heads = {(*place[:4], place[4] * times) for place in APPLICATIONS_HEADS}
    return Split(workshop.build(content), content), rows, heads


@pytest.mark.parametrize("times", [2, 4])
def test_long_labels_split_the_table(folder: Path, stock: Stock, times: int) -> None:
    """Labels twice and four times as long: read back whole from several pages."""
    report, rows, heads = longer(folder, stock, times)
    expect_whole(report, rows, heads)
    expect_heading_above(report)
    assert len(report.applications) >= 2
    texts = {cell.text for grid in report.applications[1:] for cell in grid.cells}
    assert any(text.endswith(CONTINUED) for text in texts)
    others = [grid for grid in report.grids if len(grid.xs) not in (9, 10, 11)]
    assert crowded(report.path, others) == []
    labels = "".join(cell.text for grid in others for cell in grid.cells)
    for place in DISCLOSURE_LABELS | REVIEWS_LABELS:
        if "第二十条" not in place[4]:
            assert place[4] * times in labels


def tall(folder: Path, stock: Stock, height: float, name: str) -> Workshop:
    """A workshop in which the rows of table 三 are `height` mm high."""
    form = shipped_form()
    tables(form)["applications"]["row_height"] = height
    return workshop_for(folder / name, stock, form)


@pytest.mark.parametrize("height", [9.0, 14.0, 30.0])
def test_high_rows_split_the_table(folder: Path, stock: Stock, height: float) -> None:
    """Rows of 9, 14 and 30 mm: over two, three and many pages, never fewer than three together."""
    workshop = tall(folder, stock, height, f"tall{height}")
    content = numbered(workshop.blank(), 10, 999, seed=8)
    report = Split(workshop.build(content), content)
    expect_whole(report)
    expect_heading_above(report)


def test_a_cut_label_keeps_its_mark_whole(folder: Path, stock: Stock) -> None:
    """（续） below an upright label stands on one line, as any label in brackets does."""
    workshop = tall(folder, stock, 13.0, "mark")
    report = Split(workshop.build(workshop.blank()), workshop.blank())
    cut = report.applications[1].at(3, 0)
    assert cut.lines == ("三、", *"本年度办理结果", CONTINUED)


def test_a_page_is_filled(folder: Path, stock: Stock) -> None:
    """A split table uses its pages: on none but the last would three more rows have fitted."""
    workshop = tall(folder, stock, 9.0, "filled")
    report = Split(workshop.build(workshop.blank()), workshop.blank())
    first, last = report.applications
    assert 262 - first.box[3] / MM < 20 or last.rows - 3 == 3


def test_prose_between_heading_and_table(folder: Path, stock: Stock) -> None:
    """With a paragraph before a long table, the heading keeps to the paragraph."""
    workshop = tall(folder, stock, 12.0, "before")
    content = numbered(workshop.blank(), 10, 999, seed=8)
    content["applications"]["before"] = "本年度申请情况如下表。"
    report = Split(workshop.build(content), content)
    expect_whole(report)
    lines = [text for page in sorted(report.lines) for _, text in report.lines[page]]
    assert lines[lines.index(HEADING) + 1] == "本年度申请情况如下表。"
    page = next(p for p, found in report.lines.items() if HEADING in [text for _, text in found])
    assert "本年度申请情况如下表。" in [text for _, text in report.lines[page]]


@pytest.mark.parametrize("paragraphs", range(2, 17, 2))
def test_a_heading_is_never_alone_at_the_foot(workshop: Workshop, paragraphs: int) -> None:
    """However much text stands above, table 三 follows right below its heading on one page."""
    content = workshop.blank()
    content["overview"]["text"] = "\n\n".join(["这一段文字占一行。"] * paragraphs)
    content["disclosure"]["after"] = "\n\n".join(["表后的文字占一行。"] * (paragraphs // 2))
    report = Split(workshop.build(content), content)
    for grid in report.grids:
        above = [text for y, text in report.lines[grid.page] if y < grid.box[1]]
        assert above[-1][:2] in ("二、", "三、", "四、")
    assert len(report.grids) == 3


@pytest.fixture(scope="session")
def last_table(folder: Path, stock: Stock) -> Split:
    """Table 三 is the last thing in the report: the signature no longer fits its page."""
    form = shipped_form()
    form["sections"] = form["sections"][:3]
    workshop = workshop_for(folder / "last", stock, form)
    content = workshop.blank()
    return Split(workshop.build(content), content)


def test_the_signature_stands_with_three_rows(last_table: Split) -> None:
    """A table that ends the report gives its last three rows, or more, to the signature's page."""
    expect_whole(last_table)
    expect_heading_above(last_table)
    pages = [grid.page for grid in last_table.applications]
    assert len(pages) == 2
    for anchor in ("text.end", "sign.name", "sign.date"):
        assert last_table.page_of(anchor) == pages[-1]
    assert max(last_table.lines) == pages[-1]


def test_a_short_table_at_the_end_keeps_the_signature(folder: Path, stock: Stock) -> None:
    """Table 四 as the last element stands on the page of the signature, heading and all."""
    form = shipped_form()
    form["sections"] = [form["sections"][0], form["sections"][3]]
    workshop = workshop_for(folder / "short", stock, form)
    for lines in (8, 9, 10, 11):
        content = workshop.blank()
        content["overview"]["text"] = "\n\n".join(["这一段文字占一行。"] * lines)
        report = Split(workshop.build(content), content)
        (grid,) = report.grids
        assert report.page_of("sign.date") == grid.page
        assert any(text.startswith("四、") for _, text in report.lines[grid.page])


def test_tables_follow_one_another(folder: Path, stock: Stock) -> None:
    """Three tables without a word between them, two of them over several pages."""
    form = shipped_form()
    tables(form)["disclosure"]["row_height"] = 21.0
    tables(form)["applications"]["row_height"] = 13.0
    workshop = workshop_for(folder / "follow", stock, form)
    content = numbered(workshop.blank(), 10, 999, seed=5)
    report = Split(workshop.build(content), content)
    expect_whole(report)
    expect_heading_above(report)
    disclosure = [grid for grid in report.grids if len(grid.xs) in (3, 5)]
    assert len(disclosure) >= 2
    texts = [cell.text for grid in disclosure for cell in grid.cells]
    for place in DISCLOSURE_LABELS:
        assert place[4] in texts
    numbers = [text for text in texts if text.isdigit()]
    wanted = [content["disclosure"][key] for key in ("rules", "normative_documents")]
    assert numbers[:6] == [str(number) for row in wanted for number in row]
    assert len(numbers) == 10
    (reviews,) = (grid for grid in report.grids if len(grid.xs) == 16)
    assert len(reviews.cells) == CELL_COUNT["reviews"]


# ---- the layout by itself, without TeX


def plain(labels: Sequence[str], row_height: float, values: Sequence[str] = ("0", "0")) -> Table:
    """A table of one head row and a row for each label, all of them in one group."""
    cells = [
        TableCell(0, 0, 1, 2, Run("项目"), "head"),
        *(TableCell(0, 2 + at, 1, 1, Run("数量"), "head") for at in range(len(values))),
        TableCell(1, 0, len(labels), 1, Run("一、分组"), "label"),
    ]
    for at, label in enumerate(labels):
        cells.append(TableCell(1 + at, 1, 1, 1, Run(label), "label", "left"))
        cells += [
            TableCell(1 + at, 2 + column, 1, 1, Run(value), "value")
            for column, value in enumerate(values)
        ]
    block = TableBlock(range(1), range(1, 1 + len(labels)))
    edges = tuple(at / len(values) for at in range(len(values) + 1))
    return Table("试验", tuple(cells), (block,), (14.0, 50.0), edges, row_height)


def rows_in(block: Block) -> int:
    """How many rows of values a block shows."""
    return sum(text.run.text == "0" for text in block.texts) // 2


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 60),
    height=st.floats(5.0, 30.0),
    above=st.integers(0, 3),
    below=st.integers(0, 7),
)
def test_pages_of_any_table(
    stock: Stock, count: int, height: float, above: int, below: int
) -> None:
    """Every row once and in order; pages not overfull; three rows on each side of a break."""
    labels = [f"第{number}行" for number in range(count)]
    blocks = grids.lay_out(plain(labels, height), stock.fonts, above=above, below=below)
    shown = [t.run.text for b in blocks for t in b.texts if t.run.text.startswith("第")]
    assert shown == labels
    for number, block in enumerate(blocks):
        room_lines = LINES - above * (number == 0) - below * (number == len(blocks) - 1)
        assert block.lines <= room_lines
        foot = max(rule.y + rule.height for rule in block.rules)
        assert foot <= room(block.lines) + 1e-6
        assert block.forced is (len(blocks) > 1 and (number > 0 or above == 0))
        if len(blocks) > 1 and count >= 6:
            assert rows_in(block) >= 3
    if len(blocks) == 1:
        assert foot == pytest.approx(room(blocks[0].lines))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_columns_of_any_numbers(stock: Stock, numbers: list[int]) -> None:
    """Numbers stay inside their columns, in one size; or the table is refused by name."""
    values = [str(number) for number in numbers]
    try:
        (block,) = grids.lay_out(plain(["甲"], 7.0, values), stock.fonts)
    except TypesettingFailed as error:
        assert "试验" in error.message  # noqa: PT017  # either is right
        return
    edges = sorted(rule.x + rule.width / 2 for rule in block.rules if rule.width < 2)
    texts = block.texts[-len(values) :]
    assert [text.run.text for text in texts] == values
    for text, left, right in zip(texts, edges[2:], edges[3:], strict=False):
        assert left + 0.3 * MM <= text.x
        assert text.x + text.width <= right - 0.3 * MM
    assert len({text.size for text in texts}) == 1
    assert edges[-1] == pytest.approx(TYPE_WIDTH - 0.5)


def test_the_number_that_does_not_fit_is_found(stock: Stock) -> None:
    """Of a table that cannot be set, the cell with the widest number; of any other, none."""
    table = plain(["甲"], 7.0, ["1", "9" * 40, "8" * 80, "不适用"])
    cell = too_wide(table, stock.fonts)
    assert cell
    assert cell.run.text == "8" * 80
    with pytest.raises(TypesettingFailed, match=r"“试验”.*数字 8{20}…。"):
        grids.lay_out(table, stock.fonts)
    assert too_wide(plain(["甲"], 7.0, ["1", "9" * 9, "不适用"]), stock.fonts) is None


def test_a_number_over_two_columns_may_be_wider(stock: Stock) -> None:
    """It is the number too wide for its own column that is found, not the longest one."""
    table = plain(["甲"], 7.0, ["1", "1", "9" * 50])
    wide = TableCell(2, 2, 1, 2, Run("7" * 60), "value")
    cell = too_wide(replace(table, cells=(*table.cells, wide)), stock.fonts)
    assert cell
    assert cell.run.text == "9" * 50


def test_few_high_rows_are_split_all_the_same(stock: Stock) -> None:
    """Where three rows do not fit a page, fewer stand on it; none is lost."""
    blocks = grids.lay_out(plain(["甲", "乙", "丙", "丁"], 60.0), stock.fonts)
    assert [rows_in(block) for block in blocks] == [2, 2]


def test_a_row_higher_than_a_page_is_refused(stock: Stock) -> None:
    """A label that fills more than a page is refused with the table's name."""
    with pytest.raises(TypesettingFailed, match="试验"):
        grids.lay_out(plain(["长" * 2000, "乙"], 7.0), stock.fonts)


def test_labels_give_way_to_numbers_in_small_steps(stock: Stock) -> None:
    """Labels keep nine tenths of their width as long as any size of number fits beside them."""
    (block,) = grids.lay_out(plain(["甲"], 7.0, ["12345678"] * 7), stock.fonts)
    edges = sorted(rule.x + rule.width / 2 for rule in block.rules if rule.width < 2)
    assert edges[2] - edges[1] >= 0.9 * bp(50.0) - 1e-6
