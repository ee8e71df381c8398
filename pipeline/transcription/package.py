"""A Word file as the zip package that it is, opened within limits: its parts, and their XML."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

import olefile
from lxml import etree

from pipeline.errors import FileProblem

MOST_BYTES = 64 * 1024 * 1024
"""Of a part, inflated."""
MOST_IN_ALL = 128 * 1024 * 1024
MOST_PARTS = 2000
MOST_RATIO, FREE_OF_RATIO = 200, 10 * 1024 * 1024
"""A part of more than 10 MiB may not have been packed to less than a 200th."""
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, KeyError,
    RuntimeError, ValueError, OverflowError, EOFError, OSError,
)  # fmt: skip
"""What zipfile raises on files that are none."""
_CHUNK = 1024 * 1024
_SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为 .docx 后再导入。"


class Package:
    """The parts of a zip package, read when they are asked for.

    Raises:
        FileProblem: it is no package, is encrypted, or is made to fill the machine.
    """

    def __init__(self, data: bytes, shown: str) -> None:
        self.shown = shown
        self._left = MOST_IN_ALL
        refuse_encrypted(data, shown)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise FileProblem(f"不是 Word 文件，或已损坏：{shown}。", _SAVE_AGAIN) from error
        self.names = [entry.filename for entry in self._zip.infolist()]
        if len(self.names) > MOST_PARTS or len(set(self.names)) < len(self.names):
            raise FileProblem(f"压缩包里的文件太多或重名，没有打开：{shown}。", _SAVE_AGAIN)
        if any(entry.flag_bits & 1 for entry in self._zip.infolist()):
            raise FileProblem(f"文件已加密：{shown}。", "请在 Word 或 WPS 中去掉密码，另存一份。")

    def read(self, name: str) -> bytes:
        """The bytes of a part; its size is counted while it is inflated, not taken on trust."""
        made = bytearray()
        try:
            entry = self._zip.getinfo(name)
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    made += chunk
                    self._weigh(len(chunk), len(made), entry.compress_size)
        except BROKEN as error:
            raise self._damaged(name) from error
        return bytes(made)

    def _weigh(self, chunk: int, size: int, packed: int) -> None:
        """Raises where a part, or all of them, come out larger than any report's."""
        self._left -= chunk
        swollen = size > FREE_OF_RATIO and size > MOST_RATIO * max(1, packed)
        if size > MOST_BYTES or self._left < 0 or swollen:
            message = f"文件解压后大得不正常，没有打开：{self.shown}。"
            raise FileProblem(message, "请核对文件的来源。")

    def xml(self, name: str) -> etree._Element:
        """The XML of a part; no entity is expanded and nothing is fetched."""
        data = self.read(name)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise self._damaged(name) from error
        if root.getroottree().docinfo.doctype:
            message = f"文件里有不该有的实体定义，没有打开：{self.shown}。"
            raise FileProblem(message, "请核对文件的来源。")
        return root

    def related(self, name: str) -> Iterator[tuple[str, str, str]]:
        """What a part refers to: id, kind (the last word of its type), name of the part."""
        path = PurePosixPath(name)
        rels = str(path.parent / "_rels" / f"{path.name}.rels")
        if rels not in self.names:
            return
        for relation in self.xml(rels):
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External" and target:
                kind = relation.get("Type", "").rsplit("/", 1)[-1]
                yield relation.get("Id", ""), kind, _resolved(path.parent, target)

    def _damaged(self, name: str) -> FileProblem:
        return FileProblem(f"Word 文件已损坏：{self.shown}（{name}）。", _SAVE_AGAIN)


def refuse_encrypted(data: bytes, shown: str) -> None:
    """Raises FileProblem where `data` is an encrypted Word file, in an OLE container."""
    if not data.startswith(olefile.MAGIC):
        return
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            encrypted = file.exists("EncryptedPackage") or file.exists("EncryptionInfo")
    except (OSError, ValueError, IndexError) as error:
        raise FileProblem(f"文件已损坏：{shown}。", _SAVE_AGAIN) from error
    if encrypted:
        raise FileProblem(f"文件已加密：{shown}。", "请在 Word 或 WPS 中去掉密码，另存一份。")


def _resolved(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath("/") / folder / target).parts[1:]:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
