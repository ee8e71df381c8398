"""The way from an edit to the new PDF in `nianbao watch`.

    .venv/bin/python -m bench.watching [EDITS]

prints only this.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO

from bench import cases, ours
from bench.setting import ROOT, Setting, prepare

WAIT, STEP, PAUSE = 60.0, 0.0005, 1.0
"""Seconds: for a PDF at most; from look to look; from a PDF to the next edit, so that a spare is
warm again."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Milliseconds from an edit to the first line that `watch` prints, and to the new PDF."""

    told: float
    shown: float


def edits(setting: Setting, rounds: int, out: Path) -> list[Edit] | None:
    """Save a report again and again and wait for its PDF; None where there is no `watch`."""
    if not any(line.split()[:1] == ["watch"] for line in ours.help_of(setting).splitlines()):
        return None
    pdf = out / cases.office(0) / str(cases.YEAR) / "report.pdf"
    file = ours.content_file(setting, 1, 0)
    with _watching(setting, out) as lines:
        _until_new(pdf, None)
        taken = []
        for number in range(rounds):
            time.sleep(PAUSE)
            values = cases.content(0)
            # The doubled comma is a finding: so the first line is one.
            values["other_matters"]["text"] += f"\n\n这是第{number + 1}次修改，，先看检查结果。"
            taken.append(_edit(file, cases.toml(values), pdf, lines))
    return taken


def _edit(file: Path, text: str, pdf: Path, lines: list[float]) -> Edit:
    """Save a content file as editors do, whole, and wait."""
    before, new = _state(pdf), file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    start, known = time.perf_counter(), len(lines)
    new.replace(file)
    _until_new(pdf, before)
    shown = time.perf_counter()
    told = lines[known] if len(lines) > known else shown
    return Edit((told - start) * 1000, (shown - start) * 1000)


@contextmanager
def _watching(setting: Setting, out: Path) -> Iterator[list[float]]:
    """`watch` while it runs; the moments at which it printed a line."""
    command = [str(ours.NIANBAO), "watch", cases.target(0)]
    command += ["--content", str(setting.content(1)), "--out", str(out)]
    lines: list[float] = []
    with subprocess.Popen(  # noqa: S603  # no shell, a fixed program
        command,
        env=setting.env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None  # noqa: S101  # it is a pipe
        reader = threading.Thread(target=_moments, args=(process.stdout, lines), daemon=True)
        reader.start()
        try:
            yield lines
        finally:
            process.terminate()
            try:
                process.wait(timeout=WAIT)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _moments(stream: IO[bytes], lines: list[float]) -> None:
    lines.extend(time.perf_counter() for _ in stream)


def _state(pdf: Path) -> tuple[int, int] | None:
    try:
        found = pdf.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _until_new(pdf: Path, before: tuple[int, int] | None) -> None:
    end = time.perf_counter() + WAIT
    while _state(pdf) in {before, None}:
        if time.perf_counter() > end:
            raise TimeoutError(f"no new {pdf.name} in {WAIT:.0f} seconds")
        time.sleep(STEP)


def main(rounds: int) -> None:
    """Print the medians, and the least."""
    with tempfile.TemporaryDirectory() as folder:
        setting = prepare(Path(folder), (2,))
        taken = edits(setting, rounds, setting.empty("edits")) or []
    rows = [
        ("first finding told", [edit.told for edit in taken]),
        ("PDF in place", [edit.shown for edit in taken]),
    ]
    lines = [
        f"{rounds} edits, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors",
        "",
        "| from the save on, ms | median | least |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {step} | {median(each):.0f} | {min(each):.0f} |" for step, each in rows]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["20"])[0]))
