"""The paragraphs of a published report → title, preface, sections with their parts, signature.

What a line is follows from its numbering (一、 （一） 1. （1）), from the form's headings, and from
the heading styles of the file.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.form.forms import Form, Section
from pipeline.form.wording import NUMERALS, Match, core, match, number_of, plain, similarity
from pipeline.transcription.manuscript import Paragraph, Picture
from pipeline.transcription.particulars import (
    LONGEST_HEADING,
    begins_title,
    dated,
    is_furniture,
    is_office,
    is_title,
    office_in,
    year_in,
)
from pipeline.transcription.remarks import GUESSED, LEFT_OUT, UNREADABLE, Remark

_PART = re.compile(rf"[（(][{NUMERALS}]{{1,3}}[）)]")
_ITEM = re.compile(r"[0-9]{1,2}[.．、](?![0-9])")
_OPENING = re.compile(
    rf"(?P<heading>[{NUMERALS}]{{1,3}}\s*[、.．]\s*[^，。：:；！？,;!?]{{2,34}}?)(?P<mark>[。：:]|\s+)(?P<rest>.+)",
    re.DOTALL,
)
"""A heading with its text on the same line."""
_RUN_IN = re.compile(r"(?P<heading>[^。：；！？:;!?]{4,34}[。：:])(?P<text>.+)", re.DOTALL)
_SUBITEM = re.compile(r"[（(][0-9]{1,2}[）)]|[①-⑳]")
_SENTENCE = "。；！？;!?"
_FIRST_LINES, _UNDER_TITLE, _CONTENTS = 40, 3, 3
_SIMILAR = 0.5
_PART_LEVEL = 2
"""The level of （一）; 1. and （1） follow."""


@dataclass
class Part:
    """A part as it is found: its heading, its text, and whether the heading runs into it."""

    heading: str
    level: int
    where: str
    run_in: bool = False
    text: list[str] = field(default_factory=list)
    parts: list["Part"] = field(default_factory=list)


@dataclass
class Chapter:
    """A section as it is found; `section` is that of the form, None for one of the office's own."""

    heading: str
    section: Section | None
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    table_seen: bool = False


@dataclass
class Outline:
    """A report's text in its places, and what there is to say of it."""

    title: str = ""
    year: int | None = None
    office: str = ""
    signer: str = ""
    date: dt.date | None = None
    preface: list[str] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TableMark:
    """That the table of a section of the form stood here."""

    section: str
    where: str


Item = Paragraph | Picture | TableMark


def outline(items: Sequence[Item], form: Form) -> Outline:
    """The text of a report in the places that `form` has for it."""
    made = Outline()
    items = _without_contents(items, made)
    start = next((at for at, item in enumerate(items) if _opened(item, form, [])), len(items))
    head, body = _title(items[:start], made), _signature(items[start:], made, form)
    for item in head:
        _into_preface(item, made)
    for at, item in enumerate(body):
        _place(item, body[at + 1] if at + 1 < len(body) else None, made, form)
    return made


def _without_contents(items: Sequence[Item], made: Outline) -> list[Item]:
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
                _leave(item, made, "目录")
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


def _title(head: Sequence[Item], made: Outline) -> list[Item]:
    """Take the title from the lines before the first section; what is left of them."""
    lines = [
        at for at, item in enumerate(head[:_FIRST_LINES])
        if isinstance(item, Paragraph) and is_title(item.text)
    ]  # fmt: skip
    if not lines:
        return list(head)
    at = lines[-1]
    first, title = at, _text(head[at])
    while first > max(0, at - 2) and begins_title(_text(head[first - 1]), title):
        first -= 1
        title = _text(head[first]) + title
    made.title, made.year, made.office = title, year_in(title), office_in(title)
    for item in head[:first]:
        _leave(item, made, "标题以前的文字")
    return _under_title(head[at + 1 :], made)


def _under_title(rest: Sequence[Item], made: Outline) -> list[Item]:
    """Take office and date from the lines right below the title; what is left."""
    for at, item in enumerate(rest[:_UNDER_TITLE]):
        text = _text(item)
        found = dated(text)
        if not found and not is_office(text.strip("（()）")):
            return list(rest[at:])
        if found and found[1]:
            made.date = found[1]
        _leave(item, made, "标题下的署名或日期")
    return list(rest[_UNDER_TITLE:])


def _signature(body: Sequence[Item], made: Outline, form: Form) -> list[Item]:
    """Take name and date from the end of the text; what stands behind them is left out."""
    for at in range(len(body) - 1, max(-1, len(body) - _FIRST_LINES), -1):
        if _chapter(body[at], form, []):
            break
        found = dated(_text(body[at]))
        if not found or not found[1]:
            continue
        made.signer, made.date = found
        above = _text(body[at - 1]) if at else ""
        signs = not made.signer and (is_office(above) or plain(above) == plain(made.office) != "")
        if signs:
            made.signer = above
        made.signer = "".join(made.signer.split())
        for rest in body[at + 1 :]:
            _leave(rest, made, "落款以后的文字")
        return list(body[: at - signs])
    return list(body)


def _text(item: Item) -> str:
    return item.text if isinstance(item, Paragraph) else ""


def _into_preface(item: Item, made: Outline) -> None:
    if isinstance(item, Paragraph) and not is_furniture(item.text):
        made.preface.append(item.text)
    elif not isinstance(item, TableMark):
        _leave(item, made, "正文以前的文字")


def _place(item: Item, following: Item | None, made: Outline, form: Form) -> None:
    """Put one item where it belongs."""
    if isinstance(item, TableMark):
        for seen in made.chapters:
            if seen.section and seen.section.key == item.section:
                seen.table_seen = True
        return
    if isinstance(item, Picture) or is_furniture(item.text):
        _leave(item, made, "不像正文的文字")
        return
    opened = _opened(item, form, made.chapters)
    if not opened:
        _into_chapter(item, following, made)
        return
    chapter, rest = opened
    made.chapters.append(chapter)
    meant = core(chapter.section.heading) if chapter.section else core(chapter.heading)
    if rest:
        message = f"“{chapter.heading}”作为标题，同一行后面的文字作为正文"
        made.remarks.append(Remark(GUESSED, item.where, message))
        _into_chapter(replace(item, text=rest), following, made)
    elif chapter.section and similarity(core(item.text), meant) < _SIMILAR:
        message = f"“{item.text}”作为“{chapter.section.heading}”导入"
        made.remarks.append(Remark(GUESSED, item.where, message))


def _opened(item: Item, form: Form, before: Sequence[Chapter]) -> tuple[Chapter, str] | None:
    """The section that a line opens, and the text behind the heading on the same line."""
    found = _OPENING.fullmatch(_text(item))
    if found and isinstance(item, Paragraph):
        chapter = _chapter(replace(item, text=found["heading"]), form, before)
        known = chapter and chapter.section and match(found["heading"], [chapter.section.heading])
        text = len(item.text) > LONGEST_HEADING or found["rest"][-1:] in _SENTENCE
        sure = form.own_sections and found["mark"].strip() and text
        if chapter and (sure or (known or Match.NONE) >= Match.SAME):
            return chapter, found["rest"].strip()
    chapter = _chapter(item, form, before)
    return (chapter, "") if chapter else None


def _chapter(item: Item, form: Form, before: Sequence[Chapter]) -> Chapter | None:
    """The section that a line opens, if it does: never a line numbered as a part."""
    if not isinstance(item, Paragraph) or not _heading_like(item) or _PART.match(item.text):
        return None
    number = number_of(item.text)
    item_number = _ITEM.match(item.text)
    if form.own_sections:
        own = number is not None or item.level == 1
        later = not before or number is None or number > (number_of(before[-1].heading) or 0)
        return Chapter(item.text, None) if own and later else None
    open_ones = [s for s in form.sections if s not in [chapter.section for chapter in before]]
    for section in open_ones:
        wanted = (section.heading, *section.aliases)
        quality = match(item.text, wanted)
        if item_number and int(re.sub("[^0-9]", "", item_number[0])) != number_of(section.heading):
            continue
        if quality >= Match.SAME or (quality and number is not None):
            return Chapter(item.text, section)
    if number is None:
        return None
    for section in open_ones:
        if number_of(section.heading) == number and len(before) < number:
            return Chapter(item.text, section)
    return None


def _heading_like(item: Paragraph) -> bool:
    short = len(item.text) <= LONGEST_HEADING and not re.search(rf"[{_SENTENCE}]", item.text[:-1])
    return item.level > 0 or (short and item.text[-1:] not in "；：，;:,")


def _into_chapter(item: Paragraph, following: Item | None, made: Outline) -> None:
    chapter = made.chapters[-1]
    level = _level(item, following)
    headed = replace(item, text=item.text.rstrip("：:")) if level == _PART_LEVEL else item
    whole = level and _heading_like(headed)
    table = chapter.section is not None and chapter.section.table is not None
    if table and (chapter.after or not chapter.table_seen):
        if whole and level == _PART_LEVEL:
            message = f"小标题“{item.text}”作为正文导入"
            made.remarks.append(Remark(GUESSED, item.where, message))
        (chapter.after if chapter.table_seen else chapter.before).append(item.text)
    elif whole:
        _open(Part(item.text, level, item.where), chapter)
    elif level == _PART_LEVEL and (found := _RUN_IN.fullmatch(item.text)):
        part = Part(found["heading"], level, item.where, run_in=True, text=[found["text"]])
        _open(part, chapter)
    elif chapter.parts:
        _last(chapter.parts).text.append(item.text)
    else:
        (chapter.after if table else chapter.before).append(item.text)


def _level(item: Paragraph, following: Item | None) -> int:
    """The level of the heading a line may be; 0 for any other line.

    2 for （一）; 3 for 1. and 4 for （1） where running text stands below.
    """
    if item.level > 1:
        return item.level
    if _PART.match(item.text):
        return _PART_LEVEL
    below = following is not None and item.text[-1:] not in _SENTENCE
    if below and _ITEM.match(item.text):
        inner = isinstance(following, Paragraph) and _SUBITEM.match(following.text)
        return _PART_LEVEL + 1 if inner or _says_something(following, _ITEM) else 0
    if below and _SUBITEM.match(item.text):
        return _PART_LEVEL + 2 if _says_something(following, _SUBITEM) else 0
    return 0


def _says_something(item: Item | None, numbering: re.Pattern[str]) -> bool:
    """Whether a paragraph is running text: a sentence, and no further item of a list."""
    if not isinstance(item, Paragraph) or numbering.match(item.text):
        return False
    return item.text[-1:] in _SENTENCE or not _heading_like(item)


def _open(part: Part, chapter: Chapter) -> None:
    """Add a part below the last one of a higher level."""
    here = chapter.parts
    while here and here[-1].level < part.level:
        here = here[-1].parts
    here.append(part)


def _last(parts: Sequence[Part]) -> Part:
    return _last(parts[-1].parts) if parts[-1].parts else parts[-1]


def _leave(item: Item, made: Outline, why: str) -> None:
    if isinstance(item, Picture):
        made.remarks.append(Remark(UNREADABLE, item.where, "这里有一幅图片"))
    elif isinstance(item, Paragraph):
        made.remarks.append(Remark(LEFT_OUT, item.where, f"{why}：{item.text}"))
