"""From a stamped report on disk to the signed file beside it: the edges of `sign`."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import build, files
from pipeline.errors import Refused
from pipeline.pdf.passport import Passport
from pipeline.project import Project, Target
from pipeline.signing import certificates, document, examination, sign
from pipeline.signing.certificates import Identity
from pipeline.signing.document import Document
from pipeline.signing.examination import SIGNED
from pipeline.signing.timestamps import Service
from pipeline.signing.verdict import Signature
from pipeline.stamping import origin, registration, soundness
from pipeline.stamping.imprint import STAMPED

_LARGEST = 64 << 20  # bytes of a report
_LARGEST_CERTIFICATE = 1 << 20  # bytes
_OTHERS = 0o004
"""The permission of everybody to read a file."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The signed file, its signature as it was read back, and what somebody should look at."""

    path: Path
    signature: Signature
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a report is to be signed; `password` is asked for when everything else is in order."""

    certificate: Path
    password: Callable[[], str]
    time: dt.datetime
    visible: bool = False
    timestamp: str | None = None
    """Address of a timestamp service."""
    output: Path | None = None


def source(folders: Project, name: str) -> Path:
    """The report that a command line names: a PDF, or a target's stamped.pdf.

    Every report bears at least name and date, so that there is always something to stamp.

    Raises:
        UsageError: it names several reports.
        FileProblem: there is no such file.
        Refused: it is not what was stamped, or its content or office has changed since.
    """
    hint = "请先运行 nianbao stamp {}；不盖电子印章的，加上 --no-seal。"
    path, target = origin.locate(folders, name, STAMPED, "还没有落款、用印", hint)
    pdf = files.load(path, _LARGEST)
    passport = document.read(pdf).passport
    target = target or origin.owner(folders, path, pdf, passport)
    if target is not None and passport.stamped is not None:
        _require_registered(path, pdf, passport, target)
    return path


def _require_registered(path: Path, pdf: bytes, passport: Passport, target: Target) -> None:
    """A stamped file is one that the office's register has, of content that is what it was.

    Content that had changed before it was stamped was somebody's decision, with a reason.
    """
    found = registration.find(target.path.parent, hashlib.sha256(pdf).hexdigest())
    commands = f"nianbao build {target}，nianbao stamp {target}"
    if found.entry is None or found.fault:
        why = found.fault or "用印登记簿中没有这个文件，可能在用印以后改动过"
        raise Refused(f"不能签名：{path}，{why}。", f"请查明原因；重新生成、用印：{commands}。")
    if "stale" not in (found.entry.get("overridden") or ()):
        for change in origin.changes(target, passport):
            raise Refused(change.message, f"请重新生成、用印（{commands}），然后再签名。")


def issue(report: Path, wish: Wish) -> Issued:
    """Sign a report into a new file, which is read back before it is written.

    Raises:
        UsageError: the password or the timestamp service's address is wrong.
        Refused: the signature would not hold, the output is the input, or it is a file of
            another kind.
        FileProblem: a file cannot be read or written.
    """
    path = wish.output or report.with_name(
        SIGNED if report.name in {STAMPED, build.REPORT} else f"{report.stem}-{SIGNED}"
    )
    _check_output(path, (report, wish.certificate))
    service = Service(wish.timestamp) if wish.timestamp else None
    signed = document.read(files.load(report, _LARGEST))
    signed.place(wish.visible)
    data = files.load(wish.certificate, _LARGEST_CERTIFICATE, piped=True)
    identity = certificates.load(data, wish.password(), wish.time)
    with soundness.blamed(signed.pdf, document.AGAIN):
        made = sign.sign(
            signed, identity, time=wish.time, visible=wish.visible, timestamper=service
        )
        signature = _read_back(made)
    files.write(path, made)
    return Issued(path, signature, tuple(_warnings(signed, identity, wish.certificate)))


def _read_back(pdf: bytes) -> Signature:
    """The one signature of the file, which holds; only a timestamp can be of others' making."""
    (signature,) = examination.examine(pdf)
    if signature.timestamp is not None and not signature.timestamp.intact:
        raise Refused("时间戳服务给出的时间戳不是这个签名的。", "请换用别的时间戳服务。")
    if not signature.holds:
        raise Refused(
            f"签名后核对不通过，没有写出文件。{signature.problem}", "请将此信息交给维护人员。"
        )
    return signature


def _check_output(path: Path, inputs: tuple[Path, ...]) -> None:
    """Refuse what is no PDF by its name, an input, and a file that is not one we signed."""
    if path.suffix.lower() != ".pdf":
        raise Refused(f"输出文件名须以 .pdf 结尾：{path}。", "请换一个文件名。")
    for given in inputs:
        if path.resolve() == given.resolve():
            raise Refused(
                f"输出文件就是输入文件：{given}。", "签名从不改动原文件，请换一个文件名。"
            )
    if path.exists() and not _is_earlier(files.load(path, _LARGEST)):
        raise Refused(
            f"已有这个文件，不能覆盖：{path}。",
            "只能覆盖先前签名生成的 PDF；请换一个文件名，或先移走这个文件。",
        )


def _is_earlier(pdf: bytes) -> bool:
    """Whether it is a report that was signed before."""
    return examination.is_signed(pdf) and document.is_ours(pdf)


def _warnings(signed: Document, identity: Identity, file: Path) -> Iterator[str]:
    agency = signed.passport.agency
    if signed.passport.stamped is None:
        yield "这份报告还没有署名、日期和印章；签名以后不能再用印。"
    if identity.self_signed:
        yield "这是自签名证书，只能发现改动，不能证明是谁签的名。"
    if not identity.names(agency):
        holder = identity.certificate.subject.rfc4514_string()
        yield f"证书持有者（{holder}）与报告的机关（{agency}）名称不同，请核对。"
    if file.stat().st_mode & _OTHERS:
        yield f"证书文件人人可读：{file}。请收紧权限（chmod 600）。"
