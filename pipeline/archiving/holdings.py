"""The index of all bundles in a folder, as CSV for people and TOML for programs.

It repeats what the bundles say of themselves; whether that is true, only `verification` tells.
"""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from io import StringIO
from pathlib import Path

import tomli_w

from pipeline import files
from pipeline.archiving import bag, excerpt, metadata
from pipeline.errors import UserError
from pipeline.exports import plain

CSV_FILE, TOML_FILE = "index.csv", "index.toml"
_HEADER = {
    "name": "归档包", "agency": "责任者", "year": "年度", "title": "题名", "date": "日期",
    "remark": "附注", "replaces": "更正并替代", "replaced_by": "已被替代", "size": "字节",
    "sha256": "SHA-256",
}  # fmt: skip
_NOTE = "# 本目录照录各归档包所写的，没有核对。核对用：nianbao verify 归档包\n"


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
    replaced_by: tuple[str, ...] = ()
    size: int = 0
    sha256: str = ""


def renew(folder: Path) -> tuple[Holding, ...]:
    """Write the index of the bundles in a folder anew; gives what stands in it.

    A file that is no bundle stands in it by its name, with what is wrong.

    Raises:
        FileProblem: a file cannot be read or written.
    """
    found = [_told(path) for path in sorted(folder.glob("*.zip")) if path.is_file()]
    heirs: dict[str, list[str]] = defaultdict(list)
    for each in found:
        if each.replaces:
            heirs[each.replaces].append(each.name)
    listed = tuple(replace(each, replaced_by=tuple(heirs.get(each.name, ()))) for each in found)
    files.write(folder / CSV_FILE, _csv(listed))
    values = {"bundles": [asdict(each) for each in listed]}
    files.write(folder / TOML_FILE, (_NOTE + tomli_w.dumps(values)).encode())
    return listed


def _csv(listed: Iterable[Holding]) -> bytes:
    made = StringIO()
    lines = csv.DictWriter(made, list(_HEADER), lineterminator="\r\n")
    lines.writerow(_HEADER)
    for each in listed:
        values = {**asdict(each), "replaced_by": "、".join(each.replaced_by)}
        lines.writerow({key: plain(str(value)) for key, value in values.items()})
    return made.getvalue().encode("utf-8-sig")


def _told(path: Path) -> Holding:
    """What a bundle says of itself."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name, size = path.name.removesuffix(".zip"), path.stat().st_size
    try:
        told = excerpt.files_of(path, {bag.INFO_FILE, metadata.FILE})
        own = excerpt.name(told[bag.INFO_FILE]) or name
        summary = metadata.summary(told[metadata.FILE])
    except UserError as error:
        return Holding(name, remark=f"读不出：{error.message}", size=size, sha256=digest)
    except KeyError as error:
        return Holding(name, remark=f"读不出：缺少 {error.args[0]}", size=size, sha256=digest)
    except ValueError:
        remark = f"读不出：{bag.INFO_FILE} 或 {metadata.FILE} 已损坏"
        return Holding(name, remark=remark, size=size, sha256=digest)
    renamed = "" if own == name else f"；文件改名为 {path.name}"
    return Holding(
        own,
        agency=summary["agency"],
        year=summary["year"],
        title=summary["title"],
        date=summary["date"],
        remark=summary["remark"] + renamed,
        replaces=summary["replaces"],
        size=size,
        sha256=digest,
    )
