"""What was taken over from the report of the year before."""

from pathlib import Path

import pytest
from conftest import Workshop
from texts import checked, found

from pipeline.rules import copied

OLD = (
    "2022年，街道设立了信息公开查阅点。科室每月报送应当公开的文件。"
    "居民可以在窗口领取公开申请表。网站的栏目由办公室专人维护。"
)
NEW = "街道新开了一个周末的查阅点。"


def copies(
    workshop: Workshop, text: str, before: str = OLD, section: str = "problems"
) -> list[str]:
    """The messages about copied sections."""
    findings, _ = checked(workshop, text, before=before, section=section)
    return [finding.message for finding in findings if finding.rule is copied.COPIED]


def test_a_copied_section(workshop: Workshop) -> None:
    """The share is shown; the place is the section's, and last year's is related."""
    findings, _ = checked(workshop, OLD.replace("2022", "2023") + NEW, before=OLD)
    (finding,) = [finding for finding in findings if finding.rule is copied.COPIED]
    assert finding.message == (
        "“五、存在的主要问题及改进情况”有 80% 的句子与上年相同（5 句中的 4 句）。"
    )
    assert finding.place.path == "problems"
    (source,) = finding.related
    assert (Path(source.file).name, source.path) == ("2022.toml", "problems")


def test_the_threshold(workshop: Workshop) -> None:
    """From 60 per cent of the sentences a section counts as copied."""
    sentences = [f"第{number}件事情已经办完。" for number in "甲乙丙丁戊"]
    before = "".join(sentences)
    fresh = [f"新的{number}事项正在办理。" for number in "甲乙丙丁戊"]
    assert copies(workshop, "".join(sentences[:3] + fresh[:2]), before) == [
        "“五、存在的主要问题及改进情况”有 60% 的句子与上年相同（5 句中的 3 句）。"
    ]
    assert copies(workshop, "".join(sentences[:2] + fresh[:3]), before) == []


@pytest.mark.parametrize(
    "text",
    [
        OLD.replace("2022", "2023").replace("。", "。 "),
        OLD.replace("2022年", "2023 年"),
        OLD,
    ],
)
def test_what_is_unchanged(workshop: Workshop, text: str) -> None:
    """Blanks, and the report's year in place of last year's, change nothing."""
    assert len(copies(workshop, text)) == 1


def test_numbers_that_changed(workshop: Workshop) -> None:
    """A sentence with this year's numbers is this year's."""
    before = "新收申请31件，已办完。公开信息50条，比较少。开展培训20次，都合格。"
    after = "新收申请32件，已办完。公开信息51条，比较少。开展培训21次，都合格。"
    assert copies(workshop, after, before) == []


def test_formulas(workshop: Workshop) -> None:
    """What every report says year after year, and a single sentence, are not compared."""
    formula = "没有其他需要报告的事项。无。本年度没有收取信息处理费。未发生行政复议和行政诉讼。"
    assert copies(workshop, formula, formula, "other_matters") == []
    sentence = OLD.partition("。")[0] + "。"
    assert copies(workshop, sentence, sentence) == []


def test_without_last_year(workshop: Workshop) -> None:
    """Nothing is compared where there is no earlier report."""
    findings, _ = checked(workshop, OLD)
    assert not [f for f in findings if f.rule in copied.RULES]


def test_a_number_of_last_year(workshop: Workshop) -> None:
    """A sentence with a count that did not change is found at the count."""
    before = "前一句话。2022年全年公开信息263条。"
    (finding,) = found(workshop, "NB415", "2023年全年公开信息‸263条。", before=before)
    assert finding.message == "“2023年全年公开信息263条。”与上年一样，“263条”也没有变。"
    assert [Path(place.file).name for place in finding.related] == ["2022.toml"]


@pytest.mark.parametrize(
    "text",
    [
        "2023年全年公开信息264条。",
        "安排3名工作人员负责。",
        "在20个工作日内答复申请人。",
        "超过30件的按次收费，10件以下不收费。",
    ],
)
def test_numbers_that_may_stay(workshop: Workshop, text: str) -> None:
    """Another count, a small one, a time limit and a tariff say nothing."""
    before = text.replace("2023年", "2022年").replace("264", "263")
    assert found(workshop, "NB415", text, before=before) == []


def test_a_number_of_the_tables(workshop: Workshop) -> None:
    """A count that stands in this year's tables is this year's, and may be last year's too."""
    before = "作出行政许可决定15件，都已公示。"
    content = workshop.blank()
    content["disclosure"]["licences"] = 15
    table = {"disclosure": content["disclosure"]}
    assert found(workshop, "NB415", before, before=before, **table) == []
    found(workshop, "NB415", before.replace("15", "‸15"), before=before)
