"""A report's text in its places, as it is found: title, preface, sections with their parts."""

import datetime as dt
from dataclasses import dataclass, field

from pipeline.form.forms import Section
from pipeline.transcription.manuscript import Paragraph, Picture
from pipeline.transcription.remarks import LEFT_OUT, UNREADABLE, Remark


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


def text_of(item: Item) -> str:
    """The text of a paragraph; "" for anything else."""
    return item.text if isinstance(item, Paragraph) else ""


def leave(item: Item, made: Outline, why: str) -> None:
    """Tell of an item that has no place in the report, and why."""
    if isinstance(item, Picture):
        made.remarks.append(Remark(UNREADABLE, item.where, "这里有一幅图片"))
    elif isinstance(item, Paragraph):
        made.remarks.append(Remark(LEFT_OUT, item.where, f"{why}：{item.text}"))
