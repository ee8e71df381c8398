"""One process and many reports: changed files are seen, and what is not needed is not loaded."""

import shutil
import subprocess
import sys
from pathlib import Path

import cn2an
import pytest
import tomli_w
from conftest import ROOT, Workshop
from variants import shipped_form, tables, workshop_for

from pipeline import checking, counting, fonts
from pipeline.checking import Stock
from pipeline.content import misfits
from pipeline.form import forms
from pipeline.typesetting import latex

MOST_WORDS = ("十", "百", "千", "万", "亿")


def test_a_changed_template_is_seen(own_workshop: Workshop, tmp_path: Path) -> None:
    """The second rendering in a process is by the template as it stands then."""
    layouts = tmp_path / "layouts"
    shutil.copytree(ROOT / "layouts", layouts)
    checked = own_workshop.check(own_workshop.blank())
    before = latex.render(checked.document, checked.plan, layouts).tex
    template = layouts / latex.TEMPLATE
    template.write_text(template.read_text(encoding="utf-8") + "%changed", encoding="utf-8")
    assert latex.render(checked.document, checked.plan, layouts).tex == f"{before}%changed"


def test_a_changed_form_is_seen(tmp_path: Path, stock: Stock) -> None:
    """A form of the same name and file, loaded again, has its own keys, and the first keeps its."""
    form = shipped_form()
    workshop = workshop_for(tmp_path, stock, form)
    content = workshop.blank()
    assert not workshop.check(content).errors
    first = workshop.stock
    rows = tables(form)["applications"]["blocks"][0]["rows"]
    rows[0]["key"] = "received_anew"
    for relation in tables(form)["applications"]["relations"]:
        relation["left"] = [name.replace("received", "received_anew") for name in relation["left"]]
    path = workshop.layouts / "2021" / "form.toml"
    path.write_text(tomli_w.dumps(form), encoding="utf-8")
    workshop.stock = Stock(forms.load_all(workshop.layouts), stock.fonts)
    codes = {finding.rule for finding in workshop.check(content).errors}
    assert {misfits.UNKNOWN, misfits.MISSING} <= codes
    workshop.stock = first
    assert not workshop.check(content).errors


def test_a_changed_font_is_seen(tmp_path: Path, stock: Stock) -> None:
    """Fonts that are loaded again are the files as they stand then."""
    latin = stock.fonts.roles["latin"].faces[0].path
    han = next(f.path for f in stock.fonts.roles["song"].faces if f.path.suffix == ".otf")
    name = (ROOT / "fonts" / "fonts.toml").read_text(encoding="utf-8")
    assert "simfang.ttf" in name.lower()
    own = tmp_path / "simfang.ttf"
    drawn = []
    for source in (latin, han):
        shutil.copyfile(source, own)
        loaded = fonts.load(ROOT / "fonts" / "fonts.toml", tmp_path)
        face = next(f for role in loaded.roles.values() for f in role.faces if f.path == own)
        drawn.append(face.glyph("中") is not None)
    assert drawn == [False, True]


def test_a_report_is_the_same_whatever_came_before(own_workshop: Workshop) -> None:
    """Checking and rendering after a hundred others gives what a first one gave."""
    workshop = own_workshop
    content = workshop.blank()
    content["applications"]["received"] = [12345, 0, 7, 0, 0, 0]

    def made() -> tuple[str, list[str]]:
        checked = checking.check(target, workshop.stock)
        rendering = latex.render(checked.document, checked.plan, workshop.layouts)
        return rendering.tex, [str(finding.message) for finding in checked.findings]

    target = workshop.write(content)
    first = made()
    for number in range(100):
        other = workshop.blank()
        other["applications"]["received"] = [number * 991, 1, number, 0, 0, 0]
        other["overview"]["text"] = chr(0x4E00 + 37 * number) * 30
        checked = workshop.check(other)
        latex.render(checked.document, checked.plan, workshop.layouts)
    assert made() == first


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (
            ["check", "example/2026"],
            ["cn2an", "jinja2", "pikepdf", "rapidfuzz", "rich", "pipeline.build"],
        ),
        (["forms"], ["cn2an", "jinja2", "pikepdf", "pipeline.build", "pipeline.stamping"]),
        (["--version"], ["pikepdf", "jinja2", "cairosvg"]),
    ],
    ids=lambda value: value[0],
)
def test_a_command_loads_what_it_needs(arguments: list[str], unneeded: list[str]) -> None:
    """Slow libraries that a command has no use for stay unloaded."""
    code = (
        "import sys; from pipeline.cli import run; run(sys.argv[1].split());"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, " ".join(arguments)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not {*unneeded} & {*done.stderr.split()}


def test_small_numbers_are_those_of_the_library() -> None:
    """Numbers that are read and spelled without cn2an are read and spelled as it does."""
    for number in range(1000):
        words = counting.spelled(str(number))
        assert words == cn2an.an2cn(str(number), "low")
        for written in (words, words.replace("二", "两"), words.replace("零", "〇")):
            assert counting.counted(written) == str(cn2an.cn2an(written, "smart"))
    for text in (
        f"{number}{unit}" for number in ("0", "1.2", "0.0042", "36") for unit in MOST_WORDS
    ):
        assert counting.counted(text) == str(cn2an.cn2an(text, "smart"))
