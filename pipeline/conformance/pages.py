"""The pages of a file → what all of them show, forms and patterns included."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.conformance.content import read
from pipeline.conformance.marks import Outside, Owner, Properties
from pipeline.conformance.objects import BROKEN, TOO_LARGE, Objects, Unreadable
from pipeline.conformance.problem import Problem, Rule

RESOURCE = Rule("resource", "ISO 19005-3 6.2.2")
GRAPHICS_STATE = Rule("graphics-state", "ISO 19005-3 6.2.5")
BLEND = Rule("blend-mode", "ISO 19005-3 6.2.10")
MCID_TWICE = Rule("mcid-twice", "ISO 32000-1 14.7.4.2")

_MOST_PAGES = 2_000
_FORBIDDEN_STATE = ("/TR", "/HTP", "/HTO")
_BLENDS = frozenset(
    f"/{mode}"
    for mode in (
        *("Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten"),
        *("ColorDodge", "ColorBurn", "HardLight", "SoftLight", "Difference", "Exclusion"),
        *("Hue", "Saturation", "Color", "Luminosity"),
    )
)

Where = tuple[str, Owner]
"""A page or form, and the MCID in it."""


@dataclass(slots=True)
class Shown:
    """What the pages show."""

    pages: dict[str, Mapping[str, object]] = field(default_factory=dict)
    """By reference, in order."""
    marked: dict[str, set[int]] = field(default_factory=dict)
    """The MCIDs of each page and form."""
    fonts: dict[str, Mapping[str, object]] = field(default_factory=dict)
    texts: dict[str, dict[Where, list[bytes]]] = field(default_factory=dict)
    """By font: the strings it shows, as they are written."""
    colours: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def shown(objects: Objects) -> Shown:
    """What the pages show, and what is wrong with how they do it.

    Raises:
        Unreadable: a content stream cannot be decoded, or there are too many pages.
    """
    found = Shown()
    seen: set[tuple[str, bool]] = set()
    root = objects.dictionary(objects.trailer.get("/Root"))
    for reference, page, resources in _pages(objects, root.get("/Pages"), found.problems):
        found.pages[reference] = page
        place = f"第 {len(found.pages)} 页"
        parts = objects.array(page.get("/Contents")) or [page.get("/Contents")]
        data = b"\n".join(objects.data(part) for part in parts)
        walk = _Walk(objects, found, place, seen)
        walk.read(reference, data, resources, Outside.UNMARKED)
        for appearance in _appearances(objects, page):
            own = objects.dictionary(appearance).get("/Resources")
            walk.read(appearance, objects.data(appearance), own, Outside.ELSEWHERE)
    if not found.pages:
        found.problems.append(BROKEN.broken("文件没有页面。"))
    return found


def _pages(
    objects: Objects, top: object, problems: list[Problem]
) -> Iterator[tuple[str, Mapping[str, object], object]]:
    """Pages in order, with the resources that each has or inherits."""
    todo: list[tuple[object, object]] = [(top, None)]
    seen: set[str] = set()
    while todo:
        reference, inherited = todo.pop()
        node = objects.dictionary(reference)
        if not isinstance(reference, str) or reference in seen or not node:
            problems.append(BROKEN.broken(f"页面树有误（{str(reference)[:40]}）。"))
            continue
        seen.add(reference)
        if len(seen) > _MOST_PAGES:
            raise Unreadable(TOO_LARGE.broken(f"页面超过 {_MOST_PAGES} 页。"))
        resources = node.get("/Resources", inherited)
        if "/Kids" in node:
            todo += [(kid, resources) for kid in reversed(objects.array(node["/Kids"]))]
        elif objects.name(node.get("/Type")) == "/Page":
            yield reference, node, resources
        else:
            problems.append(BROKEN.broken(f"页面树有误（{reference}）。"))


def _appearances(objects: Objects, page: Mapping[str, object]) -> Iterator[str]:
    """The forms that show the annotations of a page."""
    for annotation in objects.array(page.get("/Annots")):
        look = objects.dictionary(objects.dictionary(annotation).get("/AP"))
        for entry in look.values():
            states = objects.dictionary(entry)
            kinds = [entry] if "/Length" in states else [*states.values()]
            yield from (kind for kind in kinds if isinstance(kind, str))


class _Walk:
    """Goes from a page through all that it draws; each form of the file is read once."""

    def __init__(
        self, objects: Objects, found: Shown, place: str, seen: set[tuple[str, bool]]
    ) -> None:
        self._objects = objects
        self._found = found
        self._place = place
        self._seen = seen

    def read(self, reference: str, data: bytes, resources: object, owner: Owner) -> None:
        """Read the stream of a page or form, then what it draws."""
        todo = [(reference, data, resources, owner)]
        while todo:
            reference, data, resources, owner = todo.pop()
            own = self._objects.dictionary(resources)
            content = read(data, self._place, self._properties(own), owner)
            found = self._found
            found.problems += content.problems
            found.colours |= content.colours
            mcids = found.marked.setdefault(reference, set())
            if len({*content.mcids}) < len(content.mcids):
                found.problems.append(MCID_TWICE.broken(f"{self._place}：有重复的 MCID。"))
            mcids.update(content.mcids)
            self._fonts(reference, own, content.texts)
            for category, name, inside in content.used:
                named = self._objects.dictionary(own.get(category)).get(name)
                if named is None:
                    if category != "/ColorSpace":
                        message = f"{self._place}：没有资源 {category} {name}。"
                        found.problems.append(RESOURCE.broken(message))
                elif category == "/ExtGState":
                    self._state(name, self._objects.dictionary(named))
                elif category in {"/XObject", "/Pattern"}:
                    todo += self._drawn(named, resources, inside)

    def _drawn(
        self, reference: object, resources: object, owner: Owner
    ) -> Iterator[tuple[str, bytes, object, Owner]]:
        """What a form or tiling pattern shows; images have no content."""
        drawn = self._objects.dictionary(reference)
        form = self._objects.name(drawn.get("/Subtype")) == "/Form"
        if not isinstance(reference, str) or not (form or "/PatternType" in drawn):
            return
        inside = owner if owner is Outside.UNMARKED and form else Outside.ELSEWHERE
        if (reference, inside is Outside.UNMARKED) in self._seen:
            return
        self._seen.add((reference, inside is Outside.UNMARKED))
        own = drawn.get("/Resources", resources)
        yield reference, self._objects.data(reference), own, inside

    def _fonts(
        self,
        reference: str,
        resources: Mapping[str, object],
        texts: Mapping[tuple[str, Owner], list[bytes]],
    ) -> None:
        listed = self._objects.dictionary(resources.get("/Font"))
        keys: dict[str, str] = {}
        for name in dict.fromkeys(name for name, _ in texts):
            given = listed.get(name)
            if font := self._objects.dictionary(given):
                keys[name] = given if isinstance(given, str) else f"{reference} {name}"
                self._found.fonts[keys[name]] = font
            else:
                message = f"{self._place}：文字没有字体 {name}。"
                self._found.problems.append(RESOURCE.broken(message))
        for (name, owner), strings in texts.items():
            if name in keys:
                shown = self._found.texts.setdefault(keys[name], {})
                shown.setdefault((reference, owner), []).extend(strings)

    def _properties(self, resources: Mapping[str, object]) -> Properties:
        listed = self._objects.dictionary(resources.get("/Properties"))
        return {
            name: (self._objects.integer(own.get("/MCID")), "/ActualText" in own)
            for name, value in listed.items()
            for own in (self._objects.dictionary(value),)
        }

    def _state(self, name: str, state: Mapping[str, object]) -> None:
        default = self._objects.name(state.get("/TR2")) in {"", "/Default"}
        if any(key in state for key in _FORBIDDEN_STATE) or ("/TR2" in state and not default):
            message = f"{self._place}：图形状态 {name} 有传递函数或半色调。"
            self._found.problems.append(GRAPHICS_STATE.broken(message))
        modes = self._objects.array(state.get("/BM")) or [state.get("/BM", "/Normal")]
        if not {self._objects.name(mode) for mode in modes} <= _BLENDS:
            message = f"{self._place}：图形状态 {name} 的混合模式不是标准所列。"
            self._found.problems.append(BLEND.broken(message))
