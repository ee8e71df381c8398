"""What an original holds that runs by itself or lies elsewhere is found; the rest is 未检测."""

import io
import zipfile
from collections.abc import Mapping

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from originals import OFFICE, TYPES, container, word

from pipeline.archiving import inspections, originals
from pipeline.archiving.inspections import ORIGINALS, Undecided
from pipeline.errors import FileProblem

MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def active(name: str, data: bytes) -> list[str]:
    """What runs by itself."""
    return list(originals.active(name, data))


def outside(name: str, data: bytes) -> list[str]:
    """What lies elsewhere."""
    return list(originals.outside(name, data))


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({}, []),
        ({"word/media/image1.png": b"x", "docProps/core.xml": b"<a/>"}, []),
        ({"word/vbaProject.bin": b"x"}, ["宏（word/vbaproject.bin）"]),
        ({"WORD/VBAPROJECT.BIN": b"x"}, ["宏（word/vbaproject.bin）"]),
        ({"word/vbaData.xml": b"x"}, ["宏（word/vbadata.xml）"]),
        ({"word/JDEData.bin": b"x"}, ["宏（word/jdedata.bin）"]),
        ({TYPES: f'<Override ContentType="{MACRO}"/>'.encode()}, [f"宏（{MACRO}）"]),
        ({TYPES: b'<Default ContentType="application/vnd.ms-office.vbaProject"/>'}, ["宏"]),
        ({"word/activeX/activeX1.xml": b"x"}, ["控件（word/activex/activex1.xml）"]),
        ({"word/embeddings/Microsoft_Excel_Sheet1.xlsx": b"x"}, ["嵌入的对象"]),
        ({"word/embeddings/oleObject1.bin": b"x"}, ["嵌入的对象"]),
        ({"word/vbaProject.bin": b"x", "word/embeddings/a.bin": b"x"}, ["宏", "嵌入的对象"]),
    ],
)
def test_parts_of_a_word_file(parts: Mapping[str, bytes], found: list[str]) -> None:
    """Macros, of WPS as well, controls and embedded objects, by name and by type of content."""
    data = word(parts)
    told = active("年报.docx", data)
    assert [line[: len(start)] for line, start in zip(told, found, strict=True)] == found
    assert outside("年报.docx", data) == []


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("oleObject", "嵌入的对象"),
        ("package", "嵌入的对象"),
        ("aFChunk", "嵌入的对象"),
        ("control", "控件"),
        ("vbaProject", "宏"),
        ("jsProject", "宏"),
        ("hyperlink", ""),
        ("image", ""),
        ("settings", ""),
    ],
)
@pytest.mark.parametrize("part", ["word/_rels/document.xml.rels", "word/_rels/header1.xml.rels"])
def test_relations_of_a_word_file(kind: str, found: str, part: str) -> None:
    """What the main part or any other refers to, whatever the part is called."""
    relation = f'<Relationship Type="{OFFICE}/{kind}" Target="media/a.bin"/>'
    told = active("年报.docx", word({part: relation.encode()}))
    assert [line.partition("（")[0] for line in told] == ([found] if found else [])


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("attachedTemplate", ["模板 http://example.invalid/a.dotm"]),
        ("image", ["文件 http://example.invalid/a.dotm"]),
        ("oleObject", ["文件 http://example.invalid/a.dotm"]),
        ("frame", ["文件 http://example.invalid/a.dotm"]),
        ("hyperlink", []),
    ],
)
def test_what_a_word_file_loads(kind: str, told: list[str]) -> None:
    """A template and anything else that lies elsewhere; a link that somebody clicks is none."""
    relation = (
        f'<Relationship Type="{OFFICE}/{kind}" Target="http://example.invalid/a.dotm" '
        'TargetMode="External"/>'
    )
    assert outside("年报.docx", word({"word/_rels/settings.xml.rels": relation.encode()})) == told


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["WordDocument", "1Table", "\1CompObj"], []),
        (["WordDocument", "ObjectPool/"], []),
        (["WordDocument", "Macros/VBA/dir"], ["宏"]),
        (["WordDocument", "_VBA_PROJECT_CUR/VBA/ThisDocument"], ["宏"]),
        (["WordDocument", "ObjectPool/_1234/\1Ole"], ["嵌入的对象或控件"]),
        (["WordDocument", "x/\1Ole10Native"], ["嵌入的对象或控件"]),
        (["WordDocument", "MACROS/a", "ObjectPool/_1/a"], ["宏", "嵌入的对象或控件"]),
    ],
)
@pytest.mark.parametrize("name", ["年报.doc", "年报.wps", "年报.docx"])
def test_storages(paths: list[str], found: list[str], name: str) -> None:
    """A .doc is looked into as the container that it is; what it loads is not known."""
    data = container(paths)
    assert active(name, data) == found
    with pytest.raises(FileProblem, match="没有检测"):
        outside(name, data)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p class="a">无 <a href="/b.html">链接</a> javascript: onclick=1</p>', []),
        ("<script>1</script>", ["第 1 行的 script"]),
        ("\n\n<SCRIPT SRC=a></SCRIPT>", ["第 3 行的 script"]),
        ("<p><svg><script>1</script></svg>", ["第 1 行的 script"]),
        ('<p><iframe src="a"></iframe>', ["第 1 行的 iframe"]),
        ("<p><object data=a></object>", ["第 1 行的 object"]),
        ("<p><embed src=a>", ["第 1 行的 embed"]),
        ("<p><applet code=a></applet>", ["第 1 行的 applet"]),
        ("<frameset><frame src=a></frameset>", ["第 1 行的 frame"]),
        ('<p onClick="a()">', ["第 1 行的事件属性（on…）"]),
        ("<svg/onload=alert(1)>", ["第 1 行的事件属性（on…）"]),
        ("<p><img src=x onerror=1>", ["第 1 行的事件属性（on…）"]),
        ('<a href="javascript:a()">', ["第 1 行的 javascript: 链接"]),
        ('<a href=" &#106;Ava\tscript\n:a()">', ["第 2 行的 javascript: 链接"]),
        ('<form action="JavaScript:a()">', ["第 1 行的 javascript: 链接"]),
        ('<p><button formaction="javascript:a">', ["第 1 行的 javascript: 链接"]),
        ('<a href="vbscript:a">', ["第 1 行的 vbscript: 链接"]),
        ('<a href=" VB\tScript:a">', ["第 1 行的 vbscript: 链接"]),
        ('<a href="data:text/html,%3Cscript%3E">', ["第 1 行的 data: 链接"]),
        ('<a href="data:text/html;charset=utf-8;base64,PHNj">', ["第 1 行的 data: 链接"]),
        ('<a href=" DATA : Text/H\tTML ,a">', ["第 1 行的 data: 链接"]),
        ('<a href="data:application/xhtml+xml,a">', ["第 1 行的 data: 链接"]),
        ('<a href="data:text/xml,a">', ["第 1 行的 data: 链接"]),
        ('<img src="data:image/svg+xml,a">', []),
        ('<a href="data:image/svg+xml,a">', ["第 1 行的 data: 链接"]),
        ('<img src="data:image/png;base64,html"><a href="data:text/plain,text/html">', []),
        ('<a href="a.html?data:text/html,vbscript:">', []),
        ('<meta http-equiv=refresh content="0;url=javascript:a">', ["第 1 行的 javascript: 链接"]),
        (
            "<META HTTP-EQUIV=Refresh CONTENT=\"1.5 , URL = 'vbscript:a'\">",
            ["第 1 行的 vbscript: 链接"],
        ),
        ('<meta http-equiv="refresh" content="0 data:text/html,a">', ["第 1 行的 data: 链接"]),
        ('<meta http-equiv=refresh content="0;url=b.html?javascript:a">', []),
        ('<meta name=description content="0;url=javascript:a">', []),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_pages(text: str, found: list[str], encoding: str) -> None:
    """Scripts, events, frames, links and refreshes that run, whatever the encoding of the page."""
    data = f"<html><body>年报{text}".encode(encoding)
    assert active("年报.htm", data) == active("年报.HTML", data) == found
    with pytest.raises(FileProblem, match="没有检测"):
        outside("年报.htm", data)


def test_plain_text() -> None:
    """A text does nothing and loads nothing, whatever it says."""
    assert active("年报.txt", b"<script>") == outside("年报.txt", b"<script>") == []


def _odt() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr("Basic/Standard/a.xml", "<a/>")
    return made.getvalue()


UNKNOWN = {
    "pdf": ("年报.pdf", b"%PDF-1.7"),
    "rtf": ("年报.rtf", b"{\\rtf1 \\object}"),
    "odt": ("年报.odt", _odt()),
    "rtf in disguise": ("年报.doc", b"{\\rtf1"),
    "page in disguise": ("年报.doc", b"<html><script>1</script>"),
    "broken zip": ("年报.docx", b"PK\3\4 something"),
    "broken parts": ("年报.docx", word({"word/_rels/document.xml.rels": b"<a"})),
    "entities": ("年报.docx", word({}, before=b'<!DOCTYPE a [<!ENTITY b "c">]>')),
    "broken storages": ("年报.doc", olefile.MAGIC + bytes(600)),
    "encrypted": ("年报.docx", container(["EncryptedPackage", "EncryptionInfo"])),
    "many tags": ("年报.html", b"<p>" * 600_000),
    "deep page": ("年报.html", b"<div>" * 5000 + b"<script>"),
    "empty page": ("年报.html", b"<!-- -->"),
    "no text": ("年报.html", bytes(100)),
    "bomb": ("年报.docx", word({"word/_rels/document.xml.rels": b" " * 30_000_000})),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_cannot_be_looked_into(case: str) -> None:
    """Other formats, broken, encrypted and swollen files: 未检测 with the name, never 通过."""
    name, data = UNKNOWN[case]
    files = {f"{ORIGINALS}{name}": data, "data/其他/a.txt": b"x"}
    for inspection in (inspections.active, inspections.outside):
        with pytest.raises(Undecided, match=name):
            list(inspection(files))


def test_many_storages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container of more entries than any report's is not walked."""
    monkeypatch.setattr(originals, "MOST_ENTRIES", 3)
    with pytest.raises(FileProblem, match="内容太多"):
        active("年报.doc", container(["a", "b", "c", "d"]))


def test_no_original() -> None:
    """Where there is none, nothing was looked at."""
    with pytest.raises(Undecided, match="没有原件"):
        list(inspections.active({"data/a.html": b"<script>"}))


def test_several_originals() -> None:
    """What was found in one is told, though another could not be looked into."""
    files = {
        f"{ORIGINALS}a.pdf": b"%PDF-",
        f"{ORIGINALS}b.html": b"<script>",
        f"{ORIGINALS}c.txt": b"x",
    }
    assert list(inspections.active(files)) == ["b.html：第 1 行的 script"]


@given(st.binary(max_size=300), st.sampled_from(["a.docx", "a.doc", "a.html", "a.pdf"]), st.data())
def test_any_bytes(noise: bytes, name: str, data: st.DataObject) -> None:
    """Damage anywhere in a file is a problem of the file, and never a crash."""
    whole = data.draw(st.sampled_from([word({}), container(["WordDocument", "Macros/VBA/a"]), b""]))
    at = data.draw(st.integers(0, len(whole)))
    for look in (originals.active, originals.outside):
        try:
            list(look(name, whole[:at] + noise + whole[at + len(noise) :]))
        except FileProblem as problem:
            assert name in problem.message  # noqa: PT017
