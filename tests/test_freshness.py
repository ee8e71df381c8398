"""What is up to date is not made again; what depends on a change is, and nothing else."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from offices import AGENCY, GOOD, ROOT, fake_xelatex, project

from pipeline import cache, cli
from pipeline.production import freshness
from pipeline.project import Target

NAMES = ["a/2020", "a/2021", "b/2021", "c/2019"]
OLD = GOOD.replace("year = 2021", 'year = 2021\nform = "2021"')
"""Content of every year in one form, so that the test chooses which form is whose."""

Build = Callable[[], list[str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with layouts and fonts of its own, four reports, built once."""
    project(tmp_path, *NAMES, text=OLD)
    shutil.copytree(ROOT / "layouts", tmp_path / "layouts")
    shutil.copytree(ROOT / "fonts", tmp_path / "fonts")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def build(desk: Path) -> Build:
    """Build everything; which reports were made, by their files having changed."""

    def run() -> list[str]:
        files = {name: desk / "build" / name / "report.pdf" for name in NAMES}
        before = {name: path.stat().st_ino if path.exists() else 0 for name, path in files.items()}
        assert cli.run(["build"]) == 0
        return [name for name, path in files.items() if path.stat().st_ino != before[name]]

    assert run() == NAMES
    assert run() == []
    return run


def edit(path: Path, old: str, new: str) -> None:
    """Change something in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_content(desk: Path, build: Build, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed text makes its report again, and the one of the year after, which compares."""
    edit(desk / "content" / "b" / "2021.toml", "主动公开。", "主动公开了。")
    capsys.readouterr()
    assert build() == ["b/2021"]
    assert "共 4 份，4 份完成。其中 3 份没有变动，没有重新生成。" in capsys.readouterr().err
    edit(desk / "content" / "a" / "2020.toml", "主动公开。", "主动公开了。")
    assert build() == ["a/2020", "a/2021"]
    assert build() == []


def test_content_that_comes_and_goes(desk: Path, build: Build) -> None:
    """A report of the year before that was not there, or is no more."""
    project(desk, "b/2020", text=OLD)
    assert build() == ["b/2021"]
    (desk / "content" / "b" / "2020.toml").unlink()
    assert build() == ["b/2021"]


def test_the_office(desk: Path, build: Build) -> None:
    """Its agency.toml is all its reports', and nobody else's."""
    (desk / "content" / "a" / "agency.toml").write_text(
        AGENCY.replace("示范街道", "模范街道"), encoding="utf-8"
    )
    assert build() == ["a/2020", "a/2021"]


def test_another_office_that_is_spoken_of(desk: Path, build: Build) -> None:
    """A new office makes those reports again that name it, and no other."""
    edit(desk / "content" / "c" / "2019.toml", "主动公开。", "主动公开，学习新镇人民政府的做法。")
    assert build() == ["c/2019"]
    (desk / "content" / "d").mkdir()
    agency = AGENCY.replace("示例市样板区示范街道办事处", "新镇人民政府")
    (desk / "content" / "d" / "agency.toml").write_text(agency, encoding="utf-8")
    assert build() == ["c/2019"]
    assert build() == []


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("2021/form.toml", NAMES),
        ("2019/form.toml", []),
        ("nianbao.cls", NAMES),
        ("report.tex.j2", NAMES),
        ("sayings.toml", NAMES),
        ("specimen-seal.svg", []),
    ],
)
def test_layouts(desk: Path, build: Build, name: str, made: list[str]) -> None:
    """A form is its reports'; class, template and sayings are everybody's; a seal is nobody's."""
    path = desk / "layouts" / name
    comment = {".cls": "%", ".j2": "%", ".svg": "<!-- -->"}.get(path.suffix, "#")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{comment} \n" if path.suffix != ".j2" else "\n%\n")
    assert build() == made


def test_a_form_for_other_years(desk: Path, build: Build) -> None:
    """Which form is for which year concerns all."""
    edit(desk / "layouts" / "2019" / "form.toml", "to_year = 2020", "to_year = 2019")
    assert build() == NAMES


def test_fonts(desk: Path, build: Build) -> None:
    """A font file of the office's, as it comes, as it changes, as it goes."""
    source = Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")
    own = desk / "fonts" / "FZXBSJW.TTF"
    shutil.copy(source / "FandolSong-Bold.otf", own)
    assert build() == NAMES
    shutil.copy(source / "FandolHei-Bold.otf", own)
    assert build() == NAMES
    own.touch()
    assert build() == []
    own.unlink()
    assert build() == NAMES


def test_a_font_that_nobody_needs(desk: Path, build: Build) -> None:
    """A fallback face that no character of a report came to is not what it was made of."""
    entries = desk / "fonts" / "fonts.toml"
    text = entries.read_text(encoding="utf-8")
    (desk / "rare").mkdir()
    found = next(
        Path(folder) / file
        for folder in ("/usr/share/fonts/truetype", "/usr/share/fonts")
        for file in ("hanazono/HanaMinB.ttf", "truetype/hanazono/HanaMinB.ttf")
        if (Path(folder) / file).is_file()
    )
    copied = desk / "rare" / "HanaMinB.ttf"
    shutil.copy(found, copied)
    changed = [
        f'file = "{copied}"' if "HanaMinB" in line and line.startswith("file") else line
        for line in text.split("\n")
    ]
    entries.write_text("\n".join(changed), encoding="utf-8")
    assert build() == NAMES
    with copied.open("ab") as file:
        file.write(b"\0")
    assert build() == []


def test_tex(desk: Path, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another xelatex sets everything again; so does a file that its format was made of."""
    script = f"exec '{shutil.which('xelatex')}' \"$@\""
    monkeypatch.setenv("PATH", f"{fake_xelatex(desk / 'bin', script)}:{os.environ['PATH']}")
    assert build() == NAMES
    assert build() == []


def test_the_program(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of the program makes everything again."""
    monkeypatch.setattr(freshness, "__version__", "another")
    assert build() == NAMES


def test_what_was_made(desk: Path, build: Build) -> None:
    """A file that is not the one that was made, or is gone, is made again."""
    made = desk / "build" / "b" / "2021" / "report.pdf"
    good = made.read_bytes()
    made.write_bytes(good[:-1])
    assert build() == ["b/2021"]
    assert made.read_bytes() == good
    made.unlink()
    assert build() == ["b/2021"]
    assert made.read_bytes() == good


def test_what_is_known_is_broken(desk: Path, build: Build) -> None:
    """What was noted of a report cannot be read: it is made again."""
    for data in (b"", b"{", b"[]", b"null", b'{"files": 3}'):
        (desk / "build" / "state" / "b" / "2021.report.json").write_bytes(data)
        assert build() == ["b/2021"], data


def test_a_cache_of_nonsense(build: Build) -> None:
    """Digests that were kept and cannot be read are worked out again."""
    kept = cache.place("digests.json")
    assert kept is not None
    for data in (b"", b"{", b"[]", b'{"x": 3}'):
        kept.write_bytes(data)
        assert build() == [], data


def test_findings_are_told_again(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was found stays to be read, though nothing is made."""
    edit(desk / "content" / "b" / "2021.toml", "总体情况。", "总体情况，。")
    assert cli.run(["build", "b"]) == 0
    first = capsys.readouterr().err
    assert "NB" in first
    assert cli.run(["build", "b"]) == 0
    again = capsys.readouterr().err
    assert "已是最新" in again
    assert [line for line in first.splitlines() if "NB" in line] == [
        line for line in again.splitlines() if "NB" in line
    ]


def test_a_draft_is_known_by_itself(build: Build) -> None:
    """A draft is no report: each is up to date by itself."""
    assert cli.run(["build", "--draft"]) == 0
    assert build() == []


def test_a_target_knows_its_label() -> None:
    """Messages name a file by its label, where it has one; two targets are alike without."""
    one, other = Target("a", "2021", Path("x")), Target("a", "2021", Path("x"), "content/a.toml")
    assert one == other
    assert other.shown == "content/a.toml"


def test_a_project_that_moved(desk: Path, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is up to date where it is now; a copy is judged by its own files, not by the first's."""
    assert build() == []
    copy = desk / "copy"
    for name in ("content", "layouts", "fonts", "build"):
        shutil.copytree(desk / name, copy / name)
    monkeypatch.chdir(copy)
    before = {name: (copy / "build" / name / "report.pdf").stat().st_ino for name in NAMES}
    edit(copy / "content" / "b" / "2021.toml", "主动公开。", "主动公开了。")
    assert cli.run(["build"]) == 0
    after = {name: (copy / "build" / name / "report.pdf").stat().st_ino for name in NAMES}
    assert [name for name in NAMES if before[name] != after[name]] == ["b/2021"]
