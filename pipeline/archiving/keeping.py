"""A bundle into its place on disk: found whole by a stranger first, and never over another."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pipeline import files
from pipeline.errors import FileProblem, Refused
from pipeline.processes import run

_PACKAGE = Path(__file__).parent.parent
_VERIFYING = 120.0
"""Seconds that reading a bundle back may take."""


def keep(path: Path, made: bytes, different: Callable[[], Refused]) -> bool:
    """Write a bundle once a stranger, a process of its own, has found it whole.

    The same bytes may be there already. False: another run took the name in the meantime.

    Raises:
        Refused: it is not whole; or what `different` makes, where the name is another bundle's.
        FileProblem: it cannot be written.
    """
    if path.is_file():
        if path.read_bytes() == made:
            return True
        raise different()
    with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        fresh = Path(folder) / path.name
        fresh.write_bytes(made)
        command = [sys.executable, "-m", "pipeline", "verify", str(fresh)]
        said, code = run(command, limit=_VERIFYING, env=_environment_of_stranger())
    if code:
        raise Refused(f"归档包核对不通过：{said.strip()}", "请将此信息交给维护人员。")
    try:
        files.write(path, made, new=True)
    except FileProblem:
        if path.is_file():
            return False
        raise
    return True


def _environment_of_stranger() -> dict[str, str]:
    """Nothing but where Python and this package are."""
    return {"PATH": os.defpath, "PYTHONPATH": str(_PACKAGE.parent), "LC_ALL": "C.UTF-8"}
