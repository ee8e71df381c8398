"""A bag as RFC 8493 (BagIt 1.0) has it: files in, the same files with their tag files out."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.archiving import names
from pipeline.errors import Refused

ALGORITHMS = ("sha512", "sha256")
PAYLOAD = "data/"
DECLARATION_FILE = "bagit.txt"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
INFO_FILE = "bag-info.txt"
IDENTIFIER, OXUM = "External-Identifier", "Payload-Oxum"
"""Labels in bag-info.txt: the bag's name; bytes and number of its files (RFC 8493, 2.2.2)."""


def manifest_file(algorithm: str) -> str:
    """The file that lists the payload."""
    return f"manifest-{algorithm}.txt"


def tagmanifest_file(algorithm: str) -> str:
    """The file that lists all others, but for those of its own kind."""
    return f"tagmanifest-{algorithm}.txt"


MANIFESTS = tuple(manifest_file(algorithm) for algorithm in ALGORITHMS)
TAGMANIFESTS = tuple(tagmanifest_file(algorithm) for algorithm in ALGORITHMS)
OWN_FILES = frozenset({DECLARATION_FILE, INFO_FILE, *MANIFESTS, *TAGMANIFESTS})
"""The files that make a folder a bag; this program writes all of them."""


def manifests(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The manifests of the payload among `files`."""
    return _listings(files, manifest_file, (path for path in files if path.startswith(PAYLOAD)))


def make(files: Mapping[str, bytes], info: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """The whole bag: `files` (path in the bag → bytes), and the tag files; paths in order.

    `info` is what bag-info.txt says; the label Payload-Oxum is added.

    Raises:
        Refused: a name cannot be kept everywhere, two names are one on some system, or a file
            has the name of a tag file.
    """
    for path in files:
        names.require(path)
        if path in OWN_FILES:
            raise Refused(f"文件名不能用于归档：{path}（归档包自己要用）。", "请改名后再归档。")
    for path, other in names.clashes(files):
        raise Refused(f"两个文件在有的系统上同名：{other}、{path}。", "请改名后再归档。")
    payload = {path: data for path, data in files.items() if path.startswith(PAYLOAD)}
    total = f"{sum(map(len, payload.values()))}.{len(payload)}"
    made = {
        **files,
        DECLARATION_FILE: DECLARATION,
        INFO_FILE: _info_text([*info, (OXUM, total)]),
        **manifests(files),
    }
    tags = [path for path in made if not path.startswith(PAYLOAD)]
    return dict(sorted({**made, **_listings(made, tagmanifest_file, tags)}.items()))


def listing(digests: Mapping[str, str]) -> bytes:
    """A manifest: for every path its digest in hex, in the order of paths."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


def parse_listing(data: bytes, algorithm: str) -> dict[str, str]:
    """The paths and digests of a manifest that this program wrote.

    Raises:
        ValueError: it says which line, in Chinese, is not as the program writes it.
    """
    line_form = re.compile(rf"([0-9a-f]{{{hashlib.new(algorithm).digest_size * 2}}})  (.+)")
    found: dict[str, str] = {}
    for number, line in enumerate(_text(data).split("\n")[:-1], start=1):
        match = line_form.fullmatch(line)
        if match is None or match[2] in found:
            raise ValueError(f"第 {number} 行无法识别或重复")
        found[match[2]] = match[1]
    if listing(found) != data:
        raise ValueError("行的次序或换行与写出时不同")
    return found


def parse_info(data: bytes) -> list[tuple[str, str]]:
    """The labels and values of a bag-info.txt that this program wrote.

    Raises:
        ValueError: it says which line, in Chinese, is not as the program writes it.
    """
    found: list[tuple[str, str]] = []
    for number, line in enumerate(_text(data).split("\n")[:-1], start=1):
        label, colon, value = line.partition(": ")
        if not colon:
            raise ValueError(f"第 {number} 行无法识别")
        found.append((label, value))
    return found


def _listings(
    files: Mapping[str, bytes], named: Callable[[str], str], paths: Iterable[str]
) -> dict[str, bytes]:
    chosen = list(paths)
    return {
        named(algorithm): listing(
            {path: hashlib.new(algorithm, files[path]).hexdigest() for path in chosen}
        )
        for algorithm in ALGORITHMS
    }


def _info_text(info: Sequence[tuple[str, str]]) -> bytes:
    for label, value in info:
        if any(not char.isprintable() for char in label + value) or ":" in label:
            raise Refused(f"归档包说明的“{label}”中有换行或看不见的字符。", "请在内容文件中改正。")
    return "".join(f"{label}: {value}\n" for label, value in info).encode()


def _text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ValueError("不是 UTF-8 文本") from None
    if not text.endswith("\n"):
        raise ValueError("末尾缺少换行")
    return text
