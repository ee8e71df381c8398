"""Form and date of a report, and sections that must say something."""

import datetime as dt
from typing import Any

import pytest
from conftest import AGENCY, Workshop, of_rules
from test_checks import written_at

from pipeline.checking import check
from pipeline.findings import Finding, Severity
from pipeline.rules import filing, printing, substance


def found(workshop: Workshop, content: dict[str, Any], name: str = "") -> list[Finding]:
    """What is wrong with form, date and substance."""
    agency = {**AGENCY, "name": name} if name else AGENCY
    rules = (*filing.RULES, *substance.RULES)
    return of_rules(workshop.check(content, agency).findings, rules)


@pytest.mark.parametrize(
    ("name", "date", "rule"),
    [
        ("示例市司法局", dt.date(2024, 1, 31), None),
        ("示例市司法局", dt.date(2024, 2, 1), filing.LATE),
        ("示例区示范街道办事处", dt.date(2024, 2, 1), filing.LATE),
        ("示例县示例镇人民政府", dt.date(2024, 2, 1), filing.LATE),
        ("示例市人民政府", dt.date(2024, 2, 1), None),
        ("示例市人民政府", dt.date(2024, 3, 31), None),
        ("示例市人民政府", dt.date(2024, 4, 1), filing.LATE),
        ("示例市司法局", dt.date(2024, 1, 1), None),
        ("示例市司法局", dt.date(2023, 12, 31), filing.EARLY),
    ],
)
def test_the_date(workshop: Workshop, name: str, date: dt.date, rule: object) -> None:
    """After the year's end; by 31 January, of governments by 31 March. At the date's place."""
    content = {"year": 2023, "date": date, **workshop.blank()}
    target = workshop.write(content, {**AGENCY, "name": name})
    made = of_rules(check(target, workshop.stock).findings, filing.RULES)
    assert [f.rule for f in made] == ([rule] if rule else [])
    for finding in made:
        assert finding.severity is Severity.WARNING
        assert written_at(finding, target) == date.isoformat()
        assert f"{date.year}年{date.month}月{date.day}日" in finding.message


def test_a_form_of_other_years(workshop: Workshop) -> None:
    """The table of 2019 under a title of 2023: a warning at `form`, with both forms."""
    from conftest import blank_content  # noqa: PLC0415

    form = next(form for form in workshop.stock.forms if form.name == "2019")
    content = {"year": 2023, "form": "2019", **blank_content(form, 2023)}
    (finding,) = found(workshop, content)
    assert (finding.rule, finding.place.path) == (filing.FORM, "form")
    assert finding.message == ("2023 年应用“2021 年起的格式”，这里用的是“2019、2020 年的格式”。")
    assert found(workshop, {"year": 2023, "form": "2021", **workshop.blank()}) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "没有内容"),
        ("", "没有内容"),
        ("无", "只写了“无”"),
        (" 无。\n", "只写了“无”"),
        ("暂无。", "只写了“暂无”"),
        ("不存在问题。", "只写了“不存在问题”"),
        ("一是无障碍浏览的栏目不够多，下一年补上。", ""),
        ("没有固定的人报送，更新慢；下一年由综合办公室统一报送，按月检查。", ""),
    ],
)
def test_section_five_says_something(workshop: Workshop, text: str | None, told: str) -> None:
    """Empty, or 无: audits take that for an offence. Section six may say 无."""
    content = workshop.blank()
    content["problems"] = {} if text is None else {"text": text}
    content["other_matters"] = {"text": "无"}
    made = found(workshop, content)
    assert [f.rule for f in made] == [substance.EMPTY] * bool(told)
    for finding in made:
        assert finding.message == f"“五、存在的主要问题及改进情况”{told}。"
        assert finding.place.path == "problems.text"


def test_parts_are_substance(workshop: Workshop) -> None:
    """A section may say what it has to in parts of its own."""
    content = workshop.blank()
    content["problems"] = {"parts": [{"heading": "（一）问题", "text": "更新慢，下年按月更新。"}]}
    assert found(workshop, content) == []


@pytest.mark.parametrize(
    ("fees", "text", "told"),
    [
        (0.36, "无。", True),
        (0.36, "", True),
        (0.36, "收取行政事业性收费0.36万元，是垃圾处理费。", False),
        (0.36, "行政事业性收费只有垃圾处理费一项。", False),
        (0.36, "本年度没有收取信息处理费。", True),
        (0.36, "信息处理费0元。没有其他事项。", True),
        (0.36, "全年收取信息处理费2950元。", True),
        (0.36, "没有收取信息处理费。行政事业性收费0.36万元，是垃圾处理费。", False),
        (0.36, "没有其他事项。收取垃圾处理费3600元。", False),
        (0.36, "收取垃圾无害化处理费3600元，未超出标准。", False),
        (0, "无。", False),
        ("/", "无。", False),
    ],
)
def test_fees_are_spoken_of(workshop: Workshop, fees: float | str, text: str, told: bool) -> None:
    """A table with fees and a section six that says nothing of them."""
    content = workshop.blank()
    content["disclosure"]["fees"] = fees
    content["other_matters"] = {"text": text}
    made = found(workshop, content)
    assert [f.rule for f in made] == [substance.UNEXPLAINED] * told
    for finding in made:
        assert "是 0.36万元，“六、其他需要报告的事项”没有说到" in finding.message
        assert finding.place.path == "other_matters.text"
        assert [place.path for place in finding.related] == ["disclosure.fees"]


def test_a_character_of_another_font_is_a_note(workshop: Workshop) -> None:
    """One note for each face that stands in, with its characters and the first one's place."""
    content = {"year": 2023, "preface": "主任王堃、李喆。", **workshop.blank()}
    target = workshop.write(content)
    (note,) = of_rules(check(target, workshop.stock).findings, [printing.STAND_IN])
    assert note.severity is Severity.NOTE
    assert "“堃、喆”" in note.message
    assert written_at(note, target).startswith("堃")
    content["preface"] = "主任王坤、李哲。"
    assert of_rules(workshop.check(content).findings, [printing.STAND_IN]) == []
