"""What several commands share: their options, and how they show paths and data."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.processes import TIME_LIMIT
from pipeline.terminal import data

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


def shown(path: Path) -> Path:
    """A path as messages name it: from the current folder where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    data(json.dumps(value, ensure_ascii=False, indent=2))
