"""Seal files: what comes out of each kind, and what is refused with which remedy."""

import importlib.util
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw
from pypdf import PdfReader

from pipeline.errors import FileProblem, MissingTool, Refused
from pipeline.page import bp
from pipeline.stamping import artwork, raster
from pipeline.stamping import seal as seals
from pipeline.stamping.operators import shows_text, uses_cmyk
from pipeline.stamping.plain import is_plain

ROOT = Path(__file__).resolve().parent.parent
LAYOUTS = ROOT / "layouts"
RING = '<circle cx="50" cy="50" r="47" fill="none" stroke="#c8102e" stroke-width="6"/>'
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="100" height="100" viewBox="{box}">{drawn}</svg>'
)
PAINTED = b"0.8 0 0.1 RG 6 w 3 3 94 94 re S"
Keep = Callable[[str, bytes], Path]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Write a file and give its path."""

    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def svg(drawn: str = RING, box: str = "0 0 100 100") -> bytes:
    """An SVG of 100 by 100."""
    return SVG.format(drawn=drawn, box=box).encode()


def pdf(
    content: bytes = PAINTED,
    *,
    box: tuple[float, ...] = (0, 0, 100, 100),
    pages: int = 1,
    page: dict[str, object] | None = None,
    resources: dict[str, object] | None = None,
    **save: object,
) -> bytes:
    """A PDF whose pages show this content."""
    made = BytesIO()
    with pikepdf.new() as new:
        for _ in range(pages):
            blank = new.add_blank_page(page_size=(box[2] - box[0], box[3] - box[1]))
            blank.MediaBox = pikepdf.Array(box)
            blank.Contents = new.make_stream(content)
            blank.Resources = pikepdf.Dictionary(resources or {})
            for key, value in (page or {}).items():
                blank.obj[f"/{key}"] = value
        new.save(made, **save)
    return made.getvalue()


def png(side: int = 600, mode: str = "RGBA", background: object = (0, 0, 0, 0)) -> Image.Image:
    """A red ring with a tenth of the side blank around it."""
    image = Image.new(mode, (side, side), background)
    edge = side // 10
    ring = (200, 16, 46, 255)[: len(mode)]
    ImageDraw.Draw(image).ellipse(
        (edge, edge, side - edge - 1, side - edge - 1), outline=ring, width=side // 20
    )
    return image


def packed(image: Image.Image, **options: object) -> bytes:
    """The image as a PNG file."""
    made = BytesIO()
    image.save(made, "PNG", **options)
    return made.getvalue()


def size(seal: seals.Seal) -> tuple[float, float]:
    """Width and height of the seal's page."""
    box = artwork.one_page(seal.pdf).mediabox
    return float(box.width), float(box.height)


def seen(data: bytes) -> Image.Image:
    """The page as poppler shows it, 400 pixels wide."""
    arguments = ["-png", "-singlefile", "-scale-to", "400", "-", "-"]
    return Image.open(BytesIO(artwork._poppler(arguments, data))).convert("RGB")


def quiet(path: Path, diameter: float = 42) -> seals.Seal:
    """Load a seal that nothing is to be said of."""
    seal = seals.load(path, diameter)
    assert seal.warnings == ()
    return seal


def refused(path: Path, message: str, kind: type[Exception] = Refused) -> None:
    """Loading raises that error with that message, and with a remedy."""
    with pytest.raises(kind, match=message) as caught:
        seals.load(path, 42)
    assert caught.value.message.endswith("。")  # type: ignore[attr-defined]
    assert caught.value.hint.endswith("。")  # type: ignore[attr-defined]


# The specimen


def test_the_specimen_is_what_its_script_draws() -> None:
    """Stale files: run `python -m tools.specimen_seal`."""
    spec = importlib.util.spec_from_file_location("drawer", ROOT / "tools" / "specimen_seal.py")
    assert spec is not None
    assert spec.loader is not None
    drawer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(drawer)
    drawn = drawer.files()
    shipped = {path.name: path.read_bytes() for path in LAYOUTS.glob("specimen-seal.*")}
    pixels = [
        Image.open(BytesIO(files.pop("specimen-seal.png"))).convert("RGBA")
        for files in (drawn, shipped)
    ]
    assert drawn == shipped
    # another zlib packs the same pixels differently
    assert max(high for _, high in ImageChops.difference(*pixels).getextrema()) <= 2


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_the_specimen_loads(suffix: str) -> None:
    """42 mm, no text, no CMYK, and the same bytes every time."""
    path = LAYOUTS / f"specimen-seal.{suffix}"
    seal = quiet(path)
    assert size(seal) == pytest.approx((bp(42), bp(42)), abs=0.01)
    page = artwork.one_page(seal.pdf)
    assert not shows_text(page)
    assert not uses_cmyk(page)
    assert page.extract_text() == ""
    assert seals.load(path, 42) == seal


def test_all_three_specimens_look_alike() -> None:
    """Whatever way they took."""
    first, *others = (
        seen(quiet(LAYOUTS / f"specimen-seal.{suffix}").pdf) for suffix in ("svg", "pdf", "png")
    )
    for other in others:
        changed = ImageChops.difference(first, other).convert("L").histogram()
        assert sum(changed[128:]) < 0.002 * first.width * first.height


# SVG


def test_svg(keep: Keep) -> None:
    """Its longer side becomes the diameter."""
    seal = quiet(keep("a.svg", svg()), 45)
    assert size(seal) == pytest.approx((bp(45), bp(45)), abs=0.01)
    assert seal.diameter == 45
    assert seal.title == "a.svg"


def test_svg_with_letters_is_outlined(keep: Keep) -> None:
    """No letter stays text; somebody has to look at the shapes."""
    seal = seals.load(keep("a.svg", svg(RING + '<text x="30" y="60">ABC</text>')), 42)
    page = artwork.one_page(seal.pdf)
    assert not shows_text(page)
    assert page.extract_text() == ""
    assert "已转为轮廓" in seal.warnings[0]
    left, top, right, bottom = 110, 180, 220, 250
    ink = seen(seal.pdf).crop((left, top, right, bottom)).convert("L").getextrema()
    assert ink[0] < 100


def test_svg_with_blank_space_around_is_cropped(keep: Keep) -> None:
    """Or a 42 mm seal would come out smaller."""
    seal = seals.load(keep("a.svg", svg(box="-50 -50 200 200")), 42)
    assert size(seal) == pytest.approx((bp(42), bp(42)), abs=0.3)
    assert "四周有空白" in seal.warnings[0]
    left, top, right, bottom = ImageChops.invert(seen(seal.pdf)).getbbox()
    assert max(left, top, 400 - right, 400 - bottom) <= 2


def test_svg_not_round(keep: Keep) -> None:
    """Scaled by its longer side, with a word of warning."""
    drawn = '<ellipse cx="50" cy="50" rx="50" ry="35" fill="#c00"/>'
    seal = seals.load(keep("a.svg", svg(drawn)), 42)
    assert size(seal) == pytest.approx((bp(42), bp(42) * 0.7), abs=0.3)
    assert any("不是正圆" in warning for warning in seal.warnings)


@pytest.mark.parametrize(
    "drawn",
    [
        '<image xlink:href="file:///etc/passwd" width="9" height="9"/>',
        '<image xlink:href="http://127.0.0.1:9/a.png" width="9" height="9"/>',
        '<use xlink:href="other.svg#a"/>',
    ],
)
def test_svg_that_loads_something(drawn: str, keep: Keep) -> None:
    """Nothing outside the file is read, and a seal with a hole is not printed."""
    refused(keep("a.svg", svg(RING + drawn)), "引用了文件以外的内容")


def test_svg_with_an_entity(keep: Keep) -> None:
    """The way to read files, or to blow up memory."""
    head = b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    refused(keep("a.svg", head + svg(RING + "<text>&a;</text>")), "SVG 无法读取")


def test_svg_of_no_size(keep: Keep) -> None:
    """Nothing to scale by."""
    refused(keep("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'), "SVG 无法读取")


def test_svg_cut_off(keep: Keep) -> None:
    """Half a file."""
    refused(keep("a.svg", svg()[:-20]), "SVG 无法读取")


def test_blank_svg(keep: Keep) -> None:
    """Nothing is drawn."""
    refused(keep("a.svg", svg("")), "没有图形")


# PDF


def test_pdf(keep: Keep) -> None:
    """As it is."""
    seal = quiet(keep("a.pdf", pdf()))
    assert size(seal) == pytest.approx((bp(42), bp(42)), abs=0.01)


def test_pdf_in_grey(keep: Keep) -> None:
    """Grey is no CMYK."""
    assert quiet(keep("a.pdf", pdf(b"0.2 g 0 0 100 100 re f")))


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90])
def test_pdf_honours_crop_box_and_rotation(turn: int, keep: Keep) -> None:
    """What people see is what is stamped: a mark in the upper left corner, before turning."""
    content = b"0.8 0 0.1 rg 110 210 100 100 re f 0 0 0 rg 110 270 40 40 re f"
    page = {"CropBox": pikepdf.Array([110, 210, 210, 310]), "Rotate": turn}
    data = pdf(content, box=(10, 10, 400, 400), page=page)
    image = seen(quiet(keep("a.pdf", data)).pdf)
    corners = {0: (40, 40), 90: (360, 40), 180: (360, 360), 270: (40, 360)}
    assert sum(image.getpixel(corners[turn % 360])) < 60
    assert sum(image.getpixel((200, 200))) > 150


def test_pdf_with_letters_is_outlined(keep: Keep) -> None:
    """A letter in a form is found as well."""
    with pikepdf.open(BytesIO(pdf())) as source:
        page = source.pages[0]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        form = source.make_stream(b"BT /F 40 Tf 20 40 Td (AB) Tj ET")
        form.Subtype = pikepdf.Name.Form
        form.BBox = pikepdf.Array([0, 0, 100, 100])
        form.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Resources.XObject = pikepdf.Dictionary(A=form)
        page.contents_add(b" /A Do")
        made = BytesIO()
        source.save(made)
    assert PdfReader(made).pages[0].extract_text().strip() == "AB"
    seal = seals.load(keep("a.pdf", made.getvalue()), 42)
    assert "已转为轮廓" in seal.warnings[0]
    assert artwork.one_page(seal.pdf).extract_text() == ""
    assert not shows_text(artwork.one_page(seal.pdf))
    assert seen(seal.pdf).crop((80, 120, 300, 240)).convert("L").getextrema()[0] < 100


@pytest.mark.parametrize(
    ("content", "resources"),
    [
        (b"0 1 1 0 k 0 0 100 100 re f", {}),
        (b"0 1 1 0 K 3 3 94 94 re S", {}),
        (b"/DeviceCMYK cs 0 1 1 0 sc 0 0 100 100 re f", {}),
        (
            b"/C cs 1 sc 0 0 100 100 re f",
            {
                "/ColorSpace": pikepdf.Dictionary(
                    C=pikepdf.Array(
                        [pikepdf.Name.Separation, pikepdf.Name.Red, pikepdf.Name.DeviceCMYK, 1]
                    )
                )
            },
        ),
        (b"q 99 0 0 99 0 0 cm BI /W 1 /H 1 /CS /CMYK /BPC 8 ID \x00\xff\xff\x00 EI Q", {}),
    ],
)
def test_pdf_in_cmyk(content: bytes, resources: dict[str, object], keep: Keep) -> None:
    """Operators, colour spaces and pictures in line."""
    path = keep("a.pdf", pdf(PAINTED + b" " + content, resources=resources))
    refused(path, "CMYK")


@pytest.mark.parametrize("space", ["image", "icc", "form"])
def test_pdf_in_cmyk_further_down(space: str, keep: Keep) -> None:
    """An image, a profile of four colours, a form's operators."""
    with pikepdf.open(BytesIO(pdf())) as source:
        stream = source.make_stream(b"0 1 1 0 k 0 0 9 9 re f" if space == "form" else b"\0\0\0\0")
        if space == "form":
            stream.Subtype = pikepdf.Name.Form
            stream.BBox = pikepdf.Array([0, 0, 9, 9])
        else:
            profile = source.make_stream(b"")
            profile.N = 4
            icc = pikepdf.Array([pikepdf.Name.ICCBased, profile])
            stream.Subtype = pikepdf.Name.Image
            stream.Width = stream.Height = 1
            stream.BitsPerComponent = 8
            stream.ColorSpace = icc if space == "icc" else pikepdf.Name.DeviceCMYK
        source.pages[0].Resources.XObject = pikepdf.Dictionary(A=stream)
        source.pages[0].contents_add(b" /A Do")
        made = BytesIO()
        source.save(made)
    refused(keep("a.pdf", made.getvalue()), "CMYK")


@pytest.mark.parametrize(
    ("content", "resources"),
    [
        (b"/OC /Layer BDC " + PAINTED + b" EMC", {}),
        (b"/P <</MCID 0>> BDC " + PAINTED + b" EMC", {}),
        (
            b"/G gs " + PAINTED,
            {"/ExtGState": pikepdf.Dictionary(G=pikepdf.Dictionary(TR2=pikepdf.Name.Default))},
        ),
        (PAINTED + b" q 9 0 0 9 40 40 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xff EI Q", {}),
    ],
    ids=["layer", "tag", "transfer function", "inline image"],
)
def test_pdf_with_what_a_record_may_not_hold(
    content: bytes, resources: dict[str, object], keep: Keep
) -> None:
    """Layers, tags and the like are drawn anew, with a note, and look the same."""
    before = quiet(keep("plain.pdf", pdf()))
    seal = seals.load(keep("a.pdf", pdf(content, resources=resources)), 42)
    assert "已重新描绘" in "".join(seal.warnings)
    assert is_plain(artwork.one_page(seal.pdf))
    difference = ImageChops.difference(seen(before.pdf), seen(seal.pdf))
    assert max(high for _, high in difference.getextrema()) <= 8


def test_pdf_of_several_pages(keep: Keep) -> None:
    """Nobody can say which one is meant."""
    refused(keep("a.pdf", pdf(pages=3)), "有 3 页")


def test_pdf_of_no_page(keep: Keep) -> None:
    """None at all."""
    refused(keep("a.pdf", pdf(pages=0)), "有 0 页")


def test_pdf_encrypted(keep: Keep) -> None:
    """Even with an empty password."""
    data = pdf(encryption=pikepdf.Encryption(owner="a", user=""))
    refused(keep("a.pdf", data), "已加密")


def test_pdf_blank(keep: Keep) -> None:
    """A seal that is an annotation, say."""
    refused(keep("a.pdf", pdf(b"")), "没有图形")


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.4\n1 0 obj << /Type /Cat", pdf()[:300]])
def test_pdf_broken(data: bytes, keep: Keep) -> None:
    """Half a file."""
    refused(keep("a.pdf", data), "已损坏", FileProblem)


def test_poppler_missing(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package to install is named."""
    monkeypatch.setenv("PATH", "")
    path = keep("a.pdf", pdf())
    with pytest.raises(MissingTool, match="pdftocairo") as caught:
        seals.load(path, 42)
    assert "poppler-utils" in caught.value.hint


# PNG


def test_png_is_cropped_and_keeps_every_pixel(keep: Keep) -> None:
    """To the box of what is drawn: 600 pixels less a tenth on each side."""
    image = png(1000)
    seal = quiet(keep("a.png", packed(image)))
    assert size(seal) == pytest.approx((bp(42), bp(42)), abs=0.01)
    art = PdfReader(BytesIO(seal.pdf)).pages[0]["/Resources"]["/XObject"]["/Art"]
    cropped = image.crop((100, 100, 900, 900))
    assert art.get_data() == cropped.convert("RGB").tobytes()
    assert art["/SMask"].get_data() == cropped.getchannel("A").tobytes()


def test_png_with_a_palette(keep: Keep) -> None:
    """A transparent colour is transparent too."""
    image = png(1000).quantize(8)
    assert quiet(keep("a.png", packed(image)))


def test_png_coarse(keep: Keep) -> None:
    """Less than 300 dpi prints, with a word of warning that says what is needed."""
    seal = seals.load(keep("a.png", packed(png(300))), 42)
    assert "145 dpi" in seal.warnings[0]
    assert "496 像素" in seal.warnings[0]


def test_png_without_alpha(keep: Keep) -> None:
    """It would hide name and date."""
    refused(keep("a.png", packed(png(mode="RGB", background=(255, 255, 255)))), "没有透明通道")


def test_png_with_an_opaque_background(keep: Keep) -> None:
    """An alpha channel that says nothing."""
    refused(keep("a.png", packed(png(background=(255, 255, 255, 255)))), "背景不透明")


def test_png_empty(keep: Keep) -> None:
    """The wrong layer."""
    refused(keep("a.png", packed(Image.new("RGBA", (600, 600)))), "完全透明")


@pytest.mark.parametrize("length", [8, 20, 60, 400])
def test_png_cut_off(length: int, keep: Keep) -> None:
    """Half a file."""
    refused(keep("a.png", packed(png())[:length]), "已损坏", FileProblem)


def test_png_bomb(keep: Keep) -> None:
    """A small file of a hundred million pixels is not unpacked."""
    data = packed(Image.new("1", (10, 10)))
    side = (10_000).to_bytes(4, "big")
    refused(keep("a.png", data[:16] + side + side + data[24:]), "图像过大：10000 × 10000")


# Any file


def test_file_too_large(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not read at all."""
    monkeypatch.setattr(seals, "LARGEST_FILE", 1_000_000)
    refused(keep("a.svg", b" " * 1_000_001), "超过 1 MB")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", b"\xff\xd8\xff"),
        ("a.txt", svg()),
        ("a.pdf", svg()),
        ("a.png", pdf()),
        ("a.svg", b"hello"),
        ("a", pdf()),
    ],
)
def test_unknown_file(name: str, data: bytes, keep: Keep) -> None:
    """Suffix and content have to be known, and to agree."""
    refused(keep(name, data), "不认识的印章文件")


def test_missing_file(tmp_path: Path) -> None:
    """With its path."""
    refused(tmp_path / "无.svg", "无.svg", FileProblem)


def test_limits() -> None:
    """As documented."""
    assert (seals.LARGEST_FILE, raster.LARGEST_IMAGE) == (20_000_000, 50_000_000)
