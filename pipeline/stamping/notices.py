"""What somebody should know of a stamping that was not refused."""

import datetime as dt
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.content import approvals
from pipeline.stamping.origin import Objection, Origin
from pipeline.stamping.seal import Seal

_OTHERS = stat.S_IROTH | stat.S_IWOTH


def forced(reason: str | None, against: Collection[Objection]) -> Iterator[str]:
    """What was forced; or that nothing was."""
    if reason is not None and not against:
        yield "没有需要强制的情形，照常用印；--reason 没有记入登记簿。"
    for each in against:
        yield f"强制用印，理由记入登记簿：{each.message}"


def unknown(origin: Origin) -> Iterator[str]:
    """What could not be looked at, of a PDF whose content file is not known."""
    if origin.target is None:
        yield (
            "没有找到生成这份 PDF 的内容文件：内容有没有改动、有没有错误，无法核对；"
            "登记簿写在输出文件旁边。"
        )


def unapproved(origin: Origin, day: dt.date) -> Iterator[str]:
    """Which steps of the approval are missing, and which came after the date that was set."""
    if origin.content is None:
        yield "PDF 中没有附内容文件，审签情况无法核对。"
        return
    for approval in origin.approvals:
        if origin.passport.date is None and approval.date > day:
            yield f"{approval.role.label}日期 {approval.date} 晚于成文日期 {day}。"
    if missing := approvals.missing(origin.approvals):
        names = "、".join(f"{role.label}（{role}）" for role in missing)
        yield f"没有审签：{names}。请在内容文件中用 [[approvals]] 写明，重新生成后再用印。"


def exposed(file: Path | None, seal: Seal | None, specimens: Collection[str]) -> Iterator[str]:
    """That everybody on this machine can read a seal's file, or write over it."""
    if file is None or seal is None or seal.digest in specimens:
        return
    with suppress(OSError):  # it was there a moment ago
        if file.stat().st_mode & _OTHERS:
            hint = "请收紧权限，例如 chmod 600，并由专人保管。"
            yield f"印章文件 {seal.title} 对本机所有用户开放，谁都能拿去盖章。{hint}"
