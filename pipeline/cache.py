"""What was worked out before: files in a folder of the user's, which anybody may delete.

Nothing depends on it but time. What cannot be kept is worked out again; nothing here raises.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline import files
from pipeline.errors import FileProblem

_DIGESTS = "digests.json"
_MOST_DIGESTS = 50_000
_VARIABLE = "NIANBAO_CACHE"
"""Names another folder."""

Stamp = list[str | int]
"""A file as it is now: path, bytes, time of its last change (ns), of its status (ns)."""


def place(name: str) -> Path | None:
    """Where `name` is kept; None where there is no such place."""
    named = os.environ.get(_VARIABLE)
    home = os.environ.get("XDG_CACHE_HOME") or str(_home() / ".cache")
    folder = Path(named) if named else Path(home) / "nianbao"
    return folder / name if folder.is_absolute() else None


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a user without a folder
        return Path()


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


class Digests:
    """SHA-256 of files, by their stamps: a file is read once for as long as nobody changes it."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = _mapping(recall(_DIGESTS))
        self._seen: dict[str, str | None] = {}
        self._learnt = False

    def of(self, path: Path) -> str | None:
        """The digest that a file had when it was first asked for; None where it cannot be read."""
        name = str(path)
        if name not in self._seen:
            self._seen[name] = self._digest(path)
        return self._seen[name]

    def _digest(self, path: Path) -> str | None:
        now = stamp(path)
        known = self._known.pop(str(path), None)
        if now is None:
            return None
        if known is None or known[:-1] != now[1:]:
            try:
                known = [*now[1:], hashlib.sha256(path.read_bytes()).hexdigest()]
            except OSError:
                return None
            self._learnt = True
        self._known[str(path)] = known  # behind all that were asked for earlier
        return str(known[-1])

    def anew(self, path: Path) -> str | None:
        """The digest that a file has now; it is the one that it has from now on."""
        self._seen.pop(str(path), None)
        return self.of(path)

    def keep(self) -> None:
        """Keep what was learnt for the next run."""
        if self._learnt:
            latest = list(self._known.items())[-_MOST_DIGESTS:]
            keep(_DIGESTS, json.dumps(dict(latest)).encode())


def _mapping(kept: object) -> dict[str, Any]:
    """The digests that were kept, but for what is none."""
    if not isinstance(kept, dict):
        return {}
    return {key: value for key, value in kept.items() if isinstance(value, list) and value}
