"""Typst in its best way: from JSON, with the same font files, one process, shared fonts."""

import json
import subprocess
import sys
from pathlib import Path

from bench.measure import Cost, run
from bench.setting import HERE, Setting

TAGGED, UNTAGGED = "a-3a,ua-1", "none"
"""Standards of the PDF: like those of report.pdf, or plain and without tags."""


def batch(setting: Setting, count: int, standards: str, out: Path) -> Cost:
    """The first `count` reports in one process; with a count of 1, Typst's cold process."""
    data = [str(setting.data(index)) for index in range(count)]
    return run(_command(setting, "typst_batch.py", standards, out, *data), setting.env)


def edits(setting: Setting, rounds: int, standards: str, out: Path) -> list[float]:
    """Milliseconds from an edit of the data to the new PDF, in one process that is warm."""
    command = _command(setting, "typst_edits.py", standards, out, str(setting.data(0)), str(rounds))
    done = subprocess.run(  # noqa: S603  # no shell, a script of the bench
        command, env=setting.env, capture_output=True, check=True
    )
    taken: list[float] = json.loads(done.stdout)
    return taken


def start(setting: Setting) -> Cost:
    """What Python and the import of Typst cost, before anything is set."""
    return run([sys.executable, "-c", "import typst"], setting.env)


def _command(setting: Setting, script: str, standards: str, out: Path, *rest: str) -> list[str]:
    template = HERE / "report.typ"
    return [
        sys.executable,
        str(HERE / script),
        standards,
        str(setting.fonts),
        str(template),
        str(out),
        *rest,
    ]
