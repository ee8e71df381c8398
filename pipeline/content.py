"""A content file read with its agency and form: one report, as values.

Reading gives a report and findings side by side: what does not fit the form is left out of the
report, so that a draft can show the rest.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import forms, schema, source, tables
from pipeline.errors import ContentError, UsageError
from pipeline.document import Origin
from pipeline.findings import Finding, Place
from pipeline.forms import Form, Section
from pipeline.prose import Reference
from pipeline.signature import Kind as SignatureKind
from pipeline.source import Source
from pipeline.tables import TableValues, Value

KeyPath = tuple[str | int, ...]

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
    """A part of a section: heading, prose, and parts of its own."""

    heading: str
    text: str
    path: KeyPath
    prescribed: bool = False
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True)
class SectionContent:
    """What an office says in one section of the form."""

    section: Section
    heading: str
    before: str
    after: str
    parts: tuple[Part, ...]
    table: TableValues | None


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

    def value(self, path: str) -> Value | None:
        """What stands at the path of a cell, or at `year`; None where there is no such path."""
        if path == "year":
            return self.year
        for content in self.sections:
            if content.table and path in content.table.cells:
                return content.table[path]
        return None

    def place(self, path: KeyPath) -> Place:
        """Where a key path stands in the content file."""
        return self.source.place(path)

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
            key = content.section.key
            yield (key, "before" if content.section.table else "text"), content.before
            yield from _prose(content.parts)
            yield (key, "after"), content.after


def _prose(parts: tuple[Part, ...]) -> Iterator[tuple[KeyPath, str]]:
    for part in parts:
        yield part.path if part.prescribed else (*part.path, "text"), part.text
        yield from _prose(part.parts)


def read(
    path: Path, all_forms: tuple[Form, ...], shown_as: str | None = None
) -> tuple[Report, list[Finding]]:
    """The report in a content file, and everything in it that does not fit its form.

    Raises:
        ContentError: it is no TOML, or has no year or agency to build anything from.
        FileProblem: a file cannot be read.
        UsageError: no form is known for the year, or by the name given.
    """
    content = source.read(path, shown_as)
    values = content.values
    year, name = values.get("year"), values.get("form")
    if not isinstance(year, int) or isinstance(year, bool):
        finding = Finding(schema.MISSING, content.place(("year",)), "缺少报告年度：year。")
        raise ContentError("缺少报告年度。", [finding])
    form = _form(content, all_forms, year, name if isinstance(name, str) else None)
    findings = schema.validate(form, content)
    misfits = {f.place.path for f in findings if f.rule is not schema.MISSING}
    agency_source, agency_values = content, values.get("agency")
    if agency_values is None:
        beside = path.parent / "agency.toml"
        if not beside.is_file():
            raise ContentError(
                f"找不到机关信息：{beside}。",
                [Finding(schema.MISSING, content.place(()), "没有 [agency] 表，旁边也没有 agency.toml。",
                         "请在同一文件夹中写 agency.toml。")],
            )  # fmt: skip
        shown = str(Path(shown_as).with_name(beside.name)) if shown_as else None
        agency_source = source.read(beside, shown)
        agency_values = agency_source.values
        findings += schema.problems(schema.AgencyModel, agency_source, agency_values)
    kept = _without(values, misfits)
    agency = _agency(
        agency_values if isinstance(agency_values, Mapping) else {},
        ("agency",) if agency_source is content else (),
    )
    if agency is None:
        raise ContentError("机关信息不完整。", findings)
    report = Report(
        source=content,
        agency_source=agency_source,
        form=form,
        agency=agency,
        year=year,
        date=kept.get("date"),
        sample=kept.get("sample") is True,
        title=kept.get("title"),
        preface=kept.get("preface", ""),
        sections=tuple(_section(section, kept.get(section.key, {})) for section in form.sections),
        accepted=tuple(
            Accepted(entry["code"], entry.get("path", ""), entry["reason"], ("accepted", index))
            for index, entry in enumerate(kept.get("accepted", []))
            if "code" in entry and "reason" in entry
        ),
    )
    return report, findings


def unreferable(report: Report, reference: Reference) -> str | None:
    """Why a reference cannot be resolved, in a word for the finding; None where it can."""
    value = report.value(reference.path)
    if value is None:
        return "unknown"
    return "empty" if isinstance(value, str) else None


def _form(content: Source, all_forms: tuple[Form, ...], year: int, name: str | None) -> Form:
    try:
        return forms.choose(all_forms, year, name)
    except UsageError as error:
        place = content.place(("form",) if name else ("year",))
        finding = Finding(schema.RANGE, place, error.message, error.hint)
        raise ContentError(error.message, [finding], error.hint) from error


def _agency(values: Mapping[str, Any], path: KeyPath) -> Agency | None:
    name, kind = values.get("name"), values.get("signature")
    if not isinstance(name, str) or not name or kind not in tuple(SignatureKind):
        return None
    title_name, diameter = values.get("title_name"), values.get("seal_diameter")
    return Agency(
        name=name,
        own_title_name=title_name if isinstance(title_name, str) else None,
        signature=SignatureKind(kind),
        seal_diameter=float(diameter if isinstance(diameter, int | Decimal) else DIAMETER),
        path=path,
    )


def _section(section: Section, values: Mapping[str, Any]) -> SectionContent:
    prescribed = tuple(
        Part(part.heading, values[part.key], (section.key, part.key), prescribed=True)
        for part in section.parts
        if isinstance(values.get(part.key), str)
    )
    return SectionContent(
        section=section,
        heading=values.get("heading") or section.heading,
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
            parts=_parts(value.get("parts", []), (*path, index, "parts")),
        )
        for index, value in enumerate(values)
    )


def _without(values: Any, paths: set[str], here: str = "") -> Any:  # noqa: ANN401
    """`values` without what stands at the dotted `paths`: a blank where it stood in an array."""
    if isinstance(values, dict):
        return {
            key: _without(value, paths, f"{here}.{key}".lstrip("."))
            for key, value in values.items()
            if f"{here}.{key}".lstrip(".") not in paths
        }
    if isinstance(values, list):
        return [
            tables.BLANK
            if f"{here}.{index}" in paths
            else _without(value, paths, f"{here}.{index}")
            for index, value in enumerate(values)
        ]
    return values
