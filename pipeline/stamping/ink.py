"""Draw a signature onto a finished PDF: lines of text, and over them the seal, as ink on paper.

What was on the page keeps its bytes; the seal multiplies with what lies below it (ISO 32000-1,
11.3.5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from pikepdf import Pdf
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfObject,
)

from pipeline.pdf import metadata, passport, pdftext
from pipeline.pdf.passport import Passport
from pipeline.pdf.writing import written
from pipeline.signature import Point, date_text
from pipeline.stamping import artwork
from pipeline.stamping.seal import Seal
from pipeline.stamping.structure import Drawn, tag

Written = tuple[pdftext.Line, Point]
"""A line, and where its baseline begins."""
Laid = tuple[Seal, Point]
"""A seal, and where its centre lies."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What is drawn: the lines of the name, the date, the seal and what it is in words."""

    names: tuple[Written, ...]
    date: Written
    seal: Laid | None = None
    seal_words: str = ""


_TRANSPARENCY = "%PDF-1.4"
"""The first version that knows it."""


def draw(pdf: bytes, number: int, signed: Signed, report: Passport) -> bytes:
    """The PDF with a signature on page `number` (from 0), and `report` as its passport.

    Everything else stays as it was; the same input gives the same bytes.

    Raises:
        Refused: the report has no structure that the signature could join.
    """
    assert report.stamped is not None  # noqa: S101  # or nothing would be drawn
    day = report.stamped.date
    reader = PdfReader(BytesIO(pdf))
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = max(reader.pdf_header, _TRANSPARENCY)
    page = writer.pages[number]
    fonts = pdftext.embed(writer, [line for line, _ in (*signed.names, signed.date)])
    _name(page, "/Font", {font.name: font.font for font in fonts.values()})

    def lines(some: Iterable[Written], text: str) -> Drawn:
        return Drawn(b"".join(pdftext.show(line, at.x, at.y, fonts) for line, at in some), text)

    drawn = [lines(signed.names, report.agency), lines([signed.date], date_text(day))]
    if signed.seal is not None:
        drawn.append(_seal(writer, page, *signed.seal, signed.seal_words))
    shown = tag(writer, page, drawn)
    _append(writer, page, shown)
    made = BytesIO()
    writer.write(made)
    with Pdf.open(made) as document:  # pypdf writes each object for itself: a third larger
        told = {key: str(value) for key, value in document.docinfo.items()}
        metadata.describe(document, metadata.changed(told, day), {passport.KEY: report.to_json()})
        return written(document)


def _seal(writer: PdfWriter, page: PageObject, seal: Seal, centre: Point, words: str) -> Drawn:
    """Put the seal into the PDF; the figure that lays it over name and date as ink does."""
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
    shown = f"q /NbInk gs 1 0 0 1 {left:.3f} {bottom:.3f} cm /NbSeal Do Q\n"
    return Drawn(shown.encode("ascii"), words, (left, bottom, left + wide, bottom + high))


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
