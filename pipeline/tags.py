"""What a report is made of, for those who do not see its pages: the tags of a PDF as values.

Structure types and attributes are those of ISO 32000-1, 14.8. The content of a tag is named by
marks: LaTeX writes them around it, and the finished file is tagged by them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_UNTOLD = re.compile(
    "[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
    "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)
"""Characters of the categories Zs and Co."""
_LONGEST = 16_000
"""Characters that a text string of a PDF/A may hold (ISO 19005-3, 6.1.13), and some to spare."""

Scope = Literal["Column", "Row"]

SIGNATURE = "signature"
"""Name of the tag that stamping fills."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows and columns that a cell of a table takes up, and what heads it."""

    rows: int = 1
    columns: int = 1
    scope: Scope | None = None
    """Of a heading: what it heads."""
    heads: tuple[str, ...] = ()
    """Names of the headings of this cell: of its columns, then of its rows."""


@dataclass(frozen=True, slots=True)
class Tag:
    """An element of the structure: its type, then its content or the elements in it."""

    kind: str
    marks: tuple[str, ...] = ()
    kids: tuple["Tag", ...] = ()
    name: str = ""
    """By which others refer to it, unique in the document; "" where none does."""
    title: str = ""
    """Of a heading: its text."""
    span: Span | None = None
    actual: str = ""
    """Its text, where the glyphs that show it do not tell all of it."""

    @property
    def level(self) -> int:
        """Of a heading its level, from 1; else 0."""
        return int(self.kind[1:]) if self.title else 0

    def all(self) -> Iterator["Tag"]:
        """Itself and all that is in it, in reading order."""
        yield self
        for kid in self.kids:
            yield from kid.all()


def actual(text: str) -> str:
    """What an element has to tell as its text, where its glyphs do not; else nothing.

    Blanks are set as white, without a glyph (ISO 32000-1, 14.8.2.5); characters of private use mean
    something to their font only (ISO 19005-3, 6.2.11.7.3).
    """
    return text if len(text) <= _LONGEST and _UNTOLD.search(text.strip()) else ""


def mark(number: int, cell: int | None = None) -> str:
    """Name what LaTeX sets as its item `number`, or a cell in it."""
    return str(number) if cell is None else f"{number}.{cell}"
