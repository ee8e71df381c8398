"""Plain text → Manuscript: paragraphs a line, and tables flattened in the ways that are met.

As Word's text has them (a cell a line behind a tab, an empty line below a row), with bars, with
tabs, or as bare numbers in a row.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.transcription.encoding import text_of
from pipeline.transcription.manuscript import (
    Aside,
    Block,
    Cell,
    Grid,
    Manuscript,
    Paragraph,
    indent,
    plainly_spaced,
)

_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_HEAD = re.compile(r"#\s*([A-Za-z][A-Za-z ]*?):\s*(.*)")
_RESIDUE = re.compile(
    r"\[bookmark: [^\[\]]*\]|HYPERLINK\s+\"[^\"]*\"|PAGEREF\s+\S+(?:\s+\\[a-z])*"
    r"|错误[!！]未找到引用源。?|\[excerpt ends\]"
)
_PAGE = re.compile(
    r"P\.\s*[0-9]+|[-—–－]{1,2}\s*[0-9]+\s*[-—–－]{1,2}|第\s*[0-9]+\s*页(?:.{0,8}页)?"
)
_RULE = re.compile(r"[|\s:+-]*")
_NUMBERS = re.compile(
    r"(?:(?:[+-]?[0-9][0-9.,]*|[/／-])[ \t\u3000]+){2,}(?:[+-]?[0-9][0-9.,]*|[/／-])"
)
_NUMBERING = re.compile(r"[（(]?[一二三四五六七八九十0-9]{1,3}[）)、.．]")
_OPENING, _CLOSING = "（([【", "）)]】"
_BLANKS = " \t\u3000"
_ZERO_WIDTH = re.compile("[\u200b\ufeff\u00ad]")
_LONGEST_CELL = 60
_FULL, _SLACK, _MANY = 20, 3, 5
"""Hard-wrapped text: lines of 20 characters and more, nearly all as long as the longest."""
_WIDEST = 45
_FEW, _SHORT = 1, 10


def read(data: bytes, shown: str) -> Manuscript:
    """The manuscript in the bytes of a text file.

    Raises:
        FileProblem: it is no text.
    """
    lines = plainly_spaced(_ZERO_WIDTH.sub("", text_of(data, shown)))
    return _Text(_LINE_END.split(lines)).manuscript(shown)


class _Text:
    """The lines of a text, read one after another."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.told: list[tuple[str, str]] = []
        self.asides: list[Aside] = []
        self.blocks: list[Block] = []
        self.rows: list[tuple[Cell, ...]] = []
        self.row: list[Cell] = []

    def manuscript(self, shown: str) -> Manuscript:
        start = self._head()
        for number, line in enumerate(self.lines[start:], start + 1):
            self._line(line, f"第 {number} 行")
        self._end_grid()
        blocks = tuple(_joined(self.blocks))
        return Manuscript(shown, blocks, tuple(self.asides), tuple(self.told))

    def _head(self) -> int:
        """Take what the first lines tell of the file; the first line behind them."""
        for number, line in enumerate(self.lines):
            if found := _HEAD.fullmatch(line.strip()):
                self.told.append((found[1].lower(), found[2].strip()))
            elif line.strip():
                return number
        return len(self.lines)

    def _line(self, line: str, where: str) -> None:
        for residue in _RESIDUE.findall(line):
            self.asides.append(Aside("残留的标记", residue, where))
        line = _RESIDUE.sub("", line)
        text = line.strip(_BLANKS)
        if line.startswith("\t") and "\t" not in text:
            self.row.append(_cell(line, where))
        elif not text:
            self._end_row()
        elif _PAGE.fullmatch(text):
            self.asides.append(Aside("页码", text, where))
        elif rows := list(_rows(line if "\t" in text or ("\t" in line and self.rows) else text)):
            self._end_row()
            self.rows += [tuple(_cell(piece, where) for piece in row) for row in rows]
        elif not (self.rows and "-" in text and _RULE.fullmatch(text)):
            self._end_grid()
            self.blocks.append(Paragraph(text, where))

    def _end_row(self) -> None:
        if self.row:
            self.rows.append(tuple(self.row))
            self.row = []

    def _end_grid(self) -> None:
        self._end_row()
        if self.rows:
            first = next((row[0].where for row in self.rows if row), "")
            self.blocks.append(Grid(tuple(self.rows), first))
            self.rows = []


def _cell(text: str, where: str) -> Cell:
    plain = text.strip(_BLANKS)
    paragraph = Paragraph(plain, where, indent=indent(text))
    return Cell((paragraph,) if plain else (), where)


def _rows(text: str) -> Iterator[list[str]]:
    """The rows of cells that a line holds; none where it is prose."""
    if _NUMBERS.fullmatch(text):
        yield text.split()
        return
    if _bars(text):
        for piece in _split_rows(text):
            cells = _split(piece.strip(_BLANKS).removeprefix("|").removesuffix("||"), "|")
            if not _short(cells):
                return
            yield cells
    elif "\t" in text and _short(cells := text.split("\t")):
        yield cells


def _short(cells: Sequence[str]) -> bool:
    """Whether pieces of a line are cells: none of them as long as a sentence."""
    return all(len(cell.strip()) <= _LONGEST_CELL and "。" not in cell for cell in cells)


def _split_rows(text: str) -> list[str]:
    """The rows on one line: a semicolon parts them where bars stand on both of its sides."""
    rows: list[list[str]] = []
    for piece in re.split("[;；]", text):
        if rows and not _bars(piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [";".join(pieces) for pieces in rows]


def _bars(text: str) -> bool:
    return len(_split(text, "|")) > 1


def _split(text: str, mark: str) -> list[str]:
    """The pieces of a text between marks that stand in no brackets; a run of marks is one."""
    pieces, depth, start = [], 0, 0
    for found in re.finditer(f"[{re.escape(_OPENING + _CLOSING)}]|{re.escape(mark)}+", text):
        char = found[0]
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        elif not depth:
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def _joined(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks with the lines of hard-wrapped paragraphs joined, where the text is wrapped."""
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    full = _full_line([_width(text) for text in texts if not _in_pieces(text)])
    lines: list[Paragraph] = []
    for block in blocks:
        line = block if isinstance(block, Paragraph) and not _in_pieces(block.text) else None
        if lines and (line is None or _NUMBERING.match(line.text)):
            yield _one(lines)
            lines = []
        if line is None:
            yield block
            continue
        lines.append(line)
        full_line = full and _width(line.text) >= full - _SLACK
        if not full_line or line.text[-1:] in "。！？":
            yield _one(lines)
            lines = []
    if lines:
        yield _one(lines)


def _one(lines: Sequence[Paragraph]) -> Paragraph:
    return replace(lines[0], text="".join(line.text for line in lines))


def _in_pieces(text: str) -> bool:
    """Whether a line is what is left of a table's row: short words with blanks between."""
    pieces = text.split()
    return len(pieces) > _FEW and max(map(len, pieces)) <= _SHORT


def _full_line(widths: Sequence[float]) -> float:
    """The width of a full line of hard-wrapped text; 0 where each paragraph has its own line."""
    longest = max(widths, default=0)
    long = [width for width in widths if width >= _FULL]
    near = [width for width in long if width >= longest - _SLACK]
    wrapped = longest <= _WIDEST and len(near) >= _MANY and len(near) * 2 > len(long)
    return longest if wrapped else 0


def _width(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)
