"""A PDF in memory → its objects, within bounds of time and memory, repaired nowhere."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
from pikepdf import Pdf
from pikepdf.settings import get_qpdf_limits, set_qpdf_limits

from pipeline.conformance.inflation import exceeds
from pipeline.conformance.objects import BROKEN, MOST_INFLATED, TOO_LARGE, Objects, Unreadable
from pipeline.conformance.problem import Rule

ENCRYPTED = Rule("encrypted", "ISO 19005-3 6.1.3")

MOST_BYTES = 64 * 2**20
"""Of a file."""
_MOST_UNPACKED = 64 * 2**20  # bytes of all streams, images and fonts among them
_MOST_PACKED = 8 * 2**20  # bytes of a stream of objects
_MOST_ENTRIES = 500_000  # of an array or dictionary

_NAME = re.compile(r"(?:stream )?<[^>]*>:? ?")
_OFFSET = re.compile(r"\boffset (\d+)")
_HARMLESS = "xref entry for the xref stream itself is missing"
"""What incremental updates of other programs lack, and no reader needs."""


@contextmanager
def opened(pdf: bytes, *, own: bool = False) -> Iterator[Objects]:
    """The objects of a file; of our `own`, no stream can unpack to more than was packed.

    Raises:
        Unreadable: it is broken, encrypted, or larger than any report.
    """
    if len(pdf) > MOST_BYTES:
        raise Unreadable(TOO_LARGE.broken(f"文件超过 {MOST_BYTES} 字节。"))
    if not own and exceeds(pdf, _MOST_UNPACKED):
        raise Unreadable(TOO_LARGE.broken(f"全部数据流解开后超过 {_MOST_UNPACKED} 字节。"))
    try:
        with _limited(), _document(pdf) as document:
            yield _objects(document)
            # What qpdf had to guess shows once everything was read.
            for warning in document.get_warnings():
                if _HARMLESS not in str(warning):
                    raise Unreadable(BROKEN.broken(_told("文件结构有误", warning)))
    except MemoryError as error:
        raise Unreadable(TOO_LARGE.broken("文件太大，内存不够。")) from error


def _objects(document: Pdf) -> Objects:
    """All objects, of streams of a moderate size; what they hold may be larger."""
    objects = Objects(document)
    set_qpdf_limits(
        flate_max_memory=MOST_INFLATED,
        run_length_max_memory=MOST_INFLATED,
        png_max_memory=MOST_INFLATED,
        tiff_max_memory=MOST_INFLATED,
        max_stream_filters=4,
    )
    return objects


def _told(what: str, complaint: object) -> str:
    """What is wrong, and where; in brackets what qpdf says, without the file's name in memory."""
    words = _NAME.sub("", str(complaint))
    at = _OFFSET.search(words)
    place = f"，在第 {at[1]} 字节处" if at and at[1] != "0" else ""
    return f"{what}{place}：文件被截断、改动过，或不合 PDF 的写法（qpdf：{words}）。"


@contextmanager
def _limited() -> Iterator[None]:
    """Let no stream inflate beyond bounds; qpdf's limits are those of the process."""
    before = get_qpdf_limits()
    set_qpdf_limits(
        flate_max_memory=_MOST_PACKED,
        run_length_max_memory=1,
        png_max_memory=_MOST_PACKED,
        tiff_max_memory=_MOST_PACKED,
        max_stream_filters=1,
        parser_max_container_size=_MOST_ENTRIES,
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
        raise Unreadable(BROKEN.broken(_told("不是完好的 PDF", error))) from error
    with document:
        if document.is_encrypted:
            raise Unreadable(ENCRYPTED.broken("文件加了密。"))
        try:
            yield document
        except (pikepdf.PdfError, ValueError, RecursionError) as error:
            raise Unreadable(BROKEN.broken(_told("文件结构有误", error))) from error
