"""Content file → the composed report as plain data: what the other typesetters are given.

They get every decision of `compose` and the widths and heights of the grid for nothing: titles in
lines, totals added up, columns and rows measured. They only have to set it. Lengths are in bp.
"""

from itertools import pairwise
from typing import Any

from pipeline.checking import Checked
from pipeline.composition import cells, columns, flow, title
from pipeline.composition.block import lines_for, room
from pipeline.composition.columns import Columns
from pipeline.document import Element, Heading, Paragraph, Table, Title
from pipeline.exports import tables_csv
from pipeline.fonts import FontSet
from pipeline.page import LINES, bp

Data = dict[str, Any]


def composed(checked: Checked) -> Data:
    """The report as data for JSON; paragraphs, headings and tables in reading order."""
    document, fonts = checked.document, checked.plan.fonts
    date = checked.report.date
    return {
        "title": document.title,
        "agency": checked.report.agency.name,
        "date": f"{date.year}年{date.month}月{date.day}日" if date else "",
        "mark": document.mark,
        "elements": [_element(element, fonts) for element in document.elements],
        "room": room(flow.signature_lines(document.signature, fonts)),
        "source": checked.report.source.data.decode(),
        "tables": tables_csv(checked.report).decode(),
    }


def _element(element: Element, fonts: FontSet) -> Data:
    match element:
        case Title():
            block = title.lay_out(element, fonts)
            lines = [text.run.text for text in block.texts]
            return {"kind": "title", "lines": lines, "height": room(block.lines)}
        case Heading(level, run):
            return {"kind": "heading", "level": level, "text": run.text}
        case Paragraph(runs):
            texts = [{"text": run.text, "bold": run.bold} for run in runs]
            return {"kind": "paragraph", "runs": texts}
        case Table():
            return _table(element, fonts)


def _table(table: Table, fonts: FontSet) -> Data:
    fitted = columns.fit(table, fonts)
    heights = _heights(table, fitted, fonts)
    return {
        "kind": "table",
        "title": table.title,
        "columns": [right - left for left, right in pairwise(fitted.edges)],
        "heights": heights,
        "whole": sum(heights) <= room(LINES - 1),
        "label_size": cells.SIZE,
        "value_size": fitted.value_size,
        "blocks": [{"head": len(block.head), "body": len(block.body)} for block in table.blocks],
        "cells": [
            {
                "x": cell.column,
                "y": cell.row,
                "width": cell.column_span,
                "height": cell.row_span,
                "text": cell.run.text,
                "role": cell.role,
                "align": cell.align,
                "indent": cell.indent,
            }
            for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column))
        ],
    }


def _heights(table: Table, fitted: Columns, fonts: FontSet) -> list[float]:
    """Rows as high as their text needs, and together as high as whole lines of the page."""
    rows = max(cell.row + cell.row_span for cell in table.cells)
    heights = [bp(table.row_height)] * rows
    for cell in table.cells:
        if cell.row_span == 1:
            entry = cells.set_cell(cell, table, fitted.width(cell), fitted.value_size, fonts)
            heights[cell.row] = max(heights[cell.row], entry.height)
    rest = room(lines_for(sum(heights) + columns.FRAME)) - sum(heights) - columns.FRAME
    return [height + rest / rows for height in heights]
