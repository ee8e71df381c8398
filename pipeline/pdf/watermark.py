"""A word across every page, below its text: grey outlines, so that nobody reads or copies them."""

import math

from pikepdf import Array, Dictionary, Name, Pdf

from pipeline.fonts import FontPlan
from pipeline.page import ASCENT, DESCENT, PAPER_HEIGHT, PAPER_WIDTH

SIZE, GREY, ANGLE = 150.0, 0.92, 45
"""Of the letters, in bp; from 0, black, to 1; in degrees."""


def drawing(plan: FontPlan, role: str, text: str) -> bytes:
    """The operators that draw `text` in the faces of `plan`, aslant over the middle of a page."""
    # fontTools is slow to import, and no report but a draft needs this.
    from fontTools.misc.transform import Transform  # noqa: PLC0415
    from fontTools.pens.transformPen import TransformPen  # noqa: PLC0415

    from pipeline.pdf.outline import Outline  # noqa: PLC0415

    pen = Outline()
    start = -len(text) / 2
    for stretch in plan.stretches(role, text):
        for char in stretch.text:
            place = (
                Transform()
                .translate(PAPER_WIDTH / 2, PAPER_HEIGHT / 2)
                .rotate(math.radians(ANGLE))
                .scale(SIZE)
                .translate(start, (DESCENT - ASCENT) / 2)
            )
            stretch.face.draw(char, TransformPen(pen, place))
            start += 1
    return b" ".join([b"%g g" % GREY, *pen.operators, b"f"])


def add_watermark(document: Pdf, drawn: bytes) -> None:
    """Draw it on every page, as an artifact below all that the page shows."""
    form = document.make_stream(
        drawn,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, round(PAPER_WIDTH, 2), round(PAPER_HEIGHT, 2)]),
        Resources=Dictionary(),
    )
    for page in document.pages:
        page.add_resource(form, Name.XObject, Name.NbDraft)
        page.contents_add(
            b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC /NbDraft Do EMC",
            prepend=True,
        )
