"""Writing a PDF: no stream ends where a reader may be in doubt, and all read as before."""

import io
import re
import zlib
from itertools import count

import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from sealfiles import jpeg

from pipeline.pdf.writing import written

HEX, FLATE, JPEG = Name.ASCIIHexDecode, Name.FlateDecode, Name.DCTDecode


def ending(size: int, head: bytes = b"") -> bytes:
    """Bytes whose checksum ends in a carriage return."""
    texts = (head + number.to_bytes(size, "big") for number in count())
    return next(text for text in texts if zlib.adler32(text) & 0xFF == ord("\r"))


PLAIN, ROW = ending(4), ending(4, b"\0")
PACKED = zlib.compress(PLAIN)
PREDICTED = Dictionary(Predictor=15, Columns=4)


@pytest.mark.parametrize(
    ("raw", "filters", "parms", "decoded"),
    [
        (PLAIN, None, None, PLAIN),
        (PACKED, FLATE, None, PLAIN),
        (PACKED, Array([FLATE]), None, PLAIN),
        (zlib.compress(ROW), FLATE, PREDICTED, ROW[1:]),
        (zlib.compress(ROW), Array([FLATE]), Array([PREDICTED]), ROW[1:]),
        (PLAIN.hex().encode() + b">\r", HEX, None, PLAIN),
        (PACKED.hex().encode() + b">\r", Array([HEX, FLATE]), None, PLAIN),
        (jpeg(b"\r"), JPEG, None, None),
        (jpeg().hex().encode() + b">\r", Array([HEX, JPEG]), None, None),
    ],
    ids=["plain", "flate", "list", "predictor", "lists", "hex", "both", "jpeg", "hex jpeg"],
)
def test_a_carriage_return_at_the_end(
    raw: bytes, filters: Name | Array | None, parms: object, decoded: bytes | None
) -> None:
    """Whatever it is packed with; what cannot be decoded keeps its bytes, and one more."""
    assert zlib.compress(PLAIN)[-1:] == b"\r"
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Kept = pdf.make_stream(b"")
        pdf.Root.Kept.write(raw, filter=filters, decode_parms=parms)
        made = written(pdf)
    assert not re.search(rb"\r\n?endstream", made)
    with Pdf.open(io.BytesIO(made)) as again:
        assert "/XXFill" not in again.Root
        if decoded is None:
            assert again.Root.Kept.read_raw_bytes() == raw + b"\n"
        else:
            assert again.Root.Kept.read_bytes() == decoded
