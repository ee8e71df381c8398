"""Reports to measure with: as many as wanted, each an ordinary one, no two alike.

Everything follows from a report's number, so that two runs measure the same reports.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w

from bench import sentences
from bench.sentences import Slot

YEAR = 2024
SEAL_DIAMETER = 42
COLUMNS = 6
"""Applicants of table 三."""
NOTHING = [0] * COLUMNS
_ODD = frozenset("一二三四五六七八九十百千万亿零两几第年月日号件条个某无不没未有是的了")
"""Would make another word of a name."""


def _characters(rows: range) -> list[str]:
    """The characters of rows of GB 2312."""
    found = []
    for row in rows:
        for cell in range(1, 95):
            try:
                found.append(bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312"))
            except UnicodeDecodeError:  # a place that is empty
                continue
    return [char for char in found if char not in _ODD]


COMMON, ALL = _characters(range(16, 56)), _characters(range(16, 88))
"""Level 1 of GB 2312, and both levels."""


def _draws(index: int, subject: str) -> Iterator[int]:
    """Numbers without end, of 64 bits, that follow from a report's number and a subject."""
    number = 0
    while True:
        digest = hashlib.sha256(f"{index}/{subject}/{number}".encode()).digest()
        yield int.from_bytes(digest[:8], "big")
        number += 1


def office(index: int) -> str:
    """The folder of a report's office."""
    return f"office{index:04}"


def target(index: int) -> str:
    """A report as the command line names it."""
    return f"{office(index)}/{YEAR}"


def agency(index: int) -> dict[str, Any]:
    """The values of its agency.toml; no two have one name."""
    first, second = index % len(COMMON), index // len(COMMON)
    name = COMMON[(first * 1009 + 500) % len(COMMON)] + COMMON[(first * 31 + second) % len(COMMON)]
    return {
        "name": f"示例市样板区{name}街道办事处",
        "signature": "sealed",
        "seal_diameter": SEAL_DIAMETER,
    }


def content(index: int) -> dict[str, Any]:
    """The values of its content file."""
    filled = _Filling(index)
    draw = filled.numbers
    return {
        "year": YEAR,
        "date": dt.date(YEAR + 1, 1, 6 + index % 20),
        "sample": True,
        "overview": {
            "text": filled(sentences.OVERVIEW),
            "proactive": filled(sentences.PROACTIVE),
            "on_request": filled(sentences.ON_REQUEST),
            "management": filled(sentences.MANAGEMENT),
            "platform": filled(sentences.PLATFORM),
            "supervision": filled(sentences.SUPERVISION),
        },
        "disclosure": {
            "rules": [0, 0, 0],
            "normative_documents": [next(draw) % 3, 0, 3 + next(draw) % 9],
            "licences": next(draw) % 400,
            "penalties": next(draw) % 90,
            "compulsory_measures": next(draw) % 20,
            "fees": round(1 + next(draw) % 9000 / 100, 2),
        },
        "applications": _applications(draw),
        "reviews": {
            "reconsideration": [next(draw) % 3, next(draw) % 2, 0, 0],
            "litigation": {
                "direct": [next(draw) % 2, 0, 0, 0],
                "after_reconsideration": [next(draw) % 2, 0, 0, 0],
            },
        },
        "problems": {"text": filled(sentences.PROBLEMS, apart=True)},
        "other_matters": {"text": filled(sentences.OTHER, apart=True)},
    }


class _Filling:
    """Sentences of one report, filled with names and numbers that go on from text to text."""

    def __init__(self, index: int) -> None:
        self.choices, self.letters = _draws(index, "sentence"), _draws(index, "name")
        self.numbers = _draws(index, "number")

    def __call__(self, slots: tuple[Slot, ...], *, apart: bool = False) -> str:
        """One sentence of each slot; `apart`: each is a paragraph."""
        chosen = [slot[next(self.choices) % len(slot)] for slot in slots]
        return ("\n\n" if apart else "").join(re.sub("[@#]", self._value, one) for one in chosen)

    def _value(self, mark: re.Match[str]) -> str:
        if mark[0] == "#":
            return str(2 + next(self.numbers) % 180)
        return ALL[next(self.letters) % len(ALL)] + COMMON[next(self.letters) % len(COMMON)]


def _applications(draw: Iterator[int]) -> dict[str, Any]:
    """Table 三: what came in and was carried in has a result, or is carried over."""
    results = {
        "granted": _counts(draw, 9),
        "partially_granted": _counts(draw, 3),
        "refused": {
            "state_secret": NOTHING,
            "prohibited_by_law": NOTHING,
            "three_safeties": NOTHING,
            "third_party": _counts(draw, 2),
            "internal_affairs": NOTHING,
            "process_information": _counts(draw, 2),
            "enforcement_files": NOTHING,
            "administrative_inquiry": _counts(draw, 2),
        },
        "unavailable": {
            "not_held": _counts(draw, 6),
            "needs_creation": _counts(draw, 2),
            "unclear": NOTHING,
        },
        "not_processed": {
            "petition": _counts(draw, 2),
            "repeated": NOTHING,
            "publication": NOTHING,
            "excessive": NOTHING,
            "confirmation": NOTHING,
        },
        "otherwise": {"not_corrected": _counts(draw, 2), "fee_unpaid": NOTHING, "other": NOTHING},
    }
    carried_over = _counts(draw, 2)
    ends = [sum(column) for column in zip(*_rows(results), carried_over, strict=True)]
    carried_in = [min(next(draw) % 2, ends[0]), *NOTHING[1:]]
    received = [end - before for end, before in zip(ends, carried_in, strict=True)]
    return {
        "received": received,
        "carried_in": carried_in,
        "carried_over": carried_over,
        "results": results,
    }


def _counts(draw: Iterator[int], most: int) -> list[int]:
    """Of natural persons and of businesses, fewer than `most`; there are no others."""
    return [next(draw) % most, next(draw) % most // 2, *NOTHING[2:]]


def _rows(results: dict[str, Any]) -> Iterator[list[int]]:
    for value in results.values():
        if isinstance(value, dict):
            yield from _rows(value)
        else:
            yield value


def toml(values: dict[str, Any]) -> str:
    """Values as the text of a file."""
    return tomli_w.dumps(values, multiline_strings=True)


def write(folder: Path, count: int) -> list[str]:
    """Content folders of the first `count` reports; their targets, in order."""
    for index in range(count):
        own = folder / office(index)
        own.mkdir(parents=True, exist_ok=True)
        for name, values in (("agency", agency(index)), (str(YEAR), content(index))):
            (own / f"{name}.toml").write_text(toml(values), encoding="utf-8")
    return [target(index) for index in range(count)]
