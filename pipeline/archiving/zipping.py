"""A zip whose every byte follows from the names and contents of its files.

Members are stored, not deflated: one content has many deflated forms, which differ between
versions of zlib and of which some differ in a single bit, so that no digest of the content would
see the change; and what is stored is read without any program for compression. Names are sorted
and in UTF-8, times are the first that a zip can tell, and there are no extra fields, comments,
data descriptors or entries for folders.

The layout is that of PKWARE's APPNOTE 6.3, 4.3.7 (before each file), 4.3.12 (directory), 4.3.16
(end).
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.errors import Refused

MOST_ENTRIES = 2000
MOST_BYTES = 1024**3
"""Of all files; far below the 4 GiB at which a zip takes another form (Zip64)."""
LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
NEEDED, UTF8, STORED = 20, 0x0800, 0
"""Version 2.0 of the format; names are UTF-8 (bit 11); no compression."""
TIME, DATE = 0, 1 << 5 | 1
"""Midnight of 1980-01-01."""
MADE_BY = 3 << 8 | NEEDED
PERMISSIONS = 0o100644 << 16
"""A file that its owner writes and all read, as Unix tells it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a zip tells of a file. `name` may hold surrogates for bytes that are no UTF-8."""

    name: str
    crc: int
    size: int

    @property
    def raw_name(self) -> bytes:
        """The name's bytes, as they stand in the zip."""
        return self.name.encode("utf-8", "surrogateescape")


def write(files: Mapping[str, bytes]) -> bytes:
    """The zip of `files`, path → bytes.

    Raises:
        Refused: they are more than `MOST_ENTRIES`, or together larger than `MOST_BYTES`.
    """
    if len(files) > MOST_ENTRIES or sum(map(len, files.values())) > MOST_BYTES:
        raise Refused("归档的文件太多或太大。", "请从“原件”中去掉与年报无关的文件。")
    parts: list[bytes] = []
    entries: list[Entry] = []
    for path in sorted(files):
        data = files[path]
        entries.append(Entry(path, zlib.crc32(data), len(data)))
        parts += [local(entries[-1]), data]
    return b"".join([*parts, directory(entries)])


def local(entry: Entry) -> bytes:
    """What stands before a file's bytes."""
    fields = (NEEDED, UTF8, STORED, TIME, DATE, entry.crc, entry.size, entry.size)
    return LOCAL.pack(LOCAL_MARK, *fields, len(entry.raw_name), 0) + entry.raw_name


def central(entry: Entry, offset: int) -> bytes:
    """What the directory says of a file whose `local` stands at `offset`."""
    fields = (MADE_BY, NEEDED, UTF8, STORED, TIME, DATE, entry.crc, entry.size, entry.size)
    rest = (len(entry.raw_name), 0, 0, 0, 0, PERMISSIONS, offset)
    return CENTRAL.pack(CENTRAL_MARK, *fields, *rest) + entry.raw_name


def end(count: int, size: int, offset: int) -> bytes:
    """The last bytes: how many entries, how large the directory, and where it stands."""
    return END.pack(END_MARK, 0, 0, count, count, size, offset, 0)


def directory(entries: Iterable[Entry]) -> bytes:
    """What follows the last file, to the end."""
    records: list[bytes] = []
    offset = 0
    for entry in entries:
        records.append(central(entry, offset))
        offset += len(local(entry)) + entry.size
    return b"".join([*records, end(len(records), sum(map(len, records)), offset)])
