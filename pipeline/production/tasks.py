"""What a worker is given, and does: some targets of one run; it reads, makes, and gives values."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.checking import Stock
from pipeline.processes import TIME_LIMIT
from pipeline.production.making import Outcome, make
from pipeline.project import Project, Target

_MOST, _LEAST = 50, 8
"""Reports of a task: so many share the start of one xelatex; fewer are not worth a process."""


@dataclass(frozen=True, slots=True)
class Task:
    """Targets to make."""

    folders: Project
    targets: tuple[Target, ...]
    draft: bool = False
    limit: float = TIME_LIMIT

    def single(self) -> list["Task"]:
        """A task for each of its targets."""
        return [replace(self, targets=(target,)) for target in self.targets]


def count() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def divide(whole: Task, workers: int) -> list[Task]:
    """A task as several for so many workers, in order."""
    size = min(_MOST, max(_LEAST, -(-len(whole.targets) // max(1, workers))))
    starts = range(0, len(whole.targets), size)
    return [replace(whole, targets=whole.targets[at : at + size]) for at in starts]


def do(task: Task, stock: Stock) -> Iterator[Outcome]:
    """What becomes of the targets of a task, in their order."""
    return make(task.targets, task.folders.layouts, stock, draft=task.draft, limit=task.limit)
