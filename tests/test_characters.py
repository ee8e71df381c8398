"""Every character prints as itself or stops the build: no hole, no tofu, no markup."""

import io
import string
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import building
import pikepdf
import pypdf
import pytest
from conftest import AGENCY, ROOT, SHARED, Workshop, but_blanks, of_rules, squeezed
from extraction import PRINTED_DAY, READERS, stamped
from fontTools.cffLib import CFFFontSet
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.ttLib import TTFont

from pipeline import build, checking, fonts
from pipeline.checking import Stock
from pipeline.content import misfits
from pipeline.errors import ContentError, TypesettingFailed
from pipeline.faces import BLANKS
from pipeline.fonts import FontSet
from pipeline.pdf import textlayer
from pipeline.rules import checks, printing, references
from pipeline.typesetting.latex import CLASS

SYMBOLS = "①Ⅱ㎡‰°×·—…“”〔〕"
RARE = "堃喆旸珺彧燚垚䶮镕昇旻㎡①Ⅱ‖ˇ″℃𬭎𫖮"
"""What the usual faces lack, and what xeCJK takes for Latin."""
ASCII = string.digits + string.ascii_letters + string.punctuation
HOSTILE = [
    r"\input{/etc/passwd}",
    r"\write18{touch x}",
    r"\immediate\write18{touch x}",
    "^^5c^^M^^?",
    r"\csname end\endcsname",
    r"\end{document}",
    r"\catcode`\%=12",
    "((( 7*7 )))",
    "((* for x in y *))",
    "((= note =))",
    "{% raw %}",
    "{{ 7*7 }}",
    "{{ x.__class__() }}",
    "{{}}",
    "100%",
    "%@signature",
    "{",
    "}",
    "}}{",
    "$x_1^2$ & # ~",
    "`quoted' ``so''",
    "-- --- << >> ?` !`",
    "fi ff ffi fl ffl",
    "*",
]
UNDRAWN = ["\U0010fffd", "\u0f40", "\U00010400"]
"""Characters that no shipped face draws: private use, Tibetan, Deseret."""
LEAST_PROGRAM = 40
"""Bytes of an outline's program that need not be run to know that it draws."""
INVISIBLE = ["\u200b", "\ufeff", "\u00ad", "\u202e", "\u2028", "\u2066", "\ufe0f", "\U000e0100"]


def gb2312() -> list[str]:
    """Every character of GB 2312 by Python's codec."""
    found = []
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.append(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def standard_list() -> list[str]:
    """《通用规范汉字表》."""
    path = SHARED / "tongyong-guifan-hanzi-8105.txt"
    if not path.is_file():
        pytest.skip("needs ../shared/tongyong-guifan-hanzi-8105.txt, not part of the project")
    return list(squeezed(path.read_text(encoding="utf-8")))


@cache
def extracted(path: Path) -> dict[str, str]:
    """The whole text without blanks and page numbers, as each reader finds it.

    pdftotext in the file's order: in its own it takes a - at a line's end for hyphenation.
    """
    return {
        name: "".join(
            squeezed(page).removesuffix(f"—{number}—")
            for number, page in enumerate(READERS[name](path), 1)
        )
        for name in READERS.keys() - {"pdftotext"}
    }


def assert_between(path: Path, start: str, wanted: str, end: str) -> None:
    """Between two marks, each of which stands once, every reader finds what is wanted, no more."""
    for reader, text in extracted(path).items():
        assert text.count(start) == text.count(end) == 1, reader
        found = text.partition(start)[2].partition(end)[0]
        assert found == squeezed(wanted), reader


def with_preface(workshop: Workshop, text: str) -> Path:
    """A report whose preface is `text` between marks."""
    content = workshop.blank()
    content["preface"] = f"正文由此开始\n\n{text}\n\n正文到此为止"
    return workshop.build(content)


def assert_preface(path: Path, text: str) -> None:
    """The preface between its marks is exactly `text`."""
    assert_between(path, "正文由此开始", text, "正文到此为止")


@pytest.fixture(scope="module")
def gb2312_pdf(workshop: Workshop) -> Path:
    """A report with every character of GB 2312."""
    return with_preface(workshop, "".join(gb2312()) + SYMBOLS)


@pytest.fixture(scope="module")
def standard_pdf(workshop: Workshop) -> Path:
    """A report with every character of 《通用规范汉字表》."""
    return with_preface(workshop, "".join(standard_list()))


@pytest.fixture(scope="module")
def everywhere_pdf(workshop: Workshop) -> Path:
    """A report with rare characters in the title, all levels of headings, bold, tables, prose."""
    content = workshop.blank()
    content["preface"] = f"前言始{RARE}{SYMBOLS}**粗体{RARE}{SYMBOLS}**前言终"
    content["overview"]["heading"] = f"一、黑体始{RARE}{SYMBOLS}黑体终"
    content["overview"]["parts"] = [
        {
            "heading": f"（六）楷体始{RARE}{SYMBOLS}楷体终",
            "text": "无",
            "parts": [
                {
                    "heading": f"1.仿宋始{RARE}{SYMBOLS}仿宋终",
                    "parts": [{"heading": f"（1）四级始{RARE}{SYMBOLS}四级终", "text": "无"}],
                }
            ],
        }
    ]
    content["disclosure"]["fees"] = f"格子始{RARE}{SYMBOLS}格子终"
    return workshop.build(content, {**AGENCY, "name": f"机关始{RARE}街道办事处"})


# ---- what must print


def test_gb2312(gb2312_pdf: Path) -> None:
    """All of GB 2312 and the usual symbols come out of the PDF as they went in, in order."""
    assert len(gb2312()) == 7445
    assert_preface(gb2312_pdf, "".join(gb2312()) + SYMBOLS)


def test_standard_list(standard_pdf: Path) -> None:
    """So do all 8,105 characters of 《通用规范汉字表》."""
    assert len(standard_list()) == 8105
    assert_preface(standard_pdf, "".join(standard_list()))


@pytest.mark.parametrize("name", ["gb2312_pdf", "standard_pdf", "everywhere_pdf"])
def test_stamping_changes_no_text(
    request: pytest.FixtureRequest, workshop: Workshop, name: str
) -> None:
    """In a stamped file every reader finds the same, and name and date once."""
    path = request.getfixturevalue(name)
    before, after = extracted(path), extracted(stamped(path, workshop.stock.fonts))
    for reader, text in after.items():
        signed = text.index(PRINTED_DAY)
        assert text.count(PRINTED_DAY) == 1
        head = squeezed(text[:signed])
        names = next(n for n in (AGENCY["name"], f"机关始{RARE}街道办事处") if head.endswith(n))
        assert (
            head.removesuffix(names).removesuffix(f"—{_pages(path)}—")
            + text[signed + len(PRINTED_DAY) :].removesuffix(f"—{_pages(path)}—")
            == before[reader]
        ), reader


def _pages(path: Path) -> int:
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


@pytest.mark.parametrize("place", ["前言", "黑体", "楷体", "仿宋", "四级", "格子"])
def test_rare_characters_everywhere(everywhere_pdf: Path, place: str) -> None:
    """Characters that the role's usual face lacks print in every role."""
    bold = f"粗体{RARE}{SYMBOLS}" if place == "前言" else ""
    assert_between(everywhere_pdf, f"{place}始", f"{RARE}{SYMBOLS}{bold}", f"{place}终")


def test_rare_characters_in_the_title(everywhere_pdf: Path) -> None:
    """An agency's name with rare characters stands in the title and in the metadata."""
    assert_between(everywhere_pdf, "机关始", RARE, "街道办事处2023年")
    with pypdf.PdfReader(everywhere_pdf) as reader:
        assert reader.metadata is not None
        assert reader.metadata.author == f"机关始{RARE}街道办事处"
        assert str(reader.metadata.title).startswith(f"机关始{RARE}街道办事处2023年")


def test_ascii_in_every_role(workshop: Workshop) -> None:
    """Every printable ASCII character is itself in prose, bold, title, headings and cells."""
    content = workshop.blank()
    content["title"] = f"标题始{ASCII}标题终"
    content["preface"] = f"前言始{ASCII}前言终**粗体始{ASCII}粗体终**"
    content["overview"]["heading"] = f"黑体始{ASCII}黑体终"
    content["overview"]["parts"] = [
        {"heading": f"楷体始{ASCII}楷体终", "parts": [{"heading": f"仿宋始{ASCII}仿宋终"}]}
    ]
    content["disclosure"]["fees"] = f"格子始{ASCII}格子终"
    path = workshop.build(content)
    for place in ("标题", "前言", "粗体", "黑体", "楷体", "仿宋", "格子"):
        assert_between(path, f"{place}始", ASCII, f"{place}终")


def marked(place: str) -> str:
    """All hostile strings between the marks of a place."""
    return f"{place}始{'隔'.join(HOSTILE)}{place}终"


@pytest.fixture(scope="module")
def hostile_pdf(workshop: Workshop) -> Path:
    """A report with hostile strings in every field that a content file has."""
    content = workshop.blank()
    content["title"] = marked("标题")
    content["preface"] = "\n\n".join(
        f"前{number}始{text}前终" for number, text in enumerate(HOSTILE)
    )
    content["overview"]["text"] = f"{marked('正文')}**{marked('粗体')}**"
    content["overview"]["proactive"] = marked("小节")
    content["problems"]["heading"] = marked("黑体")
    content["problems"]["parts"] = [
        {
            "heading": marked("楷体"),
            "text": marked("自设"),
            "parts": [{"heading": marked("仿宋"), "parts": [{"heading": marked("四级")}]}],
        }
    ]
    content["applications"]["before"] = marked("表前")
    content["applications"]["after"] = marked("表后")
    content["disclosure"]["fees"] = marked("格子")
    return workshop.build(content)


@pytest.mark.parametrize(
    "place",
    [
        "标题",
        "正文",
        "粗体",
        "小节",
        "黑体",
        "楷体",
        "自设",
        "仿宋",
        "四级",
        "表前",
        "表后",
        "格子",
    ],
)
def test_hostile_text_is_text(hostile_pdf: Path, place: str) -> None:
    """What TeX, Jinja or a shell would act on prints as itself, whatever the field."""
    assert_between(hostile_pdf, f"{place}始", "隔".join(HOSTILE), f"{place}终")


def test_hostile_paragraphs(hostile_pdf: Path) -> None:
    """So it does as a paragraph of its own, at its beginning and its end."""
    for text in extracted(hostile_pdf).values():
        for number, wanted in enumerate(HOSTILE):
            assert f"前{number}始{squeezed(wanted)}前终" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_paragraph_bare(workshop: Workshop, text: str) -> None:
    """No hostile text is an error: it is lawful content, at most a slip in a reference."""
    content = workshop.blank()
    content["preface"] = content["title"] = text
    content["disclosure"]["fees"] = text
    checked = workshop.check(content, {**AGENCY, "name": text})
    assert not of_rules(checked.errors, (*misfits.RULES, *printing.RULES, *references.RULES))


def test_hostile_agency_name(own_workshop: Workshop) -> None:
    """A hostile name of an agency prints in the title, stands in the metadata, and does nothing."""
    name = "机关始" + "隔".join(HOSTILE) + "机关终"
    path = own_workshop.build(own_workshop.blank(), {**AGENCY, "name": name})
    assert_between(path, "机关始", "隔".join(HOSTILE), "机关终")
    with pypdf.PdfReader(path) as reader:
        assert reader.metadata is not None
        assert reader.metadata.author == name
    assert not list(own_workshop.folder.rglob("x"))
    assert not (ROOT / "x").exists()
    assert not Path("x").exists()


# ---- glyphs of the finished file


def shown_codes(document: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Object, set[int]]]:
    """Every font of the pages with the codes that are shown in it."""
    found: dict[tuple[int, int], tuple[pikepdf.Object, set[int]]] = {}
    for page in document.pages:
        named = page.resources.get("/Font", pikepdf.Dictionary())
        codes: set[int] = set()
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                font = named[str(operands[0])]
                codes = found.setdefault(font.objgen, (font, set()))[1]
            elif str(operator) in ("Tj", "TJ"):
                pieces = operands[0] if str(operator) == "TJ" else operands
                for piece in pieces:
                    if isinstance(piece, pikepdf.String):
                        data = bytes(piece)
                        codes |= {
                            int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2)
                        }
            else:
                assert str(operator) not in ("'", '"')
    yield from found.values()


def characters_of(font: pikepdf.Object) -> dict[int, str]:
    """The /ToUnicode of a font: code to text."""
    texts: dict[int, str] = {}
    for line in font.ToUnicode.read_bytes().decode("ascii").splitlines():
        code, _, text = line.partition("> <")
        if text and "00> <FFFF" not in line:
            raw = bytes.fromhex(text.rstrip(">"))
            texts[int(code.lstrip("<"), 16)] = raw.decode("utf-16-be")
    return texts


def empty_codes(font: pikepdf.Object, codes: set[int]) -> set[int]:
    """The codes whose glyph in the embedded font file has no outline."""
    below = font.DescendantFonts[0]
    descriptor = below.FontDescriptor
    if "/FontFile3" in descriptor:
        outlines = CFFFontSet()
        outlines.decompile(io.BytesIO(descriptor.FontFile3.read_bytes()), None)
        glyphs = outlines[0].CharStrings
        names = {code: f"cid{code:05d}" for code in codes}
        missing = {code for code, name in names.items() if name not in glyphs}
    else:
        file = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()))
        assert str(below.get("/CIDToGIDMap", "/Identity")) == "/Identity"
        glyphs = file.getGlyphSet()
        order = file.getGlyphOrder()
        names = {code: order[code] for code in codes}
        missing = set()
    empty = set(missing)
    for code in codes - missing:
        if "/FontFile3" in descriptor and len(glyphs[names[code]].bytecode or b"") > LEAST_PROGRAM:
            continue  # a program that long draws something: drawing thousands takes a minute
        if "/FontFile2" in descriptor and file["glyf"][names[code]].numberOfContours:
            continue
        pen = ControlBoundsPen(None if "/FontFile3" in descriptor else glyphs)
        glyphs[names[code]].draw(pen)
        if pen.bounds is None:
            empty.add(code)
    return empty


@pytest.mark.parametrize(
    "name", ["gb2312_pdf", "standard_pdf", "everywhere_pdf", "hostile_pdf", "seed_pdf"]
)
def test_no_glyph_is_empty_or_nameless(request: pytest.FixtureRequest, name: str) -> None:
    """Every code on a page has one character, and every one but blanks draws something."""
    with pikepdf.open(request.getfixturevalue(name)) as document:
        for font, codes in shown_codes(document):
            texts = characters_of(font)
            assert codes <= texts.keys(), font.BaseFont
            assert all(len(texts[code]) == 1 for code in codes), font.BaseFont
            empty = {texts[code] for code in empty_codes(font, codes)}
            assert empty <= BLANKS, font.BaseFont


@pytest.mark.parametrize("name", ["gb2312_pdf", "standard_pdf", "everywhere_pdf", "seed_pdf"])
def test_fonts_are_embedded_and_subset(request: pytest.FixtureRequest, name: str) -> None:
    """Every font of every page is in the file, as a subset with its six-letter tag."""
    with pikepdf.open(request.getfixturevalue(name)) as document:
        seen = [font for page in document.pages for font in page.resources.Font.values()]
        assert seen
        for font in seen:
            below = font.DescendantFonts[0]
            assert {"/FontFile2", "/FontFile3"} & set(below.FontDescriptor.keys()), font.BaseFont
            for named in (font, below, below.FontDescriptor):
                tag, plus, rest = str(named.get("/BaseFont", named.get("/FontName"))).partition("+")
                assert plus, named
                assert rest, named
                assert len(tag) == 7, named  # with the slash
                assert tag[1:].isalpha(), named
                assert tag[1:].isupper(), named


# ---- what must not print


def assert_undrawn(stock: Stock, char: str) -> None:
    """The test's own premise: no face of any role draws `char`."""
    assert all(
        face.glyph(char) is None for role in stock.fonts.roles.values() for face in role.faces
    )


def put(content: dict[str, Any], agency: dict[str, Any], field: str, text: str) -> None:
    """`text` into one of the fields that print."""
    match field:
        case "preface":
            content["preface"] = f"第一段。\n\n第二段“{text}”。\n第三行"
        case "title":
            content["title"] = text
        case "heading":
            content["overview"]["heading"] = f"一、{text}"
        case "part":
            content["problems"]["parts"] = [{"heading": "（一）题", "text": text}]
        case "part heading":
            content["problems"]["parts"] = [{"heading": text, "text": "无"}]
        case "after":
            content["applications"]["after"] = f"**丁**戊\n{text}"
        case "cell":
            content["applications"]["received"][3] = text
        case "scalar":
            content["disclosure"]["fees"] = text
        case "agency":
            agency["name"] = text


FIELDS = [
    "preface", "title", "heading", "part", "part heading", "after", "cell", "scalar", "agency"
]  # fmt: skip


def faulty(workshop: Workshop, field: str, char: str) -> tuple[ContentError, Path]:
    """How a build ends with `char` in a field, and the file that holds it."""
    content, agency = workshop.blank(), dict(AGENCY)
    put(content, agency, field, f"甲乙{char}丙")
    target = workshop.write(content, agency)
    with pytest.raises(ContentError) as caught:
        building.build(target, workshop.project(), workshop.stock)
    assert not target.output(workshop.project(), build.REPORT).exists()
    return caught.value, target.path.with_name("agency.toml") if field == "agency" else target.path


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("char", "rule"),
    [*((char, printing.NO_FONT) for char in UNDRAWN), *((c, printing.CONTROL) for c in INVISIBLE)],
    ids=lambda value: f"{ord(value):04X}" if isinstance(value, str) else value.code,
)
def test_a_character_that_cannot_print_stops_the_build(
    own_workshop: Workshop, stock: Stock, field: str, char: str, rule: checks.Rule
) -> None:
    """The finding names file, line and column, the character and its code point."""
    if rule is printing.NO_FONT:
        assert_undrawn(stock, char)
    error, file = faulty(own_workshop, field, char)
    lines = file.read_text(encoding="utf-8").split("\n")
    at = next((n, line.index(char)) for n, line in enumerate(lines) if char in line)
    found = but_blanks(error.findings)
    places = {(f.place.file, f.place.line, f.place.column) for f in found}
    assert places == {(str(file), at[0] + 1, at[1] + 1)}
    assert {f.rule for f in found} == {rule}
    for finding in found:
        assert f"U+{ord(char):04X}" in finding.message
        assert rule is printing.CONTROL or f"“{char}”" in finding.message


def test_every_bad_character_is_found_in_one_run(workshop: Workshop) -> None:
    """Two in one paragraph and one in a cell are three findings."""
    content = workshop.blank()
    content["preface"] = f"甲{UNDRAWN[0]}乙{UNDRAWN[1]}"
    content["disclosure"]["fees"] = f"丙{INVISIBLE[0]}"
    found = but_blanks(workshop.check(content).findings)
    assert [f.rule for f in found] == [printing.NO_FONT, printing.NO_FONT, printing.CONTROL]


@pytest.mark.parametrize("char", ["\u2003", "\u2009", "\u202f", "\u1680", "\u2800", "\u3164"])
def test_odd_blanks_do_not_print_in_silence(workshop: Workshop, char: str) -> None:
    """Blanks other than U+0020, U+00A0 and U+3000, and glyphs that look like one, are findings."""
    content = workshop.blank()
    content["preface"] = f"甲{char}乙"
    assert [f.rule for f in workshop.check(content).findings] in (
        [printing.NO_FONT],
        [printing.CONTROL],
    )


@pytest.mark.parametrize("char", ["\ue863", "\ue000", "\U000f0000"])
def test_private_characters_need_a_font_of_the_office(
    workshop: Workshop, stock: Stock, char: str
) -> None:
    """Machines differ in what they draw for a private code: only the office's own face sets it."""
    content = workshop.blank()
    content["preface"] = f"甲{char}乙"
    (found,) = workshop.check(content).errors
    drawn = any(face.glyph(char) is not None for face in stock.fonts.chain("fangsong", char))
    assert found.rule is (printing.PRIVATE if drawn else printing.NO_FONT)
    assert (found.place.line, f"U+{ord(char):04X}" in found.message) == (2, True)
    own = [replace(face, licensed=True) for face in stock.fonts.roles["fangsong"].faces]
    role = replace(stock.fonts.roles["fangsong"], faces=tuple(own))
    office = Stock(stock.forms, FontSet({**stock.fonts.roles, "fangsong": role}))
    assert not drawn or not checking.check(workshop.write(content), office).errors


def test_a_glyph_that_nobody_planned_is_refused(workshop: Workshop, seed_pdf: Path) -> None:
    """A glyph in the PDF that the plan does not know has no text: the file is not finished."""
    plan = fonts.plan(workshop.stock.fonts, [(role, "一") for role in workshop.stock.fonts.roles])
    with pikepdf.open(seed_pdf) as document:
        contents = [page.Contents.read_bytes() for page in document.pages]
        with pytest.raises(TypesettingFailed, match="未指定的字形"):
            textlayer.name_characters(document, contents, plan)
        with pytest.raises(TypesettingFailed, match="未指定的字符串"):
            textlayer.name_characters(document, [b"(A) Tj"] * len(contents), plan)


def test_a_draft_shows_the_gap(workshop: Workshop) -> None:
    """A draft builds whatever it holds; 〓 stands for each character that nothing can draw."""
    content, agency = workshop.blank(), dict(AGENCY)
    content["title"] = f"标题始{UNDRAWN[0]}标题终"
    content["preface"] = f"前言始{''.join(UNDRAWN)}前言终**粗体始{UNDRAWN[1]}粗体终**"
    content["overview"]["heading"] = f"黑体始{UNDRAWN[1]}黑体终"
    content["overview"]["parts"] = [{"heading": f"楷体始{UNDRAWN[2]}楷体终"}]
    content["disclosure"]["fees"] = f"格子始{UNDRAWN[0]}格子终"
    content["other_matters"]["text"] = "无" + "甲".join(INVISIBLE)
    agency["name"] += UNDRAWN[0]
    path = workshop.build(content, agency, draft=True)
    assert path.name == build.DRAFT
    assert_between(path, "前言始", "〓〓〓", "前言终")
    for place in ("标题", "粗体", "黑体", "楷体", "格子"):
        assert_between(path, f"{place}始", "〓", f"{place}终")


# ---- the fonts themselves


@pytest.fixture(scope="module")
def shipped() -> FontSet:
    """The fonts without any of an office's own."""
    return fonts.load(ROOT / "fonts" / "fonts.toml", None)


@pytest.mark.parametrize("role", ["xiaobiaosong", "fangsong", "kai", "hei", "song"])
def test_every_role_draws_every_character(shipped: FontSet, role: str) -> None:
    """GB 2312 and the standard list have a drawn, one-character glyph in every role."""
    wanted = "".join([*gb2312(), *standard_list(), SYMBOLS, ASCII])
    made = fonts.plan(shipped, [(role, wanted)])
    assert {char for char in wanted if (role, char) not in made.chosen} == set()
    owners: dict[tuple[object, int], set[str]] = {}
    for char in set(wanted) - BLANKS:
        face = made.chosen[role, char]
        owners.setdefault((face, face.glyph(char) or 0), set()).add(char)
    shared = [chars for chars in owners.values() if len(chars) > 1]
    assert shared == []


def test_a_mapped_but_empty_glyph_counts_as_missing(shipped: FontSet) -> None:
    """A face that maps a letter to nothing does not draw it; blanks are rightly empty."""
    for role in shipped.roles.values():
        for face in role.faces:
            assert face.glyph("\u2003") is None
            assert face.glyph("\u3000") is None or "\u3000" in BLANKS


def test_latin_and_han_are_apart() -> None:
    """Letters, digits and ASCII marks go to the Latin face, Chinese punctuation never does."""
    assert all(fonts.is_latin(char) for char in ASCII)
    for char in [*gb2312(), *SYMBOLS]:
        if unicodedata.east_asian_width(char) in "FW":
            assert not fonts.is_latin(char), char


def test_tex_and_python_agree_on_han(tmp_path: Path, shipped: FontSet) -> None:
    """The classes of xeCJK and `fonts.is_latin` agree for every character that a face draws.

    Where they differ, TeX looks for the character in a face that may not have it.
    """
    (tmp_path / CLASS).write_bytes((ROOT / "layouts" / CLASS).read_bytes())
    code = r"\count255=32 \loop \immediate\write\nbout{\the\XeTeXcharclass\count255}"
    (tmp_path / "t.tex").write_text(
        r"\documentclass{nianbao}\newwrite\nbout \immediate\openout\nbout=classes.txt "
        + code
        + r"\ifnum\count255<205000 \advance\count255 1 \repeat \stop",
        encoding="utf-8",
    )
    subprocess.run(
        ["xelatex", "-interaction=batchmode", "-no-shell-escape", "t.tex"],
        cwd=tmp_path, check=False, capture_output=True,
    )  # fmt: skip
    classes = [int(line) for line in (tmp_path / "classes.txt").read_text().split()]
    assert len(classes) == 205000 - 32 + 1
    apart = ""
    for number, found in enumerate(classes, 32):
        char = chr(number)
        if unicodedata.category(char) in ("Cc", "Cf", "Cn", "Cs", "Mn", "Zl", "Zp"):
            continue
        latin = found in (0, 4, 5, 6)  # Default, HalfLeft, HalfRight, NormalSpace
        if latin != fonts.is_latin(char):
            chain = shipped.chain("fangsong", char)
            apart += char * any(face.glyph(char) is not None for face in chain)
    assert apart == ""
