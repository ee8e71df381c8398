"""Everything that can be wrong in a report that fits its form: each rule's module in turn."""

from collections.abc import Callable, Iterator

from pipeline.findings import Finding, Rule
from pipeline.rules import (
    acceptance,
    blanks,
    filing,
    printing,
    references,
    relations,
    statements,
    substance,
    tallies,
    years,
)
from pipeline.rules.dossier import Dossier

RULES: tuple[Rule, ...] = (
    *filing.RULES,
    *relations.RULES,
    *years.RULES,
    *blanks.RULES,
    *statements.RULES,
    *tallies.RULES,
    *printing.RULES,
    *substance.RULES,
    *references.RULES,
    *acceptance.RULES,
)
_CHECKS: tuple[Callable[[Dossier], Iterator[Finding]], ...] = (
    filing.filing,
    relations.relations,
    years.years,
    blanks.blanks,
    blanks.barred,
    statements.statements,
    tallies.tallies,
    printing.numbers,
    printing.characters,
    printing.stand_ins,
    substance.substance,
    references.references,
)


def check(dossier: Dossier) -> list[Finding]:
    """Every finding of every rule, rule by rule."""
    return [finding for rule in _CHECKS for finding in rule(dossier)]
