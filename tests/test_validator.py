"""What the independent validator `page` says of the files made bad; of ours: test_record."""

from pathlib import Path

import page
import pytest
import spoiling
from hypothesis import given
from hypothesis import strategies as st
from spoiling import BAD, Bad
from test_conformance import unlike

from pipeline.conformance.verdict import problems

PROFILES = (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)


def failures(pdf: bytes) -> set[str]:
    """The rules that the validator finds broken; a file that it cannot read breaks one."""
    found: set[str] = set()
    for profile in PROFILES:
        try:
            report = page.validate_pdf_bytes(pdf, profile=profile)
        except (page.ParseError, page.SafetyLimitError) as error:
            found.add(type(error).__name__)
        else:
            found |= {failure.rule_id for failure in report.failures}
            assert bool(report.failures) is not report.is_compliant
    return found


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_bad_files(bad: Bad, good_pdf: bytes) -> None:
    """The bad files are bad for the validator, too, where it knows the rule."""
    assert bool(failures(bad.change(good_pdf))) is bad.known


def test_written_anew(good_pdf: bytes) -> None:
    """That they were written anew is not what it finds."""
    assert failures(spoiling.changed(good_pdf, lambda _: None)) == set()


UNCLAIMED = {
    "PDFA3A-GLYPH-WIDTH-001",
    "PDFA3A-TRUETYPE-GLYPH-WIDTH-001",
    "PDFUA1-FONT-GLYPH-WIDTH-001",
    "PDFA3A-CID-SUBSET-CIDSET-001",
    "PDFUA1-CID-SUBSET-CIDSET-001",
}
"""Rules that our check leaves to the validator: it does not look into the programs of fonts. The
list of docs/records.md says so."""


@given(st.integers(0, 10**6), st.integers(0, 100), st.none() | st.integers(0, 100))
def test_what_is_wrong(good_path: Path, where: int, which: int, value: int | None) -> None:
    """Where a value is missing or another, our check is not content with what is rejected."""
    pdf = unlike(good_path.read_bytes(), where, which, value)
    if rejected := failures(pdf) - UNCLAIMED:
        assert problems(pdf), rejected
