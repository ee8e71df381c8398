"""Tasks over the workers of a Dask scheduler, which share no folder with this machine.

Dask gives the tasks of a worker that died to another, and knows what is running where.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from pipeline.errors import MissingTool, TypesettingFailed, UserError
from pipeline.production import parcel
from pipeline.production.making import Outcome
from pipeline.production.parcel import Machine, Shared
from pipeline.production.tasks import Task, divide

_TIMEOUT = 20
"""Seconds to reach the scheduler."""


def produce(whole: Task, address: str, notice: Callable[[str], None]) -> Iterator[Outcome]:
    """What becomes of each target, as it is made by the workers of the scheduler at `address`.

    `notice` is told of workers that cannot take part.

    Raises:
        MissingTool: Dask is not installed, nobody answers, or no worker can make reports.
    """
    with closing(_client(address)) as client:
        shared = parcel.share(whole.folders)
        able = _able(client, shared, notice)
        sent = client.scatter(shared, workers=able, broadcast=True)
        tasks = divide(whole, sum(client.nthreads(able).values()))
        left = yield from _done(client, tasks, sent, able)
        for lost in (yield from _done(client, [s for t in left for s in t.single()], sent, able)):
            (target,) = lost.targets
            yield Outcome(target, error=_lost())


def _done(
    client: Any,  # noqa: ANN401  # distributed is untyped
    tasks: Sequence[Task],
    shared: Any,  # noqa: ANN401  # as above
    able: Sequence[str],
) -> Generator[Outcome, None, list[Task]]:
    """What becomes of tasks; those whose workers died again and again are the generator's value."""
    from distributed import as_completed  # noqa: PLC0415  # an extra
    from distributed.scheduler import KilledWorker  # noqa: PLC0415  # as above

    running = {
        client.submit(
            parcel.do, parcel.pack(task), shared,
            pure=False, workers=able, allow_other_workers=False,
        ): task
        for task in tasks
    }  # fmt: skip
    lost = []
    for future in as_completed(list(running)):
        task = running[future]
        try:
            outcomes = future.result()
        except KilledWorker:
            lost.append(task)
        except UserError as error:  # the machine's, not the content's
            yield from (Outcome(target, error=error) for target in task.targets)
        else:
            for target, outcome in zip(task.targets, outcomes, strict=True):
                yield replace(outcome, target=target)
        future.release()
    return lost


def _client(address: str) -> Any:  # noqa: ANN401  # distributed is untyped
    try:
        from distributed import Client  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingTool(
            "没有安装 Dask，不能用其他机器生成。", "请安装：pip install 'nianbao[cluster]'。"
        ) from error
    try:
        return Client(address, timeout=_TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise MissingTool(
            f"连不上 Dask 调度器：{address}。",
            "请检查地址，如 tcp://10.0.0.1:8786，以及调度器是否在运行。",
        ) from error


def _able(
    client: Any,  # noqa: ANN401  # distributed is untyped
    shared: Shared,
    notice: Callable[[str], None],
) -> list[str]:
    """The workers that make the same bytes as this machine; what the others lack is told."""
    here = parcel.machine(shared)
    found = client.run(_machine, shared)
    able = []
    for worker, there in sorted(found.items()):
        why = there if isinstance(there, str) else _difference(there, here)
        if why:
            notice(f"注意：工作机 {worker} 没有参加生成：{why}")
        else:
            able.append(worker)
    if not able:
        raise MissingTool(
            "没有可用的工作机。", "请在各工作机上安装与本机相同的程序、TeX 和字体，再重试。"
        )
    return able


def _machine(shared: Shared) -> Machine | str:
    """What a worker is, or what it lacks."""
    try:
        return parcel.machine(shared)
    except UserError as error:
        return f"{error.message}{error.hint}"


def _difference(there: Machine, here: Machine) -> str:
    """How a worker differs, or nothing."""
    if there.program != here.program:
        return "程序版本与本机不同。"
    if there.xelatex != here.xelatex:
        return f"TeX 版本是 {there.xelatex}，本机是 {here.xelatex}。"
    other = [title for title, faces in here.fonts.items() if there.fonts.get(title) != faces]
    return f"字体与本机不同：{'、'.join(other)}。" if other else ""


def _lost() -> UserError:
    return TypesettingFailed(
        "生成这份年报的工作机一再意外中止。", "请检查工作机的内存，或在本机单独生成这一份。"
    )
