"""Numbers in Chinese characters: 四, 十二, 一百二十.

The library that knows them all takes a quarter of a second to load, so it is asked for large ones
only.
"""

_DIGITS = "零一二三四五六七八九十"
_SINGLE = {char: number for number, char in enumerate(_DIGITS)} | {"〇": 0, "两": 2}


def spelled(number: str) -> str:
    """A number that is written in 0-9, in characters: 12 → 十二."""
    if len(number) == 1 and number.isdecimal():
        return _DIGITS[int(number)]
    import cn2an  # noqa: PLC0415

    return str(cn2an.an2cn(number, "low"))


def counted(text: str) -> str:
    """The number that characters say, in 0-9; 1.2万 and 3百, too.

    Raises:
        ValueError: they say none.
    """
    if text in _SINGLE:
        return str(_SINGLE[text])
    import cn2an  # noqa: PLC0415

    return str(cn2an.cn2an(text, "smart"))
