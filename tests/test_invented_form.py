"""A form that nobody prescribed, as data only: another year's notice must need no line of code."""

import ast
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from conftest import AGENCY, MM, ROOT, Workshop, blank_content
from grid_reader import Grid, crowded, page_lines, read_grids
from offices import office as office_of
from official import label_places
from test_form_2021 import numbered, rows_of
from variants import workshop_for

from pipeline import checking
from pipeline.checking import Stock
from pipeline.content.misfits import FRACTION, LENGTH, MISSING, NEGATIVE, TYPE, UNKNOWN
from pipeline.findings import Finding, Place
from pipeline.form import forms

FORM: dict[str, Any] = {
    "title": "2030 年起的格式",
    "from_year": 2030,
    "report_title": ["{agency}", "关于{year}年", "数据开放工作的报告"],
    "sections": [
        {
            "key": "resources",
            "heading": "壹、开放资源",
            "parts": [{"key": "opening", "heading": "（甲）概要"}],
            "table": {
                "title": "开放资源",
                "row_height": 8.0,
                "blocks": [
                    {
                        "heading": "目录甲",
                        "stub": "资源",
                        "columns": [
                            {"key": "last", "label": "上年存量"},
                            {"key": "change", "label": "增减", "kind": "signed"},
                            {"key": "now", "label": "存量"},
                        ],
                        "rows": [
                            {"key": "maps", "label": "地图"},
                            {
                                "key": "sensors",
                                "label": "感知设备",
                                "children": [
                                    {"key": "air", "label": "空气"},
                                    {"key": "water", "label": "水质"},
                                ],
                            },
                        ],
                    },
                    {
                        "heading": "目录乙",
                        "stub": "采购",
                        "columns": [
                            {"key": "projects", "label": "项目数量"},
                            {"key": "paid", "label": "总额（元）", "kind": "amount"},
                        ],
                        "rows": [{"key": "cloud", "label": "云服务"}],
                    },
                ],
            },
        },
        {
            "key": "calls",
            "heading": "贰、调用情况",
            "table": {
                "title": "调用情况",
                "blocks": [
                    {
                        "stub": "分类",
                        "columns": [
                            {
                                "label": "来源",
                                "children": [
                                    {
                                        "label": "境内",
                                        "children": [
                                            {
                                                "label": "单位",
                                                "children": [
                                                    {"key": "school", "label": "学校"},
                                                    {"key": "firm", "label": "企业"},
                                                ],
                                            },
                                            {"key": "person", "label": "个人"},
                                        ],
                                    },
                                    {"key": "abroad", "label": "境外"},
                                ],
                            },
                            {
                                "key": "all",
                                "label": "合计",
                                "sum": ["school", "firm", "person", "abroad"],
                            },
                        ],
                        "rows": [
                            {
                                "key": "asked",
                                "label": "请求",
                                "children": [
                                    {
                                        "key": "valid",
                                        "label": "有效",
                                        "children": [
                                            {
                                                "key": "answered",
                                                "label": "应答",
                                                "children": [
                                                    {"key": "fast", "label": "1.当日"},
                                                    {"key": "slow", "label": "2.逾期"},
                                                ],
                                            },
                                            {"key": "queued", "label": "排队"},
                                        ],
                                    },
                                    {"key": "invalid", "label": "无效"},
                                ],
                            },
                            {"key": "total", "label": "总数", "sum": ["asked"]},
                            {"key": "logged", "label": "日志数"},
                        ],
                    }
                ],
                "relations": [
                    {
                        "key": "log", "text": "总数等于日志数", "along": "columns",
                        "left": ["total"], "right": ["logged"],
                    }
                ],
            },
        },
        {
            "key": "money",
            "heading": "叁、经费",
            "table": {
                "title": "经费",
                "blocks": [
                    {
                        "columns": [
                            {
                                "key": "plan",
                                "label": "预算",
                                "children": [
                                    {"key": "local", "label": "本级", "kind": "amount"},
                                    {"key": "state", "label": "上级", "kind": "amount"},
                                    {
                                        "key": "sum", "label": "小计", "kind": "amount",
                                        "sum": ["local", "state"],
                                    },
                                ],
                            },
                            {"key": "spent", "label": "支出", "kind": "amount"},
                        ],
                    }
                ],
            },
        },
        {"key": "outlook", "heading": "肆、展望"},
    ],
}  # fmt: skip

CONTENT: dict[str, Any] = {
    "year": 2031,
    "resources": {
        "opening": "本年继续开放。",
        "maps": [417, -17, 400],
        "sensors": {"air": [10, 19, 29], "water": [0, 0, 0]},
        "cloud": [3, 160.5964],
    },
    "calls": {
        "asked": {
            "valid": {"answered": {"fast": [1, 2, 3, 4], "slow": [5, 6, 7, 8]}, "queued": [9] * 4},
            "invalid": [10, 20, 30, 40],
        },
        "logged": [25, 37, 49, 61],
    },
    "money": {"plan": [0.1, 0.2], "spent": 0.25},
    "outlook": {"text": "明年共{{ calls.total.all }}次。"},
}
DEEP_ROWS = [
    ("请求", "有效", "应答", "1.当日"),
    ("请求", "有效", "应答", "2.逾期"),
    ("请求", "有效", "排队"),
    ("请求", "无效"),
    ("总数",),
    ("日志数",),
]
DEEP_VALUES = [
    [1, 2, 3, 4, 10],
    [5, 6, 7, 8, 26],
    [9, 9, 9, 9, 36],
    [10, 20, 30, 40, 100],
    [25, 37, 49, 61, 172],
    [25, 37, 49, 61, 172],
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Workshop:
    """A workshop that knows the invented form only."""
    return workshop_for(tmp_path_factory.mktemp("invented"), stock, FORM, "2030")


@pytest.fixture(scope="module")
def pdf(office: Workshop) -> Path:
    """A report in it."""
    return office.build(CONTENT, AGENCY)


@pytest.fixture(scope="module")
def grids(pdf: Path) -> list[Grid]:
    """Its tables."""
    with pdfplumber.open(pdf) as opened:
        return read_grids(opened)


def test_blocks_of_two_and_three_columns_share_a_grid(grids: list[Grid]) -> None:
    """Both splits of the width in one table: thirds above, halves below, each cell in its place."""
    assert grids[0].places == {
        (0, 0, 1, 6, "目录甲"),
        (1, 0, 1, 2, "资源"),
        (1, 2, 1, 1, "上年存量"), (1, 3, 1, 2, "增减"), (1, 5, 1, 1, "存量"),
        (2, 0, 1, 2, "地图"),
        (2, 2, 1, 1, "417"), (2, 3, 1, 2, "-17"), (2, 5, 1, 1, "400"),
        (3, 0, 2, 1, "感知设备"), (3, 1, 1, 1, "空气"),
        (3, 2, 1, 1, "10"), (3, 3, 1, 2, "19"), (3, 5, 1, 1, "29"),
        (4, 1, 1, 1, "水质"),
        (4, 2, 1, 1, "0"), (4, 3, 1, 2, "0"), (4, 5, 1, 1, "0"),
        (5, 0, 1, 6, "目录乙"),
        (6, 0, 1, 2, "采购"), (6, 2, 1, 2, "项目数量"), (6, 4, 1, 2, "总额（元）"),
        (7, 0, 1, 2, "云服务"), (7, 2, 1, 2, "3"), (7, 4, 1, 2, "160.5964"),
    }  # fmt: skip
    first, second, third, half = (grids[0].xs[at] for at in (2, 3, 5, 4))
    width = grids[0].xs[-1] - first
    assert second - first == pytest.approx(width / 3, abs=0.3)
    assert third - first == pytest.approx(width * 2 / 3, abs=0.3)
    assert half - first == pytest.approx(width / 2, abs=0.3)


def test_four_rows_of_heads_and_four_levels_of_labels(grids: list[Grid]) -> None:
    """Heads nested four deep over rows nested four deep, totals of both."""
    assert grids[1].places == {
        (0, 0, 4, 4, "分类"),
        (0, 4, 1, 4, "来源"), (0, 8, 4, 1, "合计"),
        (1, 4, 1, 3, "境内"), (1, 7, 3, 1, "境外"),
        (2, 4, 1, 2, "单位"), (2, 6, 2, 1, "个人"),
        (3, 4, 1, 1, "学校"), (3, 5, 1, 1, "企业"),
    } | label_places(DEEP_ROWS, 0, 6, 4, 4) | {
        (4 + row, 4 + column, 1, 1, str(value))
        for row, values in enumerate(DEEP_VALUES)
        for column, value in enumerate(values)
    }  # fmt: skip


def test_a_table_without_rows(grids: list[Grid]) -> None:
    """One row of values under nested columns, with an exact decimal total."""
    assert grids[2].places == {
        (0, 0, 1, 3, "预算"), (0, 3, 2, 1, "支出"),
        (1, 0, 1, 1, "本级"), (1, 1, 1, 1, "上级"), (1, 2, 1, 1, "小计"),
        (2, 0, 1, 1, "0.1"), (2, 1, 1, 1, "0.2"), (2, 2, 1, 1, "0.3"), (2, 3, 1, 1, "0.25"),
    }  # fmt: skip


def test_its_pages_are_as_good(pdf: Path, grids: list[Grid]) -> None:
    """Rules meet, frames fill the type area, texts keep clear; title, headings, prose all there."""
    assert crowded(pdf, grids) == []
    for grid in grids:
        assert grid.loose_ends() == []
        assert (grid.box[2] - grid.box[0]) / MM == pytest.approx(156, abs=0.2)
    with pdfplumber.open(pdf) as opened:
        lines = "".join(text for page in opened.pages for _, text in page_lines(page))
    assert f"{AGENCY['name']}关于2031年数据开放工作的报告" in lines
    for section in FORM["sections"]:
        assert section["heading"] in lines
    assert "（甲）概要本年继续开放。" in lines
    assert "明年共172次。" in lines.replace(" ", "")


def found(office: Workshop, *changes: tuple[tuple[str | int, ...], Any]) -> list[Finding]:
    """What is wrong in the content after changes at key paths; None deletes."""

    def copied(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: copied(inner) for key, inner in value.items()}
        return [copied(inner) for inner in value] if isinstance(value, list) else value

    content = copied(CONTENT)
    for path, value in changes:
        here = content
        for key in path[:-1]:
            here = here[key]
        if value is None:
            del here[path[-1]]
        else:
            here[path[-1]] = value
    return office.check(content).errors


def test_its_content_is_accepted(office: Workshop) -> None:
    """The content has no errors: amounts, signs, nested keys, totals left out."""
    checked = office.check(CONTENT)
    assert checked.errors == []
    assert checked.report.value("money.plan.sum") == Decimal("0.3")


@pytest.mark.parametrize(
    ("path", "value", "code", "at"),
    [
        (("resources", "maps"), [417, -17], LENGTH, "resources.maps"),
        (("resources", "maps"), [417, -17, -400], NEGATIVE, "resources.maps.2"),
        (("resources", "maps"), [417, -17.5, 400], FRACTION, "resources.maps.1"),
        (("resources", "sensors", "air"), None, MISSING, "resources.sensors.air"),
        (("resources", "sensors", "soil"), [1, 1, 1], UNKNOWN, "resources.sensors.soil"),
        (("money", "spent"), [1], TYPE, "money.spent"),
        (("money", "plan"), [1], LENGTH, "money.plan"),
        (("applications",), {"received": [0]}, UNKNOWN, "applications"),
    ],
)
def test_its_content_is_refused(
    office: Workshop, path: tuple[str, ...], value: Any, code: Any, at: str
) -> None:
    """What does not fit the invented form is found, at its place."""
    errors = found(office, (path, value))
    assert (code, at) in [(error.rule, error.place.path) for error in errors]


def test_its_relations_are_checked(office: Workshop) -> None:
    """Its own relation is computed in every column, and stated totals are compared."""
    errors = found(office, (("calls", "logged"), [25, 37, 49, 60]))
    assert [error.rule.code for error in errors] == ["NB302", "NB302"]
    assert "总数等于日志数" in errors[0].message
    errors = found(office, (("calls", "logged"), [25, 37, 49, 61, 171]))
    assert {error.rule.code for error in errors} == {"NB301", "NB302"}


# Keys and texts that could be taken for something else

PYTHON = ("model_config", "model_dump", "model_fields", "copy", "json", "schema", "dict", "class")


def _named_as_python(key: str) -> dict[str, Any]:
    """A form in which sections, parts, groups, rows and columns are all called `key`."""
    other = f"x_{key}"
    columns = [{"key": key, "label": "甲"}, {"key": other, "label": "乙"}]
    rows = [{"key": other, "label": "组", "children": [{"key": key, "label": "行"}]}]
    part = [{"key": key, "heading": "（一）部分"}]
    table = {"title": "表", "blocks": [{"columns": columns, "rows": rows}]}
    lone = {"title": "表", "blocks": [{"columns": columns}]}
    sections = [
        {"key": key, "heading": "一、", "parts": part, "table": table},
        {"key": other, "heading": "二、", "table": lone},
    ]
    return {"title": "名", "from_year": 2030, "report_title": ["{agency}"], "sections": sections}


@pytest.mark.parametrize("key", PYTHON)
def test_keys_are_free_of_python_names(tmp_path: Path, stock: Stock, key: str) -> None:
    """What pydantic calls its own is a key like any other, and findings call it by its name."""
    office, other = workshop_for(tmp_path, stock, _named_as_python(key), "2030"), f"x_{key}"
    good = {"year": 2031, key: {key: "话。", other: {key: [1, 2]}}, other: {key: 3, other: 4}}
    checked = office.check(good)
    assert checked.findings == ()
    assert checked.report.value(f"{key}.{other}.{key}.{key}") == 1
    assert checked.report.value(f"{other}.{key}") == 3
    bad = {"year": 2031, key: {key: 1, other: {f"{key}e": [1]}}, other: {key: -3, other: 4}}
    assert {(f.rule, f.place.path): f.hint for f in office.check(bad).errors} == {
        (TYPE, f"{key}.{key}"): "",
        (MISSING, f"{key}.{other}.{key}"): "",
        (UNKNOWN, f"{key}.{other}.{key}e"): f"你是不是想写 {key}？",
        (NEGATIVE, f"{other}.{key}"): "",
    }


def test_an_agency_name_is_no_template(office: Workshop) -> None:
    """Braces in a name mean themselves, also those that the title of a form would fill in."""
    name = "{year}{agency.__class__}{局"
    assert office.check(CONTENT, AGENCY | {"name": name}).document.title == (
        f"{name}关于2031年数据开放工作的报告"
    )


def test_a_character_is_reported_where_it_is_written(tmp_path: Path, stock: Stock) -> None:
    """In a heading of the form, in the form; in one of the office's own, in the content."""
    first, *middle, last = FORM["sections"]
    first = {**first, "parts": [{"key": "opening", "heading": "（甲）\ue001"}]}
    form = {**FORM, "sections": [first, *middle, {**last, "heading": "肆、\ue000"}]}
    own = workshop_for(tmp_path, stock, form, "2030")
    in_form = Place(str(own.layouts / "2030" / "form.toml"), 1, 1, "")
    assert [f.place for f in own.check(CONTENT).errors] == [in_form, in_form]
    content = {
        **CONTENT,
        "resources": {**CONTENT["resources"], "parts": [{"heading": "\ue003"}]},
        "outlook": {"heading": "肆、\ue002"},
    }
    paths = {f.place.path: Path(f.place.file).name for f in own.check(content).errors}
    assert paths == {
        "": "form.toml",
        "resources.parts.0.heading": "2031.toml",
        "outlook.heading": "2031.toml",
    }


def strings(path: Path) -> Iterator[str]:
    """The strings of a module, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    comments = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        own = isinstance(node, ast.Constant) and id(node) not in comments
        if own and isinstance(node.value, str):
            yield node.value


def labels(value: Any) -> Iterator[str]:
    """Every heading and label of a form."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("label", "heading", "stub") and isinstance(inner, str):
                yield inner
            else:
                yield from labels(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from labels(inner)


def keys(value: Any) -> Iterator[str]:
    """Every key of a form's rows, columns and sections."""
    if isinstance(value, dict):
        if isinstance(value.get("key"), str):
            yield value["key"]
        for inner in value.values():
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_the_code_does_not_know_the_official_forms() -> None:
    """No label or heading of an official form stands in the code, and no key of its own."""
    shipped = [
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "layouts").glob("*/form.toml"))
    ]
    words = {label for label in labels(shipped) if len(label) > 2}
    own = {key for key in keys(shipped) if len(key) > 5}
    assert len(words) > 80
    generic = {
        "decisions",
        "other",
        "total",
        "amount",
        "overview",
        "change",
        "public",
        "previous",
        "problems",
    }
    for path in sorted((ROOT / "pipeline").glob("*.py")):
        for text in strings(path):
            assert not [word for word in words if word in text], path.name
            assert text not in own - generic, path.name


# docs/new-form.md: the example of the how-to

HOW_TO = ROOT / "docs" / "new-form.md"
NEW_COLUMN, NEW_ROW = "个体工商户", "（六）转交其他机关"


def changes() -> list[tuple[str, str]]:
    """What the how-to changes in the form of 2021, piece by piece: old lines and new ones."""
    (block,) = re.findall(
        r"^```diff\n(.*?)^```", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    pieces = []
    for piece in block.split("\n\n"):
        lines = piece.splitlines()
        old = [line[1:] for line in lines if line[0] in " -"]
        new = [line[1:] for line in lines if line[0] in " +"]
        pieces.append(("".join(f"{line}\n" for line in old), "".join(f"{line}\n" for line in new)))
    return pieces


@pytest.fixture(scope="module")
def how_to(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Workshop:
    """A workshop with the shipped forms and that of the how-to, written as it says."""
    folder = tmp_path_factory.mktemp("how_to")
    layouts = folder / "layouts"
    shutil.copytree(ROOT / "layouts", layouts)
    shutil.rmtree(layouts / "2027", ignore_errors=True)
    shutil.copytree(layouts / "2021", layouts / "2027")
    path = layouts / "2027" / "form.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return Workshop(folder, Stock(forms.load_all(layouts), stock.fonts), layouts)


def test_the_how_to_adds_a_form_by_one_file(how_to: Workshop) -> None:
    """It covers its year and those after it; the old forms keep theirs."""
    chosen = {
        year: forms.choose(how_to.stock.forms, year).name for year in (2020, 2026, 2027, 2030)
    }
    assert chosen == {2020: "2019", 2026: "2021", 2027: "2027", 2030: "2027"}


def test_the_how_to_tells_what_check_finds(how_to: Workshop, tmp_path: Path) -> None:
    """Last year's file in the new form: the findings that the how-to names, and no others."""
    text = (ROOT / "content/example/2023.toml").read_text(encoding="utf-8")
    text = text.replace("\nyear = 2023", "\nyear = 2027").replace("\ndate = 2024", "\ndate = 2028")
    checked = checking.check(office_of(tmp_path, text, name="2027"), how_to.stock)
    assert checked.report.form.name == "2027"
    found = Counter(f.rule.code for f in checked.errors)
    assert found.pop("NB502") > 0
    assert found == {"NB202": 3, "NB204": 24}
    assert {f.place.path for f in checked.errors if f.rule is MISSING} == {
        "disclosure.emergency_plans", "disclosure.warnings", "applications.results.transferred",
    }  # fmt: skip


def test_the_how_to_s_form_is_built(how_to: Workshop) -> None:
    """Its new block, column and row are read back from the PDF, with totals added up here."""
    form = forms.choose(how_to.stock.forms, 2027)
    content = numbered(blank_content(form, 2027), 10, 999, seed=27)
    path = how_to.build(content)
    with pdfplumber.open(path) as opened:
        disclosure, applications, _ = read_grids(opened)
    own = content["disclosure"]
    last = {place for place in disclosure.places if place[0] >= 14}
    assert last == {
        (14, 0, 1, 5, "第二十条第（十）项"),
        (15, 0, 1, 1, "信息内容"), (15, 1, 1, 2, "本年发布件数"), (15, 3, 1, 2, "本年更新件数"),
        (16, 0, 1, 1, "应急预案"), (17, 0, 1, 1, "预警信息"),
        *(
            (row, column, 1, 2, str(number))
            for row, key in ((16, "emergency_plans"), (17, "warnings"))
            for column, number in zip((1, 3), own[key], strict=True)
        ),
    }  # fmt: skip
    assert applications.rows == 3 + 26
    assert crowded(path, [disclosure, applications]) == []
    assert applications.at(1, 4).text == NEW_COLUMN
    entered = rows_of(content["applications"])
    by_label = {applications.at(row, 1).text: row for row in range(3, 29)}
    row = by_label[NEW_ROW]
    added = content["applications"]["results"]["transferred"]
    assert [applications.at(row, 3 + at).text for at in range(8)] == [
        *map(str, added), str(sum(added)),
    ]  # fmt: skip
    totals = [sum(column) for column in zip(*entered[2:-1], strict=True)]
    assert [applications.at(by_label["（八）总计"], 3 + at).text for at in range(8)] == [
        *map(str, totals), str(sum(totals)),
    ]  # fmt: skip


def test_commands_of_the_how_to_exist() -> None:
    """Every command it names exists, and so does every file."""
    text = HOW_TO.read_text(encoding="utf-8")
    assert {*re.findall(r"bin/nianbao ([a-z]+)", text)} <= {"forms", "check", "build"}
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        assert (HOW_TO.parent / target).exists(), target
    for name in re.findall(r"`((?:tests|pipeline|content|docs)/[\w./]+)`", text):
        assert (ROOT / name).exists() or "2027" in name, name
