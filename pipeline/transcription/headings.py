"""Which column of the form a cell stands under: by the headings above it in its grid.

Reports leave a column out, add one, put them in another order, or merge cells. As long as a row
has as many cells as the form, in the form's order, their number says more than their places: in
many files the spans of the headings are wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.form.trees import Leaf
from pipeline.form.wording import Match, match
from pipeline.transcription.lattice import Placed, Row

_MOST_CELLS, _MOST_HEADS = 100, 300
"""A row of more cells is no row of the form; more headings are no headings of its table."""


@dataclass(frozen=True, slots=True)
class Under:
    """A heading's cell, and the number of the form's column that it names."""

    heading: Placed
    column: int


@dataclass(frozen=True, slots=True)
class Arranged:
    """The cells of a row by the columns of the form, and the cells that stand under none."""

    cells: tuple[Placed | None, ...]
    extra: tuple[Placed, ...]
    in_order: bool

    def texts(self, columns: Sequence[Leaf], wanted: Sequence[int]) -> list[str]:
        """What stands in the columns `wanted`, without the totals where one is lacking."""
        totals = all(self.cells[at] for at in wanted if columns[at].node.sum)
        chosen = [at for at in wanted if totals or not columns[at].node.sum]
        return [each.text if (each := self.cells[at]) else "" for at in chosen]


def named(heads: Row, columns: Sequence[Leaf]) -> list[Under]:
    """The columns that headings name, from left to right; of the same name, by the groups above.

    [] where headings overlap, or are too many for a table of a report.
    """
    if len(heads) > _MOST_HEADS:
        return []
    made: list[Under] = []
    taken: set[int] = set()
    for head in sorted(heads, key=lambda each: each.start):
        over = [each.text for each in heads if each is not head and each.covers(head)]
        best, _, at = max(
            (
                (
                    match(head.text, [leaf.node.label, *leaf.node.aliases]),
                    sum(match(group, over) >= Match.SAME for group in leaf.labels[:-1]),
                    -number,
                )
                for number, leaf in enumerate(columns)
                if number not in taken
            ),
            default=(Match.NONE, 0, 0),
        )
        if best is not Match.NONE:
            taken.add(-at)
            made.append(Under(head, -at))
    apart = all(one.heading.end <= two.heading.start for one, two in pairwise(made))
    return made if apart else []  # where headings overlap, their file knows no spans


def arranged(cells: Row, above: Row, heads: Sequence[Under], columns: int) -> Arranged | None:
    """The cells of a row under the form's columns; None where the headings do not say it.

    `above` are the cells that reach down into the row from another.
    """
    order = [under.column for under in heads]
    in_order = order == sorted(order)
    if not heads or len(cells) > _MOST_CELLS or (in_order and len(cells) == columns):
        return None
    right = max((each.end for each in (*cells, *above)), default=0)
    aligned = right == max(under.heading.end for under in heads)
    gapless = all(one.heading.end == two.heading.start for one, two in pairwise(heads))
    if len(cells) == len(heads) and gapless and (in_order or aligned):
        by_column = dict(zip(order, cells, strict=True))
        return _made(by_column, (), in_order, columns)
    if not aligned:
        return None
    found: dict[int, Placed] = {}
    used: list[Placed] = []
    for under in heads:
        below = [cell for cell in cells if cell.covers(under.heading) and cell not in used]
        said = [cell for cell in below if cell.text.strip()]
        if len(said) > 1:
            return None
        used += below
        if below:
            found[under.column] = (said or below)[0]
    extra = tuple(cell for cell in cells if cell not in used and cell.text.strip())
    return _made(found, extra, in_order, columns)


def _made(
    found: dict[int, Placed], extra: tuple[Placed, ...], in_order: bool, columns: int
) -> Arranged:
    return Arranged(tuple(found.get(number) for number in range(columns)), extra, in_order)
