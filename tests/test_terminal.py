"""Data on stdout, messages on stderr; colours only for people."""

import io
import sys
from typing import Never

import pytest

from pipeline import terminal
from pipeline.errors import ExitCode, FileProblem, UsageError


def test_channels(capsys: pytest.CaptureFixture[str]) -> None:
    """Data goes to stdout, messages and errors to stderr, without colours or folding."""
    terminal.data("数据")
    terminal.say("注意：" + "长" * 300)
    terminal.say_error(UsageError("不对。", "请改。"))
    shown = capsys.readouterr()
    assert shown.out == "数据\n"
    assert shown.err == "注意：" + "长" * 300 + "\n错误：不对。\n  → 请改。\n"


def test_markup_means_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets in a message are no markup, and numbers and paths are not coloured."""
    terminal.say("[bold]a[/bold] :smile: content/a.toml:1:2 [[accepted]]")
    assert capsys.readouterr().err == "[bold]a[/bold] :smile: content/a.toml:1:2 [[accepted]]\n"


def test_colours_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal the weight of a message is coloured."""

    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal.say("错误：x")
    assert "\x1b[1;31m错误" in screen.getvalue()


FINDING = "content/错误/2021.toml:1:2 警告 NB305 与上年的错误不同。\n  → 请核对。"


class Screen(io.StringIO):
    """A stdout that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.mark.parametrize(
    ("stream", "no_color", "coloured"),
    [(Screen(), None, True), (Screen(), "1", False), (io.StringIO(), None, False)],
    ids=["terminal", "NO_COLOR", "file"],
)
def test_the_weight_of_a_finding(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, no_color: str | None, coloured: bool
) -> None:
    """At a terminal its word alone is coloured; in a file, a pipe, or on request nothing is."""
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    terminal.show(FINDING)
    if coloured:
        assert stream.getvalue().count("\x1b[") == 2
        assert " \x1b[33m警告\x1b[0m " in stream.getvalue()
    else:
        assert stream.getvalue() == f"{FINDING}\n"


@pytest.mark.parametrize(("number", "words"), [(28, "磁盘已满"), (32, "管道已关闭")])
def test_stdout_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    """A full disk or a closed pipe behind stdout is told as a file problem, without a trace."""

    class Broken(io.StringIO):
        def write(self, _: str) -> Never:
            raise OSError(number, "x")

    monkeypatch.setattr(sys, "stdout", Broken())
    with pytest.raises(FileProblem, match=words) as caught:
        terminal.data("x")
    assert caught.value.exit_code is ExitCode.FILE
