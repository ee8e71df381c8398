"""One process at a time: a lock on a file, which the system takes back when its process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import FileProblem
from pipeline.files import reason

WAIT = 30.0
"""Seconds for which another process is waited for."""
_PAUSE = 0.02
_HINT = "请检查文件夹权限；内容文件夹须能写入。"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of the file at `path`, an empty one that stays, while the block runs.

    Raises:
        FileProblem: the file cannot be made, or another process keeps the lock for too long.
    """
    handle = _opened(path)
    try:
        _acquire(handle, path)
        yield
    finally:
        os.close(handle)  # ends the lock, as does the end of the process


def _opened(path: Path) -> int:
    """The file, open for writing (shares over a network ask for it), or as another user's."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except PermissionError:
            if not path.exists():
                raise
            return os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise FileProblem(f"无法加锁：{path}（{reason(error)}）。", _HINT) from error


def _acquire(handle: int, path: Path) -> None:
    end = time.monotonic() + WAIT
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                hint = "另一个 nianbao 正在写入，请等它结束后再试。"
                raise FileProblem(f"等了 {WAIT:g} 秒，仍被占用：{path}。", hint) from None
            time.sleep(_PAUSE)
        except OSError as error:
            raise FileProblem(f"无法加锁：{path}（{reason(error)}）。", _HINT) from error
        else:
            return
