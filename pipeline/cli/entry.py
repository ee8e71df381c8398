"""The program: parses a command line, calls the command, and sets the exit code."""

import gc
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from types import FrameType
from typing import Annotated, Never

import typer

from pipeline import __version__, usage
from pipeline.errors import ExitCode, UsageError, UserError
from pipeline.terminal import data, say, say_error, set_up

COMMANDS = {
    "build": "reports.build_reports",
    "check": "reports.check_reports",
    "watch": "watch.watch_report",
    "new": "contents.start_year",
    "import": "contents.import_report",
    "stamp": "seals.stamp_report",
    "sign": "signatures.sign_report",
    "archive": "records.archive_reports",
    "verify": "records.verify_file",
    "diff": "contents.compare",
    "doctor": "knowledge.examine",
    "fonts": "knowledge.show_fonts",
    "forms": "knowledge.show_forms",
    "schema": "knowledge.show_schema",
    "explain": "knowledge.explain",
    "register": "seals.register_app",
}
"""The module and function of each command, or its group of commands: one that is not asked for is
not loaded."""

_SELDOM = 100_000
"""New objects between two looks for garbage: an eighth of the time goes where it is 700."""


def program(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The program with the commands of these names."""
    app = typer.Typer(
        name="nianbao",
        help="由 TOML 内容生成政府信息公开工作年度报告。",
        cls=usage.Group,
        invoke_without_command=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        callback=_options,
    )
    for name in names:
        module, _, function = COMMANDS[name].partition(".")
        command = getattr(import_module(f"pipeline.cli.{module}"), function)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name, cls=usage.Command)(command)
    return app


def main() -> None:
    """Run the command; every way out has its exit code."""
    set_up()
    gc.set_threshold(_SELDOM)
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupted)
    sys.exit(run(sys.argv[1:]))


def _interrupted(number: int, frame: FrameType | None) -> Never:  # noqa: ARG001  # as signal asks
    """A request to end is an interruption: what runs is ended, what is half done is removed."""
    raise KeyboardInterrupt


def run(arguments: Sequence[str]) -> int:
    """The exit code of a command line."""
    # Pydantic looks through all installed packages for plugins of its own; we have none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    app = program(arguments[:1] if {*arguments[:1]} & {*COMMANDS} else COMMANDS)
    try:
        code = app(list(arguments), prog_name="nianbao", standalone_mode=False)
    except UserError as error:
        say_error(error)
        return int(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):  # of typers that pass it on
        code = ExitCode.INTERRUPTED
    except Exception as error:
        # typer's own usage errors have no public type: they are known by what they can do.
        if not hasattr(error, "format_message"):
            raise
        told = usage.explained(error.format_message())
        say_error(UsageError(f"命令行有误：{told}", "用法见 nianbao --help。"))
        return int(ExitCode.USAGE)
    if code == ExitCode.INTERRUPTED:
        say("已中断。")
    return int(code or ExitCode.OK)


def _version(wanted: bool) -> None:
    if wanted:
        data(f"nianbao {__version__}")
        raise typer.Exit


def _options(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  # its callback has answered
        bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")
    ] = False,
) -> None:
    """由 TOML 内容生成政府信息公开工作年度报告。"""  # noqa: D400, D415  # Chinese
    if context.invoked_subcommand is None:
        data(context.get_help())
