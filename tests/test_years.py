"""A report against the one of the year before: what is carried, jumps, the office's name."""

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from conftest import AGENCY, Workshop, but_blanks, of_rules
from test_checks import written_at

from pipeline.checking import Stock, check
from pipeline.findings import Finding, Severity
from pipeline.project import Target
from pipeline.rules import filing, years


class Years:
    """One office with two years."""

    def __init__(self, folder: Path, workshop: Workshop) -> None:
        self.folder, self.stock = folder, workshop.stock
        self.before, self.now = workshop.blank(2022), workshop.blank(2023)
        (folder / "agency.toml").write_text(tomli_w.dumps(AGENCY), encoding="utf-8")

    @property
    def target(self) -> Target:
        """The second year, as it is now."""
        for content in (self.before, self.now):
            path = self.folder / f"{content['year']}.toml"
            path.write_text(tomli_w.dumps(content), encoding="utf-8")
        return Target(self.folder.name, "2023", self.folder / "2023.toml")

    def found(self) -> list[Finding]:
        """What the years together show."""
        return of_rules(check(self.target, self.stock).findings, years.RULES)


@pytest.fixture
def two(tmp_path: Path, workshop: Workshop) -> Years:
    """Two years of zeros."""
    return Years(tmp_path, workshop)


def test_what_is_carried_over_is_carried_in(two: Years) -> None:
    """二 is last year's 四, in every column: both numbers are told, with both places."""
    two.before["applications"]["carried_over"] = [3, 0, 0, 0, 0, 0]
    two.before["applications"]["received"] = [3, 0, 0, 0, 0, 0]
    two.now["applications"]["carried_in"] = [3, 0, 0, 0, 0, 0]
    two.now["applications"]["results"]["granted"] = [3, 0, 0, 0, 0, 0]
    assert two.found() == []
    two.now["applications"]["carried_in"] = [2, 0, 0, 0, 0, 0]
    total, single = two.found()
    assert (single.rule, single.severity) == (years.BROKEN, Severity.ERROR)
    assert single.message == (
        "“自然人”列：上年结转数量，等于上年年报的结转下年度数量，现在前者为 2，后者为 3。"
    )
    assert single.place.path == "applications.carried_in.0"
    assert written_at(single, two.target).startswith("2")
    (before,) = single.related
    assert before.path == "applications.carried_over.0"
    assert before.file == str(two.folder / "2022.toml")
    lines = (two.folder / "2022.toml").read_text(encoding="utf-8").split("\n")
    assert lines[before.line - 1][before.column - 1 :].startswith("3")
    assert "“总计”列" in total.message


@pytest.mark.parametrize(("in_force", "right"), [(420, True), (421, False), (419, False)])
def test_what_is_in_force_follows_from_last_year(two: Years, in_force: int, right: bool) -> None:
    """现行有效 is last year's, and what was made, less what was repealed (宿迁: 597 + 50 − 227)."""
    two.before["disclosure"]["normative_documents"] = [60, 200, 597]
    two.now["disclosure"]["normative_documents"] = [50, 227, in_force]
    found = two.found()
    assert (found == []) is right
    for finding in found:
        assert finding.rule is years.BROKEN
        assert finding.place.path == "disclosure.normative_documents.2"
        assert f"现在前者为 {in_force}，后者为 420" in finding.message
        assert [place.path for place in finding.related] == [
            "disclosure.normative_documents.0",
            "disclosure.normative_documents.1",
            "disclosure.normative_documents.2",
        ]


@pytest.mark.parametrize("value", ["", "/", "不适用"])
def test_nothing_follows_from_a_blank(two: Years, value: str) -> None:
    """Neither a blank of this year's nor one of last year's is compared."""
    two.before["applications"]["carried_over"][0] = value
    two.before["disclosure"]["normative_documents"][2] = value
    two.now["applications"]["carried_in"][0] = 5
    two.now["disclosure"]["normative_documents"][2] = 5
    assert two.found() == []
    two.before["applications"]["carried_over"][0] = 5
    two.now["applications"]["carried_in"][0] = value
    assert two.found() == []


@pytest.mark.parametrize(
    ("before", "now", "jump"),
    [(2, 10, False), (2, 11, True), (10, 2, False), (11, 2, True), (0, 99, False), (7, 0, False)],
)
def test_a_jump_is_a_warning(two: Years, before: int, now: int, jump: bool) -> None:
    """More than five times, up or down; from nothing or to nothing is no jump."""
    two.before["disclosure"]["licences"], two.now["disclosure"]["licences"] = before, now
    found = two.found()
    assert [f.rule for f in found] == [years.JUMP] * jump
    for finding in found:
        assert finding.severity is Severity.WARNING
        assert finding.message == f"“行政许可，本年处理决定数量”本年是 {now}，上年是 {before}。"
        assert written_at(finding, two.target) == str(now)
        assert [place.path for place in finding.related] == ["disclosure.licences"]


def test_a_jump_is_told_once_a_row(two: Years) -> None:
    """In a row with a total, of the total only."""
    two.before["applications"]["received"] = [1, 1, 1, 1, 1, 1]
    two.now["applications"]["received"] = [9, 9, 9, 9, 9, 9]
    (jump,) = [f for f in two.found() if f.rule is years.JUMP]
    assert "本年是 54，上年是 6" in jump.message


def test_the_years_of_two_forms(tmp_path: Path, workshop: Workshop, stock: Stock) -> None:
    """What the form of 2019 and that of 2021 share is compared; what they do not, is not."""
    two = Years(tmp_path, workshop)
    del two.before, two.now
    form = next(form for form in stock.forms if form.name == "2019")
    from conftest import blank_content  # noqa: PLC0415

    two.before, two.now = blank_content(form, 2020), workshop.blank(2021)
    two.before["applications"]["carried_over"] = [1, 0, 0, 0, 0, 0]
    two.before["disclosure"]["normative_documents"] = [3, 3, 9]
    two.now["disclosure"]["normative_documents"] = [1, 0, 1]
    two.target  # noqa: B018  # writes the files
    found = check(Target("x", "2021", tmp_path / "2021.toml"), stock).findings
    assert {f.place.path for f in of_rules(found, years.RULES)} == {"applications.carried_in.0"} | {
        "applications.carried_in"
    }


def test_another_name_than_last_year(two: Years) -> None:
    """An office that is called otherwise than last year: a warning at the name."""
    two.before["agency"] = {**AGENCY, "name": "示例市样板区旧街道办事处"}
    (finding,) = two.found()
    assert finding.rule is years.RENAMED
    assert finding.place.file.endswith("agency.toml")
    assert (finding.place.line, finding.place.path) == (1, "name")
    assert "“示例市样板区示范街道办事处”，上年写的是“示例市样板区旧街道办事处”" in finding.message
    assert finding.related[0].path == "agency.name"


def test_without_last_year_s_file_nothing_is_compared(two: Years) -> None:
    """And a file of two years before is no last year."""
    two.now["applications"]["carried_in"] = [7, 0, 0, 0, 0, 0]
    two.before["year"] = 2021
    assert two.found() == []


def test_last_year_s_file_that_cannot_be_read(two: Years) -> None:
    """It is a note: the years were not compared; the report itself is checked."""
    target = two.target
    (two.folder / "2022.toml").write_text("year = “2022”", encoding="utf-8")
    (finding,) = but_blanks(check(target, two.stock).findings)
    assert (finding.rule, finding.severity) == (filing.UNREAD, Severity.NOTE)
    assert "2022.toml" in finding.message
    assert finding.place.path == "year"


def test_an_error_between_years_can_be_accepted(two: Years) -> None:
    """Last year's report may have been published with a mistake."""
    two.now["applications"]["carried_in"] = [1, 0, 0, 0, 0, 0]
    two.now["applications"]["results"]["granted"] = [1, 0, 0, 0, 0, 0]
    reason: dict[str, Any] = {"code": "NB304", "reason": "上年年报漏列一件，已更正。"}
    two.now["accepted"] = [reason]
    assert {f.severity for f in two.found()} == {Severity.NOTE}
