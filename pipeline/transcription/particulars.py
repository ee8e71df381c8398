"""What a line tells of a report: its title, its year, its office, its date."""

import datetime as dt
import re
import unicodedata

from pipeline.form.wording import NUMERALS

LONGEST_HEADING = 45
"""Characters of a heading, or of an office's name."""
_TITLE = re.compile(
    r"(?:政府)?信息公开(?:工作)?(?:情况)?的?(?:年度)?(?:工作)?(?:情况)?的?(?:年度)?(?:总结)?"
    r"(?:报告|年报)(?:[（(].*[）)])?$|年度报告$"
)
_CHINESE_YEAR = "二[〇○零][〇○零一二三四五六七八九]{2}"
_YEAR = re.compile(rf"([2\uff12][0\uff10][0-9\uff10-\uff19]{{2}}|{_CHINESE_YEAR})\s*年(?:度)?")
_NAMED_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
_DAY = (
    rf"(?P<year>20[0-9]{{2}}|{_CHINESE_YEAR})\s*[年./-]\s*"
    rf"(?P<month>[0-9]{{1,2}}|[{NUMERALS}]{{1,2}})\s*[月./-]?\s*"
    rf"(?P<day>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})?\s*日?"
)
_DATE = re.compile(rf"(?P<name>.*?)\s*\(?{_DAY}\)?")
_OFFICE = re.compile(
    r"(?:府|局|处|委|会|办|室|厅|街道|镇|乡|中心|队|院|所|校|部|署|行|公司|站|馆|社|集团|学|台)"
    r"(?:[（(].*[）)])?$"
)
_FURNITURE = re.compile(
    r"^.{0,6}(?:日期|时间|来源|机构|索引号|浏览|点击|字号|字体|打印|关闭|分享|访问量|编辑|作者|阅读次数|"
    r"文号|主题词|体裁|信息分类|当前位置|您的位置|上一篇|下一篇|上一条|下一条|责任编辑).{0,3}[：:\]】]"
    r"|^(?:首页|打印|关闭|分享)|\.(?:pdf|docx?|wps|xlsx?|ofd)$"
    r"|^(?:网站备案号|备案号|.{0,8}ICP备|.{0,6}公网安备|版权所有|主办单位|网站标识码)",
    re.IGNORECASE,
)
_LONGEST_TITLE, _LONGEST_DATE, _SHORTEST_OFFICE, _TEN = 70, 200, 4, 10


def year_in(text: str) -> int | None:
    """The first year that a text names as such: 2021年, 二〇二一年."""
    found = _YEAR.search(text)
    return _number(found[1]) if found else None


def year_of_file(name: str) -> int | None:
    """The year in the name of a file."""
    found = _NAMED_YEAR.search(name)
    return int(found[0]) if found else None


def office_in(title: str) -> str:
    """The office that a title names, before or behind its year; "" where it names none."""
    rest = _TITLE.sub("", _YEAR.sub("", "".join(title.split())))
    return re.sub(r"(?:关于|政府信息公开.*)$", "", rest)


def is_title(text: str) -> bool:
    """Whether a line is the title of such a report, or its last line."""
    joined = "".join(text.split())
    short = len(text) <= _LONGEST_TITLE and not re.search("[：:>》|]", joined)
    return short and bool(_TITLE.search(joined))


def begins_title(text: str, rest: str) -> bool:
    """Whether a line is the beginning of the title that goes on with `rest`."""
    short = len(text) <= _LONGEST_TITLE // 2 and not re.search(r"[，。：；:;>|]", text)
    if not short or is_furniture(text) or is_title(text) or office_in(rest):
        return False
    ends = re.sub("关于$", "", text.strip())
    return bool(_OFFICE.search(ends) or _YEAR.search(text) or text.startswith("政府信息公开"))


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page, not to the report: 来源：, 打印, a file's name."""
    return "。" not in text and bool(_FURNITURE.search(text))


def is_office(text: str) -> bool:
    """Whether a line is the name of an office, and nothing else."""
    short = _SHORTEST_OFFICE <= len(text) <= LONGEST_HEADING
    return short and not re.search(r"[，。：；、]", text) and bool(_OFFICE.search(text))


def dated(text: str) -> tuple[str, dt.date | None] | None:
    """The office and the day on a line that says no more than them; None for any other line.

    The day is None where only the month is told.
    """
    line = unicodedata.normalize("NFKC", text).strip() if len(text) <= _LONGEST_DATE else ""
    found = _DATE.fullmatch(line)
    if not found or (found["name"] and not is_office(found["name"].strip(" ("))):
        return None
    if not found["day"]:
        return ("", None) if "月" in text else None
    try:
        day = dt.date(*(_number(found[part]) for part in ("year", "month", "day")))
    except ValueError:
        return None
    return found["name"].strip(" ("), day


def _number(text: str) -> int:
    """A number in digits, or in Chinese: 二〇二一, 十, 十二, 三十一."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (NUMERALS.index(tens) + 1 if tens else 1) * _TEN + (
            NUMERALS.index(ones) + 1 if ones else 0
        )
    digits = re.sub("[〇○零]", "0", text)
    return int("".join(c if c == "0" else str(NUMERALS.index(c) + 1) for c in digits))
