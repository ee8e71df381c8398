"""How a text is written: marks, blanks, pairs, repetitions and numbers."""

import pytest
from conftest import Workshop
from texts import found

# Half-width marks


@pytest.mark.parametrize(
    "text",
    [
        "全年公开信息‸,其中文件三件。",
        "分为两类‸;都已公开。",
        "地址‸:示例路一号。",
        "办好了吗‸?办好了。",
        '说‸"一网通办"。',
        "条例‸(以下简称条例）。",
        "已经公开‸.下一步改进。",
        "没有收到申请‸.",
        "等等‸...",
        "共12件‸,都已办结。",
        "贯彻‸<条例>办法。",
        "国办发‸[2021]30号。",
        "公开 ‸, 三件。",
    ],
)
def test_half_width_marks(workshop: Workshop, text: str) -> None:
    """A mark beside a Chinese character or mark is found where it stands."""
    (finding,) = found(workshop, "NB421", text)
    assert f"里的“{text.partition('‸')[2][:1]}”是半角标点" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "每天8:30至17:00开放，5.15政务公开日接待1,200人次，占99.5%。",
        "网址是http://www.example.gov.cn/a?b=1:2，邮箱是zwgk@example.gov.cn。",
        "用PDF (Portable Document Format)格式，版本1.7。",
        "1.加强学习。",
        "制度；办法：意见（试行）。是吗？好！",
    ],
)
def test_marks_that_belong_there(workshop: Workshop, text: str) -> None:
    """Numbers, times, addresses, foreign words and the points of numbers are left alone."""
    assert found(workshop, "NB421", text) == []


def test_half_width_marks_are_gathered(workshop: Workshop) -> None:
    """One finding a paragraph, which counts them; the others are related places."""
    (first, second) = found(workshop, "NB421", "一‸,二,三,四。\n\n五‸;六。")
    assert first.message.endswith("是半角标点，这一段共 3 处。")
    assert [place.column - first.place.column for place in first.related] == [2, 4]
    assert second.related == ()


def test_a_heading_is_text(workshop: Workshop) -> None:
    """A title of the office's own is read as its prose is."""
    (finding,) = found(workshop, "NB421", "改正。", title="示范街道‸(2023年)年度报告")
    assert finding.place.path == "title"


# Blanks


@pytest.mark.parametrize(
    "text",
    [
        "公开‸ 信息。",
        "公开‸　信息。",
        "第一。‸ 第二。",
        "公开‸ （试行）。",
        "共三件‸ 。",
        "“‸ 引文”。",
    ],
)
def test_blanks(workshop: Workshop, text: str) -> None:
    """A blank inside a text is found where it stands."""
    (finding,) = found(workshop, "NB422", text)
    assert finding.message.endswith("中间有空格。")


@pytest.mark.parametrize(
    "text",
    [
        "地址：示例路一号 邮编：110000 电话：000",
        "Open Government 是英文。",
        "公开\n信息。",
        "2021 年。",
    ],
)
def test_blanks_that_belong_there(workshop: Workshop, text: str) -> None:
    """Between entries, foreign words and at the end of a line nothing is wrong."""
    assert found(workshop, "NB422", text) == []


@pytest.mark.parametrize("text", ["2021‸ 年公开了。", "公开‸ 86条。", "用‸ PDF格式。"])
def test_blanks_beside_numbers(workshop: Workshop, text: str) -> None:
    """They are a note."""
    (finding,) = found(workshop, "NB426", text)
    assert finding.severity == "note"


def test_the_number_of_a_figure(workshop: Workshop) -> None:
    """The blank behind it belongs there."""
    assert found(workshop, "NB426", "图1 公开情况") == []


# Pairs


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("落实‸“一网通办。", "里的 “ 后面没有 ”。"),
        ("落实一网通办‸”。", "里的 ” 前面没有 “。"),
        ("条例‸（试行。", "后面没有 ）。"),
        ("条例试行‸）的规定。", "前面没有 （。"),
        ("印发‸《办法。", "后面没有 》。"),
    ],
)
def test_unpaired(workshop: Workshop, text: str, message: str) -> None:
    """The half that is there is found, and the half that is not is named."""
    (finding,) = found(workshop, "NB423", text)
    assert finding.message.endswith(message)


def test_a_crossing(workshop: Workshop) -> None:
    """Two pairs that cross are one finding, at the end of the second; its start is related."""
    (finding,) = found(workshop, "NB423", "甲“乙（丙”丁‸）戊。")
    assert finding.message.endswith("与另一对交叉。")
    assert finding.related[0].column == finding.place.column - 4


@pytest.mark.parametrize(
    "text",
    [
        "“甲‘乙’丙”（丁《戊〈己〉》）〔2021〕【庚】。",
        "1）加强学习；2）改进工作。",
        "（一）学习。一）学习。",
        "It’s fine.",
        "条例（试行)，办法(试行）。",
        "“第一段。\n\n“第二段。”",
    ],
)
def test_pairs(workshop: Workshop, text: str) -> None:
    """Nested pairs, list marks, and a quotation of several paragraphs are right."""
    assert found(workshop, "NB423", text) == []


# Repetitions


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("已公开‸。。", "。。"),
        ("第一‸，，第二。", "，，"),
        ("甲‸、，乙。", "、，"),
        ("分三类‸;;都公开。", ";;"),
        ("信息公开‸工作工作。", "工作"),
        ("严格‸遵循遵循原则。", "遵循"),
        ("公开‸的的信息。", "的"),
        ("过程‸性性信息。", "性"),
        ("‸各部门各部门都公开。", "各部门"),
    ],
)
def test_doubled(workshop: Workshop, text: str, what: str) -> None:
    """A doubled mark or word is found at its first occurrence, and quoted."""
    (finding,) = found(workshop, "NB424", text)
    assert finding.message.endswith(f"里的“{what}”重复。")


@pytest.mark.parametrize(
    "text",
    [
        "人人参与，天天更新，层层把关，往往如此，一件一件办，研究研究。",
        "二〇二〇年，以此为目的的活动，的的确确，参与与监督，为了了解情况。",
        "等等……还有——好吗？！“好。”（完。）",
        "男性性别，饱和和稳定。",
    ],
)
def test_reduplication(workshop: Workshop, text: str) -> None:
    """Words that Chinese doubles, and marks that stand side by side, are right."""
    assert found(workshop, "NB424", text) == []


# Numbers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("一是学习。二是公开。‸四是监督。", "“四是”的前一项是“二是”，中间有缺。"),
        ("（一）学习。\n\n（‸三）公开。", "“（三）”的前一项是“（一）”，中间有缺。"),
        ("1.学习。\n\n‸3.公开。\n\n4.监督。", "“3.”的前一项是“1.”，中间有缺。"),
        ("（一）甲。\n\n（二）乙。\n\n（‸二）丙。", "“（二）”的前一项是“（二）”，重复。"),
        ("（‸二）公开。", "“（二）”前面没有这一级的第一项。"),
        ("①甲；‸③乙。", "“③”的前一项是“①”，中间有缺。"),
        ("第一，甲。第二，乙。第‸二，丙。", "“第二”的前一项是“第二”，重复。"),
        ("（一）甲。1.丙。2.丁。\n\n（二）乙。1.丙。‸3.丁。", "“3.”的前一项是“1.”，中间有缺。"),
    ],
)
def test_numbers_that_skip(workshop: Workshop, text: str, message: str) -> None:
    """The first number that does not follow is found, with the one before it."""
    (finding,) = found(workshop, "NB425", text)
    assert finding.message == message


@pytest.mark.parametrize(
    "text",
    [
        "一是学习。二是公开。三是监督。\n\n一是甲。二是乙。",
        "（一）甲。\n\n1.乙。\n\n2.丙。\n\n（二）丁。\n\n1.戊。",
        "一是甲，其中：一是乙，二是丙。二是丁。三是戊。",
        "**一是学习。**落实条例。\n\n**二是公开。**公开信息。\n\n＊＊三是监督。＊＊自查。\n\n**四是答复。",
        "公开第二十条第（五）项规定的信息，统一是好的，2.5万元，5.15活动。",
        "一、甲。\n\n二、乙。",
        "每天8:30、14:00和9：00、15：00办理，三要素齐全。",
        "包括：1、甲；2、乙。",
        "".join(f"\n\n{n}.公开。" for n in range(1, 13)),
    ],
)
def test_numbers_that_follow(workshop: Workshop, text: str) -> None:
    """Lists, lists within lists, a new list, and numbers that count nothing."""
    assert found(workshop, "NB425", text) == []


def test_prescribed_headings_count(workshop: Workshop) -> None:
    """A prescribed part that is left out leaves a gap in what is printed."""
    content = workshop.blank()
    content["overview"] |= {"proactive": "公开。", "management": "管理。"}
    (finding,) = [f for f in workshop.check(content).findings if f.rule.code == "NB425"]
    assert finding.message == "“（三）”的前一项是“（一）”，中间有缺。"
    assert finding.place.path == "overview"
    content["overview"]["on_request"] = "无。"
    assert [f for f in workshop.check(content).findings if f.rule.code == "NB425"] == []
