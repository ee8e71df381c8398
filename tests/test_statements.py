"""Prose against tables: which cell a number speaks of, and what is reported (NB311)."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SHARED, Workshop, of_rules
from hypothesis import given
from hypothesis import strategies as st
from saying import (
    LABELLED,
    Score,
    claims_in,
    dossier,
    label,
    measured,
    said,
    together,
    worth,
)

from pipeline.checking import Stock, check
from pipeline.errors import FileProblem
from pipeline.findings import Finding
from pipeline.form import sayings
from pipeline.rules import statements, tallies
from pipeline.rules.dossier import Dossier
from pipeline.transcription import importing

REPORTS = sorted((SHARED / "reports").glob("*.txt"))
needs_reports = pytest.mark.skipif(
    not REPORTS, reason="needs ../shared/reports, which is not part of the project"
)

PARTLY = "“（二）部分公开（区分处理的，只计这一情形，不计其他情形）”"

# ---- how often it is right


def test_the_corpus(stock: Stock) -> None:
    """Of the claims made, 97 % are right; of those that a reader makes, 85 % are made."""
    scores = measured(stock)
    for kind, score in scores.items():
        sys.stdout.write(f"{kind:6}{score}\n")
    whole = together(scores.values())
    assert whole.precision >= 0.97, whole.wrong
    assert whole.recall >= 0.85
    assert scores["plain"].recall >= 0.95
    assert len(scores["trap"].wrong) <= 2, scores["trap"].wrong


@pytest.mark.parametrize("part", [1, 2, 3])
def test_each_part_of_the_corpus(part: int, stock: Stock) -> None:
    """No part, written at another time, is much worse than the whole."""
    whole = together(measured(stock, part=part).values())
    assert whole.precision >= 0.95, whole.wrong
    assert whole.recall >= 0.8


def test_the_document_tells_the_figures(stock: Stock) -> None:
    """docs/checks.md has what is measured now, by part and kind."""
    told = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    for part in (1, 2, 3):
        for kind, score in measured(stock, part=part).items():
            assert f"| part {part} | {kind} | {score.row} |" in told
    assert f"| all parts | all | {together(measured(stock).values()).row} |" in told


@pytest.fixture(scope="module")
def real(
    stock: Stock, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Dossier, list[Finding]]]:
    """Every shared report, imported: what the rules look at, and what they find."""
    folder = tmp_path_factory.mktemp("reports")
    made = {}
    for file in [*REPORTS, SHARED / "seed" / "dapan-2021.txt"]:
        copy = folder / file.name
        copy.write_bytes(file.read_bytes())
        written = copy.with_suffix(".toml")
        written.write_text(importing.read_report(copy, stock.forms).text, encoding="utf-8")
        looked_at = dossier(written, stock)
        found = [*statements.statements(looked_at), *tallies.tallies(looked_at)]
        made[file.stem] = looked_at, found
    return made


@needs_reports
def test_the_shared_reports(real: dict[str, tuple[Dossier, list[Finding]]]) -> None:
    """The figures of real reports are tied to the cells that a reader ties them to."""
    scores = {}
    for name, (looked_at, _) in real.items():
        seed = name.startswith("dapan")
        labels = LABELLED["seed"] if seed else LABELLED["reports"].get(name, [])
        scores[name] = Score()
        # a form before 2019 has no cells that prose could speak of
        tied = [claim for claim in looked_at.claims if statements.tied(looked_at, claim)]
        scores[name].add(said(tied), labels)
        sys.stdout.write(f"{name:38}{scores[name]}\n")
    whole = together(scores.values())
    assert whole.precision >= 0.97, whole.wrong
    assert whole.recall >= 0.9
    told = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert f"| reports | all | {whole.row} |" in told


@needs_reports
def test_what_is_found_in_the_shared_reports(
    real: dict[str, tuple[Dossier, list[Finding]]],
) -> None:
    """The recorded contradictions, and one more; nothing else in any report."""
    found = {
        (name[:7], finding.rule.code, finding.message.partition("”：")[2] or finding.message[-12:])
        for name, (_, findings) in real.items()
        for finding in findings
    }
    assert found == {
        ("21-07_c", "NB311", "文字说是 2，表格中“一、本年新收政府信息公开申请数量”是 3。"),
        (
            "full-19",
            "NB311",
            f"文字说是 258，表格中“（一）予以公开”＋{PARTLY}是 272＋3＝275。",
        ),
        ("full-19", "NB311", "文字说是 265，表格中“（四）无法提供”是 337。"),
        ("21-13_s", "NB312", "总数是 52，各项之和是 20＋4＋24＝48。"),
        ("21-27_y", "NB313", "20 与 16 不一致。"),
    }


@needs_reports
def test_the_seed(real: dict[str, tuple[Dossier, list[Finding]]]) -> None:
    """Its three figures are tied, 86条 to nothing."""
    looked_at, found = real["dapan-2021"]
    assert [(worth(c), statements.tied(looked_at, c)) for c in looked_at.claims] == [
        (number, [path]) for number, path in LABELLED["seed"]
    ]
    assert found == []


# ---- what is reported


@pytest.fixture
def content(workshop: Workshop) -> dict[str, Any]:
    """A report of some figures."""
    made = workshop.blank()
    made["disclosure"]["normative_documents"] = [2, 1, 9]
    made["disclosure"]["licences"] = 15
    made["disclosure"]["fees"] = 0.36
    rows = made["applications"]
    rows["received"] = [10, 1, 0, 0, 0, 0]
    rows["carried_in"][0] = 2
    rows["carried_over"][0] = 1
    results = rows["results"]
    results["granted"] = [6, 1, 0, 0, 0, 0]
    results["partially_granted"][0] = 2
    results["refused"]["third_party"][0] = 1
    results["refused"]["process_information"][0] = 2
    made["reviews"]["reconsideration"] = [1, 0, 0, 1]
    made["reviews"]["litigation"]["direct"] = [0, 0, 1, 0]
    return made


# Words, whether the numbers in them are right, and what is said of those that are not.
WORDINGS = [
    ("全年新收政府信息公开申请11件。", None),
    (
        "全年新收政府信息公开申请12件。",
        "文字说是 12，表格中“一、本年新收政府信息公开申请数量”是 11。",
    ),
    ("共收到申请十一件，上年结转两件。", None),
    (
        "共收到申请十一件，上年结转三件。",
        "文字说是 3，表格中“二、上年结转政府信息公开申请数量”是 2。",
    ),
    # 收到 can mean with what was carried in, or without
    ("共收到政府信息公开申请13件。", None),
    (
        "共收到政府信息公开申请14件。",
        "文字说是 14，表格中“一、本年新收政府信息公开申请数量”是 11。",
    ),
    ("申请11件，其中自然人10件，商业企业1件。", None),
    (
        "申请11件，其中自然人9件，商业企业1件。",
        "文字说是 9，表格中“一、本年新收政府信息公开申请数量，自然人”是 10。",
    ),
    ("全年办结12件申请，1件结转下年度继续办理。", None),
    ("收到申请11件，2件结转下年度继续办理。", "文字说是 2，表格中“四、结转下年度继续办理”是 1。"),
    ("收到申请11件，不予公开3件。", None),
    ("收到申请11件，不予公开4件。", "文字说是 4，表格中“（三）不予公开”是 3。"),
    ("其中，有2件申请属于四类过程性信息。", None),
    ("其中，有3件申请属于四类过程性信息。", "文字说是 3，表格中“6.属于四类过程性信息”是 2。"),
    ("收到申请11件，予以公开和部分公开共9件。", None),
    (
        "收到申请11件，予以公开和部分公开共8件。",
        f"文字说是 8，表格中“（一）予以公开”＋{PARTLY}是 7＋2＝9。",
    ),
    ("收到申请11件，予以公开、部分公开、不予公开分别为7件、2件、3件。", None),
    (
        "收到申请11件，予以公开、部分公开、不予公开分别为7件、2件、2件。",
        "文字说是 2，表格中“（三）不予公开”是 3。",
    ),
    ("因信息公开被申请行政复议2件，其中结果维持1件；行政诉讼1件。", None),
    ("因信息公开被申请行政复议3件；行政诉讼1件。", "文字说是 3，表格中“行政复议”是 2。"),
    ("未发生因政府信息公开提起的行政诉讼。", "文字说没有，表格中“行政诉讼”是 1。"),
    ("没有结转下年度继续办理的申请。", "文字说没有，表格中“四、结转下年度继续办理”是 1。"),
    ("制发行政规范性文件2件，废止1件，现行有效9件。", None),
    (
        "制发行政规范性文件2件，废止1件，现行有效10件。",
        "文字说是 10，表格中“行政规范性文件，现行有效件数”是 9。",
    ),
    ("作出行政许可决定15件。", None),
    ("作出行政许可决定51件。", "文字说是 51，表格中“行政许可”是 15。"),
    ("行政事业性收费3600元。", None),
    ("行政事业性收费0.36万元。", None),
    ("行政事业性收费360元。", "文字说是 360，表格中“行政事业性收费”是 3600。"),
    (
        "申请{{applications.received.total|中文}}件，办结{{applications.results.total.total}}件。",
        None,
    ),
    ("上年收到申请5件，同比增加6件。", None),
    ("其中，示例市教育局收到申请5件。", None),
    ("收到申请约20件。", None),
]


@pytest.mark.parametrize(("text", "expected"), WORDINGS)
def test_wordings(
    text: str, expected: str | None, content: dict[str, Any], workshop: Workshop
) -> None:
    """Each wording is reported when its number is wrong, with both numbers, and else is not."""
    content["overview"]["on_request"] = text
    found = of_rules(workshop.check(content).findings, statements.RULES)
    assert [finding.message.partition("”：")[2] for finding in found] == (
        [expected] if expected else []
    )
    for finding in found:
        assert finding.message.startswith(f"“{text}"[:12])


def test_places(content: dict[str, Any], workshop: Workshop) -> None:
    """The finding stands at the number, in its line; related are the cells it speaks of."""
    content["overview"]["on_request"] = "第一段。\n\n收到申请11件，\n不予公开 4 件。"
    target = workshop.write(content)
    (finding,) = of_rules(check(target, workshop.stock).findings, statements.RULES)
    lines = target.path.read_text(encoding="utf-8").split("\n")
    place = finding.place
    assert place.path == "overview.on_request"
    written = lines[place.line - 1][place.column - 1 :]
    assert written.startswith("4 件。")
    assert [each.path for each in finding.related] == [
        "applications.results.refused.state_secret",
        "applications.results.refused.prohibited_by_law",
        "applications.results.refused.three_safeties",
        "applications.results.refused.third_party",
        "applications.results.refused.internal_affairs",
        "applications.results.refused.process_information",
        "applications.results.refused.enforcement_files",
        "applications.results.refused.administrative_inquiry",
    ]


def test_the_remedy_names_the_cell(content: dict[str, Any], workshop: Workshop) -> None:
    """A number of one cell can be written as a reference to it; a sum has no reference."""
    content["overview"]["on_request"] = "收到申请11件，结转下年度继续办理2件，不予公开4件。"
    one, several = of_rules(workshop.check(content).findings, statements.RULES)
    assert one.hint.endswith("文字里可以写成引用 {{ applications.carried_over.total }}。")
    assert several.hint == ""


def test_sayings_loaded_twice(content: dict[str, Any], workshop: Workshop) -> None:
    """Whoever loads the list anew in the same process finds the same."""
    content["overview"]["on_request"] = "收到申请11件，不予公开4件。"
    target = workshop.write(content)
    again = replace(workshop.stock, sayings=sayings.load(ROOT / "layouts"))
    for stock in (workshop.stock, again, workshop.stock):
        (finding,) = of_rules(check(target, stock).findings, statements.RULES)
        assert "不予公开" in finding.message


# ---- the list of sayings


def test_every_class_is_known(tmp_path: Path) -> None:
    """A class that does not exist is named, with the wording that has it."""
    (tmp_path / "sayings.toml").write_text(
        '[[sayings]]\nof = ["a.b"]\nwords = ["{收到}申请"]\n', encoding="utf-8"
    )
    with pytest.raises(FileProblem, match="收到"):
        sayings.load(tmp_path)


def test_wordings_are_bounded(tmp_path: Path) -> None:
    """Classes cannot be multiplied into more wordings than can be looked up."""
    members = ", ".join(f'"字{number}"' for number in range(50))
    (tmp_path / "sayings.toml").write_text(
        f'[classes]\na = [{members}]\n[[sayings]]\nof = ["a.b"]\nwords = ["{{a}}{{a}}{{a}}"]\n',
        encoding="utf-8",
    )
    with pytest.raises(FileProblem, match="说法太多"):
        sayings.load(tmp_path)


def test_sayings_name_cells_that_there_are(stock: Stock) -> None:
    """Every path is a cell, a row or a group of some form."""
    paths = {
        path
        for form in stock.forms
        for section in form.sections
        for path in _paths(section.model_dump(), section.key)
    }
    named = {
        name
        for saying in stock.sayings
        for name in (*saying.of, *saying.after)
        if name and name.partition(".")[0] != "reviews"
    }
    assert {n for n in named if not any(p == n or p.startswith(f"{n}.") for p in paths)} == set()


def _paths(section: dict[str, Any], key: str) -> Iterator[str]:
    """The paths of rows and of their cells; those of a section without rows are not made."""

    def nodes(given: list[dict[str, Any]], above: str) -> Iterator[str]:
        for node in given:
            path = f"{above}.{node['key']}" if node["key"] else above
            yield path
            yield from nodes(node["children"], path)

    for block in (section.get("table") or {}).get("blocks", ()):
        columns = [path.removeprefix(".") for path in nodes(block["columns"], "")]
        for row in nodes(block["rows"], key):
            yield row
            yield from (f"{row}.{column}" for column in columns)


# ---- whatever stands in the text

PIECES = (
    *(
        "收到",
        "申请",
        "政府信息公开",
        "予以公开",
        "不予公开",
        "、",
        "和",
        "，",
        "。",
        "（",
        "）",
        "分别为",
    ),
    *(
        "3件",
        "两件",
        "0",
        "未",
        "没有",
        "均",
        "行政复议",
        "维持",
        "上年结转",
        "2022年",
        "市公安局",
        "1.2万元",
    ),
    *(
        "行政事业性收费",
        "其中",
        "共",
        "各",
        "N",
        "…",
        "\ue000",
        "^",
        "{申请}",
        "，均",
        "零",
        "12,34",
    ),
)


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=30).map("".join),
    st.sampled_from(["", "（二）依申请公开", "四、政府信息公开行政复议、行政诉讼情况"]),
)
def test_any_text_is_read(text: str, heading: str) -> None:
    """Claims lie in the text, their numbers within them."""
    for claim in claims_in(text, heading, LOADED):
        assert 0 <= claim.start <= claim.number <= claim.end <= len(text)
        assert claim.readings
        assert all(saying.of for reading in claim.readings for saying in reading)


LOADED = sayings.load(ROOT / "layouts")


@pytest.mark.parametrize(
    "unit",
    ["收到申请", "未收到", "予以公开、", "3件，", "（", "行政复议1件，维持1件。", "共计", "一"],
)
def test_a_paragraph_without_end(unit: str) -> None:
    """200,000 characters of the worst kind are read: work grows with the length alone."""
    text = (unit * 200_000)[:200_000]
    assert all(claim.end <= len(text) for claim in claims_in(text, "依申请公开", LOADED))


def test_labels_are_cells(stock: Stock) -> None:
    """What the labels of real reports name is what the sayings can name."""
    of = {frozenset(saying.of) for saying in stock.sayings}
    known = {name for each in of for name in each}
    for labels in (LABELLED["seed"], *LABELLED["reports"].values()):
        for value, paths in labels:
            assert label(value, paths)[1] <= known
