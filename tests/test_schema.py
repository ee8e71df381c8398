"""Editors know what `check` knows: the JSON Schema of each form, and the files that name it."""

import datetime as dt
import json
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, blank_content
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from pipeline.cli import run
from pipeline.content import numbers
from pipeline.content.jsonschema import agency_schema, report_schema
from pipeline.form import forms
from pipeline.form.forms import Form
from pipeline.form.tables import Line, lines
from pipeline.project import find

FORMS = forms.load_all(ROOT / "layouts")
FORM = forms.choose(FORMS, 2021)
SHIPPED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "content/*.toml"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
]


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """What validates against a schema, dates included."""
    return Draft202012Validator(schema, format_checker=FormatChecker())


def as_json(value: Any) -> Any:
    """A value of TOML as editors hand it to JSON Schema: dates as text."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def named_schema(path: Path) -> Path:
    """The schema that the first line of a content file names."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("#:schema "), path
    return path.parent / first.removeprefix("#:schema ")


def keys(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that a schema knows, with what it says of it."""
    if isinstance(schema, list):
        for inner in schema:
            yield from keys(inner)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for inner in schema.values():
            yield from keys(inner)


@pytest.mark.parametrize("name", [*(form.name for form in FORMS), "agency"])
def test_the_committed_schema_is_current(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is committed is what the form gives now; where it is stale, `make docs` makes it."""
    assert run(["schema", name, "--layouts", str(ROOT / "layouts")]) == 0
    made = capsys.readouterr().out
    file = "agency.schema.json" if name == "agency" else f"{name}/report.schema.json"
    assert (ROOT / "layouts" / file).read_text(encoding="utf-8") == made


def test_the_newest_form_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name it is the form of today."""
    assert run(["schema", "--layouts", str(ROOT / "layouts")]) == 0
    assert json.loads(capsys.readouterr().out) == report_schema(FORM)


@pytest.mark.parametrize(
    "schema", [*map(report_schema, FORMS), agency_schema()], ids=lambda schema: schema["title"]
)
def test_a_schema_speaks_chinese_and_is_strict(schema: dict[str, Any]) -> None:
    """It is valid; every key has title and description in Chinese; no other key is allowed."""
    Draft202012Validator.check_schema(schema)
    found = [*keys(schema)]
    assert len(found) > 3
    for name, told in found:
        assert any("\u4e00" <= char <= "\u9fff" for char in told["title"]), name
        assert told["description"].startswith(told["title"])
    tables = [part for part in [schema, *(told for _, told in found)] if "properties" in part]
    assert tables
    assert all(table["additionalProperties"] is False for table in tables)
    assert "null" not in json.dumps(schema)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_shipped_files_validate(path: Path) -> None:
    """Every content file of the repository names its schema, and fits it."""
    schema = json.loads(named_schema(path).read_text(encoding="utf-8"))
    values = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    if path.stem == "agency":
        assert schema == agency_schema()
    else:
        assert schema == report_schema(forms.choose(FORMS, values["year"], values.get("form")))
    assert [error.message for error in validator(schema).iter_errors(as_json(values))] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_line_names_its_columns(form: Form) -> None:
    """A row tells which number comes where, and so does each item; the length is exact."""
    schema = report_schema(form)
    for section in form.sections:
        for line in lines(section):
            here = schema["properties"][section.key]
            for key in line.keys:
                here = here["properties"][key]
            assert here["title"] == line.label
            if line.scalar:
                continue
            names = [cell.column.node.label for cell in line.entered]
            assert "、".join(names) in here["description"]
            assert [item["title"] for item in here["prefixItems"]][: len(names)] == names
            assert (here["minItems"], here["maxItems"]) == (len(line.entered), len(line.cells))


def altered(*path: str | int, value: Any) -> dict[str, Any]:
    """The blank content of the newest form with one value put at a path."""
    content = blank_content(FORM)
    here: Any = content
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return content


@pytest.mark.parametrize(
    ("content", "fits"),
    [
        (blank_content(FORM), True),
        (altered("applications", "received", value=[""] * 6), True),
        (altered("applications", "received", value=["/", "不适用", "-", 0, 1, "1件"]), True),
        (altered("applications", "received", value=[0, 0, 0, 0, 0, 1, 1]), True),
        (altered("disclosure", "fees", value=Decimal("0.36")), True),
        (altered("date", value="2024-01-15"), True),
        (altered("recieved", value=0), False),
        (altered("applications", "recieved", value=[0] * 6), False),
        (altered("applications", "received", value=[0] * 5), False),
        (altered("applications", "received", value=[0] * 8), False),
        (altered("applications", "received", value=0), False),
        (altered("applications", "received", 0, value="4"), False),
        (altered("applications", "received", 0, value=" 4.0 "), False),
        (altered("applications", "received", 0, value=-1), False),
        (altered("applications", "received", 0, value=Decimal("1.5")), False),
        (altered("applications", "received", 0, value=True), False),
        (altered("disclosure", "fees", value="0.36"), False),
        (altered("disclosure", "fees", value=10**12), False),
        (altered("year", value="2023"), False),
        (altered("year", value=1999), False),
        (altered("date", value="2024年1月15日"), False),
        (altered("sample", value=1), False),
        (altered("title", value=" 　"), False),
        (altered("other_matters", "parts", value=[{"text": "x"}]), False),
        (altered("other_matters", "parts", value=[{"heading": "a", "parts": [{}]}]), False),
        (altered("agency", value={"name": "x", "signature": "stamped"}), False),
        (altered("accepted", value=[{"code": "NB302"}]), False),
    ],
)
def test_what_fits(content: dict[str, Any], fits: bool) -> None:
    """What `check` refuses an editor underlines: keys, lengths, quoted numbers, blank texts."""
    assert validator(report_schema(FORM)).is_valid(content) is fits


def test_a_missing_row_does_not_fit() -> None:
    """A row that must be there is asked for."""
    content = blank_content(FORM)
    del content["applications"]["received"]
    assert not validator(report_schema(FORM)).is_valid(content)


CELLS = {
    kind: validator(numbers.cell_schema(kind))  # type: ignore[arg-type]
    for kind in ("count", "signed", "amount")
}


@given(
    st.sampled_from([*CELLS]),
    st.one_of(
        st.text("0195+-. /件　０", max_size=5),
        st.integers(-(10**13), 10**13),
        st.decimals(-(10**13), 10**13, places=3),
        st.booleans(),
    ),
)
def test_cells_as_check_knows_them(kind: str, value: Any) -> None:
    """For any cell, an editor and `check` agree; only a dot among signs is left to `check`."""
    if isinstance(value, str) and (".+" in value or ".-" in value):
        return
    if value == 0 and isinstance(value, Decimal) and value.is_signed():
        return  # -0.0 is no number below 0 to JSON
    problem = numbers._cell_problem(kind, value)  # type: ignore[arg-type]
    assert CELLS[kind].is_valid(value) is (problem is None)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_arrays_fit_their_lines(form: Form) -> None:
    """A line's schema takes an array of each length that `check` takes, and no other."""
    longer: list[Line] = [
        line for section in form.sections for line in lines(section) if not line.scalar
    ]
    for line in longer:
        schema = validator(numbers.line_schema(line))
        for length in range(len(line.cells) + 3):
            fits = length in {len(line.entered), len(line.cells)}
            assert schema.is_valid([0] * length) is fits


def test_a_schema_line_only_where_it_leads_somewhere(tmp_path: Path) -> None:
    """In the content folder beside layouts; nowhere else, and not for a schema that is missing."""
    name = "2021/report.schema.json"
    file = tmp_path / "content" / "a" / "2023.toml"
    file.parent.mkdir(parents=True)
    schema = tmp_path / "layouts" / name
    schema.parent.mkdir(parents=True)
    project = find(start=tmp_path)
    assert project.schema_line(file, name) == ""
    schema.write_text("{}", encoding="utf-8")
    assert project.schema_line(file, name) == "#:schema ../../layouts/2021/report.schema.json\n"
    assert (file.parent / "../../layouts/2021/report.schema.json").is_file()
    assert project.schema_line(tmp_path / "2023.toml", name) == ""
    assert find(layouts=ROOT / "layouts", start=tmp_path).schema_line(file, name) == ""


def test_an_import_names_its_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import into the content folder begins with the line; one that has no year does not."""
    shutil.copytree(ROOT / "layouts", tmp_path / "layouts")
    (tmp_path / "content").mkdir()
    monkeypatch.chdir(tmp_path)
    source = Path("a.txt")
    for year, form in ((2022, "2021"), (2019, "2019"), (2012, "2008")):
        source.write_text(
            f"示例街道办事处{year}年政府信息公开工作年度报告\n一、总体情况\n有一件。\n",
            encoding="utf-8",
        )
        output = Path("content") / "a" / f"{year}.toml"
        assert run(["import", "a.txt", "--output", str(output)]) == 0
        schema = named_schema(output).resolve()
        assert schema == (tmp_path / "layouts" / form / "report.schema.json").resolve()
    source.write_text("政府信息公开工作年度报告\n一、总体情况\n有一件。\n", encoding="utf-8")
    assert run(["import", "a.txt", "--output", "content/a/x.toml"]) in {0, 3}
