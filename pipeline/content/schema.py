"""What a content file may hold, made from the form: pydantic models."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    create_model,
)

from pipeline.content.approvals import Role
from pipeline.content.misfits import MISSING, RANGE, TYPE, kind_of, misfit, shown
from pipeline.content.numbers import cell_schema, line, line_schema, number, whole
from pipeline.form.blocks import Table
from pipeline.form.forms import Form, Section
from pipeline.form.rows import ROWS, row_key
from pipeline.form.tables import BLANK, VALUE, Line, group_labels, lines

OWN = "sections"
"""The key of a content file that lists the office's own sections."""
FIRST_YEAR, LAST_YEAR = 2008, 2100
_SMALLEST_SEAL, _LARGEST_SEAL = 30, 50  # mm; seals of offices measure 38 to 45
_DATE = "写成 2024-01-15 的样子，不加引号；没有定下来时不写，用印时再给。"
_AGENCY = "旁边有 agency.toml 的，不写这张表。"
_APPROVALS = "谁拟稿、谁审核、谁签发，用印前写齐。不印在纸上。"
_ROLES = "、".join(f"{role}（{role.label}）" for role in Role)
_MODELS = 16
"""Forms whose models are kept."""
_PROSE = "写在三个引号之间，空一行另起一段；**…** 加粗；{{ 路径 }} 引用表中的数字。"


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, arbitrary_types_allowed=True, defer_build=True
    )


def is_year(value: object) -> bool:
    """Whether reports for such a year exist."""
    return whole(value) and FIRST_YEAR <= int(value) <= LAST_YEAR


def _year(value: Any) -> int:  # noqa: ANN401
    if not whole(value):
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


def _role(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise misfit(TYPE, f"role 应是文字（写在引号里），现在是{kind_of(value)}。")
    if value not in [*Role]:
        raise misfit(RANGE, f"role 只能是 {_ROLES}，现在是 {shown(value)}。")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise misfit(MISSING, "是空的。")
    return value


Filled = Annotated[str, AfterValidator(_filled), Field(json_schema_extra={"pattern": r"\S"})]
Prose = Annotated[str, Field(description=_PROSE)]
Year = Annotated[
    int,
    PlainValidator(_year),
    WithJsonSchema({"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}),
]
Day = Annotated[Any, PlainValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Step = Annotated[str, PlainValidator(_role), WithJsonSchema({"type": "string", "enum": [*Role]})]
Diameter = Annotated[
    Any,
    PlainValidator(_diameter),
    WithJsonSchema({"type": "number", "minimum": _SMALLEST_SEAL, "maximum": _LARGEST_SEAL}),
]


class AgencyModel(_Model):
    """`agency.toml`, or the `[agency]` table of a content file."""

    name: Filled = Field(title="机关全称，用于落款", description="须与印章上的名称一致。")
    title_name: Filled | None = Field(None, title="标题中的机关名称，与全称不同时填写")
    signature: Literal["sealed", "unsealed"] = Field(title="落款方式：sealed 盖章，unsealed 不盖章")
    seal_diameter: Diameter = Field(
        None, title="印章直径（毫米），缺省 42", description="量实物，不要估计。"
    )


class PartModel(_Model):
    """A part of a section with a heading of the office's own."""

    heading: Filled = Field(title="小节标题", description="编号自己写，如（一）。")
    text: Prose = Field("", title="小节正文")
    run_in: bool = Field(False, title="标题与正文连排", description="标题加粗，印在正文开头。")
    parts: list["PartModel"] = Field([], title="下一级小节")


class SectionModel(_Model):
    """A section of the office's own, in a form that leaves the sections to it."""

    heading: Filled = Field(title="标题", description="编号自己写，如“一、概述”。")
    text: Prose = Field("", title="正文")
    parts: list[PartModel] = Field([], title="小节")


class RowModel(_Model):
    """A row that the content file lists itself."""

    label: Filled = Field(title="指标")
    unit: str = Field("", title="单位", description="条、件、次、万元等。")
    depth: Annotated[int, Field(ge=0, le=6)] = Field(0, title="缩进的级数")
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = Field(
        None, title="引用这一行时用的名称"
    )


class AcceptedModel(_Model):
    """A finding that the office stands by, with its reason."""

    code: str = Field(title="问题的编号，如 NB302")
    path: str = Field("", title="问题所在的键", description="不写，则到处都算。")
    reason: Filled = Field(title="理由")


class ApprovalModel(_Model):
    """A step of the report's approval: who took it, and when."""

    role: Step = Field(title="环节", description=f"{_ROLES}。")
    name: Filled = Field(title="姓名")
    date: Day = Field(title="日期", description="写成 2024-01-10 的样子，不加引号。")


@lru_cache(_MODELS)
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
        year=(Year, Field(title="报告年度", description="四位数字，与文件名一致。")),
        form=(str | None, Field(None, title="格式，缺省按年度", description="一般不写。")),
        title=(Filled | None, Field(None, title="标题，缺省按格式", description="一般不写。")),
        date=(Day | None, Field(None, title="成文日期", description=_DATE)),
        sample=(bool, Field(False, title="样例", description="正式报告不写这一项。")),
        agency=(AgencyModel | None, Field(None, title="机关", description=_AGENCY)),
        preface=(Prose, Field("", title="前言")),
        accepted=(list[AcceptedModel], Field([], title="已确认的问题")),
        approvals=(list[ApprovalModel], Field([], title="审签", description=_APPROVALS)),
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
            "before": (Prose, Field("", title="表前文字")),
            "after": (Prose, Field("", title="表后文字")),
        }
        if section.table.own_rows:
            fields[ROWS] = (_rows(section.table), Field(title="各行"))
    else:
        fields["text"] = (Prose, Field("", title="正文"))
    fields |= {
        _name(part.key): (Prose, Field("", title=part.heading, alias=part.key))
        for part in section.parts
    }
    labels = group_labels(section)
    table = _table_fields(section.key, (), lines(section), labels)
    return create_model(section.key, __base__=_Model, **fields, **table)


def _table_fields(
    name: str, above: tuple[str, ...], rows: Sequence[Line], labels: Mapping[tuple[str, ...], str]
) -> dict[str, Any]:
    """The fields of the rows whose keys begin with `above`: lines, and groups of lines."""
    fields: dict[str, Any] = {}
    depth = len(above)
    groups: dict[str, list[Line]] = {}
    for row in rows:
        groups.setdefault(row.keys[depth], []).append(row)
    for key, own in groups.items():
        if own[0].keys == (*above, key):
            fields[_name(key)] = _line_field(own[0])
            continue
        inner = _table_fields(f"{name}.{key}", (*above, key), own, labels)
        model = create_model(f"{name}.{key}", __base__=_Model, **inner)
        needed = any(field.is_required() for field in model.model_fields.values())
        title = labels[*above, key]
        fields[_name(key)] = (model, Field(... if needed else {}, alias=key, title=title))
    return fields


def _line_field(row: Line) -> tuple[Any, Any]:
    kind = Annotated[
        Any, PlainValidator(lambda value: line(row, value)), WithJsonSchema(line_schema(row))
    ]
    default = None if row.optional else ...
    return kind, Field(default, title=row.label, alias=row.keys[-1])


def _rows(table: Table) -> Any:  # noqa: ANN401
    """The type of the rows that a content file lists for `table`."""
    kind = table.blocks[0].column_leaves[0].node.kind or "count"

    cell = Annotated[
        Any, PlainValidator(lambda value: number(kind, value)), WithJsonSchema(cell_schema(kind))
    ]
    fields: dict[str, Any] = {VALUE: (cell, Field(BLANK, title="数字"))}
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
