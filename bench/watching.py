# ruff: noqa: INP001
"""How long after a save `nianbao watch` tells its first finding, and has the new PDF in place.

Run it from the project's root; it prints a table for docs and notes:

    .venv/bin/python -m bench.watching [TARGET [EDITS]]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
PAUSE = 2.0
"""Seconds between edits: about as long as a quick writer needs for a word."""
_FINDING = re.compile(r"^\S+:\d+:\d+ (?:错误|警告|提示) ")
_DONE = re.compile(r"  完成  (\d+) ms  ")
_SLIP = "这一段里，，有一处笔误，第{}稿。"


def main(name: str, edits: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in ("content", "layouts", "fonts"):
            shutil.copytree(ROOT / part, root / part)
        path = root / "content" / f"{name}.toml"
        command = [sys.executable, "-m", "pipeline", "watch", name]
        with subprocess.Popen(  # noqa: S603  # our own command
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            _wait(process, _DONE)
            rows = [_edit(process, path, number) for number in range(edits)]
            process.terminate()
    told = ("first finding told", "PDF in place", "of that, after the change was noticed")
    lines = [
        f"{name}: {edits} edits, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        "",
        "| from the save on, ms | median | least |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {step} | {median(taken):.0f} | {min(taken):.0f} |"
        for step, taken in zip(told, zip(*rows, strict=True), strict=True)
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _edit(process: subprocess.Popen[str], path: Path, number: int) -> tuple[float, float, float]:
    """Milliseconds from a save to the first finding and to the PDF; what the program tells."""
    time.sleep(PAUSE)
    text = path.read_text(encoding="utf-8")
    slip = re.compile(_SLIP.format(r"\d+"))
    text = slip.sub("", text).replace('"""\n', f'"""\n{_SLIP.format(number)}', 1)
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    start = time.perf_counter()
    new.replace(path)
    _wait(process, _FINDING)
    found = time.perf_counter()
    told = _wait(process, _DONE)
    done = time.perf_counter()
    return (found - start) * 1000, (done - start) * 1000, float(told[1])


def _wait(process: subprocess.Popen[str], words: re.Pattern[str]) -> re.Match[str]:
    """The first line with some words."""
    assert process.stderr is not None  # noqa: S101  # it was asked for
    for line in process.stderr:
        if match := words.search(line):
            return match
    raise SystemExit(process.wait())


if __name__ == "__main__":
    main((sys.argv[1:] or ["dapan/2021"])[0], int((sys.argv[2:] or ["20"])[0]))
