"""What in TeX's log fails a build, with its line in the LaTeX file."""

import pytest

from pipeline.typesetting.texlog import Complaint, complaints


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("! Undefined control sequence.\n<recently read> \\x\n\nl.42 a\\x\n",
         Complaint("Undefined control sequence.", 42)),
        ("! LaTeX Error: X.\n" + "x\n" * 40 + "l.9 \n", Complaint("LaTeX Error: X.")),
        ("! Emergency stop.\n", Complaint("Emergency stop.")),
        ("Overfull \\hbox (12.3pt too wide) in paragraph at lines 7--9\n[] 甲",
         Complaint("Overfull \\hbox (12.3pt too wide) in paragraph at lines 7--9", 7)),
        ("Overfull \\vbox (1.0pt too high) detected at line 31\n",
         Complaint("Overfull \\vbox (1.0pt too high) detected at line 31", 31)),
        ("Overfull \\vbox (2pt too high) has occurred while \\output is active []\n",
         Complaint("Overfull \\vbox (2pt too high) has occurred while \\output is active []")),
        ("Missing character: There is no 𠮷 (U+20BB7) in font nbA!\n",
         Complaint("Missing character: There is no 𠮷 (U+20BB7) in font nbA!")),
        ("LaTeX Warning: Reference `x' on page 1 undefined on input line 12.\n",
         Complaint("Reference `x' on page 1 undefined on input line 12.", 12)),
        ("LaTeX Font Warning: Font shape `x' undefined\n", Complaint("Font shape `x' undefined")),
        ("Package xeCJK Warning: Unknown CJK family on input line 3.\n",
         Complaint("Unknown CJK family on input line 3.", 3)),
        ("Class nianbao Warning: Anything.\n", Complaint("Anything.")),
        ("xdvipdfmx:warning: Invalid object\n", Complaint("Invalid object")),
        ("xdvipdfmx:fatal: Cannot open file\n", Complaint("Cannot open file")),
    ],
)  # fmt: skip
def test_complaints(log: str, expected: Complaint) -> None:
    """Errors, boxes, characters and warnings of TeX, packages, the class and the driver."""
    assert complaints(f"This is XeTeX\n{log}") == [expected]


@pytest.mark.parametrize(
    "log",
    [
        "",
        "Underfull \\hbox (badness 10000) in paragraph at lines 1--2\n",
        "Package fontspec Info: Font family 'nbA(0)' created\n",
        "LaTeX Info: Redefining \\x on input line 3.\n",
        "(./report.aux)\n[1\n\n]\n** a comment with Warning: in it\nl.5 is no error\n",
        "text ! not at the start\n",
    ],
)
def test_no_complaints(log: str) -> None:
    """Loose lines and information fail nothing."""
    assert complaints(log) == []


def test_all_of_them_in_order() -> None:
    """Every complaint is kept, not the first alone."""
    log = "LaTeX Warning: a\nOverfull \\hbox (1pt too wide) detected at line 3\n! b\nl.4 x\n"
    assert [(c.text[:8], c.line) for c in complaints(log)] == [
        ("a", None),
        ("Overfull", 3),
        ("b", 4),
    ]
