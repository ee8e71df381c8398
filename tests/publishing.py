"""Reports as offices publish them: Word files and web pages of a report's text and tables."""

import datetime as dt
import html
from collections.abc import Iterator
from pathlib import Path

import docx

from pipeline.content.report import Report
from pipeline.document import Document, Element, Heading, Paragraph, Table, Title


def _elements(document: Document) -> Iterator[Element]:
    yield from document.elements
    for annex in document.annexes:
        yield Heading(1, annex.label)
        yield annex.title
        yield from annex.elements


def _text(element: Element) -> str:
    match element:
        case Title(words):
            return "".join(word.text for word in words)
        case Heading(_, run):
            return run.text
        case Paragraph(runs):
            return "".join(run.text for run in runs)
        case _:
            raise AssertionError(element)


def _signature(report: Report) -> list[str]:
    day = report.date or dt.date(report.year + 1, 1, 15)
    return [report.agency.name, f"{day.year}年{day.month}月{day.day}日"]


def as_docx(report: Report, document: Document, path: Path) -> Path:
    """A Word file; its tables have the spans of the printed ones."""
    file = docx.Document()
    signed = False
    for element in _elements(document):
        if isinstance(element, Heading) and element.run.text == "附件" and not signed:
            signed = True
            for line in _signature(report):
                file.add_paragraph(line)
        if isinstance(element, Table):
            _word_table(file, element)
        else:
            file.add_paragraph(_text(element))
    if not signed:
        for line in _signature(report):
            file.add_paragraph(line)
    file.add_paragraph("")  # Word never ends with a table
    file.save(str(path))
    return path


def _word_table(file: "docx.document.Document", table: Table) -> None:
    columns = len(table.label_widths) + len(table.edges) - 1
    rows = table.blocks[-1].body.stop
    made = file.add_table(rows, columns)
    for cell in table.cells:
        first = made.cell(cell.row, cell.column)
        last = made.cell(cell.row + cell.row_span - 1, cell.column + cell.column_span - 1)
        merged = first.merge(last) if (cell.row_span, cell.column_span) != (1, 1) else first
        merged.text = cell.run.text


def as_html(report: Report, document: Document) -> bytes:
    """A web page of the usual kind: layout table, entities, pixel widths, spans."""
    body = []
    signed = False
    for element in _elements(document):
        if isinstance(element, Heading) and element.run.text == "附件" and not signed:
            signed = True
            body += [f"<p align=right>{html.escape(line)}</p>" for line in _signature(report)]
        if isinstance(element, Table):
            body.append(_page_table(element))
        else:
            body.append(f"<p>&nbsp;&nbsp;{html.escape(_text(element))}</p>")
    if not signed:
        body += [f"<p align=right>{html.escape(line)}</p>" for line in _signature(report)]
    page = (
        "<html><head><meta charset=gb18030></head><body><table width=900><tr>"
        f"<td width=900px>{''.join(body)}</td></tr></table></body></html>"
    )
    return page.encode("gb18030")


def _page_table(table: Table) -> str:
    rows: dict[int, list[str]] = {}
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
        text = html.escape(cell.run.text) or "&nbsp;"
        spans = f"rowspan={cell.row_span} colspan={cell.column_span}"
        rows.setdefault(cell.row, []).append(f"<td {spans} width=40px><p>{text}</p></td>")
    lines = "".join(f"<tr>{''.join(cells)}</tr>" for _, cells in sorted(rows.items()))
    return f"<table border=1><tbody>{lines}</tbody></table>"
