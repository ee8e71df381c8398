"""Blocks: what Python places to the point and TeX only sets, on whole lines of the page's grid."""

import math
from dataclasses import dataclass

from pipeline.document import Run
from pipeline.page import EM, PITCH


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text in a block: its ink starts at `x`, its baseline `y` below the block's top.

    Trims, in em, are the empty halves of marks at its ends that `width` leaves out. `cell` is the
    number of the cell that it belongs to, among all cells of its table.
    """

    x: float
    y: float
    width: float
    size: float
    role: str
    run: Run
    trim_start: float = 0.0
    trim_end: float = 0.0
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line as a filled rectangle; `y` is its upper edge, below the block's top."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Block:
    """A block of `lines` grid lines; lengths in bp from its upper left corner."""

    lines: int
    texts: tuple[Text, ...]
    rules: tuple[Rule, ...] = ()
    forced: bool = False
    """Whether it starts a page."""


def lines_for(height: float) -> int:
    """The grid lines that `height` bp take up, from the first one's top to the last one's foot."""
    return max(1, math.ceil((height - EM) / PITCH - 1e-6) + 1)


def room(lines: int) -> float:
    """The height of a number of grid lines, in bp."""
    return (lines - 1) * PITCH + EM
