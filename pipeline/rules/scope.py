"""Whose figures a sentence gives, and of which time: only this office's of this year count."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rules.mentions import Mention

CLAUSE = re.compile(r"[，。；：！？（()）]")
_BLANK = "\ue001"
"""Stands for words of a saying: 上年结转 tells no time."""
_OTHER_TIME = (
    r"上年|去年|上一年|前一年|往年|历年|明年|来年|下一年|下年|同期|季度|上半年|下半年|[0-9]月份|(?<!今)(?<!本)年以来|年来|"
    r"20[0-9]{2}年?[至到—~-]20[0-9]{2}年|月均|平均|日均|相比|拟(?!制)|计划|预计|力争|修订以来|施行以来"
)
_MONTHS = r"(?!1月?份?[至到—~-]12月)(?<![0-9])[0-9]{1,2}月?份?[至到—~-][0-9]{1,2}月"
_THIS_TIME = r"今年|本年|全年|年内|当年"
_TIME = re.compile(
    rf"(?P<other>{_OTHER_TIME}|{_MONTHS})|(?P<this>{_THIS_TIME})|(?P<year>20[0-9]{{2}})年(?!来)"
)
_LINK = re.compile(r"其中|但是?|而|另外?|同时|截[至止]")
_ADVERBS = r"(?:共计?|累计|总计|总共|一共|年度|全年|今年|年内|已|均|依法|实际|分别|全部|办理|\s)*+"
_BODY = re.compile(
    r"(?P<body>[\u4e00-\u9fff]{1,16}(?:局|委|委员会|办|办公室|厅|县|区|镇|乡|街道|市|省|院|中心|部门|单位|"
    rf"办事处|政府))(?P<adverbs>{_ADVERBS})$"
)
_TIMES_OF_BODY = re.compile(r"本?年度|今年|全年|年内|其中|年")
_OWN = re.compile(
    r"我[市县区省镇乡局办委厅街院校]|本(?:机关|级|局|办|委|街|镇|区|市|县|省|乡|单位|部门|厅)|全[市县区省镇乡局街]|各级"
)
_REACH = 60


@dataclass(frozen=True, slots=True)
class _Told:
    """What holds for a clause and those after it, until they tell otherwise."""

    other_time: bool
    other_body: bool


_HERE = _Told(other_time=False, other_body=False)


class Scope:
    """The clauses of a sentence with what they speak of.

    `year` is the report's, None where it is not known; `agency` the name of its office.
    """

    def __init__(
        self, text: str, mentions: Sequence[Mention], year: int | None, agency: str
    ) -> None:
        self._year, self._agency = year, agency
        plain, at = "", 0
        for mention in mentions:
            plain += text[at : mention.start] + _BLANK * (mention.end - mention.start)
            at = mention.end
        self._text = plain + text[at:]
        self._starts, self._told = [0], [self._opening(0, _HERE)]
        outer = list[_Told]()
        for mark in CLAUSE.finditer(self._text):
            told = self._told[-1]
            if mark[0] in "（(":
                outer.append(told)
            elif mark[0] in "）)" and outer:
                told = outer.pop()
            self._starts.append(mark.end())
            self._told.append(self._opening(mark.end(), told))

    def covers(self, at: int) -> bool:
        """Whether words at an offset speak of this office's figures of this year."""
        index = bisect_right(self._starts, at) - 1
        start = max(self._starts[index], at - _REACH)
        before = self._text[start:at]
        other_time = self._time(before)
        told = self._told[index]
        if other_time is None:
            other_time = told.other_time
        return not (other_time or told.other_body or self._other_body(before))

    def opens(self, at: int) -> bool:
        """Whether nothing but adverbs stands between the beginning of a clause and an offset."""
        index = bisect_right(self._starts, at) - 1
        return at - self._starts[index] <= _REACH and bool(
            _OPENING.fullmatch(self._text, self._starts[index], at)
        )

    def _opening(self, start: int, told: "_Told") -> "_Told":
        """What a clause that begins at `start` tells, after one that told `told`."""
        link = _LINK.match(self._text, start)
        first = link.end() if link else start
        time = _TIME.match(self._text, first)
        other_time = self._is_other(time) if time else told.other_time
        stop = self._text.find(_BLANK, first, first + _REACH)
        clause = CLAUSE.search(self._text, first, first + _REACH)
        other_body = told.other_body and not _OWN.match(self._text, first)
        if stop >= 0 and not (clause and clause.start() < stop):
            other_body = other_body or self._other_body(self._text[first:stop])
        return _Told(other_time, other_body)

    def _time(self, text: str) -> bool | None:
        """Whether words tell another time, by the last word of time; None where they tell none."""
        times = list(_TIME.finditer(text))
        if not times:
            return None
        return self._is_other(times[-1])

    def _is_other(self, time: re.Match[str]) -> bool:
        if time["year"]:
            return self._year is not None and int(time["year"]) != self._year
        return bool(time["other"])

    def _other_body(self, text: str) -> bool:
        """Whether words end with the name of another body than this office."""
        found = _BODY.search(text)
        if not found or _OWN.search(text):
            return False
        name = _TIMES_OF_BODY.sub("", found["body"].partition("代表")[0])
        rest = iter(self._agency)
        return bool(name) and not all(char in rest for char in name)


_OPENING = re.compile(
    r"(?:其中|另外?|还|共有?|总共|总计|合计|全年|今年|本年度?|年度|年内|目前|已经?|有|由|的|同意|依法|答复|主动|现|均|累计|我.|本.|"
    r"[0-9]{4}年|[一二三四五六七八九十]是|[0-9一二三四五六七八九十]{1,2}[、.．]|为|对|因|\s)*+"
)
