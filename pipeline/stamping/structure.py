"""What a stamp draws, as tagged content: paragraphs and a figure in the report's structure.

The report left room for them where they belong in reading order: an element named `signature`
(ISO 32000-1, 14.7).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

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


def tag(document: Pdf, page: Object, drawn: Iterable[Drawn]) -> bytes:
    """Add elements to the structure, in order; gives the operators that draw them, marked.

    Raises:
        Refused: the report has no structure, or no room in it for a signature.
    """
    try:
        tree = document.Root.StructTreeRoot
        room = _listed(tree.IDTree.Names, SIGNATURE)
        owners = _listed(tree.ParentTree.Nums, page.StructParents)
        first = len(owners)
    except (KeyError, TypeError, AttributeError, ValueError, StopIteration) as error:
        raise Refused("PDF 中没有署名处的结构标签。", REBUILD) from error
    shown, kids = [], Array()
    for number, each in enumerate(drawn, first):
        element = document.make_indirect(_element(each, number, page, room))
        owners.append(element)
        kids.append(element)
        kind = str(element.S).encode("ascii")
        shown.append(b"%s <</MCID %d>> BDC\n%sEMC\n" % (kind, number, each.operators))
    room.K = kids
    return b"".join(shown)


def _element(each: Drawn, number: int, page: Object, room: Object) -> Dictionary:
    element = Dictionary(Type=Name.StructElem, P=room, Pg=page, K=number)
    element.S = Name.Figure if each.box else Name.P
    if each.box:
        element.Alt = String(each.words)
        edges = " ".join(f"{edge:.3f}" for edge in each.box)
        element.A = Object.parse(f"<</O/Layout/Placement/Block/BBox[{edges}]>>".encode("ascii"))
    elif told := actual(each.words):
        element.ActualText = String(told)
    return element


def _listed(leaves: Object, key: object) -> Object:
    """What a name tree or a number tree of one node holds for a key."""
    at = next(index for index in range(0, len(leaves), 2) if leaves[index] == key)
    return leaves[at + 1]
