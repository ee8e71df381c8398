"""Text as LaTeX: every character means itself, and a long run may break as a last resort."""

import re
from itertools import pairwise

from pipeline.composition.kinsoku import NEVER_FIRST, NEVER_LAST

_BREAKABLE = 8
"""A Latin run of more characters than this may break anywhere, as a last resort."""
_NUMBER = re.compile(r"[0-9.,]{1,20}")
_MARKS = re.compile(f"[{re.escape(''.join(sorted(NEVER_FIRST | NEVER_LAST)))}]{{9,}}")
"""So many marks in a row, such as leaders, may break between any two."""
_TEX_LINE = 100
"""Characters of a long run that stand on one line of LaTeX, which TeX reads whole."""
_AFTER = frozenset("/._?&=@:;,+%#~")
_SPECIAL = {ord(char): f"\\nbchar{{{ord(char)}}}" for char in "\\{}$&#^_~%"}
_SPECIAL |= {code: f"\\nbchar{{{code}}}" for code in range(ord(" "))}
_SPECIAL |= {0x3000: "\\nbquad{}", 0xA0: "~"}


class Tex(str):
    """Text that is LaTeX already and must not be escaped again."""

    __slots__ = ()


def escape(value: object) -> str:
    """Any value as LaTeX that prints it: characters that TeX would act on, by their number."""
    if isinstance(value, Tex):
        return value
    return str(value).translate(_SPECIAL)


def breakable(text: str) -> str:
    """Latin text; a long run without a blank may break, best behind a / or a point."""
    return " ".join(_broken(word) for word in text.split(" "))


def _broken(word: str) -> str:
    if len(word) <= _BREAKABLE or _NUMBER.fullmatch(word):
        return escape(word)
    parts = [escape(word[0])]
    for index, (before, char) in enumerate(pairwise(word), 1):
        if before != "-" or char == "-":  # at a line's end it would be taken for hyphenation
            parts.append("\\nbbreak" if before in _AFTER else "\\nblastbreak")
            parts.append(" " if index % _TEX_LINE else "\n")
        parts.append(escape(char))
    return "".join(parts)


def marks_broken(text: str) -> str:
    """Han text; a long run of marks, between which no line breaks otherwise, may break."""
    if not _MARKS.search(text):
        return escape(text)
    return "".join(
        "\\nblastbreak ".join(escape(char) for char in piece)
        if _MARKS.fullmatch(piece)
        else escape(piece)
        for piece in re.split(f"({_MARKS.pattern})", text)
    )


def length(value: float) -> str:
    """A number of bp as TeX reads it; never in exponent form."""
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"
