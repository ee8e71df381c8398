"""What stands in a cell of a published table: a number, a blank or a text, exactly."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.form.tables import BLANK, Cell, Value
from pipeline.form.wording import NOTE_SIGNS
from pipeline.tomlfile.source import Plus

_DASHES = str.maketrans({"−": "-", "﹣": "-", "–": "-", "‐": "-", "‑": "-", "﹢": "+"})
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<digits>[0-9]+(?:,[0-9]{3})*|)(?P<decimals>\.[0-9]+)?")
_COUNTED = re.compile(r"(.*[0-9])([件条项个次人份宗起户册])")
"""A number with a measure word, as people write counts."""
_NOTED = re.compile(r"([+-]?[0-9.,]+)(?:\([^()]*\)|\[[^\]]*\]|【[^】]*】|[⁰¹²³⁴-⁹①-⑳*※]+)")
"""A number with a note behind it."""
_LONGEST, _LONGEST_NUMBER = 12, 100
"""A text of more characters is no value of a cell; one of more is no number, notes included."""
_REMEMBERED = 32_768


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, and what was done to the text to get it; "" where it stands as it was."""

    value: Value
    guess: str = ""


def looks_like_value(text: str) -> bool:
    """Whether a text may stand in a cell: a number, a blank, or a few characters."""
    shown = _short(text)
    if shown is None:
        return False
    return len(shown) <= _LONGEST or _number(_NOTED.sub(r"\1", shown)) is not None


def is_number(text: str) -> bool:
    """Whether a text is a number as cells hold it, with a unit or not."""
    shown = _short(text)
    if not shown:
        return False
    return _number(re.sub(r"[^0-9.]{1,2}$", "", shown)) is not None


def figure(text: str, cell: Cell) -> Figure:
    """The value of a cell's text: 0, blank, “/” and “-” are four different things."""
    shown = _folded(text)
    if not shown:
        return Figure(BLANK)
    for guess in (_plain, _with_unit, _counted, _noted):
        number = guess(shown, cell)
        if number is not None:
            said = _spelled(number) + (cell.unit if guess is _with_unit else "")
            return Figure(number, "" if said == shown else f"“{text.strip()}”记作 {said}")
    if len(shown) == 1:
        return Figure(shown)
    return Figure(text.strip(), f"“{text.strip()}”不是数字，按文字保留")


def _plain(text: str, _cell: Cell) -> Value | None:
    return _number(text)


def _with_unit(text: str, cell: Cell) -> Value | None:
    """A number with the unit of its cell: 160.5964万元."""
    return _number(text.removesuffix(cell.unit)) if cell.unit and cell.unit in text else None


def _counted(text: str, cell: Cell) -> Value | None:
    """A count with a measure word: 2件."""
    found = _COUNTED.fullmatch(text) if cell.kind != "amount" else None
    return _number(found[1]) if found else None


def _noted(text: str, _cell: Cell) -> Value | None:
    """A number with a note in brackets behind it."""
    found = _NOTED.fullmatch(text)
    return _number(found[1]) if found else None


@lru_cache(_REMEMBERED)
def _short(text: str) -> str | None:
    """A text as `_folded`; None for one that is too long to be a number."""
    pieces = text.split()
    return _folded("".join(pieces)) if sum(map(len, pieces)) <= _LONGEST_NUMBER else None


def _folded(text: str) -> str:
    """Without blanks and differences of width; every dash that may be a sign is one."""
    narrow = (c if c in NOTE_SIGNS else unicodedata.normalize("NFKC", c) for c in text)
    return "".join("".join(narrow).split()).translate(_DASHES)


def _number(text: str) -> Value | None:
    found = _NUMBER.fullmatch(text)
    if not found or not (found["digits"] or found["decimals"]):
        return None
    digits = found["digits"].replace(",", "") or "0"
    if found["decimals"]:
        return Decimal(("-" if found["sign"] == "-" else "") + digits + found["decimals"])
    whole = int(digits) if len(digits) < 100 else None  # noqa: PLR2004  # no number of a report
    if whole is None:
        return None
    return {"+": Plus(whole), "-": -whole}.get(found["sign"], whole)


def _spelled(number: Value) -> str:
    return format(number, "f") if isinstance(number, Decimal) else str(number)
