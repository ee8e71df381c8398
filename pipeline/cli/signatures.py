"""The command that signs reports."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline import events, project
from pipeline.cli.options import Content, Out, shown
from pipeline.errors import ExitCode
from pipeline.events import Action
from pipeline.project import Project, Target
from pipeline.terminal import say


def sign_report(  # noqa: PLR0913, PLR0917  # each is an option of the contract
    name: Annotated[str, typer.Argument(metavar="目标或PDF", help="如 dapan/2021，或已用印的 PDF")],
    certificate: Annotated[
        Path, typer.Option("--certificate", metavar="文件", help="签名证书（.p12、.pfx）")
    ],
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            metavar="文件",
            help="证书密码所在的文件；也可用环境变量 NIANBAO_SIGN_PASSWORD，或在提示时输入",
        ),
    ] = None,
    visible: Annotated[
        bool, typer.Option("--visible", help="点击印章可以看到签名；印章上不画任何东西")
    ] = False,
    timestamp: Annotated[
        str | None,
        typer.Option(
            "--timestamp",
            metavar="网址",
            envvar="NIANBAO_TIMESTAMP",
            show_default=False,
            help="时间戳服务（RFC 3161）；不写则不联网、不加时间戳",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="文件", help="输出文件")
    ] = None,
    content: Content = None,
    out: Out = None,
) -> int:
    """数字签名，另存为 signed.pdf；总是最后一步，不改动原文件。"""  # noqa: D400, D415  # Chinese
    from pipeline.signing import extra  # noqa: PLC0415  # no other command needs it

    extra.require()
    from pipeline.signing import issue, password, verdict  # noqa: PLC0415  # `issue` imports it

    folders = project.find(content, out=out)
    report = issue.source(folders, name)
    wish = issue.Wish(
        certificate,
        lambda: password.password(password_file, str(certificate)),
        events.moment(),
        visible,
        timestamp or None,
        output,
    )
    made = issue.issue(report, wish)
    holder = made.signature.certificate.holder if made.signature.certificate else ""
    for target in _target(folders, report):
        signed = events.Event(wish.time, Action.SIGN, events.login(), holder)
        events.add(target.log(folders), signed)
    for warning in made.warnings:
        say(f"注意：{warning}")
    for line in verdict.lines(made.signature):
        say(line)
    say(f"已生成 {shown(made.path)}")
    return ExitCode.OK


def _target(folders: Project, report: Path) -> list[Target]:
    """The target in whose folder a report lies; none elsewhere."""
    known = project.known(folders)
    return [
        each for each in known if each.output(folders, report.name).resolve() == report.resolve()
    ]
