"""Whatever stands in a report: every rule comes to an end, in what it finds and in time."""

import pytest
from conftest import Workshop
from hypothesis import given
from texts import HARD, LONG, MOST, anything, dossier, everything

from pipeline.rules import (
    agencies,
    brackets,
    checks,
    copied,
    leftovers,
    numbering,
    privacy,
    punctuation,
    repetition,
    spacing,
    stale,
    statements,
    tallies,
)

OF_TEXT = (
    *(agencies.agencies, brackets.unpaired, copied.copied, leftovers.leftovers),
    *(numbering.numbering, privacy.privacy, punctuation.half_width, repetition.doubled),
    *(spacing.spacing, stale.stale),
)
FEW = (statements.statements, tallies.tallies, brackets.unpaired)
"""Rules that tell together what a paragraph has again and again."""


@given(text=anything)
def test_no_text_is_too_odd(workshop: Workshop, text: str) -> None:
    """The rules come to an end, and their findings have a message."""
    for finding in everything(dossier(workshop, text), checks.CHECKS):
        assert finding.message.endswith("。")


@pytest.mark.parametrize("piece", HARD)
def test_a_long_paragraph(workshop: Workshop, piece: str) -> None:
    """Two hundred thousand characters of one kind are read to the end."""
    found = everything(dossier(workshop, (piece * LONG)[:LONG]), OF_TEXT)
    assert len(found) <= MOST * len(OF_TEXT)
    assert all(finding.message.endswith("。") for finding in found)


@pytest.mark.parametrize("piece", HARD)
def test_one_thing_again_and_again(workshop: Workshop, piece: str) -> None:
    """Every rule reads 10,000 characters of one kind; lists and claims give few findings."""
    looked_at = dossier(workshop, (piece * 10_000)[:10_000])
    everything(looked_at, checks.CHECKS)
    assert all(len(list(check(looked_at))) <= 40 for check in FEW)
