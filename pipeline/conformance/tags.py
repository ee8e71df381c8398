"""Single tags: where they may stand, and what they must tell (ISO 32000-1, 14.8)."""

from collections.abc import Iterator

from pipeline.conformance.catalogue import LANGUAGE, is_language
from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule
from pipeline.conformance.structure import Element, Structure

FIGURE = Rule("figure-alt", "ISO 14289-1 7.3")
HEADING = Rule("heading-level", "ISO 14289-1 7.4.2")
MIXED = Rule("heading-kind", "ISO 14289-1 7.4.4")
LISTS = Rule("list-nesting", "ISO 14289-1 7.2")
NOTE = Rule("note-id", "ISO 14289-1 7.9")

_HEADINGS = {f"H{level}": level for level in range(1, 7)}
_PARENTS = {
    "LI": {"L"},
    "LBody": {"LI"},
    "TOCI": {"TOC"},
}


def check(objects: Objects, tree: Structure) -> Iterator[Problem]:
    """Problems of all tags."""
    deepest, identities = 0, set[str]()
    kinds = {element.kind for element in tree.elements}
    if "H" in kinds and not kinds.isdisjoint(_HEADINGS):
        yield MIXED.broken("标题混用了 H 和 H1 至 H6。")
    for element in tree.elements:
        if level := _HEADINGS.get(element.kind, 0):
            if level > deepest + 1:
                yield HEADING.broken(
                    f"标题级别跳跃：{element.reference} 为 H{level}，其上一级空缺。"
                )
            deepest = level
        elif element.kind == "Note":
            identity = objects.string(element.values.get("/ID"))
            if not identity or identity in identities:
                yield NOTE.broken(f"注 {element.reference} 没有自己的标识（/ID）。")
            identities.add(identity or "")
        yield from _own(objects, element)


def _own(objects: Objects, element: Element) -> Iterator[Problem]:
    above = element.parent.kind if element.parent else ""
    if element.kind in _PARENTS and above not in _PARENTS[element.kind]:
        message = f"标签 {element.reference}（{element.kind}）不在列表或目录中它该在的位置。"
        yield LISTS.broken(message)
    if element.kind in {"Figure", "Formula"}:
        told = element.values.get("/Alt") or element.values.get("/ActualText")
        if not objects.string(told):
            yield FIGURE.broken(f"图形 {element.reference} 没有替代文字（/Alt）。")
    if "/Lang" in element.values and not is_language(objects.string(element.values["/Lang"])):
        yield LANGUAGE.broken(f"标签 {element.reference} 的语言（/Lang）不是语言代码。")
