"""What stands in a cell: numbers in every spelling, blanks, and marks, exactly."""

from decimal import Decimal

import pytest

from pipeline.checking import Stock
from pipeline.form.tables import Cell, Value, lines
from pipeline.transcription.figures import figure


def cell(stock: Stock, path: str) -> Cell:
    """A cell of the form of 2019 by its path."""
    form = next(form for form in stock.forms if form.name == "2019")
    cells = [each for s in form.sections for line in lines(s) for each in line.cells]
    return next(each for each in cells if each.path == path)


@pytest.mark.parametrize(
    ("text", "value", "guess"),
    [
        ("1,234", 1234, True),
        ("１，２３４", 1234, True),
        ("１２", 12, False),
        ("1 234", 1234, False),
        ("0件", 0, True),
        ("3①", 3, True),
        ("3²", 3, True),
        ("3[注]", 3, True),
        ("1.2万", "1.2万", True),
        ("约3", "约3", True),
        ("/", "/", False),
        ("-", "-", False),
        ("—", "—", False),
        ("无", "无", False),
        ("\u3000 ", "", False),
        ("1,2", "1,2", True),
        ("12，3456", "12，3456", True),
    ],
)
def test_counts(text: str, value: Value, guess: bool, stock: Stock) -> None:
    """Counts as people write them; what was changed is told, and nothing is taken for 0."""
    read = figure(text, cell(stock, "disclosure.rules.made"))
    assert (read.value, bool(read.guess)) == (value, guess)
    assert type(read.value) is type(value)


@pytest.mark.parametrize(
    ("text", "shown"), [("+19", "19"), ("－417", "-417"), ("−4", "-4"), ("+0", "0")]
)
def test_signs(text: str, shown: str, stock: Stock) -> None:
    """Signs in every width; a plus stays written."""
    read = figure(text, cell(stock, "disclosure.licences.change")).value
    assert isinstance(read, int)
    assert read == int(shown)
    assert (type(read) is not int) == text.startswith("+")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("160.5964万元", Decimal("160.5964")),
        ("160.50", Decimal("160.50")),
        ("251000元", "251000元"),
        (".5", Decimal("0.5")),
    ],
)
def test_amounts(text: str, value: Value, stock: Stock) -> None:
    """Amounts keep their decimals; another unit than the form's stays in the text."""
    read = figure(text, cell(stock, "disclosure.procurement.amount")).value
    assert (read, str(read)) == (value, str(value))
