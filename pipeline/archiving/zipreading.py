"""Reading a zip that `zipping` wrote, and finding every byte of it that is not as it was written.

The directory says what the files are called and how long they are; from that alone follows every
other byte of the structure, which is made again and compared. Where the directory cannot be read,
the files are read one after another.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from pipeline.archiving import zipping
from pipeline.archiving.differences import CONTAINER, Difference, Kind
from pipeline.archiving.members import Member, chunks, peek
from pipeline.archiving.names import shown
from pipeline.archiving.zipping import CENTRAL, CENTRAL_MARK, END, LOCAL, Entry
from pipeline.errors import Refused

MOST_DIRECTORY = zipping.MOST_ENTRIES * (CENTRAL.size + 1024)
_FIXED = slice(4, 14)
"""In what stands before a file: the fields that are the same in all zips of this program."""
_ONE = zipping.local(Entry("", 0, 0))


@dataclass(frozen=True, slots=True)
class _Record:
    """What the directory says of a file, and its bytes there."""

    entry: Entry
    raw: bytes

    @property
    def ours(self) -> bool:
        """Whether this program may have written it."""
        return self.raw[6:16] == _ONE[_FIXED]


class _Stored:
    """The bytes of a file, whose check sum is known when all are read."""

    def __init__(self, file: BinaryIO, position: int, size: int) -> None:
        self._file, self._position, self._size = file, position, size
        self.crc = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in chunks(self._file, self._position, self._size):
            self.crc = zlib.crc32(piece, self.crc)
            yield piece


def read(file: BinaryIO, size: int) -> Iterator[Member | Difference]:
    """The files in a zip of `size` bytes, and what is wrong with the zip itself.

    Raises:
        Refused: this program did not write it, or it has too many entries.
    """
    records = _directory(file, size)
    if records is None:
        detail = "压缩包的目录读不出，或前后有多余的内容"
        yield Difference(CONTAINER, Kind.DAMAGED, detail)
        yield from _forward(file, size)
        return
    if not any(record.ours for record in records):
        raise _foreign()
    yield from _by_directory(file, size, records)


def _directory(file: BinaryIO, size: int) -> list[_Record] | None:
    """The records of the directory; None where it is damaged."""
    tail = peek(file, size - END.size, END.size)
    if len(tail) < END.size or not tail.startswith(zipping.END_MARK):
        return None
    _, _, _, _, count, length, _, _ = END.unpack(tail)
    if count > zipping.MOST_ENTRIES:
        raise Refused("压缩包里的文件太多，没有打开。", "请核对文件的来源。")
    start = size - END.size - length
    if length > MOST_DIRECTORY or start < 0:
        return None
    data = peek(file, start, length)
    records: list[_Record] = []
    at = 0
    while at < length:
        fixed = data[at : at + CENTRAL.size]
        if len(fixed) < CENTRAL.size or not fixed.startswith(CENTRAL_MARK):
            return None
        crc, _, stored, *lengths = CENTRAL.unpack(fixed)[7:13]
        record = data[at : at + CENTRAL.size + sum(lengths)]
        name = record[CENTRAL.size : CENTRAL.size + lengths[0]]
        records.append(_Record(Entry(name.decode("utf-8", "surrogateescape"), crc, stored), record))
        at += CENTRAL.size + sum(lengths)
    return records if len(records) == count else None


def _by_directory(
    file: BinaryIO, size: int, records: list[_Record]
) -> Iterator[Member | Difference]:
    """All files, each found where it has to be, or as far from there as the zip is too long."""
    entries = [record.entry for record in records]
    tail = sum(len(record.raw) for record in records) + END.size
    position = moved = 0
    surplus = size - tail - sum(len(zipping.local(entry)) + entry.size for entry in entries)
    before = CONTAINER
    for record in records:
        entry, header, name = record.entry, zipping.local(record.entry), shown(record.entry.name)
        if record.raw != zipping.central(entry, position):
            yield Difference(name, Kind.DAMAGED, "压缩包目录中的记录与写出时不同")
        found = peek(file, position + moved, len(header))
        if found != header and surplus != moved:
            there = peek(file, position + surplus, len(header))
            if there == header:
                moved, found = surplus, there
                yield _moved(before, surplus)
        if found != header:
            yield Difference(name, Kind.DAMAGED, "文件头与压缩包的目录不一致")
        yield from _member(file, position + moved + len(header), entry)
        position += len(header) + entry.size
        before = name
    if surplus != moved:
        yield _moved(before, surplus)
    if peek(file, size - END.size, END.size) != zipping.end(
        len(records), tail - END.size, position
    ):
        yield Difference(CONTAINER, Kind.DAMAGED, "压缩包的结尾与写出时不同")
    for first, second in pairwise(entries):
        if first.name >= second.name:
            yield Difference(shown(second.name), Kind.DAMAGED, "在压缩包中的次序与写出时不同")


def _forward(file: BinaryIO, size: int) -> Iterator[Member | Difference]:
    """The files as they follow each other, as far as they can be told."""
    position = count = 0
    while entry := _entry_at(file, position):
        count += 1
        if count > zipping.MOST_ENTRIES:
            raise Refused("压缩包里的文件太多，没有打开。", "请核对文件的来源。")
        start = position + len(zipping.local(entry))
        yield from _member(file, start, entry)
        position = start + entry.size
        if position > size:
            yield Difference(shown(entry.name), Kind.DAMAGED, "压缩包到这里中断")
    if not count:
        raise _foreign()


def _entry_at(file: BinaryIO, position: int) -> Entry | None:
    """The file whose header stands at `position`; None where there is none of this program."""
    header = peek(file, position, LOCAL.size)
    if len(header) < LOCAL.size or header[: _FIXED.stop] != _ONE[: _FIXED.stop]:
        return None
    _, _, _, _, _, _, crc, _, size, length, _ = LOCAL.unpack(header)
    name = peek(file, position + LOCAL.size, length)
    return Entry(name.decode("utf-8", "surrogateescape"), crc, size)


def _member(file: BinaryIO, position: int, entry: Entry) -> Iterator[Member | Difference]:
    data = _Stored(file, position, entry.size)
    yield Member(entry.name, entry.size, data)
    if data.crc != entry.crc:
        yield Difference(shown(entry.name), Kind.DAMAGED, "压缩包中的校验码与内容不符")


def _moved(before: str, surplus: int) -> Difference:
    what = f"多出 {surplus}" if surplus > 0 else f"少了 {-surplus}"
    return Difference(before, Kind.DAMAGED, f"压缩包在这里或其后{what} 字节")


def _foreign() -> Refused:
    return Refused(
        "这个压缩包不是 nianbao 写出的原样：可能重新压缩过，也可能不是归档包。",
        "请向移交单位索取原件；或解压后核对文件夹：nianbao verify 文件夹。",
    )
