"""What stands around a report's text: contents, title, office and date, signature."""

import re
from collections.abc import Sequence

from pipeline.form.forms import Form
from pipeline.form.wording import number_of, plain
from pipeline.transcription.chapters import Item, Outline, leave, text_of
from pipeline.transcription.manuscript import Paragraph
from pipeline.transcription.openings import chapter_of
from pipeline.transcription.particulars import (
    LONGEST_HEADING,
    begins_title,
    dated,
    is_office,
    is_title,
    office_in,
    year_in,
)

_FIRST_LINES, _UNDER_TITLE, _CONTENTS = 40, 3, 3


def without_contents(items: Sequence[Item], made: Outline) -> list[Item]:
    """The items without a table of contents: headings in a row that all come again further on."""
    texts = [_entry(item) for item in items]
    last = {text: at for at, text in enumerate(texts)}
    again = [bool(text) and last[text] > at for at, text in enumerate(texts)]
    kept: list[Item] = []
    at = 0
    while at < len(items):
        end = at
        listed = number_of(texts[at])
        while listed and end < len(items) and again[end] and last[texts[end]] >= at + _CONTENTS:
            end += 1
        run = items[at:end]
        if end - at >= _CONTENTS:
            for item in run:
                leave(item, made, "目录")
            at = end
        else:
            kept.append(items[at])
            at += 1
    return kept


def _entry(item: Item) -> str:
    """A line as a table of contents names it: without dots and the number of its page."""
    if not isinstance(item, Paragraph) or len(item.text) > LONGEST_HEADING * 2:
        return ""
    return plain(re.sub(r"[.…·\s]*[0-9]*$", "", item.text))


def take_title(head: Sequence[Item], made: Outline) -> list[Item]:
    """Take the title from the lines before the first section; what is left of them."""
    lines = [
        at for at, item in enumerate(head[:_FIRST_LINES])
        if isinstance(item, Paragraph) and is_title(item.text)
    ]  # fmt: skip
    if not lines:
        return list(head)
    at = lines[-1]
    first, title = at, text_of(head[at])
    while first > max(0, at - 2) and begins_title(text_of(head[first - 1]), title):
        first -= 1
        title = text_of(head[first]) + title
    made.title, made.year, made.office = title, year_in(title), office_in(title)
    for item in head[:first]:
        leave(item, made, "标题以前的文字")
    return _under_title(head[at + 1 :], made)


def _under_title(rest: Sequence[Item], made: Outline) -> list[Item]:
    """Take office and date from the lines right below the title; what is left."""
    for at, item in enumerate(rest[:_UNDER_TITLE]):
        text = text_of(item)
        found = dated(text)
        if not found and not is_office(text.strip("（()）")):
            return list(rest[at:])
        if found and found[1]:
            made.date = found[1]
        leave(item, made, "标题下的署名或日期")
    return list(rest[_UNDER_TITLE:])


def take_signature(body: Sequence[Item], made: Outline, form: Form) -> list[Item]:
    """Take name and date from the end of the text; what stands behind them is left out."""
    for at in range(len(body) - 1, max(-1, len(body) - _FIRST_LINES), -1):
        if chapter_of(body[at], form, []):
            break
        found = dated(text_of(body[at]))
        if not found or not found[1]:
            continue
        made.signer, made.date = found
        above = text_of(body[at - 1]) if at else ""
        signs = not made.signer and (is_office(above) or plain(above) == plain(made.office) != "")
        if signs:
            made.signer = above
        made.signer = "".join(made.signer.split())
        for rest in body[at + 1 :]:
            leave(rest, made, "落款以后的文字")
        return list(body[: at - signs])
    return list(body)
