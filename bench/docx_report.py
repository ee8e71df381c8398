"""A composed report as a Word file, as an office's template would have it."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from pipeline.page import EM, PITCH

HAN = {1: "FandolHei", 2: "FandolKai"}
BODY, SONG, TITLE, LATIN = "FandolFang R", "FandolSong", "Noto Serif CJK SC", "Liberation Serif"
FIELD = ("begin", "PAGE", "end")


def docx(data: dict[str, Any]) -> bytes:
    """The file."""
    document = Document()
    _page(document, data["mark"])
    for element in data["elements"]:
        match element["kind"]:
            case "title":
                for line in element["lines"]:
                    _text(_line(document, 36), line, TITLE, 22)
                _line(document, PITCH)
            case "heading":
                paragraph = _line(document, PITCH, indent=True)
                paragraph.paragraph_format.keep_with_next = True
                _text(paragraph, element["text"], HAN.get(element["level"], BODY), EM)
            case "paragraph":
                paragraph = _line(document, PITCH, indent=True)
                for run in element["runs"]:
                    _text(paragraph, run["text"], BODY, EM, bold=run["bold"])
            case _:
                _grid(document, element)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _page(document: WordDocument, mark: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(23)
    document.settings.odd_and_even_pages_header_footer = True
    document.settings.element.insert(1, OxmlElement("w:mirrorMargins"))
    for header, footer, side in (
        (section.header, section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_header, section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        header.paragraphs[0].alignment = footer.paragraphs[0].alignment = side
        _text(header.paragraphs[0], mark, HAN[1], 14)
        _page_number(footer.paragraphs[0])


def _page_number(paragraph: Paragraph) -> None:
    _text(paragraph, "— ", SONG, 14)
    run = paragraph.add_run()
    for step in FIELD:
        tag = "w:instrText" if step == "PAGE" else "w:fldChar"
        element = etree.SubElement(run.element, qn(tag))
        if step == "PAGE":
            element.text = step
        else:
            element.set(qn("w:fldCharType"), step)
    _text(paragraph, " —", SONG, 14)


def _line(document: WordDocument, leading: float, *, indent: bool = False) -> Paragraph:
    paragraph = document.add_paragraph()
    if not indent:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _spaced(paragraph, leading)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * EM)
    return paragraph


def _spaced(paragraph: Paragraph, leading: float) -> None:
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(leading)
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False


def _text(paragraph: Paragraph, text: str, han: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold = bold
    run.font.size, run.font.name = Pt(size), LATIN
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), han)  # noqa: SLF001  # as above


def _grid(document: WordDocument, element: dict[str, Any]) -> None:
    table = document.add_table(len(element["heights"]), len(element["columns"]))
    table.style, table.autofit = "Table Grid", False
    for row, height in zip(table.rows, element["heights"], strict=True):
        row.height, row.height_rule = Pt(height), WD_ROW_HEIGHT_RULE.AT_LEAST
    for column, width in zip(table.columns, element["columns"], strict=True):
        column.width = Pt(width)
    for row in range(element["blocks"][0]["head"]):
        table.rows[row]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    for cell in element["cells"]:
        _cell(table, element, cell)


def _cell(table: Table, element: dict[str, Any], cell: dict[str, Any]) -> None:
    x, y = cell["x"], cell["y"]
    own = table.cell(y, x)
    if cell["width"] > 1 or cell["height"] > 1:
        own = own.merge(table.cell(y + cell["height"] - 1, x + cell["width"] - 1))
    own.width = Pt(sum(element["columns"][x : x + cell["width"]]))
    own.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    paragraph = own.paragraphs[0]
    left = cell["align"] == "left"
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    size = element["value_size"] if cell["role"] == "value" else element["label_size"]
    _spaced(paragraph, size * 1.2)
    _text(paragraph, cell["text"], SONG, size)
