"""Word files as manuscripts: merged cells, lists, text boxes, tracked changes; hostile files refused."""

import io
import resource
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.build import Stock
from pipeline.errors import FileProblem, MissingTool
from pipeline.transcription import importing, legacy, word
from pipeline.transcription.manuscript import Grid, Manuscript, Paragraph, Picture

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"

Make = Callable[..., Path]


def package(
    path: Path, body: str, parts: Iterable[tuple[str, str, bytes]] = (), ns: str = W
) -> Path:
    """A Word file of a body and further parts: relation, name, bytes."""
    document = (
        f'<w:document xmlns:w="{ns}" xmlns:r="{OFFICE}" xmlns:mc="{MC}" '
        f'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        f'xmlns:m="urn:math"><w:body>{body}</w:body></w:document>'
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{name}"/>'
        for n, (kind, name, _) in enumerate(parts)
        if kind
    )
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        main = f'{rels}<Relationship Id="m" Type="{OFFICE}/officeDocument" Target="word/main.xml"/>'
        file.writestr("_rels/.rels", f"{main}</Relationships>")
        file.writestr("word/main.xml", document)
        file.writestr("word/_rels/main.xml.rels", f"{rels}{relations}</Relationships>")
        for _, name, data in parts:
            file.writestr(f"word/{name}", data)
    return path


def read(path: Path) -> Manuscript:
    """The manuscript in a Word file."""
    return word.read(path.read_bytes(), path.name)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a Word file and reads it."""

    def made(body: str, parts: Iterable[tuple[str, str, bytes]] = (), ns: str = W) -> Manuscript:
        return read(package(tmp_path / "a.docx", body, parts, ns))

    return made


def lines(manuscript: Manuscript) -> list[str]:
    """The paragraphs of a manuscript."""
    return [block.text for block in manuscript.blocks if isinstance(block, Paragraph)]


def run(text: str) -> str:
    """A run of text."""
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*inner: str, properties: str = "") -> str:
    """A paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inner)}</w:p>"


def tc(text: str, properties: str = "") -> str:
    """A cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(run(text))}</w:tc>"


@pytest.mark.parametrize("ns", [W, STRICT])
def test_text_and_tracked_changes(make: Make, ns: str) -> None:
    """Insertions count, deletions and hidden text are told, breaks end paragraphs."""
    read = make(
        p(run(" \u3000甲"), f'<w:ins w:id="1">{run("乙")}</w:ins>',
          '<w:del w:id="2"><w:r><w:delText>丙</w:delText></w:r></w:del>',
          '<w:moveFrom w:id="3">' + run("丁") + "</w:moveFrom>",
          "<w:r><w:rPr><w:vanish/></w:rPr><w:t>戊</w:t></w:r>")
        + p(run("己"), "<w:r><w:br/></w:r>", run("庚"), "<w:r><w:tab/><w:noBreakHyphen/></w:r>", run("辛"))
        + p(run("前"), properties="<w:rPr><w:del/></w:rPr>") + p(run("后"))
        + p('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGEREF</w:instrText><w:fldChar w:fldCharType="end"/></w:r>',
            f"<w:sdt><w:sdtContent>{run('壬')}</w:sdtContent></w:sdt>", f"<w:hyperlink>{run('癸')}</w:hyperlink>",
            "<m:oMath><m:t>x</m:t></m:oMath>", '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'),
        ns=ns,
    )  # fmt: skip
    assert lines(read) == ["甲乙", "己", "庚\t-辛", "前后", "壬癸x✓"]
    assert [(aside.kind, aside.text) for aside in read.asides] == [
        ("修订删除", "丙"), ("修订删除", "丁"), ("隐藏文字", "戊"), ("公式", "x"),
    ]  # fmt: skip
    assert read.blocks[0] == Paragraph("甲乙", "第 1 段")


RESTART, WIDE = '<w:vMerge w:val="restart"/>', '<w:gridSpan w:val="2"/>'


def test_tables(make: Make) -> None:
    """Spans across and down, tables in tables, deleted rows; ragged ones do not fail."""
    body = (
        "<w:tbl>"
        f"<w:tr>{tc('甲', RESTART + WIDE)}{tc('乙')}</w:tr>"
        f"<w:tr>{tc('', '<w:vMerge/>' + WIDE)}{tc('丙')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{tc('删')}</w:tr>"
        f"<w:tr>{tc('丁', RESTART.replace('v', 'h', 1))}{tc('', '<w:hMerge/>')}{tc('')}</w:tr>"
        f"<w:tr>{tc('', '<w:vMerge/>')}</w:tr>"
        "</w:tbl>"
    )
    (grid,) = make(body).blocks
    assert isinstance(grid, Grid)
    assert [[(c.text, c.row_span, c.column_span) for c in row] for row in grid.rows] == [
        [("甲", 2, 2), ("乙", 1, 1)], [("丙", 1, 1)], [("丁", 1, 2), ("", 1, 1)], [("", 1, 1)],
    ]  # fmt: skip
    inner = f"<w:tbl><w:tr>{tc('规章')}{tc('0')}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{p(run('前'))}{inner}{p(run('后'))}</w:tc></w:tr></w:tbl>"
    read = make(outer)
    assert [type(block) for block in read.blocks] == [Paragraph, Grid, Paragraph]


# ruff: noqa: E501
NUMBERING = f"""<w:numbering xmlns:w="{W}">
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="japaneseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="10"/></w:lvlOverride></w:num>
</w:numbering>"""
STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="x"><w:name w:val="一级"/><w:basedOn w:val="1"/></w:style>
</w:styles>"""


def test_automatic_numbers(make: Make) -> None:
    """Numbers that Word computes are part of the text; deeper levels start again."""

    def numbered(depth: int, number: int, text: str) -> str:
        return p(
            run(text),
            properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>',
        )

    body = (
        p(run("总体"), properties='<w:pStyle w:val="x"/>')
        + numbered(1, 1, "甲") + numbered(1, 1, "乙") + numbered(2, 1, "丙")
        + p(run("主动"), properties='<w:pStyle w:val="x"/>') + numbered(1, 1, "丁")
        + numbered(0, 2, "戊") + numbered(0, 2, "己")
        + p(run("庚"), properties='<w:pStyle w:val="x"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    )  # fmt: skip
    parts = [
        ("numbering", "numbering.xml", NUMBERING.encode()),
        ("styles", "styles.xml", STYLES.encode()),
    ]
    read = make(body, parts)
    assert lines(read) == [
        "一、总体", "（一）甲", "（二）乙", "1.丙", "二、主动", "（一）丁", "十、戊", "十一、己", "庚",
    ]  # fmt: skip
    assert [block.level for block in read.blocks if isinstance(block, Paragraph)][:2] == [1, 0]


def test_boxes_pictures_and_what_stands_beside(make: Make) -> None:
    """Text boxes are read once, after their paragraph; pictures, notes and macros are told."""
    box = f"<w:txbxContent>{p(run('框'))}</w:txbxContent>"
    body = p(
        run("甲"),
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
        "<w:r><w:drawing/></w:r>",
        "<w:r><w:object><o:OLEObject/></w:object></w:r>",
    ) + p(run("乙"))
    note = f'<w:x xmlns:w="{W}">{p(run("注"))}</w:x>'.encode()
    parts = [("footnotes", "n.xml", note), ("header", "h.xml", note), ("", "vbaProject.bin", b"x")]
    read = make(body, parts)
    assert lines(read) == ["甲", "框", "乙"]
    assert sum(isinstance(block, Picture) for block in read.blocks) == 2
    assert [aside.kind for aside in read.asides] == ["嵌入对象", "脚注", "页眉", "宏"]


def test_a_picture_of_a_table(stock: Stock, tmp_path: Path) -> None:
    """A picture where a table should stand is told with its place, and its cells stay blank."""
    body = "".join(
        map(
            p,
            map(
                run,
                [
                    "甲局2021年政府信息公开工作年度报告",
                    "一、总体情况",
                    "正文。",
                    "二、主动公开政府信息情况",
                ],
            ),
        )
    )
    path = package(tmp_path / "a.docx", body + p("<w:r><w:drawing/></w:r>"))
    made = importing.read_report(path, stock.forms)
    told = [str(remark) for remark in made.remarks]
    assert any("NB604" in line and "第 5 段" in line for line in told)
    assert any("NB603" in line and "主动公开" in line and "留空" in line for line in told)
    assert 'licences            = ""' in made.text


# ---- hostile files


def test_bombs_are_refused(tmp_path: Path) -> None:
    """A part that swells is stopped while it is inflated, in little memory."""
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(package(path, p(run("x"))), "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/bomb.xml", b"<a>" + b" " * (300 * 1024 * 1024) + b"</a>")
    assert path.stat().st_size < 1024 * 1024
    with zipfile.ZipFile(tmp_path / "big.docx", "w", zipfile.ZIP_DEFLATED) as file:
        with zipfile.ZipFile(path) as whole:
            small = {name: whole.read(name) for name in whole.namelist() if "bomb" not in name}
        for name, data in {**small, "word/main.xml": b" " * (100 * 1024 * 1024)}.items():
            file.writestr(name, data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileProblem, match="大得不正常"):
        read(tmp_path / "big.docx")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert lines(read(path)) == ["x"]  # what is not needed is not inflated


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_entities_are_refused(tmp_path: Path, doctype: str) -> None:
    """A part with a document type is not read."""
    path = tmp_path / "a.docx"
    package(path, p(run("x")))
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts["word/main.xml"] = doctype.encode() + parts["word/main.xml"]
    with zipfile.ZipFile(path, "w") as file:
        for name, data in parts.items():
            file.writestr(name, data)
    with pytest.raises(FileProblem, match="实体"):
        read(path)


def test_damage_is_told(tmp_path: Path, make: Make) -> None:
    """No zip, a zip of something else, duplicate names, XML that ends early or is too deep."""
    path = tmp_path / "a.docx"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(FileProblem, match="不是 Word"):
        read(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.txt", "x")
    with pytest.raises(FileProblem, match="不是 Word"):
        read(path)
    with pytest.raises(FileProblem, match="损坏"):
        make("<w:sdt>" * 5000 + "</w:sdt>" * 5000)
    with pytest.raises(FileProblem, match="损坏"):
        make("<w:p>")
    whole = package(path, p(run("x" * 1000))).read_bytes()
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(FileProblem):
            read(path)


@given(st.data())
def test_flipped_bytes_never_crash(data: st.DataObject) -> None:
    """Any byte may be wrong: the file is read, or refused."""
    folder = Path(tempfile.mkdtemp())
    whole = bytearray(
        package(
            folder / "a.docx", p(run("甲")) + f"<w:tbl><w:tr>{tc('乙')}</w:tr></w:tbl>"
        ).read_bytes()
    )
    for _ in range(3):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    (folder / "a.docx").write_bytes(bytes(whole))
    with suppress(FileProblem):
        read(folder / "a.docx")


def compound(name: str) -> bytes:
    """The least OLE container that holds one stream of a name."""
    sector = 512
    header = bytearray(sector)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)

    def entry(title: str, kind: int, child: int) -> bytes:
        raw = title.encode("utf-16-le")
        return (
            raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, *[0xFFFFFFFF] * 2, child)
            + b"\0" * 36 + struct.pack("<IQ", 0xFFFFFFFE, 0)
        )  # fmt: skip

    folder = entry("Root Entry", 5, 1) + entry(name, 2, 0xFFFFFFFF) + b"\0" * 256
    return bytes(header) + table + folder


def test_encrypted_files_are_refused(stock: Stock, tmp_path: Path) -> None:
    """A file with a password is told as such, whatever it is called."""
    for name in ("a.docx", "a.doc"):
        path = tmp_path / name
        path.write_bytes(compound("EncryptedPackage"))
        with pytest.raises(FileProblem, match="加密"):
            importing.read_report(path, stock.forms)


def test_old_files_need_libreoffice(
    stock: Stock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .doc goes through LibreOffice; where that is missing or fails, the remedy is told."""
    path = tmp_path / "旧 年报.doc"
    path.write_bytes(compound("WordDocument"))
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(MissingTool, match="LibreOffice"):
        importing.read_report(path, stock.forms)
    fake = programs / "soffice"
    fake.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    with pytest.raises(FileProblem, match="没有转换成功"):
        importing.read_report(path, stock.forms)
    ready = package(
        tmp_path / "ready.docx",
        p(run("甲局2021年政府信息公开工作年度报告")) + p(run("一、总体情况")),
    )
    script = f'#!/bin/sh\nfor a; do :; done\n/bin/cp {ready} "${{a%.doc}}.docx"\n'
    fake.write_text(script, encoding="utf-8")
    assert 'name = "甲局"' in importing.read_report(path, stock.forms).text
    monkeypatch.setattr(legacy, "TIME_LIMIT", 0.2)
    fake.write_text("#!/bin/sh\n/bin/sleep 20\n", encoding="utf-8")
    with pytest.raises(FileProblem, match="没有转换成功"):
        importing.read_report(path, stock.forms)


def test_a_long_file(tmp_path: Path) -> None:
    """200 pages: every paragraph is there."""
    body = "".join(p(run(f"第{number}段" + "公开信息" * 30)) for number in range(3000))
    path = package(tmp_path / "long.docx", body)
    assert len(lines(read(path))) == 3000


@given(st.data())
def test_random_spans_of_python_docx(data: st.DataObject) -> None:
    """Cells merged at random by another library come out with the same text and spans."""
    rows, columns = data.draw(st.integers(1, 6)), data.draw(st.integers(2, 6))
    free = {(row, column) for row in range(rows) for column in range(columns)}
    file = docx.Document()
    table = file.add_table(rows, columns)
    wanted: dict[tuple[int, int], tuple[str, int, int]] = {}
    for row, column in sorted(free):
        if (row, column) not in free:
            continue
        high, wide = (
            data.draw(st.integers(1, rows - row)),
            data.draw(st.integers(1, columns - column)),
        )
        area = {(r, c) for r in range(row, row + high) for c in range(column, column + wide)}
        if not area <= free:
            high, wide, area = 1, 1, {(row, column)}
        free -= area
        text = data.draw(st.text(st.sampled_from("公开0123456789/"), max_size=4))
        cell = table.cell(row, column).merge(table.cell(row + high - 1, column + wide - 1))
        cell.text = text
        wanted[row, column] = (text, high, wide)
    stream = io.BytesIO()
    file.save(stream)
    path = Path(tempfile.mkdtemp()) / "a.docx"
    path.write_bytes(stream.getvalue())
    blocks = read(path).blocks
    expected = [[wanted[key] for key in sorted(wanted) if key[0] == row] for row in range(rows)]
    if all(len(row) <= 1 for row in expected):
        return  # a table that only places things
    (grid,) = blocks
    assert isinstance(grid, Grid)
    assert [[(c.text, c.row_span, c.column_span) for c in row] for row in grid.rows] == expected
