"""Outside tools, faked by small scripts on PATH."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import processes, tools
from pipeline.errors import ExitCode, MissingTool
from pipeline.tools import LIBCAIRO, PDFTOCAIRO, XELATEX, find, require

GOOD = "echo 'XeTeX 3.141592653-2.6-0.999994 (TeX Live 2022/Debian)'; echo 'kpathsea 6.3.4'"


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that alone is searched for the tools."""
    folder = tmp_path / "程序 bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def fake(folder: Path, script: str, name: str = "xelatex", mode: int = 0o755) -> Path:
    """A script in the tool's place."""
    path = folder / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n", encoding="utf-8")
    path.chmod(mode)
    return path


def refusal() -> MissingTool:
    """How `require` refuses XeLaTeX: with exit code 4 and a hint."""
    with pytest.raises(MissingTool) as caught:
        require(XELATEX)
    assert caught.value.exit_code is ExitCode.TOOL
    assert caught.value.hint
    return caught.value


def test_good_tool(bin_folder: Path) -> None:
    """A tool that works is found with its version."""
    path = fake(bin_folder, GOOD)
    assert require(XELATEX) == path
    assert find(XELATEX).version == "2022"


def test_version_on_stderr(bin_folder: Path) -> None:
    """Poppler tells its version on stderr."""
    fake(bin_folder, "echo 'pdftocairo version 22.12.0' >&2", "pdftocairo")
    assert find(PDFTOCAIRO).version == "22.12.0"


def test_missing(bin_folder: Path) -> None:
    """The message names the command, the hint the package."""
    assert not list(bin_folder.iterdir())
    refused = refusal()
    assert "缺少程序 xelatex" in refused.message
    assert "texlive-xetex" in refused.hint


@pytest.mark.parametrize("year", [2007, 2021])
def test_too_old(bin_folder: Path, year: int) -> None:
    """The message says what was found and what is needed."""
    fake(bin_folder, f"echo 'XeTeX 3.14159265 (TeX Live {year})'")
    message = refusal().message
    assert f"TeX Live {year}" in message
    assert "2022" in message


@pytest.mark.parametrize("year", [2022, 2026, 2100])
def test_new_enough(bin_folder: Path, year: int) -> None:
    """The oldest TeX Live that will do and every later one pass."""
    fake(bin_folder, f"echo 'XeTeX 3.14159265 (TeX Live {year})'")
    assert not find(XELATEX).problem


def test_versions_are_numbers(bin_folder: Path) -> None:
    """0.9 is older than 0.80."""
    fake(bin_folder, "echo 'pdftocairo version 0.9.1'", "pdftocairo")
    assert "太旧" in find(PDFTOCAIRO).problem


@pytest.mark.parametrize(
    "script",
    [
        "exec sleep 60",
        "sleep 60 & wait",
        f"{GOOD}; sleep 60 &",
        "trap '' TERM INT; while :; do sleep 1; done",
    ],
)
def test_hanging(bin_folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A probe ends in time and leaves no process behind, whoever holds its output open."""
    mark = bin_folder / "pid"
    fake(bin_folder, f"echo $$ > '{mark}'; {script}")
    monkeypatch.setattr(tools, "TIME_LIMIT", 1.0)
    start = time.monotonic()
    assert "1 秒内没有结束" in refusal().message
    assert time.monotonic() - start < 20
    assert gone(int(mark.read_text()))


def gone(group: int) -> bool:
    """Whether no process of `group` runs any more; ended ones may still wait to be reaped."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if all(state == "Z" for state in states(group)):
            return True
        time.sleep(0.05)
    return False


def states(group: int) -> list[str]:
    """The states of all processes of `group`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of, *_ = entry.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if of == str(group):
            found.append(state)
    return found


@pytest.mark.parametrize("mode", [0o644, 0o000])
def test_not_executable(bin_folder: Path, mode: int) -> None:
    """A file without the right to run is told from one that is not there."""
    path = fake(bin_folder, GOOD, mode=mode)
    message = refusal().message
    assert "没有执行权限" in message
    assert str(path) in message


def test_broken_binary(bin_folder: Path) -> None:
    """A program of another machine, or half of one, is refused."""
    path = bin_folder / "xelatex"
    path.write_bytes(b"\x7fELF\x00\x00")
    path.chmod(0o755)
    assert "无法运行" in refusal().message


def test_no_interpreter(bin_folder: Path) -> None:
    """A script whose interpreter is gone is refused."""
    path = bin_folder / "xelatex"
    path.write_text("#!/no/such/interpreter\n", encoding="ascii")
    path.chmod(0o755)
    assert "无法运行" in refusal().message


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo '这不是 TeX'", "这不是 TeX"),
        ("printf '\\377\\000\\033[31m\\n'", "·"),
        ("true", "无输出"),
        ("echo '! I cannot find the format'; exit 1", "退出码 1"),
        (f"{GOOD}; exit 3", "退出码 3"),
        ("kill -SEGV $$", "退出码 -11"),
    ],
)
def test_nonsense(bin_folder: Path, script: str, said: str) -> None:
    """An answer without a version is shown, its first line only and printable."""
    fake(bin_folder, script)
    message = refusal().message
    assert "无法识别" in message
    assert said in message
    assert message.isprintable()


def test_no_input(bin_folder: Path) -> None:
    """A tool that asks gets the end of file, and only the one argument."""
    fake(bin_folder, f'read line && exit 9\n[ "$*" = --version ] || exit 8\n{GOOD}')
    assert not find(XELATEX).problem


def test_memory_is_bounded() -> None:
    """A program that takes more memory than it may ends by itself."""
    greedy = [sys.executable, "-c", "bytearray(2**30); print('taken')"]
    assert processes.run(greedy, limit=60, env={})[0] == "taken\n"
    output, code = processes.run(greedy, limit=60, env={}, memory=2**29)
    assert code
    assert "MemoryError" in output


def test_library() -> None:
    """The library of this machine has a version."""
    found = find(LIBCAIRO)
    assert found.path is not None
    assert found.version


@pytest.mark.parametrize(
    "source",
    [
        "raise OSError('no library called cairo was found\\ncannot load libcairo.so.2')",
        "import no_such_module_at_all",
        "pass",
    ],
)
def test_broken_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """A library that does not load is a problem, not a crash."""
    (tmp_path / "broken_cairo.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "broken_cairo", raising=False)
    found = find(replace(LIBCAIRO, module="broken_cairo"))
    assert "无法载入" in found.problem
    assert "libcairo2" in found.advice
