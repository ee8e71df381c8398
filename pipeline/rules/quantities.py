"""Numbers with a measure word in Chinese prose: 86条, 四份, 两件, 一百二十件, 1.2万件, 0.36万元.

Years, dates, percentages, ordinals and numbers without a measure are no quantities.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pipeline.counting import counted

_DIGIT = "[0-9０-９]"
_ARABIC = (
    rf"{_DIGIT}{{1,12}}(?:[,，][0-9]{{3}}){{0,3}}(?:[.．]{_DIGIT}{{1,8}})?"
    r"[ \u00a0]?[十百千万亿]{0,2}"
)
_CHINESE = r"[〇零一二两三四五六七八九十百千万亿]{1,12}"
_MEASURES = (
    *("万元", "亿元", "元", "件", "份", "条", "宗", "起", "项", "个", "例", "次", "人次", "件次"),
    *("期次", "人", "篇", "期", "场", "批", "册", "户", "名", "处", "通", "部"),
)
_QUANTITY = re.compile(
    r"(?<![0-9０-９第每逐这那哪某〇零一二两三四五六七八九十百千万亿])(?<![0-9０-９][.．,，%％/-])"
    rf"(?P<number>{_ARABIC}|{_CHINESE})(?P<vague>余|多|来|几)?[ \u00a0]?"
    rf"(?P<measure>{'|'.join(sorted(_MEASURES, key=len, reverse=True))})"
)
_ABOUT = re.compile(r"(?:约|近|超|超过|逾|不足|至少|最多|上|(?<!总)(?<!件)数|几)$")
_BEFORE = 3
_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_TENS_OF_THOUSANDS = Decimal(10000)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its measure; sums of money are in 元.

    `start` and `end` are offsets in the text, `vague` whether it is rounded (18万余条, 近百件).
    """

    start: int
    end: int
    value: Decimal
    measure: str
    vague: bool


def quantities(text: str) -> Iterator[Quantity]:
    """The quantities of a text, from left to right."""
    for found in _QUANTITY.finditer(text):
        value = _value(found["number"])
        if value is None:
            continue
        start = found.start("number")
        vague = bool(found["vague"] or _ABOUT.search(text, max(0, start - _BEFORE), start))
        measure = found["measure"]
        if measure in {"万元", "亿元"}:
            value *= _TENS_OF_THOUSANDS ** (1 if measure == "万元" else 2)
            measure = "元"
        yield Quantity(start, found.end(), value, measure, vague)


def shown(value: Decimal) -> str:
    """A number as messages show it: without zeros at its end, without an exponent."""
    return format(value.normalize() + 0, "f")


def _value(text: str) -> Decimal | None:
    plain = "".join(text.split()).translate(_WIDE).replace(",", "")
    try:
        return Decimal(plain if plain.isascii() else counted(plain))
    except (ValueError, InvalidOperation):
        return None
