"""The reports of content/ as files in every state: built, drafted, stamped; each made once."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import building

from pipeline import checking, files, project
from pipeline.checking import Checked, Stock
from pipeline.project import Project, Target
from pipeline.signature import Kind
from pipeline.stamping import seal as seals
from pipeline.stamping import stamp as stamping

ROOT = Path(__file__).parent.parent
FOLDERS = Project(ROOT / "content", ROOT / "layouts", ROOT / "fonts", ROOT / "build")
TARGETS = {str(target): target for target in project.targets(FOLDERS, [])}
"""Every report of the project."""
STATES = ("report", "draft", "sealed", "ink")
"""As built; as a draft; with its seal, where one belongs; with a room for a seal of ink."""
DAY = dt.date(2027, 1, 12)


@dataclass
class Shelf:
    """Makes the files when they are asked for, and keeps them for all workers of a run."""

    folder: Path
    stock: Stock
    made: dict[tuple[str, str], Path] = field(default_factory=dict)

    def checked(self, name: str) -> Checked:
        """The report with its document."""
        return checking.check(TARGETS[name], self.stock)

    def __call__(self, name: str, state: str = "report") -> Path:
        """The file of a target in a state."""
        if (name, state) not in self.made:
            self.made[name, state] = self._make(TARGETS[name], state)
        return self.made[name, state]

    def _make(self, target: Target, state: str) -> Path:
        path = self.folder / target.agency / target.year / f"{state}.pdf"
        if path.is_file():  # another worker made it, whole
            return path
        if state in {"report", "draft"}:
            out = Project(FOLDERS.content, FOLDERS.layouts, FOLDERS.fonts, self.folder)
            draft = state == "draft"
            return building.build(target, out, self.stock, draft=draft).path
        built = self(str(target))
        pdf = built.read_bytes()
        passport = stamping.passport_of(pdf)
        seal = None
        if state == "sealed" and passport.signature is Kind.SEALED:
            seal = seals.load(FOLDERS.layouts / "specimen-seal.svg", passport.seal_diameter)
        stamped = stamping.stamp(
            pdf,
            date=passport.date or DAY,
            seal=seal,
            fonts=self.stock.fonts,
            specimens=stamping.specimen_digests(FOLDERS.layouts),
            no_seal=state == "ink",
        )
        files.write(path, stamped.pdf)
        return path
