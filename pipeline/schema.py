"""What a content file may hold, made from the form: pydantic models, and their errors as findings."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, create_model
from pydantic_core import PydanticCustomError

from pipeline import source as source_file
from pipeline.findings import Finding, Rule, Severity
from pipeline.forms import Form, Kind, Section
from pipeline.source import Source
from pipeline.tables import Line, Value, lines

UNKNOWN = Rule("NB201", Severity.ERROR, "不认识的键", "请改正拼写，或删去这一项。")
MISSING = Rule("NB202", Severity.ERROR, "缺少一项", "请补上这一项。")
TYPE = Rule("NB203", Severity.ERROR, "类型不对", "请按格式说明填写。")
LENGTH = Rule("NB204", Severity.ERROR, "个数不对", '请逐列核对，空着的格写成 ""。')
NEGATIVE = Rule("NB205", Severity.ERROR, "负数", "请填 0 或正数。")
FRACTION = Rule("NB206", Severity.ERROR, "件数有小数", "件数请填整数。")
QUOTED = Rule("NB207", Severity.ERROR, "数字加了引号", "请去掉引号，只留数字。")
RANGE = Rule("NB208", Severity.ERROR, "超出范围", "请核对后改正。")
RULES = (UNKNOWN, MISSING, TYPE, LENGTH, NEGATIVE, FRACTION, QUOTED, RANGE)

_BY_CODE = {rule.code: rule for rule in RULES}
_LARGEST, _MOST_DECIMALS = 10**12, 8
_SMALLEST_SEAL, _LARGEST_SEAL = 30, 50  # mm; seals of offices measure 38 to 45
_TYPES = {bool: "真假值", int: "整数", float: "小数", Decimal: "小数", str: "文字", list: "数组",
          dict: "表", dt.date: "日期", dt.datetime: "日期时间", dt.time: "时间"}  # fmt: skip
_EXPECTED = {
    "string_type": "文字（写在引号里）", "int_type": "整数", "bool_type": "true 或 false",
    "date_type": "日期（如 2022-01-13）", "list_type": "数组", "tuple_type": "数组",
    "model_type": "表", "dict_type": "表", "model_attributes_type": "表", "decimal_type": "数字",
    "is_instance_of": "日期（如 2022-01-13）",
}  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


def _date(value: Any) -> dt.date:  # noqa: ANN401
    if type(value) is not dt.date:
        raise _wrong(TYPE, f"这里应是日期（如 2022-01-13），现在是{_named(value)}。")
    return value


def _diameter(value: int | Decimal) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _wrong(TYPE, f"这里应是数字（毫米），现在是{_named(value)}。")
    if not _SMALLEST_SEAL <= float(value) <= _LARGEST_SEAL:
        raise _wrong(RANGE, f"印章直径应在 30 至 50 毫米之间，现在是 {value}。")
    return value


class AgencyModel(_Model):
    """`agency.toml`, or the `[agency]` table of a content file."""

    name: str = Field(title="机关全称，用于落款", min_length=1)
    title_name: str | None = Field(None, title="标题中的机关名称，与全称不同时填写")
    signature: Literal["sealed", "unsealed"] = Field(title="落款方式：sealed 盖章，unsealed 不盖章")
    seal_diameter: Annotated[Any, PlainValidator(_diameter)] = Field(
        None, title="印章直径（毫米），缺省 42"
    )


class PartModel(_Model):
    """A part of a section with a heading of the office's own."""

    heading: str
    text: str = ""
    parts: list["PartModel"] = []


class AcceptedModel(_Model):
    """A finding that the office stands by, with its reason."""

    code: str
    path: str = ""
    reason: str = Field(min_length=1)


@cache
def model(form: Form) -> type[BaseModel]:
    """The model of a content file in `form`."""
    sections: dict[str, Any] = {
        section.key: (
            _section(section), Field(... if section.table else {}, title=section.heading)
        )
        for section in form.sections
    }  # fmt: skip
    return create_model(
        "Report",
        __base__=_Model,
        year=(Annotated[int, Field(ge=2008, le=2100)], Field(title="报告年度")),
        form=(str | None, Field(None, title="格式，缺省按年度")),
        title=(str | None, Field(None, title="标题，缺省按格式")),
        date=(Annotated[Any, PlainValidator(_date)] | None, Field(None, title="成文日期")),
        sample=(bool, Field(False, title="样例")),
        agency=(AgencyModel | None, Field(None, title="机关")),
        preface=(str, Field("", title="前言")),
        accepted=(list[AcceptedModel], Field([], title="已确认的问题")),
        **sections,
    )


def _section(section: Section) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "heading": (str | None, Field(None, title="标题，缺省按格式")),
        "parts": (list[PartModel], Field([], title="自设的小节")),
    }
    if section.table:
        fields |= {
            "before": (str, Field("", title="表前文字")),
            "after": (str, Field("", title="表后文字")),
        }
    else:
        fields["text"] = (str, Field("", title="正文"))
    fields |= {part.key: (str, Field("", title=part.heading)) for part in section.parts}
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
            optional = entry.derived
            fields[key] = (
                Annotated[Any, PlainValidator(lambda v, line=entry: _line(line, v))],
                Field(None if optional else ..., title=entry.label),
            )
        else:
            group = create_model(f"{name}.{key}", __base__=_Model, **_table_fields(key, entry))
            fields[key] = (group, Field(...))
    return fields


class _Wrong(BaseModel):
    """The errors of the single cells of a line, carried through pydantic in one error."""

    cells: list[tuple[int | None, str, str]]


def _line(line: Line, value: Any) -> Any:  # noqa: ANN401
    if line.scalar:
        problem = _cell_problem(line.cells[0].kind, value)
        if problem:
            raise _wrong(*problem)
        return value
    allowed = sorted({len(line.entered), len(line.cells)})
    if not isinstance(value, list):
        raise _wrong(TYPE, f"“{line.label}”应是 {allowed[0]} 个数的数组，现在是{_named(value)}。")
    if len(value) not in allowed:
        columns = "、".join(cell.column.node.label for cell in line.entered)
        raise _wrong(
            LENGTH,
            f"“{line.label}”应有 {allowed[0]} 个数（{columns}），现在有 {len(value)} 个。",
        )
    filled = line.cells if len(value) == len(line.cells) else line.entered
    problems = [
        (index, problem)
        for index, (cell, item) in enumerate(zip(filled, value, strict=True))
        if (problem := _cell_problem(cell.kind, item))
    ]
    if problems:
        raise PydanticCustomError(
            "cells",
            "{count}",
            {
                "count": len(problems),
                "cells": [
                    (index, rule.code, f"“{line.label}”第 {index + 1} 个数：{message}")
                    for index, (rule, message) in problems
                ],
            },
        )
    return value


def _cell_problem(kind: Kind, value: Value | Any) -> tuple[Rule, str] | None:  # noqa: ANN401, PLR0911
    if isinstance(value, str):
        plain = value.strip()
        if plain.replace(".", "", 1).lstrip("+-").isdecimal():
            return QUOTED, f"数字 {plain} 加了引号。"
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return TYPE, f"这里应是数字，现在是{_named(value)}。"
    if isinstance(value, Decimal) and not value.is_finite():
        return TYPE, f"这里应是数字，现在是 {value}。"
    if isinstance(value, Decimal) and kind != "amount":
        return FRACTION, f"件数应是整数，现在是 {value}。"
    if value < 0 and kind != "signed":
        return NEGATIVE, f"不能是负数，现在是 {value}。"
    if abs(value) >= _LARGEST:
        return RANGE, f"数字过大：{str(value)[:20]}。"
    if isinstance(value, Decimal) and Decimal(value.as_tuple().exponent) < -_MOST_DECIMALS:
        return RANGE, "小数位数过多。"
    return None


def _named(value: Any) -> str:  # noqa: ANN401
    return _TYPES.get(type(value), type(value).__name__)


def _wrong(rule: Rule, message: str) -> PydanticCustomError:
    return PydanticCustomError(rule.code, "{message}", {"message": message})


def validate(form: Form, source: Source) -> list[Finding]:
    """Everything in the content file that does not fit the form, in one run."""
    return problems(model(form), source, source.values)


def problems(kind: type[BaseModel], source: Source, data: Mapping[str, Any]) -> list[Finding]:
    """What is wrong in `data` by a model; positions from `source`."""
    try:
        kind.model_validate(data)
    except ValidationError as error:
        return [
            finding
            for item in error.errors(include_url=False)
            for finding in _findings(kind, source, item)
        ]
    return []


def _findings(kind: type[BaseModel], source: Source, item: Any) -> list[Finding]:  # noqa: ANN401
    path: Sequence[str | int] = item["loc"]
    name, context = item["type"], item.get("ctx", {})
    dotted = source_file.dotted(path)
    if name == "cells":
        return [
            Finding(_BY_CODE[code], source.place((*path, index)), message)
            for index, code, message in context["cells"]
        ]
    if name in _BY_CODE:
        return [Finding(_BY_CODE[name], source.place(path), context["message"])]
    if name == "extra_forbidden":
        near = get_close_matches(str(path[-1]), _keys(kind, path[:-1]), n=1)
        hint = f"是否应为 {near[0]}？" if near else ""
        return [Finding(UNKNOWN, source.key_place(path), f"不认识的键：{dotted}。", hint)]
    if name == "missing":
        return [Finding(MISSING, source.place(path[:-1]), f"缺少：{dotted}{_title(kind, path)}。")]
    if name in _EXPECTED:
        message = f"{dotted} 应是{_EXPECTED[name]}，现在是{_named(item['input'])}。"
        return [Finding(TYPE, source.place(path), message)]
    if name == "literal_error":
        message = f"{dotted} 只能是 {context['expected'].replace(' or ', ' 或 ')}。"
        return [Finding(RANGE, source.place(path), message)]
    if name == "string_too_short":
        return [Finding(MISSING, source.place(path), f"{dotted} 是空的。")]
    return [Finding(RANGE, source.place(path), f"{dotted} 的值不合适：{item['input']}。")]


def _field(kind: type[BaseModel], path: Sequence[str | int]) -> Any:  # noqa: ANN401
    here: Any = kind
    for key in path:
        if isinstance(key, int):
            continue
        fields = getattr(_inner(here), "model_fields", {})
        if key not in fields:
            return None
        here = fields[key]
    return here


def _inner(field: Any) -> Any:  # noqa: ANN401
    kind = getattr(field, "annotation", field)
    for argument in getattr(kind, "__args__", ()):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
    return kind


def _keys(kind: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    return list(getattr(_inner(_field(kind, path)), "model_fields", {}))


def _title(kind: type[BaseModel], path: Sequence[str | int]) -> str:
    title = getattr(_field(kind, path), "title", None)
    return f"（{title}）" if title else ""
