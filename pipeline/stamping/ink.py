"""Draw a signature onto a finished PDF: lines of text, and over them the seal, as ink on paper.

What was on the page keeps its bytes; the seal multiplies with what lies below it (ISO 32000-1,
11.3.5).
"""

import hashlib
from collections.abc import Sequence
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfObject,
)

from pipeline.pdf import passport, pdftext
from pipeline.signature import Point
from pipeline.stamping import artwork
from pipeline.stamping.seal import Seal

Written = tuple[pdftext.Line, Point]
"""A line, and where its baseline begins."""
Laid = tuple[Seal, Point]
"""A seal, and where its centre lies."""

_TRANSPARENCY = "%PDF-1.4"
"""The first version that knows it."""


def draw(
    pdf: bytes, number: int, written: Sequence[Written], seal: Laid | None, report: str
) -> bytes:
    """The PDF with lines and seal on page `number` (from 0), and `report` as its passport.

    Everything else stays as it was; the same input gives the same bytes.
    """
    reader = PdfReader(BytesIO(pdf))
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = max(reader.pdf_header, _TRANSPARENCY)
    page = writer.pages[number]
    fonts = pdftext.embed(writer, [line for line, _ in written])
    _name(page, "/Font", {font.name: font.font for font in fonts.values()})
    shown = b"".join(pdftext.show(line, spot.x, spot.y, fonts) for line, spot in written)
    if seal is not None:
        shown += _seal(writer, page, *seal)
    _append(writer, page, shown)
    writer.add_metadata({passport.KEY: report})
    art = seal[0].pdf if seal else b""
    _identify(writer, hashlib.sha256(b"\0".join([pdf, report.encode(), art, shown])).digest())
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _seal(writer: PdfWriter, page: PageObject, seal: Seal, centre: Point) -> bytes:
    """Put the seal into the PDF; the operators that lay it over name and date as ink does."""
    art = artwork.one_page(seal.pdf)
    wide, high = float(art.mediabox.width), float(art.mediabox.height)
    form = writer._add_object(artwork.form(writer, art, (0, 0, wide, high)))  # noqa: SLF001
    ink = DictionaryObject(
        {NameObject("/Type"): NameObject("/ExtGState"), NameObject("/BM"): NameObject("/Multiply")}
    )
    _name(page, "/XObject", {"/NbSeal": form})
    _name(page, "/ExtGState", {"/NbInk": ink})
    if "/Group" not in page:
        page[NameObject("/Group")] = artwork.rgb_group()
    left, bottom = centre.x - wide / 2, centre.y - high / 2
    return f"q /NbInk gs 1 0 0 1 {left:.3f} {bottom:.3f} cm /NbSeal Do Q\n".encode("ascii")


def _name(page: PageObject, kind: str, entries: dict[str, PdfObject]) -> None:
    """Give the page's resources new names; resources shared with other pages stay as they are."""
    resources = DictionaryObject(page.get("/Resources", DictionaryObject()).get_object())
    named = DictionaryObject(resources.get(kind, DictionaryObject()).get_object())
    named.update({NameObject(name): entry for name, entry in entries.items()})
    resources[NameObject(kind)] = named
    page[NameObject("/Resources")] = resources


def _append(writer: PdfWriter, page: PageObject, shown: bytes) -> None:
    """Draw after what the page draws, whose own streams stay byte for byte, in a fresh state."""
    old = page.raw_get("/Contents")
    target = old.get_object()
    streams = list(list.__iter__(target)) if isinstance(target, ArrayObject) else [old]
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.set_data(b"q\n")
    after.set_data(b"\nQ\n" + shown)
    added = [writer._add_object(stream) for stream in (before, after.flate_encode())]  # noqa: SLF001
    page[NameObject("/Contents")] = ArrayObject([added[0], *streams, added[1]])


def _identify(writer: PdfWriter, content: bytes) -> None:
    """Keep the first half of /ID, the document; the second half is this state of it (14.4)."""
    first = writer._ID[0] if writer._ID else ByteStringObject(content[:16])  # noqa: SLF001
    writer._ID = ArrayObject([first, ByteStringObject(content[:16])])  # noqa: SLF001
