"""Stamping many reports with one command: each as if it were alone, all in their registers."""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from offices import GOOD, ROOT, project

from pipeline import cli
from pipeline.errors import ExitCode
from pipeline.production import freshness
from pipeline.project import Target

COUNT = 18
SEAL = ["--seal", "specimen", "--by", "王五"]


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Offices with a finished sample report each."""
    folder = tmp_path_factory.mktemp("offices")
    names = [f"office{number:02}/2021" for number in range(COUNT)]
    project(folder, *names, text=f"sample = true\n{GOOD}")
    assert nianbao(folder, "build")[0] == 0
    return folder


@pytest.fixture
def desk(offices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of them."""
    for name in ("content", "build"):
        shutil.copytree(offices / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def nianbao(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of the command, and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def stamped(folder: Path) -> dict[str, str]:
    """The stamped files by office, as digests."""
    found = sorted(folder.glob("build/*/2021/stamped.pdf"))
    return {path.parent.parent.name: sha256(path.read_bytes()).hexdigest() for path in found}


def test_all_of_a_year(desk: Path) -> None:
    """Over processes: the bytes of one by one, an entry and an event for each, registers whole."""
    assert nianbao(desk, "stamp", "office03", *SEAL, "--output", "alone.pdf")[0] == 0
    code, said = nianbao(desk, "stamp", "2021", "--all", "--jobs", "2", *SEAL)
    assert code == 0, said
    assert f"共 {COUNT} 份，{COUNT} 份已用印，0 份没有用印。" in said
    made = stamped(desk)
    assert len(made) == COUNT
    assert made["office03"] == sha256((desk / "alone.pdf").read_bytes()).hexdigest()
    code, said = nianbao(desk, "register", "verify")
    assert code == 0, said
    assert f"共核对登记簿 {COUNT} 本，0 本有问题。" in said
    logs = sorted((desk / "build" / "log").glob("*/2021.jsonl"))
    assert len(logs) == COUNT
    assert all('"stamp"' in path.read_text(encoding="utf-8") for path in logs)


def test_one_that_cannot_be_stamped(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named with its reason; all others are stamped."""
    bad = desk / "content" / "office05" / "2021.toml"
    bad.write_text(bad.read_text(encoding="utf-8").replace("问题。", "另一个问题。"), "utf-8")
    names = [f"office{number:02}" for number in range(4, 8)]
    assert cli.run(["stamp", *names, *SEAL]) == ExitCode.PARTIAL
    said = capsys.readouterr().err
    assert "内容已改动，与生成报告时不同：content/office05/2021.toml。" in said
    assert "共 4 份，3 份已用印，1 份没有用印。" in said
    assert "没有用印：office05/2021。" in said
    assert sorted(stamped(desk)) == ["office04", "office06", "office07"]


def test_a_report_named_twice(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A target and its own PDF are one report: stamped once, entered once."""
    names = ["office01", "office01/2021", "build/office01/2021/report.pdf"]
    assert cli.run(["stamp", *names, *SEAL]) == 0
    assert "，第 1 条" in capsys.readouterr().err
    assert cli.run(["register", "verify", "office01"]) == 0
    assert "：1 条，没有被改动" in capsys.readouterr().out
    assert sorted(stamped(desk)) == ["office01"]


def test_what_was_kept_is_not_believed(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Content that changed is compared with the report itself, whatever was noted of it."""
    content = desk / "content" / "office02" / "2021.toml"
    before = content.read_bytes()
    content.write_bytes(before.replace(b"4, 0, 0, 0, 0, 0]", b"5, 0, 0, 0, 0, 0]"))

    def believing(ledger: freshness.Ledger, target: Target) -> freshness.Fresh:
        return freshness.Fresh(target.output(ledger._folders, "report.pdf"), ())

    monkeypatch.setattr(freshness.Ledger, "fresh", believing)
    assert cli.run(["stamp", "office02", *SEAL]) == ExitCode.VERIFICATION
    assert "内容已改动，与生成报告时不同" in capsys.readouterr().err
    assert stamped(desk) == {}


def test_several_are_meant_only_where_it_is_said(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A year stands for many reports: without --all none is stamped."""
    assert cli.run(["stamp", "2021", *SEAL]) == ExitCode.USAGE
    assert f"有 {COUNT} 份年报" in capsys.readouterr().err
    assert stamped(desk) == {}


@pytest.mark.parametrize("option", [["--output", "x.pdf"], ["--force", "--reason", "急用"]])
def test_what_is_for_one_report_only(desk: Path, option: list[str]) -> None:
    """One output file, and one reason to overrule, are for one report."""
    assert cli.run(["stamp", "office01", "office02", *SEAL, *option]) == ExitCode.USAGE
    assert stamped(desk) == {}
