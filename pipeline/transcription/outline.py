"""The paragraphs of a published report → title, preface, sections with their parts, signature.

What a line is follows from its numbering (一、 （一） 1. （1）), from the form's headings, and from
the heading styles of the file.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.form.forms import Form, Section
from pipeline.form.wording import NUMERALS, Match, core, match, number_of, similarity
from pipeline.transcription.manuscript import Paragraph, Picture
from pipeline.transcription.remarks import GUESSED, LEFT_OUT, UNREADABLE, Remark

_TITLE = re.compile(
    r"政府信息公开(?:工作)?(?:年度)?(?:工作)?(?:报告|年报)(?:[（(].*[）)])?$|年度报告$"
)
_YEAR = re.compile(r"(20[0-9]{2}|二[〇○零][〇○零一二三四五六七八九]{2})\s*年(?:度)?")
_DATE = re.compile(
    r"(?P<name>.*?)\s*(?P<year>20[0-9]{2}|二[〇○零][〇○零一二三四五六七八九]{2})\s*年\s*"
    rf"(?P<month>[0-9]{{1,2}}|[{NUMERALS}]{{1,2}})\s*月\s*(?P<day>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})\s*日"
)
_OFFICE = re.compile(
    r"(?:府|局|处|委|会|办|室|厅|街道|镇|乡|中心|队|院|所|校|部|署|行|公司|站|馆|社)(?:[（(].*[）)])?$"
)
_FURNITURE = re.compile(
    r"^.{0,6}(?:日期|时间|来源|机构|索引号|浏览|点击|字号|字体|打印|关闭|分享|访问量|编辑|作者|阅读次数|"
    r"文号|主题词|体裁|信息分类|当前位置).{0,3}[：:\]】]|^(?:首页|打印|关闭|分享)|\.(?:pdf|docx?|wps|xlsx?|ofd)$",
    re.IGNORECASE,
)
_PART = re.compile(rf"[（(][{NUMERALS}]{{1,3}}[）)]")
_ITEM = re.compile(r"[0-9]{1,2}[.．、](?![0-9])")
_RUN_IN = re.compile(r"(?P<heading>[^。：；！？:;!?]{4,34}[。：:])(?P<text>.+)", re.DOTALL)
_SENTENCE = "。；！？;!?"
_LONGEST_HEADING, _LONGEST_TITLE, _FIRST_LINES = 45, 70, 40
_SIMILAR = 0.5
_SHORTEST_OFFICE = 4


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


def year_in(text: str) -> int | None:
    """The first year that a text names as such: 2021年, 二〇二一年."""
    found = _YEAR.search(text)
    return _number(found[1]) if found else None


def office_in(title: str) -> str:
    """The office that a title names, before or behind its year; "" where it names none."""
    rest = _TITLE.sub("", _YEAR.sub("", "".join(title.split())))
    return re.sub(r"(?:关于|政府信息公开.*)$", "", rest)


def is_title(text: str) -> bool:
    """Whether a line is the title of such a report, or its last line."""
    return bool(_TITLE.search("".join(text.split()))) and len(text) <= _LONGEST_TITLE


def outline(items: Sequence[Item], form: Form) -> Outline:
    """The text of a report in the places that `form` has for it."""
    made = Outline()
    start = next((at for at, item in enumerate(items) if _chapter(item, form, [])), len(items))
    head, body = list(items[:start]), list(items[start:])
    head = _title(head, made)
    body = _signature(body, made)
    for item in head:
        _into_preface(item, made)
    for at, item in enumerate(body):
        _place(item, body[at + 1] if at + 1 < len(body) else None, made, form)
    return made


def _title(head: list[Item], made: Outline) -> list[Item]:
    """Take the title from the lines before the first section; what is left of them."""
    lines = [
        at for at, item in enumerate(head[:_FIRST_LINES])
        if isinstance(item, Paragraph) and is_title(item.text)
    ]  # fmt: skip
    if not lines:
        return head
    at = lines[-1]
    first = at
    while first and first > at - 2 and _begins_title(head[first - 1], head[first : at + 1]):
        first -= 1
    made.title = "".join(item.text for item in head[first : at + 1] if isinstance(item, Paragraph))
    made.year, made.office = year_in(made.title), office_in(made.title)
    for item in head[:first]:
        _leave(item, made, "标题以前的文字")
    return head[at + 1 :]


def _begins_title(item: Item, rest: Sequence[Item]) -> bool:
    if not isinstance(item, Paragraph) or _FURNITURE.search(item.text) or is_title(item.text):
        return False
    text = item.text
    known = "".join(other.text for other in rest if isinstance(other, Paragraph))
    short = len(text) <= _LONGEST_TITLE // 2 and not re.search(r"[，。：；:;>|]", text)
    wanted = not office_in(known)
    return short and wanted and bool(_OFFICE.search(text) or _YEAR.search(text))


def _signature(body: list[Item], made: Outline) -> list[Item]:
    """Take name and date from the end of the text; what stands behind them is left out."""
    for at in range(len(body) - 1, max(-1, len(body) - _FIRST_LINES), -1):
        item = body[at]
        found = _DATE.fullmatch(item.text) if isinstance(item, Paragraph) else None
        if not found or not isinstance(item, Paragraph):
            continue
        day = _date(found)
        if day is None or re.search("[：:，。]", found["name"]):
            continue
        made.date = day
        first, names = at, found["name"]
        while not names and first and _names_office(body[first - 1]):
            first -= 1
            above = body[first]
            names = above.text if isinstance(above, Paragraph) else ""
        made.signer = "".join(names.split())
        for rest in body[at + 1 :]:
            _leave(rest, made, "落款以后的文字")
        return body[:first]
    return body


def _names_office(item: Item) -> bool:
    if not isinstance(item, Paragraph):
        return False
    short = _SHORTEST_OFFICE <= len(item.text) <= _LONGEST_HEADING and not re.search(
        r"[，。：；、]", item.text
    )
    return short and bool(_OFFICE.search(item.text))


def _into_preface(item: Item, made: Outline) -> None:
    if isinstance(item, Paragraph) and not _FURNITURE.search(item.text):
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
    if isinstance(item, Picture) or _FURNITURE.search(item.text):
        _leave(item, made, "不像正文的文字")
        return
    if chapter := _chapter(item, form, made.chapters):
        made.chapters.append(chapter)
        if (
            chapter.section
            and similarity(core(item.text), core(chapter.section.heading)) < _SIMILAR
        ):
            message = f"“{item.text}”作为“{chapter.section.heading}”导入"
            made.remarks.append(Remark(GUESSED, item.where, message))
        return
    _into_chapter(item, following, made.chapters[-1])


def _chapter(item: Item, form: Form, before: Sequence[Chapter]) -> Chapter | None:
    """The section that a line opens, if it does."""
    if not isinstance(item, Paragraph) or not _heading_like(item):
        return None
    number = number_of(item.text)
    if form.own_sections:
        own = number is not None or item.level == 1
        later = not before or number is None or number > (number_of(before[-1].heading) or 0)
        return Chapter(item.text, None) if own and later else None
    open_ones = [s for s in form.sections if s not in [chapter.section for chapter in before]]
    for section in open_ones:
        wanted = (section.heading, *section.aliases)
        quality = match(item.text, wanted)
        if quality >= Match.SAME or (quality and number is not None):
            return Chapter(item.text, section)
    if number is None:
        return None
    for section in open_ones:
        if number_of(section.heading) == number and len(before) < number:
            return Chapter(item.text, section)
    return None


def _heading_like(item: Paragraph) -> bool:
    short = len(item.text) <= _LONGEST_HEADING and not re.search(rf"[{_SENTENCE}]", item.text[:-1])
    return item.level > 0 or (short and item.text[-1:] not in "；：，;:,")


def _into_chapter(item: Paragraph, following: Item | None, chapter: Chapter) -> None:
    level = _level(item, following)
    whole = level and _heading_like(item)
    table = chapter.section is not None and chapter.section.table is not None
    if table and not chapter.table_seen:
        chapter.before.append(item.text)
    elif table and chapter.after:
        chapter.after.append(item.text)
    elif whole:
        _open(Part(item.text, level, item.where), chapter)
    elif level == 2 and (found := _RUN_IN.fullmatch(item.text)):  # noqa: PLR2004  # （一）
        part = Part(found["heading"], level, item.where, run_in=True, text=[found["text"]])
        _open(part, chapter)
    elif chapter.parts:
        _last(chapter.parts).text.append(item.text)
    else:
        (chapter.after if table else chapter.before).append(item.text)


def _level(item: Paragraph, following: Item | None) -> int:
    """The level of the heading a line may be: 2 for （一）, 3 for 1. with text below; else 0."""
    if item.level > 1:
        return item.level
    if _PART.match(item.text):
        return 2
    if _ITEM.match(item.text) and item.text[-1:] not in _SENTENCE:
        return 3 if isinstance(following, Paragraph) and _says_something(following) else 0
    return 0


def _says_something(item: Paragraph) -> bool:
    """Whether a paragraph is running text: a sentence, and no further item of a list."""
    whole = item.text[-1:] in _SENTENCE or not _heading_like(item)
    return whole and not _ITEM.match(item.text)


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


def _date(found: re.Match[str]) -> dt.date | None:
    try:
        return dt.date(_number(found["year"]), _number(found["month"]), _number(found["day"]))
    except ValueError:
        return None


def _number(text: str) -> int:
    """A number in digits, or in Chinese: 二〇二一, 十, 十二, 三十一."""
    if text.isascii():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (NUMERALS.index(tens) + 1 if tens else 1) * 10 + (
            NUMERALS.index(ones) + 1 if ones else 0
        )
    digits = re.sub("[〇○零]", "0", text)
    return int("".join(c if c == "0" else str(NUMERALS.index(c) + 1) for c in digits))
