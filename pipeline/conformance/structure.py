"""The structure tree: which tag owns which content (14.7).

Clauses without a standard are those of ISO 32000-1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.conformance.objects import Objects
from pipeline.conformance.pages import Shown, Where
from pipeline.conformance.problem import Problem, Rule

TREE = Rule("structure-tree", "ISO 19005-3 6.7.3")
KIND = Rule("structure-type", "ISO 19005-3 6.7.3.4")
ROLE = Rule("role-map", "ISO 19005-3 6.7.3.4")
UNOWNED = Rule("mcid-unowned", "ISO 32000-1 14.7.4")
NO_CONTENT = Rule("mcid-missing", "ISO 32000-1 14.7.4")
PARENTS = Rule("parent-tree", "ISO 32000-1 14.7.4.4")

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
    owners: dict[tuple[str, int], Element] = field(default_factory=dict)
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
    for role in roles:
        if role[1:] in _KINDS:
            found.problems.append(ROLE.broken(f"标准标签 {role} 被改作别的类型（/RoleMap）。"))
    seen: set[str] = {top}
    todo: list[tuple[object, Element | None]] = [
        (kid, None) for kid in reversed(_kids(objects, tree))
    ]
    while todo:
        kid, parent = todo.pop()
        if isinstance(kid, str):
            if kid in seen:
                found.problems.append(TREE.broken(f"结构树中 {kid[:40]} 重复或循环。"))
                continue
            seen.add(kid)
        values = objects.dictionary(kid)
        element = Element(_reference(kid, parent), _kind(objects, values, roles), values, parent)
        if not element.kind:
            given = objects.name(values.get("/S")) or "（无）"
            message = f"标签 {element.reference} 的类型 {given} 不是标准类型。"
            found.problems.append(KIND.broken(message))
        if values.get("/P") != (parent.reference if parent else top):
            message = f"标签 {element.reference} 的上级（/P）有误。"
            found.problems.append(TREE.broken(message))
        if parent:
            parent.kids.append(element)
        found.elements.append(element)
        below = [*_content(objects, element, found)]
        todo += [(each, element) for each in reversed(below)]
    return found


def _reference(kid: object, parent: Element | None) -> str:
    """The reference of a tag; of one that stands in its parent itself, which it is."""
    if isinstance(kid, str):
        return kid
    number = len(parent.kids) + 1 if parent else 1
    return f"{parent.reference if parent else ''}（第 {number} 个下级）"


def _kids(objects: Objects, values: Mapping[str, object]) -> list[object]:
    kids = values.get("/K")
    if type(kids) is int:
        return [kids]
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
        part = kid if type(kid) is int else objects.of(kid)
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
    """Problems of the tree, and of what it owns."""
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


def _parents(objects: Objects, tree: Structure) -> Iterator[Problem]:
    """Problems of the way back from content to tags."""
    root = objects.dictionary(objects.trailer.get("/Root"))
    top = objects.dictionary(root.get("/StructTreeRoot"))
    listed = objects.leaves(top.get("/ParentTree"), "/Nums")
    numbers = {number: value for number, value in listed if type(number) is int}
    lists: dict[str, list[object]] = {}
    for (where, mcid), owner in tree.owners.items():
        if where not in lists:
            key = objects.integer(objects.dictionary(where).get("/StructParents"))
            lists[where] = objects.array(numbers.get(key)) if key is not None else []
        back = lists[where]
        if mcid >= len(back) or back[mcid] != owner.reference:
            yield PARENTS.broken(
                f"{where} 的内容 {mcid} 找不回标签 {owner.reference}（/ParentTree）。"
            )
    for reference, owner in tree.objects.items():
        key = objects.integer(objects.dictionary(reference).get("/StructParent"))
        if key is None or numbers.get(key) != owner.reference:
            yield PARENTS.broken(f"{reference} 找不回标签 {owner.reference}（/ParentTree）。")
