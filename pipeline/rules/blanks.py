"""Cells that say nothing, and numbers that an office cannot have."""

from collections.abc import Iterator
from itertools import groupby

from pipeline.content.report import Report
from pipeline.findings import Finding, Rule, Severity, quoted
from pipeline.form.tables import Cell, Line, TableValues
from pipeline.rules.dossier import Dossier

_NOT_APPLICABLE = "不适用"
_SEVERAL = 3
"""Rows without any number from which they are told together."""
UNFILLED = Rule(
    "NB308",
    Severity.ERROR,
    "申请、复议、诉讼的表有空着的格",
    '没有的填 0；不适用的，填 "不适用"；照录旧年报的，用 [[accepted]] 写明理由。',
    acceptable=True,
    about="收到和处理申请情况、行政复议和行政诉讼情况这两张表，每格都要有数："
    "空着，或写“/”“-”“无”，都不行。",
)
BLANK = Rule(
    "NB309",
    Severity.WARNING,
    "表格有空着的格",
    '没有的填 0；不适用的，填 "不适用"。',
    acceptable=True,
    about="主动公开情况的表。由机关自己列行的统计表不查。",
)
BARRED = Rule(
    "NB310",
    Severity.WARNING,
    "本机关没有这项职权",
    "请核对是否填错了行；本机关没有的填 0。",
    acceptable=True,
    about="格式文件写明哪些机关没有这一行的职权：乡镇、街道和县不能制定规章（《立法法》），"
    "应填 0。",
)
WORDED = Rule(
    "NB314",
    Severity.WARNING,
    "格里的数写成了文字",
    "请只填数字，去掉引号和单位；单位与表头不同的，请先换算。",
    acceptable=True,
    about="数字带着单位或说明，只能按文字印，不能参与计算和核对。",
)
RULES = (UNFILLED, BLANK, BARRED, WORDED)


def blanks(dossier: Dossier) -> Iterator[Finding]:
    """Cells without a number, line by line; totals that are computed are not looked at."""
    report = dossier.report
    for content in report.sections:
        table, values = content.section.table, content.table
        if table is None or values is None or table.own_rows:
            continue
        told = [(line, _told(report, values, line)) for line in values.lines]
        unwritten = [
            line
            for line, empty in told
            if len(empty) == len(line.entered)
            and not any(str(values.entered[cell.path]).strip() for cell in empty)
        ]
        several = len(unwritten) >= _SEVERAL
        if several:
            rule = UNFILLED if table.complete else BLANK
            yield _rows(report, values, content.heading, unwritten, rule)
        for line, empty in told:
            if not (several and line in unwritten):
                yield from _line(report, values, line, empty, complete=table.complete)


def _told(report: Report, values: TableValues, line: Line) -> list[Cell]:
    return [cell for cell in line.cells if _empty(report, values, cell)]


def _rows(
    report: Report, values: TableValues, heading: str, unwritten: list[Line], rule: Rule
) -> Finding:
    """Rows of which nothing is filled in yet, as one finding: a new file has many."""
    place, *related = (
        report.cell_place(values, cell) for line in unwritten for cell in line.entered
    )
    names = "、".join(quoted(line.label) for line in unwritten[:_SEVERAL])
    message = f"{quoted(heading)}的表有 {len(unwritten)} 行没有填：{names}等。"
    return Finding(rule, place, message, related=tuple(related))


def _line(
    report: Report, values: TableValues, line: Line, empty: list[Cell], *, complete: bool
) -> Iterator[Finding]:
    worded = [cell for cell in empty if _worded(values, cell)]
    if complete and empty:
        yield _found(report, values, line, empty, UNFILLED)
        return
    if bare := [cell for cell in empty if cell not in worded]:
        yield _found(report, values, line, bare, BLANK)
    if worded:
        yield _found(report, values, line, worded, WORDED)


def _empty(report: Report, values: TableValues, cell: Cell) -> bool:
    """Whether the office wrote a text or a blank there: what does not fit is found elsewhere."""
    if cell.path not in values.entered or values.entered[cell.path] == _NOT_APPLICABLE:
        return False
    given = report.given(values.origins[cell.path])
    return isinstance(given, str) and given == values.entered[cell.path]


def _worded(values: TableValues, cell: Cell) -> bool:
    return any(char.isdecimal() for char in str(values.entered[cell.path]))


def _found(
    report: Report, values: TableValues, line: Line, empty: list[Cell], rule: Rule
) -> Finding:
    said = [(values.entered[cell.path], cell) for cell in empty]
    parts = []
    for value, group in groupby(said, key=lambda each: each[0]):
        names = "、".join(cell.column.labels[-1] for _, cell in group)
        how = f"写着“{value}”" if str(value).strip() else "空着"
        parts.append(how if line.scalar else f"{names}{how}")
    place, *related = (report.cell_place(values, cell) for cell in empty)
    return Finding(rule, place, f"{quoted(line.label)}{'，'.join(parts)}。", related=tuple(related))


def barred(dossier: Dossier) -> Iterator[Finding]:
    """Numbers in rows that an office of this kind has nothing to count in."""
    report = dossier.report
    for content in report.sections:
        values = content.table
        for line in values.lines if values else ():
            row = line.cells[0].row
            rule = row.node.barred if row else None
            if values is None or rule is None:
                continue
            wrong = [cell for cell in line.cells if _counts(values, cell)]
            if wrong and report.agency.name.endswith(rule.agencies):
                place, *related = (report.cell_place(values, cell) for cell in wrong)
                numbers = "、".join(f"{c.column.labels[-1]} {values[c.path]}" for c in wrong)
                message = (
                    f"{report.agency.name}{rule.why}，{quoted(line.label)}一行却有：{numbers}。"
                )
                yield Finding(BARRED, place, message, related=tuple(related))


def _counts(values: TableValues, cell: Cell) -> bool:
    value = values[cell.path]
    return not isinstance(value, str) and value != 0
