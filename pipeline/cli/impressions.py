"""Stamping for the command line: one report, or many over processes; what came of each is told."""

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import build, checking, events, listing, project
from pipeline.checking import Stock
from pipeline.cli.attempts import attempt, overall
from pipeline.cli.options import shown
from pipeline.errors import ExitCode, Refused, UserError
from pipeline.production import tasks, workers
from pipeline.production.freshness import Ledger
from pipeline.project import Project, Target
from pipeline.stamping import imprint, origin
from pipeline.stamping.imprint import Order
from pipeline.terminal import progress, say

_PIECE = 16
"""Reports that a process is given at a time."""


@dataclass(frozen=True)
class _Desk:
    """What every stamping of a run needs."""

    folders: Project
    order: Order
    stock: Stock
    ledger: Ledger


@dataclass(frozen=True)
class _Told:
    """What came of one report: what to say of it, or the error or the trace of a bug."""

    name: str
    lines: tuple[str, ...] = ()
    error: UserError | None = None
    trace: str = ""

    def tell(self) -> None:
        """Say it.

        Raises:
            UserError: its error.
        """
        if self.error is not None:
            raise self.error
        for line in self.lines:
            say(line)


def choose(folders: Project, names: Sequence[str], *, every: bool) -> list[str | Target]:
    """What is to be stamped, each once: PDFs by name, and targets.

    A name that stands for several targets is left as it is, to be refused, unless `every` one is
    meant.

    Raises:
        UsageError, FileProblem: a name stands for nothing.
    """
    known = project.known(folders)
    reports = {target.output(folders, build.REPORT).resolve(): target for target in known}
    chosen: list[str | Target] = []
    for name in names:
        if name.lower().endswith(".pdf"):
            chosen.append(reports.get(Path(name).resolve(), name))
        else:
            found = project.targets(folders, [name], known)
            chosen += found if every or len(found) == 1 else [name]
    return list(dict.fromkeys(chosen))


def stamp(
    names: Sequence[str | Target], folders: Project, order: Order, jobs: int | None
) -> ExitCode:
    """Stamp reports and tell of it; of several, what one ends in stops no other.

    Raises:
        UserError: why the only one was not stamped.
    """
    stock = checking.load(folders)
    desk = _Desk(folders, order, stock, Ledger(folders, stock))
    if len(names) == 1:
        try:
            lines = _stamped(names[0], desk)
        except UserError as error:
            for finding in error.findings:
                say(listing.finding(finding))
            raise
        for line in lines:
            say(line)
        return ExitCode.OK
    codes: dict[str, ExitCode] = {}
    with progress(len(names)) as advance:
        for told in _all(names, desk, jobs or tasks.count()):
            codes[told.name] = attempt(told.name, told.tell, told.trace)
            advance()
    failed = [str(name) for name in names if codes[str(name)]]
    say(f"共 {len(names)} 份，{len(names) - len(failed)} 份已用印，{len(failed)} 份没有用印。")
    if failed:
        say(f"没有用印：{'、'.join(failed)}。")
    return overall([codes[str(name)] for name in names])


def _all(names: Sequence[str | Target], desk: _Desk, count: int) -> Iterator[_Told]:
    pieces = [names[at : at + _PIECE] for at in range(0, len(names), _PIECE)]
    if count == 1 or len(pieces) == 1:
        for name in names:
            yield _tried(name, desk)
        return
    lost = yield from workers.spread(pieces, _piece, desk, count)
    for name in (name for piece in lost for name in piece):
        # Not again: it may be in the register already.
        error = Refused(
            f"给 {name} 用印的进程意外结束。", "请用 nianbao register show 核对是否已经登记。"
        )
        yield _Told(str(name), error=error)


def _piece(names: Sequence[str | Target], common: _Desk) -> list[_Told]:
    return [_tried(name, common) for name in names]


def _tried(name: str | Target, desk: _Desk) -> _Told:
    try:
        return _Told(str(name), tuple(_stamped(name, desk)))
    except UserError as error:
        return _Told(str(name), error=error)
    except Exception:  # noqa: BLE001  # it is told with its trace
        return _Told(str(name), trace=traceback.format_exc())


def _stamped(name: str | Target, desk: _Desk) -> list[str]:
    """Stamp one report, log it, and say what was done."""
    order = desk.order
    if isinstance(name, str):
        found = origin.find(desk.folders, name)
    else:
        found = origin.of(desk.folders, name)
    target = found.target
    fresh = desk.ledger.fresh(target) if target else None
    current = fresh is not None and fresh.path.resolve() == found.path.resolve()
    made = imprint.imprint(found, desk.folders, order, desk.stock, current=current)
    if target:
        forced = f"；强制用印：{order.force}" if order.force else ""
        detail = f"{made.path.name}，登记第 {made.number} 条{forced}"
        stamped = events.Event(order.time, events.Action.STAMP, order.by, detail)
        events.add(target.log(desk.folders), stamped)
    return [
        *map(listing.finding, made.findings),
        *(f"注意：{warning}" for warning in made.warnings),
        f"已生成 {shown(made.path)}",
        f"已登记 {shown(made.register)}，第 {made.number} 条",
    ]
