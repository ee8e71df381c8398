"""Web pages and plain text as manuscripts: every character of them, tables as tables."""

import html
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FileProblem
from pipeline.transcription import plaintext, webpage
from pipeline.transcription.manuscript import Grid, Manuscript, Paragraph, Picture, paragraphs
from tests.conftest import squeezed


def grids(manuscript: Manuscript) -> list[list[list[str]]]:
    """The texts of every grid."""
    return [
        [[cell.text for cell in row] for row in block.rows]
        for block in manuscript.blocks
        if isinstance(block, Grid)
    ]


def lines(manuscript: Manuscript) -> list[str]:
    """The texts of the paragraphs between the grids."""
    return [block.text for block in manuscript.blocks if isinstance(block, Paragraph)]


def everything(manuscript: Manuscript) -> str:
    """Every character that was delivered, in grids, paragraphs, asides and the head."""
    told = "".join(key + value for key, value in manuscript.told)
    asides = "".join(aside.text for aside in manuscript.asides)
    return "".join(p.text for p in paragraphs(manuscript.blocks)) + asides + told


def text(content: str) -> Manuscript:
    """A text file that was read."""
    return plaintext.read(content.encode(), "a.txt")


def page(content: str, head: str = "") -> Manuscript:
    """A web page that was read."""
    return webpage.read(
        f"<html><head>{head}</head><body>{content}</body></html>".encode(), "a.html"
    )


# ---- plain text


def test_word_as_text() -> None:
    """A cell a line behind a tab, an empty line below a row; blank cells stay."""
    read = text("一、标题\n\t项目\n\t数量\n\n\t规章\n\t \u30000\n\t\n\n\n正文。\n")
    assert grids(read) == [[["项目", "数量"], ["规章", "0", ""]]]
    assert lines(read) == ["一、标题", "正文。"]


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("规章 | 0 | 1 |", [["规章", "0", "1", ""]]),
        ("规章 | 0 ; 行政许可 | 2", [["规章", "0"], ["行政许可", "2"]]),
        ("行政许可(上年|本年) | 21 | +19", [["行政许可(上年|本年)", "21", "+19"]]),
        ("复议 | 1 || 诉讼 | 2", [["复议", "1", "诉讼", "2"]]),
        ("| 规章 | 0 |", [["规章", "0", ""]]),
        ("规章\t0\t0", [["规章", "0", "0"]]),
        ("规章\t\t0\t\t", [["规章", "", "0", "", ""]]),
        ("\t（一）公开\t\t1", [["", "（一）公开", "", "1"]]),
        ("0 1 2 / -", [["0", "1", "2", "/", "-"]]),
    ],
)
def test_flat_rows(line: str, rows: list[list[str]]) -> None:
    """Bars, semicolons, tabs, and bare numbers make rows."""
    assert grids(text(line)) == [rows]


@pytest.mark.parametrize(
    "line",
    [
        "全年公开信息；收到申请2件。",
        "甲|乙两种方式并用。今后也是如此。",
        "2021 年 1 月",
        "公开 3 件",
    ],
)
def test_prose_stays_prose(line: str) -> None:
    """A bar, a semicolon or a number does not make a table."""
    assert lines(text(line)) == [line]


def test_residue_and_page_numbers_are_asides() -> None:
    """What Word and the printer left is told, not printed."""
    read = text("[bookmark: _GoBack]一、总体情况\n— 3 —\nP. 8\n正文。")
    assert lines(read) == ["一、总体情况", "正文。"]
    assert [aside.kind for aside in read.asides] == ["残留的标记", "页码", "页码"]


def test_head_of_a_text() -> None:
    """Lines `# key: value` at the very head tell of the file; elsewhere they are text."""
    read = text("# title: 甲\n# year: 2021\n\n正文。\n# note: 乙")
    assert read.told == (("title", "甲"), ("year", "2021"))
    assert lines(read) == ["正文。", "# note: 乙"]


def test_hard_wrapped_text_is_joined() -> None:
    """Lines of one width are a paragraph; a text with a paragraph a line is left as it is."""
    long = "公" * 28
    read = text("\n".join([long] * 5 + ["结束。", "（一）标题", long, "又一段。"]))
    assert lines(read) == [long * 5 + "结束。", "（一）标题", long + "又一段。"]
    table = ["结果 结果 其他 尚未 总 结果 结果 其他 尚未 总 结果 结果 其他 尚未 总 结果 结果 其他"]
    assert lines(text("\n".join([*table, *[long] * 5, "结束。"]))) == [*table, long * 5 + "结束。"]
    loose = ["公" * width + "。" for width in (30, 60, 25, 90, 40, 33)]
    assert lines(text("\n".join(loose))) == loose


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(codec: str) -> None:
    """UTF-8, GB18030 and UTF-16, and every kind of line end."""
    data = "一、总体情况\r\n正文\u3000一。\r第二行。\f第三行。".encode(codec)
    assert lines(plaintext.read(data, "a.txt")) == [
        "一、总体情况",
        "正文\u3000一。",
        "第二行。",
        "第三行。",
    ]


def test_binary_is_refused() -> None:
    """A file of bytes is no text."""
    with pytest.raises(FileProblem, match="不是文本"):
        plaintext.read(b"\x00\x01\x02\xff", "a.txt")
    with pytest.raises(FileProblem, match="不是文本"):
        plaintext.read(b"\xff\xff\xff", "a.txt")


@given(st.text(st.sampled_from("公开一二（）()|;；\t\n 。0127/-#:x,[]\u3000"), max_size=200))
def test_text_loses_nothing(content: str) -> None:
    """Every character but bars, semicolons and rules between cells is delivered."""
    marks = "|;；#:-+"
    kept = Counter(c for c in squeezed(content) if c not in marks)
    given_back = Counter(c for c in squeezed(everything(text(content))) if c not in marks)
    assert not kept - given_back


# ---- web pages


def test_spans_and_cells() -> None:
    """Spans as written, whatever nonsense stands there; cells without end tags; rows in order."""
    read = page(
        "<table><tfoot><tr><td>脚</table>"
        "<table><tr><td rowspan=2 colspan='3'>甲<td rowspan=0>乙<td colspan='x'>丙&nbsp;"
        "<td rowspan=99999999></table>"
    )
    table = [block for block in read.blocks if isinstance(block, Grid)][-1]
    assert [(c.text, c.row_span, c.column_span) for c in table.rows[0]] == [
        ("甲", 2, 3), ("乙", 1000, 1), ("丙", 1, 1), ("", 1000, 1),
    ]  # fmt: skip


def test_layout_tables_are_unwrapped() -> None:
    """A table that only places things gives what stands in it."""
    read = page(
        "<table><tr><td>导航</td><td><p>正文</p><table><tr><td>规章</td><td>0</td></tr></table>"
        "<p>后文</p></td></tr></table>"
    )
    assert lines(read) == ["导航", "正文", "后文"]
    assert grids(read) == [[["规章", "0"]]]


def test_what_is_shown() -> None:
    """Inline elements join, blocks part; scripts are silent; hidden text and controls are told."""
    read = page(
        "<form><h2>一、<b>总体</b>情况</h2><div>甲<br>乙<script>x</script><!-- y --></div>"
        "<p style='display: none'>隐</p><button>打印</button><nav>首页</nav>"
        "<ol start=3><li>丙</ol><ol style='list-style-type:cjk-ideographic'><li>丁</ol>"
        "<pre>戊\n己</pre><p>庚<ruby>辛<rt>xin</rt></ruby>&#x58ec;</p></form>",
        head="<title>标题</title><meta name=ArticleTitle content=文章>",
    )
    assert lines(read) == ["一、总体情况", "甲", "乙", "3. 丙", "一、丁", "戊", "己", "庚辛壬"]
    assert read.blocks[0] == Paragraph("一、总体情况", "第 1 行", 2)
    assert [(a.kind, a.text) for a in read.asides] == [
        ("隐藏文字", "隐"), ("页面导航", "打印"), ("页面导航", "首页"),
    ]  # fmt: skip
    assert read.told == (("title", "标题"), ("title", "文章"))


def test_pictures() -> None:
    """A picture is told; a spacer is not."""
    read = page("<p>甲</p><img src=a.png width=600><img src=b.gif width=1 height=1>")
    assert [type(block) for block in read.blocks] == [Paragraph, Picture]


@pytest.mark.parametrize(
    "declared", ["gb2312", "GBK", "gb18030", "utf-8", "iso-8859-1", "big5", "nonsense", ""]
)
def test_declared_encodings(declared: str) -> None:
    """A page of GB18030, whatever its meta element says."""
    meta = (
        f'<meta http-equiv=Content-Type content="text/html; charset={declared}">'
        if declared
        else ""
    )
    data = f"<html>{meta}<p>镕㙍𠮷</p></html>".encode("gb18030")
    assert lines(webpage.read(data, "a.html")) == ["镕㙍𠮷"]


def test_other_encodings() -> None:
    """UTF-8 whatever is declared; Big5 where it is declared; a page that is cut in a character."""
    meta = "<html><meta charset={}><p>{}</p></html>"
    assert lines(webpage.read(meta.format("gb2312", "公开二条").encode(), "a.html")) == ["公开二条"]
    big5 = meta.format("big5", "資訊公開").encode("big5")
    assert lines(webpage.read(big5, "a.html")) == ["資訊公開"]
    cut = meta.format("gbk", "公开" * 200).encode("gb18030") + "公".encode("gb18030")[:1]
    assert lines(webpage.read(cut, "a.html"))[0].count("公开") == 200
    with pytest.raises(FileProblem, match="不是文本"):
        webpage.read(b"<p>\xff\xff\xfe\xfe</p>", "a.html")


def test_style_sheets_that_hide() -> None:
    """Text hidden by a class or an id is told; a rule for print, or a longer one, hides nothing."""
    read = page(
        "<p class='a b'>甲</p><div id=c>乙</div><p class=d>丙</p><p class=e>丁</p><span class=f>戊"
        "</span><p class=g>己</p>",
        head="<style>.b, p.d { color: red; display : none } /* .e {display:none} */ #c{visibility:"
        "hidden} div.e{display:none} @media print {.f {display:none}} .x .g{display:none}</style>",
    )
    assert lines(read) == ["丁", "戊", "己"]
    assert [(a.kind, a.text) for a in read.asides] == [("隐藏文字", t) for t in "甲乙丙"]


def test_notes_and_invisible_characters() -> None:
    """A raised digit is no digit of a number; a zero-width character is none, as entity too."""
    read = page("<table><tr><td>3<sup>1</sup><td>&#8203;1&shy;2</table><p>三条<sup>注</sup></p>")
    assert grids(read) == [[["3¹", "12"]]]
    assert lines(read) == ["三条注"]


def test_too_deep_a_page_is_refused() -> None:
    """A page that the parser gives up is refused, not cut."""
    with pytest.raises(FileProblem, match="嵌套太深"):
        page("<div>" * 5000 + "正文")
    with pytest.raises(FileProblem, match="嵌套太深"):
        page("<table><tr><td>" * 5000 + "正文")


def test_entities_stay_outside() -> None:
    """No file is read and no entity grows."""
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    read = webpage.read(f"{bomb}<html><body><p>正文&b;&x;</p></body></html>".encode(), "a.html")
    assert "root:" not in everything(read)
    assert "aaaaaaaaaaaaaaaaaaaa" not in everything(read)


WORDS = st.text(st.sampled_from("公开信息0123456789（一）&<>\"' 、。"), max_size=8)


@given(st.lists(st.lists(WORDS, min_size=2, max_size=5), min_size=1, max_size=5), st.lists(WORDS))
def test_a_page_loses_nothing(rows: list[list[str]], prose: list[str]) -> None:
    """The text of a page made at random comes back, cell by cell and paragraph by paragraph."""
    table = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    read = page(
        "".join(f"<p>{html.escape(line)}</p>" for line in prose) + f"<table>{table}</table>"
    )
    shown = [re.sub(" +", " ", line).strip() for line in prose]
    assert lines(read) == [line for line in shown if line]
    assert grids(read) == [[[re.sub(" +", " ", cell).strip() for cell in row] for row in rows]]
