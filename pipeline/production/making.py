"""Targets → finished PDFs, as values: what each ends in stops and changes no other."""

import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from pipeline import build
from pipeline.checking import Checked, Stock, check
from pipeline.errors import ContentError, UserError
from pipeline.findings import Finding
from pipeline.fonts import FontPlan, is_latin
from pipeline.processes import TIME_LIMIT
from pipeline.project import Target
from pipeline.typesetting import press
from pipeline.typesetting.lane import Job
from pipeline.typesetting.latex import Rendering
from pipeline.typesetting.typeset import LogComplaints, Sheets

_T = TypeVar("_T")

Printing = Callable[[Sequence[Job], Path, float], Iterator[Sheets | UserError]]
"""How jobs become pages: as `press.print_all` does it."""


@dataclass(frozen=True)
class Basis:
    """What a report was made of beside its content.

    `forms` by name, its own and that of the year before; `faces`: how many of each chain of faces
    (of a role, for Latin text or not) were asked for its characters.
    """

    year: int
    forms: tuple[str, ...]
    faces: Mapping[tuple[str, bool], int]


@dataclass(frozen=True)
class Outcome:
    """What became of a target: its PDF, or the error that stopped it, or the trace of a bug."""

    target: Target
    findings: tuple[Finding, ...] = ()
    pdf: bytes = b""
    basis: Basis | None = None
    error: UserError | None = None
    trace: str = ""
    steps: tuple[tuple[str, float], ...] = ()
    """What was done, and in how many milliseconds; of what was done together, in all."""


@dataclass(frozen=True)
class _Begun:
    checked: Checked
    rendering: Rendering
    job: Job
    steps: tuple[tuple[str, float], ...]


def make(  # noqa: PLR0913  # the last two are for who watches
    targets: Sequence[Target],
    layouts: Path,
    stock: Stock,
    *,
    draft: bool = False,
    limit: float = TIME_LIMIT,
    print_all: Printing = press.print_all,
    heard: Callable[[Sequence[Finding]], None] = lambda _: None,
) -> Iterator[Outcome]:
    """Check, typeset and finish targets, each within `limit` seconds of TeX, in their order.

    `heard` is told what was found in each before anything is typeset.
    """
    begun = {
        target: attempted(target, partial(_begin, target, layouts, stock, heard, draft=draft))
        for target in targets
    }
    jobs = [work.job for work in begun.values() if isinstance(work, _Begun)]
    sheets = print_all(jobs, layouts, limit)
    for target, work in begun.items():
        if isinstance(work, Outcome):
            yield work
            continue
        start = time.perf_counter()
        pages = next(sheets)
        taken = _since(start)
        yield attempted(target, partial(_end, target, work, pages, taken, draft=draft))


def attempted(target: Target, deed: Callable[[], _T]) -> _T | Outcome:
    """What a deed gives, or how it failed."""
    try:
        return deed()
    except UserError as error:
        return Outcome(target, error.findings, error=error)
    except Exception:  # noqa: BLE001  # it is told with its trace
        return Outcome(target, trace=traceback.format_exc())


def _begin(
    target: Target,
    layouts: Path,
    stock: Stock,
    heard: Callable[[Sequence[Finding]], None],
    *,
    draft: bool,
) -> _Begun:
    start = time.perf_counter()
    checked = check(target, stock, draft=draft)
    heard(checked.findings)
    if checked.errors and not draft:
        raise ContentError(f"{target} 有 {len(checked.errors)} 处错误，未生成。", checked.findings)
    taken = _since(start)
    rendering = build.render(checked, layouts)
    job = Job(rendering, build.epoch(checked.report))
    return _Begun(checked, rendering, job, (("检查", taken),))


def _end(
    target: Target, work: _Begun, pages: Sheets | UserError, taken: float, *, draft: bool
) -> Outcome:
    if isinstance(pages, LogComplaints):
        raise build.NotTypeset(pages, work.rendering, work.checked)
    if isinstance(pages, UserError):
        raise pages
    start = time.perf_counter()
    pdf = build.finish_pages(work.checked, build.Pages(work.rendering, pages), draft=draft)
    return Outcome(
        target,
        work.checked.findings,
        pdf,
        _basis(work.checked),
        steps=(*work.steps, ("排版", taken), ("完成", _since(start))),
    )


def _basis(checked: Checked) -> Basis:
    forms = [checked.report.form.name]
    if checked.earlier is not None:
        forms.append(checked.earlier.form.name)
    return Basis(checked.report.year, tuple(dict.fromkeys(forms)), _asked(checked.plan))


def _asked(plan: FontPlan) -> dict[tuple[str, bool], int]:
    """How many faces of each chain were asked before every character had one."""
    asked: dict[tuple[str, bool], int] = {}
    used = {(role, is_latin(char), face): char for (role, char), face in plan.chosen.items()}
    for (role, latin, face), char in used.items():
        place = plan.fonts.chain(role, char).index(face) + 1
        asked[role, latin] = max(asked.get((role, latin), 0), place)
    return asked


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
