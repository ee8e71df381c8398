"""What is wrong in a report that fits its form, and what an office may stand by."""

from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Workshop, of_rules
from texts import LONG, MOST, dossier, everything, found
from variants import workshop_for

from pipeline.checking import Checked, Stock, check
from pipeline.content import misfits
from pipeline.findings import Finding, Rule, Severity
from pipeline.project import Target
from pipeline.rules import acceptance, filing, printing, references, relations

SHIPPED = sorted((ROOT / "content").glob("*/20*.toml"))


def only(checked: Checked) -> Finding:
    """The one finding of a report."""
    (finding,) = checked.findings
    return finding


def written_at(finding: Finding, target: Target) -> str:
    """The line a finding points to, from its column on."""
    lines = target.path.read_text(encoding="utf-8").split("\n")
    return lines[finding.place.line - 1][finding.place.column - 1 :]


@pytest.fixture
def content(workshop: Workshop) -> dict[str, Any]:
    """Zeros, and four applications that are all granted."""
    made = workshop.blank(2021)
    made["applications"]["received"][0] = 4
    made["applications"]["results"]["granted"][0] = 4
    return made


# Stated totals


def test_a_right_total_is_fine(workshop: Workshop, content: dict[str, Any]) -> None:
    """Totals that agree with their terms are no findings, along rows and along columns."""
    content["applications"]["received"] = [4, 0, 0, 0, 0, 0, 4]
    content["applications"]["results"]["total"] = [4, 0, 0, 0, 0, 0, 4]
    content["reviews"]["reconsideration"] = [1, 2, 3, 4, 10]
    assert workshop.check(content).findings == ()


def test_a_wrong_total_in_a_row(workshop: Workshop, content: dict[str, Any]) -> None:
    """Both numbers are told; the terms are related, each where it stands."""
    content["reviews"]["reconsideration"] = [1, 2, 3, 4, 11]
    target = workshop.write(content)
    finding = only(check(target, workshop.stock))
    assert finding.rule is relations.STATED
    assert finding.severity is Severity.ERROR
    assert finding.place.path == "reviews.reconsideration.4"
    assert written_at(finding, target) == "11,"
    assert finding.message == "“行政复议，总计”写的是 11，各项之和是 10。"
    assert [place.path for place in finding.related] == [
        f"reviews.reconsideration.{number}" for number in range(4)
    ]
    lines = target.path.read_text(encoding="utf-8").split("\n")
    stated = [lines[p.line - 1][p.column - 1 :] for p in finding.related]
    assert stated == ["1,", "2,", "3,", "4,"]


def test_a_wrong_total_in_a_column(workshop: Workshop, content: dict[str, Any]) -> None:
    """A stated row of totals is compared column by column; every wrong one is a finding."""
    content["applications"]["results"]["total"] = [4, 7, 0, 0, 0, 0]
    found = [f for f in workshop.check(content).findings if f.rule is relations.STATED]
    (finding,) = found
    assert finding.place.path == "applications.results.total.1"
    assert "写的是 7，各项之和是 0" in finding.message
    assert len(finding.related) == 21
    assert {place.path.rsplit(".", 1)[1] for place in finding.related} == {"1"}


@pytest.mark.parametrize("blank", ["", "/", "不适用"])
def test_a_total_over_a_blank_is_not_compared(
    workshop: Workshop, content: dict[str, Any], blank: str
) -> None:
    """A blank is not 0: a total over it is neither right nor wrong."""
    content["reviews"]["reconsideration"] = [1, blank, 3, 4, 99]
    checked = workshop.check(content)
    assert of_rules(checked.findings, relations.RULES) == []
    assert checked.report.value("reviews.reconsideration.total") == 99


# Relations


@pytest.mark.parametrize("column", range(6))
def test_the_balance_holds_in_every_column(
    workshop: Workshop, content: dict[str, Any], column: int
) -> None:
    """一 + 二 = 三（七）+ 四, for each applicant and for the total."""
    content["applications"]["carried_in"][column] = 2
    found = workshop.check(content).findings
    assert [f.rule for f in found] == [relations.RELATION] * 2
    single, total = found
    labels = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    left = 6 if column == 0 else 2
    right = 4 if column == 0 else 0
    single, total = sorted(found, key=lambda finding: "“总计”" in finding.message)
    assert single.message == (
        f"“{labels[column]}”列：第一项加第二项之和，等于第三项加第四项之和，"
        f"现在前者为 {left}，后者为 {right}。"
    )
    assert "“总计”列" in total.message
    assert "前者为 6，后者为 4" in total.message
    assert single.place.path == f"applications.received.{column}"
    assert [place.path for place in single.related] == [
        f"applications.carried_in.{column}",
        "applications.results.total",
        f"applications.carried_over.{column}",
    ]


def test_the_balance_with_what_is_carried(workshop: Workshop, content: dict[str, Any]) -> None:
    """All four terms take part."""
    content["applications"]["carried_in"][3] = 5
    content["applications"]["carried_over"][3] = 2
    content["applications"]["results"]["otherwise"]["other"][3] = 3
    assert workshop.check(content).findings == ()


def test_the_balance_is_not_weighed_over_a_blank(
    workshop: Workshop, content: dict[str, Any]
) -> None:
    """Where a term is blank nothing is claimed."""
    content["applications"]["carried_in"] = ["", "/", 0, 0, 0, 0]
    assert of_rules(workshop.check(content).findings, relations.RULES) == []


BALANCES = {
    "title": "两处相等的格式",
    "from_year": 2021,
    "report_title": ["{agency}"],
    "sections": [
        {
            "key": "work",
            "heading": "一、工作",
            "table": {
                "title": "工作",
                "blocks": [
                    {
                        "columns": [
                            {"key": "new", "label": "新收"}, {"key": "old", "label": "结转"},
                        ],
                        "rows": [{"key": "a", "label": "甲"}, {"key": "b", "label": "乙"}],
                    },
                    {"columns": [{"key": "in", "label": "收入"}, {"key": "out", "label": "支出"}]},
                ],
                "relations": [
                    {
                        "key": "down", "text": "甲等于乙", "along": "columns",
                        "left": ["a"], "right": ["b"],
                    },
                    {
                        "key": "across", "text": "新收等于结转", "along": "rows",
                        "left": ["new"], "right": ["old"],
                    },
                    {
                        "key": "even", "text": "收支相等", "along": "rows",
                        "left": ["in"], "right": ["out"],
                    },
                ],
            },
        }
    ],
}  # fmt: skip


def test_relations_in_several_blocks(tmp_path: Path, stock: Stock) -> None:
    """Each in its own block, named by column or row; the row of a row-less block has no name."""
    office = workshop_for(tmp_path, stock, BALANCES)
    content = {"year": 2021, "work": {"a": [1, 2], "b": [1, 3], "in": 4, "out": 5}}
    found = office.check(content).findings
    assert {(f.message, f.place.path, f.related[0].path) for f in found} == {
        ("“结转”列：甲等于乙，现在前者为 2，后者为 3。", "work.a.1", "work.b.1"),
        ("“甲”行：新收等于结转，现在前者为 1，后者为 2。", "work.a.0", "work.a.1"),
        ("“乙”行：新收等于结转，现在前者为 1，后者为 3。", "work.b.0", "work.b.1"),
        ("收支相等，现在前者为 4，后者为 5。", "work.in", "work.out"),
    }
    assert {f.rule for f in found} == {relations.RELATION}
    right = {"year": 2021, "work": {"a": [1, 1], "b": [1, 1], "in": 4, "out": 4}}
    assert office.check(right).findings == ()


# References


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "全年{{ applications.recieved.total }}件",
            (references.UNKNOWN, "applications.recieved"),
        ),
        ("甲{{ applications.received }}", (references.UNKNOWN, "没有这一格")),
        ("{{ reviews.reconsideration.total }}件", (references.EMPTY, "里没有数字")),
        ("{{ disclosure.licences }}", (references.EMPTY, "disclosure.licences 里没有数字")),
        ("共{{ year | 大写 }}", (references.FORMAT, "不认识的引用格式：大写")),
    ],
)
def test_wrong_references(
    workshop: Workshop, content: dict[str, Any], text: str, expected: tuple[Rule, str]
) -> None:
    """Each wrong reference is an error where it stands in the prose."""
    rule, words = expected
    content["reviews"]["reconsideration"][0] = ""
    content["disclosure"]["licences"] = "/"
    content["problems"]["text"] = f"第一段。\n\n{text}。"
    target = workshop.write(content)
    (finding,) = of_rules(check(target, workshop.stock).findings, references.RULES)
    assert finding.rule is rule
    assert words in finding.message
    assert finding.place.path == "problems.text"
    assert written_at(finding, target).startswith(text[text.index("{{") :])


def test_good_references(workshop: Workshop, content: dict[str, Any]) -> None:
    """Cells, totals, the year, and Chinese numerals; an escaped one means itself."""
    content["problems"]["text"] = (
        "{{year}}年收到{{ applications.received.total|中文 }}件，"
        "{{ applications.received.natural }}件来自自然人，\\{{ nothing }} \\{{ 不是引用 }}。"
    )
    checked = workshop.check(content)
    assert checked.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "新收‸｛｛ applications.received.total ｝｝件。",
        "新收‸{applications.received.total}件。",
        "新收‸｛ applications.received.total ｝件。",
        "新收‸{{ 新收申请总计 }}件。",
        "新收‸{{ applications。received。total }}件。",
        "新收‸{{ applications.received.total ｜ 中文 }}件。",
        "新收‸{{ applications.received.total 件。",
        "新收applications.received.total‸}}件。".replace("新收a", "新收‸a"),
        "新收‸applications.received.total件。",
        "新收\\{{ applications.received.total }}、‸{{件}}。",
        "网址 applications.received.example.cn/a、a@reviews.cn、http://reviews.total、{甲}、a.b。"
        "\\{{ 甲 }}。".replace("applications.received.example.cn/a", "www.example.cn"),
    ],
)
def test_slips_in_references(workshop: Workshop, text: str) -> None:
    """What looks like a reference and will be printed as it stands is found where it stands."""
    for finding in found(workshop, "NB504", text):
        assert finding.message.endswith("会原样印出，不会换成数字。")


@pytest.mark.parametrize(
    "text",
    [
        "‸**总的情况。新收3件。",
        "**总的情况。**新收‸**3件。",
        "‸＊＊总的情况。＊＊新收3件。",
        "新收‸＊＊3件。",
        "**总的情况。**新收\\**3件，电话138****1234，＊＊＊。",
    ],
)
def test_asterisks_that_are_printed(workshop: Workshop, text: str) -> None:
    """Those without a partner and full-width ones are found, escaped ones and rows of them not."""
    for finding in found(workshop, "NB505", text):
        assert finding.message.endswith("星号会原样印出。")


def test_marks_in_a_title(workshop: Workshop) -> None:
    """A title knows neither references nor bold letters."""
    found(workshop, "NB504", "改正。", title="示范街道‸{{ year }}2023年度报告")
    found(workshop, "NB505", "改正。", title="‸**示范街道2023年度报告")


def test_the_nearest_path(workshop: Workshop) -> None:
    """A path that leads nowhere is answered with the one that was meant; nonsense with none."""
    (near, far) = found(
        workshop, "NB501", "‸{{ applications.recieved.total }}，‸{{ zzzzzzzz.qqqqqqqqq }}。"
    )
    assert near.hint == "你是不是想写 {{ applications.received.total }}？"
    assert far.hint == ""


def test_marks_without_end(workshop: Workshop) -> None:
    """However many marks a text holds, they are read to the end."""
    for piece in ("{{ a.b }}", "{{ ", "{a.", "a.", "＊＊", "**", "**甲", "}}", "\\{{"):
        looked_at = dossier(workshop, (piece * LONG)[: LONG // 4])
        assert len(everything(looked_at, [references.references])) <= MOST


# Acceptances


def accepted(
    path: str = "", code: str = "NB302", reason: str = "按上级口径填报。"
) -> dict[str, str]:
    """An acceptance."""
    return {"code": code, "path": path, "reason": reason}


def test_an_accepted_error_is_a_note_and_builds(
    workshop: Workshop, content: dict[str, Any]
) -> None:
    """It is listed with its reason, and no longer stops the build."""
    content["reviews"]["reconsideration"] = [1, 2, 3, 4, 11]
    content["accepted"] = [accepted("reviews.reconsideration.4", "NB301")]
    checked = workshop.check(content)
    finding = only(checked)
    assert finding.severity is Severity.NOTE
    assert finding.accepted == "按上级口径填报。"
    assert checked.errors == []
    assert workshop.build(content).is_file()


def test_an_acceptance_names_one_place(workshop: Workshop, content: dict[str, Any]) -> None:
    """With a path it covers that place only; without one, every place of the code."""
    content["applications"]["carried_in"] = [1, 1, 0, 0, 0, 0]
    content["accepted"] = [accepted("applications.received.1")]
    found = {f.place.path: f.severity for f in workshop.check(content).findings}
    assert found["applications.received.1"] is Severity.NOTE
    assert found["applications.received.0"] is Severity.ERROR
    content["accepted"] = [accepted()]
    assert {f.severity for f in workshop.check(content).findings} == {Severity.NOTE}


@pytest.mark.parametrize(
    ("path", "met"), [("applications", True), ("app", False), ("reviews", False)]
)
def test_an_acceptance_names_a_table(
    workshop: Workshop, content: dict[str, Any], path: str, met: bool
) -> None:
    """The path of a table covers what stands below it, and nothing whose name begins alike."""
    content["applications"]["carried_in"] = [1, 0, 0, 0, 0, 0]
    content["accepted"] = [accepted(path)]
    assert (workshop.check(content).errors == []) is met


def test_an_acceptance_without_a_finding_is_a_warning(
    workshop: Workshop, content: dict[str, Any]
) -> None:
    """It points at the entry, which may be deleted."""
    content["accepted"] = [accepted("reviews.reconsideration.4", "NB301"), accepted(code="NB999")]
    found = workshop.check(content).findings
    assert [f.rule for f in found] == [acceptance.UNUSED] * 2
    assert [f.place.path for f in found] == ["accepted.0", "accepted.1"]
    assert {f.severity for f in found} == {Severity.WARNING}


def test_what_is_not_acceptable_stays_an_error(workshop: Workshop, content: dict[str, Any]) -> None:
    """A value that does not fit the form, and a wrong reference, cannot be accepted."""
    content["disclosure"]["licences"] = -1
    content["problems"]["text"] = "{{ x }}"
    content["accepted"] = [accepted(code="NB205"), accepted(code="NB501")]
    found = workshop.check(content).findings
    errors = [f.rule for f in found if f.severity is Severity.ERROR]
    assert errors == [misfits.NEGATIVE, references.UNKNOWN]
    assert [f.rule for f in found if f.severity is Severity.WARNING] == [acceptance.UNUSED] * 2


@pytest.mark.parametrize(("code", "path"), [("NB205", "disclosure.licences"), ("nb205", "")])
def test_accepting_what_can_only_be_corrected(
    workshop: Workshop, content: dict[str, Any], code: str, path: str
) -> None:
    """The warning says so, and does not deny a finding that is listed beside it."""
    content["disclosure"]["licences"] = -1
    content["accepted"] = [accepted(path, code)]
    (warning,) = [f for f in workshop.check(content).findings if f.rule is acceptance.UNUSED]
    assert warning.message == f"这个问题不能确认，只能改正：{f'{code} {path}'.strip()}。"
    assert warning.hint == "请改正这个问题，并删去这一条。"
    assert warning.place.path == "accepted.0"


def test_a_code_is_accepted_in_either_case(workshop: Workshop, content: dict[str, Any]) -> None:
    """nb302 is NB302."""
    content["applications"]["carried_in"][0] = 1
    content["accepted"] = [accepted(code="nb302")]
    assert {f.severity for f in workshop.check(content).findings} == {Severity.NOTE}


# The file's name


@pytest.mark.parametrize(("name", "wrong"), [("2021", False), ("2022", True), ("draft", False)])
def test_the_year_is_that_of_the_file(
    workshop: Workshop, content: dict[str, Any], tmp_path: Path, name: str, wrong: bool
) -> None:
    """A file named by another year is last year's file, forgotten; another name says nothing."""
    target = workshop.write(content)
    path = tmp_path / f"{name}.toml"
    path.write_bytes(target.path.read_bytes())
    (tmp_path / "agency.toml").write_bytes((target.path.parent / "agency.toml").read_bytes())
    found = check(Target("a", name, path), workshop.stock).findings
    assert [f.rule for f in found] == [filing.YEAR] * wrong
    if wrong:
        assert found[0].message == "文件名是 2022，year 是 2021。"
        assert found[0].place.path == "year"
        assert (found[0].place.line, found[0].place.column) == (1, 8)


def test_findings_come_in_the_order_of_the_file(
    workshop: Workshop, content: dict[str, Any], stock: Stock
) -> None:
    """Whatever finds them."""
    content["disclosure"]["licences"] = -1
    content["applications"]["carried_in"][2] = 1
    content["problems"]["text"] = "{{ x }}"
    found = check(workshop.write(content), stock).findings
    assert list(found) == sorted(found, key=lambda finding: finding.place)
    assert len({f.rule for f in found}) == 3


# Numbers


def test_a_number_too_wide_for_its_column(workshop: Workshop, content: dict[str, Any]) -> None:
    """What no size can set is found before typesetting, at the widest number."""
    content["reviews"]["reconsideration"] = [12345678901] * 4
    for kind in content["reviews"]["litigation"]:
        content["reviews"]["litigation"][kind] = [12345678901] * 4
    target = workshop.write(content)
    finding = next(f for f in check(target, workshop.stock).findings if f.rule is printing.TOO_WIDE)
    assert "12345678901" in written_at(finding, target)
    assert "政府信息公开行政复议、行政诉讼情况" in finding.message


# What is shipped


@pytest.mark.parametrize("path", SHIPPED, ids=[f"{p.parent.name}/{p.stem}" for p in SHIPPED])
def test_shipped_reports_have_no_errors_and_no_warnings(path: Path, stock: Stock) -> None:
    """They are examples to copy from: what is found in them is a note, or is accepted."""
    found = check(Target(path.parent.name, path.stem, path), stock).findings
    assert [f.message for f in found if f.severity is not Severity.NOTE] == []
