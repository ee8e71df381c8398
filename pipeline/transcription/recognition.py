"""Which form and which year a manuscript is of: by what it says of itself, and by its tables."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import UsageError
from pipeline.form import forms
from pipeline.form.forms import Form
from pipeline.form.wording import number_of, plain
from pipeline.transcription.chapters import Item, TableMark
from pipeline.transcription.entries import Reader
from pipeline.transcription.figures import is_number
from pipeline.transcription.flat import regained
from pipeline.transcription.indicators import Indicators, indicators
from pipeline.transcription.manuscript import Block, Grid, Manuscript, Paragraph, paragraphs
from pipeline.transcription.particulars import is_title, year_in, year_of_file
from pipeline.transcription.remarks import GUESSED, Remark


def year_of(
    manuscript: Manuscript, heads: Mapping[str, str], told: int | None, all_forms: tuple[Form, ...]
) -> tuple[int | None, list[Remark]]:
    """The year: as told, of the title, of the file's head, the one most often named, of the name.

    A year that no form covers is taken only where nothing names another.
    """
    if told:
        return told, []
    texts = [paragraph.text for paragraph in paragraphs(manuscript.blocks)]
    start = next((at for at, text in enumerate(texts) if number_of(text) == 1), len(texts))
    titles = [text for text in texts[:start] if is_title(text)][::-1]
    titles += [text for text in texts[start:] if is_title(text)]
    named = Counter(year for text in texts if (year := year_in(text)))
    first = [year_in(text) for text in (*titles, heads.get("year", "") + "年")]
    second = [year_in(heads.get("title", "")), *(year for year, _ in named.most_common())]
    found = [year for year in (*first, *second, year_of_file(manuscript.file)) if year]
    year = next((each for each in [*found, 0] if each == 0 or _covered(all_forms, each)), 0)
    year = year or next(iter(found), 0)
    if not year:
        return None, []
    if year in [each for each in (*first, second[0]) if each][:1]:
        return year, []
    if year in named:
        return year, [Remark(GUESSED, "", f"标题里没有可用的年度，按正文定为 {year} 年")]
    return year, [Remark(GUESSED, "", f"文中没有可用的年度，按文件名定为 {year} 年")]


def _covered(all_forms: tuple[Form, ...], year: int) -> bool:
    try:
        return bool(forms.choose(all_forms, year))
    except UsageError:
        return False


def usual_form(all_forms: tuple[Form, ...], year: int | None) -> Form:
    """The form for a year; the newest for a year that none covers."""
    try:
        return forms.choose(all_forms, year or 0)
    except UsageError:
        return max(all_forms, key=lambda form: form.from_year)


@dataclass(frozen=True)
class Reading:
    """What a form makes of a manuscript: its tables, and the blocks with rows regained."""

    form: Form
    blocks: Sequence[Block]
    reader: Reader
    listed: Indicators


def reading(manuscript: Manuscript, all_forms: tuple[Form, ...], year: int | None) -> Reading:
    """What the form makes of it whose tables it shows best, else the form of its year."""
    usual = usual_form(all_forms, year)
    tried = []
    for form in all_forms:
        reader = Reader(form)
        blocks = regained(manuscript.blocks, reader.labels)
        grids = [block for block in blocks if isinstance(block, Grid)]
        listed = _listed(grids, form)
        for grid in grids:
            if not listed.holds(grid):
                reader.read(grid)
        shown = len(reader.entries.values) + reader.headings(grids) + len(listed.rows)
        tables = any(section.table for section in form.sections)
        # A form without tables is a better guess than one whose tables are not there.
        weight = (shown, form is usual and (not form.own_sections or shown > 0 or not tables),
                  form.own_sections == usual.own_sections and not tables)  # fmt: skip
        tried.append((weight, Reading(form, blocks, reader, listed)))
    return max(tried, key=lambda each: each[0])[1]


def _listed(grids: Sequence[Grid], form: Form) -> Indicators:
    for section in form.sections:
        if section.table and section.table.own_rows:
            return indicators(grids, section.table)
    return Indicators()


def running_text(read: Reading) -> Iterator[Item]:
    """The running text, with a mark where a table of the form stood, without its headings."""
    marks = Reader(read.form, read.reader.labels)
    annexes = [text for s in read.form.sections if s.annex for text in (s.heading, "附件")]
    annexes += [f"附件：{text}" for text in annexes]
    titles = [plain(text) for text in annexes] if read.listed.rows else []
    headings = _headings(read.blocks, marks)
    for at, block in enumerate(read.blocks):
        if isinstance(block, Grid):
            if not read.listed.holds(block):
                for key in sorted(marks.read(block)):
                    yield TableMark(key, block.where)
        elif isinstance(block, Paragraph) and plain(block.text) in titles:
            continue
        elif at not in headings:
            yield block


def _headings(blocks: Sequence[Block], reader: Reader) -> set[int]:
    """Which paragraphs are headings of a table: those in a row above or below a grid."""
    found: set[int] = set()
    for order in (range(len(blocks)), range(len(blocks) - 1, -1, -1)):
        beside = False
        for at in order:
            block = blocks[at]
            below = blocks[at + 1] if at + 1 < len(blocks) else None
            # A label whose numbers were not understood stays with them.
            label = isinstance(below, Paragraph) and is_number(below.text)
            if beside and isinstance(block, Paragraph) and not label:
                beside = reader.labels.is_heading(block.text)
                if beside:
                    found.add(at)
            else:
                beside = isinstance(block, Grid)
    return found
