"""Reports before 2019: sections and rows of the office's own, and an annex behind the signature."""
# ruff: noqa: E501  # a case a line

import datetime as dt
import hashlib
import re
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pdfplumber
import pytest
import tomli_w
from conftest import AGENCY, MM, ROOT, Workshop, pdftotext, squeezed
from grid_reader import Grid, crowded, page_lines, read_grids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offices import AGENCY as AGENCY_TEXT
from offices import office
from PIL import Image
from pypdf import PdfReader
from test_content import ODD, carets, findings, spots_of
from test_page import lines_of
from variants import workshop_for

from pipeline import checking
from pipeline.checking import Stock
from pipeline.content.misfits import FRACTION, MISSING, NEGATIVE, QUOTED, RANGE, TYPE, UNKNOWN
from pipeline.errors import UserError
from pipeline.findings import Rule
from pipeline.form.tables import BLANK
from pipeline.page import ASCENT, EM, PITCH, STEP, bp
from pipeline.pdf import anchors
from pipeline.stamping import seal as seals
from pipeline.stamping.stamp import specimen_digests, stamp

TITLE = "政府信息公开情况统计表"
ANNOUNCED = f"附件：{TITLE}"
LONG = "名称很长需要回行的时候应当与上一行附件名称的首字对齐的那一张表"
NAME, DAY, DATE = AGENCY["name"], dt.date(2017, 1, 13), "2017年1月13日"
HEADS = {(0, 0, 1, 1, "统计指标"), (0, 1, 1, 1, "单位"), (0, 2, 1, 1, "统计数")}
PROSE = "本街道严格落实规定，主动公开各类信息，回应社会关切，办理群众申请，没有发生差错。"
SECTIONS: list[dict[str, Any]] = [
    {"heading": "一、概述", "text": f"{PROSE}\n\n第二段。"},
    {
        "heading": "二、主动公开政府信息的情况",
        "text": "主动公开信息{{ statistics.disclosed }}条，其中规范性文件{{ statistics.row2 }}件。",
        "parts": [
            {
                "heading": "（一）公开的内容",
                "text": "内容。",
                "parts": [
                    {"heading": "1.机构职能", "text": "职能。"},
                    {"heading": "2.人事", "text": ""},
                ],
            },
            {"heading": "（二）公开的形式", "text": "形式。"},
        ],
    },
    {"heading": "三、收费情况", "text": "收费{{ statistics.fees }}万元。"},
]
ROWS: list[dict[str, Any]] = [
    {"label": "主动公开政府信息数", "unit": "条", "value": 1263, "key": "disclosed"},
    {"label": "其中：制发规范性文件数", "unit": "件", "value": 4, "depth": 1},
    {"label": "二、回应解读情况"},
    {"label": "参加新闻发布会次数", "unit": "次", "value": 0, "depth": 2},
    {"label": "其中：主要负责同志参加次数", "unit": "次", "value": "/", "depth": 3},
    {
        "label": "依申请公开信息收取的费用", "unit": "万元", "value": 0.36, "depth": 6, "key": "fees",
    },
    {"label": "空着的", "unit": "件", "value": ""},
]  # fmt: skip


def report(rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A content of 2016."""
    return {"year": 2016, "sections": SECTIONS, **more, "statistics": {"rows": rows}}


def many(count: int) -> list[dict[str, Any]]:
    """So many rows, each with a number of its own."""
    return [
        {"label": f"第{at}项指标的数量", "unit": "件", "value": 7000 + at, "depth": at % 4}
        for at in range(1, count + 1)
    ]


def annex_rows(rows: list[dict[str, Any]], top: int = 1) -> set[tuple[int, int, int, int, str]]:
    """The cells of the annex's rows: indicator, unit, number."""
    texts = [(r["label"], r.get("unit", ""), str(r.get("value", ""))) for r in rows]
    return {
        (top + at, column, 1, 1, text)
        for at, row in enumerate(texts)
        for column, text in enumerate(row)
    }


class Built(NamedTuple):
    """A built report with its tables and its lines."""

    path: Path
    grids: list[Grid]
    lines: dict[int, list[tuple[float, str]]]

    def page_of(self, text: str) -> int:
        """The first page with that line."""
        return next(n for n, rows in self.lines.items() if text in [row for _, row in rows])

    def body(self, page: int) -> list[tuple[float, str]]:
        """The lines of a page without its number."""
        return [line for line in self.lines[page] if not line[1].startswith("—")]


def read(path: Path) -> Built:
    """What a finished PDF shows."""
    with pdfplumber.open(path) as pdf:
        lines = {page.page_number: page_lines(page) for page in pdf.pages}
        return Built(path, read_grids(pdf), lines)


def baseline(line: int) -> float:
    """The baseline of a line of the grid, from the top of the page."""
    return bp(37) + ASCENT * EM + (line - 1) * PITCH


@pytest.fixture(scope="module")
def built(workshop: Workshop) -> Built:
    """A report of 2016 with an annex of seven rows."""
    return read(workshop.build(report(ROWS)))


# Sections of the office's own


@pytest.mark.parametrize("year", [2008, 2013, 2016, 2018])
def test_own_sections_stand_in_order(workshop: Workshop, year: int) -> None:
    """Headings, parts and prose as they stand in the content file, in both forms."""
    sections = [SECTIONS[0], {**SECTIONS[1], "text": "主动公开。"}, {"heading": "三、其他"}]
    content: dict[str, Any] = {"year": year, "sections": sections}
    if year >= 2014:
        content["statistics"] = {"rows": ROWS}
    path = workshop.build(content)
    texts = [line.text for line in lines_of(path)]
    start = texts.index("一、概述")
    assert texts[start : start + 13] == [
        "一、概述", PROSE[:27], PROSE[27:], "第二段。",
        "二、主动公开政府信息的情况", "主动公开。",
        "（一）公开的内容", "内容。", "1.机构职能", "职能。", "2.人事",
        "（二）公开的形式", "形式。",
    ]  # fmt: skip
    rest = texts[start + 13 :]
    assert rest[0] == "三、其他"
    assert rest[1:3] == ([ANNOUNCED, "附件"] if year >= 2014 else [])
    title = squeezed(pdftotext(path))[: len(NAME) + 20]
    assert title.startswith(f"{NAME}{year}年政府信息公开工作年度报告"[:30])


def test_own_headings_are_set_by_their_level(built: Built) -> None:
    """一、 in 黑体, （一） in 楷体, 1. in 仿宋, as in every other form."""
    faces = {}
    for line in lines_of(built.path):
        if line.text[0] in "一二三（12附":
            faces[line.text] = line.chars[-1].font.split("+")[-1]
    assert "Hei" in faces["一、概述"]
    assert faces["三、收费情况"] == faces["一、概述"] == faces["附件"]
    assert "Kai" in faces["（一）公开的内容"]
    assert "Fang" in faces["1.机构职能"]
    assert "Fang" in faces[ANNOUNCED]


def test_references_to_rows(built: Built) -> None:
    """By the row's own key, by its number where it has none."""
    text = squeezed(pdftotext(built.path))
    assert "主动公开信息1263条，其中规范性文件4件。" in text
    assert "收费0.36万元。" in text


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("statistics.disclosed", None),
        ("statistics.row2", None),
        ("statistics.row1", "NB501"),
        ("statistics.row99", "NB501"),
        ("statistics.disclosed.value", "NB501"),
        ("statistics.row3", "NB502"),
        ("statistics.row5", "NB502"),
        ("section1", "NB501"),
        ("sections.0", "NB501"),
    ],
)
def test_what_references_may_name(workshop: Workshop, path: str, rule: str | None) -> None:
    """A row's key replaces its number; a row without a number cannot be referred to."""
    sections = [{"heading": "一、概述", "text": f"{{{{ {path} }}}}"}]
    found = workshop.check(report(ROWS, sections=sections)).errors
    assert [f.rule.code for f in found] == ([rule] if rule else [])


# The annex


def test_the_annex_has_the_rows_of_the_content(built: Built) -> None:
    """Indicator, unit, number: blanks and texts as they are, 0 as 0, no unit behind a number."""
    (grid,) = built.grids
    assert grid.places == HEADS | annex_rows(ROWS)
    assert grid.loose_ends() == []
    assert crowded(built.path, [grid]) == []
    assert grid.box[0] / MM == pytest.approx(28 if grid.page % 2 else 26, abs=0.2)
    assert (grid.box[2] - grid.box[0]) / MM == pytest.approx(156, abs=0.2)


def test_rows_are_indented_by_their_depth(built: Built) -> None:
    """One character of the table's size for each step, from 3 bp at the rule."""
    (grid,) = built.grids
    for at, row in enumerate(ROWS):
        cell = grid.at(at + 1, 0)
        left = min(char["x0"] for char in cell.chars) - cell.box[0]
        assert left == pytest.approx(3 + 10.5 * row.get("depth", 0), abs=0.3), row["label"]
        assert {round(char["size"], 1) for char in cell.chars} == {10.5}


def test_long_indicators_wrap_under_themselves(workshop: Workshop) -> None:
    """Later lines begin where the first does; no text leaves its cell."""
    label = "其中：通过不同渠道和方式公开并且相互重复的政府信息的数量" * 3
    rows = [{"label": label, "unit": "条", "value": 5, "depth": depth} for depth in (0, 3, 6)]
    done = read(workshop.build(report([*rows, ROWS[0], ROWS[5]])))
    (grid,) = done.grids
    assert crowded(done.path, [grid]) == []
    for depth, row in ((0, 1), (3, 2), (6, 3)):
        cell = grid.at(row, 0)
        assert cell.text == label
        assert len(cell.lines) > 1
        starts = {y: min(c["x0"] for c in cell.chars if c["matrix"][5] == y)
                  for y in {c["matrix"][5] for c in cell.chars}}  # fmt: skip
        for start in starts.values():
            assert start - cell.box[0] == pytest.approx(3 + 10.5 * depth, abs=0.3)


def test_the_annex_starts_a_page(built: Built) -> None:
    """附件 at the top left in 黑体, its title centred in the third line (GB/T 9704, 7.4)."""
    page = built.page_of("附件")
    assert page == built.page_of(ANNOUNCED) + 1
    assert built.grids[0].page == page
    (first, label), (second, title) = built.body(page)
    assert (label, title) == ("附件", TITLE)
    assert first == pytest.approx(baseline(1), abs=0.1)
    above = built.body(1)[0][0] - baseline(1)
    assert second == pytest.approx(baseline(3) + above, abs=0.1), "not as a title in line 3"
    line = next(line for line in lines_of(built.path) if line.text == "附件")
    assert line.chars[0].x0 == pytest.approx(line.left, abs=0.1)
    assert line.chars[0].size == pytest.approx(16)
    chars = lines_of(built.path, 22)[-1].chars
    middle = (chars[0].x0 + chars[-1].x1) / 2
    assert middle == pytest.approx((line.left + line.right) / 2, abs=0.5)


def test_the_annex_is_announced_below_the_text(workshop: Workshop) -> None:
    """After one blank line, two characters in, without a mark at its end (7.3.4)."""
    done = read(workshop.build(report(ROWS, sections=SECTIONS[1:])))
    page = done.page_of(ANNOUNCED)
    *_, (text, _), (announced, _) = done.body(page)
    assert announced - text == pytest.approx(2 * PITCH, abs=0.1)
    line = next(line for line in lines_of(done.path) if line.text == ANNOUNCED)
    assert line.chars[0].x0 - line.left == pytest.approx(2 * STEP, abs=0.1)
    with done.path.open("rb") as file:
        spot = anchors.find(PdfReader(file))
    assert spot.page == page - 1
    assert bp(297) - spot.anchors.text_end.y == pytest.approx(announced, abs=0.1)


def test_sixty_rows_break_over_pages(workshop: Workshop) -> None:
    """The heads on each page, each row once, three rows at least on the last, the frame whole."""
    rows = many(60)
    done = read(workshop.build(report(rows, sections=SECTIONS[:1])))
    assert len(done.grids) >= 3
    pages = [grid.page for grid in done.grids]
    assert pages == list(range(pages[0], pages[0] + len(pages)))
    assert done.body(pages[0]) == done.body(done.page_of("附件"))
    start = 0
    for grid in done.grids:
        stop = start + grid.rows - 1
        assert grid.rows - 1 >= 3
        assert grid.places == HEADS | annex_rows(rows[start:stop])
        assert grid.loose_ends() == []
        assert grid.box[1] / MM >= 37 - 0.2
        assert grid.box[3] / MM <= 262 + 0.2
        start = stop
    assert start == 60
    assert crowded(done.path, done.grids) == []
    for page in pages[1:]:
        assert done.body(page) == []


@pytest.mark.parametrize("count", range(22, 32))
@pytest.mark.slow
def test_rows_about_a_page(workshop: Workshop, count: int) -> None:
    """Around as many as a page holds, the label never stands on a page without rows."""
    rows = many(count)
    done = read(workshop.build(report(rows, sections=SECTIONS[:1])))
    assert [text for _, text in done.body(done.grids[0].page)] == ["附件", TITLE]
    assert sum(grid.rows - 1 for grid in done.grids) == count
    assert min(grid.rows - 1 for grid in done.grids) >= 3


def test_prose_around_the_rows(workshop: Workshop) -> None:
    """An annex has a heading of its own, text before and after, and parts, as any section."""
    content = report(ROWS[:3], sections=SECTIONS[:1])
    content["statistics"] |= {
        "heading": "统计表", "before": "表前。", "after": "表后。",
        "parts": [{"heading": "（一）说明", "text": "话。"}],
    }  # fmt: skip
    done = read(workshop.build(content))
    page = done.page_of("附件")
    texts = [text for _, text in done.body(page)]
    assert texts == ["附件", "统计表", "表前。", "（一）说明", "话。", "表后。"]
    assert "附件：统计表" in [text for _, text in done.body(page - 1)]


def test_a_title_of_many_lines(workshop: Workshop) -> None:
    """Label, long title and rows stay together on the annex's first page."""
    heading = "政府信息公开情况统计表及其填报说明" * 6
    content = report(many(40), sections=SECTIONS[:1])
    content["statistics"]["heading"] = heading
    done = read(workshop.build(content))
    page = done.page_of("附件")
    assert done.grids[0].page == page
    assert "".join(text for _, text in done.body(page)) == f"附件{heading}"


class Ending(NamedTuple):
    """A report whose text is so many short lines: the texts of its pages, the page it is signed on."""

    lines: int
    pages: list[list[str]]
    signed: int


@pytest.fixture(scope="module", params=[1, 11, 13, 16, 18, 19, 25])
def ending(workshop: Workshop, request: pytest.FixtureRequest) -> Ending:
    """Texts that end high and low on a page: 18 lines fill it."""
    text = "\n\n".join(f"第{at}行。" for at in range(1, request.param + 1))
    content = report(ROWS[:3], sections=[{"heading": "一、概述", "text": text}])
    done = read(workshop.build(content))
    with done.path.open("rb") as file:
        signed = anchors.find(PdfReader(file)).page
    pages = [[text for _, text in done.body(number)] for number in done.lines]
    return Ending(request.param, pages, signed)


@pytest.mark.slow
def test_wherever_the_text_ends(ending: Ending) -> None:
    """No page is empty, no line is lost, and the annex stands alone behind the signature."""
    assert all(ending.pages)
    assert ending.pages[-1] == ["附件", TITLE]
    assert ending.signed == len(ending.pages) - 2
    assert ending.pages[ending.signed][-1] == ANNOUNCED
    lines = [text for texts in ending.pages for text in texts if text.startswith("第")]
    assert lines == [f"第{at}行。" for at in range(1, ending.lines + 1)]


@pytest.mark.slow
def test_the_signature_stands_on_a_page_with_text(ending: Ending) -> None:
    """The last line of the text goes along with the announcement: no page is signed without any."""
    assert ending.pages[ending.signed][-2:] == [f"第{ending.lines}行。", ANNOUNCED]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Path:
    """A report with three annexes, the second of them with a name of two lines."""
    form = {
        "title": "三个附件", "from_year": 2030, "report_title": ["{agency}"], "own_sections": True,
        "sections": [
            {"key": "first", "heading": "第一张表", "annex": True},
            {"key": "second", "heading": LONG, "annex": True},
            {"key": "third", "heading": "第三张表", "annex": True},
        ],
    }  # fmt: skip
    office = workshop_for(tmp_path_factory.mktemp("annexes"), stock, form, "2030")
    content: dict[str, Any] = {"year": 2031, "sections": SECTIONS[:1]}
    return office.build(content | {key: {"text": "话。"} for key in ("first", "second", "third")})


def test_annexes_are_numbered(two: Path) -> None:
    """附件1 to 附件3, each on a page of its own; the numbers stand below one another (7.3.4)."""
    done = read(two)
    pages = [[text for _, text in done.body(number)] for number in done.lines][1:]
    assert [texts[0] for texts in pages] == ["附件1", "附件2", "附件3"]
    assert "".join(pages[1][1:-1]) == LONG
    lines = {line.text[:5]: line for line in lines_of(two) if "." in line.text}
    numbers = [char.x0 for line in lines.values() for char in line.chars if char.text in "123"]
    assert len(numbers) == 3
    assert numbers == pytest.approx([numbers[0]] * 3, abs=0.3)


def test_a_long_name_of_an_annex_hangs(two: Path) -> None:
    """Its second line begins below the first character of the name (7.3.4)."""
    lines = lines_of(two)
    at = next(at for at, line in enumerate(lines) if "2." in line.text)
    name = next(char.x0 for char in lines[at].chars if char.text == LONG[0])
    assert lines[at + 1].chars[0].x0 == pytest.approx(name, abs=0.5)


# The stamp


def test_the_stamp_stands_before_the_annex(
    workshop: Workshop, stock: Stock, tmp_path: Path
) -> None:
    """Name, date and seal on the page of the announcement; the annex's pages stay as they were."""
    path = workshop.build(report(many(40), sample=True, sections=SECTIONS[:1]))
    before = path.read_bytes()
    made = stamp(
        before, seal=seals.load(ROOT / "layouts" / "specimen-seal.svg", 42), date=DAY,
        fonts=stock.fonts, specimens=specimen_digests(ROOT / "layouts"),
    ).pdf  # fmt: skip
    old, new = PdfReader(BytesIO(before)), PdfReader(BytesIO(made))
    signed = anchors.find(old).page
    annex = read(path).page_of("附件") - 1
    assert annex == signed + 1
    assert len(new.pages) == len(old.pages) > annex + 1
    for number in range(len(old.pages)):
        text = new.pages[number].extract_text().replace("\n", "")
        assert (NAME + DATE in text) is (number == signed)
        assert ("/NbSeal" in new.pages[number]["/Resources"].get("/XObject", {})) is (
            number == signed
        )
        if number != signed:
            assert _digest(new, number) == _digest(old, number)
    own = tmp_path / "stamped.pdf"
    own.write_bytes(made)
    assert [_has_red(own, number + 1, tmp_path) for number in range(len(old.pages))] == [
        number == signed for number in range(len(old.pages))
    ]


def _digest(reader: PdfReader, number: int) -> str:
    contents = reader.pages[number].get_contents()
    assert contents is not None
    return hashlib.sha256(contents.get_data()).hexdigest()


def _has_red(path: Path, page: int, folder: Path) -> bool:
    with pdfplumber.open(path) as pdf:
        image = pdf.pages[page - 1].to_image(resolution=50).original.convert("RGB")
    image.save(folder / f"{page}.png")
    red, green, _ = image.split()
    return bool(
        Image.merge("RGB", (red, green, green)).convert("HSV").getchannel("S").getextrema()[1] > 100
    )


# Drafts


@pytest.mark.parametrize(
    "content",
    [
        {"year": 2016, "sections": SECTIONS[:1]},
        {"year": 2016, "sections": SECTIONS[:1], "statistics": {}},
        {"year": 2016, "sections": SECTIONS[:1], "statistics": {"rows": []}},
        {"year": 2016},
        {"year": 2016, "sections": [{"text": "没有标题。"}]},
    ],
)
def test_a_draft_without_rows(workshop: Workshop, content: dict[str, Any]) -> None:
    """A draft shows what there is: text, announcement, the annex's title, no table."""
    assert workshop.check(content).errors
    done = read(workshop.build(content, draft=True))
    assert done.grids == []
    assert [text for _, text in done.body(max(done.lines))][-2:] == ["附件", TITLE]


def test_a_draft_with_rows_that_do_not_fit(workshop: Workshop) -> None:
    """Wrong values are blank, rows of one key stand side by side; nothing crashes."""
    rows = [
        {"label": "甲", "key": "a", "value": 1},
        {"label": "乙", "key": "a", "value": -2},
        {"label": "丙", "key": "a_", "value": 3},
        {"label": "丁", "key": "A", "value": 4},
        {"label": "戊", "key": "row4", "value": 5},
        {"unit": "件", "value": 6, "depth": 9},
    ]
    done = read(workshop.build(report(rows, sections=[{"heading": "一、"}]), draft=True))
    (grid,) = done.grids
    assert [[grid.at(at, column).text for column in range(3)] for at in range(1, 7)] == [
        ["甲", "", "1"], ["乙", "", ""], ["丙", "", "3"], ["丁", "", "4"], ["戊", "", "5"],
        ["", "件", "6"],
    ]  # fmt: skip


# What does not fit

START = "year = 2016\n"
SECTION = '[[sections]]\nheading = "一、概述"\ntext = "话。"\n'
ROW = '[[statistics.rows]]\nlabel = "甲"\nunit = "件"\nvalue = 3\ndepth = 1\nkey = "first"\n'
FREE = START + SECTION + ROW


class Wrong(NamedTuple):
    """What is replaced in FREE, and what must be found, at the caret."""

    old: str
    new: str
    rule: Rule
    path: str
    words: str = ""


# fmt: off
WRONG = {
    "a key twice": Wrong(ROW, f'‸{ROW}[[statistics.rows]]\nlabel = "乙"\nkey = "first"\n', RANGE, "statistics.rows", "第 2 行的 key 与第 1 行重复：first"),
    "a key that is a number's": Wrong(ROW, '‸[[statistics.rows]]\nlabel = "甲"\nkey = "row2"\n[[statistics.rows]]\nlabel = "乙"\n', RANGE, "statistics.rows", "第 2 行的 key 与第 1 行重复：row2"),
    "a key in capitals": Wrong('"first"', '‸"First"', RANGE, "statistics.rows.0.key", "First"),
    "a key with a hyphen": Wrong('"first"', '‸"a-b"', RANGE, "statistics.rows.0.key", "a-b"),
    "a key in Chinese": Wrong('"first"', '‸"甲"', RANGE, "statistics.rows.0.key", "甲"),
    "a key that is empty": Wrong('"first"', '‸""', RANGE, "statistics.rows.0.key"),
    "a key that is no text": Wrong('"first"', "‸1", TYPE, "statistics.rows.0.key", "文字"),
    "no label": Wrong('[[statistics.rows]]\nlabel = "甲"\n', "‸[[statistics.rows]]\n", MISSING, "statistics.rows.0.label", "指标"),
    "a blank label": Wrong('"甲"', '‸"　"', MISSING, "statistics.rows.0.label", "是空的"),
    "a label that is no text": Wrong('"甲"', "‸5", TYPE, "statistics.rows.0.label", "文字"),
    "a unit that is no text": Wrong('"件"', "‸5", TYPE, "statistics.rows.0.unit", "文字"),
    "a depth below 0": Wrong("depth = 1", "depth = ‸-1", RANGE, "statistics.rows.0.depth", "-1"),
    "a depth above 6": Wrong("depth = 1", "depth = ‸7", RANGE, "statistics.rows.0.depth", "7"),
    "a negative value": Wrong("value = 3", "value = ‸-3", NEGATIVE, "statistics.rows.0.value", "不能是负数"),
    "a value in quotes": Wrong("value = 3", 'value = ‸"3"', QUOTED, "statistics.rows.0.value", "加了引号"),
    "a true value": Wrong("value = 3", "value = ‸true", TYPE, "statistics.rows.0.value", "真假值"),
    "a value that is an array": Wrong("value = 3", "value = ‸[3]", TYPE, "statistics.rows.0.value", "数组"),
    "a value that is a table": Wrong("value = 3", "value = ‸{ a = 3 }", TYPE, "statistics.rows.0.value", "表"),
    "a value that is a date": Wrong("value = 3", "value = ‸2016-01-01", TYPE, "statistics.rows.0.value", "日期"),
    "a huge value": Wrong("value = 3", "value = ‸1e999999999", RANGE, "statistics.rows.0.value", "数字过大"),
    "an unknown key of a row": Wrong("value = 3", "‸values = 3", UNKNOWN, "statistics.rows.0.values", "不认识的键"),
    "no rows": Wrong(ROW, "‸[statistics]\n", MISSING, "statistics.rows", "各行"),
    "empty rows": Wrong(ROW, "[statistics]\nrows = ‸[]\n", RANGE, "statistics.rows", "至少要有一项"),
    "rows that are no array": Wrong(ROW, "[statistics]\nrows = ‸3\n", TYPE, "statistics.rows", "数组"),
    "rows of numbers": Wrong(ROW, "[statistics]\nrows = [‸3]\n", TYPE, "statistics.rows.0", "应是表"),
    "no annex": Wrong(ROW, "", MISSING, "statistics", "缺少 statistics（政府信息公开情况统计表）"),
    "no sections": Wrong(SECTION, "", MISSING, "sections", "缺少 sections（各部分）"),
    "empty sections": Wrong(SECTION, "sections = ‸[]\n", RANGE, "sections", "至少要有一项"),
    "one section": Wrong(SECTION, '‸[sections]\nheading = "一、"\n', TYPE, "sections", "数组"),
    "a section without a heading": Wrong('heading = "一、概述"\n', "", MISSING, "sections.0.heading", "标题"),
    "a section with a blank heading": Wrong('"一、概述"', '‸" "', MISSING, "sections.0.heading", "是空的"),
    "a section with a table's text": Wrong('text = "话。"', '‸before = "话。"', UNKNOWN, "sections.0.before"),
    "a part without a heading": Wrong('text = "话。"\n', 'text = "话。"\n[[sections.parts]]\ntext = "话。"\n', MISSING, "sections.0.parts.0.heading", "小节标题"),
    "a section of 2021": Wrong(ROW, f'{ROW}[‸overview]\ntext = "话。"\n', UNKNOWN, "overview", "不认识的键"),
    "a table of 2021": Wrong(ROW, f"{ROW}[‸disclosure]\nlicences = 3\n", UNKNOWN, "disclosure", "不认识的键"),
    "text of the annex": Wrong(ROW, f'[statistics]\n‸text = "话。"\n{ROW}', UNKNOWN, "statistics.text", "不认识的键"),
}
# fmt: on


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_found(tmp_path: Path, stock: Stock, wrong: Wrong) -> None:
    """One mistake: one finding of its rule, at the exact line and column, and nothing else."""
    assert FREE.count(wrong.old) == 1
    text, spots = carets(FREE.replace(wrong.old, wrong.new))
    found = findings(office(tmp_path, text, AGENCY_TEXT, "2016"), stock)
    own = [f for f in found if f.place.path == wrong.path]
    assert [(f.rule, f.place.path) for f in own] == [(wrong.rule, wrong.path)]
    assert wrong.words in own[0].message
    if spots:
        assert [(own[0].place.line, own[0].place.column)] == spots


def test_a_good_file_has_no_findings(tmp_path: Path, stock: Stock) -> None:
    """What the tests above alter is right."""
    checked = checking.check(office(tmp_path, FREE, AGENCY_TEXT, "2016"), stock)
    assert checked.findings == ()
    assert checked.report.value("statistics.first") == 3
    assert checked.report.form.name == "2014"


def test_the_example_of_the_documents_is_right(tmp_path: Path, stock: Stock) -> None:
    """The report of 2016 in docs/content.md has no findings, and its references their rows."""
    told = (ROOT / "docs" / "content.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```toml demo\n(.*?)^```", told, re.MULTILINE | re.DOTALL)
    checked = checking.check(office(tmp_path, text, AGENCY_TEXT, "2016"), stock)
    assert checked.findings == ()
    assert [checked.report.value(f"statistics.{key}") for key in ("disclosed", "row2", "row3")] == [
        1263, 4, BLANK,
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["", '""', '"/"', '"不适用"', "0", "1.50"])
def test_what_a_row_may_hold(tmp_path: Path, stock: Stock, value: str) -> None:
    """No value, a blank, a text, a whole number or decimals: each prints as written."""
    text = FREE.replace("value = 3\n", f"value = {value}\n" if value else "")
    checked = checking.check(office(tmp_path, text, AGENCY_TEXT, "2016"), stock)
    assert checked.findings == ()
    assert str(checked.report.value("statistics.first")) == (value.strip('"') if value else BLANK)


def test_a_value_of_the_wrong_type_says_so(tmp_path: Path, stock: Stock) -> None:
    """A depth in quotes or with decimals is of the wrong type, and the message says what it is."""
    for depth, kind in (('"1"', "文字"), ("1.5", "小数")):
        text = FREE.replace("depth = 1", f"depth = {depth}")
        (found,) = findings(office(tmp_path, text, AGENCY_TEXT, "2016"), stock)
        assert (found.rule, found.place.path) == (TYPE, "statistics.rows.0.depth")
        assert kind in found.message


def test_decimals_that_are_many_are_found(tmp_path: Path, stock: Stock) -> None:
    """As in every table: nine decimals are a mistake."""
    text = FREE.replace("value = 3", "value = 0.123456789")
    (found,) = findings(office(tmp_path, text, AGENCY_TEXT, "2016"), stock)
    assert found.rule is RANGE
    assert found.rule is not FRACTION


def test_sections_are_unknown_to_the_other_forms(workshop: Workshop) -> None:
    """`[[sections]]` in a report of 2021 and rows in one of 2010 are keys that nobody knows."""
    content = {**workshop.blank(2021), "sections": SECTIONS}
    assert [(f.rule, f.place.path) for f in workshop.check(content).errors] == [
        (UNKNOWN, "sections")
    ]
    content = {"year": 2010, "sections": SECTIONS[:1], "statistics": {"rows": ROWS}}
    assert [(f.rule, f.place.path) for f in workshop.check(content).errors] == [
        (UNKNOWN, "statistics")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('label = "甲"', 'label = "甲乙‸\ue000"'),
        ('unit = "件"', 'unit = "‸\ue001"'),
        ("value = 3", 'value = "不‸\ue002"'),
        ('heading = "一、概述"', 'heading = "一、‸\ue003"'),
        ('text = "话。"', 'text = "话‸\ue004。"'),
        ('label = "甲"', 'label = "甲‸\\n乙"'),
    ],
)
def test_a_character_is_located_in_the_content_file(
    tmp_path: Path, stock: Stock, old: str, new: str
) -> None:
    """In a label, a unit, a value: the line and the column of the character itself."""
    text, spots = carets(FREE.replace(old, new))
    (found,) = checking.check(office(tmp_path, text, AGENCY_TEXT, "2016"), stock).errors
    assert found.rule.code in {"NB402", "NB403"}
    assert found.place.file.endswith("2016.toml")
    if "value" not in old:  # a cell is located by its number's key
        assert [(found.place.line, found.place.column)] == spots
    else:
        assert found.place.line == spots[0][0]


def test_a_number_too_wide_is_located(workshop: Workshop) -> None:
    """A value that fits no column is told with its place."""
    rows = [{"label": "甲", "value": 123456789012}]
    assert workshop.check(report(rows, sections=SECTIONS[:1])).findings == ()


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_no_mutation_crashes_the_check(tmp_path: Path, stock: Stock, data: st.DataObject) -> None:
    """Values removed, replaced and added anywhere: findings or a user's error, never a crash."""
    document = tomllib.loads(FREE + ROW.replace("first", "other"))
    for _ in range(data.draw(st.integers(1, 4))):
        container, key = data.draw(st.sampled_from(list(spots_of(document))))
        match data.draw(st.sampled_from(["replace", "remove", "double"])):
            case "replace":
                container[key] = data.draw(ODD)
            case "remove":
                del container[key]
            case _ if isinstance(container, list):
                container.append(container[key])
            case _:
                container["key"] = data.draw(st.sampled_from(["first", "row1", "row2", "row2_"]))
        if not list(spots_of(document)):
            break
    target = office(tmp_path, tomli_w.dumps(document), AGENCY_TEXT, "2016")
    try:
        found = checking.check(target, stock, draft=True).findings
    except UserError as error:
        found = error.findings
        assert found
    for finding in found:
        assert finding.message
        assert finding.place.line >= 1
