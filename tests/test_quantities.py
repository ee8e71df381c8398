"""Numbers with a measure, in the ways that reports write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.quantities import quantities


@pytest.mark.parametrize(
    ("text", "value", "measure"),
    [
        ("收到申请11件。", "11", "件"),
        ("收到申请四份。", "4", "份"),
        ("收到申请两件。", "2", "件"),
        ("收到申请〇件。", "0", "件"),
        ("收到申请十二件。", "12", "件"),
        ("收到申请一百二十件。", "120", "件"),
        ("收到申请二百零六件。", "206", "件"),
        ("收到申请 16 件。", "16", "件"),
        ("收到申请１２件。", "12", "件"),
        ("收到申请1,286件。", "1286", "件"),
        ("收到申请1.2万件。", "12000", "件"),
        ("行政许可1808595件。", "1808595", "件"),
        ("收费3600元。", "3600", "元"),
        ("收费0.36万元。", "3600", "元"),
        ("收费59237.2449万元。", "592372449", "元"),
        ("收费三万五千元。", "35000", "元"),
        ("投资2亿元。", "200000000", "元"),
        ("点击12.5万次。", "125000", "次"),
        ("培训240人次。", "240", "人次"),
    ],
)
def test_quantities(text: str, value: str, measure: str) -> None:
    """One quantity, its value exact, money in 元."""
    (found,) = quantities(text)
    assert (found.value, found.measure, found.vague) == (Decimal(value), measure, False)
    assert text[found.start : found.end].endswith(measure[-1])


@pytest.mark.parametrize(
    "text",
    [
        "2023年12月31日",
        "占35.3%",
        "第三件",
        "第36条",
        "国务院令第711号",
        "每件申请",
        "这两件事",
        "百分之五",
        "",
    ],
)
def test_no_quantities(text: str) -> None:
    """Years, dates, percentages, ordinals and words that only look like numbers are none."""
    assert list(quantities(text)) == []


@pytest.mark.parametrize(
    "text", ["18万余条", "约300件", "近三百件", "超过100件", "两百余件", "不足10件", "至少3次"]
)
def test_rounded_ones(text: str) -> None:
    """What is rounded is known to be."""
    assert [each.vague for each in quantities(text)] == [True]


@given(st.text("0123456789０９〇一二两十百千万亿.．,，余约件条元万第 年%", max_size=40))
def test_any_text(text: str) -> None:
    """Quantities stand in the text, one after another, and are numbers from 0."""
    end = 0
    for each in quantities(text):
        assert end <= each.start < each.end <= len(text)
        assert each.value >= 0
        assert each.value.is_finite()
        end = each.end


@given(st.integers(0, 10**8))
def test_counts_come_back(number: int) -> None:
    """Any count, plain or with commas, is read as it is."""
    for written in (f"{number}", f"{number:,}"):
        assert [each.value for each in quantities(f"共{written}件")] == [number]
