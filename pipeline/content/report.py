"""A content file read with its agency and form: one report, as values.

Reading gives a report and findings side by side: what does not fit the form is left out of the
report, so that a draft can show the rest.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.content import approvals, misfits, schema
from pipeline.content.approvals import Approval
from pipeline.content.keys import meant, title_of
from pipeline.content.prose import Reference
from pipeline.document import Origin
from pipeline.errors import ContentError, FileProblem, UsageError
from pipeline.findings import Finding, Place
from pipeline.form import forms, rows, tables
from pipeline.form.forms import Form, Section
from pipeline.form.tables import Cell, TableValues, Value
from pipeline.project import AGENCY_FILE
from pipeline.signature import Kind as SignatureKind
from pipeline.tomlfile import source
from pipeline.tomlfile.positions import KeyPath, dotted
from pipeline.tomlfile.source import Source, WordForKey

DIAMETER = 42
"""Of a seal, in mm, where the agency does not say."""


@dataclass(frozen=True)
class Agency:
    """The office that reports; `path` is where it stands in its file."""

    name: str
    own_title_name: str | None
    signature: SignatureKind
    seal_diameter: float
    path: KeyPath

    @property
    def title_name(self) -> str:
        """Its name as the title gives it."""
        return self.own_title_name or self.name

    @property
    def title_key(self) -> str:
        """The key that holds that name."""
        return "title_name" if self.own_title_name else "name"


@dataclass(frozen=True)
class Part:
    """A part of a section: its heading, which may run into the prose, and parts of its own."""

    heading: str
    text: str
    path: KeyPath
    prescribed: bool = False
    run_in: bool = False
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True)
class SectionContent:
    """What an office says in one section, its own or one of the form; `path` is its table."""

    section: Section
    path: KeyPath
    own_heading: str | None
    before: str
    after: str
    parts: tuple[Part, ...]
    table: TableValues | None

    @property
    def heading(self) -> str:
        """Its heading: the office's own, else that of the form."""
        return self.own_heading or self.section.heading

    @property
    def text_path(self) -> KeyPath:
        """Where the prose stands that comes first."""
        return (*self.path, "before" if self.section.table else "text")


@dataclass(frozen=True)
class Accepted:
    """A finding that the office stands by; without a path, wherever it is found."""

    code: str
    path: str
    reason: str
    at: KeyPath


@dataclass(frozen=True)
class Report:
    """One year's report of one office."""

    source: Source
    agency_source: Source
    form: Form
    agency: Agency
    year: int
    date: dt.date | None
    sample: bool
    title: str | None
    preface: str
    sections: tuple[SectionContent, ...]
    accepted: tuple[Accepted, ...]
    approvals: tuple[Approval, ...]

    def value(self, path: str) -> Value | None:
        """What stands at the path of a cell, or at `year`; None where there is no such path."""
        if path == "year":
            return self.year
        for content in self.sections:
            if content.table and path in content.table.cells:
                return content.table[path]
        return None

    def given(self, path: KeyPath) -> Any:  # noqa: ANN401
        """What the content file has at a key path, whether it fits or not; None for nothing."""
        return tables.given(self.source.values, path)

    def place(self, path: KeyPath) -> Place:
        """Where a key path stands in the content file."""
        return self.source.place(path)

    def cell_place(self, values: TableValues, cell: Cell) -> Place:
        """Where a cell stands in the content file; a total that is not stated, by its terms."""
        return self.place(values.origins[cell.path])

    def locate(self, origin: Origin | None, index: int = 0) -> Place:
        """Where a character of the document comes from; the form's own text, in the form."""
        if origin is None:
            return Place(self.form.file, 1, 1, "")
        source = self.agency_source if origin.file == "agency" else self.source
        return source.inside(origin.path, origin.offset + index)

    def prose(self) -> Iterator[tuple[KeyPath, str]]:
        """Every field of prose, with its key path, in reading order."""
        yield ("preface",), self.preface
        for content in self.sections:
            yield content.text_path, content.before
            yield from _prose(content.parts)
            yield (*content.path, "after"), content.after


def _prose(parts: tuple[Part, ...]) -> Iterator[tuple[KeyPath, str]]:
    for part in parts:
        yield part.path if part.prescribed else (*part.path, "text"), part.text
        yield from _prose(part.parts)


def read(
    path: Path, all_forms: tuple[Form, ...], shown_as: str | None = None
) -> tuple[Report, list[Finding]]:
    """The report in a content file, and everything in it that does not fit its form.

    Raises:
        ContentError: it is no TOML, or has no year, form or agency to make a report of.
        FileProblem: a file cannot be read.
    """
    content = _source(path, all_forms, shown_as)
    form, unfit = _form(content, all_forms)
    kept, found = fitting(content, form) if not unfit else (content.values, unfit)
    agency, wrong = _agency(content, kept, path, shown_as)
    found += wrong
    if unfit or "year" not in kept or agency is None:
        message = f"{content.file} 有 {len(found)} 处错误，无法继续检查。"
        raise ContentError(message, sorted(found, key=lambda finding: finding.place))
    report = Report(
        source=content,
        agency_source=agency.source,
        form=form,
        agency=agency.agency,
        year=int(kept["year"]),
        date=kept.get("date"),
        sample=kept.get("sample", False),
        title=kept.get("title"),
        preface=kept.get("preface", ""),
        sections=(
            *_own_sections(form, kept.get(schema.OWN, [])),
            *(_section(section, kept.get(section.key, {})) for section in form.sections),
        ),
        accepted=tuple(
            Accepted(entry["code"], entry.get("path", ""), entry["reason"], ("accepted", index))
            for index, entry in enumerate(kept.get("accepted", []))
            if "code" in entry and "reason" in entry
        ),
        approvals=approvals.listed(kept),
    )
    return report, [*found, *_blanks(report)]


def _blanks(report: Report) -> Iterator[Finding]:
    """Texts that the content file gives, and that say nothing; of what must be said, elsewhere."""
    told = {content.text_path for content in report.sections if content.section.substantial}
    for path, text in report.prose():
        if path not in told and not text.strip() and isinstance(report.given(path), str):
            title = title_of(schema.model(report.form), path) or " "
            message = f"{dotted(path)}{title}是空的。"
            yield Finding(misfits.BLANK, report.place(path), message)


def read_values(
    path: Path, all_forms: tuple[Form, ...], shown_as: str | None = None
) -> tuple[Form, dict[str, Any], list[Finding]]:
    """The form and the values of a content file, whatever its agency is; and what does not fit.

    Raises:
        ContentError: it is no TOML, or no form is known for it.
        FileProblem: the file cannot be read.
    """
    content = _source(path, all_forms, shown_as)
    form, unfit = _form(content, all_forms)
    if unfit:
        raise ContentError(unfit[0].message, unfit, unfit[0].hint)
    return form, *fitting(content, form)


def _source(path: Path, all_forms: tuple[Form, ...], shown_as: str | None) -> Source:
    """The file; of a Chinese word in the place of a key, the error says which is meant."""
    try:
        return source.read(path, shown_as)
    except WordForKey as error:
        newest = sorted(all_forms, key=lambda form: form.from_year, reverse=True)
        hints = (meant(schema.model(form), error.path) for form in newest)
        hint = next(filter(None, hints), error.hint)
        found = [replace(finding, hint=hint) for finding in error.findings]
        raise ContentError(error.message, found, hint) from error


def fitting(content: Source, form: Form) -> tuple[dict[str, Any], list[Finding]]:
    """The values of a content file that fit its form, and what does not."""
    found = misfits.find(schema.model(form), content, content.values)
    return _without(content.values, {finding.place.path for finding in found}), found


def unreferable(report: Report, reference: Reference) -> str | None:
    """Why a reference cannot be resolved, in a word for the finding; None where it can."""
    value = report.value(reference.path)
    if value is None:
        return "unknown"
    return "empty" if isinstance(value, str) else None


def _form(content: Source, all_forms: tuple[Form, ...]) -> tuple[Form, list[Finding]]:
    """The form of a content file, the newest where it names none; and why there is none."""
    year, name = content.values.get("year"), content.values.get("form")
    newest = max(all_forms, key=lambda form: form.from_year, default=None)
    if newest is None:
        raise FileProblem("没有找到任何格式。", "请用 --layouts 指定格式文件夹，或恢复 layouts/。")
    if (name is None and not schema.is_year(year)) or not isinstance(name, str | None):
        return newest, []  # the model says what is wrong
    try:
        return forms.choose(all_forms, year or 0, name), []
    except UsageError as error:
        place = content.place(("form",) if name else ("year",))
        return newest, [Finding(misfits.RANGE, place, error.message, error.hint)]


class _Found(NamedTuple):
    """An agency with the file it was found in."""

    agency: Agency
    source: Source


def _agency(
    content: Source, kept: Mapping[str, Any], path: Path, shown_as: str | None
) -> tuple[_Found | None, list[Finding]]:
    """The agency of a content file, its own or that beside it, and what is wrong in the latter."""
    if "agency" in content.values:
        return _agency_of(kept.get("agency", {}), content, ("agency",)), []
    beside = path.parent / AGENCY_FILE
    if not beside.is_file():
        place = content.place(("agency",))
        message = f"没有 [agency] 表，旁边也没有 {AGENCY_FILE}。"
        hint = f"请在同一文件夹中写 {AGENCY_FILE}，或在本文件中写 [agency] 表。"
        return None, [Finding(misfits.MISSING, place, message, hint)]
    shown = str(Path(shown_as).with_name(beside.name)) if shown_as else None
    try:
        agency_source = source.read(beside, shown)
    except ContentError as error:
        return None, list(error.findings)
    found = misfits.find(schema.AgencyModel, agency_source, agency_source.values)
    values = _without(agency_source.values, {finding.place.path for finding in found})
    return _agency_of(values, agency_source, ()), found


def _agency_of(values: Mapping[str, Any], source: Source, path: KeyPath) -> _Found | None:
    if not (values.get("name") and values.get("signature")):
        return None
    agency = Agency(
        name=values["name"],
        own_title_name=values.get("title_name"),
        signature=SignatureKind(values["signature"]),
        seal_diameter=float(values.get("seal_diameter", DIAMETER)),
        path=path,
    )
    return _Found(agency, source)


def _own_sections(form: Form, values: list[Mapping[str, Any]]) -> Iterator[SectionContent]:
    """The sections of the office's own, where the form has such."""
    for index, value in enumerate(values if form.own_sections else ()):
        if isinstance(value, Mapping):
            path = (schema.OWN, index)
            section = Section(key=f"section{index + 1}", heading="")
            yield SectionContent(
                section=section,
                path=path,
                own_heading=value.get("heading", ""),
                before=value.get("text", ""),
                after="",
                parts=_parts(value.get("parts", []), (*path, "parts")),
                table=None,
            )


def _section(form_section: Section, values: Mapping[str, Any]) -> SectionContent:
    section = rows.present(form_section, values)
    prescribed = tuple(
        Part(part.heading, values[part.key], (section.key, part.key), prescribed=True)
        for part in section.parts
        if isinstance(values.get(part.key), str)
    )
    return SectionContent(
        section=section,
        path=(section.key,),
        own_heading=values.get("heading"),
        before=values.get("before" if section.table else "text", ""),
        after=values.get("after", ""),
        parts=prescribed + _parts(values.get("parts", []), (section.key, "parts")),
        table=tables.values(section, values) if section.table else None,
    )


def _parts(values: list[Mapping[str, Any]], path: KeyPath) -> tuple[Part, ...]:
    return tuple(
        Part(
            heading=value.get("heading", ""),
            text=value.get("text", ""),
            path=(*path, index),
            run_in=value.get("run_in", False),
            parts=_parts(value.get("parts", []), (*path, index, "parts")),
        )
        for index, value in enumerate(values)
        if isinstance(value, Mapping)
    )


def _without(values: Any, paths: set[str], here: KeyPath = ()) -> Any:  # noqa: ANN401
    """`values` without what stands at the dotted `paths`: a blank where it stood in an array."""
    if isinstance(values, dict):
        return {
            key: _without(value, paths, (*here, key))
            for key, value in values.items()
            if dotted((*here, key)) not in paths
        }
    if isinstance(values, list):
        return [
            tables.BLANK
            if dotted((*here, index)) in paths
            else _without(value, paths, (*here, index))
            for index, value in enumerate(values)
        ]
    return values
