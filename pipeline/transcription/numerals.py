"""A number in the digits of one of Word's number formats: 3 → 三, ③, III, c."""

from collections.abc import Callable

import cn2an

_MOST = 9999
_MOST_LETTERS = 780
"""Word's last: thirty times Z."""
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
          (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CHINESE_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_TRADITIONAL = str.maketrans("贰叁陆", "貳參陸")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def _counted(number: int) -> str:
    text = str(cn2an.an2cn(number, "low"))
    return text.removeprefix("一") if text.startswith("一十") else text


def _legal(number: int) -> str:
    return str(cn2an.an2cn(number, "up"))


def _letters(number: int) -> str:
    """A … Z, then AA, BB: Word repeats the letter."""
    if not 0 < number <= _MOST_LETTERS:
        return str(number)
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    made, left = "", number
    for value, sign in _ROMAN:
        made += sign * (left // value)
        left %= value
    return made or "0"


def _one_of(signs: str) -> Callable[[int], str]:
    """Numbers that are one sign each, as far as there are signs; then digits."""
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


def _run(first: str, count: int) -> Callable[[int], str]:
    return _one_of("".join(chr(ord(first) + at) for at in range(count)))


_FORMATS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
         "taiwaneseCountingThousand"), _counted),
    **dict.fromkeys(
        ("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"),
        lambda number: str(number).translate(_CHINESE_DIGITS)),
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": lambda number: _legal(number).translate(_TRADITIONAL),
    "ideographTraditional": _one_of(_STEMS),
    "ideographZodiac": _one_of(_BRANCHES),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _run("①", 20)),
    "decimalEnclosedParen": _run("⑴", 20),
    "decimalEnclosedFullstop": _run("⒈", 20),
    "ideographEnclosedCircle": _run("㊀", 10),
    **dict.fromkeys(
        ("decimalFullWidth", "decimalFullWidth2"), lambda number: str(number).translate(_FULL_WIDTH)
    ),
    "decimalZero": lambda number: f"{number:02d}",
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "none": lambda _: "",
}  # fmt: skip


def numeral(number: int, style: str) -> str:
    """A number in the digits of a format (ST_NumberFormat); in 0-9 where that is not known."""
    shown = _FORMATS.get(style)
    return shown(number) if shown and 0 <= number <= _MOST else str(number)
