"""The named points that the typesetter left in a report, read back from its PDF.

They are raw named destinations of kind /XYZ, in the catalogue's /Dests or in the /Names tree
(ISO 32000-1, 12.3.2.3).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Object, Pdf

from pipeline.errors import Refused
from pipeline.signature import Anchors, Point

if TYPE_CHECKING:
    from pypdf import PdfReader

TEXT_END, SIGN_NAME, SIGN_DATE = "text.end", "sign.name", "sign.date"

_REBUILD = "请用 nianbao build 重新生成 report.pdf 后再用印。"
_DEEPEST = 20  # levels of a name tree; a deeper one is a loop


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the signature goes: the page's number from 0, and its anchors."""

    page: int
    anchors: Anchors


def find(reader: "PdfReader") -> Spot:
    """Find the anchors in a file that pypdf has open; see `locate`."""
    reader.stream.seek(0)
    with pikepdf.open(BytesIO(reader.stream.read())) as document:
        return locate(document)


def locate(document: Pdf) -> Spot:
    """Find the anchors of the signature.

    Raises `Refused` where one is missing, or the signature would stand on a page without text.
    """
    named = dict(_destinations(document.Root))
    missing = [key for key in (TEXT_END, SIGN_NAME, SIGN_DATE) if key not in named]
    if missing:
        raise Refused(
            f"PDF 中没有署名位置的锚点：{'、'.join(missing)}。",
            f"只能对 nianbao 生成的报告用印；{_REBUILD}",
        )
    pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
    (text_page, text_end), (name_page, sign_name), (date_page, sign_date) = (
        _spot(named[key], pages, key) for key in (TEXT_END, SIGN_NAME, SIGN_DATE)
    )
    if not text_page == name_page == date_page:
        raise Refused(
            f"正文结尾在第 {text_page + 1} 页，署名在第 {name_page + 1} 页，"
            f"日期在第 {date_page + 1} 页：印章所在页必须有正文，且署名、日期同页。",
            f"请调整正文长短；{_REBUILD}",
        )
    return Spot(text_page, Anchors(text_end, sign_name, sign_date))


def _spot(target: Object, pages: Mapping[tuple[int, int], int], key: str) -> tuple[int, Point]:
    """Page number and point of a destination [page /XYZ x y zoom], bare or under /D."""
    array = target.get("/D") if isinstance(target, Dictionary) else target
    if isinstance(array, Array) and len(array) >= 4 and array[1] == "/XYZ":  # noqa: PLR2004
        page = pages.get(array[0].objgen) if isinstance(array[0], Object) else None
        x, y = array[2], array[3]
        if page is not None and isinstance(x, int | Decimal) and isinstance(y, int | Decimal):
            return page, Point(float(x), float(y))
    raise Refused(f"PDF 中署名位置的锚点 {key} 已损坏。", _REBUILD)


def _destinations(catalogue: Object) -> Iterator[tuple[str, Object]]:
    """Every named destination and what it leads to."""
    old = catalogue.get("/Dests")
    if isinstance(old, Dictionary):
        yield from ((name.removeprefix("/"), old[name]) for name in old.keys())  # noqa: SIM118
    names = catalogue.get("/Names")
    if isinstance(names, Dictionary):
        yield from _leaves(names.get("/Dests"), _DEEPEST)


def _leaves(tree: object, deepest: int) -> Iterator[tuple[str, Object]]:
    if not isinstance(tree, Dictionary) or not deepest:
        return
    listed, kids = tree.get("/Names"), tree.get("/Kids")
    if isinstance(listed, Array):
        for index in range(0, len(listed) - 1, 2):
            yield str(listed[index]), listed[index + 1]
    if isinstance(kids, Array):
        for kid in kids:
            yield from _leaves(kid, deepest - 1)
