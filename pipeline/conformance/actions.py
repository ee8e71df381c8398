"""What the file could do by itself: none but going to places in it, or to addresses."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule

ACTION = Rule("action", "ISO 19005-3 6.5.1")
TRIGGER = Rule("trigger", "ISO 19005-3 6.5.2")
FORM = Rule("form", "ISO 19005-3 6.4")

_SUSPECT = re.compile(
    rb'"/(?:(?:OpenAction|Next|AA|JS)": '
    rb'|A": (?!\{(?:[^{}"]++|"(?!/S":)(?:[^"\\]++|\\.)*+")*+\}))'
)
"""What may be an action, in JSON; the attributes of a tag stand under /A, too, but have no /S."""
_ALLOWED = frozenset({"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/SubmitForm"})
_NAMED = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
_TRIGGERED = frozenset({"/Catalog", "/Page", "/Annot"})


def check(objects: Objects, pages: Iterable[str]) -> Iterator[Problem]:
    """Problems of the actions of a file with these pages, and of its form."""
    root = objects.dictionary(objects.trailer.get("/Root"))
    if "/JavaScript" in objects.dictionary(root.get("/Names")):
        yield ACTION.broken("文件含有 JavaScript。")
    for reference in objects.having(_SUSPECT):
        yield from _actions(objects, reference, objects.values[reference])
    for reference in (str(objects.trailer.get("/Root")), *pages):
        if "/AA" in objects.dictionary(reference):
            yield TRIGGER.broken(f"对象 {reference} 有自动触发的动作（/AA）。")
    yield from _form(objects.dictionary(root.get("/AcroForm")))


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
