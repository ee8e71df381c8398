"""What pydantic says of values that do not fit, as findings with place, message and remedy."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from pipeline.findings import Finding, Rule, Severity
from pipeline.tomlfile.positions import dotted
from pipeline.tomlfile.source import Source

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
_CELLS = "cells"
_TYPES = {
    bool: "真假值", int: "整数", float: "小数", Decimal: "小数", str: "文字", list: "数组",
    dict: "表", dt.date: "日期", dt.datetime: "日期时间", dt.time: "时间",
}  # fmt: skip
_EXPECTED = {
    "string_type": "文字（写在引号里）", "bool_type": " true 或 false",
    "list_type": "数组", "model_type": "表", "int_type": "整数",
}  # fmt: skip
_LIMITS = {"greater_than_equal": "不小于", "less_than_equal": "不大于"}
_LONGEST = 20


def misfit(rule: Rule, message: str) -> PydanticCustomError:
    """The error by which a validator of a model tells a finding."""
    return PydanticCustomError(rule.code, "{message}", {"message": message})


def misfits(problems: Sequence[tuple[int, Rule, str]]) -> PydanticCustomError:
    """The same for several elements of an array: their numbers from 0, rules and messages."""
    cells = [(index, rule.code, message) for index, rule, message in problems]
    return PydanticCustomError(_CELLS, "{count}", {"count": len(cells), "cells": cells})


def kind_of(value: object) -> str:
    """The kind of a TOML value, in Chinese."""
    kinds = (_TYPES[kind] for kind in type(value).__mro__ if kind in _TYPES)
    return next(kinds, type(value).__name__)


def shown(value: object) -> str:
    """A value as messages quote it: no longer than a line can hold."""
    text = str(Decimal(value) if isinstance(value, int) else value)  # str(int) has its limit
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def find(model: type[BaseModel], source: Source, data: Mapping[str, Any]) -> list[Finding]:
    """Everything in `data` that does not fit `model`; places from `source`."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        return [
            finding
            for item in error.errors(include_url=False)
            for finding in _findings(model, source, item)
        ]
    return []


def _findings(model: type[BaseModel], source: Source, item: Any) -> Iterator[Finding]:  # noqa: ANN401
    path: Sequence[str | int] = item["loc"]
    name, context = item["type"], item.get("ctx", {})
    if name == _CELLS:
        for index, code, message in context["cells"]:
            yield Finding(_BY_CODE[code], source.place((*path, index)), message)
    elif name == "extra_forbidden":
        near = get_close_matches(str(path[-1]), _keys(model, path[:-1]), n=1)
        hint = f"是否应为 {near[0]}？" if near else ""
        yield Finding(UNKNOWN, source.key_place(path), f"不认识的键：{dotted(path)}。", hint)
    else:
        rule, message = _said(model, path, item, context)
        yield Finding(rule, source.place(path), message)


def _said(
    model: type[BaseModel], path: Sequence[str | int], item: Mapping[str, Any], context: Any  # noqa: ANN401
) -> tuple[Rule, str]:  # fmt: skip
    name, key = item["type"], dotted(path)
    if name in _BY_CODE:
        return _BY_CODE[name], context["message"]
    if name == "missing":
        return MISSING, f"缺少 {key}{_title(model, path)}。"
    if name in _EXPECTED:
        return TYPE, f"{key} 应是{_EXPECTED[name]}，现在是{kind_of(item['input'])}。"
    if limited := _limited(key, item, context):
        return limited
    if name == "literal_error":
        return RANGE, f"{key} 只能是 {context['expected'].replace(' or ', ' 或 ')}。"
    return RANGE, f"{key} 的值不合适：{shown(item['input'])}。"


def _limited(key: str, item: Mapping[str, Any], context: Any) -> tuple[Rule, str] | None:  # noqa: ANN401
    """What a value must be that is too few, too small, too large, or no name; None for others."""
    name, value = item["type"], shown(item["input"])
    if name == "too_short":
        return RANGE, f"{key} 至少要有一项。"
    if name == "string_pattern_mismatch":
        told = "只能用小写英文字母、数字和下划线，并以字母开头"
        return RANGE, f"{key} {told}，现在是 {value}。"
    if name in _LIMITS:
        return RANGE, f"{key} 应{_LIMITS[name]} {next(iter(context.values()))}，现在是 {value}。"
    return None


def _keys(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    return list(_fields(_field(model, path)))


def _title(model: type[BaseModel], path: Sequence[str | int]) -> str:
    title = getattr(_field(model, path), "title", None)
    return f"（{title}）" if title else ""


def _field(model: type[BaseModel], path: Sequence[str | int]) -> Any:  # noqa: ANN401
    here: Any = model
    for key in path:
        if isinstance(key, int):
            continue
        here = _fields(here).get(key)
        if here is None:
            return None
    return here


def _fields(field: Any) -> dict[str, Any]:  # noqa: ANN401
    """The fields of a model, or of the model that a field holds, by the key of a content file."""
    fields = getattr(_inner(field), "model_fields", {})
    return {info.alias or name: info for name, info in fields.items()}


def _inner(field: Any) -> Any:  # noqa: ANN401
    kind = getattr(field, "annotation", field)
    for argument in getattr(kind, "__args__", ()):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
    return kind
