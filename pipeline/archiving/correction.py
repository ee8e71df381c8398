"""The bundle that a new one corrects: whole, and of the same office and year."""

import hashlib
from pathlib import Path

from pipeline.archiving import bag, excerpt, metadata, verification, zipping
from pipeline.archiving.record import Replaced
from pipeline.errors import Refused

_MOST_TOLD = 3


def replaced(path: Path, agency: str, year: int) -> Replaced:
    """What the new bundle says of the one at `path`; its name is that in its bag-info.txt.

    Raises:
        Refused: it is not whole, no zip, or another office's or another year's.
        FileProblem: it cannot be read.
    """
    if differences := verification.verify(path):
        told = "；".join(str(each) for each in differences[:_MOST_TOLD])
        raise Refused(
            f"要更正的归档包已损坏：{path}（{len(differences)} 处：{told}）。",
            f"请运行 nianbao verify {path} 查看，并找到完好的归档包。",
        )
    digest = _digest(path)
    found = excerpt.files_of(path, {bag.INFO_FILE, metadata.FILE})
    try:
        name = excerpt.name(found[bag.INFO_FILE])
        summary = metadata.summary(found[metadata.FILE])
    except (KeyError, ValueError) as error:
        raise Refused(
            f"要更正的归档包没有写明责任者和年度：{path}。", "请指定由 nianbao archive 做的归档包。"
        ) from error
    if (summary["agency"], summary["year"]) != (agency, str(year)):
        raise Refused(
            f"要更正的归档包不是这份年报的：{path} 的责任者是“{summary['agency']}”，"
            f"年度是 {summary['year']}；现在归档的是“{agency}”{year} 年的。",
            "请核对 --replaces 后面的文件名，应当是同一机关、同一年度的归档包。",
        )
    return Replaced(name, digest)


def _digest(path: Path) -> str:
    """SHA-256 of the zip in hex."""
    if path.is_file():
        with path.open("rb") as stream:
            if stream.read(len(zipping.LOCAL_MARK)) == zipping.LOCAL_MARK:
                stream.seek(0)
                return hashlib.file_digest(stream, "sha256").hexdigest()
    raise Refused(f"要更正的归档包应当是 zip 文件：{path}。", "请指定原来的 .zip 文件。")
