"""Where things are, and which targets a command line names."""

from pathlib import Path

import pytest

from pipeline import project
from pipeline.errors import ExitCode, FileProblem, UsageError
from pipeline.project import Project, Target

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Two offices with two years, and what is no target; the current folder is the root."""
    for name in ("dapan/2020", "dapan/2021", "xiaopan/2021", "dapan/notes", "dapan/agency"):
        path = tmp_path / "content" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "content" / "2019.toml").touch()
    (tmp_path / "content" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "content" / "deep" / "er" / "2021.toml").touch()
    monkeypatch.chdir(tmp_path)
    return project.find()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], "dapan/2020 dapan/2021 xiaopan/2021"),
        (["dapan"], "dapan/2020 dapan/2021"),
        (["2021"], "dapan/2021 xiaopan/2021"),
        (["dapan/2021"], "dapan/2021"),
        (["dapan/2021/"], "dapan/2021"),
        (["xiaopan", "dapan/2020"], "dapan/2020 xiaopan/2021"),
        (["2021", "dapan", "content/dapan/2021.toml"], "dapan/2020 dapan/2021 xiaopan/2021"),
        (["content/dapan/2020.toml"], "dapan/2020"),
        (["content/dapan/notes.toml"], "dapan/notes"),
    ],
)
def test_targets(folders: Project, names: list[str], expected: str) -> None:
    """An office, a year, both, a path, or nothing for all: each once, in order."""
    assert " ".join(str(target) for target in project.targets(folders, names)) == expected


@pytest.mark.parametrize("name", ["nowhere", "2018", "dapan/2018", "apan", "dapan/2021.tom", ""])
def test_unknown_targets(folders: Project, name: str) -> None:
    """A name that stands for nothing is wrong usage; the hint lists what there is."""
    with pytest.raises(UsageError, match="没有这个目标") as caught:
        project.targets(folders, ["dapan", name])
    assert "dapan/2020、dapan/2021、xiaopan/2021" in caught.value.hint


def test_no_targets_at_all(tmp_path: Path) -> None:
    """An empty folder says where content belongs."""
    with pytest.raises(UsageError, match="没有找到年报内容") as caught:
        project.targets(project.find(start=tmp_path), [])
    assert "--content" in caught.value.hint


def test_a_path_that_is_not_there(folders: Project) -> None:
    """A file that is named but missing is a file problem."""
    with pytest.raises(FileProblem, match=r"没有这个文件：x\.toml") as caught:
        project.targets(folders, ["x.toml"])
    assert caught.value.exit_code is ExitCode.FILE


def test_two_files_never_make_one_report(folders: Project, tmp_path: Path) -> None:
    """Files of the same office and year elsewhere would overwrite each other's report."""
    other = tmp_path / "elsewhere" / "dapan" / "2021.toml"
    other.parent.mkdir(parents=True)
    other.touch()
    with pytest.raises(UsageError, match="同一份年报 dapan/2021") as caught:
        project.targets(folders, ["dapan/2021", str(other)])
    assert "--out" in caught.value.hint
    assert [str(target) for target in project.targets(folders, [str(other)])] == ["dapan/2021"]


def test_found_upward(folders: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's root is the nearest folder above that has content/."""
    monkeypatch.chdir(folders.content / "deep" / "er")
    assert project.find() == folders
    assert folders.out == folders.content.parent / "build"


def test_folders_of_the_project_come_first(folders: Project) -> None:
    """Layouts and fonts of the project are taken; else those that are shipped."""
    root = folders.content.parent
    assert folders.layouts == ROOT / "layouts"
    assert folders.font_file == ROOT / "fonts" / "fonts.toml"
    (root / "layouts").mkdir()
    (root / "fonts").mkdir()
    (root / "fonts" / "fonts.toml").touch()
    assert project.find().layouts == root / "layouts"
    assert project.find().font_file == root / "fonts" / "fonts.toml"


def test_named_folders(folders: Project, tmp_path: Path) -> None:
    """Folders that are named are taken; one that is missing is said, but --out may be new."""
    found = project.find(content=tmp_path, layouts=tmp_path, fonts=tmp_path, out=Path("new"))
    assert (found.content, found.layouts, found.fonts) == (tmp_path,) * 3
    assert found.out == Path("new")
    for number in range(3):
        named = [None, None, None]
        named[number] = tmp_path / "missing"  # type: ignore[call-overload]
        with pytest.raises(FileProblem, match="没有这个文件夹"):
            project.find(*named)
    assert folders.out.name == "build"


def test_files_are_shown_from_the_current_folder(folders: Project, tmp_path: Path) -> None:
    """Messages name a file below the current folder shortly, any other by its full path."""
    target = project.targets(folders, ["dapan/2021"])[0]
    assert target.shown == "content/dapan/2021.toml"
    elsewhere = Target("a", "2021", tmp_path.parent / "a" / "2021.toml")
    assert elsewhere.shown == str(tmp_path.parent / "a" / "2021.toml")
    assert target.output(folders, "report.pdf") == folders.out / "dapan" / "2021" / "report.pdf"
