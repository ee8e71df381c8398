"""What does not fit a form: each mistake is one finding at its place, and all come in one run."""
# ruff: noqa: E501  # a case a line

import datetime as dt
import importlib
import pkgutil
import resource
import time
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli_w
from conftest import ROOT
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from offices import AGENCY, GOOD, office

from pipeline import checking, registry
from pipeline.checking import Stock
from pipeline.content import misfits
from pipeline.content.misfits import (
    FRACTION,
    LENGTH,
    MISSING,
    NEGATIVE,
    QUOTED,
    RANGE,
    TYPE,
    UNKNOWN,
)
from pipeline.errors import ContentError, FileProblem, UserError
from pipeline.findings import Finding, Rule, Severity
from pipeline.form.tables import BLANK
from pipeline.project import Target
from pipeline.tomlfile import source

CARET = "‸"
"""Stands in a test's text right before the place that a finding must have."""

RECEIVED = "received     = [4, 0, 0, 0, 0, 0]"


@pytest.fixture(scope="module")
def stock(stock: Stock) -> Stock:
    """The forms up to that of the good content: one that comes later changes nothing here."""
    return Stock(tuple(form for form in stock.forms if form.from_year <= 2021), stock.fonts)


def findings(target: Target, stock: Stock) -> tuple[Finding, ...]:
    """Everything found in a target, whether or not a report can be made of it."""
    try:
        return checking.check(target, stock).findings
    except ContentError as error:
        return error.findings


def altered(old: str, new: str) -> str:
    """The good content with one piece replaced."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def carets(text: str) -> tuple[str, list[tuple[int, int]]]:
    """`text` without its carets, and line and column, from 1, of what stands behind each."""
    spots = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        *before, _ = line.split(CARET)
        spots += [(number + 1, len("".join(before[: i + 1])) + 1) for i in range(len(before))]
    return text.replace(CARET, ""), spots


def test_good_content_has_no_findings(tmp_path: Path, stock: Stock) -> None:
    """What all other tests alter is right, and read as it is written."""
    checked = checking.check(office(tmp_path, GOOD), stock)
    assert checked.findings == ()
    assert checked.report.value("applications.received.natural") == 4
    assert checked.report.value("applications.received.total") == 4
    assert checked.report.date == dt.date(2022, 1, 13)


def test_seven_values_state_the_totals(tmp_path: Path, stock: Stock) -> None:
    """A row of seven holds its total; it is printed as stated."""
    text = altered(RECEIVED, "received     = [4, 0, 0, 0, 0, 0, 4]")
    checked = checking.check(office(tmp_path, text), stock)
    assert checked.findings == ()
    assert checked.report.value("applications.received.total") == 4


class Mistake(NamedTuple):
    """What is replaced in the good content, and what then must be found."""

    old: str
    new: str
    rule: Rule
    path: str
    words: str
    hint: str = ""


# fmt: off
MISTAKES = [
    # keys
    Mistake(RECEIVED, f"{RECEIVED}\n‸recieved = 1", UNKNOWN, "applications.recieved", "不认识的键", "你是不是想写 received？"),
    Mistake("licences ", '‸"li cences" = 1\nlicences ', UNKNOWN, 'disclosure."li cences"', "不认识的键", "你是不是想写 licences？"),
    Mistake("[problems]", "[‸problem]\nx = 1\n[problems]", UNKNOWN, "problem", "不认识的键", "problems"),
    Mistake("[other_matters]", "‸colour = 'red'\n[other_matters]", UNKNOWN, "problems.colour", "不认识"),
    # missing
    Mistake("year = 2021\n", "‸", MISSING, "year", "缺少 year（报告年度）"),
    Mistake("[applications]\n" + RECEIVED, "‸[applications]", MISSING, "applications.received", "缺少 applications.received（一、本年新收"),
    Mistake("[disclosure]\n", "[‸disclosure.x]\n", MISSING, "disclosure.fees", "fees（行政事业性收费）"),
    Mistake("[reviews]\nreconsideration = [0, 0, 0, 0]", "‸[reviews]", MISSING, "reviews.reconsideration", "行政复议"),
    # types
    Mistake("year = 2021", "year = ‸'2021'", TYPE, "year", "应是整数（如 2021），现在是文字"),
    Mistake("year = 2021", "year = ‸2021.0", TYPE, "year", "现在是小数"),
    Mistake("year = 2021", "year = ‸true", TYPE, "year", "现在是真假值"),
    Mistake("date = 2022-01-13", "date = ‸'2022-01-13'", TYPE, "date", "应是日期（如 2022-01-13），现在是文字"),
    Mistake("date = 2022-01-13", "date = ‸2022-01-13T08:00:00", TYPE, "date", "现在是日期时间"),
    Mistake("date = 2022-01-13", "sample = ‸'yes'", TYPE, "sample", "应是 true 或 false，现在是文字"),
    Mistake("date = 2022-01-13", "sample = ‸1", TYPE, "sample", "应是 true 或 false，现在是整数"),
    Mistake("date = 2022-01-13", "form = ‸2021", TYPE, "form", "应是文字（写在引号里），现在是整数"),
    Mistake("date = 2022-01-13", "form = ‸+2021", TYPE, "form", "现在是整数"),
    Mistake("date = 2022-01-13", "preface = ‸['a']", TYPE, "preface", "应是文字"),
    Mistake('text = "问题。"', "text = ‸3", TYPE, "problems.text", "应是文字"),
    Mistake('proactive = "主动公开。"', "proactive = ‸2022-01-01", TYPE, "overview.proactive", "现在是日期"),
    Mistake(RECEIVED, "received = ‸4", TYPE, "applications.received", "应是 6 个数的数组，现在是整数"),
    Mistake(RECEIVED, "received = ‸{ natural = 4 }", TYPE, "applications.received", "现在是表"),
    Mistake("licences            = 0", "licences = ‸[0]", TYPE, "disclosure.licences", "现在是数组"),
    Mistake("licences            = 0", "licences = ‸true", TYPE, "disclosure.licences", "现在是真假值"),
    Mistake("licences            = 0", "licences = ‸07:00:00", TYPE, "disclosure.licences", "现在是时间"),
    Mistake(RECEIVED, "received = [4, 0, ‸true, 0, 0, 0]", TYPE, "applications.received.2", "第 3 个数：这里应是数字，现在是真假值"),
    Mistake(RECEIVED, "received = [4, 0, 0, ‸[1], 0, 0]", TYPE, "applications.received.3", "现在是数组"),
    Mistake(RECEIVED, "received = [4, 0, 0, ‸{a = 1}, 0, 0]", TYPE, "applications.received.3", "现在是表"),
    Mistake("fees                = 0", "fees = ‸nan", TYPE, "disclosure.fees", "现在是 NaN"),
    Mistake("fees                = 0", "fees = ‸-inf", TYPE, "disclosure.fees", "现在是 -Infinity"),
    Mistake(RECEIVED, "received = [4, ‸inf, 0, 0, 0, 0]", TYPE, "applications.received.1", "Infinity"),
    # lengths
    Mistake(RECEIVED, "received = ‸[4, 0, 0, 0, 0]", LENGTH, "applications.received", "应有 6 个数（自然人、商业企业、科研机构、社会公益组织、法律服务机构、其他），现在有 5 个"),
    Mistake(RECEIVED, "received = ‸[4, 0, 0, 0, 0, 0, 4, 0]", LENGTH, "applications.received", "现在有 8 个"),
    Mistake(RECEIVED, "received = ‸[]", LENGTH, "applications.received", "现在有 0 个"),
    Mistake("[reviews]\nreconsideration = [0, 0, 0, 0]", "[reviews]\nreconsideration = ‸[0, 0, 0]", LENGTH, "reviews.reconsideration", "应有 4 个数"),
    # numbers
    Mistake(RECEIVED, "received = [4, 0, 0, 0, 0, ‸-1]", NEGATIVE, "applications.received.5", "不能是负数，现在是 -1"),
    Mistake("fees                = 0", "fees = ‸-0.5", NEGATIVE, "disclosure.fees", "不能是负数"),
    Mistake("licences            = 0", "licences = ‸-3", NEGATIVE, "disclosure.licences", "不能是负数"),
    Mistake(RECEIVED, "received = [‸4.0, 0, 0, 0, 0, 0]", FRACTION, "applications.received.0", "件数应是整数，现在是 4.0"),
    Mistake("licences            = 0", "licences = ‸1.5", FRACTION, "disclosure.licences", "件数应是整数"),
    Mistake(RECEIVED, "received = [‸'4', 0, 0, 0, 0, 0]", QUOTED, "applications.received.0", "数字 4 加了引号"),
    Mistake("fees                = 0", "fees = ‸' 1.50 '", QUOTED, "disclosure.fees", "数字 1.50 加了引号"),
    Mistake("licences            = 0", "licences = ‸'-3'", QUOTED, "disclosure.licences", "加了引号"),
    Mistake("fees                = 0", "fees = ‸1e999999999", RANGE, "disclosure.fees", "数字过大"),
    Mistake("fees                = 0", "fees = ‸0e999999999", RANGE, "disclosure.fees", "数字过大"),
    Mistake("fees                = 0", "fees = ‸1e-999999999", RANGE, "disclosure.fees", "小数位数过多"),
    Mistake("fees                = 0", "fees = ‸0.123456789", RANGE, "disclosure.fees", "小数位数过多"),
    Mistake("licences            = 0", "licences = ‸1000000000000", RANGE, "disclosure.licences", "数字过大"),
    Mistake("licences            = 0", f"licences = ‸0x{'f' * 50_000}", RANGE, "disclosure.licences", "数字过大"),
    Mistake("year = 2021", "year = ‸1999", RANGE, "year", "应在 2008 至 2100 之间，现在是 1999"),
    Mistake("year = 2021", "year = ‸2007", RANGE, "year", "应在 2008 至 2100 之间，现在是 2007"),
    Mistake("year = 2021", "year = ‸2101", RANGE, "year", "现在是 2101"),
    Mistake("year = 2021", "year = 2021\nform = ‸'1999'", RANGE, "form", "没有名为“1999”的格式", "现有格式"),
    # parts of one's own
    Mistake('text = "无。"', "‸[[other_matters.parts]]\ntext = 'x'", MISSING, "other_matters.parts.0.heading", "小节标题"),
    Mistake('text = "无。"', "parts = ‸'x'", TYPE, "other_matters.parts", "应是数组，现在是文字"),
    Mistake('text = "无。"', "parts = [‸1]", TYPE, "other_matters.parts.0", "应是表，现在是整数"),
    Mistake('text = "无。"', "[[other_matters.parts]]\nheading = 'a'\n[[other_matters.parts.parts]]\nheading = ‸5", TYPE, "other_matters.parts.0.parts.0.heading", "应是文字"),
    Mistake('text = "无。"', "[[other_matters.parts]]\nheading = 'a'\n[[other_matters.parts.parts]]\nheading = 'b'\n‸headin = 'c'", UNKNOWN, "other_matters.parts.0.parts.0.headin", "不认识", "你是不是想写 heading？"),
    # blank texts
    Mistake("date = 2022-01-13", "title = ‸' '", MISSING, "title", "是空的"),
    Mistake("date = 2022-01-13", "title = ‸''", MISSING, "title", "是空的"),
    Mistake('text = "问题。"', "heading = ‸'　'", MISSING, "problems.heading", "是空的"),
    Mistake("[applications]\n", "[applications]\nheading = ‸' '\n", MISSING, "applications.heading", "是空的"),
    Mistake('text = "无。"', "[[other_matters.parts]]\nheading = ‸' '", MISSING, "other_matters.parts.0.heading", "是空的"),
    Mistake('text = "无。"', "[[other_matters.parts]]\nheading = 'a'\n[[other_matters.parts.parts]]\nheading = ‸' '", MISSING, "other_matters.parts.0.parts.0.heading", "是空的"),
    Mistake("[problems]", "[agency]\nname = ‸'　'\nsignature = 'sealed'\n[problems]", MISSING, "agency.name", "是空的"),
    Mistake("[problems]", "[agency]\nname = 'x'\ntitle_name = ‸'　'\nsignature = 'sealed'\n[problems]", MISSING, "agency.title_name", "是空的"),
    # date
    Mistake("date = 2022-01-13", "date = ‸2020-12-31", RANGE, "date", "成文日期 2020-12-31 早于报告年度 2021 年"),
    # accepted
    Mistake("[problems]", "‸[[accepted]]\ncode = 'NB302'\n[problems]", MISSING, "accepted.0.reason", "理由"),
    Mistake("[problems]", "[[accepted]]\ncode = 'NB302'\nreason = ‸' '\n[problems]", MISSING, "accepted.0.reason", "是空的"),
    Mistake("[problems]", "[[accepted]]\ncode = ‸302\nreason = 'x'\n[problems]", TYPE, "accepted.0.code", "应是文字"),
    # the agency's own table
    Mistake("[problems]", "[agency]\nname = ‸''\nsignature = 'sealed'\n[problems]", MISSING, "agency.name", "是空的"),
    Mistake("[problems]", "[agency]\nname = 'x'\nsignature = ‸'stamped'\n[problems]", RANGE, "agency.signature", "只能是 'sealed' 或 'unsealed'"),
    Mistake("[problems]", "[agency]\nname = 'x'\nsignature = 'sealed'\nseal_diameter = ‸420\n[problems]", RANGE, "agency.seal_diameter", "30 至 50 毫米之间，现在是 420"),
    Mistake("[problems]", "[agency]\nname = 'x'\nsignature = 'sealed'\nseal_diameter = ‸nan\n[problems]", RANGE, "agency.seal_diameter", "30 至 50"),
    Mistake("[problems]", "[agency]\nname = 'x'\nsignature = 'sealed'\nseal_diameter = ‸true\n[problems]", TYPE, "agency.seal_diameter", "应是数字（毫米），现在是真假值"),
]
# fmt: on


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.new)
def test_each_mistake_is_a_finding(tmp_path: Path, stock: Stock, mistake: Mistake) -> None:
    """One mistake: one rule, at the exact line and column, with key path, message and remedy."""
    text, spots = carets(altered(mistake.old, mistake.new))
    matching = [f for f in findings(office(tmp_path, text), stock) if f.place.path == mistake.path]
    assert len(matching) == 1
    (finding,) = matching
    assert finding.rule is mistake.rule
    assert finding.severity is Severity.ERROR
    if spots:
        assert [(finding.place.line, finding.place.column)] == spots
    assert finding.place.file.endswith("office/2021.toml")
    assert mistake.words in finding.message
    assert finding.message.endswith("。")
    assert len(finding.message) < 200
    assert (mistake.hint or finding.rule.remedy) in (finding.hint or finding.rule.remedy)


# fmt: off
WORDS = [
    # a Chinese word in the place of a key: the key that is called so
    ("licences            = 0", "‸行政许可 = 0", "你是不是想写 licences？"),
    ("licences            = 0", '‸"行政许可" = 0', "你是不是想写 licences？"),
    ("licences            = 0", "‸处罚： 0", "你是不是想写 penalties？"),
    ("received     =", "‸新收 =", "你是不是想写 received？"),
    ("state_secret           =", "‸国家秘密 =", "你是不是想写 state_secret？"),
    ("proactive =", "‸主动公开 =", "你是不是想写 proactive？"),
    ("year = 2021", "‸年度 = 2021", "你是不是想写 year？"),
    ("date =", "‸日期 =", "你是不是想写 date？"),
    ("[overview]", "[‸总体情况]", "你是不是想写 overview？"),
    ("[disclosure]", "[‸主动公开]", "你是不是想写 disclosure？"),
    ("[applications.results.refused]", "[applications.results.‸不予公开]", "你是不是想写 refused？"),
    ("licences            = 0", "‸新收 = 0", "你是不是想写 [applications] 中的 received？"),
    ("licences            = 0", "‸啊啊 = 0", "请检查前面的引号是否成对"),
    # a key in another table than its own
    ("[overview]", "[overview]\n‸preface = 'x'", "preface 要写在文件开头，第一个方括号之前。"),
    ("[problems]", "[problems]\n‸licences = 3", "licences 要写在 [disclosure] 下面。"),
    ("[applications.results.refused]", "[applications.‸refused]", "refused 要写在 [applications.results] 下面。"),
    # nothing is near
    ("[other_matters]", "‸zzz = 3\n[other_matters]", "请改正拼写，或删去这一项。"),
]
# fmt: on


@pytest.mark.parametrize(("old", "new", "hint"), WORDS, ids=str)
def test_the_key_that_was_meant(
    tmp_path: Path, stock: Stock, old: str, new: str, hint: str
) -> None:
    """A wrong key, Chinese or misplaced, is answered with the right one, at its place."""
    text, spots = carets(GOOD.replace(old, new, 1))
    found = findings(office(tmp_path, text), stock)
    wrong = [f for f in found if f.rule is UNKNOWN or f.rule.code == "NB103"]
    assert [(f.place.line, f.place.column) for f in wrong] == spots
    assert hint in str(wrong[0].as_json()["hint"])


def test_all_mistakes_in_one_run(tmp_path: Path, stock: Stock) -> None:
    """A file with many mistakes gives all of them, in the order of the file, and the agency's too."""
    text = (
        GOOD.replace("date = 2022-01-13", "date = ‸'2022-01-13'")
        .replace('text = "总体情况。"', "text = ‸5")
        .replace("rules               = [0, 0, 0]", "rules = ‸[0, 0]\n‸ruls = 1")
        .replace("licences            = 0", "licences = ‸-1")
        .replace("penalties           = 0", "penalties = ‸1.5")
        .replace("fees                = 0", "fees = ‸'1.5'")
        .replace("[applications]\n" + RECEIVED, "‸[applications]")
        .replace(
            "carried_in   = [0, 0, 0, 0, 0, 0]", "carried_in   = [‸-1, 0, ‸1.5, 0, ‸'2', ‸inf]"
        )
        .replace('text = "无。"', "parts = [{ heading = ‸1 }]\n‸x = 1")
    )
    text, spots = carets(text)
    found = findings(office(tmp_path, text, AGENCY.replace("42", "99")), stock)
    here = [f for f in found if f.place.file.endswith("2021.toml")]
    assert [(f.place.line, f.place.column) for f in here] == spots
    assert [f.rule for f in here] == [
        TYPE, TYPE, LENGTH, UNKNOWN, NEGATIVE, FRACTION, QUOTED, MISSING,
        NEGATIVE, FRACTION, QUOTED, TYPE, TYPE, UNKNOWN,
    ]  # fmt: skip
    (agency,) = [f for f in found if f.place.file.endswith("agency.toml")]
    assert (agency.rule, agency.place.line, agency.place.path) == (RANGE, 3, "seal_diameter")


def test_a_year_that_no_form_covers(tmp_path: Path, stock: Stock) -> None:
    """It is the one finding, at the year, and tells which forms there are; a name still helps."""
    only = Stock(tuple(form for form in stock.forms if form.name == "2021"), stock.fonts)
    text, spots = carets(altered("year = 2021", "year = ‸2009").replace("rules ", "ruls "))
    (found,) = findings(office(tmp_path, text), only)
    assert (found.rule, found.place.path) == (RANGE, "year")
    assert [(found.place.line, found.place.column)] == spots
    assert "2009 年适用的格式" in found.message
    assert found.hint == "现有格式：2021。"
    named = altered("year = 2021", 'year = 2009\nform = "2021"')
    named = named.replace("date = 2022-01-13", "date = 2010-01-13")
    assert checking.check(office(tmp_path, named, name="report"), only).findings == ()


@pytest.mark.parametrize(("year", "form"), [(2009, "2008"), (2016, "2014"), (2020, "2019")])
def test_a_content_of_another_year_s_form(
    tmp_path: Path, stock: Stock, year: int, form: str
) -> None:
    """Every year from 2008 on has a form, and what the year's form does not have is told as such."""
    found = findings(office(tmp_path, altered("year = 2021", f"year = {year}"), name="x"), stock)
    unknown = {f.place.path for f in found if f.rule is UNKNOWN}
    if form == "2019":
        assert unknown == set()
        assert {"disclosure.licences", "applications.results.otherwise"} <= {
            f.place.path for f in found if f.rule is TYPE
        }
    else:
        assert {"overview", "disclosure", "applications", "reviews", "problems"} <= unknown
        assert "sections" in {f.place.path for f in found if f.rule is MISSING}


def test_a_plus_sign_makes_no_other_number(tmp_path: Path, stock: Stock) -> None:
    """A whole number is one with a plus sign, too: as a year, a diameter, a count."""
    text = altered("year = 2021", "year = +2021").replace(
        "licences            = 0", "licences = +7"
    )
    checked = checking.check(office(tmp_path, text, AGENCY.replace("42", "+42")), stock)
    assert checked.findings == ()
    assert checked.report.year == 2021
    assert checked.report.agency.seal_diameter == 42
    assert "2021年" in checked.document.title
    assert "+" not in checked.document.title


@pytest.mark.parametrize("date", ["2021-01-01", "2031-12-31"])
def test_a_date_from_the_year_on_is_no_error(tmp_path: Path, stock: Stock, date: str) -> None:
    """Only a date before the year is surely wrong; a wrong year says nothing about the date."""
    assert checking.check(office(tmp_path, altered("2022-01-13", date)), stock).errors == []
    text = altered("2022-01-13", "1999-01-01").replace("year = 2021", "year = '2021'")
    assert [f.place.path for f in findings(office(tmp_path, text), stock)] == ["year"]


@pytest.mark.parametrize("year", ["", "year = '2021'", "year = 1.5", "year = 20210"])
def test_a_wrong_year_hides_no_other_mistake(tmp_path: Path, stock: Stock, year: str) -> None:
    """Without a usable year the newest form is assumed, so that the rest is checked all the same."""
    text = altered("year = 2021", year).replace("licences            = 0", "licences = -1")
    found = findings(office(tmp_path, text), stock)
    assert [f.place.path for f in found] == ["year", "disclosure.licences"]


@pytest.mark.parametrize(
    ("agency", "expected"),
    [
        (None, (MISSING, "agency", "没有 [agency] 表，旁边也没有 agency.toml")),
        ("", (MISSING, "name", "缺少 name（机关全称，用于落款）")),
        ("name = '  '\nsignature = 'sealed'", (MISSING, "name", "是空的")),
        ("name = 'x'\nsignature = 'x'", (RANGE, "signature", "'sealed' 或 'unsealed'")),
        ("name = 'x", (source.SYNTAX, "", "引号没有成对")),
    ],
)
def test_a_broken_agency_hides_no_mistake_of_the_content(
    tmp_path: Path, stock: Stock, agency: str | None, expected: tuple[Rule, str, str]
) -> None:
    """The agency's mistakes and the content's come in the same run."""
    rule, path, words = expected
    text = altered("licences            = 0", "licences = -1")
    found = findings(office(tmp_path, text, agency), stock)
    (wrong,) = [f for f in found if f.rule is rule and f.place.path == path]
    assert words in wrong.message
    assert [f.place.path for f in found if f.rule is NEGATIVE] == ["disclosure.licences"]


def test_huge_numbers_cost_nothing(tmp_path: Path, stock: Stock) -> None:
    """1e999999999 is never written out: no time, no memory, in any place that takes a number."""
    huge = "1e999999999"
    text = GOOD.replace("fees                = 0", f"fees = {huge}")
    text = text.replace("licences            = 0", f"licences = {huge}")
    text = text.replace(RECEIVED, f"received = [{huge}, -{huge}, 0e999999999, 1e-999999999, 0, 0]")
    text = text.replace("year = 2021", f"year = {huge}\ntitle = {huge}\nsample = {huge}")
    text = text.replace("2022-01-13", huge)
    target = office(tmp_path, text, AGENCY.replace("42", huge))
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert len(findings(target, stock)) == 11
    assert time.process_time() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB


def test_what_does_not_fit_is_left_blank(tmp_path: Path, stock: Stock) -> None:
    """A wrong cell and a missing row are blank in the report, never 0, and totals over them too."""
    text = altered(RECEIVED, "received = [-4, 0, 0, 0, 0, 0]")
    text = text.replace("carried_in   = [0, 0, 0, 0, 0, 0]\n", "")
    report = checking.check(office(tmp_path, text), stock).report
    assert report.value("applications.received.natural") == BLANK
    assert report.value("applications.received.business") == 0
    assert report.value("applications.received.total") == BLANK
    assert report.value("applications.carried_in.other") == BLANK


@pytest.mark.parametrize("cell", ['""', '"/"', '"不适用"'])
def test_texts_in_cells_are_no_mistakes(tmp_path: Path, stock: Stock, cell: str) -> None:
    """A blank and a text are values of their own."""
    text = altered("licences            = 0", f"licences = {cell}")
    checked = checking.check(office(tmp_path, text), stock)
    assert checked.errors == []
    assert checked.report.value("disclosure.licences") == cell.strip('"')


def test_an_amount_is_exact(tmp_path: Path, stock: Stock) -> None:
    """Fees keep their zeros."""
    checked = checking.check(office(tmp_path, altered("= 0\n\n[appl", "= 12.50\n\n[appl")), stock)
    assert checked.errors == []
    assert str(checked.report.value("disclosure.fees")) == "12.50"


def test_no_layouts(tmp_path: Path, stock: Stock) -> None:
    """Without any form nothing can be read; the message says what to restore."""
    with pytest.raises(FileProblem, match="没有找到任何格式") as caught:
        checking.check(office(tmp_path, GOOD), Stock((), stock.fonts))
    assert "--layouts" in caught.value.hint


# Rules


def test_rules_are_one_registry() -> None:
    """Codes are unique and stable; each rule has a title and a remedy, in Chinese."""
    codes = [rule.code for rule in registry.ALL]
    assert codes == [
        "NB101", "NB102", "NB103", "NB104", "NB105",
        "NB201", "NB202", "NB203", "NB204", "NB205", "NB206", "NB207", "NB208", "NB209", "NB210", "NB211", "NB212", "NB213", "NB214", "NB215", "NB216", "NB217", "NB218", "NB220",
        "NB301", "NB302", "NB303", "NB304", "NB305", "NB306", "NB307", "NB308", "NB309", "NB310", "NB311", "NB312", "NB313", "NB314",
        "NB401", "NB402", "NB403", "NB404", "NB411", "NB412", "NB413", "NB414", "NB415",
        "NB421", "NB422", "NB423", "NB424", "NB425", "NB426", "NB431", "NB432", "NB433", "NB441", "NB442", "NB443", "NB444", "NB501", "NB502", "NB503", "NB504", "NB505", "NB601", "NB602", "NB603", "NB604", "NB605", "NB701", "NB801",
    ]  # fmt: skip
    for rule in registry.ALL:
        assert rule.title
        assert rule.remedy.endswith("。")
        assert registry.named(rule.code.lower()) is rule
    assert registry.named("NB999") is None


def test_every_rule_of_the_package_is_registered() -> None:
    """A rule that a module makes is in the registry: nothing can be found that is not explained."""
    import pipeline  # noqa: PLC0415

    made = set()
    for info in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        module = importlib.import_module(info.name)
        made |= {value for value in vars(module).values() if isinstance(value, Rule)}
    assert made == set(registry.ALL)


def test_schema_errors_cannot_be_accepted() -> None:
    """An office may stand by a figure, never by a file that does not fit the form."""
    assert not any(rule.acceptable for rule in misfits.RULES)


# Anything at all

ODD = st.one_of(
    st.sampled_from(
        ["", "4", "/", "{{ applications.received.total | 中文 }}", "{{ x }}", "**", "\x00", "\u202e",
         "\U000e0041", "𠮷", "\ufffe", "%&\\{", [], {}, [[]], [{}], True, float("nan"), float("-inf"),
         1e300, -1, 10**400, dt.date(2022, 1, 1), dt.time(1, 2), Decimal("1.50"), 0, 7]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=5),
    st.integers(-5, 3000),
)  # fmt: skip


def spots_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a document with each of its keys or numbers."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(pairs):
        yield value, key
        if isinstance(item, dict | list):
            yield from spots_of(item)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_no_mutation_crashes_the_check(tmp_path: Path, stock: Stock, data: st.DataObject) -> None:
    """Values removed, replaced and added anywhere: findings or a user's error, never a crash."""
    document = tomllib.loads(GOOD)
    document["other_matters"]["parts"] = [{"heading": "a", "parts": [{"heading": "b"}]}]
    document["accepted"] = [{"code": "NB302", "path": "x", "reason": "y"}]
    for _ in range(data.draw(st.integers(1, 4))):
        container, key = data.draw(st.sampled_from(list(spots_of(document))))
        match data.draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                container[key] = data.draw(ODD)
            case "remove":
                del container[key]
            case "add" if isinstance(container, dict):
                container[data.draw(st.text("ab 名.", max_size=2))] = data.draw(ODD)
            case _:
                container.append(data.draw(ODD))
        if not list(spots_of(document)):
            break
    _survives(office(tmp_path, tomli_w.dumps(document)), stock)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.integers(0, len(GOOD)),
    st.integers(0, 30),
    st.text(st.sampled_from("\"'[]{}=,.#\n -0aé中\u202e\\"), max_size=6),
)
@example(0, len(GOOD), "")
@example(0, 0, "[[[")
def test_no_slip_of_the_pen_crashes_the_check(
    tmp_path: Path, stock: Stock, start: int, length: int, put: str
) -> None:
    """Characters cut and typed anywhere in the file."""
    _survives(office(tmp_path, GOOD[:start] + put + GOOD[start + length :]), stock)


SHIPPED = sorted((ROOT / "content").glob("*/20*.toml"))


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_no_mutation_of_a_shipped_file_crashes_the_check(
    tmp_path: Path, stock: Stock, data: st.DataObject
) -> None:
    """Bytes, characters and lines of shipped files cut, doubled, swapped and typed over."""
    path = data.draw(st.sampled_from(SHIPPED))
    text = path.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 40)))
        match data.draw(st.sampled_from(["type", "swap", "double", "byte"])):
            case "type":
                text = text[:start] + data.draw(st.text(TYPED, max_size=4)) + text[end:]
            case "double":
                text = text[:end] + text[start:end] + text[end:]
            case "swap":
                lines = text.splitlines(keepends=True)
                one, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
                lines[one], lines[other] = lines[other], lines[one]
                text = "".join(lines)
            case _:
                raw = bytearray(text.encode())
                raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
                text = raw.decode(errors="replace")
        text = text or "\n"
    _survives(office(tmp_path, text, name=path.stem), stock)


TYPED = st.sampled_from("\"'[]{}=,.#\n -0９aé中，。“”＝（：\u3000\u200b\u202e\\\0")


def _survives(target: Target, stock: Stock) -> None:
    text = target.path.read_text(encoding="utf-8")
    try:
        checked = checking.check(target, stock, draft=True)
        found, stopped = checked.findings, False
    except UserError as error:
        found = error.findings
        stopped = not found and not isinstance(error, FileProblem)
    assert not stopped
    for finding in found:
        if finding.place.file.endswith(target.path.name):
            lines = text.split("\n")
            assert 1 <= finding.place.line <= len(lines)
            assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1
        assert finding.message
        assert finding.as_json()["hint"]
