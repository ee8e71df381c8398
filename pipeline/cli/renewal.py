"""Making a report anew for the command line, whenever something that it is made of changes."""

import time
from collections.abc import Sequence
from contextlib import closing

from pipeline import listing, viewers
from pipeline.build import DRAFT, REPORT
from pipeline.cli.attempts import attempt
from pipeline.cli.options import shown
from pipeline.errors import ExitCode, UserError
from pipeline.findings import Finding
from pipeline.production import delivery
from pipeline.production.standby import Standby
from pipeline.production.watching import Effect, effects
from pipeline.project import Project, Target
from pipeline.terminal import say


def renew(
    target: Target, folders: Project, *, draft: bool, limit: float, viewer: Sequence[str]
) -> None:
    """Make the report now and after every change, until the program is asked to end.

    The first PDF is shown by the command `viewer`, where there is one.

    Raises:
        FileProblem: the folders cannot be watched.
        KeyboardInterrupt: the program is asked to end.
    """
    with closing(Standby(target, folders, draft=draft, limit=limit)) as standby:
        for effect in effects(target, folders):
            if not standby.renew(effect):
                continue
            placed = _make(target, folders, standby, draft=draft)
            if Effect.STOCK in effect and standby.fonts is not None:
                for line in listing.stand_ins(standby.fonts):
                    say(line)
            if placed and viewer:
                viewers.show(target.output(folders, DRAFT if draft else REPORT), viewer)
                viewer = ()


def _make(target: Target, folders: Project, standby: Standby, *, draft: bool) -> bool:
    """Make the report as it is now, and tell all of it; whether there is a PDF of it."""
    start = time.perf_counter()
    told: list[str] = []

    def tell(findings: Sequence[Finding]) -> None:
        for line in map(listing.finding, findings):
            told.append(line)
            say(line)

    outcome = standby.make(tell)

    def place() -> None:
        try:
            path = delivery.place(outcome, folders, draft=draft)
        except UserError as error:
            error.findings = tuple(f for f in error.findings if listing.finding(f) not in told)
            raise
        taken = (time.perf_counter() - start) * 1000
        say(f"{target}  完成  {taken:.0f} ms  {shown(path)}")

    placed = attempt(target, place, outcome.trace) == ExitCode.OK
    attempt(target, lambda: standby.settle(outcome, told if placed else None))
    return placed
