"""Writing a PDF as ISO 19005-3, 6.1.7.1 asks: the length of each stream is beyond doubt.

A line's end stands before `endstream`, and is not counted. Where the last byte of the data is a
carriage return by chance, as the checksum of Flate is for one stream in 256, strict readers take
both for the line's end, and find the length wrong by one.
"""

import zlib
from io import BytesIO

import pikepdf
from pikepdf import Array, Name, Pdf, PdfError

from pipeline.errors import TypesettingFailed

_DOUBTFUL = b"\r\nendstream"
_RETURN = ord("\r")
_TRIES = 40


def written(document: Pdf) -> bytes:
    """The bytes of a file: the same for the same objects, packed, no stream in doubt.

    Raises:
        TypesettingFailed: there is no way to write it so; nobody will see that.
    """
    if _DOUBTFUL not in (made := _saved(document)):
        return made
    for stream in document.objects:
        if isinstance(stream, pikepdf.Stream):
            _settle(stream)
    for fill in range(_TRIES):
        if fill:  # more objects: those of qpdf's own streams fall otherwise, in all of them
            document.Root.XXFill = Array([document.make_indirect(Array()) for _ in range(fill)])
        if _DOUBTFUL not in (made := _saved(document)):
            return made
    raise TypesettingFailed("PDF 无法写成符合 PDF/A 的形式。", "请将此信息交给维护人员。")


def _saved(document: Pdf) -> bytes:
    made = BytesIO()
    document.save(
        made,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        fix_metadata_version=False,  # XMP stays as it was written
    )
    return made.getvalue()


def _settle(stream: pikepdf.Stream) -> None:
    """Put a byte behind data that would end in a carriage return.

    Flate and JPEG know their own end. qpdf decodes all other filters that it can, to pack by Flate.
    """
    packed, parms = (stream.get(key) for key in ("/Filter", "/DecodeParms"))
    if packed is None and stream.get("/Type") == "/Metadata":
        return
    try:
        data = None if packed == Name.FlateDecode else stream.read_bytes()
    except PdfError:
        data = None
    if data is None:
        raw = stream.read_raw_bytes()
        if raw.endswith(b"\r"):
            stream.write(
                raw + b"\n",
                filter=packed,  # type: ignore[arg-type]  # as it was given
                decode_parms=parms,  # type: ignore[arg-type]  # as it was given
                type_check=False,
            )
    elif zlib.adler32(data) & 0xFF == _RETURN:
        stream.write(zlib.compress(data) + b"\n", filter=Name.FlateDecode)
