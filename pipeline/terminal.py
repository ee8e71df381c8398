"""stdout is for data, stderr for messages; colours only where a person is looking."""

import contextlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from pipeline.errors import FileProblem, UserError
from pipeline.files import reason

_STYLES = {
    "错误": "bold red",
    "警告": "yellow",
    "提示": "cyan",
    "注意": "yellow",
    "缺少": "bold red",
}
_WEIGHT = re.compile(r".*?:\d+:\d+ (错误|警告|提示) ")


def set_up() -> None:
    """A character that the terminal's encoding lacks is shown by its number, and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # a stream that somebody put in its place
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def data(text: str) -> None:
    """Print a line of data.

    Raises:
        FileProblem: nobody takes it, or the disk behind it is full.
    """
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError as error:
        hint = "请检查输出的去处和磁盘空间。"
        raise FileProblem(f"标准输出无法写入（{reason(error)}）。", hint) from error


def show(text: str) -> None:
    """Print a finding as data, the word of its weight in colour at a terminal.

    Raises:
        FileProblem: as `data`.
    """
    weight = _WEIGHT.match(text)
    if weight and sys.stdout.isatty():
        text = _coloured(text, sys.stdout, [weight.span(1)])
    data(text)


def say(text: str) -> None:
    """Print a message."""
    if sys.stderr.isatty():
        words = re.finditer("|".join(_STYLES), text)
        text = _coloured(text, sys.stderr, [word.span() for word in words])
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@contextlib.contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar while many things are done, where a person is looking; call what it gives for each."""
    if total <= 1 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich import progress as bars  # noqa: PLC0415  # slow to load, and idle in a pipe
    from rich.console import Console  # noqa: PLC0415

    columns = (
        bars.BarColumn(),
        bars.TextColumn("{task.completed:.0f}/{task.total:.0f} 份"),
        bars.TextColumn("{task.fields[rate]}"),
        bars.TextColumn("还需"),
        bars.TimeRemainingColumn(),
    )
    console = Console(file=sys.stderr)
    with bars.Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("", total=total, rate="")

        def advance() -> None:
            shown.advance(task)
            speed = shown.tasks[0].finished_speed or shown.tasks[0].speed
            shown.update(task, rate=f"每秒 {speed:.1f} 份" if speed else "")

        yield advance


def _coloured(text: str, stream: TextIO, spans: Iterable[tuple[int, int]]) -> str:
    """The text with its words in their colours, where the terminal has any."""
    from rich.console import Console  # noqa: PLC0415  # slow to load, and idle in a pipe
    from rich.text import Text  # noqa: PLC0415

    line = Text(text)
    for start, end in spans:
        line.stylize(_STYLES[text[start:end]], start, end)
    console = Console(file=stream, soft_wrap=True, highlight=False)
    with console.capture() as captured:
        console.print(line, end="")
    return captured.get()


def say_error(error: UserError) -> None:
    """Print what went wrong and what to do."""
    say(f"错误：{error.message}")
    if error.hint:
        say(f"  → {error.hint}")
