# ruff: noqa: INP001
"""Write layouts/srgb.icc: the sRGB profile that the PDF's output intent holds.

Every number is computed from IEC 61966-2-1 (primaries, white point, tone curve) and laid out as
ICC.1:2001-04 (version 2.4) says; nothing is taken from another profile. The profile is dedicated to
the public domain (CC0 1.0), so that it may go into every report. Run it from the project's root:

    python -m tools.srgb_profile
"""

import struct
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "sRGB (IEC 61966-2-1)"
LICENCE = "No copyright; use freely (CC0 1.0)"
VERSION = 0x02400000
DATE = (1999, 10, 18, 0, 0, 0)
"""Fixed, so that the bytes are: about when the standard came out."""
CURVE_POINTS = 1024

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]
"""Three rows."""

RED, GREEN, BLUE = (0.64, 0.33), (0.30, 0.60), (0.15, 0.06)
D65 = (0.3127, 0.3290)
"""Chromaticities x, y of the primaries (ITU-R BT.709) and the white of sRGB."""
D50: Vector = (0.9642, 1.0, 0.8249)
"""The white of the profile connection space (ICC.1, 6.1.9)."""
BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
"""XYZ → the cone responses in which whites are adapted (ICC.1:2001-04, annex E)."""


def profile() -> bytes:
    """The profile: header, tag table, and the tags, each at a multiple of four bytes."""
    tags = _tags()
    start = 128 + 4 + 12 * len(tags)
    offsets = {data: 0 for _, data in tags}  # channels share their curve
    body = b""
    for data in offsets:
        offsets[data] = start + len(body)
        body += data + bytes(-len(data) % 4)
    table = b"".join(struct.pack(">4sII", name, offsets[data], len(data)) for name, data in tags)
    return _header(start + len(body)) + struct.pack(">I", len(tags)) + table + body


def curve(value: float) -> float:
    """The light, from 0 to 1, of a channel's value from 0 to 1 (IEC 61966-2-1, 5.2)."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _tags() -> list[tuple[bytes, bytes]]:
    tone = _curve([curve(at / (CURVE_POINTS - 1)) for at in range(CURVE_POINTS)])
    adaptation = _adaptation(_xyz(D65), D50)
    red, _, blue = _columns(_product(adaptation, _colorants()))
    white = _fixed(*D50)  # also that of the medium: `chad` tells what it was before adaptation
    # Green is what is left of white, so that grey is neutral to the last bit.
    green = [w - r - b for w, r, b in zip(white, _fixed(*red), _fixed(*blue), strict=True)]
    return [
        (b"desc", _description(NAME)),
        (b"cprt", b"text" + bytes(4) + LICENCE.encode("ascii") + b"\0"),
        (b"wtpt", _numbers(b"XYZ ", white)),
        (b"chad", _numbers(b"sf32", [part for row in adaptation for part in _fixed(*row)])),
        (b"rXYZ", _numbers(b"XYZ ", _fixed(*red))),
        (b"gXYZ", _numbers(b"XYZ ", green)),
        (b"bXYZ", _numbers(b"XYZ ", _fixed(*blue))),
        (b"rTRC", tone),
        (b"gTRC", tone),
        (b"bTRC", tone),
    ]


def _header(size: int) -> bytes:
    """A display's profile from RGB to XYZ, for no platform, maker, model or creator."""
    made = struct.pack(">I4xI4s4s4s6H4s", size, VERSION, b"mntr", b"RGB ", b"XYZ ", *DATE, b"acsp")
    illuminant = struct.pack(">3i", *_fixed(*D50))
    return (made + bytes(28) + illuminant).ljust(128, b"\0")


def _description(text: str) -> bytes:
    """A textDescriptionType: ASCII, no Unicode, no Macintosh script."""
    ascii_text = text.encode("ascii") + b"\0"
    head = struct.pack(">4s4xI", b"desc", len(ascii_text))
    return head + ascii_text + bytes(4 + 4 + 2 + 1 + 67)


def _curve(values: list[float]) -> bytes:
    """A curveType of whole numbers from 0 to 65535."""
    steps = [round(value * 0xFFFF) for value in values]
    return struct.pack(f">4s4xI{len(steps)}H", b"curv", len(steps), *steps)


def _numbers(kind: bytes, values: list[int]) -> bytes:
    """An XYZType or s15Fixed16ArrayType."""
    return struct.pack(f">4s4x{len(values)}i", kind, *values)


def _fixed(*values: float) -> list[int]:
    """Numbers in 65536ths."""
    return [round(value * 0x10000) for value in values]


def _colorants() -> Matrix:
    """Linear sRGB → XYZ with D65 as white: a column for each primary."""
    primaries = _columns((_xyz(RED), _xyz(GREEN), _xyz(BLUE)))
    amounts = _applied(_inverse(primaries), _xyz(D65))
    return _product(primaries, _diagonal(amounts))


def _adaptation(source: Vector, target: Vector) -> Matrix:
    """What takes XYZ as seen under one white to XYZ as seen under another, by Bradford."""
    before, after = _applied(BRADFORD, source), _applied(BRADFORD, target)
    ratios = _diagonal((after[0] / before[0], after[1] / before[1], after[2] / before[2]))
    return _product(_inverse(BRADFORD), _product(ratios, BRADFORD))


def _xyz(chromaticity: tuple[float, float]) -> Vector:
    """XYZ of a chromaticity, with Y = 1."""
    x, y = chromaticity
    return x / y, 1.0, (1 - x - y) / y


def _columns(matrix: Matrix) -> Matrix:
    """The columns as rows."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return (a, d, g), (b, e, h), (c, f, i)


def _diagonal(values: Vector) -> Matrix:
    a, b, c = values
    return (a, 0.0, 0.0), (0.0, b, 0.0), (0.0, 0.0, c)


def _applied(matrix: Matrix, vector: Vector) -> Vector:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def _product(left: Matrix, right: Matrix) -> Matrix:
    first, second, third = (_applied(left, column) for column in _columns(right))
    return _columns((first, second, third))


def _inverse(matrix: Matrix) -> Matrix:
    """By cross products of the rows, which are the columns of the inverse."""
    first, second, third = matrix
    scale = _dot(first, _cross(second, third))
    rows = (_cross(second, third), _cross(third, first), _cross(first, second))
    (a, b, c), (d, e, f), (g, h, i) = _columns(rows)
    return (
        (a / scale, b / scale, c / scale),
        (d / scale, e / scale, f / scale),
        (g / scale, h / scale, i / scale),
    )


def _dot(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _cross(one: Vector, other: Vector) -> Vector:
    (a, b, c), (d, e, f) = one, other
    return b * f - c * e, c * d - a * f, a * e - b * d


if __name__ == "__main__":
    (ROOT / "layouts" / "srgb.icc").write_bytes(profile())
