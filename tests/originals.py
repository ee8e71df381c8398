"""Word files for the tests, of whatever parts: as a zip package, and as an OLE container."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

import olefile

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def word(parts: Mapping[str, bytes], before: bytes = b"") -> bytes:
    """A package of these parts; what stands in .rels and in the types is put into its frame."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in {TYPES: b"", "word/document.xml": b"<a/>", **parts}.items():
            if name == TYPES:
                framed = f'<Types xmlns="{_CONTENT}">'.encode() + data + b"</Types>"
            elif name.endswith(".rels"):
                head = f'<Relationships xmlns="{_RELATIONS}">'
                framed = before + head.encode() + data + b"</Relationships>"
            else:
                framed = data
            file.writestr(name, framed)
        if before:
            file.writestr("_rels/.rels", before + b"<a/>")
    return made.getvalue()


def container(paths: Sequence[str]) -> bytes:
    """An OLE container with empty streams at these paths; those that end in / are storages.

    Each folder's entries hang on one another by their right sides ([MS-CFB] 2.6).
    """
    tree: dict[str, object] = {}
    for path in paths:
        inside = tree
        *folders, last = path.split("/")
        for folder in folders:
            inside = inside.setdefault(folder, {})  # type: ignore[assignment]
        if last:
            inside[last] = None
    entries: list[list[object]] = [["Root Entry", _ROOT, _NONE, _NONE]]
    _add(entries, 0, tree)
    while len(entries) % 4:
        entries.append(["", 0, _NONE, _NONE])
    count = len(entries) // 4
    directory = b"".join(_entry(*each) for each in entries)  # type: ignore[arg-type]
    fat = [_FAT, *range(2, count + 1), _END]
    fat += [_FREE] * (128 - len(fat))
    header = olefile.MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<108I", *[_FREE] * 108)
    return header + struct.pack("<128I", *fat) + directory


def _add(entries: list[list[object]], parent: int, inside: Mapping[str, object]) -> None:
    before = None
    for name, content in inside.items():
        at = len(entries)
        kind = _STREAM if content is None else _STORAGE
        entries.append([name, kind, _NONE, _NONE])
        entries[parent if before is None else before][3 if before is None else 2] = at
        before = at
        if isinstance(content, dict):
            _add(entries, at, content)


def _entry(name: str, kind: int, right: int, child: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _NONE, right, child)
    return head + bytes(36) + struct.pack("<IQ", _END if kind == _STREAM else 0, 0)
