"""Tasks over the workers of a Dask scheduler, which share no folder with this machine.

A worker has one task at a time: of a worker that died it is known with what. Its task is divided,
so that of a report that ends whoever makes it no other suffers.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pipeline.errors import FileProblem, MissingTool, TypesettingFailed, UserError
from pipeline.production import crew, parcel
from pipeline.production.connection import Gone, connected
from pipeline.production.crew import Crew
from pipeline.production.making import Outcome
from pipeline.production.tasks import Task, divide
from pipeline.project import Target

_MOST_DEATHS = 2
"""A report with which so many workers died, when it was alone with them, is given to no other."""
_PATIENCE = 30
"""Seconds to wait for workers to come back where none is left."""


def produce(whole: Task, address: str, notice: Callable[[str], None]) -> Iterator[Outcome]:
    """What becomes of each target, as it is made by the workers of the scheduler at `address`.

    `notice` is told of workers that cannot take part.

    Raises:
        MissingTool: Dask is not installed, nobody answers, or no worker can make reports.
    """
    with connected(address) as client:
        shared = parcel.share(whole.folders)
        hands = Crew(client, shared, parcel.machine(shared), notice)
        hands.muster()
        if not hands.able:
            raise MissingTool(
                "没有可用的工作机。",
                "请在各工作机上安装与本机相同的程序、TeX 和字体，启动 dask worker，再重试。",
            )
        unread = {target: error for target in whole.targets if (error := _unreadable(target))}
        yield from (Outcome(target, error=error) for target, error in unread.items())
        left = {target: None for target in whole.targets if target not in unread}
        try:
            for outcome in _Work(replace(whole, targets=tuple(left)), hands).outcomes():
                del left[outcome.target]
                yield outcome
        except Gone as error:
            yield from (Outcome(target, error=error) for target in left)


def _unreadable(target: Target) -> FileProblem | None:
    """Why a target's file cannot be read: no other machine could tell."""
    try:
        parcel.read(target.path, target.shown)
    except FileProblem as error:
        return error
    return None


class _Work:
    """What is to be done, and who is doing what."""

    def __init__(self, whole: Task, hands: Crew) -> None:
        self._hands = hands
        self._waiting = deque(divide(whole, len(hands.able)))
        self._doing: dict[str, tuple[Task, Any]] = {}
        self._deaths: Counter[tuple[object, ...]] = Counter()

    def outcomes(self) -> Iterator[Outcome]:
        """What becomes of each target.

        Raises:
            Gone: everybody is, and does not come back.
        """
        seen = time.monotonic()
        while self._waiting or self._doing:
            self._hands.look()
            yield from self._bury()
            self._give()
            if self._doing:
                seen = time.monotonic()
            elif time.monotonic() > seen + _PATIENCE:
                raise Gone(
                    "没有工作机了，这一份没有生成。",
                    "请检查各工作机，再运行一次；已完成的不会重做。",
                )
            self._hands.wait()
            yield from self._collect()

    def _give(self) -> None:
        """A task for everybody who has none."""
        for worker in self._hands.able:
            if self._waiting and worker not in self._doing:
                task = self._waiting.popleft()
                self._doing[worker] = task, self._hands.give(worker, task)

    def _bury(self) -> Iterator[Outcome]:
        """Take back the tasks of those who are gone, and what somebody else cancelled."""
        for worker, (task, future) in list(self._doing.items()):
            if worker not in self._hands.able or future.cancelled():
                del self._doing[worker]
                future.cancel()
                yield from self._again(task)

    def _again(self, task: Task) -> Iterator[Outcome]:
        """Let others do a task whose worker died, each report by itself; or give it up."""
        if len(task.targets) > 1:
            self._waiting.extend(task.single())  # behind all that is not suspected
            return
        self._deaths[task.targets] += 1
        if self._deaths[task.targets] < _MOST_DEATHS:
            self._waiting.append(task)
        else:
            yield Outcome(task.targets[0], error=_lost())

    def _collect(self) -> Iterator[Outcome]:
        """What has come."""
        from distributed.scheduler import KilledWorker  # noqa: PLC0415  # an extra

        for worker, (task, future) in list(self._doing.items()):
            answer = self._hands.answer(future)
            if answer is None:
                continue
            del self._doing[worker]
            future.release()
            if isinstance(answer, KilledWorker):
                yield from self._again(task)
            elif isinstance(answer, list):
                for target, outcome in zip(task.targets, answer, strict=True):
                    yield replace(outcome, target=target)
            else:  # the machine's fault, not the content's
                self._hands.dismiss(worker, crew.reason(answer))
                self._waiting.appendleft(task)


def _lost() -> UserError:
    return TypesettingFailed(
        "生成这份年报的工作机一再意外中止。", "请检查工作机的内存，或在本机单独生成这一份。"
    )
