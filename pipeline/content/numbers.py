"""What one key of a table may hold: numbers, blanks and texts; as a check, and as JSON Schema."""

from decimal import Decimal
from typing import Any, TypeGuard

from pipeline.content.misfits import (
    FRACTION,
    LENGTH,
    NEGATIVE,
    QUOTED,
    RANGE,
    TYPE,
    kind_of,
    misfit,
    misfits,
    shown,
)
from pipeline.findings import Rule
from pipeline.form.tables import Cell, Line
from pipeline.form.trees import Kind

_LARGEST_EXPONENT, _MOST_DECIMALS = 11, 8
_LARGEST = 10 ** (_LARGEST_EXPONENT + 1) - 1
_NO_NUMBER = r"^(?!\s*[+\-]*[0-9０-９]*\.?[0-9０-９]+\s*$|\s*[+\-]*[0-9０-９]+\.\s*$)"
"""A text that is no number in quotes, as editors know it."""
KINDS = {
    "count": "填整数。",
    "signed": "填整数，增写 +2，减写 -1，没有变化写 0。",
    "amount": "填数字，可以有小数。",
}
"""What a clerk writes in a cell of each kind."""
BLANKS = '没有的填 0，不适用的填 "不适用"，不要空着。'


def whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def line(expected: Line, value: Any) -> Any:  # noqa: ANN401
    """The value of a line, as it is; pydantic's error where it does not fit."""
    if expected.scalar:
        return number(expected.cells[0].kind, value)
    allowed = sorted({len(expected.entered), len(expected.cells)})
    if not isinstance(value, list):
        message = f"“{expected.label}”应是 {allowed[0]} 个数的数组，现在是{kind_of(value)}。"
        raise misfit(TYPE, message)
    if len(value) not in allowed:
        columns = "、".join(cell.column.node.label for cell in expected.entered)
        message = f"“{expected.label}”应有 {allowed[0]} 个数（{columns}），现在有 {len(value)} 个。"
        raise misfit(LENGTH, message)
    filled = expected.cells if len(value) == len(expected.cells) else expected.entered
    problems = [
        (index, problem[0], f"“{expected.label}”第 {index + 1} 个数：{problem[1]}")
        for index, (cell, item) in enumerate(zip(filled, value, strict=True))
        if (problem := _cell_problem(cell.kind, item))
    ]
    if problems:
        raise misfits(problems)
    return value


def number(kind: Kind, value: Any) -> Any:  # noqa: ANN401
    """The value of one cell, as it is; pydantic's error where it does not fit."""
    if problem := _cell_problem(kind, value):
        raise misfit(*problem)
    return value


def _cell_problem(kind: Kind, value: Any) -> tuple[Rule, str] | None:  # noqa: ANN401
    if type(value) is int and 0 <= value <= _LARGEST:  # nearly all are, and fit every kind
        return None
    if isinstance(value, str):
        plain = value.strip()
        quoted = plain.replace(".", "", 1).lstrip("+-").isdecimal()
        return (QUOTED, f"数字 {shown(plain)} 加了引号。") if quoted else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return TYPE, f"这里应是数字，现在是{kind_of(value)}。"
    return _number_problem(kind, Decimal(value), is_whole=isinstance(value, int))


def _number_problem(kind: Kind, value: Decimal, *, is_whole: bool) -> tuple[Rule, str] | None:
    """Numbers are weighed by sign and exponent only: 1e999999999 is never written out."""
    if not value.is_finite():
        return TYPE, f"这里应是数字，现在是 {value}。"
    if not is_whole and kind != "amount":
        return FRACTION, f"件数应是整数，现在是 {shown(value)}。"
    if value.is_signed() and kind != "signed":
        return NEGATIVE, f"不能是负数，现在是 {shown(value)}。"
    exponent = value.as_tuple().exponent
    if value.adjusted() > _LARGEST_EXPONENT:
        return RANGE, f"数字过大：{shown(value)}。"
    if isinstance(exponent, int) and exponent < -_MOST_DECIMALS:
        return RANGE, f"小数位数过多：{shown(value)}。"
    return None


def line_schema(expected: Line) -> dict[str, Any]:
    """The JSON Schema of a line, with the names of its cells."""
    if expected.scalar:
        return cell_schema(expected.cells[0].kind, expected.cells[0].unit)
    variants = {cells: _array(cells) for cells in (expected.entered, expected.cells)}
    described = {"description": _order(expected)}
    if len(variants) == 1 or expected.cells[:-1] == expected.entered:
        made = variants[expected.cells]
        return {**made, "minItems": len(expected.entered), **described}
    return {"oneOf": [*variants.values()], **described}


def cell_schema(kind: Kind, unit: str = "") -> dict[str, Any]:
    """The JSON Schema of one cell."""
    measured = f"单位：{unit}。" if unit else ""
    return {
        "type": ["number" if kind == "amount" else "integer", "string"],
        "minimum": -_LARGEST if kind == "signed" else 0,
        "maximum": _LARGEST,
        "pattern": _NO_NUMBER,
        "description": KINDS[kind] + measured + BLANKS,
    }


def _order(expected: Line) -> str:
    """Which numbers a line wants, in order."""
    names = "、".join(cell.column.node.label for cell in expected.entered)
    totals = "、".join(cell.column.node.label for cell in expected.cells if cell.column.node.sum)
    computed = f"{totals}不填，由程序计算。" if totals else ""
    return f"依次填 {len(expected.entered)} 个数：{names}。{computed}{BLANKS}"


def _array(cells: tuple[Cell, ...]) -> dict[str, Any]:
    """An array with an item for each cell.

    `items` says again what the items are: taplo does not know `prefixItems`.
    """
    kinds = {cell.kind: cell_schema(cell.kind) for cell in cells}
    return {
        "type": "array",
        "prefixItems": [
            {"title": cell.column.node.label, **cell_schema(cell.kind, cell.unit)} for cell in cells
        ],
        "items": next(iter(kinds.values())) if len(kinds) == 1 else {"anyOf": [*kinds.values()]},
        "minItems": len(cells),
        "maxItems": len(cells),
    }
