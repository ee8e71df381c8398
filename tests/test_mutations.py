"""Changing any one number of a correct report is found whenever a relation is broken by it."""

from typing import Any

from conftest import Workshop
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.form.tables import Cell, add
from pipeline.rules.relations import RELATION, STATED

COUNTS = st.integers(0, 40)


def _set(content: dict[str, Any], line: Any, values: list[int]) -> None:
    here = content[line[0]]
    for key in line[1][:-1]:
        here = here.setdefault(key, {})
    here[line[1][-1]] = values


@st.composite
def correct(draw: st.DrawFn, workshop: Workshop) -> dict[str, Any]:
    """Tables 三 and 四 of any numbers, with all totals stated, in which every relation holds."""
    content = workshop.blank()
    rows = {key: [draw(COUNTS) for _ in range(6)] for key in ("granted", "partially_granted")}
    results = content["applications"]["results"]
    for group in results.values():
        for key in group if isinstance(group, dict) else ():
            group[key] = [draw(COUNTS) for _ in range(6)]
    results |= rows
    parts = [r for v in results.values() for r in (v.values() if isinstance(v, dict) else [v])]
    totals = [sum(column) for column in zip(*parts, strict=True)]
    carried_over = [draw(COUNTS) for _ in range(6)]
    carried_in = [draw(st.integers(0, t + c)) for t, c in zip(totals, carried_over, strict=True)]
    received = [t + c - i for t, c, i in zip(totals, carried_over, carried_in, strict=True)]
    results["total"] = totals
    content["applications"] |= {
        "received": received, "carried_in": carried_in, "carried_over": carried_over,
    }  # fmt: skip
    reviews = content["reviews"]
    reviews["reconsideration"] = [draw(COUNTS) for _ in range(4)]
    for key in reviews["litigation"]:
        reviews["litigation"][key] = [draw(COUNTS) for _ in range(4)]
    _state(content["applications"])
    _state(reviews)
    return content


def _state(table: dict[str, Any]) -> None:
    """Give every array its total."""
    for value in table.values():
        if isinstance(value, dict):
            _state(value)
        elif isinstance(value, list):
            value.append(sum(value))


def _arrays(table: Any) -> list[list[int]]:
    if isinstance(table, list):
        return [table]
    return [array for value in table.values() for array in _arrays(value)]


@settings(max_examples=60)
@given(data=st.data())
def test_any_changed_number_is_found(workshop: Workshop, data: st.DataObject) -> None:
    """With all totals stated every number stands in an equation, so each change is an error."""
    content = data.draw(correct(workshop))
    assert workshop.check(content).errors == []
    arrays = [*_arrays(content["applications"]), *_arrays(content["reviews"])]
    array = data.draw(st.sampled_from(arrays))
    at = data.draw(st.integers(0, len(array) - 1))
    array[at] = data.draw(st.integers(0, 400).filter(lambda value: value != array[at]))
    errors = workshop.check(content).errors
    assert errors
    assert {finding.rule for finding in errors} <= {STATED, RELATION}


@settings(max_examples=40)
@given(data=st.data())
def test_findings_and_equations_agree(workshop: Workshop, data: st.DataObject) -> None:
    """With computed totals, there is a finding exactly for each column whose balance is broken."""
    content = workshop.blank()
    applications = content["applications"]
    for key in ("received", "carried_in", "carried_over"):
        applications[key] = [data.draw(st.integers(0, 2)) for _ in range(6)]
    applications["results"]["granted"] = [data.draw(st.integers(0, 3)) for _ in range(6)]
    checked = workshop.check(content)
    table = next(c.table for c in checked.report.sections if c.section.key == "applications")
    assert table

    def column(row: str) -> dict[str, int]:
        cells: list[Cell] = [
            c for p, c in table.cells.items() if p.startswith(f"applications.{row}.")
        ]
        return {c.column.path[-1]: int(table[c.path]) for c in cells}

    one, two, three, four = map(column, ("received", "carried_in", "results.total", "carried_over"))
    broken = {key for key in one if one[key] + two[key] != three[key] + four[key]}
    assert add([one["total"], two["total"]]) == sum(
        v for r in (one, two) for k, v in r.items() if k != "total"
    )
    assert len([f for f in checked.errors if f.rule is RELATION]) == len(broken)
