"""The named points that the typesetter left in a report, read back from its PDF.

They are raw named destinations of kind /XYZ, in the catalogue's /Dests or in the /Names tree
(ISO 32000-1, 12.3.2.3).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from pipeline.errors import Refused
from pipeline.signature import Anchors, Point

TEXT_END, SIGN_NAME, SIGN_DATE = "text.end", "sign.name", "sign.date"

_REBUILD = "请用 nianbao build 重新生成 report.pdf 后再用印。"
_DEEPEST = 20  # levels of a name tree; a deeper one is a loop


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the signature goes: the page's number from 0, and its anchors."""

    page: int
    anchors: Anchors


def find(reader: PdfReader) -> Spot:
    """Find the anchors of the signature.

    Raises `Refused` where one is missing, or the signature would stand on a page without text.
    """
    named = dict(_destinations(reader))
    missing = [key for key in (TEXT_END, SIGN_NAME, SIGN_DATE) if key not in named]
    if missing:
        raise Refused(
            f"PDF 中没有署名位置的锚点：{'、'.join(missing)}。",
            f"只能对 nianbao 生成的报告用印；{_REBUILD}",
        )
    pages = {page.indirect_reference: number for number, page in enumerate(reader.pages)}
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


def _spot(target: PdfObject, pages: Mapping[Any, int], key: str) -> tuple[int, Point]:
    """Page number and point of a destination [page /XYZ x y zoom], bare or under /D."""
    array = target.get_object()
    if isinstance(array, DictionaryObject):
        array = array.get("/D", ArrayObject()).get_object()
    if isinstance(array, ArrayObject) and len(array) >= 4 and array[1] == "/XYZ":  # noqa: PLR2004
        page = pages.get(next(list.__iter__(array)))  # the reference, not what it leads to
        x, y = (array[index] for index in (2, 3))
        if page is not None and isinstance(x, int | float) and isinstance(y, int | float):
            return page, Point(float(x), float(y))
    raise Refused(f"PDF 中署名位置的锚点 {key} 已损坏。", _REBUILD)


def _destinations(reader: PdfReader) -> Iterator[tuple[str, PdfObject]]:
    """Every named destination and what it leads to."""
    catalogue = reader.root_object
    old = catalogue.get("/Dests", DictionaryObject()).get_object()
    if isinstance(old, DictionaryObject):
        yield from ((name.removeprefix("/"), old[name]) for name in old)
    names = catalogue.get("/Names", DictionaryObject()).get_object()
    if isinstance(names, DictionaryObject) and "/Dests" in names:
        yield from _leaves(names["/Dests"], _DEEPEST)


def _leaves(node: PdfObject, deepest: int) -> Iterator[tuple[str, PdfObject]]:
    tree = node.get_object()
    if not isinstance(tree, DictionaryObject) or not deepest:
        return
    listed = tree.get("/Names", ArrayObject()).get_object()
    for index in range(0, len(listed) - 1, 2):
        yield str(listed[index]), listed[index + 1]
    for kid in tree.get("/Kids", ArrayObject()).get_object():
        yield from _leaves(kid, deepest - 1)
