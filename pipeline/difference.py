"""Two reports compared: what is told of them, the cells of their tables, their prose."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import groupby

from pipeline.composition.compose import compose
from pipeline.content.report import Report, SectionContent
from pipeline.document import Annex, Element, Heading, Paragraph
from pipeline.findings import Place
from pipeline.form.rows import OwnRow
from pipeline.form.tables import Cell, TableValues, Value, printed
from pipeline.form.wording import core, plain
from pipeline.sentences import Change, changes, sentences


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: where (in words), what stood and what stands, and the places.

    `kind` is "head", "cell", "row", "sentence" or "section"; a value of None: only the other
    report has it. `by` is the difference of two numbers.
    """

    kind: str
    section: str
    name: str
    old: str | None
    new: str | None
    by: str = ""
    old_place: Place | None = None
    new_place: Place | None = None

    def as_json(self) -> dict[str, object]:
        """As `diff --format json` prints it."""
        return asdict(self)


def differences(old: Report, new: Report) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the form."""
    prose = _prose(old), _prose(new)
    made = [*_heads(old, new), *_sentences(prose[0].pop("", []), prose[1].pop("", []), "")]
    sections = {_name(each): each for each in old.sections}
    others = {_name(each): each for each in new.sections}
    for name in dict.fromkeys((*others, *sections)):
        one, other = sections.get(name), others.get(name)
        title = other.heading if other else one.heading if one else ""
        if one is None or other is None:
            shown = title if one else None, title if other else None
            made.append(Difference("section", title, title, *shown))
        else:
            made += _headings(old, one, new, other)
            made += _cells(old, one, new, other)
        made += _sentences(prose[0].get(name, []), prose[1].get(name, []), title)
    return tuple(made)


def _heads(old: Report, new: Report) -> Iterator[Difference]:
    year = str(new.year)  # a title that follows the year is no change of its own
    facts: list[tuple[str, tuple[str, ...], str, str]] = [
        ("年度", ("year",), str(old.year), str(new.year)),
        ("格式", ("form",), old.form.title, new.form.title),
        ("标题", ("title",), compose(old).title.replace(str(old.year), year), compose(new).title),
        ("成文日期", ("date",), str(old.date or ""), str(new.date or "")),
        ("机关", ("agency",), old.agency.name, new.agency.name),
        ("样例", ("sample",), "是" if old.sample else "否", "是" if new.sample else "否"),
    ]
    for name, path, one, other in facts:
        if one != other:
            yield Difference(
                "head", "", name, one, other, "", old.place(path), new.place(path)
            )  # fmt: skip


def _headings(
    old: Report, one: SectionContent, new: Report, other: SectionContent
) -> Iterator[Difference]:
    if one.heading != other.heading:
        places = old.place((*one.path, "heading")), new.place((*other.path, "heading"))
        yield Difference("head", other.heading, "标题", one.heading, other.heading, "", *places)


def _name(content: SectionContent) -> str:
    """What a section is known by: its key; one of the office's own, by its heading."""
    own = content.path[0] != content.section.key
    return f"{core(content.heading)}" if own else content.section.key


def _cells(
    old: Report, one: SectionContent, new: Report, other: SectionContent
) -> Iterator[Difference]:
    """Cells that both tables have, entered ones first; then rows that only one of them has."""
    before, after = _by_label(one.table), _by_label(other.table)
    both = [key for key in after if key in before]
    for key in sorted(both, key=lambda key: after[key].derived):
        first, second = before[key], after[key]
        was, now = _value(one.table, first), _value(other.table, second)
        if printed(was) != printed(now):
            yield Difference(
                "cell", other.heading, second.label, printed(was), printed(now), _by(was, now),
                old.place(_origin(one.table, first)), new.place(_origin(other.table, second)),
            )  # fmt: skip
    for only, table, report, heading in (
        ([before[key] for key in before if key not in after], one.table, old, one.heading),
        ([after[key] for key in after if key not in before], other.table, new, other.heading),
    ):
        for row, cells in groupby(only, key=_row_name):
            own = list(cells)
            shown = "、".join(printed(_value(table, cell)) or "空" for cell in own)
            place = report.place(_origin(table, own[0]))
            if report is old:
                yield Difference("row", heading, row, shown, None, "", place)
            else:
                yield Difference("row", heading, row, None, shown, "", None, place)


def _by_label(table: TableValues | None) -> dict[tuple[str, ...], Cell]:
    """The cells of a table by what they mean: key path and labels, or the labels of own rows."""
    made: dict[tuple[str, ...], Cell] = {}
    for path, cell in (table.cells if table else {}).items():
        labels = tuple(plain(label) for label in cell.labels)
        own = cell.row is not None and isinstance(cell.row.node, OwnRow)
        key = labels if own else (path, *labels)
        while key in made:
            key = (*key, "")
        made[key] = cell
    return made


def _row_name(cell: Cell) -> str:
    return cell.row.node.label if cell.row else cell.label


def _value(table: TableValues | None, cell: Cell) -> Value:
    return table[cell.path] if table else ""


def _origin(table: TableValues | None, cell: Cell) -> tuple[str | int, ...]:
    return table.origins[cell.path] if table else ()


def _by(one: Value, other: Value) -> str:
    if isinstance(one, str) or isinstance(other, str):
        return ""
    return f"{Decimal(other) - Decimal(one):+f}"


def _prose(report: Report) -> dict[str, list[str]]:
    """The sentences of each section, as printed; what stands before the sections, under ""."""
    document = compose(report)
    made: dict[str, list[str]] = {"": []}
    body = [each for each in report.sections if not each.section.annex]
    names = iter([_name(each) for each in body])
    here = ""
    for element in document.elements:
        if isinstance(element, Heading) and element.level == 1:
            here = next(names)
            made.setdefault(here, [])
        else:
            made[here] += _texts(element)
    for content, annex in zip(
        (each for each in report.sections if each.section.annex), document.annexes, strict=True
    ):
        made[_name(content)] = _annex_texts(annex)
    return made


def _annex_texts(annex: Annex) -> list[str]:
    return [text for element in annex.elements for text in _texts(element)]


def _texts(element: Element) -> list[str]:
    match element:
        case Heading(_, run):
            return [run.text]
        case Paragraph(runs) if not element.apart:
            return sentences("".join(run.text for run in runs))
        case _:
            return []


def _sentences(old: list[str], new: list[str], section: str) -> Iterator[Difference]:
    for change in changes(old, new):
        yield Difference("sentence", section, "", change.old or None, change.new or None)


def change_of(difference: Difference) -> Change:
    """The change of a sentence, to be marked."""
    return Change(difference.old or "", difference.new or "")


def counted(found: tuple[Difference, ...]) -> Mapping[str, int]:
    """How many differences of each kind there are."""
    kinds = ("head", "section", "cell", "row", "sentence")
    return {kind: sum(each.kind == kind for each in found) for kind in kinds}
