"""One font file: which characters it can really draw, with which glyph, how wide.

HarfBuzz answers for characters and outlines (a hundred times faster than walking the tables);
fontTools answers for the rest of the file.
"""

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import uharfbuzz

from pipeline.errors import MissingTool

BLANKS = frozenset("\u0020\u00a0\u3000")
"""Characters whose outline is rightly empty."""

COLLECTIONS = frozenset({".ttc", ".otc"})
"""Suffixes of files that hold several faces."""

_CONTROLS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_REMEMBERED = 32_768
"""Glyphs that are known without asking the font again."""
_RESTRICTED = 0x0002  # OS/2 fsType, bit 1: restricted licence embedding


@dataclass(frozen=True)
class Face:
    """A face of a font file. `licensed` says that the office supplied it itself."""

    title: str
    path: Path
    index: int = 0
    licensed: bool = False

    def glyph(self, char: str) -> int | None:
        """The index of the glyph that draws `char`; None where there is none or it draws nothing.

        Raises:
            MissingTool: the file is not a font.
        """
        return _glyph(self.shaper, char)

    def advance(self, char: str) -> float:
        """Advance width of `char` in em; 1 where the face has no glyph for it."""
        font = self.shaper
        found = font.get_nominal_glyph(ord(char))
        return font.get_glyph_h_advance(found) / font.face.upem if found else 1.0

    def middle(self, char: str) -> float:
        """Height of the middle of the glyph's ink above the baseline, in em; 0 without ink."""
        font = self.shaper
        ink = font.get_glyph_extents(font.get_nominal_glyph(ord(char)) or 0)
        return (ink.y_bearing + ink.height / 2) / font.face.upem if ink else 0.0

    def draw(self, char: str, pen: Any) -> None:  # noqa: ANN401  # fontTools is untyped
        """Draw the glyph of `char` with a pen of fontTools, 1 em as 1."""
        from fontTools.pens.transformPen import TransformPen  # noqa: PLC0415  # as below

        font = self.shaper
        scale = 1 / font.face.upem
        scaled = TransformPen(pen, (scale, 0, 0, scale, 0, 0))
        font.draw_glyph_with_pen(font.get_nominal_glyph(ord(char)) or 0, scaled)

    def code(self, glyph: int) -> int:
        """The character code that xdvipdfmx writes for a glyph: its CID, or else its index."""
        return self._cids[glyph] if self._cids else glyph

    @cached_property
    def shaper(self) -> Any:  # noqa: ANN401  # uharfbuzz is untyped
        """The face as HarfBuzz opens it: the file as it was when first asked.

        Raises:
            MissingTool: the file is not a font.
        """
        # A file of the office's may be written over while it is mapped, which would end everything.
        read = self.path.read_bytes if self.licensed else None
        blob = uharfbuzz.Blob(read()) if read else uharfbuzz.Blob.from_file_path(self.path)
        face = uharfbuzz.Face(blob, self.index)
        if not face.glyph_count or not face.unicodes:
            raise MissingTool(
                f"字体文件无法读取：{self.path}。", "请换一个完好的字体文件，或将它移走。"
            )
        return uharfbuzz.Font(face)

    @cached_property
    def font(self) -> Any:  # noqa: ANN401  # fontTools is untyped
        """The font as fontTools opens it."""
        from fontTools.ttLib import TTFont  # noqa: PLC0415  # 0.1 s that most runs never need

        return TTFont(io.BytesIO(self.path.read_bytes()), fontNumber=self.index, lazy=True)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @cached_property
    def whole(self) -> bool:
        """Whether all of the file is there: one cut short opens, too, and draws some characters."""
        tables = self.font.reader.tables.values()
        end = max(table.offset + table.length for table in tables)
        return bool(end <= self.path.stat().st_size)

    @cached_property
    def restricted(self) -> bool:
        """Whether fsType restricts embedding: the office then needs the maker's permission."""
        return "OS/2" in self.font and bool(self.font["OS/2"].fsType & _RESTRICTED)

    @cached_property
    def cid_keyed(self) -> bool:
        """Whether the outlines are a CID-keyed CFF font."""
        return "CFF " in self.font and hasattr(self.font["CFF "].cff.topDictIndex[0], "ROS")

    @cached_property
    def alphabets(self) -> int:
        """How many dictionaries its CID-keyed outlines have; 0 where they are of another kind."""
        return len(self.font["CFF "].cff.topDictIndex[0].FDArray) if self.cid_keyed else 0

    @cached_property
    def names(self) -> frozenset[str]:
        """The PostScript names under which a PDF may know the face: the file's, the outlines'."""
        own = {str(self.font["name"].getDebugName(6))}
        return frozenset(own | {*self.font["CFF "].cff.fontNames} if "CFF " in self.font else own)

    @cached_property
    def _cids(self) -> list[int]:
        if not self.cid_keyed:
            return []
        return [0, *(int(name.removeprefix("cid")) for name in self.font.getGlyphOrder()[1:])]

    def __getstate__(self) -> dict[str, Any]:
        """What another process is told: the file, not what was read of it."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@lru_cache(_REMEMBERED)
def invisible(char: str) -> bool:
    """Whether a character has no ink of its own: controls, format characters, selectors."""
    return unicodedata.category(char) in _CONTROLS or bool(_SELECTOR.match(char))


@lru_cache(_REMEMBERED)
def _glyph(font: Any, char: str) -> int | None:  # noqa: ANN401  # uharfbuzz is untyped
    found: int | None = font.get_nominal_glyph(ord(char))
    if not found or invisible(char):
        return None
    return found if char in BLANKS or _draws(font, found) else None


def _draws(font: Any, glyph: int) -> bool:  # noqa: ANN401  # uharfbuzz is untyped
    extents = font.get_glyph_extents(glyph)
    return extents is not None and bool(extents.width or extents.height)
