"""The page of GB/T 9704-2012, measured in finished PDFs: 22 lines of 28 characters."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pdfplumber
import pypdf
import pypdfium2
import pytest
from conftest import AGENCY, MM, Workshop, pdftotext, squeezed

from pipeline.checking import Stock
from pipeline.fonts import is_latin
from pipeline.page import ASCENT, DESCENT, EM, PITCH, STEP, bp
from pipeline.pdf import anchors
from pipeline.signature import Kind, room

HAN = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国"
    "年着就那和要她出也得里后自以会家可下而过天去能对小多"
)
CLOSING = "、，。；：！？）》”’」』】〕"
OPENING = "（《“‘「『【〔"
HALF = bp(4)
"""How far the empty part of a compressed mark may stick out of the type area."""
URL = "https://www.example.gov.cn/zwgk/zfxxgknb/202201/t20220113_4567890.html?a=1&b=2#top"
RUNS = {
    "URL": URL,
    "e-mail": "zhengwugongkai.bangongshi@example-district.gov.cn",
    "letters": "abcdefghij" * 30,
    "capitals": "W" * 300,
    "40 digits": "1234567890" * 4,
    "20 digits": "12345678901234567890",
    "20 digits in brackets": "“《12345678901234567890》”。",
    "numbers": "12345678901234567890 " * 5,
    "amount": "12,345,678,901.56",
    "words": "WWWWWWWW " * 9,
    "words in brackets": "（WWWWWWWW），" * 4,
    "leaders": "…" * 45,
    "dashes": "——" * 20,
    "brackets": "（" * 15 + "某" + "）" * 15,
    "underlines": "_" * 60,
    "middle dots": "·" * 40,
}


@dataclass(frozen=True)
class Char:
    """A character on a page, in bp: `y` is its baseline, from the page's lower edge."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    font: str


@dataclass(frozen=True)
class Line:
    """A line of body size; `page` counts from 1."""

    page: int
    y: float
    chars: tuple[Char, ...]

    @property
    def text(self) -> str:
        """Its characters in the order of the file, which is that of reading."""
        return "".join(char.text for char in self.chars)

    @property
    def left(self) -> float:
        """The left edge of the page's type area."""
        return bp(28 if self.page % 2 else 26)

    @property
    def right(self) -> float:
        """The right edge of it."""
        return self.left + bp(156)

    @property
    def number(self) -> float:
        """Its place in the grid, from 1."""
        return (bp(297 - 37) - ASCENT * EM - self.y) / PITCH + 1


@cache
def chars_of(path: Path) -> list[list[Char]]:
    """The characters of each page."""
    with pdfplumber.open(path) as pdf:
        return [
            [
                Char(c["text"], c["x0"], c["x1"], c["matrix"][5], c["size"], c["fontname"])
                for c in page.chars
            ]
            for page in pdf.pages
        ]


@cache
def lines_of(path: Path, size: float = EM) -> list[Line]:
    """All lines set in `size`, in reading order."""
    found = []
    for number, chars in enumerate(chars_of(path), 1):
        rows: dict[float, list[Char]] = {}
        for char in chars:
            if abs(char.size - size) < 0.01:
                rows.setdefault(round(char.y, 1), []).append(char)
        found += [
            Line(number, row[0].y, tuple(row)) for _, row in sorted(rows.items(), reverse=True)
        ]
    return found


def between(lines: list[Line], start: str, end: str) -> list[Line]:
    """The lines behind the one that is `start`, before the one that is `end`."""
    texts = [line.text for line in lines]
    return lines[texts.index(start) + 1 : texts.index(end)]


def report(workshop: Workshop, preface: str, agency: dict[str, Any] = AGENCY) -> Path:
    """A report with that preface between two marks."""
    content = workshop.blank()
    content["preface"] = f"由此开始\n\n{preface}\n\n到此为止"
    return workshop.build(content, agency)


def own_lines(path: Path) -> list[Line]:
    """The lines of a report's preface between its marks."""
    return between(lines_of(path), "由此开始", "到此为止")


def sentences(seed: int, length: int, between_words: list[str]) -> str:
    """Random Han text with a random mark after every few characters."""
    chosen = random.Random(seed)  # noqa: S311  # no secret
    text = ""
    while len(text) < length:
        text += "".join(chosen.choices(HAN, k=chosen.randint(1, 12))) + chosen.choice(between_words)
    return text


@pytest.fixture(scope="module")
def han_pdf(workshop: Workshop) -> Path:
    """Three paragraphs of Han characters alone, several pages long."""
    return report(workshop, "\n\n".join(["某" * 1500, "甲乙丙丁" * 350, "某" * 27]))


MARKS = [
    *"，。、；：！？…·", "（堃）", "《喆旸》", "“某珺”。", "堃，", "㎡。", "——", "……",
    "（《某》），", "“《堃》”", "：“", "”（", "①、", "Ⅱ，", "%，", "2021年，", "12.5%。",
]  # fmt: skip


@pytest.fixture(scope="module")
def mixed_pdf(workshop: Workshop) -> Path:
    """Random prose with every kind of mark, characters of fallback faces beside them, and bold."""
    texts = [sentences(seed, 700, MARKS) for seed in range(8)]
    return report(workshop, "\n\n".join([*texts, f"**{sentences(9, 300, MARKS)}**某"]))


def paragraphs_of(lines: list[Line]) -> list[list[Line]]:
    """Lines by paragraph: one starts two characters in."""
    made: list[list[Line]] = []
    for line in lines:
        if line.chars[0].x0 > line.left + STEP:
            made.append([])
        made[-1].append(line)
    return made


# ---- the type area


@pytest.mark.parametrize("name", ["seed_pdf", "han_pdf", "mixed_pdf"])
def test_paper_is_a4(request: pytest.FixtureRequest, name: str) -> None:
    """Every page measures 210 mm × 297 mm, upright, without a rotation."""
    with pypdf.PdfReader(request.getfixturevalue(name)) as reader:
        for page in reader.pages:
            size = float(page.mediabox.width) / MM, float(page.mediabox.height) / MM
            assert size == pytest.approx((210, 297), abs=0.05)
            assert page.rotation == 0


def test_lines_of_han_hold_28(han_pdf: Path) -> None:
    """28 characters a line from edge to edge; 26 in a first line, two characters in."""
    pages = set()
    for paragraph in paragraphs_of(own_lines(han_pdf)):
        for line in paragraph:
            first, last = line is paragraph[0], line is paragraph[-1]
            start = line.left + 2 * STEP * first
            assert line.chars[0].x0 == pytest.approx(start, abs=0.05 * MM)
            if not last:
                assert len(line.chars) == 28 - 2 * first
                assert line.chars[-1].x1 == pytest.approx(line.right, abs=0.05 * MM)
                pages.add(line.page)
    assert len(pages) >= 4


def test_characters_stand_in_columns(han_pdf: Path) -> None:
    """In full lines every character stands on the grid of 28, 5.571 mm apart."""
    for line in own_lines(han_pdf):
        if len(line.chars) in (26, 28):
            for before, char in itertools.pairwise(line.chars):
                assert (char.x0 - before.x0) / MM == pytest.approx(STEP / MM, abs=0.02)


@pytest.mark.parametrize("name", ["mixed_pdf", "seed_pdf"])
def test_full_lines_reach_both_edges(request: pytest.FixtureRequest, name: str) -> None:
    """Whatever they hold: 28.0 and 184.0 mm, 26.0 and 182.0 on even pages; marks may hang half."""
    lines = lines_of(request.getfixturevalue(name))
    if name == "mixed_pdf":
        lines = between(lines, "由此开始", "到此为止")
    else:
        lines = [line for line in lines if "Fang" in line.chars[0].font or line.text[0].isdigit()]
    full = [
        line
        for paragraph in paragraphs_of(lines)
        for line in paragraph[:-1]
        if line.chars[0].x0 < line.left + STEP
    ]
    assert len(full) > 20
    for line in full:
        first, last = line.chars[0], line.chars[-1]
        hang_left, hang_right = first.text in OPENING, last.text in CLOSING + "·"
        assert -HALF * hang_left - 0.1 <= first.x0 - line.left <= 0.1, line.text
        assert -0.1 <= last.x1 - line.right <= HALF * hang_right + 0.1, line.text


@pytest.mark.parametrize("name", ["seed_pdf", "han_pdf", "mixed_pdf"])
def test_every_line_stands_on_the_grid(request: pytest.FixtureRequest, name: str) -> None:
    """All body lines share one pitch, (225 mm − 16 bp)/21, from the type area's upper edge."""
    for line in lines_of(request.getfixturevalue(name)):
        assert abs(line.number - round(line.number)) * PITCH < 0.05 * MM, line.text
        assert 1 <= round(line.number) <= 22


@pytest.mark.parametrize("name", ["han_pdf", "mixed_pdf"])
def test_a_full_page_holds_22_lines(request: pytest.FixtureRequest, name: str) -> None:
    """22 lines whose characters fill 37 to 262 mm."""
    lines = own_lines(request.getfixturevalue(name))
    pages = range(lines[0].page + 1, lines[-1].page)
    assert len(pages) >= 2
    for page in pages:
        here = [line for line in lines if line.page == page]
        assert len(here) == 22
        top = 297 - (here[0].y + ASCENT * EM) / MM
        bottom = 297 - (here[-1].y - DESCENT * EM) / MM
        assert (top, bottom) == pytest.approx((37, 262), abs=0.05)
    first = [line for line in lines if line.page == lines[0].page]
    assert round(first[-1].number) == 22


@pytest.mark.parametrize("text", ["gjpqy(),;|_某", "ẾǺÅÊ某", "∫│┃╋§某", "（某）《堃》"])
def test_tall_and_deep_characters_take_no_line_away(workshop: Workshop, text: str) -> None:
    """Accents over and descenders under the em shift no line: still 22 on the grid."""
    lines = own_lines(report(workshop, text * (3000 // len(text))))
    assert {round(line.number) for line in lines if line.page == 2} == set(range(1, 23))
    assert all(abs(line.number - round(line.number)) * PITCH < 0.05 * MM for line in lines)


# ---- page numbers


def dark_box(image: Any, left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
    """The extent of the ink in a part of a page, all in mm from its upper left corner."""
    scale = image.width / 210
    part = image.crop([round(value * scale) for value in (left, top, right, bottom)])
    box = part.point(lambda value: 255 * (value < 128)).getbbox()
    assert box, "no ink"
    return tuple(value / scale + start for value, start in zip(box, (left, top) * 2, strict=True))


def rastered(path: Path, dpi: float, pages: list[int] | None = None) -> Iterator[tuple[int, Any]]:
    """Pages, by number from 1, as grey images."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        for index in range(len(pdf)):
            if pages is None or index + 1 in pages:
                yield index + 1, pdf[index].render(scale=dpi / 72, grayscale=True).to_pil()
    finally:
        pdf.close()


def test_page_numbers(seed_pdf: Path) -> None:
    """— 1 — in 14 bp: dash 7 mm below the type area, a character in from the outer edge."""
    pages = chars_of(seed_pdf)
    for number, chars in enumerate(pages, 1):
        foot = sorted(
            (char for char in chars if char.y < bp(35) and char.text.strip()), key=lambda c: c.x0
        )
        assert "".join(char.text for char in foot) == f"—{number}—"
        assert {round(char.size, 2) for char in foot} == {14}
        gaps = [after.x0 - before.x1 for before, after in itertools.pairwise(foot)]
        assert gaps[0] == pytest.approx(gaps[-1], abs=0.1)
        assert gaps[0] == pytest.approx(7, abs=0.1)
        if number % 2:
            assert foot[-1].x1 / MM == pytest.approx(184 - 14 / MM, abs=0.2)
        else:
            assert foot[0].x0 / MM == pytest.approx(26 + 14 / MM, abs=0.2)


def test_page_number_ink(seed_pdf: Path) -> None:
    """The ink of both dashes lies 7 mm below the type area, on every page."""
    pages = chars_of(seed_pdf)
    for number, image in rastered(seed_pdf, 600):
        dashes = [char for char in pages[number - 1] if char.text == "—" and char.y < bp(35)]
        assert len(dashes) == 2
        for dash in dashes:
            _, top, _, bottom = dark_box(image, dash.x0 / MM, 263, dash.x1 / MM, 280)
            assert (top + bottom) / 2 == pytest.approx(262 + 7, abs=0.2)
            assert bottom - top < 1


# ---- title, headings, indents


LEVELS = {1: "hei", 2: "kai", 3: "fangsong", 4: "fangsong"}


@pytest.fixture(scope="module")
def levels_pdf(workshop: Workshop) -> Path:
    """A report with headings of all four levels, each over prose."""
    content = workshop.blank()
    content["overview"]["text"] = "某" * 60
    content["overview"]["proactive"] = "某" * 60
    content["problems"]["parts"] = [
        {
            "heading": "（一）二级标题",
            "text": "某" * 60,
            "parts": [
                {
                    "heading": "1.三级标题",
                    "text": "某" * 60,
                    "parts": [{"heading": "（1）四级标题", "text": "某" * 60}],
                }
            ],
        },
        {"heading": "（二）长标题" + "某" * 40, "text": "某" * 60},
    ]
    return workshop.build(content)


@pytest.mark.parametrize("name", ["seed_pdf", "levels_pdf", "han_pdf"])
def test_title_is_centred(request: pytest.FixtureRequest, name: str, stock: Stock) -> None:
    """22 bp in the title's face, every line centred on the type area, on the first page only."""
    lines = lines_of(request.getfixturevalue(name), 22)
    assert "年度报告" in "".join(line.text for line in lines)
    assert {line.page for line in lines} == {1}
    names = stock.fonts.roles["xiaobiaosong"].faces[0].names
    for line in lines:
        middle = (line.chars[0].x0 + line.chars[-1].x1) / 2
        assert middle / MM == pytest.approx(28 + 78, abs=0.1)
        assert {char.font.partition("+")[2] for char in line.chars} <= names
    tops = [line.y for line in lines]
    assert all(
        before - after == pytest.approx(36, abs=0.1) for before, after in itertools.pairwise(tops)
    )


@pytest.mark.parametrize(
    ("level", "heading"),
    [
        (1, "一、总体情况"),
        (1, "二、主动公开政府信息情况"),
        (2, "（一）主动公开"),
        (2, "（一）二级标题"),
        (3, "1.三级标题"),
        (4, "（1）四级标题"),
    ],
)
def test_headings(levels_pdf: Path, stock: Stock, level: int, heading: str) -> None:
    """Two characters in, in 16 bp 黑体 楷体 仿宋 仿宋 by level; a （ keeps its whole square."""
    (line,) = (line for line in lines_of(levels_pdf) if line.text == heading)
    assert line.chars[0].x0 == pytest.approx(line.left + 2 * STEP, abs=0.1)
    names = stock.fonts.roles[LEVELS[level]].faces[0].names
    for char in line.chars:
        if not is_latin(char.text):
            assert char.font.partition("+")[2] in names


@pytest.mark.parametrize("start", ["（", "《", "“", "**（", "「"])
def test_an_opening_mark_starts_a_paragraph_on_the_grid(workshop: Workshop, start: str) -> None:
    """A paragraph that starts with an opening mark is indented two characters like any other."""
    closing = "**" * start.startswith("*")
    first, *_ = own_lines(report(workshop, f"{start}某某{closing}" + "某" * 60))
    assert first.chars[0].text == start[-1]
    assert first.chars[0].x0 == pytest.approx(first.left + 2 * STEP, abs=0.2 * MM)


def test_long_heading_runs_on_flush(levels_pdf: Path) -> None:
    """A heading of two lines starts two characters in and goes on at the left edge."""
    lines = lines_of(levels_pdf)
    at = next(index for index, line in enumerate(lines) if line.text.startswith("（二）长标题"))
    assert lines[at + 1].chars[0].x0 == pytest.approx(lines[at + 1].left, abs=0.1)
    assert lines[at + 1].chars[0].font == lines[at].chars[3].font


def test_bold_is_the_body_face(workshop: Workshop, stock: Stock) -> None:
    """A bold run-in heading is set in the body's face, made bold, and moves no line edge."""
    lines = own_lines(report(workshop, "**某某某某**" + "某" * 100))
    names = stock.fonts.roles["fangsong"].faces[0].names
    assert {char.font.partition("+")[2] for line in lines for char in line.chars} <= names
    assert [len(line.chars) for line in lines] == [26, 28, 28, 22]


# ---- page breaks


def is_heading(line: Line) -> bool:
    """Whether the made-up report below has this line as a heading."""
    return line.text.startswith(("（题）", "1.题"))


def test_a_heading_is_never_the_last_line_of_a_page(workshop: Workshop) -> None:
    """Headings of one and two lines, alone and one below another, swept over the page's foot."""
    chosen = random.Random(5)  # noqa: S311  # no secret
    content = workshop.blank()
    content["overview"]["parts"] = [
        {
            "heading": "（题）" + "题" * chosen.choice((3, 30)),
            "text": "某" * chosen.randint(1, 28 * 7) if chosen.random() < 0.6 else "",
            "parts": [
                {
                    "heading": "1.题" + "题" * chosen.choice((3, 30)),
                    "text": "某" * chosen.randint(1, 150),
                }
            ],
        }
        for _ in range(80)
    ]
    lines = [
        line for line in lines_of(workshop.build(content)) if "某" in line.text or "题" in line.text
    ]
    last = {line.page: line for line in lines}
    pages = sorted(last)[1:-2]
    assert len(pages) > 20
    for page in pages:
        text = last[page].text
        assert "题" not in text, (page, text)
    short = {round(last[page].number) for page in pages}
    assert 22 in short
    assert min(short) < 22, "no heading ever met a page's foot: the test proves nothing"
    assert min(short) >= 22 - 5


@pytest.fixture(scope="module")
def last_line(workshop: Workshop) -> int:
    """The grid line of the last page on which a report with one last line of text ends."""
    return round(ending(workshop, 1)[1][-1].number)


def ending(
    workshop: Workshop, count: int, agency: dict[str, Any] = AGENCY
) -> tuple[Path, list[Line]]:
    """A report that ends in `count` paragraphs of one line, and its lines."""
    content = workshop.blank()
    content["other_matters"]["text"] = "\n\n".join(["某某某"] * count)
    path = workshop.build(content, agency)
    return path, lines_of(path)


@pytest.mark.parametrize(
    "foot",
    [
        pytest.param(foot, marks=[] if foot in (17, 22) else pytest.mark.slow)
        for foot in range(15, 25)
    ],
)
def test_signature_never_stands_alone(workshop: Workshop, last_line: int, foot: int) -> None:
    """However the text ends, its last line is on the signature's page, with the room below."""
    path, lines = ending(workshop, 1 + foot - last_line)
    assert_signed(path, lines, Kind.SEALED)
    if foot <= 22 - 5:
        assert round(lines[-1].number) == foot


@pytest.mark.parametrize(
    "foot", [19, pytest.param(20, marks=pytest.mark.slow), pytest.param(22, marks=pytest.mark.slow)]
)
def test_signature_without_a_seal(workshop: Workshop, last_line: int, foot: int) -> None:
    """The same for a report that is not sealed."""
    agency = {"name": AGENCY["name"], "signature": "unsealed"}
    assert_signed(*ending(workshop, 1 + foot - last_line, agency), Kind.UNSEALED)


def assert_signed(path: Path, lines: list[Line], kind: Kind) -> None:
    """The anchors of a report's end, where they belong."""
    with pypdf.PdfReader(path) as reader:
        spot = anchors.find(reader)
        assert len(reader.pages) == spot.page + 1
    found, last = spot.anchors, lines[-1]
    assert last.page == spot.page + 1
    assert found.text_end.y == pytest.approx(last.y, abs=0.02)
    assert found.sign_name.x == found.sign_date.x == pytest.approx(last.right, abs=0.02)
    wanted = room(kind, 42, 1)
    assert last.y - found.sign_name.y == pytest.approx(wanted.lead_lines * PITCH, abs=0.1)
    assert found.sign_name.y - found.sign_date.y == pytest.approx(PITCH, abs=0.1)
    assert last.y - wanted.height >= bp(35) - 0.1


def test_signature_on_odd_and_even_pages(workshop: Workshop) -> None:
    """The anchors stand at 184 mm on an odd page, at 182 mm on an even one."""
    edges = {}
    for lines in (0, 22):
        content = workshop.blank()
        content["problems"]["text"] = "\n\n".join(["某"] * lines)
        content["other_matters"]["text"] = "无"
        with pypdf.PdfReader(workshop.build(content)) as reader:
            spot = anchors.find(reader)
            edges[(spot.page + 1) % 2] = spot.anchors.sign_date.x / MM
    assert edges == {1: pytest.approx(184, abs=0.01), 0: pytest.approx(182, abs=0.01)}


def test_seed_anchors(seed_pdf: Path) -> None:
    """The seed's report carries the three anchors on its last page, as the stamp reads them."""
    assert_signed(seed_pdf, lines_of(seed_pdf), Kind.SEALED)


# ---- line breaks


def test_kinsoku(mixed_pdf: Path) -> None:
    """No line begins with a closing mark or ends with an opening one, whatever faces are beside."""
    lines = own_lines(mixed_pdf)
    assert len(lines) > 200
    assert {line.text for line in lines if line.text[0] in CLOSING} == set()
    assert {line.text for line in lines if line.text[-1] in OPENING} == set()
    hanging = [line for line in lines if line.chars[-1].text in CLOSING]
    assert len(hanging) > 20, "no line ends with a mark: the test proves nothing"


def test_dashes_and_ellipses_stay_whole(mixed_pdf: Path) -> None:
    """—— and …… are never cut by a line's end (GB/T 15834)."""
    lines = own_lines(mixed_pdf)
    assert any(line.text[-1] in "—…" for line in lines)
    for before, after in itertools.pairwise(lines):
        assert before.text[-1] not in "—…" or before.text[-1] != after.text[0]


def test_kinsoku_in_headings(workshop: Workshop) -> None:
    """Headings of several lines keep to the rule, too."""
    content = workshop.blank()
    content["overview"]["parts"] = [
        {"heading": "题" + sentences(seed, 80, MARKS[:16]), "text": "某"} for seed in range(40)
    ]
    for line in lines_of(workshop.build(content)):
        assert line.text[0] not in CLOSING, line.text
        assert line.text[-1] not in OPENING, line.text


@pytest.fixture(scope="module")
def runs_pdf(workshop: Workshop) -> Path:
    """Every long run of Latin or of marks after 0, 2 … 28 characters of Han."""
    return report(workshop, "\n\n".join(run_paragraphs()))


def run_paragraphs() -> list[str]:
    """The paragraphs of that report."""
    return [
        f"{'某' * before}{run.strip()}某某某某"
        for run in RUNS.values()
        for before in range(0, 29, 2)
    ]


def test_long_runs_come_out_right(runs_pdf: Path) -> None:
    """Every letter of every run is there, in order, in its paragraph."""
    found = "".join(line.text for line in own_lines(runs_pdf)).replace(" ", "")
    assert found == "".join(run_paragraphs()).replace(" ", "")


@pytest.mark.parametrize("name", ["runs_pdf", "mixed_pdf", "seed_pdf"])
def test_nothing_leaves_the_type_area(request: pytest.FixtureRequest, name: str) -> None:
    """No ink of the body lies outside 28…184 mm (even pages 26…182), nor above or below."""
    for number, image in rastered(request.getfixturevalue(name), 100):
        left, right = (28, 184) if number % 2 else (26, 182)
        box = dark_box(image, 1, 1, 209, 265)
        assert box[0] >= left - 0.4, number
        assert box[2] <= right + 0.4, number
        assert box[1] >= 37 - 0.4, number
        assert box[3] <= 262 + 1, number  # descenders


def test_numbers_are_not_cut(runs_pdf: Path) -> None:
    """A number of up to 20 digits stays whole at a line's end, and so does a short word."""
    text = "\n".join(line.text for line in own_lines(runs_pdf))
    assert text.count("“《12345678901234567890》”") == 15
    assert text.count("12,345,678,901.56") == 15
    assert text.count("WWWWWWWW") >= 15 * 13


@pytest.mark.parametrize("field", ["title", "heading", "part", "cell"])
def test_long_runs_build_everywhere(workshop: Workshop, field: str) -> None:
    """A URL, a 100-letter word and a 40-digit number also fit in titles, headings and cells."""
    text = f"始{URL}某{'W' * 100}某{'1234567890' * 4}终"
    content = workshop.blank()
    match field:
        case "title":
            content["title"] = text
        case "heading":
            content["overview"]["heading"] = text
        case "part":
            content["overview"]["parts"] = [{"heading": text, "text": text}]
        case "cell":
            content["disclosure"]["fees"] = text
    path = workshop.build(content)
    read = "".join("".join(c.text for c in page) for page in chars_of(path)).replace(" ", "")
    assert text in read
    for number, image in rastered(path, 72):
        left, right = (28, 184) if number % 2 else (26, 182)
        box = dark_box(image, 1, 1, 209, 265)
        assert left - 0.5 <= box[0] <= box[2] <= right + 0.5


@pytest.mark.parametrize(
    "text", ["a" * 3000, "a" * 20000, "**a" * 80, "**1**-" * 70, "**W**W" * 60], ids=len
)
def test_endless_runs_build(workshop: Workshop, text: str) -> None:
    """A run that fills pages, or changes its weight at every letter, still breaks at the edge."""
    content = workshop.blank()
    content["problems"]["text"] = text
    path = workshop.build(content)
    printed = text.replace("**", "")
    assert squeezed(pdftotext(path, "-raw")).count(printed[0]) >= printed.count(printed[0])
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            odd = page.page_number % 2
            right = (184.0 if odd else 182.0) * MM
            assert all(char["x1"] <= right + 0.2 * MM for char in page.chars if char["text"] == "a")
