"""Rows that lost their table: a row on a line, a cell a line, labels over several lines."""

import pytest

from pipeline.checking import Stock
from tests.test_transcript import LONG, TITLE, content, told

HEAD = "第二十条第（一）项\n信息内容\n本年制发件数\n本年废止件数\n现行有效件数\n"
ROWS = {"rules": [1, 0, 1], "normative_documents": [2, "/", 3], "licences": 12}


ALIGNED = """\
信息内容    本年制发件数    本年废止件数
规章    1    0    1
行政规范性文件  2  /  3
行政许可\u3000\u3000 12
"""


@pytest.mark.parametrize(
    "table",
    [
        f"{HEAD}规章\n1\n0\n1\n行政规范性文件\n2\n/\n3\n行政许可\n12\n",
        ALIGNED,
        ALIGNED.replace("    ", "\t").replace("  ", "\t"),
        f"{HEAD}规章\n１\n0\n1\n行政规范性\n文件 2 / 3\n行政\n许可\n12\n",
    ],
)
def test_rows_without_a_table(table: str, stock: Stock) -> None:
    """Every row is read, and no heading of the table becomes text."""
    values, _ = content(
        f"{TITLE}\n一、总体情况\n{LONG}\n二、主动公开政府信息情况\n{table}"
        f"六、其他需要报告的事项\n{LONG}\n",
        stock,
    )
    read = values["disclosure"]
    assert {key: read[key] for key in ROWS} == ROWS
    assert "before" not in read
    assert "after" not in read
    assert values["other_matters"] == {"text": LONG}


def test_values_without_labels(stock: Stock) -> None:
    """The fifteen values below the headings of table 四, one a line."""
    values, _ = content(
        f"{TITLE}\n四、政府信息公开行政复议、行政诉讼情况\n行政复议\n行政诉讼\n结果\n维持\n总计\n"
        "1\n2\n3\n4\n10\n0\n0\n0\n0\n0\n0\n0\n0\n5\n5",
        stock,
    )
    assert values["reviews"]["reconsideration"] == [1, 2, 3, 4, 10]
    assert values["reviews"]["litigation"]["after_reconsideration"] == [0, 0, 0, 5, 5]
    assert "before" not in values["reviews"]


def test_too_few_values_stay_text(stock: Stock) -> None:
    """Where cells are missing nothing is guessed: label and numbers stay together, as text."""
    values, _ = content(
        f"{TITLE}\n二、主动公开政府信息情况\n规章\n1\n0\n1\n行政规范性文件\n2\n3\n", stock
    )
    assert values["disclosure"]["rules"] == [1, 0, 1]
    assert values["disclosure"]["normative_documents"] == ["", "", ""]
    assert values["disclosure"]["after"] == "行政规范性文件\n\n2\n\n3"


def test_prose_with_numbers_stays_prose(stock: Stock) -> None:
    """A label within a sentence is no row, and a part named as a column of a table stays."""
    values, remarks = content(
        f"{TITLE}\n一、总体情况\n（一）其他\n{LONG}\n全年办理行政许可 12\n编号 12\n", stock
    )
    (part,) = values["overview"]["parts"]
    assert part["heading"] == "（一）其他"
    assert part["text"] == f"{LONG}\n\n全年办理行政许可 12\n\n编号 12"
    assert values["disclosure"]["licences"] == ""
    assert not told(remarks, "NB601", "编号")
