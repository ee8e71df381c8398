"""The paragraphs of a published report → title, preface, sections with their parts, signature."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.form.forms import Form
from pipeline.form.wording import core, similarity
from pipeline.transcription.chapters import Chapter, Item, Outline, Part, TableMark, leave
from pipeline.transcription.frame import take_signature, take_title, without_contents
from pipeline.transcription.manuscript import Paragraph, Picture
from pipeline.transcription.openings import PART_LEVEL, heading_like, level_of, opening
from pipeline.transcription.particulars import is_furniture
from pipeline.transcription.remarks import GUESSED, Remark

_RUN_IN = re.compile(r"(?P<heading>[^。：；！？:;!?]{4,34}[。：:])(?P<text>.+)", re.DOTALL)
_SIMILAR = 0.5


def outline(items: Sequence[Item], form: Form) -> Outline:
    """The text of a report in the places that `form` has for it."""
    made = Outline()
    items = without_contents(items, made)
    start = next((at for at, item in enumerate(items) if opening(item, form, [])), len(items))
    head, body = take_title(items[:start], made), take_signature(items[start:], made, form)
    for item in head:
        _into_preface(item, made)
    for at, item in enumerate(body):
        _place(item, body[at + 1] if at + 1 < len(body) else None, made, form)
    return made


def _into_preface(item: Item, made: Outline) -> None:
    if isinstance(item, Paragraph) and not is_furniture(item.text):
        made.preface.append(item.text)
    elif not isinstance(item, TableMark):
        leave(item, made, "正文以前的文字")


def _place(item: Item, following: Item | None, made: Outline, form: Form) -> None:
    """Put one item where it belongs."""
    if isinstance(item, TableMark):
        for seen in made.chapters:
            if seen.section and seen.section.key == item.section:
                seen.table_seen = True
        return
    if isinstance(item, Picture) or is_furniture(item.text):
        leave(item, made, "不像正文的文字")
        return
    opened = opening(item, form, made.chapters)
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


def _into_chapter(item: Paragraph, following: Item | None, made: Outline) -> None:
    chapter = made.chapters[-1]
    level = level_of(item, following)
    headed = replace(item, text=item.text.rstrip("：:")) if level == PART_LEVEL else item
    whole = level and heading_like(headed)
    table = chapter.section is not None and chapter.section.table is not None
    if table and (chapter.after or not chapter.table_seen):
        if whole and level == PART_LEVEL:
            message = f"小标题“{item.text}”作为正文导入"
            made.remarks.append(Remark(GUESSED, item.where, message))
        (chapter.after if chapter.table_seen else chapter.before).append(item.text)
    elif whole:
        _open(Part(item.text, level, item.where), chapter)
    elif level == PART_LEVEL and (found := _RUN_IN.fullmatch(item.text)):
        part = Part(found["heading"], level, item.where, run_in=True, text=[found["text"]])
        _open(part, chapter)
    elif chapter.parts:
        _last(chapter.parts).text.append(item.text)
    else:
        (chapter.after if table else chapter.before).append(item.text)


def _open(part: Part, chapter: Chapter) -> None:
    """Add a part below the last one of a higher level."""
    here = chapter.parts
    while here and here[-1].level < part.level:
        here = here[-1].parts
    here.append(part)


def _last(parts: Sequence[Part]) -> Part:
    return _last(parts[-1].parts) if parts[-1].parts else parts[-1]
