"""A face as a composite font of a PDF: its subset, exact widths, exact ToUnicode.

Character codes are those of `Face.code` (CIDs, or glyph indices); the fonts are those of
ISO 32000-1, 9.7. The same characters give the same bytes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import uharfbuzz
from pikepdf import Array, Dictionary, Name, Object, Pdf, String
from uharfbuzz import SubsetFlags, SubsetInput

from pipeline.faces import Face
from pipeline.pdf.tounicode import cmap

_TRUETYPE = frozenset({"head", "hhea", "hmtx", "maxp", "loca", "glyf", "cvt ", "fpgm", "prep"})
"""The tables that a PDF takes from a TrueType font (9.9)."""
_OPENTYPE = frozenset({"head", "hhea", "hmtx", "maxp", "CFF ", "cmap", "name", "OS/2", "post"})
"""Those of an OpenType font whose outlines know no CIDs: it is embedded whole."""
_SYMBOLIC = 4  # font descriptor flag: codes are not those of a Latin alphabet
_MOST_OPEN = 16


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


def add_font(document: Pdf, face: Face, text: str) -> Object:
    """Add the Type 0 font that draws the characters of `text`, with all that belongs to it."""
    glyphs = _glyphs(face, text)
    name = Name(f"/{_subset_tag(face, glyphs)}+{_ascii_name(face)}")
    truetype = "glyf" in face.font
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2 if truetype else Name.CIDFontType0,
        BaseFont=name,
        CIDSystemInfo=_collection(face),
        FontDescriptor=document.make_indirect(_descriptor(document, face, name, glyphs)),
        DW=1000,
        W=_widths(glyphs),
    )
    if truetype:
        descendant.CIDToGIDMap = Name.Identity
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name if truetype else Name(f"{name}-Identity-H"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([document.make_indirect(descendant)]),
        ToUnicode=document.make_stream(cmap({glyph.code: glyph.char for glyph in glyphs})),
    )
    return document.make_indirect(font)


def _descriptor(document: Pdf, face: Face, name: Name, glyphs: Sequence[_Glyph]) -> Dictionary:
    head, hhea = face.font["head"], face.font["hhea"]

    def scaled(units: float) -> int:
        return round(units * 1000 / int(head.unitsPerEm))

    box = (head.xMin, head.yMin, head.xMax, head.yMax)
    made = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=_SYMBOLIC,
        FontBBox=Array([scaled(edge) for edge in box]),
        ItalicAngle=0,
        Ascent=scaled(hhea.ascent),
        Descent=scaled(hhea.descent),
        CapHeight=scaled(getattr(face.font["OS/2"], "sCapHeight", hhea.ascent)),
        StemV=80,
    )
    key, program, entries = _program(face, glyphs)
    made[key] = document.make_stream(program, Dictionary(entries))
    return made


def _program(face: Face, glyphs: Sequence[_Glyph]) -> tuple[str, bytes, Mapping[str, Any]]:
    """Give the descriptor's key for the embedded font file, the subset file, and what it is."""
    if "glyf" in face.font:
        subset = _subset(face, glyphs, _TRUETYPE).blob.data
        return "/FontFile2", subset, {"/Length1": len(subset)}
    if face.cid_keyed:
        outlines = _subset(face, glyphs, frozenset({"CFF "})).reference_table("CFF ").data
        return "/FontFile3", outlines, {"/Subtype": Name.CIDFontType0C}
    return "/FontFile3", _subset(face, glyphs, _OPENTYPE).blob.data, {"/Subtype": Name.OpenType}


def _subset(face: Face, glyphs: Sequence[_Glyph], tables: frozenset[str]) -> Any:  # noqa: ANN401  # uharfbuzz is untyped
    """Cut the font down to these glyphs and tables; codes keep their meaning.

    Codes are CIDs, which outlines that know them keep, or indices of glyphs.
    """
    whole = _opened(face.path, face.index)
    wanted = SubsetInput()
    wanted.flags = SubsetFlags.NOTDEF_OUTLINE | SubsetFlags.NO_LAYOUT_CLOSURE
    if not face.cid_keyed:
        wanted.flags |= SubsetFlags.RETAIN_GIDS
    wanted.glyph_set.update(glyph.index for glyph in glyphs)
    wanted.unicode_set.update(ord(glyph.char) for glyph in glyphs)
    dropped = {*whole.table_tags} - tables
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode("ascii")) for tag in dropped)
    return uharfbuzz.subset(whole, wanted)


@lru_cache(maxsize=_MOST_OPEN)
def _opened(path: Path, index: int) -> Any:  # noqa: ANN401  # uharfbuzz is untyped
    """The file as HarfBuzz opens it; what it learns of it, it keeps for the next subset."""
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), index)


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


def _collection(face: Face) -> Dictionary:
    registry, ordering, supplement = ("Adobe", "Identity", 0)
    if face.cid_keyed:
        registry, ordering, supplement = face.font["CFF "].cff.topDictIndex[0].ROS
    return Dictionary(Registry=String(registry), Ordering=String(ordering), Supplement=supplement)


def _widths(glyphs: Sequence[_Glyph]) -> Object:
    listed = (f"{glyph.code}[{round(glyph.advance * 1000, 3):.7g}]" for glyph in glyphs)
    return Object.parse(f"[{' '.join(listed)}]".encode("ascii"))
