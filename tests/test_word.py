"""Word files as manuscripts: text, merged cells, boxes, fields, tracked changes; old files."""
# ruff: noqa: E501  # a part of a file a line

import io
import struct
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checking import Stock
from pipeline.errors import FileProblem, MissingTool
from pipeline.transcription import importing, legacy
from pipeline.transcription.manuscript import Grid, Manuscript, Paragraph, Picture
from tests.wordfile import STRICT, W, lines, p, package, read, run, tc

Make = Callable[..., Manuscript]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a Word file and reads it."""

    def made(body: str, parts: Iterable[tuple[str, str, bytes]] = (), ns: str = W) -> Manuscript:
        return read(package(tmp_path / "a.docx", body, parts, ns))

    return made


def test_indents(make: Make) -> None:
    """A paragraph begins as far to the right as its format, its style and its blanks say."""
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="i"><w:pPr><w:ind w:left="420"/></w:pPr>'
        "</w:style></w:styles>"
    )
    read = make(
        p(run("甲"))
        + p(run("乙"), properties='<w:ind w:left="210" w:firstLineChars="200"/>')
        + p(run("丙"), properties='<w:ind w:start="420" w:hanging="210"/>')
        + p(run("丁"), properties='<w:pStyle w:val="i"/>')
        + p(run("戊"), properties='<w:pStyle w:val="i"/><w:ind w:leftChars="100" w:left="9"/>')
        + p(run("\u3000己"), properties='<w:ind w:firstLine="210"/>')
        + p(run("庚"), properties='<w:ind w:left="-420" w:right="x"/>'),
        [("styles", "styles.xml", styles.encode())],
    )
    indents = [block.indent for block in read.blocks if isinstance(block, Paragraph)]
    assert indents == [0, 6, 2, 4, 2, 4, 0]


def test_depth_by_indents(stock: Stock, tmp_path: Path) -> None:
    """The indents of labels in a Word file say how deep the rows of the annex stand."""
    heads = f"<w:tr>{tc('统计指标')}{tc('单位')}{tc('统计数')}</w:tr>"
    rows = "".join(
        "<w:tr><w:tc>"
        + p(run(label), properties=f"<w:ind w:left='{left}'/>")
        + f"</w:tc>{tc('条')}{tc('1')}</w:tr>"
        for label, left in (("总数", 0), ("其中：甲", 210), ("乙", 420), ("丙", 0))
    )
    title = p(run("示例街道办事处2016年政府信息公开工作年度报告"))
    path = package(tmp_path / "a.docx", f"{title}<w:tbl>{heads}{rows}</w:tbl>")
    text = importing.read_report(path, stock.forms).text
    made = tomllib.loads(text)["statistics"]["rows"]
    assert [row.get("depth", 0) for row in made] == [0, 1, 2, 0]


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


ACROSS = '<w:hMerge w:val="restart"/>'
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


def test_breaks(make: Make) -> None:
    """Soft returns and breaks of page and column part lines; a number stands before the first."""
    broken = p(
        run("甲"), '<w:r><w:br w:type="page"/></w:r>', run("乙"), "<w:r><w:cr/></w:r>", run("丙")
    )
    assert lines(make(broken)) == ["甲", "乙", "丙"]


def test_what_is_not_seen_is_stripped(make: Make) -> None:
    """Zero-width blanks and soft hyphens are no text; no-break spaces are blanks."""
    assert lines(make(p(run("\u200b甲\xad\ufeff乙\xa0丙\u200b")))) == ["甲乙 丙"]


def test_a_deleted_end_joins_no_more_than_it_can(make: Make) -> None:
    """Where no paragraph follows in the cell, or a table does, a deleted end is none."""
    gone = "<w:rPr><w:del/></w:rPr>"
    table = f"<w:tbl><w:tr><w:tc>{p(run('丙'), properties=gone)}</w:tc>{tc('丁')}</w:tr></w:tbl>"
    read = make(
        p(run("甲"), properties=gone) + p(run("乙"), properties=gone) + table + p(run("戊"))
    )
    assert [type(block) for block in read.blocks] == [Paragraph, Grid, Paragraph]
    assert lines(read) == ["甲乙", "戊"]
    (grid,) = (block for block in read.blocks if isinstance(block, Grid))
    assert [cell.text for cell in grid.rows[0]] == ["丙", "丁"]


def test_many_runs_in_a_paragraph(make: Make) -> None:
    """A paragraph of many runs is read in one pass over them."""
    assert lines(make(p(run("甲") * 100_000))) == ["甲" * 100_000]


FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
BEGIN, SEPARATE, END = map(FIELD.format, ("begin", "separate", "end"))


def instruction(text: str) -> str:
    """A run of a field's instruction."""
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def test_fields(make: Make) -> None:
    """Results are text, instructions are not.

    Nor are the results of fields in an instruction. A field that shows something without a result
    is told, one that shows nothing is not; none swallows what follows.
    """
    body = (
        p(BEGIN, instruction("REF a"), SEPARATE, run("甲"), END, "<w:fldSimple>" + run("乙") + "</w:fldSimple>")
        + p(BEGIN, instruction("IF "), BEGIN, instruction("PAGE"), SEPARATE, run("1"), END, instruction("= 1 丙"),
            SEPARATE, run("丁"), END)
        + p(run("戊"), BEGIN, instruction("EQ \\o\\ac(○,1)"), END, BEGIN, instruction("XE 己"), END)
        + p(BEGIN, instruction("PAGE"), run("庚"))
        + p(run("辛"), END, SEPARATE)
        + p(BEGIN, instruction("INCLUDEPICTURE x"), SEPARATE, "<w:r><w:drawing/></w:r>", END)
        + p(BEGIN, instruction("QUOTE"), SEPARATE, run("壬")) + p(run("癸"), END)
    )  # fmt: skip
    read = make(body)
    assert lines(read) == ["甲乙", "丁", "戊", "辛", "壬", "癸"]
    assert [(aside.kind, aside.text) for aside in read.asides] == [
        ("域", "EQ \\o\\ac(○,1)"), ("域", "PAGE庚"),
    ]  # fmt: skip


def test_a_table_of_contents_is_no_text(make: Make) -> None:
    """Its lines are told, by their style, or by the control that Word puts around it."""
    styles = f'<w:styles xmlns:w="{W}"><w:style w:styleId="t"><w:name w:val="toc 1"/></w:style></w:styles>'
    line = p(run("一、总体情况\t1"), properties='<w:pStyle w:val="t"/>')
    control = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{p(run('目录'))}{line}</w:sdtContent></w:sdt>"
    )
    read = make(control + line + p(run("一、总体情况")), [("styles", "s.xml", styles.encode())])
    assert lines(read) == ["一、总体情况"]
    assert [(aside.kind, aside.text) for aside in read.asides] == [
        ("目录", "一、总体情况\t1"), ("目录", "目录"), ("目录", "一、总体情况\t1"),
    ]  # fmt: skip


def test_hidden_by_a_style(make: Make) -> None:
    """Styles of characters and of paragraphs hide text, too; a run may show it again."""
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="h"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="i"><w:basedOn w:val="h"/></w:style></w:styles>'
    )
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>丁</w:t></w:r>'
    body = p('<w:r><w:rPr><w:rStyle w:val="i"/></w:rPr><w:t>甲</w:t></w:r>', run("乙")) + p(
        f"<w:hyperlink>{run('丙')}</w:hyperlink>", shown, properties='<w:pStyle w:val="h"/>'
    )
    read = make(body, [("styles", "s.xml", styles.encode())])
    assert lines(read) == ["乙", "丁"]
    assert [aside.text for aside in read.asides if aside.kind == "隐藏文字"] == ["甲", "丙"]


def test_ruby_and_private_codes(make: Make) -> None:
    """What stands above characters is told; codes of a symbol font within text are read."""
    ruby = f"<w:r><w:ruby><w:rt>{run('nian')}</w:rt><w:rubyBase>{run('年')}</w:rubyBase></w:ruby></w:r>"
    wingdings = '<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>\uf0fc\uf001</w:t></w:r>'
    strange = '<w:r><w:sym w:font="Wingdings" w:char="F001"/><w:sym w:font="x" w:char="xyz"/></w:r>'
    read = make(p(ruby, wingdings, strange))
    assert lines(read) == ["年✓\uf001"]
    assert [(aside.kind, aside.text) for aside in read.asides] == [
        ("注音", "nian"), ("符号", "Wingdings F001"), ("符号", "x xyz"),
    ]  # fmt: skip


def test_what_a_merge_covers_is_told(make: Make) -> None:
    """Text in a cell that another one covers is not seen in Word, and not lost."""
    body = (
        f"<w:tbl><w:tr>{tc('甲', RESTART)}{tc('乙')}</w:tr><w:tr>{tc('1', '<w:vMerge/>')}{tc('丙')}</w:tr>"
        f"<w:tr>{tc('丁', ACROSS)}{tc('2', '<w:hMerge/>')}{tc('戊')}</w:tr></w:tbl>"
    )  # fmt: skip
    read = make(body)
    (grid,) = read.blocks
    assert isinstance(grid, Grid)
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["甲", "乙"],
        ["丙"],
        ["丁", "戊"],
    ]
    assert [(aside.text, aside.where) for aside in read.asides] == [
        ("1", "第 1 张表第 2 行"), ("2", "第 1 张表第 3 行"),
    ]  # fmt: skip


def test_rows_that_are_not_shown(make: Make) -> None:
    """Hidden rows, and deleted rows and cells, are told; a merge ends where its column does."""
    hidden = f"<w:tr><w:trPr><w:hidden/></w:trPr>{tc('隐')}</w:tr>"
    rows = (
        f"<w:tr>{tc('甲', RESTART)}{tc('乙')}</w:tr>{hidden}"
        f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{tc("丙")}{tc("删", "<w:cellDel/>")}</w:tr>'
        f"<w:tr>{tc('丁', '<w:vMerge/>')}{tc('戊')}</w:tr>"
    )
    read = make(f"<w:tbl><w:sdt><w:sdtContent>{rows}</w:sdtContent></w:sdt></w:tbl>")
    (grid,) = read.blocks
    assert isinstance(grid, Grid)
    assert [[(cell.text, cell.row_span) for cell in row] for row in grid.rows] == [
        [("甲", 1), ("乙", 1)], [("丙", 1)], [("丁", 1), ("戊", 1)],
    ]  # fmt: skip
    assert [(aside.kind, aside.text) for aside in read.asides] == [
        ("隐藏文字", "隐"),
        ("修订删除", "删"),
    ]


def test_controls_around_cells_and_text(make: Make) -> None:
    """Content controls and custom XML around rows, cells, paragraphs and runs are looked through."""

    def control(inner: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent><w:customXml>{inner}</w:customXml></w:sdtContent></w:sdt>"

    cell = (
        f"<w:tc>{control(p(control(run('1')), '<w:smartTag>' + run('2') + '</w:smartTag>'))}</w:tc>"
    )
    row = control(f"<w:tr>{tc('甲')}{control(cell)}</w:tr>")
    read = make(control(f"<w:tbl>{row}</w:tbl>"))
    (grid,) = read.blocks
    assert isinstance(grid, Grid)
    assert [[cell.text for cell in row] for row in grid.rows] == [["甲", "12"]]


def test_drawings(make: Make) -> None:
    """A group of a box and a picture is both; a line is nothing; art of words is text."""
    box = f"<w:txbxContent>{p(run('框'))}</w:txbxContent>"
    group = f"<w:r><w:drawing><a:wgp><a:wsp>{box}</a:wsp><a:pic/></a:wgp></w:drawing></w:r>"
    line = "<w:r><w:pict><v:line/></w:pict></w:r><w:r><w:drawing><a:wsp/></w:drawing></w:r>"
    art = '<w:r><w:pict><v:shape><v:textpath string="样板局文件"/></v:shape></w:pict></w:r>'
    read = make(p(group, line, art))
    assert lines(read) == ["框", "样板局文件"]
    assert [block for block in read.blocks if isinstance(block, Picture)] == [Picture("第 1 段")]


def test_files_in_the_file(make: Make) -> None:
    """A file that stands in for the text is told; where it is all there is, the file is refused."""
    chunk = '<w:altChunk r:id="r1"/>'
    read = make(p(run("甲")) + chunk)
    assert [aside.kind for aside in read.asides] == ["嵌入的文件"]
    with pytest.raises(FileProblem, match="嵌入的另一个文件"):
        make(chunk)


def test_a_header_with_a_table(make: Make) -> None:
    """Headers are told whole, their tables and hidden text included, and once where they repeat."""
    note = (
        f'<w:x xmlns:w="{W}"><w:tbl><w:tr>{tc("页")}{tc("眉")}</w:tr></w:tbl>'
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r></w:p></w:x>"
    ).encode()
    read = make(p(run("甲")), [("header", "h1.xml", note), ("header", "h2.xml", note)])
    assert [(aside.kind, aside.text) for aside in read.asides] == [
        ("页眉", "页 眉"),
        ("隐藏文字", "隐"),
    ]


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


def compound(name: str, data: bytes = b"") -> bytes:
    """The least OLE container that holds one stream of a name; `data` fills whole sectors."""
    sector = 512
    header = bytearray(sector)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    chain = [*range(3, 2 + len(data) // sector), 0xFFFFFFFE] if data else []
    free = [0xFFFFFFFF] * (126 - len(chain))
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *chain, *free)

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = title.encode("utf-16-le")
        return (
            raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, *[0xFFFFFFFF] * 2, child)
            + b"\0" * 36 + struct.pack("<IQ", start, size)
        )  # fmt: skip

    root = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    folder = root + entry(name, 2, 0xFFFFFFFF, 2 if data else 0xFFFFFFFE, len(data)) + b"\0" * 256
    return bytes(header) + table + folder + data


def test_encrypted_files_are_refused(stock: Stock, tmp_path: Path) -> None:
    """A file with a password is told as such, whatever it is called."""
    locked = compound("WordDocument", b"\xec\xa5\xc1\0".ljust(11, b"\0") + b"\1" + bytes(4096 - 12))
    whole = {
        "a.docx": compound("EncryptedPackage"),
        "a.doc": compound("EncryptedPackage"),
        "b.doc": locked,
    }
    for name, data in whole.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(FileProblem, match="加密"):
            importing.read_report(path, stock.forms)


def test_old_files_need_libreoffice(
    stock: Stock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .doc, .rtf, .odt and Word 2003's XML go through LibreOffice, which may fetch nothing.

    Where it is missing or fails, the remedy is told.
    """
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
    settings = tmp_path / "settings"
    script = (
        "#!/bin/sh\nfor a; do :; done\n"
        f'/bin/cp {ready} "${{a%.doc}}.docx"\n'
        f"/bin/cp profile/user/registrymodifications.xcu {settings}\n"
    )
    fake.write_text(script, encoding="utf-8")
    odt = b"PK\3\4".ljust(30, b"\0") + b"mimetypeapplication/vnd.oasis.opendocument.text"
    xml = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>'
    for data in (path.read_bytes(), b"{\\rtf1 }", odt, xml):
        path.write_bytes(data)
        assert 'name = "甲局"' in importing.read_report(path, stock.forms).text
    assert "BlockUntrustedRefererLinks" in settings.read_text(encoding="utf-8")
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
