"""What a PDF page is drawn with, down to forms, patterns and glyphs: letters, colours, and more.

What a record may not hold (ISO 19005-3, 6.2), or what only makes sense where the page came from
(tags, layers), is not plain drawing.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import ImageCms
from pypdf import PageObject
from pypdf.errors import PdfReadError
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ContentStream,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

_SHOWS_TEXT = frozenset({b"Tj", b"TJ", b"'", b'"'})
_SETS_CMYK = frozenset({b"k", b"K"})
_CMYK_NAMES = frozenset({"/DeviceCMYK", "/CMYK"})
_CMYK_COMPONENTS = 4
_PATHS = {b"m", b"l", b"c", b"v", b"y", b"h", b"re", b"W", b"W*", b"n", b"sh", b"Do"}
_PAINT = {b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"}
_STATE = {b"q", b"Q", b"cm", b"w", b"J", b"j", b"M", b"d", b"i", b"gs"}
_COLOURS = {b"g", b"G", b"rg", b"RG", b"cs", b"CS", b"sc", b"SC", b"scn", b"SCN"}
_PLAIN_OPERATORS = frozenset(_PATHS | _PAINT | _STATE | _COLOURS)
_PLAIN_FILTERS = frozenset({"/FlateDecode", "/DCTDecode", "/ASCIIHexDecode", "/ASCII85Decode"})
_DEEPEST, _LONGEST_NAME, _LARGEST = 12, 127, 30_000
"""Of q within q, to which the stamp adds; bytes of a name; a number (ISO 19005-3, 6.1.13)."""
_COMPONENTS = {"RGB": 3, "GRAY": 1}
_FOREIGN_KEYS = frozenset(
    {"/OC", "/StructParent", "/StructParents", "/Metadata", "/PieceInfo", "/LastModified"}
    | {"/Alternates", "/OPI", "/Ref", "/TR", "/TR2", "/HTO", "/HTP", "/RI", "/Intent"}
)
_FOREIGN_NAMES = frozenset({"/PS", "/Separation", "/DeviceN"})
"""What leads out of the drawing, or may not stand in a record."""


def shows_text(page: PageObject) -> bool:
    """Whether anything on the page is shown in letters of a font."""
    return any(operator in _SHOWS_TEXT for _, operator in _operations(page))


def uses_cmyk(page: PageObject) -> bool:
    """Whether a colour of the page is, or may fall back to, CMYK."""
    named = any(_is_cmyk_space(node) for node in _reachable(page))
    return named or any(_sets_cmyk(*operation) for operation in _operations(page))


def is_plain(page: PageObject) -> bool:
    """Whether the page may go into a record as it is: paths, shades and images, no more."""
    depth = 0
    for operands, operator in _operations(page):
        depth += (operator == b"q") - (operator == b"Q")
        numbers = operands if isinstance(operands, list) else ()
        if not (
            0 <= depth <= _DEEPEST
            and operator in _PLAIN_OPERATORS
            and all(_is_plain(operand) for operand in numbers)
        ):
            return False
    return depth == 0 and all(_is_plain(node) for node in _reachable(page))


def _is_plain(node: PdfObject) -> bool:
    if isinstance(node, NumberObject | FloatObject):
        return abs(node) <= _LARGEST
    if isinstance(node, NameObject):
        return node not in _FOREIGN_NAMES and len(node.encode()) <= _LONGEST_NAME
    if not isinstance(node, DictionaryObject):
        return True
    filters = node.get("/Filter", ArrayObject()).get_object()
    named = filters if isinstance(filters, ArrayObject) else [filters]
    return (
        not _FOREIGN_KEYS & node.keys()
        and node.get("/Interpolate") != BooleanObject(True)
        and (not isinstance(node, StreamObject) or {*named} <= _PLAIN_FILTERS)
        and all(len(key.encode()) <= _LONGEST_NAME for key in node)
        and not (_is_profile(node) and not _is_sound(node))
    )


def _is_profile(node: DictionaryObject) -> bool:
    return isinstance(node, StreamObject) and "/N" in node and not {"/Subtype", "/First"} & {*node}


def _is_sound(profile: Any) -> bool:  # noqa: ANN401  # whatever a file holds there
    """Whether a stream is the ICC profile that it should be."""
    try:
        opened = ImageCms.ImageCmsProfile(BytesIO(profile.get_data()))
    except (OSError, PdfReadError, ValueError):
        return False
    return bool(_COMPONENTS.get(opened.profile.xcolor_space.strip()) == profile["/N"])


def _reachable(page: PageObject) -> Iterator[PdfObject]:
    """Everything the page's drawing is made of, each indirect object once."""
    return reachable([page[key] for key in ("/Contents", "/Resources") if key in page])


def reachable(waiting: list[PdfObject]) -> Iterator[PdfObject]:
    """Some objects and all that they lead to, each indirect object once, but for parents."""
    waiting = list(waiting)
    seen: set[tuple[int, int]] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            if (node.idnum, node.generation) in seen:
                continue
            seen.add((node.idnum, node.generation))
            node = node.get_object() or DictionaryObject()
        yield node
        if isinstance(node, DictionaryObject):
            waiting += [node.raw_get(key) for key in node if key != "/Parent"]
        elif isinstance(node, ArrayObject):
            waiting += list(list.__iter__(node))


def _operations(page: PageObject) -> Iterator[tuple[object, bytes]]:
    """Operands and operator of every instruction: the page's, its forms', patterns', glyphs'."""
    contents = page.get_contents()
    if contents is not None:
        yield from contents.operations
    for node in _reachable(page):
        if isinstance(node, DictionaryObject) and node.get("/Type") == "/Font":
            procedures = node.get("/CharProcs", DictionaryObject()).get_object()
            for name in procedures:
                yield from ContentStream(procedures[name], page.pdf).operations
        elif isinstance(node, StreamObject) and _is_drawing(node):
            yield from ContentStream(node, page.pdf).operations


def _is_drawing(stream: StreamObject) -> bool:
    return stream.get("/Subtype") == "/Form" or stream.get("/PatternType") == 1


def _sets_cmyk(operands: object, operator: bytes) -> bool:
    if operator in {b"cs", b"CS"} and isinstance(operands, list):
        return bool(operands) and operands[0] in _CMYK_NAMES
    if operator == b"INLINE IMAGE" and isinstance(operands, dict):
        settings = operands.get("settings", {})
        return any(settings.get(key) in _CMYK_NAMES for key in ("/CS", "/ColorSpace"))
    return operator in _SETS_CMYK


def _is_cmyk_space(node: PdfObject) -> bool:
    """Whether a name, or an ICC profile's stream, stands for four colours."""
    if isinstance(node, StreamObject) and "/Subtype" not in node:
        return node.get("/N") == _CMYK_COMPONENTS and "/First" not in node
    return isinstance(node, NameObject) and node in _CMYK_NAMES
