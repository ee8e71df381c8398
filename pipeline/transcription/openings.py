"""What a line opens: a section of the form or of the office's own, a part, or nothing.

That follows from its numbering (一、 （一） 1. （1）), from the form's headings, and from the
heading styles of the file.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.form.forms import Form
from pipeline.form.wording import NUMERALS, Match, match, number_of
from pipeline.transcription.chapters import Chapter, Item, text_of
from pipeline.transcription.manuscript import Paragraph
from pipeline.transcription.particulars import LONGEST_HEADING

_PART = re.compile(rf"[（(][{NUMERALS}]{{1,3}}[）)]")
_ITEM = re.compile(r"[0-9]{1,2}[.．、](?![0-9])")
_OPENING = re.compile(
    rf"(?P<heading>[{NUMERALS}]{{1,3}}\s*[、.．]\s*[^，。：:；！？,;!?]{{2,34}}?)(?P<mark>[。：:]|\s+)(?P<rest>.+)",
    re.DOTALL,
)
"""A heading with its text on the same line."""
_SUBITEM = re.compile(r"[（(][0-9]{1,2}[）)]|[①-⑳]")
_SENTENCE = "。；！？;!?"
PART_LEVEL = 2
"""The level of （一）; 1. and （1） follow."""


def opening(item: Item, form: Form, before: Sequence[Chapter]) -> tuple[Chapter, str] | None:
    """The section that a line opens, and the text behind the heading on the same line."""
    found = _OPENING.fullmatch(text_of(item))
    if found and isinstance(item, Paragraph):
        chapter = chapter_of(replace(item, text=found["heading"]), form, before)
        known = chapter and chapter.section and match(found["heading"], [chapter.section.heading])
        text = len(item.text) > LONGEST_HEADING or found["rest"][-1:] in _SENTENCE
        sure = form.own_sections and found["mark"].strip() and text
        if chapter and (sure or (known or Match.NONE) >= Match.SAME):
            return chapter, found["rest"].strip()
    chapter = chapter_of(item, form, before)
    return (chapter, "") if chapter else None


def chapter_of(item: Item, form: Form, before: Sequence[Chapter]) -> Chapter | None:
    """The section that a line opens, if it does: never a line numbered as a part."""
    if not isinstance(item, Paragraph) or not heading_like(item) or _PART.match(item.text):
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


def heading_like(item: Paragraph) -> bool:
    """Whether a line is as short as a heading and no sentence, or has a heading's style."""
    short = len(item.text) <= LONGEST_HEADING and not re.search(rf"[{_SENTENCE}]", item.text[:-1])
    return item.level > 0 or (short and item.text[-1:] not in "；：，;:,")


def level_of(item: Paragraph, following: Item | None) -> int:
    """The level of the heading a line may be; 0 for any other line.

    2 for （一）; 3 for 1. and 4 for （1） where running text stands below.
    """
    if item.level > 1:
        return item.level
    if _PART.match(item.text):
        return PART_LEVEL
    below = following is not None and item.text[-1:] not in _SENTENCE
    if below and _ITEM.match(item.text):
        inner = isinstance(following, Paragraph) and _SUBITEM.match(following.text)
        return PART_LEVEL + 1 if inner or _says_something(following, _ITEM) else 0
    if below and _SUBITEM.match(item.text):
        return PART_LEVEL + 2 if _says_something(following, _SUBITEM) else 0
    return 0


def _says_something(item: Item | None, numbering: re.Pattern[str]) -> bool:
    """Whether a paragraph is running text: a sentence, and no further item of a list."""
    if not isinstance(item, Paragraph) or numbering.match(item.text):
        return False
    return item.text[-1:] in _SENTENCE or not heading_like(item)
