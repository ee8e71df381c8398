"""Rows that only some reports have: optional ones, and those that the content file lists."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
import tomli_w
from conftest import AGENCY, Workshop, but_blanks
from grid_reader import Grid, crowded, read_grids
from variants import workshop_for

from pipeline.checking import Stock
from pipeline.content.misfits import FRACTION, MISSING, NEGATIVE
from pipeline.errors import FileProblem
from pipeline.form import forms, rows, tables
from pipeline.form.forms import Section
from pipeline.form.rows import OwnRow
from pipeline.form.tables import BLANK
from pipeline.tomlfile.source import Plus

COLUMNS = [{"key": "new", "label": "新收"}, {"key": "old", "label": "结转"}]
OPTIONAL_ROWS: list[dict[str, Any]] = [
    {"key": "a", "label": "甲"},
    {
        "key": "b",
        "label": "乙",
        "children": [
            {"key": "one", "label": "1.子"},
            {"key": "two", "label": "2.丑", "optional": True},
            {"key": "three", "label": "3.寅", "optional": True},
        ],
    },
    {"key": "d", "label": "丁", "optional": True},
    {"key": "total", "label": "总计", "sum": ["a", "b"]},
    {"key": "check", "label": "核对"},
]
BALANCE = {
    "key": "balance", "text": "总计等于核对", "along": "columns",
    "left": ["total"], "right": ["check"],
}  # fmt: skip
EMPTY_GROUP: list[dict[str, Any]] = [
    {"key": "a", "label": "甲"},
    {
        "key": "b",
        "label": "乙",
        "children": [
            {"key": "one", "label": "子", "optional": True, "unit": "件"},
            {"key": "two", "label": "丑", "optional": True},
        ],
    },
]


def form(block: dict[str, Any], **table: Any) -> dict[str, Any]:
    """A form of one section with a table of one block."""
    block = {"columns": COLUMNS, **block}
    own = {"title": "工作情况", "blocks": [block], **table}
    return {
        "title": "试验格式",
        "from_year": 2030,
        "report_title": ["{agency}", "{year}年"],
        "sections": [{"key": "work", "heading": "一、工作", "table": own}],
    }


def section_of(folder: Path, data: dict[str, Any]) -> Section:
    """The section of a form."""
    path = folder / "next" / "form.toml"
    path.parent.mkdir()
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
    return forms.load(path).sections[0]


def printed(office: Workshop, work: dict[str, Any]) -> Grid:
    """The table of a report, built."""
    path = office.build({"year": 2031, "work": work}, AGENCY)
    with pdfplumber.open(path) as pdf:
        (grid,) = read_grids(pdf)
    assert crowded(path, [grid]) == []
    assert grid.loose_ends() == []
    return grid


# Optional rows


@pytest.fixture(scope="module")
def optional(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Workshop:
    """A workshop whose form has three optional rows, two of them within a group."""
    data = form({"rows": OPTIONAL_ROWS}, relations=[BALANCE])
    return workshop_for(tmp_path_factory.mktemp("optional"), stock, data, "2030")


GIVEN: list[tuple[dict[str, Any], list[int], list[str]]] = [
    ({}, [4, 6], []),
    ({"two": [10, 20]}, [14, 26], ["2.丑"]),
    ({"three": [100, 200]}, [104, 206], ["3.寅"]),
    ({"two": [10, 20], "three": [100, 200]}, [114, 226], ["2.丑", "3.寅"]),
]


@pytest.mark.parametrize(("extra", "total", "labels"), GIVEN)
def test_totals_and_relations_take_the_rows_that_are_there(
    optional: Workshop, extra: dict[str, Any], total: list[int], labels: list[str]
) -> None:
    """The sum of a group is that of the rows given; the relation holds or fails accordingly."""
    work = {"a": [1, 2], "b": {"one": [3, 4], **extra}, "check": total}
    checked = optional.check({"year": 2031, "work": work})
    assert checked.findings == ()
    assert [checked.report.value(f"work.total.{key}") for key in ("new", "old")] == total
    for key in ("two", "three"):
        assert (checked.report.value(f"work.b.{key}.new") is None) is (key not in extra)
    wrong = optional.check({"year": 2031, "work": {**work, "check": [total[0], total[1] + 1]}})
    assert [f.rule.code for f in wrong.errors] == ["NB302"]
    grid = printed(optional, work)
    assert grid.rows == 1 + 4 + len(labels)
    texts = [cell.text for cell in grid.cells if cell.column in {0, 1} and cell.row > 0]
    assert [text for text in texts if text in {"2.丑", "3.寅"}] == labels
    group = next(cell for cell in grid.cells if cell.text == "乙")
    assert group.row_span == 1 + len(labels)


def test_an_optional_row_of_its_own(optional: Workshop) -> None:
    """One outside a group is added to the grid where the form has it."""
    work = {"a": [1, 2], "b": {"one": [3, 4]}, "d": [0, ""], "check": [4, 6]}
    grid = printed(optional, work)
    row = next(cell.row for cell in grid.cells if cell.text == "丁")
    assert [grid.at(row, column).text for column in (2, 3)] == ["0", ""]
    assert grid.at(row + 1, 0).text == "总计"


def test_a_blank_optional_row_makes_a_blank_total(optional: Workshop) -> None:
    """A row that is given blank is no row that is not given."""
    work = {"a": [1, 2], "b": {"one": [3, 4], "two": ["", ""]}, "check": [4, 6]}
    checked = optional.check({"year": 2031, "work": work})
    assert but_blanks(checked.findings) == []
    assert checked.report.value("work.total.new") == BLANK


def test_present_leaves_out_what_is_not_given(tmp_path: Path) -> None:
    """Rows, their groups and cells; the rest of the section stays as it is."""
    section = section_of(tmp_path, form({"rows": EMPTY_GROUP}))
    none = rows.present(section, {"a": [1, 2]})
    assert none.table
    assert [leaf.path for leaf in none.table.blocks[0].row_leaves] == [("a",)]
    assert [cell for line in tables.lines(none) for cell in line.keys] == ["a"]
    some = rows.present(section, {"a": [1, 2], "b": {"two": [0, 0]}})
    assert some.table
    assert [leaf.path for leaf in some.table.blocks[0].row_leaves] == [("a",), ("b", "two")]
    assert rows.present(section, {"b": "no table"}).table == none.table
    plain = Section(key="x", heading="二、")
    assert rows.present(plain, {}) is plain


SHAPES: list[dict[str, Any]] = [
    {},
    {"label_widths": [20, 40]},
    {"units": True},
    {"units": True, "label_widths": [20, 40, 15]},
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stub", ["项目", "array"])
@pytest.mark.parametrize("given", [{}, {"one": [1, 2]}])
def test_a_group_without_rows_leaves_no_hole(
    tmp_path: Path, stock: Stock, shape: dict[str, Any], stub: str, given: dict[str, Any]
) -> None:
    """Where all rows of a group are left out, labels still fill the columns of the form."""
    count = 2 + bool(shape.get("units"))
    heads = ["组", "项", "单位"][:count] if stub == "array" else stub
    data = form({"rows": EMPTY_GROUP, "stub": heads}, **shape)
    office = workshop_for(tmp_path, stock, data, "2030")
    grid = printed(office, {"a": [7, 8], "b": given})
    assert grid.rows == 2 + len(given)
    label = next(cell for cell in grid.cells if cell.text == "甲")
    unit = grid.at(1, label.column_span)
    assert [cell.text for cell in grid.cells if cell.row == 1 and cell.text] == ["甲", "7", "8"]
    assert (unit.text == "") is bool(shape.get("units"))


def test_a_group_of_optional_rows_need_not_be_there(tmp_path: Path, stock: Stock) -> None:
    """A table of the content file that would hold nothing but optional rows is optional, too."""
    office = workshop_for(tmp_path, stock, form({"rows": EMPTY_GROUP}), "2030")
    assert office.check({"year": 2031, "work": {"a": [7, 8]}}).findings == ()


def test_a_required_row_is_still_required(optional: Workshop) -> None:
    """Beside optional ones: b.one is missing, b.two is not."""
    found = optional.check({"year": 2031, "work": {"a": [1, 2], "b": {}, "check": [1, 2]}}).errors
    assert [(f.rule, f.place.path) for f in found] == [(MISSING, "work.b.one")]


# Units and signs

UNITS: list[dict[str, Any]] = [
    {"key": "a", "label": "收费", "kind": "amount", "unit": "万元"},
    {"key": "b", "label": "金额（万元）", "kind": "amount", "unit": "万元"},
    {"key": "c", "label": "增减", "kind": "signed", "unit": "件"},
    {"key": "d", "label": "件数"},
    {"key": "e", "label": "规范性文件", "unit": "件"},
]


def test_a_unit_stands_where_no_label_tells_it(tmp_path: Path, stock: Stock) -> None:
    """Behind numbers but 0, of a row or a column; not where a label has it; not behind text."""
    columns = [
        {"key": "own", "label": "数量"},
        {"key": "people", "label": "人数", "unit": "人"},
        {"key": "told", "label": "条数（条）", "unit": "条"},
    ]
    office = workshop_for(tmp_path, stock, form({"rows": UNITS, "columns": columns}), "2030")
    work = {
        "a": [Decimal("1.50"), Decimal("2.5"), 3],
        "b": [Decimal("1.5"), 0, "/"],
        "c": [Plus(5), -6, ""],
        "d": [7, 8, "不适用"],
        "e": [9, 1, 2],
    }
    grid = printed(office, work)
    assert [[grid.at(row, column).text for column in (1, 2, 3)] for row in range(1, 6)] == [
        ["1.50万元", "2.5人", "3"],
        ["1.5", "0", "/"],
        ["+5件", "-6人", ""],
        ["7", "8人", "不适用"],
        ["9件", "1人", "2"],
    ]


def test_units_in_a_column_of_their_own(tmp_path: Path, stock: Stock) -> None:
    """With `units` they stand right of the labels, a cell a row, and nowhere else."""
    nested = [{"label": "组", "key": "g", "children": UNITS[:2]}, *UNITS[2:]]
    data = form({"rows": nested, "stub": ["组", "指标", "单位"]}, units=True)
    office = workshop_for(tmp_path, stock, data, "2030")
    work = {"g": {"a": [1, 2], "b": [3, 4]}, "c": [5, 6], "d": [7, 8], "e": [9, 1]}
    grid = printed(office, work)
    assert grid.places == {
        (0, 0, 1, 1, "组"), (0, 1, 1, 1, "指标"), (0, 2, 1, 1, "单位"),
        (0, 3, 1, 1, "新收"), (0, 4, 1, 1, "结转"),
        (1, 0, 2, 1, "组"),
        (1, 1, 1, 1, "收费"), (1, 2, 1, 1, "万元"), (1, 3, 1, 1, "1"), (1, 4, 1, 1, "2"),
        (2, 1, 1, 1, "金额（万元）"), (2, 2, 1, 1, "万元"), (2, 3, 1, 1, "3"), (2, 4, 1, 1, "4"),
        (3, 0, 1, 2, "增减"), (3, 2, 1, 1, "件"), (3, 3, 1, 1, "5"), (3, 4, 1, 1, "6"),
        (4, 0, 1, 2, "件数"), (4, 2, 1, 1, ""), (4, 3, 1, 1, "7"), (4, 4, 1, 1, "8"),
        (5, 0, 1, 2, "规范性文件"), (5, 2, 1, 1, "件"), (5, 3, 1, 1, "9"), (5, 4, 1, 1, "1"),
    }  # fmt: skip


def test_rows_are_indented(tmp_path: Path, stock: Stock) -> None:
    """`indent` moves a label that stands left, by a character of the table's size for each."""
    nodes = [{"key": f"r{n}", "label": f"指标{n}", "indent": n} for n in (0, 1, 4)]
    office = workshop_for(tmp_path, stock, form({"rows": nodes}, label_align="left"), "2030")
    grid = printed(office, {f"r{n}": [1, 2] for n in (0, 1, 4)})
    for row, steps in ((1, 0), (2, 1), (3, 4)):
        cell = grid.at(row, 0)
        start = min(char["x0"] for char in cell.chars) - cell.box[0]
        assert start == pytest.approx(3 + 10.5 * steps, abs=0.3)


def test_a_plus_is_a_number(optional: Workshop) -> None:
    """It adds up, compares and is referred to as any other; only its print has the sign."""
    work = {"a": [Plus(1), 2], "b": {"one": [Plus(3), 4]}, "check": [4, 6]}
    checked = optional.check({"year": 2031, "work": work})
    assert checked.findings == ()
    assert checked.report.value("work.total.new") == 4
    assert tables.printed(checked.report.value("work.total.new") or 0) == "4"
    assert tables.printed(checked.report.value("work.a.new") or 0) == "+1"


# Rows of the content file's own


def own(**block: Any) -> dict[str, Any]:
    """A form with a table whose rows come from the content file, without a column of units."""
    columns = [{"key": "value", "label": "数量", "kind": block.pop("kind", "signed")}]
    return form({"columns": columns, "stub": "指标", **block}, own_rows=True, label_align="left")


def test_own_rows_without_a_column_of_units(tmp_path: Path, stock: Stock) -> None:
    """The unit stands behind the number, where the indicator does not tell it."""
    office = workshop_for(tmp_path, stock, own(heading="各项指标"), "2030")
    listed = [
        {"label": "信息数", "unit": "条", "value": 12},
        {"label": "比上年增减（条）", "unit": "条", "value": Plus(5), "depth": 2},
        {"label": "规范性文件", "unit": "件", "value": 7},
        {"label": "没有的", "unit": "条", "value": 0},
        {"label": "不清楚的", "unit": "条", "value": "不详"},
        {"label": "小标题"},
    ]
    grid = printed(office, {"rows": listed})
    assert grid.places == {
        (0, 0, 1, 2, "各项指标"),
        (1, 0, 1, 1, "指标"), (1, 1, 1, 1, "数量"),
        (2, 0, 1, 1, "信息数"), (2, 1, 1, 1, "12条"),
        (3, 0, 1, 1, "比上年增减（条）"), (3, 1, 1, 1, "+5"),
        (4, 0, 1, 1, "规范性文件"), (4, 1, 1, 1, "7件"),
        (5, 0, 1, 1, "没有的"), (5, 1, 1, 1, "0"),
        (6, 0, 1, 1, "不清楚的"), (6, 1, 1, 1, "不详"),
        (7, 0, 1, 1, "小标题"), (7, 1, 1, 1, ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "rule"),
    [
        ("count", -1, NEGATIVE),
        ("count", Decimal("1.5"), FRACTION),
        ("signed", Decimal("-1.5"), FRACTION),
        ("signed", -1, None),
        ("amount", Decimal("1.5"), None),
        ("amount", Decimal("-1.5"), NEGATIVE),
    ],
)
def test_own_rows_have_the_column_s_kind(
    tmp_path: Path, stock: Stock, kind: str, value: Any, rule: Any
) -> None:
    """What a number may be is the form's to say."""
    office = workshop_for(tmp_path, stock, own(kind=kind), "2030")
    content = {"year": 2031, "work": {"rows": [{"label": "甲", "value": value}]}}
    found = office.check(content).errors
    assert [(f.rule, f.place.path) for f in found] == (
        [(rule, "work.rows.0.value")] if rule else []
    )


def test_listed_rows_know_where_they_stand(tmp_path: Path) -> None:
    """Each row has the key path of its table in the content file, and a key of its own."""
    section = section_of(tmp_path, own())
    listed = [{"label": "甲", "key": "first"}, "", {"label": "乙", "unit": "件", "depth": 3}]
    found = rows.present(section, {"rows": listed})
    assert found.table
    nodes = [leaf.node for leaf in found.table.blocks[0].row_leaves]
    assert all(isinstance(node, OwnRow) for node in nodes)
    assert [(n.key, n.at, n.unit, n.indent) for n in nodes if isinstance(n, OwnRow)] == [
        ("first", ("work", "rows", 0), "", 0),
        ("row3", ("work", "rows", 2), "件", 3),
    ]
    lines = tables.lines(found)
    assert [line.place for line in lines] == [("rows", 0, "value"), ("rows", 2, "value")]
    assert [line.cells[0].path for line in lines] == ["work.first", "work.row3"]


def test_listed_rows_of_one_key_do_not_stop_a_draft(tmp_path: Path) -> None:
    """Keys that a finding tells of are told apart all the same."""
    section = section_of(tmp_path, own())
    keys = [{"key": "a"}, {"key": "a"}, {"key": "a_"}, {"key": "row5"}, {}, {"key": "a"}]
    found = rows.present(section, {"rows": keys})
    assert found.table
    paths = [leaf.path for leaf in found.table.blocks[0].row_leaves]
    assert len({*paths}) == 6


def test_no_rows_at_all(tmp_path: Path) -> None:
    """A table without rows has no lines and no cells."""
    section = section_of(tmp_path, own())
    for values in ({}, {"rows": []}):
        found = rows.present(section, values)
        assert tables.lines(found) == ()
        assert tables.values(found, values).cells == {}


@pytest.mark.parametrize("key", ["rows", "before", "text"])
def test_a_listed_row_may_have_any_key(tmp_path: Path, stock: Stock, key: str) -> None:
    """Its key is no key of the section: none is reserved."""
    office = workshop_for(tmp_path, stock, own(), "2030")
    content = {"year": 2031, "work": {"rows": [{"label": "甲", "key": key, "value": 3}]}}
    checked = office.check(content)
    assert checked.findings == ()
    assert checked.report.value(f"work.{key}") == 3


def test_rows_is_no_key_of_a_row_of_the_form(tmp_path: Path) -> None:
    """It lists rows, so that no row, column or part of a form may be called so."""
    data = form({"rows": [{"key": "rows", "label": "甲"}]})
    with pytest.raises(FileProblem, match="不能用作 key：rows"):
        section_of(tmp_path, data)
