"""What a stamp draws, as tagged content: paragraphs and a figure in the report's structure.

The report left room for them where they belong in reading order: an element named `signature`
(ISO 32000-1, 14.7).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from pipeline.errors import Refused
from pipeline.stamping.conditions import REBUILD
from pipeline.tags import SIGNATURE, actual


@dataclass(frozen=True, slots=True)
class Drawn:
    """Operators that draw a paragraph or, in a box, a figure; what it says or shows, in words."""

    operators: bytes
    words: str
    box: tuple[float, float, float, float] | None = None
    """Left, bottom, right, top, in bp."""


def tag(writer: PdfWriter, page: PageObject, drawn: Iterable[Drawn]) -> bytes:
    """Add elements to the structure, in order; gives the operators that draw them, marked.

    Raises:
        Refused: the report has no structure, or no room in it for a signature.
    """
    try:
        room, owners = _room(writer), _owners(writer, page)
    except (KeyError, TypeError, AttributeError, StopIteration) as error:
        raise Refused("PDF 中没有署名处的结构标签。", REBUILD) from error
    shown, kids = [], ArrayObject()
    for number, each in enumerate(drawn, len(owners)):
        element = _element(each, number, page)
        element[NameObject("/P")] = room.indirect_reference
        reference = writer._add_object(element)  # noqa: SLF001  # pypdf has no public way
        owners.append(reference)
        kids.append(reference)
        kind = str(element["/S"]).encode("ascii")
        shown.append(b"%s <</MCID %d>> BDC\n%sEMC\n" % (kind, number, each.operators))
    room[NameObject("/K")] = kids
    return b"".join(shown)


def _element(each: Drawn, number: int, page: PageObject) -> DictionaryObject:
    entries: dict[str, Any] = {
        "/Type": NameObject("/StructElem"),
        "/S": NameObject("/Figure" if each.box else "/P"),
        "/Pg": page.indirect_reference,
        "/K": NumberObject(number),
    }
    if text := "" if each.box else actual(each.words):
        entries["/ActualText"] = TextStringObject(text)
    if each.box:
        entries["/Alt"] = TextStringObject(each.words)
        entries["/A"] = _dictionary(
            {
                "/O": NameObject("/Layout"),
                "/Placement": NameObject("/Block"),
                "/BBox": ArrayObject(FloatObject(round(edge, 3)) for edge in each.box),
            }
        )
    elif told := actual(each.words):
        entries["/ActualText"] = TextStringObject(told)
    return _dictionary(entries)


def _room(writer: PdfWriter) -> Any:  # noqa: ANN401  # whatever a file holds there
    """The element that the signature fills, found by its name."""
    root: Any = writer.root_object
    return _listed(root["/StructTreeRoot"]["/IDTree"]["/Names"], SIGNATURE)


def _owners(writer: PdfWriter, page: PageObject) -> Any:  # noqa: ANN401  # as above
    """The elements of a page's content, by MCID."""
    root: Any = writer.root_object
    return _listed(root["/StructTreeRoot"]["/ParentTree"]["/Nums"], page["/StructParents"])


def _listed(leaves: Any, key: Any) -> Any:  # noqa: ANN401  # as above
    """What a name tree or a number tree of one node holds for a key."""
    at = next(index for index in range(0, len(leaves), 2) if leaves[index] == key)
    return leaves[at + 1].get_object()


def _dictionary(entries: dict[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): value for key, value in entries.items()})
