"""What was measured, as values, and what it is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.measure import Cost

OURS, OURS_STAMPED = "nianbao build", "nianbao build, then stamp"
WATCH_FINDINGS, WATCH = "nianbao watch, first line printed", "nianbao watch, report.pdf"
TYPST, TYPST_PLAIN = "Typst, PDF/A-3a and PDF/UA-1", "Typst, untagged"
CTEX = "ctexart, longtable, multirow, two passes"
UNMEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Single:
    """One report from a cold process, several times over; the file that came of it."""

    name: str
    costs: tuple[Cost, ...]
    pages: int
    size: int


@dataclass(frozen=True, slots=True)
class Edits:
    """Milliseconds from an edit to what is named, each time; none where it was not measured."""

    name: str
    taken: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Many reports: what was done to so many, what it cost, and the mean size of the files."""

    name: str
    count: int
    cost: Cost
    size: float = 0


@dataclass(frozen=True, slots=True)
class Again:
    """Building so many reports once more: what was changed, the cost, and how many were written."""

    changed: str
    count: int
    cost: Cost
    written: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of our own way from content to stamped file: ms of CPU, bytes of what it makes."""

    name: str
    ms: float
    size: int


@dataclass(frozen=True, slots=True)
class Target:
    """A figure, what it may be at most (or must be at least), and in which unit."""

    name: str
    reached: float | None
    limit: float
    unit: str = "×"
    least: bool = False

    @property
    def met(self) -> str:
        """yes, no, or that nobody knows."""
        if self.reached is None:
            return UNMEASURED
        good = self.reached >= self.limit if self.least else self.reached <= self.limit
        return "yes" if good else "no"


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured, in one run on one machine."""

    machine: Mapping[str, str]
    versions: Mapping[str, str]
    cold: Sequence[Single]
    edits: Sequence[Edits]
    batches: Sequence[Batch]
    again: Sequence[Again]
    steps: Sequence[Step]
    targets: Sequence[Target]
    notes: Sequence[str]
