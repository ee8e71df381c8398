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
_BOXES = frozenset({"/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"})
_CORNERS = 4

_SUSPECT_NAME = re.compile(rb'"/[^"]{128}')
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_SUSPECT_INTEGERS = tuple(b"0" * 10 + end for end in (b",", b"]", b"}", b" ", b"\n"))


def check(objects: Objects) -> Iterator[Problem]:
    """Problems of all values, and of the sizes of pages."""
    # Going through all values takes as long as many rules; few files need it.
    digits = objects.text.translate(_ZEROS)
    suspect = any(each in digits for each in _SUSPECT_INTEGERS)
    suspect = suspect or _SUSPECT_NAME.search(objects.text) is not None
    for reference in objects.values if suspect else objects.longer(_LONGEST_STRING):
        yield from _values(reference, objects.values[reference])
    for reference, value in objects.values.items():
        if isinstance(value, dict) and not _BOXES.isdisjoint(value):
            for box in sorted(_BOXES & value.keys()):
                if not _is_moderate(objects, value[box]):
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
