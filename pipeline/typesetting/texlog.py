"""What TeX's log says against the pages: errors, overfull boxes, lost characters, warnings."""

import re
from dataclasses import dataclass

_ERROR = re.compile(r"^! (?P<text>.+)$|^xdvipdfmx:(?:fatal|error|warning): (?P<driver>.+)$")
_ERROR_LINE = re.compile(r"^l\.(?P<line>\d+) ")
_BOX = re.compile(
    r"^Overfull \\[hv]box \([^)]*\) (?:in paragraph at lines|detected at line|has occurred)"
    r" ?(?P<line>\d+)?"
)
_MISSING = re.compile(r"^Missing character: .+$")
_WARNING = re.compile(r"^(?:LaTeX|LaTeX Font|Package \S+|Class \S+) Warning: (?P<text>.+)$")
_LINE = re.compile(r"on input line (?P<line>\d+)")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing TeX complained of; `line` counts in the LaTeX file, where it is known."""

    text: str
    line: int | None = None


def complaints(log: str) -> list[Complaint]:
    """Everything in a log that fails a build. Underfull lines do not: they are only loose."""
    found: list[Complaint] = []
    lines = log.split("\n")
    for number, line in enumerate(lines):
        if error := _ERROR.match(line):
            behind = (_ERROR_LINE.match(later) for later in lines[number + 1 : number + 30])
            at = next((int(match["line"]) for match in behind if match), None)
            found.append(Complaint(error["text"] or error["driver"], at))
        elif box := _BOX.match(line):
            found.append(Complaint(line, int(box["line"]) if box["line"] else None))
        elif _MISSING.match(line):
            found.append(Complaint(line))
        elif warning := _WARNING.match(line):
            at = next(iter(_LINE.findall(line)), None)
            found.append(Complaint(warning["text"], int(at) if at else None))
    return found
