"""LaTeX as people write it: ctexart, longtable with multirow, two passes of xelatex."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.measure import Cost, run
from bench.ours import together
from bench.setting import HERE, Setting
from pipeline.page import bp

PASSES = 2
_PADDING = bp(1.0)
"""\\tabcolsep of the template, at both sides of a cell."""
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "%&_#${}"})


def source(data: dict[str, Any], fonts: Path) -> str:
    """A composed report as LaTeX."""
    environment = Environment(  # noqa: S701  # LaTeX, escaped by the filter
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((=",
        comment_end_string="=))",
        trim_blocks=True,
    )
    environment.filters["tex"] = _escaped
    template = environment.get_template("ctex.tex.j2")
    return template.render(data=data, fonts=fonts, longtable=longtable)


def longtable(table: dict[str, Any]) -> str:
    """A table as longtable; the head of its first block is repeated, as is usual."""
    widths, heights = table["columns"], table["heights"]
    columns = "|".join(f"m{{{width - 2 * _PADDING:.3f}bp}}" for width in widths)
    stretch = min(heights) / (table["label_size"] * 1.2)
    lines = [f"\\renewcommand\\arraystretch{{{stretch:.3f}}}"]
    lines += [f"\\begin{{longtable}}{{|{columns}|}}", "\\hline"]
    for row in range(len(heights)):
        lines.append(" & ".join(_cells(table, row)) + r" \\")
        lines.append(_rule(table, row))
        if row == table["blocks"][0]["head"] - 1:
            lines.append("\\endhead")
    return "\n".join([*lines, "\\end{longtable}"])


def _cells(table: dict[str, Any], row: int) -> Iterator[str]:
    """The cells of a row; below the first row of a spanned one, an empty cell."""
    for cell in _covering(table, row):
        inner = sum(table["columns"][cell["x"] : cell["x"] + cell["width"]]) - 2 * _PADDING
        size = table["value_size"] if cell["role"] == "value" else table["label_size"]
        text = f"\\fontsize{{{size}bp}}{{{size * 1.2:.2f}bp}}\\selectfont {_escaped(cell['text'])}"
        place = "\\raggedright" if cell["align"] == "left" else "\\centering"
        if cell["y"] != row:
            text = ""
        elif cell["height"] > 1:
            text = f"\\multirow{{{cell['height']}}}{{{inner:.3f}bp}}{{{place} {text}}}"
        else:
            text = f"{place} {text}"
        edge = "|" if cell["x"] == 0 else ""
        yield f"\\multicolumn{{{cell['width']}}}{{{edge}m{{{inner:.3f}bp}}|}}{{{text}}}"


def _covering(table: dict[str, Any], row: int) -> list[dict[str, Any]]:
    """The cells that stand in a row, from left to right."""
    return sorted(
        (c for c in table["cells"] if c["y"] <= row < c["y"] + c["height"]), key=lambda c: c["x"]
    )


def _rule(table: dict[str, Any], row: int) -> str:
    """The line below a row, but not through a cell that goes on."""
    ends = [c for c in _covering(table, row) if c["y"] + c["height"] == row + 1]
    return "".join(f"\\cline{{{c['x'] + 1}-{c['x'] + c['width']}}}" for c in ends)


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)


def cold(setting: Setting, out: Path) -> Cost:
    """The first report, in two passes: longtable's widths are right after the second."""
    data = json.loads(setting.data(0).read_text(encoding="utf-8"))
    (out / "report.tex").write_text(source(data, setting.fonts), encoding="utf-8")
    command = ["xelatex", "-interaction=batchmode", "-halt-on-error", "report.tex"]
    return together([run(command, setting.env, out) for _ in range(PASSES)])
