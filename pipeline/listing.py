"""What commands print, as lines of Chinese text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pipeline.findings import Finding, Place, Rule, Severity

if TYPE_CHECKING:  # a command that lists one thing loads nothing of the others
    from _typeshed import DataclassInstance

    from pipeline.conformance.problem import Problem
    from pipeline.difference import Difference
    from pipeline.doctor import Check
    from pipeline.fonts import FontSet, Role
    from pipeline.form.forms import Form

SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.NOTE: "提示"}

_MOST_RELATED = 8

STATES = {"ok": "正常", "warning": "注意", "missing": "缺少"}
"""How `doctor` says that a thing stands."""


def finding(found: Finding) -> str:
    """A finding: place, weight, code, what is wrong, and what to do."""
    shown = [f"{found.place} {SEVERITIES[found.severity]} {found.rule.code} {found.message}"]
    if found.accepted is not None:
        shown.append(f"  已确认：{found.accepted}")
    else:
        shown.append(f"  → {found.hint or found.rule.remedy}")
    if found.related:
        places = [_related(place, found.place) for place in found.related[:_MOST_RELATED]]
        more = f"，共 {len(found.related)} 处" if len(found.related) > _MOST_RELATED else ""
        shown.append(f"  相关：{'、'.join(places)}{more}")
    return "\n".join(shown)


def _related(place: Place, main: Place) -> str:
    """A place beside the main one; its file where that is another."""
    spot = f"{place.line}:{place.column}"
    return spot if place.file == main.file else f"{PurePath(place.file).name}:{spot}"


def summary(counts: Mapping[Severity, int], targets: int) -> str:
    """How many of each weight."""
    parts = "，".join(f"{SEVERITIES[kind]} {counts[kind]} 处" for kind in Severity)
    return f"共检查 {targets} 份：{parts}。"


def rule_lines(rules: Iterable[Rule]) -> Iterator[str]:
    """Rules with their weight and title, how they are found, and the remedy."""
    for rule in rules:
        yield f"{rule.code}　{SEVERITIES[rule.severity]}　{rule.title}"
        if rule.about:
            yield f"  {rule.about}"
        yield f"  → {rule.remedy}"
        if rule.acceptable:
            yield "  确属实情的，可在内容文件中用 [[accepted]] 写明理由，予以确认。"


def rules_json(rules: Iterable[Rule]) -> list[dict[str, object]]:
    """The same as data."""
    return [asdict(rule) for rule in rules]


def stand_ins(fonts: "FontSet") -> Iterator[str]:
    """That free faces stand in for licensed ones, and that a licence restricts embedding."""
    named = [
        f"{role.title}用 {role.faces[0].title}" for role in fonts.roles.values() if role.stand_in
    ]
    if named:
        yield (
            f"注意：未找到正版字体，以下由免费字体代用：{'；'.join(named)}。"
            "将字体文件放入 fonts/ 即可换用。"
        )
    for role in fonts.roles.values():
        if not role.stand_in and role.faces[0].restricted:
            yield f"注意：{role.faces[0].path.name} 限制嵌入，使用前请确认单位已取得授权。"


def font_lines(fonts: "FontSet") -> Iterator[str]:
    """Which file serves each role."""
    for role in fonts.roles.values():
        first, *others = role.faces
        kind = "代用" if role.stand_in else "正版"
        yield f"{role.title}：{first.title}［{kind}］{first.path}"
        yield f"  补字：{'、'.join(face.title for face in others) or '无'}"


def fonts_json(fonts: "FontSet") -> list[dict[str, object]]:
    """The same as data."""
    return [_role_json(role) for role in fonts.roles.values()]


def _role_json(role: "Role") -> dict[str, object]:
    return {
        "role": role.key,
        "title": role.title,
        "stand_in": role.stand_in,
        "faces": [
            {
                "title": face.title,
                "file": str(face.path),
                "index": face.index,
                "sha256": face.digest,
            }
            for face in role.faces
        ],
    }


def problem(file: str, found: "Problem") -> str:
    """What keeps a PDF from conforming: the file, the rule, what is wrong, and the clause."""
    return f"{file} 错误 {found.rule} {found.message}［{found.clause}］"


def problems_json(file: str, found: Sequence["DataclassInstance"]) -> dict[str, object]:
    """The same as data."""
    return {
        "file": file,
        "problems": [asdict(each) for each in found],
        "summary": {"problems": len(found)},
    }


def printable(text: str) -> str:
    """A line for a terminal: what stands in a file moves no cursor and hides nothing."""
    return "".join(char if char.isprintable() or char == "\u3000" else "\ufffd" for char in text)


def stamping(entry: Mapping[str, Any]) -> Iterator[str]:
    """An entry of a seal register, whatever it holds; what it lacks is left out."""
    from pipeline.content import approvals  # noqa: PLC0415  # as above

    def told(key: str) -> str:
        value = entry.get(key, "")
        return str(Decimal(value) if isinstance(value, int) else value)  # str(int) has its limit

    seals = {"ink": "留待手工盖章", "none": "不盖章", "file": told("seal_file")}
    sample = "，样例" if entry.get("sample") else ""
    yield f"第 {told('number')} 条　{told('time')}　经手：{told('by')}"
    yield f"  {told('agency')}　{told('year')} 年年报{sample}　{told('file')}"
    yield f"  印章：{seals.get(told('seal'), '')}　成文日期：{told('date')}"
    steps = entry.get("approvals")
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, Mapping) and step.get("role") in [*approvals.Role]:
            yield f"  {approvals.Role(step['role']).label}：{step.get('name')}　{step.get('date')}"
    if "forced" in entry:
        yield f"  强制用印：{told('forced')}"


def difference_lines(found: Sequence["Difference"]) -> Iterator[str]:
    """What differs between two reports, section by section."""
    for section, group in groupby(found, key=lambda each: each.section):
        if section:
            yield section
        yield from (f"{'  ' if section else ''}{_difference(each)}" for each in group)


def _difference(found: "Difference") -> str:
    from pipeline.difference import change_of  # noqa: PLC0415  # as above
    from pipeline.sentences import marked  # noqa: PLC0415

    if found.kind == "sentence":
        change = change_of(found)
        if change.old == change.new:
            return f"⇄ 移到了别处：{change.new}"
        if change.old and change.new:
            return f"～ {marked(change)}"
        return f"－ {change.old}" if change.old else f"＋ {change.new}"
    if found.old is None or found.new is None:
        return f"只有{'后者' if found.old is None else '前者'}有：{found.name}" + (
            f"（{found.old or found.new}）" if found.kind == "row" else ""
        )
    by = f"（{found.by}）" if found.by else ""
    return f"{found.name}：{found.old or '（空）'} → {found.new or '（空）'}{by}"


def doctor_lines(checks: Iterable["Check"]) -> Iterator[str]:
    """What the machine has and lacks, by groups."""
    for group, members in groupby(checks, key=lambda check: check.group):
        yield f"{group}"
        for check in members:
            yield f"  [{STATES[check.state]}] {check.title}：{check.detail}"
            if check.advice and check.state != "ok":
                yield f"      → {check.advice}"


def doctor_json(checks: Iterable["Check"]) -> list[dict[str, str]]:
    """The same as data."""
    return [{key: str(value) for key, value in asdict(check).items()} for check in checks]


def form_lines(form: "Form", *, whole: bool) -> Iterator[str]:
    """A form by name, years and notice; the whole of it with every key and its label."""
    from pipeline.form.tables import lines  # noqa: PLC0415  # as above

    years = (
        f"{form.from_year} 年起" if form.to_year is None else f"{form.from_year}—{form.to_year} 年"
    )
    yield f"{form.name}　{form.title}（{years}{'，' + form.notice if form.notice else ''}）"
    if not whole:
        return
    if form.own_sections:
        yield "[[sections]]　各部分由机关自定：heading 标题，text 正文，parts 小节"
    for section in form.sections:
        yield f"[{section.key}]　{section.heading}"
        if section.table and section.table.own_rows:
            yield "  rows　各行由机关自定：label 指标，unit 单位，value 数字，depth 缩进，key 名称"
        for part in section.parts:
            yield f"  {part.key}　{part.heading}"
        for line in lines(section):
            columns = "、".join(cell.column.node.label for cell in line.entered)
            total = "（自动计算）" if line.derived else "（可选）" if line.optional else ""
            yield f"  {'.'.join(line.keys)}　{line.label}{total}：{columns}"
