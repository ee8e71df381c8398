"""The page of results: figures that were measured → Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from bench.figures import fit
from bench.measured import (
    OURS,
    UNMEASURED,
    Again,
    Batch,
    Edits,
    Results,
    Single,
    Step,
    Target,
)

_MIB = 1024**2


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
        *_line_table(results.batches),
        "## Again",
        _table(
            ("changed", "reports", "written", "wall, s", "CPU, s", "memory, MiB"),
            map(_again, results.again),
        ),
        "## Where our milliseconds go",
        step_table(results.steps),
        *(["## Notes", "\n".join(f"- {note}" for note in results.notes)] if results.notes else []),
    ]
    return "\n\n".join(parts) + "\n"


def step_table(steps: Iterable[Step]) -> str:
    """The table of our own steps."""
    return _table(("step, in one warm process", "CPU, ms", "bytes"), map(_step, steps))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _target(target: Target) -> tuple[str, ...]:
    reached = UNMEASURED
    if target.reached is not None:
        number = f"{target.reached:.2f}".rstrip("0").rstrip(".")
        reached = f"{number} {target.unit}".strip()
    bound = "at least" if target.least else "at most"
    limit = f"{bound} {target.limit:g} {target.unit}".strip()
    return target.name, reached, limit, target.met


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


def _line_table(batches: Sequence[Batch]) -> list[str]:
    """The lines through the costs, where there are any."""
    rows = list(_lines(batches))
    head = ("", "fixed, ms", "each report, ms", "farthest point off")
    return ["CPU against the number of reports, as a line:", _table(head, rows)] if rows else []


def _lines(batches: Sequence[Batch]) -> Iterator[tuple[str, ...]]:
    """For each kind of batch that was measured for several numbers of reports."""
    for name in dict.fromkeys(batch.name for batch in batches):
        costs = {batch.count: batch.cost.cpu for batch in batches if batch.name == name}
        if len(costs) > 1:
            line = fit(costs)
            yield name, f"{line.fixed * 1000:.0f}", f"{line.each * 1000:.1f}", f"{line.off:.1%}"


def _again(again: Again) -> tuple[str, ...]:
    return (
        again.changed,
        f"{again.count:,}",
        f"{again.written:,}",
        f"{again.cost.wall:.2f}",
        f"{again.cost.cpu:.2f}",
        f"{again.cost.memory / _MIB:.0f}",
    )


def _step(step: Step) -> tuple[str, ...]:
    return step.name, f"{step.ms:.1f}" if step.ms else "", f"{step.size:,}" if step.size else ""
