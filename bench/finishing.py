# ruff: noqa: INP001
"""What finishing and stamping cost: CPU of each step, in one process, and the size of files.

Run it from the project's root; it prints a table for docs and notes:

    .venv/bin/python -m bench.finishing [TARGET]

As in a batch, every report has a text, a name and a date of its own: no step sees the same twice.
"""

import datetime as dt
import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import tomli_w

from pipeline import build, checking, project
from pipeline.checking import Stock
from pipeline.conformance.verdict import require
from pipeline.pdf import finish
from pipeline.project import AGENCY_FILE, Project, Target
from pipeline.signature import Kind
from pipeline.stamping import seal as seals
from pipeline.stamping import stamp as stamping
from pipeline.stamping.seal import Seal

REPORTS, WARMING = 18, 3
_HAN = [
    bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)
]
_NEW_CHARACTERS = 80


@dataclass
class Costs:
    """Milliseconds of CPU and bytes that each step took, by its name."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def of(self, name: str, step: Callable[[], bytes]) -> bytes:
        """The file that a step makes; its cost is kept."""
        start = time.process_time()
        made = step()
        self.taken.setdefault(name, []).append((time.process_time() - start) * 1000)
        self.sizes[name] = len(made)
        return made


def variants(target: Target, folder: Path) -> Iterator[Target]:
    """Reports like `target`, with other characters in their text, other names, other dates."""
    agency = tomllib.loads(target.path.with_name(AGENCY_FILE).read_text(encoding="utf-8"))
    values = tomllib.loads(target.path.read_text(encoding="utf-8"))
    chosen = random.Random(target.year)  # noqa: S311  # the same reports in every run
    text = values["overview"]["text"]
    for number in range(REPORTS):
        office = folder / f"office{number}"
        office.mkdir()
        added = "".join(chosen.sample(_HAN, _NEW_CHARACTERS))
        values["overview"]["text"] = f"{text}\n\n{added}。"
        values["date"] = dt.date(values["year"] + 1, 1, 1 + number)
        named = {**agency, "name": f"{agency['name']}{''.join(chosen.sample(_HAN, 3))}分局"}
        (office / AGENCY_FILE).write_text(tomli_w.dumps(named), encoding="utf-8")
        path = office / f"{target.year}.toml"
        path.write_text(tomli_w.dumps(values), encoding="utf-8")
        yield Target(office.name, target.year, path)


def measure(target: Target, folders: Project, stock: Stock, seal: Seal, costs: Costs) -> None:
    """Add the costs of finishing and stamping one report."""
    checked = checking.check(target, stock)
    pages = build.set_pages(checked, folders.layouts)
    record = build.record(checked, pages.rendering.tags, draft=False)
    finished = costs.of(
        "finishing, its own check included",
        lambda: finish.finish(pages.sheets.pdf, checked.plan, record),
    )
    costs.of("of that, the check", lambda: require(finished))
    costs.of(
        "stamping, its own check included",
        lambda: (
            stamping.stamp(
                finished,
                date=checked.report.date,
                seal=seal if checked.report.agency.signature is Kind.SEALED else None,
                fonts=stock.fonts,
                specimens=stamping.specimen_digests(folders.layouts),
            ).pdf
        ),
    )


def main(name: str) -> None:
    """Print the table."""
    folders = project.find()
    (target,) = project.targets(folders, [name])
    stock = checking.load(folders)
    seal = seals.load(folders.layouts / "specimen-seal.svg", 42)
    costs = Costs()
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(variants(target, Path(folder))):
            measure(each, folders, stock, seal, Costs() if number < WARMING else costs)
    lines = [
        f"{REPORTS - WARMING} reports like {name}: CPU, median",
        "",
        "| step | ms | bytes |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {step} | {median(taken):.1f} | {costs.sizes[step]:,} |"
        for step, taken in costs.taken.items()
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["example/2026"]))
