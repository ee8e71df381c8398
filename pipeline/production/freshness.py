"""Which reports are up to date: those of which every file is what it was, and so are they.

Beside the outputs stands for each report what it was made of, by digest: content, form, layouts,
fonts, TeX, this program. What is not known to be up to date is made.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import __version__, files
from pipeline.build import DRAFT, REPORT
from pipeline.cache import Digests
from pipeline.checking import Stock
from pipeline.errors import FileProblem
from pipeline.form import sayings
from pipeline.production.making import Basis, Outcome
from pipeline.project import AGENCY_FILE, COLOUR_PROFILE, Project, Target
from pipeline.typesetting import press
from pipeline.typesetting.latex import CLASS, TEMPLATE

if TYPE_CHECKING:
    from pipeline.typesetting.preloaded import Preloaded

_FOLDER = "state"
_LATIN = {True: "A", False: "一"}
"""A character for each kind of chain."""
_PROGRAM = Path(__file__).parent.parent


@dataclass(frozen=True)
class Fresh:
    """A report that is up to date: its file, and what was found when it was made."""

    path: Path
    told: tuple[str, ...]


class Ledger:
    """What is known of the reports of a project, as it is during one run."""

    def __init__(self, folders: Project, stock: Stock, *, draft: bool = False) -> None:
        self._folders, self._fonts = folders, stock.fonts
        self._roster = stock.offices
        self._product = DRAFT if draft else REPORT
        self._digests = Digests()
        self._preloaded: Preloaded | None = None
        self._shared_digest = ""

    def fresh(self, target: Target) -> Fresh | None:
        """The report of a target, where it is up to date."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            known = json.loads(self._entry(target).read_bytes())
            told = tuple(line.replace(known["shown"], target.shown) for line in known["told"])
            path = target.output(self._folders, self._product)
            made = self._digests.of(path) == known["made"]
            if made and self._inputs(target, _basis(known["basis"])) == known["inputs"]:
                same = known["offices"] == self._offices or known["named"] == self._named(target)
                return Fresh(path, told) if same else None
        return None

    def note(self, outcome: Outcome, told: Sequence[str]) -> None:
        """Remember what a report was made of, now that it stands in its place; `told` of it."""
        target, basis = outcome.target, outcome.basis
        if basis is None:
            return
        known = {
            "basis": [basis.year, list(basis.forms), [[*key, n] for key, n in basis.faces.items()]],
            "inputs": self._inputs(target, basis),
            "offices": self._offices,
            "named": self._named(target),
            "made": hashlib.sha256(outcome.pdf).hexdigest(),
            "shown": target.shown,
            "told": list(told),
        }
        with suppress(FileProblem):  # then it is made again
            data = json.dumps(known, ensure_ascii=False).encode()
            files.write(self._entry(target), data)

    def _inputs(self, target: Target, basis: Basis) -> list[Any]:
        """What a report was made of, as it is now: digests, in an order of their own.

        No path stands here but names: a project that was moved is what it was, and a copy of it
        is judged by its own files.
        """
        beside = (target.path.name, AGENCY_FILE, f"{basis.year - 1}.toml")
        content = [self._digests.of(target.path.with_name(name)) for name in beside]
        layouts = self._folders.layouts
        forms = [[name, self._digests.of(layouts / name / "form.toml")] for name in basis.forms]
        faces = [
            [role, latin, [[face.index, self._digests.of(face.path)] for face in chain[:asked]]]
            for (role, latin), asked in sorted(basis.faces.items())
            for chain in [self._fonts.chain(role, _LATIN[latin])]
        ]
        return [self._common(), content, forms, faces]

    def close(self) -> None:
        """Keep what was learnt of files for the next run."""
        self._digests.keep()

    def look(self, target: Target) -> list[str | None]:
        """See what content a target has now, before anybody reads it to make a report."""
        return [self._digests.anew(path) for path in sources(target)]

    def _entry(self, target: Target) -> Path:
        name = f"{target.year}.{Path(self._product).stem}.json"
        return self._folders.out / _FOLDER / target.agency / name

    def _common(self) -> str:
        """A digest of what every report depends on: program, layouts, TeX, the list of forms."""
        if self._preloaded is None:  # TeX tells more of itself as soon as there is one
            self._preloaded = press.find_preloaded(self._folders.layouts)
            told = json.dumps([self._shared, self._tex()], sort_keys=True)
            self._shared_digest = hashlib.sha256(told.encode()).hexdigest()
        return self._shared_digest

    @cached_property
    def _shared(self) -> list[object]:
        folders = self._folders
        layouts = [folders.layouts / name for name in (TEMPLATE, CLASS, sayings.FILE)]
        program = sorted(path for path in _PROGRAM.rglob("*") if path.suffix in {".py", ".toml"})
        used = (*layouts, *program, COLOUR_PROFILE, folders.font_file)
        forms = {path.parent.name: _years(path) for path in folders.layouts.glob("*/form.toml")}
        return [__version__, [[path.name, self._digests.of(path)] for path in used], forms]

    def _tex(self) -> list[object]:
        """What sets the pages: programs, and what their format was made of."""
        stamps = self._preloaded.inputs if self._preloaded else ()
        paths = (*press.programs(), *(str(stamp[0]) for stamp in stamps))
        return [[path, self._digests.of(Path(path))] for path in paths]

    @cached_property
    def _offices(self) -> str:
        return hashlib.sha256("\n".join(sorted(self._roster.names)).encode()).hexdigest()

    def _named(self, target: Target) -> list[str]:
        with suppress(OSError, ValueError):
            return sorted(self._roster.named(target.path.read_text(encoding="utf-8")))
        return []


def sources(target: Target) -> tuple[Path, ...]:
    """Where content of a target is read: its file, the office's, that of the year before."""
    own = (target.path, target.path.with_name(AGENCY_FILE))
    year = target.path.stem
    if not re.fullmatch("[0-9]{4}", year):
        return own
    return *own, target.path.with_name(f"{int(year) - 1}.toml")


def _basis(kept: Any) -> Basis:  # noqa: ANN401  # whatever was kept
    """What was kept of a report's basis; raises `ValueError` or `TypeError` where it is none."""
    year, forms, faces = kept
    return Basis(int(year), tuple(forms), {(role, latin): n for role, latin, n in faces})


def _years(path: Path) -> object:
    """What a form says of itself as a whole, such as the years it is for."""
    with suppress(OSError, ValueError):
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return [values.get("from_year"), values.get("to_year")]
    return None
