"""Prose against tables: a number in the text that is not the number in the cell it speaks of."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby, islice

from pipeline.content.report import Report
from pipeline.findings import Finding, Rule, Severity
from pipeline.form.tables import Cell, TableValues
from pipeline.rules.claims import Claim
from pipeline.rules.dossier import Dossier
from pipeline.rules.passages import quote
from pipeline.rules.quantities import shown

CONTRADICTION = Rule(
    "NB311",
    Severity.WARNING,
    "文字中的数与表格不符",
    "请核对文字和表格，改正其中一处。",
    acceptable=True,
    about="文字中的数（阿拉伯数字或汉字数字）说的是表格中的哪一格，由前后的词判断，如“新收申请4件”；"
    "“未收到申请”当作 0。一种说法有几种意思的，只要有一种对得上就不报。"
    "约数、上年的数、一部分单位的数不比较。",
)
RULES = (CONTRADICTION,)

_MOST = 20
_UNIT = {"万元": Decimal(10000), "元": Decimal(1)}


Reading = list[tuple[str, list[tuple[TableValues, Cell]]]]
"""What a claim can mean: names that are added up, each with its cells."""
_Names = tuple[tuple[str, ...], ...]


def statements(dossier: Dossier) -> Iterator[Finding]:
    """Every claim of the prose that no reading of it bears out; of a passage at most twenty."""
    known: dict[_Names, list[Reading]] = {}
    for _, claims in groupby(dossier.claims, key=lambda claim: id(claim.passage)):
        yield from islice(_contradicted(dossier, claims, known), _MOST)


def _contradicted(
    dossier: Dossier, claims: Iterable[Claim], known: dict[_Names, list[Reading]]
) -> Iterator[Finding]:
    for claim in claims:
        names = _names(claim)
        if names not in known:
            known[names] = _readings(dossier.report, claim)
        sums = [_total(reading, claim.measure) for reading in known[names]]
        if sums and all(value is not None and value != claim.value for value in sums):
            yield _finding(dossier, claim, known[names][0])


def tied(dossier: Dossier, claim: Claim) -> list[str]:
    """What a claim speaks of, as paths of cells and groups, by the reading that bears it out."""
    readings = _readings(dossier.report, claim)
    right = [reading for reading in readings if _total(reading, claim.measure) == claim.value]
    return [name for name, _ in next(iter(right or readings), [])]


def _finding(dossier: Dossier, claim: Claim, reading: Reading) -> Finding:
    sums = [_sum(cells, claim.measure) or Decimal(0) for _, cells in reading]
    total = "" if len(sums) == 1 else f"＝{shown(sum(sums, Decimal(0)))}"
    names = "＋".join(f"“{_label(cells)}”" for _, cells in reading)
    said = f"是 {shown(claim.value)}" if claim.measure else "没有"
    quoted = quote(claim.passage.text, claim.start, claim.end)
    cells = [cell.path for _, found in reading for _, cell in found]
    hint = f"{CONTRADICTION.remedy}文字里可以写成引用 {{{{ {cells[0]} }}}}。"
    return Finding(
        CONTRADICTION,
        dossier.at(claim.passage, claim.number),
        f"“{quoted}”：文字说{said}，表格中{names}是 {'＋'.join(map(shown, sums))}{total}。",
        hint=hint if len(cells) == 1 and claim.measure else "",
        related=tuple(dossier.report.cell_place(*cell) for _, cells in reading for cell in cells),
    )


def _label(cells: list[tuple[TableValues, Cell]]) -> str:
    """The label of a row, of a cell in a row of several, or of the group that all stand in."""
    first = cells[0][1]
    labels = [(cell.row or cell.column).labels for _, cell in cells]
    if len(cells) > 1:
        levels = list(zip(*labels, strict=False))
        depth = next((n for n, level in enumerate(levels) if len(set(level)) > 1), len(levels))
        return str(levels[depth - 1][0])
    if first.row is None:
        return labels[0][-2] if first.column.node.sum else "，".join(labels[0][-2:])
    alone = first.column.node.sum or first.path.endswith(f".{first.row.node.key}")
    return labels[0][-1] if alone else f"{labels[0][-1]}，{first.column.labels[-1]}"


def _readings(report: Report, claim: Claim) -> list[Reading]:
    """The readings of a claim whose cells the report's form has."""
    made = []
    for names in _names(claim):
        found = [(name, list(_named(report, name))) for name in names]
        if all(cells for _, cells in found):
            made.append(found)
    return made


def _names(claim: Claim) -> _Names:
    return tuple(tuple(name for s in reading for name in s.of) for reading in claim.readings)


def _named(report: Report, name: str) -> Iterator[tuple[TableValues, Cell]]:
    """The cell at a path; of a row or a group, its totals."""
    for content in report.sections:
        values = content.table
        if values is None:
            continue
        if name in values.cells:
            yield values, values.cells[name]
            return
        below = [cell for path, cell in values.cells.items() if path.startswith(f"{name}.")]
        yield from ((values, cell) for cell in below if cell.column.node.sum)


def _total(reading: Reading, measure: str) -> Decimal | None:
    return _sum([cell for _, cells in reading for cell in cells], measure)


def _sum(cells: list[tuple[TableValues, Cell]], measure: str) -> Decimal | None:
    """The sum of cells, money in 元; None where one of them says nothing."""
    total = Decimal(0)
    for values, cell in cells:
        value = _known(values, cell)
        if value is None:
            return None
        total += value * (_UNIT.get(cell.unit, Decimal(1)) if measure == "元" else 1)
    return total


def _known(values: TableValues, cell: Cell) -> Decimal | None:
    """The number in a cell; of a total that is blank, the sum of the numbers that are there."""
    value = values[cell.path]
    if not isinstance(value, str):
        return Decimal(value)
    parts = [_known(values, term) for term in values.terms(cell)]
    numbers = [part for part in parts if part is not None]
    return sum(numbers, Decimal(0)) if numbers else None
