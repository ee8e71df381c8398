"""What lies upon the pages: nothing but the field of a signature, tagged (ISO 32000-1, 12.5)."""

from collections.abc import Iterator

from pipeline.conformance.objects import Objects
from pipeline.conformance.pages import Shown
from pipeline.conformance.problem import Problem, Rule
from pipeline.conformance.structure import Structure

ANNOTATION = Rule("annotation", "ISO 19005-3 6.3")
UNTAGGED = Rule("widget-untagged", "ISO 14289-1 7.18.4")
NAMELESS = Rule("widget-name", "ISO 14289-1 7.18.1")

_INVISIBLE, _HIDDEN, _PRINT, _NO_VIEW, _TOGGLE = 1, 2, 4, 32, 256


def check(objects: Objects, shown: Shown, tree: Structure) -> Iterator[Problem]:
    """Problems of all annotations."""
    for number, page in enumerate(shown.pages.values(), 1):
        listed = objects.array(page.get("/Annots"))
        for reference in listed:
            yield from _annotation(objects, reference, tree, f"第 {number} 页")
        if listed and objects.name(page.get("/Tabs")) != "/S":
            yield ANNOTATION.broken(f"第 {number} 页有注释，但没有写明切换顺序（/Tabs）。")


def _annotation(
    objects: Objects, reference: object, tree: Structure, place: str
) -> Iterator[Problem]:
    own = objects.dictionary(reference)
    field = own if "/FT" in own else objects.dictionary(own.get("/Parent"))
    kind = objects.name(own.get("/Subtype"))
    if kind != "/Widget" or objects.name(field.get("/FT")) != "/Sig":
        yield ANNOTATION.broken(f"{place}有不允许的注释 {kind or '（种类不明）'}。")
        return
    if own.keys() & {"/A", "/AA"} or "/AA" in field:
        yield ANNOTATION.broken(f"{place}的签名域带有动作。")
    flags = objects.integer(own.get("/F")) or 0
    if not flags & _PRINT or flags & (_INVISIBLE | _HIDDEN | _NO_VIEW | _TOGGLE):
        yield ANNOTATION.broken(f"{place}的签名域不能打印，或被隐藏（/F）。")
    if "/AP" not in own and any(objects.array(own.get("/Rect"))):
        yield ANNOTATION.broken(f"{place}的签名域没有外观（/AP）。")
    owner = tree.objects.get(str(reference))
    if owner is None or owner.kind != "Form":
        yield UNTAGGED.broken(f"{place}的签名域没有标记（Form）。")
    elif not objects.string(field.get("/TU")) and not objects.string(owner.values.get("/Alt")):
        yield NAMELESS.broken(f"{place}的签名域没有说明文字（/TU 或 /Alt）。")
