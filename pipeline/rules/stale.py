"""Years of an earlier report that were left in the text."""

import re
from collections.abc import Iterator

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.chinese import DIGITS, around
from pipeline.rules.dossier import Dossier
from pipeline.rules.passages import Passage

STALE_YEAR = Rule(
    "NB413",
    Severity.WARNING,
    "像是以前年报的年份",
    "请改为本年度；确是说那一年的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="只看这几处：标题，统计期限，“截至某年年底”，“现将某年情况报告如下”，"
    "以及以上年（或“本镇某年”）开头、整段没有提到本年的叙述。"
    "与上年比较、上年结转、部门决算、文号等不算。",
)
RULES = (STALE_YEAR,)

_YEAR = "(?P<year>[12][0-9]{3}|二[〇○零][〇○零一二三四五六七八九]{2})[ \u3000]?年"
_ANY_YEAR = re.compile(_YEAR)
_PERIOD = re.compile("统计(?:数据)?(?:期限|时限|时间|时段|周期|区间|范围)[^。；;\n]{0,40}")
_NOW = re.compile(rf"现[将就把][^。；\n]{{0,30}}?{_YEAR}(?=[^。；\n]{{0,40}}如下)")
_UNTIL = re.compile(rf"截[至止]到?[ \u3000]?{_YEAR}(?:[ \u3000]?12[ \u3000]?月|年?底|年?末)")
_OURS = "[市县区镇乡街局办委院厅处所站校]"
_SELF = f"(?:我{_OURS}|本(?:{_OURS}|机关|单位)|全{_OURS})"
_OPENING = re.compile(
    rf"(?:^[ \u3000]{{0,4}}|(?<=[。；;\n]))(?P<who>[\u4e00-\u9fff]{{0,30}}?)[在于]?{_YEAR}度?"
)
_DOING = (
    "(?:主动|依法|及时|累计|新)?(?:公开|收到|收|受理|办理|办结|答复|处理|发布|公布|制发|更新"
    "|举办|召开|开展|组织|参加|编制|解读|回应)"
)
_DONE = f"(?:共|各|均|分别|先后|通过[^，。；]{{1,20}}?)?(?:{_DOING})++(?!过?的)"
_MONTH = "[ \u3000]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[ \u3000]?月份?[、和及至]?"
_SPEAKING = (
    f"[，,]|{_SELF}|以来[，,]?{_SELF}|全年|共|累计|{_DONE}"
    f"|(?:{_MONTH}){{1,6}}[，,]?(?:{_SELF}道?)?{_DONE}"
)
_SPEAKER = re.compile(f"{_SELF}(?:道|办事处|(?:人民)?政府)?")
_THIS_YEAR = re.compile("本年|今年|当年|目前")
_LOOKING_BACK = re.compile(
    "上年|去年|上一年|前年|往年|年报|年度报告|指出|整改|结转|决算|同期|同比|相比|历年"
)
_ZERO = str.maketrans("○零", "〇〇")


def stale(dossier: Dossier) -> Iterator[Finding]:
    """A finding for every year that must be the report's own and is another one."""
    year = dossier.report.year
    for passage in dossier.passages:
        if passage.own:
            for found in _stale(passage, year, dossier.report.agency.name):
                quoted = around(passage.text, found.start("year"), found.end())
                message = f"“{quoted}”写的是 {found['year']} 年，本年度是 {year} 年。"
                yield Finding(STALE_YEAR, dossier.at(passage, found.start("year")), message)


def _stale(passage: Passage, year: int, agency: str) -> Iterator[re.Match[str]]:
    """The years of a passage that stand in place of the report's own."""
    text = passage.text
    years = list(_ANY_YEAR.finditer(text))
    own = any(_number(found) == year for found in years)
    if passage.level == 0 and years and not own:
        yield years[0]
    if passage.level is not None:
        return
    for period in _PERIOD.finditer(text):
        inside = _ANY_YEAR.finditer(text, *period.span())
        yield from [found for found in inside if _number(found) != year][:1]
    yield from (found for found in _NOW.finditer(text) if _number(found) < year)
    until = list(_UNTIL.finditer(text))
    if not any(_number(found) == year for found in until):
        yield from (found for found in until if _number(found) == year - 1)
    if not (own or _THIS_YEAR.search(text) or _LOOKING_BACK.search(text)):
        openings = [f for f in _OPENING.finditer(text) if _number(f) == year - 1]
        yield from [
            f for f in openings if _own(f["who"], agency) and _speaks(text, f.end(), agency)
        ][:1]


def _own(who: str, agency: str) -> bool:
    """Whether the words before a year are none, 我局, or the office's own name or a short one."""
    named = {who, who.replace("政府", "人民政府")}
    return bool(_SPEAKER.fullmatch(who)) or any(name in agency for name in named)


def _speaks(text: str, at: int, agency: str) -> bool:
    """Whether the office tells of itself from here on: 我局, 全年, or its own name."""
    name = text[at : at + 2]
    return bool(re.compile(_SPEAKING).match(text, at)) or (len(name) == 2 and name in agency)  # noqa: PLR2004


def _number(found: re.Match[str]) -> int:
    """2022 or 二〇二二 as a number."""
    digits = "〇" + DIGITS
    written = found["year"].translate(_ZERO)
    return int("".join(str(digits.index(c)) if c in digits else c for c in written))
