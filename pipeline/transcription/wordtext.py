"""The body of a Word file as blocks: paragraphs with the text of their runs, tables, pictures."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from pipeline.transcription import wordtable
from pipeline.transcription.fields import Fields
from pipeline.transcription.manuscript import (
    Aside,
    Block,
    Paragraph,
    Picture,
    indent,
    paragraphs,
    plainly_spaced,
)
from pipeline.transcription.numbering import Numbering
from pipeline.transcription.styles import Styles
from pipeline.transcription.symbols import character
from pipeline.transcription.wordxml import (
    DELETED,
    PROPERTIES,
    attribute,
    child,
    local,
    members,
    text_in,
)

EMBEDDED = "嵌入的文件"
_CONTENTS = "Table of Contents"
_SKIPPED = PROPERTIES | {"rt"}
_CHARACTERS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "softHyphen": ""}
_DRAWINGS = frozenset({"drawing", "pict", "object"})
_PICTURED = frozenset({"pic", "blip", "imagedata", "chart", "relIds", "OLEObject"})
_SHAPES = frozenset({"wsp", "shape", "line", "rect", "roundrect", "oval", "polyline", "arc"})
"""Boxes, lines and rules: without text in them, they say nothing."""
_EDGES = " \t\u3000\r\n"
_INVISIBLE = re.compile("[\u200b\ufeff\u00ad]")
_SYMBOLS = re.compile("[\uf000-\uf0ff]")


@dataclass(slots=True)
class _Text:
    """A paragraph as it is read: the pieces of its lines, and what follows it."""

    lines: list[list[str]]
    properties: etree._Element | None = None
    later: list[Block] = field(default_factory=list)


class Reader:
    """Reads blocks one after another, counting paragraphs and tables; keeps asides."""

    def __init__(self, styles: Styles, lists: Numbering | None) -> None:
        self.asides: list[Aside] = []
        self._styles, self._lists = styles, lists or Numbering()
        self._paragraphs = self._tables = 0
        self._where = ""
        self._text = _Text([[]])
        self._joined: list[str] = []
        self._fields = Fields()

    def blocks(self, element: etree._Element, where: str = "") -> list[Block]:
        """The blocks of a body, a cell or a text box; without `where`, paragraphs are counted."""
        return [*self._blocks(element, where), *self._rest(where)]

    def _blocks(self, element: etree._Element, where: str) -> list[Block]:
        made: list[Block] = []
        for each in members(element):
            name = local(each)
            if name == "p":
                made += self._paragraph(each, where)
            elif name == "tbl":
                made += self._rest(where)
                self._tables += 1
                made.append(
                    wordtable.grid(each, f"第 {self._tables} 张表", self.blocks, self._told_at)
                )
            elif name in {"altChunk", "subDoc"}:
                self._tell(EMBEDDED, "文件里嵌有另一个文件，没有读取")
            elif name == "AlternateContent":
                made += self._blocks(_branch(each), where)
            elif name == "sdt" and _is_contents(each):
                self._tell_contents(paragraphs(self._blocks(each, where)))
            elif name not in _SKIPPED and name not in DELETED:
                made += self._blocks(each, where)
        return made

    def _paragraph(self, element: etree._Element, where: str) -> list[Block]:
        properties = child(element, "pPr")
        self._paragraphs += not where
        self._where = here = where or f"第 {self._paragraphs} 段"
        outer, self._text = self._text, _Text([self._joined], properties)
        self._joined = []
        deleted = _mark_deleted(properties)
        label = "" if deleted else self._number(properties)
        self._runs(element)
        self._tell_fields(self._fields.cut())
        text, self._text = self._text, outer
        if deleted:
            self._joined = text.lines.pop()
        level = self._styles.level(properties)
        lines = ["".join(pieces) for pieces in text.lines]
        lines[:1] = [label + line for line in lines[:1]]
        made = [Paragraph(line, here, level) for line in map(_trimmed, lines) if line]
        wide = self._styles.indent(properties) + indent("".join(lines[:1]))
        made[:1] = [replace(line, indent=wide) for line in made[:1]]
        if self._styles.is_contents(properties):
            self._tell_contents(made)
            made = []
        return [*made, *text.later]

    def _rest(self, where: str) -> list[Block]:
        """The text of a paragraph whose end was deleted, where no paragraph follows to take it."""
        text, self._joined = _trimmed("".join(self._joined)), []
        return [Paragraph(text, where or f"第 {self._paragraphs} 段")] if text else []

    def _number(self, properties: etree._Element | None) -> str:
        number, depth = self._styles.list_of(properties)
        if depth is None:
            depth = self._lists.level_of(number, self._styles.names(properties)) or 0
        return self._lists.next(number, depth)

    # ---- what stands in a paragraph

    def _runs(self, element: etree._Element) -> None:
        for each in members(element):
            name = local(each)
            if name in DELETED:
                self._tell("修订删除", text_in(each))
            elif name == "r" and self._styles.hidden(child(each, "rPr"), self._text.properties):
                self._tell("隐藏文字", text_in(each))
            elif name in _DRAWINGS:
                self._drawing(each)
            elif name == "AlternateContent":
                self._runs(_branch(each))
            elif not self._character(each, name) and name not in _SKIPPED:
                self._told_apart(each, name)
                self._runs(each)

    def _told_apart(self, element: etree._Element, name: str) -> None:
        """Tell what is lost when an element is read as nothing but its characters."""
        if name == "ruby":
            self._tell("注音", "".join(text_in(e) for e in members(element) if local(e) == "rt"))
        elif name == "oMath":
            self._tell("公式", text_in(element))

    def _character(self, element: etree._Element, name: str) -> bool:
        """Take in an element that stands for characters; whether it does."""
        if name in {"t", "delText"}:
            self._add(_shown(element))
        elif name in _CHARACTERS:
            self._add(_CHARACTERS[name])
        elif name in {"br", "cr"}:
            self._text.lines.append([])
        elif name == "sym":
            self._symbol(element)
        elif name == "fldChar":
            self._tell_fields(self._fields.mark(attribute(element, "fldCharType")))
        elif name == "instrText":
            self._fields.instruct(element.text or "")
        else:
            return False
        return True

    def _add(self, text: str) -> None:
        if text and not self._fields.take(text):
            self._text.lines[-1].append(text)

    def _symbol(self, element: etree._Element) -> None:
        font, code = attribute(element, "font"), attribute(element, "char")
        shown = character(font, int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{1,6}", code) else ""
        if not shown:
            self._tell("符号", f"{font} {code}")
        self._add(shown)

    def _drawing(self, element: etree._Element) -> None:
        """What stands in text boxes follows its paragraph; pictures are told by their place."""
        where = self._where
        seen = list(_outside_boxes(element))
        names = {local(each) for each in seen}
        boxes = [each for each in seen if local(each) == "txbxContent"]
        for each in seen:
            if local(each) == "textpath" and (art := _trimmed(attribute(each, "string"))):
                self._text.later.append(Paragraph(art, f"{where}的艺术字"))
        for box in boxes:
            self._text.later += self.blocks(box, f"{where}的文本框")
        self._where = where
        if "OLEObject" in names:
            self._tell("嵌入对象", "文件里嵌有别的程序的内容，没有读取")
        if names & _PICTURED or not (boxes or names & _SHAPES):
            self._text.later.append(Picture(where))
        self._fields.fill()

    # ---- what is told

    def _tell(self, kind: str, text: str) -> None:
        self._told_at(kind, text, self._where)

    def _told_at(self, kind: str, text: str, where: str) -> None:
        if text.strip():
            self.asides.append(Aside(kind, text, where))

    def _tell_fields(self, instructions: Iterable[str]) -> None:
        for instruction in instructions:
            self._tell("域", instruction)

    def _tell_contents(self, lines: Iterable[Block]) -> None:
        for line in paragraphs(lines):
            self._told_at("目录", line.text, line.where)


def _trimmed(text: str) -> str:
    return _INVISIBLE.sub("", plainly_spaced(text)).strip(_EDGES)


def _shown(element: etree._Element) -> str:
    """The text of an element; codes of a symbol font as what they show, where that is known."""
    text = element.text or ""
    if not _SYMBOLS.search(text):
        return text
    fonts = child(child(element.getparent(), "rPr"), "rFonts")
    font = attribute(fonts, "ascii") or attribute(fonts, "hAnsi")
    return _SYMBOLS.sub(lambda code: character(font, ord(code[0])) or code[0], text)


def _outside_boxes(element: etree._Element) -> Iterator[etree._Element]:
    """All that stands in a drawing, without what stands in its text boxes."""
    for each in members(element):
        yield each
        if local(each) == "AlternateContent":
            yield from _outside_boxes(_branch(each))
        elif local(each) != "txbxContent":
            yield from _outside_boxes(each)


def _mark_deleted(properties: etree._Element | None) -> bool:
    """Whether a tracked change joins a paragraph with the next."""
    return any(local(each) in DELETED for each in members(child(properties, "rPr")))


def _is_contents(control: etree._Element) -> bool:
    gallery = child(child(child(control, "sdtPr"), "docPartObj"), "docPartGallery")
    return attribute(gallery, "val") == _CONTENTS


def _branch(element: etree._Element) -> etree._Element:
    """One of the ways to say the same: the newer one, where it says anything."""
    choice, fallback = child(element, "Choice"), child(element, "Fallback")
    best = fallback if choice is None or not len(choice) else choice
    return element if best is None else best
