"""Chinese text as the rules read it: its characters, its numerals, and a quotation of it."""

_HAN = (("〇", "〇"), ("㐀", "䶿"), ("一", "鿿"), ("豈", "﫿"), ("𠀀", "𲎯"))
HAN = "".join(f"{first}-{last}" for first, last in _HAN)
"""Chinese characters, for a class in a regular expression."""

CLOSERS, OPENERS = "，。、；：？！）》〉”’】〕」』…—", "（《〈“‘【〔「『"
MARKS = OPENERS + CLOSERS
"""Full-width punctuation, likewise."""

DIGITS = "一二三四五六七八九"
_AROUND = 6


def number(text: str) -> int:
    """A number from 1 to 99 in Arabic or Chinese numerals (十二 → 12), 0 for anything else."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if any(part and (len(part) > 1 or part not in DIGITS) for part in (tens, ones)):
        return 0
    count = 1 if ten and not tens else _digit(tens)
    return 10 * count + _digit(ones)


def is_chinese(char: str) -> bool:
    """Whether it is a Chinese character or a full-width mark."""
    return bool(char) and (char in MARKS or any(first <= char <= last for first, last in _HAN))


def around(text: str, start: int, end: int) -> str:
    """What stands from `start` to `end`, with a few characters before and behind."""
    return text[max(0, start - _AROUND) : end + _AROUND].strip()


def _digit(text: str) -> int:
    return DIGITS.index(text) + 1 if text else 0
