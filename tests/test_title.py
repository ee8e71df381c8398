"""The title's lines: words whole, a trapezium or a lozenge, never wider than the type area."""

import time
from itertools import pairwise

import pdfplumber
import pytest
from conftest import AGENCY, MM, Workshop
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.checking import Stock
from pipeline.composition import title
from pipeline.composition.kinsoku import NEVER_FIRST, NEVER_LAST, measure
from pipeline.document import Run, Title
from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontSet
from pipeline.page import LINES, TYPE_WIDTH

REST = ["2023年", "政府信息公开工作", "年度报告"]
AGENCIES = [
    "大潘镇", "示范镇政府", "广州市公安局", "苏州市人民政府", "新乡市人民政府",
    "铁西区大潘街道办事处",
    "示例市样板区示范街道办事处", "沙市区市场监督管理局", "示例省示例市示范区市场监督管理局",
    "内蒙古自治区呼伦贝尔市鄂温克族自治旗人民政府", "第101中学（东校区）管理委员会办公室筹备处",
    "某省某某自治州某某土家族苗族自治县经济和信息化商务科技局办公室",
    "新疆维吾尔自治区巴音郭楞蒙古自治州和硕县人力资源和社会保障局社会保险事业管理中心",
]  # fmt: skip


def lines_of(agency: str, fonts: FontSet) -> list[str]:
    """The lines of an agency's title."""
    return title_of([agency, *REST], fonts)


def title_of(words: list[str], fonts: FontSet) -> list[str]:
    """The lines of a title of these words."""
    return [line.text for line in title.title_lines(words, fonts)]


def widths(lines: list[str], fonts: FontSet) -> list[float]:
    """Their widths in em, without the empty halves of marks at their ends."""
    return [measure(line, lambda char: fonts.advance(title.ROLE, char)).width for line in lines]


def shaped(lengths: list[float]) -> bool:
    """Whether the lines grow, shrink, or are longest in the middle."""
    top = lengths.index(max(lengths))
    return all(a <= b for a, b in pairwise(lengths[: top + 1])) and all(
        a >= b for a, b in pairwise(lengths[top:])
    )


@pytest.mark.parametrize("agency", AGENCIES)
def test_words_stay_whole_in_a_fair_shape(stock: Stock, agency: str) -> None:
    """No word, year or place name is cut; lines form a trapezium or lozenge of 1 to 3 lines."""
    lines = lines_of(agency, stock.fonts)
    assert "".join(lines) == agency + "".join(REST)
    assert 1 <= len(lines) <= 3
    for word in REST:
        assert any(word in line for line in lines)
    for line in lines:
        assert not line.startswith(("市", "州", "乡", "区", "县", "理", "）", "年"))
    assert max(widths(lines, stock.fonts)) <= TYPE_WIDTH / title.SIZE
    assert shaped(widths(lines, stock.fonts))


@settings(max_examples=100, deadline=None)
@given(st.text("国务院市区县州镇街道办事处局（）、101第人民政府", min_size=4, max_size=40))
def test_any_name_of_4_to_40_characters(stock: Stock, agency: str) -> None:
    """Whatever the name: nothing is lost, no line too wide, four lines at most, year whole."""
    lines = lines_of(agency, stock.fonts)
    assert "".join(lines) == agency + "".join(REST)
    assert len(lines) <= 4
    assert max(widths(lines, stock.fonts)) <= TYPE_WIDTH / title.SIZE + 1e-6
    assert any("2023年" in line for line in lines)


MARKS = "《》“”（）、"


def expect_fitting(text: str, fonts: FontSet) -> list[str]:
    """The lines of a title that is one word: nothing is lost, and each stands in the type area."""
    block = title.lay_out(Title((Run(text),)), fonts)
    lines = [line.run.text for line in block.texts]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert block.lines <= LINES
    for line in block.texts:
        assert line.x >= -1e-6
        assert line.x + line.width <= TYPE_WIDTH + 1e-6
    return lines


@settings(max_examples=200, deadline=None)
@given(st.text("国务院办事处街道市区年度报告2019" + MARKS, min_size=1, max_size=120))
def test_any_title_somebody_writes(stock: Stock, text: str) -> None:
    """A title that is one word, with any marks anywhere, fits the page."""
    expect_fitting(text, stock.fonts)


@settings(max_examples=200, deadline=None)
@given(st.text("国务院办事处街道市区年度报告2019" + MARKS, min_size=1, max_size=120))
def test_marks_stand_where_they_may(stock: Stock, text: str) -> None:
    """Without heaps of marks, none begins a line that must not, and none ends one."""
    assume(not any({*text[at : at + 2]} <= {*MARKS} for at in range(len(text) - 1)))
    for before, after in pairwise(expect_fitting(text, stock.fonts)):
        assert after[0] not in NEVER_FIRST
        assert before[-1] not in NEVER_LAST


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200, min_size=1))
def test_any_characters_at_all(stock: Stock, text: str) -> None:
    """No text of up to 200 characters, of whatever script, is too much for a title."""
    assert title.lay_out(Title((Run(text),)), stock.fonts).lines <= LINES


@pytest.mark.parametrize(
    "text",
    [
        "市" * 200, "市国" * 100, "街道办事处" * 40, "国" * 199, "W" * 200, "i国" * 100, "》" * 200,
        "《" * 200, "“”（）、" * 40, ("国" * 10 + "市") * 18, " ", "2" * 200, "国" * 19 + "W" * 40,
    ],
)  # fmt: skip
def test_long_titles_take_no_time(stock: Stock, text: str) -> None:
    """Long titles of a single kind of character fit, and take a fraction of a second."""
    expect_fitting(text, stock.fonts)
    start = time.process_time()
    expect_fitting(text, stock.fonts)
    assert time.process_time() - start < 1


def test_marks_at_the_ends_give_up_their_empty_half(stock: Stock) -> None:
    """《…》 around 19 characters is one line, whose ink is in the middle."""
    (line,) = title.lay_out(Title((Run("《" + "国" * 19 + "》"),)), stock.fonts).texts
    assert (line.trim_start, line.trim_end) == (0.5, 0.5)
    assert line.width == pytest.approx(20 * title.SIZE)
    assert line.x == pytest.approx((TYPE_WIDTH - 20 * title.SIZE) / 2)


def test_a_title_higher_than_a_page_is_refused(stock: Stock) -> None:
    """As many lines as a page holds are set; one more is refused, with a remedy."""
    most = "国" * 20 * title.MOST_LINES
    assert LINES - 1 <= title.lay_out(Title((Run(most),)), stock.fonts).lines <= LINES
    for more in (most + "国", most * 100):
        with pytest.raises(TypesettingFailed, match="标题太长") as caught:
            title.lay_out(Title((Run(more),)), stock.fonts)
        assert caught.value.hint


@pytest.mark.parametrize(
    "words",
    [
        ["示例市样板区示范街道办事处", "2010年", "信息公开", "报告"],
        ["示例市样板区示范街道办事处2010年信息公开报告"],
    ],
)
def test_a_name_that_fits_is_not_cut_for_the_shape(stock: Stock, words: list[str]) -> None:
    """The break stands between the name and the year, though one within were more even."""
    assert title_of(words, stock.fonts) == ["示例市样板区示范街道办事处", "2010年信息公开报告"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("国省市区县街道办事处", min_size=1, max_size=20), min_size=2, max_size=8))
def test_words_that_fit_a_line_are_never_cut(stock: Stock, words: list[str]) -> None:
    """Lines break between the words of the form only, where each of them fits a line."""
    ends = {sum(map(len, words[:count])) for count in range(len(words) + 1)}
    at = 0
    for line in title_of(words, stock.fonts):
        at += len(line)
        assert at in ends


@pytest.mark.parametrize("length", range(4, 41))
def test_lines_are_as_few_and_as_even_as_they_can(stock: Stock, length: int) -> None:
    """A name without any place to cut it: one more line only when it is needed."""
    lines = lines_of("国" * length, stock.fonts)
    total = sum(widths(lines, stock.fonts))
    assert len(lines) <= total // (TYPE_WIDTH / title.SIZE) + 2
    assert min(map(len, lines)) > 3


def test_places_are_not_cut_within_their_names(stock: Stock) -> None:
    """广州市 is no 广州 with 市 on the next line, even where a cut is needed."""
    for place in ("广州市", "新乡市", "辉县市", "沙市区"):
        lines = lines_of(f"{place}人力资源和社会保障局社会保险事业管理中心", stock.fonts)
        assert any(place in line for line in lines)


def test_blanks_inside_a_title_are_kept(stock: Stock) -> None:
    """A blank that somebody wrote into a title stays, also where a line might break."""
    assert title_of(["示例市 样板区 年报"], stock.fonts) == ["示例市 样板区 年报"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_block_is_centred_on_whole_grid_lines(stock: Stock, count: int) -> None:
    """Each line in the middle of the type area, and an empty line below the last one."""
    words = [Run("国" * 19) for _ in range(count)]
    block = title.lay_out(Title(tuple(words)), stock.fonts)
    assert len(block.texts) == count
    for text in block.texts:
        assert text.x + text.width / 2 == pytest.approx(TYPE_WIDTH / 2)
        assert text.size == 22
    assert block.lines >= count + 1


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("《" + "国" * 19 + "》", 1),
        ("《国务院》（2010年）、“信息”" * 6, 5),
        ("国" * 20 * title.MOST_LINES, title.MOST_LINES),
    ],
)
def test_titles_of_all_lengths_are_set(workshop: Workshop, text: str, rows: int) -> None:
    """TeX sets what was measured: the ink stands in the type area, in as many lines."""
    pdf = workshop.build({**workshop.blank(), "title": text})
    with pdfplumber.open(pdf) as opened:
        chars = [char for char in opened.pages[0].chars if round(char["size"], 1) == 22]
    assert "".join(char["text"] for char in chars) == text
    assert len({round(char["matrix"][5], 1) for char in chars}) == rows
    half = 11  # of a mark, empty
    assert min(char["x0"] for char in chars) >= 28 * MM - half
    assert max(char["x1"] for char in chars) <= (28 + 156) * MM + half


def test_the_title_of_a_pdf_is_centred(workshop: Workshop) -> None:
    """In the finished PDF the title's lines stand in the middle of the type area, in 2号."""
    pdf = workshop.build(workshop.blank(), {**AGENCY, "name": AGENCIES[-1]})
    with pdfplumber.open(pdf) as opened:
        chars = [char for char in opened.pages[0].chars if round(char["size"], 1) == 22]
    rows = sorted({round(char["matrix"][5], 1) for char in chars}, reverse=True)
    assert len(rows) == 3
    for row in rows:
        line = [char for char in chars if round(char["matrix"][5], 1) == row]
        middle = (min(c["x0"] for c in line) + max(c["x1"] for c in line)) / 2
        assert middle == pytest.approx((28 + 78) * MM, abs=0.3)
