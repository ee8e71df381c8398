"""Shared by all tests: content made from a form, reports built from it, and what a PDF says.

Nothing here is a golden file: contents are made in the test, and PDFs are measured.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import building
import pdfplumber
import pytest
import tomli_w
from depositing import finish
from hypothesis import settings
from records import Shelf

from pipeline import checking, fonts
from pipeline.checking import Checked, Stock
from pipeline.findings import Finding, Rule
from pipeline.form import forms, sayings
from pipeline.form.forms import Form
from pipeline.form.tables import lines
from pipeline.locking import locked
from pipeline.project import Project, Target, targets
from pipeline.rules import blanks
from pipeline.typesetting import press

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
MM = 72 / 25.4

# The same examples in every run: a test that fails fails for everybody.
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("steady")

PROBLEM = "公开的内容不够多，下一年要多公开一些。"

AGENCY = {"name": "示例市样板区示范街道办事处", "signature": "sealed", "seal_diameter": 42}


def blank_content(form: Form, year: int = 2023) -> dict[str, Any]:
    """A complete content in `form`: every cell 0, no prose but where some is asked for."""
    content: dict[str, Any] = {"year": year}
    for section in form.sections:
        table: dict[str, Any] = content.setdefault(section.key, {})
        if section.substantial:
            table["text"] = PROBLEM
        for line in lines(section):
            if line.derived:
                continue
            here = table
            for key in line.keys[:-1]:
                here = here.setdefault(key, {})
            here[line.keys[-1]] = 0 if line.scalar else [0] * len(line.entered)
    return content


@dataclass
class Workshop:
    """Builds reports in a folder of its own, with the shipped layouts and fonts."""

    folder: Path
    stock: Stock
    layouts: Path = ROOT / "layouts"
    fonts: Path = ROOT / "fonts"
    count: int = 0
    built: list[Path] = field(default_factory=list)

    @property
    def form(self) -> Form:
        """The form of 2021 and later."""
        return forms.choose(self.stock.forms, 2021)

    def blank(self, year: int = 2023) -> dict[str, Any]:
        """A complete content with zeros everywhere."""
        return blank_content(self.form, year)

    def write(self, content: Mapping[str, Any], agency: Mapping[str, Any] = AGENCY) -> Target:
        """A target that holds `content`; each call makes an office of its own."""
        self.count += 1
        office = self.folder / "content" / f"office{self.count}"
        office.mkdir(parents=True)
        (office / "agency.toml").write_text(tomli_w.dumps(agency), encoding="utf-8")
        path = office / f"{content['year']}.toml"
        path.write_text(tomli_w.dumps(content), encoding="utf-8")
        return Target(office.name, str(content["year"]), path)

    def project(self) -> Project:
        """The folders it works in."""
        return Project(self.folder / "content", self.layouts, self.fonts, self.folder / "build")

    def build(
        self,
        content: Mapping[str, Any],
        agency: Mapping[str, Any] = AGENCY,
        *,
        draft: bool = False,
    ) -> Path:
        """The finished PDF of `content`."""
        target = self.write(content, agency)
        done = building.build(target, self.project(), self.stock, draft=draft)
        return done.path

    def check(self, content: Mapping[str, Any], agency: Mapping[str, Any] = AGENCY) -> Checked:
        """`content`, checked."""
        return checking.check(self.write(content, agency), self.stock)


def _silent(name: str, milliseconds: float, path: Path | None) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def cached(run_folder: Path) -> Path:
    """The user's cache for this run, with the format of the shipped page class."""
    folder = run_folder / "cache"
    os.environ["NIANBAO_CACHE"] = str(folder)
    with locked(run_folder / "cache.lock"):
        assert press.prepare(ROOT / "layouts")
    return folder


@pytest.fixture(scope="session")
def stock() -> Stock:
    """The shipped forms and fonts."""
    return Stock(
        forms.load_all(ROOT / "layouts"),
        fonts.load(ROOT / "fonts" / "fonts.toml", ROOT / "fonts"),
        sayings.load(ROOT / "layouts"),
    )


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Workshop:
    """One workshop for a run: reports that several tests measure are built once."""
    return Workshop(tmp_path_factory.mktemp("workshop"), stock)


@pytest.fixture(scope="session")
def shelf(run_folder: Path, stock: Stock) -> Shelf:
    """The reports of content/, each made once."""
    return Shelf(run_folder / "records", stock)


@pytest.fixture
def own_workshop(tmp_path: Path, stock: Stock) -> Workshop:
    """A workshop for one test, to do harm in."""
    return Workshop(tmp_path, stock)


@pytest.fixture(scope="session")
def good_path(workshop: Workshop) -> Path:
    """The finished file of a report with prose, all tables and bookmarks."""
    folders = Project(ROOT / "content", workshop.layouts, workshop.fonts, workshop.folder / "good")
    (target,) = targets(folders, ["example/2026"])
    return building.build(target, folders, workshop.stock).path


@pytest.fixture(scope="session")
def good_pdf(good_path: Path) -> bytes:
    """Its bytes."""
    return good_path.read_bytes()


@pytest.fixture(scope="session")
def seed_text() -> str:
    """The seed report as extracted from Word; other people's words, so it is not in the project."""
    path = SHARED / "seed" / "dapan-2021.txt"
    if not path.is_file():
        pytest.skip("needs ../shared/seed, which is not part of the project")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def seed_content(seed_text: str, workshop: Workshop) -> dict[str, Any]:
    """The seed's full text and figures as content."""
    return content_of_seed(seed_text, workshop.form)


@pytest.fixture(scope="session")
def seed_pdf(workshop: Workshop, seed_content: dict[str, Any]) -> Path:
    """The seed's report, built."""
    return workshop.build(seed_content, {**AGENCY, "name": "铁西区大潘街道办事处"})


def content_of_seed(text: str, form: Form) -> dict[str, Any]:
    """Prose under its headings, and the three figures of the seed that are not 0."""
    content = blank_content(form, 2021)
    content["applications"]["received"][0] = 4
    content["applications"]["results"]["granted"][0] = 3
    content["applications"]["results"]["refused"]["process_information"][0] = 1
    headings = {s.heading: (s.key, "after" if s.table else "text") for s in form.sections}
    headings |= {p.heading: (s.key, p.key) for s in form.sections for p in s.parts}
    place: tuple[str, str] | None = None
    for line in text.replace("[bookmark: _GoBack]", "").splitlines():
        plain = line.strip()
        if plain in headings:
            place = headings[plain]
        elif place and (plain == "无" or (len(plain) > 8 and not line.startswith(("\t", "  ")))):
            section, key = place
            before = content[section].get(key, "")
            content[section][key] = f"{before}\n\n{plain}".strip()
    return content


def of_rules(findings: Iterable[Finding], rules: Iterable[Rule]) -> list[Finding]:
    """Those findings that are of some rules: what a test looks at."""
    wanted = set(rules)
    return [finding for finding in findings if finding.rule in wanted]


def but_blanks(findings: Iterable[Finding]) -> list[Finding]:
    """The findings but those of cells without a number, which a test has for its own ends."""
    return [finding for finding in findings if finding.rule not in blanks.RULES]


def prose_of(content: Mapping[str, Any], form: Form) -> Iterator[str]:
    """Headings and prose of a content, in reading order, as they must come out of the PDF."""
    yield content.get("preface", "")
    for section in form.sections:
        own = content[section.key]
        yield section.heading
        yield own.get("before", "") or own.get("text", "")
        for part in section.parts:
            if part.key in own:
                yield part.heading
                yield own[part.key]
        yield own.get("after", "")


def squeezed(text: str) -> str:
    """Text without any blanks."""
    return "".join(text.split())


def pdftotext(path: Path, *options: str) -> str:
    """What poppler extracts."""
    done = subprocess.run(
        ["pdftotext", *options, str(path), "-"], check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def opened() -> Iterator[Callable[[Path], pdfplumber.PDF]]:
    """Opens PDFs with pdfplumber and closes them after the test."""
    files: list[pdfplumber.PDF] = []

    def open_file(path: Path) -> pdfplumber.PDF:
        files.append(pdfplumber.open(path))
        return files[-1]

    yield open_file
    for file in files:
        file.close()


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a sample report that is built and stamped."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        finish(folder)
    return folder


@pytest.fixture
def office(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that project, the current folder, to archive in."""
    folder = tmp_path / "office"
    shutil.copytree(finished, folder)
    monkeypatch.chdir(folder)
    return folder
