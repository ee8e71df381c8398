"""What the file could do by itself, and what lies upon its pages: no actions, no annotations."""

from collections.abc import Collection, Iterator, Mapping

from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule

ACTION = Rule("action", "ISO 19005-3 6.5.1")
TRIGGER = Rule("trigger", "ISO 19005-3 6.5.2")
ANNOTATION = Rule("annotation", "ISO 19005-3 6.3")
FORM = Rule("form", "ISO 19005-3 6.4")
UNTAGGED_WIDGET = Rule("widget-untagged", "ISO 14289-1 7.18.1")

_ALLOWED = frozenset({"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/SubmitForm"})
_NAMED = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
_TRIGGERED = frozenset({"/Catalog", "/Page", "/Annot"})
_INVISIBLE, _HIDDEN, _PRINT, _NO_VIEW, _TOGGLE = 1, 2, 4, 32, 256


def check(
    objects: Objects, pages: Mapping[str, Mapping[str, object]], tagged: Collection[str]
) -> Iterator[Problem]:
    """Problems of actions, annotations and forms; `tagged` are the objects that a tag owns."""
    root = objects.dictionary(objects.trailer.get("/Root"))
    if "/JavaScript" in objects.dictionary(root.get("/Names")):
        yield ACTION.broken("文件含有 JavaScript。")
    for reference, value in objects.values.items():
        yield from _actions(objects, reference, value)
    for reference in {str(objects.trailer.get("/Root")), *pages}:
        if "/AA" in objects.dictionary(reference):
            yield TRIGGER.broken(f"对象 {reference} 有自动触发的动作（/AA）。")
    yield from _form(objects.dictionary(root.get("/AcroForm")))
    for number, page in enumerate(pages.values(), 1):
        listed = objects.array(page.get("/Annots"))
        for annotation in listed:
            yield from _annotation(objects, annotation, f"第 {number} 页", tagged)
        if listed and objects.name(page.get("/Tabs")) != "/S":
            yield ANNOTATION.broken(f"第 {number} 页有注释，但没有写明切换顺序（/Tabs）。")


def _actions(objects: Objects, reference: str, value: object) -> Iterator[Problem]:
    """Actions in an object and in what stands in it."""
    todo = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, list):
            todo += [part for part in each if isinstance(part, dict | list)]
        elif isinstance(each, dict):
            for key, part in each.items():
                if key in {"/A", "/OpenAction", "/Next"}:
                    yield from _judged(objects, reference, part)
                elif key == "/AA" and objects.name(each.get("/Type")) in _TRIGGERED:
                    yield TRIGGER.broken(f"对象 {reference} 有自动触发的动作（/AA）。")
                if isinstance(part, dict | list):
                    todo.append(part)
            if "/JS" in each and "/S" in each:
                yield ACTION.broken(f"对象 {reference} 含有 JavaScript。")


def _judged(objects: Objects, reference: str, value: object) -> Iterator[Problem]:
    for each in objects.array(value) or [value]:
        action = objects.dictionary(each)
        kind = objects.name(action.get("/S"))
        named = kind == "/Named" and objects.name(action.get("/N")) in _NAMED
        if kind and kind not in _ALLOWED and not named:
            yield ACTION.broken(f"对象 {reference} 含有不允许的动作 {kind[:40]}。")


def _form(form: Mapping[str, object]) -> Iterator[Problem]:
    if "/XFA" in form:
        yield FORM.broken("文件含有 XFA 表单。")
    if form.get("/NeedAppearances") is True:
        yield FORM.broken("表单要求阅读程序自行生成外观（/NeedAppearances）。")


def _annotation(
    objects: Objects, reference: object, place: str, tagged: Collection[str]
) -> Iterator[Problem]:
    """Problems of an annotation: only the field of a signature is allowed."""
    own = objects.dictionary(reference)
    field = own if "/FT" in own else objects.dictionary(own.get("/Parent"))
    kind = objects.name(own.get("/Subtype"))
    if kind != "/Widget" or objects.name(field.get("/FT")) != "/Sig":
        yield ANNOTATION.broken(f"{place}有不允许的注释 {kind or '（种类不明）'}。")
        return
    if "/A" in own or "/AA" in own or "/AA" in field:
        yield TRIGGER.broken(f"{place}的签名域带有动作。")
    flags = objects.integer(own.get("/F")) or 0
    if not flags & _PRINT or flags & (_INVISIBLE | _HIDDEN | _NO_VIEW | _TOGGLE):
        yield ANNOTATION.broken(f"{place}的签名域不能打印，或被隐藏（/F）。")
    if "/AP" not in own and any(objects.array(own.get("/Rect"))):
        yield ANNOTATION.broken(f"{place}的签名域没有外观（/AP）。")
    if reference not in tagged:
        yield UNTAGGED_WIDGET.broken(f"{place}的签名域没有标记。")
