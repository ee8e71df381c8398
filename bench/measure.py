"""Running a command and measuring it: wall, CPU of the process tree, peak memory."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

INTERVAL = 0.1
"""Seconds between two looks at the memory of a process tree."""
LAUNCH = Path(__file__).with_name("launch.py")
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command cost: seconds of wall and CPU, bytes of memory at the peak."""

    wall: float
    cpu: float
    memory: int


def run(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path | None = None) -> Cost:
    """Run a command to its end.

    CPU is that of the process and all its descendants that were waited for, as the kernel sums it
    up. Memory is the larger of: the resident set of the largest process of the tree, exactly; and
    the sum over the tree, pages that several processes share counted once, looked at every
    `INTERVAL`.

    Raises:
        subprocess.CalledProcessError: it failed; what it printed is passed on.
    """
    words = [sys.executable, "-I", "-S", str(LAUNCH), *map(str, command)]
    with (
        tempfile.TemporaryFile() as printed,
        subprocess.Popen(  # noqa: S603  # no shell; the bench gives fixed commands
            words,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=printed,
        ) as process,
    ):
        watch = _Watch(process.pid)
        watch.start()
        told, _ = process.communicate()
        watch.done.set()
        watch.join()
        if process.returncode:
            printed.seek(0)
            sys.stderr.write(printed.read().decode("utf-8", errors="replace"))
            raise subprocess.CalledProcessError(process.returncode, command)
    wall, cpu, largest = told.split()
    return Cost(float(wall), float(cpu), max(int(largest) * _KIB, watch.peak))


class _Watch(threading.Thread):
    """Looks at the memory of what a process started, until it is told that this has ended."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.done = pid, 0, threading.Event()

    def run(self) -> None:
        """Look, from one interval to the next."""
        while not self.done.wait(INTERVAL):
            self.peak = max(self.peak, memory_below(self.pid))


def memory_below(pid: int) -> int:
    """Bytes that the descendants of a process hold now, shared pages counted once."""
    try:
        tree = psutil.Process(pid).children(recursive=True)
    except psutil.Error:  # it has just ended
        return 0
    return sum(_proportional(process) for process in tree)


def _proportional(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0
