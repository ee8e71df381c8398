"""A Word file (.docx of Word, WPS, LibreOffice) → Manuscript.

Names are compared without their namespace: Word writes two sets of them, WPS a third. Tracked
changes are read as accepted; what they delete is told.
"""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from pipeline.errors import FileProblem
from pipeline.transcription import numbering
from pipeline.transcription.manuscript import (
    Aside,
    Block,
    Cell,
    Grid,
    Manuscript,
    Paragraph,
    Picture,
    unwrapped,
)
from pipeline.transcription.package import Package
from pipeline.transcription.styles import Styles
from pipeline.transcription.wordxml import attribute, child, local, members, number

_SKIPPED = frozenset(
    {"instrText", "delInstrText", "pPr", "rPr", "tblPr", "tblGrid", "rt", "sectPr", "fldChar"}
)
_CHARACTERS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "softHyphen": ""}
_DELETED = frozenset({"del", "moveFrom"})
_NOTES = {
    "footnotes": "脚注", "endnotes": "尾注", "comments": "批注", "header": "页眉", "footer": "页脚",
}  # fmt: skip
_PICTURES = frozenset({"drawing", "pict", "object"})
_EDGES = " \t\u3000\xa0\r\n"
_PRIVATE = range(0xE000, 0xF900)
_MOST_SPAN = 1000


def read(path: Path, shown: str) -> Manuscript:
    """The manuscript in a Word file; messages call it `shown`.

    Raises:
        FileProblem: it is no Word file, encrypted, damaged, or made to fill the machine.
    """
    package = Package(path.read_bytes(), shown)
    main = next((name for _, kind, name in package.related("") if kind == "officeDocument"), "")
    if not main or main not in package.names:
        raise FileProblem(f"不是 Word 文件：{shown}。", "请用 Word 或 WPS 打开，另存为 .docx。")
    parts = {kind: name for _, kind, name in package.related(main) if name in package.names}
    styles = Styles(package.xml(parts["styles"]) if "styles" in parts else None)
    lists = (
        numbering.read(package.xml(parts["numbering"]))
        if "numbering" in parts
        else numbering.Numbering()
    )
    body = child(package.xml(main), "body")
    reader = _Reader(styles, lists)
    blocks = reader.blocks(body) if body is not None else []
    asides = [*reader.asides, *_beside(package, main, styles)]
    return Manuscript(shown, unwrapped(blocks), tuple(asides))


def _beside(package: Package, main: str, styles: Styles) -> Iterator[Aside]:
    """Notes, comments, headers and footers; and that there are macros."""
    for _, kind, name in package.related(main):
        if kind in _NOTES and name in package.names:
            blocks = _Reader(styles, numbering.Numbering()).blocks(package.xml(name))
            text = " ".join(block.text for block in blocks if isinstance(block, Paragraph))
            if text:
                yield Aside(_NOTES[kind], text, "")
    if any(name.rsplit("/", 1)[-1].lower() == "vbaproject.bin" for name in package.names):
        yield Aside("宏", "文件含有宏，宏没有读取", "")


class _Reader:
    """Reads blocks one after another, counting paragraphs and tables."""

    def __init__(self, styles: Styles, lists: numbering.Numbering) -> None:
        self.styles, self.lists = styles, lists
        self.asides: list[Aside] = []
        self.paragraphs = self.tables = 0
        self.where = ""
        self.text, self.later, self.joined = "", list[Block](), ""
        self.lines: list[str] = []

    def blocks(self, element: etree._Element, where: str = "") -> list[Block]:
        """The paragraphs, tables and pictures in an element."""
        made: list[Block] = []
        for each in members(element):
            name = local(each)
            if name == "p":
                made += self._paragraph(each, where)
            elif name == "tbl":
                made.append(self._grid(each))
            elif name == "AlternateContent":
                made += self.blocks(_branch(each), where)
            elif name not in _SKIPPED and name not in _DELETED:
                made += self.blocks(each, where)
        return made

    def _paragraph(self, element: etree._Element, where: str) -> list[Block]:
        properties = child(element, "pPr")
        self.paragraphs += not where
        self.where = where or f"第 {self.paragraphs} 段"
        outer = self.text, self.later, self.lines
        self.text, self.later, self.lines = self.joined, [], []
        self.joined = ""
        level, label = self.styles.level(properties), self._number(properties)
        self._runs(element)
        lines, later = [*self.lines, self.text], self.later
        self.text, self.later, self.lines = outer
        if properties is not None and _mark_deleted(properties):
            self.joined = lines.pop()
        lines[:1] = [label + line for line in lines[:1]]
        texts = [line.replace("\xa0", " ").strip(_EDGES) for line in lines]
        here = where or f"第 {self.paragraphs} 段"
        return [*(Paragraph(text, here, level) for text in texts if text), *later]

    def _number(self, properties: etree._Element | None) -> str:
        found = self.styles.list_of(properties)
        return self.lists.next(*found) if found else ""

    def _runs(self, element: etree._Element) -> None:
        for each in members(element):
            name = local(each)
            if name in _DELETED:
                self._aside("修订删除", _text(each))
            elif name == "r" and _hidden(each):
                self._aside("隐藏文字", _text(each))
            elif name in _PICTURES:
                self._drawing(each)
            elif name == "AlternateContent":
                self._runs(_branch(each))
            elif not self._character(each, name) and name not in _SKIPPED:
                self._runs(each)

    def _character(self, element: etree._Element, name: str) -> bool:
        """Take in an element that stands for characters; whether it does."""
        if name in {"t", "delText"}:
            self.text += element.text or ""
        elif name in _CHARACTERS:
            self.text += _CHARACTERS[name]
        elif name in {"br", "cr"}:
            self._break(element)
        elif name == "sym":
            self._symbol(element)
        else:
            return False
        return True

    def _break(self, element: etree._Element) -> None:
        if attribute(element, "type") not in {"page", "column"}:
            self.lines.append(self.text)
            self.text = ""

    def _symbol(self, element: etree._Element) -> None:
        code = int(attribute(element, "char") or "0", 16)
        if code in _PRIVATE or not code:
            self._aside("符号", f"{attribute(element, 'font')} {code:04X}")
        else:
            self.text += chr(code)

    def _drawing(self, element: etree._Element) -> None:
        """What stands in text boxes follows its paragraph; anything else is a picture."""
        where = self.where
        boxes = [each for each in element.iter() if local(each) == "txbxContent"]
        outer = [box for box in boxes if not any(a in boxes for a in box.iterancestors())]
        for box in outer:
            self.later += self.blocks(box, f"{where}的文本框")
        embedded = any(local(each) == "OLEObject" for each in element.iter())
        if embedded:
            self._aside("嵌入对象", "文件里嵌有别的程序的内容，没有读取")
        if not outer or embedded:
            self.later.append(Picture(where))
        self.where = where

    def _aside(self, kind: str, text: str) -> None:
        if text.strip():
            self.asides.append(Aside(kind, text, self.where))

    def _grid(self, element: etree._Element) -> Grid:
        self.tables += 1
        name = f"第 {self.tables} 张表"
        rows: list[list[tuple[int, Cell]]] = []
        open_cells: dict[int, tuple[int, int]] = {}
        for row_number, row in enumerate(_rows(element), 1):
            where = f"{name}第 {row_number} 行"
            if _row_deleted(row):
                self.where = where
                self._aside("修订删除", _text(row))
                continue
            rows.append(self._row(row, where, rows, open_cells))
        return Grid(tuple(tuple(cell for _, cell in row) for row in rows), name)

    def _row(
        self,
        row: etree._Element,
        where: str,
        rows: list[list[tuple[int, Cell]]],
        open_cells: dict[int, tuple[int, int]],
    ) -> list[tuple[int, Cell]]:
        """The cells that begin in a row; those that go on from above grow there.

        `open_cells` holds, by column, the row and the index of the cell that may go on.
        """
        made: list[tuple[int, Cell]] = []
        column = number(child(row, "trPr"), "gridBefore")
        before = False
        for element in _cells(row):
            properties = child(element, "tcPr")
            span = min(max(number(properties, "gridSpan") or 1, 1), _MOST_SPAN)
            merge = _merge(properties, "vMerge")
            if merge == "continue" and column in open_cells:
                above, at = open_cells[column]
                start, cell = rows[above][at]
                grown = Cell(cell.blocks, cell.where, len(rows) - above + 1, cell.column_span)
                rows[above][at] = (start, grown)
                self.blocks(element, where)
                before = False
            elif _merge(properties, "hMerge") == "continue" and made and before:
                start, cell = made[-1]
                wider = cell.column_span + span
                made[-1] = (start, Cell(cell.blocks, where, cell.row_span, wider))
            else:
                blocks = tuple(self.blocks(element, where))
                if merge:
                    open_cells[column] = (len(rows), len(made))
                else:
                    open_cells.pop(column, None)
                made.append((column, Cell(blocks, where, 1, span)))
                before = True
            column += span
        return made


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    yield from _within(table, "tr")


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    yield from _within(row, "tc")


def _within(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, those in content controls included."""
    for each in members(element):
        if local(each) == name:
            yield each
        elif local(each) not in _SKIPPED | {"tc", "tr"}:
            yield from _within(each, name)


def _merge(properties: etree._Element | None, name: str) -> str:
    found = child(properties, name)
    return "" if found is None else attribute(found, "val") or "continue"


def _row_deleted(row: etree._Element) -> bool:
    return child(child(row, "trPr"), "del") is not None


def _mark_deleted(properties: etree._Element) -> bool:
    """Whether a tracked change joins a paragraph with the next."""
    return child(child(properties, "rPr"), "del") is not None


def _hidden(run: etree._Element) -> bool:
    found = child(child(run, "rPr"), "vanish")
    return found is not None and attribute(found, "val") not in {"0", "false", "off"}


def _branch(element: etree._Element) -> etree._Element:
    """One of the ways to say the same: the newer one, where it says anything."""
    choice, fallback = child(element, "Choice"), child(element, "Fallback")
    best = fallback if choice is None or not len(choice) else choice
    return element if best is None else best


def _text(element: etree._Element) -> str:
    return "".join(each.text or "" for each in element.iter() if local(each) in {"t", "delText"})
