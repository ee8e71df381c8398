"""One report, made again and again: forms and fonts stay loaded, and an xelatex waits for it."""

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import checking, project
from pipeline.checking import Stock
from pipeline.errors import UserError
from pipeline.findings import Finding
from pipeline.fonts import FontSet
from pipeline.processes import TIME_LIMIT
from pipeline.production.delivery import enter
from pipeline.production.freshness import Ledger
from pipeline.production.making import Outcome, attempted, make
from pipeline.production.watching import Effect
from pipeline.project import Project, Target
from pipeline.roster import Roster
from pipeline.typesetting import press
from pipeline.typesetting.lane import Job
from pipeline.typesetting.typeset import Sheets

if TYPE_CHECKING:
    from pipeline.typesetting.spare import Spare


class Standby:
    """What stands ready for the next version of a report. Whoever has it closes it.

    No garbage is collected while a report is made, but afterwards: it saves a sixth of the time.
    """

    def __init__(
        self, target: Target, folders: Project, *, draft: bool = False, limit: float = TIME_LIMIT
    ) -> None:
        self._target, self._folders, self._draft, self._limit = target, folders, draft, limit
        self._loaded: tuple[Stock, Ledger] | None = None
        self._settled = False
        self._spare: Spare | None = None
        self._last: Job | None = None
        self._content: list[str | None] = []
        self._standing = False
        self._unlogged: tuple[Outcome, Sequence[str]] | None = None
        gc.disable()

    @property
    def fonts(self) -> FontSet | None:
        """The fonts that are loaded."""
        return self._loaded[0].fonts if self._loaded is not None else None

    def renew(self, effect: Effect) -> bool:
        """Let go what is no longer so; whether the report has to be made again."""
        if Effect.STOCK in effect:
            self.close()
            self._loaded = self._last = None
            self._settled = False
            return True
        counted = Effect.OFFICES in effect and self._count_offices()
        return counted or (Effect.CONTENT in effect and not self._current())

    def make(self, heard: Callable[[Sequence[Finding]], None]) -> Outcome:
        """What becomes of the report now; `heard` is told what is found before it is typeset."""
        gc.disable()
        loaded = attempted(self._target, self._load)
        if isinstance(loaded, Outcome):
            return loaded
        stock, ledger = loaded
        self._content, self._standing = ledger.look(self._target), False
        (outcome,) = make(
            [self._target], self._folders.layouts, stock,
            draft=self._draft, limit=self._limit, print_all=self._print_all, heard=heard,
        )  # fmt: skip
        return outcome

    def settle(self, outcome: Outcome, told: Sequence[str] | None) -> None:
        """Make ready for the next version, and log this one; of one that stands, what was `told`.

        Raises:
            FileProblem: the log cannot be written.
        """
        if told is not None:
            self._unlogged, self._standing = (outcome, told), True
        if self._last is not None and (self._spare is None or self._spare.used):
            self._drop()
            self._spare = press.spare(self._last, self._folders.layouts)
        self._log()
        gc.collect()
        if not self._settled:  # what is loaded stays: it need not be looked at again
            gc.freeze()
            self._settled = True

    def close(self) -> None:
        """End what waits; keep what is to be kept.

        Raises:
            FileProblem: the log cannot be written.
        """
        self._drop()
        gc.unfreeze()
        gc.enable()
        if self._loaded is not None:
            self._log()
            self._loaded[1].close()

    def _log(self) -> None:
        """Log the last report, and what it was made of, unless this was done."""
        if self._unlogged is not None and self._loaded is not None:
            outcome, told = self._unlogged
            self._unlogged = None
            self._loaded[1].note(outcome, told)
            enter(outcome, self._folders, draft=self._draft)

    def _load(self) -> tuple[Stock, Ledger]:
        if self._loaded is None:
            self._loaded = self._with_ledger(checking.load(self._folders))
        return self._loaded

    def _with_ledger(self, stock: Stock) -> tuple[Stock, Ledger]:
        return stock, Ledger(self._folders, stock, draft=self._draft)

    def _count_offices(self) -> bool:
        """Read the names of the offices; whether there are others than before."""
        roster = Roster(project.offices(self._folders))
        if self._loaded is None or roster == self._loaded[0].offices:
            return False
        self._loaded[1].close()
        self._loaded = self._with_ledger(replace(self._loaded[0], offices=roster))
        return True

    def _current(self) -> bool:
        """Whether the last version stands, and was made of the content that there is now."""
        if self._loaded is None or not self._standing:
            return False
        return self._loaded[1].look(self._target) == self._content

    def _print_all(
        self, jobs: Sequence[Job], layouts: Path, limit: float
    ) -> Iterator[Sheets | UserError]:
        """As `press.print_all`, by the xelatex that waits, if it can."""
        for job in jobs:
            pages: Sheets | UserError | None = None
            if self._spare is not None and not self._spare.used:
                pages = self._spare.typeset(job, limit)
            if pages is None:
                (pages,) = press.print_all([job], layouts, limit)
            if isinstance(pages, Sheets):
                self._last = job
            yield pages

    def _drop(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.close()
