"""The objects of a PDF as plain values, so that no wrong type, loop or bomb in it does harm.

Values are those of qpdf's JSON, version 2: a name is "/Name", a reference "12 0 R", a text string
"u:…" and any other string "b:" with hexadecimal digits. A stream stands as its dictionary.
"""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice

import pikepdf
from pikepdf import Pdf

from pipeline.conformance.problem import Problem, Rule

BROKEN = Rule("broken", "ISO 32000-1 7.5")
TOO_LARGE = Rule("too-large", "ISO 19005-3 6.1.13")

_MOST_OBJECTS = 200_000
_MOST_TEXT = 32 * 2**20  # bytes of all objects as JSON
MOST_INFLATED = 32 * 2**20
"""Bytes of all streams that are read."""

_BEGINNING = 1024
_LATER = re.compile(rb'"(\d{1,9}) ([1-9]\d{0,4}) R"')
"""A reference to an object whose number was used before."""
_ANY, _FIRST = b' R"', b' 0 R"'


class Unreadable(Exception):
    """The file cannot be looked at; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Objects:
    """All objects of a file by their reference, and what its streams hold."""

    def __init__(self, pdf: Pdf) -> None:
        self.trailer: Mapping[str, object] = json.loads(pdf.trailer.to_json(True, 2))
        self._streams: dict[str, pikepdf.Object] = {}
        self._inflated = 0
        self._texts: dict[str, bytes] = {}
        self._room = _MOST_TEXT
        keys: Iterable[tuple[int, int]] = ((number, 0) for number in range(1, _size(pdf)))
        while written := self._read(pdf, keys):
            if written.count(_ANY) == written.count(_FIRST):
                break
            later = {(int(number), int(again)) for number, again in _LATER.findall(written)}
            keys = [key for key in sorted(later) if _reference(key) not in self._texts]
        self.text = b"[%s]" % b",".join(self._texts.values())
        """Everything, as JSON."""
        self.values: dict[str, object] = dict(zip(self._texts, json.loads(self.text), strict=True))

    def _read(self, pdf: Pdf, keys: Iterable[tuple[int, int]]) -> bytes:
        """Read objects one by one; `Pdf.objects` builds all before it gives the first."""
        before = len(self._texts)
        for key in keys:
            if (value := pdf.get_object(key)) is None:
                continue
            reference = _reference(key)
            self._texts[reference] = text = value.to_json(True, 2)
            self._room -= len(text)
            if self._room < 0:
                raise Unreadable(TOO_LARGE.broken(f"全部对象的内容超过 {_MOST_TEXT} 字节。"))
            if isinstance(value, pikepdf.Stream):
                self._streams[reference] = value
        return b",".join(islice(self._texts.values(), before, None))

    def longer(self, length: int) -> Iterator[str]:
        """The references of objects that take more than so many bytes as JSON."""
        return (key for key, text in self._texts.items() if len(text) > length)

    def having(self, pattern: re.Pattern[bytes]) -> Iterator[str]:
        """The references of objects in whose JSON a pattern is found."""
        return (key for key, text in self._texts.items() if pattern.search(text))

    def of(self, value: object) -> object:
        """What a reference leads to; anything else is itself."""
        return self.values.get(value, value) if isinstance(value, str) else value

    def dictionary(self, value: object) -> Mapping[str, object]:
        """A dictionary, or that of a stream; empty where it is anything else."""
        if isinstance(value, dict):
            return value
        found = self.values.get(value) if isinstance(value, str) else None
        return found if isinstance(found, dict) else {}

    def array(self, value: object) -> list[object]:
        """An array; empty where it is anything else."""
        if isinstance(value, list):
            return value
        found = self.values.get(value) if isinstance(value, str) else None
        return found if isinstance(found, list) else []

    def name(self, value: object) -> str:
        """A name with its slash; empty where it is anything else."""
        found = self.values.get(value, value) if isinstance(value, str) else None
        return found if isinstance(found, str) and found[:1] == "/" else ""

    def string(self, value: object) -> str | None:
        """A text string; None where it is anything else."""
        found = self.values.get(value, value) if isinstance(value, str) else None
        return found[2:] if isinstance(found, str) and found[:2] in {"u:", "b:"} else None

    def integer(self, value: object) -> int | None:
        """An integer; None where it is anything else."""
        found = self.of(value)
        return found if type(found) is int else None

    def leaves(self, tree: object, key: str) -> Iterator[tuple[object, object]]:
        """The pairs of a name or number tree, which stand under /Names or /Nums (7.9.6, 7.9.7)."""
        todo, seen = [tree], set[str]()
        while todo:
            node = todo.pop()
            if isinstance(node, str):
                if node in seen:
                    continue
                seen.add(node)
            own = self.dictionary(node)
            listed = self.array(own.get(key))
            yield from zip(listed[::2], listed[1::2], strict=False)
            todo += self.array(own.get("/Kids"))

    @property
    def streams(self) -> Iterable[str]:
        """The references of all streams."""
        return self._streams.keys()

    def data(self, reference: object) -> bytes:
        """What a stream holds; nothing where there is no stream.

        Raises:
            Unreadable: it cannot be decoded, or is too large.
        """
        stream = self._streams.get(reference) if isinstance(reference, str) else None
        if stream is None:
            return b""
        try:
            data = stream.read_bytes()
        except (pikepdf.PdfError, MemoryError, RuntimeError) as error:
            raise Unreadable(BROKEN.broken(f"对象 {reference} 的数据流解不开。")) from error
        self._inflated += len(data)
        if self._inflated > MOST_INFLATED:
            raise Unreadable(TOO_LARGE.broken(f"数据流解开后超过 {MOST_INFLATED} 字节。"))
        return data

    def beginning(self, reference: object) -> bytes:
        """The first bytes of a stream, if it is written plain or by Flate; else nothing.

        Raises:
            Unreadable: it cannot be decoded.
        """
        stream = self._streams.get(reference) if isinstance(reference, str) else None
        if stream is None:
            return b""
        filters = self.array(stream_filters := self.dictionary(reference).get("/Filter"))
        named = [self.name(each) for each in filters or [stream_filters] if each is not None]
        raw = stream.read_raw_bytes()[:_BEGINNING]
        if named == ["/FlateDecode"]:
            with suppress(zlib.error):
                return zlib.decompressobj().decompress(raw, _BEGINNING)
        return b"" if named else raw


def _reference(key: tuple[int, int]) -> str:
    return "{} {} R".format(*key)


def _size(pdf: Pdf) -> int:
    """One more than the highest number of an object."""
    size = int(pdf.trailer.get("/Size", 0))
    if size > _MOST_OBJECTS + 1:
        raise Unreadable(TOO_LARGE.broken(f"对象超过 {_MOST_OBJECTS} 个。"))
    return size
