"""File names that every system can keep: Linux, macOS, Windows, and a zip between them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from pipeline.errors import Refused

MOST_BYTES = 200
"""Of one name, in UTF-8. Linux ends at 255; room is left for a copy's suffix."""
MOST_CHARACTERS = 240
"""Of a whole path: Windows ends at 260, drive and folder included."""
FORBIDDEN = frozenset('%:*?"<>|\\')
"""Windows refuses them; `%` is an escape in the manifests of BagIt (RFC 8493, 2.1.3)."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that nobody sees, or that turn the direction of a name."""
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?")


def problem(path: str) -> str:
    """Why `path`, its parts between slashes, cannot be kept everywhere; empty where it can."""
    if not path:
        return "名称是空的"
    if any("\ud800" <= char <= "\udfff" for char in path):
        return "名称不是 UTF-8"
    if path.startswith("/"):
        return "是绝对路径"
    if len(path) > MOST_CHARACTERS:
        return f"路径超过 {MOST_CHARACTERS} 个字符"
    return next((why for part in path.split("/") for why in _faults(part)), "")


def part_problem(name: str) -> str:
    """Why `name`, of one file or folder, cannot be kept everywhere; empty where it can."""
    return "含字符“/”" if "/" in name else problem(name)


def require(path: str) -> None:
    """Refuse a path that cannot be kept everywhere.

    Raises:
        Refused: it says what is wrong with which name.
    """
    if why := problem(path):
        raise Refused(f"文件名不能用于归档：{shown(path)}（{why}）。", "请改名后再归档。")


def clashes(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of paths that are one file, or a file and a folder, on some system."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        same = _folded(path)
        if same in seen:
            yield path, seen[same]
        elif same in folders:
            yield path, folders[same]
        above = [same[:at] for at, char in enumerate(same) if char == "/"]
        yield from ((path, seen[folder]) for folder in above if folder in seen)
        seen.setdefault(same, path)
        for folder in above:
            folders.setdefault(folder, path)


def shown(path: str) -> str:
    """`path` as it can be printed: what is no text or cannot be seen is written as an escape."""
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _UNSEEN else char
        for char in path
    )


def _faults(part: str) -> Iterator[str]:
    """What is wrong with one name of a path."""
    if part in {"", ".", ".."}:
        yield f"路径中有“{part}”" if part else "路径中有空的一级"
    for char in part:
        if unicodedata.category(char) in _UNSEEN:
            yield f"含看不见的字符 U+{ord(char):04X}"
        if char in FORBIDDEN:
            yield f"含字符“{char}”"
    if not unicodedata.is_normalized("NFC", part):
        yield "名称不是 NFC 形式"
    if part != part.strip() or part.endswith("."):
        yield "名称首尾有空格，或以点结尾"
    if _DEVICE.fullmatch(part):
        yield "是 Windows 的设备名"
    if len(part.encode()) > MOST_BYTES:
        yield f"名称超过 {MOST_BYTES} 字节"


def _folded(path: str) -> str:
    """What a file system that knows no case and one form of accents makes of a path."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
