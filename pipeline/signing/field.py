"""The field of a digital signature, in the report's form and in its structure.

Its widget is an annotation: PDF/A asks that it prints and, where it has a size, that it has an
appearance (ISO 19005-3, 6.3); PDF/UA that it stands in a Form element of the structure and has
words for who cannot see it (ISO 14289-1, 7.18).
"""

from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec

from pipeline.signing.document import Place, room

NAME = "Signature1"
_NOWHERE = (0, 0, 0, 0)


def spec(place: Place, words: str) -> SigFieldSpec:
    """The field to make; `words` is what it is called to people."""
    box: Any = place.box or _NOWHERE
    return SigFieldSpec(NAME, on_page=place.page, box=box, readable_field_name=words)


def furnish(writer: IncrementalPdfFileWriter, field: IndirectObject) -> None:
    """Give a new field its element in the structure, and where it can be seen an empty appearance.

    The seal below is what is seen.
    """
    widget: Any = field.get_object()
    left, bottom, right, top = (float(edge) for edge in widget["/Rect"])
    if right > left and top > bottom:
        size = [FloatObject(round(side, 3)) for side in (0.0, 0.0, right - left, top - bottom)]
        blank = _entries(
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Form"),
            BBox=ArrayObject(size),
            Resources=DictionaryObject(),
        )
        appearance = writer.add_object(StreamObject(blank, stream_data=b""))
        widget["/AP"] = _entries(N=appearance)
    _tag(writer, field, widget)


def _tag(writer: IncrementalPdfFileWriter, field: IndirectObject, widget: Any) -> None:  # noqa: ANN401
    """A Form element behind what the stamp drew, and the way back to it from the widget."""
    tree, holder, page = writer.root["/StructTreeRoot"], room(writer.root), widget.raw_get("/P")
    at = holder.container_ref
    element = writer.add_object(
        _entries(
            Type=NameObject("/StructElem"),
            S=NameObject("/Form"),
            P=IndirectObject(at.idnum, at.generation, writer),
            Pg=page,
            K=_entries(Type=NameObject("/OBJR"), Obj=field, Pg=page),
        )
    )
    holder[NameObject("/K")] = ArrayObject([*_kids(holder), element])
    writer.update_container(holder)
    key = NumberObject(tree["/ParentTreeNextKey"])
    numbers = tree["/ParentTree"]["/Nums"]
    numbers.extend((key, element))
    writer.update_container(numbers)
    tree[NameObject("/ParentTreeNextKey")] = NumberObject(key + 1)
    writer.update_container(tree)
    widget["/StructParent"] = key


def _kids(holder: Any) -> list[Any]:  # noqa: ANN401  # whatever a file holds there
    """An element's kids as they stand in it, references mostly."""
    if "/K" not in holder:
        return []
    kids = holder["/K"]
    return list(list.__iter__(kids)) if isinstance(kids, ArrayObject) else [holder.raw_get("/K")]


def _entries(**entries: Any) -> DictionaryObject:  # noqa: ANN401  # PDF objects of all kinds
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})
