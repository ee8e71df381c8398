"""All measurements in turn; what is compared is measured close together."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from bench import cold, finishing, machine, ours, typst_runs, watching
from bench.measured import (
    OURS,
    OURS_STAMPED,
    TYPST,
    TYPST_PLAIN,
    WATCH,
    WATCH_FINDINGS,
    Again,
    Batch,
    Edits,
    Results,
)
from bench.setting import Setting
from bench.targets import targets
from pipeline import project


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: numbers of reports; rounds of cold runs, of slow ones, of edits."""

    counts: tuple[int, ...]
    cold: int
    slow: int
    edits: int


FULL = Extent((10, 100, 1000), cold=9, slow=3, edits=20)
QUICK = Extent((10,), cold=3, slow=1, edits=5)


def measure(setting: Setting, extent: Extent) -> Results:
    """Everything."""
    facts = machine.facts()
    notes = ["A quick run: few reports, few rounds."] if extent == QUICK else []
    single = cold.singles(setting, extent.cold, extent.slow, _say)
    edits = _edits(setting, extent.edits)
    batches: list[Batch] = []
    for count in extent.counts:
        batches += _typst(setting, count)
        out = setting.empty("ours")
        batches += _ours(setting, count, out, notes)
    most = max(extent.counts)
    again = _again(setting, most, out)
    batches += _two(setting, most, setting.empty("ours"), notes)
    _say("steps")
    steps = finishing.steps(project.find(setting.content(min(extent.counts))))
    reached = targets(single, edits, batches, again)
    return Results(facts, machine.versions(), single, edits, batches, again, steps, reached, notes)


def _edits(setting: Setting, rounds: int) -> list[Edits]:
    _say("edits")
    typst = typst_runs.edits(setting, rounds, typst_runs.TAGGED, setting.empty("edits"))
    watched = watching.edits(setting, rounds, setting.empty("edits")) or []
    return [
        Edits(WATCH_FINDINGS, tuple(edit.told for edit in watched)),
        Edits(WATCH, tuple(edit.shown for edit in watched)),
        Edits(f"{TYPST}, warm recompile", tuple(typst)),
    ]


def _typst(setting: Setting, count: int) -> list[Batch]:
    batches = []
    for name, standards in ((TYPST, typst_runs.TAGGED), (TYPST_PLAIN, typst_runs.UNTAGGED)):
        _say(f"{name}: {count}")
        out = setting.empty("typst")
        cost = typst_runs.batch(setting, count, standards, out)
        batches.append(Batch(name, count, cost, _size(sorted(out.glob("*.pdf")))))
    return batches


def _ours(setting: Setting, count: int, out: Path, notes: list[str]) -> list[Batch]:
    """So many reports in one process, built, and then stamped."""
    _say(f"{OURS}: {count}")
    one = ["--jobs", "1"] if ours.has_jobs(setting) else []
    built = ours.build(setting, count, out, *one)
    _say(f"{OURS_STAMPED}: {count}")
    stamping, stamped = ours.stamp(setting, count, out)
    if stamped < count:
        notes.append(
            f"Stamping {count:,} reports: {stamped} were stamped, a process each, "
            "and stand for all of them."
        )
    share = count / stamped
    all_stamped = replace(stamping, wall=stamping.wall * share, cpu=stamping.cpu * share)
    return [
        Batch(OURS, count, built, _size(ours.pdfs(out))),
        Batch(
            OURS_STAMPED,
            count,
            ours.together([built, all_stamped]),
            _size(ours.pdfs(out, "stamped.pdf")),
        ),
    ]


def _again(setting: Setting, count: int, out: Path) -> list[Again]:
    """The same folder again: nothing changed, then one report."""

    def once(changed: str) -> Again:
        _say(f"again, changed: {changed} of {count}")
        before = ours.states(out)
        cost = ours.build(setting, count, out)
        return Again(changed, count, cost, len(ours.states(out) - before))

    nothing = once("nothing")
    ours.edit(setting, count, 0)
    return [nothing, once("one report")]


def _two(setting: Setting, count: int, out: Path, notes: list[str]) -> list[Batch]:
    """So many reports in two processes, where the program can."""
    if not ours.has_jobs(setting):
        notes.append("Two processes: not measured, `build` has no `--jobs`.")
        return []
    _say(f"{OURS}, two processes: {count}")
    cost = ours.build(setting, count, out, "--jobs", "2")
    return [Batch(f"{OURS}, two processes", count, cost, _size(ours.pdfs(out)))]


def _size(found: list[Path]) -> float:
    return fmean(path.stat().st_size for path in found)


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()
