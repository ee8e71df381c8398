"""What several commands share: their options, and how they show paths and data."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.errors import UsageError
from pipeline.processes import TIME_LIMIT
from pipeline.terminal import data

_LONGEST = 500  # characters of a name or a reason

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="目标", help="如 dapan/2021、dapan、2021 或一个 .toml 文件；不写则为全部"
    ),
]
Content = Annotated[Path | None, typer.Option("--content", metavar="文件夹", help="内容文件夹")]
Layouts = Annotated[Path | None, typer.Option("--layouts", metavar="文件夹", help="格式文件夹")]
Fonts = Annotated[Path | None, typer.Option("--fonts", metavar="文件夹", help="字体文件夹")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="文件夹", help="输出文件夹，缺省 build/")
]
Format = Annotated[
    Literal["text", "json"], typer.Option("--format", metavar="格式", help="text 或 json")
]
Limit = Annotated[
    float,
    typer.Option(
        "--time-limit",
        metavar="秒",
        min=0.1,
        envvar="NIANBAO_TIME_LIMIT",
        show_default=False,
        help=f"每份年报排版的时限，缺省 {TIME_LIMIT:g}",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="个数", min=1, show_default=False,
        help="同时使用的进程数，缺省为可用的处理器数",
    ),
]  # fmt: skip


def reason_of(force: bool, reason: str | None, deed: str) -> str | None:
    """Why something is forced; None where it is not. `deed` is what, in Chinese.

    Raises:
        UsageError: one of the two options is missing, or the reason is empty.
    """
    if force != (reason is not None):
        raise UsageError("--force 和 --reason 要一起写。", f"强制{deed}要写明理由。")
    return None if reason is None else words("--reason", reason)


def words(option: str, text: str) -> str:
    """What a person wrote for a register or a log, in one line.

    Raises:
        UsageError: nothing is left of it, it is too long, or it cannot be shown.
    """
    plain = " ".join(text.encode("utf-8", "replace").decode().split())
    if not plain:
        raise UsageError(f"{option} 是空的。", "请写明。")
    if len(plain) > _LONGEST or not plain.isprintable():
        raise UsageError(f"{option} 太长，或有不能显示的字符。", f"请不超过 {_LONGEST} 个字。")
    return plain


def shown(path: Path) -> Path:
    """A path as messages name it: from the current folder where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    data(json.dumps(value, ensure_ascii=False, indent=2))
