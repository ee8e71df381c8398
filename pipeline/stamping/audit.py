"""Verifying seal registers: their entries, and the stampings that they must know.

These show in the output folder, by the files that were stamped and the logs of what was done.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from pikepdf import Pdf

from pipeline import events, files
from pipeline.errors import FileProblem, UserError
from pipeline.pdf.passport import KEY, Passport
from pipeline.project import LOG, Project
from pipeline.stamping import chain, register, stamp
from pipeline.stamping.imprint import STAMPED

_USUAL = re.compile(rf"[^/]+/[^/]+/{re.escape(STAMPED)}")
"""Where `stamp` puts a file that nobody puts elsewhere, in the output folder."""
_END = re.compile(rb"%%EOF\r?\n?")
_MOST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Audit:
    """A register with its entries, what is wrong, and what somebody should know."""

    path: Path
    entries: tuple[chain.Values, ...]
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stamped:
    """A stamped file in the output folder, and its digest; `before` are those of its versions.

    Only what was signed since has any.
    """

    file: str
    digest: str
    before: frozenset[str] = frozenset()


def offices(folders: Project) -> dict[str, list[Audit]]:
    """The registers of every office, by its folder; none of those that have stamped nothing.

    Raises:
        FileProblem: a stamped file cannot be read.
    """
    names = sorted(path.name for path in folders.content.glob("*/"))
    return {name: audits for name in names if (audits := _office(folders, name))}


def single(path: Path) -> Audit:
    """One register: its chain."""
    try:
        contents = register.read(path)
    except UserError as error:
        return Audit(path, (), (error.message,))
    return Audit(path, tuple(chain.entries_of(contents.values)), contents.faults)


def _office(folders: Project, name: str) -> list[Audit]:
    """The registers of an office, beside its content and its outputs, each with what is wrong.

    The stamped files are read first: what is stamped meanwhile has its entry before its file.
    """
    stamped = list(_stamped(folders.out, name))
    beside = (folders.content / name).glob(register.ALL), (folders.out / name).rglob(register.ALL)
    audits = {path: single(path) for found in beside for path in sorted(found)}
    entries = [entry for audit in audits.values() for entry in audit.entries]
    faults = [
        f"没有登记：{folders.out / each.file}。末尾的条目可能被删，或者这份文件不是用本程序盖的章。"
        for each in stamped
        if not {each.digest, *each.before} & {str(entry.get("after")) for entry in entries}
    ]
    faults += _unwritten(folders.out, name, entries)
    if not audits and faults:
        faults.insert(0, "没有登记簿，而本机关用过印：可能被删。请从备份恢复。")
    path = folders.content / name / register.NAME
    main = audits.get(path, Audit(path, ()))
    notes = (*_absent(main, folders.out, stamped), *_left(folders.out, stamped))
    audits[path] = replace(main, faults=(*main.faults, *faults), notes=notes)
    return [each for each in audits.values() if each.entries or each.faults]


def _stamped(out: Path, name: str) -> Iterator[_Stamped]:
    """The stamped PDFs of an office in the output folder, and those that were on their way there.

    What is called `stamped.pdf` ought to be one, whatever it is.
    """
    for path in sorted((out / name).rglob("*")):
        if ".pdf" not in path.name.lower() or not path.is_file():
            continue
        data = files.whole(path, _MOST_BYTES)
        usual = path.name == STAMPED or path.name.startswith(f".{STAMPED}.")
        bears, signed = _told(data)
        if usual or bears:
            before = _versions(data) if signed and not usual else frozenset()
            file = path.relative_to(out).as_posix()
            yield _Stamped(file, hashlib.sha256(data).hexdigest(), before)


def _told(pdf: bytes) -> tuple[bool, bool]:
    """Whether a PDF tells that this program stamped it, and whether it is signed."""
    try:
        with Pdf.open(BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as document:
            written = document.docinfo.get(KEY)
            bears = written is not None and Passport.from_json(str(written)).stamped is not None
            return bears, bears and stamp.is_signed(document)
    except Exception:  # noqa: BLE001  # whatever a file that is no report of ours makes it raise
        return False, False


def _versions(pdf: bytes) -> frozenset[str]:
    """The digests of a PDF as it was before each of its updates."""
    found, digest, start = set(), hashlib.sha256(), 0
    for end in _END.finditer(pdf):
        digest.update(pdf[start : end.end()])
        found.add(digest.hexdigest())
        start = end.end()
    return frozenset(found)


def _unwritten(out: Path, name: str, entries: Iterable[chain.Values]) -> Iterator[str]:
    """What is wrong with the logs of an office: stampings without an entry, or they are broken.

    A log is that of one year's report; several of an office may be stamped in one second.
    """
    written = Counter((entry.get("time"), str(entry.get("year"))) for entry in entries)
    for path in sorted((out / LOG / name).glob("*.jsonl")):
        try:
            happened = events.read(path)
        except FileProblem as problem:
            yield problem.message
            continue
        told = Counter(each.time for each in happened if each.action is events.Action.STAMP)
        for time, times in told.items():
            if written[time, path.stem] < times:
                yield f"没有登记：过程记录 {path} 中 {time} 的用印。条目可能被删。"


def _absent(main: Audit, out: Path, stamped: Collection[_Stamped]) -> Iterator[str]:
    """Files of the output folder that are not those which were entered last."""
    there = {each.file: each.digest for each in stamped}
    last = {str(entry.get("file")): (number, entry) for number, entry in enumerate(main.entries, 1)}
    for file, (number, entry) in last.items():
        if _USUAL.fullmatch(file) and there.get(file) != entry.get("after"):
            yield (
                f"第 {number} 条登记的文件不在 {out / file}：可能已移走，"
                "或者用印时中断了；没有拿到文件的，请再用印一次。"
            )


def _left(out: Path, stamped: Collection[_Stamped]) -> Iterator[str]:
    """Files that a stamping which was ended in the middle has left under a name of its own."""
    for each in stamped:
        name = each.file.rpartition("/")[2]
        if name.startswith(".") and not name.lower().endswith(".pdf"):
            yield f"用印中断时留下的文件，请删去：{out / each.file}。"
