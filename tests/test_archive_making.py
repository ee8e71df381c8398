"""A bundle keeps only what its content, the typesetting and the seal register account for."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from bundles import RECORD
from clerk import sign
from conftest import Workshop
from depositing import NAME, PLACE, STAMP, bundles, files_of, results
from offices import GOOD, project
from official import CONTINUED
from pypdf import PdfWriter
from pypdf.generic import NameObject, NumberObject
from records import ROOT, Shelf
from test_form_2021 import numbered
from variants import relabel, shipped_form, tables, workshop_for

from pipeline.archiving import evidence, examination
from pipeline.archiving.appraisal import PASSED, Outcome
from pipeline.archiving.material import text
from pipeline.archiving.record import Record, State
from pipeline.checking import Checked, Stock
from pipeline.cli.entry import run
from pipeline.composition import flow
from pipeline.errors import ExitCode
from pipeline.stamping import chain, stamp
from pipeline.tomlfile import source

REGISTER = Path("content/a/seal-register.toml")
OUT = Path("build/a/2021")


def paint(path: Path) -> None:
    """Lay a white box over a page; its text stays."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        page.contents_add(b"q 1 1 1 rg 100 400 300 60 re f Q")
        pdf.save()


def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said when a/2021 is not archived; nothing was written."""
    log = folder / "build" / "log" / "a" / "2021.jsonl"
    before = log.read_bytes()
    capsys.readouterr()
    assert run(["archive", "a/2021"]) == ExitCode.VERIFICATION
    assert not (folder / "build" / "archive").exists()
    assert log.read_bytes() == before
    return capsys.readouterr().err


def test_a_stamped_file_that_was_painted_over(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what the content says, and is not the file that the register has."""
    paint(OUT / "stamped.pdf")
    said = refused(office, capsys)
    assert "四性检测有 1 项不通过，未归档：a/2021" in said
    assert "正本是用印登记所记的文件：不通过（没有登记" in said
    assert "--force --reason" in said


def test_a_report_that_was_painted_over(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a stamp the file is the report as typeset again, to the byte."""
    (OUT / "stamped.pdf").unlink()
    paint(OUT / "report.pdf")
    said = refused(office, capsys)
    assert "由内容文件重新排版，与用印前的报告一致：不通过" in said


def test_another_page_class(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was stamped is not the report that content and layouts give now."""
    layouts = office / "other"
    shutil.copytree(ROOT / "layouts", layouts)
    path = layouts / "nianbao.cls"
    path.write_text(path.read_text("utf-8").replace("=\\dimexpr28mm", "=\\dimexpr29mm"), "utf-8")
    given = ["--layouts", str(layouts)]
    assert run(["build", "a/2021", *given]) == ExitCode.OK
    assert run(["stamp", "a/2021", *STAMP, "2022-01-13", *given]) == ExitCode.OK
    said = refused(office, capsys)
    assert "正本是用印登记所记的文件" not in said
    assert "由内容文件重新排版，与用印前的报告一致：不通过" in said
    assert run(["archive", "a/2021", *given]) == ExitCode.OK


def sign_elsewhere(office: Path) -> None:
    """Sign the stamped file where nobody knows the office, and its register."""
    (office / "nothing").mkdir()
    sign(office, str(OUT / "stamped.pdf"), "--content", str(office / "nothing"))


def test_a_signature_on_a_file_that_was_painted_over(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A signature that holds does not make it the file that was stamped."""
    paint(OUT / "stamped.pdf")
    sign_elsewhere(office)
    assert "正本是用印登记所记的文件：不通过" in refused(office, capsys)


def test_a_change_between_stamp_and_signature(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An update that was signed along shows, though the stamped file is back in its place."""
    path = OUT / "stamped.pdf"
    stamped = path.read_bytes()
    writer = PdfWriter(path, incremental=True)
    writer.pages[0][NameObject("/Rotate")] = NumberObject(180)
    writer.write(path)
    assert path.read_bytes().startswith(stamped)
    sign_elsewhere(office)
    path.write_bytes(stamped)
    assert (OUT / "signed.pdf").read_bytes().startswith(stamped)
    assert "正本是用印登记所记的文件：不通过（用印以后、签名以前改动过）" in refused(office, capsys)


def test_a_signature_without_the_stamped_file(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be compared does not pass."""
    sign(office)
    (OUT / "stamped.pdf").unlink()
    assert "没有签名以前的文件可供核对" in refused(office, capsys)


def test_a_signature_on_a_report_without_a_stamp(office: Path) -> None:
    """It begins with the report as typeset again; the state stays 未用印."""
    (OUT / "stamped.pdf").unlink()
    sign(office, str(OUT / "report.pdf"))
    assert run(["archive"]) == ExitCode.OK
    files = files_of(office)
    assert "未用印" in files["metadata/元数据.xml"].decode()
    assert files[f"{PLACE}正本.pdf"].startswith((OUT / "report.pdf").read_bytes())
    found = results(files)
    assert found[examination.TYPESET_AGAIN] == "通过"
    assert found[examination.REGISTERED] == "未检测"


def edited(path: Path) -> None:
    """Another name in an entry."""
    path.write_text(path.read_text("utf-8").replace('by = "', 'by = "某'), "utf-8")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (edited, "seal-register.toml 被改动过，第 1 条：内容被改动过"),
        (Path.unlink, "没有登记"),
        (lambda path: path.write_text("= ="), "登记簿读不出来"),
    ],
)
def test_a_register_that_does_not_hold(
    office: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Path], object],
    told: str,
) -> None:
    """An entry counts only in a register without faults."""
    change(REGISTER)
    said = refused(office, capsys)
    assert "正本是用印登记所记的文件：不通过" in said
    assert told in said


def test_a_register_that_was_closed(office: Path) -> None:
    """Its entries count; a broken one beside it, put away as evidence, does not matter."""
    REGISTER.rename(REGISTER.with_name("seal-register-1.toml"))
    REGISTER.with_name("seal-register-2.toml").write_text("= =")
    assert run(["archive"]) == ExitCode.OK
    assert results(files_of(office))[examination.REGISTERED] == "通过"


def test_the_entry_goes_along(office: Path) -> None:
    """The stamping's own entry with its place in the chain, and no other year's; no seal file."""
    project(office, "a/2022", text=f"sample = true\n{GOOD}")
    assert run(["build", "a/2022"]) == ExitCode.OK
    assert run(["stamp", "a/2022", *STAMP, "2023-01-13"]) == ExitCode.OK
    assert run(["archive"]) == ExitCode.OK
    entries = source.read(REGISTER).values["entries"]
    name = NAME.replace("2021_2022", "2022_2023")
    for entry, bundle in zip(entries, (NAME, name), strict=True):
        files = files_of(office, bundle)
        told = json.loads(files["metadata/用印登记.json"])
        assert {*told["entry"]} == {*entry}
        assert told["entry"]["digest"] == entry["digest"] == chain.digest_of(told["entry"])
        assert told["entry"].get("previous") == entry.get("previous")
        main = next(data for path, data in files.items() if path.endswith("正本.pdf"))
        assert told["size"] == len(main)
        assert told["entry"]["after"] == hashlib.sha256(main).hexdigest()
        other = next(each for each in entries if each is not entry)
        assert not any(other["after"].encode() in data for data in files.values())
        seal = (ROOT / "layouts" / "specimen-seal.svg").read_bytes()
        assert seal not in files.values()
    assert entries[1]["previous"] == entries[0]["digest"]


def test_the_entry_of_a_signed_file(office: Path) -> None:
    """It is of the first bytes of 正本.pdf, as many as it says."""
    sign(office)
    assert run(["archive"]) == ExitCode.OK
    files = files_of(office)
    told, main = json.loads(files["metadata/用印登记.json"]), files[f"{PLACE}正本.pdf"]
    assert told["size"] < len(main)
    assert hashlib.sha256(main[: told["size"]]).hexdigest() == told["entry"]["after"]


def test_no_entry_without_a_stamp(office: Path) -> None:
    """A report that nobody stamped has none."""
    (OUT / "stamped.pdf").unlink()
    assert run(["archive"]) == ExitCode.OK
    files = files_of(office)
    assert "metadata/用印登记.json" not in files
    assert results(files)[examination.REGISTERED] == "未检测"
    assert results(files)[examination.TYPESET_AGAIN] == "通过"


# Text that was added, text that was lost


def record_of(checked: Checked, pdf: bytes) -> Record:
    """A record of the file."""
    report, stamped = checked.report, stamp.passport_of(pdf).stamped
    return replace(
        RECORD,
        agency=report.agency.name,
        title=checked.document.title,
        state=State.STAMPED if stamped else State.UNSTAMPED,
        date=stamped.date if stamped else RECORD.date,
    )


def judged(pdf: bytes, record: Record, checked: Checked) -> tuple[Outcome, Outcome]:
    """The outcomes of text and cells."""
    found = evidence.of_pdf(pdf, record, checked)
    return found[examination.WORDS], found[examination.CELLS]


@pytest.mark.parametrize("name", ["dapan/2021", "example/2016", "example/2019", "example/2026"])
@pytest.mark.parametrize("state", ["report", "sealed"])
def test_text_to_the_letter(shelf: Shelf, name: str, state: str) -> None:
    """Nothing but content, page numbers, marks, and the stamp where there is one."""
    pdf, checked = shelf(name, state).read_bytes(), shelf.checked(name)
    record = record_of(checked, pdf)
    assert judged(pdf, record, checked) == (PASSED, PASSED)
    other = State.UNSTAMPED if state == "sealed" else State.STAMPED
    words, cells = judged(pdf, replace(record, state=other), checked)
    assert cells == PASSED
    assert record.agency[:5] in words.reason
    assert ("多出来" if state == "sealed" else "没有找到") in words.reason


def test_tables_that_go_on(tmp_path: Path, stock: Stock) -> None:
    """Headings that a further page repeats, and （续）, are no text that was added."""
    form = shipped_form()
    for table in tables(form).values():
        for block in table["blocks"]:
            relabel(block.get("rows", []), lambda label: label * 3)
    workshop = workshop_for(tmp_path / "w", stock, form)
    content = numbered(workshop.blank(), 10, 999, seed=1)
    pdf, checked = workshop.build(content).read_bytes(), workshop.check(content)
    assert CONTINUED in text(pdf)
    items = flow.lay_out(checked.document, checked.plan.fonts)
    assert len({id(item.element) for item in items}) < len(items)
    assert judged(pdf, record_of(checked, pdf), checked) == (PASSED, PASSED)


def spoilt(pdf: bytes, change: Callable[[bytes], bytes], folder: Path) -> bytes:
    """The file with the content of its first page changed."""
    path = folder / "spoilt.pdf"
    path.write_bytes(pdf)
    with pikepdf.open(path, allow_overwriting_input=True) as opened:
        page = opened.pages[0]
        page.Contents = opened.make_stream(change(page.Contents.read_bytes()))
        opened.save()
    return path.read_bytes()


def marked(content: bytes, begin: bytes) -> tuple[int, int]:
    """Where the first marked content that begins so stands."""
    start = content.index(begin)
    return start, content.index(b"EMC", start) + 3


def doubled(content: bytes) -> bytes:
    """A paragraph twice."""
    start, end = marked(content, b"/P <<")
    return content[:end] + b"\n" + content[start:end] + content[end:]


def cut(content: bytes) -> bytes:
    """A paragraph taken out."""
    start, end = marked(content, b"/P <<")
    return content[:start] + content[end:]


def bare(content: bytes) -> bytes:
    """What is no content of the report, page number and mark, taken out."""
    while b"/Artifact" in content:
        start, end = marked(content, b"/Artifact")
        content = content[:start] + content[end:]
    return content


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (doubled, "有 1 处文字是正本中多出来的"),
        (cut, "有 1 段文字在正本中没有找到"),
        (bare, "“—1—”"),
        (bare, "“样例”"),
    ],
)
def test_text_that_was_changed(
    shelf: Shelf, tmp_path: Path, change: Callable[[bytes], bytes], told: str
) -> None:
    """Text that was put in or taken out is told; the cells stay."""
    pdf, checked = shelf("example/2026").read_bytes(), shelf.checked("example/2026")
    words, cells = judged(spoilt(pdf, change, tmp_path), record_of(checked, pdf), checked)
    assert told in words.reason
    assert cells == PASSED


def test_a_number_more(workshop: Workshop) -> None:
    """A cell that the content does not have is text that was added."""
    content = numbered(workshop.blank(), 10, 999, seed=5)
    other = numbered(workshop.blank(), 10, 999, seed=5)
    content["overview"]["text"] = "一二三。"
    other["overview"]["text"] = "一二三。四五六。"
    pdf, checked = workshop.build(other).read_bytes(), workshop.check(content)
    words, _ = judged(pdf, record_of(checked, pdf), checked)
    assert "多出来的：“四五六。”" in words.reason


# --force


def test_forced(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a reason it is archived; the reason stands in the events and in every 附注."""
    paint(OUT / "stamped.pdf")
    command = ["archive", "a/2021", "--force", "--reason", "局长\n同意"]
    assert run(command) == ExitCode.OK
    said = capsys.readouterr().err
    assert "注意：强制归档，理由记入过程记录和附注：正本是用印登记所记的文件：不通过" in said
    files = files_of(office)
    assert results(files)[examination.REGISTERED] == "不通过"
    assert results(files)[examination.TYPESET_AGAIN] == "未检测"
    last = json.loads(files["metadata/events.jsonl"].splitlines()[-1])
    assert last["detail"].endswith("；强制归档：局长 同意")
    reason = "四性检测有不通过项，强制归档：局长 同意"
    report = json.loads(files["metadata/四性检测报告.json"])
    assert report["附注"].endswith(reason)
    for path in ("metadata/四性检测报告.txt", "metadata/元数据.xml", "bag-info.txt"):
        assert reason in files[path].decode(), path
    assert reason in (office / "build" / "archive" / "index.csv").read_text("utf-8-sig")
    before = (office / "build" / "archive" / f"{NAME}.zip").read_bytes()
    assert run(command) == ExitCode.OK
    assert (office / "build" / "archive" / f"{NAME}.zip").read_bytes() == before
    assert run(["archive"]) == ExitCode.VERIFICATION


def test_forced_for_nothing(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where everything passes, that is told, and no reason is written down."""
    assert run(["archive", "--force", "--reason", "以防万一"]) == ExitCode.OK
    assert "没有需要强制的情形，照常归档；--reason 没有记入过程记录。" in capsys.readouterr().err
    assert not any("以防万一".encode() in data for data in files_of(office).values())


@pytest.mark.parametrize(
    "given",
    [
        ["--force"],
        ["--reason", "理由"],
        ["--force", "--reason", " \n"],
        ["--force", "--reason", "长" * 501],
        ["--by", ""],
        ["--by", "看不见\u202e"],
    ],
)
def test_words_that_are_no_reason(office: Path, given: list[str]) -> None:
    """Options as `stamp` has them: both or none, and something that can be written down."""
    assert run(["archive", *given]) == ExitCode.USAGE
    assert bundles(office) == []


def test_one_that_fails_stops_no_other(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 8 where another is archived, 7 where all fail; a reason is for one report."""
    project(office, "a/2022", text=f"sample = true\n{GOOD}")
    assert run(["build", "a/2022"]) == ExitCode.OK
    paint(OUT / "stamped.pdf")
    assert run(["archive"]) == ExitCode.PARTIAL
    assert "共 2 份，1 份归档，1 份未归档" in capsys.readouterr().err
    assert bundles(office) == [NAME.replace("2021_2022", "2022_2023")]
    paint(office / "build" / "a" / "2022" / "report.pdf")
    assert run(["archive"]) == ExitCode.VERIFICATION
    assert run(["archive", "--force", "--reason", "理由"]) == ExitCode.USAGE
