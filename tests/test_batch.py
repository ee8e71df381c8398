"""Many reports at once: the same bytes as one by one, and no harm from one to another."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import building
import psutil
import pytest
from offices import GOOD, ROOT, fake_xelatex, project

from pipeline import build as steps
from pipeline import checking, files, scratch
from pipeline.checking import Stock
from pipeline.errors import ExitCode
from pipeline.processes import TIME_LIMIT
from pipeline.production import workers
from pipeline.production.making import make
from pipeline.production.tasks import Task, divide
from pipeline.project import Project, targets
from pipeline.typesetting import press

MANY = 25
"""Reports: enough for four tasks."""
POISON = "毒"
WORDS = "街道镇乡公开信息申请办理答复规范文件解读回应平台建设监督保障培训考核"


def prose(number: int) -> str:
    """A text of its own for each report: other characters, another length."""
    rare = "".join(chr(0x4E00 + (number * 97 + step * 61) % 2000) for step in range(20))
    return (
        f"总体情况第{number}号。{WORDS[number % 20 :]}。" + "公开信息。" * (number * 7 % 90) + rare
    )


def many(folder: Path, count: int) -> list[str]:
    """A project of so many offices with a report each; their targets."""
    names = [f"office{number:03}/2021" for number in range(count)]
    for number, name in enumerate(names):
        project(folder, name, text=GOOD.replace("总体情况。", prose(number)))
    return names


def command(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The command, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "build", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp"), **environment},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def build(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """The exit code of the command, and what it said."""
    (folder / "tmp").mkdir(exist_ok=True)
    with command(folder, *arguments, **environment) as running:
        said, _ = running.communicate(timeout=TIME_LIMIT * 4)
    return running.returncode, said


def digests(out: Path) -> dict[str, str]:
    """Every report of an output folder, by digest."""
    found = sorted(out.glob("*/*/report.pdf"))
    return {
        f"{path.parent.parent.name}/{path.parent.name}": sha256(path.read_bytes()).hexdigest()
        for path in found
    }


def debris(folder: Path) -> list[Path]:
    """What should not be left over: files half written, folders of work in progress."""
    return [*folder.glob("build/**/.*"), *(folder / "tmp").iterdir()]


def children(process: int) -> list[psutil.Process]:
    """Everything that a process started."""
    return psutil.Process(process).children(recursive=True)


def until(true: Callable[[], object]) -> None:
    """Wait for something that is sure to come."""
    end = time.monotonic() + TIME_LIMIT
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of many reports."""
    folder = tmp_path_factory.mktemp("many")
    many(folder, MANY)
    return folder


@pytest.fixture(scope="module")
def one_by_one(office: Path, stock: Stock) -> dict[str, str]:
    """Each report of the project, made by itself."""
    folders = Project(office / "content", ROOT / "layouts", ROOT / "fonts", office / "alone")
    for target in targets(folders, []):
        building.build(target, folders, stock)
    return digests(office / "alone")


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_the_same_bytes_with_any_number_of_workers(
    office: Path, one_by_one: dict[str, str], jobs: int
) -> None:
    """Output of a batch is that of one by one, byte for byte."""
    code, said = build(office, "--jobs", str(jobs), "--out", f"with{jobs}")
    assert code == 0, said
    assert f"共 {MANY} 份，{MANY} 份完成。" in said
    assert digests(office / f"with{jobs}") == one_by_one
    assert len(set(one_by_one.values())) == MANY


@pytest.mark.slow
def test_without_a_format_too(office: Path, one_by_one: dict[str, str], stock: Stock) -> None:
    """Xelatex as it comes, without cache and lanes, makes the same bytes."""
    folders = Project(office / "content", ROOT / "layouts", ROOT / "fonts", office / "plain")
    chosen = targets(folders, [])[:: MANY // 3]
    for target in chosen:
        checked = checking.check(target, stock)
        pdf = steps.finish_pages(checked, steps.set_pages(checked, folders.layouts))
        assert sha256(pdf).hexdigest() == one_by_one[str(target)]


@pytest.mark.slow
def test_a_cache_that_cannot_be_written(office: Path, one_by_one: dict[str, str]) -> None:
    """A home that can only be read, or where there is a file in the way: the same bytes."""
    (office / "taken").write_bytes(b"")
    names = sorted(one_by_one)[:3]
    code, said = build(
        office, *names, "--out", "uncached", NIANBAO_CACHE=str(office / "taken" / "cache")
    )
    assert code == 0, said
    assert digests(office / "uncached") == {name: one_by_one[name] for name in names}


@pytest.mark.slow
def test_two_starts_at_once_with_an_empty_cache(
    office: Path, one_by_one: dict[str, str], tmp_path: Path
) -> None:
    """Both make what they keep, neither disturbs the other; both write into one folder."""
    names = sorted(one_by_one)[:9]
    (office / "tmp").mkdir(exist_ok=True)
    arguments = [*names, "--out", "both"]
    cache = str(tmp_path / "cache")
    with (
        command(office, *arguments, NIANBAO_CACHE=cache) as first,
        command(office, *arguments, NIANBAO_CACHE=cache) as second,
    ):
        told = [run.communicate(timeout=TIME_LIMIT * 4)[0] for run in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), told
    assert digests(office / "both") == {name: one_by_one[name] for name in names}
    assert debris(office) == []


def wrapper(folder: Path, when_poisoned: str) -> str:
    """A PATH whose xelatex does something else where a report of its has the poison."""
    real = shutil.which("xelatex")
    script = f"if grep -qs {POISON} *.tex; then {when_poisoned}; fi\nexec '{real}' \"$@\""
    return f"{fake_xelatex(folder / 'bin', script)}:{os.environ['PATH']}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("sleep 1000", "排版超过 6 秒"),
        ("kill -9 $$", "xelatex 被系统中止（SIGKILL）"),
        ("exit 1", "xelatex 没有生成完整的 PDF"),
        ("ulimit -v 200000", "xelatex"),
    ],
)
def test_a_poisonous_report(tmp_path: Path, harm: str, words: str) -> None:
    """It hangs TeX, kills it, exhausts its memory: it is named, all others are built."""
    names = many(tmp_path, 18)
    bad = tmp_path / "content" / f"{names[11]}.toml"
    bad.write_text(bad.read_text(encoding="utf-8").replace("问题。", f"问题{POISON}。"), "utf-8")
    path = wrapper(tmp_path, harm)
    code, said = build(tmp_path, "--jobs", "2", "--time-limit", "6", PATH=path)
    assert code == ExitCode.PARTIAL, said
    assert "共 18 份，17 份完成，1 份未完成。" in said
    assert f"未完成：{names[11]}。" in said
    assert words in said
    assert sorted(digests(tmp_path / "build")) == [name for name in names if name != names[11]]
    assert debris(tmp_path) == []


def test_a_report_that_tex_complains_of(tmp_path: Path, stock: Stock) -> None:
    """In a lane, a complaint of TeX is its report's alone, and is told as if it were alone."""
    names = many(tmp_path, 4)
    layouts = tmp_path / "layouts"
    shutil.copytree(ROOT / "layouts", layouts)
    template = layouts / "report.tex.j2"
    source = template.read_text(encoding="utf-8")
    harm = f"((* if '{POISON}' in items[2].set|string *))\n\\undefined\n((* endif *))"
    begin = "\\begin{document}\n"
    assert begin in source
    template.write_text(source.replace(begin, f"{begin}{harm}"), "utf-8")
    bad = tmp_path / "content" / f"{names[2]}.toml"
    bad.write_text(bad.read_text(encoding="utf-8").replace("总体情况", f"总体{POISON}"), "utf-8")
    assert press.prepare(layouts)
    folders = Project(tmp_path / "content", layouts, ROOT / "fonts", tmp_path / "build")
    made = list(make(targets(folders, []), layouts, stock))
    assert [bool(outcome.pdf) for outcome in made] == [True, True, False, True], [
        outcome.error and outcome.error.message for outcome in made
    ]
    assert made[2].error is not None
    assert "Undefined control sequence" in made[2].error.findings[0].message


def test_a_missing_character(tmp_path: Path) -> None:
    """Content that cannot be printed is refused by name; the others are built."""
    names = many(tmp_path, 9)
    bad = tmp_path / "content" / f"{names[4]}.toml"
    bad.write_text(bad.read_text(encoding="utf-8").replace("问题。", "问题\U0001f9ff。"), "utf-8")
    code, said = build(tmp_path)
    assert code == ExitCode.PARTIAL, said
    assert "NB401" in said
    assert f"未完成：{names[4]}。" in said
    assert len(digests(tmp_path / "build")) == 8


def victims(kind: str, running: int) -> Iterator[psutil.Process]:
    """The processes of a kind that a running build has started."""
    for child in children(running):
        try:
            is_tex = child.name().startswith(("xelatex", "xetex", "xdvipdfmx"))
        except psutil.NoSuchProcess:
            continue
        if is_tex == (kind == "lane"):
            yield child


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parent", "worker", "lane"])
def test_a_kill_in_the_middle(
    tmp_path: Path, kind: str, office: Path, one_by_one: dict[str, str]
) -> None:
    """Whoever is killed: no file is broken, nothing runs on, nothing piles up, the rest is made."""
    shutil.copytree(office / "content", tmp_path / "content")
    (tmp_path / "tmp").mkdir()
    with command(tmp_path, "--jobs", "2") as running:
        until(lambda: list(victims("lane", running.pid)))
        whole = children(running.pid)
        target = [psutil.Process(running.pid)] if kind == "parent" else victims(kind, running.pid)
        next(iter(target)).send_signal(signal.SIGKILL)
        said, _ = running.communicate(timeout=TIME_LIMIT * 4)
    _, alive = psutil.wait_procs(whole, timeout=30)
    assert not alive, alive
    for name, digest in digests(tmp_path / "build").items():
        assert digest == one_by_one[name]
    if kind != "parent":
        assert running.returncode == 0, said
        assert debris(tmp_path) == []
    code, said = build(tmp_path, "--jobs", "2")
    assert code == 0, said
    assert digests(tmp_path / "build") == one_by_one
    assert debris(tmp_path) == []


@pytest.mark.slow
def test_an_interruption(tmp_path: Path, office: Path) -> None:
    """Ctrl-C ends everything, exits with 130, and leaves no debris."""
    shutil.copytree(office / "content", tmp_path / "content")
    (tmp_path / "tmp").mkdir()
    with command(tmp_path, "--jobs", "2") as running:
        until(lambda: list(victims("lane", running.pid)))
        whole = children(running.pid)
        os.killpg(running.pid, signal.SIGINT)
        said, _ = running.communicate(timeout=TIME_LIMIT)
    assert running.returncode == ExitCode.INTERRUPTED, said
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(whole, timeout=30)
    assert not alive
    assert debris(tmp_path) == []


def test_a_worker_that_dies_at_one_report(
    tmp_path: Path, stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that kills whoever makes it is named; all others are made, some by others."""
    names = many(tmp_path, 18)
    folders = Project(tmp_path / "content", ROOT / "layouts", ROOT / "fonts", tmp_path / "build")
    chosen = targets(folders, [])

    def deadly(task: Task, common: Stock) -> list[object]:
        assert common is stock
        if any(str(target) == names[3] for target in task.targets):
            os.kill(os.getpid(), signal.SIGKILL)
        return [(target, "made") for target in task.targets]

    monkeypatch.setattr(workers, "_outcomes", deadly)
    found = list(workers.produce(Task(folders, tuple(chosen)), stock, 2))
    lost = [outcome for outcome in found if not isinstance(outcome, tuple)]
    assert [str(outcome.target) for outcome in lost] == [names[3]]
    assert "意外结束" in str(lost[0].error)
    assert len(found) == 18


def test_tasks_are_neither_small_nor_large(tmp_path: Path) -> None:
    """A task is worth a process, and fits into a lane; together they are the whole, in order."""
    folders = Project(tmp_path, tmp_path, tmp_path, tmp_path)
    for count in (1, 7, 8, 9, 100, 101, 999):
        chosen = tuple(building.target(tmp_path, number) for number in range(count))
        for parts in (1, 2, 3, 64):
            cut = divide(Task(folders, chosen), parts)
            assert sum((task.targets for task in cut), ()) == chosen
            sizes = [len(task.targets) for task in cut]
            assert max(sizes) <= 50
            assert all(size >= 8 for size in sizes[:-1])


def test_debris_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed process left is swept up; what is worked in, or is not ours, stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch._sweep.cache_clear()
    left, own, foreign = (tmp_path / f"nianbao-{name}" for name in ("left", "own", "foreign"))
    for folder in (left, own, foreign):
        folder.mkdir()
        (folder / "work").write_text("x", "utf-8")
    for folder in (left, own):
        (folder / ".nianbao-lock").touch()
    with (own / ".nianbao-lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with scratch.folder() as folder:
            assert folder.is_dir()
            assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
                [folder.name, own.name, foreign.name]
            )
    assert not folder.exists()
    scratch._sweep.cache_clear()


def test_half_written_files_of_others(tmp_path: Path) -> None:
    """A file that a killed process left half written goes with the next one written there."""
    (tmp_path / ".report.pdf.abcd_123").write_bytes(b"half")
    (tmp_path / ".report.pdf.mine").write_bytes(b"not ours")
    with files.staged(tmp_path / "report.pdf", b"new"):
        (being,) = set(tmp_path.glob(".report.pdf.????????"))
        files.write(tmp_path / "report.pdf", b"other")
        assert being.exists()
    assert (tmp_path / "report.pdf").read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".report.pdf.mine", "report.pdf"]
