"""The checks of the 四性 report that need nothing but the files of a bundle.

Each looks at path → bytes and yields what is wrong, in Chinese; nothing where it passes. It raises
ValueError, in Chinese too, where a file that it needs is not there or cannot be read.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeVar

from pipeline.archiving import (
    attachments,
    bag,
    catalogue,
    journal,
    metadata,
    names,
    originals,
    xmltext,
)
from pipeline.archiving.record import State
from pipeline.errors import FileProblem
from pipeline.events import Action, parse

T = TypeVar("T")
Files = Mapping[str, bytes]
Inspection = Callable[[Files], Iterator[str]]

ORIGINALS = "data/其他/原件/"
_TEXTS = frozenset(
    {".toml", ".txt", ".csv", ".xml", ".json", ".jsonl", ".tex", ".cls", ".sty", ".log"}
)
FORMATS = _TEXTS | {".pdf", ".otf", ".ttf", ".ttc", ".icc"}
"""What the program itself puts into a bundle."""
ORIGINAL_FORMATS = frozenset({".docx", ".doc", ".wps", ".odt", ".rtf", ".ofd", ".html", ".htm"})
"""What a report may have been imported from, besides."""
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"#!"),
    *(b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"),
)
"""How programs for Windows, Linux and macOS begin, and scripts."""
_HOME = re.compile(rb"/home/\w|/Users/\w|/root/|[A-Za-z]:\\+Users\\")
_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


class Undecided(Exception):
    """A check cannot decide; its text says why."""


def digests(files: Files) -> Iterator[str]:
    """Every file of the payload is as the manifests say."""
    payload = {path: data for path, data in files.items() if path.startswith(bag.PAYLOAD)}
    for name, data in bag.manifests(payload).items():
        if files.get(name) != data:
            yield f"{name} 与文件不符"


def sizes(files: Files) -> Iterator[str]:
    """Every file of the payload has the size and digest that 元数据.xml states."""
    said = _read(files, metadata.FILE, metadata.stated)
    true = {
        path: (len(data), hashlib.sha256(data).hexdigest())
        for path, data in files.items()
        if path.startswith(bag.PAYLOAD)
    }
    yield from sorted(path for path in said.keys() | true if said.get(path) != true.get(path))


def source(files: Files) -> Iterator[str]:
    """The content file is the one that the PDF carries."""
    place = _place(files)
    embedded = _read(files, f"{place}{catalogue.MAIN}", attachments.sources)
    if not embedded:
        raise Undecided("正本中没有内嵌的内容文件")
    if embedded != [_read(files, f"{place}{catalogue.SOURCE}", bytes)]:
        yield f"正本内嵌的文件不是 {catalogue.SOURCE}"


def years(files: Files) -> Iterator[str]:
    """Content file, folder and metadata are of one year."""
    place = _place(files)
    stated = str(_read(files, f"{place}{catalogue.SOURCE}", _toml).get("year"))
    year, date = _read(files, metadata.FILE, metadata.year_and_date)
    folder = place.removeprefix(catalogue.FOLDER).partition("/")[0]
    if {stated, folder} != {year}:
        yield f"内容文件为 {stated} 年，文件夹为 {folder} 年，元数据为 {year} 年"
    if date[:4] < year:
        yield f"日期 {date} 早于年度 {year}"


def listed(files: Files) -> Iterator[str]:
    """文件目录.XML lists every file of 电子档案, each once, and nothing else."""
    said = _read(files, catalogue.CATALOGUE_FILE, lambda data: list(catalogue.entries(data)))
    true = {path for path in files if path.startswith(catalogue.FOLDER)}
    yield from (f"目录重复：{path}" for path in sorted(set(said)) if said.count(path) > 1)
    yield from (f"目录有而文件没有：{path}" for path in sorted(set(said) - true))
    yield from (f"目录没有：{path}" for path in sorted(true - set(said)))


def events(files: Files) -> Iterator[str]:
    """Events follow without a gap, and tell of a stamp and a signature that are there."""
    yield from _read(files, journal.EVENTS_FILE, journal.gaps)
    remark = _read(files, metadata.FILE, metadata.summary)["remark"]
    happened = _read(files, journal.EVENTS_FILE, parse)
    done = {event.action for event in happened}
    if State.UNSTAMPED not in remark and Action.STAMP not in done:
        yield "正本已用印，而没有用印的记录"
    if State.SIGNED in remark and Action.SIGN not in done:
        yield "正本有电子签名，而没有签名的记录"


def readable(files: Files) -> Iterator[str]:
    """Texts are UTF-8; XML, JSON and TOML can be parsed."""
    parsers: Mapping[str, Callable[[bytes], object]] = {
        ".xml": xmltext.read,
        ".json": json.loads,
        ".jsonl": lambda data: [json.loads(line) for line in data.splitlines()],
        ".toml": _toml,
    }
    for path, data in files.items():
        suffix = _suffix(path)
        if path.startswith(ORIGINALS) or suffix not in _TEXTS:
            continue
        try:
            parsers.get(suffix, bytes.decode)(data)
        except (ValueError, RecursionError):
            yield path


def formats(files: Files) -> Iterator[str]:
    """Only formats that are kept for long; originals may be what offices write."""
    for path in files:
        more = ORIGINAL_FORMATS if path.startswith(ORIGINALS) else frozenset()
        if _suffix(path) not in FORMATS | more:
            yield path


def portable(files: Files) -> Iterator[str]:
    """Names that every system can keep."""
    yield from (f"{names.shown(path)}：{why}" for path in files if (why := names.problem(path)))
    yield from (f"{path} 与 {other} 重名" for path, other in names.clashes(files))


def programs(files: Files) -> Iterator[str]:
    """No file begins as a program or a script does."""
    yield from (path for path, data in files.items() if data.startswith(_PROGRAMS))


def active(files: Files) -> Iterator[str]:
    """Nothing in an original runs by itself."""
    return _of_originals(files, originals.active)


def outside(files: Files) -> Iterator[str]:
    """No original loads what is not in it."""
    return _of_originals(files, originals.outside)


def hidden(files: Files) -> Iterator[str]:
    """No hidden file, no empty one."""
    for path, data in files.items():
        if any(part.startswith(".") for part in path.split("/")):
            yield f"隐藏文件 {path}"
        if not data:
            yield f"空文件 {path}"


def private(files: Files) -> Iterator[str]:
    """No folder of a person in what programs wrote, and no private key anywhere."""
    for path, data in files.items():
        written = path.startswith(("metadata/", "data/其他/排版/")) and _suffix(path) in _TEXTS
        if written and _HOME.search(data):
            yield f"个人文件夹的路径：{path}"
        if _KEY.search(data):
            yield f"私钥：{path}"


def _of_originals(files: Files, look: Callable[[str, bytes], Iterator[str]]) -> Iterator[str]:
    found, unread = [], []
    own = [path for path in files if path.startswith(ORIGINALS)]
    for path in own:
        name = path.removeprefix(ORIGINALS)
        try:
            found += [f"{name}：{what}" for what in look(name, files[path])]
        except FileProblem as problem:
            unread.append(problem.message.removesuffix("。"))
    if not found and (unread or not own):
        raise Undecided("；".join(unread) or "没有原件")
    yield from found


def _place(files: Files) -> str:
    """The folder of the record itself."""
    for path in files:
        if path.startswith(catalogue.FOLDER) and path.endswith(f"/{catalogue.MAIN}"):
            return path.removesuffix(catalogue.MAIN)
    raise ValueError(f"缺少 {catalogue.MAIN}")


def _read(files: Files, path: str, parse: Callable[[bytes], T]) -> T:
    """What a file says."""
    if path not in files:
        raise ValueError(f"缺少 {path}")
    try:
        return parse(files[path])
    except (ValueError, RecursionError):
        raise ValueError(f"读不出 {path}") from None


def _toml(data: bytes) -> dict[str, Any]:
    return tomllib.loads(data.decode())


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
