"""Seals of many kinds on a real report: the file stays PDF/A-3a and PDF/UA-1."""

from pathlib import Path

import page as validator
import pytest
from records import DAY, Shelf
from sealfiles import AS_THEY_ARE, OUTLINED, REDRAWN, RING, pdf

from pipeline.conformance.verdict import problems
from pipeline.errors import Refused
from pipeline.stamping import seal as seals
from pipeline.stamping.stamp import Stamped, passport_of, stamp

PROFILES = (validator.ValidationProfile.PDF_A_3A, validator.ValidationProfile.PDF_UA_1)


def stamped(shelf: Shelf, path: Path) -> Stamped:
    """The report with that seal."""
    report = shelf("example/2026").read_bytes()
    seal = seals.load(path, passport_of(report).seal_diameter)
    fonts = shelf.stock.fonts
    return stamp(report, date=DAY, seal=seal, fonts=fonts, specimens={seal.digest})


@pytest.mark.parametrize(
    ("name", "data", "note"),
    [
        *((name, data, "") for name, data in AS_THEY_ARE.items()),
        *((name, data, "已重新描绘") for name, data in REDRAWN.items()),
        *((name, data, "已转为轮廓") for name, data in OUTLINED.items()),
    ],
)
def test_the_stamped_file_conforms(
    name: str, data: bytes, note: str, shelf: Shelf, tmp_path: Path
) -> None:
    """Neither the validator nor our own check finds anything; the note says what was done."""
    path = tmp_path / name
    path.write_bytes(data)
    made = stamped(shelf, path)
    assert problems(made.pdf) == ()
    for each in PROFILES:
        report = validator.validate_pdf_bytes(made.pdf, profile=each)
        assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    told = [said for said in ("已重新描绘", "已转为轮廓") if said in "".join(made.warnings)]
    assert told == [note] * bool(note)


def test_what_is_left_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    """A seal that draws what is not in its file: the message says so, and what to do."""
    path = tmp_path / "章.pdf"
    path.write_bytes(pdf(RING + b"/X Do"))
    with pytest.raises(Refused, match=r"加盖“章\.pdf”后.*没有资源 /XObject /X") as caught:
        stamped(shelf, path)
    assert "背景透明的 PNG" in caught.value.hint
