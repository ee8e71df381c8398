# ruff: noqa: INP001
"""Draw the specimen seal 样章 · 仅供测试 of the tests and examples: SVG, PDF and PNG in layouts/.

It must not pass for a seal of an office: no star, no name, a broken ring. Every letter is an
outline from LXGW WenKai (SIL Open Font License). Run it from the project's root:

    python -m tools.specimen_seal
"""

import math
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import cairosvg
from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from PIL import Image

from pipeline import fonts
from pipeline.faces import Face
from pipeline.page import ASCENT, DESCENT

ROOT = Path(__file__).resolve().parent.parent
DIAMETER = 42.0
"""In mm, as all lengths here; the origin is the seal's centre, y grows upward."""
RED = (0.80, 0.06, 0.10)
PIXELS = 992
"""Side of the PNG: 600 dpi."""

Point = tuple[float, float]
Step = tuple[str, tuple[Point, ...]]
"""PDF's path operator (m, l, c, h) and its points."""


class Outline(BasePen):  # type: ignore[misc]  # fontTools is untyped
    """Collects a glyph's outline as cubic curves, scaled, turned and moved."""

    def __init__(self, glyphs: Any, placing: Transform) -> None:  # noqa: ANN401
        super().__init__(glyphs)
        self.steps: list[Step] = []
        self._placing = placing

    def _add(self, operator: str, *points: Point) -> None:
        self.steps.append((operator, tuple(self._placing.transformPoints(points))))

    def _moveTo(self, pt: Point) -> None:  # noqa: N802
        self._add("m", pt)

    def _lineTo(self, pt: Point) -> None:  # noqa: N802
        self._add("l", pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:  # noqa: N802
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802
        self._add("h")


def drawing() -> list[Step]:
    """All of the seal as one path to fill."""
    half = DIAMETER / 2
    steps = _ring(half, half - 0.55)
    steps += _dashes(half - 1.25, half - 2.25, 60)
    for number, char in enumerate("样章"):
        steps += _letter(char, 13.6, Transform().translate(14.2 * (number - 0.5), 2.6))
    for number, char in enumerate("仅供测试"):
        turned = Transform().rotate(math.radians(26) * (number - 1.5))
        steps += _letter(char, 4.8, turned.translate(0, -14.4))
    return steps


def svg(steps: list[Step]) -> str:
    """The seal as SVG, whose y grows downward."""
    half = DIAMETER / 2
    names = {"m": "M", "l": "L", "c": "C", "h": "Z"}
    path = "".join(
        names[operator] + " ".join(f"{half + x:.3f} {half - y:.3f}" for x, y in points)
        for operator, points in steps
    )
    colour = "".join(f"{round(part * 255):02x}" for part in RED)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{DIAMETER:g}mm" height="{DIAMETER:g}mm" '
        f'viewBox="0 0 {DIAMETER:g} {DIAMETER:g}">\n'
        "<title>样章 · 仅供测试</title>\n"
        f'<path fill="#{colour}" d="{path}"/>\n</svg>\n'
    )


def pdf(steps: list[Step]) -> bytes:
    """The seal as PDF, written by hand so that no library's version shows in its bytes."""
    half, unit = DIAMETER / 2, 72 / 25.4
    path = "\n".join(
        " ".join([*(f"{half + x:.3f} {half + y:.3f}" for x, y in points), operator])
        for operator, points in steps
    )
    red = " ".join(f"{part:g}" for part in RED)
    content = f"{unit:.5f} 0 0 {unit:.5f} 0 0 cm\n{red} rg\n{path}\nf\n".encode("ascii")
    side = f"{DIAMETER * unit:.4f}"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {side} {side}] /Resources << >> "
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page.encode("ascii") + b"/Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    made = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, written in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    made += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(made)


def png(source: str) -> bytes:
    """The seal as pixels, transparent where nothing is drawn."""
    drawn = cairosvg.svg2png(bytestring=source.encode(), output_width=PIXELS, output_height=PIXELS)
    made = BytesIO()
    Image.open(BytesIO(drawn)).save(made, "PNG", optimize=True, dpi=(600, 600))
    return made.getvalue()


def files() -> dict[str, bytes]:
    """What belongs into layouts/, by file name."""
    steps = drawing()
    source = svg(steps)
    return {
        "specimen-seal.svg": source.encode(),
        "specimen-seal.pdf": pdf(steps),
        "specimen-seal.png": png(source),
    }


@cache
def _face() -> Face:
    roles = fonts.load(ROOT / "fonts" / "fonts.toml", None).roles
    return next(face for face in roles["kai"].faces if face.path.name.startswith("LXGWWenKai"))


def _letter(char: str, size: float, middle: Transform) -> list[Step]:
    """A letter `size` mm high, the middle of its square where the transform takes the origin."""
    face = _face()
    index = face.glyph(char)
    if index is None:
        raise LookupError(char)
    scale = size / face.font["head"].unitsPerEm
    below = (ASCENT - DESCENT) / 2
    pen = Outline(
        face.font.getGlyphSet(),
        middle.translate(-size / 2, -below * size).scale(scale),
    )
    face.font.getGlyphSet()[face.font.getGlyphOrder()[index]].draw(pen)
    return pen.steps


def _ring(outer: float, inner: float) -> list[Step]:
    """A ring: two circles that run in opposite directions, so that the inner one stays empty."""
    outward, inward = _arc(outer, 0, math.tau, "m"), _arc(inner, math.tau, 0, "m")
    return [*outward, ("h", ()), *inward, ("h", ())]


def _dashes(outer: float, inner: float, count: int) -> list[Step]:
    """A broken ring of `count` dashes, as wide as the spaces between them, one of them on top."""
    steps: list[Step] = []
    for number in range(count):
        middle = math.pi / 2 + number * math.tau / count
        start, end = middle - math.pi / count / 2, middle + math.pi / count / 2
        steps += [*_arc(outer, start, end, "m"), *_arc(inner, end, start, "l"), ("h", ())]
    return steps


def _arc(radius: float, start: float, end: float, first: str) -> list[Step]:
    """An arc of cubic curves, at most a quarter circle each; `first` leads to its beginning."""
    pieces = max(1, math.ceil(abs(end - start) / (math.pi / 2) - 1e-9))
    turn = (end - start) / pieces
    reach = radius * 4 / 3 * math.tan(turn / 4)

    def at(angle: float) -> Point:
        return radius * math.cos(angle), radius * math.sin(angle)

    steps: list[Step] = [(first, (at(start),))]
    for piece in range(pieces):
        a, b = start + piece * turn, start + (piece + 1) * turn
        (ax, ay), (bx, by) = at(a), at(b)
        leave = (ax - reach * math.sin(a), ay + reach * math.cos(a))
        arrive = (bx + reach * math.sin(b), by - reach * math.cos(b))
        steps.append(("c", (leave, arrive, (bx, by))))
    return steps


if __name__ == "__main__":
    for name, data in files().items():
        (ROOT / "layouts" / name).write_bytes(data)
