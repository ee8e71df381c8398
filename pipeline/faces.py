"""One font file: which characters it can really draw, with which glyph, how wide.

HarfBuzz answers for characters and outlines (a hundred times faster than walking the tables);
fontTools answers for the rest of the file.
"""

import hashlib
import io
import json
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import uharfbuzz

from pipeline import cache
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

    @cached_property
    def _hash(self) -> int:
        return hash((self.path, self.index))

    def __hash__(self) -> int:
        return self._hash  # asked for a thousand times a report

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
        cids = self._facts.cids
        return cids[glyph] if cids else glyph

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

    @property
    def digest(self) -> str:
        """SHA-256 of the file, in hex."""
        return self._facts.digest

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

    @property
    def cid_keyed(self) -> bool:
        """Whether the outlines are a CID-keyed CFF font."""
        return self._facts.alphabets > 0

    @property
    def alphabets(self) -> int:
        """How many dictionaries its CID-keyed outlines have; 0 where they are of another kind."""
        return self._facts.alphabets

    @property
    def names(self) -> frozenset[str]:
        """The PostScript names under which a PDF may know the face: the file's, the outlines'."""
        return self._facts.names

    @cached_property
    def _facts(self) -> "_Facts":
        """What is known of the file; it is read through once for as long as nobody changes it."""
        stamp = cache.stamp(self.path.resolve())
        name = hashlib.sha256(repr([stamp, self.index]).encode()).hexdigest()
        with suppress(KeyError, TypeError, ValueError):
            return _Facts.of(cache.recall(f"faces/{name}.json"))
        found = _read(self)
        cache.keep(f"faces/{name}.json", json.dumps(found.kept()).encode())
        return found

    def __getstate__(self) -> dict[str, Any]:
        """What another process is told: the file, not what was read of it."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of a face beside its glyphs.

    `cids`: the code of each glyph, where that is not the glyph's index.
    """

    digest: str
    names: frozenset[str]
    alphabets: int
    cids: tuple[int, ...]

    def kept(self) -> list[object]:
        """The same as it is kept."""
        return [self.digest, sorted(self.names), self.alphabets, self.cids]

    @classmethod
    def of(cls, kept: Any) -> "_Facts":  # noqa: ANN401  # whatever was kept
        """What was kept; raises `ValueError` or `TypeError` where it is none."""
        digest, names, alphabets, cids = kept
        return cls(str(digest), frozenset(map(str, names)), int(alphabets), tuple(map(int, cids)))


def _read(face: Face) -> _Facts:
    names = {str(face.font["name"].getDebugName(6))}
    alphabets, cids = 0, [0]
    if "CFF " in face.font:
        outlines = face.font["CFF "].cff
        names |= {*outlines.fontNames}
        top = outlines.topDictIndex[0]
        if hasattr(top, "ROS"):
            alphabets = len(top.FDArray)
            glyphs = face.font.getGlyphOrder()[1:]
            cids += [int(name.removeprefix("cid")) for name in glyphs]
    same = all(cid == glyph for glyph, cid in enumerate(cids))
    digest = hashlib.sha256(face.path.read_bytes()).hexdigest()
    return _Facts(digest, frozenset(names), alphabets, () if same else tuple(cids))


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
