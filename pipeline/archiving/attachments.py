"""The source file that a PDF carries: a file in /AF whose relationship is /Source (ISO 32000-2)."""

import io
import zlib

import pikepdf

MOST_BYTES = 16 * 1024 * 1024
"""Of an embedded file; a content file has some ten thousand."""


def sources(pdf: bytes) -> list[bytes]:
    """The embedded files that the document says it was made from.

    Raises:
        ValueError: the PDF cannot be read, or such a file is packed in an unusual way or too large.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            associated = document.Root.get("/AF", pikepdf.Array())
            return [
                _content(file.EF.F)
                for file in associated
                if file.get("/AFRelationship") == pikepdf.Name.Source
            ]
    except (pikepdf.PdfError, AttributeError, TypeError, RuntimeError, zlib.error) as error:
        raise ValueError(str(error)) from error


def _content(stream: pikepdf.Object) -> bytes:
    """The bytes of an embedded file, inflated no further than it may be large."""
    data = stream.read_raw_bytes()
    packing = stream.get("/Filter")
    if packing is not None:
        if packing != pikepdf.Name.FlateDecode or "/DecodeParms" in stream:
            raise ValueError(f"filter: {packing}")
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(data, MOST_BYTES)
        if not unpacker.eof:
            raise ValueError("too large, or cut off")
    return data
