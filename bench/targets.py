"""What was asked for, with what was reached."""

from collections.abc import Sequence
from statistics import median

from bench.measured import (
    CTEX,
    OURS,
    OURS_STAMPED,
    TYPST,
    WATCH,
    WATCH_FINDINGS,
    Again,
    Batch,
    Edits,
    Single,
    Target,
)


def targets(
    cold: Sequence[Single], edits: Sequence[Edits], batches: Sequence[Batch], again: Sequence[Again]
) -> list[Target]:
    """Each target of the project, from the figures of one run."""
    wall = {single.name: median(cost.wall for cost in single.costs) for single in cold}
    taken = {edit.name: median(edit.taken) if edit.taken else None for edit in edits}
    counts = sorted({batch.count for batch in batches})
    most, least = counts[-1], counts[0]
    found = {(batch.name, batch.count): batch for batch in batches}
    ours, stamped, typst = (found[name, most] for name in (OURS, OURS_STAMPED, TYPST))
    unchanged, one_changed = again
    growth = ours.cost.memory / found[OURS, least].cost.memory if most > least else None
    return [
        Target("one report, cold: our wall against Typst's", wall[OURS] / wall[TYPST], 3),
        Target(
            "one report, cold: ctexart's wall against ours", wall[CTEX] / wall[OURS], 3, least=True
        ),
        Target("edit to findings, median", taken[WATCH_FINDINGS], 30, "ms"),
        Target("edit to PDF, median", taken[WATCH], 200, "ms"),
        Target(
            f"{most:,} reports built and stamped: CPU against Typst's, which does not stamp",
            stamped.cost.cpu / typst.cost.cpu,
            1.5,
        ),
        Target(f"nothing of {most:,} changed: wall", unchanged.cost.wall, 1, "s"),
        Target(f"one of {most:,} changed: reports written", one_changed.written, 1, ""),
        Target(f"memory of {most:,} reports against {least:,}", growth, 1.1),
        Target("size of a file against Typst's", ours.size / typst.size, 1),
    ]
