"""Folders for work in progress: gone when the work is done, and swept up where it was cut short.

Whoever works in a folder holds its lock, which the system takes back when a process ends, however
it ends. A folder of ours that nobody holds is left over.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

_PREFIX, _LOCK = "nianbao-", ".nianbao-lock"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of its own for one piece of work.

    Raises:
        OSError: there is no room for it.
    """
    _sweep(Path(tempfile.gettempdir()))
    path, handle = _locked()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(handle)


def _locked() -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        handle = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        with suppress(OSError):  # where there are no locks, nothing is swept up
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if (path / _LOCK).exists():  # nobody swept it up before it was locked
            return path, handle
        os.close(handle)


@cache
def _sweep(place: Path) -> None:
    """Remove what was left over; once in a process."""
    for lock in place.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):
            _remove(lock)


def _remove(lock: Path) -> None:
    handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    try:
        if os.fstat(handle).st_uid == os.getuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
    finally:
        os.close(handle)
