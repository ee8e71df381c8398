"""`nianbao watch` as a process of its own: every save ends in the file that `build` makes of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from conftest import ROOT
from offices import AGENCY, GOOD, project

from pipeline import events, viewers
from pipeline.errors import ExitCode
from pipeline.production.watching import Effect, Surroundings
from pipeline.project import Project, Target

PATIENCE = 120
"""Seconds that something may take on a machine that has much else to do."""
WENKAI = Path("/usr/share/fonts/truetype/lxgw-wenkai")


def command(*arguments: object) -> list[str]:
    """The command line of the program."""
    return [sys.executable, "-m", "pipeline", *map(str, arguments)]


class Desk:
    """A project in a folder, and an editor's ways to save into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = project(folder, "a/2021")
        shutil.copytree(ROOT / "layouts", folder / "layouts")
        (folder / "fonts").mkdir()
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.content = folder / "content" / "a" / "2021.toml"
        self.report = folder / "build" / "a" / "2021" / "report.pdf"

    def save(self, text: str) -> None:
        """Write into the file that is there."""
        self.content.write_text(GOOD.replace("总体情况。", text), encoding="utf-8")

    def put(self, text: str) -> None:
        """Write a new file, and let it take the place of the old one."""
        new = self.content.with_name(".2021.toml.new")
        new.write_text(GOOD.replace("总体情况。", text), encoding="utf-8")
        new.replace(self.content)

    def environment(self) -> dict[str, str]:
        """That of every command: temporary files have a folder of their own."""
        return {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)}

    def build(self, *options: object) -> str:
        """What `build` says."""
        done = subprocess.run(
            command("build", "a/2021", *options),
            cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stderr

    def expected(self, name: str = "report.pdf", *options: object) -> bytes:
        """The file that `build` makes of the content as it is now."""
        self.build("--out", self.folder / "other", *options)
        return (self.folder / "other" / "a" / "2021" / name).read_bytes()


class Watch:
    """A running `nianbao watch`."""

    def __init__(self, desk: Desk, *options: object, **environment: str) -> None:
        self.desk = desk
        self.log = desk.folder / "said.txt"
        self.heard = 0
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command("watch", "a/2021", *options), cwd=desk.folder, stdout=log, stderr=log,
                env={**desk.environment(), **environment},
            )  # fmt: skip

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.02)

    def said(self) -> str:
        """All that it has said."""
        return self.log.read_text(encoding="utf-8")

    def hear(self, words: str = r"完成  \d+ ms") -> str:
        """Wait until it says something that it had not said when this was last called."""
        self.until(lambda: re.search(words, self.said()[self.heard :]))
        said = self.said()[self.heard :]
        self.heard += len(said)
        return said

    def shows(self, wanted: bytes) -> None:
        """Wait until the report is the one that is wanted."""
        self.until(lambda: self.desk.report.is_file() and self.desk.report.read_bytes() == wanted)

    def waiting(self) -> list[psutil.Process]:
        """Wait until an xelatex waits; all processes that it has started."""
        self.until(lambda: any("xelatex" in each.name() for each in self.children()))
        return self.children()

    def children(self) -> list[psutil.Process]:
        """The processes that it has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int) -> int:
        """End it by a signal; what it started ends, too. Its exit code."""
        started = self.children()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        assert psutil.wait_procs(started, PATIENCE)[1] == []
        return code


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A project for one test."""
    return Desk(tmp_path)


Start = Callable[..., Watch]


@pytest.fixture
def watch(desk: Desk) -> Iterator[Start]:
    """Starts the command, and ends it after the test."""
    with ExitStack() as held:

        def start(*options: object, **environment: str) -> Watch:
            started = Watch(desk, *options, **environment)
            held.callback(started.process.wait, PATIENCE)
            held.callback(started.process.kill)
            return started

        yield start


def test_edits(desk: Desk, watch: Start) -> None:
    """However a file is saved, and with characters of other fonts, what follows is `build`'s file.

    The log tells of it, and `build` finds nothing to do.
    """
    running = watch()
    running.hear()
    assert desk.report.read_bytes() == desk.expected()
    running.waiting()
    desk.save("总体情况，改过了。")
    running.hear()
    assert desk.report.read_bytes() == desk.expected()
    desk.put("总体情况，换了堃字、镕字和 𰻝 字。")
    running.hear()
    assert desk.report.read_bytes() == desk.expected()
    desk.put("总体情况，又改了。")
    running.hear()
    running.waiting()
    assert running.end(signal.SIGINT) == ExitCode.INTERRUPTED
    assert "已中断" in running.said()
    assert list(desk.temporary.iterdir()) == []
    made = desk.report.read_bytes()
    assert made == desk.expected()
    assert "已是最新" in desk.build()
    log = events.read(desk.folder / "build" / "log" / "a" / "2021.jsonl")
    assert [event.action for event in log] == ["check", "build"]
    assert desk.report.read_bytes() == made


@pytest.mark.slow
def test_quick_edits(desk: Desk, watch: Start) -> None:
    """Of saves that come while a report is made, the last is not lost."""
    running = watch()
    running.hear()
    for number in range(12):
        (desk.save if number % 2 else desk.put)(f"总体情况，第{number}稿。")
        time.sleep(0.01 * number)
    running.shows(desk.expected())


@pytest.mark.slow
def test_errors(desk: Desk, watch: Start) -> None:
    """A file that is broken, gone or wrong is told, leaves the report, and stops nothing."""
    running = watch()
    running.hear()
    first = desk.report.read_bytes()
    desk.content.write_text("year = [", encoding="utf-8")
    assert "NB" in running.hear("NB")
    desk.content.unlink()
    running.hear("找不到文件")
    desk.put("总体情况。")
    running.hear()
    desk.content.write_text(GOOD.replace("[4, 0, 0", "[5, 0, 0", 1), encoding="utf-8")
    found = [line for line in running.hear("处错误，未生成。").splitlines() if "错误 NB302" in line]
    assert found
    assert len(found) == len(set(found))
    assert desk.report.read_bytes() == first
    desk.save("改正以后。")
    running.hear()
    assert desk.report.read_bytes() == desk.expected()
    aside = desk.folder / "aside"
    desk.content.parent.rename(aside)
    running.hear("找不到文件")
    aside.rename(desk.content.parent)
    running.hear()
    shutil.rmtree(desk.report.parent)
    desk.report.parent.write_text("", encoding="utf-8")
    desk.save("没有地方可写。")
    running.hear("没有覆盖：")
    desk.report.parent.unlink()
    desk.save("有了。")
    running.hear()
    assert desk.report.read_bytes() == desk.expected()


@pytest.mark.slow
def test_beside(desk: Desk, watch: Start) -> None:
    """The office and last year's report count; other years, other offices and copies do not."""
    running = watch()
    running.hear()
    earlier = GOOD.replace("2021", "2020").replace("2022", "2021")
    (desk.content.parent / "2020.toml").write_text("year = [", encoding="utf-8")
    running.hear("上年的 2020.toml 读不出来")
    running.hear()
    (desk.content.parent / "2020.toml").unlink()
    running.hear()
    agency = desk.content.parent / "agency.toml"
    agency.write_text(AGENCY.replace("样板区", "模范区"), encoding="utf-8")
    running.hear()
    assert desk.report.read_bytes() == desk.expected()
    (desk.content.parent / "2019.toml").write_text(earlier, encoding="utf-8")
    (desk.content.parent / "2021.toml~").write_text(GOOD, encoding="utf-8")
    project(desk.folder, "b/2021")
    (desk.folder / "content" / "b" / "2021.toml").write_text(GOOD, encoding="utf-8")
    desk.save("总体情况，改过了。")
    assert running.hear().count("完成") == 1
    name = AGENCY.replace("示范街道", "丙丁街道")
    (desk.folder / "content" / "b" / "agency.toml").write_text(name, encoding="utf-8")
    running.hear()
    desk.save("示例市样板区丙丁街道办事处的总体情况。")
    running.hear("NB412")


@pytest.mark.slow
def test_layouts_and_fonts(desk: Desk, watch: Start) -> None:
    """Layouts and fonts that change, break, come and go are seen at once."""
    running = watch()
    running.hear()
    form = desk.folder / "layouts" / "2021" / "form.toml"
    text = form.read_text(encoding="utf-8")
    form.write_text("[", encoding="utf-8")
    running.hear("错误：")
    form.write_text(text.replace("总体情况", "总的情况"), encoding="utf-8")
    running.shows(desk.expected())
    template = desk.folder / "layouts" / "report.tex.j2"
    sound = template.read_text(encoding="utf-8")
    template.write_text(sound.replace(r"\begin{document}", r"\begin{document}\nosuch"))
    running.hear("NB801")
    template.write_text(sound, encoding="utf-8")
    own = desk.folder / "fonts" / "楷体_GB2312.ttf"
    shutil.copy(WENKAI / "LXGWWenKai-Regular.ttf", own)
    running.shows(desk.expected())
    shutil.copy(WENKAI / "LXGWWenKai-Light.ttf", own)
    running.shows(desk.expected())
    shutil.rmtree(desk.folder / "fonts")
    running.shows(desk.expected())
    (desk.folder / "fonts").mkdir()
    shutil.copy(WENKAI / "LXGWWenKai-Regular.ttf", own)
    running.shows(desk.expected())
    assert running.end(signal.SIGINT) == ExitCode.INTERRUPTED
    assert "已是最新" in desk.build()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_end(desk: Desk, watch: Start, number: int) -> None:
    """It ends with all that it started and without its folders, when it is asked to."""
    running = watch()
    running.waiting()
    assert running.end(number) == ExitCode.INTERRUPTED
    assert list(desk.temporary.iterdir()) == []


@pytest.mark.slow
def test_a_sudden_end(desk: Desk, watch: Start) -> None:
    """Killed, it leaves no process; its folder goes with the next run."""
    running = watch()
    running.hear()
    running.waiting()
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    desk.save("总体情况，改过了。")
    desk.build()
    assert list(desk.temporary.iterdir()) == []


@pytest.mark.slow
def test_a_spare_that_dies(desk: Desk, watch: Start) -> None:
    """An xelatex that does not wait any more is done without, and another one waits."""
    running = watch()
    running.hear()
    for process in running.waiting():
        process.kill()
    desk.save("总体情况，改过了。")
    running.hear()
    assert desk.report.read_bytes() == desk.expected()
    running.waiting()


@pytest.mark.slow
def test_a_draft(desk: Desk, watch: Start) -> None:
    """With --draft errors are told, and the draft is that of `build`."""
    running = watch("--draft")
    running.hear()
    desk.content.write_text(GOOD.replace("[4, 0, 0", "[5, 0, 0", 1), encoding="utf-8")
    assert "NB302" in running.hear()
    draft = desk.report.with_name("draft.pdf")
    assert draft.read_bytes() == desk.expected("draft.pdf", "--draft")
    assert not desk.report.exists()


@pytest.mark.slow
def test_a_viewer(desk: Desk, watch: Start) -> None:
    """--open shows the first PDF, once."""
    programs = desk.folder / "bin"
    programs.mkdir()
    shown = desk.folder / "shown.txt"
    (programs / "evince").write_text(f'#!/bin/sh\necho "$*" >> "{shown}"\n', encoding="utf-8")
    (programs / "evince").chmod(0o755)
    running = watch("--open", PATH=f"{programs}:{os.environ['PATH']}", DISPLAY=":0")
    running.hear()
    running.until(shown.is_file)
    desk.save("总体情况，改过了。")
    running.hear()
    running.waiting()
    assert shown.read_text(encoding="utf-8") == f"{desk.report}\n"


def test_viewers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first reader that is there is taken; without a screen or a reader there is none."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.delenv("DISPLAY", raising=False)
    assert viewers.find() == []
    for name in ("xdg-open", "okular"):
        (tmp_path / name).touch(0o755)
        assert viewers.find() == [str(tmp_path / name)]
    monkeypatch.delenv("WAYLAND_DISPLAY")
    assert viewers.find() == []
    assert not viewers.show(tmp_path / "report.pdf", [str(tmp_path / "none")])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("a",), "不止一份"), (("c/2021",), "没有这个目标"), ((), "缺少")],
)
def test_wrong_usage(desk: Desk, arguments: tuple[str, ...], words: str) -> None:
    """One report can be watched, and it has to be there."""
    project(desk.folder, "a/2022")
    done = subprocess.run(
        command("watch", *arguments),
        cwd=desk.folder, env=desk.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ExitCode.USAGE
    assert words in done.stderr


@pytest.mark.parametrize(
    ("path", "effect"),
    [
        ("content/a/2021.toml", Effect.CONTENT),
        ("content/a/2020.toml", Effect.CONTENT),
        ("content/a/agency.toml", Effect.CONTENT | Effect.OFFICES),
        ("content/a", Effect.CONTENT | Effect.OFFICES),
        ("content/a/2022.toml", Effect.NOTHING),
        ("content/a/.2021.toml.swp", Effect.NOTHING),
        ("content/a/seal-register.toml", Effect.NOTHING),
        ("content/b/2021.toml", Effect.NOTHING),
        ("content/b/agency.toml", Effect.OFFICES),
        ("content/b", Effect.OFFICES),
        ("layouts/2021/form.toml", Effect.STOCK),
        ("layouts/nianbao.cls", Effect.STOCK),
        ("layouts/report.tex.j2", Effect.STOCK),
        ("layouts/2021", Effect.STOCK),
        ("layouts", Effect.STOCK),
        ("layouts/2021/form.toml~", Effect.NOTHING),
        ("layouts/2021/report.schema.json", Effect.NOTHING),
        ("fonts/fonts.toml", Effect.STOCK),
        ("fonts/FZXBSJW.TTF", Effect.STOCK),
        ("fonts", Effect.STOCK),
        ("fonts/README.md", Effect.NOTHING),
        ("build/a/2021/report.pdf", Effect.NOTHING),
    ],
)
def test_effects(tmp_path: Path, path: str, effect: Effect) -> None:
    """What a change means follows from where it is."""
    for name in ("content/a", "content/b", "layouts/2021", "fonts"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "fonts" / "fonts.toml").touch()
    folders = Project(*(tmp_path / name for name in ("content", "layouts", "fonts", "build")))
    around = Surroundings.of(Target("a", "2021", folders.content / "a" / "2021.toml"), folders)
    assert around.effect([tmp_path / path]) == effect
    assert {*around.folders()} == {
        tmp_path / name
        for name in ("content", "content/a", "content/b", "layouts", "layouts/2021", "fonts")
    }


def test_effects_through_links(tmp_path: Path) -> None:
    """A content file that is a link to elsewhere is watched where it is."""
    for name in ("content/a", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    file, link = tmp_path / "elsewhere" / "x.toml", tmp_path / "content" / "a" / "2021.toml"
    file.touch()
    link.symlink_to(file)
    folders = Project(*(tmp_path / name for name in ("content", "layouts", "fonts", "build")))
    around = Surroundings.of(Target("a", "2021", link), folders)
    assert around.effect([file]) == around.effect([link]) == Effect.CONTENT
    assert {tmp_path / "elsewhere", tmp_path / "content" / "a"} <= {*around.folders()}
