"""The command that makes a report anew whenever something is saved."""

from typing import Annotated

import typer

from pipeline import project, viewers
from pipeline.cli.options import Content, Fonts, Layouts, Limit, Out
from pipeline.errors import ExitCode, UsageError
from pipeline.processes import TIME_LIMIT
from pipeline.terminal import say


def watch_report(  # noqa: PLR0913, PLR0917  # each is an option of the contract
    name: Annotated[
        str, typer.Argument(metavar="目标", help="一份年报，如 dapan/2021，或一个 .toml 文件")
    ],
    draft: Annotated[
        bool, typer.Option("--draft", help="送审稿：有错误也排版，生成 draft.pdf")
    ] = False,
    show: Annotated[
        bool, typer.Option("--open", help="用阅读器打开 PDF；保存后阅读器自动刷新")
    ] = False,
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
    out: Out = None,
    limit: Limit = TIME_LIMIT,
) -> int:
    """监视一份年报，保存后立即检查并生成；按 Ctrl-C 停止。"""  # noqa: D400, D415  # Chinese
    from pipeline.cli import renewal  # noqa: PLC0415  # what typesets is needed here only

    folders = project.find(content, layouts, fonts, out)
    target, *others = project.targets(folders, [name])
    if others:
        raise UsageError(f"{name} 不止一份年报。", "一次只能监视一份，如 dapan/2021。")
    viewer = viewers.find() if show else []
    if show and not viewer:
        say("注意：没有找到能打开 PDF 的阅读器。请自行打开生成的文件。")
    say(f"正在监视 {target.shown}，以及本机关的信息、上年的年报、格式和字体。")
    say("保存后自动检查并生成。按 Ctrl-C 停止。")
    renewal.renew(target, folders, draft=draft, limit=limit, viewer=viewer)
    return ExitCode.OK
