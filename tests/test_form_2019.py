"""The tables of the form of 2019 and 2020, read back from the PDF against the form by hand."""

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from conftest import MM, PROBLEM, ROOT, Workshop, blank_content, but_blanks, pdftotext, squeezed
from grid_reader import Grid, ReadCell, crowded, page_lines, read_grids
from offices import AGENCY, office
from official import (
    APPLICATIONS_2019_ROWS,
    OTHER_DOCUMENTS,
    REVIEWS_LABELS,
    applications_places,
    disclosure_2019,
)
from test_form_2021 import applications_values, balanced, fill, reviews_values, sizes

from pipeline import checking
from pipeline.checking import Stock
from pipeline.content.misfits import FRACTION, LENGTH, NEGATIVE, QUOTED, TYPE, UNKNOWN
from pipeline.findings import Rule
from pipeline.form import forms
from pipeline.form.forms import Form, Section
from pipeline.tomlfile.source import Plus

GAP = 0.3 * MM
HEADINGS = (
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
)
OTHER = "other_documents"
DECIMAL = "160.5964"


@pytest.fixture(scope="session")
def form(stock: Stock) -> Form:
    """The form of 2019 and 2020."""
    return forms.choose(stock.forms, 2019)


def blank(form: Form, year: int = 2019) -> dict[str, Any]:
    """A complete content with zeros, without the optional row."""
    content = blank_content(form, year)
    del content["disclosure"][OTHER]
    return content


def with_other(disclosure: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    """The same with the optional row, in the order of the form."""
    items = list(disclosure.items())
    return dict([*items[:2], (OTHER, values), *items[2:]])


def disclosure_values(disclosure: dict[str, Any]) -> list[str]:
    """The numbers of table 二 as they must be printed, in the order of the form."""
    values = [str(value) for row in disclosure.values() for value in row]
    return [*values[:-1], f"{values[-1]}万元" if values[-1][0] in "123456789" else values[-1]]


class Read:
    """A built report with its tables."""

    def __init__(self, path: Path, content: dict[str, Any]) -> None:
        self.path, self.content = path, content
        with pdfplumber.open(path) as pdf:
            self.grids = read_grids(pdf)
            self.lines = {page.page_number: page_lines(page) for page in pdf.pages}

    def expect(self) -> None:
        """The three official tables with the content's numbers, and nothing else."""
        disclosure, applications, reviews = self.grids
        given = self.content["disclosure"]
        assert disclosure.places == disclosure_2019(
            disclosure_values(given), with_other=OTHER in given
        )
        assert applications.places == applications_places(
            applications_values(self.content["applications"]), APPLICATIONS_2019_ROWS
        )
        assert reviews.places == REVIEWS_LABELS | {
            (3, column, 1, 1, value)
            for column, value in enumerate(reviews_values(self.content["reviews"]))
        }


def numbers_of(grid: Grid) -> list[ReadCell]:
    """The cells that hold a number, with its sign and unit."""
    return [
        c for c in grid.cells if c.text.removesuffix("万元").strip("+-").replace(".", "").isdigit()
    ]


def filled(form: Form, low: int, high: int, seed: int) -> dict[str, Any]:
    """A report with another number in every cell, the optional row included."""
    numbers = iter(random.Random(seed).sample(range(low, high), 400))  # noqa: S311
    content = blank(form)
    content["disclosure"] = fill(with_other(content["disclosure"], [0, 0, 0]), numbers)
    content["applications"] = balanced(fill(content["applications"], numbers))
    content["reviews"] = fill(content["reviews"], numbers)
    return content


@pytest.fixture(scope="session")
def zeros(workshop: Workshop, form: Form) -> Read:
    """Zeros everywhere, without the optional row."""
    content = blank(form)
    return Read(workshop.build(content), content)


@pytest.fixture(scope="session")
def distinct(workshop: Workshop, form: Form) -> Read:
    """No two cells with the same number, every sign, a decimal amount, and the optional row."""
    content = filled(form, 10, 999, seed=19)
    disclosure = content["disclosure"]
    disclosure["licences"][1] = Plus(19)
    disclosure["other_services"][1] = 0
    disclosure["penalties"][1] = -417
    disclosure["procurement"][1] = Decimal(DECIMAL)
    content["overview"] = {
        "text": "许可{{ disclosure.licences.change }}，处罚{{ disclosure.penalties.change }}，"
        "采购{{ disclosure.procurement.amount }}万元，"
        "其他{{ disclosure.other_documents.public }}件，"
        "许可{{ disclosure.licences.change | 中文 }}，"
        "处罚{{ disclosure.penalties.change | 中文 }}。"
    }
    return Read(workshop.build(content), content)


@pytest.fixture(scope="session")
def large(workshop: Workshop, form: Form) -> Read:
    """Eight digits in every cell of 二 and six in 三, a long amount."""
    content = filled(form, 450_000, 475_000, seed=20)
    eight = iter(random.Random(3).sample(range(10**7, 10**8), 30))  # noqa: S311
    content["disclosure"] = fill(content["disclosure"], eight)
    content["disclosure"]["penalties"][1] = -98765432
    content["disclosure"]["procurement"][1] = Decimal("59237659.2449")
    return Read(workshop.build(content), content)


def test_the_official_tables(zeros: Read) -> None:
    """Every header, label and span of the form, a zero in each cell; no optional row."""
    zeros.expect()
    assert zeros.grids[0].rows == 18
    assert len(zeros.grids[0].xs) == 6


def test_every_number_stands_in_its_own_cell(distinct: Read) -> None:
    """With another number in each cell, all stand where they belong, in a grid one row higher."""
    distinct.expect()
    assert distinct.grids[0].rows == 19
    printed = [cell.text for grid in distinct.grids for cell in numbers_of(grid)]
    assert len(printed) == 25 + 23 * 7 + 15
    assert len({*printed}) > 190, "too many equal numbers to prove anything"


@pytest.mark.parametrize("report", ["zeros", "distinct"])
def test_thirds_and_halves_share_one_grid(report: str, request: pytest.FixtureRequest) -> None:
    """Five physical columns: the label's, and four between the edges of thirds and halves."""
    xs = request.getfixturevalue(report).grids[0].xs
    width = xs[-1] - xs[1]
    assert xs[1] - xs[0] == pytest.approx(48 * MM, abs=0.6)
    for at, share in zip(xs[1:], (0, 1 / 3, 1 / 2, 2 / 3, 1), strict=True):
        assert at - xs[1] == pytest.approx(width * share, abs=0.3)


def test_the_rows_by_hand_are_those_of_the_form() -> None:
    """23 rows of data; 三 is 20 of them high, and （六） is a single one over two columns."""
    assert len(APPLICATIONS_2019_ROWS) == 23
    assert sum(row[0].startswith("三、") for row in APPLICATIONS_2019_ROWS) == 20
    assert APPLICATIONS_2019_ROWS[20] == ("三、本年度办理结果", "（六）其他处理")
    assert APPLICATIONS_2019_ROWS[21][-1] == "（七）总计"


def test_table_three_has_one_row_for_other_results(zeros: Read) -> None:
    """（六）其他处理 is one row over two columns of labels, and 三 is 20 rows high."""
    grid = zeros.grids[1]
    assert grid.rows == 3 + 23
    other = next(cell for cell in grid.cells if cell.text == "（六）其他处理")
    assert (other.row_span, other.column_span) == (1, 2)
    results = next(cell for cell in grid.cells if cell.text == "三、本年度办理结果")
    assert results.row_span == 20


@pytest.mark.parametrize("report", ["zeros", "distinct", "large"])
def test_its_pages_are_as_good(report: str, request: pytest.FixtureRequest) -> None:
    """Rules meet, frames fill the type area, texts keep clear, tables stand under headings."""
    read = request.getfixturevalue(report)
    assert crowded(read.path, read.grids, GAP) == []
    for grid, heading in zip(read.grids, HEADINGS, strict=True):
        left = 28.0 if grid.page % 2 else 26.0
        assert grid.loose_ends() == []
        assert grid.box[0] / MM == pytest.approx(left, abs=0.2)
        assert grid.box[2] / MM == pytest.approx(left + 156, abs=0.2)
        assert grid.box[1] / MM >= 37 - 0.2
        assert grid.box[3] / MM <= 262 + 0.2
        baseline, text = [line for line in read.lines[grid.page] if line[0] < grid.box[1]][-1]
        assert text == heading
        assert grid.box[1] - (baseline + 0.12 * 16) == pytest.approx(13.61, abs=0.1)


def test_long_numbers_fit(large: Read) -> None:
    """Eight digits in every cell, signs and 万元 with them: whole, on one line, and legible."""
    large.expect()
    for grid in large.grids:
        assert all(len(cell.lines) == 1 for cell in numbers_of(grid))
        assert len(sizes(numbers_of(grid))) == 1
    assert "-98765432" in {cell.text for cell in large.grids[0].cells}
    assert "59237659.2449万元" in {cell.text for cell in large.grids[0].cells}
    assert sizes(numbers_of(large.grids[0])) == {10.5}


def test_references_print_signs_and_no_units(distinct: Read) -> None:
    """A reference prints the number as written; the unit is the prose's own business."""
    public = distinct.content["disclosure"][OTHER][2]
    text = squeezed(pdftotext(distinct.path))
    assert (
        f"许可+19，处罚-417，采购{DECIMAL}万元，其他{public}件，许可十九，处罚负四百一十七。"
        in text
    )


# Values

CASES: list[tuple[Any, str]] = [
    (Decimal("16.2"), "16.2万元"),
    (Decimal("160.5964"), "160.5964万元"),
    (Decimal("16.20"), "16.20万元"),
    (25, "25万元"),
    (0, "0"),
    (Decimal("0.00"), "0.00"),
    ("251000元", "251000元"),
    ("160.5964万元", "160.5964万元"),
    ("/", "/"),
    ("", ""),
]


@pytest.mark.parametrize(("value", "text"), CASES, ids=[text or "blank" for _, text in CASES])
def test_an_amount_has_its_unit(workshop: Workshop, form: Form, value: Any, text: str) -> None:
    """万元 stands behind a number, not behind 0, not behind a text, which prints as it is."""
    content = blank(form)
    content["disclosure"]["procurement"][1] = value
    checked = workshop.check(content)
    assert but_blanks(checked.findings) == []
    assert _cell(checked, "procurement", -1) == text


def _cell(checked: checking.Checked, row: str, column: int) -> str:
    """What is printed in a cell of table 二."""
    table = next(e for e in checked.document.elements if type(e).__name__ == "Table")
    printed = [c for c in table.cells if c.role == "value"]  # type: ignore[union-attr]
    own = [c for c in printed if c.run.origin.path[:2] == ("disclosure", row)]
    return str(own[column].run.text)


@pytest.mark.parametrize(
    ("written", "text"),
    [("+19", "+19"), ("-417", "-417"), ("0", "0"), ("+0", "+0"), ("19", "19"), ('"/"', "/")],
)
def test_a_signed_value_prints_as_written(
    tmp_path: Path, stock: Stock, form: Form, written: str, text: str
) -> None:
    """A plus that is written is printed, one that is not is not; computing takes the number."""
    checked = checked_text(tmp_path, stock, form, f"licences = [19, {written}, 3]")
    assert but_blanks(checked.findings) == []
    assert _cell(checked, "licences", 1) == text


LAYOUTS = {
    "a comment a line": "[\n  19,  # 上一年\n  +19, # 增减\n  3,\n]",
    "a comment first": "[ # 上一年、增减、决定\n  19, +19, 3 ]",
    "no blanks": "[19,+19,3]",
    "a tab": "[19,\t+19\t, 3]",
    "a line each": "[\n19,\n+19,\n3\n]",
}


@pytest.mark.parametrize("array", LAYOUTS.values(), ids=LAYOUTS)
def test_a_plus_is_seen_wherever_it_stands(
    tmp_path: Path, stock: Stock, form: Form, array: str
) -> None:
    """However the array is laid out: blanks, lines and comments between its values."""
    checked = checked_text(tmp_path, stock, form, f"licences = {array}")
    assert but_blanks(checked.findings) == []
    assert _cell(checked, "licences", 1) == "+19"


def text_of(form: Form, *, without: str = "licences") -> str:
    """A content with zeros as a file has it, without one row of table 二."""
    content = blank(form)
    lines = ["year = 2019", "[disclosure]"]
    lines += [f"{k} = {v}" for k, v in content["disclosure"].items() if k != without]
    lines.append(f"[problems]\ntext = '{PROBLEM}'")
    lines.append("[applications]")
    for key in ("received", "carried_in", "carried_over"):
        lines.append(f"{key} = {[0] * 6}")
    lines.append("[applications.results]")
    results = content["applications"]["results"]
    lines += [f"{k} = {v}" for k, v in results.items() if isinstance(v, list)]
    for group in (k for k, v in results.items() if isinstance(v, dict)):
        lines.append(f"[applications.results.{group}]")
        lines += [f"{k} = {v}" for k, v in results[group].items()]
    lines += ["[reviews]", f"reconsideration = {[0] * 4}", "[reviews.litigation]"]
    lines += [f"direct = {[0] * 4}", f"after_reconsideration = {[0] * 4}"]
    return "\n".join(lines) + "\n"


def checked_text(folder: Path, stock: Stock, form: Form, line: str) -> checking.Checked:
    """A report of zeros with another line for 行政许可."""
    text = text_of(form).replace("[disclosure]\n", f"[disclosure]\n{line}\n")
    return checking.check(office(folder, text, AGENCY, "2019"), stock)


@pytest.mark.parametrize(
    ("row", "value", "found"),
    [
        ("licences", [1, 2], (LENGTH, "licences", "3 个数（上一年项目数量、本年增/减、处理")),
        ("licences", [-1, -2, 3], (NEGATIVE, "licences.0", "不能是负数")),
        ("licences", [1, Decimal("-2.5"), 3], (FRACTION, "licences.1", "应是整数")),
        ("licences", [1, "+2", 3], (QUOTED, "licences.1", "加了引号")),
        ("licences", [1, True, 3], (TYPE, "licences.1", "真假值")),
        ("fees", [1, 2, 3], (LENGTH, "fees", "2 个数（上一年项目数量、本年增/减），现在有 3 个")),
        ("fees", 1, (TYPE, "fees", "2 个数的数组")),
        ("procurement", [1, -1], (NEGATIVE, "procurement.1", "不能是负数")),
        ("procurement", [Decimal("1.5"), 1], (FRACTION, "procurement.0", "应是整数")),
        (OTHER, [1, 2], (LENGTH, OTHER, "3 个数（本年新制作数量、本年新公开数量、对外")),
        (OTHER, 1, (TYPE, OTHER, "3 个数的数组")),
        (OTHER, [1, -2, 3], (NEGATIVE, f"{OTHER}.1", "不能是负数")),
        ("other_document", [1, 2, 3], (UNKNOWN, "other_document", "不认识的键")),
    ],
)
def test_what_does_not_fit_is_found(
    workshop: Workshop, form: Form, row: str, value: Any, found: tuple[Rule, str, str]
) -> None:
    """Signs only where the form has them; an optional row is checked as any other."""
    content = blank(form)
    content["disclosure"][row] = value
    rule, at, words = found
    (error,) = workshop.check(content).errors
    assert (error.rule, error.place.path) == (rule, f"disclosure.{at}")
    assert words in error.message


# The optional row


def test_an_optional_row_is_there_where_it_is_given(workshop: Workshop, form: Form) -> None:
    """Without it no cell of it exists, nor a reference to one; blank cells are given cells."""
    content = blank(form)
    content["overview"] = {"text": "{{ disclosure.other_documents.public }}"}
    (found,) = workshop.check(content).errors
    assert found.rule.code == "NB501"
    content["disclosure"][OTHER] = [1, 2, 3]
    assert workshop.check(content).findings == ()
    content["disclosure"][OTHER] = ["", "", ""]
    (found,) = workshop.check(content).errors
    assert found.rule.code == "NB502"
    labels = {cell.run.text for e in workshop.check(content).document.elements
              for cell in getattr(e, "cells", ())}  # fmt: skip
    assert OTHER_DOCUMENTS[1] in labels


@pytest.mark.parametrize("other", [None, [1, 2, 3]])
def test_relations_hold_with_the_optional_row_and_without(
    workshop: Workshop, form: Form, other: list[int] | None
) -> None:
    """The relation of table 三 is computed in every column, whatever table 二 has."""
    content = blank(form)
    if other:
        content["disclosure"][OTHER] = other
    assert workshop.check(content).findings == ()
    content["applications"]["results"]["otherwise"][2] = 5
    found = workshop.check(content).errors
    assert [f.rule.code for f in found] == ["NB302", "NB302"]
    assert ["科研机构" in f.message or "总计" in f.message for f in found] == [True, True]
    content["applications"]["received"][2] = 5
    assert workshop.check(content).findings == ()


def test_a_draft_shows_no_optional_row_that_does_not_fit(workshop: Workshop, form: Form) -> None:
    """One with too few numbers is left out of a draft, as long as it is wrong."""
    content = blank(form)
    content["disclosure"][OTHER] = [1]
    with pdfplumber.open(workshop.build(content, draft=True)) as pdf:
        assert read_grids(pdf)[0].rows == 18


def test_it_is_the_form_of_two_years(stock: Stock) -> None:
    """2019 and 2020; the year before and the year after have their own."""
    chosen = {year: forms.choose(stock.forms, year).name for year in range(2008, 2027)}
    assert chosen == {
        year: "2008"
        if year < 2014
        else "2014"
        if year < 2019
        else "2019"
        if year < 2021
        else "2021"
        for year in range(2008, 2027)
    }


def _labels(section: Section) -> list[tuple[str, ...]]:
    """Every label of a section's table, with those above it."""
    blocks = section.table.blocks if section.table else ()
    return [leaf.labels for b in blocks for leaf in (*b.column_leaves, *b.row_leaves)]


def test_it_differs_from_2021_in_tables_two_and_three_only(stock: Stock) -> None:
    """Sections, parts, and table 四 are the same in both, as the notices have them."""
    old, new = (forms.choose(stock.forms, year) for year in (2019, 2021))
    assert [s.heading for s in old.sections] == [s.heading for s in new.sections]
    assert [s.parts for s in old.sections] == [s.parts for s in new.sections]
    same = [_labels(a) == _labels(b) for a, b in zip(old.sections, new.sections, strict=True)]
    assert same == [True, False, False, True, True, True]
    text = (ROOT / "layouts/2019/form.toml").read_text(encoding="utf-8")
    assert "国办公开办函〔2019〕60号" in text
