"""What a worker says of files in its own folder, in the names of the machine that asked."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.errors import UserError
from pipeline.findings import Finding, Place
from pipeline.production.making import Outcome

Naming = Callable[[str], str]
"""A text with paths → the same text with other paths."""


def naming(names: Mapping[str, str]) -> Naming:
    """Puts for each path its name; for a path within another, whatever the order, its own."""
    ordered = sorted(names.items(), key=lambda pair: -len(pair[0]))

    def named(text: str) -> str:
        for path, name in ordered:
            text = text.replace(path, name)
        return text

    return named


def renamed(outcome: Outcome, named: Naming) -> Outcome:
    """An outcome with all that it tells in other names."""
    return replace(
        outcome,
        findings=tuple(_finding(finding, named) for finding in outcome.findings),
        error=None if outcome.error is None else renamed_error(outcome.error, named),
        trace=named(outcome.trace),
    )


def renamed_error(error: UserError, named: Naming) -> UserError:
    """The same error, in other names."""
    for key, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, key, named(value))
    error.args = tuple(named(each) if isinstance(each, str) else each for each in error.args)
    error.findings = tuple(_finding(finding, named) for finding in error.findings)
    return error


def _finding(finding: Finding, named: Naming) -> Finding:
    return replace(
        finding,
        place=_place(finding.place, named),
        message=named(finding.message),
        hint=named(finding.hint),
        related=tuple(_place(place, named) for place in finding.related),
    )


def _place(place: Place, named: Naming) -> Place:
    return replace(place, file=named(place.file))
