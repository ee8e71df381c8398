"""The page of results: figures that were measured → Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.figures import fit
from bench.measure import Cost

OURS, OURS_STAMPED = "nianbao build", "nianbao build, then stamp"
WATCH_FINDINGS, WATCH = "nianbao watch, first line printed", "nianbao watch, report.pdf"
TYPST, TYPST_PLAIN = "Typst, PDF/A-3a and PDF/UA-1", "Typst, untagged"
CTEX = "ctexart, longtable, multirow, two passes"
UNMEASURED = "not measured"
_MIB = 1024**2


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
    """Building so many reports once more: nothing changed, then one of them."""

    count: int
    unchanged: Cost
    one_changed: Cost


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
    again: Again
    steps: Sequence[Step]
    targets: Sequence[Target]
    notes: Sequence[str]


def page(results: Results) -> str:
    """The whole page."""
    parts = [
        "# Results of `make bench`",
        (
            "How they were measured and how to read them: [README.md](README.md). Times depend on "
            "the machine and on what else it does; compare figures of one run only."
        ),
        _table(("", ""), [*results.machine.items(), *results.versions.items()]),
        "## Targets",
        _table(("figure", "reached", "target", "met"), map(_target, results.targets)),
        "## One report, cold",
        _table(
            ("", "wall, ms", "CPU, ms", "CPU, ratio", "memory, MiB", "pages", "kB"),
            _cold(results.cold),
        ),
        "## From an edit to the new PDF",
        _table(("", "median, ms", "fastest", "slowest"), map(_edits, results.edits)),
        "## Many reports",
        _table(
            ("", "reports", "wall, s", "CPU a report, ms", "reports a second", "memory, MiB", "kB"),
            map(_batch, results.batches),
        ),
        "CPU against the number of reports, as a line:",
        _table(("", "fixed, ms", "each report, ms", "farthest point off"), _lines(results.batches)),
        "## Again",
        _table(("changed", "reports", "wall, s", "CPU, s", "memory, MiB"), _again(results.again)),
        "## Where our milliseconds go",
        step_table(results.steps),
        *(["## Notes", *(f"- {note}" for note in results.notes)] if results.notes else []),
    ]
    return "\n\n".join(parts).replace("\n\n- ", "\n- ").replace("Notes\n- ", "Notes\n\n- ") + "\n"


def step_table(steps: Iterable[Step]) -> str:
    """The table of our own steps."""
    return _table(("step, in one warm process", "CPU, ms", "bytes"), map(_step, steps))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _target(target: Target) -> tuple[str, ...]:
    reached = UNMEASURED if target.reached is None else f"{target.reached:.2f} {target.unit}"
    bound = "at least" if target.least else "at most"
    return target.name, reached, f"{bound} {target.limit:g} {target.unit}", target.met


def _cold(cold: Sequence[Single]) -> Iterator[tuple[str, ...]]:
    ours = next(_median_cpu(single) for single in cold if single.name == OURS)
    for single in cold:
        cpu = _median_cpu(single)
        yield (
            single.name,
            f"{median(cost.wall for cost in single.costs) * 1000:.0f}",
            f"{cpu * 1000:.0f}",
            f"{cpu / ours:.2f}",
            f"{max(cost.memory for cost in single.costs) / _MIB:.0f}",
            f"{single.pages or '–'}",
            f"{single.size / 1000:.0f}" if single.size else "–",
        )


def _median_cpu(single: Single) -> float:
    return median(cost.cpu for cost in single.costs)


def _edits(edits: Edits) -> tuple[str, ...]:
    if not edits.taken:
        return edits.name, UNMEASURED, "", ""
    return (edits.name, *(f"{value(edits.taken):.0f}" for value in (median, min, max)))


def _batch(batch: Batch) -> tuple[str, ...]:
    return (
        batch.name,
        f"{batch.count:,}",
        f"{batch.cost.wall:.1f}",
        f"{batch.cost.cpu / batch.count * 1000:.1f}",
        f"{batch.count / batch.cost.wall:.1f}",
        f"{batch.cost.memory / _MIB:.0f}",
        f"{batch.size / 1000:.0f}" if batch.size else "–",
    )


def _lines(batches: Sequence[Batch]) -> Iterator[tuple[str, ...]]:
    """For each kind of batch that was measured for several numbers of reports."""
    for name in dict.fromkeys(batch.name for batch in batches):
        costs = {batch.count: batch.cost.cpu for batch in batches if batch.name == name}
        if len(costs) > 1:
            line = fit(costs)
            yield name, f"{line.fixed * 1000:.0f}", f"{line.each * 1000:.1f}", f"{line.off:.1%}"


def _again(again: Again) -> Iterator[tuple[str, ...]]:
    for name, cost in (("nothing", again.unchanged), ("one report", again.one_changed)):
        yield (
            name,
            f"{again.count:,}",
            f"{cost.wall:.2f}",
            f"{cost.cpu:.2f}",
            f"{cost.memory / _MIB:.0f}",
        )


def _step(step: Step) -> tuple[str, ...]:
    return step.name, f"{step.ms:.1f}" if step.ms else "", f"{step.size:,}" if step.size else ""
