"""A sentence with one mark in place of each quantity, and the way back to its offsets."""

import re
from bisect import bisect_left
from decimal import Decimal

from pipeline.rules.quantities import Quantity, quantities

MARK = "\ue000"
_NOUGHT = re.compile(
    r"(?<=[为是])[0０零〇](?=[，。；！？、）\s]|$)|零(?:申请|发生|记录)(?=[，。；！？、）\s]|$)"
)
"""A nought without a measure, which `quantities` passes over."""


class Marked:
    """A sentence: `text` with marks, the `quantities`, and where the mark of each stands."""

    def __init__(self, sentence: str) -> None:
        noughts = (_nought(found) for found in _NOUGHT.finditer(sentence))
        self.quantities = sorted([*quantities(sentence), *noughts], key=lambda each: each.start)
        self.marks: list[int] = []
        self._longer = [0]
        pieces, end, length = [], 0, 0
        for quantity in self.quantities:
            pieces += [sentence[end : quantity.start], MARK]
            length += quantity.start - end + 1
            self.marks.append(length - 1)
            self._longer.append(self._longer[-1] + quantity.end - quantity.start - 1)
            end = quantity.end
        self.text = "".join([*pieces, sentence[end:]])

    def offset(self, marked: int) -> int:
        """The offset in the sentence of one in the marked text."""
        return marked + self._longer[bisect_left(self.marks, marked)]


def _nought(found: re.Match[str]) -> Quantity:
    return Quantity(found.start(), found.end(), Decimal(0), "", vague=False)
