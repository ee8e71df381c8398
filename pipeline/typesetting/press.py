"""Setting reports: together where that can be done, else each by itself; the pages are the same."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline import tools
from pipeline.errors import FileProblem, UserError
from pipeline.processes import TIME_LIMIT
from pipeline.typesetting import driver, lane, preloaded, typeset
from pipeline.typesetting.lane import Job
from pipeline.typesetting.preloaded import Preloaded
from pipeline.typesetting.spare import Spare
from pipeline.typesetting.typeset import Sheets


def print_all(
    jobs: Sequence[Job], layouts: Path, limit: float = TIME_LIMIT
) -> Iterator[Sheets | UserError]:
    """The pages of each job, or why there are none, in order."""
    made: dict[int, Sheets | UserError] = {}
    ready = find_preloaded(layouts)
    if ready is None and len(jobs) > 1:  # what works once is worth preparing
        made[0] = _tried(jobs[0], layouts, limit)
        ready = prepare(layouts) if isinstance(made[0], Sheets) else None
    if ready is not None:
        rest = [number for number in range(len(jobs)) if number not in made]
        with suppress(FileProblem):  # each by itself will tell
            xelatex = _xelatex()
            assert xelatex is not None  # noqa: S101  # it made the format
            found = lane.typeset([jobs[n] for n in rest], layouts, xelatex, ready, limit=limit)
            made |= {rest[number]: pages for number, pages in found.items()}
    for number, job in enumerate(jobs):
        yield made.pop(number) if number in made else _tried(job, layouts, limit)


def alone(job: Job, layouts: Path, limit: float = TIME_LIMIT) -> Sheets:
    """The pages of a job by one run of xelatex as it comes.

    Raises:
        MissingTool, FileProblem, TypesettingFailed: as `typeset.typeset`.
    """
    xelatex = tools.require(tools.XELATEX)
    return typeset.typeset(job.rendering, layouts, xelatex, epoch=job.epoch, limit=limit)


def spare(job: Job, layouts: Path) -> Spare | None:
    """An xelatex that waits for the next version of a job, where one can be had.

    Whoever has it closes it.
    """
    ready, xelatex = prepare(layouts), _xelatex()
    if ready is not None and xelatex is not None:
        with suppress(OSError, FileProblem):  # without it, everything takes longer
            return Spare(job, layouts, xelatex, ready)
    return None


def find_preloaded(layouts: Path) -> Preloaded | None:
    """The format of the page class in `layouts`, where one is ready for this xelatex."""
    xelatex = _xelatex()
    return preloaded.find(layouts, xelatex) if xelatex else None


def prepare(layouts: Path) -> Preloaded | None:
    """The format, made now where there is none."""
    xelatex = _xelatex()
    return find_preloaded(layouts) or (preloaded.make(layouts, xelatex) if xelatex else None)


def programs() -> tuple[str, ...]:
    """The programs that set pages, where they are there."""
    found = (shutil.which(name) for name in (tools.XELATEX.command, driver.PROGRAM))
    return tuple(path for path in found if path)


def _tried(job: Job, layouts: Path, limit: float) -> Sheets | UserError:
    try:
        return alone(job, layouts, limit)
    except UserError as error:
        return error


def _xelatex() -> Path | None:
    found = shutil.which(tools.XELATEX.command)
    return Path(found).absolute() if found else None
