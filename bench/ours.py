"""Our own program, through its command line only: what a user gets."""

import datetime as dt
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import cases
from bench.measure import Cost, run
from bench.setting import ROOT, Setting

NIANBAO = Path(sys.executable).with_name("nianbao")
SEAL = ROOT / "layouts" / "specimen-seal.svg"
STAMPS = 20
"""Where a process stamps one report only, so many are stamped and stand for all."""


def help_of(setting: Setting, *command: str) -> str:
    """What the program says of a command, to see what it offers."""
    words = [str(NIANBAO), *command, "--help"]
    done = subprocess.run(  # noqa: S603  # no shell, a fixed program
        words, env=setting.env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def has_jobs(setting: Setting) -> bool:
    """Whether `build` works in as many processes as it is told."""
    return "--jobs" in help_of(setting, "build")


def build(setting: Setting, count: int, out: Path, *options: str) -> Cost:
    """Build all reports of a content folder into `out`."""
    return run([NIANBAO, "build", *_folders(setting, count, out), *options], setting.env, ROOT)


def stamp(setting: Setting, count: int, out: Path) -> tuple[Cost, int]:
    """Stamp reports of `out`, and how many: all in one process, where the program can, or each."""
    targets = [cases.target(index) for index in range(count)]
    command = [NIANBAO, "stamp", *_folders(setting, count, out), "--seal", SEAL]
    if "..." in help_of(setting, "stamp").splitlines()[0]:
        return run([*command, *targets], setting.env, ROOT), count
    costs = [run([*command, target], setting.env, ROOT) for target in targets[:STAMPS]]
    return together(costs), len(costs)


def together(costs: Sequence[Cost]) -> Cost:
    """What came one after another, as one."""
    return Cost(
        sum(cost.wall for cost in costs),
        sum(cost.cpu for cost in costs),
        max(cost.memory for cost in costs),
    )


def edit(setting: Setting, count: int, index: int) -> None:
    """Change the text of a report, as a clerk would: the last paragraph gets a sentence."""
    path = content_file(setting, count, index)
    values = cases.content(index)
    values["other_matters"]["text"] += "\n\n本报告的电子版可以在门户网站查阅。"
    values["date"] += dt.timedelta(days=1)
    path.write_text(cases.toml(values), encoding="utf-8")


def content_file(setting: Setting, count: int, index: int) -> Path:
    """The content file of a report."""
    return setting.content(count) / cases.office(index) / f"{cases.YEAR}.toml"


def pdfs(out: Path, name: str = "report.pdf") -> list[Path]:
    """The finished files of an output folder."""
    return sorted(out.glob(f"*/{cases.YEAR}/{name}"))


def states(out: Path) -> set[tuple[Path, int, int]]:
    """The finished files with what tells whether they were written since."""
    found = ((path, path.stat()) for path in pdfs(out))
    return {(path, state.st_ino, state.st_mtime_ns) for path, state in found}


def _folders(setting: Setting, count: int, out: Path) -> list[str | Path]:
    return ["--content", setting.content(count), "--out", out]
