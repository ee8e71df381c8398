"""LaTeX with the page class loaded, as one file that xelatex reads in a tenth of the time.

It is made on first use and kept for the user: known by the page class and by xelatex, and good as
long as every file that went into it is as it was. Without it everything comes out the same.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline import cache, scratch
from pipeline.cache import Stamp
from pipeline.processes import run
from pipeline.typesetting.latex import CLASS
from pipeline.typesetting.typeset import environment

_NAME = "nianbao"
_DUMP = rf"""\makeatletter
\let\nb@selectfont\selectfont \def\selectfont{{\size@update}}
\documentclass{{{CLASS.removesuffix(".cls")}}}
\let\selectfont\nb@selectfont
\def\documentclass#1{{}}
\makeatother
\dump
"""
"""Native fonts cannot be dumped: none is selected while the class loads. The same .tex serves."""
_LIMIT = 60.0
_KEPT = 3
"""Formats of so many page classes and installations are kept."""


@dataclass(frozen=True, slots=True)
class Preloaded:
    """A format that can be used."""

    file: Path
    entry: Path
    inputs: tuple[Stamp, ...]
    """The files it was made of, xelatex among them: what they print depends on these."""

    def forget(self) -> None:
        """It cannot be used after all: another is made next time."""
        for path in (self.entry, self.file):
            with suppress(OSError):
                path.unlink()


def find(layouts: Path, xelatex: Path) -> Preloaded | None:
    """The format for a page class, where there is one that is up to date."""
    name = _name(layouts, xelatex)
    entry, kept = cache.place(f"{name}.json"), cache.recall(f"{name}.json")
    with suppress(KeyError, TypeError, IndexError):
        file = cache.place(f"formats/{kept['format']}")
        if entry and file and file.is_file() and cache.unchanged(kept["inputs"]):
            return Preloaded(file, entry, tuple(kept["inputs"]))
    return None


def make(layouts: Path, xelatex: Path) -> Preloaded | None:
    """Make the format, and keep it; None where this cannot be done."""
    name = _name(layouts, xelatex)
    try:
        with scratch.folder() as folder:
            data, inputs = _dumped(folder, layouts, xelatex)
    except (OSError, TimeoutError, EOFError):
        return None
    if not data or not inputs:
        return None
    digest = hashlib.sha256(data).hexdigest()
    kept = {"format": f"{digest}.fmt", "inputs": inputs}
    if cache.keep(f"formats/{digest}.fmt", data) is None:
        return None
    entry = cache.keep(f"{name}.json", json.dumps(kept).encode())
    if entry is not None:
        _clear(entry.parent)
    return find(layouts, xelatex)


def _name(layouts: Path, xelatex: Path) -> str:
    """Where a format is kept: by the page class, how it is loaded, and by what."""
    known = hashlib.sha256((layouts / CLASS).read_bytes())
    known.update(f"\0{_DUMP}\0{xelatex}".encode())
    return f"formats/{known.hexdigest()}"


def _dumped(folder: Path, layouts: Path, xelatex: Path) -> tuple[bytes, list[Stamp]]:
    """The format, unpacked as XeTeX reads it fastest, and what it was made of; or nothing."""
    (folder / f"{_NAME}.tex").write_text(_DUMP, encoding="utf-8")
    shutil.copyfile(layouts / CLASS, folder / CLASS)
    options = ("-ini", "-recorder", "-no-shell-escape", "-interaction=nonstopmode")
    job = ("-halt-on-error", f"-jobname={_NAME}", "&xelatex", _NAME)
    command: list[str | Path] = [xelatex, *options, *job]
    _, code = run(command, limit=_LIMIT, env=environment(folder, 0), cwd=folder)
    made = folder / f"{_NAME}.fmt"
    if code or not made.is_file():
        return b"", []
    used = dict.fromkeys([xelatex, xelatex.resolve(), *_recorded(folder / f"{_NAME}.fls")])
    return gzip.decompress(made.read_bytes()), [s for path in used if (s := cache.stamp(path))]


def _recorded(recording: Path) -> Iterator[Path]:
    """The files that xelatex says it read, but for those in its own folder."""
    for line in recording.read_text(encoding="utf-8", errors="surrogateescape").split("\n"):
        what, _, path = line.partition(" ")
        if what == "INPUT" and Path(path).is_absolute():
            yield Path(path)


def _clear(folder: Path) -> None:
    """Remove all formats but the newest; who reads one that goes sets its pages without."""
    with suppress(OSError):
        entries = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for entry in entries[:-_KEPT]:
            entry.unlink()
        used = {json.loads(entry.read_bytes())["format"] for entry in entries[-_KEPT:]}
        for file in folder.glob("*.fmt"):
            if file.name not in used:
                file.unlink()
