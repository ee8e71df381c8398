"""A report against the one of the year before: relations between years, and jumps."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from pipeline.content.report import Report
from pipeline.findings import Finding, Place, Rule, Severity, quoted
from pipeline.form.tables import Cell, Equation, Line, TableValues, Value, printed
from pipeline.rules.dossier import Dossier
from pipeline.rules.relations import unequal

BROKEN = Rule(
    "NB304",
    Severity.ERROR,
    "与上年的数字接不上",
    "请与上年的年报逐项核对；上年的数字有误的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="同一文件夹里有上年的内容文件时才比较：上年结转应等于上年年报的结转下年度，"
    "现行有效应等于上年的现行有效加制发减废止。",
)
JUMP = Rule(
    "NB305",
    Severity.WARNING,
    "与上年相差五倍以上",
    "请核对；属实的，请在文字中说明原因，或用 [[accepted]] 写明理由。",
    acceptable=True,
    about="比较每行的总计，没有总计的比较每格。一年比另一年的五倍还多，就列出来；"
    "有一年是 0 的不比较。",
)
RENAMED = Rule(
    "NB306",
    Severity.WARNING,
    "机关名称与上年不同",
    "请核对名称；机关确已更名的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="同一文件夹里有上年的内容文件时，比较两年的机关全称。",
)
RULES = (BROKEN, JUMP, RENAMED)

_FACTOR = 5


def years(dossier: Dossier) -> Iterator[Finding]:
    """What does not follow from the report of the year before; nothing where there is none."""
    report, earlier = dossier.report, dossier.earlier
    if earlier is None:
        return
    yield from _renamed(report, earlier)
    for content in report.sections:
        table, values = content.section.table, content.table
        if table is None or values is None:
            continue
        for equation in values.equations(table):
            if equation.previous and (previous := _previous(earlier, equation)):
                for found in unequal(report, values, equation, BROKEN, previous):
                    there = (_place(earlier, cell) for cell in equation.previous)
                    yield replace(found, related=(*found.related, *there))
        for line in values.lines:
            if not line.own:
                yield from _jumps(report, earlier, values, line)


def _renamed(report: Report, earlier: Report) -> Iterator[Finding]:
    name, before = report.agency.name, earlier.agency.name
    if name != before:
        place = report.agency_source.place((*report.agency.path, "name"))
        related = earlier.agency_source.place((*earlier.agency.path, "name"))
        message = f"本年写的是“{name}”，上年写的是“{before}”。"
        yield Finding(RENAMED, place, message, related=(related,))


def _previous(earlier: Report, equation: Equation) -> list[Value]:
    """The terms of the year before; none where its form lacks one of them."""
    terms = [earlier.value(cell.path) for cell in equation.previous]
    known = [value for value in terms if value is not None]
    return known if len(known) == len(terms) else []


def _jumps(report: Report, earlier: Report, values: TableValues, line: Line) -> Iterator[Finding]:
    totals = [cell for cell in line.cells if cell.column.node.sum]
    for cell in totals or line.cells:
        now, before = values[cell.path], earlier.value(cell.path)
        if isinstance(now, str) or isinstance(before, str) or not (now and before):
            continue
        small, large = sorted((abs(Decimal(now)), abs(Decimal(before))))
        if large > _FACTOR * small:
            message = f"{quoted(cell.label)}本年是 {printed(now)}，上年是 {printed(before)}。"
            place = report.cell_place(values, cell)
            yield Finding(JUMP, place, message, related=(_place(earlier, cell),))


def _place(earlier: Report, cell: Cell) -> Place:
    values = next(c.table for c in earlier.sections if c.table and cell.path in c.table.cells)
    return earlier.cell_place(values, values.cells[cell.path])
