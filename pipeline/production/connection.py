"""The connection to a Dask scheduler; what Dask says and raises, as this program does."""

import logging
import re
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import Any

from pipeline.errors import MissingTool, UsageError

REACH = 10
"""Seconds to reach the scheduler."""
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}")
_SETTINGS = {
    "distributed.comm.timeouts.connect": f"{REACH}s",
    "distributed.admin.large-graph-warning-threshold": "1GB",  # a task carries its content
}
_LOGGERS = ("asyncio", "distributed", "distributed.client", "distributed.gc", "tornado")
LOST = (OSError, RuntimeError, CancelledError)
"""What Dask raises when who is asked is gone."""


class Gone(MissingTool):
    """Nobody is there any more, scheduler or workers."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address, which says nothing by itself.

    Raises:
        UsageError: it is no address.
        MissingTool: Dask is not installed, or nobody answers.
    """
    if not _ADDRESS.fullmatch(address):
        raise UsageError(
            f"--executor 不是地址：{address}。",
            "请写 local，或调度器的地址，如 tcp://10.0.0.1:8786。",
        )
    try:
        import dask  # noqa: PLC0415  # an extra
        from distributed import Client, Security  # noqa: PLC0415  # as above
        from distributed.versions import VersionMismatchWarning  # noqa: PLC0415  # as above
    except ImportError as error:
        raise MissingTool(
            "没有安装 Dask，不能用其他机器生成。", "请安装：pip install 'nianbao[cluster]'。"
        ) from error
    if address.startswith("tls") and not Security().get_connection_args("client")["ssl_context"]:
        hint = "请在 ~/.config/dask/distributed.yaml 中写明证书，见 docs/cluster.md。"
        raise MissingTool(f"没有 TLS 证书，连不上 Dask 调度器：{address}。", hint)
    with _quiet(), dask.config.set(_SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore", VersionMismatchWarning)  # what matters is compared
        try:
            client = Client(address, timeout=REACH, set_as_default=False)
        except (*LOST, ValueError, OverflowError, ImportError) as error:
            raise MissingTool(
                f"连不上 Dask 调度器：{address}。",
                "请检查地址（如 tcp://10.0.0.1:8786）、网络，以及调度器是否在运行。",
            ) from error
        try:
            yield client
        finally:
            with suppress(*LOST):
                client.close(timeout=REACH)


@contextmanager
def reaching() -> Iterator[None]:
    """What Dask raises when the scheduler is gone, as a problem of the user's."""
    try:
        yield
    except LOST as error:
        raise Gone(
            "与 Dask 调度器的连接中断了。", "请检查网络和调度器，再运行一次；已完成的不会重做。"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Dask log nothing: what is wrong is told by who uses it."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
