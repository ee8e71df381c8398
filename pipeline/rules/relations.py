"""勾稽关系 within a report: stated totals against sums, and the equations of the form."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.content.report import Report
from pipeline.findings import Finding, Rule, Severity, quoted
from pipeline.form.tables import Cell, Equation, TableValues, Value, add, printed
from pipeline.rules.dossier import Dossier

STATED = Rule(
    "NB301",
    Severity.ERROR,
    "总计与各项之和不符",
    "请核对各项和总计；总计可以不填，由程序计算。",
    acceptable=True,
    about="总计是填上去的，不等于各项相加的和。列出总计和各项的位置。",
)
RELATION = Rule(
    "NB302",
    Severity.ERROR,
    "勾稽关系不成立",
    "请逐项核对：多半是结转的件数漏填，或一件申请填了两行。",
    acceptable=True,
    about="格式规定的等式，逐列（逐行）核对。表三是：第一项加第二项之和，等于第三项加第四项之和。"
    "等式里有空格的不核对。",
)
NEARLY = Rule(
    "NB307",
    Severity.WARNING,
    "几个数只差一点就合得上",
    "请核对是否填错了栏，或算错了数；确属巧合的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="2019、2020 年格式的表二：上一年项目数量加本年增减，与处理决定数量"
    "相差不到 1％，而又不等。",
)
RULES = (STATED, RELATION, NEARLY)

_NEAR = Decimal("0.01")


def relations(dossier: Dossier) -> Iterator[Finding]:
    """Stated totals that differ from the sum, and equations of the form that do not hold."""
    report = dossier.report
    for content in report.sections:
        table, values = content.section.table, content.table
        if table is None or values is None:
            continue
        for path, cell in values.cells.items():
            if cell.derived and path in values.entered:
                yield from _stated(report, values, cell)
        for equation in values.equations(table):
            if not equation.previous:
                rule = NEARLY if equation.relation.nearly else RELATION
                yield from unequal(report, values, equation, rule)


def unequal(
    report: Report,
    values: TableValues,
    equation: Equation,
    rule: Rule,
    previous: Sequence[Value] = (),
) -> Iterator[Finding]:
    """An equation whose sides differ, as a finding of `rule`; nothing where a term is no number.

    `previous` are its terms of the year before.
    """
    left, right, less = (
        add([values[cell.path] for cell in side])
        for side in (equation.left, equation.right, equation.minus)
    )
    before = add(previous)
    if any(isinstance(side, str) for side in (left, right, less, before)):
        return
    right = Decimal(right) + Decimal(before) - Decimal(less)
    if left != right and (not equation.relation.nearly or _near(Decimal(left), right)):
        first, *others = (*equation.left, *equation.right, *equation.minus)
        yield Finding(
            rule,
            report.cell_place(values, first),
            f"{_named(equation)}{equation.relation.text}，现在前者为 {printed(left)}，"
            f"后者为 {printed(right)}。",
            related=tuple(report.cell_place(values, cell) for cell in others),
        )


def _near(one: Decimal, other: Decimal) -> bool:
    """Whether two numbers differ by less than a hundredth."""
    return abs(one - other) < _NEAR * max(abs(one), abs(other))


def _named(equation: Equation) -> str:
    """The column or row that an equation stands in; nothing for the row of a row-less block."""
    line = "列" if equation.relation.along == "columns" else "行"
    return f"{quoted(equation.place)}{line}：" if equation.place else ""


def _stated(report: Report, values: TableValues, cell: Cell) -> Iterator[Finding]:
    stated, computed = values[cell.path], values.computed(cell.path)
    if not isinstance(stated, str) and not isinstance(computed, str) and stated != computed:
        yield Finding(
            STATED,
            report.cell_place(values, cell),
            f"{quoted(cell.label)}写的是 {printed(stated)}，各项之和是 {printed(computed)}。",
            related=tuple(report.cell_place(values, term) for term in values.terms(cell)),
        )
