"""Automatic numbers of Word's lists, as they stand before their paragraphs."""
# ruff: noqa: E501  # a part of a file a line

from pathlib import Path

import pytest

from pipeline.transcription.manuscript import Paragraph
from pipeline.transcription.numerals import numeral
from pipeline.transcription.symbols import character
from tests.wordfile import W, lines, p, package, read, run


def level(depth: int, style: str, text: str, more: str = "") -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(name: str, *inner: str) -> str:
    """An abstract list."""
    return f'<w:abstractNum w:abstractNumId="{name}">{"".join(inner)}</w:abstractNum>'


def num(name: int, base: str, *overrides: str) -> str:
    """A list of an abstract list."""
    return f'<w:num w:numId="{name}"><w:abstractNumId w:val="{base}"/>{"".join(overrides)}</w:num>'


def item(number: int, depth: int = 0, text: str = "甲") -> str:
    """A numbered paragraph."""
    return p(
        run(text),
        properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>',
    )


def shown(folder: Path, lists: str, body: str, styles: str = "") -> list[str]:
    """The paragraphs of a Word file with lists."""
    parts = [
        (
            "numbering",
            "numbering.xml",
            f'<w:numbering xmlns:w="{W}">{lists}</w:numbering>'.encode(),
        ),
        ("styles", "styles.xml", f'<w:styles xmlns:w="{W}">{styles}</w:styles>'.encode()),
    ]
    return lines(read(package(folder / "a.docx", body, parts)))


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (10, "chineseCounting", "十"), (12, "chineseCountingThousand", "十二"), (110, "japaneseCounting", "一百一十"),
        (10, "ideographDigital", "一〇"), (3, "chineseLegalSimplified", "叁"), (3, "ideographLegalTraditional", "參"),
        (3, "ideographTraditional", "丙"), (11, "ideographTraditional", "11"), (12, "ideographZodiac", "亥"),
        (20, "decimalEnclosedCircle", "⑳"), (21, "decimalEnclosedCircleChinese", "21"), (2, "decimalEnclosedParen", "⑵"),
        (12, "decimalFullWidth", "１２"), (3, "decimalZero", "03"), (28, "upperLetter", "BB"), (1, "lowerLetter", "a"),
        (1999, "upperRoman", "MCMXCIX"), (4, "lowerRoman", "iv"), (0, "upperRoman", "0"), (5, "none", ""),
        (5, "nothing known", "5"), (10_000, "chineseCounting", "10000"),
    ],
)  # fmt: skip
def test_number_formats(number: int, style: str, text: str) -> None:
    """A number in the digits of a format; in 0-9 beyond what the format has."""
    assert numeral(number, style) == text


def test_levels_restart(tmp_path: Path) -> None:
    """A level starts again below each higher one, or where lvlRestart says; 0 means never."""
    lists = abstract(
        "0", level(0, "chineseCounting", "%1、"), level(1, "japaneseCounting", "（%2）"),
        level(2, "decimal", "%3.", '<w:lvlRestart w:val="1"/>'), level(3, "decimal", "%4)", '<w:lvlRestart w:val="0"/>'),
    ) + num(1, "0")  # fmt: skip
    body = "".join(item(1, depth, "") for depth in (0, 1, 2, 3, 1, 2, 3, 0, 1, 2, 3))
    assert shown(tmp_path, lists, body) == [
        "一、", "（一）", "1.", "1)", "（二）", "2.", "2)", "二、", "（一）", "1.", "3)",
    ]  # fmt: skip


def test_lists_of_one_abstract_list(tmp_path: Path) -> None:
    """They go on counting, but for one with a start of its own, which is also where it restarts."""
    start = '<w:lvlOverride w:ilvl="{}"><w:startOverride w:val="{}"/></w:lvlOverride>'
    lists = (
        abstract("0", level(0, "decimal", "%1."), level(1, "decimal", "%1.%2."))
        + num(1, "0") + num(2, "0") + num(3, "0", start.format(0, 10), start.format(1, 5))
    )  # fmt: skip
    body = item(1) + item(2) + item(3) + item(3, 1) + item(3) + item(3, 1) + item(1)
    assert shown(tmp_path, lists, body) == [
        "1.甲",
        "2.甲",
        "10.甲",
        "10.5.甲",
        "11.甲",
        "11.5.甲",
        "12.甲",
    ]


def test_a_level_of_its_own(tmp_path: Path) -> None:
    """A list may replace a level of its abstract list."""
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1、")}</w:lvlOverride>'
    lists = abstract("0", level(0, "decimal", "%1.")) + num(1, "0", own) + num(2, "0")
    assert shown(tmp_path, lists, item(1) + item(2)) == ["A、甲", "2.甲"]


def test_the_look_of_a_number(tmp_path: Path) -> None:
    """Arabic digits for all levels (isLgl), the gap behind a number (suff), bullets, no number."""
    wingdings = '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>'
    lists = "".join(
        [
            abstract(
                "0",
                level(0, "chineseCounting", "第%1条"),
                level(1, "decimal", "%1.%2", "<w:isLgl/>"),
            ),
            abstract("1", level(0, "decimal", "%1", '<w:suff w:val="nothing"/>')),
            abstract("2", level(0, "bullet", "\uf0d8", wingdings)),
            abstract("3", level(0, "bullet", "\uf0d8")),
            abstract("4", level(0, "none", "附件")),
            abstract("5", level(0, "decimal", "%1%1%1%1%1%1%1%1%1%1%2"), level(1, "bullet", "－")),
            *(num(number + 1, str(number)) for number in range(6)),
        ]
    )
    body = (
        item(1)
        + item(1, 1)
        + "".join(item(number) for number in range(2, 7))
        + item(6, 1)
        + item(6, 8)
    )
    assert shown(tmp_path, lists, body) == [
        "第一条 甲", "1.1 甲", "1甲", "➢甲", "•甲", "附件 甲", "111111111%1%2 甲", "－甲", "甲",
    ]  # fmt: skip


def test_lists_by_styles(tmp_path: Path) -> None:
    """A style stands for the level that names it; a list style is defined elsewhere (numStyleLink)."""
    lists = "".join(
        [
            abstract("0", '<w:styleLink w:val="公文"/>', level(0, "chineseCounting", "%1、", '<w:pStyle w:val="h1"/>'),
                     level(1, "chineseCounting", "（%2）", '<w:pStyle w:val="h2"/>')),
            abstract("1", '<w:numStyleLink w:val="公文"/>'),
            abstract("2", level(0, "decimal", "%1.")),
            num(1, "1"), num(2, "2"),
        ]
    )  # fmt: skip
    styles = "".join(
        f'<w:style w:styleId="{name}"><w:basedOn w:val="{base}"/><w:pPr>{number}</w:pPr></w:style>'
        for name, base, number in [
            ("h1", "", '<w:numPr><w:numId w:val="1"/></w:numPr>'), ("h2", "h1", ""), ("h3", "h2", ""),
        ]
    )  # fmt: skip
    body = "".join(
        p(run("甲"), properties=f'<w:pStyle w:val="{name}"/>') for name in ("h1", "h2", "h3")
    ) + item(2)
    body += p(run("乙"), properties='<w:pStyle w:val="h1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert shown(tmp_path, lists, body, styles) == ["一、甲", "（一）甲", "（二）甲", "1.甲", "乙"]


def test_headings_of_a_style(tmp_path: Path) -> None:
    """A heading style makes a heading of the paragraph, also by the style that it is based on."""
    styles = (
        '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="x"><w:name w:val="一级"/><w:basedOn w:val="1"/></w:style>'
        '<w:style w:styleId="l"><w:name w:val="l"/><w:basedOn w:val="l"/></w:style>'
    )
    parts = [("styles", "styles.xml", f'<w:styles xmlns:w="{W}">{styles}</w:styles>'.encode())]
    body = "".join(p(run("甲"), properties=f'<w:pStyle w:val="{name}"/>') for name in "x1l") + p(
        run("甲"), properties='<w:outlineLvl w:val="1"/>'
    )
    blocks = read(package(tmp_path / "a.docx", body, parts)).blocks
    assert [block.level for block in blocks if isinstance(block, Paragraph)] == [1, 1, 0, 2]


def test_a_deleted_paragraph_takes_no_number(tmp_path: Path) -> None:
    """Where a tracked change deletes a paragraph, or moves it, the numbers go on as without it."""
    lists = abstract("0", level(0, "decimal", "%1.")) + num(1, "0")
    gone = (
        '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:{0}/></w:rPr></w:pPr>'
        "<w:{0}><w:r><w:delText>删</w:delText></w:r></w:{0}></w:p>"
    )
    body = item(1) + gone.format("del") + gone.format("moveFrom") + item(1, 0, "乙")
    assert shown(tmp_path, lists, body) == ["1.甲", "2.乙"]


@pytest.mark.parametrize(
    ("font", "code", "text"),
    [
        ("Wingdings", 0xF0FC, "✓"), ("wingdings", 0xFC, "✓"), ("Wingdings 2", 0xF052, "☑"), ("Symbol", 0xF0B3, "≥"),
        ("Wingdings", 0x81, "①"), ("Wingdings", 0xF001, ""), ("宋体", 0x2460, "①"), ("宋体", 0xE000, ""),
        ("", 0x110000, ""),
    ],
)  # fmt: skip
def test_symbols(font: str, code: int, text: str) -> None:
    """A code of a symbol font becomes the character that it shows; one that is not known, none."""
    assert character(font, code) == text
