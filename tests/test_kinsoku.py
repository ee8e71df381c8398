"""Line breaking of labels and titles: nothing lost or too wide, no mark where it must not be."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.composition.kinsoku import NEVER_FIRST, NEVER_LAST, TextLine, break_lines, measure

HAN = "国务院办公厅政府信息公开"
MIXED = st.text(HAN + "，。、；：（）《》“”0123456789.%ab /-", max_size=40)
AVAILABLE = st.floats(1.0, 30.0)


def width(char: str) -> float:
    """A fixed fount: Latin half an em, everything else one."""
    return 0.5 if char < "\u0250" else 1.0


def texts(text: str, available: float, *, balanced: bool = True) -> list[str]:
    """The lines of a text."""
    return [line.text for line in break_lines(text, available, width, balanced=balanced)]


@given(MIXED, AVAILABLE, st.booleans())
def test_nothing_is_lost(text: str, available: float, balanced: bool) -> None:
    """All but blanks at the ends of lines comes out, in order."""
    lines = break_lines(text, available, width, balanced=balanced)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    assert all(line.text for line in lines)


@given(MIXED, AVAILABLE, st.booleans())
def test_no_line_is_too_wide(text: str, available: float, balanced: bool) -> None:
    """A line is wider than asked only where a single character is."""
    for line in break_lines(text, available, width, balanced=balanced):
        assert line.width <= available + 1e-6 or len(line.text) == 1


@given(st.text(HAN + "，。、；：（）《》", max_size=40), st.floats(6.0, 30.0), st.booleans())
def test_marks_stand_where_they_may(text: str, available: float, balanced: bool) -> None:
    """In text without heaps of marks, none begins a line that must not, and none ends one."""
    marks = NEVER_FIRST | NEVER_LAST
    assume(not any({*text[at : at + 2]} <= marks for at in range(len(text) - 1)))
    lines = texts(text, available, balanced=balanced)
    for before, after in pairwise(lines):
        assert after[0] not in NEVER_FIRST
        assert before[-1] not in NEVER_LAST


@given(st.text(HAN, min_size=1, max_size=60), st.floats(4.0, 20.0))
def test_balanced_lines_are_even(text: str, available: float) -> None:
    """As few lines as filled ones, and none but the last much shorter than the longest."""
    even = break_lines(text, available, width, balanced=True)
    filled = break_lines(text, available, width, balanced=False)
    assert len(even) == len(filled)
    longest = max(line.width for line in even)
    assert all(line.width >= longest - 2 for line in even[:-1])
    assert longest <= max(line.width for line in filled)


@given(st.text(HAN, min_size=1, max_size=60), st.floats(1.0, 20.0))
def test_left_aligned_lines_are_full(text: str, available: float) -> None:
    """Every line but the last takes all the characters it can."""
    lines = texts(text, available, balanced=False)
    assert all(len(line) == int(available + 1e-6) for line in lines[:-1])


@pytest.mark.parametrize(
    ("text", "available", "lines"),
    [
        ("商业企业", 2.5, ["商业", "企业"]),
        ("社会公益组织", 2.5, ["社会", "公益", "组织"]),
        ("社会公益组织", 3.4, ["社会", "公益", "组织"]),
        ("法律服务机构", 5.0, ["法律服务", "机构"]),
        ("未经复议直接起诉", 6.0, ["未经复议", "直接起诉"]),
        ("复议后起诉", 4.0, ["复议后", "起诉"]),
        ("（三）不予公开", 3.4, ["（三）", "不予", "公开"]),
        ("", 3.0, []),
        (" ", 3.0, []),
        ("国", 0.5, ["国"]),
        ("ABCDEFGH", 2.0, ["ABCD", "EFGH"]),
    ],
)
def test_official_words(text: str, available: float, lines: list[str]) -> None:
    """Labels of the form break between their words."""
    assert texts(text, available) == lines


def test_numbers_words_and_enumerators_stay_whole() -> None:
    """A number is not cut, nor a Latin word; `1.` stays with what it counts."""
    assert texts("共160.5964万元", 4.6, balanced=False) == ["共", "160.5964", "万元"]
    assert texts("见example网站", 4.0, balanced=False) == ["见", "example", "网站"]
    assert texts("一二三1.属于", 4.0, balanced=False) == ["一二三", "1.属于"]


def test_half_empty_marks_give_up_their_empty_half() -> None:
    """A line's width counts ink: brackets at its ends, and a comma at its end, are half as wide."""
    assert measure("（三）", width) == TextLine("（三）", 2.0, 0.5, 0.5)
    assert measure("第一，", width) == TextLine("第一，", 2.5, 0.0, 0.5)
    assert measure("，", width).width == 1.0
    assert texts("第一项，", 3.5) == ["第一项，"]
