"""Rows that a file has as paragraphs → grids: a row on a line, or a cell a line.

Files lose the borders of tables: text copied from a page, a PDF's text, tables made of `div`. What
is left are the form's labels and the right number of values behind each.
"""

from collections.abc import Sequence

from pipeline.form.wording import Match
from pipeline.transcription.figures import is_number
from pipeline.transcription.labels import Labels
from pipeline.transcription.manuscript import Block, Cell, Grid, Paragraph

_MARKS = frozenset("/-—－无")
_PIECES = 3
"""A label stands on as many lines at most."""
_LONGEST, _MOST_VALUES = 120, 40


def regained(blocks: Sequence[Block], labels: Labels) -> list[Block]:
    """The blocks, with a grid for each row of the form that stands in paragraphs."""
    made: list[Block] = []
    runs = _runs(blocks)
    at = 0
    while at < len(blocks):
        end = at + runs[at]
        values = [block for block in blocks[at:end] if isinstance(block, Paragraph)]
        if said := _label(made, labels, len(values)):
            made[-said:] = [_row(made[-said:], values)]
        elif _rowless(made, labels, len(values)):
            made.append(_row([], values))
        else:
            made.append(blocks[at])
            end = at + 1
            if row := _line(made, labels):
                made[-row[0] :] = [row[1]]
        at = end
    return made


def _runs(blocks: Sequence[Block]) -> list[int]:
    """How many paragraphs from each block on are nothing but a value each, up to a row of them."""
    runs, run = [0] * len(blocks), 0
    for at in range(len(blocks) - 1, -1, -1):
        block = blocks[at]
        value = isinstance(block, Paragraph) and _is_value(block.text)
        run = run + 1 if value else 0
        runs[at] = min(run, _MOST_VALUES)
    return runs


def _is_value(text: str) -> bool:
    return text in _MARKS or is_number(text)


def _label(above: Sequence[Block], labels: Labels, count: int) -> int:
    """How many of the last paragraphs are the label of a row with so many cells; 0 for none."""
    for pieces in range(1, _PIECES + 1 if count else 1):
        last = above[-pieces:]
        texts = [block.text for block in last if isinstance(block, Paragraph)]
        if len(texts) < pieces:
            return 0
        if _says("".join(texts), labels, count):
            return pieces
    return 0


def _says(said: str, labels: Labels, count: int) -> bool:
    """Whether a text is the label of a row with so many cells, and nothing else."""
    likely = len(said) <= _LONGEST and count in labels.counts
    found = labels.row(said, ()) if likely else None
    if not found or count not in {len(found[0].line.cells), len(found[0].line.entered)}:
        return False
    return found[1] >= Match.NOTED or not labels.is_reworded(said, found[0])


def _rowless(above: Sequence[Block], labels: Labels, count: int) -> bool:
    """Whether so many values below a heading are the row of a table without rows."""
    last = above[-1] if above else None
    return count in labels.rowless and isinstance(last, Paragraph) and labels.is_wording(last.text)


def _line(made: Sequence[Block], labels: Labels) -> tuple[int, Grid] | None:
    """The row on the last line, with the lines above that its label begins on."""
    last = made[-1]
    if not isinstance(last, Paragraph) or len(last.text) > _LONGEST:
        return None
    texts = last.text.split()
    first = len(texts)
    while first and _is_value(texts[first - 1]):
        first -= 1
    head = Paragraph(" ".join(texts[:first]), last.where)
    said = first and _label([*made[-_PIECES:-1], head], labels, len(texts) - first)
    if not said:
        return None
    values = [Paragraph(text, last.where) for text in texts[first:]]
    return said, _row([*made[-said:-1], head], values)


def _row(label: Sequence[Block], values: Sequence[Paragraph]) -> Grid:
    """A grid of one row: the pieces of a label as one cell, and each value as one."""
    pieces = [block for block in label if isinstance(block, Paragraph)]
    said = "".join(piece.text for piece in pieces)
    heads = [Paragraph(said, pieces[0].where)] if pieces else []
    cells = tuple(Cell((each,), each.where) for each in (*heads, *values))
    return Grid((cells,), cells[0].where)
