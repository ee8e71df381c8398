"""Seal files of many kinds: what drawing programs write, and what somebody may make by hand."""

import io
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
PROFILE = (ROOT / "layouts" / "srgb.icc").read_bytes()
SIDE = 119
Resources = Callable[[Pdf], Mapping[str, Any]]

RING = b"0.8 0 0 RG 4 w 2 2 115 115 re S "
IMAGE = RING + b"q 60 0 0 60 20 20 cm /I Do Q"
STATE = b"/G gs " + RING
COLOUR = b"/C CS 1 0 0 SC 4 w 2 2 115 115 re S"


def pdf(content: bytes, resources: Resources = lambda _: {}, **page: Any) -> bytes:
    """A PDF of one page with what it draws, and with."""
    made = io.BytesIO()
    with Pdf.new() as new:
        new.add_blank_page(page_size=(SIDE, SIDE))
        only = new.pages[0]
        only.Contents = new.make_stream(content)
        only.Resources = Dictionary(resources(new))
        for key, value in page.items():
            only.obj[f"/{key}"] = value
        new.save(made, compress_streams=False)
    return made.getvalue()


def svg(drawn: str, defined: str = "") -> bytes:
    """An SVG with a ring and more, 42 mm wide."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 100 100" width="42mm" height="42mm"><defs>{defined}</defs>'
        '<circle cx="50" cy="50" r="48" fill="none" stroke="#c00" stroke-width="4"/>'
        f"{drawn}</svg>"
    ).encode()


def png(mode: str = "RGBA", side: int = 500, **options: Any) -> bytes:
    """A PNG of a ring around a half transparent square."""
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((0, 0, side - 1, side - 1), outline=(200, 0, 0, 255), width=side // 20)
    draw.rectangle((side * 0.3, side * 0.3, side * 0.7, side * 0.7), fill=(200, 0, 0, 128))
    made = io.BytesIO()
    (image.quantize(16) if mode == "P" else image.convert(mode)).save(made, "PNG", **options)
    return made.getvalue()


def image(data: bytes, width: int = 2, height: int = 2, **entries: Any) -> Resources:
    """Resources with an image, in RGB of 8 bits unless told."""
    kind = {"ColorSpace": Name.DeviceRGB, "BitsPerComponent": 8} | entries

    def make(new: Pdf) -> Mapping[str, Any]:
        made = new.make_stream(
            data, Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height, **kind
        )
        return {"/XObject": Dictionary(I=made)}

    return make


def state(**entries: Any) -> Resources:
    """Resources with a graphics state."""
    return lambda _: {"/ExtGState": Dictionary(G=Dictionary(**entries))}


def space(name: str, *entries: Any) -> Resources:
    """Resources with a colour space."""
    return lambda _: {"/ColorSpace": Dictionary({f"/{name}": Array(entries)})}


def profile(name: str, data: bytes, channels: int = 3) -> Resources:
    """Resources with a colour space by an ICC profile."""
    return lambda new: {
        "/ColorSpace": Dictionary(
            {f"/{name}": Array([Name.ICCBased, new.make_stream(data, N=channels)])}
        )
    }


def form(new: Pdf, content: bytes, **entries: Any) -> Any:
    """A form of the page's size that draws."""
    box = Array([0, 0, SIDE, SIDE])
    return new.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=box, **entries)


def jpeg(tail: bytes = b"") -> bytes:
    """A JPEG of 64 by 64."""
    made = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 0, 0)).save(made, "JPEG")
    return made.getvalue() + tail


def _ends_in_return() -> bytes:
    """Rows of two pixels behind PNG predictors, packed, the last byte a carriage return."""
    rows = (b"\0" + bytes([red, low, 7] * 2) for red in range(256) for low in range(9))
    return next(data for data in map(zlib.compress, (row * 2 for row in rows)) if data[-1] == 13)


def _tile(new: Pdf) -> Mapping[str, Any]:
    tile = new.make_stream(
        b"10 0 0 10 0 0 cm /I Do",
        Type=Name.Pattern,
        PatternType=1,
        PaintType=1,
        TilingType=1,
        BBox=Array([0, 0, 10, 10]),
        XStep=10,
        YStep=10,
        Resources=Dictionary(image(b"\xc0\0\0" * 4, Interpolate=True)(new)),
    )
    return {"/Pattern": Dictionary(P=tile)}


def _soft_mask(new: Pdf) -> Mapping[str, Any]:
    group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    resources = Dictionary(image(b"\xff\xff\xff" * 4, Interpolate=True)(new))
    mask = form(new, b"60 0 0 60 20 20 cm /I Do", Group=group, Resources=resources)
    return state(SMask=Dictionary(S=Name.Luminosity, G=mask))(new)


def _shading() -> Dictionary:
    ramp = Dictionary(
        FunctionType=2, Domain=Array([0, 1]), C0=Array([1, 0, 0]), C1=Array([1, 1, 1]), N=1
    )
    return Dictionary(
        ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=Array([0, 0, SIDE, 0]), Function=ramp
    )


def _type3(new: Pdf) -> Mapping[str, Any]:
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=Array([0, 0, 1, 1]),
        FontMatrix=Array([1, 0, 0, 1, 0, 0]),
        CharProcs=Dictionary(a=new.make_stream(b"1 0 d0 0 0 1 1 re f")),
        Encoding=Dictionary(Differences=Array([97, Name.a])),
        FirstChar=97,
        LastChar=97,
        Widths=Array([1]),
    )
    return {"/Font": Dictionary(F=font)}


def _separation() -> Array:
    ramp = Dictionary(
        FunctionType=2, Domain=Array([0, 1]), C0=Array([1, 1, 1]), C1=Array([1, 0, 0]), N=1
    )
    return Array([Name.Separation, Name.Red, Name.DeviceRGB, ramp])


_WHITE = Dictionary(WhitePoint=Array([0.95, 1, 1.09]))
_DOT = '<circle cx="50" cy="50" r="40" fill="{}"/>'
_URI = "data:image/png;base64," + b64encode(png(side=200)).decode()
_IMAGE = f'<image width="100" height="100" xlink:href="{_URI}"/>'
_RED = '<rect width="100" height="100" fill="#c00" {}/>'
_MASK = '<mask id="m" maskUnits="userSpaceOnUse" width="100" height="100">{}</mask>'
_STOPS = '<stop offset="0" stop-color="#c00"/><stop offset="1" stop-color="#f88"/>'
_PATTERN = '<pattern id="p" width="10" height="10" patternUnits="userSpaceOnUse">{}</pattern>'
_FILTER = '<filter id="f"><feOffset dx="1" dy="1"/><feBlend mode="multiply"/></filter>'
_SQUARE = b"q 20 20 60 60 re W n /S sh Q"
_FILL = b"/Pattern cs /P scn 20 20 60 60 re f"
_LONG = "G" * 200
_BOTH = Array([Name.ASCIIHexDecode, Name.DCTDecode])

AS_THEY_ARE: Mapping[str, bytes] = {
    "rgba.png": png(),
    "la.png": png("LA"),
    "palette.png": png("P"),
    "junk-profile.png": png(icc_profile=b"x" * 200),
    "plain.svg": svg(""),
    "linear.svg": svg(_DOT.format("url(#g)"), f'<linearGradient id="g">{_STOPS}</linearGradient>'),
    "radial.svg": svg(_DOT.format("url(#g)"), f'<radialGradient id="g">{_STOPS}</radialGradient>'),
    "clip.svg": svg(
        _RED.format('clip-path="url(#c)"'), f'<clipPath id="c">{_DOT.format("#000")}</clipPath>'
    ),
    "mask.svg": svg(_RED.format('mask="url(#m)"'), _MASK.format(_DOT.format("#fff"))),
    "mask-image.svg": svg(_RED.format('mask="url(#m)"'), _MASK.format(_IMAGE)),
    "pattern.svg": svg(
        _DOT.format("url(#p)"), _PATTERN.format('<circle cx="5" cy="5" r="3" fill="#c00"/>')
    ),
    "pattern-image.svg": svg(_DOT.format("url(#p)"), _PATTERN.format(_IMAGE)),
    "filter.svg": svg(f'<g filter="url(#f)">{_DOT.format("#c00")}</g>', _FILTER),
    "opacity.svg": svg(f'<g opacity="0.5">{_DOT.format("#c00")}{_IMAGE}</g>'),
    "image.svg": svg(_IMAGE),
    "plain.pdf": pdf(RING),
    "nested.pdf": pdf(b"q " * 25 + RING + b"Q " * 25),
    "tile.pdf": pdf(RING + _FILL, _tile),
    "soft-mask.pdf": pdf(RING + b"/G gs 0.8 0 0 rg 0 0 119 119 re f", _soft_mask),
    "shading.pdf": pdf(RING + _SQUARE, lambda _: {"/Shading": Dictionary(S=_shading())}),
    "shading-pattern.pdf": pdf(
        RING + _FILL,
        lambda _: {"/Pattern": Dictionary(P=Dictionary(PatternType=2, Shading=_shading()))},
    ),
    "blend.pdf": pdf(STATE, state(BM=Name.Darken, ca=0.5, CA=0.5)),
    "intent.pdf": pdf(STATE, state(RI=Name.Perceptual)),
    "profile.pdf": pdf(COLOUR, profile("C", PROFILE)),
    "calibrated.pdf": pdf(COLOUR, space("C", Name.CalRGB, _WHITE)),
    "lab.pdf": pdf(b"/C CS 50 60 40 SC " + COLOUR[14:], space("C", Name.Lab, _WHITE)),
    "indexed.pdf": pdf(
        IMAGE,
        image(
            b"\0\1\1\0",
            ColorSpace=Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\xff\0\0\xff\xff\xff")]),
            Mask=Array([1, 1]),
        ),
    ),
    "stencil.pdf": pdf(
        IMAGE, image(b"\xc0\x40", ImageMask=True, BitsPerComponent=1, ColorSpace=None)
    ),
    "smooth.pdf": pdf(IMAGE, image(b"\xc0\0\0" * 4, Interpolate=True)),
    "jpeg.pdf": pdf(IMAGE, image(jpeg(), 64, 64, Filter=Name.DCTDecode)),
    "jpeg-return.pdf": pdf(IMAGE, image(jpeg(b"\r"), 64, 64, Filter=Name.DCTDecode)),
    "hexadecimal.pdf": pdf(
        IMAGE,
        image(
            jpeg().hex().encode() + b">\r",
            64,
            64,
            Filter=_BOTH,
        ),
    ),
    "flate-return.pdf": pdf(
        IMAGE,
        image(
            _ends_in_return(),
            Filter=Name.FlateDecode,
            DecodeParms=Dictionary(Predictor=15, Colors=3, Columns=2),
        ),
    ),
    "annotation.pdf": pdf(RING, Annots=Array([Dictionary(Subtype=Name.Stamp)])),
    "unused-font.pdf": pdf(
        RING, lambda _: {"/Font": Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1))}
    ),
    "comment.pdf": pdf(RING + b"% no end of line"),
}
"""A record may hold them as they are drawn."""

REDRAWN: Mapping[str, bytes] = {
    "layers.pdf": pdf(b"/OC /L BDC " + RING + b"EMC"),
    "inline.pdf": pdf(RING + b"q 60 0 0 60 20 20 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q"),
    "deep.pdf": pdf(b"q " * 26 + RING + b"Q " * 26),
    "open.pdf": pdf(b"q q " + RING),
    "closed.pdf": pdf(RING + b"Q Q"),
    "integer.pdf": pdf(RING + b"3000000000 0 m 0 99999999999999 l S"),
    "real.pdf": pdf(b"9" * 45 + b".0 0 m " + RING),
    "name.pdf": pdf(
        f"/{_LONG} gs ".encode() + RING,
        lambda _: {"/ExtGState": Dictionary({f"/{_LONG}": Dictionary(CA=1)})},
    ),
    "intent.pdf": pdf(b"/Strange ri " + RING),
    "state-intent.pdf": pdf(STATE, state(RI=Name.Strange)),
    "image-intent.pdf": pdf(IMAGE, image(b"\xc0\0\0" * 4, Intent=Name.Strange)),
    "blend.pdf": pdf(STATE, state(BM=Name.Strange)),
    "halftone.pdf": pdf(STATE, state(HT=Dictionary(HalftoneType=6))),
    "bits.pdf": pdf(IMAGE, image(bytes(40), BitsPerComponent=3)),
    "junk-profile.pdf": pdf(COLOUR, profile("C", b"junk")),
    "half-profile.pdf": pdf(COLOUR, profile("C", PROFILE[:600])),
    "default-profile.pdf": pdf(RING, profile("DefaultRGB", b"junk")),
    "separation.pdf": pdf(b"/C CS 1 SC 4 w 2 2 115 115 re S", space("C", *_separation())),
    "metadata.pdf": pdf(
        b"/F Do",
        lambda new: {"/XObject": Dictionary(F=form(new, RING, Metadata=new.make_stream(b"<x/>")))},
    ),
}
"""A record may not hold them: drawn anew, with a note."""

OUTLINED: Mapping[str, bytes] = {
    "text.svg": svg('<text x="20" y="55" font-size="12" fill="#c00">seal</text>'),
    "type3.pdf": pdf(RING + b"0.8 0 0 rg BT /F 30 Tf 40 40 Td (a) Tj ET", _type3),
}
"""Letters become outlines, with a note."""
