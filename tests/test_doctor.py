"""The doctor: one thing missing hides no other, and each comes with a way to get it."""

import platform
import shutil
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from pipeline import doctor, systems
from pipeline.doctor import Check, Group, State, examine, exit_code
from pipeline.errors import ExitCode

ROOT = Path(__file__).parent.parent
FONTS = ROOT / "fonts" / "fonts.toml"


def use_system(monkeypatch: pytest.MonkeyPatch, ident: str, like: str = "") -> None:
    """Pretend to be on a Linux of this kind."""
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    release = {"ID": ident, "ID_LIKE": like}
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)


@pytest.fixture(autouse=True)
def on_debian(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on Debian, unless a test says otherwise."""
    use_system(monkeypatch, "debian")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The project as pip would have installed it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = [f'{name}; extra == "dev"' for name in project["optional-dependencies"]["dev"]]
    monkeypatch.setattr(metadata, "requires", lambda _: [*project["dependencies"], *extra])


def font_file(folder: Path, without: tuple[str, ...] = ()) -> Path:
    """A copy of fonts.toml that finds this machine's faces, except those of some packages."""
    text = FONTS.read_text(encoding="utf-8")
    blocks = text.split("\n\n")
    for place, block in enumerate(blocks):
        if any(f'package = "{name}"' in block for name in without):
            blocks[place] = block.replace('file = "', 'file = "nowhere/')
    path = folder / "fonts.toml"
    path.write_text("\n\n".join(blocks), encoding="utf-8")
    return path


def face_file(package: str) -> Path:
    """A font file of this machine."""
    table = tomllib.loads(FONTS.read_text(encoding="utf-8"))
    entry = next(face for face in table["faces"].values() if face["package"] == package)
    places = (Path(folder, str(entry["file"])) for folder in table["search"])
    return next(place for place in places if place.is_file())


def by_title(checks: tuple[Check, ...]) -> dict[str, Check]:
    """The checks by what they looked at."""
    return {check.title: check for check in checks}


@pytest.mark.usefixtures("installed")
def test_all_there(tmp_path: Path) -> None:
    """Where everything is installed nothing is missing, and each thing has its version or file."""
    checks = examine(FONTS, tmp_path)
    assert [check for check in checks if check.state is State.MISSING] == []
    assert exit_code(checks) is ExitCode.OK
    found = by_title(checks)
    assert found["XeLaTeX"].group is Group.TOOLS
    assert "代用：Fandol 仿宋" in found["仿宋（正文）"].detail
    assert found["pikepdf"].detail == metadata.version("pikepdf")
    assert "pytest" not in found


@pytest.mark.usefixtures("installed")
def test_every_check_is_told_apart(tmp_path: Path) -> None:
    """Titles are unique; what is not fine comes with advice."""
    checks = examine(FONTS, tmp_path)
    assert len(by_title(checks)) == len(checks)
    assert all(check.detail for check in checks)
    assert all(check.advice for check in checks if check.state is not State.OK)


@pytest.mark.usefixtures("installed")
def test_one_missing_thing_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs, fonts and packages are all looked at, whatever is missing."""
    whole = len(examine(FONTS, None))
    monkeypatch.setenv("PATH", str(tmp_path))
    packages = ("texlive-lang-chinese", "fonts-noto-cjk", "fonts-lxgw-wenkai", "fonts-hanazono")
    checks = examine(font_file(tmp_path, (*packages, "fonts-babelstone-han")), None)
    found = by_title(checks)
    assert len(checks) > whole
    assert found["XeLaTeX"].state is State.MISSING
    assert found["pdftocairo"].state is State.WARNING
    assert found["仿宋（正文）"].state is State.MISSING
    assert (
        "apt-get install --no-install-recommends texlive-lang-chinese"
        in found["仿宋（正文）"].advice
    )
    assert found["西文和数字"].state is State.OK
    assert found["霞鹜文楷"].state is State.WARNING
    assert found["typer"].state is State.OK
    assert exit_code(checks) is ExitCode.TOOL


def test_missing_fallback(tmp_path: Path) -> None:
    """A fallback face that is missing is a warning that names the roles it leaves bare."""
    checks = examine(font_file(tmp_path, ("fonts-hanazono",)), None)
    check = by_title(checks)["花园明朝 B"]
    assert check.state is State.WARNING
    assert "仿宋（正文）" in check.detail
    assert "fonts-hanazono" in check.advice


def test_fallback_stands_in(tmp_path: Path) -> None:
    """A role that only a fallback face serves works, with a warning."""
    checks = examine(font_file(tmp_path, ("texlive-lang-chinese",)), None)
    check = by_title(checks)["仿宋（正文）"]
    assert check.state is State.WARNING
    assert "霞鹜文楷（细）" in check.detail


def test_own_font(tmp_path: Path) -> None:
    """A font file of the office is no stand-in."""
    shutil.copy(face_file("fonts-lxgw-wenkai"), tmp_path / "SIMFANG.TTF")
    check = by_title(examine(FONTS, tmp_path))["仿宋（正文）"]
    assert check.state is State.OK
    assert str(tmp_path / "SIMFANG.TTF") in check.detail
    assert "代用" not in check.detail


def test_restricted_font(tmp_path: Path) -> None:
    """A font whose fsType forbids embedding is a warning."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(face_file("fonts-liberation")) as font:
        font["OS/2"].fsType = 2
        font.save(tmp_path / "times.ttf")
    check = by_title(examine(FONTS, tmp_path))["西文和数字"]
    assert check.state is State.WARNING
    assert "授权" in check.advice


@pytest.mark.parametrize("content", [b"", b"not a font", b"\x00\x01\x00\x00" + bytes(40)])
def test_no_font(tmp_path: Path, content: bytes) -> None:
    """A file of the office that is no font, or half of one, would stop the build: missing."""
    (tmp_path / "simhei.ttf").write_bytes(content)
    checks = examine(FONTS, tmp_path)
    check = by_title(checks)["黑体（一级标题）"]
    assert check.state is State.MISSING
    assert "simhei.ttf" in check.detail
    assert exit_code(checks) is ExitCode.TOOL


def test_half_copied_font(tmp_path: Path) -> None:
    """A font file that was copied in part only is found out by its table directory."""
    whole = face_file("fonts-lxgw-wenkai").read_bytes()
    (tmp_path / "simfang.ttf").write_bytes(whole[:-1000])
    check = by_title(examine(FONTS, tmp_path))["仿宋（正文）"]
    assert check.state is State.MISSING
    assert "不完整" in check.detail


@pytest.mark.parametrize("text", [None, "[roles", "search = 1", ""])
def test_broken_font_list(tmp_path: Path, text: str | None) -> None:
    """A fonts.toml that cannot be read hides nothing else."""
    path = tmp_path / "fonts.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    found = by_title(examine(path, None))
    assert found["fonts.toml"].state is State.MISSING
    assert "XeLaTeX" in found


def test_python_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python package that is missing or too old is missing; markers of extras are passed over."""
    wanted = ["no-such-package>=1", "rich>=9999", "typer>=0.1 ; python_version > '3'"]
    monkeypatch.setattr(metadata, "requires", lambda _: wanted)
    found = by_title(examine(FONTS, None))
    assert found["no-such-package"].state is State.MISSING
    assert "需要 9999" in found["rich"].detail
    assert found["typer"].state is State.OK
    assert "pip install" in found["rich"].advice


def test_the_extra_for_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its packages are shown; without them only signing is not possible, which stops nothing."""
    wanted = ['no-such-package>=1; extra == "sign"', 'nianbao[sign]; extra == "dev"', "typer>=0.1"]
    monkeypatch.setattr(metadata, "requires", lambda _: wanted)
    found = by_title(examine(FONTS, None))
    missing = found["no-such-package"]
    assert missing.state is State.WARNING
    assert missing.detail == "未安装。只有数字签名用到它。"
    assert "pip install 'no-such-package>=1'" in missing.advice
    assert "nianbao" not in found
    monkeypatch.setattr(metadata, "requires", lambda _: ["pyhanko>=0.38; extra == 'sign'"])
    assert by_title(examine(FONTS, None))["pyhanko"].state is State.OK


@pytest.mark.parametrize(
    ("version", "least", "enough"),
    [
        ("10.0", "9.5", True),
        ("3.1", "3.1.0", True),
        ("2.10rc1", "2.10", True),
        ("2.9", "2.10", False),
    ],
)
def test_versions_are_numbers(
    monkeypatch: pytest.MonkeyPatch, version: str, least: str, enough: bool
) -> None:
    """2.10 is newer than 2.9, and 3.1 is 3.1.0."""
    monkeypatch.setattr(metadata, "requires", lambda _: [f"thing>={least}"])
    monkeypatch.setattr(metadata, "version", lambda _: version)
    check = by_title(examine(FONTS, None))["thing"]
    assert (check.state is State.OK) is enough


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from a bare checkout, the doctor says that it cannot know the packages."""

    def requires(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    check = by_title(examine(FONTS, None))["nianbao"]
    assert check.state is State.WARNING
    assert "make setup" in check.advice


@pytest.mark.parametrize(
    ("ident", "like", "command"),
    [
        ("debian", "", "sudo apt-get install --no-install-recommends texlive-xetex"),
        ("ubuntu", "debian", "sudo apt-get install --no-install-recommends texlive-xetex"),
        ("deepin", "debian", "sudo apt-get install --no-install-recommends texlive-xetex"),
        ("fedora", "", "sudo dnf install texlive-xetex"),
        ("rocky", "rhel centos fedora", "sudo dnf install texlive-xetex"),
        ("arch", "", "sudo pacman -S --needed texlive-xetex"),
        ("nixos", "", "本系统的软件包管理器"),
    ],
)
def test_advice(monkeypatch: pytest.MonkeyPatch, ident: str, like: str, command: str) -> None:
    """The command is that of the system, or of the one it derives from."""
    use_system(monkeypatch, ident, like)
    assert command in systems.how_to_get("texlive-xetex")


def test_advice_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """One package that stands for two Debian ones is named once."""
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    said = systems.how_to_get("texlive-xetex", "texlive-lang-chinese", "qpdf")
    assert "`brew install mactex-no-gui qpdf`" in said


def test_advice_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """On an unknown system the Debian names must do."""

    def release() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr(platform, "system", lambda: "Plan9")
    monkeypatch.setattr(platform, "freedesktop_os_release", release)
    assert "qpdf" in systems.how_to_get("qpdf")


def test_what_a_system_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package without a counterpart is named; a face can be put by hand where it is found."""
    use_system(monkeypatch, "arch")
    said = systems.how_to_get("qpdf", "fonts-hanazono")
    assert "`sudo pacman -S --needed qpdf`" in said
    assert "没有 fonts-hanazono" in said
    advice = by_title(examine(font_file(tmp_path, ("fonts-hanazono",)), None))["花园明朝 B"].advice
    folder = advice.rpartition(" 放到 ")[2]
    searched: list[str] = tomllib.loads(FONTS.read_text(encoding="utf-8"))["search"]
    assert any(folder.startswith(place) for place in searched)


def package_table() -> dict[str, dict[str, Any]]:
    """The packages of systems.toml."""
    text = Path(systems.__file__).with_name("systems.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = tomllib.loads(text)["packages"]
    return table


@pytest.mark.parametrize("name", list(package_table()))
def test_package_table(name: str) -> None:
    """The table knows only known systems."""
    names = package_table()[name]
    assert name in systems.packages()
    assert set(names) <= {"fedora", "arch", "macos"}
    assert all(isinstance(one, str) for found in names.values() for one in found)


def test_exit_code() -> None:
    """Only a missing thing makes the exit code 4."""
    checks = [Check(Group.TOOLS, "x", state, "y") for state in (State.OK, State.WARNING)]
    assert exit_code(checks) is ExitCode.OK
    assert exit_code([*checks, Check(Group.FONTS, "x", State.MISSING, "y")]) is ExitCode.TOOL
    assert doctor.exit_code([]) is ExitCode.OK
