"""Word's XML by local names: Word, Strict Open XML and WPS have namespaces of their own."""

from collections.abc import Iterator

from lxml import etree

PROPERTIES = frozenset(
    {"pPr", "rPr", "tblPr", "tblPrEx", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr"}
)
"""How things look; no text stands in them."""
DELETED = frozenset({"del", "moveFrom"})
"""What a tracked change takes away."""
_OFF = frozenset({"0", "false", "off"})


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def members(element: etree._Element | None) -> Iterator[etree._Element]:
    """The elements right in an element."""
    for each in element if element is not None else ():
        if isinstance(each.tag, str):
            yield each


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first element of that name right in an element."""
    return next((each for each in members(element) if local(each) == name), None)


def attribute(element: etree._Element | None, name: str) -> str:
    """An attribute by its local name; "" where it is not there."""
    for key, value in element.attrib.items() if element is not None else ():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def number(element: etree._Element | None, name: str) -> int:
    """The value of an element of that name right in an element; 0 where there is none."""
    value = attribute(child(element, name), "val")
    return int(value) if value.isdecimal() and len(value) < 10 else 0  # noqa: PLR2004


def is_on(element: etree._Element | None) -> bool:
    """Whether a switch is there and on: <w:vanish/>, not <w:vanish w:val="0"/>."""
    return element is not None and attribute(element, "val") not in _OFF


def text_in(element: etree._Element) -> str:
    """All text in an element, one after another, deleted text included."""
    return "".join(each.text or "" for each in element.iter() if local(each) in {"t", "delText"})
