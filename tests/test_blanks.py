"""Cells without a number, numbers as text, and numbers that an office cannot have."""

from typing import Any

import pytest
from conftest import AGENCY, Workshop, of_rules
from test_checks import written_at

from pipeline.checking import check
from pipeline.findings import Finding, Severity
from pipeline.rules import blanks, relations


def found(workshop: Workshop, content: dict[str, Any], name: str = "") -> list[Finding]:
    """What is blank in a content."""
    agency = {**AGENCY, "name": name} if name else AGENCY
    return of_rules(workshop.check(content, agency).findings, blanks.RULES)


@pytest.mark.parametrize("value", ["", " ", "/", "-", "—", "无", "12件"])
def test_a_blank_in_table_three_is_an_error(workshop: Workshop, value: str) -> None:
    """A blank, a stroke, a word: told once a row, at the first, with the columns by name."""
    content = workshop.blank()
    content["applications"]["received"] = [0, value, 0, value, 0, 0]
    target = workshop.write(content)
    (finding,) = of_rules(check(target, workshop.stock).findings, blanks.RULES)
    assert (finding.rule, finding.severity) == (blanks.UNFILLED, Severity.ERROR)
    how = f"写着“{value}”" if value.strip() else "空着"
    assert finding.message == (f"“一、本年新收政府信息公开申请数量”商业企业、社会公益组织{how}。")
    assert finding.place.path == "applications.received.1"
    assert written_at(finding, target).startswith(f'"{value}"')
    assert [place.path for place in finding.related] == ["applications.received.3"]


def test_what_does_not_apply_is_declared(workshop: Workshop) -> None:
    """不适用 is an answer; 0 is another."""
    content = workshop.blank()
    content["applications"]["received"] = ["不适用", 0, 0, 0, 0, 0]
    content["reviews"]["reconsideration"] = ["不适用"] * 4
    assert found(workshop, content) == []


def test_a_blank_total_that_is_stated(workshop: Workshop) -> None:
    """A total is computed where it is left out, and a blank where it is given blank."""
    content = workshop.blank()
    assert found(workshop, content) == []
    content["reviews"]["reconsideration"] = [0, 0, 0, 0, ""]
    (finding,) = found(workshop, content)
    assert finding.message == "“行政复议”总计空着。"
    assert finding.place.path == "reviews.reconsideration.4"


def test_blanks_elsewhere_are_warnings(workshop: Workshop) -> None:
    """Table 二 is not among those that audits look at; a single value is told without a column."""
    content = workshop.blank()
    content["disclosure"]["licences"] = ""
    content["disclosure"]["normative_documents"] = [0, "/", 3]
    made, licences = found(workshop, content)
    assert {made.rule, licences.rule} == {blanks.BLANK}
    assert made.severity is Severity.WARNING
    assert made.message == "“行政规范性文件”本年废止件数写着“/”。"
    assert licences.message == "“行政许可”空着。"


def test_a_number_as_text_is_told_as_such(workshop: Workshop) -> None:
    """160.5964万元 in a cell is a text, which nothing is computed from."""
    content = workshop.blank()
    content["disclosure"]["fees"] = "160.5964万元"
    (finding,) = found(workshop, content)
    assert finding.rule is blanks.WORDED
    assert finding.message == "“行政事业性收费”写着“160.5964万元”。"


@pytest.mark.parametrize("value", [-1, 1.5, True, ["x"], "4"])
def test_a_value_that_does_not_fit_is_told_once(workshop: Workshop, value: Any) -> None:
    """What is wrong in its shape is not called blank besides."""
    content = workshop.blank()
    content["applications"]["received"][0] = value
    content["disclosure"]["licences"] = value
    assert found(workshop, content) == []


def test_a_missing_row_is_told_once(workshop: Workshop) -> None:
    """As missing, not as blank."""
    content = workshop.blank()
    del content["applications"]["received"]
    assert found(workshop, content) == []


@pytest.mark.parametrize(
    ("name", "barred"),
    [
        ("桃江县示例镇人民政府", True),
        ("示例市样板区示范街道办事处", True),
        ("示例县人民政府", True),
        ("示例市人民政府", False),
        ("示例市人民政府办公厅", False),
        ("示例省司法厅", False),
    ],
)
def test_who_may_make_rules(workshop: Workshop, name: str, barred: bool) -> None:
    """规章 2件 of a town is told; those of a city are not."""
    content = workshop.blank()
    content["disclosure"]["rules"] = [2, 0, 2]
    made = found(workshop, content, name)
    assert [f.rule for f in made] == [blanks.BARRED] * barred
    for finding in made:
        assert (
            finding.message
            == f"{name}不能制定规章，“规章”一行却有：本年制发件数 2、现行有效件数 2。"
        )
        assert finding.place.path == "disclosure.rules.0"
        assert [place.path for place in finding.related] == ["disclosure.rules.2"]


def test_a_town_without_rules(workshop: Workshop) -> None:
    """0 is what it is to fill in."""
    assert found(workshop, workshop.blank(), "示例县示例镇人民政府") == []


@pytest.mark.parametrize(
    ("row", "told"),
    [([716, -417, 298], True), ([716, -417, 299], False), ([3, 6, 9], False), ([1, 0, 8], False)],
)
def test_numbers_that_nearly_add_up(workshop: Workshop, row: list[int], told: bool) -> None:
    """716 − 417 is 299, not 298: such a row was meant to add up. Others have no need to."""
    from conftest import blank_content  # noqa: PLC0415

    form = next(form for form in workshop.stock.forms if form.name == "2019")
    content = blank_content(form, 2019)
    content["disclosure"]["licences"] = row
    made = of_rules(workshop.check(content).findings, relations.RULES)
    assert [f.rule for f in made] == [relations.NEARLY] * told
    for finding in made:
        assert finding.severity is Severity.WARNING
        assert "现在前者为 298，后者为 299" in finding.message
        assert finding.place.path == "disclosure.licences.2"


def test_a_table_that_is_not_filled_in_is_told_once(workshop: Workshop) -> None:
    """Three rows and more without any number make one finding, with the place of every cell."""
    content = workshop.blank()
    rows = content["applications"]["results"]["refused"]
    for key in ("state_secret", "third_party"):
        rows[key] = [""] * 6
    assert len(found(workshop, content)) == 2
    content["applications"]["received"] = [""] * 6
    content["applications"]["carried_in"] = [0, "", 0, 0, 0, 0]
    together, single = sorted(found(workshop, content), key=lambda f: -len(f.related))
    assert together.message.startswith("“三、收到和处理政府信息公开申请情况”的表有 3 行没有填")
    assert together.place.path == "applications.received.0"
    assert len(together.related) == 17
    assert single.place.path == "applications.carried_in.1"
