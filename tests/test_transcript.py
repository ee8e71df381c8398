"""What a report says where: sections and parts, title, office, year, and date."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.checking import Stock
from pipeline.transcription import plaintext
from pipeline.transcription.transcript import transcribe

TITLE = "示例市样板局2021年政府信息公开工作年度报告"
LONG = "全年公开信息三条，都在规定的时间以内公开，没有遗漏，也没有差错，群众看得到，查得着。"


def content(
    text: str, stock: Stock, file: str = "a.txt"
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The values of a text's content file, and what was noticed."""
    manuscript = replace(plaintext.read(text.encode(), file), file=file)
    made = transcribe(manuscript, stock.forms)
    return dict(made.values), [(remark.rule.code, remark.message) for remark in made.remarks]


def told(remarks: list[tuple[str, str]], code: str, words: str) -> bool:
    """Whether a remark of that code says these words."""
    return any(each == code and words in message for each, message in remarks)


# ---- sections and parts


def test_a_part_is_no_section(stock: Stock) -> None:
    """（一） and 1. within section 一 may have the words of another section's heading."""
    values, _ = content(
        f"{TITLE}\n一、总体情况\n（一）主动公开政府信息情况\n{LONG}\n"
        f"1.其他需要报告的事项\n{LONG}\n二、主动公开政府信息情况\n规章 | 1 | 0 | 1\n",
        stock,
    )
    (part,) = values["overview"]["parts"]
    assert part["heading"] == "（一）主动公开政府信息情况"
    assert part["parts"][0]["heading"] == "1.其他需要报告的事项"
    assert values["disclosure"] == {"rules": [1, 0, 1], **values["disclosure"]}
    assert "heading" not in values["disclosure"]


def test_heading_and_text_on_one_line(stock: Stock) -> None:
    """六、…：无 is a heading with its text; what was parted is told."""
    values, remarks = content(f"{TITLE}\n一、总体情况。{LONG}\n六、其他需要报告的事项：无\n", stock)
    assert values["overview"]["text"] == LONG
    assert values["other_matters"] == {"text": "无"}
    assert told(remarks, "NB602", "六、其他需要报告的事项")


def test_own_headings_with_text(stock: Stock) -> None:
    """A section of the office's own with a short sentence behind its heading."""
    values, _ = content(
        "示例市样板局2012年政府信息公开工作年度报告\n一、概述：公开三条。\n二、收费情况\n无。\n",
        stock,
    )
    assert values["sections"] == [
        {"heading": "一、概述", "text": "公开三条。"}, {"heading": "二、收费情况", "text": "无。"},
    ]  # fmt: skip


def test_levels(stock: Stock) -> None:
    """（一）, 1. and （1） nest where text stands below them; items of a list stay text."""
    values, _ = content(
        f"{TITLE}\n一、总体情况\n（一）公开的内容：\n1.原因\n（1）人手\n{LONG}\n（2）时间\n{LONG}\n"
        "2.清单\n（1）甲\n（2）乙\n（二）其他\n1.甲\n2.乙\n",
        stock,
    )
    first, second = values["overview"]["parts"]
    assert first["heading"] == "（一）公开的内容："
    assert [part["heading"] for part in first["parts"][0]["parts"]] == ["（1）人手", "（2）时间"]
    assert second == {"heading": "（二）其他", "text": "1.甲\n\n2.乙"}


def test_a_table_of_contents_is_left_out(stock: Stock) -> None:
    """Headings that come twice open their sections where the text is."""
    headings = ["一、总体情况", "二、主动公开政府信息情况", "六、其他需要报告的事项"]
    values, remarks = content(
        "\n".join([TITLE, "目录", *(f"{each}……{at}" for at, each in enumerate(headings)),
                   headings[0], LONG, headings[1], "规章 | 1 | 0 | 1", headings[2], "无。"]),
        stock,
    )  # fmt: skip
    assert (values["overview"]["text"], values["other_matters"]["text"]) == (LONG, "无。")
    assert told(remarks, "NB601", "目录：二、主动公开政府信息情况……1")


def test_parts_before_a_table_are_told(stock: Stock) -> None:
    """Text above a table stays above it; a heading of a part there becomes text, and is told."""
    values, remarks = content(
        f"{TITLE}\n二、主动公开政府信息情况\n（一）公开\n{LONG}\n"
        f"规章 | 1 | 0 | 1\n（二）后\n{LONG}\n",
        stock,
    )
    assert values["disclosure"]["before"] == f"（一）公开\n\n{LONG}"
    assert values["disclosure"]["parts"] == [{"heading": "（二）后", "text": LONG}]
    assert told(remarks, "NB602", "（一）公开")


# ---- title, office, year, date


@pytest.mark.parametrize(
    ("title", "office", "year"),
    [
        ("示例市样板局2021年政府信息公开工作年度报告", "示例市样板局", 2021),
        ("示例市样板局\n2021年政府信息公开工作\n年度报告", "示例市样板局", 2021),
        ("示例市样板局2021年\n政府信息公开工作年度报告", "示例市样板局", 2021),
        ("2021年示例市样板局政府信息公开年报", "示例市样板局", 2021),
        ("示例市样板局关于２０２１年度政府信息公开工作情况的报告", "示例市样板局", 2021),
        ("示例市样板局关于\n2021年度政府信息公开工作情况的报告", "示例市样板局", 2021),
        ("示例市样板局二〇二一年政府信息公开工作报告", "示例市样板局", 2021),
    ],
)
def test_titles(title: str, office: str, year: int, stock: Stock) -> None:
    """Titles over one, two and three lines, with the year before and behind the office."""
    values, _ = content(f"{title}\n一、总体情况\n{LONG}\n", stock)
    assert (values["agency"]["name"], values["year"]) == (office, year)
    assert "preface" not in values


@pytest.mark.parametrize(
    ("end", "name", "date"),
    [
        ("示例市样板局\n2022年1月13日", "示例市样板局", "2022-01-13"),
        ("示例市样板局  2022 年 1 月 13 日", "示例市样板局", "2022-01-13"),
        ("示例市样板局\n二〇二二年一月十三日\n（此件公开发布）", "示例市样板局", "2022-01-13"),
        ("示例市样板局\n2022-01-13", "示例市样板局", "2022-01-13"),
        ("示例市样板局\n２０２２年１月１３日\n版权所有", "示例市样板局", "2022-01-13"),
        ("统计截至2022年12月31日", "示例市样板局", ""),
        ("2022年2月30日", "示例市样板局", ""),
        ("", "示例市样板局", ""),
    ],
)
def test_dates(end: str, name: str, date: str, stock: Stock) -> None:
    """The date of a signature, in all its ways; a date in a sentence is none."""
    values, _ = content(f"{TITLE}\n一、总体情况\n{LONG}\n{end}\n", stock)
    assert (values["agency"]["name"], str(values.get("date", ""))) == (name, date)
    last = end.splitlines()[-1] if end and not date else LONG
    assert values["overview"]["text"].endswith(last)


def test_office_and_date_below_the_title(stock: Stock) -> None:
    """They are no preface; the date is taken, both are told."""
    values, remarks = content(
        f"{TITLE}\n示例市样板局\n（2022年1月13日）\n本报告{LONG}\n一、总体情况\n{LONG}\n", stock
    )
    assert str(values["date"]) == "2022-01-13"
    assert values["preface"] == f"本报告{LONG}"
    assert told(remarks, "NB601", "（2022年1月13日）")


def test_the_title_and_year_are_the_reports_own(stock: Stock) -> None:
    """Titles of other years' reports around the text are not its own."""
    values, remarks = content(
        f"首页 > 示例市样板局2019年政府信息公开工作年度报告\n{TITLE}\n一、总体情况\n{LONG}\n"
        "上一篇：示例市样板局2020年政府信息公开工作年度报告\n网站备案号：12345\n",
        stock,
    )
    assert values["year"] == 2021
    assert "title" not in values
    assert values["overview"] == {"text": LONG}
    assert told(remarks, "NB601", "上一篇")


@pytest.mark.parametrize(
    ("text", "file", "year", "guess"),
    [
        (LONG, "2021年年报.txt", 2021, "文件名"),
        ("2021年公开三条。", "2020.txt", 2021, "正文"),
        ("2005年公开三条。", "x-2021-a.txt", 2021, "文件名"),
        (LONG, "120210.txt", None, ""),
    ],
)
def test_year(text: str, file: str, year: int | None, guess: str, stock: Stock) -> None:
    """A title without a year: a usable one of the text, else of the file's name, as a guess."""
    title = "政府信息公开工作年度报告"
    values, remarks = content(f"{title}\n一、总体情况\n{text}\n", stock, file)
    assert values.get("year") == year
    assert told(remarks, "NB602", guess) == bool(guess)
