"""Tasks over processes of this machine: any may die, and what it had is done again.

A process that has lost the one that began it ends itself, and with it what it started.
"""

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import wait

from pipeline import scratch
from pipeline.checking import Stock
from pipeline.errors import TypesettingFailed, UserError
from pipeline.production.making import Outcome
from pipeline.production.tasks import Task, divide, do


def count() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def produce(whole: Task, stock: Stock, workers: int) -> Iterator[Outcome]:
    """What becomes of each target, as it is made; in this process where there is little to do."""
    tasks = divide(whole, workers)
    if workers == 1 or len(tasks) == 1:
        for task in tasks:
            yield from do(task, stock)
        return
    left = yield from _done(tasks, stock, workers)
    # Some process died with these: each alone, so that no other suffers from the one at fault.
    for task in (single for each in left for single in each.single()):
        for lost in (yield from _done([task], stock, 1)):
            (target,) = lost.targets
            yield Outcome(target, error=_lost())


def _done(
    tasks: Sequence[Task], stock: Stock, workers: int
) -> Generator[Outcome, None, list[Task]]:
    """What becomes of tasks; those lost with a process are the value of the generator."""
    context = multiprocessing.get_context("fork")  # they have the stock from the start
    lost: list[Task] = []
    with scratch.folder() as folder:  # of all processes: it goes, whatever becomes of them
        pool = ProcessPoolExecutor(
            min(workers, len(tasks)), context, initializer=_begin, initargs=(str(folder), stock)
        )
        try:
            running = {pool.submit(_do, task): task for task in tasks}
            for future in as_completed(running):
                task = running.pop(future)
                try:
                    outcomes = future.result()
                except BrokenProcessPool:
                    lost.append(task)
                else:
                    yield from outcomes
        except BaseException:
            for process in list((pool._processes or {}).values()):  # noqa: SLF001  # no other way
                process.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    return lost


def _lost() -> UserError:
    return TypesettingFailed(
        "生成这份年报的进程意外结束。", "请检查内存是否够用，再单独生成这一份。"
    )


_stock: Stock | None = None


def _do(task: Task) -> list[Outcome]:
    assert _stock is not None  # noqa: S101  # the process began with it
    return list(do(task, _stock))


def _begin(folder: str, stock: Stock) -> None:
    """Work in a folder that goes with the run; leave keys to the parent, and end with it."""
    global _stock  # of a process that is there for this alone
    _stock, tempfile.tempdir = stock, folder
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    with suppress(OSError):
        wait([sentinel])
    os._exit(1)
