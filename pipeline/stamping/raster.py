"""A seal given as PNG: its pixels on one PDF page, none lost, transparent where the file is."""

import struct
import warnings
from io import BytesIO

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from pipeline.errors import FileProblem, Refused
from pipeline.page import bp

LARGEST_IMAGE = 50_000_000
"""Pixels."""
FINEST_NEEDED = 300
"""Dots an inch below which a seal prints visibly coarse."""

_CLEAR, _CLEAR_PART = 16, 0.05
"""A pixel is transparent up to this alpha; this part of the artwork's box has to be."""
_TRANSPARENT = "请导出背景透明的 PNG（不要白底），或改用 PDF、SVG 文件。"


def page_of_png(data: bytes, diameter_mm: float) -> tuple[bytes, tuple[str, ...]]:
    """One PDF page of the drawing in a PNG, its longer side the diameter; and warnings.

    Raises `FileProblem` where it cannot be read, `Refused` where it would hide what lies below it.
    """
    image = _cropped(_decoded(data))
    wide, high = image.size
    scale = bp(diameter_mm) / max(image.size)
    writer = PdfWriter()
    page = writer.add_blank_page(round(wide * scale, 4), round(high * scale, 4))
    shown = DecodedStreamObject()
    shown.set_data(f"q {wide * scale:.4f} 0 0 {high * scale:.4f} 0 0 cm /Art Do Q".encode("ascii"))
    art = _samples(image.convert("RGB"), "/DeviceRGB")
    art[NameObject("/SMask")] = writer._add_object(  # noqa: SLF001
        _samples(image.getchannel("A"), "/DeviceGray")
    )
    xobjects = DictionaryObject({NameObject("/Art"): writer._add_object(art)})  # noqa: SLF001
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): xobjects})
    page[NameObject("/Contents")] = writer._add_object(shown)  # noqa: SLF001
    made = BytesIO()
    writer.write(made)
    return made.getvalue(), _coarseness(max(image.size), diameter_mm)


def _coarseness(pixels: int, diameter_mm: float) -> tuple[str, ...]:
    dpi = pixels / (diameter_mm / 25.4)
    if dpi >= FINEST_NEEDED:
        return ()
    needed = round(FINEST_NEEDED * diameter_mm / 25.4)
    coarse = f"印章图像只有 {dpi:.0f} dpi，低于 {FINEST_NEEDED} dpi，印出会模糊；"
    return (f"{coarse}直径 {diameter_mm:g} 毫米至少需要 {needed} 像素。",)


def _decoded(data: bytes) -> Image.Image:
    if len(data) >= 24:  # noqa: PLR2004  # the header up to width and height
        wide, high = struct.unpack(">II", data[16:24])
        if wide * high > LARGEST_IMAGE:
            raise Refused(f"印章图像过大：{wide} × {high} 像素。", "请缩小到每边 3000 像素以内。")
    try:
        with warnings.catch_warnings(action="error"):
            image = Image.open(BytesIO(data), formats=["PNG"])
            image.load()
    except Exception as error:  # Pillow raises a dozen kinds on a broken file
        raise FileProblem(
            f"印章 PNG 已损坏，无法读取（{type(error).__name__}）。", "请重新导出印章文件。"
        ) from error
    if not image.has_transparency_data:
        raise Refused("印章 PNG 没有透明通道，会遮住署名和日期。", _TRANSPARENT)
    return image.convert("RGBA")


def _cropped(image: Image.Image) -> Image.Image:
    """The image within the box of what is drawn."""
    box = image.getchannel("A").getbbox()
    if box is None:
        raise Refused("印章 PNG 完全透明，没有图形。", "请检查导出的是否为印章图层。")
    cropped = image.crop(box)
    clear = sum(cropped.getchannel("A").histogram()[: _CLEAR + 1])
    if clear < _CLEAR_PART * cropped.width * cropped.height:
        raise Refused("印章 PNG 的背景不透明，会遮住署名和日期。", _TRANSPARENT)
    return cropped


def _samples(image: Image.Image, space: str) -> StreamObject:
    """An image XObject, every sample kept."""
    plain = DecodedStreamObject()
    plain.set_data(image.tobytes())
    made = plain.flate_encode()
    made.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(image.width),
            NameObject("/Height"): NumberObject(image.height),
            NameObject("/ColorSpace"): NameObject(space),
            NameObject("/BitsPerComponent"): NumberObject(8),
        }
    )
    return made
