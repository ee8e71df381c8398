"""From a report on disk to the stamped file beside it and its entry in the register: the edges.

The stamped file lies beside its place, whole, before the entry is written, and takes its place
after: whatever ends the program, there is no stamped file without an entry.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline import build, files
from pipeline.checking import Stock
from pipeline.errors import FileProblem, Refused, UserError
from pipeline.findings import Finding
from pipeline.project import Project
from pipeline.signature import Kind
from pipeline.stamping import chain, conditions, notices, register, seal, soundness, stamp
from pipeline.stamping.origin import Objection, Origin, objections

STAMPED = "stamped.pdf"
SPECIMEN = "specimen"
"""Stands on the command line for the specimen seal that the program ships."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a report is to be stamped, by whom, and when; `force` is a reason, or None."""

    by: str
    time: dt.datetime
    seal_file: Path | None = None
    no_seal: bool = False
    date: dt.date | None = None
    output: Path | None = None
    force: str | None = None


@dataclass(frozen=True, slots=True)
class Imprint:
    """The stamped file, its entry in the register, and what somebody should look at."""

    path: Path
    register: Path
    number: int
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...]


def imprint(
    origin: Origin, folders: Project, order: Order, stock: Stock, *, current: bool = False
) -> Imprint:
    """Stamp a report into a new file, and write it down.

    `current`: its content, as it is now, was checked when the report was built.

    Raises:
        Refused: the stamp would not hold, the content has changed or has errors and nobody forces
            it, the output is the input or a file of another kind, or the register has faults.
        FileProblem: a file cannot be read or written.
    """
    path = order.output or origin.path.with_name(
        STAMPED if origin.path.name == build.REPORT else f"{origin.path.stem}-{STAMPED}"
    )
    _check_output(path, origin, order)
    conditions.check_report(origin.passport)
    against = tuple(objections(origin, stock, checked=current))
    if against and order.force is None:
        raise _refused(against)
    pressed = _seal(order.seal_file, folders, origin.passport.seal_diameter)
    specimens = stamp.specimen_digests(folders.layouts)
    with soundness.blamed(origin.pdf, conditions.REBUILD):
        made = stamp.stamp(
            origin.pdf,
            date=order.date,
            seal=pressed,
            fonts=stock.fonts,
            specimens=specimens,
            no_seal=order.no_seal,
        )
    written = _written(origin, order, made.pdf, pressed, against, _file(path, folders))
    folder = origin.target.path.parent if origin.target else path.parent
    with register.held(folder) as book, files.staged(path, made.pdf):
        number = book.append(written)
    warnings = (
        *made.warnings,
        *notices.exposed(order.seal_file, pressed, specimens),
        *notices.unapproved(origin, written.date),
        *notices.forced(order.force, against),
        *notices.unknown(origin),
    )
    found = tuple(finding for each in against for finding in each.findings)
    return Imprint(path, book.path, number, warnings, found)


def _written(  # noqa: PLR0913, PLR0917  # each is part of what is written down
    origin: Origin,
    order: Order,
    made: bytes,
    pressed: seal.Seal | None,
    against: tuple[Objection, ...],
    file: str,
) -> chain.Stamping:
    """What the register says of it."""
    report = stamp.passport_of(made)
    assert report.stamped is not None  # noqa: S101  # it was stamped just now
    left: Literal["ink", "none"] = "ink" if report.signature is Kind.SEALED else "none"
    return chain.Stamping(
        time=order.time,
        agency=report.agency,
        year=origin.year,
        sample=report.sample,
        date=report.stamped.date,
        file=file,
        before=hashlib.sha256(origin.pdf).hexdigest(),
        after=hashlib.sha256(made).hexdigest(),
        seal="file" if pressed else left,
        seal_file=_plain(pressed.title) if pressed else None,
        seal_digest=pressed.digest if pressed else None,
        by=order.by,
        approvals=[chain.Step.of(approval) for approval in origin.approvals],
        forced=order.force if against else None,
        overridden=list(dict.fromkeys(each.kind for each in against)) or None,
    )


def _file(path: Path, folders: Project) -> str:
    """A stamped file as the register names it: no folder of this machine."""
    full, out = path.resolve(), folders.out.resolve()
    return _plain(full.relative_to(out).as_posix() if full.is_relative_to(out) else path.name)


def _plain(name: str) -> str:
    """A file's name as text that can be written, whatever bytes it is of."""
    return name.encode("utf-8", "backslashreplace").decode()


def _refused(against: tuple[Objection, ...]) -> Refused:
    found = [finding for each in against for finding in each.findings]
    told = "".join(each.message for each in against)
    hint = f"{against[0].hint}确需照此用印的，加上 --force --reason 理由，理由记入登记簿。"
    return Refused(told, hint, found)


def _check_output(path: Path, origin: Origin, order: Order) -> None:
    """Refuse an input, what is no PDF by its name, and a file that is not one we stamped."""
    for given in (origin.path, order.seal_file):
        if given is not None and path.resolve() == given.resolve():
            raise Refused(
                f"输出文件就是输入文件：{given}。", "用印从不改动原文件，请换一个文件名。"
            )
    if path.suffix.lower() != ".pdf":
        raise Refused(f"输出文件名须以 .pdf 结尾：{path}。", "请换一个文件名。")
    try:
        earlier = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        why = files.reason(error)
        raise FileProblem(f"无法读取：{path}（{why}）。", "请检查路径和权限。") from error
    try:
        ours = stamp.passport_of(earlier).stamped is not None
    except UserError:
        ours = False
    if not ours:
        raise Refused(
            f"已有这个文件，不能覆盖：{path}。",
            "只能覆盖先前用印生成、没有数字签名的 PDF；请换一个文件名，或先移走这个文件。",
        )


def _seal(file: Path | None, folders: Project, diameter: float) -> seal.Seal | None:
    if file is None:
        return None
    shipped = str(file) == SPECIMEN
    return seal.load(folders.layouts / "specimen-seal.svg" if shipped else file, diameter)
