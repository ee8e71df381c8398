"""Numbers in Chinese characters: 四, 十二, 一百二十.

The library that knows them all takes a quarter of a second to load, so it is asked for large ones,
and for what is written in other ways.
"""

import re
from decimal import Decimal
from functools import cache

_DIGITS = "零一二三四五六七八九"
_MOST = 999
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_IN_UNITS = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,8})?)([十百千万亿])")


def spelled(number: str) -> str:
    """A number that is written in 0-9, in characters: 12 → 十二."""
    if re.fullmatch("0|[1-9][0-9]{0,2}", number):
        return _spelled(int(number))
    import cn2an  # noqa: PLC0415

    return str(cn2an.an2cn(number, "low"))


def counted(text: str) -> str:
    """The number that characters say, in 0-9; 1.2万 and 3百, too.

    Raises:
        ValueError: they say none.
    """
    if found := _IN_UNITS.fullmatch(text):
        return str(int(Decimal(found[1]) * _UNITS[found[2]]))
    plain = text.replace("两", "二").replace("〇", "零")
    if plain in _known():
        return _known()[plain]
    import cn2an  # noqa: PLC0415

    return str(cn2an.cn2an(text, "smart"))


def _spelled(number: int) -> str:
    """A number up to `_MOST`; 一 is not said before the 十 of 10 to 19."""
    if number == 0:
        return _DIGITS[0]
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    made = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        made += f"{_DIGITS[tens] if number >= 20 else ''}十"  # noqa: PLR2004
    elif hundreds and ones:
        made += _DIGITS[0]
    return made + (_DIGITS[ones] if ones else "")


@cache
def _known() -> dict[str, str]:
    return {_spelled(number): str(number) for number in range(_MOST + 1)}
