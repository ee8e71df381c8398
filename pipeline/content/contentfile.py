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

import tomlkit
from tomlkit.items import String

from pipeline.content.schema import OWN
from pipeline.form.forms import Form, Section
from pipeline.form.rows import ROWS
from pipeline.form.tables import Line, Value, lines
from pipeline.tomlfile.source import Plus

_HEAD = ("year", "form", "title", "date", "sample", "preface")
_PROSE = ("text", "before")
_LABEL = 8
"""A heading of a column has at most this width, in columns of a Latin letter."""


def write(
    form: Form, values: Mapping[str, Any], *, above: Sequence[str] = (), below: Sequence[str] = ()
) -> str:
    """The content file that holds `values`; `above` and `below` are comments."""
    parts = [
        _comments(above),
        "".join(_pair(key, values[key]) for key in _HEAD if key in values),
        "[agency]\n"
        + "".join(_pair(key, value) for key, value in values.get("agency", {}).items()),
        *(_own_section(section) for section in values.get(OWN, [])),
        *(_section(section, values.get(section.key, {})) for section in form.sections),
        *(_accepted(entry) for entry in values.get("accepted", [])),
        _comments(below),
    ]
    return "\n".join(part for part in parts if part)


def _accepted(values: Mapping[str, Any]) -> str:
    return "[[accepted]]\n" + "".join(
        f"{key} = {_string(value)}\n" for key, value in values.items()
    )


def _comments(texts: Iterable[str]) -> str:
    return "".join(
        f"# {line}".rstrip() + "\n" for text in texts for line in _safe(text).split("\n")
    )


def _safe(text: str) -> str:
    """Text for a comment: without the control characters that TOML forbids there."""
    spaced = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in spaced if c == "\n" or unicodedata.category(c) != "Cc")


def _own_section(values: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in values.items() if key != "parts"}
    body = "[[sections]]\n" + "".join(_pair(key, value) for key, value in kept.items())
    return "\n".join([body, *_parts(values.get("parts", []), OWN)])


def _section(section: Section, values: Mapping[str, Any]) -> str:
    name = f"# {section.heading}\n[{section.key}]\n"
    prescribed = [part.key for part in section.parts]
    first = [key for key in ("heading", *_PROSE, *prescribed) if key in values]
    pieces = [name + "".join(_pair(key, values[key]) for key in first)]
    if ROWS in values:
        pieces[0] += _rows(values[ROWS])
    after = _pair("after", values["after"]) if "after" in values else ""
    rows = [line for line in lines(section) if _given(values, line.keys) is not None]
    tables: dict[tuple[str, ...], list[Line]] = {(): []}
    for line in rows:
        tables.setdefault(line.keys[:-1], []).append(line)
    pieces[0] += _table(tables.pop(()), values) + after
    for group, own in tables.items():
        pieces.append(f"[{'.'.join((section.key, *group))}]\n{_table(own, values)}")
    return "\n".join([*pieces, *_parts(values.get("parts", []), section.key)])


def _parts(parts: Sequence[Mapping[str, Any]], above: str) -> Iterator[str]:
    for part in parts:
        kept = {key: value for key, value in part.items() if key != "parts"}
        yield f"[[{above}.parts]]\n" + "".join(_pair(key, value) for key, value in kept.items())
        yield from _parts(part.get("parts", []), f"{above}.parts")


def _table(rows: Sequence[Line], values: Mapping[str, Any]) -> str:
    """Lines of one table of the file, their numbers in columns; headings above each new set."""
    width = max((len(line.keys[-1]) for line in rows), default=0)
    made = ""
    for count, group in groupby(rows, key=lambda line: _size(_given(values, line.keys))):
        own = list(group)
        cells = [[_literal(value) for value in _listed(_given(values, line.keys))] for line in own]
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
            made += f"{line.keys[-1]:<{width}} = {shown}  # {line.label}\n"
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


def _given(values: Mapping[str, Any], keys: Sequence[str]) -> Any:  # noqa: ANN401
    here: Any = values
    for key in keys:
        here = here.get(key) if isinstance(here, Mapping) else None
    return here


def _pair(key: str, value: object) -> str:
    return (
        f"{key} = {_literal(value, prose=key not in {'heading', 'title', 'name', 'title_name'})}\n"
    )


def _literal(value: object, *, prose: bool = False) -> str:
    """A value as TOML spells it; prose on lines of its own."""
    if isinstance(value, str):
        return _prose(value) if prose and ("\n" in value or len(value) > _LABEL) else _string(value)
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
    return String.from_raw(_safe(text)).as_string()


def _prose(text: str) -> str:
    escaped = tomlkit.string(_safe(text), multiline=True).as_string()
    return f'"""\n{escaped[3:-3]}\n"""'


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
