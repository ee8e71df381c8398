"""What pydantic says of values that do not fit, as findings with place, message and remedy."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from pipeline.content.keys import meant, title_of
from pipeline.findings import Finding, Rule, Severity
from pipeline.tomlfile.positions import dotted
from pipeline.tomlfile.source import Source


def _rule(code: str, title: str, remedy: str, about: str) -> Rule:
    return Rule(code, Severity.ERROR, title, remedy, about=about)


UNKNOWN = _rule(
    "NB201",
    "不认识的键",
    "请改正拼写，或删去这一项。",
    "所用的格式没有这个键，多半是拼错了，或者放错了位置。有相近的键时，提示中会写出来。",
)
MISSING = _rule(
    "NB202",
    "缺少一项",
    "请补上这一项。",
    "必填的键没有写，或者必填的文字是空的。旁边没有 agency.toml、文件里也没有 [agency] 表的，"
    "也是这个编号。",
)
TYPE = _rule(
    "NB203",
    "类型不对",
    "请按格式说明填写。",
    "数字、文字、日期、数组写成了另一种。数字和日期不加引号，文字要加引号；"
    "几列数字写在一对方括号里。",
)
LENGTH = _rule(
    "NB204",
    "个数不对",
    '请逐列核对，空着的格写成 ""。',
    "一行应有几个数，是由格式定的。提示中按次序列出各列。总计可以不写，由程序计算。",
)
NEGATIVE = _rule("NB205", "负数", "请填 0 或正数。", "件数和金额不能小于 0。")
FRACTION = _rule("NB206", "件数有小数", "件数请填整数。", "件数写成了小数，4.0 也不行。")
QUOTED = _rule(
    "NB207",
    "数字加了引号",
    "请去掉引号，只留数字。",
    "加了引号就成了文字，不能相加，也不能核对。",
)
RANGE = _rule(
    "NB208",
    "超出范围",
    "请核对后改正。",
    "没有这一年适用的格式，成文日期早于报告年度，数字超过十二位，印章直径不在 30 至 50 毫米之间，"
    "等等。提示中写明应在什么范围。",
)
BLANK = Rule(
    "NB220",
    Severity.WARNING,
    "文字是空的",
    "请写上文字；不需要的，删去这个键。",
    about="写了正文的键，引号之间没有文字。nianbao new 生成的文件，文字都要自己写。",
)
RULES = (UNKNOWN, MISSING, TYPE, LENGTH, NEGATIVE, FRACTION, QUOTED, RANGE, BLANK)

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
        message = f"不认识的键：{dotted(path)}。"
        yield Finding(UNKNOWN, source.key_place(path), message, meant(model, path))
    else:
        rule, message = _said(model, path, item, context)
        yield Finding(rule, source.place(path), message)


def _said(
    model: type[BaseModel], path: Sequence[str | int], item: Mapping[str, Any], context: Any  # noqa: ANN401
) -> tuple[Rule, str]:  # fmt: skip
    name, key = item["type"], dotted(path)
    if name in _BY_CODE:
        subject = key + (title_of(model, path) or " ") if name == MISSING.code else ""
        return _BY_CODE[name], subject + context["message"]
    if name == "missing":
        return MISSING, f"缺少 {key}{title_of(model, path)}。"
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
