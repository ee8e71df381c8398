"""Where signature, date and seal stand, against the numbers of GB/T 9704-2012, 7.3.5."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ExitCode, Refused
from pipeline.page import DESCENT, EM, PITCH, STEP, TYPE_WIDTH, bp
from pipeline.pdf.passport import Passport, StampRecord
from pipeline.signature import (
    Anchors,
    Kind,
    Placement,
    Point,
    line_width,
    name_lines,
    name_width,
    place,
    room,
    seal_gap,
)

SEALED, UNSEALED = Kind.SEALED, Kind.UNSEALED
RIGHT = bp(184)
DATE_WIDTH = 7 * 8 + 3 * EM


def han_width(text: str) -> float:
    """Width of Han text at body size."""
    return line_width(text, lambda _: 1.0)


def standing(kind: Kind, diameter: float, names: list[float], date: float) -> Placement:
    """A signature in the room left for it below a text that ends at 200 mm."""
    lead = room(kind, diameter, len(names)).lead_lines
    return place(kind, diameter, anchors(lead), names, date)


def anchors(lead: int) -> Anchors:
    """Anchors with the last name line `lead` pitches below the text."""
    text = bp(200)
    name, date = Point(RIGHT, text - lead * PITCH), Point(RIGHT, text - (lead + 1) * PITCH)
    return Anchors(Point(bp(90), text), name, date)


@pytest.mark.parametrize(
    ("diameter", "lines", "lead"),
    [(42, 1, 2), (45, 1, 2), (42, 2, 2), (42, 3, 3), (20, 1, 1), (20, 2, 2), (50, 1, 3)],
)
def test_lines_before_the_name(diameter: float, lines: int, lead: int) -> None:
    """The number of lines above the name follows from the seal's diameter."""
    assert room(SEALED, diameter, lines).lead_lines == lead


def test_height_of_the_usual_room() -> None:
    """42 mm: the seal reaches 44.3 mm below the text; unsealed: three lines and a descender."""
    assert room(SEALED, 42, 1).height == pytest.approx(2.5 * PITCH - bp(2.8) + bp(21))
    assert room(UNSEALED, 42, 1).lead_lines == 2
    assert room(UNSEALED, 42, 2).lead_lines == 3
    assert room(UNSEALED, 42, 1).height == pytest.approx(3 * PITCH + 0.12 * EM)


@given(st.floats(15, 60), st.integers(1, 3))
def test_seal_is_within_one_line_of_the_text_and_inside_its_room(
    diameter: float, lines: int
) -> None:
    """7.3.5.1 for every diameter and every name, and the room holds date and seal."""
    placed = standing(SEALED, diameter, [200.0] * lines, DATE_WIDTH)
    spot = anchors(room(SEALED, diameter, lines).lead_lines)
    assert placed.seal is not None
    assert -1e-6 <= seal_gap(spot, placed.seal, diameter) <= PITCH + 1e-6
    lowest = min(placed.seal.y - bp(diameter) / 2, placed.date.y - DESCENT * EM)
    assert spot.text_end.y - lowest == pytest.approx(room(SEALED, diameter, lines).height)
    assert placed.names[0].y <= spot.text_end.y - PITCH + 1e-6


def test_sealed() -> None:
    """The date four characters in, the name centred on it, the seal 2.8 mm above their middle."""
    placed = standing(SEALED, 42, [144.0], DATE_WIDTH)
    assert placed.date.x + DATE_WIDTH == pytest.approx(RIGHT - 4 * STEP)
    assert placed.names[0].x + 72 == pytest.approx(placed.date.x + DATE_WIDTH / 2)
    assert placed.seal is not None
    assert placed.seal.x == pytest.approx(placed.date.x + DATE_WIDTH / 2)
    assert placed.seal.y == pytest.approx(placed.date.y + PITCH / 2 + bp(2.8))


def test_sealed_with_a_long_name() -> None:
    """A name too long to be centred ends at the right edge and takes the date with it."""
    placed = standing(SEALED, 42, [400.0], DATE_WIDTH)
    assert placed.names[0].x + 400 == pytest.approx(RIGHT)
    assert placed.date.x + DATE_WIDTH / 2 == pytest.approx(RIGHT - 200)
    assert placed.seal is not None
    assert placed.seal.x == pytest.approx(RIGHT - 200)


def test_sealed_with_a_name_of_two_lines() -> None:
    """Both lines are centred on the date, a pitch apart, the last one where the anchor is."""
    placed = standing(SEALED, 42, [288.0, 272.0], DATE_WIDTH)
    first, last = placed.names
    assert first.y - last.y == pytest.approx(PITCH)
    assert last.y == pytest.approx(anchors(2).sign_name.y)
    assert first.x + 144 == pytest.approx(last.x + 136) == pytest.approx(RIGHT - 144)


def test_unsealed() -> None:
    """The name two characters in, the date two characters right of its beginning."""
    placed = standing(UNSEALED, 42, [144.0], DATE_WIDTH)
    assert placed.names[0].x + 144 == pytest.approx(RIGHT - 2 * STEP)
    assert placed.date.x == pytest.approx(placed.names[0].x + 2 * STEP)
    assert placed.seal is None
    assert placed.names[0].y == pytest.approx(bp(200) - 2 * PITCH)


def test_unsealed_with_a_date_longer_than_the_name() -> None:
    """The date two characters in, the name two characters left of its beginning."""
    placed = standing(UNSEALED, 42, [64.0], DATE_WIDTH)
    assert placed.date.x + DATE_WIDTH == pytest.approx(RIGHT - 2 * STEP)
    assert placed.names[0].x == pytest.approx(placed.date.x - 2 * STEP)


def test_widths() -> None:
    """28 characters fill the type area; digits do not close up."""
    assert han_width("某" * 28) == pytest.approx(TYPE_WIDTH)
    assert line_width("2022年", lambda char: 1.0 if char == "年" else 0.5) == pytest.approx(48)
    assert name_width(SEALED) == pytest.approx(TYPE_WIDTH)
    assert name_width(UNSEALED) == pytest.approx(TYPE_WIDTH - 2 * STEP)


@pytest.mark.parametrize(
    ("length", "lines"), [(1, [1]), (28, [28]), (29, [14, 15]), (35, [17, 18]), (60, [20, 20, 20])]
)
def test_name_lines_are_balanced(length: int, lines: list[int]) -> None:
    """As few lines as fit, of about equal length."""
    broken = name_lines("某" * length, han_width, name_width(SEALED))
    assert [len(line) for line in broken] == lines


def test_name_lines_break_beside_brackets() -> None:
    """No line begins with a closing bracket, ends with an opening one, or cuts a word."""
    assert name_lines("某某某某）某某某某", han_width, 6 * EM) == ("某某某某）", "某某某某")
    assert name_lines("某某某某（某某某某某", han_width, 7 * EM) == ("某某某某", "（某某某某某")
    assert "Beijing某某" in name_lines("某某某Beijing某某", han_width, 10 * EM)


@given(st.text("某区办事处（）A1 ·", min_size=1, max_size=60), st.floats(1, 500))
def test_names_never_lose_a_character(name: str, available: float) -> None:
    """Whatever the name and however narrow the room."""
    assert "".join(name_lines(name, han_width, available)) == name


def example_passport() -> Passport:
    """A report's passport."""
    return Passport(
        agency="某区某街道办事处",
        signature=SEALED,
        seal_diameter=42,
        date=dt.date(2022, 1, 13),
        sample=True,
        draft=False,
        source="0" * 64,
        fonts={"b.ttf": "1" * 64, "a.ttf": "2" * 64},
    )


def test_passport_comes_back_and_has_one_order() -> None:
    """JSON in a fixed order, and the same values from it."""
    passport = example_passport()
    written = json.loads(passport.to_json())
    assert list(written) == [
        "agency", "signature", "seal_diameter", "date", "sample", "draft", "source", "fonts"
    ]  # fmt: skip
    assert list(written["fonts"]) == ["a.ttf", "b.ttf"]
    assert written["date"] == "2022-01-13"
    assert Passport.from_json(passport.to_json()) == passport
    record = StampRecord(date=dt.date(2022, 1, 13), seal=None)
    stamped = passport.model_copy(update={"stamped": record})
    assert json.loads(stamped.to_json())["stamped"] == {"date": "2022-01-13", "seal": None}
    assert Passport.from_json(stamped.to_json()) == stamped


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"agency": "", "new": 1}'])
def test_a_passport_of_another_version_is_refused(text: str) -> None:
    """With the remedy, and exit code 7."""
    with pytest.raises(Refused, match="无法识别") as refused:
        Passport.from_json(text)
    assert refused.value.exit_code == ExitCode.VERIFICATION
    assert "nianbao build" in refused.value.hint
