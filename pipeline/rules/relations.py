"""勾稽关系 within a report: stated totals against sums, and the equations of the form."""

from collections.abc import Iterator
from decimal import Decimal

from pipeline.content.report import Report
from pipeline.findings import Finding, Place, Rule, Severity, quoted
from pipeline.form.tables import Cell, Equation, TableValues, add, printed
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
                yield from _broken(report, values, equation)


def _broken(report: Report, values: TableValues, equation: Equation) -> Iterator[Finding]:
    left, right, less = (
        add([values[cell.path] for cell in side])
        for side in (equation.left, equation.right, equation.minus)
    )
    if isinstance(left, str) or isinstance(right, str) or isinstance(less, str):
        return
    right -= less
    if left != right and (not equation.relation.nearly or _near(left, right)):
        first, *others = (*equation.left, *equation.right, *equation.minus)
        yield Finding(
            NEARLY if equation.relation.nearly else RELATION,
            at(report, values, first),
            f"{named(equation)}{equation.relation.text}，现在前者为 {printed(left)}，"
            f"后者为 {printed(right)}。",
            related=tuple(at(report, values, cell) for cell in others),
        )


def _near(one: int | Decimal, other: int | Decimal) -> bool:
    """Whether two numbers differ by less than a hundredth."""
    return abs(Decimal(one) - other) < _NEAR * max(abs(Decimal(one)), abs(Decimal(other)))


def at(report: Report, values: TableValues, cell: Cell) -> Place:
    """Where a cell stands in the content file; for a total that is not stated, its terms' line."""
    return report.place(values.origins[cell.path])


def named(equation: Equation) -> str:
    """The column or row that an equation stands in; nothing for the row of a row-less block."""
    line = "列" if equation.relation.along == "columns" else "行"
    return f"{quoted(equation.place)}{line}：" if equation.place else ""


def _stated(report: Report, values: TableValues, cell: Cell) -> Iterator[Finding]:
    stated, computed = values[cell.path], values.computed(cell.path)
    if not isinstance(stated, str) and not isinstance(computed, str) and stated != computed:
        yield Finding(
            STATED,
            at(report, values, cell),
            f"{quoted(cell.label)}写的是 {printed(stated)}，各项之和是 {printed(computed)}。",
            related=tuple(at(report, values, term) for term in values.terms(cell)),
        )
