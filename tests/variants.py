"""Workshops whose layouts differ from the shipped ones: the 2021 form changed, or another form."""

import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomli_w
from conftest import ROOT, Workshop

from pipeline.checking import Stock
from pipeline.form import forms


def shipped_form() -> dict[str, Any]:
    """The data of the 2021 form."""
    return tomllib.loads((ROOT / "layouts/2021/form.toml").read_text(encoding="utf-8"))


def workshop_for(folder: Path, stock: Stock, form: dict[str, Any], name: str = "2021") -> Workshop:
    """A workshop whose only form is `form`, with the shipped page class and template."""
    layouts = folder / "layouts"
    (layouts / name).mkdir(parents=True)
    for file in ("nianbao.cls", "report.tex.j2"):
        shutil.copyfile(ROOT / "layouts" / file, layouts / file)
    (layouts / name / "form.toml").write_text(tomli_w.dumps(form), encoding="utf-8")
    return Workshop(folder, Stock(forms.load_all(layouts), stock.fonts), layouts)


def tables(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables of a form by their section's key."""
    return {s["key"]: s["table"] for s in form["sections"] if "table" in s}


def relabel(nodes: list[dict[str, Any]], change: Callable[[str], str]) -> None:
    """Every label of a tree of rows or columns, changed."""
    for node in nodes:
        node["label"] = change(node["label"])
        relabel(node.get("children", []), change)
