"""Where the bench works: a folder of its own with contents, data for the others, fonts, outputs."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench import cases
from bench.composed import composed
from pipeline import checking, project

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Setting:
    """The bench's own folder."""

    work: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment of everything that is measured: caches are the bench's own."""
        cache = {"XDG_CACHE_HOME": str(self.work / "cache"), "HOME": str(self.work / "home")}
        return {**os.environ, **cache, "FONTCONFIG_FILE": str(self.work / "fonts.conf")}

    @property
    def fonts(self) -> Path:
        """The font files that the reports use, and no others."""
        return self.work / "fonts"

    def content(self, count: int) -> Path:
        """A content folder with so many reports."""
        return self.work / f"content-{count}"

    def data(self, index: int) -> Path:
        """A composed report as JSON."""
        return self.work / "data" / f"{index}.json"

    def empty(self, name: str) -> Path:
        """A folder for outputs, with nothing in it."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


def prepare(work: Path, counts: tuple[int, ...]) -> Setting:
    """Write contents for each count, and the data of the largest one."""
    setting = Setting(work)
    for name in ("cache", "home", "data", "fonts"):
        (work / name).mkdir()
    for count in (1, *counts):
        cases.write(setting.content(count), count)
    folders = project.find(setting.content(max(counts)))
    stock = checking.load(folders)
    files: set[Path] = set()
    for index, target in enumerate(project.targets(folders, [])):
        checked = checking.check(target, stock)
        files |= {face.path for face in checked.plan.faces}
        text = json.dumps(composed(checked), ensure_ascii=False, separators=(",", ":"))
        setting.data(index).write_text(text, encoding="utf-8")
    for path in files:
        (setting.fonts / path.name).symlink_to(path)
    conf = (
        f"<fontconfig><dir>{setting.fonts}</dir><cachedir>{work}/cache/fc</cachedir></fontconfig>"
    )
    (work / "fonts.conf").write_text(conf, encoding="utf-8")
    return setting
