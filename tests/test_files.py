"""Files appear whole or not at all."""

import errno
import os
import threading
from pathlib import Path
from typing import Never

import pytest

from pipeline import files
from pipeline.errors import ExitCode, FileProblem


def test_written_whole(tmp_path: Path) -> None:
    """Folders are made on the way; what was there is replaced; nothing else is left."""
    path = tmp_path / "a" / "b" / "报告.pdf"
    files.write(path, b"one")
    files.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [item.name for item in path.parent.iterdir()] == ["报告.pdf"]


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_follow_the_umask(tmp_path: Path, mask: int) -> None:
    """A report can be read by whom the user's other files can be read."""
    before = os.umask(mask)
    try:
        files.write(tmp_path / "f", b"")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o666 & ~mask


def test_the_place_is_a_folder(tmp_path: Path) -> None:
    """A folder in the file's place is left alone."""
    (tmp_path / "report.pdf" / "kept").mkdir(parents=True)
    with pytest.raises(FileProblem, match="是文件夹"):
        files.write(tmp_path / "report.pdf", b"x")
    assert [item.name for item in tmp_path.iterdir()] == ["report.pdf"]
    assert (tmp_path / "report.pdf" / "kept").is_dir()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    """A file where a folder has to be made."""
    (tmp_path / "build").write_bytes(b"kept")
    with pytest.raises(FileProblem, match="路径中有同名文件"):
        files.write(tmp_path / "build" / "a" / "report.pdf", b"x")
    assert (tmp_path / "build").read_bytes() == b"kept"


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "磁盘已满"), (errno.EACCES, "没有权限"), (errno.EROFS, "只读"), (999, "999")],
)
def test_any_failing_step_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, words: str
) -> None:
    """Whatever step fails: the old bytes stay, nothing is left over, and the reason is told."""
    path = tmp_path / "report.pdf"
    files.write(path, b"good")

    def fails(*_: object, **_options: object) -> Never:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, step, fails)
    with pytest.raises(FileProblem, match=words) as caught:
        files.write(path, b"half")
    assert caught.value.exit_code is ExitCode.FILE
    assert "原有文件未改动" in caught.value.hint
    assert str(path) in caught.value.message
    assert path.read_bytes() == b"good"
    assert [item.name for item in tmp_path.iterdir()] == ["report.pdf"]


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between writing and renaming."""

    def interrupted(*_: object) -> Never:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "report.pdf", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_where_one_may_be(tmp_path: Path) -> None:
    """Nobody waits for a pipe, but where a secret may come through one."""
    os.mkfifo(pipe := tmp_path / "pipe")
    with pytest.raises(FileProblem, match="不是普通文件"):
        files.load(pipe, 10)
    writer = threading.Thread(target=pipe.write_bytes, args=[b"secret"])
    writer.start()
    assert files.load(pipe, 10, piped=True) == b"secret"
    writer.join()
    with pytest.raises(FileProblem, match="这是文件夹"):
        files.load(tmp_path, 10)
