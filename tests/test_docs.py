"""The documents tell the truth: commands, options, codes, links, and the TOML in them."""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import building
import pytest
import typer.main
from conftest import ROOT, Workshop
from PIL import Image

import pipeline
from pipeline import checking, fonts, handbook
from pipeline.checking import Checked, Stock
from pipeline.cli import program, run
from pipeline.errors import ExitCode
from pipeline.findings import Rule
from pipeline.form import blocks, forms, trees
from pipeline.project import Target

GUIDES = ["README.md", "README.zh-CN.md"]
DOCUMENTS = [
    *GUIDES, "ARCHITECTURE.md", "CHANGELOG.md", "fonts/README.md",
    "docs/content.md", "docs/forms.md", "docs/errors.md", "docs/findings.md", "docs/editor.md",
    "docs/new-form.md", "docs/checks.md", "docs/records.md", "docs/archive.md", "docs/stamping.md",
    "docs/signing.md",
]  # fmt: skip
COMMANDS = typer.main.get_command(program()).commands  # type: ignore[attr-defined]
SMALL_FORM = ("docs/forms.md", "form", "demo")


@dataclass(frozen=True)
class Example:
    """A fenced block of TOML; `kind` is the word behind `toml`: nothing for a part of a content."""

    file: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def read(name: str) -> str:
    """A document."""
    return (ROOT / name).read_text(encoding="utf-8")


def examples() -> Iterator[Example]:
    """Every block of TOML in the documents."""
    for name in DOCUMENTS:
        text = read(name)
        for block in re.finditer(r"^```toml ?(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            yield Example(name, text.count("\n", 0, block.start()) + 1, block[1], block[2])


def rules() -> set[Rule]:
    """Every rule that a module of the package defines."""
    found: set[Rule] = set()
    for info in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            entries = value if isinstance(value, tuple) else (value,)
            found |= {entry for entry in entries if isinstance(entry, Rule)}
    return found


def rows(name: str, start: str) -> dict[str, str]:
    """The rows of a document's tables whose first cell matches: that cell, and the whole row."""
    found = re.finditer(rf"^\| *({start}) *\|.*$", read(name), re.MULTILINE)
    return {row[1].strip("` "): row[0] for row in found}


def merged(into: dict[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    """`into` with the values of `part` put in, table by table."""
    for key, value in part.items():
        known = into.get(key)
        into[key] = merged(known, value) if isinstance(known, dict) else value
    return into


def errors(checked: Checked) -> list[str]:
    """The errors of a checked content, for the message of a failing test."""
    return [f"{finding.rule.code} {finding.message}" for finding in checked.errors]


def test_findings_page(capsys: pytest.CaptureFixture[str]) -> None:
    """docs/findings.md is what the rules say now; where it is stale, `make docs` makes it again."""
    assert run(["explain", "--format", "markdown"]) == 0
    assert read("docs/findings.md") == capsys.readouterr().out


def test_codes() -> None:
    """docs/findings.md has every code of the package once, under its title, in a named group."""
    listed = re.findall(r"^### (NB\d+)　(.*)$", read("docs/findings.md"), re.MULTILINE)
    assert listed == sorted((rule.code, rule.title) for rule in rules())
    assert {code[2] for code, _ in listed} == {*handbook.GROUPS}
    assert len({*handbook.GROUPS.values()}) == len(handbook.GROUPS)


def test_guide_codes() -> None:
    """The clerk's guide names no code that is not there."""
    named = set(re.findall(r"NB\d{3}", read("README.zh-CN.md")))
    assert named
    assert named <= {rule.code for rule in rules()}


@pytest.mark.parametrize("name", ["README.md", "docs/errors.md"])
def test_exit_codes(name: str) -> None:
    """Every exit code is documented."""
    assert set(rows(name, r"\d+")) == {str(int(code)) for code in ExitCode}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_exist(name: str) -> None:
    """A command that a document names exists."""
    called = set(re.findall(r"(?:^|[`/])nianbao ([a-z]+)\b", read(name), re.MULTILINE))
    assert called <= {*COMMANDS}


def test_commands_are_listed() -> None:
    """The README lists every command, with options that it has."""
    listed = rows("README.md", "`nianbao [^|]*`")
    assert {row.split()[1] for row in listed} == {*COMMANDS}
    for row, text in listed.items():
        command = COMMANDS[row.split()[1]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", text)) <= known


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links(name: str) -> None:
    """A link within the repository leads somewhere."""
    for target in re.findall(r"\]\(([^)\s]+)\)", read(name)):
        if "://" not in target:
            assert ((ROOT / name).parent / target).exists(), target


def test_modules() -> None:
    """ARCHITECTURE.md has every folder and module of the package in its tables, and no other."""
    listed = "".join(rows("ARCHITECTURE.md", r"[^|\n]+").values())
    named = set(re.findall(r"`([a-z]+)`", listed))
    found = {info.name for info in pkgutil.walk_packages(pipeline.__path__, "pipeline.")}
    assert named == {name.rpartition(".")[2] for name in found} - {"__main__"}


def test_font_files() -> None:
    """fonts/README.md names the files that fonts.toml looks for, role by role."""
    entries = tomllib.loads(read("fonts/fonts.toml"))["roles"].values()
    table = read("fonts/README.md")
    for role in entries:
        names = " ".join(f"`{name}`" for name in role["licensed"])
        assert f"| {role['title']} | {names} |" in table


def test_picture() -> None:
    """The README's picture is small, and shows two pages of 100 dpi."""
    path = ROOT / "docs" / "page.png"
    assert path.stat().st_size < 300_000
    with Image.open(path) as picture:
        assert picture.height == pytest.approx(297 / 25.4 * 100, abs=5)
        assert picture.width == pytest.approx(2 * 210 / 25.4 * 100, abs=30)


@pytest.mark.parametrize("example", [*examples()], ids=str)
def test_toml(example: Example, workshop: Workshop) -> None:
    """An example is TOML; put into a content with zeros, it has no errors."""
    values = tomllib.loads(example.text)
    if example.kind == "agency":
        assert errors(workshop.check(workshop.blank(), values)) == []
    elif not example.kind:
        content = merged(workshop.blank(values.get("year", 2023)), values)
        assert errors(workshop.check(content)) == []
    else:
        assert example.kind in SMALL_FORM


@pytest.fixture
def small(tmp_path: Path, stock: Stock) -> tuple[Target, Workshop]:
    """The form and the content of docs/forms.md, in a folder of layouts of its own."""
    layouts = tmp_path / "layouts"
    own = layouts / "demo" / "form.toml"
    own.parent.mkdir(parents=True)
    for file in ("nianbao.cls", "report.tex.j2"):
        (layouts / file).write_bytes((ROOT / "layouts" / file).read_bytes())
    blocks = {block.kind: block.text for block in examples() if block.file == "docs/forms.md"}
    own.write_text(blocks["form"], encoding="utf-8")
    content = tmp_path / "report.toml"
    content.write_text(blocks["demo"], encoding="utf-8")
    known = Stock(forms.load_all(layouts), stock.fonts)
    return Target("demo", "report", content), Workshop(tmp_path, known, layouts)


def test_small_form(small: tuple[Target, Workshop]) -> None:
    """The form of docs/forms.md is well formed, and its content fits it."""
    target, workshop = small
    checked = checking.check(target, workshop.stock)
    assert checked.findings == ()
    assert checked.report.form.name == "demo"
    assert checked.report.value("requests.answered.total.total") == 3


@pytest.mark.slow
def test_small_form_is_built(small: tuple[Target, Workshop]) -> None:
    """It can be typeset."""
    target, workshop = small
    done = building.build(target, workshop.project(), workshop.stock)
    assert done.path.read_bytes().startswith(b"%PDF-")


def test_form_keys() -> None:
    """docs/forms.md names every key that a form may hold."""
    told = read("docs/forms.md")
    models = (forms.Form, forms.Section, forms.Part, blocks.Table, blocks.Block, trees.Node)
    for model in (*models, blocks.Relation):
        for key in {*model.model_fields} - {"name", "file"}:
            assert re.search(rf"`[^`]*\b{key}\b[^`]*`", told), f"{model.__name__}.{key}"


def test_content_keys() -> None:
    """docs/content.md names every key that stands in a content file whatever the form."""
    from pipeline.content import schema  # noqa: PLC0415

    told = read("docs/content.md")
    form = forms.load(ROOT / "layouts" / "2021" / "form.toml")
    keys = {*schema.model(form).model_fields} - {section.key for section in form.sections}
    for model in (schema.AgencyModel, schema.PartModel, schema.AcceptedModel, schema.ApprovalModel):
        keys |= {*model.model_fields}
    for key in keys | forms.RESERVED:
        assert re.search(rf"`[^`]*\b{key}\b[^`]*`", told), key


SAMPLES = ["dapan/2021", "example/2022", "example/2023"]
"""What the project ships; an office adds its own folders beside them."""


def test_samples() -> None:
    """Every report that the project ships is a sample; the figures of the years fit together."""
    found = [ROOT / "content" / f"{name}.toml" for name in SAMPLES]
    assert found
    assert all(tomllib.loads(path.read_text(encoding="utf-8"))["sample"] for path in found)
    last, this = (tomllib.loads(read(f"content/example/{year}.toml")) for year in (2022, 2023))
    assert this["applications"]["carried_in"] == last["applications"]["carried_over"]
    for row in ("rules", "normative_documents"):
        made, repealed, in_force = this["disclosure"][row]
        assert in_force == last["disclosure"][row][2] + made - repealed


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_clean(name: str, stock: Stock) -> None:
    """The samples have no findings at all."""
    agency, year = name.split("/")
    target = Target(agency, year, ROOT / "content" / agency / f"{year}.toml")
    assert checking.check(target, stock).findings == ()


def test_licensed_suffixes() -> None:
    """Every font file that is looked for has a suffix that is recognised."""
    entries = tomllib.loads(read("fonts/fonts.toml"))["roles"].values()
    for role in entries:
        assert {Path(name).suffix.casefold() for name in role["licensed"]} <= fonts.FONT_SUFFIXES


def test_limits_of_import() -> None:
    """README.md states the limits of import as the program has them."""
    from pipeline.transcription import bounds, importing, package, transcript  # noqa: PLC0415

    told = read("README.md")
    numbers = [
        bounds.MOST_CHARACTERS, bounds.MOST_BLOCKS, bounds.MOST_TEXT, bounds.MOST_LINES,
        bounds.MOST_MARKS, package.MOST_MARKS, transcript.MOST_ROWS,
    ]  # fmt: skip
    sizes = [importing.MOST_BYTES, package.MOST_BYTES, package.MOST_IN_ALL]
    for limit in [f"{number:,}" for number in numbers] + [f"{size >> 20} MiB" for size in sizes]:
        assert re.search(rf"(?<![0-9,]){limit}(?!,?[0-9])", told), limit
