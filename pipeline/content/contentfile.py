"""Values → the text of a content file: keys in the order of the form, numbers lined up in columns.

It is written for a clerk to read: a comment names each section and row, and the columns of a table
stand below their headings.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from pipeline.content.schema import OWN, AgencyModel
from pipeline.form.forms import Form, Section
from pipeline.form.rows import ROWS
from pipeline.form.tables import Line, Value, given, group_labels, lines
from pipeline.tomlfile.positions import KeyPath
from pipeline.tomlfile.source import Plus

Notes = Mapping[KeyPath, Sequence[str]]
"""Comments for keys: above a section or a text, behind the label of a row."""
_NONE: Notes = {}
_HEAD = ("year", "form", "title", "date", "sample", "preface")
_PROSE = ("text", "before")
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_LABEL = 8
"""A heading of a column has at most this width, in columns of a Latin letter."""


def write(
    form: Form,
    values: Mapping[str, Any],
    *,
    above: Sequence[str] = (),
    below: Sequence[str] = (),
    notes: Notes = _NONE,
) -> str:
    """The content file that holds `values`; `above`, `below` and `notes` are comments."""
    agency = values.get("agency", {})
    parts = [
        _comments(above),
        "".join(_pair(key, values[key], (), notes) for key in _HEAD if key in values),
        "[agency]\n" + _agency(agency) if agency else "",
        *(
            _own_section(section, (OWN, index), notes)
            for index, section in enumerate(values.get(OWN, []))
        ),
        *(_section(section, values.get(section.key, {}), notes) for section in form.sections),
        *(
            _entry(name, entry)
            for name in ("accepted", "approvals")
            for entry in values.get(name, [])
        ),
        _comments(below),
    ]
    return "\n".join(part for part in parts if part)


def _entry(name: str, values: Mapping[str, Any]) -> str:
    return f"[[{name}]]\n" + "".join(
        f"{key} = {_literal(value)}\n" for key, value in values.items()
    )


def write_agency(values: Mapping[str, Any], *, above: Sequence[str] = ()) -> str:
    """The agency.toml that holds `values`, each with what it is; `above` are comments."""
    return _comments(above) + _agency(values)


def _agency(values: Mapping[str, Any]) -> str:
    fields = AgencyModel.model_fields
    pairs = [(f"{key} = {_literal(value)}", fields[key].title) for key, value in values.items()]
    width = max((_width(pair) for pair, _ in pairs), default=0)
    return "".join(f"{pair}{' ' * (width - _width(pair))}  # {title}\n" for pair, title in pairs)


def _comments(texts: Iterable[str]) -> str:
    return "".join(
        f"# {line}".rstrip() + "\n" for text in texts for line in _safe(text).split("\n")
    )


def _safe(text: str) -> str:
    """Text for a comment: without the control characters that TOML forbids there."""
    spaced = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in spaced if c == "\n" or unicodedata.category(c) != "Cc")


def _own_section(values: Mapping[str, Any], path: KeyPath, notes: Notes) -> str:
    return "\n".join(_listed_table(values, OWN, path, notes))


def _section(section: Section, values: Mapping[str, Any], notes: Notes) -> str:
    at: KeyPath = (section.key,)
    name = f"# {section.heading}\n{_comments(notes.get(at, ()))}[{section.key}]\n"
    prescribed = [part.key for part in section.parts]
    first = [key for key in ("heading", *_PROSE, *prescribed) if key in values]
    pieces = [name + "".join(_pair(key, values[key], at, notes) for key in first)]
    if ROWS in values:
        pieces[0] += _rows(values[ROWS])
    after = _pair("after", values["after"], at, notes) if "after" in values else ""
    rows = [line for line in lines(section) if given(values, line.keys) is not None]
    tables: dict[tuple[str, ...], list[Line]] = {(): []}
    for line in rows:
        tables.setdefault(line.keys[:-1], []).append(line)
    pieces[0] += _table(tables.pop(()), values, at, notes) + after
    labels = group_labels(section)
    for group, own in tables.items():
        header = f"# {labels[group]}\n[{'.'.join((section.key, *group))}]\n"
        pieces.append(header + _table(own, values, at, notes))
    return "\n".join([*pieces, *_parts(values.get("parts", []), section.key, at, notes)])


def _parts(
    parts: Sequence[Mapping[str, Any]], above: str, at: KeyPath, notes: Notes
) -> Iterator[str]:
    for index, part in enumerate(parts):
        yield from _listed_table(part, f"{above}.parts", (*at, "parts", index), notes)


def _listed_table(values: Mapping[str, Any], name: str, at: KeyPath, notes: Notes) -> Iterator[str]:
    """A section of the office's own, or a part, with the parts below it."""
    kept = {key: value for key, value in values.items() if key != "parts"}
    yield f"[[{name}]]\n" + "".join(_pair(key, value, at, notes) for key, value in kept.items())
    yield from _parts(values.get("parts", []), name, at, notes)


def _table(rows: Sequence[Line], values: Mapping[str, Any], at: KeyPath, notes: Notes) -> str:
    """Lines of one table of the file, their numbers in columns; headings above each new set."""
    width = max((len(line.keys[-1]) for line in rows), default=0)
    made = ""
    for count, group in groupby(rows, key=lambda line: _size(given(values, line.keys))):
        own = list(group)
        cells = [[_literal(value) for value in _listed(given(values, line.keys))] for line in own]
        heads = _heads(own[0], count)
        widths = [max(map(_width, column)) for column in zip(heads, *cells, strict=True)]
        if count:
            titles = " ".join(
                _padded(head, size + 1) for head, size in zip(heads, widths, strict=True)
            )
            made += f"#{' ' * (width + 2)}{titles}\n"
        for line, texts in zip(own, cells, strict=True):
            padded = ", ".join(
                _padded(text, size) for text, size in zip(texts, widths, strict=True)
            )
            shown = f"[{padded}]" if count else texts[0]
            unit = [f"单位：{line.cells[0].unit}"] if line.scalar and line.cells[0].unit else []
            told = "；".join((line.label, *unit, *notes.get((*at, *line.keys), ())))
            made += f"{line.keys[-1]:<{width}} = {shown}  # {told}\n"
    return made


def _heads(line: Line, count: int) -> list[str]:
    cells = line.cells if count == len(line.cells) else line.entered
    return [_short(cell.column.node.label) for cell in cells] if count else [""]


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows that a content file lists, one a line."""
    made = "rows = [\n"
    for row in rows:
        pairs = ", ".join(f"{key} = {_literal(value)}" for key, value in row.items())
        made += f"  {{ {pairs} }},\n"
    return made + "]\n"


def _size(value: object) -> int:
    """How many numbers a line has; 0 for one that stands without brackets."""
    return len(value) if isinstance(value, list) else 0


def _listed(value: Any) -> list[Value]:  # noqa: ANN401
    return value if isinstance(value, list) else [value]


def _pair(key: str, value: object, at: KeyPath, notes: Notes) -> str:
    prose = key not in {"heading", "title"}
    above = _comments(notes.get((*at, key), ()))
    gap = "\n" if above else ""
    return f"{gap}{above}{key} = {_literal(value, prose=prose)}\n"


def _literal(value: object, *, prose: bool = False) -> str:
    """A value as TOML spells it; prose on lines of its own, with an empty one to write on."""
    if isinstance(value, str):
        return _prose(value) if prose and not 0 < len(value) <= _LABEL else _string(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Plus):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _string(text: str) -> str:
    return f'"{_safe(text).translate(_ESCAPES)}"'


def _prose(text: str) -> str:
    escaped = _safe(text).replace("\\", r"\\").replace('"""', r'""\"')
    return f'"""\n{escaped}\n"""'


def _short(label: str) -> str:
    """The beginning of a label, for the head of a column."""
    kept = ""
    for char in label:
        if _width(kept + char) > _LABEL:
            break
        kept += char
    return kept


def _width(text: str) -> int:
    """The width on a screen: a Han character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return " " * (width - _width(text)) + text
