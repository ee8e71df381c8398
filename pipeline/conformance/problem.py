"""What a check of a PDF tells: a rule of a standard, and the place that breaks it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken rule: its name, its clause in the standard, and in Chinese what is wrong where."""

    rule: str
    clause: str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: a short name that stays, and the clause that it comes from."""

    name: str
    clause: str

    def broken(self, message: str) -> Problem:
        """The problem of a place that breaks it."""
        return Problem(self.name, self.clause, message)
