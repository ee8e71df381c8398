"""Report × form → document: the title, the prose, and every table as a grid of cells."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.composition.tabulate import grid
from pipeline.content.prose import Reference, paragraphs
from pipeline.content.report import Part, Report, SectionContent, unreferable
from pipeline.counting import spelled
from pipeline.document import (
    Annex,
    Document,
    Element,
    Heading,
    Origin,
    Paragraph,
    Run,
    Signature,
    Title,
)
from pipeline.form.forms import TITLE_FIELD
from pipeline.form.tables import Value, printed

CHINESE = "中文"
FORMATS = ("", CHINESE)
"""What may stand behind the `|` of a reference."""

ANNEX = "附件"
SAMPLE, DRAFT = "样例", "送审稿"


def compose(report: Report, *, draft: bool = False, tables: bool = True) -> Document:
    """The document of a report, or its text alone, without `tables`.

    In a draft, a reference that leads nowhere stays as written.
    """
    words = _title(report)
    elements: list[Element] = [Title(words), *_prose(report, report.preface, ("preface",))]
    annexes = tuple(_annexes(report, tables=tables))
    for content in report.sections:
        if not content.section.annex:
            elements += (Heading(1, _heading(content)), *_body(report, content, tables=tables))
    elements += _announced(annexes)
    return Document(
        title="".join(word.text for word in words),
        elements=tuple(elements),
        annexes=annexes,
        signature=Signature(
            report.agency.signature,
            Run(report.agency.name, Origin((*report.agency.path, "name"), file="agency")),
            report.agency.seal_diameter,
        ),
        mark="　".join([DRAFT] * draft + [SAMPLE] * report.sample),
    )


def _title(report: Report) -> tuple[Run, ...]:
    if report.title:
        return (Run(report.title, Origin(("title",))),)
    agency = report.agency
    names = {"agency": agency.title_name, "year": str(report.year)}
    origins = {
        "agency": Origin((*agency.path, agency.title_key), file="agency"),
        "year": Origin(("year",)),
    }

    def filled(word: str) -> Run:
        fields = TITLE_FIELD.findall(word)
        origin = next((origins[field] for field in origins if field in fields), None)
        return Run(TITLE_FIELD.sub(lambda field: names[field[1]], word), origin)

    return tuple(filled(word) for word in report.form.report_title)


def _annexes(report: Report, *, tables: bool) -> Iterator[Annex]:
    contents = [content for content in report.sections if content.section.annex]
    for number, content in enumerate(contents, 1):
        label = Run(ANNEX + (str(number) if len(contents) > 1 else ""))
        body = tuple(_body(report, content, tables=tables))
        yield Annex(label, Title((_heading(content),)), body)


def _announced(annexes: Sequence[Annex]) -> Iterator[Paragraph]:
    """The names of the annexes, a blank line below the text (GB/T 9704-2012, 7.3.4)."""
    for number, annex in enumerate(annexes, 1):
        before = f"{ANNEX}：" if number == 1 else "\u3000" * 3
        count = f"{number}." if len(annexes) > 1 else ""
        lead = Run(before + count)
        yield Paragraph((lead, *annex.title.words), apart=number == 1, hanging=True)


def _heading(content: SectionContent) -> Run:
    origin = Origin((*content.path, "heading")) if content.own_heading else None
    return Run(content.heading, origin)


def _body(report: Report, content: SectionContent, *, tables: bool) -> Iterator[Element]:
    table = content.section.table
    yield from _prose(report, content.before, content.text_path)
    if tables and table and content.table and content.table.cells:
        yield grid(table, content.table)
    yield from _parts(report, content.parts, 2)
    yield from _prose(report, content.after, (*content.path, "after"))


def _parts(report: Report, parts: Sequence[Part], level: int) -> Iterator[Element]:
    for part in parts:
        origin = None if part.prescribed else Origin((*part.path, "heading"))
        path = part.path if part.prescribed else (*part.path, "text")
        prose = _prose(report, part.text, path)
        if part.run_in and prose:
            heading = Run(part.heading, origin, bold=True)
            prose = [replace(prose[0], runs=(heading, *prose[0].runs)), *prose[1:]]
        elif part.heading:
            yield Heading(min(level, 4), Run(part.heading, origin))
        yield from prose
        yield from _parts(report, part.parts, level + 1)


def _prose(report: Report, text: str, path: tuple[str | int, ...]) -> list[Paragraph]:
    def resolve(reference: Reference) -> str:
        if unreferable(report, reference) or reference.format not in FORMATS:
            return reference.source
        value = report.value(reference.path)
        return written(value if value is not None else "", reference.format)

    return paragraphs(text, path, resolve)


def written(value: Value, style: str) -> str:
    """A number as prose writes it: in digits, or in Chinese numerals (4 → 四)."""
    if style == CHINESE and not isinstance(value, str):
        return spelled(printed(value).removeprefix("+"))
    return printed(value)
