"""Every rule of the program, in one place: what `explain` shows and what an acceptance may name.

The first digit groups them: 1 the file, 2 its shape, 3 figures, 4 text and characters,
5 references, 6 import, 7 acceptances, 8 typesetting.
"""

from pipeline import build
from pipeline.content import misfits
from pipeline.findings import Rule
from pipeline.rules import checks
from pipeline.tomlfile import source
from pipeline.transcription import remarks

ALL: tuple[Rule, ...] = tuple(
    sorted(
        (*source.RULES, *misfits.RULES, *checks.RULES, *remarks.RULES, *build.RULES),
        key=lambda rule: rule.code,
    )
)


def named(code: str) -> Rule | None:
    """The rule with a code, whatever its case; None where there is none."""
    return next((rule for rule in ALL if rule.code == code.upper()), None)
