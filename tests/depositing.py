"""An office that has built and stamped a report, and what its bundles hold."""

import json
import zipfile
from pathlib import Path

from offices import GOOD, project

from pipeline.cli.entry import run
from pipeline.errors import ExitCode

NAME = "样例-示例市样板区示范街道办事处-政府信息公开年度报告-2021_20220113"
PLACE = "data/电子档案/2021/01/"
STAMP = ["--seal", "specimen", "--date"]


def finish(folder: Path) -> None:
    """A project in `folder`, the current one, with a sample report that is built and stamped."""
    project(folder, "a/2021", text=f"sample = true\n{GOOD}")
    assert run(["build", "a/2021"]) == ExitCode.OK
    assert run(["stamp", "a/2021", *STAMP, "2022-01-13"]) == ExitCode.OK


def bundles(folder: Path) -> list[str]:
    """The names of the bundles, without their suffix."""
    return sorted(path.stem for path in (folder / "build" / "archive").glob("*.zip"))


def files_of(folder: Path, name: str = NAME) -> dict[str, bytes]:
    """The files of a bundle, by their path in the bag."""
    with zipfile.ZipFile(folder / "build" / "archive" / f"{name}.zip") as packed:
        return {entry.partition("/")[2]: packed.read(entry) for entry in packed.namelist()}


def results(files: dict[str, bytes]) -> dict[str, str]:
    """The outcomes of the 四性 report, by item."""
    report = json.loads(files["metadata/四性检测报告.json"])
    return {each["项目"]: each["结果"] for each in report["检测项"]}
