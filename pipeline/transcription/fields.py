"""Word's fields: an instruction, which is not shown, and its result, which is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

_SILENT = frozenset(
    "XE TC TA RD SET ASK PRIVATE ADVANCE HYPERLINK PAGE NUMPAGES SECTIONPAGES PAGEREF TOC".split()  # noqa: SIM905
)
"""Instructions that show nothing, or nothing of the report's text."""


@dataclass(slots=True)
class _Field:
    instruction: list[str] = field(default_factory=list)
    begun: bool = False
    """Whether its result has begun."""
    filled: bool = False
    """Whether its result shows anything."""
    spoken: bool = False
    """Whether text of the report may stand in the instruction."""


class Fields:
    """The fields that are open at a place in the text, outer ones first."""

    def __init__(self) -> None:
        self._open: list[_Field] = []
        self._instructing = 0
        """How many of them are not at their results yet."""

    def mark(self, kind: str) -> Iterator[str]:
        """Take a field's begin, separate or end; instructions whose result shows nothing."""
        if kind == "begin":
            self._open.append(_Field())
            self._instructing += 1
        elif self._open and kind == "separate":
            self._begin_result()
        elif self._open and kind == "end":
            self._begin_result()
            yield from self._ended(self._open.pop())

    def instruct(self, text: str) -> None:
        """Take a piece of an instruction."""
        if self._open:
            self._open[-1].instruction.append(text)

    def take(self, text: str) -> bool:
        """Take text; whether it belongs to an instruction, and is not shown."""
        if self._instructing:
            self._open[-1].instruction.append(text)
            self._open[-1].spoken = True
            return True
        self.fill()
        return False

    def fill(self) -> None:
        """Something is shown in the innermost result."""
        if self._open:
            self._open[-1].filled = True

    def cut(self) -> Iterator[str]:
        """End what a paragraph leaves unfinished before its result: no more text shall vanish."""
        while self._instructing:
            yield from self.mark("end")

    def _begin_result(self) -> None:
        self._instructing -= not self._open[-1].begun
        self._open[-1].begun = True

    def _ended(self, ended: _Field) -> Iterator[str]:
        instruction = "".join(ended.instruction).strip()
        if self._instructing:
            self._open[-1].instruction.append(instruction)
            self._open[-1].spoken |= ended.spoken
        elif ended.filled:
            self.fill()
        elif instruction and (ended.spoken or instruction.split()[0].upper() not in _SILENT):
            yield instruction
