"""Where the milliseconds of a report in a batch go: CPU of each step, in one warm process.

.venv/bin/python -m bench.finishing [TARGET...]

Every report is another one, as in a batch: no step sees the same twice.
"""

import datetime as dt
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import TypeVar

from bench.measured import Step
from bench.results import step_table
from pipeline import build, checking, project
from pipeline.checking import Checked, Stock
from pipeline.conformance.verdict import require
from pipeline.project import Project, Target
from pipeline.signature import Kind
from pipeline.stamping import seal as seals
from pipeline.stamping import stamp as stamping
from pipeline.typesetting import press
from pipeline.typesetting.lane import Job
from pipeline.typesetting.typeset import Sheets

WARMING = 3
_T = TypeVar("_T")


@dataclass
class Costs:
    """Milliseconds of CPU that each step took, by its name, and the bytes of what it made."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def of(self, name: str, step: Callable[[], _T], share: int = 1) -> _T:
        """What a step makes; its cost, of one of `share` reports, is kept."""
        start = _cpu()
        made = step()
        self.taken.setdefault(name, []).append((_cpu() - start) * 1000 / share)
        self.sizes[name] = len(made) if isinstance(made, bytes) else 0
        return made


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def steps(folders: Project, names: Sequence[str] = ()) -> list[Step]:
    """The steps of some targets, of all where none is named: medians, but for the first few."""
    stock = checking.load(folders)
    chosen = project.targets(folders, names)
    _measure(chosen[:WARMING], folders, stock, Costs())
    costs = Costs()
    _measure(chosen[WARMING:] or chosen, folders, stock, costs)
    return [Step(name, median(taken), costs.sizes[name]) for name, taken in costs.taken.items()]


def _measure(targets: Sequence[Target], folders: Project, stock: Stock, costs: Costs) -> None:
    checked = [
        costs.of("check of the content", partial(checking.check, each, stock)) for each in targets
    ]
    jobs = [
        Job(
            costs.of("LaTeX from the document", partial(build.render, each, folders.layouts)),
            build.epoch(each.report),
        )
        for each in checked
    ]
    sheets = costs.of(
        "xelatex and xdvipdfmx, all in one lane",
        lambda: list(press.print_all(jobs, folders.layouts)),
        len(jobs),
    )
    seal = seals.load(folders.layouts / "specimen-seal.svg", 42)
    specimens = stamping.specimen_digests(folders.layouts)
    for each, job, pages in zip(checked, jobs, sheets, strict=True):
        assert isinstance(pages, Sheets), pages  # noqa: S101  # these reports can be set
        set_pages = build.Pages(job.rendering, pages)
        finishing = partial(build.finish_pages, each, set_pages)
        finished = costs.of("finishing, its own check included", finishing)
        costs.of("of that, the check", partial(require, finished))
        stamped = partial(
            stamping.stamp,
            finished,
            date=_day(each),
            seal=seal if each.report.agency.signature is Kind.SEALED else None,
            fonts=stock.fonts,
            specimens=specimens,
        )
        costs.of("stamping, its own check included", stamped)


def _day(checked: Checked) -> dt.date:
    return checked.report.date or dt.date(checked.report.year + 1, 1, 1)


def main(names: Sequence[str]) -> None:
    """Print the table."""
    sys.stdout.write(f"{step_table(steps(project.find(), names))}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
