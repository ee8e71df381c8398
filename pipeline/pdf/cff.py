"""CFF outlines of CID-keyed fonts whose parts agree on how widths are written (Adobe TN 5176).

Such a font has a dictionary for each of its alphabets, each with widths of its own that a glyph's
width is measured from (15). Readers exist that look only into the first, and find no width as the
PDF tells it. Here all alphabets count from nothing, and a Han character is usual.

Only what changes is read, as bytes: dictionaries, and each glyph up to its first operator (TN 5177,
3.1). A library that reads all of it takes fifteen times as long.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

_USUAL = 1000
"""The width of a Han character."""
_CHARSET, _GLYPHS, _PRIVATE, _SUBROUTINES = b"\x0f", b"\x11", b"\x12", b"\x13"
_DEFAULT, _NOMINAL = b"\x14", b"\x15"
_ALPHABETS, _CHOICE = b"\x0c\x24", b"\x0c\x25"
"""Operators of dictionaries (tables 9, 10, 23); the last are FDArray and FDSelect."""
_PLACED = (_CHARSET, _CHOICE, _ALPHABETS, _GLYPHS)

_INTEGER = rb"[\x20-\xf6]|[\xf7-\xfe].|\x1c.."
_REAL = rb"\x1e[" + b"".join(rb"\x%x0-\x%xe" % (high, high) for high in range(15)) + rb"]*+."
_ENTRY = re.compile(
    rb"((?:" + _INTEGER + rb"|\x1d.{4}|" + _REAL + rb")*+)(\x0c.|[\x00-\x15])", re.DOTALL
)
_OPERAND = re.compile(_INTEGER + rb"|\x1d.{4}|\xff.{4}", re.DOTALL)
_BEGINNING = re.compile(
    rb"((?:" + _INTEGER + rb"|\xff.{4})*+)[\x01\x03\x04\x0e\x12-\x17]", re.DOTALL
)
"""The operands of hints, of a move or of the end: what stands first in a glyph."""
_SINGLE = frozenset(b"\x04\x16")
"""vmoveto and hmoveto take one operand beside the width; the others take pairs."""

_ZERO, _FIXED, _BYTE = b"\x8b", b"\xff", 255
_SHORT, _POSITIVE, _NEGATIVE = 32, 247, 251  # how numbers of one byte, and of two, begin
_ONE_BYTE, _TWO_BYTES, _THREE_BYTES = 107, 1131, range(-(2**15), 2**15)

_Dictionary = Mapping[bytes, bytes]
"""Operands by their operator, in order, as they are written."""


def with_even_widths(cff: bytes) -> bytes:
    """The same outlines and widths; a font with one alphabet, or with subroutines, stays.

    So does one whose parts do not stand as xdvipdfmx lays them out.
    """
    _, top_at = _index(cff, cff[2])
    tops, strings_at = _index(cff, top_at)
    subroutines, charset_at = _index(cff, _index(cff, strings_at)[1])
    top = _dictionary(tops[0])
    listed = _index(cff, _number(top[_ALPHABETS]))[0] if _ALPHABETS in top else []
    if len(listed) <= 1 or subroutines:
        return cff
    charset, choice, alphabets, glyphs = (_number(top[each]) for each in _PLACED)
    outlines, end = _index(cff, glyphs)
    fonts = [_dictionary(each) for each in listed]
    privates = [_private(cff, font) for font in fonts]
    ordered = (charset, alphabets) == (charset_at, end) and charset < choice < glyphs
    known = ordered and all(map(_BEGINNING.match, outlines))
    if not known or any(_SUBROUTINES in private for private in privates):
        return cff
    made = [
        _even(outline, privates[own])
        for outline, own in zip(outlines, _chosen(cff[choice:glyphs]), strict=True)
    ]
    parts = (_shortest(cff[charset:choice]), cff[choice:glyphs], _packed(made))
    frame = (cff[: cff[2]], cff[cff[2] : top_at], cff[strings_at:charset])
    return _joined(frame, top, parts, fonts, [_evened(private) for private in privates])


def _joined(
    frame: tuple[bytes, bytes, bytes],
    top: _Dictionary,
    parts: tuple[bytes, bytes, bytes],
    fonts: Sequence[_Dictionary],
    privates: Sequence[bytes],
) -> bytes:
    """The file of header, name, strings with subroutines; of charset, choice, glyphs; and the rest.

    A place takes more bytes the further it is: all are reckoned until they stay.
    """
    header, name, strings = frame
    fixed = {key: value for key, value in top.items() if key not in _PLACED}
    places = [0] * (len(_PLACED) + len(privates))
    while True:
        placed = zip(_PLACED, (_integer(at) for at in places[: len(_PLACED)]), strict=True)
        listed = [
            _joint({**font, _PRIVATE: _integer(len(private)) + _integer(at)})
            for font, private, at in zip(fonts, privates, places[len(_PLACED) :], strict=True)
        ]
        begin = header + name + _packed([_joint({**fixed, **dict(placed)})]) + strings
        pieces = [begin, *parts, _packed(listed), *privates]
        charset, choice, glyphs, alphabets, *own = accumulate(map(len, pieces[:-1]))
        if places == (places := [charset, choice, alphabets, glyphs, *own]):
            break
    made = b"".join(pieces)
    return made[:3] + bytes([_size(len(made))]) + made[4:]


def _even(outline: bytes, private: _Dictionary) -> bytes:
    """A glyph with its width written as what it is; one that has none has its alphabet's."""
    default, nominal = (_number(private.get(key, _ZERO)) for key in (_DEFAULT, _NOMINAL))
    if (default, nominal) == (_USUAL, 0):
        return outline
    begins = _BEGINNING.match(outline)
    numbers = _OPERAND.findall(begins[1]) if begins else []
    single = outline[sum(map(len, numbers))] in _SINGLE
    if len(numbers) % 2 == single:
        return _integer(default) + outline
    return _moved(numbers[0], nominal) + outline[len(numbers[0]) :]


def _moved(number: bytes, by: int) -> bytes:
    """The sum of a glyph's operand and a whole number."""
    if not number.startswith(_FIXED):
        return _integer(_number(number) + by)
    whole, parts = divmod(int.from_bytes(number[1:], signed=True) + by * 2**16, 2**16)
    fixed = _FIXED + (whole * 2**16 + parts).to_bytes(4, signed=True)
    return fixed if parts else b"\x1c" + whole.to_bytes(2, signed=True)


def _evened(private: _Dictionary) -> bytes:
    """The dictionary of an alphabet that counts from nothing, which is what no number means."""
    kept = {key: value for key, value in private.items() if key not in {_DEFAULT, _NOMINAL}}
    return _joint({**kept, _DEFAULT: _integer(_USUAL)})


def _private(cff: bytes, font: _Dictionary) -> _Dictionary:
    size, at = map(_number, _OPERAND.findall(font[_PRIVATE]))
    return _dictionary(cff[at : at + size])


def _chosen(choice: bytes) -> Iterator[int]:
    """The alphabet of each glyph (19)."""
    if choice[0] == 0:
        yield from choice[1:]
        return
    for at in range(3, len(choice) - 2, 3):
        first, following = (int.from_bytes(choice[each : each + 2]) for each in (at, at + 3))
        yield from [choice[at + 2]] * (following - first)


def _shortest(charset: bytes) -> bytes:
    """A list of the characters of all glyphs, as ranges where that is shorter (18)."""
    if charset[0] != 0:
        return charset
    ranges: list[list[int]] = []
    for at in range(1, len(charset), 2):
        number = int.from_bytes(charset[at : at + 2])
        if ranges and number == sum(ranges[-1]) + 1:
            ranges[-1][1] += 1
        else:
            ranges.append([number, 0])
    wide = 1 + any(more > _BYTE for _, more in ranges)
    made = b"".join(first.to_bytes(2) + more.to_bytes(wide) for first, more in ranges)
    return min(charset, bytes([wide]) + made, key=len)


def _index(data: bytes, at: int) -> tuple[list[bytes], int]:
    """The items of an INDEX, and where it ends (5)."""
    count = int.from_bytes(data[at : at + 2])
    if not count:
        return [], at + 2
    size, first = data[at + 2], at + 3
    begin = first + (count + 1) * size
    offsets = [
        int.from_bytes(data[each : each + size]) + begin - 1 for each in range(first, begin, size)
    ]
    return [data[one:two] for one, two in pairwise(offsets)], offsets[-1]


def _packed(items: Sequence[bytes]) -> bytes:
    """An INDEX of some items."""
    offsets = [*accumulate(map(len, items), initial=1)]
    size = _size(offsets[-1])
    places = b"".join(offset.to_bytes(size) for offset in offsets)
    return len(items).to_bytes(2) + bytes([size]) + places + b"".join(items)


def _size(largest: int) -> int:
    """How many bytes a place takes."""
    return (largest.bit_length() + 7) // 8


def _dictionary(data: bytes) -> _Dictionary:
    return {operator: operands for operands, operator in _ENTRY.findall(data)}


def _joint(dictionary: _Dictionary) -> bytes:
    return b"".join(operands + operator for operator, operands in dictionary.items())


def _number(written: bytes) -> int:
    """The value of an integer operand (4)."""
    first = written[0]
    if first < _SHORT:
        return int.from_bytes(written[1:], signed=True)
    if first < _POSITIVE:
        return first - 139
    if first < _NEGATIVE:
        return (first - _POSITIVE) * 256 + written[1] + 108
    return -(first - _NEGATIVE) * 256 - written[1] - 108


def _integer(value: int) -> bytes:
    """An integer operand, in as few bytes as it takes."""
    if abs(value) <= _ONE_BYTE:
        return bytes([value + 139])
    if abs(value) <= _TWO_BYTES:
        high, low = divmod(abs(value) - 108, 256)
        return bytes([high + (_POSITIVE if value > 0 else _NEGATIVE), low])
    if value in _THREE_BYTES:
        return b"\x1c" + value.to_bytes(2, signed=True)
    return b"\x1d" + value.to_bytes(4, signed=True)
