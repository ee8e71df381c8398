"""A seal's vector artwork as one PDF page: outlines only, RGB or grey, nothing around the drawing.

Values in, values out, but for two looks through poppler (`pdftocairo`): one turns letters into
outlines, one finds where the drawing is. Lengths are in bp.
"""

import subprocess
from io import BytesIO

from PIL import Image, ImageChops
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    PdfObject,
    StreamObject,
)

from pipeline.errors import FileProblem, Refused
from pipeline.stamping.operators import reachable
from pipeline.tools import PDFTOCAIRO, require

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

_LOOK = 1000  # pixels of the longer side when looking for the drawing
_BLANK = 0.005  # part of a side that may stay blank beside the drawing
_SECONDS = 60  # for one run of poppler


def one_page(pdf: bytes) -> PageObject:
    """The only page of a seal's PDF.

    Raises `FileProblem` where it cannot be read, `Refused` where it is not one open page.
    """
    try:
        reader = PdfReader(BytesIO(pdf))
        encrypted = reader.is_encrypted
        count = 0 if encrypted else len(reader.pages)
        page = reader.pages[0] if count == 1 else None
    except Exception as error:  # pypdf raises a dozen kinds on a broken file
        raise FileProblem(
            f"印章 PDF 已损坏，无法读取（{type(error).__name__}）。", "请重新导出印章文件。"
        ) from error
    if encrypted:
        raise Refused("印章 PDF 已加密。", "请另存一份不加密的 PDF，或改用 SVG、PNG 文件。")
    if page is None:
        raise Refused(
            f"印章 PDF 应当只有一页，这份有 {count} 页，无法判断用哪一页。",
            "请另存一份只含印章的单页 PDF。",
        )
    return page


def upright(page: PageObject) -> bytes:
    """The page as people see it: cut to its CropBox, turned by its /Rotate, its corner at 0, 0."""
    box = page.cropbox
    left, bottom, right, top = (float(edge) for edge in (*box.lower_left, *box.upper_right))
    wide, high, turn = right - left, top - bottom, int(page.rotation) % 360
    if min(wide, high) <= 0:
        raise Refused("印章 PDF 的页面没有大小。", "请重新导出印章文件。")
    matrix, size = {
        0: ((1, 0, 0, 1, -left, -bottom), (wide, high)),
        90: ((0, -1, 1, 0, -bottom, right), (high, wide)),
        180: ((-1, 0, 0, -1, right, top), (wide, high)),
        270: ((0, 1, -1, 0, top, -left), (high, wide)),
    }[turn]
    return _framed(page, matrix, size)


def fitted(pdf: bytes, side: float) -> tuple[bytes, bool]:
    """The drawing alone, its longer side `side` bp; and whether blank space was cut off around it.

    Raises `Refused` for a page without a drawing.
    """
    page = one_page(pdf)
    whole = _size(pdf)
    left, bottom, right, top = box = _drawing(pdf)
    scale = side / max(right - left, top - bottom)
    matrix = (scale, 0.0, 0.0, scale, -left * scale, -bottom * scale)
    made = _framed(page, matrix, ((right - left) * scale, (top - bottom) * scale))
    return made, box != (0.0, 0.0, *whole)


def outlined(pdf: bytes) -> bytes:
    """The page as SVG, every letter an outline."""
    return _poppler(["-svg", "-", "-"], pdf)


def _form(writer: PdfWriter, page: PageObject, box: Box) -> StreamObject:
    """The page's drawing as a form XObject for `writer`, a transparency group in RGB.

    Its images are not smoothed, which a record may not ask for (ISO 19005-3, 6.2.8).
    """
    made = DecodedStreamObject()
    contents = page.get_contents()
    made.set_data(b"" if contents is None else contents.get_data())
    resources = page.get("/Resources", DictionaryObject()).get_object()
    made.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): _numbers(box),
            NameObject("/Resources"): _unsmoothed(resources.clone(writer)),
            NameObject("/Group"): _rgb_group(),
        }
    )
    return made.flate_encode()


def _unsmoothed(resources: PdfObject) -> PdfObject:
    """The resources with no image that asks for smoothing, in patterns and masks too."""
    for drawn in reachable(resources):
        if isinstance(drawn, DictionaryObject) and "/Interpolate" in drawn:
            del drawn["/Interpolate"]
    return resources


def _rgb_group() -> DictionaryObject:
    """An isolated transparency group that blends in RGB."""
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Group"),
            NameObject("/S"): NameObject("/Transparency"),
            NameObject("/CS"): NameObject("/DeviceRGB"),
            NameObject("/I"): BooleanObject(True),
        }
    )


def _framed(page: PageObject, matrix: tuple[float, ...], size: tuple[float, float]) -> bytes:
    """A PDF of one page of that size, showing the page's drawing through the matrix."""
    writer = PdfWriter()
    writer.pdf_header = "%PDF-1.4"
    framed = writer.add_blank_page(*(round(side, 4) for side in size))
    box = page.cropbox
    art = _form(writer, page, (box.left, box.bottom, box.right, box.top))
    shown = DecodedStreamObject()
    shown.set_data(f"q {' '.join(f'{n:.6f}' for n in matrix)} cm /Art Do Q".encode("ascii"))
    xobjects = DictionaryObject({NameObject("/Art"): writer._add_object(art)})  # noqa: SLF001
    framed[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): xobjects})
    framed[NameObject("/Contents")] = writer._add_object(shown)  # noqa: SLF001
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _size(pdf: bytes) -> tuple[float, float]:
    box = one_page(pdf).mediabox
    return float(box.width), float(box.height)


def _drawing(pdf: bytes) -> Box:
    """Where on the page something other than white is; the whole page when it is nearly that."""
    wide, high = _size(pdf)
    png = _poppler(["-png", "-singlefile", "-scale-to", str(_LOOK), "-", "-"], pdf)
    seen = Image.open(BytesIO(png)).convert("RGB")
    darkness = ImageChops.invert(seen).convert("L").point(lambda value: 255 if value > 2 else 0)  # noqa: PLR2004
    found = darkness.getbbox()
    if found is None:
        raise Refused("印章文件里没有图形（空白页）。", "请检查导出的是否为印章；批注不算图形。")
    across, down = wide / seen.width, high / seen.height
    blank = (found[0], seen.height - found[3], seen.width - found[2], found[1])
    if max(blank) <= _BLANK * _LOOK:
        return 0.0, 0.0, wide, high
    return (
        found[0] * across,
        high - found[3] * down,
        found[2] * across,
        high - found[1] * down,
    )


def _poppler(arguments: list[str], pdf: bytes) -> bytes:
    program = require(PDFTOCAIRO)
    try:
        ran = subprocess.run(  # noqa: S603  # fixed arguments, no shell, data on stdin
            [program, *arguments], input=pdf, capture_output=True, timeout=_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise Refused(
            f"pdftocairo 无法处理印章文件（{type(error).__name__}）。",
            "请在制图软件中把文字转为轮廓、简化图形，再重新导出。",
        ) from error
    return ran.stdout


def _numbers(values: Box) -> ArrayObject:
    return ArrayObject([FloatObject(round(float(value), 4)) for value in values])
