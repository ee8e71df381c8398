"""A Word file as the zip package that it is, opened within limits: its parts, and their XML."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

import olefile
from lxml import etree

from pipeline.errors import FileProblem

MOST_BYTES = 64 * 1024 * 1024
"""Of a part, inflated."""
MOST_IN_ALL = 128 * 1024 * 1024
MOST_PARTS = 2000
MOST_ENTRIES = 20_000
"""Heads of entries anywhere in a file, those of packages in the package included."""
MOST_RATIO, FREE_OF_RATIO = 200, 10 * 1024 * 1024
"""A part of more than 10 MiB may not have been packed to less than a 200th."""
MOST_MARKS = 1_000_000
"""Tags, and equals signs, in the XML of a part: each becomes an object in memory."""
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, KeyError, IndexError,
    RuntimeError, ValueError, OverflowError, EOFError, OSError,
)  # fmt: skip
"""What zipfile raises on files that are none."""
_CHUNK = 1024 * 1024
_HEAD = 30
"""The least bytes before an entry's data."""
_ENCRYPTION = ("EncryptedPackage", "EncryptionInfo")
_FLAGS = 10
"""Where the flags stand in the head of a .doc."""
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""All that a package may use; zipfile inflates the others without a limit."""
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))
_SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为 .docx 后再导入。"
_TOO_MANY = "压缩包里的文件太多或重名"
_SWOLLEN = "文件解压后大得不正常"
_ENTITIES = "文件里有不该有的实体定义"


class Package:
    """The parts of a zip package, read when they are asked for; their names are in small letters.

    Raises:
        FileProblem: it is no package, is encrypted, or is made to fill the machine.
    """

    def __init__(self, data: bytes, shown: str) -> None:
        self.shown = shown
        self._left = MOST_IN_ALL
        refuse_encrypted(data, shown)
        if data.count(b"PK\x01\x02") > MOST_ENTRIES:  # before zipfile makes an object of each
            raise self._refused(_TOO_MANY)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise FileProblem(f"不是 Word 文件，或已损坏：{shown}。", _SAVE_AGAIN) from error
        entries = self._zip.infolist()
        self._entries = {_canonical(entry.filename): entry for entry in entries}
        if len(entries) > MOST_PARTS or len(self._entries) < len(entries):
            raise self._refused(_TOO_MANY)
        if _overlapping(entries, self._zip.start_dir):
            raise self._damaged("压缩包里的文件互相重叠")
        if any(entry.flag_bits & 1 for entry in entries):
            raise _encrypted(shown)

    @property
    def names(self) -> frozenset[str]:
        """The names of all parts."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a part; its size is counted while it is inflated, not taken on trust."""
        made = bytearray()
        try:
            entry = self._entries[name]
            if entry.compress_type not in _PACKINGS:
                raise self._damaged(name)
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    made += chunk
                    self._weigh(len(chunk), len(made), entry.compress_size)
        except BROKEN as error:
            raise self._damaged(name) from error
        return bytes(made)

    def xml(self, name: str) -> etree._Element:
        """The XML of a part; no entity is expanded, nothing is fetched, nothing nests too deep."""
        data = self.read(name)
        if any(mark in data for mark in _DOCTYPES):
            raise self._refused(_ENTITIES)
        if max(data.count(b"<"), data.count(b"=")) > MOST_MARKS:
            raise self._refused(_SWOLLEN)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError) as error:
            raise self._damaged(name) from error
        if root.getroottree().docinfo.doctype:
            raise self._refused(_ENTITIES)
        return root

    def related(self, name: str) -> Iterator[tuple[str, str]]:
        """What a part refers to and the package has: kind (last word of its type), part."""
        path = PurePosixPath(name)
        relations = str(path.parent / "_rels" / f"{path.name}.rels")
        if relations not in self._entries:
            return
        for relation in self.xml(relations):
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External" and target:
                part = _canonical(_resolved(path.parent, unquote(target)))
                if part in self._entries:
                    yield relation.get("Type", "").rsplit("/", 1)[-1], part

    def _weigh(self, chunk: int, size: int, packed: int) -> None:
        """Raises where a part, or all of them, come out larger than any report's."""
        self._left -= chunk
        unlikely = size > FREE_OF_RATIO and size > MOST_RATIO * max(1, packed)
        if size > MOST_BYTES or self._left < 0 or unlikely:
            raise self._refused(_SWOLLEN)

    def _refused(self, why: str) -> FileProblem:
        return FileProblem(f"{why}，没有打开：{self.shown}。", "请核对文件的来源，或另存为 .docx。")

    def _damaged(self, what: str) -> FileProblem:
        return FileProblem(f"Word 文件已损坏：{self.shown}（{what}）。", _SAVE_AGAIN)


def refuse_encrypted(data: bytes, shown: str) -> None:
    """Raises FileProblem where `data` is an encrypted Word file, in an OLE container."""
    if not data.startswith(olefile.MAGIC):
        return
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            closed = any(map(file.exists, _ENCRYPTION)) or _locked(file)
    except BROKEN as error:
        raise FileProblem(f"文件已损坏：{shown}。", _SAVE_AGAIN) from error
    if closed:
        raise _encrypted(shown)


def _locked(file: olefile.OleFileIO) -> bool:
    """Whether a .doc says that it is encrypted: fEncrypted, bit 8 of FibBase's flags ([MS-DOC])."""
    head = file.openstream("WordDocument").read(_FLAGS + 2) if file.exists("WordDocument") else b""
    return len(head) > _FLAGS + 1 and bool(head[_FLAGS + 1] & 1)


def _encrypted(shown: str) -> FileProblem:
    return FileProblem(f"文件已加密：{shown}。", "请在 Word 或 WPS 中去掉密码，另存一份。")


def _overlapping(entries: list[zipfile.ZipInfo], directory: int) -> bool:
    """Whether two entries share bytes, so that a small file could say much again and again."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset + _HEAD + entry.compress_size for entry in ordered]
    starts = [*(entry.header_offset for entry in ordered[1:]), directory]
    return any(end > start for end, start in zip(ends, starts, strict=False))


def _canonical(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _resolved(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath("/") / folder / target.replace("\\", "/")).parts[1:]:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
    return "/".join(parts)
