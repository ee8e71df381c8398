"""A manuscript → a content file's values, by the form that its tables show; and what was noticed.

Every character of the manuscript ends in one of three places: in the content, in the form's own
wording, or in the remarks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.content.schema import OWN
from pipeline.errors import ContentError
from pipeline.form.forms import Form, Section
from pipeline.form.rows import ROWS
from pipeline.form.tables import BLANK, Line, Value, lines
from pipeline.form.wording import plain
from pipeline.rules.blanks import UNFILLED
from pipeline.transcription.chapters import Outline
from pipeline.transcription.manuscript import Grid, Manuscript, paragraphs
from pipeline.transcription.outline import outline
from pipeline.transcription.particulars import is_title, office_in
from pipeline.transcription.recognition import reading, running_text, usual_form, year_of
from pipeline.transcription.remarks import ABSENT, GUESSED, LEFT_OUT, UNREADABLE, Remark
from pipeline.transcription.transcribed import chapter_values, own_chapter_values, prose

MOST_ROWS = 1000
"""Of a table of a report."""
_NOTE = re.compile(r"[（(][^（()）]*[）)]$")


@dataclass(frozen=True)
class Transcript:
    """A report as a content file would hold it."""

    form: Form
    values: Mapping[str, Any]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Told:
    """What is known of a report from elsewhere than its text."""

    year: int | None = None
    agency: str | None = None
    file_agency: str = ""
    """What the head of the file says, which counts less than its text."""


def transcribe(
    manuscript: Manuscript, all_forms: tuple[Form, ...], told: Told | None = None
) -> Transcript:
    """The content of a manuscript; `told` says what it does not say itself.

    Raises:
        ContentError: nothing in it looks like an annual report.
    """
    told = told or Told()
    manuscript, long = _without_long_grids(manuscript)
    heads = dict(manuscript.told)
    year, guess = year_of(manuscript, heads, told.year, all_forms)
    read = reading(manuscript, all_forms, year)
    form, reader, listed = read.form, read.reader, read.listed
    found = outline(list(running_text(read)), form)
    title = found.title or heads.get("title", "")
    if not (found.chapters or reader.entries.values or is_title(title)):
        message = f"看不出这是一份年度报告：{manuscript.file}。"
        raise ContentError(message, (), "请核对文件；标题、各部分的标题和表格至少要有一样。")
    remarks = [
        *long,
        *_damaged(manuscript),
        *_asides(manuscript, title),
        *listed.remarks,
        *reader.entries.remarks,
        *found.remarks,
        *guess,
    ]
    values: dict[str, Any] = {}
    if year is None:
        remarks.append(Remark(ABSENT, "", "没有找到年度，请填写 year"))
    else:
        values["year"] = year
    if form is not usual_form(all_forms, year):
        values["form"] = form.name
        remarks.append(Remark(GUESSED, "", f"按表格和章节，这份年报用的是“{form.title}”"))
    told = replace(told, file_agency=_NOTE.sub("", heads.get("agency", "")))
    values |= _head(found, form, title, told, year)
    if "name" not in values["agency"]:
        remarks.append(Remark(ABSENT, "", "没有找到机关名称，请填写 name"))
    if form.own_sections:
        values[OWN] = [own_chapter_values(chapter) for chapter in found.chapters]
    chapters = {chapter.section.key: chapter for chapter in found.chapters if chapter.section}
    for section in form.sections:
        values[section.key] = chapter_values(section, chapters.get(section.key))
        if section.table and section.table.own_rows:
            values[section.key][ROWS] = listed.rows
        elif section.table:
            missing = _fill(values[section.key], section, reader.entries.values)
            remarks += _absent(section, missing)
        if section.key not in chapters and not section.annex:
            remarks.append(Remark(ABSENT, "", f"没有“{section.heading}”这一部分"))
    values["accepted"] = list(_accepted(form, reader.entries.values))
    return Transcript(form, values, tuple(remarks))


def _accepted(
    form: Form, read: Mapping[tuple[str, tuple[str, ...]], list[Value]]
) -> Iterator[dict[str, str]]:
    """That cells of a whole table have no number: what was published is not ours to fill in."""
    for section in form.sections:
        rows = [(line, read.get((section.key, line.keys), [])) for line in lines(section)]
        complete = section.table is not None and section.table.complete
        whole = all(line.optional or values for line, values in rows)
        if complete and whole and any(isinstance(v, str) for _, values in rows for v in values):
            reason = f"公开的“{section.heading}”有些格没有填数，照录。"
            yield {"code": UNFILLED.code, "path": section.key, "reason": reason}


def _without_long_grids(manuscript: Manuscript) -> tuple[Manuscript, list[Remark]]:
    """The manuscript without grids that are too long for a table of a report."""
    long = [b for b in manuscript.blocks if isinstance(b, Grid) and len(b.rows) > MOST_ROWS]
    kept = tuple(block for block in manuscript.blocks if not any(block is each for each in long))
    remarks = [
        Remark(LEFT_OUT, grid.where, f"这张表有 {len(grid.rows)} 行，不会是年报的表格，没有读")
        for grid in long
    ]
    return (replace(manuscript, blocks=kept) if long else manuscript), remarks


def _damaged(manuscript: Manuscript) -> Iterator[Remark]:
    """Where characters could not be decoded."""
    for paragraph in paragraphs(manuscript.blocks):
        if count := paragraph.text.count("\ufffd"):
            message = f"有 {count} 个字节读不出来，印作 \ufffd：{paragraph.text}"
            yield Remark(UNREADABLE, paragraph.where, message)


def _asides(manuscript: Manuscript, title: str) -> Iterator[Remark]:
    for aside in manuscript.asides:
        yield Remark(LEFT_OUT, aside.where, f"{aside.kind}：{aside.text}")
    for key, value in manuscript.told:
        if plain(value) != plain(title):
            yield Remark(LEFT_OUT, "文件头", f"{key}：{value}")


def _head(found: Outline, form: Form, title: str, told: Told, year: int | None) -> dict[str, Any]:
    """Title, date, preface and agency, as far as they differ from what the form makes of them."""
    office = office_in(title)
    fuller = plain(office) in plain(told.file_agency)
    name = told.agency or found.signer or (told.file_agency if fuller else office)
    agency = {"name": name} if name else {}
    if office and plain(office) != plain(name):
        agency["title_name"] = office
    usual = "".join(form.report_title).format(agency=office or name, year=year)
    made: dict[str, Any] = {}
    if title and "".join(title.split()) != usual:
        made["title"] = title
        agency.pop("title_name", None)
    if found.date:
        made["date"] = found.date
    if found.preface:
        made["preface"] = prose(found.preface)
    return {**made, "agency": {**agency, "signature": "sealed"}}


def _fill(
    values: dict[str, Any],
    section: Section,
    read: Mapping[tuple[str, tuple[str, ...]], list[Value]],
) -> list[Line]:
    """Put what was read into the values of a section; the lines that were not there, as blanks."""
    missing = []
    for line in lines(section):
        given = read.get((section.key, line.keys))
        if given is None:
            if line.optional:
                continue
            missing.append(line)
            given = [BLANK] * len(line.entered)
        here = values
        for key in line.keys[:-1]:
            here = here.setdefault(key, {})
        here[line.keys[-1]] = given[0] if line.scalar else given
    return missing


def _absent(section: Section, missing: Sequence[Line]) -> Iterable[Remark]:
    if not missing:
        return []
    if len(missing) == sum(not line.optional for line in lines(section)):
        return [Remark(ABSENT, "", f"没有“{section.heading}”的表格，各格留空")]
    names = "、".join(line.label for line in missing)
    return [Remark(ABSENT, "", f"“{section.heading}”的表格缺少：{names}；各格留空")]
