"""Font files as xdvipdfmx reads them fastest: without their substitutions.

xdvipdfmx looks for characters behind substituted glyphs, byte by byte (54,000 seeks in one face of
Noto), to guess what text is; our text layer knows it. A copy in which nothing is called GSUB any
more is kept for the user. Without the copy everything comes out the same.
"""

import hashlib
import struct
from collections.abc import Iterator
from mmap import ACCESS_COPY, mmap
from pathlib import Path

from pipeline import cache

_COLLECTION = b"ttcf"
_GSUB, _NO_TABLE = b"GSUB", b"XSUB"
_HEAD, _RECORD = 12, 16
"""Bytes of a table directory (OpenType, "Organization of an OpenType Font"): head, each record."""


def plain(font: Path) -> Path:
    """The file to read in place of a font file: a copy without substitutions, or itself."""
    stamp = cache.stamp(font.resolve())
    if stamp is None:
        return font
    name = f"outlines/{hashlib.sha256(repr(stamp).encode()).hexdigest()}{font.suffix.lower()}"
    kept = cache.place(name)
    if kept is None or kept.is_file():
        return kept or font
    try:
        with font.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_COPY) as data:
            places = [place for place in _tables(data) if data[place : place + 4] == _GSUB]
            for place in places:
                data[place : place + 4] = _NO_TABLE
            return (cache.keep(name, bytes(data)) if places else None) or font
    except (OSError, ValueError, struct.error):  # what is no font is for others to tell
        return font


def _tables(data: mmap) -> Iterator[int]:
    """Where the record of each table stands."""
    starts: tuple[int, ...] = (0,)
    if data[:4] == _COLLECTION:
        (count,) = struct.unpack_from(">I", data, 8)
        starts = struct.unpack_from(f">{count}I", data, _HEAD)
    for start in starts:
        (tables,) = struct.unpack_from(">H", data, start + 4)
        yield from range(start + _HEAD, start + _HEAD + tables * _RECORD, _RECORD)
