"""The structure tree: which tag owns which content, and what tags must tell (14.7, 14.8).

Clauses without a standard are those of ISO 32000-1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.conformance.objects import Objects
from pipeline.conformance.pages import Shown, Where
from pipeline.conformance.problem import Problem, Rule

TREE = Rule("structure-tree", "ISO 19005-3 6.7.3")
KIND = Rule("structure-type", "ISO 19005-3 6.7.3.4")
UNOWNED = Rule("mcid-unowned", "ISO 32000-1 14.7.4")
NO_CONTENT = Rule("mcid-missing", "ISO 32000-1 14.7.4")
PARENTS = Rule("parent-tree", "ISO 32000-1 14.7.4.4")
FIGURE = Rule("figure-alt", "ISO 14289-1 7.3")
HEADING = Rule("heading-level", "ISO 14289-1 7.4.2")

_KINDS = frozenset(
    (
        *("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI"),
        *("Index", "NonStruct", "Private", "P", "H", "H1", "H2", "H3", "H4", "H5", "H6"),
        *("L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot"),
        *("Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Form"),
        *("Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP", "Figure", "Formula"),
    )
)
_MOST_ROLES = 16  # one leading to the next
_HEADINGS = {f"H{level}": level for level in range(1, 7)}


@dataclass(slots=True)
class Element:
    """A tag: its standard type, its dictionary, and the tags in it."""

    reference: str
    kind: str
    values: Mapping[str, object]
    parent: "Element | None"
    kids: list["Element"] = field(default_factory=list)


@dataclass(slots=True)
class Structure:
    """All tags in reading order, what they own, and what is wrong with the tree."""

    elements: list[Element] = field(default_factory=list)
    owners: dict[Where, Element] = field(default_factory=dict)
    """The tag of each piece of marked content."""
    objects: dict[str, Element] = field(default_factory=dict)
    """The tags of annotations and forms as a whole."""
    problems: list[Problem] = field(default_factory=list)

    def spoken(self) -> Iterator[Where]:
        """The content of tags that have their text in words, or stand in one that has."""
        told: dict[int, bool] = {}
        for element in self.elements:
            above = element.parent is not None and told[id(element.parent)]
            told[id(element)] = above or "/ActualText" in element.values
        yield from (where for where, element in self.owners.items() if told[id(element)])


def structure(objects: Objects) -> Structure:
    """Read the structure tree."""
    found = Structure()
    root = objects.dictionary(objects.trailer.get("/Root"))
    top = root.get("/StructTreeRoot")
    tree = objects.dictionary(top)
    if not isinstance(top, str) or not tree.get("/K"):
        found.problems.append(TREE.broken("文件没有结构树。"))
        return found
    roles = objects.dictionary(tree.get("/RoleMap"))
    seen: set[str] = {top}
    todo: list[tuple[object, Element | None]] = [
        (kid, None) for kid in reversed(_kids(objects, tree))
    ]
    while todo:
        reference, parent = todo.pop()
        if not isinstance(reference, str) or reference in seen:
            found.problems.append(TREE.broken(f"结构树中 {str(reference)[:40]} 重复或循环。"))
            continue
        seen.add(reference)
        values = objects.dictionary(reference)
        element = Element(reference, _kind(objects, values, roles), values, parent)
        if not element.kind:
            given = objects.name(values.get("/S")) or "（无）"
            found.problems.append(KIND.broken(f"标签 {reference} 的类型 {given} 不是标准类型。"))
        if values.get("/P") != (parent.reference if parent else top):
            found.problems.append(TREE.broken(f"标签 {reference} 的上级（/P）有误。"))
        if parent:
            parent.kids.append(element)
        found.elements.append(element)
        below = [*_content(objects, element, found)]
        todo += [(kid, element) for kid in reversed(below)]
    return found


def _kids(objects: Objects, values: Mapping[str, object]) -> list[object]:
    kids = values.get("/K")
    return objects.array(kids) or ([] if kids is None else [kids])


def _kind(objects: Objects, values: Mapping[str, object], roles: Mapping[str, object]) -> str:
    """The standard type of an element, through the role map; "" where it leads to none."""
    name = objects.name(values.get("/S"))
    for _ in range(_MOST_ROLES):
        if name[1:] in _KINDS:
            return name[1:]
        name = objects.name(roles.get(name))
    return ""


def _content(objects: Objects, element: Element, found: Structure) -> Iterator[object]:
    """Note the content of an element; give the elements in it."""
    page = element.values.get("/Pg")
    for kid in _kids(objects, element.values):
        part = objects.of(kid)
        if type(part) is int:
            _own(found, page, part, element)
        elif not isinstance(part, dict):
            found.problems.append(TREE.broken(f"标签 {element.reference} 的内容有误。"))
        elif objects.name(part.get("/Type")) == "/MCR":
            stream = part.get("/Stm", part.get("/Pg", page))
            _own(found, stream, objects.integer(part.get("/MCID")), element)
        elif objects.name(part.get("/Type")) == "/OBJR":
            found.objects[str(part.get("/Obj"))] = element
        else:
            yield kid


def _own(found: Structure, container: object, mcid: int | None, element: Element) -> None:
    if not isinstance(container, str) or mcid is None or mcid < 0:
        found.problems.append(TREE.broken(f"标签 {element.reference} 没有写明内容在哪一页。"))
    elif (container, mcid) in found.owners:
        found.problems.append(TREE.broken(f"标签 {element.reference} 的内容已属于别的标签。"))
    else:
        found.owners[container, mcid] = element


def check(objects: Objects, tree: Structure, shown: Shown) -> Iterator[Problem]:
    """Problems of the tree, of what it owns, and of its headings and figures."""
    yield from tree.problems
    numbers = {reference: number for number, reference in enumerate(shown.pages, 1)}
    marked = {(where, mcid) for where, mcids in shown.marked.items() for mcid in mcids}
    for where, mcid in sorted(marked - tree.owners.keys()):
        place = f"第 {numbers[where]} 页" if where in numbers else f"图形 {where}"
        yield UNOWNED.broken(f"{place}的标记内容 {mcid} 不属于任何标签。")
    for where, mcid in sorted(tree.owners.keys() - marked):
        owner = tree.owners[where, mcid].reference
        yield NO_CONTENT.broken(f"标签 {owner} 的内容 {mcid} 在 {where} 中不存在。")
    yield from _parents(objects, tree)
    deepest = 0
    for element in tree.elements:
        if level := _HEADINGS.get(element.kind, 0):
            if level > deepest + 1:
                yield HEADING.broken(
                    f"标题级别跳跃：{element.reference} 为 H{level}，其上一级空缺。"
                )
            deepest = level
        if element.kind in {"Figure", "Formula"}:
            told = element.values.get("/Alt") or element.values.get("/ActualText")
            if not objects.string(told):
                yield FIGURE.broken(f"图形 {element.reference} 没有替代文字（/Alt）。")


def _parents(objects: Objects, tree: Structure) -> Iterator[Problem]:
    """Problems of the way back from content to tags."""
    root = objects.dictionary(objects.trailer.get("/Root"))
    top = objects.dictionary(root.get("/StructTreeRoot"))
    numbers = _numbers(objects, top.get("/ParentTree"))
    lists: dict[str, list[object]] = {}
    for (where, mcid), owner in tree.owners.items():
        if where not in lists:
            key = objects.integer(objects.dictionary(where).get("/StructParents"))
            lists[where] = objects.array(numbers.get(key)) if key is not None else []
        listed = lists[where]
        if mcid >= len(listed) or listed[mcid] != owner.reference:
            yield PARENTS.broken(
                f"{where} 的内容 {mcid} 找不回标签 {owner.reference}（/ParentTree）。"
            )
    for reference, owner in tree.objects.items():
        key = objects.integer(objects.dictionary(reference).get("/StructParent"))
        if key is None or numbers.get(key) != owner.reference:
            yield PARENTS.broken(f"{reference} 找不回标签 {owner.reference}（/ParentTree）。")


def _numbers(objects: Objects, tree: object) -> Mapping[int, object]:
    """A number tree as a mapping (ISO 32000-1, 7.9.7)."""
    found: dict[int, object] = {}
    todo, seen = [tree], set[str]()
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            if node in seen:
                continue
            seen.add(node)
        own = objects.dictionary(node)
        listed = objects.array(own.get("/Nums"))
        pairs = zip(listed[::2], listed[1::2], strict=False)
        found.update((number, value) for number, value in pairs if type(number) is int)
        todo += objects.array(own.get("/Kids"))
    return found
