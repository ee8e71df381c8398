"""Running an outside program: no shell, no input, a time limit, and no child left behind."""

import os
import resource
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

TIME_LIMIT = 120.0
"""Seconds for typesetting one report, which takes less than two as a rule."""
_PIECE = 65_536


def run(
    command: Sequence[str | Path],
    *,
    limit: float,
    env: Mapping[str, str],
    cwd: Path | None = None,
    memory: int | None = None,
) -> tuple[str, int]:
    """What a program printed, on either stream, and its exit code.

    `memory` is the most that it may take, in bytes of address space, where the system can say so.

    Raises:
        TimeoutError: it took more than `limit` seconds; it was ended with all its children.
        OSError: it cannot be started.
    """
    with _started(command, env, cwd) as process:
        if memory is not None and hasattr(resource, "prlimit"):
            with suppress(ProcessLookupError):  # it has just ended by itself
                resource.prlimit(process.pid, resource.RLIMIT_AS, (memory, memory))
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
    return output.decode("utf-8", errors="replace"), process.returncode


def follow(
    command: Sequence[str | Path],
    heard: Callable[[str], bool],
    *,
    limit: float,
    env: Mapping[str, str],
    cwd: Path | None = None,
) -> int:
    """The exit code of a program whose every line `heard` is told of.

    A line of which `heard` says that work goes on gives it another `limit` seconds.

    Raises:
        TimeoutError, OSError: as `run`.
    """
    with _started(command, env, cwd) as process:
        end = _End(limit)
        for lines in _told(process, end):
            goes_on = [heard(line) for line in lines]
            if any(goes_on):
                end.put_off()
            elif not end.left():
                raise TimeoutError
        try:
            return process.wait(end.left())
        except subprocess.TimeoutExpired:
            raise TimeoutError from None


class Waiting:
    """A program that runs beside this one until it has said its last word, or is ended.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        self._held = ExitStack()
        self._process = self._held.enter_context(_started(command, env, cwd))

    def hear(self, last: str, *, limit: float) -> None:
        """Wait until it has said a line that begins with `last`, or has ended.

        Raises:
            TimeoutError: neither came within `limit` seconds.
        """
        for lines in _told(self._process, _End(limit)):
            if any(line.startswith(last) for line in lines):
                return

    def close(self) -> None:
        """End it, and all of its session."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
        self._held.close()


class _End:
    """The moment by which something has to come, `limit` seconds from now."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self.put_off()

    def put_off(self) -> None:
        """Begin anew."""
        self._moment = time.monotonic() + self._limit

    def left(self) -> float:
        """Seconds that are left."""
        return max(0.0, self._moment - time.monotonic())


def _told(process: subprocess.Popen[bytes], end: _End) -> Iterator[list[str]]:
    """The lines that a program says, as they come; TimeoutError when none come by the end."""
    assert process.stdout is not None  # noqa: S101  # it was asked for
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        rest = b""
        while selector.select(end.left()):
            piece = os.read(process.stdout.fileno(), _PIECE)
            if not piece:
                return
            *lines, rest = (rest + piece).split(b"\n")
            yield [line.decode("utf-8", errors="replace") for line in lines]
        raise TimeoutError


def tied(command: Sequence[str | Path]) -> list[str | Path]:
    """The command, so that it is killed when this process is, where the system can (Linux)."""
    return [*_tie(), *command]


@contextmanager
def _started(
    command: Sequence[str | Path], env: Mapping[str, str], cwd: Path | None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a session of its own; whatever ends the block early ends all of the session."""
    process = subprocess.Popen(  # noqa: S603  # no shell; callers give fixed commands
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        except BaseException:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            raise


@cache
def _tie() -> tuple[str, ...]:
    found = shutil.which("setpriv")
    return (found, "--pdeathsig", "KILL", "--") if found else ()
