"""Findings: what is wrong in the content, where, and what to do about it."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error stops the build, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A point in a content file: line and column from 1, in characters, and the key path."""

    file: str
    line: int
    column: int
    path: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding: stable code, weight, Chinese title and remedy.

    `acceptable`: whether an office may stand by what was found and say why. `about` tells a clerk
    how it is found, where the title does not say it.
    """

    code: str
    severity: Severity
    title: str
    remedy: str
    acceptable: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `accepted` is the office's reason when it stands by it."""

    rule: Rule
    place: Place
    message: str
    hint: str = ""
    related: tuple[Place, ...] = ()
    accepted: str | None = None

    @property
    def severity(self) -> Severity:
        """The weight as it counts: an accepted finding is a note."""
        return Severity.NOTE if self.accepted is not None else self.rule.severity

    def accept(self, reason: str) -> "Finding":
        """The same finding, listed as accepted for `reason`."""
        return replace(self, accepted=reason)

    def as_json(self) -> dict[str, object]:
        """The finding as `check --format json` prints it."""
        return {
            "code": self.rule.code,
            "severity": str(self.severity),
            **_place_json(self.place),
            "message": self.message,
            "hint": self.hint or self.rule.remedy,
            "related": [_place_json(place) for place in self.related],
            "accepted": self.accepted,
        }


def quoted(label: str) -> str:
    """A label in quotation marks; those within it become single ones."""
    return f"“{label.replace('“', '‘').replace('”', '’')}”"


def _place_json(place: Place) -> dict[str, object]:
    return {"file": place.file, "line": place.line, "column": place.column, "path": place.path}
