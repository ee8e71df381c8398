"""CID-keyed outlines whose parts agree on how widths are written: nothing else of them changes."""

from io import BytesIO
from typing import Any

from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from pipeline.checking import Stock
from pipeline.faces import Face
from pipeline.pdf.cff import with_even_widths

TEXT = "2026年度报告（样例）Aa，"


def outlines(face: Face) -> bytes:
    """The CFF of a subset as xdvipdfmx makes it: without subroutines."""
    subsetter = Subsetter(Options(desubroutinize=True, notdef_outline=True))
    subsetter.populate(text=TEXT)
    made = BytesIO()
    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        subsetter.subset(font)
        font.save(made)
    return bytes(TTFont(made).reader["CFF "])


def opened(cff: bytes) -> Any:
    """The font in a CFF."""
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(cff), None)
    return fonts[0]


def drawn(cff: bytes) -> dict[str, tuple[float, list[Any]]]:
    """Width and outline of each glyph."""
    font, found = opened(cff), {}
    for name in font.charset:
        pen = RecordingPen()
        glyph = font.CharStrings[name]
        glyph.draw(pen)
        found[name] = (glyph.width, pen.value)
    return found


def test_widths_are_written_in_one_way(stock: Stock) -> None:
    """Every alphabet counts from nothing; each glyph is drawn as before, and as wide."""
    face = next(f for f in stock.fonts.roles["xiaobiaosong"].faces if "Noto" in f.path.name)
    before = outlines(face)
    after = with_even_widths(before)
    ways = {
        (each.Private.defaultWidthX, each.Private.nominalWidthX) for each in opened(before).FDArray
    }
    assert len(ways) > 2
    assert {
        (each.Private.defaultWidthX, each.Private.nominalWidthX) for each in opened(after).FDArray
    } == {(1000, 0)}
    assert drawn(after) == drawn(before)
    assert len({width for width, _ in drawn(after).values()}) > 2
    assert with_even_widths(after) == with_even_widths(before)


def test_a_font_of_one_alphabet_stays(stock: Stock) -> None:
    """Its bytes are not touched."""
    face = next(f for f in stock.fonts.roles["fangsong"].faces if "Fandol" in f.path.name)
    before = outlines(face)
    assert with_even_widths(before) == before


def test_a_glyph_that_begins_strangely(stock: Stock) -> None:
    """A glyph that begins with what is no hint, move or end leaves the font as it is."""
    face = next(f for f in stock.fonts.roles["xiaobiaosong"].faces if "Noto" in f.path.name)
    before = outlines(face)
    glyph = opened(before).CharStrings["cid00034"].bytecode
    strange = before.replace(glyph, b"\x0c\x09" + glyph[2:])
    assert with_even_widths(strange) == strange
