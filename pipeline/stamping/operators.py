"""What a PDF page is drawn with, down to forms, patterns and glyphs: letters, and colours."""

from collections.abc import Iterator, Sequence
from itertools import chain

from pypdf import PageObject
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

_SHOWS_TEXT = frozenset({b"Tj", b"TJ", b"'", b'"'})
_SETS_CMYK = frozenset({b"k", b"K"})
_CMYK_NAMES = frozenset({"/DeviceCMYK", "/CMYK"})
_CMYK_COMPONENTS = 4

Operation = tuple[object, bytes]
"""Operands and operator."""


def shows_text(page: PageObject) -> bool:
    """Whether anything on the page is shown in letters of a font."""
    return any(operator in _SHOWS_TEXT for _, operator in _operations(page))


def uses_cmyk(page: PageObject) -> bool:
    """Whether a colour of the page is, or may fall back to, CMYK."""
    named = any(_is_cmyk_space(node) for node in reachable(*parts(page)))
    return named or any(_sets_cmyk(*operation) for operation in _operations(page))


def parts(page: PageObject) -> list[PdfObject]:
    """What the page is drawn by, and with."""
    return [page[key] for key in ("/Contents", "/Resources") if key in page]


def reachable(*nodes: PdfObject) -> Iterator[PdfObject]:
    """All that these are made of, each indirect object once; but for parents."""
    waiting = list(nodes)
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


def drawings(page: PageObject) -> Iterator[Sequence[Operation]]:
    """The instructions of each stream: the page's, its forms', patterns', glyphs'."""
    contents = page.get_contents()
    if contents is not None:
        yield contents.operations
    for node in reachable(*parts(page)):
        if isinstance(node, DictionaryObject) and node.get("/Type") == "/Font":
            procedures = node.get("/CharProcs", DictionaryObject()).get_object()
            for name in procedures:
                yield ContentStream(procedures[name], page.pdf).operations
        elif _is_drawing(node):
            yield ContentStream(node, page.pdf).operations


def _operations(page: PageObject) -> Iterator[Operation]:
    return chain.from_iterable(drawings(page))


def _is_drawing(node: PdfObject) -> bool:
    """Whether it is the stream of a form or a tiling pattern."""
    return isinstance(node, StreamObject) and (
        node.get("/Subtype") == "/Form" or node.get("/PatternType") == 1
    )


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
