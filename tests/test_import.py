"""`nianbao import`: what was published comes back as the same values and the same text."""

import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import building
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import project
from pipeline.checking import Stock
from pipeline.cli import run
from pipeline.composition.compose import compose
from pipeline.content import contentfile
from pipeline.content.report import Report, read
from pipeline.document import Document, Heading, Paragraph
from pipeline.errors import ContentError, FileProblem
from pipeline.form.tables import lines, printed
from pipeline.project import Project, Target
from pipeline.transcription import importing
from pipeline.transcription.transcript import Told
from tests.conftest import ROOT, SHARED, squeezed
from tests.publishing import as_docx, as_html

OWN = project.targets(Project(ROOT / "content", ROOT / "layouts", ROOT / "fonts", ROOT), [])


def imported(path: Path, stock: Stock, told: Told | None = None) -> tuple[Report, list[str]]:
    """The report that an import of `path` gives, read back, and the remarks."""
    made = importing.read_report(path, stock.forms, told)
    target = path.with_suffix(".toml")
    target.write_text(made.text, encoding="utf-8")
    report, found = read(target, stock.forms)
    assert not found, [finding.message for finding in found]
    return report, [str(remark) for remark in made.remarks]


def cells(report: Report) -> dict[str, str]:
    """Every cell that a report prints, by its path; rows of its own by their labels."""
    return {
        " ".join(cell.labels) if cell.row and hasattr(cell.row.node, "at") else path: printed(
            part.table[path]
        )
        for part in report.sections
        if part.table
        for path, cell in part.table.cells.items()
    }


def text_of(document: Document) -> list[str]:
    """Every heading and paragraph, in order."""
    made = []
    for element in document.all_elements:
        if isinstance(element, Heading):
            made.append(element.run.text)
        elif isinstance(element, Paragraph):
            made.append("".join(run.text for run in element.runs))
    return made


@pytest.mark.parametrize("kind", ["docx", "html"])
@pytest.mark.parametrize("target", OWN, ids=str)
def test_our_own_reports_come_back(target: Target, kind: str, stock: Stock, tmp_path: Path) -> None:
    """Every report in content/, published as a Word file and as a web page, is imported whole."""
    report, _ = read(target.path, stock.forms)
    document = compose(report)
    path = tmp_path / f"report.{kind}"
    if kind == "docx":
        as_docx(report, document, path)
    else:
        path.write_bytes(as_html(report, document))
    back, _ = imported(path, stock)
    assert back.form.name == report.form.name
    assert back.year == report.year
    assert back.agency.name == report.agency.name
    assert cells(back) == cells(report)
    assert text_of(compose(back)) == text_of(document)
    assert compose(back).title == document.title


VALUES = st.one_of(
    st.integers(0, 99_999_999),
    st.sampled_from(["", "/", "-", "—", "无", "不适用"]),
    st.just(0),
)


@settings(max_examples=30)
@given(
    data=st.data(), form=st.sampled_from(["2019", "2021"]), kind=st.sampled_from(["docx", "html"])
)
def test_random_figures_come_back(
    data: st.DataObject,
    form: str,
    kind: str,
    stock: Stock,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Numbers, signs, decimals, blanks and texts of every cell survive, stated totals included."""
    folder = tmp_path_factory.mktemp("random")
    chosen = next(each for each in stock.forms if each.name == form)
    values: dict[str, Any] = {
        "year": chosen.from_year,
        "agency": {"name": "示例市样板区示范街道办事处", "signature": "sealed"},
    }
    for section in chosen.sections:
        here = values.setdefault(section.key, {})
        for line in lines(section):
            if line.optional and not line.derived:
                continue
            place = here
            for key in line.keys[:-1]:
                place = place.setdefault(key, {})
            row = [
                data.draw(
                    st.one_of(VALUES, st.decimals(0, 99_999, places=4))
                    if cell.kind == "amount"
                    else st.one_of(VALUES, st.integers(-999, -1))
                    if cell.kind == "signed"
                    else VALUES
                )
                for cell in line.cells
            ]
            place[line.keys[-1]] = row[0] if line.scalar else row
    source = folder / "source.toml"
    source.write_text(contentfile.write(chosen, values), encoding="utf-8")
    report, found = read(source, stock.forms)
    assert not found
    document = compose(report)
    path = folder / f"published.{kind}"
    if kind == "docx":
        as_docx(report, document, path)
    else:
        path.write_bytes(as_html(report, document))
    back, _ = imported(path, stock)
    assert cells(back) == cells(report)


# ---- the seed


@pytest.fixture(scope="module")
def seed(
    seed_text: str, stock: Stock, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Report, list[str], str]:
    """The seed's text, imported."""
    path = tmp_path_factory.mktemp("seed") / "dapan-2021.txt"
    path.write_text(seed_text, encoding="utf-8")
    report, remarks = imported(path, stock)
    return report, remarks, seed_text


def test_seed_figures(seed: tuple[Report, list[str], str]) -> None:
    """All 200 numbers are there; those that are not 0 stand where the seed has them."""
    values = cells(seed[0])
    assert len(values) == 200
    assert {path: value for path, value in values.items() if value != "0"} == {
        "applications.received.natural": "4",
        "applications.received.total": "4",
        "applications.results.granted.natural": "3",
        "applications.results.granted.total": "3",
        "applications.results.refused.process_information.natural": "1",
        "applications.results.refused.process_information.total": "1",
        "applications.results.total.natural": "4",
        "applications.results.total.total": "4",
    }


def test_seed_text(seed: tuple[Report, list[str], str]) -> None:
    """Agency, date, sections; every character is in the report, the form's wording or a remark."""
    report, remarks, text = seed
    assert report.agency.name == "铁西区大潘街道办事处"
    assert str(report.date) == "2022-01-13"
    assert [part.heading for part in report.sections] == [s.heading for s in report.form.sections]
    assert [part.heading for part in report.sections[0].parts] == [
        part.heading for part in report.form.sections[0].parts
    ]
    assert any("GoBack" in remark for remark in remarks)
    assert any("制发件量" in remark for remark in remarks)
    assert "GoBack" not in "".join(text_of(compose(report)))
    missing = Counter(squeezed(text)) - Counter(squeezed(_everything(report, remarks)))
    assert not missing


def _everything(report: Report, remarks: list[str]) -> str:
    document = compose(report)
    parts = [*text_of(document), document.title, report.agency.name, *remarks]
    for element in document.all_elements:
        parts += [cell.run.text for cell in getattr(element, "cells", ())]
    if report.date:
        parts.append(f"{report.date.year}年{report.date.month}月{report.date.day}日")
    return "".join(parts)


# ---- real reports

FILES = sorted((SHARED / "reports").glob("*.txt"))
_FIGURE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


@pytest.mark.skipif(not FILES, reason="needs ../shared/reports, which is not part of the project")
def test_real_reports(stock: Stock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every real report is imported; the numbers of its rows are those of the content file."""
    table = []
    for file in FILES:
        copy = tmp_path / file.name
        copy.write_bytes(file.read_bytes())
        made = importing.read_report(copy, stock.forms)
        written = copy.with_suffix(".toml")
        written.write_text(made.text, encoding="utf-8")
        report, _ = read(written, stock.forms)
        there = _numbers_in_rows(file.read_text(encoding="utf-8"))
        here = Counter(
            printed(value)
            for part in report.sections
            if part.table
            for value in part.table.entered.values()
            if value != "" and re.match(r"[+-]?[0-9]", printed(value))
        )
        here = Counter(_FIGURE.match(value)[0] for value in here.elements())  # type: ignore[index]
        table.append((file.stem, there.total(), here.total(), len(made.remarks)))
        assert here == there, (file.name, there - here, here - there)
    with capsys.disabled():
        sys.stdout.write(f"\n{'report':40} in text  in TOML  remarks\n")
        for name, one, other, remarks in table:
            sys.stdout.write(f"{name:40} {one:7} {other:8} {remarks:8}\n")


def _numbers_in_rows(text: str) -> Counter[str]:
    """Numbers of the rows with bars, or of nothing but numbers: by a look at the text alone."""
    found: Counter[str] = Counter()
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if "|" in line:
            cells = re.split(r"[|;]", re.sub(r"\([^()]*\|[^()]*\)", "", line))
            for cell in cells:
                plain = cell.strip().removesuffix("[excerpt ends]").strip()
                if number := re.fullmatch(r"([+-]?[0-9]+(?:\.[0-9]+)?)(?:元|万元)?", plain):
                    found[number[1]] += 1
        elif re.fullmatch(r"(?:[0-9]+ ){2,}[0-9]+", line.strip()):
            found.update(line.split())
    return found


@pytest.mark.skipif(not FILES, reason="needs ../shared/reports, which is not part of the project")
@pytest.mark.parametrize("number", [0, 1])
def test_whole_reports_build(number: int, stock: Stock, tmp_path: Path) -> None:
    """Reports that are whole become PDFs."""
    file = [each for each in FILES if each.name.startswith("full-")][number]
    made = importing.read_report(file, stock.forms)
    office = tmp_path / "office"
    office.mkdir()
    path = office / f"{file.stem[-4:]}.toml"
    path.write_text(made.text, encoding="utf-8")
    target = Target("office", path.stem, path)
    where = Project(tmp_path, ROOT / "layouts", ROOT / "fonts", tmp_path / "build")
    assert building.build(target, where, stock, draft=False).path.is_file()


# ---- what is no report


def test_no_report(stock: Stock, tmp_path: Path) -> None:
    """A text without title, section or table is refused; an empty one and a PDF, too."""
    path = tmp_path / "note.txt"
    path.write_text("今天下午三点开会。\n", encoding="utf-8")
    with pytest.raises(ContentError, match="看不出"):
        importing.read_report(path, stock.forms)
    path.write_bytes(b"")
    with pytest.raises(FileProblem, match="空"):
        importing.read_report(path, stock.forms)
    path.write_bytes(b"%PDF-1.7\n")
    with pytest.raises(FileProblem, match="PDF"):
        importing.read_report(path, stock.forms)
    with pytest.raises(FileProblem, match="找不到"):
        importing.read_report(tmp_path / "none.docx", stock.forms)


@pytest.mark.parametrize(
    "text",
    ["甲" * 1_000_001, "甲。\n" * 20_001, "".join("<tr>" + "<td>" * 201 for _ in range(100))],
    ids=["characters", "paragraphs", "cells"],
)
def test_more_than_a_report_is_refused(text: str, stock: Stock, tmp_path: Path) -> None:
    """What is far longer than any report is refused before its text is compared with a form."""
    path = tmp_path / "long"
    path.write_text(f"<table>{text}</table>" if "<td>" in text else text, encoding="utf-8")
    with pytest.raises(FileProblem, match="内容太多"):
        importing.read_report(path, stock.forms)


@pytest.mark.parametrize(
    "text",
    [
        "甲" * 1_400_000,
        "\n" * 200_001 + "甲",
        "- 1 -\n" * 20_001,
        "<p>" + "<b>甲</b>" * 250_001,
        "<p " + "a " * 2001 + ">甲",
        "<p " + "a='' " * 1400 + ">甲",
        "<p '>' " + "a " * 2001 + ">甲",
        ("<p " + "a " * 1900 + ">甲") * 1100,
    ],
    ids=["bytes", "lines", "page numbers", "tags", "attributes", "values", "bracket", "all tags"],
)
def test_swollen_files_are_refused_unread(text: str, stock: Stock, tmp_path: Path) -> None:
    """Lines, tags and attributes that no report has so many of are refused before they are read."""
    path = tmp_path / "swollen"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileProblem, match="内容太多"):
        importing.read_report(path, stock.forms)


def test_a_picture_in_a_page_is_no_swollen_tag(stock: Stock, tmp_path: Path) -> None:
    """Tags are as long as they like where a picture stands in quotes."""
    path = tmp_path / "picture.html"
    picture = f'<img src="data:image/png;base64,{"A" * 1_000_000}==">'
    path.write_text(
        f"<p>示例街道办事处2021年政府信息公开工作年度报告</p>{picture}", encoding="utf-8"
    )
    back = importing.read_report(path, stock.forms)
    assert "这里有一幅图片" in back.text


# ---- the command

PUBLISHED = """\
示例市样板区示范街道办事处2021年政府信息公开工作年度报告
一、总体情况
公开信息3条，见 A|B 两栏。
（一）主动公开方面。公开了**三**条 {{ 数 }}。
二、主动公开政府信息情况
规章 | 0 | / |
规范性文件 | 1 | 0 | 1,808
行政许可 | 2件
行政处罚 | ３
没有的行 | 7
六、其他需要报告的事项
无
示例市样板区示范街道办事处
二〇二二年一月十三日
打印本页
"""


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The content file goes to stdout or to a new file; what was noticed, to stderr and into it."""
    source, output = tmp_path / "a.txt", tmp_path / "x" / "2021.toml"
    source.write_text(PUBLISHED, encoding="utf-8")
    layouts = ("--layouts", str(ROOT / "layouts"))
    assert run(["import", str(source), *layouts]) == 0
    shown = capsys.readouterr()
    assert run(["import", str(source), "--output", str(output), *layouts]) == 0
    assert output.read_text(encoding="utf-8") == shown.out
    told = capsys.readouterr().err
    for text in ("没有的行 | 7", "打印本页", "1,808", "2件", "规范性文件", "五、存在的主要问题"):
        assert text in told
        assert text in shown.out
    assert run(["import", str(source), "--output", str(output), *layouts]) == 6
    assert "已经存在" in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == shown.out
    assert run(["import", str(source), "--year", "1999", *layouts]) == 2
    assert run(["import", str(tmp_path / "none.txt"), *layouts]) == 6


def test_what_the_values_are(stock: Stock, tmp_path: Path) -> None:
    """0, “/”, blank, measure words, separators, full width; marks of prose mean themselves."""
    source = tmp_path / "a.txt"
    source.write_text(PUBLISHED, encoding="utf-8")
    report, _ = imported(source, stock)
    shown = cells(report)
    assert [shown[f"disclosure.rules.{key}"] for key in ("made", "repealed", "in_force")] == [
        "0", "/", "",
    ]  # fmt: skip
    assert shown["disclosure.normative_documents.in_force"] == "1808"
    assert (shown["disclosure.licences"], shown["disclosure.penalties"]) == ("2", "3")
    assert shown["disclosure.fees"] == ""
    assert str(report.date) == "2022-01-13"
    (part,) = report.sections[0].parts
    assert (part.heading, part.run_in) == ("（一）主动公开方面。", True)
    assert "公开了**三**条 {{ 数 }}。" in "".join(text_of(compose(report)))


def test_a_report_without_year_or_agency(stock: Stock, tmp_path: Path) -> None:
    """What the file does not say is asked for, or given on the command line."""
    source = tmp_path / "a.txt"
    source.write_text(
        "一、总体情况\n正文。\n二、主动公开政府信息情况\n规章 | 0 | 0 | 0\n", encoding="utf-8"
    )
    made = importing.read_report(source, stock.forms)
    assert any("没有找到年度" in remark.message for remark in made.remarks)
    assert any("没有找到机关" in remark.message for remark in made.remarks)
    assert "year =" not in made.text
    report, _ = imported(source, stock, Told(2022, "示例市样板局"))
    assert (report.year, report.agency.name) == (2022, "示例市样板局")


def test_the_form_is_that_of_the_tables(stock: Stock, tmp_path: Path) -> None:
    """A report of 2023 with the table of 2019 names the form; so does one without its annex."""
    source = tmp_path / "a.txt"
    rows = (
        "政府集中采购 | 1 | 16.2万元\n其他对外管理服务事项 | 2 | +19 | 21\n"
        "行政事业性收费 | 1 | -1\n规章 |"
    )
    text = PUBLISHED.replace("2021年", "2023年").replace("二〇二二", "二〇二四")
    source.write_text(text.replace("规章 |", rows), encoding="utf-8")
    report, remarks = imported(source, stock)
    assert report.form.name == "2019"
    assert any("2019、2020 年的格式" in remark for remark in remarks)
    shown = cells(report)
    assert shown["disclosure.other_services.change"] == "+19"
    assert shown["disclosure.fees.change"] == "-1"
    assert shown["disclosure.procurement.amount"] == "16.2"
    source.write_text(
        "甲局2016年政府信息公开工作年度报告\n一、概述\n正文。\n二、其他\n无。\n", encoding="utf-8"
    )
    report, _ = imported(source, stock)
    assert report.form.name == "2008"
    assert [part.heading for part in report.sections] == ["一、概述", "二、其他"]


# ---- nothing is lost


@pytest.mark.skipif(not FILES, reason="needs ../shared/reports, which is not part of the project")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_text_of_a_report_is_lost(file: Path, stock: Stock, tmp_path: Path) -> None:
    """Every character of every real report is in the report, the form's wording or a remark.

    The groups that the collector wrote before each row again are set once.
    """
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())
    made = importing.read_report(copy, stock.forms)
    written = copy.with_suffix(".toml")
    written.write_text(made.text, encoding="utf-8")
    report, _ = read(written, stock.forms)
    text = re.sub("(?m)^#.*|^[^|\n]* / (?=[^|\n]*[|])", "", copy.read_text(encoding="utf-8"))
    assert not _lost(text, _everything(report, [str(remark) for remark in made.remarks]))


def _lost(text: str, kept: str) -> Counter[str]:
    """Characters that are missing; widths are alike, bars and blanks between cells are none."""
    return Counter(_folded(text)) - Counter(_folded(kept))


def _folded(text: str) -> str:
    narrow = unicodedata.normalize("NFKC", squeezed(text))
    return re.sub("[|;/,:.、“”]", "", narrow)


WEB = """\
<html><head><style>.no {display: none}</style></head><body><ul><li>首页<li>要闻</ul>
<p class=no>藏</p><div><font>示例市样板局</font>2021年政府信息公开工作年度报告</div>
<p>一、总体情况<o:p></o:p><p>公开信息三条<sup>1</sup>。<br>　　都在时间以内。<br>（一）其他<br>乙。
<p>二、主动公开政府信息情况<table><tr><td>信息内容<td>本年制发件数<td>本年废止件数<td>现行有效件数<td>备注
<tr><td>规　章<td>&nbsp;１&nbsp;<td>2<sup>②</sup><td>1,234<td>见后
<tr><td>别的行<td>7<td>8<td>9<td></table>
<div>行政许可</div><div>12</div><div>行政处罚</div><div>3</div><div>4</div>
<p>六、其他需要报告的事项：<p>没有。<p>示例市样板局<p>２０２２年１月２日<div>上一篇：甲</div></body></html>"""


def test_no_text_of_a_page_is_lost(stock: Stock, tmp_path: Path) -> None:
    """Every character of a page with everything that pages have is kept, or told."""
    path = tmp_path / "a.html"
    path.write_text(WEB, encoding="utf-8")
    report, remarks = imported(path, stock)
    shown = re.sub(r"<style>.*?</style>|<[^>]*>|&nbsp;", "", WEB)
    assert not _lost(shown, _everything(report, remarks))
    assert cells(report)["disclosure.rules.made"] == "1"
    assert cells(report)["disclosure.rules.repealed"] == "2"
    assert cells(report)["disclosure.licences"] == "12"


def test_a_table_without_end(stock: Stock, tmp_path: Path) -> None:
    """A table too long for a report is left out as a whole, and told; the rest is read."""
    path = tmp_path / "a.html"
    rows = "".join(f"<tr><td>第{at}项<td>{at}" for at in range(5_000))
    path.write_text(WEB.replace("<ul>", f"<table>{rows}</table><ul>"), encoding="utf-8")
    report, remarks = imported(path, stock)
    assert cells(report)["disclosure.licences"] == "12"
    assert any("5000 行" in remark for remark in remarks)


@pytest.mark.parametrize("blank", ["&emsp;&emsp;", "&ensp;", "&nbsp; ", "&#x2009;", "　　"])
def test_blanks_that_only_indent(stock: Stock, tmp_path: Path, blank: str) -> None:
    """Pages indent by blanks of any width: headings are known behind them, none is printed."""
    lines = [
        "一、总体情况",
        "（一）主动公开",
        "公开了12条。",
        "五、存在的主要问题及改进情况",
        "更新慢。",
    ]
    title = "示例市样板区示范街道办事处2023年政府信息公开工作年度报告"
    body = "".join(f"<p>{blank}{line}</p>" for line in lines)
    path = tmp_path / "a.html"
    path.write_text(f"<meta charset=utf-8><h1>{title}</h1>{body}", encoding="utf-8")
    report, _ = imported(path, stock)
    parts = {part.heading: part.text.strip() for s in report.sections for part in s.parts}
    assert parts == {"（一）主动公开": "公开了12条。"}
    assert not {char for _, text in report.prose() for char in text if char.isspace()} - {" ", "\n"}
