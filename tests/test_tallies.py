"""Numbers in prose against each other: lists that do not add up (NB312), two tellings (NB313)."""

from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SHARED, Workshop, of_rules
from hypothesis import given
from hypothesis import strategies as st
from saying import CASES, dossier

from pipeline.checking import Stock, check
from pipeline.findings import Finding
from pipeline.rules import tallies
from pipeline.transcription import importing

REPORTS = sorted((SHARED / "reports").glob("*.txt"))


def found(workshop: Workshop, **parts: str) -> list[Finding]:
    """What a blank report with prose has of these rules; cells do not matter here."""
    content = workshop.blank()
    content["overview"] |= parts
    return of_rules(workshop.check(content).findings, tallies.RULES)


# Lists, and what is said of those that do not add up.
LISTS = [
    ("全年公布信息共30条，会议12条，财政8条，民生10条。", None),
    ("全年公布信息共30条，会议12条，财政8条，民生9条。", "12＋8＋9＝29"),
    ("公开信息86条，包括机构职能5条、财政3条、动态78条。", None),
    ("公开信息86条，包括机构职能5条、财政3条、动态77条。", "5＋3＋77＝85"),
    ("举办活动12场（一季度3场、二季度4场、三季度5场）。", None),
    ("举办活动12场（一季度3场、二季度4场、三季度6场）。", "3＋4＋6＝13"),
    # 其中: some of them may be left out, but they are not more than all
    ("发布信息100条，其中政策类30条，动态类40条。", None),
    ("发布信息100条，其中政策类70条，动态类40条。", "70＋40＝110"),
    ("发布信息50条，分别为图解20条、视频20条、文字10条。", None),
    ("发布信息50条，分别为图解20条、视频20条、文字20条。", "20＋20＋20＝60"),
    # a list that has subtotals, another measure, or what comes besides
    ("发布信息20条，其中政策12条、动态8条，回应留言9条。", None),
    ("发布信息约50条，包括政策10条、动态20条。", None),
    ("发布信息50条，另发布视频20条，比上年增加12条。", None),
    ("全年共培训3次，参训120人，发放资料500份。", None),
]


@pytest.mark.parametrize(("text", "sums"), LISTS)
def test_lists(text: str, sums: str | None, workshop: Workshop) -> None:
    """A list is reported when its items are not its total, with the sum that they make."""
    reported = found(workshop, proactive=text)
    assert [finding.rule for finding in reported] == ([tallies.UNEVEN] if sums else [])
    for finding in reported:
        assert sums is not None
        assert sums in finding.message


def test_where_a_list_is_wrong(workshop: Workshop) -> None:
    """The finding stands at the total, the related places at the items."""
    content = workshop.blank()
    content["overview"]["proactive"] = "公布信息共30条，会议12条，\n财政8条，民生9条。"
    target = workshop.write(content)
    (finding,) = of_rules(check(target, workshop.stock).findings, tallies.RULES)
    lines = target.path.read_text(encoding="utf-8").split("\n")

    def written(place: Any) -> str:
        return lines[place.line - 1][place.column - 1 :]

    assert written(finding.place).startswith("30条")
    assert [written(place)[:2].strip("条") for place in finding.related] == ["12", "8", "9"]


# ---- told twice

TWICE = [
    ("全年公开信息20条。", "全年公开政府信息16条。", True),
    ("全年公开信息20条。", "全年公开政府信息20条。", False),
    ("通过区政府门户网站公开信息20条。", "在区政府门户网站公开信息16条。", True),
    ("通过区政府门户网站公开信息20条。", "通过微信公众号发布信息16条。", False),
    ("全年公开信息20条。", "通过公告栏公开信息16条。", False),
    ("全年公开信息20条。", "上年公开信息16条。", False),
    ("全年公开信息20条。", "其中公开重点领域信息6条。", False),
    ("全年公开信息20条。", "全年公开信息5件。", False),
]


@pytest.mark.parametrize(("one", "other", "told"), TWICE)
def test_told_twice(one: str, other: str, *, told: bool, workshop: Workshop) -> None:
    """Two numbers of the same thing are reported; other channels, times and measures are not."""
    reported = found(workshop, proactive=one, platform=other)
    assert [finding.rule for finding in reported] == ([tallies.TWICE] if told else [])


def test_where_it_is_told_twice(workshop: Workshop) -> None:
    """The finding stands at the second telling, the first one is related."""
    (finding,) = found(workshop, proactive="全年公开信息20条。", platform="全年公开信息16条。")
    assert finding.place.path == "overview.platform"
    assert [place.path for place in finding.related] == ["overview.proactive"]
    assert finding.message.endswith("20 与 16 不一致。")


# ---- no false alarms


@pytest.mark.parametrize("case", [pytest.param(c, id=str(n)) for n, c in enumerate(CASES)][::6])
def test_the_corpus_adds_up(case: dict[str, Any], workshop: Workshop) -> None:
    """Sentences whose numbers agree are not reported (each sixth of the corpus)."""
    assert found(workshop, on_request=case["text"]) == []


def test_the_corpus_as_one_report(workshop: Workshop) -> None:
    """All its sentences below each other give no list that does not add up."""
    whole = "\n\n".join(case["text"] for case in CASES)
    uneven = [each for each in found(workshop, on_request=whole) if each.rule is tallies.UNEVEN]
    assert [finding.message for finding in uneven] == []


@pytest.mark.parametrize("path", sorted((ROOT / "content").glob("*/2*.toml")), ids=str)
def test_our_own_reports(path: Path, stock: Stock) -> None:
    """The reports in content/ give none."""
    assert [finding.message for finding in tallies.tallies(dossier(path, stock))] == []


@pytest.mark.skipif(not REPORTS, reason="needs ../shared/reports, not part of the project")
def test_the_shared_reports(stock: Stock, tmp_path: Path) -> None:
    """The two recorded cases, 52 and 20 against 16, and nothing in the others."""
    reported = []
    for file in REPORTS:
        copy = tmp_path / file.name
        copy.write_bytes(file.read_bytes())
        written = copy.with_suffix(".toml")
        written.write_text(importing.read_report(copy, stock.forms).text, encoding="utf-8")
        reported += [
            (file.name[:5], finding.rule.code, finding.message[-12:])
            for finding in tallies.tallies(dossier(written, stock))
        ]
    assert reported == [
        ("21-13", "NB312", " 20＋4＋24＝48。"),
        ("21-27", "NB313", "20 与 16 不一致。"),
    ]


PIECES = (
    *(
        "公开信息",
        "共",
        "其中",
        "包括",
        "：",
        "（",
        "）",
        "、",
        "，",
        "；",
        "。",
        "3条",
        "20条",
        "四条",
        "5件",
    ),
    *("通过区政府网站", "发布", "另", "约", "分别为", "12.5万条", "等", "上年"),
)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_any_text(workshop: Workshop, text: str) -> None:
    """Whatever stands in the text, the rules come to an end and point into it."""
    content = workshop.blank()
    content["overview"]["proactive"] = text
    looked_at = dossier(workshop.write(content).path, workshop.stock)
    for finding in tallies.tallies(looked_at):
        assert finding.place.path == "overview.proactive"
