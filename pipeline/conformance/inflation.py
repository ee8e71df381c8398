"""How much a file unpacks to, told from its raw bytes before anything is built from them.

qpdf bounds each stream, not all of them; streams of objects are unpacked as soon as one of their
objects is asked for, and an object takes many times the memory of its text.
"""

import re
import zlib

_STREAM = re.compile(rb"stream[ \t]*(?:\r\n|\n|\r)(?=[\x08\x18\x28\x38\x48\x58\x68\x78])")
"""What may be the beginning of Flate data; where it is none, it does not unpack."""
_BLOCK = 2**16
_CHECK = 31  # divides the first two bytes (RFC 1950)
_MOST_FAULTS = 16  # blocks that do not unpack


def exceeds(pdf: bytes, most: int) -> bool:
    """Whether the Flate streams of a file hold more bytes than `most`, together.

    Whatever looks like a stream is unpacked and forgotten. A file in which streams stand in
    streams, or many do not unpack, is not read to its end: it exceeds everything.
    """
    room, unread = most, 2 * len(pdf) + _MOST_FAULTS * _BLOCK
    view = memoryview(pdf)
    for found in _STREAM.finditer(pdf):
        stream = zlib.decompressobj()
        at = found.end()
        if int.from_bytes(view[at : at + 2]) % _CHECK:
            continue
        while not stream.eof and at < len(pdf):
            block = view[at : at + _BLOCK]
            try:
                room -= len(stream.decompress(block, room + 1))
            except zlib.error:
                unread -= _BLOCK
                break
            read = len(block) - len(stream.unused_data) - len(stream.unconsumed_tail)
            at += read
            unread -= read
            if min(room, unread) < 0:
                return True
    return unread < 0
