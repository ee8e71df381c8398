"""Report × form → document: the title, the prose, and every table as a grid of cells."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

import cn2an

from pipeline.content import Part, Report, SectionContent, unreferable
from pipeline.document import (
    Document,
    Element,
    Heading,
    Origin,
    Run,
    Signature,
    Table,
    TableBlock,
    TableCell,
    Title,
)
from pipeline.forms import TITLE_FIELD, Block, Node
from pipeline.forms import Table as FormTable
from pipeline.prose import Reference, paragraphs
from pipeline.tables import TableValues, Value, printed

CHINESE = "中文"
FORMATS = ("", CHINESE)
"""What may stand behind the `|` of a reference."""

SAMPLE, DRAFT = "样例", "送审稿"


def compose(report: Report, *, draft: bool = False) -> Document:
    """The document of a report. In a draft, a reference that leads nowhere stays as written."""
    words = _title(report)
    elements: list[Element] = [Title(words), *_prose(report, report.preface, ("preface",))]
    for content in report.sections:
        elements += _section(report, content)
    return Document(
        title="".join(word.text for word in words),
        elements=tuple(elements),
        signature=Signature(
            report.agency.signature,
            Run(report.agency.name, Origin((*report.agency.path, "name"), file="agency")),
            report.agency.seal_diameter,
        ),
        mark="　".join([DRAFT] * draft + [SAMPLE] * report.sample),
    )


def _title(report: Report) -> tuple[Run, ...]:
    if report.title:
        return (Run(report.title, Origin(("title",))),)
    agency = report.agency
    names = {"agency": agency.title_name, "year": str(report.year)}
    origins = {
        "agency": Origin((*agency.path, agency.title_key), file="agency"),
        "year": Origin(("year",)),
    }

    def filled(word: str) -> Run:
        fields = TITLE_FIELD.findall(word)
        origin = next((origins[field] for field in origins if field in fields), None)
        return Run(TITLE_FIELD.sub(lambda field: names[field[1]], word), origin)

    return tuple(filled(word) for word in report.form.report_title)


def _section(report: Report, content: SectionContent) -> Iterator[Element]:
    section = content.section
    origin = Origin((section.key, "heading")) if content.own_heading else None
    yield Heading(1, Run(content.heading, origin))
    before = "before" if section.table else "text"
    yield from _prose(report, content.before, (section.key, before))
    if section.table and content.table:
        yield grid(section.table, content.table)
    yield from _parts(report, content.parts, 2)
    yield from _prose(report, content.after, (section.key, "after"))


def _parts(report: Report, parts: Sequence[Part], level: int) -> Iterator[Element]:
    for part in parts:
        if part.heading:
            origin = None if part.prescribed else Origin((*part.path, "heading"))
            yield Heading(min(level, 4), Run(part.heading, origin))
        yield from _prose(report, part.text, part.path if part.prescribed else (*part.path, "text"))
        yield from _parts(report, part.parts, level + 1)


def _prose(report: Report, text: str, path: tuple[str | int, ...]) -> Sequence[Element]:
    def resolve(reference: Reference) -> str:
        if unreferable(report, reference) or reference.format not in FORMATS:
            return reference.source
        value = report.value(reference.path)
        return written(value if value is not None else "", reference.format)

    return paragraphs(text, path, resolve)


def written(value: Value, style: str) -> str:
    """A number as prose writes it: in digits, or in Chinese numerals (4 → 四)."""
    if style == CHINESE and not isinstance(value, str):
        return str(cn2an.an2cn(printed(value), "low"))
    return printed(value)


def grid(table: FormTable, values: TableValues) -> Table:
    """A table of the form with its values, as a grid of cells."""
    edges = _edges(table)
    columns = table.label_columns
    cells: list[TableCell] = []
    blocks: list[TableBlock] = []
    top = 0
    for block in table.blocks:
        slots = _slots(block, edges)
        head, body = _block_rows(block)
        first_head = top
        if block.heading:
            cells.append(TableCell(top, 0, 1, columns + len(edges) - 1, Run(block.heading), "head"))
            first_head += 1
        if columns:
            cells.append(TableCell(first_head, 0, head, columns, Run(block.stub), "head"))
        cells += _heads(block.columns, slots, first_head, head, columns)
        first_body = first_head + head
        if columns and not block.rows:
            cells.append(TableCell(first_body, 0, body, columns, Run(""), "label"))
        cells += _labels(block.rows, first_body, columns, table)
        cells += _values(block, values, slots, first_body, columns)
        blocks.append(TableBlock(range(top, first_body), range(first_body, first_body + body)))
        top = first_body + body
    return Table(
        title=table.title,
        cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
        blocks=tuple(blocks),
        label_widths=table.label_widths or (0,) * columns,
        edges=tuple(float(edge) for edge in edges),
        row_height=table.row_height,
    )


def _block_rows(block: Block) -> tuple[int, int]:
    """Rows of column headings, rows of cells."""
    return max(node.depth for node in block.columns), max(1, len(block.row_leaves))


def _edges(table: FormTable) -> list[Fraction]:
    """Where a column of any block begins or ends: blocks of 2 and 3 columns share one grid."""
    return sorted(
        {
            Fraction(index, len(block.column_leaves))
            for block in table.blocks
            for index in range(len(block.column_leaves) + 1)
        }
    )


def _slots(block: Block, edges: Sequence[Fraction]) -> list[tuple[int, int]]:
    """For each column of a block, its first column of the grid and how many it spans."""
    count = len(block.column_leaves)
    starts = [edges.index(Fraction(index, count)) for index in range(count + 1)]
    return [(start, end - start) for start, end in pairwise(starts)]


def _heads(
    nodes: Sequence[Node], slots: Sequence[tuple[int, int]], row: int, rows: int, offset: int
) -> Iterator[TableCell]:
    """Column headings over their slots; a leaf reaches down through the rows that remain."""
    at = 0
    for node in nodes:
        own = slots[at : at + node.leaf_count]
        span = sum(width for _, width in own)
        height = 1 if node.children else rows
        yield TableCell(row, offset + own[0][0], height, span, Run(node.label), "head")
        yield from _heads(node.children, own, row + 1, rows - 1, offset)
        at += node.leaf_count


def _labels(
    nodes: Sequence[Node], row: int, columns: int, table: FormTable, column: int = 0
) -> Iterator[TableCell]:
    """Row labels; a leaf reaches right through the label columns that remain."""
    for node in nodes:
        span = 1 if node.children else columns - column
        align = "center" if node.children else table.label_align
        yield TableCell(row, column, node.leaf_count, span, Run(node.label), "label", align)
        yield from _labels(node.children, row, columns, table, column + 1)
        row += node.leaf_count


def _values(
    block: Block, values: TableValues, slots: Sequence[tuple[int, int]], top: int, offset: int
) -> Iterator[TableCell]:
    for down, row in enumerate(block.row_leaves or (None,)):
        for column, (start, span) in zip(block.column_leaves, slots, strict=True):
            path = values.at(block, row, column).path
            run = Run(printed(values[path]), Origin(values.origins[path]))
            yield TableCell(top + down, offset + start, 1, span, run, "value")
