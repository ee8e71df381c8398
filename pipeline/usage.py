"""The command line speaks Chinese: typer's help and usage errors, which it words in English."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_HELP = (
    (re.compile(r"^Usage:", re.MULTILINE), "用法："),
    (re.compile(r"^Options:", re.MULTILINE), "选项："),
    (re.compile(r"^Arguments:", re.MULTILINE), "参数："),
    (re.compile(r"^Commands:", re.MULTILINE), "命令："),
    (re.compile(r"Show this message and exit\."), "显示帮助"),
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 [参数]..."),
    (re.compile(r"\[env var: (\w+)[^\]]*\]"), r"［环境变量 \1］"),
    (re.compile(r" {1,2}\[required\]"), ""),
    (re.compile(r" <(?:list\[)?(?:str|Path|path|text)\]?>", re.IGNORECASE), ""),
)
_ERRORS = (
    (r"No such option: (?P<a>\S+).*", "没有这个选项：{a}。"),
    (r"No such command '(?P<a>.*?)'\.?.*", "没有这个命令：{a}。"),
    (r"Missing argument '(?P<a>.*?)'.*", "缺少参数：{a}。"),
    (r"Missing option '(?P<a>[\w-]+)'.*", "缺少选项：{a}。"),
    (r"Missing command\.", "缺少命令。"),
    (r"Option '(?P<a>.*?)' requires an argument\.", "选项 {a} 后面要写它的值。"),
    (r"Option '(?P<a>.*?)' does not take a value\.", "选项 {a} 后面不写值。"),
    (r"Got unexpected extra argument\(?s?\)? \((?P<a>.*)\)", "多余的参数：{a}。"),
    (r"Invalid value for '(?P<a>[\w-]+)'.*?is not one of (?P<b>.*?)\.?", "选项 {a} 只能写 {b}。"),
    (r"Invalid value for '(?P<a>[\w-]+)'.*", "选项 {a} 的值不合适。"),
)


class Command(TyperCommand):
    """A command with help in Chinese."""

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  # typer's context has no public type
        """The help text."""
        return translated(super().get_help(ctx))


class Group(TyperGroup):
    """The program itself, with help in Chinese."""

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  # as above
        """The help text."""
        return translated(super().get_help(ctx))


def translated(text: str) -> str:
    """Typer's help in Chinese."""
    for pattern, words in _HELP:
        text = pattern.sub(words, text)
    return text


def explained(message: str) -> str:
    """A usage error of typer's in Chinese; one that is not known stays as it is."""
    for pattern, words in _ERRORS:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return words.format_map(match.groupdict())
    return message
