"""Everything that can be wrong in a report that fits its form: each rule's module in turn."""

from collections.abc import Callable, Iterator

from pipeline.findings import Finding, Rule
from pipeline.rules import acceptance, filing, printing, references, relations, years
from pipeline.rules.dossier import Dossier

RULES: tuple[Rule, ...] = (
    *filing.RULES,
    *relations.RULES,
    *years.RULES,
    *printing.RULES,
    *references.RULES,
    *acceptance.RULES,
)
_CHECKS: tuple[Callable[[Dossier], Iterator[Finding]], ...] = (
    relations.relations,
    years.years,
    references.references,
    printing.numbers,
    printing.characters,
)


def check(dossier: Dossier) -> list[Finding]:
    """Every finding of every rule, rule by rule."""
    return [finding for rule in _CHECKS for finding in rule(dossier)]
