"""Building one report in a test, as the command does it: made, delivered, or its error raised."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.checking import Stock
from pipeline.findings import Finding
from pipeline.processes import TIME_LIMIT
from pipeline.production.delivery import deliver
from pipeline.production.making import make
from pipeline.project import Project, Target


@dataclass(frozen=True)
class Built:
    """A finished report, and what was found in it."""

    path: Path
    findings: tuple[Finding, ...]


def build(
    target: Target,
    folders: Project,
    stock: Stock,
    *,
    draft: bool = False,
    limit: float = TIME_LIMIT,
) -> Built:
    """Make one report and put it into its place.

    Raises:
        UserError: what stopped it.
    """
    (outcome,) = make([target], folders.layouts, stock, draft=draft, limit=limit)
    assert not outcome.trace, outcome.trace
    return Built(deliver(outcome, folders, draft=draft), outcome.findings)


def target(folder: Path, number: int) -> Target:
    """A target that is only a name."""
    return Target(f"office{number}", "2021", folder / f"office{number}" / "2021.toml")
