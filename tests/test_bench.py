"""The bench measures what it says: its reports are lawful and distinct, its figures are right."""

import json
import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import psutil
import pypdfium2
import pytest
import typst
from conftest import ROOT, Workshop

from bench import cases, ctex, figures, ours, typst_runs, watching
from bench.composed import composed
from bench.docx_report import docx
from bench.measure import Cost, run
from bench.measured import (
    CTEX,
    OURS,
    OURS_STAMPED,
    TYPST,
    WATCH,
    WATCH_FINDINGS,
    Again,
    Batch,
    Edits,
    Results,
    Single,
    Step,
    Target,
)
from bench.results import page
from bench.setting import Setting
from bench.targets import targets
from pipeline import checking, project
from pipeline.checking import Checked
from pipeline.content.report import read
from pipeline.exports import tables_csv
from pipeline.page import EM, PITCH
from pipeline.project import Project
from pipeline.transcription.importing import read_report

FEW = (0, 1, 2, 37, 999, 3720)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, workshop: Workshop) -> Project:
    """A content folder of the bench."""
    content = tmp_path_factory.mktemp("bench") / "content"
    cases.write(content, 2)
    return Project(content, workshop.layouts, workshop.fonts, content.with_name("out"))


@pytest.fixture(scope="module")
def first(folders: Project, workshop: Workshop) -> Checked:
    """The bench's first report."""
    return checking.check(project.targets(folders, [cases.target(0)])[0], workshop.stock)


@pytest.mark.parametrize("index", FEW)
def test_reports_are_lawful(index: int, workshop: Workshop) -> None:
    """A report of the bench has no finding at all, so that it is built and stamped as any other."""
    assert not workshop.check(cases.content(index), cases.agency(index)).findings


def test_reports_are_distinct() -> None:
    """No two offices have one name, no two texts are equal, and no two need the same characters."""
    assert len({cases.agency(index)["name"] for index in range(5000)}) == 5000
    texts = [json.dumps(cases.content(i), default=str, ensure_ascii=False) for i in range(100)]
    for one, other in combinations([set(text) for text in texts], 2):
        assert one - other
        assert other - one


def test_targets_are_found(folders: Project) -> None:
    """The command line finds the reports that were written, under the names that `cases` gives."""
    assert [str(target) for target in project.targets(folders, [])] == [
        cases.target(0),
        cases.target(1),
    ]


def test_composed_tables_are_whole(first: Checked) -> None:
    """The others get all of each table: cells that fill its grid, on whole lines of the page."""
    tables = [one for one in composed(first)["elements"] if one["kind"] == "table"]
    assert len(tables) == 3
    for table in tables:
        places = [place for cell in table["cells"] for place in covered(cell)]
        every = {(x, y) for x in range(len(table["columns"])) for y in range(len(table["heights"]))}
        assert sorted(places) == sorted(every)
        lines = (sum(table["heights"]) + 1.0 - EM) / PITCH
        assert lines == pytest.approx(round(lines))


def covered(cell: dict[str, Any]) -> list[tuple[int, int]]:
    """The places of a grid that a cell covers."""
    return [
        (cell["x"] + right, cell["y"] + down)
        for right in range(cell["width"])
        for down in range(cell["height"])
    ]


def test_word_file_is_the_report(first: Checked, workshop: Workshop, tmp_path: Path) -> None:
    """What LibreOffice is given reads back as the report: all cells of its tables, and its name."""
    word, content = tmp_path / "report.docx", tmp_path / "2024.toml"
    word.write_bytes(docx(composed(first)))
    content.write_text(read_report(word, workshop.stock.forms).text, encoding="utf-8")
    again, _ = read(content, workshop.stock.forms, content.name)
    assert tables_csv(again) == tables_csv(first.report)
    assert again.agency.name == first.report.agency.name


def test_latex_has_every_cell(first: Checked) -> None:
    """Rows of longtable fill its columns, and no text is lost."""
    data = composed(first)
    source = ctex.source(data, Path("fonts"))
    for element in data["elements"]:
        for text in texts(element):
            assert text.replace("%", "\\%") in source
        if element["kind"] == "table":
            rows = ctex.longtable(element).split(r" \\")[:-1]
            assert len(rows) == len(element["heights"])
            for row in rows:
                spans = [int(found.partition("}")[0]) for found in row.split("\\multicolumn{")[1:]]
                assert sum(spans) == len(element["columns"])


def texts(element: dict[str, Any]) -> list[str]:
    """All that an element prints."""
    match element["kind"]:
        case "title":
            return list(element["lines"])
        case "heading":
            return [element["text"]]
        case "paragraph":
            return [run["text"] for run in element["runs"]]
        case _:
            return [cell["text"] for cell in element["cells"]]


def test_typst_sets_the_report(first: Checked, tmp_path: Path) -> None:
    """Typst's file, in the standards of ours, has every text of the report, on as many pages."""
    data = composed(first)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    for face in first.plan.faces:
        (tmp_path / face.path.name).symlink_to(face.path)
    made = typst.compile(
        ROOT / "bench/report.typ",
        root="/",
        font_paths=[tmp_path],
        ignore_system_fonts=True,
        sys_inputs={"data": str(path), "attach": "yes"},
        pdf_standards=typst_runs.TAGGED.split(","),  # type: ignore[arg-type]
    )
    with pypdfium2.PdfDocument(made) as pdf:
        assert len(pdf) == 5
        sheets = [sheet.get_textpage().get_text_bounded() for sheet in pdf]
    printed = re.sub("—[0-9]—样例", "", "".join("".join(sheets).split()))
    for element in data["elements"]:
        for text in texts(element):
            assert "".join(text.split()) in printed


def test_line() -> None:
    """Costs on a line are found to be one; a curve is off it."""
    line = figures.fit({10: 3.0, 100: 12.0, 1000: 102.0})
    assert (line.fixed, line.each, line.off) == pytest.approx((2.0, 0.1, 0.0))
    assert figures.fit({10: 3.0, 100: 12.0, 1000: 1002.0}).off > 0.1


def test_cost_is_the_commands_own(tmp_path: Path) -> None:
    """The memory of a command is that of its whole tree at a time, and not of who measures."""
    ballast = bytearray(os.urandom(1024)) * 200_000
    small = run([sys.executable, "-S", "-c", "pass"], os.environ, tmp_path)
    assert small.memory < len(ballast) / 2
    child = "import time; held = b'x' * (40 << 20); time.sleep(0.6)"
    both = f"import subprocess, sys; c = [sys.executable, '-S', '-c', {child!r}]\n"
    both += "for p in [subprocess.Popen(c), subprocess.Popen(c)]: p.wait()"
    assert run([sys.executable, "-S", "-c", both], os.environ).memory > 80 << 20


def test_failing_command_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that fails is no measurement: its words are passed on, and the bench stops."""
    script = "import sys; print('broken'); sys.exit(3)"
    with pytest.raises(subprocess.CalledProcessError) as error:
        run([sys.executable, "-c", script], os.environ)
    assert error.value.returncode == 3
    assert "broken" in capsys.readouterr().err


MIB = 1024**2
SINGLES = [
    Single(OURS, tuple(Cost(wall, wall / 2, 90 * MIB) for wall in (0.5, 0.4, 0.9)), 5, 300_000),
    Single(TYPST, (Cost(0.2, 0.1, 100 * MIB),), 5, 400_000),
    Single(CTEX, (Cost(2.0, 1.5, 200 * MIB),), 6, 0),
]
EDITS = [Edits(WATCH_FINDINGS, ()), Edits(WATCH, (90.0, 110.0, 100.0))]
BATCHES = [
    Batch(OURS, 10, Cost(1.2, 1.0, 100 * MIB), 300_000),
    Batch(OURS, 1000, Cost(70.0, 60.4, 150 * MIB), 300_000),
    Batch(OURS_STAMPED, 1000, Cost(100.0, 90.0, 150 * MIB), 310_000),
    Batch(TYPST, 1000, Cost(50.0, 70.0, 200 * MIB), 400_000),
]
AGAIN = [
    Again("nothing", 1000, Cost(0.8, 0.7, 50 * MIB), 0),
    Again("one report", 1000, Cost(1.3, 1.0, 60 * MIB), 2),
]


WATCH_STAND_IN = """
import os, sys, time
if sys.argv[1:] == ["--help"]:
    print("  watch     rebuilds on save")
    raise SystemExit
target, content, out = sys.argv[2], sys.argv[4], sys.argv[6]
source, folder = f"{content}/{target}.toml", f"{out}/{target}"
os.makedirs(folder)
before = None
while True:
    if (now := os.stat(source).st_mtime_ns) != before:
        print("seen", flush=True)
        time.sleep(0.2)
        with open(f"{folder}/new", "w") as file:
            file.write(str(now))
        os.replace(f"{folder}/new", f"{folder}/report.pdf")
        before = now
    time.sleep(0.01)
"""


def test_edits_are_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each edit is followed to the first line and to the new file; then the program is ended."""
    program = tmp_path / "nianbao"
    program.write_text(f"#!{sys.executable}\n{WATCH_STAND_IN}", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(ours, "NIANBAO", program)
    monkeypatch.setattr(watching, "PAUSE", 0.2)
    setting = Setting(tmp_path)
    cases.write(setting.content(1), 1)
    taken = watching.edits(setting, 2, tmp_path / "out")
    assert taken is not None
    assert len(taken) == 2
    for edit in taken:
        assert 0 < edit.told < edit.shown
    assert not [one for one in psutil.Process().children() if str(program) in one.cmdline()]
    program.write_text(f"#!{sys.executable}\nprint('  build     builds')", encoding="utf-8")
    assert watching.edits(setting, 1, tmp_path / "out") is None


def test_targets() -> None:
    """Each target has its figure, a median where there are several, and says whether it is met."""
    found = [(target.reached, target.met) for target in targets(SINGLES, EDITS, BATCHES, AGAIN)]
    assert found == [
        (pytest.approx(2.5), "yes"),
        (pytest.approx(4.0), "yes"),
        (None, "not measured"),
        (pytest.approx(100), "yes"),
        (pytest.approx(90 / 70), "yes"),
        (pytest.approx(0.8), "yes"),
        (2, "no"),
        (pytest.approx(1.5), "no"),
        (pytest.approx(0.75), "yes"),
    ]


def test_page() -> None:
    """The page has a row for every figure, in its unit, and says what was not measured."""
    made = page(
        Results(
            machine={"CPU": "a processor"},
            versions={"Typst": "1"},
            cold=SINGLES,
            edits=EDITS,
            batches=BATCHES,
            again=AGAIN,
            steps=[Step("a step", 12.34, 5678)],
            targets=[Target("a ratio", 2.5, 3), Target("a time", None, 30, "ms")],
            notes=["a note"],
        )
    )
    for row in (
        "| CPU | a processor |",
        "| a ratio | 2.5 × | at most 3 × | yes |",
        "| a time | not measured | at most 30 ms | not measured |",
        f"| {OURS} | 500 | 250 | 1.00 | 90 | 5 | 300 |",
        f"| {CTEX} | 2000 | 1500 | 6.00 | 200 | 6 | – |",
        f"| {WATCH} | 100 | 90 | 110 |",
        f"| {OURS} | 1,000 | 70.0 | 60.4 | 14.3 | 150 | 300 |",
        f"| {OURS} | 400 | 60.0 | 0.0% |",
        "| one report | 1,000 | 2 | 1.30 | 1.00 | 60 |",
        "| a step | 12.3 | 5,678 |",
        "- a note",
    ):
        assert row in made.splitlines()
