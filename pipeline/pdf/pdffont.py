"""A face as a composite font of a PDF: its subset, exact widths, exact ToUnicode.

Character codes are those of `Face.code` (CIDs, or glyph indices); the fonts are those of
ISO 32000-1, 9.7. The same characters give the same bytes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from pipeline.faces import Face
from pipeline.pdf.tounicode import cmap

_TRUETYPE = frozenset({"head", "hhea", "hmtx", "maxp", "loca", "glyf", "cvt ", "fpgm", "prep"})
"""The tables that a PDF takes from a TrueType font (9.9)."""
_KEPT = _TRUETYPE | {"CFF ", "cmap", "name", "OS/2", "post", "GlyphOrder"}
"""The tables worth subsetting: codes name glyphs, so nothing is shaped any more."""
_SYMBOLIC = 4  # font descriptor flag: codes are not those of a Latin alphabet


@dataclass(frozen=True, slots=True)
class _Glyph:
    index: int
    code: int
    char: str
    advance: float


def _glyphs(face: Face, text: str) -> list[_Glyph]:
    glyphs = {char: glyph for char in text if (glyph := face.glyph(char)) is not None}
    drawn = [
        _Glyph(glyph, face.code(glyph), char, face.advance(char)) for char, glyph in glyphs.items()
    ]
    return sorted(drawn, key=lambda glyph: glyph.code)


def add_font(writer: PdfWriter, face: Face, text: str) -> IndirectObject:
    """Add the Type 0 font that draws the characters of `text`, with all that belongs to it."""
    glyphs = _glyphs(face, text)
    name = f"/{_subset_tag(face, glyphs)}+{_ascii_name(face)}"
    truetype = "glyf" in face.font
    descendant: dict[str, PdfObject] = {
        "/Type": NameObject("/Font"),
        "/Subtype": NameObject("/CIDFontType2" if truetype else "/CIDFontType0"),
        "/BaseFont": NameObject(name),
        "/CIDSystemInfo": _collection(face),
        "/FontDescriptor": _add(writer, _descriptor(writer, face, name, glyphs)),
        "/DW": NumberObject(1000),
        "/W": _widths(glyphs),
    }
    if truetype:
        descendant["/CIDToGIDMap"] = NameObject("/Identity")
    font: dict[str, PdfObject] = {
        "/Type": NameObject("/Font"),
        "/Subtype": NameObject("/Type0"),
        "/BaseFont": NameObject(name if truetype else f"{name}-Identity-H"),
        "/Encoding": NameObject("/Identity-H"),
        "/DescendantFonts": ArrayObject([_add(writer, _dictionary(descendant))]),
        "/ToUnicode": _add(writer, _stream(cmap({glyph.code: glyph.char for glyph in glyphs}))),
    }
    return _add(writer, _dictionary(font))


def _descriptor(
    writer: PdfWriter, face: Face, name: str, glyphs: Sequence[_Glyph]
) -> DictionaryObject:
    head, hhea, upem = face.font["head"], face.font["hhea"], face.font["head"].unitsPerEm

    def scaled(units: float) -> NumberObject:
        return NumberObject(round(units * 1000 / upem))

    key, program = _program(face, glyphs)
    box = (head.xMin, head.yMin, head.xMax, head.yMax)
    return _dictionary(
        {
            "/Type": NameObject("/FontDescriptor"),
            "/FontName": NameObject(name),
            "/Flags": NumberObject(_SYMBOLIC),
            "/FontBBox": ArrayObject([scaled(edge) for edge in box]),
            "/ItalicAngle": NumberObject(0),
            "/Ascent": scaled(hhea.ascent),
            "/Descent": scaled(hhea.descent),
            "/CapHeight": scaled(getattr(face.font["OS/2"], "sCapHeight", hhea.ascent)),
            "/StemV": NumberObject(80),
            key: _add(writer, program),
        }
    )


def _program(face: Face, glyphs: Sequence[_Glyph]) -> tuple[str, StreamObject]:
    """Give the descriptor's key for the embedded font file, and the subset file itself."""
    subset = _subset(face, [glyph.index for glyph in glyphs])
    if "glyf" in face.font:
        stream = _stream(subset)
        stream[NameObject("/Length1")] = NumberObject(len(subset))
        return "/FontFile2", stream
    if face.cid_keyed:
        stream = _stream(TTFont(BytesIO(subset)).reader["CFF "])
        stream[NameObject("/Subtype")] = NameObject("/CIDFontType0C")
    else:
        stream = _stream(subset)
        stream[NameObject("/Subtype")] = NameObject("/OpenType")
    return "/FontFile3", stream


def _subset(face: Face, glyphs: list[int]) -> bytes:
    """Cut the font down to these glyphs; they keep their indices (and CIDs)."""
    font: Any = TTFont(
        BytesIO(face.path.read_bytes()), fontNumber=face.index, lazy=True, recalcTimestamp=False
    )
    for table in set(font.keys()) - _KEPT:
        del font[table]
    options = Options(notdef_outline=True, retain_gids=not face.cid_keyed, hinting=True)
    subsetter = Subsetter(options)
    subsetter.populate(gids=glyphs)
    subsetter.subset(font)
    if "glyf" in font:
        for table in set(font.keys()) - _TRUETYPE - {"GlyphOrder"}:
            del font[table]
    made = BytesIO()
    font.save(made)
    return made.getvalue()


def _subset_tag(face: Face, glyphs: Sequence[_Glyph]) -> str:
    """Six capitals that follow from the face and the characters (9.6.4)."""
    seed = f"{face.digest} {face.index} {[glyph.code for glyph in glyphs]}"
    digest = hashlib.sha256(seed.encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _ascii_name(face: Face) -> str:
    name = face.font["name"].getDebugName(6) or ""
    return (
        "".join(char for char in name if char.isascii() and (char.isalnum() or char in "-_")) or "F"
    )


def _collection(face: Face) -> DictionaryObject:
    registry, ordering, supplement = ("Adobe", "Identity", 0)
    if face.cid_keyed:
        registry, ordering, supplement = face.font["CFF "].cff.topDictIndex[0].ROS
    return _dictionary(
        {
            "/Registry": ByteStringObject(registry.encode()),
            "/Ordering": ByteStringObject(ordering.encode()),
            "/Supplement": NumberObject(supplement),
        }
    )


def _widths(glyphs: Sequence[_Glyph]) -> ArrayObject:
    listed = ArrayObject()
    for glyph in glyphs:
        listed.append(NumberObject(glyph.code))
        listed.append(ArrayObject([FloatObject(round(glyph.advance * 1000, 3))]))
    return listed


def _stream(data: bytes) -> StreamObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    return stream.flate_encode()


def _dictionary(entries: Mapping[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): value for key, value in entries.items()})


def _add(writer: PdfWriter, made: PdfObject) -> IndirectObject:
    return writer._add_object(made)  # noqa: SLF001  # pypdf has no public way to add an object
