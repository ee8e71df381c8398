"""Fonts: whether each is in the file, and whether all that it shows has its characters."""

import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from pipeline.conformance.encodings import ORDERINGS
from pipeline.conformance.marks import Outside
from pipeline.conformance.objects import Objects
from pipeline.conformance.pages import Shown, Where
from pipeline.conformance.problem import Problem, Rule
from pipeline.conformance.tokens import strings

EMBEDDED = Rule("font-embedded", "ISO 19005-3 6.2.11.4.1")
FONT = Rule("font", "ISO 19005-3 6.2.11.2")
ENCODING = Rule("encoding", "ISO 19005-3 6.2.11.3")
TO_UNICODE = Rule("to-unicode", "ISO 19005-3 6.2.11.7.2")
UNMAPPED = Rule("unmapped-code", "ISO 19005-3 6.2.11.7.2")
PRIVATE = Rule("private-use", "ISO 19005-3 6.2.11.7.3")

_KINDS = frozenset({"/Type0", "/Type1", "/MMType1", "/TrueType", "/Type3"})
_IDENTITIES = frozenset({"/Identity-H", "/Identity-V"})
_LATIN = frozenset({"/WinAnsiEncoding", "/MacRomanEncoding", "/MacExpertEncoding"})
_PROGRAMS = {
    "/FontFile": (b"%!", b"\x80\x01"),
    "/FontFile2": (b"\x00\x01\x00\x00", b"true"),
    "/FontFile3": (b"\x01", b"OTTO", b"\x00\x01\x00\x00", b"true"),
}
"""How the programs of fonts begin."""
_COMPACT = frozenset({"/Type1C", "/CIDFontType0C", "/OpenType"})
_NO_TEXT = frozenset("\0\ufeff\ufffe")
_MOST_MAPPED = 300_000

_PAIRS = re.compile(rb"<((?:[0-9A-Fa-f]{4})*+)>")
"""A string in hex, of whole codes of two bytes."""
_CODES = re.compile(rb"begincodespacerange\s*<\s*([0-9A-Fa-f]+)\s*>")
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_CHAR = re.compile(rb"<([^<>]*)>\s*<([^<>]*)>")
_RANGE = re.compile(rb"<([^<>]*)>\s*<([^<>]*)>\s*(?:<([^<>]*)>|\[([^\[\]]*)\])")
_TARGET = re.compile(rb"<([^<>]*)>")


def check(objects: Objects, shown: Shown, actual: Iterable[Where]) -> Iterator[Problem]:
    """Problems of all fonts; `actual` is the content whose tags tell its text."""
    listed = {
        key: value
        for key, value in objects.values.items()
        if isinstance(value, dict)
        and objects.name(value.get("/Type")) == "/Font"
        and objects.name(value.get("/Subtype")) in _KINDS
    }
    for font in {**listed, **shown.fonts}.values():
        yield from _embedded(objects, font)
    spoken = {*actual}
    for key, texts in shown.texts.items():
        yield from _readable(objects, shown.fonts[key], texts, spoken)


def _title(objects: Objects, font: Mapping[str, object]) -> str:
    return objects.name(font.get("/BaseFont")).lstrip("/") or "（无名）"


def _embedded(objects: Objects, font: Mapping[str, object]) -> Iterator[Problem]:
    name, kind = _title(objects, font), objects.name(font.get("/Subtype"))
    descendants = [objects.dictionary(each) for each in objects.array(font.get("/DescendantFonts"))]
    whole = all(
        objects.name(each.get("/Type")) == "/Font" and objects.name(each.get("/BaseFont"))
        for each in (font, *descendants)
        if kind != "/Type3"
    )
    if kind not in _KINDS or not whole:
        yield FONT.broken(f"字体 {name} 的种类或名称有误。")
        return
    if kind == "/Type3":
        return
    if kind == "/Type0":
        if not _is_encoded(objects, font.get("/Encoding"), descendants):
            yield ENCODING.broken(f"字体 {name} 的编码（/Encoding）不是标准所列，或与字符集不符。")
        font = descendants[0] if descendants else {}
        if objects.name(font.get("/Subtype")) == "/CIDFontType2" and "/CIDToGIDMap" not in font:
            yield FONT.broken(f"字体 {name} 没有 /CIDToGIDMap。")
    descriptor = objects.dictionary(font.get("/FontDescriptor"))
    programs = [(key, descriptor[key]) for key in _PROGRAMS if key in descriptor]
    fits = (_is_program(objects, key, program) for key, program in programs)
    if len(programs) != 1 or not all(fits):
        yield EMBEDDED.broken(f"字体 {name} 没有嵌入文件。")


def _is_encoded(
    objects: Objects, encoding: object, descendants: list[Mapping[str, object]]
) -> bool:
    """Whether a composite font uses the identity, a predefined encoding, or one in the file."""
    named = objects.name(encoding)
    if named in _IDENTITIES or not named:
        return bool(named or objects.dictionary(encoding))
    systems = (objects.dictionary(each.get("/CIDSystemInfo")) for each in descendants)
    orderings = {objects.string(system.get("/Ordering")) for system in systems}
    return orderings == {ORDERINGS.get(named)}


def _is_program(objects: Objects, key: str, program: object) -> bool:
    kind = objects.name(objects.dictionary(program).get("/Subtype"))
    begins = objects.beginning(program).startswith(_PROGRAMS[key])
    return begins and (key != "/FontFile3" or kind in _COMPACT)


def _readable(
    objects: Objects,
    font: Mapping[str, object],
    texts: Mapping[Where, list[bytes]],
    spoken: set[Where],
) -> Iterator[Problem]:
    """Problems of the text that a font shows."""
    name = _title(objects, font)
    if "/ToUnicode" not in font:
        if objects.name(font.get("/Encoding")) not in _LATIN:
            yield TO_UNICODE.broken(f"字体 {name} 没有 /ToUnicode，文字无法检索、复制。")
        return
    cmap = objects.data(font["/ToUnicode"])
    meaning = _meaning(cmap)
    if meaning is None:
        yield TO_UNICODE.broken(f"字体 {name} 的 /ToUnicode 无法识别。")
        return
    size = _size(objects, font, cmap)
    codes = _codes((string for written in texts.values() for string in written), size)
    missing = {code for code in codes if not _NO_TEXT.isdisjoint(meaning.get(code) or "\0")}
    if missing:
        message = f"字体 {name} 有 {len(missing)} 个字符代码不知道是什么字：{_listed(missing)}。"
        yield UNMAPPED.broken(message)
    private = {code for code in codes - missing if _is_private(meaning[code])}
    for where, written in texts.items() if private else ():
        silent = where not in spoken and where[1] is not Outside.SPOKEN
        if silent and (found := private & _codes(written, size)):
            yield PRIVATE.broken(f"字体 {name} 的私用区字符没有替代文字：{_listed(found)}。")


def _listed(codes: set[int]) -> str:
    return "、".join(f"{code:04X}" for code in sorted(codes)[:5])


def _is_private(text: str) -> bool:
    return any(char >= "\ue000" and unicodedata.category(char) == "Co" for char in text)


def _size(objects: Objects, font: Mapping[str, object], cmap: bytes) -> int:
    """How many bytes a code has."""
    if objects.name(font.get("/Subtype")) != "/Type0":
        return 1
    if objects.name(font.get("/Encoding")) in _IDENTITIES:
        return 2
    found = _CODES.search(cmap)
    return max(1, len(found[1]) // 2) if found else 2


def _codes(written: Iterable[bytes], size: int) -> set[int]:
    """The codes in strings; what is left over at the end of one is a code, too."""
    joined = b" ".join(written)
    if size == 2 and b"(" not in joined:  # noqa: PLR2004  # the usual case
        pairs = _PAIRS.findall(joined)
        if len(pairs) == joined.count(b"<"):
            whole = bytes.fromhex(b"".join(pairs).decode("ascii"))
            return {*struct.unpack(f">{len(whole) // 2}H", whole)}
    found = strings(joined)
    if size == 1:
        return {*b"".join(found)}
    return {
        int.from_bytes(string[at : at + size])
        for string in found
        for at in range(0, len(string), size)
    }


def _meaning(cmap: bytes) -> dict[int, str] | None:
    """Code to text; None where it is not to be read (ISO 32000-1, 9.10.3)."""
    found: dict[int, str] = {}
    room = _MOST_MAPPED
    try:
        for block in _CHARS.findall(cmap):
            found.update((int(code, 16), _text(target)) for code, target in _CHAR.findall(block))
        for block in _RANGES.findall(cmap):
            for low, high, target, targets in _RANGE.findall(block):
                first, last = int(low, 16), int(high, 16)
                room -= last - first + 1
                if room < 0:
                    return None
                if target:
                    start = _text(target)
                    found.update(
                        (code, start[:-1] + chr(ord(start[-1]) + code - first))
                        for code in range(first, last + 1)
                    )
                else:
                    listed = map(_text, _TARGET.findall(targets))
                    found.update(zip(range(first, last + 1), listed, strict=False))
    except (ValueError, IndexError):
        return None
    return found


def _text(target: bytes) -> str:
    if len(target) == 4:  # noqa: PLR2004  # the usual case: one character
        return chr(int(target, 16))
    return bytes.fromhex(target.decode("ascii")).decode("utf-16-be")
