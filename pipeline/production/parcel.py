"""A task as bytes, for a machine that shares no folder with this one: all that it reads.

What all tasks of a run read alike (layouts, fonts.toml, the office's own fonts) goes there once.
"""

import hashlib
import os
import pickle
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from pipeline import __version__, checking, files, project, scratch, tools
from pipeline.checking import Stock
from pipeline.errors import FileProblem, UserError
from pipeline.fonts import own_files
from pipeline.processes import run
from pipeline.production.making import Outcome, make
from pipeline.production.renaming import Naming, naming, renamed, renamed_error
from pipeline.production.tasks import Task
from pipeline.project import AGENCY_FILE, COLOUR_PROFILE, Project, Target
from pipeline.roster import Roster
from pipeline.tomlfile.source import MAX_BYTES
from pipeline.typesetting import press

_CONTENT, _LAYOUTS, _FONTS = "content", "layouts", "fonts"
_FONT_FILE = f"{_FONTS}/fonts.toml"
_YEAR = 4
_LAYOUT_FILES = frozenset({".toml", ".cls", ".j2"})
"""Suffixes of what is read from layouts: no seal goes anywhere."""
_PACKAGE_FILES = frozenset({".cls", ".sty", ".def", ".clo", ".cfg", ".fd", ".tex"})
"""Suffixes of TeX's packages, which are the same wherever the installation is."""
_LIBRARIES = ("fonttools", "jinja2", "pikepdf", "uharfbuzz")
"""Whose versions a report's bytes may depend on."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all tasks of a run have in common: files by path, names of offices and of folders."""

    files: Mapping[str, bytes]
    offices: frozenset[str]
    names: Mapping[str, str]
    """What the folders are called by who asks."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The content of some targets, and how each is named in messages."""

    files: Mapping[str, bytes]
    names: Mapping[str, str]
    """What the folders of these are called by who asks."""
    targets: tuple[tuple[str, str, str], ...]
    """For each its path, its office, and its label."""
    draft: bool
    limit: float


@dataclass(frozen=True, slots=True)
class Machine:
    """What the bytes of a report depend on beside its inputs: two that are equal make the same."""

    program: str
    libraries: Mapping[str, str]
    xelatex: str
    packages: str
    """A digest of TeX's packages; nothing where these are not known."""
    fonts: Mapping[str, tuple[str, ...]]
    """For each role the digests of its faces."""


def share(folders: Project) -> bytes:
    """What all tasks of a project have in common, as it is sent."""
    common = {
        f"{_LAYOUTS}/{path.relative_to(folders.layouts)}": path.read_bytes()
        for path in sorted(folders.layouts.rglob("*"))
        if path.is_file() and path.suffix in _LAYOUT_FILES
    }
    common[_FONT_FILE] = folders.font_file.read_bytes()
    for path in own_files(folders.fonts).values():
        common[f"{_FONTS}/{path.name}"] = path.read_bytes()
    names = {
        _LAYOUTS: str(folders.layouts),
        _FONTS: str(folders.fonts),
        _FONT_FILE: str(folders.font_file),
    }
    return pickle.dumps(Shared(common, project.offices(folders), names))


def read(path: Path, shown: str = "") -> bytes:
    """A content file; of one that is too large no more than it takes to see that.

    Raises:
        FileProblem: it cannot be read.
    """
    return files.load(path, MAX_BYTES, shown)


def pack(task: Task) -> Parcel:
    """A task as bytes; what several targets read is there once."""
    content: dict[str, bytes] = {}
    places: dict[Path, str] = {}
    targets = []
    for target in task.targets:
        folder = target.path.parent
        place = places.setdefault(folder, f"{_CONTENT}/{len(places)}/{target.agency}")
        for path in (target.path, *_beside(target.path)):
            name = f"{place}/{path.name}"
            if name not in content:
                with suppress(FileProblem):  # what is missing here is missing there
                    content[name] = read(path)
        targets.append((f"{place}/{target.path.name}", target.agency, target.shown))
    names = {place: str(folder) for folder, place in places.items()}
    return Parcel(content, names, tuple(targets), task.draft, task.limit)


def _beside(path: Path) -> Iterable[Path]:
    """The files that may be read with a content file: its agency, the years before and after."""
    yield path.with_name(AGENCY_FILE)
    yield from (other for other in path.parent.glob("*.toml") if len(other.stem) == _YEAR)


def do(parcel: Parcel, shared: bytes) -> list[Outcome]:
    """What becomes of a parcel's targets, on any machine, told in the names of who asked.

    Raises:
        MissingTool, FileProblem: this machine has no fonts or room to make anything.
    """
    with _unpacked(shared, parcel.files, parcel.names) as (folders, stock, named):
        root = folders.content.parent
        targets = [
            Target(agency, Path(path).stem, root / path, label)
            for path, agency, label in parcel.targets
        ]
        made = make(targets, folders.layouts, stock, draft=parcel.draft, limit=parcel.limit)
        return [renamed(outcome, named) for outcome in made]


def machine(shared: bytes) -> Machine:
    """What this machine is, with the files of a run.

    Raises:
        MissingTool, FileProblem: it lacks a font, TeX, or room.
    """
    with _unpacked(shared, {}, {}) as (folders, stock, _):
        fonts = {
            role.title: tuple(face.digest for face in role.faces)
            for role in stock.fonts.roles.values()
        }
        libraries = {name: metadata.version(name) for name in _LIBRARIES}
        tex = _tex()
        return Machine(program(), libraries, tex, _packages(folders.layouts), fonts)


def program() -> str:
    """A digest of this program, and of what it brings along."""
    found = hashlib.sha256(__version__.encode())
    own = sorted(Path(__file__).parent.parent.rglob("*.py"))
    for path in (*own, COLOUR_PROFILE):
        found.update(path.read_bytes())
    return found.hexdigest()


def _tex() -> str:
    """What xelatex says of its version."""
    path = tools.require(tools.XELATEX)
    said, _ = run([path, tools.XELATEX.argument], limit=tools.TIME_LIMIT, env=os.environ)
    return said.partition("\n")[0]


def _packages(layouts: Path) -> str:
    """A digest of TeX's packages that the page class loads, where there is a format of it."""
    ready = press.prepare(layouts)
    paths = (Path(str(stamp[0])) for stamp in ready.inputs) if ready else ()
    used = {path.name: path for path in paths if path.suffix in _PACKAGE_FILES}
    found = hashlib.sha256()
    for name, path in sorted(used.items()):
        found.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return found.hexdigest() if used else ""


@contextmanager
def _unpacked(
    shared: bytes, content: Mapping[str, bytes], names: Mapping[str, str]
) -> Iterator[tuple[Project, Stock, Naming]]:
    """The folders of a run, in a folder of this machine; errors call them as who asked does."""
    given: Shared = pickle.loads(shared)  # noqa: S301  # from who also says what is to be run
    with scratch.folder() as root:
        named = naming({f"{root}/{own}": name for own, name in {**given.names, **names}.items()})
        folders = Project(root / _CONTENT, root / _LAYOUTS, root / _FONTS, root / "build")
        try:
            _write(root, {**given.files, **content})
            stock = replace(checking.load(folders), offices=Roster(given.offices))
            yield folders, stock, named
        except UserError as error:
            raise renamed_error(error, named) from None
        except OSError as error:
            hint = "请检查它的临时文件夹和磁盘空间。"
            raise FileProblem(f"工作文件夹无法读写（{files.reason(error)}）。", hint) from None


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, data in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
