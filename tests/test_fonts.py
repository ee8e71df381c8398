"""Roles, faces and the plan: who sets which character, and how the office's own files come in."""

import shutil
from pathlib import Path

import building
import pytest
from conftest import ROOT, Workshop, pdftotext, squeezed

from pipeline import fonts
from pipeline.checking import Stock
from pipeline.errors import ContentError, TypesettingFailed
from pipeline.fonts import FontSet


def path_of(stock: Stock, name: str) -> Path:
    """A free font file of this machine."""
    faces = {face.path for role in stock.fonts.roles.values() for face in role.faces}
    return next(path for path in faces if path.name == name)


def with_files(tmp_path: Path, **copies: Path) -> FontSet:
    """The fonts of a folder with the office's own files in it."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    for name, source in copies.items():
        shutil.copy(source, folder / name)
    return fonts.load(ROOT / "fonts" / "fonts.toml", folder)


def test_one_file_under_two_names(tmp_path: Path, stock: Stock) -> None:
    """An office copies one font for two roles: they share it, and the report builds and reads."""
    wenkai = path_of(stock, "LXGWWenKai-Regular.ttf")
    own = with_files(tmp_path, **{"仿宋_GB2312.ttf": wenkai, "楷体_GB2312.ttf": wenkai})
    assert own.roles["fangsong"].faces[0] == own.roles["kai"].faces[0]
    assert not own.roles["fangsong"].stand_in
    assert not own.roles["kai"].stand_in
    workshop = Workshop(tmp_path, Stock(stock.forms, own))
    content = workshop.blank()
    content["overview"] = {"text": "仿宋堃", "proactive": "楷体在上，仿宋在下。"}
    text = squeezed(pdftotext(workshop.build(content)))
    assert "仿宋堃（一）主动公开楷体在上，仿宋在下。" in text


def test_a_shared_glyph_has_one_character(stock: Stock) -> None:
    """➀ and ① share a glyph in some faces: whichever comes second gets a glyph of its own."""
    for role in stock.fonts.roles:
        plan = fonts.plan(stock.fonts, [(role, "①➀·∙…⋯瑨𤨁")])
        used = [(face, face.glyph(char)) for (_, char), face in plan.chosen.items()]
        assert len(used) == len(set(used))


def test_no_glyph_is_left_for_a_second_character(workshop: Workshop, stock: Stock) -> None:
    """Where no face has a glyph of its own left, it is a finding: never two texts for one glyph."""
    plan = fonts.plan(stock.fonts, [("xiaobiaosong", "①➀")])
    if ("xiaobiaosong", "➀") in plan.chosen:
        pytest.fail("a face now has its own ➀; choose another pair")
    with pytest.raises(ContentError) as caught:
        workshop.build({**workshop.blank(), "title": "①➀"})
    assert [finding.rule.code for finding in caught.value.findings] == ["NB401"]


def test_a_complaint_in_a_cell_has_its_place(tmp_path: Path, stock: Stock) -> None:
    """What TeX says of one cell is told at that cell's value in the content file."""
    layouts = tmp_path / "layouts"
    shutil.copytree(ROOT / "layouts", layouts)
    page_class = layouts / "nianbao.cls"
    text = page_class.read_text(encoding="utf-8")
    odd = r"\ifdim#4bp=7.5bp \errmessage{odd cell}\fi\ifdim\wd0>"
    assert text.count(r"\ifdim\wd0>") == 1
    page_class.write_text(text.replace(r"\ifdim\wd0>", odd), encoding="utf-8")
    workshop = Workshop(tmp_path, stock, layouts=layouts)
    content = workshop.blank()
    row = [12345678] * 6
    content["applications"]["received"] = content["applications"]["carried_over"] = row
    target = workshop.write(content)
    with pytest.raises(TypesettingFailed) as caught:
        building.build(target, workshop.project(), stock)
    (finding,) = caught.value.findings
    assert finding.place.path == "applications.received.0"
    line = target.path.read_text(encoding="utf-8").split("\n")[finding.place.line - 1]
    assert line[finding.place.column - 1 :].startswith("12345678")
