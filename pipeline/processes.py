"""Running an outside program: no shell, no input, a time limit, and no child left behind."""

import os
import resource
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

TIME_LIMIT = 120.0
"""Seconds for typesetting one report, which takes less than two as a rule."""


def run(
    command: Sequence[str | Path],
    *,
    limit: float,
    env: Mapping[str, str],
    cwd: Path | None = None,
    memory: int | None = None,
) -> tuple[str, int]:
    """What a program printed, on either stream, and its exit code.

    `memory` is the most that it may take, in bytes of address space, where the system can say so.

    Raises:
        TimeoutError: it took more than `limit` seconds; it was ended with all its children.
        OSError: it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603  # no shell; callers give fixed commands
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with process:
        try:
            if memory is not None and hasattr(resource, "prlimit"):
                with suppress(ProcessLookupError):  # it has just ended by itself
                    resource.prlimit(process.pid, resource.RLIMIT_AS, (memory, memory))
            output, _ = process.communicate(timeout=limit)
        except BaseException as error:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise TimeoutError from error
            raise
    return output.decode("utf-8", errors="replace"), process.returncode
