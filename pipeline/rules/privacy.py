"""Numbers and names of persons, which a published report must not hold.

Messages show them masked: findings are printed, mailed and kept.
"""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.chinese import HAN
from pipeline.rules.dossier import Dossier

_REMEDY = "请删去；年报要公开发布，不能有个人信息。"
IDENTITY = Rule(
    "NB441", Severity.ERROR, "身份证号码", _REMEDY, acceptable=True,
    about="18 位的核对出生日期和校验码；写明是身份证的，校验码不对也算。"
    "15 位的核对地区和出生日期。",
)  # fmt: skip
MOBILE = Rule(
    "NB442", Severity.WARNING, "手机号码",
    "请删去个人的手机号码；办公用的号码，请用 [[accepted]] 写明理由。", acceptable=True,
)  # fmt: skip
BANK_CARD = Rule(
    "NB443", Severity.ERROR, "银行卡号码", _REMEDY, acceptable=True,
    about="16 至 19 位、以 3 至 6 开头、校验位正确的数字。",
)  # fmt: skip
APPLICANT = Rule(
    "NB444", Severity.WARNING, "申请人的姓名", "请删去姓名，写“申请人”即可。", acceptable=True,
    about="“申请人”“原告”后面紧接姓名的。",
)  # fmt: skip
RULES = (IDENTITY, MOBILE, BANK_CARD, APPLICANT)

_GAP = "[ \u00a0\u3000-]"
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z.])(?<![0-9]-)[1-9][0-9]{{2,18}}(?:{_GAP}[0-9]{{3,18}}){{0,5}}{_GAP}?[Xx]?"
    rf"(?!{_GAP}?[0-9A-Za-z])"
)
_MOBILE = re.compile(
    rf"(?<![0-9A-Za-z.])(?<![0-9]-)(?:\+?86{_GAP}?)?"
    rf"(?P<number>1[3-9][0-9]{_GAP}?[0-9]{{4}}{_GAP}?[0-9]{{4}})(?![0-9A-Za-z]|-[0-9]|\.[0-9])"
)
_SEPARATORS = re.compile("[^0-9X]")
_OF_FOUR = re.compile(rf"[0-9]{{16,19}}|(?:[0-9]{{4}}{_GAP}){{3,4}}[0-9]{{1,4}}")
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
"""GB 11643: the weights of the 17 digits, and the check character of each remainder."""
_EARLIEST = 1900
_TOLD_BEFORE = 12
"""Characters before a number in which 身份证 may stand."""

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭林罗郑梁谢宋唐韩曹邓萧冯程蔡彭潘袁董余苏叶吕魏蒋田杜丁沈姜"
    "范傅钟卢汪戴崔邱廖夏谭邹熊孟秦阎薛侯雷龙黎史陶贺顾毛郝龚邵钱覃莫孔汤尤聂焦殷邢庄洪翟鲁"
)
_NO_NAME = (
    "范围|程[序度]|顾虑|周[知边围期]|杜绝|余下|林[权地业木]|田[地间]|史[料实]|夏季|钟点|龙头|毛病|陈述"
    "|张贴|胡乱|韩国|雷同|尤其|莫名|谢绝"
)
_NAME = f"(?!{_NO_NAME})(?:欧阳|司马|上官|诸葛|[{_SURNAMES}])[{HAN}X×]{{1,2}}?"
_FOLLOWS = (
    r"[，,。；;：:、（(）)\s]|$|提出|申请|不服|要求|因|认为|称|来[信电访函]|向|对|于[0-9]|等[0-9一二三两]"
    "|的申请|通过|以|主动|撤回|起?诉"
)
_PARTIES = ("申请人", "原告")


@cache
def _applicant() -> re.Pattern[str]:
    """Slow to compile, and most texts name no party."""
    return re.compile(
        rf"(?:{'|'.join(_PARTIES)})(?:姓名)?(?:分别)?[：:为是]?[ \u3000]?"
        rf"(?P<name>{_NAME})(?={_FOLLOWS})"
    )


def privacy(dossier: Dossier) -> Iterator[Finding]:
    """Identity numbers, mobile numbers, bank cards and applicants' names in any passage."""
    for passage in dossier.passages:
        if passage.own:
            for rule, at, message in _found(passage.text):
                yield Finding(rule, dossier.at(passage, at), message)


def _found(text: str) -> Iterator[tuple[Rule, int, str]]:
    for found in _NUMBER.finditer(text):
        number = _SEPARATORS.sub("", found[0].upper())
        told = "身份证" in text[max(0, found.start() - _TOLD_BEFORE) : found.start()]
        if _identity(number, told=told):
            yield IDENTITY, found.start(), f"{_masked(number, 4)} 是身份证号码。"
        elif _OF_FOUR.fullmatch(found[0]) and _bank_card(number):
            yield BANK_CARD, found.start(), f"{_masked(number, 4)} 像是银行卡号码。"
    for found in _MOBILE.finditer(text):
        number = _SEPARATORS.sub("", found["number"])
        yield MOBILE, found.start("number"), f"{_masked(number, 3)} 是手机号码。"
    for found in _applicant().finditer(text) if any(who in text for who in _PARTIES) else ():
        start = found.start("name")
        yield APPLICANT, start, f"“{text[found.start() : start + 1]}某”是申请人的姓名。"


def _identity(number: str, *, told: bool) -> bool:
    """Whether these are a region, a day of birth and, unless it is `told`, the right check."""
    match len(number):
        case 18 if number[:17].isdecimal():
            checked = _CHECKS[sum(map(int.__mul__, map(int, number[:17]), _WEIGHTS)) % 11]
            born = number[6:14]
            right = told or checked == number[17]
        case 15 if number.isdecimal():
            born = "19" + number[6:12]
            right = True
        case _:
            return False
    return right and bool(_PROVINCES.match(number)) and _is_day(born)


def _is_day(digits: str) -> bool:
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return day.year >= _EARLIEST


def _bank_card(number: str) -> bool:
    """Whether the digits pass the check of ISO/IEC 7812 and begin as cards do."""
    if number[0] not in "3456" or not number.isdecimal():
        return False
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number))]
    return sum(digit - 9 * (digit > 9) for digit in doubled) % 10 == 0  # noqa: PLR2004


def _masked(number: str, start: int) -> str:
    """The number with its middle left out: its first `start` and its last four characters."""
    return number[:start] + "*" * (len(number) - start - 4) + number[-4:]
