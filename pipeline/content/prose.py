r"""Prose is plain text: blank lines, **bold run-in headings** and {{ references }}; nothing else.

A `\` before `**` or `{{` takes their meaning away. Every other character means itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipeline.document import Origin, Paragraph, Run

_PARAGRAPH = re.compile(r"(?:(?!\n[ \t\u3000]*\n).)+", re.DOTALL)
_MARK = re.compile(
    r"\\(?P<literal>\*\*|\{\{)"
    r"|(?P<bold>\*\*)"
    r"|\{\{[ \t]*(?P<path>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)"
    r"[ \t]*(?:\|[ \t]*(?P<format>[^\s{}|]+)[ \t]*)?\}\}"
)
_MARGIN = " \t\u3000\n"
_LATIN = re.compile(r"[!-~\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class Reference:
    """A `{{ path | format }}` in prose; `source` is the text as written."""

    path: str
    format: str
    source: str
    origin: Origin


Resolve = Callable[[Reference], str]


def paragraphs(text: str, path: tuple[str | int, ...], resolve: Resolve) -> list[Paragraph]:
    """The paragraphs of a text; `resolve` gives the text of each reference."""
    made = []
    for found in _PARAGRAPH.finditer(text.replace("\r\n", "\n")):
        body = found.group()
        start = len(body) - len(body.lstrip(_MARGIN))
        body = body.strip(_MARGIN)
        if body:
            runs = tuple(_joined(_runs(body, path, found.start() + start, resolve)))
            made.append(Paragraph(runs))
    return made


def references(text: str, path: tuple[str | int, ...]) -> list[Reference]:
    """Every reference in a text."""
    found: list[Reference] = []

    def note(reference: Reference) -> str:
        found.append(reference)
        return ""

    paragraphs(text, path, note)
    return found


def _runs(body: str, path: tuple[str | int, ...], offset: int, resolve: Resolve) -> Iterator[Run]:
    bold = False
    at = 0
    marks = list(_MARK.finditer(body))
    paired = _paired(marks, body)
    for mark in marks:
        yield from _lines(body[at : mark.start()], path, offset + at, bold)
        at = mark.end()
        origin = Origin(path, offset + mark.start())
        if mark["literal"]:
            yield Run(mark["literal"], Origin(path, offset + mark.start() + 1), bold)
        elif mark["path"]:
            reference = Reference(mark["path"], mark["format"] or "", mark.group(), origin)
            yield Run(resolve(reference), origin, bold)
        elif mark.start() in paired:
            bold = not bold
        else:
            yield Run("**", origin, bold)
    yield from _lines(body[at:], path, offset + at, bold)


def _paired(marks: list[re.Match[str]], body: str) -> set[int]:
    """The `**` that open or close a bold run; one left over means itself, and so do empty pairs."""
    stars = [mark.start() for mark in marks if mark["bold"]]
    paired: set[int] = set()
    while len(stars) > 1:
        start, end, *rest = stars
        if body[start + 2 : end].strip(_MARGIN):
            paired |= {start, end}
        stars = rest
    return paired


def _lines(text: str, path: tuple[str | int, ...], offset: int, bold: bool) -> Iterator[Run]:
    """One run for each line of the source, and one for each line's end."""
    at = 0
    pieces = text.split("\n")
    for index, piece in enumerate(pieces):
        kept = piece.lstrip(" \t") if index else piece
        start = at + len(piece) - len(kept)
        kept = kept.rstrip(" \t") if index < len(pieces) - 1 else kept
        if index:
            yield Run("\n", Origin(path, offset + at - 1), bold)
        if kept:
            yield Run(kept.replace("\t", " "), Origin(path, offset + start), bold)
        at += len(piece) + 1


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """The runs without line ends: a line's end is a blank between Latin words only."""
    before, line_end = "", None
    for run in runs:
        if run.text == "\n":
            line_end = run
            continue
        if line_end and _LATIN.match(before[-1:]) and _LATIN.match(run.text):
            yield replace(line_end, text=" ")
        if run.text:
            before, line_end = run.text, None
        yield run
