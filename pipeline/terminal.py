"""stdout is for data, stderr for messages; colours only where a person is looking."""

import sys

from rich.console import Console
from rich.text import Text

from pipeline.errors import UserError

_STYLES = {
    "错误": "bold red",
    "警告": "yellow",
    "提示": "cyan",
    "注意": "yellow",
    "缺少": "bold red",
}


def data(text: str) -> None:
    """Print a line of data."""
    sys.stdout.write(f"{text}\n")


def say(text: str) -> None:
    """Print a message."""
    line = Text(text)
    for word, style in _STYLES.items():
        line.highlight_words([word], style=style)
    Console(stderr=True, soft_wrap=True, highlight=False).print(line)


def say_error(error: UserError) -> None:
    """Print what went wrong and what to do."""
    say(f"错误：{error.message}")
    if error.hint:
        say(f"  → {error.hint}")
