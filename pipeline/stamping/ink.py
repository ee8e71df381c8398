"""Draw a signature onto a finished PDF: lines of text, and over them the seal, as ink on paper.

What was on the page keeps its bytes; the seal multiplies with what lies below it (ISO 32000-1,
11.3.5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf

from pipeline.pdf import metadata, passport, pdftext
from pipeline.pdf.passport import Passport
from pipeline.pdf.writing import written
from pipeline.signature import Point, date_text
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


def draw(pdf: bytes, number: int, signed: Signed, report: Passport) -> bytes:
    """The PDF with a signature on page `number` (from 0), and `report` as its passport.

    Everything else stays as it was; the same input gives the same bytes.

    Raises:
        Refused: the report has no structure that the signature could join.
    """
    assert report.stamped is not None  # noqa: S101  # or nothing would be drawn
    day = report.stamped.date
    with Pdf.open(BytesIO(pdf)) as document:
        page = document.pages[number]
        fonts = pdftext.embed(document, [line for line, _ in (*signed.names, signed.date)])
        _name(page, "/Font", {font.name: font.font for font in fonts.values()})

        def lines(some: Iterable[Written], text: str) -> Drawn:
            shown = (pdftext.show(line, at.x, at.y, fonts) for line, at in some)
            return Drawn(b"".join(shown), text)

        drawn = [lines(signed.names, report.agency), lines([signed.date], date_text(day))]
        if signed.seal is not None:
            drawn.append(_seal(document, page, *signed.seal, signed.seal_words))
        _append(document, page, tag(document, page.obj, drawn))
        told = {key: str(value) for key, value in document.docinfo.items()}
        metadata.describe(document, metadata.changed(told, day), {passport.KEY: report.to_json()})
        return written(document)


def _seal(document: Pdf, page: Page, seal: Seal, centre: Point, words: str) -> Drawn:
    """Put the seal into the PDF; the figure that lays it over name and date as ink does."""
    with Pdf.open(BytesIO(seal.pdf)) as source:
        art = source.pages[0]
        wide, high = (float(side) for side in art.mediabox[2:])
        form = document.copy_foreign(art.as_form_xobject())
    form.Group = _rgb_group()
    _name(page, "/XObject", {"/NbSeal": form})
    _name(page, "/ExtGState", {"/NbInk": Dictionary(Type=Name.ExtGState, BM=Name.Multiply)})
    if "/Group" not in page.obj:
        page.obj.Group = _rgb_group()
    left, bottom = centre.x - wide / 2, centre.y - high / 2
    shown = f"q /NbInk gs 1 0 0 1 {left:.3f} {bottom:.3f} cm /NbSeal Do Q\n"
    return Drawn(shown.encode("ascii"), words, (left, bottom, left + wide, bottom + high))


def _rgb_group() -> Dictionary:
    """An isolated transparency group that blends in RGB."""
    return Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceRGB, I=True)


def _name(page: Page, kind: str, entries: Mapping[str, Object]) -> None:
    """Give the page's resources new names; resources shared with other pages stay as they are."""
    resources = pikepdf.Dictionary(dict(page.obj.get("/Resources", Dictionary()).items()))
    resources[kind] = Dictionary({**dict(resources.get(kind, Dictionary()).items()), **entries})
    page.obj.Resources = resources


def _append(document: Pdf, page: Page, shown: bytes) -> None:
    """Draw after what the page draws, whose own streams stay byte for byte, in a fresh state."""
    old = page.obj.Contents
    streams = [*old] if isinstance(old, Array) else [old]
    before, after = (document.make_stream(part) for part in (b"q\n", b"\nQ\n" + shown))
    page.obj.Contents = Array([before, *streams, after])
