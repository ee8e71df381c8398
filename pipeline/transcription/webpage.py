"""A web page → Manuscript: the text that a browser shows, tables with their spans."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree, html

from pipeline.errors import FileProblem
from pipeline.transcription.encoding import text_of
from pipeline.transcription.manuscript import (
    Aside,
    Block,
    Cell,
    Grid,
    Manuscript,
    Paragraph,
    Picture,
    indent,
    plainly_spaced,
    unwrapped,
)
from pipeline.transcription.numerals import numeral

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_START = 4096
_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset("script style template head noscript rp rt title".split())  # noqa: SIM905
_PICTURES = frozenset("img svg canvas iframe object embed video".split())  # noqa: SIM905
_CONTROLS = frozenset("nav button select option textarea".split())  # noqa: SIM905
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ZERO_WIDTH = re.compile("[\u200b\ufeff\u00ad]")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_EDGES = " \u3000"
_TOLD = {"articletitle": "title", "pubdate": "published", "contentsource": "source"}
_SELECTOR = re.compile(r"[a-z0-9]*[.#][\w-]+")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
Unseen = frozenset[str]
Numbers = Mapping[html.HtmlElement, str]
"""What a browser shows before the items of ordered lists."""
_SMALL, _MOST_SPAN, _LETTERS = 20, 1000, 26


def read(data: bytes, shown: str) -> Manuscript:
    """The manuscript in the bytes of a web page.

    Raises:
        FileProblem: it is no text, or too deeply nested to be read whole.
    """
    root = opened(data, shown)
    page = _Page(_unseen(root), _numbers(root))
    page.walk(root)
    blocks = page.finished()
    return Manuscript(shown, unwrapped(blocks), tuple(page.asides), tuple(_told(root)))


def opened(data: bytes, shown: str) -> html.HtmlElement:
    """The root of a web page.

    Raises:
        FileProblem: it is no text, or too deeply nested to be read whole.
    """
    declared = _CHARSET.search(data[:_START])
    text = text_of(data, shown, declared[1].decode() if declared else "")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))
    parser = html.HTMLParser(no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        hint = "请用浏览器打开，确认页面上有年报的文字。"
        raise FileProblem(f"网页里没有内容：{shown}。", hint) from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        hint = "请用浏览器打开，把年报的文字和表格复制到 Word 或 WPS，另存为 .docx。"
        raise FileProblem(f"网页的标签嵌套太深，没有读完：{shown}。", hint)
    return root


class _Page:
    """The blocks of a page, as they are met."""

    def __init__(self, unseen: Unseen, numbers: Numbers, tables: list[int] | None = None) -> None:
        self.unseen, self.numbers = unseen, numbers
        self.blocks: list[Block] = []
        self.asides: list[Aside] = []
        self.pieces: list[str] = []
        self.blank = True
        self.line = 0
        self.level = 0
        self.tables = [0] if tables is None else tables

    def finished(self) -> list[Block]:
        """What was met; a paragraph that is still open ends."""
        self._end()
        return self.blocks

    def walk(self, element: html.HtmlElement) -> None:
        """Take in an element with all that stands in it."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _SILENT:
            return
        if aside := _aside(element, tag, self.unseen):
            self.asides += [
                Aside(aside, text, _where(element)) for text in [_shown(element)] if text
            ]
        elif tag in _PICTURES:
            self._picture(element, tag)
        elif tag == "table":
            self._end()
            self.blocks.append(self._grid(element))
        else:
            self._inside(element, tag)

    def _inside(self, element: html.HtmlElement, tag: str) -> None:
        block = tag in _BLOCK
        if block:
            self._end()
            self.level = int(tag[1]) if re.fullmatch("h[1-6]", tag) else self.level
        if tag == "li":
            self._add(self.numbers.get(element, ""))
        raised = tag == "sup" and re.fullmatch(r"\s*[0-9]+\s*", element.text or "")
        text = (element.text or "").strip().translate(_RAISED) if raised else element.text
        self._take(element, text, keep=tag == "pre")
        for child in element:
            self.walk(child)
            self._take(element, child.tail, keep=tag == "pre")
        if block:
            self._end()
            self.level = 0 if re.fullmatch("h[1-6]", tag) else self.level

    def _take(self, element: html.HtmlElement, text: str | None, *, keep: bool) -> None:
        lines = (text or "").splitlines() if keep else [text or ""]
        for number, line in enumerate(_ZERO_WIDTH.sub("", line) for line in lines):
            if number:
                self._end()
            if self.blank:
                self.line = element.sourceline or 0
            self._add(line)

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self.blank = self.blank and not text.strip()

    def _end(self) -> None:
        whole = "".join(self.pieces)
        text = _SPACE.sub(" ", plainly_spaced(whole)).strip(_EDGES)
        if text:
            blank = indent(re.sub("[ \t\r\n\f]+", "", whole))
            self.blocks.append(Paragraph(text, f"第 {self.line} 行", self.level, blank))
        self.pieces, self.blank = [], True

    def _picture(self, element: html.HtmlElement, tag: str) -> None:
        sizes = [re.match("[0-9]+", element.get(side, "")) for side in ("width", "height")]
        small = any(size and int(size[0][:6]) <= _SMALL for size in sizes)
        if not small:
            self._end()
            self.blocks.append(Picture(_where(element)))
        if tag in {"svg", "object", "iframe", "video", "canvas"} and (text := _shown(element)):
            self.asides.append(Aside("图片里的文字", text, _where(element)))

    def _grid(self, table: html.HtmlElement) -> Grid:
        self.tables[0] += 1
        name = f"第 {self.tables[0]} 张表"
        rows = []
        for child in table:
            if child.tag == "caption":
                self.walk(child)
        for number, row in enumerate(_rows(table), 1):
            where = f"{name}第 {number} 行"
            rows.append(tuple(self._cell(cell, where) for cell in row if cell.tag in {"td", "th"}))
        return Grid(tuple(rows), name)

    def _cell(self, element: html.HtmlElement, where: str) -> Cell:
        inner = _Page(self.unseen, self.numbers, self.tables)
        inner._inside(element, "td")  # a page of its own
        self.asides += inner.asides
        blocks = tuple(_placed(inner.finished(), where))
        return Cell(blocks, where, _span(element, "rowspan"), _span(element, "colspan"))


def _unseen(root: html.HtmlElement) -> Unseen:
    """The classes and ids that the page's own style sheets hide: `.x`, `#x`, `p.x`, no others."""
    rules = "".join(style.text or "" for style in root.iter("style"))
    plain = re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)
    found: set[str] = set()
    for rule in plain.split("}"):
        names, _, body = rule.rpartition("{")
        if _HIDDEN.search(body) and "{" not in names:  # none of a medium, as for print
            found |= {name.strip() for name in names.split(",")}
    return frozenset(name for name in found if _SELECTOR.fullmatch(name))


def _placed(blocks: list[Block], where: str) -> Iterator[Block]:
    """Paragraphs of a cell are found by table and row."""
    for block in blocks:
        yield replace(block, where=where) if isinstance(block, Paragraph) else block


def _rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The rows of a table in the order a browser shows them."""
    order = {"thead": 0, "tfoot": 2}
    groups = [child for child in table if child.tag in {"tr", "thead", "tbody", "tfoot"}]
    for group in sorted(groups, key=lambda child: order.get(str(child.tag), 1)):
        yield from [group] if group.tag == "tr" else [row for row in group if row.tag == "tr"]


def _span(element: html.HtmlElement, name: str) -> int:
    found = re.match(r"\s*([0-9]{1,9})", element.get(name, ""))
    if found and int(found[1]) == 0 and name == "rowspan":
        return _MOST_SPAN  # to the end of the table
    return min(max(int(found[1]), 1), _MOST_SPAN) if found else 1


def _aside(element: html.HtmlElement, tag: str, unseen: Unseen) -> str:
    """What an element is that belongs to no running text; "" for all that does."""
    names = {f".{name}" for name in element.get("class", "").split()}
    names |= {f"#{element.get('id', '')}"}
    styled = {each for name in names for each in (name, f"{tag}{name}")} & unseen
    if element.get("hidden") is not None or styled or _HIDDEN.search(element.get("style", "")):
        return "隐藏文字"
    return "页面导航" if tag in _CONTROLS else ""


def _shown(element: html.HtmlElement) -> str:
    return _SPACE.sub(" ", plainly_spaced(str(element.text_content()))).strip(_EDGES)


def _where(element: html.HtmlElement) -> str:
    return f"第 {element.sourceline or 0} 行"


def _numbers(root: html.HtmlElement) -> Numbers:
    """The number that a browser shows before each item of the ordered lists."""
    return {
        item: _number(item, above, at)
        for above in root.iter("ol")
        for at, item in enumerate(child for child in above if child.tag == "li")
    }


def _number(item: html.HtmlElement, above: html.HtmlElement, at: int) -> str:
    """The number before the item `at`, from 0, of a list."""
    start = re.fullmatch(r"-?[0-9]{1,6}", above.get("start", "1").strip())
    number = (int(start[0]) if start else 1) + at
    style = f"{above.get('style', '')} {item.get('style', '')}"
    if re.search("cjk-ideographic|chinese-informal", style) and number > 0:
        return f"{numeral(number, 'chineseCounting')}、"
    letter = above.get("type", "1")
    lettered = letter in {"a", "A"} and 0 < number <= _LETTERS
    return f"{chr(ord(letter) + number - 1)}. " if lettered else f"{number}. "


def _told(root: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """What the head of the page says of it."""
    for title in root.iter("title"):
        if text := _shown(title):
            yield "title", text
    for meta in root.iter("meta"):
        key = _TOLD.get(meta.get("name", "").lower())
        if key and meta.get("content", "").strip():
            yield key, meta.get("content", "").strip()
