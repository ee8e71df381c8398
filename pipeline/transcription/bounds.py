"""How large a report may be: what is longer is refused before it takes time and memory."""

import re
from collections.abc import Iterable

from pipeline.errors import FileProblem
from pipeline.transcription.manuscript import Block, Grid, Manuscript, Paragraph

MOST_CHARACTERS, MOST_BLOCKS = 1_000_000, 20_000
"""Of a report, its paragraphs and cells counted together; 200 pages have a fifth of it."""
MOST_TEXT, MOST_LINES = 4 * MOST_CHARACTERS, 10 * MOST_BLOCKS
"""Bytes of a text file, of which a character has four at most; and lines, blank ones included."""
MOST_MARKS, LONGEST_TAG, MOST_IN_TAGS = 500_000, 4000, 4_000_000
"""Of a page: tags, and equals signs; bytes of a tag, and of all, without what stands in quotes."""
_LINE_ENDS = (b"\n", b"\r", b"\x0b", b"\x0c")
_TAG = re.compile(rb"<[A-Za-z](?:[^\"'<>]|\"[^\"]*\"|'[^']*')*+")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")


def of_text(data: bytes, shown: str) -> bytes:
    """The bytes of a text file that is short enough to be read.

    Raises:
        FileProblem: it is longer than any report.
    """
    lines = max(map(data.count, _LINE_ENDS))
    return _refuse(shown) if len(data) > MOST_TEXT or lines > MOST_LINES else data


def of_page(data: bytes, shown: str) -> bytes:
    """The bytes of a web page with no more tags and attributes than a report has.

    Raises:
        FileProblem: it has more.
    """
    if max(data.count(b"<"), data.count(b"=")) > MOST_MARKS:
        return _refuse(shown)
    tags = [len(_QUOTED.sub(b"", tag[0])) for tag in _TAG.finditer(data)]
    swollen = sum(tags) > MOST_IN_TAGS or max(tags, default=0) > LONGEST_TAG
    return _refuse(shown) if swollen else data


def of_report(read: Manuscript) -> Manuscript:
    """A manuscript that is no longer than a report may be.

    Raises:
        FileProblem: it is longer.
    """
    characters, number = _size(read.blocks)
    besides = len(read.asides) + len(read.told)
    if characters > MOST_CHARACTERS or max(number, besides) > MOST_BLOCKS:
        _refuse(read.file)
    return read


def _refuse(shown: str) -> bytes:
    most = f"{MOST_BLOCKS} 段（格）、{MOST_CHARACTERS // 10_000} 万字"
    message = f"内容太多，不像一份年报：{shown}。"
    raise FileProblem(message, f"最多 {most}；请检查是不是放错了文件，或只留下年报的部分。")


def _size(blocks: Iterable[Block]) -> tuple[int, int]:
    """How many characters stand in blocks, and how many paragraphs and cells there are."""
    characters = number = 0
    for block in blocks:
        number += 1
        inside = [cell for row in block.rows for cell in row] if isinstance(block, Grid) else []
        characters += len(block.text) if isinstance(block, Paragraph) else 0
        for cell in inside:
            more, further = _size(cell.blocks)
            characters, number = characters + more, number + max(further, 1)
    return characters, number
