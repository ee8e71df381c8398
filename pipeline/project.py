"""Where things are: the project's folders, and the targets that a command line names."""

import re
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from pipeline.errors import FileProblem, UsageError

AGENCY_FILE = "agency.toml"
LOG = "log"
"""Folder of the logs of events, among the outputs."""
_YEAR = re.compile(r"[0-9]{4}")
_PACKAGE = Path(__file__).parent
_SHIPPED = _PACKAGE / "data" if (_PACKAGE / "data").is_dir() else _PACKAGE.parent
"""Layouts and fonts.toml: package data of a wheel, or the repository's own."""

COLOUR_PROFILE = _SHIPPED / "layouts" / "srgb.icc"
"""The ICC profile of every report's colours."""


@dataclass(frozen=True, slots=True)
class Project:
    """The folders a run works with."""

    content: Path
    layouts: Path
    fonts: Path
    out: Path

    @property
    def font_file(self) -> Path:
        """The office's fonts.toml, or else the one that is shipped."""
        own = self.fonts / "fonts.toml"
        return own if own.is_file() else _SHIPPED / "fonts" / "fonts.toml"

    def schema_line(self, path: Path, schema: str) -> str:
        """The line by which an editor finds a JSON Schema of the layouts from a content file.

        Nothing for a file outside the content folder, or with layouts that lie elsewhere.
        """
        inside = path.absolute().parent.parent == self.content.absolute()
        together = self.layouts.absolute().parent == self.content.absolute().parent
        if not (inside and together and (self.layouts / schema).is_file()):
            return ""
        return f"#:schema ../../{self.layouts.name}/{schema}\n"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One report: the office's folder name, the year, and the content file.

    `label` is how messages name the file, where it lies elsewhere than it was asked for.
    """

    agency: str
    year: str
    path: Path
    label: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.agency}/{self.year}"

    @property
    def shown(self) -> str:
        """The content file as messages name it: from the current folder where it lies below."""
        full, here = self.path.absolute(), Path.cwd()
        return self.label or str(full.relative_to(here) if full.is_relative_to(here) else full)

    def output(self, project: Project, name: str) -> Path:
        """Where a file made from this target goes."""
        return project.out / self.agency / self.year / name

    def log(self, project: Project) -> Path:
        """Where it stands what was done with this target's report."""
        return project.out / LOG / self.agency / f"{self.year}.jsonl"


def find(
    content: Path | None = None,
    layouts: Path | None = None,
    fonts: Path | None = None,
    out: Path | None = None,
    start: Path | None = None,
) -> Project:
    """The folders as given, else from the project's root, upward from `start`, else as shipped.

    Raises:
        FileProblem: a folder that was named is not there.
    """
    here = (start or Path.cwd()).absolute()
    root = next((folder for folder in (here, *here.parents) if (folder / "content").is_dir()), here)
    for named in (content, layouts, fonts):
        if named is not None and not named.is_dir():
            raise FileProblem(f"没有这个文件夹：{named}。", "请核对路径。")
    own = root / "layouts"
    return Project(
        content=content or root / "content",
        layouts=layouts or (own if own.is_dir() else _SHIPPED / "layouts"),
        fonts=fonts or root / "fonts",
        out=out or root / "build",
    )


def targets(
    project: Project, names: Sequence[str], listed: list[Target] | None = None
) -> list[Target]:
    """The targets that `names` stand for, each once, by office and year; all when none is named.

    `listed` are all that there are, for who has just looked.

    Raises:
        UsageError: a name stands for nothing, or two files would make the same report.
        FileProblem: a file that is named is not there.
    """
    there = known(project) if listed is None else listed
    if not names:
        if not there:
            raise UsageError(
                f"没有找到年报内容：{project.content}。",
                "请在 content/机关/年度.toml 中填写，或用 --content 指定。",
            )
        return there
    chosen = sorted({target for name in names for target in _named(project, there, name)})
    for one, other in pairwise(chosen):
        if str(one) == str(other):
            raise UsageError(
                f"两个文件会生成同一份年报 {one}：{one.path}、{other.path}。",
                "请分开生成，并用 --out 指定不同的输出文件夹。",
            )
    return chosen


def offices(project: Project) -> frozenset[str]:
    """The names of all offices in the content folder, as far as their agency.toml can be read."""
    names = set()
    for path in project.content.glob(f"*/{AGENCY_FILE}"):
        with suppress(OSError, ValueError):
            name = tomllib.loads(path.read_text(encoding="utf-8")).get("name")
            names |= {name} if isinstance(name, str) and name.strip() else set()
    return frozenset(names)


def known(project: Project) -> list[Target]:
    """Every target of the content folder, by office and year."""
    files = sorted(project.content.glob("*/*.toml"))
    return [Target(f.parent.name, f.stem, f) for f in files if _YEAR.fullmatch(f.stem)]


def _named(project: Project, there: list[Target], name: str) -> list[Target]:
    path = Path(name)
    if path.suffix == ".toml":
        if not path.exists():
            raise FileProblem(f"没有这个文件：{name}。", "请核对路径。")
        return [_single(project, path)]
    plain = name.strip("/")
    found = [t for t in there if plain in (str(t), t.agency, t.year)]
    if not found:
        listed = "、".join(str(target) for target in there) or "无"
        raise UsageError(f"没有这个目标：{name}。", f"现有目标：{listed}。")
    return found


def _single(project: Project, path: Path) -> Target:
    """A content file anywhere; one under the content folder is the target that it is there."""
    full = path.resolve()
    inside = _YEAR.fullmatch(full.stem) and full.parent.parent == project.content.resolve()
    if inside:
        path = project.content / full.parent.name / full.name
    return Target(full.parent.name or full.stem, full.stem, path)
