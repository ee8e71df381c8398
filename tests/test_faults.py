"""What can go wrong around a build: tools, disks, files. Nothing half done, nothing lost."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from offices import GOOD, ROOT, fake_xelatex, project, recording, replaying

from pipeline import cli
from pipeline.checking import Checked
from pipeline.errors import ExitCode
from pipeline.production import making
from pipeline.project import Target
from pipeline.typesetting import typeset

EARLIER = b"%PDF- an earlier good build"
NOBODY = 65534
ROOT_USER = os.geteuid() == 0
MOUNT, UNMOUNT = shutil.which("mount"), shutil.which("umount")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the real xelatex makes of the good content."""
    folder = project(tmp_path_factory.mktemp("recorded"), "a/2021")
    saved = folder / "saved"
    path = f"{recording(folder / 'bin', saved)}:{os.environ['PATH']}"
    done = nianbao("build", "--content", folder / "content", "--out", folder / "build", PATH=path)
    assert done.returncode == 0, done.stderr
    return saved


def nianbao(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


class Desk:
    """A project with an earlier good report, a replaced xelatex, and a temporary folder."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = project(folder, "a/2021")
        self.content = self.folder / "content" / "a" / "2021.toml"
        self.out = self.folder / "build" / "a" / "2021"
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.out.mkdir(parents=True)
        self.report = self.out / "report.pdf"
        self.report.write_bytes(EARLIER)
        self.patch = patch
        patch.chdir(self.folder)
        patch.setattr(tempfile, "tempdir", str(self.temporary))

    def xelatex(self, script: str, version: str = "TeX Live 2022") -> None:
        """Put a script in xelatex's place."""
        self.patch.setenv("PATH", str(fake_xelatex(self.folder / "bin", script, version)))

    def build(self, *options: str) -> int:
        """Build, in this process."""
        return cli.run(["build", *options])

    def untouched(self, *also: str) -> None:
        """The earlier report is as it was, and nothing is left over but `also`."""
        assert self.report.read_bytes() == EARLIER
        assert sorted(item.name for item in self.out.iterdir()) == sorted(["report.pdf", *also])
        assert list(self.temporary.iterdir()) == []


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Where one test does harm."""
    return Desk(tmp_path, monkeypatch)


def message(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said; stdout stays empty, and every error comes with a remedy."""
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "错误" in shown.err
    assert "\n  → " in shown.err
    assert "Traceback" not in shown.err
    return shown.err


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead but not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def gone(pid: int) -> bool:
    """Whether a process ends within some seconds."""
    for _ in range(50):
        if not alive(pid):
            return True
        time.sleep(0.1)
    return False


# xelatex


def test_no_xelatex(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing xelatex is named with its package."""
    empty = desk.folder / "empty"
    empty.mkdir()
    desk.patch.setenv("PATH", str(empty))
    assert desk.build() == ExitCode.TOOL
    said = message(capsys)
    assert "缺少程序 xelatex" in said
    assert "texlive-xetex" in said
    desk.untouched()


def test_an_old_xelatex(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A version that is too old is told with the one that is needed."""
    desk.xelatex("", "TeX Live 2015")
    assert desk.build() == ExitCode.TOOL
    said = message(capsys)
    assert "TeX Live 2015" in said
    assert "2022" in said
    desk.untouched()


@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_hanging_xelatex(desk: Desk, capsys: pytest.CaptureFixture[str], by: str) -> None:
    """It ends with all its children when its time is over."""
    pids = desk.folder / "pids"
    desk.xelatex(f"sleep 300 & echo $! $$ > '{pids}'; wait; sleep 300")
    start = time.monotonic()
    if by == "option":
        code = desk.build("--time-limit", "0.5")
    else:
        desk.patch.setenv("NIANBAO_TIME_LIMIT", "0.5")
        code = desk.build()
    assert code == ExitCode.TYPESETTING
    assert time.monotonic() - start < 20
    assert "排版超过 0.5 秒" in message(capsys)
    assert all(gone(int(pid)) for pid in pids.read_text(encoding="utf-8").split())
    desk.untouched()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("kill -KILL $$", "xelatex 被系统中止（SIGKILL）"),
        ("kill -SEGV $$", "xelatex 被系统中止（SIGSEGV）"),
        ("printf '%%PDF-1.5 and half' > report.pdf", "没有生成完整的 PDF（退出码 0）"),
        ("exit 0", "没有生成完整的 PDF（退出码 0）"),
        ("exit 7", "没有生成完整的 PDF（退出码 7）"),
        ("head -c 9999 /dev/urandom; printf '\\377\\376' > report.log; exit 3", "（退出码 3）"),
        ("head -c 200000 /dev/zero; mkdir report.pdf.d; exit 1", "（退出码 1）"),
        ("printf '%%PDF-1.5\\nx\\n%%%%EOF\\n' > report.pdf", "PDF 已损坏"),
        ("printf '%%PDF-1.5\\n%%%%EOF\\n' > report.pdf; exit 1", "没有生成完整的 PDF（退出码 1）"),
    ],
)  # fmt: skip
def test_a_failing_xelatex(
    desk: Desk, capsys: pytest.CaptureFixture[str], script: str, words: str
) -> None:
    """Killed, half done, silent or raving: exit 5, in Chinese."""
    desk.xelatex(script)
    assert desk.build() == ExitCode.TYPESETTING
    assert words in message(capsys)
    desk.untouched()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Overfull \\\\hbox (9.0pt too wide) in paragraph at lines $n--$n", "Overfull"),
        ("! Missing character: There is no X in font nbA.\\nl.$n X", "Missing character"),
        ("Package x Warning: Something new on input line $n.", "Something new"),
    ],
)
def test_complaints_in_the_log_have_their_place(
    desk: Desk, recorded: Path, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    """A complaint about a line of LaTeX is a finding where that line comes from in the TOML."""
    desk.xelatex(
        f"cp '{recorded}'/report.pdf .; n=$(grep -n 问题。 report.tex | cut -d: -f1)\n"
        f'printf "{line}\\n" > report.log'
    )
    assert desk.build() == ExitCode.TYPESETTING
    said = message(capsys)
    number = GOOD.split("\n").index('text = "问题。"') + 1
    assert f"content/a/2021.toml:{number}:9 错误 NB801 排版不通过：" in said
    assert words in said
    assert "failed.log" in said
    desk.untouched("failed.log")
    assert words in (desk.out / "failed.log").read_text(encoding="utf-8")


def test_complaints_without_a_place(
    desk: Desk, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A complaint of the driver, or of no line, still fails the build."""
    desk.xelatex(f"cp '{recorded}'/report.* .; echo 'xdvipdfmx:warning: Something lost'")
    assert desk.build() == ExitCode.TYPESETTING
    assert "content/a/2021.toml:1:1 错误 NB801 排版不通过：Something lost" in message(capsys)
    desk.untouched("failed.log")


def test_a_good_build_removes_the_log_of_a_failed_one(
    desk: Desk, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside a good report no log tells of an earlier failure."""
    (desk.out / "failed.log").write_text("old", encoding="utf-8")
    desk.patch.setenv("PATH", str(replaying(desk.folder / "bin", recorded)))
    assert desk.build() == ExitCode.OK
    assert capsys.readouterr().out == ""
    assert [item.name for item in desk.out.iterdir()] == ["report.pdf"]
    assert desk.report.read_bytes() != EARLIER
    assert list(desk.temporary.iterdir()) == []


def test_a_real_overfull_box(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A page class that lets a paragraph run over its line: the paragraph's place is told."""
    layouts = desk.folder / "layouts"
    shutil.copytree(ROOT / "layouts", layouts)
    page = layouts / "nianbao.cls"
    wide = "\\renewcommand\\nbparagraph[1]{\\par\\hbox to 9bp{\\hbox to 99bp{}}#1\\par}\n\\endinput"
    page.write_text(page.read_text(encoding="utf-8").replace("\\endinput", wide), encoding="utf-8")
    assert desk.build() == ExitCode.TYPESETTING
    said = message(capsys)
    for text in ('"总体情况。"', '"问题。"'):
        number = next(n for n, line in enumerate(GOOD.split("\n"), 1) if text in line)
        assert f"content/a/2021.toml:{number}:9 错误 NB801 排版不通过：Overfull \\hbox" in said
    desk.untouched("failed.log")


@pytest.mark.parametrize("name", ["nianbao.cls", "report.tex.j2"])
def test_incomplete_layouts(desk: Desk, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A file missing from the layouts is named."""
    shutil.copytree(ROOT / "layouts", desk.folder / "layouts")
    (desk.folder / "layouts" / name).unlink()
    assert desk.build() == ExitCode.FILE
    assert f"缺少 {name}" in message(capsys)
    desk.untouched()


# Interruptions


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(desk: Desk, number: signal.Signals) -> None:
    """Exit 130: no output, no temporary files, no child that runs on."""
    pids = desk.folder / "pids"
    desk.xelatex(
        f"touch half.pdf; sleep 300 & echo $! $$ > '{pids}.new'; mv '{pids}.new' '{pids}'; wait"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "build"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(desk.temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        for _ in range(300):
            if pids.is_file():
                break
            time.sleep(0.1)
        assert list(desk.temporary.iterdir())
        process.send_signal(number)
        out, said = process.communicate(timeout=30)
    assert process.returncode == ExitCode.INTERRUPTED
    assert out == ""
    assert "已中断。" in said
    assert "Traceback" not in said
    assert all(gone(int(pid)) for pid in pids.read_text(encoding="utf-8").split())
    desk.untouched()


# Disks


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[bool]:
    """A folder on a small disk of its own; False where the system does not allow that."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = False
    if MOUNT and UNMOUNT and ROOT_USER:
        mount = [MOUNT, "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder)]
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run([str(UNMOUNT), str(folder)], check=True)


def no_space(*_: object) -> None:
    """Fail as a full disk does."""
    raise OSError(28, "No space left on device")


def test_output_on_a_full_disk(
    desk: Desk, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The earlier report stays, and no half of the new one."""
    desk.patch.setenv("PATH", f"{replaying(desk.folder / 'bin', recorded)}:{os.environ['PATH']}")
    with small_disk(desk.folder / "build", 16) as mounted:
        if not mounted:
            desk.patch.setattr(os, "fsync", no_space)
        desk.out.mkdir(parents=True, exist_ok=True)
        desk.report.write_bytes(EARLIER)
        assert desk.build() == ExitCode.FILE
        assert "磁盘已满" in message(capsys)
        desk.untouched()


def test_no_room_for_temporary_files(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk under TeX is told as such, not as TeX's trouble."""
    with small_disk(desk.temporary, 64) as mounted:
        if not mounted:
            usage = shutil.disk_usage(desk.folder)._replace(free=0)
            desk.patch.setattr(typeset.shutil, "disk_usage", lambda _: usage)
            desk.xelatex("printf '%%PDF-1.5 half' > report.pdf; exit 1")
        assert desk.build() == ExitCode.FILE
        said = message(capsys)
        assert "磁盘已满" in said
        assert "TMPDIR" in said
        desk.untouched()


def test_no_room_at_all(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even the LaTeX fits."""
    desk.xelatex("exit 0")
    with small_disk(desk.temporary, 4) as mounted:
        if not mounted:
            desk.patch.setattr(Path, "write_text", no_space)
        assert desk.build() == ExitCode.FILE
        assert "磁盘已满" in message(capsys)
        desk.untouched()


def test_a_temporary_folder_that_is_not_there(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """TMPDIR may lead nowhere."""
    desk.xelatex("exit 0")
    desk.patch.setattr(tempfile, "tempdir", str(desk.folder / "nowhere"))
    assert desk.build() == ExitCode.FILE
    assert "临时文件夹无法使用（没有这个文件或文件夹）" in message(capsys)
    desk.untouched()


@contextmanager
def bound(desk: Desk) -> Iterator[None]:
    """As a user whom permissions bind: the superuser passes every one."""
    desk.temporary.chmod(0o777)
    for folder in (desk.folder, *desk.folder.parents):
        if folder.stat().st_uid == os.getuid() and not folder.stat().st_mode & 0o005:
            folder.chmod(folder.stat().st_mode | 0o055)
    if ROOT_USER:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if ROOT_USER:
            os.seteuid(0)


def test_a_folder_that_cannot_be_written(
    desk: Desk, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A read-only output folder."""
    desk.patch.setenv("PATH", str(replaying(desk.folder / "bin", recorded)))
    assert desk.build("--out", "elsewhere") == ExitCode.OK  # loads every module
    capsys.readouterr()
    desk.out.chmod(0o555)
    for folder in (recorded, *recorded.parents[:2]):
        folder.chmod(0o755)
    with bound(desk):
        code = desk.build()
    desk.out.chmod(0o755)
    assert code == ExitCode.FILE
    said = message(capsys)
    assert "无法写入文件" in said
    assert "没有权限" in said
    assert "原有文件未改动" in said
    desk.untouched()


@pytest.mark.parametrize("command", ["build", "check"])
def test_a_file_that_cannot_be_read(
    desk: Desk, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """A content file without permission."""
    assert cli.run(["check"]) == ExitCode.OK  # loads every module
    capsys.readouterr()
    desk.content.chmod(0)
    with bound(desk):
        code = cli.run([command])
    assert code == ExitCode.FILE
    said = message(capsys)
    assert "文件读不出来：content/a/2021.toml（没有权限）" in said
    desk.untouched()


# Content files


def broken(desk: Desk) -> dict[str, tuple[Callable[[], object], int, str]]:
    """Ways to break a content file: what to do, the exit code, what is said."""
    path = desk.content

    def folder() -> None:
        path.unlink()
        path.mkdir()

    return {
        "gbk": (lambda: path.write_bytes(GOOD.encode("gbk")), 3, "看起来是 GBK/GB18030 编码"),
        "utf-16": (lambda: path.write_bytes(GOOD.encode("utf-16")), 3, "UTF-16"),
        "10 MB": (lambda: path.write_bytes(b"#" * 10_000_000), 3, "文件超过 2 MiB"),
        "deep": (lambda: path.write_text(GOOD + "x = " + "[" * 9999), 3, "嵌套超过 64 层"),
        "deep parts": (
            lambda: path.write_text(GOOD + "[[other_matters" + ".parts" * 99 + "]]\nheading = 'x'"),
            3,
            "嵌套超过 64 层",
        ),
        "empty": (lambda: path.write_bytes(b""), 3, "缺少 year（报告年度）"),
        "binary": (lambda: path.write_bytes(bytes(range(256))), 3, "UTF-16"),
        "folder": (folder, 6, "这是文件夹，不是文件：content/a/2021.toml"),
        "link to nowhere": (
            lambda: (path.unlink(), path.symlink_to("nowhere")), 6, "找不到文件",
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    "way",
    [
        "gbk",
        "utf-16",
        "10 MB",
        "deep",
        "deep parts",
        "empty",
        "binary",
        "folder",
        "link to nowhere",
    ],
)
def test_broken_content(desk: Desk, capsys: pytest.CaptureFixture[str], way: str) -> None:
    """Each is told in Chinese, with its exit code, and costs no earlier report."""
    harm, code, words = broken(desk)[way]
    harm()
    assert desk.build() == code
    assert words in message(capsys)
    desk.untouched()
    if way != "link to nowhere":
        assert cli.run(["check"]) == code


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_what_editors_write(
    desk: Desk, capsys: pytest.CaptureFixture[str], bom: bytes, ending: bytes
) -> None:
    """A BOM and the line ends of Windows are accepted, in the content and in the agency's file."""
    for path in (desk.content, desk.content.with_name("agency.toml")):
        path.write_bytes(bom + path.read_bytes().replace(b"\n", ending))
    assert cli.run(["check", "--strict"]) == ExitCode.OK
    assert capsys.readouterr().out == ""


def test_one_failing_report_stops_no_other(
    desk: Desk, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first and the last of three fail, in different ways; the second is built: exit 8."""
    project(desk.folder, "b/2021", "c/2021")
    desk.content.write_bytes(GOOD.encode("gbk"))
    (desk.folder / "content" / "c" / "2021.toml").unlink()
    (desk.folder / "content" / "c" / "2021.toml").mkdir()
    desk.patch.setenv("PATH", str(replaying(desk.folder / "bin", recorded)))
    assert desk.build() == ExitCode.PARTIAL
    said = message(capsys)
    assert "共 3 份，1 份完成，2 份未完成。" in said
    assert "GBK" in said
    assert "这是文件夹" in said
    assert (desk.folder / "build" / "b" / "2021" / "report.pdf").is_file()
    assert not (desk.folder / "build" / "c").exists()
    desk.untouched()


def test_a_bug_in_one_report_stops_no_other(
    desk: Desk, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even a bug of ours: its trace is shown, and the other report is built."""
    project(desk.folder, "b/2021")
    desk.patch.setenv("PATH", str(replaying(desk.folder / "bin", recorded)))
    real = making.check

    def buggy(target: Target, *rest: Any, **options: Any) -> Checked:
        if target.agency == "a":
            raise RuntimeError("a bug")
        return real(target, *rest, **options)

    desk.patch.setattr(making, "check", buggy)
    assert desk.build() == ExitCode.PARTIAL
    said = capsys.readouterr().err
    assert "RuntimeError: a bug" in said
    assert "a/2021 遇到程序自身的错误" in said
    assert (desk.folder / "build" / "b" / "2021" / "report.pdf").is_file()
    desk.untouched()
    assert desk.build("a") == ExitCode.BUG
