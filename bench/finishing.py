"""Where the milliseconds of one report go: CPU of each step, in one warm process, and bytes.

.venv/bin/python -m bench.finishing [TARGET]
"""

import datetime as dt
import resource
import sys
from collections.abc import Callable
from statistics import median

from bench.measured import Step
from bench.results import step_table
from pipeline import build, checking, project, tools
from pipeline.conformance.verdict import problems
from pipeline.pdf import finish
from pipeline.project import Project
from pipeline.signature import Kind
from pipeline.stamping import seal as seals
from pipeline.stamping import stamp as stamping
from pipeline.typesetting import latex, typeset

RUNS = 15


def cost(step: Callable[[], object], runs: int) -> float:
    """Milliseconds of CPU that a step takes, in the median, what it runs included.

    A first run, which imports, does not count.
    """
    step()
    taken = []
    for _ in range(runs):
        start = _cpu()
        step()
        taken.append((_cpu() - start) * 1000)
    return median(taken)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def steps(folders: Project, name: str, runs: int = RUNS) -> list[Step]:
    """The steps of a target from its content file to the stamped file."""
    (target,) = project.targets(folders, [name])
    stock = checking.load(folders)
    checked = checking.check(target, stock)
    rendering = latex.render(checked.document, checked.plan, folders.layouts)
    day = checked.report.date or dt.date(checked.report.year + 1, 1, 1)
    xelatex = tools.require(tools.XELATEX)
    record = build.record(checked, rendering.tags, draft=False)
    sealed = checked.report.agency.signature is Kind.SEALED
    seal = seals.load(folders.layouts / "specimen-seal.svg", 42) if sealed else None

    def typesetting() -> bytes:
        epoch = build.epoch(checked.report)
        return typeset.typeset(rendering, folders.layouts, xelatex, epoch=epoch).pdf

    def finishing() -> bytes:
        return finish.finish(raw, checked.plan, record)

    def stamped() -> bytes:
        return stamping.stamp(
            finished,
            date=day,
            seal=seal,
            fonts=stock.fonts,
            specimens=stamping.specimen_digests(folders.layouts),
        ).pdf

    raw = typesetting()
    finished = finishing()
    return [
        Step("check of the content", cost(lambda: checking.check(target, stock), runs), 0),
        Step(
            "LaTeX from the document",
            cost(lambda: latex.render(checked.document, checked.plan, folders.layouts), runs),
            len(rendering.tex.encode()),
        ),
        Step("xelatex and xdvipdfmx", cost(typesetting, runs), len(raw)),
        Step("finishing, its own check included", cost(finishing, runs), len(finished)),
        Step("of that, the check", cost(lambda: problems(finished), runs), 0),
        Step("stamping, its own check included", cost(stamped, runs), len(stamped())),
    ]


def main(name: str) -> None:
    """Print the table."""
    table = step_table(steps(project.find(), name))
    sys.stdout.write(f"{name}: CPU, median of {RUNS} runs\n\n{table}\n")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["example/2026"]))
