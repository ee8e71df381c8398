"""What the repository promises before any code runs: the lock, the set-up, what is committed."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest

from pipeline import systems
from pipeline.fonts import FONT_SUFFIXES

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUP_FILES = ("Makefile", "requirements.txt", "pyproject.toml", "pipeline/systems.toml", "tools")
PROGRAMS = [
    "sh",
    "sed",
    "grep",
    "tr",
    "cat",
    "echo",
    "env",
    "dirname",
    "make",
    "find",
    "rm",
    "rmdir",
]


def requirements() -> list[str]:
    """The logical lines of the lock file."""
    joined = LOCK.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def normal(name: str) -> str:
    """A requirement's name as PyPI normalizes it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", name.strip(), maxsplit=1)[0]).lower()


def test_lock_names_no_place() -> None:
    """The lock works with any index: no address, no path."""
    assert "://" not in LOCK
    for word in ("--index", "--extra-index", "--find-links", "--trusted-host", "file:", " @ ", "/"):
        assert word not in LOCK


@pytest.mark.parametrize("line", requirements())
def test_lock_is_exact(line: str) -> None:
    """Every requirement is pinned and hashed."""
    pattern = r"[a-z0-9][a-z0-9._-]*==[0-9][\w.]*( ; [^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+\s*"
    assert re.fullmatch(pattern, line)


def test_lock_is_complete() -> None:
    """What pyproject.toml asks for is locked, new enough; so is what builds the project."""
    asked = [
        *PROJECT["project"]["dependencies"],
        *chain.from_iterable(PROJECT["project"]["optional-dependencies"].values()),
        *PROJECT["build-system"]["requires"],
        "editables",
    ]
    locked = {normal(line): line.split()[0].partition("==")[2] for line in requirements()}
    for line in (line for line in asked if normal(line) != PROJECT["project"]["name"]):
        least = re.search(r">=([\d.]+)", line)
        assert normal(line) in locked
        if least:
            assert numbers(locked[normal(line)]) >= numbers(least[1])


def numbers(version: str) -> list[int]:
    """A version as numbers."""
    return [int(part) for part in re.findall(r"\d+", version)]


def test_fonts_are_installed() -> None:
    """`make` installs the package of every face."""
    fonts = tomllib.loads((ROOT / "fonts" / "fonts.toml").read_text(encoding="utf-8"))
    assert {face["package"] for face in fonts["faces"].values()} <= set(systems.packages())


def test_tools_are_installed() -> None:
    """`make` installs the package of every tool."""
    from pipeline.tools import TOOLS  # noqa: PLC0415

    assert {tool.package for tool in TOOLS} <= set(systems.packages())


def test_ci() -> None:
    """`.ci/run` is the README's test command, with the slow tests."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.search(r"^exec make\b.* test PYTEST_ARGS=$", script.read_text("utf-8"), re.MULTILINE)


def tracked() -> list[Path]:
    """The files that git knows."""
    if not (ROOT / ".git").exists():
        pytest.skip("不是 git 检出的文件夹")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]


def test_no_font_is_committed() -> None:
    """No file that git knows is a font, by name or by content."""
    suffixes = {*FONT_SUFFIXES, ".pfb", ".pfa", ".woff", ".woff2", ".dfont"}
    assert [path for path in tracked() if path.suffix.casefold() in suffixes] == []
    magic = (b"OTTO", b"ttcf", b"\x00\x01\x00\x00", b"true", b"wOFF", b"wOF2")
    fonts = [path for path in tracked() if path.is_file() and starts(path).startswith(magic)]
    assert fonts == []


def starts(path: Path) -> bytes:
    """The first four bytes of a file."""
    with path.open("rb") as file:
        return file.read(4)


@pytest.mark.slow
def test_wheel(tmp_path: Path) -> None:
    """A wheel carries what the program needs, and works in a folder that has only content."""
    make = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*make, "--no-index", "--wheel-dir", tmp_path, ROOT], check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "installed")
    installed, office = tmp_path / "installed", tmp_path / "office"
    shutil.copytree(ROOT / "content" / "example", office / "content" / "example")
    run = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    for command in (["check"], ["forms", "2021"], ["doctor"], ["fonts"]):
        done = subprocess.run([*run, *command], cwd=office, env=environment, check=False)
        assert done.returncode == 0, command
    data = installed / "pipeline" / "data" / "layouts"
    assert {path.name for path in (ROOT / "layouts").iterdir()} == {p.name for p in data.iterdir()}
    for form in (ROOT / "layouts").glob("*/form.toml"):
        assert (data / form.parent.name / "report.schema.json").is_file()


class Machine:
    """A checkout on a made-up machine: what it starts is faked and written down."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "年报 2026, (copy)"
        self.bin = folder / "bin"
        self.log = folder / "log"
        self.checkout.mkdir()
        self.bin.mkdir()
        for name in SETUP_FILES:
            target = self.checkout / name
            target.parent.mkdir(exist_ok=True)
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, target)
        for name in PROGRAMS:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        self.fake("sleep", "")
        self.fake("id", "echo 0")
        self.fake("apt-get", "")
        self.has(*systems.packages())

    def fake(self, name: str, script: str) -> None:
        """Put a program on PATH that notes its call and does `script`."""
        self.write(self.bin / name, f"echo {name} \"$@\" >> '{self.log}'\n{script}")

    def has(self, *packages: str) -> None:
        """Let these Debian packages be installed."""
        lines = "".join(f"{name} installed\\n" for name in packages)
        self.write(self.bin / "dpkg-query", f"printf '{lines}gone deinstalled\\n'")

    def set_up(self) -> None:
        """Let .venv be made and up to date."""
        python = self.checkout / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        self.write(python, f"echo python \"$@\" >> '{self.log}'\necho Python 3.11.2")
        stamp = self.checkout / ".venv" / "nianbao.stamp"
        stamp.write_text(f"{self.checkout} Python 3.11.2\n", encoding="utf-8")

    @staticmethod
    def write(path: Path, script: str) -> None:
        """Write an executable script."""
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout, without input."""
        self.log.write_text("", encoding="utf-8")
        env = {"PATH": str(self.bin), "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            command,
            cwd=self.checkout,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def calls(self, name: str) -> list[str]:
        """How the program was called; `python --version`, which make itself asks, aside."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.split()[0] == name and line != "python --version"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian machine with all packages, and a checkout that is not set up."""
    return Machine(tmp_path)


def test_nothing_is_done_twice(machine: Machine) -> None:
    """A machine that is set up installs nothing and says nothing."""
    machine.set_up()
    done = machine.run("make", "setup")
    assert (done.returncode, done.stderr) == (0, "")
    assert not machine.calls("apt-get")
    assert not machine.calls("python")


def test_dry_run(machine: Machine) -> None:
    """Only a new lock file or pyproject.toml makes `make` install again."""
    machine.set_up()
    said = machine.run("make", "-n").stdout
    assert "nianbao build" in said
    assert "make-venv" not in said
    assert "make-venv" in machine.run("make", "-n", "-W", "requirements.txt").stdout
    assert "make-venv" in machine.run("make", "-n", "-W", "pyproject.toml").stdout


def test_a_year_is_a_target(machine: Machine) -> None:
    """`make 2021` builds that year."""
    machine.set_up()
    assert ".venv/bin/nianbao build 2021\n" in machine.run("make", "-n", "2021").stdout


def test_tests_come_last(machine: Machine) -> None:
    """The tests have the last word; the slow ones come along only when asked."""
    machine.set_up()
    lines = machine.run("make", "-n", "test").stdout.splitlines()
    assert "pytest" in lines[-1]
    assert '-m "not slow"' in lines[-1]
    assert "slow" not in machine.run("make", "-n", "test", "PYTEST_ARGS=").stdout.splitlines()[-1]
    assert [line for line in lines if "mypy" in line or "lint-imports" in line]
    assert "-m quick" in machine.run("make", "-n", "test", "PYTEST_ARGS=-m quick").stdout


def test_moved_checkout(machine: Machine) -> None:
    """A checkout that was moved or copied is set up anew: its scripts hold the old path."""
    machine.set_up()
    moved = machine.checkout.with_name("moved")
    machine.checkout.rename(moved)
    machine.checkout = moved
    assert "make-venv" in machine.run("make", "-n").stdout


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    """apt-get is asked for the missing packages alone, patiently."""
    machine.set_up()
    missing = {"qpdf", "texlive-xetex"}
    machine.has(*(name for name in systems.packages() if name not in missing))
    done = machine.run("make", "setup")
    assert done.returncode == 0
    update, install = machine.calls("apt-get")
    assert update.endswith(" update")
    assert install.endswith(" install --no-install-recommends texlive-xetex qpdf")
    assert "DPkg::Lock::Timeout=300" in install
    assert "Acquire::Retries=3" in install
    assert "现在安装：texlive-xetex qpdf" in done.stdout


def test_apt_is_tried_again(machine: Machine) -> None:
    """An apt-get that fails for a while is tried again."""
    machine.set_up()
    machine.has()
    tries = machine.log.with_name("tries")
    machine.fake("apt-get", f"echo x >> '{tries}'; [ $(grep -c x '{tries}') -ge 6 ] || exit 100")
    assert machine.run("make", "setup").returncode == 0
    assert len(machine.calls("apt-get")) == 6
    assert len(machine.calls("sleep")) == 2


def test_apt_fails_for_good(machine: Machine) -> None:
    """When apt-get fails for good, the command to run by hand is said."""
    machine.set_up()
    machine.has(*(name for name in systems.packages() if name != "qpdf"))
    machine.fake("apt-get", "exit 100")
    done = machine.run("make")
    assert done.returncode != 0
    assert "apt-get install --no-install-recommends qpdf" in done.stdout
    assert len(machine.calls("apt-get")) == 8


def test_neither_root_nor_sudo(machine: Machine) -> None:
    """Without root and sudo, the command is said, and only if something is missing."""
    machine.set_up()
    machine.fake("id", "echo 1000")
    assert machine.run("make", "setup").returncode == 0
    machine.has()
    done = machine.run("make", "setup")
    assert done.returncode != 0
    assert "root" in done.stdout
    assert not machine.calls("apt-get")


def test_sudo_is_used_only_where_needed(machine: Machine) -> None:
    """Nobody who is root needs sudo."""
    machine.set_up()
    machine.fake("sudo", 'while [ "$1" = -n ]; do shift; done; "$@"')
    machine.write(machine.bin / "true", "exit 0")
    machine.has()
    assert machine.run("make", "setup").returncode == 0
    assert not machine.calls("sudo")
    machine.fake("id", "echo 1000")
    assert machine.run("make", "setup").returncode == 0
    assert [call for call in machine.calls("sudo") if call.endswith(" update")]
    assert machine.calls("apt-get")


def test_no_password_is_asked(machine: Machine) -> None:
    """Without a terminal nobody is asked for a password."""
    machine.set_up()
    machine.fake("id", "echo 1000")
    machine.fake("sudo", '[ "$1" = -n ] && exit 1; exec cat')
    machine.has()
    assert machine.run("make", "setup").returncode != 0
    assert len(machine.calls("sudo")) == 1


def test_no_apt(machine: Machine) -> None:
    """Where there is no apt, the doctor is pointed to, and the rest goes on."""
    machine.set_up()
    (machine.bin / "apt-get").unlink()
    (machine.bin / "dpkg-query").unlink()
    done = machine.run("make", "setup")
    assert done.returncode == 0
    assert "nianbao doctor" in done.stdout


def test_another_python(machine: Machine) -> None:
    """python3-venv is left alone where another Python can make the environment."""
    machine.set_up()
    machine.has(*(name for name in systems.packages() if name != "python3-venv"))
    machine.write(machine.bin / "python3", "exit 0")
    assert machine.run("make", "setup").returncode == 0
    assert not machine.calls("apt-get")
    done = machine.run("make", "setup", "PYTHON=no-such-python")
    assert done.returncode == 0
    assert machine.calls("apt-get")[-1].endswith(" install --no-install-recommends python3-venv")


def test_no_python(machine: Machine) -> None:
    """Without a fit Python the message says what is needed."""
    done = machine.run("make", "setup", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "Python 3.11" in done.stdout


def test_clean_keeps_what_cannot_be_made_again(machine: Machine) -> None:
    """`make clean` needs no set-up and keeps what was stamped, signed or archived."""
    keep = {"build/a/2021/stamped.pdf", "build/a/2020/signed.pdf", "build/archive/a.zip"}
    drop = {"build/a/2021/report.pdf", "build/b/2021/report.pdf", "build/b/2021/草 稿.log"}
    for name in keep | drop:
        path = machine.checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert machine.run("make", "clean").returncode == 0
    left = [path for path in (machine.checkout / "build").rglob("*") if path.is_file()]
    assert {str(path.relative_to(machine.checkout)) for path in left} == keep
    assert not (machine.checkout / "build" / "b").exists()
    assert machine.run("make", "clean").returncode == 0
