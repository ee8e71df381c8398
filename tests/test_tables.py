"""Cells, totals and relations of a form's tables; and what a form.toml must not say."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from pipeline.composition.compose import grid
from pipeline.errors import FileProblem, UsageError
from pipeline.form import forms, tables
from pipeline.form.forms import Form, Section
from pipeline.form.tables import BLANK, TableValues

FORM: dict[str, Any] = {
    "title": "试验格式",
    "from_year": 2030,
    "report_title": ["{agency}", "{year}年"],
    "sections": [
        {
            "key": "work",
            "heading": "一、工作",
            "table": {
                "title": "工作情况",
                "blocks": [
                    {
                        "columns": [
                            {"key": "new", "label": "新收", "kind": "amount"},
                            {"key": "old", "label": "结转", "kind": "amount"},
                            {
                                "key": "all",
                                "label": "合计",
                                "kind": "amount",
                                "sum": ["new", "old"],
                            },
                        ],
                        "rows": [
                            {"key": "a", "label": "甲"},
                            {
                                "key": "b",
                                "label": "乙",
                                "children": [
                                    {"key": "one", "label": "1.子"},
                                    {"key": "two", "label": "2.丑"},
                                    {"key": "sum", "label": "小计", "sum": ["one", "two"]},
                                ],
                            },
                            {"key": "total", "label": "总计", "sum": ["a", "b.sum"]},
                        ],
                    }
                ],
                "relations": [
                    {
                        "key": "down", "text": "甲等于总计", "along": "columns",
                        "left": ["a"], "right": ["total"],
                    },
                    {
                        "key": "across", "text": "新收等于结转", "along": "rows",
                        "left": ["new"], "right": ["old"],
                    },
                ],
            },
        }
    ],
}  # fmt: skip


def write(folder: Path, form: dict[str, Any]) -> Path:
    """A form's file."""
    path = folder / "next" / "form.toml"
    path.parent.mkdir()
    path.write_text(tomli_w.dumps(form), encoding="utf-8")
    return path


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """FORM with one thing done to its section."""
    form = _copied(FORM)
    change(form["sections"][0])
    return form


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def section(tmp_path_factory: pytest.TempPathFactory) -> Section:
    """The section of FORM."""
    return forms.load(write(tmp_path_factory.mktemp("form"), FORM)).sections[0]


def values_of(section: Section, **content: Any) -> TableValues:
    """Its values."""
    content.setdefault("b", {})
    return tables.values(section, content)


def test_lines_follow_the_form(section: Section) -> None:
    """One line a row, with its key path, its cells and the cells that an office fills in."""
    found = tables.lines(section)
    assert [line.keys for line in found] == [
        ("a",), ("b", "one"), ("b", "two"), ("b", "sum"), ("total",),
    ]  # fmt: skip
    assert [line.derived for line in found] == [False, False, False, True, True]
    assert [cell.path for cell in found[0].cells] == ["work.a.new", "work.a.old", "work.a.all"]
    assert [cell.path for cell in found[0].entered] == ["work.a.new", "work.a.old"]
    assert found[1].cells[0].label == "1.子，新收"


def test_totals_are_computed(section: Section) -> None:
    """Totals of rows, of columns, of groups, and the total of totals."""
    values = values_of(section, a=[1, 2], b={"one": [3, 4], "two": [5, 6]})
    assert values["work.a.all"] == 3
    assert values["work.b.sum.new"] == 8
    assert values["work.total.old"] == 12
    assert values["work.total.all"] == 21


def test_stated_totals_are_kept(section: Section) -> None:
    """A total that the report states is printed, and still computed for the comparison."""
    values = values_of(section, a=[1, 2, 99], b={"one": [3, 4], "two": [5, 6], "sum": [0, 0]})
    assert values["work.a.all"] == 99
    assert values.computed("work.a.all") == 3
    assert values["work.b.sum.new"] == 0
    assert values["work.total.new"] == 1
    assert values.origins["work.a.all"] == ("work", "a", 2)
    assert values.origins["work.total.new"] == ("work", "total")


@pytest.mark.parametrize("odd", ["", "/", "不适用", "3"])
def test_a_total_over_no_number_is_blank(section: Section, odd: str) -> None:
    """Blank or text is never guessed to be 0, up through all totals that stand on it."""
    values = values_of(section, a=[odd, 2], b={"one": [3, 4], "two": [5, 6]})
    assert values["work.a.new"] == odd
    assert values["work.a.all"] == BLANK
    assert values["work.total.new"] == BLANK
    assert values["work.total.all"] == BLANK
    assert values["work.total.old"] == 12


def test_what_is_missing_is_blank(section: Section) -> None:
    """A row that the content leaves out is blank, and so is what adds it up."""
    values = values_of(section, a=[1, 2])
    assert values["work.b.one.new"] == BLANK
    assert values["work.total.new"] == BLANK


def test_decimals_are_exact(section: Section) -> None:
    """0.1 + 0.2 is 0.3, and prints with as many places as were entered."""
    values = values_of(
        section, a=[Decimal("0.1"), Decimal("0.2")], b={"one": [0, 0], "two": [Decimal("1.50"), 0]}
    )
    assert values["work.a.all"] == Decimal("0.3")
    assert tables.printed(values["work.a.all"]) == "0.3"
    assert tables.printed(values["work.b.two.new"]) == "1.50"
    assert tables.printed(Decimal("1E+3")) == "1000"
    assert tables.printed(Decimal("59237.2449")) == "59237.2449"
    assert tables.printed(BLANK) == ""


@given(st.lists(st.integers(0, 10**12) | st.decimals(0, 10**6, places=4), min_size=1))
def test_sums_are_exact(numbers: list[int | Decimal]) -> None:
    """Any mix of whole numbers and decimals adds up exactly, in any order."""
    assert tables.add(numbers) == sum(map(Decimal, numbers)) == tables.add(numbers[::-1])


def test_equations(section: Section) -> None:
    """A relation along the columns makes one equation a column, one along rows one a row."""
    assert section.table
    values = values_of(section, a=[1, 2], b={"one": [3, 4], "two": [5, 6]})
    found = list(values.equations(section.table))
    assert [(e.relation.key, e.place) for e in found] == [
        ("down", "新收"), ("down", "结转"), ("down", "合计"),
        ("across", "甲"), ("across", "1.子"), ("across", "2.丑"), ("across", "小计"),
        ("across", "总计"),
    ]  # fmt: skip
    assert [cell.path for cell in found[0].left] == ["work.a.new"]
    assert [cell.path for cell in found[0].right] == ["work.total.new"]
    assert [cell.path for cell in found[3].right] == ["work.a.old"]


def test_a_group_in_a_relation_stands_for_all_its_rows(tmp_path: Path) -> None:
    """`b` in a relation means every row of b."""
    form = changed(lambda s: s["table"]["relations"][0].update(right=["b"]))
    section = forms.load(write(tmp_path, form)).sections[0]
    assert section.table
    values = values_of(section)
    first = next(values.equations(section.table))
    assert [cell.path for cell in first.right] == [
        "work.b.one.new", "work.b.two.new", "work.b.sum.new",
    ]  # fmt: skip


def _with_blocks(*blocks: dict[str, Any], **relation: Any) -> dict[str, Any]:
    """FORM with these blocks after its own, and this relation only."""
    form = changed(lambda s: s["table"]["blocks"].extend(blocks))
    form["sections"][0]["table"]["relations"] = [{"key": "own", "text": "两者相等", **relation}]
    return form


SECOND = {
    "columns": [{"key": "in", "label": "收入"}, {"key": "out", "label": "支出"}],
    "rows": [{"key": "c", "label": "丙"}, {"key": "d", "label": "丁"}],
}
ROWLESS = {"columns": SECOND["columns"]}


def test_a_relation_holds_in_the_block_that_has_its_terms(tmp_path: Path) -> None:
    """In a table of several blocks the others are not asked for its rows."""
    form = _with_blocks(SECOND, along="columns", left=["c"], right=["d"])
    section = forms.load(write(tmp_path, form)).sections[0]
    assert section.table
    found = list(values_of(section, c=[1, 2], d=[1, 3]).equations(section.table))
    assert [e.place for e in found] == ["收入", "支出"]
    assert [(e.left[0].path, e.right[0].path) for e in found] == [
        ("work.c.in", "work.d.in"),
        ("work.c.out", "work.d.out"),
    ]


def test_a_relation_in_a_block_without_rows(tmp_path: Path) -> None:
    """Its one row is checked, and has no name."""
    form = _with_blocks(ROWLESS, along="rows", left=["in"], right=["out"])
    section = forms.load(write(tmp_path, form)).sections[0]
    assert section.table
    (found,) = values_of(section).equations(section.table)
    assert found.place == ""
    assert [cell.path for cell in (*found.left, *found.right)] == ["work.in", "work.out"]


@pytest.mark.parametrize(
    ("form", "word"),
    [
        (_with_blocks(SECOND, along="columns", left=["a"], right=["c"]), "不在同一个 blocks 中"),
        (_with_blocks(SECOND, along="columns", left=["in"], right=["out"]), "没有的行或列：in"),
        (_with_blocks(ROWLESS, along="rows", left=["in"], right=["new"]), "不在同一个 blocks 中"),
        (_with_blocks(along="columns", left=[], right=["a"]), "left"),
    ],
)  # fmt: skip
def test_a_relation_across_blocks_is_refused(
    tmp_path: Path, form: dict[str, Any], word: str
) -> None:
    """All its terms stand in one block, and in one only."""
    with pytest.raises(FileProblem) as caught:
        forms.load(write(tmp_path, form))
    assert word in caught.value.message


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["{agenc}"], "{agency} 和 {year}：{agenc}"),
        (["{agency}{"], "{agency} 和 {year}：{agency}{"),
        (["{agency.__class__}"], "{agency} 和 {year}"),
        (["{agen{year}cy}"], "{agency} 和 {year}"),
        (["{}"], "{agency} 和 {year}"),
        (["}报告"], "{agency} 和 {year}"),
        (["{agency}", ""], "report_title.1：不能有空的词"),
        (["　"], "report_title.0：不能有空的词"),
        ([], "report_title"),
    ],
)
def test_a_title_that_cannot_be_filled_in_is_refused(
    tmp_path: Path, words: list[str], why: str
) -> None:
    """Only agency and year are filled in; no other brace, no empty word, at least one word."""
    with pytest.raises(FileProblem) as caught:
        forms.load(write(tmp_path, {**FORM, "report_title": words}))
    assert why in caught.value.message


def _covered(section: Section) -> Counter[tuple[int, int]]:
    """How often each position of a section's composed table is covered."""
    assert section.table
    table = grid(section.table, values_of(section))
    return Counter(
        (row, column)
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    )


@pytest.mark.parametrize("stub", [{}, {"stub": "项目"}])
@pytest.mark.parametrize("second", [SECOND, ROWLESS, {**ROWLESS, "heading": "乙"}])
def test_a_composed_table_has_no_hole(
    tmp_path: Path, second: dict[str, Any], stub: dict[str, str]
) -> None:
    """Without a stub, and without rows beside blocks with rows, every position is covered once."""
    form = changed(lambda s: (_block(s).update(stub), s["table"]["blocks"].append(second | stub)))
    covered = _covered(forms.load(write(tmp_path, form)).sections[0])
    assert set(covered.values()) == {1}
    rows, columns = max(row for row, _ in covered) + 1, max(column for _, column in covered) + 1
    body = 2 if "rows" in second else 1
    assert (rows, columns) == (6 + ("heading" in second) + 1 + body, 2 + 4)
    assert len(covered) == rows * columns


def _block(section: dict[str, Any]) -> dict[str, Any]:
    block: dict[str, Any] = section["table"]["blocks"][0]
    return block


OPTIONAL = {"key": "o", "label": "可有可无", "optional": True}
ONE_COLUMN: dict[str, Any] = {"columns": [{"key": "value", "label": "数量"}]}


def _open(section: dict[str, Any], **table: Any) -> None:
    """Its table with rows from the content file."""
    section["table"] = {"title": "表", "blocks": [ONE_COLUMN], "own_rows": True, **table}


BROKEN: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    (
        "a sum of what is not there",
        lambda s: _block(s)["rows"][2].update(sum=["a", "c"]),
        "没有这一行或列：c",
    ),
    (
        "a total that adds itself up",
        lambda s: _block(s)["rows"][2].update(sum=["a", "total"]),
        "total",
    ),
    (
        "totals that add each other up",
        lambda s: (
            _block(s)["rows"][0].update(sum=["total"]),
            _block(s)["rows"][2].update(sum=["a"]),
        ),
        "a",
    ),
    ("a key twice", lambda s: _block(s)["rows"][1].update(key="a", children=[]), "key 重复：a"),
    (
        "a reserved key",
        lambda s: _block(s)["rows"].append({"key": "before", "label": "丁"}),
        "before",
    ),
    ("no key", lambda s: _block(s)["rows"][0].pop("key"), "缺少 key：甲"),
    ("a key of other characters", lambda s: _block(s)["rows"][0].update(key="甲"), "key"),
    ("too few widths", lambda s: s["table"].update(label_widths=[10.0]), "label_widths 应有 2 项"),
    (
        "a relation between rows that are not there",
        lambda s: s["table"]["relations"][0].update(left=["z"]),
        "relations 引用了没有的行或列：z",
    ),
    ("no columns", lambda s: _block(s).update(columns=[]), "columns"),
    ("an unknown word", lambda s: s["table"].update(colour="red"), "colour"),
    ("an unknown kind", lambda s: _block(s)["columns"][0].update(kind="text"), "kind"),
    ("widths that fill the page", lambda s: s["table"].update(label_widths=[80.0, 90.0]), "156"),
    ("no height", lambda s: s["table"].update(row_height=-1.0), "row_height"),
    ("a part twice", lambda s: s.update(parts=[{"key": "p", "heading": "一"}] * 2), "key 重复：p"),
    (
        "a part with a row's key",
        lambda s: s.update(parts=[{"key": "a", "heading": "一"}]),
        "key 重复：a",
    ),
    (
        "an optional column",
        lambda s: _block(s)["columns"][0].update(optional=True),
        "只有行可以是 optional",
    ),
    (
        "an optional group of columns",
        lambda s: _block(s)["columns"].append(
            {"label": "组", "optional": True, "children": [{"key": "c", "label": "丙"}]}
        ),
        "只有行可以是 optional",
    ),
    (
        "an optional group of rows",
        lambda s: _block(s)["rows"][1].update(optional=True),
        "有 children 的行不能是 optional",
    ),
    (
        "no row that is always there",
        lambda s: _block(s).update(rows=[{"key": "a", "label": "甲", "optional": True}]),
        "至少要有一行不是 optional",
    ),
    (
        "an optional row in a sum",
        lambda s: _block(s)["rows"][0].update(optional=True),
        "没有这一行或列：a",
    ),
    (
        "a sum of a group of optional rows",
        lambda s: (
            _block(s)["rows"].insert(0, {"label": "组", "key": "g", "children": [OPTIONAL]}),
            _block(s)["rows"][3].update(sum=["a", "g"]),
        ),
        "没有这一行或列：g",
    ),
    (
        "a relation with an optional row",
        lambda s: (
            _block(s)["rows"].insert(0, OPTIONAL),
            s["table"]["relations"][0].update(left=["o"]),
        ),
        "relations 不能引用 optional 的行：o",
    ),
    (
        "a relation with a group of optional rows",
        lambda s: (
            _block(s)["rows"].insert(0, {"label": "组", "key": "g", "children": [OPTIONAL]}),
            s["table"]["relations"][0].update(right=["total", "g"]),
        ),
        "relations 不能引用 optional 的行：g",
    ),
    (
        "a stub of too many cells",
        lambda s: _block(s).update(stub=["甲", "乙", "丙"]),
        "stub 应是一段文字，或 2 项的数组",
    ),
    ("a stub without a cell", lambda s: _block(s).update(stub=[]), "stub"),
    (
        "a stub without that of the units",
        lambda s: (s["table"].update(units=True), _block(s).update(stub=["甲", "乙"])),
        "stub 应是一段文字，或 3 项的数组",
    ),
    (
        "widths without that of the units",
        lambda s: s["table"].update(units=True, label_widths=[10.0, 20.0]),
        "label_widths 应有 3 项",
    ),
    ("an indent below 0", lambda s: _block(s)["rows"][0].update(indent=-1), "indent"),
    ("an indent above 6", lambda s: _block(s)["rows"][0].update(indent=7), "indent"),
    ("own rows beside rows", lambda s: s["table"].update(own_rows=True), "不写 rows 和 relations"),
    (
        "own rows with a relation",
        lambda s: _open(s, relations=[{**s["table"]["relations"][1], "right": ["new"]}]),
        "不写 rows 和 relations",
    ),
    (
        "own rows in two blocks",
        lambda s: _open(s, blocks=[ONE_COLUMN, {"columns": [{"key": "x", "label": "乙"}]}]),
        "只能有一个 blocks",
    ),
    (
        "own rows with two columns",
        lambda s: _open(s, blocks=[{"columns": [{"key": k, "label": "甲"} for k in "xy"]}]),
        "只能有一列数字",
    ),
    (
        "own rows with two columns in a group",
        lambda s: _open(
            s,
            blocks=[
                {"columns": [{"label": "组", "children": [{"key": k, "label": k} for k in "xy"]}]}
            ],
        ),
        "只能有一列数字",
    ),
    (
        "own rows with too many widths",
        lambda s: _open(s, label_widths=[30.0, 20.0]),
        "label_widths 应有 1 项",
    ),
    (
        "a group and a row with one path",
        lambda s: _block(s)["rows"].append({"key": "b", "label": "丙"}),
        "b",
    ),
]


@pytest.mark.parametrize(
    ("change", "word"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_broken_forms_are_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], word: str
) -> None:
    """A form that cannot work is refused with its file and what is wrong, before any report."""
    path = write(tmp_path, changed(change))
    with pytest.raises(FileProblem) as caught:
        forms.load(path)
    assert str(path) in caught.value.message
    assert word in caught.value.message


def test_a_form_without_sections_is_refused(tmp_path: Path) -> None:
    """Unless it leaves the sections to the office; then it may have some of its own, too."""
    bare = {key: value for key, value in FORM.items() if key != "sections"}
    path = write(tmp_path, bare)
    for none in (bare, {**bare, "sections": []}):
        path.write_text(tomli_w.dumps(none), encoding="utf-8")
        with pytest.raises(FileProblem, match="没有 sections；"):
            forms.load(path)
    path.write_text(tomli_w.dumps({**bare, "own_sections": True}), encoding="utf-8")
    assert forms.load(path).sections == ()
    path.write_text(tomli_w.dumps({**FORM, "own_sections": True}), encoding="utf-8")
    assert [section.key for section in forms.load(path).sections] == ["work"]


@pytest.mark.parametrize("key", ["sections", "preface", "accepted"])
def test_a_section_with_a_key_of_the_head_is_refused(tmp_path: Path, key: str) -> None:
    """`[[sections]]` lists the office's own; no section of a form may be called so."""
    with pytest.raises(FileProblem, match=f"不能用作 key：{key}"):
        forms.load(write(tmp_path, changed(lambda s: s.update(key=key))))


def test_own_rows_have_one_column_of_labels(tmp_path: Path) -> None:
    """One for the indicators, and one for the units where there are such; a stub for each."""
    form = changed(_open)
    table = forms.load(write(tmp_path, form)).sections[0].table
    assert table
    assert table.label_columns == 1
    form = changed(
        lambda s: _open(
            s, units=True, label_widths=[100.0, 20.0], blocks=[{**ONE_COLUMN, "stub": ["甲", "乙"]}]
        )
    )
    (tmp_path / "next" / "form.toml").write_text(tomli_w.dumps(form), encoding="utf-8")
    table = forms.load(tmp_path / "next" / "form.toml").sections[0].table
    assert table
    assert table.label_columns == 2
    assert table.blocks[0].stub == ("甲", "乙")


def test_a_relation_along_rows_names_columns(tmp_path: Path) -> None:
    """A column that is called as an optional row is may be compared."""
    form = changed(lambda s: _block(s)["rows"].insert(0, {**OPTIONAL, "key": "old"}))
    section = forms.load(write(tmp_path, form)).sections[0]
    assert section.table
    assert section.table.relations[1].names == ("new", "old")


def test_a_key_twice_among_sections_is_refused(tmp_path: Path) -> None:
    """Two sections with one key, or one with a key of the file's head, cannot be told apart."""
    twice = _copied(FORM)
    twice["sections"].append({"key": "work", "heading": "二、"})
    with pytest.raises(FileProblem, match="work"):
        forms.load(write(tmp_path, twice))


def test_a_section_named_as_a_head_is_refused(tmp_path: Path) -> None:
    """`year` and its like are keys of every content file; no section may take one."""
    taken = _copied(FORM)
    taken["sections"].append({"key": "year", "heading": "二、"})
    with pytest.raises(FileProblem, match="year"):
        forms.load(write(tmp_path, taken))


def test_bad_toml_and_no_file_are_refused(tmp_path: Path) -> None:
    """A syntax error is told with its place in the file; a missing file as such."""
    path = tmp_path / "form.toml"
    with pytest.raises(FileProblem, match="无法读取"):
        forms.load(path)
    path.write_text('title = "a\n', encoding="utf-8")
    with pytest.raises(FileProblem, match="line 1"):
        forms.load(path)
    path.write_bytes(b"\xff")
    with pytest.raises(FileProblem, match="格式文件有误"):
        forms.load(path)


def test_the_form_is_chosen_by_year_or_name(tmp_path: Path) -> None:
    """By name where one is given, else by year; else refused with the names of the known ones."""
    form: Form = forms.load(write(tmp_path, FORM))
    assert forms.choose((form,), 2031) is form
    newer = form.model_copy(update={"name": "a_newer", "from_year": 2040})
    for both in ((form, newer), (newer, form)):
        assert forms.choose(both, 2039) is form
        assert forms.choose(both, 2040) is newer
        assert forms.choose(both, 2050, "next") is form
    assert forms.choose((form,), 2029, "next") is form
    with pytest.raises(UsageError) as caught:
        forms.choose((form,), 2029)
    assert "2029" in caught.value.message
    assert "next" in caught.value.hint
    with pytest.raises(UsageError, match="别的"):
        forms.choose((form,), 2031, "别的")
