"""The tables as CSV: every cell once, in order, as printed; and no text that is a formula."""

import csv
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli_w
from conftest import AGENCY, ROOT, Workshop, blank_content
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from official import APPLICATIONS_ROWS
from test_rows import OPTIONAL_ROWS, own
from test_rows import form as form_with
from variants import workshop_for

from pipeline.checking import Stock
from pipeline.composition.compose import compose
from pipeline.content import report as reports
from pipeline.content.report import Report
from pipeline.document import Table, TableCell
from pipeline.exports import HEADER, LONGEST, tables_csv
from pipeline.form.forms import Form
from pipeline.form.tables import Cell, lines
from pipeline.tomlfile.source import Plus

BOM = b"\xef\xbb\xbf"
FORMULAS = [
    '=HYPERLINK("x","点这里")', "=1+1", "+1+1", "-1+1", "-", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "\x00=1", " =1+1", "　=1", "＝1", "＋1+1", "－", "＠A1", "\t甲", "'=1", "''", "'",
]  # fmt: skip
"""Texts that a spreadsheet may take for a formula, or that look as if they were marked."""
HARMLESS = [
    "甲",
    "不适用",
    "/",
    "—",
    "0件",
    "甲=乙",
    "1,2",
    '他说"好"',
    "甲\r\n乙",
    "甲\n=乙",
    "，",
]
TEXTS = st.one_of(
    st.sampled_from(["", *FORMULAS, *HARMLESS]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map("文{}".format),
)
ODD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)


class Line(NamedTuple):
    """A line of the CSV; a program that reads it takes away one apostrophe."""

    section: str
    table: str
    row: str
    column: str
    key: str
    value: str
    unit: str


def raw(data: bytes) -> list[list[str]]:
    """The fields as the csv module reads them, with the header."""
    text = data.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), strict=True))


def table(report: Report) -> list[Line]:
    """The lines of the CSV without the header and the apostrophes."""
    header, *body = raw(tables_csv(report))
    assert tuple(header) == HEADER
    return [Line(*(field.removeprefix("'") for field in line)) for line in body]


def read(workshop: Workshop, content: Mapping[str, Any]) -> Report:
    """The report of a content."""
    return reports.read(workshop.write(content).path, workshop.stock.forms)[0]


def cells(form: Form) -> list[Cell]:
    """The cells of a form whose rows stand in the form."""
    return [cell for section in form.sections for line in lines(section) for cell in line.cells]


def printed_cells(report: Report) -> Iterator[TableCell]:
    """The cells with values as they stand on the pages, row by row."""
    for element in compose(report).all_elements:
        if isinstance(element, Table):
            yield from (cell for cell in element.cells if cell.role == "value")


def told(value: Any) -> str:
    """How a number or a text of the content stands on paper."""
    if isinstance(value, Plus):
        return f"+{int(value)}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def fill(workshop: Workshop, form: Form, random_value: Any) -> tuple[Report, dict[str, str]]:
    """A report with a value in each cell that is entered, and what stands there."""
    content = blank_content(form, form.from_year)
    wanted: dict[str, str] = {}
    for section in form.sections:
        for line in lines(section):
            if line.derived:
                continue
            values = [random_value(cell) for cell in line.entered]
            here = content[section.key]
            for key in line.keys[:-1]:
                here = here[key]
            here[line.keys[-1]] = values[0] if line.scalar else values
            wanted |= {c.path: told(v) for c, v in zip(line.entered, values, strict=True)}
    return read(workshop, content), wanted


def named(stock: Stock, name: str) -> Form:
    """The form of that name."""
    return next(form for form in stock.forms if form.name == name)


# What every report has


@pytest.mark.parametrize("path", sorted((ROOT / "content").glob("*/[0-9]*.toml")), ids=str)
def test_every_printed_cell_is_there_once_and_in_order(path: Path, stock: Stock) -> None:
    """The values are those of the pages, one by one, but for the unit behind a number."""
    report, _ = reports.read(path, stock.forms)
    found = table(report)
    shown = [cell.run.text for cell in printed_cells(report)]
    assert len(found) == len(shown)
    for line, text in zip(found, shown, strict=True):
        assert text in {line.value, line.value + line.unit}
    keys = [line.key for line in found]
    assert len(set(keys)) == len(keys)
    assert all(report.value(key) is not None for key in keys)


@pytest.mark.parametrize("name", ["2008", "2014", "2019", "2021"])
def test_every_form(workshop: Workshop, stock: Stock, name: str) -> None:
    """Each cell of the form has its line, in the order of the form, with places told apart."""
    form = named(stock, name)
    report = read(workshop, {**blank_content(form, form.from_year), "form": name})
    found = table(report)
    assert [line.key for line in found] == [cell.path for cell in cells(form)]
    assert len({line[:4] for line in found}) == len(found)


def test_all_shipped_forms_are_tested(stock: Stock) -> None:
    """A new form must be named in the test above."""
    assert {form.name for form in stock.forms} == {"2008", "2014", "2019", "2021"}


def test_a_report_without_tables(workshop: Workshop) -> None:
    """It gives the header alone."""
    report = read(workshop, {"year": 2010, "sections": [{"heading": "一、概述", "text": "无。"}]})
    assert tables_csv(report) == BOM + "部分,表,行,列,键,值,单位\r\n".encode()


def test_the_bytes(workshop: Workshop) -> None:
    """A BOM, UTF-8, CRLF behind every line, and the same in every run."""
    content = workshop.blank()
    data = tables_csv(read(workshop, content))
    assert data == tables_csv(read(workshop, content))
    assert data.startswith(BOM + "部分,".encode())
    assert data.endswith(b"\r\n")
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r") == len(raw(data))
    assert BOM not in data[3:]


# Where a cell stands


def test_labels_are_whole_paths(workshop: Workshop) -> None:
    """Section, block, and all labels of row and column, as the official form has them."""
    found = {line.key: line for line in table(read(workshop, workshop.blank()))}
    assert found["disclosure.fees"][:4] == (
        "二、主动公开政府信息情况", "主动公开政府信息情况 / 第二十条第（八）项", "行政事业性收费",
        "本年收费金额（单位：万元）",
    )  # fmt: skip
    assert found["disclosure.fees"].unit == "万元"
    assert found["reviews.litigation.direct.total"][2:4] == (
        "", "行政诉讼 / 未经复议直接起诉 / 总计",
    )  # fmt: skip
    assert found["applications.received.other"].column == "申请人情况 / 法人或其他组织 / 其他"
    rows = dict.fromkeys(line.row for key, line in found.items() if key.startswith("applications."))
    assert list(rows) == [" / ".join(labels) for labels in APPLICATIONS_ROWS]


def test_a_heading_of_the_office_s_own(workshop: Workshop) -> None:
    """The section is called as the report calls it."""
    content = workshop.blank()
    content["reviews"]["heading"] = "四、复议和诉讼"
    sections = {line.section for line in table(read(workshop, content))}
    assert "四、复议和诉讼" in sections
    assert "四、政府信息公开行政复议、行政诉讼情况" not in sections


def test_own_rows_of_an_annex(workshop: Workshop) -> None:
    """Each listed row is a line; rows stand under those that they are indented below."""
    rows = [
        {"label": "一、行政复议数", "unit": "件", "value": 2, "key": "reviews"},
        {"label": "（一）维持", "unit": "件", "value": 1, "depth": 1},
        {"label": "其中：经听证", "unit": "件", "value": 0, "depth": 3},
        {"label": "（二）纠正", "unit": "件", "value": "", "depth": 1},
        {"label": "二、行政诉讼数"},
        {"label": "（一）维持", "unit": "件", "value": "不适用", "depth": 2},
        {"label": "三、费用", "unit": "万元", "value": Decimal("0.50")},
    ]
    sections = [{"heading": "一、概述", "text": "无。"}]
    found = table(
        read(workshop, {"year": 2016, "sections": sections, "statistics": {"rows": rows}})
    )
    assert [line[2:] for line in found] == [
        ("一、行政复议数", "统计数", "statistics.reviews", "2", "件"),
        ("一、行政复议数 / （一）维持", "统计数", "statistics.row2", "1", "件"),
        ("一、行政复议数 / （一）维持 / 其中：经听证", "统计数", "statistics.row3", "0", "件"),
        ("一、行政复议数 / （二）纠正", "统计数", "statistics.row4", "", "件"),
        ("二、行政诉讼数", "统计数", "statistics.row5", "", ""),
        ("二、行政诉讼数 / （一）维持", "统计数", "statistics.row6", "不适用", "件"),
        ("三、费用", "统计数", "statistics.row7", "0.50", "万元"),
    ]
    assert {line[:2] for line in found} == {("政府信息公开情况统计表", "政府信息公开情况统计表")}


def test_annexes_come_last(tmp_path: Path, stock: Stock) -> None:
    """The lines follow the pages, where an annex stands behind the other sections."""
    data = form_with({"rows": [{"key": "a", "label": "甲"}]})
    (first,) = data["sections"]
    second = {**first, "key": "later", "heading": "二、其他"}
    data["sections"] = [{**first, "annex": True, "heading": "附表"}, second]
    office = workshop_for(tmp_path, stock, data, "2030")
    report = read(office, {"year": 2031, "work": {"a": [1, 2]}, "later": {"a": [3, 4]}})
    assert [line.value for line in table(report)] == ["3", "4", "1", "2"]
    assert [cell.run.text for cell in printed_cells(report)] == ["3", "4", "1", "2"]


def test_optional_rows_only_where_given(tmp_path: Path, stock: Stock) -> None:
    """A row that is not printed has no line; nor has a table without rows."""
    office = workshop_for(tmp_path, stock, form_with({"rows": OPTIONAL_ROWS}), "2030")
    work = {"a": [1, 2], "b": {"one": [3, 4], "three": ["/", ""]}, "check": [4, 6]}
    found = table(read(office, {"year": 2031, "work": work}))
    assert [line.row for line in found[::2]] == ["甲", "乙 / 1.子", "乙 / 3.寅", "总计", "核对"]
    empty = workshop_for(tmp_path / "own", stock, own(), "2030")
    assert table(read(empty, {"year": 2031, "work": {"rows": []}})) == []


# What stands in a cell


@pytest.mark.parametrize("name", ["2019", "2021"])
@pytest.mark.parametrize("seed", range(8))
def test_values_come_back(workshop: Workshop, stock: Stock, name: str, seed: int) -> None:
    """Numbers, blanks and texts of any kind are read back as the content file gives them."""
    chance = random.Random(seed)  # noqa: S311

    def value(cell: Cell) -> Any:
        numbers: list[Any] = [0, chance.randrange(10**11)]
        if cell.kind == "signed":
            numbers = [*numbers, -chance.randrange(1, 99), Plus(3)]
        if cell.kind == "amount":
            numbers = [*numbers, Decimal("1.50"), Decimal("0.00000001"), Decimal(f"{seed}.0")]
        return chance.choice([*numbers, *numbers, "", *FORMULAS, *HARMLESS])

    report, wanted = fill(workshop, named(stock, name), value)
    found = {line.key: line.value for line in table(report)}
    assert list(found) == [cell.path for cell in cells(report.form)]
    assert {key: found[key] for key in wanted} == wanted
    totals = found.keys() - wanted.keys()
    assert {key: found[key] for key in totals} == {key: str(report.value(key)) for key in totals}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "label": ODD,
                "unit": st.one_of(TEXTS, ODD),
                "depth": st.integers(0, 6),
                "value": st.one_of(st.integers(0, 10**11), TEXTS),
            }
        ),
        min_size=1,
        max_size=12,
    ),
    heading=ODD,
)
def test_own_rows_come_back(workshop: Workshop, rows: list[dict[str, Any]], heading: str) -> None:
    """Whatever an office writes: all rows in order, no field split, none that begins a formula."""
    content = {
        "year": 2016,
        "sections": [{"heading": "一、概述", "text": "无。"}],
        "statistics": {"heading": heading, "rows": rows},
    }
    report = read(workshop, content)
    found = table(report)
    assert [(line.section, line.value, line.unit) for line in found] == [
        (heading, str(row["value"]), row["unit"]) for row in rows
    ]
    assert all(line.row.endswith(row["label"]) for line, row in zip(found, rows, strict=True))
    for *texts, value, unit in raw(tables_csv(report))[1:]:
        for field in (*texts, value, unit):
            assert not field.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
            assert not field.startswith(("\t", "\r", "\n", "\0"))


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_marked(workshop: Workshop, text: str) -> None:
    """A text that may be a formula has one apostrophe before it, wherever it stands."""
    row = {"label": text, "unit": text, "value": text}
    content = {"year": 2016, "statistics": {"heading": text, "rows": [row]}}
    (line,) = raw(tables_csv(read(workshop, {**content, "sections": []})))[1:]
    assert (line[0], line[2], *line[5:]) == (f"'{text}",) * 4


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_stand_as_they_are(workshop: Workshop, text: str) -> None:
    """Quotes, commas and line breaks inside are the csv module's to handle."""
    row = {"label": text, "unit": text, "value": text}
    content = {"year": 2016, "statistics": {"heading": text, "rows": [row]}}
    (line,) = raw(tables_csv(read(workshop, {**content, "sections": []})))[1:]
    assert (line[0], line[2], *line[5:]) == (text,) * 4


def test_signed_numbers_are_numbers(workshop: Workshop, stock: Stock) -> None:
    """-3 and +2 have no apostrophe, the texts - and + have one."""
    content = blank_content(named(stock, "2019"), 2019)
    content["disclosure"]["licences"] = [4, Plus(2), 7]
    content["disclosure"]["penalties"] = [4, -3, 7]
    content["disclosure"]["compulsory_measures"] = [4, "-", "+"]
    found = {line[4]: line[5] for line in raw(tables_csv(read(workshop, content)))}
    assert found["disclosure.licences.change"] == "+2"
    assert found["disclosure.penalties.change"] == "-3"
    assert found["disclosure.compulsory_measures.change"] == "'-"
    assert found["disclosure.compulsory_measures.decisions"] == "'+"


def test_totals_are_as_printed(workshop: Workshop) -> None:
    """Stated as stated, even where it is wrong; computed where not; blank over a blank."""
    content = workshop.blank()
    content["applications"]["received"] = [1, 2, 0, 0, 0, 0, 9]
    content["applications"]["carried_in"] = [1, 2, 0, 0, 0, 0]
    content["applications"]["carried_over"] = [1, "", 0, 0, 0, "不适用"]
    found = {line.key: line.value for line in table(read(workshop, content))}
    assert found["applications.received.total"] == "9"
    assert found["applications.carried_in.total"] == "3"
    assert found["applications.carried_over.total"] == ""
    assert found["applications.carried_over.business"] == ""
    assert found["applications.carried_over.other"] == "不适用"
    assert found["applications.carried_over.research"] == "0"


def test_long_labels_do_not_multiply(workshop: Workshop) -> None:
    """What many lines repeat is cut off; what stands once is whole."""
    long, rows = "长" * 100_000, [{"label": f"第{at}项", "depth": 1} for at in range(2_000)]
    listed = [{"label": long}, *rows]
    content = {"year": 2016, "sections": [], "statistics": {"heading": long, "rows": listed}}
    report = read(workshop, content)
    assert len(tables_csv(report)) < 10 * len(tomli_w.dumps({**content, **AGENCY}).encode())
    first, second, *_ = table(report)
    assert first.row == long
    assert second.row == f"{long[:LONGEST]}… / 第0项"
    assert second.section == f"{long[:LONGEST]}…"


def test_labels_of_the_forms_are_never_cut(stock: Stock) -> None:
    """No heading and no label of a shipped form is as long as what is cut off."""
    labels = [label for form in stock.forms for cell in cells(form) for label in cell.labels]
    headings = [section.heading for form in stock.forms for section in form.sections]
    assert max(map(len, [*labels, *headings])) < LONGEST
