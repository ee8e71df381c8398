"""Every kind of seal on a real report: the stamped file is still PDF/A-3a and PDF/UA-1."""

import base64
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import page as validator
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw
from records import DAY, Shelf

from pipeline.conformance.verdict import problems
from pipeline.stamping import seal as seals
from pipeline.stamping import stamp as stamping

SIDE = 119
RING = b"0.8 0 0 RG 4 w 10 10 99 99 re S "
CIRCLE = '<circle cx="50" cy="50" r="45" fill="none" stroke="#c00" stroke-width="4"/>'
Page = Callable[[Pdf], None]


def picture(mode: str = "RGBA", **options: object) -> bytes:
    """A PNG of a red ring on nothing."""
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((5, 5, 295, 295), outline=(200, 0, 0, 255), width=12)
    made = BytesIO()
    (image.quantize(16) if mode == "P" else image.convert(mode)).save(made, "PNG", **options)
    return made.getvalue()


INSIDE = f'href="data:image/png;base64,{base64.b64encode(picture()).decode()}"'


def svg(body: str, defined: str = "") -> bytes:
    """An SVG of 42 mm."""
    image = INSIDE.replace("href", "xlink:href")
    drawn = f"<defs>{defined}</defs>{body}".replace("<image", f"<image {image} ")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 100 100" width="42mm" height="42mm">{drawn}</svg>'
    ).encode()


def pdf(content: bytes, more: Page = lambda _: None) -> bytes:
    """A PDF of one page."""
    made = BytesIO()
    with pikepdf.new() as new:
        new.add_blank_page(page_size=(SIDE, SIDE))
        new.pages[0].Contents = new.make_stream(content)
        new.pages[0].Resources = Dictionary()
        more(new)
        new.save(made)
    return made.getvalue()


def with_image(**entries: object) -> Page:
    """Give the page an image /I of four pixels."""

    def add(new: Pdf) -> None:
        image = new.make_stream(
            b"\xff\0\0" * 4, Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2,
            BitsPerComponent=8, ColorSpace=Name.DeviceRGB, **entries,
        )  # fmt: skip
        new.pages[0].Resources.XObject = Dictionary(I=image)

    return add


def tile(new: Pdf) -> None:
    """A tiling pattern /P of that image, which asks for smoothing."""
    with_image(Interpolate=True)(new)
    own = new.pages[0].Resources
    pattern = new.make_stream(
        b"10 0 0 10 0 0 cm /I Do", Type=Name.Pattern, PatternType=1, PaintType=1, TilingType=1,
        BBox=Array([0, 0, 10, 10]), XStep=10, YStep=10,
        Resources=Dictionary(XObject=own.XObject),
    )  # fmt: skip
    new.pages[0].Resources = Dictionary(Pattern=Dictionary(P=pattern))


def state(**entries: object) -> Page:
    """A graphics state /G."""

    def add(new: Pdf) -> None:
        new.pages[0].Resources.ExtGState = Dictionary(G=Dictionary(**entries))

    return add


def soft_mask(new: Pdf) -> None:
    """A graphics state /G with a mask."""
    group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    mask = new.make_stream(
        b"1 g 20 20 60 60 re f", Type=Name.XObject, Subtype=Name.Form,
        BBox=Array([0, 0, SIDE, SIDE]), Group=group,
    )  # fmt: skip
    state(SMask=Dictionary(S=Name.Luminosity, G=mask))(new)


def spaces(kind: str, profile: bytes) -> Page:
    """A colour space with an ICC profile, under the name /C or as the default."""

    def add(new: Pdf) -> None:
        space = Array([Name.ICCBased, new.make_stream(profile, N=3)])
        new.pages[0].Resources.ColorSpace = Dictionary({f"/{kind}": space})

    return add


def long_name(new: Pdf) -> None:
    """A graphics state under a name that is too long."""
    new.pages[0].Resources.ExtGState = Dictionary({"/" + "G" * 200: Dictionary(CA=1)})


def separation(new: Pdf) -> None:
    """A spot colour /C."""
    function = Dictionary(
        FunctionType=2, Domain=Array([0, 1]), C0=Array([1, 1, 1]), C1=Array([1, 0, 0]), N=1
    )
    space = Array([Name.Separation, Name.Red, Name.DeviceRGB, function])
    new.pages[0].Resources.ColorSpace = Dictionary(C=space)


SEALS = {
    "rgba.png": picture(),
    "grey.png": picture("LA"),
    "palette.png": picture("P"),
    "junk-profile.png": picture(icc_profile=b"x" * 200),
    "plain.svg": svg(CIRCLE),
    "image.svg": svg(f'{CIRCLE}<image width="100" height="100"/>'),
    "gradient.svg": svg(
        '<circle cx="50" cy="50" r="45" fill="url(#g)"/>',
        '<linearGradient id="g"><stop offset="0" stop-color="#c00"/>'
        '<stop offset="1" stop-color="#c00" stop-opacity="0"/></linearGradient>',
    ),
    "mask.svg": svg(
        '<rect width="100" height="100" fill="#c00" mask="url(#m)"/>',
        '<mask id="m" maskUnits="userSpaceOnUse" x="0" y="0" width="100" height="100">'
        '<image width="100" height="100"/></mask>',
    ),
    "pattern.svg": svg(
        '<circle cx="50" cy="50" r="45" fill="url(#p)" stroke="#c00"/>',
        '<pattern id="p" width="10" height="10" patternUnits="userSpaceOnUse">'
        '<image width="10" height="10"/></pattern>',
    ),
    "opacity.svg": svg(f'<g opacity="0.5">{CIRCLE}</g>'),
    "text.svg": svg(f'{CIRCLE}<text x="20" y="55" font-size="12" fill="#c00">样章</text>'),
    "plain.pdf": pdf(RING),
    "tile.pdf": pdf(RING + b"/Pattern cs /P scn 20 20 60 60 re f", tile),
    "mask.pdf": pdf(RING + b"/G gs 0.8 0 0 rg 0 0 119 119 re f", soft_mask),
    "layer.pdf": pdf(b"/OC /L BDC " + RING + b"EMC"),
    "deep.pdf": pdf(b"q " * 40 + RING + b"Q " * 40),
    "open.pdf": pdf(b"q q " + RING),
    "closed.pdf": pdf(RING + b"Q Q"),
    "large-number.pdf": pdf(RING + b"3000000000 0 m 0 99999999999999 l S"),
    "long-name.pdf": pdf(b"/" + b"G" * 200 + b" gs " + RING, long_name),
    "intent.pdf": pdf(b"/Strange ri " + RING),
    "intent-of-state.pdf": pdf(b"/G gs " + RING, state(RI=Name("/Strange"))),
    "blend.pdf": pdf(b"/G gs " + RING, state(BM=Name.Darken, ca=0.5)),
    "junk-profile.pdf": pdf(b"/C cs 1 0 0 sc 9 9 99 99 re f", spaces("C", b"x" * 99)),
    "junk-default.pdf": pdf(RING, spaces("DefaultRGB", b"x" * 99)),
    "spot.pdf": pdf(b"/C cs 1 sc 9 9 99 99 re f", separation),
    "image.pdf": pdf(RING + b"q 50 0 0 50 30 30 cm /I Do Q", with_image(Interpolate=True)),
    "inline.pdf": pdf(RING + b"q 9 0 0 9 40 40 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xff EI Q"),
}


@pytest.mark.parametrize("name", SEALS)
def test_stamped_with_any_seal(name: str, shelf: Shelf, tmp_path: Path) -> None:
    """Valid for the independent validator and for our own check, whatever the office gave."""
    path = tmp_path / name
    path.write_bytes(SEALS[name])
    seal = seals.load(path, 42)
    made = stamping.stamp(
        shelf("example/2026").read_bytes(),
        date=DAY,
        seal=seal,
        fonts=shelf.stock.fonts,
        specimens={seal.digest},
    )
    assert problems(made.pdf) == ()
    for profile in (validator.ValidationProfile.PDF_A_3A, validator.ValidationProfile.PDF_UA_1):
        verdict = validator.validate_pdf_bytes(made.pdf, profile=profile)
        assert [(each.rule_id, each.message) for each in verdict.failures] == []
