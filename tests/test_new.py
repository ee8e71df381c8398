"""A new year begins with a command: figures that go on, prose to write, nothing written over."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import building
import pytest
import tomli_w
from conftest import AGENCY, ROOT, blank_content
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline import checking
from pipeline.checking import Stock
from pipeline.cli import run
from pipeline.content.jsonschema import report_schema
from pipeline.errors import ContentError, ExitCode, UsageError
from pipeline.findings import Severity
from pipeline.form import forms
from pipeline.newyear import folder_name
from pipeline.project import Project, Target

FORMS = forms.load_all(ROOT / "layouts")
LATER = forms.choose(FORMS, 2023)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the shipped layouts and the example office, as the current folder."""
    (tmp_path / "layouts").symlink_to(ROOT / "layouts")
    shutil.copytree(ROOT / "content" / "example", tmp_path / "content" / "example")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(desk: Path, office: str, year: int, values: dict[str, Any]) -> Path:
    """A content file of the desk, with agency.toml beside it."""
    folder = desk / "content" / office
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "agency.toml").write_text(tomli_w.dumps(AGENCY), encoding="utf-8")
    path = folder / f"{year}.toml"
    path.write_text(tomli_w.dumps(values), encoding="utf-8")
    return path


def new(office: str, year: int, *options: str) -> dict[str, Any]:
    """The values of a new content file, which fits the schema of its form in all but blanks."""
    assert run(["new", office, str(year), *options]) == 0
    path = Path("content") / office / f"{year}.toml"
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    form = forms.choose(FORMS, year)
    if form.sections and not form.own_sections:
        errors = [*Draft202012Validator(report_schema(form)).iter_errors(values)]
        assert errors == []
    return values


def leaves(values: Any) -> Iterator[Any]:
    """Every number and text of a content."""
    if isinstance(values, dict | list):
        for inner in values.values() if isinstance(values, dict) else values:
            yield from leaves(inner)
    else:
        yield values


def filled(values: Any) -> Any:
    """A scaffold as a clerk fills it: blanks in tables are 0, texts say something."""
    if isinstance(values, dict):
        words = {"heading", "label", "unit"}
        return {key: inner if key in words else filled(inner) for key, inner in values.items()}
    if isinstance(values, list):
        return [0 if inner == "" else filled(inner) for inner in values]
    if values == "":
        return 0
    return "本年做了三项工作。" if values == "\n" else values


def errors(desk: Path, office: str, year: int, stock: Stock) -> list[str]:
    """The codes of the errors in a content file of the desk."""
    target = Target(office, str(year), desk / "content" / office / f"{year}.toml")
    found = checking.check(target, stock).findings
    return [finding.rule.code for finding in found if finding.severity is Severity.ERROR]


def test_figures_go_on(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Last year's 结转 is 上年结转, 现行有效 goes on; every other figure is blank."""
    last = tomllib.loads((desk / "content/example/2026.toml").read_text(encoding="utf-8"))
    values = new("example", 2027)
    out, err = capsys.readouterr()
    assert out == "content/example/2027.toml\n"
    assert "2026.toml" in err
    assert "nianbao check example/2027" in err
    assert values["applications"]["carried_in"] == last["applications"]["carried_over"]
    for row in ("rules", "normative_documents"):
        assert values["disclosure"][row] == ["", "", last["disclosure"][row][2]]
        values["disclosure"][row] = []
    values["applications"]["carried_in"] = []
    assert values["applications"]["received"] == [""] * 6
    assert values["disclosure"]["fees"] == ""
    assert {v for v in leaves(values) if v not in (2027, True)} == {"", "\n"}


def test_prose_is_a_comment(desk: Path) -> None:
    """Last year's prose stands above an empty text, in its place; the date is not kept."""
    last = tomllib.loads((desk / "content/example/2026.toml").read_text(encoding="utf-8"))
    values = new("example", 2027)
    text = (desk / "content/example/2027.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ../../layouts/2021/report.schema.json\n")
    assert values["sample"] is True
    assert "date" not in values
    for key in ("proactive", "on_request", "management", "platform", "supervision"):
        assert values["overview"][key] == "\n"
        written = last["overview"][key].strip().splitlines()[0]
        assert re.search(
            rf"# 上年写的是：\n#   {re.escape(written)}\n(#.*\n)*{key} = \"\"\"\n\n\"\"\"\n", text
        )
    assert "agency" not in values


def test_numbers_stand_under_their_headings(desk: Path) -> None:
    """Each row of an array ends at the same width, and tells its label behind."""
    new("example", 2027)
    text = (desk / "content/example/2027.toml").read_text(encoding="utf-8")
    rows = re.findall(
        r"^(state_secret|third_party|enforcement_files) *= (\[.*?\])  # (.+)$", text, re.MULTILINE
    )
    assert len(rows) == 3
    assert len({len(row[1]) for row in rows}) == 1
    assert "# （三）不予公开\n[applications.results.refused]\n" in text
    assert re.search(r"^fees += \"\"  # 行政事业性收费；单位：万元$", text, re.MULTILINE)


def test_a_fresh_file_is_checked(desk: Path, stock: Stock) -> None:
    """`check` names every blank cell and every empty text at its place, and nothing else."""
    new("example", 2027)
    path = desk / "content/example/2027.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    found = checking.check(Target("example", "2027", path), stock).findings
    empty = [f for f in found if f.rule.code == "NB220"]
    silent = [f for f in found if f.rule.code == "NB432"]  # section five, which must say something
    assert len(empty) + len(silent) == sum(line.endswith('= """') for line in lines)
    for finding in empty:
        assert lines[finding.place.line - 1][finding.place.column - 1 :] == '"""'
    blank = {
        (place.line, place.column)
        for f in found
        if f.rule.code in ("NB308", "NB309")
        for place in (f.place, *f.related)
    }
    assert blank == {
        (number, match.start() + 1)
        for number, line in enumerate(lines, 1)
        if not line.startswith("#")
        for match in re.finditer(r'(?<!")""(?!")', line.partition("  #")[0])
    }


@pytest.mark.parametrize(
    ("last", "year"),
    [(2023, 2024), (2020, 2021), (2018, 2019), (2019, 2020), (2016, 2017), (2013, 2014)],
)
def test_a_filled_file_passes(desk: Path, stock: Stock, last: int, year: int) -> None:
    """With zeros in the cells and words in the texts there are no errors, across every form."""
    form = forms.choose(FORMS, last)
    values = blank_content(form, last)
    if form.own_sections:
        values["sections"] = [{"heading": "一、概述", "text": "有一项。"}]
        for section in form.sections:
            values[section.key] = {"rows": [{"label": "一、信息数", "unit": "条", "value": 4}]}
    content(desk, "a", last, values)
    made = filled(new("a", year))
    for section in forms.choose(FORMS, year).sections:
        for row in made[section.key].get("rows", []):
            row["label"] = row["label"] or "一、信息数"
    for section in made.get("sections", []):
        section["heading"] = section["heading"] or "一、概述"
    (desk / "content" / "a" / f"{year}.toml").write_text(tomli_w.dumps(made), encoding="utf-8")
    assert errors(desk, "a", year, stock) == []


@pytest.mark.slow
def test_a_filled_file_is_built(desk: Path, stock: Stock) -> None:
    """It becomes a report."""
    made = filled(new("neu", 2024, "--name", "示例镇人民政府"))
    path = desk / "content" / "neu" / "2024.toml"
    path.write_text(tomli_w.dumps(made), encoding="utf-8")
    folders = Project(desk / "content", ROOT / "layouts", ROOT / "fonts", desk / "build")
    done = building.build(Target("neu", "2024", path), folders, stock)
    assert done.path.read_bytes().startswith(b"%PDF-")


def test_a_new_office(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From nothing: the folder, agency.toml with what to fill in, and the file; `check` says so."""
    values = new("大潘街道", 2024)
    out = capsys.readouterr().out.splitlines()
    assert out == ["content/大潘街道/agency.toml", "content/大潘街道/2024.toml"]
    text = (desk / out[0]).read_text(encoding="utf-8")
    assert text.startswith("#:schema ../../layouts/agency.schema.json\n")
    assert tomllib.loads(text) == {"name": "", "signature": "sealed", "seal_diameter": 42}
    assert {v for v in leaves(values) if v != 2024} == {"", "\n"}
    assert run(["check", "大潘街道/2024"]) == ExitCode.CONTENT
    assert "agency.toml:3:" in (told := capsys.readouterr().out)
    assert "name（机关全称，用于落款）是空的" in told


def test_a_new_office_that_is_named(desk: Path) -> None:
    """What is told of the office stands in agency.toml."""
    new("b", 2024, "--name", '区"厅"', "--title-name", "厅", "--signature", "unsealed")
    agency = tomllib.loads((desk / "content/b/agency.toml").read_text(encoding="utf-8"))
    assert agency == {
        "name": '区"厅"', "title_name": "厅", "signature": "unsealed", "seal_diameter": 42
    }  # fmt: skip


def test_a_known_office_is_not_renamed(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Options of a new office are refused where there is one; nothing is written."""
    before = (desk / "content/example/agency.toml").read_bytes()
    assert run(["new", "example", "2027", "--name", "甲"]) == ExitCode.USAGE
    assert "agency.toml" in capsys.readouterr().err
    assert (desk / "content/example/agency.toml").read_bytes() == before
    assert not (desk / "content/example/2027.toml").exists()


def test_an_agency_of_its_own_is_copied(desk: Path) -> None:
    """An office whose files hold their [agency] needs no agency.toml."""
    values = blank_content(LATER, 2022) | {"agency": AGENCY}
    content(desk, "c", 2022, values)
    (desk / "content/c/agency.toml").unlink()
    assert new("c", 2023)["agency"] == AGENCY
    assert not (desk / "content/c/agency.toml").exists()


def test_never_over_a_file(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A year that is there stays as it is, to the byte."""
    path = desk / "content/example/2023.toml"
    before = path.read_bytes()
    assert run(["new", "example", "2023"]) == ExitCode.FILE
    told = capsys.readouterr().err
    assert "content/example/2023.toml" in told
    assert "改名或移走" in told
    assert path.read_bytes() == before


def test_a_year_that_was_left_out(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without last year's file the latest one before lends its prose, and no figures."""
    (desk / "content/example/2025.toml").unlink()
    (desk / "content/example/2026.toml").unlink()
    values = new("example", 2026)
    assert "没有 2025.toml，依照 2024.toml 生成，数字没有带入" in capsys.readouterr().err
    assert values["applications"]["carried_in"] == [""] * 6
    assert "上年写的是" in (desk / "content/example/2026.toml").read_text(encoding="utf-8")


def test_a_change_of_form(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What both forms have goes on; what does not is told, and its prose stands at the end."""
    for year in (2021, 2019):
        (desk / f"content/example/{year}.toml").unlink()
    last = tomllib.loads((desk / "content/example/2020.toml").read_text(encoding="utf-8"))
    values = new("example", 2021)
    told = capsys.readouterr().err
    text = (desk / "content/example/2021.toml").read_text(encoding="utf-8")
    assert values["applications"]["carried_in"] == last["applications"]["carried_over"]
    assert values["disclosure"]["normative_documents"] == ["", "", ""]
    for line in ("格式由“", "没有带入：现行有效件数"):
        assert line in told
        assert line in text
    older = tomllib.loads((desk / "content/example/2018.toml").read_text(encoding="utf-8"))
    new("example", 2019)
    told = capsys.readouterr().err
    text = (desk / "content/example/2019.toml").read_text(encoding="utf-8")
    assert "没有带入：上年自定的各部分" in told
    assert "像是填错或算错" not in text
    assert text.count("政府信息公开情况统计表") == 1
    for section in older["sections"]:
        assert f"# {section['heading']}\n" in text
        for part in (section, *section.get("parts", [])):
            assert part.get("text", "").strip().partition("\n")[0] in text


def test_own_headings_and_rows_are_kept(desk: Path) -> None:
    """Headings, parts and listed rows go on, with nothing in them."""
    last = tomllib.loads((desk / "content/example/2016.toml").read_text(encoding="utf-8"))
    (desk / "content/example/2017.toml").unlink()
    values = new("example", 2017)
    assert [s["heading"] for s in values["sections"]] == [s["heading"] for s in last["sections"]]
    assert [s.keys() for s in values["sections"]] == [s.keys() for s in last["sections"]]
    assert {s["text"] for s in values["sections"] if "text" in s} == {"\n"}
    rows = [{**row, "value": ""} if "value" in row else row for row in last["statistics"]["rows"]]
    assert [{**row, "value": ""} for row in rows] == values["statistics"]["rows"]


def test_an_earlier_file_with_mistakes(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can be read is taken, and the mistakes are told."""
    values = blank_content(LATER, 2023)
    values["applications"]["carried_over"] = [3, "x", -1, 0, 0, 0]
    values["applications"]["received"] = [1, 2]
    values["colour"] = "red"
    values["other_matters"]["parts"] = [3, {"heading": "（一）说明", "text": "有。"}]
    content(desk, "d", 2023, values)
    made = new("d", 2024)
    assert "2023.toml 有 4 处错误" in capsys.readouterr().err
    assert made["applications"]["carried_in"] == [3, "", "", 0, 0, 0]
    assert made["other_matters"]["parts"] == [{"heading": "（一）说明", "text": "\n"}]


def test_an_earlier_file_that_cannot_be_read(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is no TOML stops it, with the place: nothing would go on, and nothing is made."""
    content(desk, "e", 2023, {"year": 2023}).write_text(
        "year = 2023\na = [1，2]\n", encoding="utf-8"
    )
    assert run(["new", "e", "2024"]) == ExitCode.CONTENT
    told = capsys.readouterr().err
    assert "2023.toml:2:7" in told
    assert "请先改正 2023.toml" in told
    assert not (desk / "content/e/2024.toml").exists()


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("\"'\\#\n\r\t\0\x1b\x7f\u0085\u2028{}[]= a年"), st.characters(codec="utf-8")
    ),
    max_size=40,
)


@settings(max_examples=80, suppress_health_check=list(HealthCheck), deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_hostile_prose(desk: Path, text: str, heading: str, label: str) -> None:
    """Whatever last year's file says, the new one is TOML, keeps headings and says nothing else."""
    values = blank_content(LATER, 2023)
    values["preface"] = text
    values["overview"]["proactive"] = text * 50
    values["problems"]["parts"] = [{"heading": heading + "x", "text": text}]
    values["agency"] = AGENCY | {"name": label + "x"}
    folder = desk / "content" / "h"
    folder.mkdir(exist_ok=True)
    (folder / "2024.toml").unlink(missing_ok=True)
    (folder / "2023.toml").write_text(tomli_w.dumps(values), encoding="utf-8")
    made = new("h", 2024)
    (part,) = made["problems"]["parts"]
    printable = re.compile(r"[^\x00-\x1f\x7f-\x9f]")
    assert printable.findall(part["heading"]) == printable.findall(heading + "x")
    assert made["preface"] == made["overview"]["proactive"] == part["text"] == "\n"


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "a/b", "a\\b", "/etc", "../x", ".git", "-x", "a ", "a.", "a\0b", "a\nb",
     "a\u202eb", "CON", "nul", "com1", "LPT9.x", "a:b", "a*", "2023", "a.toml", "x" * 300,
     "年" * 80, "a b"],
)  # fmt: skip
def test_names_that_are_no_folder(desk: Path, name: str) -> None:
    """A path, a hidden or reserved name, or one that means another TARGET is refused."""
    before = sorted(desk.rglob("*"))
    with pytest.raises(UsageError) as caught:
        folder_name(name)
    assert caught.value.hint
    assert caught.value.message.isprintable()
    assert run(["new", "--", name, "2024"]) == ExitCode.USAGE
    assert sorted(desk.rglob("*")) == before


def test_a_name_in_one_spelling() -> None:
    """A name is the same folder however its accents were typed."""
    assert folder_name("e\u0301cole") == "école"
    assert folder_name("大潘街道-2") == "大潘街道-2"


@pytest.mark.parametrize("year", ["1999", "2101", "24", "x"])
def test_years_that_are_none(desk: Path, year: str) -> None:
    """A year without reports is refused, and nothing is made."""
    assert run(["new", "z", year]) == ExitCode.USAGE
    assert not (desk / "content/z").exists()


def test_an_unreadable_file_is_told_as_such(tmp_path: Path) -> None:
    """The error says that nothing was made."""
    from pipeline.newyear import _earlier  # noqa: PLC0415

    (tmp_path / "2023.toml").write_bytes(b"\xff")
    with pytest.raises(ContentError, match="UTF-8") as caught:
        _earlier(tmp_path, 2024, FORMS)
    assert "没有生成" in caught.value.hint
