"""An XML document from names and texts, the same bytes for the same values; and reading one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from lxml import etree

from pipeline.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

Node: TypeAlias = "tuple[str, str | Sequence[Node]]"
"""An element: its name, and its text or its elements."""


def write(node: Node, remark: str = "") -> bytes:
    """The document of `node` in UTF-8, indented, after a comment that says `remark`.

    Raises:
        Refused: a text has a character that XML cannot hold.
    """
    root = _element(node)
    if remark:
        root.addprevious(etree.Comment(f" {remark} "))
    etree.indent(root)
    tree = root.getroottree()
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True) + b"\n"


def read(data: bytes) -> etree._Element:
    """The root of a document; no entity is expanded and nothing is fetched.

    Raises:
        ValueError: it is no XML, or has a DTD.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(error.msg) from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("DOCTYPE")
    return root


def _element(node: Node) -> etree._Element:
    name, content = node
    element = etree.Element(name)
    if isinstance(content, str):
        try:
            element.text = content
        except ValueError:
            raise Refused(
                f"“{name}”中有 XML 不能保存的字符：{content!a}。", "请在内容文件中改正。"
            ) from None
    else:
        element.extend(_element(child) for child in content)
    return element
