"""Everything that can be wrong in a report that fits its form: each rule's module in turn."""

from collections.abc import Callable, Iterator

from pipeline.findings import Finding, Rule
from pipeline.rules import (
    acceptance,
    agencies,
    approvals,
    blanks,
    brackets,
    copied,
    filing,
    leftovers,
    numbering,
    printing,
    privacy,
    punctuation,
    references,
    relations,
    repetition,
    spacing,
    stale,
    statements,
    substance,
    tallies,
    years,
)
from pipeline.rules.dossier import Dossier

RULES: tuple[Rule, ...] = (
    *filing.RULES,
    *approvals.RULES,
    *relations.RULES,
    *years.RULES,
    *blanks.RULES,
    *statements.RULES,
    *tallies.RULES,
    *printing.RULES,
    *substance.RULES,
    *references.RULES,
    *leftovers.RULES,
    *agencies.RULES,
    *stale.RULES,
    *copied.RULES,
    *punctuation.RULES,
    *spacing.RULES,
    *brackets.RULES,
    *repetition.RULES,
    *numbering.RULES,
    *privacy.RULES,
    *acceptance.RULES,
)
CHECKS: tuple[Callable[[Dossier], Iterator[Finding]], ...] = (
    filing.filing,
    approvals.approvals,
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
    leftovers.leftovers,
    agencies.agencies,
    stale.stale,
    copied.copied,
    punctuation.half_width,
    spacing.spacing,
    brackets.unpaired,
    repetition.doubled,
    numbering.numbering,
    privacy.privacy,
)
"""The rules, in the order in which they are asked."""


def check(dossier: Dossier) -> list[Finding]:
    """Every finding of every rule, rule by rule."""
    return [finding for rule in CHECKS for finding in rule(dossier)]
