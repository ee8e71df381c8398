"""A Dask scheduler and its workers on loopback: processes that share nothing but the network.

The commands are those of docs/cluster.md, with other addresses.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from offices import ROOT

PATIENCE = 120
"""Seconds for what is sure to come."""
_GUIDE = ROOT / "docs" / "cluster.md"
_LIVES = "Starting established connection to"


def documented(start: str, **instead: str) -> list[str]:
    """The command of the guide that begins with `start`, words in it replaced."""
    (line,) = re.findall(rf"^ +\.venv/bin/({start} .*)$", _GUIDE.read_text("utf-8"), re.MULTILINE)
    program, *words = shlex.split(line)
    for word, value in instead.items():  # a value, or that of an option
        words[words.index(word) + word.startswith("--")] = value
    return [str(Path(sys.executable).with_name(program)), *words]


@dataclass
class Host:
    """A process group with a folder of its own."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def said(self) -> str:
        """What it logged."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def lives(self) -> int:
        """How often a worker of it came to the scheduler."""
        return self.said.count(_LIVES)

    @property
    def running(self) -> list[psutil.Process]:
        """All of its processes."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self) -> None:
        """End all of it at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


@dataclass
class Network:
    """The scheduler and the workers of a test."""

    folder: Path
    address: str = ""
    machines: list[Host] = field(default_factory=list)

    def begin(self, **environment: str) -> None:
        """Start the scheduler."""
        told = self.folder / "scheduler" / "address.json"
        options = {"--host": "127.0.0.1", "--port": "0"}
        command = documented("dask scheduler", **options)
        command += ["--scheduler-file", str(told)]
        scheduler = self._start("scheduler", command, **environment)
        until(lambda: "address" in told.read_text("utf-8") if told.exists() else False, scheduler)
        self.address = json.loads(told.read_text("utf-8"))["address"]

    def worker(self, name: str, **environment: str) -> Host:
        """Start a worker, and wait until the scheduler knows it."""
        command = documented(
            "dask worker",
            **{"tcp://10.0.0.1:8786": self.address, "--name": name, "--nworkers": "1"},
        )
        worker = self._start(name, command, **environment)
        until(lambda: worker.lives, worker)
        return worker

    def _start(self, name: str, command: list[str], **environment: str) -> Host:
        folder = self.folder / name
        (folder / "tmp").mkdir(parents=True)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(folder),
                    "TMPDIR": str(folder / "tmp"),
                    "LC_ALL": "C.UTF-8",
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.machines.append(Host(folder, process))
        return self.machines[-1]

    def end(self) -> None:
        """End all that was started."""
        for machine in reversed(self.machines):
            if machine.process.poll() is None:
                machine.kill()


def until(true: object, machine: Host) -> None:
    """Wait for something that a machine is sure to do."""
    assert callable(true)
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, machine.said
        assert machine.process.poll() is None, machine.said
        time.sleep(0.05)
