"""`nianbao diff`: changed cells, changed sentences, and nothing else."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import checking
from pipeline.checking import Stock
from pipeline.cli import run
from pipeline.content.report import Report, read
from pipeline.difference import differences
from pipeline.listing import difference_lines
from pipeline.sentences import Change, changes, marked, sentences
from tests.conftest import ROOT, Workshop


@pytest.fixture
def report(workshop: Workshop) -> Any:
    """Makes a report of a content."""

    def made(values: Mapping[str, Any]) -> Report:
        return checking.check(workshop.write(values), workshop.stock).report

    return made


def test_the_same_report_differs_in_nothing(report: Any, workshop: Workshop) -> None:
    """A report and its copy: no difference, and the command says so."""
    values = workshop.blank()
    assert differences(report(values), report(values)) == ()


def test_cells(report: Any, workshop: Workshop) -> None:
    """0, blank, text and decimals are told apart; totals stand behind what makes them."""
    one, other = workshop.blank(), workshop.blank()
    other["applications"]["received"][0] = 12
    other["disclosure"]["licences"] = ""
    other["disclosure"]["penalties"] = "/"
    one["disclosure"]["fees"] = 1
    other["disclosure"]["fees"] = 0.25
    found = [each for each in differences(report(one), report(other)) if each.kind == "cell"]
    assert [(each.name, each.old, each.new, each.by) for each in found] == [
        ("行政许可，本年处理决定数量", "0", "", ""),
        ("行政处罚，本年处理决定数量", "0", "/", ""),
        ("行政事业性收费，本年收费金额（单位：万元）", "1", "0.25", "-0.75"),
        ("一、本年新收政府信息公开申请数量，申请人情况，自然人", "0", "12", "+12"),
        ("一、本年新收政府信息公开申请数量，申请人情况，总计", "0", "12", "+12"),
    ]
    place = found[3].new_place
    assert place is not None
    assert place.path == "applications.received.0"
    assert any("（空）" in line for line in difference_lines(found))


def test_prose_by_sentence(report: Any, workshop: Workshop) -> None:
    """Only the sentence that changed is told; references count as printed; numbers stay whole."""
    one, other = workshop.blank(), workshop.blank()
    text = "第一句不变。公开信息{{ disclosure.licences }}条。“引文。不断开。”之后。"
    one["overview"]["text"] = text + "删去的话没有下文。"
    other["overview"]["text"] = text + "\n\n此处新增一个段落。"
    other["disclosure"]["licences"] = 128
    found = [each for each in differences(report(one), report(other)) if each.kind == "sentence"]
    assert [(each.old, each.new) for each in found] == [
        ("公开信息0条。", "公开信息128条。"),
        ("删去的话没有下文。", None),
        (None, "此处新增一个段落。"),
    ]
    lines = list(difference_lines(found))
    assert "  ～ 公开信息[-0-]{+128+}条。" in lines
    assert "  － 删去的话没有下文。" in lines


def test_a_sentence_that_moved(report: Any, workshop: Workshop) -> None:
    """It is told once, as moved; one that stands twice and then once is removed once."""
    one, other = workshop.blank(), workshop.blank()
    one["overview"]["text"] = "甲事办完了。乙事还在办理。丙事没有开始。丁事也一样。"
    other["overview"]["text"] = "丙事没有开始。甲事办完了。乙事还在办理。丁事也一样。"
    found = differences(report(one), report(other))
    assert [(each.old, each.new) for each in found] == [("丙事没有开始。", "丙事没有开始。")]
    assert "  ⇄ 移到了别处：丙事没有开始。" in difference_lines(found)
    assert list(changes(["甲", "乙", "甲"], ["乙"])) == [Change("甲", ""), Change("甲", "")]


def test_a_report_with_errors(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What cannot be read is not compared, and the command says so; a broken file has exit 3."""
    folder = ("--content", str(ROOT / "content"), "--layouts", str(ROOT / "layouts"))
    text = (ROOT / "content" / "example" / "2023.toml").read_text(encoding="utf-8")
    (tmp_path / "agency.toml").write_bytes((ROOT / "content/example/agency.toml").read_bytes())
    path = tmp_path / "2023.toml"
    path.write_text(text.replace("received ", "recieved ", 1), encoding="utf-8")
    assert run(["diff", "example/2023", str(path), *folder]) == 0
    told = capsys.readouterr()
    assert "处错误" in told.err
    assert "nianbao check" in told.err
    path.write_text("year = ", encoding="utf-8")
    assert run(["diff", "example/2023", str(path), *folder]) == 3


def test_heads_and_parts(report: Any, workshop: Workshop) -> None:
    """Year, headings and parts are told."""
    one, other = workshop.blank(2022), workshop.blank(2023)
    other["problems"]["heading"] = "五、问题和改进"
    other["problems"]["parts"] = [{"heading": "（一）新的小节", "text": "文字。"}]
    found = differences(report(one), report(other))
    told = {(each.name, each.old, each.new) for each in found if each.kind == "head"}
    assert ("年度", "2022", "2023") in told
    assert ("标题", "五、存在的主要问题及改进情况", "五、问题和改进") in told
    assert (None, "（一）新的小节") in {(each.old, each.new) for each in found}


@pytest.mark.parametrize(("old", "new"), [("2018", "2019"), ("2020", "2021"), ("2016", "2017")])
def test_across_forms(old: str, new: str, stock: Stock) -> None:
    """What only one form has is told by row; what both have, by cell; rows of own by label."""
    reports = [
        read(ROOT / "content" / "example" / f"{year}.toml", stock.forms)[0] for year in (old, new)
    ]
    found = differences(*reports)
    rows = [each for each in found if each.kind == "row"]
    assert len({(each.section, each.name, each.old is None) for each in rows}) == len(rows)
    if old == "2020":
        assert any(each.name == "政府集中采购" and each.new is None for each in rows)
        assert any(each.kind == "cell" and "自然人" in each.name for each in found)
    if old == "2016":
        assert not rows
        assert any(each.kind == "cell" and "主动公开" in each.section + each.name for each in found)


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Text and JSON; the exit code is 0 either way; several reports are a usage error."""
    folder = ("--content", str(ROOT / "content"), "--layouts", str(ROOT / "layouts"))
    assert run(["diff", "example/2022", "example/2022", *folder]) == 0
    assert "没有不同" in capsys.readouterr().err
    assert run(["diff", "example/2022", "example/2023", "--format", "json", *folder]) == 0
    told = json.loads(capsys.readouterr().out)["differences"]
    assert {"kind", "section", "name", "old", "new", "by", "old_place", "new_place"} == set(told[0])
    assert run(["diff", "example", "example/2023", *folder]) == 2
    assert "例" not in capsys.readouterr().out


TEXT = st.text(st.sampled_from("公开信息12。；！“”（）、\n"), max_size=60)


@given(TEXT)
def test_sentences_are_the_text(text: str) -> None:
    """Joined, the sentences are the text."""
    assert "".join(sentences(text)) == text


@given(st.lists(TEXT, max_size=8), st.lists(TEXT, max_size=8))
def test_changes_lead_from_one_to_the_other(old: list[str], new: list[str]) -> None:
    """What went is of the old text, what came of the new; equal texts have no changes."""
    found = list(changes(old, new))
    gone = [each.old for each in found if each.old]
    come = [each.new for each in found if each.new]
    assert not Counter(gone) - Counter(old)
    assert not Counter(come) - Counter(new)
    kept, stayed = Counter(old) - Counter(gone), Counter(new) - Counter(come)
    kept[""] = stayed[""] = 0
    assert kept == stayed
    assert not list(changes(old, old))


@given(TEXT, TEXT)
def test_marks_hold_both_texts(old: str, new: str) -> None:
    """Without what came, a marked sentence is the old one; without what went, the new one."""
    shown = marked(Change(old, new))
    assert _without(shown, "{+", "+}").replace("[-", "").replace("-]", "") == old
    assert _without(shown, "[-", "-]").replace("{+", "").replace("+}", "") == new


def _without(text: str, start: str, end: str) -> str:
    while start in text:
        before, _, rest = text.partition(start)
        text = before + rest.partition(end)[2]
    return text


def test_large_texts_take_no_time() -> None:
    """Two texts of a hundred thousand characters and no sentence in common."""
    old = [f"第{number}句写的是甲事。" for number in range(10_000)]
    new = [f"又{number}行说到乙物；" for number in range(10_000)]
    assert sum(1 for _ in changes(old, new)) == 20_000
    assert marked(Change("甲" * 100_000, "乙" * 100_000)).startswith("[-")
