"""What a bundle tells of its report: catalogue, metadata, events, and the 四性 report."""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bundles import AGENCY, DOCUMENTS, OTHERS, PLACE, RECORD, SOURCE, assemble, event, pdf
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from originals import word

from pipeline import events
from pipeline.archiving import (
    appraisal,
    attachments,
    bundle,
    catalogue,
    examination,
    inspections,
    journal,
    metadata,
    viruses,
    xmltext,
)
from pipeline.archiving.appraisal import Outcome, Result
from pipeline.errors import Refused
from pipeline.events import Action

ORIGINAL = f"{inspections.ORIGINALS}年报.docx"
BUNDLE = assemble(others={**OTHERS, ORIGINAL.removeprefix(bundle.OTHERS): word({})})
FILES = dict(BUNDLE.files)
RUN = {item for _, item, decided in examination.ITEMS if callable(decided)}
OUTSIDE = {item for _, item, decided in examination.ITEMS if not callable(decided)}


def outcomes(files: dict[str, bytes]) -> dict[str, Outcome]:
    """The outcome of every item."""
    return {check.item: check.outcome for check in examination.examine(files, {})}


def test_layout() -> None:
    """The files stand where the records room looks for them."""
    assert set(FILES) >= {
        "bagit.txt",
        "data/说明文件.TXT",
        "data/文件目录.XML",
        "data/电子档案/2021/01/正本.pdf",
        "data/电子档案/2021/01/内容.toml",
        "data/其他/排版/report.tex",
        "metadata/元数据.xml",
        "metadata/events.jsonl",
        "metadata/environment.json",
        "metadata/四性检测报告.json",
        "metadata/四性检测报告.txt",
    }
    assert BUNDLE.name == f"样例-{AGENCY}-政府信息公开年度报告-2021_20220113"


def test_document() -> None:
    """docs/archive.md lists the files as they stand."""
    text = (Path(__file__).parent.parent / "docs" / "archive.md").read_text(encoding="utf-8")
    tree = text.partition("    〈机关〉")[2].partition("\n\n")[0].partition("\n")[2]
    named = re.findall(r"(?:data/|metadata/|manifest|tagmanifest|bag)[^ ]+", tree)
    own = {path for path in FILES if not path.startswith(bundle.OTHERS)} | {bundle.OTHERS}
    assert set(named) == own


def test_catalogue() -> None:
    """文件目录.XML has the eight elements of the rule, in its order, for every file."""
    root = etree.fromstring(FILES["data/文件目录.XML"])
    assert root.tag == "文件目录"
    for entry in root:
        assert [element.tag for element in entry] == [
            *("顺序号", "档号", "责任者", "题名", "日期", "密级", "电子档案名称", "备注")
        ]
    named = [entry.findtext("电子档案名称") for entry in root]
    assert [f"data/{name}" for name in named] == sorted(f"{PLACE}{name}" for name in DOCUMENTS)


def test_metadata() -> None:
    """元数据.xml has the four kinds, every file with its size and digest, and what is replaced."""
    data = FILES["metadata/元数据.xml"]
    root = etree.fromstring(data)
    kinds = {str(element.tag) for element in root}
    assert kinds == {"文件实体", "业务实体", "机构人员实体", "实体关系"}
    assert set(metadata.stated(data)) == {path for path in FILES if path.startswith("data/")}
    assert all(len(FILES[path]) == size for path, (size, _) in metadata.stated(data).items())
    assert [element.text for element in root.iter("业务行为")] == ["检查", "排版", "用印", "归档"]
    assert "1" * 64 in data.decode()


def test_no_claim_of_conformity() -> None:
    """Rules are named as what was followed; nothing says that they are met."""
    for path, data in FILES.items():
        if not path.endswith((".pdf", ".docx")):
            assert "符合" not in data.decode(), path
    for path in (
        "data/文件目录.XML",
        "data/说明文件.TXT",
        "metadata/元数据.xml",
        appraisal.TEXT_FILE,
    ):
        assert "参照" in FILES[path].decode(), path


def test_note_lists_what_is_there() -> None:
    """说明文件.TXT names no file that is not in the bundle, and opens on Windows."""
    made = assemble({"正本.pdf": pdf(), "内容.toml": SOURCE})
    note = made.files["data/说明文件.TXT"].decode("utf-8-sig")
    assert "正文.txt" not in note
    assert "正文.txt" in FILES["data/说明文件.TXT"].decode()
    assert made.files["data/说明文件.TXT"].startswith("\ufeff".encode())
    assert note.count("\n") == note.count("\r\n")


@given(st.text(max_size=40))
def test_any_text_in_xml(text: str) -> None:
    """A text comes back as it was, or is refused where XML cannot hold it; it is never markup."""
    try:
        data = xmltext.write(("题名", text))
    except Refused:
        assert any(
            ord(char) < 32 or "\ud800" <= char <= "\udfff" or ord(char) > 65533 for char in text
        )
        return
    assert data == xmltext.write(("题名", text))
    read = xmltext.read(data)
    assert len(read) == 0
    assert (read.text or "") == text.replace("\r", "\n") or "\r" in text


@pytest.mark.parametrize(
    "data",
    [b"<a", b"", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a>" * 100_000],
)
def test_no_xml(data: bytes) -> None:
    """What is no XML, or brings a DTD, is an error."""
    with pytest.raises(ValueError, match=r"."):
        xmltext.read(data)


LINES = FILES[journal.EVENTS_FILE].splitlines(keepends=True)


@pytest.mark.parametrize(
    "lines",
    [
        LINES[1:],
        LINES[:-1],
        [LINES[0], *LINES[2:]],
        [LINES[0], LINES[2], LINES[1], LINES[3]],
        [*LINES[:2], LINES[2].replace("样章".encode(), b"x"), LINES[3]],
        [*LINES, LINES[-1]],
        [*LINES, b"{}\n"],
        [*LINES[:3], LINES[3].rstrip()],
        [],
        [b"[" * 100_000 + b"\n"],
    ],
)
def test_gaps_in_events(lines: list[bytes]) -> None:
    """An event that was left out, moved, changed or put in shows."""
    assert journal.gaps(b"".join(LINES)) == []
    assert journal.gaps(b"".join(lines))


def test_order_of_events() -> None:
    """Time does not run backwards; what is archived was built; what is signed was stamped."""
    build, archive = event(Action.BUILD, 9), event(Action.ARCHIVE, 11)
    assert journal.gaps(events.lines([build, archive])) == []
    for happened in (
        [build, event(Action.ARCHIVE, 8)],
        [event(Action.CHECK, 8), archive],
        [build, event(Action.SIGN, 10), archive],
        [build, archive, event(Action.CHECK, 12)],
    ):
        assert journal.gaps(events.lines(happened))


def without(path: str) -> Callable[[dict[str, bytes]], object]:
    """Take a file away."""
    return lambda files: files.pop(path)


def having(path: str, data: bytes = b"x") -> Callable[[dict[str, bytes]], object]:
    """Put a file in, or another in its place."""
    return lambda files: files.update({path: data})


LOADED = b'<Relationship Type="x/image" Target="//a/b.png" TargetMode="External"/>'
TRIGGERS = {
    "清单中的摘要与文件一致": having(f"{PLACE}正文.txt"),
    "元数据中的大小、摘要与文件一致": having(f"{PLACE}正文.txt"),
    "正本内嵌的内容文件与存档的一致": having(f"{PLACE}内容.toml", b"year = 2021 \n"),
    "内容文件、文件夹、元数据的年度和日期一致": having(f"{PLACE}内容.toml", b"year = 2020\n"),
    "文件目录与文件一致，不多不少": without(f"{PLACE}正文.txt"),
    "过程记录首尾相接，没有缺漏": having("metadata/events.jsonl", b"".join(LINES[1:])),
    "文本是 UTF-8，XML、JSON、TOML 可以解析": having("data/其他/a.JSON", b"{"),
    "格式适合长期保存": having("data/其他/a.docx"),
    "文件名在各种系统上都可用": having("data/其他/a:b.txt"),
    "没有以程序或脚本的标记（MZ、ELF、#! 等）开头的文件": having("data/其他/a.txt", b"#!/bin/sh\n"),
    "原件没有宏、脚本、控件和嵌入的对象": having(ORIGINAL, word({"word/vbaProject.bin": b"x"})),
    "原件没有引用外部的模板和文件": having(ORIGINAL, word({"a.rels": LOADED})),
    "没有隐藏文件和空文件": having("data/其他/a.txt", b""),
    "没有个人文件夹的路径和私钥": having("data/其他/排版/a.log", b"(/home/li/a.tex)"),
}


def test_triggers_are_complete() -> None:
    """Every check that is run has a case that it finds."""
    assert set(TRIGGERS) == RUN


@pytest.mark.parametrize("item", sorted(RUN))
def test_inspection(item: str) -> None:
    """A check passes on a sound bundle, and fails on what it is there for, naming it."""
    assert outcomes(FILES)[item].result is Result.PASSED
    files = dict(FILES)
    TRIGGERS[item](files)
    outcome = outcomes(files)[item]
    assert outcome.result is Result.FAILED
    assert outcome.reason


OTHER_CASES = {
    "正本内嵌的内容文件与存档的一致": [
        without(f"{PLACE}正本.pdf"),
        having(f"{PLACE}正本.pdf", b"%PDF-"),
    ],
    "文件目录与文件一致，不多不少": [
        having(f"{PLACE}新.txt"),
        without("data/文件目录.XML"),
        having("data/文件目录.XML", b"<"),
    ],
    "内容文件、文件夹、元数据的年度和日期一致": [
        having(f"{PLACE}内容.toml", b"= = ="),
        without("metadata/元数据.xml"),
    ],
    "没有隐藏文件和空文件": [having("data/.git/config")],
    "没有个人文件夹的路径和私钥": [
        having("data/其他/a.txt", b"-----BEGIN RSA PRIVATE KEY-----"),
        having("metadata/environment.json", rb'{"a": "C:\\Users\\li"}'),
    ],
    "没有以程序或脚本的标记（MZ、ELF、#! 等）开头的文件": [
        having("data/其他/a.pdf", b"MZ\x90"),
        having("data/a", b"\x7fELF"),
    ],
    "文件名在各种系统上都可用": [having("data/文件目录.xml")],
    "文本是 UTF-8，XML、JSON、TOML 可以解析": [
        having("data/a.txt", "年报".encode("gbk")),
        having("data/a.json", b"[" * 100_000),
        having("data/a.toml", b"a"),
    ],
}


@pytest.mark.parametrize(
    ("item", "change"),
    [(item, change) for item, changes in OTHER_CASES.items() for change in changes],
)
def test_inspection_of_other_cases(item: str, change: Callable[[dict[str, bytes]], object]) -> None:
    """Files that are missing or cannot be read fail the check; they do not end the run."""
    files = dict(FILES)
    change(files)
    assert outcomes(files)[item].result is Result.FAILED


def test_originals_may_be_what_offices_write() -> None:
    """The document that a report was imported from is kept in its own format."""
    made = assemble(others={**OTHERS, "原件/2021.docx": b"PK\x03\x04"})
    assert all(check.outcome.result is not Result.FAILED for check in made.checks)


def test_source_that_is_not_embedded() -> None:
    """Where the PDF carries no source, nothing was compared: 未检测, not 通过."""
    made = assemble({**DOCUMENTS, "正本.pdf": pdf(None)})
    (check,) = (check for check in made.checks if "内嵌" in check.item)
    assert check.outcome.result is Result.UNTESTED


def test_embedded_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedded file is inflated no further than a content file may be large."""
    monkeypatch.setattr(attachments, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="too large"):
        attachments.sources(pdf(bytes(100_000)))
    assert attachments.sources(pdf(bytes(999))) == [bytes(999)]


def test_not_run_is_not_passed() -> None:
    """What nobody ran is 未检测 with a reason; what was run by others has their outcome."""
    assert {
        item for item, outcome in outcomes(FILES).items() if outcome.result is Result.UNTESTED
    } == OUTSIDE
    assert all(outcomes(FILES)[item].reason for item in OUTSIDE)
    given_one = {examination.OPENS: appraisal.PASSED}
    own = {**OTHERS, ORIGINAL.removeprefix(bundle.OTHERS): word({})}
    made = bundle.assemble(RECORD, DOCUMENTS, own, lambda _files: given_one)
    passed = {check.item for check in made.checks if check.outcome.result is Result.PASSED}
    assert passed == RUN | {examination.OPENS}


def test_a_signature_is_not_a_signer() -> None:
    """That a signature is whole says nothing of who made it: that is an item of its own."""
    whole = {examination.SIGNATURE: appraisal.PASSED}
    told = {check.item: check.outcome for check in examination.examine(FILES, whole)}
    assert told["电子签名完好，覆盖整个文件"].result is Result.PASSED
    assert told["签名者的身份经可信的根证书核对"].result is Result.UNTESTED
    assert "--root" in told["签名者的身份经可信的根证书核对"].reason


def test_outcomes_are_honest() -> None:
    """An outcome without a reason, or for a check that is run here, is a bug."""
    with pytest.raises(ValueError, match="no reason"):
        Outcome(Result.UNTESTED)
    with pytest.raises(ValueError, match="no such items"):
        examination.examine(FILES, {"格式适合长期保存": appraisal.PASSED})


def test_report_as_text_and_json() -> None:
    """Both forms of the report say the same."""
    text = FILES[appraisal.TEXT_FILE].decode()
    values = json.loads(FILES[appraisal.JSON_FILE])
    assert len(values["检测项"]) == len(examination.ITEMS)
    assert sum(values["合计"].values()) == len(examination.ITEMS)
    for line in values["检测项"]:
        assert f"{line['项目']}：{line['结果']}" in text


def test_examine_sees_the_files() -> None:
    """What others check is what is archived."""
    seen: dict[str, bytes] = {}

    def look(files: object) -> dict[str, Outcome]:
        seen.update(files)  # type: ignore[call-overload]
        return {}

    made = bundle.assemble(RECORD, DOCUMENTS, OTHERS, look)
    assert seen.items() <= made.files.items()
    assert {path for path in made.files if path.startswith("data/")} <= seen.keys()


@pytest.mark.parametrize("name", bundle.NEEDED)
def test_needed(name: str) -> None:
    """A bundle without the report or without its source is none."""
    with pytest.raises(Refused, match=name):
        assemble({path: data for path, data in DOCUMENTS.items() if path != name})


@pytest.mark.parametrize(
    "agency", ["甲/乙", "甲:乙", "甲\n乙", "甲%0A", "长" * 70, "甲\x00", "..", ""]
)
def test_agency_as_file_name(agency: str) -> None:
    """An office whose name no file can have is refused, or its name is no path."""
    try:
        made = bundle.assemble(replace(RECORD, agency=agency), DOCUMENTS, OTHERS)
    except Refused as refused:
        assert refused.message.isprintable()  # noqa: PT017
    else:
        assert made.name.startswith(f"样例-{agency}-")
        assert "/" not in made.name


@pytest.mark.parametrize(
    "path", ["../a.txt", "/etc/passwd", "a\\b.txt", "排版/REPORT.tex", "a\n.txt"]
)
def test_others_as_file_names(path: str) -> None:
    """A file of another name than a bundle may have is refused before anything is made."""
    with pytest.raises(Refused):
        assemble(others={**OTHERS, path: b"x"})


def fake_clamscan(folder: Path, script: str) -> None:
    """A program of that name."""
    program = folder / "clamscan"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


def test_no_clamscan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the program nothing was scanned."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert viruses.scan(FILES).result is Result.UNTESTED


@pytest.mark.parametrize(
    ("script", "result", "reason"),
    [
        ("exit 0", Result.PASSED, ""),
        ('for last; do :; done; echo "$last/1: Eicar FOUND"; exit 1', Result.FAILED, "bagit.txt"),
        ("echo ERROR: no database; exit 2", Result.UNTESTED, "退出码 2"),
        ("sleep 30", Result.UNTESTED, "没有结束"),
    ],
)
def test_clamscan(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, result: Result, reason: str
) -> None:
    """Only a scan that ended well is 通过; an infected file is named by its own name."""
    fake_clamscan(tmp_path, script)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(viruses, "TIME_LIMIT", 2.0)
    outcome = viruses.scan(FILES)
    assert outcome.result is result
    assert reason in outcome.reason


def test_specimen_says_so() -> None:
    """A sample is called one in its name, in the catalogue and in the note."""
    assert "样例" in BUNDLE.name
    for path in ("data/文件目录.XML", "data/说明文件.TXT", "metadata/元数据.xml", "bag-info.txt"):
        assert "样例" in FILES[path].decode(), path
    real = bundle.assemble(replace(RECORD, sample=False, replaces=None), DOCUMENTS, OTHERS)
    assert not any("样例" in data.decode("utf-8", "replace") for data in real.files.values())
    assert tomllib.loads(real.files[f"{PLACE}内容.toml"].decode()) == {"year": 2021}
    assert catalogue.FOLDER in PLACE
    assert inspections.ORIGINALS.startswith(bundle.OTHERS)
