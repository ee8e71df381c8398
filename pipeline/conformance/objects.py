"""The objects of a PDF as plain values, so that no wrong type, loop or bomb in it does harm.

Values are those of qpdf's JSON, version 2: a name is "/Name", a reference "12 0 R", a text string
"u:…" and any other string "b:" with hexadecimal digits. A stream stands as its dictionary.
"""

import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

import pikepdf
from pikepdf import Pdf
from pikepdf.settings import get_qpdf_limits, set_qpdf_limits

from pipeline.conformance.problem import Problem, Rule

BROKEN = Rule("broken", "ISO 32000-1 7.5")
ENCRYPTED = Rule("encrypted", "ISO 19005-3 6.1.3")
TOO_LARGE = Rule("too-large", "ISO 19005-3 6.1.13")

MOST_BYTES = 64 * 2**20
"""Of a file."""
_MOST_OBJECTS = 200_000
_MOST_INFLATED = 32 * 2**20  # bytes of all streams that are read

_BEGINNING = 1024
_STREAM = re.compile(r"(?:stream )?<[^>]*>:? ?")


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
        references, texts = [], []
        for number, value in enumerate(pdf.objects):
            if number >= _MOST_OBJECTS:
                raise Unreadable(TOO_LARGE.broken(f"对象超过 {_MOST_OBJECTS} 个。"))
            if value is None:
                continue
            reference = "{} {} R".format(*value.objgen)
            references.append(reference)
            texts.append(value.to_json(True, 2))
            if isinstance(value, pikepdf.Stream):
                self._streams[reference] = value
        self.text = b"[%s]" % b",".join(texts)
        """Everything, as JSON."""
        self.values: dict[str, object] = dict(zip(references, json.loads(self.text), strict=True))

    def of(self, value: object) -> object:
        """What a reference leads to; anything else is itself."""
        return self.values.get(value, value) if isinstance(value, str) else value

    def dictionary(self, value: object) -> Mapping[str, object]:
        """A dictionary, or that of a stream; empty where it is anything else."""
        found = self.of(value)
        return found if isinstance(found, dict) else {}

    def array(self, value: object) -> list[object]:
        """An array; empty where it is anything else."""
        found = self.of(value)
        return found if isinstance(found, list) else []

    def name(self, value: object) -> str:
        """A name with its slash; empty where it is anything else."""
        found = self.of(value)
        return found if isinstance(found, str) and found.startswith("/") else ""

    def string(self, value: object) -> str | None:
        """A text string; None where it is anything else."""
        found = self.of(value)
        if isinstance(found, str) and found.startswith(("u:", "b:")):
            return found[2:]
        return None

    def integer(self, value: object) -> int | None:
        """An integer; None where it is anything else."""
        found = self.of(value)
        return found if type(found) is int else None

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
        if self._inflated > _MOST_INFLATED:
            raise Unreadable(TOO_LARGE.broken(f"数据流解开后超过 {_MOST_INFLATED} 字节。"))
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


@contextmanager
def opened(pdf: bytes) -> Iterator[Objects]:
    """The objects of a file.

    Raises:
        Unreadable: it is broken, encrypted, or larger than any report.
    """
    if len(pdf) > MOST_BYTES:
        raise Unreadable(TOO_LARGE.broken(f"文件超过 {MOST_BYTES} 字节。"))
    with _limited(), _document(pdf) as document:
        yield Objects(document)
        # What qpdf had to guess shows once everything was read.
        if warnings := document.get_warnings():
            raise Unreadable(BROKEN.broken(f"文件结构有误（{_plain(warnings[0])}）。"))


def _plain(complaint: object) -> str:
    """What qpdf says, without the name that the file has in memory."""
    return _STREAM.sub("", str(complaint))


@contextmanager
def _limited() -> Iterator[None]:
    """Let no stream inflate beyond bounds; qpdf's limits are those of the process."""
    before = get_qpdf_limits()
    set_qpdf_limits(
        flate_max_memory=_MOST_INFLATED,
        run_length_max_memory=_MOST_INFLATED,
        png_max_memory=_MOST_INFLATED,
        tiff_max_memory=_MOST_INFLATED,
        max_stream_filters=4,
        doc_max_warnings=100,
    )
    try:
        yield
    finally:
        set_qpdf_limits(**before)  # type: ignore[arg-type]  # keys and values as they were given


@contextmanager
def _document(pdf: bytes) -> Iterator[Pdf]:
    try:
        document = Pdf.open(
            io.BytesIO(pdf),
            attempt_recovery=False,
            suppress_warnings=True,
            inherit_page_attributes=False,  # our own walk knows loops
            conversion_mode="explicit",  # numbers, too, come with their reference
        )
    except pikepdf.PasswordError as error:
        raise Unreadable(ENCRYPTED.broken("文件加了密，要口令才能打开。")) from error
    except (pikepdf.PdfError, MemoryError, RuntimeError) as error:
        raise Unreadable(BROKEN.broken(f"不是完好的 PDF（{_plain(error)}）。")) from error
    with document:
        if document.is_encrypted:
            raise Unreadable(ENCRYPTED.broken("文件加了密。"))
        try:
            yield document
        except (pikepdf.PdfError, ValueError, RecursionError) as error:
            raise Unreadable(BROKEN.broken(f"文件结构有误（{_plain(error)}）。")) from error
