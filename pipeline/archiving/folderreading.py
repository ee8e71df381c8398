"""Reading a bundle that lies unpacked in a folder; links are told and never followed.

A file that goes while the folder is read is one that is not there.
"""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pipeline import files
from pipeline.archiving import bag
from pipeline.archiving.differences import EMPTY, Difference, Kind
from pipeline.archiving.members import Member, chunks
from pipeline.archiving.names import shown
from pipeline.archiving.zipping import MOST_ENTRIES


def inside(folder: Path) -> list[str]:
    """The bags that lie in a folder which is none itself, by name: somebody meant one of them."""
    if any((folder / name).exists() for name in bag.OWN_FILES):
        return []
    return sorted({path.parent.name for name in bag.OWN_FILES for path in folder.glob(f"*/{name}")})


def read(folder: Path) -> Iterator[Member | Difference]:
    """The files under `folder`, by their path in it, and what is no file or an empty folder.

    Raises:
        OSError: a folder or a file in it cannot be read.
    """
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = _entries(folder / below)
        except FileNotFoundError:
            if not below:
                raise
            continue
        for entry in entries:
            path = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                yield from _member(Path(entry.path), path)
            else:
                what = "符号链接" if entry.is_symlink() else "特殊文件"
                yield Difference(shown(path), Kind.REFUSED, f"是{what}")
        if below and not entries:
            yield Difference(shown(below), Kind.ADDED, EMPTY)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as listed:
        some = islice(listed, MOST_ENTRIES + 1)  # more is refused by who reads on
        return sorted(some, key=lambda entry: entry.name)


def _member(path: Path, name: str) -> Iterator[Member]:
    try:
        file = files.opened(path)
    except FileNotFoundError:
        return
    with file:
        size = os.fstat(file.fileno()).st_size
        yield Member(name, size, chunks(file, 0, size))
