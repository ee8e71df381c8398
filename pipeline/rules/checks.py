"""What is wrong in a report that fits its form: relations, references, characters."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from pipeline.composition import columns, flow
from pipeline.composition.compose import FORMATS
from pipeline.content import prose
from pipeline.content.report import Accepted, Report, unreferable
from pipeline.document import Document, Run, Table
from pipeline.faces import BLANKS, invisible
from pipeline.findings import Finding, Place, Rule, Severity
from pipeline.fonts import FontPlan, FontSet
from pipeline.form.tables import Cell, Equation, TableValues, add, printed

YEAR = Rule("NB209", Severity.ERROR, "年度与文件名不符", "请改正 year，或改文件名。")
STATED = Rule(
    "NB301", Severity.ERROR, "总计与各项之和不符", "请核对各项和总计；总计可以不填，由程序计算。",
    acceptable=True,
)  # fmt: skip
RELATION = Rule("NB302", Severity.ERROR, "勾稽关系不成立", "请逐项核对。", acceptable=True)
TOO_WIDE = Rule(
    "NB303", Severity.ERROR, "表格放不下这个数字", "请核对是否多写了位数，或写错了单位。"
)
NO_FONT = Rule(
    "NB401",
    Severity.ERROR,
    "没有字体能印这个字",
    "请换一个字，或在 fonts/ 中放入含有这个字的字体。",
)
CONTROL = Rule("NB402", Severity.ERROR, "看不见的字符", "请删去这个字符。")
PRIVATE = Rule(
    "NB403",
    Severity.ERROR,
    "造字区的字符",
    "请换成正式编码的字；或在 fonts/ 中放入含有这个造字的字体。",
)
UNKNOWN_REFERENCE = Rule(
    "NB501", Severity.ERROR, "引用了没有的格", "请改正路径；要原样印出，请在 {{ 前加 \\。"
)
EMPTY_REFERENCE = Rule("NB502", Severity.ERROR, "引用的格里没有数字", "请先填好这一格。")
FORMAT = Rule("NB503", Severity.ERROR, "不认识的引用格式", "竖线后面只能写 中文。")
UNUSED = Rule("NB701", Severity.WARNING, "确认没有对应的问题", "问题已不存在时，请删去这一条。")
RULES = (
    YEAR,
    STATED,
    RELATION,
    TOO_WIDE,
    NO_FONT,
    CONTROL,
    PRIVATE,
    UNKNOWN_REFERENCE,
    EMPTY_REFERENCE,
    FORMAT,
    UNUSED,
)

_YEAR = re.compile("[0-9]{4}")


def check(report: Report, document: Document, plan: FontPlan) -> list[Finding]:
    """Everything that is wrong, in the order of the file."""
    return [
        *relations(report),
        *references(report),
        *numbers(report, document, plan.fonts),
        *characters(report, document, plan),
    ]


def file_name(report: Report, stem: str) -> Iterator[Finding]:
    """A content file that is named by another year than its own."""
    if _YEAR.fullmatch(stem) and int(stem) != report.year:
        message = f"文件名是 {stem}，year 是 {report.year}。"
        yield Finding(YEAR, report.place(("year",)), message)


def relations(report: Report) -> Iterator[Finding]:
    """Stated totals that differ from the sum, and equations of the form that do not hold."""
    for content in report.sections:
        table, values = content.section.table, content.table
        if table is None or values is None:
            continue
        for path, cell in values.cells.items():
            if cell.derived and path in values.entered:
                yield from _stated(report, values, cell)
        for equation in values.equations(table):
            left = add([values[cell.path] for cell in equation.left])
            right = add([values[cell.path] for cell in equation.right])
            if isinstance(left, str) or isinstance(right, str) or left == right:
                continue
            first, *others = (*equation.left, *equation.right)
            yield Finding(
                RELATION,
                _at(report, values, first),
                f"{_named(equation)}{equation.relation.text}，现在前者为 {printed(left)}，"
                f"后者为 {printed(right)}。",
                related=tuple(_at(report, values, cell) for cell in others),
            )


def _named(equation: Equation) -> str:
    """The column or row that an equation stands in; nothing for the row of a row-less block."""
    line = "列" if equation.relation.along == "columns" else "行"
    return f"“{equation.place}”{line}：" if equation.place else ""


def _stated(report: Report, values: TableValues, cell: Cell) -> Iterator[Finding]:
    stated, computed = values[cell.path], values.computed(cell.path)
    if not isinstance(stated, str) and not isinstance(computed, str) and stated != computed:
        yield Finding(
            STATED,
            _at(report, values, cell),
            f"“{cell.label}”写的是 {printed(stated)}，各项之和是 {printed(computed)}。",
            related=tuple(_at(report, values, term) for term in values.terms(cell)),
        )


def _at(report: Report, values: TableValues, cell: Cell) -> Place:
    return report.place(values.origins[cell.path])


def references(report: Report) -> Iterator[Finding]:
    """References in prose that lead nowhere, to no number, or ask for an unknown format."""
    for path, text in report.prose():
        for reference in prose.references(text, path):
            place = report.locate(reference.origin)
            wrong = unreferable(report, reference)
            if wrong == "unknown":
                yield Finding(UNKNOWN_REFERENCE, place, f"没有这一格：{reference.path}。")
            elif wrong:
                yield Finding(EMPTY_REFERENCE, place, f"{reference.path} 里没有数字。")
            if reference.format not in FORMATS:
                yield Finding(FORMAT, place, f"不认识的引用格式：{reference.format}。")


def numbers(report: Report, document: Document, fonts: FontSet) -> Iterator[Finding]:
    """The widest number of each table whose numbers fit their columns in no size."""
    for element in document.all_elements:
        if isinstance(element, Table) and (cell := columns.too_wide(element, fonts)):
            message = f"“{element.title}”的表格放不下 {cell.run.text}。"
            yield Finding(TOO_WIDE, report.locate(cell.run.origin), message)


def characters(report: Report, document: Document, plan: FontPlan) -> Iterator[Finding]:
    """Characters that cannot be printed, each where it first stands in a run."""
    for role, run in flow.texts(document):
        for char in dict.fromkeys(run.text):
            face = plan.chosen.get((role, char))
            if invisible(char):
                yield Finding(CONTROL, _where(report, run, char), f"看不见的字符 {_code(char)}。")
            elif face is None or _odd_blank(char):
                yield Finding(
                    NO_FONT, _where(report, run, char), f"没有字体能印“{char}”（{_code(char)}）。"
                )
            elif unicodedata.category(char) == "Co" and not face.licensed:
                yield Finding(
                    PRIVATE,
                    _where(report, run, char),
                    f"造字区的字符 {_code(char)}，各机显示不同。",
                )


def _odd_blank(char: str) -> bool:
    return char.isspace() and char not in BLANKS


def _where(report: Report, run: Run, char: str) -> Place:
    return report.locate(run.origin, run.text.index(char))


def _code(char: str) -> str:
    name = unicodedata.name(char, "")
    return f"U+{ord(char):04X}" + (f" {name}" if name else "")


def accept(report: Report, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those that the office stands by as notes; and acceptances that met none."""
    made = []
    used = set()
    for finding in findings:
        reason = None
        for entry in report.accepted:
            if finding.rule.acceptable and _meant(entry, finding):
                reason = entry.reason
                used.add(entry)
        made.append(finding.accept(reason) if reason else finding)
    made += [_unused(report, entry, findings) for entry in report.accepted if entry not in used]
    return made


def _meant(entry: Accepted, finding: Finding) -> bool:
    same_code = entry.code.upper() == finding.rule.code
    return same_code and entry.path in ("", finding.place.path)


def _unused(report: Report, entry: Accepted, findings: Sequence[Finding]) -> Finding:
    """Why an acceptance met no finding: what it names must be corrected, or is not there."""
    place, name = report.place(entry.at), f"{entry.code} {entry.path}".strip()
    if any(_meant(entry, finding) for finding in findings):
        message = f"这个问题不能确认，只能改正：{name}。"
        return Finding(UNUSED, place, message, "请改正这个问题，并删去这一条。")
    return Finding(UNUSED, place, f"没有找到要确认的问题：{name}。")
