"""Tables as offices publish them: which number belongs in which cell of the form."""

from typing import Any

import pytest

from pipeline.checking import Stock
from pipeline.form.forms import Form
from pipeline.transcription import webpage
from pipeline.transcription.entries import Reader
from pipeline.transcription.indicators import indicators
from pipeline.transcription.manuscript import Grid

KINDS = ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
RECEIVED = "一、本年新收政府信息公开申请数量"
CARRIED = "二、上年结转政府信息公开申请数量"


def grids(page: str) -> list[Grid]:
    """The tables of a web page."""
    made = webpage.read(f"<html><body>{page}</body></html>".encode(), "a.html")
    return [block for block in made.blocks if isinstance(block, Grid)]


def rows(*lines: str) -> str:
    """A table of rows of cells, parted by bars; 甲*2 spans two columns, 甲^2 two rows."""
    made = ""
    for line in lines:
        made += "<tr>"
        for cell in line.split("|"):
            text, _, down = cell.strip().partition("^")
            text, _, across = text.partition("*")
            made += f"<td rowspan={down or 1} colspan={across or 1}>{text}</td>"
        made += "</tr>"
    return f"<table>{made}</table>"


def read(page: str, stock: Stock, name: str = "2021") -> tuple[dict[str, Any], list[str]]:
    """The values of a page's tables, by the last key of their line, and the remarks."""
    reader = Reader(form_of(stock, name))
    for grid in grids(page):
        reader.read(grid)
    values = {".".join(keys): value for (_, keys), value in reader.entries.values.items()}
    return values, [str(remark) for remark in reader.entries.remarks]


def form_of(stock: Stock, name: str) -> Form:
    """A form by its name."""
    return next(form for form in stock.forms if form.name == name)


HEAD = [
    "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）*3^3|申请人情况*7",
    "自然人^2|法人或其他组织*5|总计^2",
    "|".join(KINDS),
]


@pytest.mark.parametrize(
    ("line", "values", "remark"),
    [
        # a number merged downwards, sideways; a blank and a strange column; a row as it should be
        (f"{RECEIVED}*3|1|2|3^2|4|5|6|21", [1, 2, 3, 4, 5, 6, 21], ""),
        (f"{RECEIVED}*3|1|2*2|4|5|6|18", [1, 2, "", 4, 5, 6, 18], "科研机构"),
        (f"{RECEIVED}*3|1|2|3|4|5|6", [1, 2, 3, 4, 5, 6], ""),
    ],
)
def test_merged_cells(line: str, values: list[object], remark: str, stock: Stock) -> None:
    """A cell stands under its heading, however its neighbours are merged."""
    made, remarks = read(rows(*HEAD, line, f"{CARRIED}*3|0|0|0|0|0|0"), stock)
    assert made["received"] == values
    assert any(remark in each for each in remarks) or not remark
    if "^2" in line:
        assert made["carried_in"] == [0, 0, "", 0, 0, 0, 0]
        assert any("没有自己的“科研机构”格" in each for each in remarks)


def test_an_extra_column(stock: Stock) -> None:
    """A blank column is passed over; one with a heading of its own is told."""
    head = [HEAD[0].replace("*7", "*8"), "自然人^2|法人或其他组织*5|总计^2|备注^2", HEAD[2]]
    made, remarks = read(rows(*head, f"{RECEIVED}*3|1|2|3|4|5|6|21|见附件"), stock)
    assert made["received"] == [1, 2, 3, 4, 5, 6, 21]
    assert any("见附件" in each for each in remarks)
    blank = [HEAD[0].replace("*7", "*8"), "自然人^2|^2|法人或其他组织*5|总计^2", HEAD[2]]
    made, _ = read(rows(*blank, f"{RECEIVED}*3|1||2|3||5|6|21"), stock)
    assert made["received"] == [1, 2, 3, "", 5, 6, 21]


def test_columns_left_out_or_in_another_order(stock: Stock) -> None:
    """Without 总计, and with 总计 first, each number stands in its column; an order is told."""
    head = [HEAD[0].replace("*7", "*6"), "自然人^2|法人或其他组织*5", HEAD[2]]
    made, remarks = read(rows(*head, f"{RECEIVED}*3|1|2|3|4|5|6"), stock)
    assert (made["received"], remarks) == ([1, 2, 3, 4, 5, 6], [])
    first = [HEAD[0], "总计^2|自然人^2|法人或其他组织*5", HEAD[2]]
    made, remarks = read(rows(*first, f"{RECEIVED}*3|21|1|2|3|4|5|6"), stock)
    assert made["received"] == [1, 2, 3, 4, 5, 6, 21]
    assert any("次序" in each for each in remarks)
    made, _ = read(
        rows("信息内容|现行有效件数|本年制发件数|本年废止件数", "规章|9|2|1", "行政许可|*2|7"),
        stock,
    )
    assert made["rules"] == [2, 1, 9]


def test_a_table_without_rows_by_its_headings(stock: Stock) -> None:
    """Table 四 with its litigation first and a column to spare comes out right."""
    five = "结果维持|结果纠正|其他结果|尚未审结|总计"
    page = rows(
        "行政复议*6|行政诉讼*10",
        "结果维持^2|结果纠正^2|^2|其他结果^2|尚未审结^2|总计^2|未经复议直接起诉*5|复议后起诉*5",
        f"{five}|{five}",
        "1|2||3|4|10|0|0|0|0|0|5|6|7|8|26",
    )
    made, _ = read(page, stock)
    assert made["reconsideration"] == [1, 2, 3, 4, 10]
    assert made["litigation.after_reconsideration"] == [5, 6, 7, 8, 26]


FIVE = "结果维持|结果纠正|其他结果|尚未审结|总计"
SECOND = f"未经复议直接起诉*5|复议后起诉*5|{FIVE.replace('|', '^2|')}^2"
LITIGATION = ("行政诉讼*10", "未经复议直接起诉*5|复议后起诉*5", f"{FIVE}|{FIVE}")


@pytest.mark.parametrize(
    "page",
    [
        rows(*LITIGATION, "1|0|0|0|1|0|2|0|0|2") + rows("行政复议*5", FIVE, "3|0|0|0|3"),
        rows("行政诉讼*10|行政复议*5", SECOND, f"{FIVE}|{FIVE}", "1|0|0|0|1|0|2|0|0|2|3|0|0|0|3"),
        rows("行政复议*5", FIVE, "3|0|0|0|3") + rows(*LITIGATION, "1|0|0|0|1|0|2|0|0|2"),
    ],
)  # fmt: skip
def test_columns_of_the_same_name(page: str, stock: Stock) -> None:
    """The groups above tell columns of the same name apart, in one table and in two."""
    made, _ = read(page, stock)
    assert made["reconsideration"] == [3, 0, 0, 0, 3]
    assert made["litigation.direct"] == [1, 0, 0, 0, 1]
    assert made["litigation.after_reconsideration"] == [0, 2, 0, 0, 2]


def test_a_heading_in_other_words(stock: Stock) -> None:
    """A heading that nobody knows leaves its column where it is, for rows that lack a cell, too."""
    kinds = HEAD[2].replace("社会公益组织", "某种组织")
    made, _ = read(
        rows(*HEAD[:2], kinds, f"{RECEIVED}*3|1|2|3|4|5|6|21", f"{CARRIED}*3|1|2|3|4|5|6"), stock
    )
    assert made["received"] == [1, 2, 3, 4, 5, 6, 21]
    assert made["carried_in"] == [1, 2, 3, 4, 5, 6]
    misspelt = HEAD[2].replace("社会公益组织", "社会公益性组织")
    made, _ = read(rows(*HEAD[:2], misspelt, f"{RECEIVED}*3|1|2|3^2|4|5|6|21",
                        f"{CARRIED}*3|1|2|4|5|6|18"), stock)  # fmt: skip
    assert made["carried_in"] == [1, 2, "", 4, 5, 6, 18]


def test_wrong_spans_of_headings(stock: Stock) -> None:
    """Headings whose spans are wrong do not move the numbers of a row that is whole."""
    made, remarks = read(
        rows("申请人情况*9", "自然人|法人或其他组织*2|总计", "|".join(KINDS),
             f"{RECEIVED}|1|2|3|4|5|6|21"),
        stock,
    )  # fmt: skip
    assert (made["received"], remarks) == ([1, 2, 3, 4, 5, 6, 21], [])


def test_a_table_in_two(stock: Stock) -> None:
    """A table that goes on in another one, with its headings again, is one."""
    made, remarks = read(
        rows(*HEAD, f"{RECEIVED}*3|1|0|0|0|0|0|1")
        + rows(
            *HEAD, f"{CARRIED}*3|2|0|0|0|0|0|2", *HEAD, "四、结转下年度继续办理*3|3|0|0|0|0|0|3"
        ),
        stock,
    )
    assert [made[key][0] for key in ("received", "carried_in", "carried_over")] == [1, 2, 3]
    assert remarks == []


# ---- the annex


def annex(page: str, stock: Stock) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of the annex of 2014, and the remarks."""
    table = form_of(stock, "2014").sections[0].table
    assert table
    made = indicators(grids(page), table)
    return [dict(row) for row in made.rows], [str(remark) for remark in made.remarks]


def test_depth_by_numbering(stock: Stock) -> None:
    """一、 （一） 1. and 其中： nest; what follows 其中： without a number stands with it."""
    made, _ = annex(
        rows("统计指标|单位|统计数", "一、公开||", "（一）总数|条|9", "其中：甲|条|1", "乙|件|2",
             "（二）渠道||", "1.公报|条|0", "其中：丙|条|0", "2．网站|条|9", "二、收费|万元|0.5"),
        stock,
    )  # fmt: skip
    assert [row.get("depth", 0) for row in made] == [0, 1, 2, 2, 1, 2, 3, 2, 0]
    assert str(made[-1]["value"]) == "0.5"


def test_depth_by_blanks(stock: Stock) -> None:
    """Blanks before a label say its depth, where labels have them."""
    made, _ = annex(
        rows("统计指标|单位|统计数", "总数|条|9", "&nbsp;&nbsp;其中：甲|条|1",
             "&#12288;&#12288;乙|件|2", "次数|次|9"),
        stock,
    )  # fmt: skip
    assert [row.get("depth", 0) for row in made] == [0, 1, 2, 0]


def test_annex_columns(stock: Stock) -> None:
    """Numbers and remarks beside the columns of the form are told; the table goes on in another."""
    made, remarks = annex(
        rows("附表*5", "序号|统计指标|单位|统计数|备注", "1|甲|条|3件|见后")
        + rows("2|乙|条|4|", "序号|统计指标|单位|统计数|备注", "3|丙|条||"),
        stock,
    )
    assert [(row["label"], row["unit"], row.get("value")) for row in made] == [
        ("甲", "条", "3件"), ("乙", "条", 4), ("丙", "条", None),
    ]  # fmt: skip
    for text in ("附表", "见后", "3件"):
        assert any(text in remark for remark in remarks)
