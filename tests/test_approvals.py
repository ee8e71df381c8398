"""Who wrote, reviewed and approved a report: what a file may say of it, and what is wrong."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from conftest import AGENCY, ROOT, Workshop, blank_content, of_rules
from hypothesis import given
from hypothesis import strategies as st
from test_checks import written_at

from pipeline.checking import Checked, check
from pipeline.cli import run
from pipeline.content import approvals, contentfile, misfits
from pipeline.content.approvals import Approval, Role
from pipeline.findings import Severity
from pipeline.form import forms
from pipeline.rules import approvals as rules

JANUARY = {day: dt.date(2024, 1, day) for day in range(1, 32)}
GOOD = [
    {"role": "drafted", "name": "甲", "date": JANUARY[8]},
    {"role": "reviewed", "name": "乙", "date": JANUARY[10]},
    {"role": "approved", "name": "丙", "date": JANUARY[12]},
]


def altered(index: int, **values: Any) -> list[dict[str, Any]]:
    """Good approvals, one of them with other values."""
    made: list[dict[str, Any]] = [dict(entry) for entry in GOOD]
    made[index] |= values
    return made


def checked(workshop: Workshop, entries: list[Any], date: dt.date | None = JANUARY[15]) -> Checked:
    """A report of 2023 with these approvals."""
    dated = {"date": date} if date else {}
    content = {"year": 2023, **dated, **workshop.blank(), "approvals": entries}
    return check(workshop.write(content), workshop.stock)


def test_good_approvals(workshop: Workshop) -> None:
    """No finding; the report has them in the order of the file."""
    made = checked(workshop, GOOD)
    assert made.findings == ()
    assert made.report.approvals == tuple(
        Approval(Role(str(entry["role"])), str(entry["name"]), entry["date"], ("approvals", at))  # type: ignore[arg-type]
        for at, entry in enumerate(GOOD)
    )
    assert approvals.missing(made.report.approvals) == []


@pytest.mark.parametrize("entries", [[], GOOD[:1], GOOD[1:], [GOOD[2], GOOD[0]]])
def test_what_is_missing_is_no_finding(workshop: Workshop, entries: list[Any]) -> None:
    """Nobody has approved yet: `check` says nothing, and knows which steps are left, in order."""
    made = checked(workshop, entries)
    assert made.findings == ()
    taken = {entry["role"] for entry in entries}
    assert approvals.missing(made.report.approvals) == [role for role in Role if role not in taken]


@pytest.mark.parametrize(
    ("entries", "rule", "spot", "words"),
    [
        ([*GOOD, {**GOOD[0], "name": "丁"}], rules.TWICE, '"drafted"', "“拟稿”（drafted）"),
        (altered(1, date=JANUARY[7]), rules.ORDER, "2024-01-07", "审核日期 2024-01-07 早于拟稿"),
        (altered(2, date=JANUARY[9]), rules.ORDER, "2024-01-09", "签发日期 2024-01-09 早于审核"),
        ([GOOD[2], altered(0, date=JANUARY[13])[0]], rules.ORDER, "2024-01-12", "早于拟稿日期"),
        (altered(2, date=JANUARY[16]), rules.LATE, "2024-01-16", "签发日期 2024-01-16 晚于成文"),
        (altered(0, date=dt.date(2023, 12, 31)), rules.EARLY, "2023-12-31", "2023 年还没有结束"),
        (altered(1, name="甲"), rules.SAME, '"甲"', "拟稿和审核是同一个人"),
        (altered(2, name=" 甲\u3000"), rules.SAME, '" 甲\u3000"', "拟稿和签发是同一个人"),
    ],
)  # fmt: skip
def test_what_is_wrong(
    workshop: Workshop, entries: list[Any], rule: object, spot: str, words: str
) -> None:
    """Each slip is one finding, at the value itself."""
    content = {"year": 2023, "date": JANUARY[15], **workshop.blank(), "approvals": entries}
    target = workshop.write(content)
    (finding,) = check(target, workshop.stock).findings
    assert finding.rule is rule
    assert words in finding.message
    assert written_at(finding, target).startswith(spot)


@pytest.mark.parametrize(
    "entries",
    [
        altered(1, date=JANUARY[8]),
        altered(2, date=JANUARY[15]),
        altered(0, date=dt.date(2024, 1, 1)),
        altered(1, name="甲乙"),
        GOOD[::-1],
    ],
)
def test_what_is_not_wrong(workshop: Workshop, entries: list[Any]) -> None:
    """The same day twice, the day of the document, the first of the year, any order."""
    assert checked(workshop, entries).findings == ()


def test_without_a_date_nothing_is_late(workshop: Workshop) -> None:
    """The date of the document may come with the stamp."""
    assert checked(workshop, altered(2, date=dt.date(2024, 6, 1)), None).findings == ()


def test_which_may_be_accepted(workshop: Workshop) -> None:
    """A step that is there twice can only be corrected; the rest an office may stand by."""
    assert [rule.acceptable for rule in rules.RULES] == [False, True, True, True, True]
    content = {"year": 2023, "date": JANUARY[15], **workshop.blank()}
    content["approvals"] = altered(2, date=JANUARY[16])
    content["accepted"] = [{"code": "NB216", "path": "approvals.2", "reason": "补签"}]
    (finding,) = workshop.check(content).findings
    assert finding.severity is Severity.NOTE


@pytest.mark.parametrize(
    ("entry", "rule", "words"),
    [
        ({**GOOD[0], "role": "拟稿"}, misfits.RANGE, "（拟稿）、reviewed（审核）、"),
        ({**GOOD[0], "role": "DRAFTED"}, misfits.RANGE, "现在是 DRAFTED"),
        ({**GOOD[0], "role": 1}, misfits.TYPE, "现在是整数"),
        ({**GOOD[0], "name": " "}, misfits.MISSING, "name（姓名）是空的"),
        ({**GOOD[0], "date": "2024-01-08"}, misfits.TYPE, "应是日期"),
        ({**GOOD[0], "date": dt.datetime(2024, 1, 8)}, misfits.TYPE, "应是日期"),  # noqa: DTZ001
        ({**GOOD[0], "day": 1}, misfits.UNKNOWN, "approvals.0.day"),
        ({"role": "drafted", "name": "甲"}, misfits.MISSING, "approvals.0.date（日期）"),
        ({"role": "drafted", "date": JANUARY[8]}, misfits.MISSING, "approvals.0.name（姓名）"),
    ],
)  # fmt: skip
def test_what_does_not_fit(
    workshop: Workshop, entry: dict[str, Any], rule: object, words: str
) -> None:
    """An unknown step, a missing name, a day that is none: an error with its words."""
    (finding,) = of_rules(checked(workshop, [entry]).findings, misfits.RULES)
    assert finding.rule is rule
    assert finding.severity is Severity.ERROR
    assert words in finding.message


@given(
    st.recursive(
        st.one_of(st.sampled_from([*Role, "甲", "", 1, True]), st.dates()),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["role", "name", "date", "approvals"]), inner)
        ),
        max_leaves=8,
    )
)
def test_whatever_stands_there(value: Any) -> None:
    """Only whole approvals are listed, whatever else a file holds."""
    for approval in approvals.listed({"approvals": value}):
        entry = value[approval.at[1]]
        assert (entry["role"], entry["name"], entry["date"]) == (
            approval.role, approval.name, approval.date,
        )  # fmt: skip


def test_written_and_read(workshop: Workshop) -> None:
    """A content file that the program writes has them."""
    values = {**workshop.blank(), "approvals": GOOD}
    text = contentfile.write(workshop.form, values)
    assert tomllib.loads(text)["approvals"] == GOOD


@pytest.mark.parametrize("year", [2022, 2024])
def test_a_new_year_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, year: int) -> None:
    """Last year's are not carried over; comments show how to write them, and do so rightly."""
    (tmp_path / "layouts").symlink_to(ROOT / "layouts")
    folder = tmp_path / "content" / "a"
    folder.mkdir(parents=True)
    (folder / "agency.toml").write_text(tomli_w.dumps(AGENCY), encoding="utf-8")
    form = forms.choose(forms.load_all(ROOT / "layouts"), 2023)
    content = {**blank_content(form, year - 1), "approvals": GOOD}
    (folder / f"{year - 1}.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["new", "a", str(year)]) == 0
    text = (folder / f"{year}.toml").read_text(encoding="utf-8")
    assert "approvals" not in tomllib.loads(text)
    assert "甲" not in text
    start = text.index("# [[approvals]]")
    lines = [line.removeprefix("# ") for line in text[start:].splitlines()]
    shown = tomllib.loads("\n".join(lines))["approvals"]
    assert [entry["role"] for entry in shown] == [*Role]
    assert {entry["date"].year for entry in shown} == {year + 1}
