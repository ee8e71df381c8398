"""A task as bytes, for a machine that shares no folder with this one: all that it reads.

What all tasks of a run read alike (layouts, fonts.toml, the office's own fonts) goes there once.
"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import __version__, checking, project, scratch, tools
from pipeline.checking import Stock
from pipeline.fonts import own_files
from pipeline.production.making import Outcome, make
from pipeline.production.tasks import Task
from pipeline.project import AGENCY_FILE, Project, Target
from pipeline.roster import Roster

_CONTENT, _LAYOUTS, _FONTS = "content", "layouts", "fonts"
_YEAR = 4


@dataclass(frozen=True, slots=True)
class Shared:
    """What all tasks of a run have in common: files by path, names of offices."""

    files: Mapping[str, bytes]
    offices: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parcel:
    """The content of some targets, and how each is named in messages."""

    files: Mapping[str, bytes]
    targets: tuple[tuple[str, str, str], ...]
    """For each its path, below the folder of contents, its office, and its label."""
    draft: bool
    limit: float


@dataclass(frozen=True, slots=True)
class Machine:
    """What the bytes of a report depend on beside its inputs: two that are equal make the same."""

    program: str
    xelatex: str
    fonts: Mapping[str, tuple[str, ...]]
    """For each role the digests of its faces."""


def share(folders: Project) -> Shared:
    """What all tasks of a project have in common."""
    files = {
        f"{_LAYOUTS}/{path.relative_to(folders.layouts)}": path.read_bytes()
        for path in sorted(folders.layouts.rglob("*"))
        if path.is_file()
    }
    files[f"{_FONTS}/fonts.toml"] = folders.font_file.read_bytes()
    for path in own_files(folders.fonts).values():
        files[f"{_FONTS}/{path.name}"] = path.read_bytes()
    return Shared(files, project.offices(folders))


def pack(task: Task) -> Parcel:
    """A task as bytes."""
    files: dict[str, bytes] = {}
    targets = []
    for number, target in enumerate(task.targets):
        place = f"{number}/{target.agency}"
        for path in (target.path, *_beside(target.path)):
            with suppress(OSError):  # what is missing here is missing there
                files[f"{place}/{path.name}"] = path.read_bytes()
        targets.append((f"{place}/{target.path.name}", target.agency, target.shown))
    return Parcel(files, tuple(targets), task.draft, task.limit)


def _beside(path: Path) -> Iterable[Path]:
    """The files that may be read with a content file: its agency, the years before and after."""
    yield path.with_name(AGENCY_FILE)
    yield from (other for other in path.parent.glob("*.toml") if len(other.stem) == _YEAR)


def do(parcel: Parcel, shared: Shared) -> list[Outcome]:
    """What becomes of a parcel's targets, on any machine.

    Raises:
        MissingTool, FileProblem: this machine has no fonts or room to make anything.
    """
    with scratch.folder() as root:
        folders, stock = _unpacked(root, shared)
        _write(folders.content, parcel.files)
        targets = [
            Target(agency, Path(path).stem, folders.content / path, label)
            for path, agency, label in parcel.targets
        ]
        return list(make(targets, folders.layouts, stock, draft=parcel.draft, limit=parcel.limit))


def machine(shared: Shared) -> Machine:
    """What this machine is, with the files of a run.

    Raises:
        MissingTool, FileProblem: it lacks a font, TeX, or room.
    """
    with scratch.folder() as root:
        _, stock = _unpacked(root, shared)
        tools.require(tools.XELATEX)
        fonts = {
            role.title: tuple(face.digest for face in role.faces)
            for role in stock.fonts.roles.values()
        }
        return Machine(_program(), tools.find(tools.XELATEX).version, fonts)


def _program() -> str:
    """A digest of this program."""
    found = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def _unpacked(root: Path, shared: Shared) -> tuple[Project, Stock]:
    _write(root, shared.files)
    for name in (_CONTENT, _FONTS):
        (root / name).mkdir(exist_ok=True)
    folders = Project(root / _CONTENT, root / _LAYOUTS, root / _FONTS, root / "build")
    return folders, replace(checking.load(folders), offices=Roster(shared.offices))


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
