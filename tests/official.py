"""The official tables of the forms, written out by hand, and the grids they must give."""

from collections.abc import Sequence

Place = tuple[int, int, int, int, str]
"""Row, column, rows spanned, columns spanned, text."""
Labels = tuple[str, ...]

DISCLOSURE_LABELS: set[Place] = {
    (0, 0, 1, 4, "第二十条第（一）项"),
    (1, 0, 1, 1, "信息内容"),
    (1, 1, 1, 1, "本年制发件数"),
    (1, 2, 1, 1, "本年废止件数"),
    (1, 3, 1, 1, "现行有效件数"),
    (2, 0, 1, 1, "规章"),
    (3, 0, 1, 1, "行政规范性文件"),
    (4, 0, 1, 4, "第二十条第（五）项"),
    (5, 0, 1, 1, "信息内容"),
    (5, 1, 1, 3, "本年处理决定数量"),
    (6, 0, 1, 1, "行政许可"),
    (7, 0, 1, 4, "第二十条第（六）项"),
    (8, 0, 1, 1, "信息内容"),
    (8, 1, 1, 3, "本年处理决定数量"),
    (9, 0, 1, 1, "行政处罚"),
    (10, 0, 1, 1, "行政强制"),
    (11, 0, 1, 4, "第二十条第（八）项"),
    (12, 0, 1, 1, "信息内容"),
    (12, 1, 1, 3, "本年收费金额（单位：万元）"),
    (13, 0, 1, 1, "行政事业性收费"),
}
DISCLOSURE_CELLS = [
    (2, 1, 1), (2, 2, 1), (2, 3, 1), (3, 1, 1), (3, 2, 1), (3, 3, 1), (6, 1, 3), (9, 1, 3),
    (10, 1, 3), (13, 1, 3),
]  # fmt: skip
"""Row, column and width of the ten numbers of table 二, in the order of the form."""

APPLICATIONS_HEADS: set[Place] = {
    (0, 0, 3, 3, "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"),
    (0, 3, 1, 7, "申请人情况"),
    (1, 3, 2, 1, "自然人"),
    (1, 4, 1, 5, "法人或其他组织"),
    (1, 9, 2, 1, "总计"),
    (2, 4, 1, 1, "商业企业"),
    (2, 5, 1, 1, "科研机构"),
    (2, 6, 1, 1, "社会公益组织"),
    (2, 7, 1, 1, "法律服务机构"),
    (2, 8, 1, 1, "其他"),
}
RESULTS = "三、本年度办理结果"
REFUSED, UNAVAILABLE = "（三）不予公开", "（四）无法提供"
NOT_PROCESSED, OTHERWISE = "（五）不予处理", "（六）其他处理"
APPLICATIONS_ROWS: list[Labels] = [
    ("一、本年新收政府信息公开申请数量",),
    ("二、上年结转政府信息公开申请数量",),
    (RESULTS, "（一）予以公开"),
    (RESULTS, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    (RESULTS, REFUSED, "1.属于国家秘密"),
    (RESULTS, REFUSED, "2.其他法律行政法规禁止公开"),
    (RESULTS, REFUSED, "3.危及“三安全一稳定”"),
    (RESULTS, REFUSED, "4.保护第三方合法权益"),
    (RESULTS, REFUSED, "5.属于三类内部事务信息"),
    (RESULTS, REFUSED, "6.属于四类过程性信息"),
    (RESULTS, REFUSED, "7.属于行政执法案卷"),
    (RESULTS, REFUSED, "8.属于行政查询事项"),
    (RESULTS, UNAVAILABLE, "1.本机关不掌握相关政府信息"),
    (RESULTS, UNAVAILABLE, "2.没有现成信息需要另行制作"),
    (RESULTS, UNAVAILABLE, "3.补正后申请内容仍不明确"),
    (RESULTS, NOT_PROCESSED, "1.信访举报投诉类申请"),
    (RESULTS, NOT_PROCESSED, "2.重复申请"),
    (RESULTS, NOT_PROCESSED, "3.要求提供公开出版物"),
    (RESULTS, NOT_PROCESSED, "4.无正当理由大量反复申请"),
    (RESULTS, NOT_PROCESSED, "5.要求行政机关确认或重新出具已获取信息"),
    (
        RESULTS,
        OTHERWISE,
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    ),
    (
        RESULTS,
        OTHERWISE,
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    (RESULTS, OTHERWISE, "3.其他"),
    (RESULTS, "（七）总计"),
    ("四、结转下年度继续办理",),
]

_RESULTS_4 = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
REVIEWS_LABELS: set[Place] = {
    (0, 0, 1, 5, "行政复议"),
    (0, 5, 1, 10, "行政诉讼"),
    (1, 5, 1, 5, "未经复议直接起诉"),
    (1, 10, 1, 5, "复议后起诉"),
    *((1, at, 2, 1, label) for at, label in enumerate(_RESULTS_4)),
    *((2, 5 + at, 1, 1, label) for at, label in enumerate(_RESULTS_4)),
    *((2, 10 + at, 1, 1, label) for at, label in enumerate(_RESULTS_4)),
}

# The form of 2019 and 2020

DISCLOSURE_2019_LABELS: set[Place] = {
    (0, 0, 1, 5, "第二十条第（一）项"),
    (1, 0, 1, 1, "信息内容"),
    (1, 1, 1, 1, "本年新制作数量"),
    (1, 2, 1, 2, "本年新公开数量"),
    (1, 4, 1, 1, "对外公开总数量"),
    (2, 0, 1, 1, "规章"),
    (3, 0, 1, 1, "规范性文件"),
    (4, 0, 1, 5, "第二十条第（五）项"),
    (5, 0, 1, 1, "信息内容"),
    (5, 1, 1, 1, "上一年项目数量"),
    (5, 2, 1, 2, "本年增/减"),
    (5, 4, 1, 1, "处理决定数量"),
    (6, 0, 1, 1, "行政许可"),
    (7, 0, 1, 1, "其他对外管理服务事项"),
    (8, 0, 1, 5, "第二十条第（六）项"),
    (9, 0, 1, 1, "信息内容"),
    (9, 1, 1, 1, "上一年项目数量"),
    (9, 2, 1, 2, "本年增/减"),
    (9, 4, 1, 1, "处理决定数量"),
    (10, 0, 1, 1, "行政处罚"),
    (11, 0, 1, 1, "行政强制"),
    (12, 0, 1, 5, "第二十条第（八）项"),
    (13, 0, 1, 1, "信息内容"),
    (13, 1, 1, 2, "上一年项目数量"),
    (13, 3, 1, 2, "本年增/减"),
    (14, 0, 1, 1, "行政事业性收费"),
    (15, 0, 1, 5, "第二十条第（九）项"),
    (16, 0, 1, 1, "信息内容"),
    (16, 1, 1, 2, "采购项目数量"),
    (16, 3, 1, 2, "采购总金额"),
    (17, 0, 1, 1, "政府集中采购"),
}
DISCLOSURE_2019_CELLS = [
    (2, 1, 1), (2, 2, 2), (2, 4, 1), (3, 1, 1), (3, 2, 2), (3, 4, 1), (6, 1, 1), (6, 2, 2),
    (6, 4, 1), (7, 1, 1), (7, 2, 2), (7, 4, 1), (10, 1, 1), (10, 2, 2), (10, 4, 1), (11, 1, 1),
    (11, 2, 2), (11, 4, 1), (14, 1, 2), (14, 3, 2), (17, 1, 2), (17, 3, 2),
]  # fmt: skip
"""Row, column and width of the 22 numbers of table 二, in the order of the form."""

OTHER_DOCUMENTS = (4, "其他主动公开文件")
"""The row that 湖北 added in 2020, and where it stands."""


def disclosure_2019(values: Sequence[str], *, with_other: bool = False) -> set[Place]:
    """Table 二 with its numbers; `with_other`: with the row that 湖北 added."""
    at, label = OTHER_DOCUMENTS
    places = {
        (row + (with_other and row >= at), column, rows, columns, text)
        for row, column, rows, columns, text in DISCLOSURE_2019_LABELS
    }
    cells = [
        (row + (with_other and row >= at), column, span)
        for row, column, span in DISCLOSURE_2019_CELLS
    ]
    if with_other:
        places.add((at, 0, 1, 1, label))
        cells[6:6] = [(at, 1, 1), (at, 2, 2), (at, 4, 1)]
    return places | {
        (row, column, 1, span, value)
        for (row, column, span), value in zip(cells, values, strict=True)
    }


APPLICATIONS_2019_ROWS: list[Labels] = [
    *APPLICATIONS_ROWS[:20],
    (RESULTS, OTHERWISE),
    *APPLICATIONS_ROWS[-2:],
]
"""As in 2021, but for one row （六）其他处理."""

CONTINUED = "（续）"


def label_places(rows: Sequence[Labels], start: int, stop: int, top: int, depth: int) -> set[Place]:
    """The label cells of `rows[start:stop]` on one page, from its grid row `top` on.

    A group that began on an earlier page says so.
    """
    places: set[Place] = set()
    for column in range(depth):
        at = start
        while at < stop:
            own = rows[at][: column + 1]
            if len(own) <= column:
                at += 1
                continue
            if len(rows[at]) == column + 1:
                places.add((at - start + top, column, 1, depth - column, own[-1]))
                at += 1
                continue
            end = at
            while end < stop and rows[end][: column + 1] == own:
                end += 1
            cut = at == start > 0 and rows[at - 1][: column + 1] == own
            text = own[-1] + (CONTINUED if cut else "")
            places.add((at - start + top, column, end - at, 1, text))
            at = end
    return places


def applications_places(
    values: Sequence[Sequence[str]],
    rows: Sequence[Labels] = APPLICATIONS_ROWS,
    heads: set[Place] = APPLICATIONS_HEADS,
    start: int = 0,
    stop: int | None = None,
) -> set[Place]:
    """Table 三, or the rows of it that stand on one page, with its numbers."""
    end = len(rows) if stop is None else stop
    return (
        heads
        | label_places(rows, start, end, 3, 3)
        | {
            (3 + at - start, 3 + column, 1, 1, value)
            for at in range(start, end)
            for column, value in enumerate(values[at])
        }
    )
