"""What a content file may hold, made from the form: pydantic models."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, TypeGuard

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    create_model,
)

from pipeline.content.misfits import (
    FRACTION,
    LENGTH,
    MISSING,
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
from pipeline.form.forms import Form, Kind, Section, Table
from pipeline.form.rows import ROWS, row_key
from pipeline.form.tables import BLANK, VALUE, Line, lines

OWN = "sections"
"""The key of a content file that lists the office's own sections."""
FIRST_YEAR, LAST_YEAR = 2008, 2100
_LARGEST_EXPONENT, _MOST_DECIMALS = 11, 8
_SMALLEST_SEAL, _LARGEST_SEAL = 30, 50  # mm; seals of offices measure 38 to 45


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


def is_year(value: object) -> bool:
    """Whether reports for such a year exist."""
    return _whole(value) and FIRST_YEAR <= int(value) <= LAST_YEAR


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _year(value: Any) -> int:  # noqa: ANN401
    if not _whole(value):
        raise misfit(TYPE, f"year 应是整数（如 2021），现在是{kind_of(value)}。")
    if not is_year(value):
        message = f"year 应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间，现在是 {shown(value)}。"
        raise misfit(RANGE, message)
    return value


def _date(value: Any, info: ValidationInfo) -> dt.date:  # noqa: ANN401
    if type(value) is not dt.date:
        raise misfit(TYPE, f"这里应是日期（如 2022-01-13），现在是{kind_of(value)}。")
    year = info.data.get("year", value.year)
    if value.year < year:
        raise misfit(RANGE, f"成文日期 {value} 早于报告年度 {year} 年。")
    return value


def _diameter(value: Any) -> int | Decimal:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise misfit(TYPE, f"印章直径应是数字（毫米），现在是{kind_of(value)}。")
    if not _SMALLEST_SEAL <= float(value) <= _LARGEST_SEAL:
        message = (
            f"印章直径应在 {_SMALLEST_SEAL} 至 {_LARGEST_SEAL} 毫米之间，现在是 {shown(value)}。"
        )
        raise misfit(RANGE, message)
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise misfit(MISSING, "这一项是空的。")
    return value


Filled = Annotated[str, AfterValidator(_filled)]


class AgencyModel(_Model):
    """`agency.toml`, or the `[agency]` table of a content file."""

    name: Filled = Field(title="机关全称，用于落款")
    title_name: Filled | None = Field(None, title="标题中的机关名称，与全称不同时填写")
    signature: Literal["sealed", "unsealed"] = Field(title="落款方式：sealed 盖章，unsealed 不盖章")
    seal_diameter: Annotated[Any, PlainValidator(_diameter)] = Field(
        None, title="印章直径（毫米），缺省 42"
    )


class PartModel(_Model):
    """A part of a section with a heading of the office's own."""

    heading: Filled = Field(title="小节标题")
    text: str = Field("", title="小节正文")
    run_in: bool = Field(False, title="标题与正文连排")
    parts: list["PartModel"] = Field([], title="下一级小节")


class SectionModel(_Model):
    """A section of the office's own, in a form that leaves the sections to it."""

    heading: Filled = Field(title="标题")
    text: str = Field("", title="正文")
    parts: list[PartModel] = Field([], title="小节")


class RowModel(_Model):
    """A row that the content file lists itself."""

    label: Filled = Field(title="指标")
    unit: str = Field("", title="单位")
    depth: Annotated[int, Field(ge=0, le=6)] = Field(0, title="缩进的级数")
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = Field(
        None, title="引用这一行时用的名称"
    )


class AcceptedModel(_Model):
    """A finding that the office stands by, with its reason."""

    code: str = Field(title="问题的编号，如 NB302")
    path: str = Field("", title="问题所在的键")
    reason: Filled = Field(title="理由")


@cache
def model(form: Form) -> type[BaseModel]:
    """The model of a content file in `form`."""
    sections: dict[str, Any] = {
        _name(section.key): (
            _section(section),
            Field(... if section.table else {}, title=section.heading, alias=section.key),
        )
        for section in form.sections
    }
    if form.own_sections:
        own = Annotated[list[SectionModel], Field(min_length=1)]
        sections[OWN] = (own, Field(title="各部分"))
    return create_model(
        "Report",
        __base__=_Model,
        year=(Annotated[int, PlainValidator(_year)], Field(title="报告年度")),
        form=(str | None, Field(None, title="格式，缺省按年度")),
        title=(Filled | None, Field(None, title="标题，缺省按格式")),
        date=(Annotated[Any, PlainValidator(_date)] | None, Field(None, title="成文日期")),
        sample=(bool, Field(False, title="样例")),
        agency=(AgencyModel | None, Field(None, title="机关")),
        preface=(str, Field("", title="前言")),
        accepted=(list[AcceptedModel], Field([], title="已确认的问题")),
        **sections,
    )


def _name(key: str) -> str:
    """The field of a form's key; pydantic's own names (copy, json, model_dump) give way."""
    own = hasattr(BaseModel, key) or key.startswith("model_")
    return f"KEY_{key}" if own else key


def _section(section: Section) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "heading": (Filled | None, Field(None, title="标题，缺省按格式")),
        "parts": (list[PartModel], Field([], title="自设的小节")),
    }
    if section.table:
        fields |= {
            "before": (str, Field("", title="表前文字")),
            "after": (str, Field("", title="表后文字")),
        }
        if section.table.own_rows:
            fields[ROWS] = (_rows(section.table), Field(title="各行"))
    else:
        fields["text"] = (str, Field("", title="正文"))
    fields |= {
        _name(part.key): (str, Field("", title=part.heading, alias=part.key))
        for part in section.parts
    }
    tree: dict[str, Any] = {}
    for line in lines(section):
        here = tree
        for key in line.keys[:-1]:
            here = here.setdefault(key, {})
        here[line.keys[-1]] = line
    return create_model(section.key, __base__=_Model, **fields, **_table_fields(section.key, tree))


def _table_fields(name: str, tree: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, entry in tree.items():
        if isinstance(entry, Line):
            fields[_name(key)] = (
                Annotated[Any, PlainValidator(lambda v, line=entry: _line(line, v))],
                Field(None if entry.optional else ..., title=entry.label, alias=key),
            )
        else:
            group = create_model(f"{name}.{key}", __base__=_Model, **_table_fields(key, entry))
            needed = any(field.is_required() for field in group.model_fields.values())
            fields[_name(key)] = (group, Field(... if needed else {}, alias=key))
    return fields


def _rows(table: Table) -> Any:  # noqa: ANN401
    """The type of the rows that a content file lists for `table`."""
    kind = table.blocks[0].column_leaves[0].node.kind or "count"

    def number(value: Any) -> Any:  # noqa: ANN401
        if problem := _cell_problem(kind, value):
            raise misfit(*problem)
        return value

    fields: dict[str, Any] = {
        VALUE: (Annotated[Any, PlainValidator(number)], Field(BLANK, title="数字"))
    }
    row = create_model("Row", __base__=RowModel, **fields)
    return Annotated[list[row], Field(min_length=1), AfterValidator(_told_apart)]  # type: ignore[valid-type]


def _told_apart(rows: list[Any]) -> list[Any]:
    keys = [row_key({"key": row.key}, index) for index, row in enumerate(rows)]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            raise misfit(
                RANGE, f"第 {index + 1} 行的 key 与第 {keys.index(key) + 1} 行重复：{key}。"
            )
    return rows


def _line(line: Line, value: Any) -> Any:  # noqa: ANN401
    if line.scalar:
        if problem := _cell_problem(line.cells[0].kind, value):
            raise misfit(*problem)
        return value
    allowed = sorted({len(line.entered), len(line.cells)})
    if not isinstance(value, list):
        message = f"“{line.label}”应是 {allowed[0]} 个数的数组，现在是{kind_of(value)}。"
        raise misfit(TYPE, message)
    if len(value) not in allowed:
        columns = "、".join(cell.column.node.label for cell in line.entered)
        message = f"“{line.label}”应有 {allowed[0]} 个数（{columns}），现在有 {len(value)} 个。"
        raise misfit(LENGTH, message)
    filled = line.cells if len(value) == len(line.cells) else line.entered
    problems = [
        (index, problem[0], f"“{line.label}”第 {index + 1} 个数：{problem[1]}")
        for index, (cell, item) in enumerate(zip(filled, value, strict=True))
        if (problem := _cell_problem(cell.kind, item))
    ]
    if problems:
        raise misfits(problems)
    return value


def _cell_problem(kind: Kind, value: Any) -> tuple[Rule, str] | None:  # noqa: ANN401
    if isinstance(value, str):
        plain = value.strip()
        quoted = plain.replace(".", "", 1).lstrip("+-").isdecimal()
        return (QUOTED, f"数字 {shown(plain)} 加了引号。") if quoted else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return TYPE, f"这里应是数字，现在是{kind_of(value)}。"
    return _number_problem(kind, Decimal(value), whole=isinstance(value, int))


def _number_problem(kind: Kind, value: Decimal, *, whole: bool) -> tuple[Rule, str] | None:
    """Numbers are weighed by sign and exponent only: 1e999999999 is never written out."""
    if not value.is_finite():
        return TYPE, f"这里应是数字，现在是 {value}。"
    if not whole and kind != "amount":
        return FRACTION, f"件数应是整数，现在是 {shown(value)}。"
    if value.is_signed() and kind != "signed":
        return NEGATIVE, f"不能是负数，现在是 {shown(value)}。"
    exponent = value.as_tuple().exponent
    if value.adjusted() > _LARGEST_EXPONENT:
        return RANGE, f"数字过大：{shown(value)}。"
    if isinstance(exponent, int) and exponent < -_MOST_DECIMALS:
        return RANGE, f"小数位数过多：{shown(value)}。"
    return None
