"""The rows of a table as one report has them: its own ones, and optional ones only where given."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.form.blocks import Block, without
from pipeline.form.forms import Section
from pipeline.form.trees import Node
from pipeline.tomlfile.positions import KeyPath

ROWS = "rows"
"""The key of a content file that lists the rows of a table that has none of its own."""


class OwnRow(Node):
    """A row that the content file lists; `at` is its key path there."""

    at: KeyPath = ()


def present(section: Section, values: Mapping[str, Any]) -> Section:
    """The section with the rows that a report has, from the validated `values` of its section."""
    table = section.table
    if table is None:
        return section
    if table.own_rows:
        blocks: tuple[Block, ...] = (_listed(section.key, table.blocks[0], values.get(ROWS, [])),)
    else:
        blocks = tuple(_given(block, values) for block in table.blocks)
    return section.model_copy(update={"table": table.model_copy(update={"blocks": blocks})})


def row_key(row: Mapping[str, Any], index: int) -> str:
    """The key of a listed row: its own, or its number from 1."""
    return str(row.get("key") or f"row{index + 1}")


def _listed(section: str, block: Block, rows: Sequence[Any]) -> Block:
    nodes: dict[str, OwnRow] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            continue
        key = row_key(row, index)
        while key in nodes:  # in a draft, where it is a finding
            key += "_"
        nodes[key] = OwnRow(
            label=row.get("label", ""),
            key=key,
            unit=row.get("unit", ""),
            indent=row.get("depth", 0),
            at=(section, ROWS, index),
        )
    return Block(
        heading=block.heading,
        stub=block.stub,
        columns=block.columns,
        rows=tuple(nodes.values()),
    )


def _given(block: Block, values: Mapping[str, Any]) -> Block:
    optional = [leaf.path for leaf in block.row_leaves if leaf.node.optional]
    return without(block, {path for path in optional if not _stands(values, path)})


def _stands(values: Any, path: Sequence[str]) -> bool:  # noqa: ANN401
    for key in path:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values is not None
