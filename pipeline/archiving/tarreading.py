"""Reading a tar of a bundle: POSIX ustar and pax, and GNU's long names; files and folders only.

A tar has fields for times, owners and permissions, which a bundle does not have: they may differ.
"""

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import BinaryIO

from pipeline.archiving.differences import CONTAINER, EMPTY, Difference, Kind
from pipeline.archiving.members import Member, chunks, peek
from pipeline.archiving.names import MOST_CHARACTERS, problem, shown
from pipeline.archiving.zipping import MOST_ENTRIES
from pipeline.errors import Refused

BLOCK = 512
MAGIC = b"ustar"
MAGIC_AT = 257
MOST_NAME = 4096
"""Bytes of a block that holds a long name."""
_MOST_PADDING = 1024 * 1024
"""Bytes after the last file: tar fills up to a multiple of its blocking factor."""
_MOST_HEADERS = 4 * MOST_ENTRIES
_FILES, _FOLDER, _GNU_NAME, _PAX = (b"0", b"\0"), b"5", b"L", b"x"
_HARMLESS = {"mtime", "atime", "ctime", "uid", "gid", "uname", "gname"}
_KINDS = {b"1": "硬链接", b"2": "符号链接", b"3": "设备", b"4": "设备", b"6": "管道"}


def read(file: BinaryIO, size: int) -> Iterator[Member | Difference]:
    """The files in a tar of `size` bytes, its empty folders, and what is wrong with it itself.

    Raises:
        Refused: it cannot be read on: a damaged header, or one that no bundle needs.
    """
    position, name, count = 0, "", 0
    entries: set[str] = set()
    while len(header := peek(file, position, BLOCK)) == BLOCK and any(header):
        count += 1
        if count > _MOST_HEADERS:
            raise Refused("归档包里的文件太多，没有读下去。", "请核对文件的来源。")
        kind, length, own_name = _header(header, name)
        data, position = position + BLOCK, position + BLOCK + length + -length % BLOCK
        if position > size:
            raise Refused(f"归档包不完整，到这里中断：{shown(name or own_name)}。", "请重新取得。")
        if kind in (_GNU_NAME, _PAX):
            if length > MOST_NAME:
                raise _unreadable("名称太长")
            name = _long_name(kind, peek(file, data, length))
            continue
        path, name = _path(kind, name or own_name), ""
        entries.add(path[: MOST_CHARACTERS + 1])
        yield from _told(kind, path, length, chunks(file, data, length))
        if any(peek(file, data + length, position - data - length)):
            yield Difference(shown(path) or CONTAINER, Kind.DAMAGED, "其后的空白处有内容")
    yield from _empty(entries)
    rest = size - position
    if not 2 * BLOCK <= rest <= _MOST_PADDING or any(peek(file, position, rest)):
        yield Difference(CONTAINER, Kind.DAMAGED, "结尾不完整，或其后有多余的内容")


def _path(kind: bytes, name: str) -> str:
    """`name` without the one “./” that `tar cf x.tar ./folder` writes; a folder's ends in “/”.

    Empty for the folder that tar was called in.
    """
    if kind != _FOLDER:
        return name.removeprefix("./")
    return "" if name == "./" else f"{name.removeprefix('./').removesuffix('/')}/"


def _empty(entries: Collection[str]) -> Iterator[Difference]:
    """The folders without any entry below them, which in order would come next."""
    for path, following in pairwise([*sorted(entries), ""]):
        if path.endswith("/") and not following.startswith(path):
            yield Difference(shown(path), Kind.ADDED, EMPTY)


def _told(
    kind: bytes, name: str, size: int, data: Iterator[bytes]
) -> Iterator[Member | Difference]:
    """A file as it is, a folder only where there is something wrong with it."""
    if kind in _FILES:
        yield Member(name, size, data)
    elif kind != _FOLDER or size:
        yield Difference(
            shown(name) or CONTAINER, Kind.REFUSED, f"是{_KINDS.get(kind, '特殊文件')}"
        )
    elif name and (why := problem(name.removesuffix("/"))):
        yield Difference(shown(name), Kind.REFUSED, why)


def _header(block: bytes, known: str) -> tuple[bytes, int, str]:
    """Kind, length and name that a header tells; its check sum must be right."""
    name = _string(block[:100])
    if block[MAGIC_AT:].startswith(b"ustar\0") and (prefix := _string(block[345:500])):
        name = f"{prefix}/{name}"
    total = sum(block[:148]) + 8 * ord(" ") + sum(block[156:])
    if _octal(block[148:156]) != total:
        raise _unreadable(f"在 {shown(known or name)} 处，校验和不符")
    return block[156:157], _octal(block[124:136]), name


def _long_name(kind: bytes, data: bytes) -> str:
    """The name in a block of GNU's, or in the records of pax: “length key=value”, newline."""
    if kind == _GNU_NAME:
        return _string(data)
    name = ""
    while data:
        length, _, _ = data.partition(b" ")
        if not length.isdigit() or not len(length) < int(length) <= len(data):
            raise _unreadable("扩展头有误")
        record, data = data[: int(length)], data[int(length) :]
        key, _, value = record[len(length) + 1 : -1].partition(b"=")
        if key == b"path":
            name = _string(value)
        elif key.decode("ascii", "replace") not in _HARMLESS:
            raise _unreadable(f"扩展头中有 {shown(key.decode('ascii', 'replace'))}")
    return name


def _octal(field: bytes) -> int:
    digits = field.strip(b" \0")
    if not digits or digits.strip(b"01234567"):
        raise _unreadable("数字有误")
    return int(digits, 8)


def _string(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _unreadable(why: str) -> Refused:
    return Refused(f"归档包的 tar 头读不出（{why}），没有打开。", "请核对文件是否完整。")
