"""One report from a cold process; the programs take turns, so that load meets all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from bench import ctex, libreoffice, ours, typst_runs
from bench.measure import Cost
from bench.measured import CTEX, OURS, TYPST, Single
from bench.setting import Setting

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Entrant:
    name: str
    rounds: int
    run: Callable[[Path], Cost]


def singles(setting: Setting, rounds: int, slow: int, say: Say) -> list[Single]:
    """Each program `rounds` times, or `slow` times where it takes long."""
    first_ours = _Entrant("nianbao build, the first run of all", 1, _ours(setting))
    entrants = [
        _Entrant(OURS, rounds, _ours(setting)),
        _Entrant(TYPST, rounds, lambda out: typst_runs.batch(setting, 1, typst_runs.TAGGED, out)),
        _Entrant(
            "of that, Python and the import of Typst", rounds, lambda _: typst_runs.start(setting)
        ),
        _Entrant(CTEX, slow, lambda out: ctex.cold(setting, out)),
    ]
    if libreoffice.installed():
        say("cold: the first run of LibreOffice, which makes its profile")
        libreoffice.cold(setting, setting.empty("cold"))
        entrants.append(
            _Entrant("LibreOffice from docx", slow, lambda out: libreoffice.cold(setting, out))
        )
    say("cold: the first run of nianbao")
    first = _once(setting, first_ours)
    taken: dict[str, list[Single]] = {}
    for number in range(rounds):
        say(f"cold: round {number + 1} of {rounds}")
        for entrant in entrants:
            if number < entrant.rounds:
                taken.setdefault(entrant.name, []).append(_once(setting, entrant))
    return [*map(_together, taken.values()), first]


def _ours(setting: Setting) -> Callable[[Path], Cost]:
    return lambda out: ours.build(setting, 1, out)


def _once(setting: Setting, entrant: _Entrant) -> Single:
    out = setting.empty("cold")
    cost = entrant.run(out)
    return Single(entrant.name, (cost,), *_pages_and_size(out))


def _together(runs: list[Single]) -> Single:
    last = runs[-1]
    return Single(last.name, tuple(run.costs[0] for run in runs), last.pages, last.size)


def _pages_and_size(out: Path) -> tuple[int, int]:
    """Of the one PDF below a folder; nothing where there is none."""
    found = sorted(out.rglob("*.pdf"))
    if not found:
        return 0, 0
    with pikepdf.open(found[0]) as pdf:
        return len(pdf.pages), found[0].stat().st_size
