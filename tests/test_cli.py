"""The command line as its users see it: targets, options, channels, exit codes, JSON."""

import json
import os
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any, Never

import pytest
from offices import AGENCY, GOOD, ROOT, project, recording, replaying
from pypdf import PdfReader, PdfWriter

from pipeline import __version__, cli, registry
from pipeline.errors import ExitCode
from pipeline.pdf.passport import KEY, Passport
from pipeline.stamping import seal

HAN = re.compile("[一-龥]")
PROGRESS = re.compile(r"(\w+/\d{4})  (检查|排版|完成)(?:  \d+ ms)?(?:  (\S+))?")
WENKAI = Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")
SAMPLE = f'sample = true\ntitle = "样板年度报告"\n{GOOD}'
"""Its title has no year, so that what xelatex made of one year passes for another's."""
PLACE = {"file", "line", "column", "path"}
KEYS = PLACE | {"code", "severity", "message", "hint", "related", "accepted"}


def nianbao(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which one sample report was built by the real xelatex, from a subfolder."""
    folder = project(tmp_path_factory.mktemp("built"), "a/2021", text=SAMPLE)
    path = f"{recording(folder / 'bin', folder / 'saved')}:{os.environ['PATH']}"
    done = nianbao("build", cwd=folder / "content" / "a", PATH=path)
    assert done.returncode == 0, done.stderr
    (folder / "stderr.txt").write_text(done.stderr, encoding="utf-8")
    assert done.stdout == ""
    return folder


@pytest.fixture
def desk(tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three targets of two offices, and an xelatex that gives what it once made of them."""
    project(tmp_path, "a/2021", "a/2022", "b/2021", text=SAMPLE)
    monkeypatch.setenv("PATH", str(replaying(tmp_path / "bin", built / "saved")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stamping(tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project with the built report."""
    shutil.copytree(built / "content", tmp_path / "content")
    shutil.copytree(built / "build", tmp_path / "build")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "build" / "a" / "2021"


def reports(desk: Path, name: str = "report.pdf") -> list[str]:
    """The reports that were made, as targets."""
    return sorted(
        f"{path.parent.parent.name}/{path.parent.name}"
        for path in (desk / "build").glob(f"*/*/{name}")
    )


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said; nothing of it on stdout."""
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


# build


def test_a_build_from_a_subfolder(built: Path) -> None:
    """It finds the project upward, keeps stdout empty, and tells each step with its time."""
    lines = (built / "stderr.txt").read_text(encoding="utf-8").splitlines()
    steps = [match.groups() for line in lines if (match := PROGRESS.fullmatch(line))]
    report = built / "build" / "a" / "2021" / "report.pdf"
    assert steps == [
        ("a/2021", "检查", None),
        ("a/2021", "排版", None),
        ("a/2021", "完成", str(report)),
    ]
    assert len(PdfReader(report).pages) > 1
    assert "\x1b" not in "".join(lines)
    assert [item.name for item in report.parent.iterdir()] == ["report.pdf"]


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([], ["a/2021", "a/2022", "b/2021"]),
        (["a/2021"], ["a/2021"]),
        (["a"], ["a/2021", "a/2022"]),
        (["2021"], ["a/2021", "b/2021"]),
        (["content/b/2021.toml"], ["b/2021"]),
        (["b", "a/2022"], ["a/2022", "b/2021"]),
    ],
)
def test_build_targets(
    desk: Path, capsys: pytest.CaptureFixture[str], targets: list[str], expected: list[str]
) -> None:
    """An office, a year, both, a file, or everything."""
    assert cli.run(["build", *targets]) == 0
    said = told(capsys)
    assert reports(desk) == expected
    steps = [match.group(1, 3) for line in said.splitlines() if (match := PROGRESS.match(line))]
    assert [step for step in steps if step[1]] == [
        (name, f"build/{name}/report.pdf") for name in expected
    ]
    assert "\x1b" not in said


def test_named_folders(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--content, --out, --layouts and --fonts, from a folder that has none of them."""
    elsewhere = desk / "elsewhere"
    for name in ("content", "layouts", "fonts", "here"):
        source = ROOT / name if name in ("layouts", "fonts") else desk / name
        if source.is_dir():
            shutil.copytree(source, elsewhere / name)
        else:
            (elsewhere / name).mkdir(parents=True)
    shutil.rmtree(desk / "content")
    os.chdir(elsewhere / "here")
    options = [f"--{name}=../{name}" for name in ("content", "layouts", "fonts")]
    assert cli.run(["build", "b", *options, "--out", "../结果"]) == 0
    told(capsys)
    assert (elsewhere / "结果" / "b" / "2021" / "report.pdf").is_file()
    for number in range(3):
        wrong = [*options]
        wrong[number] += "x"
        assert cli.run(["build", *wrong]) == ExitCode.FILE
        assert "没有这个文件夹" in told(capsys)


def test_layouts_of_the_project(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A form in the project's own layouts is the one that counts."""
    shutil.copytree(ROOT / "layouts", desk / "layouts")
    form = desk / "layouts" / "2021" / "form.toml"
    text = form.read_text(encoding="utf-8")
    form.write_text(text.replace('key = "licences"', 'key = "permits"'), encoding="utf-8")
    assert cli.run(["check", "a/2021"]) == ExitCode.CONTENT
    out = capsys.readouterr().out
    assert "disclosure.permits" in out
    assert "disclosure.licences" in out


def test_a_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With missing rows and wrong cells: draft.pdf, marked, and the findings; no report.pdf."""
    monkeypatch.chdir(project(tmp_path, "a/2021"))
    path = tmp_path / "content" / "a" / "2021.toml"
    text = GOOD.replace("received     = [4, 0", "received     = [-4, 'x'")
    text = text.replace("carried_in   = [0, 0, 0, 0, 0, 0]\n", "")
    text = text.replace("总体情况。", "总体情况{{ nothing }}\U000f0000。")
    path.write_text(text, encoding="utf-8")
    assert cli.run(["build"]) == ExitCode.CONTENT
    assert "有 5 处错误，未生成" in told(capsys)
    assert not (tmp_path / "build").exists()
    assert cli.run(["build", "--draft"]) == 0
    said = told(capsys)
    for code in ("NB202", "NB205", "NB308", "NB401", "NB501"):
        assert code in said
    (draft,) = (tmp_path / "build" / "a" / "2021").iterdir()
    assert draft.name == "draft.pdf"
    text = "".join(page.extract_text() for page in PdfReader(draft).pages)
    assert "总体情况{{nothing}}〓。" in "".join(text.split())
    passport = Passport.from_json(PdfReader(draft).metadata[KEY])
    assert passport.draft
    assert cli.run(["stamp", str(draft), "--no-seal"]) == ExitCode.VERIFICATION
    assert "送审稿不能用印" in told(capsys)


def test_a_draft_is_marked(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """送审稿 stands in the margin of every page, as text."""
    monkeypatch.undo()
    options = ["--content", str(desk / "content"), "--out", str(desk)]
    assert cli.run(["build", "b", "--draft", *options]) == 0
    for page in PdfReader(desk / "b" / "2021" / "draft.pdf").pages:
        assert "送审稿" in "".join(page.extract_text().split())


def test_errors_refuse_a_build(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3 with every finding; nothing is written; the others are built: exit 8."""
    path = desk / "content" / "b" / "2021.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("d     = [4", "d     = [5"), encoding="utf-8"
    )
    assert cli.run(["build", "b"]) == ExitCode.CONTENT
    said = told(capsys)
    assert said.count("NB302") == 2
    assert "content/b/2021.toml:" in said
    assert reports(desk) == []
    assert cli.run(["build"]) == ExitCode.PARTIAL
    assert "共 3 份，2 份完成，1 份未完成。" in told(capsys)
    assert reports(desk) == ["a/2021", "a/2022"]


def test_all_failing_alike(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their common code; different ones are 8."""
    for path in desk.glob("content/*/2021.toml"):
        path.write_text("year = 2021", encoding="utf-8")
    assert cli.run(["build", "2021"]) == ExitCode.CONTENT
    (desk / "content" / "b" / "2021.toml").unlink()
    (desk / "content" / "b" / "2021.toml").mkdir()
    assert cli.run(["build", "2021"]) == ExitCode.PARTIAL
    assert cli.run(["check", "2021"]) == ExitCode.PARTIAL
    assert cli.run(["check", "b"]) == ExitCode.FILE
    assert "这是文件夹" in capsys.readouterr().err


def test_a_file_that_stands_alone(
    tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its own [agency] it needs no agency.toml and no project, and may lie anywhere."""
    monkeypatch.setenv("PATH", str(replaying(tmp_path / "bin", built / "saved")))
    (tmp_path / "机关").mkdir()
    (tmp_path / "cwd").mkdir()
    path = tmp_path / "机关" / "报告.toml"
    path.write_text(f"{SAMPLE}\n[agency]\n{AGENCY}", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "cwd")
    assert cli.run(["check", str(path)]) == 0
    assert cli.run(["build", "../机关/报告.toml"]) == 0
    told(capsys)
    assert (tmp_path / "cwd" / "build" / "机关" / "报告" / "report.pdf").is_file()
    path.write_text(SAMPLE, encoding="utf-8")
    assert cli.run(["check", str(path)]) == ExitCode.CONTENT
    assert "没有 [agency] 表，旁边也没有 agency.toml" in capsys.readouterr().out


# check


def wrong(desk: Path) -> None:
    """One error with relations, one accepted, one warning, in b/2021."""
    path = desk / "content" / "b" / "2021.toml"
    text = path.read_text(encoding="utf-8").replace("reconsideration = [0, 0, 0, 0]",
        "reconsideration = [1, 2, 3, 4, 11]", 1)  # fmt: skip
    text = text.replace("direct                = [0, 0, 0, 0]", "direct = [1, 0, 0, 0, 2]")
    entry = '[[accepted]]\ncode = "{}"\npath = "{}"\nreason = "口径不同。"\n'
    text += entry.format("NB301", "reviews.litigation.direct.4") + entry.format("NB302", "x")
    path.write_text(text, encoding="utf-8")


def test_check_as_json(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Keys, types and counts as the contract has them; one document on stdout and nothing else."""
    wrong(desk)
    assert cli.run(["check", "--format", "json"]) == ExitCode.CONTENT
    shown = capsys.readouterr()
    assert shown.err == ""
    document = json.loads(shown.out)
    assert set(document) == {"findings", "summary"}
    assert document["summary"] == {"errors": 1, "warnings": 1, "notes": 1}
    lines = (desk / "content" / "b" / "2021.toml").read_text(encoding="utf-8").split("\n")
    for finding in document["findings"]:
        assert set(finding) == KEYS
        for key in ("code", "severity", "file", "path", "message", "hint"):
            assert isinstance(finding[key], str)
            assert finding[key]
        assert finding["severity"] in ("error", "warning", "note")
        assert registry.named(finding["code"])
        assert type(finding["line"]) is int
        assert 1 <= finding["line"] <= len(lines)
        assert type(finding["column"]) is int
        assert finding["column"] >= 1
        for place in finding["related"]:
            assert set(place) == PLACE
        assert finding["accepted"] is None or finding["severity"] == "note"
    error, note, warning = document["findings"]
    assert (error["code"], error["severity"]) == ("NB301", "error")
    assert error["file"] == "content/b/2021.toml"
    assert error["path"] == "reviews.reconsideration.4"
    assert lines[error["line"] - 1][error["column"] - 1 :] == "11]"
    assert [place["path"][-1] for place in error["related"]] == ["0", "1", "2", "3"]
    assert (note["severity"], note["accepted"]) == ("note", "口径不同。")
    assert (warning["code"], warning["severity"]) == ("NB701", "warning")


def test_check_as_text(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings on stdout, each with place, weight, code and remedy; the count on stderr."""
    wrong(desk)
    assert cli.run(["check"]) == ExitCode.CONTENT
    shown = capsys.readouterr()
    error, remedy, related, note, reason, *_ = shown.out.splitlines()
    assert re.fullmatch(r"content/b/2021\.toml:\d+:\d+ 错误 NB301 “行政复议，总计”写的是.*", error)
    assert remedy.startswith("  → ")
    assert re.fullmatch(r"  相关：\d+:\d+(、\d+:\d+){3}", related)
    assert " 提示 NB301 " in note
    assert reason == "  已确认：口径不同。"
    assert shown.err == "共检查 3 份：错误 1 处，警告 1 处，提示 1 处。\n"
    assert "\x1b" not in shown.out + shown.err


def test_a_place_of_another_year_is_named_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line of last year's file is not taken for one of this year's."""
    monkeypatch.chdir(project(tmp_path, "a/2021", "a/2022"))
    path = tmp_path / "content" / "a" / "2021.toml"
    text = path.read_text(encoding="utf-8").replace("carried_over = [0", "carried_over = [1")
    path.write_text(text.replace("received     = [4", "received     = [5"), encoding="utf-8")
    assert cli.run(["check", "a/2022"]) == ExitCode.CONTENT
    shown = capsys.readouterr().out
    assert "NB304 “自然人”列" in shown
    assert re.search(r"^  相关：2021\.toml:\d+:\d+$", shown, re.MULTILINE)


def test_check_needs_no_tex(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started, and nothing on PATH is needed; nothing is written."""
    before = sorted(desk.rglob("*"))
    (desk / "empty").mkdir()
    monkeypatch.setenv("PATH", str(desk / "empty"))

    def refused(*_: object, **__: object) -> Never:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", refused)
    assert cli.run(["check"]) == 0
    (desk / "empty").rmdir()
    assert sorted(desk.rglob("*")) == before


@pytest.mark.parametrize(
    ("entry", "plain", "strict"),
    [("", 0, 0), ('[[accepted]]\ncode = "NB302"\nreason = "x"', 0, 3), ("x = 1", 3, 3)],
)
def test_strict(desk: Path, entry: str, plain: int, strict: int) -> None:
    """Warnings fail a strict check only; notes never."""
    path = desk / "content" / "b" / "2021.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{entry}\n", encoding="utf-8")
    assert cli.run(["check", "b"]) == plain
    assert cli.run(["check", "b", "--strict"]) == strict
    assert cli.run(["check", "b", "--strict", "--format", "json"]) == strict


def test_check_lists_what_no_report_can_be_made_of(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is no TOML, and one that cannot be read, hide no findings of the others."""
    wrong(desk)
    (desk / "content" / "a" / "2021.toml").write_bytes("x = “1”".encode())
    assert cli.run(["check", "--format", "json"]) == ExitCode.CONTENT
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [f["code"] for f in found] == ["NB103", "NB210", "NB301", "NB301", "NB701"]
    assert (found[0]["file"], found[0]["line"], found[0]["column"]) == ("content/a/2021.toml", 1, 5)
    (desk / "content" / "a" / "2022.toml").unlink()
    (desk / "content" / "a" / "2022.toml").mkdir()
    assert cli.run(["check", "--format", "json"]) == ExitCode.PARTIAL
    shown = capsys.readouterr()
    assert len(json.loads(shown.out)["findings"]) == 4
    assert "这是文件夹，不是文件：content/a/2022.toml" in shown.err


# Usage, help and what the program knows


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], "没有这个命令：nope"),
        (["--nope"], "没有这个选项：--nope"),
        (["build", "--nope"], "没有这个选项：--nope"),
        (["build", "--out"], "选项 --out 后面要写它的值"),
        (["build", "--draft=1"], "选项 --draft 后面不写值"),
        (["build", "--time-limit", "x"], "选项 --time-limit 的值不合适"),
        (["build", "--time-limit", "0"], "选项 --time-limit 的值不合适"),
        (["build", "--time-limit", "-1"], "选项 --time-limit 的值不合适"),
        (["check", "--format", "xml"], "选项 --format 只能写 'text', 'json'"),
        (["stamp"], "缺少参数：目标或PDF"),
        (["watch", "a", "b", "c"], "多余的参数：b c"),
        (["build", "nowhere"], "没有这个目标：nowhere"),
        (["explain", "NB999"], "没有这个编号：NB999"),
        (["forms", "1999"], "没有名为“1999”的格式"),
    ],
)
def test_wrong_usage(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Exit 2, in Chinese, with a remedy."""
    assert cli.run(arguments) == ExitCode.USAGE
    said = told(capsys)
    assert words in said
    assert "  → " in said
    english = re.findall(r"\b(?:No|such|Got|Missing|Invalid|requires|Error|Usage|value)\b", said)
    assert english == []
    assert reports(desk) == []


COMMANDS = ("build", "check", "stamp", "register", "doctor", "fonts", "forms", "explain")


@pytest.mark.parametrize("arguments", [[], ["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Help is Chinese through and through, on stdout, with every command and option explained."""
    assert cli.run(arguments) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.startswith("用法：")
    body = [line for line in shown.out.splitlines()[1:] if line.strip()]
    assert all(HAN.search(line) for line in body), shown.out
    for word in (
        "Usage",
        "Options",
        "Arguments",
        "Commands",
        "Show this",
        "env var",
        "<",
        "OPTIONS",
    ):
        assert word not in shown.out
    if arguments == ["--help"]:
        assert all(f"\n  {name} " in shown.out for name in COMMANDS)
    if arguments == ["build", "--help"]:
        assert "NIANBAO_TIME_LIMIT" in shown.out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Its name and number."""
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"nianbao {__version__}\n"


def test_forms(capsys: pytest.CaptureFixture[str]) -> None:
    """All forms by name; one with every key, label and column; the same as JSON."""
    assert cli.run(["forms"]) == 0
    assert re.search(r"^2021　.*（2021 年起", capsys.readouterr().out, re.MULTILINE)
    assert cli.run(["forms", "2021"]) == 0
    out = capsys.readouterr().out
    assert "[applications]　三、收到和处理政府信息公开申请情况" in out
    assert "  results.refused.state_secret　1.属于国家秘密：自然人、商业企业" in out
    assert "  results.total　（七）总计（自动计算）：" in out
    assert cli.run(["forms", "2021", "--format", "json"]) == 0
    (form,) = json.loads(capsys.readouterr().out)
    assert form["name"] == "2021"


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    """One rule by its code, with how it is found, or all of them; the same as JSON."""
    assert cli.run(["explain", "nb304"]) == 0
    title, about, remedy, acceptance = capsys.readouterr().out.splitlines()
    assert title == "NB304　错误　与上年的数字接不上"
    assert about.startswith("  同一文件夹里有上年的内容文件时才比较")
    assert remedy.startswith("  → 请与上年的年报逐项核对")
    assert "[[accepted]]" in acceptance
    assert cli.run(["explain"]) == 0
    assert re.findall(r"^NB\d+", capsys.readouterr().out, re.MULTILINE) == [
        rule.code for rule in registry.ALL
    ]
    assert cli.run(["explain", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(registry.ALL)


def test_doctor(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's state as text and as JSON; without xelatex it exits 4."""
    code = cli.run(["doctor"])
    assert "XeLaTeX" in capsys.readouterr().out
    assert cli.run(["doctor", "--format", "json"]) == code
    checks = json.loads(capsys.readouterr().out)
    assert {"group", "title", "state", "detail", "advice"} == set(checks[0])
    monkeypatch.setenv("PATH", "/nonexistent")
    assert cli.run(["doctor"]) == ExitCode.TOOL
    assert "缺少程序 xelatex" in capsys.readouterr().out


def test_a_bug_keeps_its_trace(desk: Path) -> None:
    """Exit 1, with the trace on stderr: it is ours to mend."""
    site = desk / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import pipeline.form.forms\ndef bug(_): raise RuntimeError('a bug')\n"
        "pipeline.form.forms.load_all = bug\n",
        encoding="utf-8",
    )
    done = nianbao("check", cwd=desk, PYTHONPATH=f"{site}:{ROOT}")
    assert done.returncode == ExitCode.BUG
    assert done.stdout == ""
    assert "Traceback" in done.stderr
    assert done.stderr.endswith("RuntimeError: a bug\n")


def test_stdout_nobody_reads(desk: Path) -> None:
    """A pipe that closes early, or a full disk behind stdout: exit 6, no trace."""
    wrong(desk)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "check"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == ExitCode.FILE
    assert "标准输出无法写入（磁盘已满）" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_terminal_without_chinese(desk: Path) -> None:
    """What the encoding lacks is shown by number; the exit code stays."""
    wrong(desk)
    done = nianbao("check", cwd=desk, PYTHONIOENCODING="ascii")
    assert done.returncode == ExitCode.CONTENT
    assert "NB301" in done.stdout
    assert "Traceback" not in done.stderr


# fonts


def roles(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """What `fonts --format json` says, by role."""
    assert cli.run(["fonts", "--format", "json"]) == 0
    return {role["role"]: role for role in json.loads(capsys.readouterr().out)}


@pytest.mark.usefixtures("desk")
def test_fonts(capsys: pytest.CaptureFixture[str]) -> None:
    """Every role with its file, and whether a free face stands in."""
    found = roles(capsys)
    assert set(found) == {"xiaobiaosong", "fangsong", "kai", "hei", "song", "latin"}
    for role in found.values():
        assert role["stand_in"] is True
        assert all(Path(face["file"]).is_file() for face in role["faces"])
    assert cli.run(["fonts"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("［代用］") == 6
    assert shown.err == ""


@pytest.mark.parametrize("name", ["仿宋_GB2312.ttf", "simfang.ttf", "SimFang.TTF", "FZFSJW.ttf"])
def test_an_offices_own_font(desk: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A file put into fonts/ under a usual name serves its role, whatever the case."""
    (desk / "fonts").mkdir()
    (desk / "fonts" / name).symlink_to(WENKAI)
    found = roles(capsys)
    assert found["fangsong"]["stand_in"] is False
    assert found["fangsong"]["faces"][0]["file"] == str(desk / "fonts" / name)
    assert found["kai"]["stand_in"] is True
    assert cli.run(["fonts"]) == 0
    assert f"仿宋（正文）：{Path(name).stem}［正版］" in capsys.readouterr().out


def test_a_build_with_an_own_font(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The build sets the body in it, and says for which roles free faces stand in."""
    monkeypatch.chdir(project(tmp_path, "a/2021"))
    (tmp_path / "fonts").mkdir()
    shutil.copyfile(WENKAI, tmp_path / "fonts" / "仿宋_gb2312.TTF")
    assert cli.run(["build"]) == 0
    (notice,) = [line for line in told(capsys).splitlines() if line.startswith("注意：")]
    assert "以下由免费字体代用" in notice
    assert "楷体（二级标题）用 Fandol 楷体" in notice
    assert "仿宋" not in notice
    report = PdfReader(tmp_path / "build" / "a" / "2021" / "report.pdf")
    fonts = {
        font.get_object()["/BaseFont"]
        for page in report.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert any("LXGWWenKai" in font for font in fonts)
    assert not any("FandolFang" in font for font in fonts)


@pytest.mark.parametrize("harm", ["empty", "text", "header", "cut", "folder"])
def test_a_broken_font_file(desk: Path, capsys: pytest.CaptureFixture[str], harm: str) -> None:
    """Exit 4 with its name and what to do, once; nothing is built."""
    (desk / "fonts").mkdir()
    path = desk / "fonts" / "simfang.ttf"
    whole = WENKAI.read_bytes()
    data = {
        "empty": b"",
        "text": b"no font",
        "header": whole[:100],
        "cut": whole[: len(whole) // 2],
    }
    if harm == "folder":
        path.mkdir()
    else:
        path.write_bytes(data[harm])
    for command in (["build"], ["check"], ["fonts"]):
        assert cli.run(command) == ExitCode.TOOL
        said = told(capsys)
        assert said.count(str(path)) == 1
        assert "字体文件" in said
        assert "请换一个完好的字体文件" in said
    assert reports(desk) == []


# stamp


def stamped(*options: str) -> int:
    """Stamp the built report with the specimen and a date."""
    return cli.run(["stamp", "a/2021", "--seal", "specimen", "--date", "2022-01-13", *options])


def test_stamp(stamping: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Name, date and seal in a new file beside the report, which stays as it was."""
    before = (stamping / "report.pdf").read_bytes()
    assert stamped() == 0
    assert "已生成 build/a/2021/stamped.pdf" in told(capsys)
    assert sorted(item.name for item in stamping.iterdir()) == ["report.pdf", "stamped.pdf"]
    assert (stamping / "report.pdf").read_bytes() == before
    text = "".join(PdfReader(stamping / "stamped.pdf").pages[-1].extract_text().split())
    assert "示例市样板区示范街道办事处2022年1月13日" in text
    passport = Passport.from_json(PdfReader(stamping / "stamped.pdf").metadata[KEY])
    assert passport.stamped
    assert passport.stamped.seal == seal.load(ROOT / "layouts" / "specimen-seal.svg", 42).digest


def test_stamp_without_seal(stamping: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--no-seal; the date of the content is enough."""
    assert cli.run(["stamp", "a/2021", "--no-seal"]) == 0
    told(capsys)
    passport = Passport.from_json(PdfReader(stamping / "stamped.pdf").metadata[KEY])
    assert passport.stamped
    assert passport.stamped.seal is None


def test_stamp_a_file_to_a_file(stamping: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A PDF anywhere, and --output; without it the name tells what was made of what."""
    shutil.copyfile(stamping / "report.pdf", "年报.pdf")
    assert cli.run(["stamp", "年报.pdf", "--no-seal"]) == 0
    assert Path("年报-stamped.pdf").is_file()
    assert stamped("--output", "new/印.pdf") == 0
    assert Path("new/印.pdf").read_bytes().startswith(b"%PDF-")
    assert not (stamping / "stamped.pdf").exists()
    told(capsys)


@pytest.mark.parametrize("way", ["same", "dotted", "symlink to", "through a symlink", "seal"])
def test_stamp_never_over_its_input(
    stamping: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    """However the output is called, the input is not it."""
    report = stamping / "report.pdf"
    before = report.read_bytes()
    output, seal_file = report, "specimen"
    match way:
        case "dotted":
            output = stamping / ".." / "2021" / "report.pdf"
        case "symlink to":
            output = Path("link.pdf")
            output.symlink_to(report)
        case "through a symlink":
            Path("folder").symlink_to(stamping)
            output = Path("folder") / "report.pdf"
        case "seal":
            seal_file = "seal.svg"
            output = Path(shutil.copyfile(ROOT / "layouts" / "specimen-seal.svg", seal_file))
    code = cli.run(["stamp", "a/2021", "--seal", seal_file, "--output", str(output)])
    assert code == ExitCode.VERIFICATION
    assert "输出文件就是输入文件" in told(capsys)
    assert report.read_bytes() == before
    assert Path("seal.svg").exists() == (way == "seal")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["a/2022", "--no-seal"], ExitCode.FILE, "请先运行 nianbao build a/2022"),
        (["a", "--no-seal"], ExitCode.USAGE, "“a”有 2 份年报"),
        (["nowhere", "--no-seal"], ExitCode.USAGE, "没有这个目标"),
        (["nowhere.pdf", "--no-seal"], ExitCode.FILE, "没有这个文件：nowhere.pdf"),
        (["a/2021"], ExitCode.VERIFICATION, "须加盖印章"),
        (["a/2021", "--seal", "specimen", "--no-seal"], ExitCode.USAGE, "不能同时使用"),
        (["a/2021", "--no-seal", "--date", "2022-02-30"], ExitCode.USAGE, "日期无法识别"),
        (["a/2021", "--no-seal", "--date", "13.1.2022"], ExitCode.USAGE, "日期无法识别"),
        (["a/2021", "--no-seal", "--date", "2022-01-14"], ExitCode.VERIFICATION, "日期不一致"),
        (["a/2021", "--seal", "nowhere.svg"], ExitCode.FILE, "印章文件无法读取：nowhere.svg"),
        (["a/2021", "--seal", "other.svg"], ExitCode.VERIFICATION, "只能使用样章"),
        (["a/2021", "--no-seal", "--output", "folder.pdf"], ExitCode.FILE, "是文件夹"),
        (["a/2021", "--no-seal", "--output", "build"], ExitCode.VERIFICATION, "须以 .pdf 结尾"),
        (["a/2021", "--no-seal", "--output", "印.docx"], ExitCode.VERIFICATION, "须以 .pdf 结尾"),
        (["broken.pdf", "--no-seal"], ExitCode.FILE, "PDF 已损坏"),
    ],
)  # fmt: skip
def test_a_refused_stamp_changes_nothing(
    stamping: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    """Each refusal has its code and words; a file that was stamped earlier stays as it was."""
    project(Path(), "a/2022")
    Path("broken.pdf").write_bytes(b"%PDF-1.5 nothing")
    specimen = (ROOT / "layouts" / "specimen-seal.svg").read_text(encoding="utf-8")
    Path("other.svg").write_text(f"{specimen}<!-- another -->", encoding="utf-8")
    Path("folder.pdf").mkdir()
    assert stamped() == 0
    earlier = (stamping / "stamped.pdf").read_bytes()
    before = (stamping / "report.pdf").read_bytes()
    capsys.readouterr()
    assert cli.run(["stamp", *arguments]) == code
    said = told(capsys)
    assert words in said
    assert "  → " in said
    assert (stamping / "stamped.pdf").read_bytes() == earlier
    assert (stamping / "report.pdf").read_bytes() == before
    assert sorted(item.name for item in stamping.iterdir()) == ["report.pdf", "stamped.pdf"]


@pytest.mark.parametrize("kind", ["nothing", "text", "broken PDF", "another PDF", "report"])
def test_stamp_over_no_file_but_its_own(
    stamping: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """Only what was stamped before is replaced: beside the report, or at --output."""
    other = PdfWriter()
    other.add_blank_page(210, 297)
    other.write(blank := BytesIO())
    found = {
        "nothing": b"",
        "text": b"earlier",
        "broken PDF": b"%PDF-1.5 nothing",
        "another PDF": blank.getvalue(),
        "report": (stamping / "report.pdf").read_bytes(),
    }[kind]
    for path, options in (
        (stamping / "stamped.pdf", []),
        (Path("其他.pdf"), ["--output", "其他.pdf"]),
    ):
        path.write_bytes(found)
        assert stamped(*options) == ExitCode.VERIFICATION
        said = told(capsys)
        assert f"已有这个文件，不能覆盖：{path}" in said
        assert "请换一个文件名" in said
        assert path.read_bytes() == found


@pytest.mark.usefixtures("stamping")
def test_stamp_over_an_earlier_stamp() -> None:
    """At --output as well, in capitals as well, sealed or not."""
    assert stamped("--output", "印.PDF") == 0
    first = Path("印.PDF").read_bytes()
    assert cli.run(["stamp", "a/2021", "--no-seal", "--output", "印.PDF"]) == 0
    assert Path("印.PDF").read_bytes() != first


@pytest.mark.parametrize("harm", ["figure", "comment", "not TOML", "not UTF-8", "empty"])
def test_a_stale_report_is_not_stamped(
    stamping: Path, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    """By whichever name of the target, and by the path of its PDF or of a copy of it."""
    content = Path("content/a/2021.toml")
    before = content.read_bytes()
    content.write_bytes(
        {
            "figure": before.replace(b"1", b"2"),
            "comment": before + "# 已改\n".encode(),
            "not TOML": before + b"[",
            "not UTF-8": before + b"# \xff\n",
            "empty": b"",
        }[harm]
    )
    shutil.copyfile(stamping / "report.pdf", "年报.pdf")
    names = ("a/2021", "a", "2021", str(content), str(stamping / "report.pdf"), "年报.pdf")
    for name in names:
        assert cli.run(["stamp", name, "--no-seal"]) == ExitCode.VERIFICATION
        said = told(capsys)
        assert "内容已改动" in said
        assert str(content) in said
        assert "请重新生成：nianbao build a/2021" in said
    assert [item.name for item in stamping.iterdir()] == ["report.pdf"]
    content.write_bytes(before)
    assert cli.run(["stamp", "a/2021", "--no-seal"]) == 0


def test_a_stamp_twice_is_the_same(stamping: Path) -> None:
    """Stamping again replaces the stamped file by the same bytes; a stamped file is refused."""
    assert stamped() == 0
    first = (stamping / "stamped.pdf").read_bytes()
    assert stamped() == 0
    assert (stamping / "stamped.pdf").read_bytes() == first
    assert cli.run(["stamp", str(stamping / "stamped.pdf"), "--no-seal"]) == ExitCode.VERIFICATION


def test_an_interrupted_stamp(
    stamping: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 130, and the earlier file stays."""

    def interrupted(*_: object, **__: object) -> Never:
        raise KeyboardInterrupt

    assert stamped() == 0
    earlier = (stamping / "stamped.pdf").read_bytes()
    capsys.readouterr()
    monkeypatch.setattr("pipeline.stamping.stamp.stamp", interrupted)
    assert stamped() == ExitCode.INTERRUPTED
    assert told(capsys) == "已中断。\n"
    assert (stamping / "stamped.pdf").read_bytes() == earlier
