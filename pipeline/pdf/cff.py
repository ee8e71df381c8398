"""CFF outlines of CID-keyed fonts whose parts agree on how widths are written.

Such a font has a dictionary for each of its alphabets, each with widths of its own that a glyph's
width is measured from (Adobe TN 5176, 15). Readers exist that look only into the first, and find
no width as the PDF tells it. Here all alphabets count from nothing, and a Han character is usual.
"""

from io import BytesIO
from typing import Any

from fontTools.cffLib import CFFFontSet
from fontTools.misc.psCharStrings import T2WidthExtractor
from fontTools.ttLib import TTFont

_DEFAULT, _NOMINAL = 1000, 0
_ABSENT = -1_000_000
"""No width is written: the alphabet's default holds."""


def with_even_widths(cff: bytes) -> bytes:
    """The same outlines and widths; a font with one alphabet, or with subroutines, stays."""
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(cff), None)
    top: Any = fonts[0]
    dictionaries = getattr(top, "FDArray", [])
    if len(dictionaries) <= 1 or any(hasattr(each.Private, "Subrs") for each in dictionaries):
        return cff
    glyphs = top.CharStrings
    for name in glyphs.keys():  # noqa: SIM118  # fontTools' own kind of dictionary
        _even(glyphs[name], top.GlobalSubrs)
    for each in dictionaries:
        private = each.Private
        private.rawDict |= {"defaultWidthX": _DEFAULT, "nominalWidthX": _NOMINAL}
        private.defaultWidthX, private.nominalWidthX = _DEFAULT, _NOMINAL
    made = BytesIO()
    fonts.compile(made, TTFont(recalcBBoxes=False))
    return made.getvalue()


def _even(glyph: Any, global_subrs: Any) -> None:  # noqa: ANN401  # fontTools is untyped
    """Write a glyph's width as what it is, or leave it out where it is the usual one."""
    private = glyph.private
    if (private.defaultWidthX, private.nominalWidthX) == (_DEFAULT, _NOMINAL):
        return
    reader = T2WidthExtractor([], global_subrs, 0, _ABSENT)
    reader.execute(glyph)
    if reader.width == _ABSENT:
        glyph.program.insert(0, private.defaultWidthX)
    else:
        glyph.program[0] = reader.width + private.nominalWidthX
