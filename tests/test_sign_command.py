"""`nianbao sign` as its users see it: which file, which password, what is refused, what is left."""

import datetime as dt
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from notary import CLERK, LONER, PASSWORD, ROOT, Office, certify, served
from records import ROOT as PROJECT
from records import Shelf
from test_register import stamping

from pipeline import cli, events, files
from pipeline.errors import ExitCode
from pipeline.events import BEIJING
from pipeline.signing import password as passwords
from pipeline.signing.examination import examine
from pipeline.stamping import register

TARGET = "example/2023"


@pytest.fixture
def desk(tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a stamped report, a certificate, its password; gives the report's folder."""
    shutil.copytree(PROJECT / "content" / "example", tmp_path / "content" / "example")
    folder = tmp_path / "build" / "example" / "2023"
    folder.mkdir(parents=True)
    shutil.copyfile(shelf(TARGET), folder / "report.pdf")
    shutil.copyfile(shelf(TARGET, "sealed"), folder / "stamped.pdf")
    enter(tmp_path / "content" / "example", folder / "stamped.pdf")
    certificate = tmp_path / "clerk.p12"
    certificate.write_bytes(CLERK.file())
    certificate.chmod(0o600)
    (tmp_path / "password.txt").write_text(f"{PASSWORD}\r\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(passwords.VARIABLE, raising=False)
    monkeypatch.delenv("NIANBAO_TIMESTAMP", raising=False)
    return folder


def enter(office: Path, stamped: Path, **values: object) -> None:
    """Write a stamped file into an office's register."""
    digest = hashlib.sha256(stamped.read_bytes()).hexdigest()
    with register.held(office) as held:
        held.append(stamping(after=digest, **values))


def signed(name: str = TARGET, *options: str) -> int:
    """The exit code of signing with the clerk's certificate."""
    given = ("--certificate", "clerk.p12", "--password-file", "password.txt")
    return cli.run(["sign", name, *given, *options])


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said; nothing is data."""
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_sign(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A target's stamped report, signed beside it; what is there stays; the time is now."""
    before = {path.name: path.read_bytes() for path in desk.iterdir()}
    start = dt.datetime.now(BEIJING).replace(microsecond=0)
    assert signed() == 0
    said = told(capsys)
    assert "签名：完好" in said
    assert "已生成 build/example/2023/signed.pdf" in said
    assert "注意" not in said
    assert sorted(path.name for path in desk.iterdir()) == [
        "report.pdf",
        "signed.pdf",
        "stamped.pdf",
    ]
    assert {name: (desk / name).read_bytes() for name in before} == before
    made = (desk / "signed.pdf").read_bytes()
    assert made.startswith(before["stamped.pdf"])
    (found,) = examine(made, [ROOT.pem])
    assert found.holds
    assert found.claimed is not None
    assert start <= found.claimed <= dt.datetime.now(BEIJING)


def test_sign_a_file_to_a_file(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A PDF anywhere, and --output; without it the name tells what was made of what."""
    shutil.copyfile(desk / "stamped.pdf", "年报.pdf")
    assert signed("年报.pdf") == 0
    assert Path("年报-signed.pdf").is_file()
    assert signed(TARGET, "--output", "new/签.pdf", "--visible") == 0
    with pikepdf.open("new/签.pdf") as pdf:
        left, _, right, _ = pdf.Root.AcroForm.Fields[0].Rect
        assert right > left
    assert not (desk / "signed.pdf").exists()
    told(capsys)


def test_signing_again(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was signed before is replaced; a signed file itself is not signed again."""
    assert signed() == signed() == 0
    told(capsys)
    assert signed(str(desk / "signed.pdf")) == ExitCode.VERIFICATION
    assert "已有数字签名，不能再次签名" in told(capsys)
    assert cli.run(["stamp", str(desk / "signed.pdf"), "--no-seal"]) == ExitCode.VERIFICATION
    assert "已有数字签名" in told(capsys)


def test_an_unstamped_report(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its target it is refused, as it lacks name and date; by its path it is warned of."""
    assert signed(str(desk / "report.pdf")) == 0
    assert "还没有署名、日期和印章；签名以后不能再用印" in told(capsys)
    (desk / "stamped.pdf").unlink()
    assert signed() == ExitCode.FILE
    assert "请先运行 nianbao stamp example/2023；不盖电子印章的，加上 --no-seal" in told(capsys)


def test_changed_content(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report whose content was changed since is not signed."""
    content = Path("content/example/2023.toml")
    content.write_text(f"{content.read_text(encoding='utf-8')}\n# 改\n", encoding="utf-8")
    assert signed() == ExitCode.VERIFICATION
    assert "内容已改动，与生成报告时不同" in told(capsys)
    content.write_bytes(b"\xff")
    assert signed() == ExitCode.VERIFICATION
    assert "内容已改动，现在无法读取" in told(capsys)
    assert not (desk / "signed.pdf").exists()


def test_changed_content_by_its_path(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same of a PDF that is named itself, and of a copy of it; unless that was decided."""
    content = Path("content/example/2023.toml")
    content.write_text(f"{content.read_text(encoding='utf-8')}\n# 改\n", encoding="utf-8")
    shutil.copyfile(desk / "stamped.pdf", "年报.pdf")
    for name in (str(desk / "stamped.pdf"), "年报.pdf"):
        assert signed(name) == ExitCode.VERIFICATION
        assert "内容已改动，与生成报告时不同" in told(capsys)
    enter(Path("content/example"), desk / "stamped.pdf", forced="急用", overridden=["stale"])
    assert signed(str(desk / "stamped.pdf")) == 0


def test_a_file_that_was_changed_since_it_was_stamped(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the register does not have, or a register that was changed, is not signed."""
    good = (desk / "stamped.pdf").read_bytes()
    with pikepdf.open(io.BytesIO(good)) as pdf:
        pdf.pages[0].contents_add(pdf.make_stream(b"/Artifact BMC 99 99 9 9 re f EMC"))
        pdf.save(desk / "stamped.pdf")
    for name in (TARGET, str(desk / "stamped.pdf")):
        assert signed(name) == ExitCode.VERIFICATION
        assert "用印登记簿中没有这个文件，可能在用印以后改动过" in told(capsys)
    (desk / "stamped.pdf").write_bytes(good)
    book = Path("content/example") / register.NAME
    book.write_text(book.read_text(encoding="utf-8").replace("甲", "乙"), encoding="utf-8")
    assert signed() == ExitCode.VERIFICATION
    assert "被改动过" in told(capsys)
    assert not (desk / "signed.pdf").exists()


@pytest.mark.parametrize("out", ["build", "../{here}/build"])
def test_a_signature_is_logged(desk: Path, out: str) -> None:
    """However the folder of outputs is written, and however the file."""
    log = Path("build/log/example/2023.jsonl")
    events.begin(log, events.now(events.Action.BUILD, "x"))
    path = out.format(here=Path.cwd().name)
    assert signed(f"{path}/example/2023/stamped.pdf", "--out", path) == 0
    assert [each.action for each in events.read(log)] == ["build", "sign"]
    assert desk.is_dir()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("示例市样板区示范街道办事处", "示例市样板区新街道办事处"),
        ('"sealed"', '"unsealed"'),
        ("42", "40"),
        ("name", "= ="),
    ],
)
def test_changed_office(desk: Path, capsys: pytest.CaptureFixture[str], old: str, new: str) -> None:
    """Nor is one whose office has another name, seal or signature now, or cannot be read."""
    path = Path("content/example/agency.toml")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert signed() == ExitCode.VERIFICATION
    assert "机关信息已改动，与生成报告时不同：content/example/agency.toml" in told(capsys)
    assert not (desk / "signed.pdf").exists()


def test_a_broken_file(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told in Chinese as the file's fault, whichever library stumbles over it."""
    whole = (desk / "stamped.pdf").read_bytes()
    at = whole.rindex(b"startxref")
    (desk / "stamped.pdf").write_bytes(whole[:at] + b"startxref\n77\n%%EOF\n")
    enter(Path("content/example"), desk / "stamped.pdf")
    assert signed() == ExitCode.FILE
    said = told(capsys)
    assert "程序自身的错误" not in said
    assert re.search("错误：PDF 已损坏，或被改动过：不是完好的 PDF，.*（qpdf：[ -~]+）。\n", said)
    assert "请用 nianbao build 和 nianbao stamp 重新生成" in said
    assert not (desk / "signed.pdf").exists()
    assert cli.run(["verify", str(desk / "stamped.pdf")]) == ExitCode.VERIFICATION
    assert "broken 不是完好的 PDF" in capsys.readouterr().out


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["2099"], ExitCode.USAGE, "没有这个目标"),
        (["none.pdf"], ExitCode.FILE, "没有这个文件"),
        ([TARGET, "--output", "x.txt"], ExitCode.VERIFICATION, "须以 .pdf 结尾"),
        ([TARGET, "--timestamp", "tsa"], ExitCode.USAGE, "时间戳服务的地址无法识别"),
        ([TARGET, "--certificate", "none.p12"], ExitCode.FILE, "找不到文件：none.p12"),
        ([TARGET, "--password-file", "none.txt"], ExitCode.FILE, "找不到文件：none.txt"),
        ([TARGET, "--certificate", "password.txt"], ExitCode.FILE, "不是 PKCS#12 文件"),
    ],
)
def test_refusals(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each has its code and words, and nothing is made."""
    assert signed(*arguments) == code
    assert words in told(capsys)
    assert list(Path().rglob("*signed.pdf")) == []


def test_several_reports(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One at a time."""
    assert desk.is_dir()
    assert signed("example") == ExitCode.USAGE
    assert "份年报" in told(capsys)


@pytest.mark.parametrize("way", ["same", "symlink", "certificate"])
def test_never_over_its_input(desk: Path, capsys: pytest.CaptureFixture[str], way: str) -> None:
    """However the output is called, no input is it."""
    output = desk / "stamped.pdf"
    certificate = Path("clerk.p12")
    if way == "symlink":
        output = Path("link.pdf")
        output.symlink_to(desk / "stamped.pdf")
    elif way == "certificate":
        output = certificate = Path(shutil.copyfile(certificate, "clerk.pdf"))
    before = output.read_bytes()
    options = ("--output", str(output), "--certificate", str(certificate))
    assert signed(TARGET, *options) == ExitCode.VERIFICATION
    assert "输出文件就是输入文件" in told(capsys)
    assert output.read_bytes() == before


@pytest.mark.parametrize("kind", ["nothing", "text", "report", "stamped", "foreign"])
def test_over_no_file_but_its_own(
    desk: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """Only what was signed before is replaced."""
    foreign = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.Root.Note = pikepdf.String("/ByteRange [0 1 2 3]")
        pdf.save(foreign, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert b"/ByteRange [" in foreign.getvalue()
    found = {
        "nothing": b"",
        "text": b"earlier",
        "report": (desk / "report.pdf").read_bytes(),
        "stamped": (desk / "stamped.pdf").read_bytes(),
        "foreign": foreign.getvalue(),
    }[kind]
    (desk / "signed.pdf").write_bytes(found)
    assert signed() == ExitCode.VERIFICATION
    assert "已有这个文件，不能覆盖" in told(capsys)
    assert (desk / "signed.pdf").read_bytes() == found


def test_whole_or_not_at_all(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves what was there, and nothing beside it."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    assert signed() == 0
    before = (desk / "signed.pdf").read_bytes()
    monkeypatch.setattr(files.os, "fsync", full)
    assert signed() == ExitCode.FILE
    assert "磁盘已满" in told(capsys)
    assert (desk / "signed.pdf").read_bytes() == before
    assert len(list(desk.iterdir())) == 3


# --- passwords and certificates ---


def test_password_from_the_environment(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a file the environment has it."""
    monkeypatch.setenv(passwords.VARIABLE, PASSWORD)
    assert cli.run(["sign", TARGET, "--certificate", "clerk.p12"]) == 0
    assert (desk / "signed.pdf").is_file()
    assert PASSWORD not in told(capsys)


def test_password_from_a_person(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal it is asked for, after everything else was looked at."""
    asked: list[str] = []

    def answer(prompt: str, stream: object) -> str:
        assert stream is sys.stderr
        asked.append(prompt)
        return PASSWORD

    monkeypatch.setattr(passwords.getpass, "getpass", answer)
    monkeypatch.setattr(passwords.sys, "stdin", os.fdopen(os.openpty()[1]))
    assert cli.run(["sign", "2099", "--certificate", "clerk.p12"]) == ExitCode.USAGE
    assert asked == []
    assert cli.run(["sign", TARGET, "--certificate", "clerk.p12"]) == 0
    assert asked == ["clerk.p12 的密码："]
    assert (desk / "signed.pdf").is_file()
    told(capsys)
    passwords.sys.stdin.close()


@pytest.mark.usefixtures("desk")
def test_no_password(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can be asked, the ways are told."""
    monkeypatch.setattr(passwords.sys, "stdin", io.StringIO())
    assert cli.run(["sign", TARGET, "--certificate", "clerk.p12"]) == ExitCode.USAGE
    said = told(capsys)
    assert "没有证书文件的密码" in said
    assert "--password-file" in said
    assert passwords.VARIABLE in said


def test_wrong_password(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told, and nothing is made."""
    Path("password.txt").write_text("错", encoding="utf-8")
    assert signed() == ExitCode.USAGE
    assert "密码不对" in told(capsys)
    assert not (desk / "signed.pdf").exists()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("data", [b"\xff\xfe", b"one\ntwo\n", b"x" * 5000])
def test_password_files(data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """One line of text, and nothing else."""
    Path("password.txt").write_bytes(data)
    assert signed() == ExitCode.FILE
    assert "密码文件无法识别" in told(capsys)


def test_no_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    """It is asked for in Chinese."""
    assert cli.run(["sign", TARGET]) == ExitCode.USAGE
    assert "缺少选项：--certificate" in told(capsys)


@pytest.mark.usefixtures("desk")
def test_no_password_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no such option: others could read it."""
    assert signed(TARGET, "--password", PASSWORD) == ExitCode.USAGE
    assert "没有这个选项：--password" in told(capsys)


def test_expired(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the clock of the machine."""
    Path("clerk.p12").write_bytes(certify("昨天", last=dt.datetime(2021, 1, 1)).file())  # noqa: DTZ001
    assert signed() == ExitCode.VERIFICATION
    assert "证书已过期：有效期至 2021-01-01 08:00" in told(capsys)
    assert not (desk / "signed.pdf").exists()


def test_warnings(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A certificate made by oneself or of another name, and a file for everybody, are told."""
    assert desk.is_dir()
    Path("clerk.p12").write_bytes(LONER.file())
    Path("clerk.p12").chmod(0o644)
    assert signed() == 0
    said = told(capsys)
    assert "注意：这是自签名证书" in said
    assert "注意：证书持有者（CN=自签人）与报告的机关（示例市样板区示范街道办事处）名称不同" in said
    assert "注意：证书文件人人可读：clerk.p12" in said


# --- timestamps ---


def test_timestamp(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the environment or the option; a token for something else writes no file."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    office = Office(dt.datetime(2027, 1, 12, 1, 30, tzinfo=dt.UTC))
    with served(office) as address:
        monkeypatch.setenv("NIANBAO_TIMESTAMP", address)
        assert signed() == 0
        assert "时间戳：2027年1月12日 09:30:00，由示例时间戳服务签发" in told(capsys)
        office.mood = "other"
        (desk / "signed.pdf").unlink()
        assert signed(TARGET, "--timestamp", address) == ExitCode.VERIFICATION
        assert "不是这个签名的" in told(capsys)
        office.mood = "error"
        assert signed() == ExitCode.VERIFICATION
        assert "HTTP 503" in told(capsys)
    assert signed() == ExitCode.VERIFICATION
    assert "连接不上" in told(capsys)
    assert not (desk / "signed.pdf").exists()


# --- the extra ---


@pytest.mark.usefixtures("desk")
def test_without_the_extra(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing, and how to get it; other commands and unsigned files do not care."""
    monkeypatch.setitem(sys.modules, "pyhanko", None)
    assert signed() == ExitCode.TOOL
    said = told(capsys)
    assert "缺少 Python 软件包 pyhanko" in said
    assert "make setup" in said
    assert examine(b"%PDF-1.7 nothing") == ()


def test_other_commands_do_not_load_it(desk: Path) -> None:
    """Nor do modules that only look for traces of a signature."""
    program = (
        "import sys\n"
        "from pipeline import cli\n"
        "from pipeline.signing import examination\n"
        "assert cli.run(['check', 'example/2023']) == 0\n"
        "assert cli.run(['stamp', 'example/2023', '--seal', 'specimen']) in (0, 7)\n"
        "assert not examination.is_signed(b'') and examination.examine(b'') == ()\n"
        "assert cli.run(['sign', '--help']) == 0\n"
        "held = {name.partition('.')[0] for name in sys.modules}\n"
        "sys.exit(bool(held & {'pyhanko', 'asn1crypto', 'aiohttp'}))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=desk, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_signing_where_no_content_is(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A PDF beside an empty content folder is signed, and nothing is complained of."""
    shutil.rmtree(desk.parents[2] / "content" / "example")
    assert signed(str(desk / "stamped.pdf")) == 0
    assert "错误" not in told(capsys)
    assert (desk / "signed.pdf").is_file()


def test_a_signed_file_in_the_register(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It needs no entry of its own where what was signed has one; else it is missed."""
    assert signed() == 0
    for made in ((desk / "stamped.pdf").read_bytes(), b"another"):
        digest = hashlib.sha256(made).hexdigest()
        with register.held(Path("content/example")) as held:
            held.append(stamping(after=digest))
        told(capsys)
        good = made != b"another"
        assert cli.run(["register", "verify", "example"]) == (0 if good else ExitCode.VERIFICATION)
        assert (f"没有登记：{desk / 'signed.pdf'}" in capsys.readouterr().out) is not good
        Path("content/example/seal-register.toml").unlink()
