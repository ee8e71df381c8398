"""Report → its tables as CSV, for programs, spreadsheets and the archive: a line for each cell."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from pipeline.content.report import Report, SectionContent
from pipeline.form.blocks import Block
from pipeline.form.tables import Value, printed
from pipeline.form.trees import Node

HEADER = ("部分", "表", "行", "列", "键", "值", "单位")
BETWEEN = " / "
"""What stands between the labels of a path: 三、本年度办理结果 / （一）予以公开."""
LONGEST = 80
"""Characters of a label that many lines repeat: no form has longer ones, and hostile ones do."""
_FORMULA = re.compile(r"[\t\r\n\0']|\s*[=+\-@＝＋－＠]")
"""How a text begins that a spreadsheet may take for a formula, or that was marked as none."""


def tables_csv(report: Report) -> bytes:
    r"""The cells of all tables as CSV (RFC 4180: CRLF), in UTF-8 with a BOM, for WPS and Excel.

    Every cell that the report prints has one line, in the order of the pages; a report without
    tables has the header alone. `部分` is the heading of the section; `表` the table with the
    heading of its block; `行` and `列` all labels of the row and the column, from the outermost;
    `键` the path by which prose refers to the cell, unique in the file; `值` what the table prints,
    without its unit. Totals are as stated, else as computed. Blanks are empty, and never 0. A
    heading, and a row's label above other rows, is cut off with … after `LONGEST` characters.

    Texts are an office's own. One that begins with = + - @ (also after blanks, also full-width) or
    with a tab, a line break or NUL would be a formula in a spreadsheet program, and gets an
    apostrophe before it (OWASP ASVS 1.2.10); so does one that begins with an apostrophe, so that
    taking one away always gives the text. Numbers, such as -3 and +2, are written as they are.
    """
    made = StringIO()
    lines = csv.writer(made, lineterminator="\r\n")
    lines.writerow(HEADER)
    for content in sorted(report.sections, key=lambda each: each.section.annex):
        lines.writerows(_lines(content))
    return made.getvalue().encode("utf-8-sig")


def _lines(content: SectionContent) -> Iterator[list[str]]:
    """The lines of a section's table; none where it has no table."""
    table, values = content.section.table, content.table
    if table is None or values is None or not values.cells:
        return
    for block in table.blocks:
        for row, labels in zip(block.row_leaves or (None,), _rows(block), strict=True):
            for column in block.column_leaves:
                cell = values.at(block, row, column)
                where = (
                    _short(content.heading),
                    _joined((table.title, block.heading)),
                    _joined(labels),
                    _joined(column.labels),
                    cell.path,
                )
                value = values[cell.path]
                yield [*map(plain, where), _written(value), plain(cell.unit)]


def _rows(block: Block) -> Iterable[Sequence[str]]:
    """The labels of each row; one row without labels where the block has none."""
    return _paths(block.rows) if block.rows else ((),)


def _paths(nodes: Sequence[Node], above: Sequence[str] = ()) -> Iterator[Sequence[str]]:
    """All labels of each leaf: of the groups above, and of the rows that it is indented below."""
    open_rows: list[Node] = []
    for node in nodes:
        while open_rows and open_rows[-1].indent >= node.indent:
            open_rows.pop()
        outer = (*above, *(_short(row.label) for row in open_rows))
        open_rows.append(node)
        if node.children:
            yield from _paths(node.children, (*outer, node.label))
        else:
            yield (*outer, node.label)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[:LONGEST]}…"


def _joined(labels: Iterable[str]) -> str:
    return BETWEEN.join(label for label in labels if label)


def _written(value: Value) -> str:
    return plain(value) if isinstance(value, str) else printed(value)


def plain(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
