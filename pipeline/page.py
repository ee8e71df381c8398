"""The page of GB/T 9704-2012 in numbers: paper, type area, the grid of 22 lines × 28 characters.

Lengths are in bp (1/72 inch, the unit of PDF) unless a name says mm.
"""

BP_PER_MM = 72 / 25.4


def bp(mm: float) -> float:
    """Millimetres as bp."""
    return mm * BP_PER_MM


PAPER_WIDTH, PAPER_HEIGHT = bp(210), bp(297)
TYPE_WIDTH, TYPE_HEIGHT = bp(156), bp(225)

LINES, COLUMNS = 22, 28
EM = 16.0
"""Body size: 3号."""
PITCH = (TYPE_HEIGHT - EM) / (LINES - 1)
"""Baseline to baseline, so that 22 lines of 16 bp fill the 225 mm."""
GLUE = (TYPE_WIDTH - COLUMNS * EM) / (COLUMNS - 1)
"""Between two characters, so that 28 of them fill the 156 mm: they close up a little."""
STEP = EM + GLUE
"""From one character of the grid to the next."""

ASCENT, DESCENT = 0.88, 0.12
"""Extent of a Han character above and below its baseline, in em."""
