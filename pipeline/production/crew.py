"""The workers of a Dask scheduler that make the same bytes as this machine, as they come and go.

Dask carries values and tells who is there; whom to give what is decided in `cluster`.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pipeline.errors import MissingTool, UserError
from pipeline.production import parcel
from pipeline.production.connection import LOST, REACH, Gone, reaching
from pipeline.production.making import Outcome
from pipeline.production.parcel import Machine
from pipeline.production.tasks import Task

_ANSWER = 60
"""Seconds in which a result that is ready comes over the network."""
_MUSTER = 120
"""Seconds in which the workers that are there say what they are."""
_TICK = 0.5
"""Seconds between two looks at who is there."""


class Crew:
    """Who is there: `able` takes part, each with what all tasks have in common."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401  # distributed is untyped
        shared: bytes,
        here: Machine,
        notice: Callable[[str], None],
    ) -> None:
        self._client, self._shared, self._here = client, shared, here
        self._notice = notice
        self._names: dict[str, str] = {}
        self._asked: dict[str, tuple[Any, Any]] = {}
        self._refused: set[str] = set()
        self._news = threading.Event()
        self.able: dict[str, Any] = {}

    def muster(self) -> None:
        """Hear what all that are there can do.

        Raises:
            MissingTool: the scheduler has another program, and cannot pass anything on.
            Gone: the scheduler is.
        """
        program = self._program_of_scheduler()
        if program != self._here.program:
            raise MissingTool(
                f"调度器不能用：{_other_program(program)}", "请在它的机器上安装与本机相同的程序。"
            )
        end = time.monotonic() + _MUSTER
        self.look()
        while self._asked and time.monotonic() < end:
            self.wait()
            self.look()

    def _program_of_scheduler(self) -> object:
        try:
            with reaching():
                return self._client.run_on_scheduler(parcel.program)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it has in place of the program
            return error

    def look(self) -> None:
        """See who came and who went; those that cannot take part are told.

        Raises:
            Gone: the scheduler is.
        """
        with reaching():
            told = self._client.scheduler_info()
            if self._client.status != "running" or "workers" not in told:
                raise ConnectionError
        there = told["workers"]
        for known in (self.able, self._asked):
            for worker in known.keys() - there.keys():
                del known[worker]
        for worker, known_as in there.items():
            name = str(known_as["name"])
            self._names[worker] = worker if name == worker else f"{name}（{worker}）"
        self._ask(sorted(there.keys() - self.able.keys() - self._asked.keys() - self._refused))
        for worker, (future, data) in list(self._asked.items()):
            answer = self.answer(future)
            if answer is None:
                continue
            del self._asked[worker]
            future.release()
            why = _lacks(answer, self._here)
            if why:
                self.dismiss(worker, why)
            else:
                self.able[worker] = data

    def _ask(self, workers: Sequence[str]) -> None:
        """Let newcomers say what they are; those with another program have no words for it."""
        if not workers:
            return
        with reaching():  # a task that cannot be unpacked would end the worker: this does not
            answers = self._client.run(parcel.program, workers=workers, on_error="return")
        for worker, program in answers.items():
            if isinstance(program, OSError):  # it has just gone, or is seen again at the next look
                continue
            if program == self._here.program:
                self._examine(worker)
            else:
                self.dismiss(worker, _other_program(program))

    def _examine(self, worker: str) -> None:
        with suppress(OSError):  # as above
            data = self._client.scatter(
                self._shared, workers=[worker], direct=False, hash=False, timeout=REACH
            )
            self._asked[worker] = self._submit(worker, parcel.machine, data), data

    def dismiss(self, worker: str, why: str) -> None:
        """Let a worker take no part from now on, and tell it."""
        self._notice(f"注意：工作机 {self._names[worker]} 没有参加生成：{why}")
        self._refused.add(worker)
        self.able.pop(worker, None)

    def give(self, worker: str, task: Task) -> Any:  # noqa: ANN401  # a future
        """Let a worker do a task; `answer` has what comes of it."""
        return self._submit(worker, parcel.do, parcel.pack(task), self.able[worker])

    def _submit(self, worker: str, deed: Callable[..., object], *given: object) -> Any:  # noqa: ANN401
        with reaching():
            future = self._client.submit(
                deed, *given, pure=False, workers=[worker], allow_other_workers=False
            )
        future.add_done_callback(lambda _: self._news.set())
        return future

    def wait(self) -> None:
        """Wait until there may be something new."""
        self._news.wait(_TICK)
        self._news.clear()

    def answer(self, future: Any) -> Machine | list[Outcome] | Exception | None:  # noqa: ANN401
        """What came of a deed, or the exception that it ended in; None: nothing has come yet."""
        try:
            if future.status == "finished":
                result: Machine | list[Outcome] = future.result(timeout=_ANSWER)
                return result
            if future.status == "error":
                error: Exception = future.exception(timeout=_ANSWER)
                return error
        except LOST:  # who had it has just gone
            return None
        return None


def _other_program(answer: object) -> str:
    if isinstance(answer, str):
        return "nianbao 的版本与本机不同。"
    return f"没有安装 nianbao，或版本与本机不同（{_said(answer)}）。"


def _lacks(answer: object, here: Machine) -> str:
    """What a worker lacks, by its answer, to make the same bytes, if anything."""
    return _difference(answer, here) if isinstance(answer, Machine) else reason(answer)


def reason(error: object) -> str:
    """Why a worker could not do what it was asked for."""
    if isinstance(error, UserError):
        return f"{error.message}{error.hint}"
    return f"它遇到意外的错误（{_said(error)}）。"


def _said(error: object) -> str:
    said = str(error) if type(error) is Exception else f"{type(error).__name__}: {error}"
    return said.partition("\n")[0]


def _difference(there: Machine, here: Machine) -> str:
    others = [
        f"{name} {there.libraries.get(name)}（本机 {version}）"
        for name, version in here.libraries.items()
        if there.libraries.get(name) != version
    ]
    if others:
        return f"Python 软件包的版本与本机不同：{'、'.join(others)}。"
    if there.xelatex != here.xelatex:
        return f"TeX 与本机不同：{there.xelatex}（本机 {here.xelatex}）。"
    if there.packages and here.packages and there.packages != here.packages:
        return "TeX 的宏包与本机不同，请安装相同版本的 TeX Live。"
    return _fonts(there.fonts, here.fonts)


def _fonts(there: Mapping[str, tuple[str, ...]], here: Mapping[str, tuple[str, ...]]) -> str:
    others = [title for title, faces in here.items() if there.get(title) != faces]
    return f"字体与本机不同：{'、'.join(others)}。" if others else ""
