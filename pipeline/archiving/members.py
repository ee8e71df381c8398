"""A file in a bundle, as every kind of container gives it: name, size, and its bytes in pieces."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1024 * 1024
"""The most bytes that are held at once."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file; `chunks` is read once, before the next member is asked for."""

    name: str
    size: int
    chunks: Iterable[bytes]


def chunks(file: BinaryIO, position: int, size: int) -> Iterator[bytes]:
    """`size` bytes of `file` from `position`, in pieces; fewer where the file ends before."""
    while size > 0:
        file.seek(position)
        piece = file.read(min(size, CHUNK))
        if not piece:
            return
        yield piece
        position += len(piece)
        size -= len(piece)


def peek(file: BinaryIO, position: int, size: int) -> bytes:
    """At most `size` bytes of `file` from `position`; none from before its start."""
    if position < 0:
        return b""
    file.seek(position)
    return file.read(size)
