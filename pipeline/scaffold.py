"""`new`: next year's content file from last year's: figures carried over, prose to write again.

Values of a content file go in, values of another come out, with comments: what last year's prose
was, what to fill in, and what found no place in the form of the new year.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.content import contentfile
from pipeline.content.numbers import BLANKS, KINDS
from pipeline.content.schema import OWN
from pipeline.form import rows, tables
from pipeline.form.forms import Form, Section
from pipeline.form.rows import ROWS
from pipeline.form.tables import BLANK, Line, Value
from pipeline.tomlfile.positions import KeyPath

_TEXTS = ("text", "before", "after")
_WRITE = "文字写在三个引号之间，空一行另起一段；{{ 路径 }} 引用表中的数字。"
_FILL = f"{BLANKS}合计由程序计算，不必填写。"
_BEFORE = "上年写的是："
_CARRIED = "由上年带入，请核对"


@dataclass(frozen=True)
class Earlier:
    """An earlier year's file of the same office: its year, its form, its values that fit it.

    `carried`: whether it is the year before, so that its figures go on.
    """

    year: int
    form: Form
    values: Mapping[str, Any]
    carried: bool

    def cells(self) -> dict[str, Value]:
        """What stands in each cell, by its path."""
        found: dict[str, Value] = {}
        for form_section in self.form.sections:
            own = self.values.get(form_section.key, {})
            section = rows.present(form_section, own)
            if section.table:
                table = tables.values(section, own)
                found |= {path: table[path] for path in table.cells}
        return found


@dataclass
class Scaffold:
    """The new year's values, comments by key, and what a person should know of them."""

    values: dict[str, Any]
    notes: dict[KeyPath, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Prose of the earlier year that the new form has no place for."""

    def text(self, form: Form, above: Sequence[str] = (), below: Sequence[str] = ()) -> str:
        """The content file; `above` and `below` are comments."""
        heading = ["上年的这些文字在新的格式中没有位置，请自行安排："] * bool(self.left)
        return contentfile.write(
            form,
            self.values,
            above=[*above, *self.remarks],
            below=[*below, *heading, *self.left],
            notes=self.notes,
        )


def scaffold(form: Form, year: int, earlier: Earlier | None = None) -> Scaffold:
    """The content of `year`, in `form`: every figure blank but those that go on, no prose."""
    made = Scaffold({"year": year})
    old = earlier.values if earlier else {}
    made.values |= {key: old[key] for key in ("sample", "agency") if key in old}
    if "preface" in old:
        made.values["preface"] = _text(made, (), "preface", old["preface"])
    if form.own_sections:
        sections = old.get(OWN, []) if earlier and earlier.form.own_sections else []
        made.values[OWN] = _listed(made, sections or [{"heading": "", "text": ""}], (OWN,))
    cells = earlier.cells() if earlier and earlier.carried else {}
    known = {section.key for section in earlier.form.sections} if earlier else set()
    for section in form.sections:
        before = old.get(section.key, {}) if section.key in known else {}
        made.values[section.key] = _section(made, section, before)
        if section.table and earlier and earlier.carried:
            _carry(made, section, cells)
    if earlier:
        _tell_what_is_left(made, form, earlier)
    return made


def _section(made: Scaffold, section: Section, old: Mapping[str, Any]) -> dict[str, Any]:
    """A section: its figures blank, its texts empty, last year's as comments."""
    values: dict[str, Any] = {"heading": old["heading"]} if "heading" in old else {}
    at: KeyPath = (section.key,)
    prescribed = [part.key for part in section.parts]
    expected = prescribed or ([] if section.table else ["text"])
    for key in (*_TEXTS, *prescribed):
        if key in expected or isinstance(old.get(key), str):
            values[key] = _text(made, at, key, old.get(key, ""))
    made.notes[at] = [_FILL if section.table else _WRITE]
    if section.table:
        binding = [relation for relation in section.table.relations if not relation.nearly]
        made.notes[at] += [f"{relation.text}。" for relation in binding]
        made.notes[at] += _signs(section)
        _blank_table(values, section, old)
    if parts := old.get("parts"):
        values["parts"] = _listed(made, parts, (*at, "parts"))
    return values


def _signs(section: Section) -> list[str]:
    """How to write a number with its sign, where the table has such."""
    cells = [cell for line in tables.lines(section) for cell in line.cells if cell.kind == "signed"]
    names = dict.fromkeys(cell.column.node.label for cell in cells)
    return [f"{name}：{KINDS['signed']}" for name in names]


def _text(made: Scaffold, at: KeyPath, key: str, old: str) -> str:
    """An empty text; above it, as comments, what it said before."""
    lines = [f"  {line.strip()}".rstrip() for line in old.strip().splitlines()]
    if lines:
        made.notes[*at, key] = [_BEFORE, *lines]
    return ""


def _listed(made: Scaffold, listed: Sequence[Any], at: KeyPath) -> list[dict[str, Any]]:
    """Sections of the office's own, or parts: headings kept, texts empty."""
    found: list[dict[str, Any]] = []
    for old in listed:
        if not isinstance(old, Mapping):
            continue
        here = (*at, len(found))
        values = {key: old[key] for key in ("heading", "run_in") if key in old}
        if "text" in old:
            values["text"] = _text(made, here, "text", old["text"])
        if parts := old.get("parts"):
            values["parts"] = _listed(made, parts, (*here, "parts"))
        found.append(values)
    return found


def _blank_table(values: dict[str, Any], section: Section, old: Mapping[str, Any]) -> None:
    """Every row that the form prescribes, and of the optional ones those that were there."""
    if section.table and section.table.own_rows:
        own = [row for row in old.get(ROWS, []) if isinstance(row, Mapping)]
        kept = own or [{"label": "", "unit": ""}]
        values[ROWS] = [
            {**{key: row[key] for key in ("label", "unit") if key in row}, "value": BLANK}
            | {key: row[key] for key in ("depth", "key") if key in row}
            for row in kept
        ]
        return
    for line in tables.lines(rows.present(section, old)):
        if not line.derived:
            _put(values, line, [BLANK] * len(line.entered))


def _put(values: dict[str, Any], line: Line, cells: Sequence[Value]) -> None:
    here = values
    for key in line.keys[:-1]:
        here = here.setdefault(key, {})
    here[line.keys[-1]] = cells[0] if line.scalar else list(cells)


def _carry(made: Scaffold, section: Section, cells: Mapping[str, Value]) -> None:
    """Figures that go on: where a relation says that they follow from the year before."""
    present = rows.present(section, made.values[section.key])
    if present.table is None or present.table.own_rows:
        return
    starts, missing = _starts(present, cells)
    for line in tables.lines(present):
        carried = [starts.get(cell.path, BLANK) for cell in line.entered]
        if any(value != BLANK for value in carried):
            _put(made.values[section.key], line, carried)
            made.notes[section.key, *line.keys] = [_CARRIED]
    made.remarks += [f"没有带入：{text}；上年的文件里没有这些数字。" for text in missing]


def _starts(section: Section, cells: Mapping[str, Value]) -> tuple[dict[str, Value], list[str]]:
    """What cells begin the year with, by path; and the relations whose figures are not there."""
    starts: dict[str, Value] = {}
    missing: dict[str, bool] = {}
    table = section.table
    if table is None:
        return starts, []
    for equation in tables.values(section, {}).equations(table):
        if not equation.previous or len(equation.left) > 1 or equation.left[0].derived:
            continue
        total = tables.add([cells.get(cell.path, BLANK) for cell in equation.previous])
        text = equation.relation.text
        missing[text] = missing.get(text, True) and total == BLANK
        starts[equation.left[0].path] = total
    return starts, [text for text, all_missing in missing.items() if all_missing]


def _tell_what_is_left(made: Scaffold, form: Form, earlier: Earlier) -> None:
    """Remarks on a change of form, and the prose that has no place in the new one."""
    if form.name == earlier.form.name:
        return
    made.remarks.append(
        f"格式由“{earlier.form.title}”改为“{form.title}”：能对应的已经带入，新增的各项请另填。"
    )
    kept = {section.key: section for section in form.sections}
    for section in earlier.form.sections:
        if section.key not in kept:
            made.remarks.append(f"没有带入：上年的“{section.heading}”，新的格式中没有。")
            made.left += _texts(earlier.values.get(section.key, {}), section.heading)
        else:
            gone = {part.key for part in section.parts} - {p.key for p in kept[section.key].parts}
            old = earlier.values.get(section.key, {})
            for part in section.parts:
                if part.key in gone and isinstance(old.get(part.key), str):
                    made.left += [part.heading, *_indented(old[part.key])]
    if earlier.form.own_sections and not form.own_sections:
        made.remarks.append("没有带入：上年自定的各部分，文字抄在本文件末尾。")
        for section_values in earlier.values.get(OWN, []):
            if isinstance(section_values, Mapping):
                made.left += _texts(section_values, "")


def _texts(values: Mapping[str, Any], heading: str) -> Iterator[str]:
    """The prose of a section or part that is not kept, under its heading; nothing if it is none."""
    parts = [part for part in values.get("parts", []) if isinstance(part, Mapping)]
    told = [line for key in _TEXTS for line in _indented(values.get(key, ""))]
    told += [line for part in parts for line in _texts(part, "")]
    if told:
        yield str(values.get("heading", heading))
        yield from told


def _indented(text: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(text, str):
        yield from (f"  {line.strip()}" for line in text.strip().splitlines() if line.strip())
