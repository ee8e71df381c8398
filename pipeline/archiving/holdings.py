"""The index of all bundles in a folder, as CSV for people and TOML for programs."""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from io import StringIO
from pathlib import Path

import tomli_w

from pipeline import files
from pipeline.archiving import metadata, reading
from pipeline.archiving.members import Member
from pipeline.errors import UserError
from pipeline.exports import plain

CSV_FILE, TOML_FILE = "index.csv", "index.toml"
_HEADER = {
    "name": "归档包", "agency": "责任者", "year": "年度", "title": "题名", "date": "日期",
    "remark": "附注", "replaces": "更正并替代", "replaced_by": "已被替代", "size": "字节",
    "sha256": "SHA-256",
}  # fmt: skip
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Holding:
    """A bundle as the index has it."""

    name: str
    agency: str = ""
    year: str = ""
    title: str = ""
    date: str = ""
    remark: str = ""
    replaces: str = ""
    replaced_by: str = ""
    size: int = 0
    sha256: str = ""


def renew(folder: Path) -> tuple[Holding, ...]:
    """Write the index of the bundles in a folder anew; gives what stands in it.

    A file that is no bundle stands in it by its name, with what is wrong.

    Raises:
        FileProblem: a file cannot be read or written.
    """
    found = [_told(path) for path in sorted(folder.glob("*.zip")) if path.is_file()]
    heirs = {each.replaces: each.name for each in found if each.replaces}
    listed = tuple(replace(each, replaced_by=heirs.get(each.name, "")) for each in found)
    files.write(folder / CSV_FILE, _csv(listed))
    values = {"bundles": [asdict(each) for each in listed]}
    files.write(folder / TOML_FILE, tomli_w.dumps(values).encode())
    return listed


def _csv(listed: Iterable[Holding]) -> bytes:
    made = StringIO()
    lines = csv.DictWriter(made, list(_HEADER), lineterminator="\r\n")
    lines.writerow(_HEADER)
    for each in listed:
        lines.writerow({key: plain(str(value)) for key, value in asdict(each).items()})
    return made.getvalue().encode("utf-8-sig")


def _told(path: Path) -> Holding:
    """What a bundle says of itself."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name, size = path.name.removesuffix(".zip"), path.stat().st_size
    try:
        summary = metadata.summary(_metadata(path))
    except (UserError, OSError, ValueError) as error:
        return Holding(name, remark=f"读不出：{error}", size=size, sha256=digest)
    return Holding(name, **summary, size=size, sha256=digest)


def _metadata(path: Path) -> bytes:
    """元数据.xml of a bundle."""
    for item in reading.read(path):
        if isinstance(item, Member) and item.name.partition("/")[2] == metadata.FILE:
            return b"".join(item.chunks) if item.size <= _MOST_BYTES else b""
    raise ValueError(f"缺少 {metadata.FILE}")
