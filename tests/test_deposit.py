"""`nianbao archive`, from a target to the bundle on disk, and what a stranger makes of it."""

import csv
import hashlib
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from clerk import sign
from depositing import NAME, PLACE, bundles, files_of, results
from notary import ROOT as AUTHORITY
from offices import GOOD, project
from pypdf import PdfWriter
from records import ROOT

from pipeline import fonts
from pipeline.archiving import keeping
from pipeline.cli.entry import run
from pipeline.errors import ExitCode


def test_a_stamped_report(office: Path) -> None:
    """The stamped file with its content, text and tables; what could not be checked says so."""
    assert run(["archive", "a/2021"]) == ExitCode.OK
    assert bundles(office) == [NAME]
    files = files_of(office)
    stamped = (office / "build" / "a" / "2021" / "stamped.pdf").read_bytes()
    assert files[f"{PLACE}正本.pdf"] == stamped
    assert files[f"{PLACE}内容.toml"] == (office / "content" / "a" / "2021.toml").read_bytes()
    assert "2022年1月13日" in files[f"{PLACE}正文.txt"].decode()
    lines = list(csv.reader(io.StringIO(files[f"{PLACE}表格.csv"].decode("utf-8-sig"))))
    assert len(lines) == 1 + 10 + 25 * 7 + 15
    agency = (office / "content" / "a" / "agency.toml").read_bytes()
    assert files["data/其他/规范/agency.toml"] == agency
    found = results(files)
    untested = {item for item, result in found.items() if result == "未检测"}
    assert untested <= {
        *("电子签名完好，覆盖整个文件", "签名者的身份经可信的根证书核对", "没有查出病毒"),
        *("原件没有宏、脚本、控件和嵌入的对象", "原件没有引用外部的模板和文件"),
    }
    assert set(found.values()) == {"通过", "未检测"}
    assert len(found) > 15
    happened = [json.loads(line)["action"] for line in files["metadata/events.jsonl"].splitlines()]
    assert happened == ["check", "build", "stamp", "archive"]


def test_twice_is_the_same_bytes(office: Path, tmp_path: Path) -> None:
    """Again, and from another folder with the same inputs: the same bundle, the same index."""
    assert run(["archive"]) == ExitCode.OK
    first = {p.name: p.read_bytes() for p in (office / "build" / "archive").iterdir()}
    assert run(["archive"]) == ExitCode.OK
    assert {p.name: p.read_bytes() for p in (office / "build" / "archive").iterdir()} == first
    other = tmp_path / "elsewhere"
    shutil.copytree(office, other)
    shutil.rmtree(other / "build" / "archive")
    command = [sys.executable, "-m", "pipeline", "archive"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TZ": "Pacific/Kiritimati", "USER": "x"}
    subprocess.run(command, cwd=other, env=environment, check=True, capture_output=True)
    assert {p.name: p.read_bytes() for p in (other / "build" / "archive").iterdir()} == first


def test_typeset_again_from_the_bundle_alone(office: Path, tmp_path: Path, stock: Any) -> None:
    """The command that the bundle tells, run on its files with TeX, gives raw.pdf to the byte."""
    assert run(["archive"]) == ExitCode.OK
    folder = tmp_path / "typeset"
    folder.mkdir()
    for path, data in files_of(office).items():
        if path.startswith("data/其他/排版/"):
            (folder / path.rpartition("/")[2]).write_bytes(data)
    listed = json.loads((folder / "字体.json").read_bytes())
    own = {face.path.name: face.path for role in stock.fonts.roles.values() for face in role.faces}
    assert listed
    for name, font in listed.items():
        data = own[font["file"]].read_bytes()
        assert hashlib.sha256(data).hexdigest() == font["sha256"]
        (folder / name).write_bytes(data)
    told = (folder / "说明.TXT").read_text(encoding="utf-8-sig").splitlines()
    (command,) = [line for line in told if "xelatex" in line and "=" in line]
    words = shlex.split(command)
    given = dict(word.split("=", 1) for word in words if "=" in word and not word.startswith("-"))
    program = words[len(given) :]
    assert program[0] == "xelatex"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **given}
    subprocess.run(program, cwd=folder, env=environment, check=True, capture_output=True)
    assert (folder / "report.pdf").read_bytes() == (folder / "raw.pdf").read_bytes()


def test_a_stranger_verifies_it(office: Path, tmp_path: Path) -> None:
    """In a process of its own, in an empty folder, without TeX, home or configuration."""
    assert run(["archive"]) == ExitCode.OK
    path = office / "build" / "archive" / f"{NAME}.zip"
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {"PATH": str(empty), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}

    def verified(file: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipeline", "verify", str(file)]
        return subprocess.run(
            command, cwd=empty, env=environment, capture_output=True, text=True, check=False
        )

    done = verified(path)
    assert (done.returncode, done.stdout) == (0, "")
    data = bytearray(path.read_bytes())
    data[data.index(b"/2021/01/") + 2000] ^= 1
    broken = tmp_path / "broken.zip"
    broken.write_bytes(data)
    done = verified(broken)
    assert done.returncode == ExitCode.VERIFICATION
    assert done.stdout.strip()
    with zipfile.ZipFile(path) as packed:
        packed.extractall(tmp_path / "unpacked")
    assert verified(tmp_path / "unpacked" / NAME).returncode == 0


def test_a_report_that_nobody_stamped(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is archived as 未用印, and that is told."""
    (office / "build" / "a" / "2021" / "stamped.pdf").unlink()
    assert run(["archive", "a/2021"]) == ExitCode.OK
    assert "没有用印" in capsys.readouterr().err
    files = files_of(office)
    assert files[f"{PLACE}正本.pdf"] == (office / "build/a/2021/report.pdf").read_bytes()
    assert "未用印" in files["metadata/元数据.xml"].decode()


def test_content_that_changed(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A PDF of other content is not archived; nothing is left behind."""
    path = office / "content" / "a" / "2021.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# 后来的注释\n", encoding="utf-8")
    assert run(["archive", "a/2021"]) == ExitCode.VERIFICATION
    assert "没有由现在的内容生成的 PDF" in capsys.readouterr().err
    assert not (office / "build" / "archive").exists()


def test_the_office_changed(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A PDF that bears another name than the office has now is not archived, either."""
    path = office / "content" / "a" / "agency.toml"
    name = "示例市样板区示范街道办事处"
    path.write_text(path.read_text("utf-8").replace(name, "示例市样板区新街道办事处"), "utf-8")
    assert run(["archive", "a/2021"]) == ExitCode.VERIFICATION
    assert "没有由现在的内容生成的 PDF" in capsys.readouterr().err


def test_a_draft_is_not_archived(office: Path) -> None:
    """Nor is a draft, under whatever name."""
    assert run(["build", "a/2021", "--draft"]) == ExitCode.OK
    place = office / "build" / "a" / "2021"
    (place / "stamped.pdf").unlink()
    shutil.copyfile(place / "draft.pdf", place / "report.pdf")
    assert run(["archive", "a/2021"]) == ExitCode.VERIFICATION


def test_the_original_goes_along(office: Path) -> None:
    """The document that a report was imported from, and the number of the records room."""
    original = office / "年报.docx"
    original.write_bytes(b"PK\x03\x04 something")
    command = ["archive", "a/2021", "--original", str(original), "--number", "X-2021-1"]
    assert run([*command, "--retention", "永久", "--by", "张三"]) == ExitCode.OK
    files = files_of(office)
    assert files["data/其他/原件/年报.docx"] == original.read_bytes()
    described = files["metadata/元数据.xml"].decode()
    assert all(word in described for word in ("X-2021-1", "永久", "张三"))


def test_several_targets(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One that was not built stops no other; what is meant for one report is refused for two."""
    project(office, "a/2022", text=f"sample = true\n{GOOD}")
    assert run(["archive"]) == ExitCode.PARTIAL
    assert "共 2 份，1 份归档，1 份未归档" in capsys.readouterr().err
    assert bundles(office) == [NAME]
    assert run(["archive", "--number", "1"]) == ExitCode.USAGE


def test_a_bundle_that_is_not_whole_is_not_kept(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the stranger does not find whole never gets its name."""
    monkeypatch.setattr(keeping, "run", lambda *_, **__: ("坏了。", ExitCode.VERIFICATION))
    assert run(["archive"]) == ExitCode.VERIFICATION
    assert "归档包核对不通过：坏了。" in capsys.readouterr().err
    assert bundles(office) == []
    assert (office / "build/log/a/2021.jsonl").read_bytes().count(b"archive") == 0


def test_fonts_are_those_of_the_run(office: Path) -> None:
    """environment.json has every font file of the report, with its digest."""
    assert run(["archive"]) == ExitCode.OK
    told = json.loads(files_of(office)["metadata/environment.json"])
    own = fonts.load(ROOT / "fonts" / "fonts.toml", None)
    known = {face.path.name: face.digest for role in own.roles.values() for face in role.faces}
    assert told["fonts"]
    assert all(known[name] == digest for name, digest in told["fonts"].items())
    assert told["versions"]["xelatex"]
    assert told["form"] == "2021"


# Signed


@pytest.fixture
def signed(office: Path) -> Path:
    """The same project with a signed file beside the stamped one."""
    sign(office)
    return office


def test_a_signed_report(signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The signed file is kept; its signature was examined, and validates after unpacking."""
    assert run(["archive"]) == ExitCode.OK
    files = files_of(signed)
    place = signed / "build" / "a" / "2021"
    assert files[f"{PLACE}正本.pdf"] == (place / "signed.pdf").read_bytes()
    found = results(files)
    assert found["电子签名完好，覆盖整个文件"] == "通过"
    assert "不通过" not in found.values()
    happened = [json.loads(line)["action"] for line in files["metadata/events.jsonl"].splitlines()]
    assert happened == ["check", "build", "stamp", "sign", "archive"]
    assert "已用印并有电子签名" in files["metadata/元数据.xml"].decode()
    unpacked, root = tmp_path / "正本.pdf", tmp_path / "root.pem"
    unpacked.write_bytes(files[f"{PLACE}正本.pdf"])
    root.write_bytes(AUTHORITY.pem)
    capsys.readouterr()
    assert run(["verify", str(unpacked), "--root", str(root)]) == ExitCode.OK
    said = capsys.readouterr().out
    assert "签名：有效" in said
    assert "范围：整个文件" in said


def test_a_signed_file_that_was_changed(
    signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`verify` tells it and exits 7; it is not archived."""
    path = signed / "build" / "a" / "2021" / "signed.pdf"
    writer = PdfWriter(path, incremental=True)
    writer.add_metadata({"/Later": "1"})
    longer = io.BytesIO()
    writer.write(longer)
    assert longer.getvalue().startswith(path.read_bytes())
    (tmp_path / "longer.pdf").write_bytes(longer.getvalue())
    capsys.readouterr()
    assert run(["verify", str(tmp_path / "longer.pdf")]) == ExitCode.VERIFICATION
    assert "签名：无效" in capsys.readouterr().out
    path.write_bytes(longer.getvalue())
    assert run(["archive"]) == ExitCode.VERIFICATION
    assert "电子签名完好，覆盖整个文件：不通过" in capsys.readouterr().err
    assert bundles(signed) == []


def test_a_copy_is_no_signature(office: Path) -> None:
    """A stamped file under the name of a signed one is archived as stamped."""
    place = office / "build" / "a" / "2021"
    shutil.copyfile(place / "stamped.pdf", place / "signed.pdf")
    assert run(["archive"]) == ExitCode.OK
    assert "已用印并有电子签名" not in files_of(office)["metadata/元数据.xml"].decode()


def test_signed_before_the_last_stamp(signed: Path) -> None:
    """A signature on what is no longer the stamped file is not archived."""
    place = signed / "build" / "a" / "2021"
    given = ["--no-seal", "--date", "2022-01-13"]
    assert run(["stamp", "a/2021", *given]) == ExitCode.OK
    assert run(["archive"]) == ExitCode.OK
    assert files_of(signed)[f"{PLACE}正本.pdf"] == (place / "stamped.pdf").read_bytes()


def test_a_log_that_was_edited(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told, and nothing is archived with it."""
    log = office / "build" / "log" / "a" / "2021.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"detail": "nianbao', b'"detail": "Nianbao'))
    assert run(["archive"]) == ExitCode.FILE
    assert "过程记录已损坏" in capsys.readouterr().err
    assert bundles(office) == []


def test_a_log_of_a_report_that_nobody_stamped(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stamped file without a stamp in the log does not pass."""
    log = office / "build" / "log" / "a" / "2021.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    assert run(["archive"]) == ExitCode.VERIFICATION
    assert "过程记录首尾相接，没有缺漏：不通过" in capsys.readouterr().err
    assert bundles(office) == []


def test_building_the_same_again_keeps_the_log(office: Path) -> None:
    """The stamp stays logged; other content begins a new log."""
    log = office / "build" / "log" / "a" / "2021.jsonl"
    before = log.read_bytes()
    assert run(["build", "a/2021"]) == ExitCode.OK
    assert log.read_bytes() == before
    path = office / "content" / "a" / "2021.toml"
    path.write_text(path.read_text("utf-8") + "# 改过\n", "utf-8")
    assert run(["build", "a/2021"]) == ExitCode.OK
    assert log.read_bytes() != before
    assert b"stamp" not in log.read_bytes()


@pytest.mark.parametrize("name", ["run.bat", "seal.png", "年报.exe"])
def test_what_is_no_original(office: Path, name: str) -> None:
    """Programs and pictures, a seal's for instance, do not go along."""
    path = office / name
    path.write_bytes(b"echo")
    assert run(["archive", "a/2021", "--original", str(path)]) == ExitCode.VERIFICATION
    assert bundles(office) == []


def test_archiving_without_the_extra(signed: Path) -> None:
    """Where pyHanko is missing, the signature is 未检测, and the rest goes on."""
    program = (
        "import sys; sys.modules['pyhanko'] = None; "
        "from pipeline.cli.entry import run; sys.exit(run(['archive']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], cwd=signed, env=environment, check=True)
    assert results(files_of(signed))["电子签名完好，覆盖整个文件"] == "未检测"
