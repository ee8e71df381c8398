"""The frame of the file: its header, its end, its trailer, and what no object may use."""

import re
from bisect import bisect
from collections.abc import Iterator

from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule

HEADER = Rule("header", "ISO 19005-3 6.1.2")
END = Rule("end", "ISO 19005-3 6.1.3")
IDENTIFIER = Rule("file-id", "ISO 19005-3 6.1.3")
FILTER = Rule("filter", "ISO 19005-3 6.1.7.2")
STREAM_END = Rule("stream-end", "ISO 19005-3 6.1.7.1")
EXTERNAL = Rule("external-stream", "ISO 19005-3 6.1.7.1")
IMAGE = Rule("image", "ISO 19005-3 6.2.8")
POSTSCRIPT = Rule("postscript", "ISO 19005-3 6.2.9")

_HEADER = re.compile(rb"%PDF-1\.[0-7](?:\r\n|\r|\n)%[\x80-\xff]{4}")
_END = re.compile(rb"%%EOF(?:\r\n|\r|\n)?\Z")
_TWO = re.compile(rb"\r\nendstream")
_BEGIN = re.compile(rb"(?<!end)stream\r?\n")
_LONGEST_HEAD = 4096
_LENGTH = re.compile(rb"/Length (\d{1,9})(?! \d+ R)")
_FORBIDDEN_FILTERS = re.compile(rb'"/(LZWDecode|Crypt)"')


def frame(pdf: bytes) -> Iterator[Problem]:
    """Problems of how the file begins and ends."""
    if not _HEADER.match(pdf):
        yield HEADER.broken("文件开头不是 %PDF-1.n，或其后没有二进制注释行。")
    if not _END.search(pdf, max(0, len(pdf) - 16)):
        yield END.broken("文件末尾 %%EOF 之后还有别的内容。")
    unbroken = pdf.count(b"endstream") - pdf.count(b"\nendstream")
    if (unbroken and unbroken != pdf.count(b"\rendstream")) or _in_doubt(pdf):
        yield STREAM_END.broken("有数据流在 endstream 之前没有换行，或长度（/Length）不明确。")


def _in_doubt(pdf: bytes) -> bool:
    """Whether a carriage return counts as the end of data, where it may as well end the line."""
    if b"\r\nendstream" not in pdf:
        return False
    begins = [found.end() for found in _BEGIN.finditer(pdf)]
    for end in (found.start() for found in _TWO.finditer(pdf)):
        begin = begins[max(0, bisect(begins, end) - 1)] if begins else 0
        head = pdf[max(0, begin - _LONGEST_HEAD) : begin].rpartition(b" obj")[2]
        length = _LENGTH.search(head)
        if length is not None and begin + int(length[1]) == end + 1:
            return True
    return False


def check(objects: Objects) -> Iterator[Problem]:
    """Problems of the trailer, and of single objects wherever they are used."""
    pair = objects.array(objects.trailer.get("/ID"))
    if len(pair) != 2 or not all(objects.string(part) for part in pair):  # noqa: PLR2004
        yield IDENTIFIER.broken("文件没有标识（/ID）。")
    if found := _FORBIDDEN_FILTERS.search(objects.text):
        yield FILTER.broken(f"使用了不允许的压缩或加密方式 {found[1].decode()}。")
    for reference in objects.streams:
        stream = objects.dictionary(reference)
        if stream.keys() & {"/F", "/FFilter", "/FDecodeParms"}:
            yield EXTERNAL.broken(f"对象 {reference} 的数据在文件之外。")
        kind = objects.name(stream.get("/Subtype"))
        if kind == "/PS" or "/PS" in stream or objects.name(stream.get("/Subtype2")) == "/PS":
            yield POSTSCRIPT.broken(f"对象 {reference} 是 PostScript。")
        if kind in {"/Image", "/Form"} and stream.keys() & {"/OPI", "/Alternates", "/Ref"}:
            yield IMAGE.broken(f"对象 {reference} 引用了替代图像。")
        if stream.get("/Interpolate") is True:
            yield IMAGE.broken(f"图像 {reference} 要求插值。")
