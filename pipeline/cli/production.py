"""Building reports for the command line: what is up to date stays, the rest is made and told."""

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from pipeline import checking, listing
from pipeline.checking import Stock
from pipeline.cli.attempts import attempt, overall
from pipeline.cli.options import shown
from pipeline.errors import ExitCode
from pipeline.production import tasks
from pipeline.production.delivery import deliver
from pipeline.production.freshness import Ledger
from pipeline.production.making import Outcome
from pipeline.production.tasks import Task
from pipeline.project import Project, Target
from pipeline.terminal import progress, say
from pipeline.typesetting import press

LOCAL = "local"
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Order:
    """How reports are to be built."""

    draft: bool
    limit: float
    workers: int | None = None
    """Processes of this machine; None: as many as there are processors."""
    executor: str = LOCAL
    """Where: on this machine, or the address of a Dask scheduler."""


def build(targets: Sequence[Target], folders: Project, order: Order) -> ExitCode:
    """Build what is not up to date, and tell all of it."""
    start = time.perf_counter()
    stock = checking.load(folders)
    ledger = Ledger(folders, stock, draft=order.draft)
    codes: dict[Target, ExitCode] = {}
    stale = []
    for target in targets:
        ledger.look(target)
        fresh = ledger.fresh(target)
        if fresh is None:
            stale.append(target)
            continue
        codes[target] = ExitCode.OK
        if len(targets) == 1:
            say(f"{target}  已是最新，没有重新生成  {shown(fresh.path)}")
        for line in fresh.told:
            say(line)
    unchanged = len(codes)
    alone = len(targets) == 1
    with (
        closing(_outcomes(stale, folders, stock, order)) as outcomes,
        progress(len(stale)) as advance,
    ):
        for outcome in outcomes:
            codes[outcome.target] = _settle(outcome, folders, ledger, order, alone=alone)
            advance()
    ledger.close()
    for line in listing.stand_ins(stock.fonts):
        say(line)
    if not alone:
        _sum_up(codes, unchanged, time.perf_counter() - start)
    return overall([codes[target] for target in targets])


def _outcomes(
    targets: Sequence[Target], folders: Project, stock: Stock, order: Order
) -> Generator[Outcome, None, None]:
    if not targets:
        return
    task = Task(folders, tuple(targets), order.draft, order.limit)
    count = order.workers or tasks.count()
    pieces = tasks.divide(task, count)
    if order.executor != LOCAL:
        from pipeline.production import cluster  # noqa: PLC0415  # an extra, for a few

        yield from cluster.produce(task, order.executor, say)
    elif count == 1 or len(pieces) == 1:
        for piece in pieces:
            yield from tasks.do(piece, stock)
    else:
        from pipeline.production import workers  # noqa: PLC0415  # slow to load, for many only

        yield from workers.produce(task, stock, count)


def _settle(
    outcome: Outcome, folders: Project, ledger: Ledger, order: Order, *, alone: bool
) -> ExitCode:
    """Write what was made and tell it; a failure, a bug of ours included, stops no other."""
    target = outcome.target

    def deed() -> None:
        path = deliver(outcome, folders, draft=order.draft)
        if alone:
            *steps, (last, taken) = outcome.steps
            for name, milliseconds in steps:
                say(f"{target}  {name}  {milliseconds:.0f} ms")
            say(f"{target}  {last}  {taken:.0f} ms  {shown(path)}")
            press.prepare(folders.layouts)
        else:
            say(f"{target}  完成  {shown(path)}")
        told = [listing.finding(finding) for finding in outcome.findings]
        ledger.note(outcome, told)
        for line in told:
            say(line)

    return attempt(target, deed, outcome.trace)


def _sum_up(codes: dict[Target, ExitCode], unchanged: int, seconds: float) -> None:
    failed = sorted(target for target, code in codes.items() if code)
    done = f"{len(codes) - len(failed)} 份完成"
    parts = [f"共 {len(codes)} 份", done, *([f"{len(failed)} 份未完成"] if failed else [])]
    fresh = f"其中 {unchanged} 份没有变动，没有重新生成。" if unchanged else ""
    say(f"{'，'.join(parts)}。{fresh}用时 {seconds:.1f} 秒。")
    if failed:
        more = "等" if len(failed) > _MOST_NAMED else ""
        say(f"未完成：{'、'.join(str(target) for target in failed[:_MOST_NAMED])}{more}。")
