"""Commands of the seal: stamp, and the register of every stamping."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import events, listing, project, usage
from pipeline.cli.options import Content, Fonts, Jobs, Layouts, Out, reason_of, shown, words
from pipeline.errors import ExitCode, FileProblem, UsageError
from pipeline.project import Project
from pipeline.terminal import data, say

if TYPE_CHECKING:
    from pipeline.stamping.audit import Audit

register_app = typer.Typer(
    cls=usage.Group, help="用印登记簿：查看，核对。", rich_markup_mode=None, add_completion=False
)
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="机关", help="机关的文件夹名，或登记簿文件；不写则为全部"),
]


def stamp_report(  # noqa: PLR0913, PLR0917  # each is an option of the contract
    names: Annotated[
        list[str],
        typer.Argument(metavar="目标或PDF", help="如 dapan/2021，或已生成的 PDF；可以写多个"),
    ],
    seal: Annotated[
        Path | None,
        typer.Option("--seal", metavar="文件", help="印章文件（PDF、SVG 或透明底 PNG）"),
    ] = None,
    no_seal: Annotated[
        bool, typer.Option("--no-seal", help="只落署名和日期，留出盖章的位置")
    ] = False,
    date: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="成文日期")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="姓名", help="经手人，缺省为登录名；记入登记簿")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="内容已改动或有错误，仍要用印；须写 --reason")
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="强制用印的理由，记入登记簿")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="文件", help="输出文件")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="目标有多份年报的，全部用印，如 2021 --all")
    ] = False,
    jobs: Jobs = None,
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
    out: Out = None,
) -> int:
    """落款、用印，另存为 stamped.pdf，并记入登记簿；不改动原文件。"""  # noqa: D400, D415  # Chinese
    from pipeline.cli import impressions  # noqa: PLC0415  # what stamps is needed here only
    from pipeline.stamping.imprint import Order  # noqa: PLC0415  # as above

    if seal and no_seal:
        raise UsageError("--seal 和 --no-seal 不能同时使用。", "请只写其中一个。")
    order = Order(
        force=reason_of(force, reason, "用印"),
        by=events.login() if by is None else words("--by", by),
        time=events.moment(),
        seal_file=seal,
        no_seal=no_seal,
        date=_day(date),
        output=output,
    )
    folders = project.find(content, layouts, fonts, out)
    chosen = impressions.choose(folders, names, every=every)
    if len(chosen) > 1 and (output or force):
        what = "--output" if output else "--force"
        raise UsageError(f"{what} 只能用于一份年报。", "请逐份用印。")
    return impressions.stamp(chosen, folders, order, jobs)


@register_app.command("verify", cls=usage.Command)
def verify_registers(names: Names = None, content: Content = None, out: Out = None) -> int:
    """核对登记簿：有没有被改、删、插、调换，已用印的文件是否都有登记。"""  # noqa: D400, D415  # Chinese
    audits = _audits(project.find(content, out=out), names)
    for audit in audits:
        path = shown(audit.path)
        for fault in audit.faults:
            data(listing.printable(f"{path}：{fault}"))
        if not audit.faults:
            last = str(audit.entries[-1]["digest"])
            data(f"{path}：{len(audit.entries)} 条，没有被改动，最后一条的摘要 {last}。")
        for note in audit.notes:
            say(listing.printable(f"注意：{note}"))
    wrong = sum(bool(audit.faults) for audit in audits)
    say(f"共核对登记簿 {len(audits)} 本，{wrong} 本有问题。")
    return ExitCode.VERIFICATION if wrong else ExitCode.OK


@register_app.command("show", cls=usage.Command)
def show_registers(names: Names = None, content: Content = None, out: Out = None) -> int:
    """列出登记簿中的各条，不作核对。"""  # noqa: D400, D415  # Chinese
    unread = False
    for audit in _audits(project.find(content, out=out), names):
        data(str(shown(audit.path)))
        if audit.faults and not audit.entries:
            say(listing.printable(f"错误：{shown(audit.path)}：{audit.faults[0]}"))
            unread = True
        for entry in audit.entries:
            for line in listing.stamping(entry):
                data(listing.printable(f"  {line}"))
    return ExitCode.VERIFICATION if unread else ExitCode.OK


def _audits(folders: Project, names: list[str] | None) -> "list[Audit]":
    from pipeline.stamping import audit  # noqa: PLC0415  # as above

    found: list[audit.Audit] = []
    known = audit.offices(folders)
    for given in names or known:
        name = given.rstrip("/")
        if name.endswith(".toml"):
            if not Path(name).is_file():
                raise FileProblem(f"没有这个文件：{name}。", "请核对路径。")
            found.append(audit.single(Path(name)))
        elif name in known:
            found += known[name]
        else:
            hint = f"有登记簿的机关：{'、'.join(known) or '无'}。"
            raise UsageError(f"没有登记簿：{name}。", hint)
    return found


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"日期无法识别：{text}。", "请写成 2022-01-13 的样子。") from error
