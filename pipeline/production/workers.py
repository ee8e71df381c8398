"""Work over processes of this machine, any of which may die.

A process that has lost the one that began it ends itself, and with it what it started.
"""

import gc
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait
from typing import Any, TypeVar

from pipeline import scratch
from pipeline.checking import Stock
from pipeline.errors import TypesettingFailed, UserError
from pipeline.production.making import Outcome
from pipeline.production.tasks import Task, divide, do

_Piece = TypeVar("_Piece")
_Common = TypeVar("_Common")
_Result = TypeVar("_Result")


def produce(whole: Task, stock: Stock, workers: int) -> Iterator[Outcome]:
    """What becomes of each target, as it is made."""
    left = yield from spread(divide(whole, workers), _outcomes, stock, workers)
    # Some process died with these: each alone, so that no other suffers from the one at fault.
    for task in (single for each in left for single in each.single()):
        for lost in (yield from spread([task], _outcomes, stock, 1)):
            (target,) = lost.targets
            yield Outcome(target, error=_lost())


def _outcomes(task: Task, stock: Stock) -> list[Outcome]:
    return list(do(task, stock))


def _lost() -> UserError:
    return TypesettingFailed(
        "生成这份年报的进程意外结束。", "请检查内存是否够用，再单独生成这一份。"
    )


def spread(
    pieces: Sequence[_Piece],
    deed: Callable[[_Piece, _Common], list[_Result]],
    common: _Common,
    workers: int,
) -> Generator[_Result, None, list[_Piece]]:
    """What a deed gives for each piece of work, in any order, done by so many processes.

    Pieces and results go from process to process; what they have in `common` does not. The pieces
    that were lost with a process are the value of the generator.
    """
    context = multiprocessing.get_context("fork")  # they have what is common from the start
    lost: list[_Piece] = []
    with scratch.folder() as folder:  # of all processes: it goes, whatever becomes of them
        pool = ProcessPoolExecutor(
            min(workers, len(pieces)),
            context,
            initializer=_begin,
            initargs=(str(folder), partial(_with, deed, common)),
        )
        try:
            running = {pool.submit(_do, piece): piece for piece in pieces}
            for future in as_completed(running):
                piece = running.pop(future)
                try:
                    results = future.result()
                except BrokenProcessPool:
                    lost.append(piece)
                else:
                    yield from results
        except BaseException:
            for process in list((pool._processes or {}).values()):  # noqa: SLF001  # no other way
                process.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    return lost


def _with(
    deed: Callable[[_Piece, _Common], list[_Result]], common: _Common, piece: _Piece
) -> list[_Result]:
    return deed(piece, common)


_deed: Callable[[Any], Any] | None = None


def _do(piece: Any) -> Any:  # noqa: ANN401  # whatever the deed is done with
    assert _deed is not None  # noqa: S101  # the process began with it
    return _deed(piece)


def _begin(folder: str, deed: Callable[[Any], Any]) -> None:
    """Work in a folder that goes with the run; leave keys to the parent, and end with it."""
    global _deed  # of a process that is there for this alone
    _deed, tempfile.tempdir = deed, folder
    gc.freeze()  # what is common stays, and need not be looked through again and again
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    with suppress(OSError):
        wait([sentinel])
    os._exit(1)
