"""What the finished file says of itself and holds beside its pages, in every state."""

import csv
import datetime as dt
import hashlib
import io
import tomllib
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pypdfium2
import pytest
from conftest import AGENCY, ROOT, Workshop
from lxml import etree
from PIL import Image, ImageChops
from records import STATES, TARGETS, Shelf

from pipeline import project
from pipeline.checking import Stock
from pipeline.conformance.verdict import problems
from pipeline.exports import tables_csv
from pipeline.faces import Face
from pipeline.fonts import FontSet
from pipeline.pdf.metadata import Metadata, changed, info, xmp
from pipeline.stamping.stamp import stamp

ALL = pytest.mark.parametrize("name", TARGETS)
IN_STATES = pytest.mark.parametrize("state", STATES)
NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}
PROFILES = (validator.ValidationProfile.PDF_A_3A, validator.ValidationProfile.PDF_UA_1)


def told(packet: bytes) -> dict[str, str]:
    """What an XMP packet says, by prefix and name."""
    tree = etree.fromstring(packet)
    return {
        f"{prefix}:{etree.QName(found).localname}": "".join(found.itertext()).strip()
        for prefix, space in NAMES.items()
        for found in tree.iter(f"{{{space}}}*")
    }


@IN_STATES
@ALL
def test_every_report_in_every_state(name: str, state: str, shelf: Shelf) -> None:
    """PDF/A-3a and PDF/UA-1: no rule fails, neither the validator's nor our own."""
    assert problems(shelf(name, state).read_bytes()) == ()
    for profile in PROFILES:
        verdict = validator.validate_pdf(shelf(name, state), profile=profile)
        assert [(each.rule_id, each.message) for each in verdict.failures] == []
        assert verdict.is_compliant


@IN_STATES
@ALL
def test_info_and_xmp_say_the_same(name: str, state: str, shelf: Shelf) -> None:
    """Title, agency, remark, program and days; which standards the file follows."""
    checked = shelf.checked(name)
    report = checked.report
    with pikepdf.open(shelf(name, state)) as pdf:
        entries = {key: str(value) for key, value in pdf.docinfo.items()}
        says = told(pdf.Root.Metadata.read_bytes())
        assert pdf.Root.Lang == "zh-CN"
    day = report.date or dt.date(report.year + 1, 1, 1)
    later = (report.date or dt.date(2027, 1, 12)) if state in {"sealed", "ink"} else day
    remark = ("送审稿　样例" if state == "draft" else "样例") if report.sample else ""
    assert entries["/Title"] == says["dc:title"] == checked.document.title
    assert entries["/Author"] == says["dc:creator"] == report.agency.name
    assert entries.get("/Subject", "") == says.get("dc:description", "") == remark
    assert entries["/Creator"] == says["xmp:CreatorTool"]
    assert entries["/Producer"] == says["pdf:Producer"]
    assert entries["/CreationDate"] == f"D:{day:%Y%m%d}000000Z"
    assert entries["/ModDate"] == f"D:{later:%Y%m%d}000000Z"
    assert says["xmp:CreateDate"] == f"{day}T00:00:00Z"
    assert says["xmp:ModifyDate"] == f"{later}T00:00:00Z"
    assert (says["pdfaid:part"], says["pdfaid:conformance"]) == ("3", "A")
    assert (says["pdfuaid:part"], says["dc:language"]) == ("1", "zh-CN")


def test_hostile_words_in_metadata() -> None:
    """Markup is text, and what XML cannot hold is replaced, in both alike."""
    words = "甲<乙>&\"'\x00\x0b\ufffe\U00020000]]>"
    metadata = Metadata(words, words, words, dt.date(2022, 1, 1), dt.date(2022, 1, 13))
    entries, says = info(metadata, words), told(xmp(metadata, words))
    expected = "甲<乙>&\"'\ufffd\ufffd\ufffd\U00020000]]>"
    assert entries["/Title"] == says["dc:title"] == expected
    assert entries["/Producer"] == says["pdf:Producer"] == says["dc:creator"] == expected
    again = changed(entries, dt.date(2022, 2, 1))
    assert again == replace(
        metadata, title=expected, author=expected, remark=expected, modified=dt.date(2022, 2, 1)
    )


@IN_STATES
@ALL
def test_the_source_and_the_tables_are_inside(name: str, state: str, shelf: Shelf) -> None:
    """The content file byte for byte, and its tables as data, tied to the whole document."""
    with pikepdf.open(shelf(name, state)) as pdf:
        held = {str(spec.UF): spec for spec in pdf.Root.AF}
        assert list(pdf.attachments) == sorted(held) == ["内容.toml", "表格.csv"]
        for spec in held.values():
            assert spec.objgen in [own.obj.objgen for own in pdf.attachments.values()]
            data = spec.EF.F.read_bytes()
            assert spec.EF.F.Params.Size == len(data)
            assert bytes(spec.EF.F.Params.CheckSum) == hashlib.md5(data).digest()  # noqa: S324
        source, tables = held["内容.toml"], held["表格.csv"]
        assert (source.AFRelationship, source.EF.F.Subtype) == ("/Source", "/application/toml")
        assert (tables.AFRelationship, tables.EF.F.Subtype) == ("/Data", "/text/csv")
        content = source.EF.F.read_bytes()
        assert content == TARGETS[name].path.read_bytes()
        assert tables.EF.F.read_bytes() == tables_csv(shelf.checked(name).report)
        passport = str(pdf.docinfo["/Nianbao"])
        assert f'"source": "{hashlib.sha256(content).hexdigest()}"' in passport
        assert tomllib.loads(content.decode("utf-8-sig"))["year"] == int(TARGETS[name].year)


@IN_STATES
def test_how_it_is_shown_and_printed(state: str, shelf: Shelf) -> None:
    """Its title in the window, its bookmarks beside it; at its size, on both sides of the paper."""
    with pikepdf.open(shelf("example/2026", state)) as pdf:
        wanted = pdf.Root.ViewerPreferences
        assert wanted.DisplayDocTitle is True
        assert (wanted.PrintScaling, wanted.Duplex) == ("/None", "/DuplexFlipLongEdge")
        assert pdf.Root.PageMode == "/UseOutlines"
        assert [page.label for page in pdf.pages] == ["1", "2", "3", "4", "5"]
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes() == project.COLOUR_PROFILE.read_bytes()
        assert intent.DestOutputProfile.N == 3


def test_the_profile_is_in_the_repository() -> None:
    """One committed file, with a licence that it carries itself."""
    assert project.COLOUR_PROFILE == ROOT / "layouts" / "srgb.icc"
    assert b"CC0" in project.COLOUR_PROFILE.read_bytes()


# The watermark


def content_of(page: pikepdf.Page) -> bytes:
    """What a page shows, from one stream or several."""
    streams = page.Contents
    parts = streams.as_list() if isinstance(streams, pikepdf.Array) else [streams]
    return b"".join(part.read_bytes() for part in parts)


def picture(path: Path, number: int) -> Image.Image:
    """A page in grey at 72 dpi."""
    with pypdfium2.PdfDocument(path) as pdf:
        return pdf[number].render(grayscale=True).to_pil()


def test_a_draft_is_marked_on_every_page(shelf: Shelf) -> None:
    """送审稿 stands below the text, grey, an artifact without characters; the final has none."""
    draft, final = shelf("example/2026", "draft"), shelf("example/2026")
    with pikepdf.open(draft) as pdf, pikepdf.open(final) as other:
        assert len(pdf.pages) == len(other.pages) == 5
        for page, plain in zip(pdf.pages, other.pages, strict=True):
            content = content_of(page)
            assert content.startswith(
                b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC /NbDraft Do EMC"
            )
            drawn = page.Resources.XObject.NbDraft.read_bytes()
            assert b" c " in drawn
            assert b"Tj" not in drawn
            bare = content_of(plain)
            assert b"Watermark" not in bare
            assert "/XObject" not in plain.Resources
    for number in range(5):
        body = (0, 100, 595, 842)
        marked, bare_page = (picture(path, number).crop(body) for path in (draft, final))
        added = ImageChops.subtract(bare_page, marked)
        grey = added.point(lambda level: 255 if 10 <= level <= 30 else 0)
        assert sum(grey.histogram()[255:]) > 10_000
        left, top, right, bottom = grey.getbbox() or (0, 0, 0, 0)
        assert (left + right) / 2 == pytest.approx(298, abs=20)
        assert (top + bottom) / 2 == pytest.approx(321, abs=20)


def test_the_watermark_hides_nothing(shelf: Shelf) -> None:
    """What is black in the final is black in the draft, but for the mark in the margin."""
    draft, final = picture(shelf("example/2026", "draft"), 2), picture(shelf("example/2026"), 2)
    body = (0, 100, final.width, final.height)
    dark = final.crop(body).point(lambda level: 255 if level < 60 else 0)
    light = draft.crop(body).point(lambda level: 255 if level >= 90 else 0)
    assert dark.getbbox() is not None
    assert ImageChops.multiply(dark, light).getbbox() is None


# Characters of private use


def test_private_use_is_told(workshop: Workshop, stock: Stock, tmp_path: Path) -> None:
    """A character that only the office's font knows: its paragraph carries the text."""
    faces = {f for role in stock.fonts.roles.values() for f in role.faces}
    chars = [chr(code) for code in range(0xE000, 0xF900)]
    found = [(f, c) for f in sorted(faces, key=str) for c in chars if f.glyph(c) is not None]
    assert found, "no free font has a character of private use"
    face, char = found[0]
    own = Face(face.title, face.path, face.index, licensed=True)
    role = replace(stock.fonts.roles["fangsong"], faces=(own, *stock.fonts.roles["fangsong"].faces))
    office = Stock(stock.forms, FontSet({**stock.fonts.roles, "fangsong": role}), stock.sayings)
    assert unicodedata.category(char) == "Co"
    content: dict[str, Any] = {**workshop.blank(), "preface": f"甲{char}乙"}
    path = Workshop(tmp_path, office).build(content, AGENCY)
    for profile in PROFILES:
        verdict = validator.validate_pdf(path, profile=profile)
        assert [(each.rule_id, each.message) for each in verdict.failures] == []
    with pikepdf.open(path) as pdf:
        told_texts = [str(o.ActualText) for o in pdf.objects if "/ActualText" in _keys(o)]
    assert told_texts == [f"甲{char}乙"]


def _keys(thing: Any) -> list[str]:
    return list(thing.keys()) if isinstance(thing, pikepdf.Dictionary) else []


def test_a_signature_of_private_use_is_told(stock: Stock, tmp_path: Path) -> None:
    """So does the office's name that the stamp writes: the stamped file conforms, too."""
    faces = {f for role in stock.fonts.roles.values() for f in role.faces}
    chars = [chr(code) for code in range(0xE000, 0xF900)]
    face, char = next(
        (f, c) for f in sorted(faces, key=str) for c in chars if f.glyph(c) is not None
    )
    own = Face(face.title, face.path, face.index, licensed=True)
    roles = {
        key: replace(role, faces=(own, *role.faces)) for key, role in stock.fonts.roles.items()
    }
    office = Stock(stock.forms, FontSet(roles), stock.sayings)
    shop = Workshop(tmp_path, office)
    agency = {**AGENCY, "name": f"示例市{char}街道办事处"}
    content = {**shop.blank(), "date": dt.date(2024, 1, 12)}
    made = stamp(
        shop.build(content, agency).read_bytes(),
        date=None, seal=None, fonts=office.fonts, specimens=(), no_seal=True,
    )  # fmt: skip
    for profile in PROFILES:
        assert validator.validate_pdf_bytes(made.pdf, profile=profile).is_compliant


def test_changed_before_it_was_made() -> None:
    """A file is never changed on a day before it was made."""
    told_of = info(Metadata("题", "机关", "", dt.date(2024, 1, 1), dt.date(2024, 1, 1)), "x")
    again = changed(told_of, dt.date(2023, 6, 1))
    assert (again.created, again.modified) == (dt.date(2024, 1, 1), dt.date(2024, 1, 1))


def test_the_csv_opens_as_one(shelf: Shelf) -> None:
    """What is attached is a CSV of seven columns, a line for each cell that is printed."""
    with pikepdf.open(shelf("dapan/2021")) as pdf:
        data = pdf.attachments["表格.csv"].get_file().read_bytes()
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert {len(line) for line in lines} == {7}
    assert len(lines) == 1 + 10 + 25 * 7 + 15
