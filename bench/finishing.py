# ruff: noqa: INP001
"""What finishing and stamping cost: CPU of each step, in one process, and the size of files.

Run it from the project's root; it prints a table for docs and notes:

    .venv/bin/python -m bench.finishing [TARGET]
"""

import datetime as dt
import sys
import time
from collections.abc import Callable
from statistics import median

from pipeline import build, checking, project, tools
from pipeline.conformance.verdict import problems
from pipeline.pdf import finish
from pipeline.signature import Kind
from pipeline.stamping import seal as seals
from pipeline.stamping import stamp as stamping
from pipeline.typesetting import latex, typeset

RUNS = 15


def cost(step: Callable[[], object]) -> float:
    """Milliseconds of CPU that a step takes, in the median; a first run, which imports, apart."""
    step()
    taken = []
    for _ in range(RUNS):
        start = time.process_time()
        step()
        taken.append((time.process_time() - start) * 1000)
    return median(taken)


def main(name: str) -> None:
    """Print the table."""
    folders = project.find()
    (target,) = project.targets(folders, [name])
    stock = checking.load(folders)
    checked = checking.check(target, stock)
    rendering = latex.render(checked.document, checked.plan, folders.layouts)
    day = checked.report.date or dt.date(checked.report.year + 1, 1, 1)
    xelatex = tools.require(tools.XELATEX)
    raw = typeset.typeset(
        rendering, folders.layouts, xelatex, epoch=build.epoch(checked.report)
    ).pdf
    record = build.record(checked, rendering.tags, draft=False)
    finished = finish.finish(raw, checked.plan, record)
    sealed = checked.report.agency.signature is Kind.SEALED
    seal = seals.load(folders.layouts / "specimen-seal.svg", 42) if sealed else None

    def stamped() -> bytes:
        return stamping.stamp(
            finished,
            date=day,
            seal=seal,
            fonts=stock.fonts,
            specimens=stamping.specimen_digests(folders.layouts),
        ).pdf

    rows = [
        ("check of the content", cost(lambda: checking.check(target, stock)), 0),
        (
            "LaTeX from the document",
            cost(lambda: latex.render(checked.document, checked.plan, folders.layouts)),
            len(rendering.tex.encode()),
        ),
        ("xelatex and xdvipdfmx (not in this process)", 0.0, len(raw)),
        (
            "finishing, its own check included",
            cost(lambda: finish.finish(raw, checked.plan, record)),
            len(finished),
        ),
        ("of that, the check", cost(lambda: problems(finished)), 0),
        ("stamping, its own check included", cost(stamped), len(stamped())),
    ]
    lines = [
        f"{name}: CPU, median of {RUNS} runs",
        "",
        "| step | ms | bytes |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {step} | {ms:.1f} | {size or ''} |" for step, ms, size in rows]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["example/2026"]))
