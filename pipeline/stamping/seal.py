"""The seal that an office gives: PDF, SVG or PNG, made into one page of its true size.

The program never draws a seal for an office. It takes the office's file, refuses one that would
print wrongly, and gives a page with no text on it (or the seal's letters would join the report's).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath

from pipeline.errors import FileProblem, Refused
from pipeline.page import bp
from pipeline.stamping import artwork
from pipeline.stamping.operators import shows_text, uses_cmyk
from pipeline.stamping.plain import is_plain
from pipeline.stamping.raster import page_of_png

LARGEST_FILE = 20_000_000
"""Bytes."""

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_SQUARE_WITHIN = 0.02
_OUTLINED = "印章文件含文字，已转为轮廓；请核对印文字形是否与原章一致。"
_REDRAWN = "印章文件含图层、标记等归档文件不能有的内容，已重新描绘；请核对印章图形。"
_CROPPED = "印章图形四周有空白，已按图形裁切；请核对印章尺寸。"


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal ready to stamp: one PDF page, its box the artwork, its longer side the diameter."""

    title: str
    """The file's name, for messages."""
    pdf: bytes
    diameter: float
    """In mm."""
    digest: str
    """SHA-256 of the office's file, in hex."""
    warnings: tuple[str, ...] = ()


def load(path: Path, diameter_mm: float) -> Seal:
    """Read a seal file for that diameter.

    Raises `FileProblem` where it cannot be read, `Refused` where it would not print as a seal
    should, `MissingTool` where the program that outlines letters is not installed.
    """
    return _made(path.name, _read(path), diameter_mm)


@lru_cache(maxsize=4)
def _made(name: str, data: bytes, diameter_mm: float) -> Seal:
    """The seal of a file; a run that stamps many reports with one makes it once."""
    make = _maker(name, data)
    pdf, notes = make(data, diameter_mm)
    box = artwork.one_page(pdf).mediabox
    if abs(float(box.width) / float(box.height) - 1) > _SQUARE_WITHIN:
        notes = (*notes, "印章图形不是正圆或正方形，已按长边等于印章直径缩放并居中；请核对。")
    return Seal(name, pdf, diameter_mm, hashlib.sha256(data).hexdigest(), notes)


_Made = tuple[bytes, tuple[str, ...]]
_Maker = Callable[[bytes, float], _Made]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refused(
                f"印章文件过大：{path.name} 超过 {LARGEST_FILE // 1_000_000} MB。",
                "请导出较小的文件；矢量印章通常不到 1 MB。",
            )
        return path.read_bytes()
    except OSError as error:
        raise FileProblem(
            f"印章文件无法读取：{path}（{error.strerror}）。", "请检查路径和权限。"
        ) from error


def _maker(name: str, data: bytes) -> _Maker:
    """What turns this kind of file into a page; suffix and content have to agree."""
    suffix = PurePath(name).suffix.casefold()
    if suffix == ".pdf" and b"%PDF-" in data[:1024]:
        return _from_pdf
    if suffix == ".png" and data.startswith(_PNG_HEAD):
        return page_of_png
    if suffix == ".svg" and b"<svg" in data:
        return _from_svg
    raise Refused(
        f"不认识的印章文件：{name}（扩展名与内容不符，或不是 PDF、SVG、PNG）。",
        "请提供 PDF、SVG 或背景透明的 PNG 文件；JPG 不能有透明背景。",
    )


def _from_pdf(data: bytes, diameter_mm: float) -> _Made:
    page = artwork.one_page(data)
    try:
        cmyk, text, plain = uses_cmyk(page), shows_text(page), is_plain(page)
        pdf = artwork.upright(page)
    except Refused:
        raise
    except Exception as error:  # pypdf raises a dozen kinds on a broken file
        raise FileProblem(
            f"印章 PDF 已损坏，无法读取（{type(error).__name__}）。", "请重新导出印章文件。"
        ) from error
    if cmyk:
        raise Refused(
            "印章 PDF 使用 CMYK 颜色，不同设备印出的红色会不一样。",
            "请在制图软件中把文件的颜色模式改为 RGB（sRGB），再重新导出。",
        )
    notes: tuple[str, ...] = ()
    if text or not plain:
        pdf, notes = _drawn(artwork.outlined(pdf)), (_OUTLINED if text else _REDRAWN,)
    return _finished(pdf, diameter_mm, notes)


def _from_svg(data: bytes, diameter_mm: float) -> _Made:
    pdf, notes = _drawn(data), ()
    if shows_text(artwork.one_page(pdf)):
        return _finished(_drawn(artwork.outlined(pdf)), diameter_mm, (_OUTLINED,))
    return _finished(pdf, diameter_mm, notes)


def _finished(pdf: bytes, diameter_mm: float, notes: tuple[str, ...]) -> _Made:
    """The drawing at its size; letters that are still there would join the report's text."""
    if shows_text(artwork.one_page(pdf)):
        raise Refused("印章中的文字无法转为轮廓。", "请在制图软件中把文字转为轮廓后重新导出。")
    fitted, cropped = artwork.fitted(pdf, bp(diameter_mm))
    return fitted, (*notes, _CROPPED) if cropped else notes


def _drawn(svg: bytes) -> bytes:
    """Draw an SVG as a PDF page; nothing outside the file is loaded."""
    # Only seals that are drawings need it, and it takes 0.2 s.
    from cairosvg.surface import PDFSurface  # noqa: PLC0415
    from cairosvg.url import safe_fetch  # noqa: PLC0415

    outside: list[str] = []

    def fetch(url: str, kind: str) -> bytes:
        if url.startswith("data:"):
            return bytes(safe_fetch(url, kind))
        outside.append(url)
        return b""

    failure = ""
    pdf = b""
    try:
        pdf = PDFSurface.convert(bytestring=svg, unsafe=False, url_fetcher=fetch)
    except Exception as error:  # noqa: BLE001  # whatever a malformed drawing sets off
        failure = type(error).__name__
    if outside:
        raise Refused(
            f"印章 SVG 引用了文件以外的内容（{outside[0][:80]}）。",
            "请在制图软件中把图片嵌入 SVG 后重新导出。",
        )
    if failure:
        raise Refused(
            f"印章 SVG 无法读取（{failure}）。",
            "请在制图软件中另存为普通 SVG（须有宽、高或 viewBox），或改用 PDF。",
        )
    return pdf
