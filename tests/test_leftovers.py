"""What a template, another office or last year's report left in a text."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import AGENCY, SHARED, Workshop
from texts import found

from pipeline.checking import check
from pipeline.project import Target
from pipeline.roster import Roster
from pipeline.transcription.importing import read_report

# Words of a template


@pytest.mark.parametrize(
    "text",
    [
        "请与‸XX街道联系。",
        "‸××街道公开信息。",
        "‸某某街道公开信息。",
        "‸某局公开信息。",
        "公开信息‸X条。",
        "公开信息‸____条。",
        "‸请填写公开情况。",
        "请与‸行政机关规范全称联系。",
        "请与‸【单位名称】联系。",
        "邮箱：‸[略]。",
        "工作情况（‸此处填写具体内容）。",
        "印发‸《》。",
        "收到申请‸（　）件。",
    ],
)
def test_words_of_a_template(workshop: Workshop, text: str) -> None:
    """They are found where they stand, and quoted."""
    (finding,) = found(workshop, "NB411", text)
    assert finding.message.endswith("像是模板里的文字。")


@pytest.mark.parametrize(
    "text",
    [
        "某些信息、某一类文件、某种情形、某个部门、某市民来电。",
        "尺寸3×2米，A3XL纸，二○○八年。",
        "如需公开，请填写《申请表》。",
        "开设【政策解读】栏目，国办发【2021】30号。",
        "张某某的答复模板，单位之间此处彼处。",
    ],
)
def test_words_that_look_like_it(workshop: Workshop, text: str) -> None:
    """某 in other words, sizes, forms to fill in, and names of columns are right."""
    assert found(workshop, "NB411", text) == []


# The notice of another form


@pytest.mark.parametrize(
    "notice",
    ["国办公开办函〔2019〕60号", "国办公开办函[2019]60号", "国办公开办函【２０１９】６０ 号"],
)
def test_the_notice_of_another_form(workshop: Workshop, notice: str) -> None:
    """However its number is typed."""
    (finding,) = found(workshop, "NB414", f"依照‸{notice}编制。")
    assert finding.message == (
        f"“{notice}”是 2019 至 2020 年年报的格式文件，本年度的是“国办公开办函〔2021〕30号”。"
    )


@pytest.mark.parametrize(
    "text", ["依照国办公开办函〔2021〕30号编制。", "依照国办公开办函〔2019〕61号编制。"]
)
def test_other_notices(workshop: Workshop, text: str) -> None:
    """The notice of the year, and one that prescribes no form, are right."""
    assert found(workshop, "NB414", text) == []


# Names


@pytest.mark.parametrize(
    "text",
    [
        "2023年，‸丙丁街道认真落实条例。",
        "现将‸丙丁街道办事处2023年工作报告如下。",
        "有疑问的，请与‸丙丁镇人民政府联系。",
        "‸我局公开了信息。",
        "结合‸我镇实际。",
        "‸示例市丙丁街道办事处",
        "对事项全面梳理，2023年‸丙丁街道办事处主动公开信息86条。",
    ],
)
def test_another_office(workshop: Workshop, text: str) -> None:
    """Another name where the office speaks of itself, and another sort of office, are found."""
    (finding,) = found(workshop, "NB412", text)
    assert finding.message.endswith("与本机关（示例市样板区示范街道办事处）不合。")


@pytest.mark.parametrize(
    "text",
    [
        "2023年，示范街道认真落实条例。",
        "示例市样板区示范街道办事处积极公开。",
        "区司法局派人授课，丙丁街道办事处来信询问，市政府办公室通报。",
        "请与区民政局联系。",
        "加强培训，助力街道积极发展，促进乡镇深入落实。",
        "充分发挥街道积极性，服务基本局面，我街道、我区、我市。",
    ],
)
def test_offices_that_are_only_named(workshop: Workshop, text: str) -> None:
    """The office itself, and others that a text speaks of, are right."""
    assert found(workshop, "NB412", text) == []


def test_the_name_in_a_title(workshop: Workshop) -> None:
    """A title of the office's own names the office."""
    title = "示例市丙丁街道办事处2023年政府信息公开工作年度报告"
    (finding,) = found(workshop, "NB412", "改正。", title=f"‸{title}")
    assert finding.place.path == "title"
    assert found(workshop, "NB412", "改正。", title=title.replace("丙丁", "示范")) == []


def test_bureaus_go_by_short_names(workshop: Workshop) -> None:
    """住建局 is 住房和城乡建设局; 民政局 is another."""
    bureau = {**AGENCY, "name": "示例县住房和城乡建设局"}
    assert found(workshop, "NB412", "2023年，县住建局认真落实。我局公开。", agency=bureau) == []
    found(workshop, "NB412", "2023年，‸县民政局认真落实。", agency=bureau)


def test_offices_of_the_content_folder(workshop: Workshop) -> None:
    """Their full names are found where the office speaks of itself, and nowhere else."""
    stock = replace(workshop.stock, offices=Roster(frozenset({"示例市数据中心", AGENCY["name"]})))
    text = "本报告由‸示例市数据中心编制。网站由示例市数据中心维护。"
    (finding,) = found(workshop, "NB412", text, stock=stock)
    assert "“示例市数据中心”" in finding.message
    assert found(workshop, "NB412", text.replace("‸", "")) == []


def test_another_town_of_the_content_folder(workshop: Workshop) -> None:
    """A town has no reason to name another one, a government has."""
    stock = replace(workshop.stock, offices=Roster(frozenset({"示例市样板区丙丁街道办事处"})))
    text = "有关信息由‸示例市样板区丙丁街道办事处提供。"
    found(workshop, "NB412", text, stock=stock)
    government = {**AGENCY, "name": "示例市样板区人民政府"}
    assert found(workshop, "NB412", text.replace("‸", ""), stock=stock, agency=government) == []


# Years


@pytest.mark.parametrize(
    "text",
    [
        "数据统计期限自‸2022年1月1日起至2022年12月31日止。",
        "截至‸2022年12月31日，公开信息50条。",
        "现将‸2022年政府信息公开情况报告如下。",
        "‸2022年，街道公开信息50条。",
        "‸二〇二二年度，我街道公开信息50条。",
        "‸2022年示范街道按照条例公开信息。",
        "我街道‸2022年主动公开信息50条。",
        "本机关‸2022年度受理申请3件。",
        "示范街道‸2022年主动公开信息50条。",
        "示范街道办事处在‸2022年共收到申请3件。",
        "‸2022年新收到申请5件。",
        "‸2022年新收申请5件。",
        "‸2022年以来，本街道公开信息50条。",
        "‸2022年五月和十月各举办培训一次。",
        "‸2022年3月，我街道召开会议一次。",
    ],
)
def test_years_of_another_report(workshop: Workshop, text: str) -> None:
    """Where only the report's own year can stand, another one is found."""
    (finding,) = found(workshop, "NB413", text)
    assert finding.message.endswith("年，本年度是 2023 年。")


@pytest.mark.parametrize(
    "text",
    [
        "数据统计期限自2023年1月1日起至12月31日止。",
        "公开信息50条，比2022年增加10条。公开2022年度部门决算。",
        "2022年结转3件。2022年，街道公开40条，2023年公开50条。",
        "2022年年报指出的问题已经改正。2022年，我街道的整改已完成。",
        "2024年，将继续公开。依照国办发〔2021〕30号，2019年修订的条例。",
        "截至2022年底有40件，截至2023年底有50件。",
        "2022年印发的办法继续执行。",
        "本街道2022年受理的申请3件已经办结。我街道2022年组织开展的调查有了结果。",
        "2022年5月印发的办法继续执行。2022年3月，市政府印发办法。",
        "自2022年以来公开50条。2022年以来，市政府公开平台改版。",
        "丙丁街道2022年主动公开信息50条。我街道2022年度部门决算已公开。",
        "市政府2022年制定的标准适用于我街道。比2022年多收到3件。",
    ],
)
def test_years_that_are_meant(workshop: Workshop, text: str) -> None:
    """Comparisons, accounts, plans, numbers of documents and what is made good are right."""
    assert found(workshop, "NB413", text) == []


def test_the_year_of_a_title(workshop: Workshop) -> None:
    """A title of the office's own has the report's year."""
    (finding,) = found(workshop, "NB413", "改正。", title="示范街道‸2022年度报告")
    assert finding.place.path == "title"
    assert found(workshop, "NB413", "改正。", title="示范街道2023年度报告") == []


# Other people's reports


def published(workshop: Workshop, path: Path) -> list[tuple[str, str]]:
    """Code and text at its place, for what the rules find in a published report."""
    imported = read_report(path, workshop.stock.forms)
    target = workshop.folder / f"{path.stem}.toml"
    target.write_text(imported.text, encoding="utf-8")
    findings = check(Target("imported", path.stem, target), workshop.stock).findings
    lines = imported.text.split("\n")
    return [(f.rule.code, lines[f.place.line - 1][f.place.column - 1 :]) for f in findings]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("21-13_sichoulu-jiedao_2025", "NB411", "行政机关规范全称"),
        ("21-01_taiping-zhen_2022", "NB414", "国办公开办函〔2019〕60号"),
        ("21-11_zhongcang-jiedao_2025", "NB424", "工作工作"),
        ("21-17_wendeng-zhifaju_2021_pdfpage3", "NB424", "遵循遵循"),
        ("21-23_hanyang-qufuban_2022", "NB424", "性性"),
    ],
)
def test_known_leftovers(workshop: Workshop, name: str, code: str, words: str) -> None:
    """What was noticed in published reports by hand is found."""
    path = SHARED / "reports" / f"{name}.txt"
    if not path.is_file():
        pytest.skip("needs ../shared/reports, which is not part of the project")
    assert any(
        found_code == code and text.startswith(words)
        for found_code, text in published(workshop, path)
    )


JUDGED = {
    ("19-07_ankang-ju_2019", "NB411"): 1,
    ("21-01_taiping-zhen_2022", "NB414"): 1,
    ("21-11_zhongcang-jiedao_2025", "NB424"): 1,
    ("21-13_sichoulu-jiedao_2025", "NB411"): 2,
    ("21-17_wendeng-zhifaju_2021_pdfpage3", "NB424"): 1,
    ("21-23_hanyang-qufuban_2022", "NB424"): 1,
    ("full-19_shanghai-bangongting_2019", "NB411"): 3,
}
"""Every finding of these rules in the reports at hand, each read and found right."""
WATCHED = ("NB411", "NB412", "NB413", "NB414", "NB423", "NB424", "NB441", "NB442", "NB443", "NB444")


def test_no_false_alarm_in_published_reports(workshop: Workshop) -> None:
    """The rules find in them what was judged to be right, and nothing else."""
    paths = sorted((SHARED / "reports").glob("*.txt")) + sorted((SHARED / "seed").glob("*.txt"))
    if not paths:
        pytest.skip("needs ../shared/reports, which is not part of the project")
    counts = Counter(
        (path.stem, code)
        for path in paths
        for code, _ in published(workshop, path)
        if code in WATCHED
    )
    assert counts == JUDGED
