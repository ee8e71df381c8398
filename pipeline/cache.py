"""What was worked out before: files in a folder of the user's, which anybody may delete.

Nothing depends on it but time. What cannot be kept is worked out again; nothing here raises.
"""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline import files
from pipeline.errors import FileProblem

_VARIABLE = "NIANBAO_CACHE"
"""Names another folder."""

Stamp = list[str | int]
"""A file as it is now: path, bytes, time of its last change (ns), of its status (ns)."""


def place(name: str) -> Path | None:
    """Where `name` is kept; None where there is no such place."""
    named = os.environ.get(_VARIABLE)
    home = os.environ.get("XDG_CACHE_HOME") or str(Path(os.path.expanduser("~")) / ".cache")
    folder = Path(named) if named else Path(home) / "nianbao"
    return folder / name if folder.is_absolute() else None


def keep(name: str, data: bytes) -> Path | None:
    """Keep `data`, and say where; None where it cannot be kept."""
    path = place(name)
    if path is None:
        return None
    try:
        files.write(path, data)
    except FileProblem:
        return None
    return path


def recall(name: str) -> Any:  # noqa: ANN401  # whatever was kept
    """The JSON that is kept as `name`; None where there is none."""
    path = place(name)
    if path is not None:
        with suppress(OSError, ValueError):
            return json.loads(path.read_bytes())
    return None


def stamp(path: Path) -> Stamp | None:
    """A file as it is now; None where there is none. Whoever changes it changes its stamp."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [str(path), found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def unchanged(stamps: Iterable[Stamp]) -> bool:
    """Whether every file is as it was."""
    return all(stamp(Path(str(each[0]))) == each for each in stamps)
