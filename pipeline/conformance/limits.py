"""Limits that a file keeps so that every reader can show it (ISO 19005-3, 6.1.13)."""

import re
from collections.abc import Iterator

from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule

LIMIT = Rule("limit", "ISO 19005-3 6.1.13")

MOST_SAVED = 28
"""Graphics states that are saved at a time."""
_LONGEST_STRING = 32_767  # bytes
_LONGEST_NAME = 127  # bytes
_INTEGERS = range(-(2**31), 2**31)
_SIDES = (3, 14_400)  # of a page, in its units
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")
_CORNERS = 4

_SUSPECT_NAME = re.compile(rb'"/[^"]{128}')
_SUSPECT_INTEGER = re.compile(rb"[0-9]{10}[,\s\]}]")


def check(objects: Objects) -> Iterator[Problem]:
    """Problems of all values, and of the sizes of pages."""
    # Going through all values takes as long as many rules; few files need it.
    suspect = _SUSPECT_NAME.search(objects.text) or _SUSPECT_INTEGER.search(objects.text)
    for reference in objects.values if suspect else objects.longer(_LONGEST_STRING):
        yield from _values(reference, objects.values[reference])
    for reference, value in objects.values.items():
        if isinstance(value, dict):
            for box in _BOXES:
                if box in value and not _is_moderate(objects, value[box]):
                    yield LIMIT.broken(f"对象 {reference} 的页面太小或太大（{box}）。")


def _values(reference: str, value: object) -> Iterator[Problem]:
    todo = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, list):
            todo += each
        elif isinstance(each, dict):
            todo += [*each, *each.values()]
        elif isinstance(each, str):
            if each.startswith("/"):
                if len(each[1:].encode()) > _LONGEST_NAME:
                    yield LIMIT.broken(f"对象 {reference} 有超过 {_LONGEST_NAME} 字节的名称。")
            elif _length(each) > _LONGEST_STRING:
                yield LIMIT.broken(f"对象 {reference} 有超过 {_LONGEST_STRING} 字节的字符串。")
        elif isinstance(each, int) and each not in _INTEGERS:
            yield LIMIT.broken(f"对象 {reference} 有超出范围的整数。")


def _length(written: str) -> int:
    """The bytes of a string as PDF has it: in UTF-16, or a byte for each character."""
    if written.startswith("b:"):
        return (len(written) - 2) // 2
    text = written[2:]
    return len(text) if text.isascii() else len(text.encode("utf-16"))


def _is_moderate(objects: Objects, box: object) -> bool:
    corners = [objects.of(each) for each in objects.array(box)]
    if len(corners) != _CORNERS:
        return False
    left, bottom, right, top = (each if isinstance(each, int | float) else 0 for each in corners)
    least, most = _SIDES
    return all(least <= abs(side) <= most for side in (right - left, top - bottom))
