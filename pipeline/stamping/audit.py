"""Verifying seal registers: their chains, and the stamped files that they must know."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import files
from pipeline.errors import FileProblem, UserError
from pipeline.project import Project
from pipeline.stamping import chain, register
from pipeline.stamping.imprint import STAMPED

_USUAL = re.compile(rf"[^/]+/[^/]+/{re.escape(STAMPED)}")
"""Where `stamp` puts a file that nobody puts elsewhere, in the output folder."""


@dataclass(frozen=True, slots=True)
class Audit:
    """A register with its entries, what is wrong, and what somebody should know."""

    path: Path
    entries: tuple[chain.Values, ...]
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def offices(folders: Project) -> list[str]:
    """The folders of offices that have a register, or a stamped file that ought to be in one."""
    found = {path.parent.name for path in folders.content.glob(f"*/{register.ALL}")}
    stamped = {path.parts[0] for path in _stamped(folders.out)}
    return sorted(found | {name for name in stamped if (folders.content / name).is_dir()})


def office(folders: Project, name: str) -> list[Audit]:
    """The registers of an office's folder, each with what is wrong.

    The stamped files are read first: what is stamped meanwhile has its entry before its file.

    Raises:
        FileProblem: a stamped file cannot be read.
    """
    stamped = {
        path.as_posix(): _digest(folders.out / path)
        for path in _stamped(folders.out)
        if path.parts[0] == name
    }
    folder = folders.content / name
    audits = {path: single(path) for path in sorted(folder.glob(register.ALL))}
    main = audits.setdefault(folder / register.NAME, Audit(folder / register.NAME, ()))
    known = {str(entry.get("after")) for audit in audits.values() for entry in audit.entries}
    unknown = [
        f"没有登记：{folders.out / file}。末尾的条目可能被删，或者这份文件不是用本程序盖的章。"
        for file, digest in stamped.items()
        if digest not in known
    ]
    notes = (*_absent(main, folders.out, stamped), *_left(folders.out, stamped))
    audits[main.path] = replace(main, faults=(*main.faults, *unknown), notes=notes)
    return [each for each in audits.values() if each.entries or each.faults]


def _stamped(out: Path) -> list[Path]:
    """The stamped files in the output folder, from there, and those that were on their way."""
    patterns = (f"*/*/{STAMPED}", f"*/*/.{STAMPED}.*")
    return [path.relative_to(out) for each in patterns for path in sorted(out.glob(each))]


def single(path: Path) -> Audit:
    """One register: its chain."""
    try:
        values = register.read(path)
    except UserError as error:
        return Audit(path, (), (error.message,))
    entries = tuple(chain.entries_of(values))
    return Audit(path, entries, tuple(map(str, chain.faults(values))))


def _absent(main: Audit, out: Path, stamped: Mapping[str, str]) -> Iterator[str]:
    """Files of the output folder that are not those which were entered last."""
    last = {str(entry.get("file")): (number, entry) for number, entry in enumerate(main.entries, 1)}
    for file, (number, entry) in last.items():
        if _USUAL.fullmatch(file) and stamped.get(file) != entry.get("after"):
            yield (
                f"第 {number} 条登记的文件不在 {out / file}：可能已移走，"
                "或者用印时中断了；没有拿到文件的，请再用印一次。"
            )


def _left(out: Path, stamped: Mapping[str, str]) -> Iterator[str]:
    """Files that a stamping which was ended in the middle has left under a name of its own."""
    for file in stamped:
        if not file.endswith(f"/{STAMPED}"):
            yield f"用印中断时留下的文件，请删去：{out / file}。"


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        why = files.reason(error)
        raise FileProblem(f"无法读取：{path}（{why}）。", "请检查路径和权限。") from error
