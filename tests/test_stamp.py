"""Stamping, measured in the stamped PDF: positions, text, bytes; and every refusal."""

import datetime as dt
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from PIL import Image
from pypdf import PdfReader

from pipeline import fonts as font_roles
from pipeline.conformance.verdict import problems
from pipeline.errors import (
    ExitCode,
    FileProblem,
    MissingTool,
    Refused,
    TypesettingFailed,
    UsageError,
    UserError,
)
from pipeline.faces import Face
from pipeline.fonts import FontPlan, FontSet, Role
from pipeline.page import PITCH, STEP, TYPE_WIDTH, bp
from pipeline.pdf.finish import Record, finish
from pipeline.pdf.metadata import Metadata
from pipeline.pdf.passport import Passport
from pipeline.stamping import seal as seals
from pipeline.stamping.seal import Seal
from pipeline.stamping.stamp import Stamped, date_text, passport_of, specimen_digests, stamp
from pipeline.tags import SIGNATURE, Tag

ROOT = Path(__file__).resolve().parent.parent
SPECIMENS = specimen_digests(ROOT / "layouts")
NAME, DAY, DATE = "某市某区街道办事处", dt.date(2022, 1, 13), "2022年1月13日"
RIGHT = bp(182)
"""Right edge of the type area on an even page."""
TEXT_END = bp(160)
WENKAI = Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Light.ttf")
DATE_WIDTH = 7 * 8 + 3 * 16
ANCHORS = {
    "text.end": (bp(100), TEXT_END),
    "sign.name": (RIGHT, TEXT_END - 2 * PITCH),
    "sign.date": (RIGHT, TEXT_END - 3 * PITCH),
}
ROOM = Tag("Document", kids=(Tag("Div", name=SIGNATURE),))
PROFILE = ROOT / "layouts" / "srgb.icc"
WORDS = "第一二页的正文，到此为止。最后行"
Report = Callable[..., bytes]

TEX = r"""\documentclass{minimal}
\pdfpagewidth=210mm \pdfpageheight=297mm \hoffset=-1in \voffset=-1in
\font\body="[%s]" at 16bp \relax
\font\latin="[%s]" at 16bp \relax
\def\at#1#2#3{\vbox to 0pt{\kern#2
  \hbox to 0pt{\kern#1 \vbox to 0pt{\vss\hbox{#3}\kern0pt}\hss}\vss}}
\def\point#1{\special{pdf:dest (#1) [@thispage /XYZ @xpos @ypos null]}}
\begin{document}
\shipout\vbox to 297mm{\special{dvipdfmx:config C 0x0010}%%
  \at{28mm}{100mm}{\body 第一页的正文\latin\ 2021}\vss}
\shipout\vbox to 297mm{%%
  \at{26mm}{126.55mm}{\body 第二页的正文，到此为止}%%
  \at{26mm}{137mm}{\body 正文最后一行。\point{text.end}}%%
  \at{182mm}{157.9mm}{\point{sign.name}}%%
  \at{182mm}{168.3mm}{\point{sign.date}}\vss}
\end{document}
"""


@pytest.fixture(scope="session")
def faces() -> FontSet:
    """The free fonts."""
    return font_roles.load(ROOT / "fonts" / "fonts.toml", None)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory, faces: FontSet) -> bytes:
    """Two pages from xelatex, the second with the anchors; no metadata yet."""
    folder = tmp_path_factory.mktemp("xelatex")
    body = next(face for face in faces.roles["kai"].faces if "WenKai" in face.path.name)
    tex = TEX % (body.path, faces.roles["latin"].faces[0].path)
    (folder / "report.tex").write_text(tex, encoding="utf-8")
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "report.pdf").read_bytes()


@pytest.fixture(scope="session")
def report(plain: bytes, faces: FontSet) -> Report:
    """A function that gives the report with other passport entries or other anchors."""
    plan = FontPlan(faces)
    body = next(face for face in faces.roles["kai"].faces if "WenKai" in face.path.name)
    for face, text in ((body, WORDS), (faces.roles["latin"].faces[0], "0123456789")):
        for char in text:
            plan.chosen[face.path.name, char] = face
            plan.owners[face, face.glyph(char) or 0] = char
    about = Metadata("题", NAME, "", DAY, DAY)

    def make(places: dict[str, Any] | None = None, **entries: Any) -> bytes:
        passport = Passport.model_validate(
            {
                "agency": NAME,
                "signature": "sealed",
                "seal_diameter": 42,
                "sample": True,
                "draft": False,
                "source": "0" * 64,
                "fonts": recorded(faces),
            }
            | entries
        )
        with pikepdf.open(BytesIO(plain)) as pdf:
            dests = pikepdf.NameTree(pdf.Root.Names.Dests)
            for key, place in (ANCHORS | (places or {})).items():
                if place is None:
                    del dests[key]
                else:
                    page, x, y = place if len(place) == 3 else (1, *place)
                    target = pdf.pages[page].obj
                    dests[key] = pikepdf.Array([target, pikepdf.Name.XYZ, x, y, None])
            moved = saved(pdf)
        return finish(moved, plan, Record(about, passport, ROOM, (), PROFILE.read_bytes()))

    return make


@pytest.fixture(scope="session")
def specimen() -> Seal:
    """The specimen seal at 42 mm."""
    return seals.load(ROOT / "layouts" / "specimen-seal.svg", 42)


@pytest.fixture(scope="session")
def own_seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    """A seal that is not the specimen."""
    path = tmp_path_factory.mktemp("seal") / "本单位.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42" width="42mm" height="42mm">'
        '<circle cx="21" cy="21" r="20.5" fill="none" stroke="#c00" stroke-width="1"/></svg>',
        encoding="utf-8",
    )
    return seals.load(path, 42)


@pytest.fixture(scope="session")
def apply(faces: FontSet) -> Callable[..., Stamped]:
    """`stamp` with the free fonts, the shipped specimens and the usual date."""

    def run(pdf: bytes, seal: Seal | None = None, **options: Any) -> Stamped:
        given = {"date": DAY, "fonts": faces, "specimens": SPECIMENS} | options
        return stamp(pdf, seal=seal, **given)

    return run


@pytest.fixture(scope="session")
def stamped(report: Report, apply: Callable[..., Stamped], specimen: Seal) -> bytes:
    """The usual sample report, stamped."""
    return apply(report(), specimen).pdf


def recorded(fonts: FontSet) -> dict[str, str]:
    """File name to digest, for every font there is: as a passport has it."""
    return {face.path.name: face.digest for role in fonts.roles.values() for face in role.faces}


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    """The bytes of a pikepdf file."""
    made = BytesIO()
    pdf.save(made, deterministic_id="encryption" not in options, **options)
    return made.getvalue()


def origins(pdf: bytes) -> list[tuple[str, float, float, str]]:
    """Character, x and y of its origin, and font, for every character of page 2."""
    with pdfplumber.open(BytesIO(pdf)) as opened:
        chars = opened.pages[1].chars
        return [(c["text"], c["matrix"][4], c["matrix"][5], c["fontname"]) for c in chars]


def written(pdf: bytes, text: str) -> list[tuple[str, float, float, str]]:
    """The characters of a stamped text."""
    chars = origins(pdf)
    start = "".join(char[0] for char in chars).rindex(text)
    return chars[start : start + len(text)]


def red_box(pdf: bytes, folder: Path) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of the red on page 2, in mm, measured in a picture of 200 dpi."""
    source = folder / "stamped.pdf"
    source.write_bytes(pdf)
    command = ["pdftoppm", "-r", "200", "-f", "2", "-singlefile", "-png", source, folder / "seen"]
    subprocess.run(command, check=True)
    red, green, _ = Image.open(folder / "seen.png").convert("RGB").split()
    is_red = Image.merge("RGB", (red, green, green)).convert("HSV").getchannel("S")
    left, top, right, bottom = is_red.point(lambda s: 255 if s > 100 else 0).getbbox()
    mm = 25.4 / 200
    return left * mm, 297 - bottom * mm, right * mm, 297 - top * mm


def texts(pdf: bytes, folder: Path) -> tuple[list[str], str]:
    """The text by pypdf, page by page, and by pdftotext."""
    source = folder / "text.pdf"
    source.write_bytes(pdf)
    ran = subprocess.run(["pdftotext", source, "-"], check=True, capture_output=True, text=True)
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages], ran.stdout


def checked(pdf: bytes, folder: Path) -> None:
    """Check that `qpdf --check` has nothing to say."""
    source = folder / "check.pdf"
    source.write_bytes(pdf)
    ran = subprocess.run(["qpdf", "--check", source], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


# What is stamped


def test_name_and_date_stand_where_the_standard_says(stamped: bytes) -> None:
    """7.3.5.1: the date ends four characters from the right edge, the name is centred on it."""
    date, name = written(stamped, DATE), written(stamped, NAME)
    date_end, axis = RIGHT - 4 * STEP, RIGHT - 4 * STEP - DATE_WIDTH / 2
    assert date[0][1] == pytest.approx(date_end - DATE_WIDTH, abs=0.01)
    assert date[-1][1] + 16 == pytest.approx(date_end, abs=0.01)
    assert (name[0][1] + name[-1][1] + 16) / 2 == pytest.approx(axis, abs=0.01)
    assert name[1][1] - name[0][1] == pytest.approx(STEP, abs=0.01)
    assert [char[2] for char in date] == [pytest.approx(TEXT_END - 3 * PITCH, abs=0.01)] * 10
    assert [char[2] for char in name] == [pytest.approx(TEXT_END - 2 * PITCH, abs=0.01)] * 9
    assert [("Fang" in char[3]) for char in date] == [not char[0].isdigit() for char in date]


def test_the_seal_stands_where_the_standard_says(stamped: bytes, tmp_path: Path) -> None:
    """Its centre, size and distance from the text, measured in a picture."""
    left, bottom, right, top = red_box(stamped, tmp_path)
    mm = 25.4 / 72
    axis = 182 - 4 * STEP * mm - DATE_WIDTH * mm / 2
    middle = 160 - 2.5 * PITCH * mm
    assert (left + right) / 2 == pytest.approx(axis, abs=0.3)
    assert (bottom + top) / 2 == pytest.approx(middle + 2.8, abs=0.3)
    assert right - left == pytest.approx(42, abs=0.3)
    assert top - bottom == pytest.approx(42, abs=0.3)
    assert 0 <= 160 - 0.12 * 16 * mm - top <= PITCH * mm


def test_the_seal_lies_over_the_text_as_ink_does(stamped: bytes) -> None:
    """Name, date, seal in this order; the seal multiplies, and the text below stays black."""
    page = PdfReader(BytesIO(stamped)).pages[1]
    shown = page["/Contents"][-1].get_data().decode()
    assert shown.index("Td") < shown.index("/NbInk gs") < shown.index("/NbSeal Do")
    assert page["/Resources"]["/ExtGState"]["/NbInk"]["/BM"] == "/Multiply"
    assert page["/Resources"]["/XObject"]["/NbSeal"]["/Group"]["/S"] == "/Transparency"


def test_the_text_is_exact_and_the_rest_is_unchanged(
    stamped: bytes, report: Report, tmp_path: Path
) -> None:
    """By pypdf and by pdftotext: the signature is there, the seal adds no letter."""
    before, after = texts(report(), tmp_path), texts(stamped, tmp_path)
    assert after[0][0] == before[0][0]
    assert after[0][1].replace("\n", "") == before[0][1].replace("\n", "") + NAME + DATE
    for text in (before[1], NAME, DATE):
        assert text.strip().split("\f")[0] in after[1]
    extra = after[1].replace("\n", "").replace("\f", "").removeprefix(
        before[1].replace("\n", "").replace("\f", "")
    )  # fmt: skip
    assert extra == NAME + DATE
    assert not any(char in after[1] for char in "样章仅供测试")


def test_the_stamped_file_is_sound_and_says_what_was_stamped(
    stamped: bytes, report: Report, specimen: Seal, tmp_path: Path
) -> None:
    """The check is content; metadata, destinations and the first half of /ID survive."""
    checked(stamped, tmp_path)
    before, after = PdfReader(BytesIO(report())), PdfReader(BytesIO(stamped))
    assert before.metadata is not None
    assert after.metadata is not None
    record = json.loads(after.metadata["/Nianbao"]).pop("stamped")
    assert record == {"date": "2022-01-13", "seal": specimen.digest}
    assert {key: value for key, value in after.metadata.items() if key != "/Nianbao"} == {
        key: value for key, value in before.metadata.items() if key != "/Nianbao"
    }
    assert set(after.named_destinations) == set(ANCHORS)
    assert after.pdf_header == before.pdf_header >= "%PDF-1.4"
    assert after.trailer["/ID"][0] == before.trailer["/ID"][0]
    assert after.trailer["/ID"][1] != before.trailer["/ID"][1]
    old = before.pages[1].get_contents()
    assert old is not None
    assert after.pages[1]["/Contents"][1].get_data() == old.get_data()
    assert "/NbF1" not in after.pages[0]["/Resources"]["/Font"]


def test_twice_is_the_same_bytes(
    stamped: bytes, report: Report, apply: Callable[..., Stamped]
) -> None:
    """From the same input, seal file and date; another date gives another /ID."""
    again = seals.load(ROOT / "layouts" / "specimen-seal.svg", 42)
    assert apply(report(), again).pdf == stamped
    other = PdfReader(BytesIO(apply(report(), again, date=dt.date(2022, 1, 14)).pdf))
    assert other.trailer["/ID"][1] != PdfReader(BytesIO(stamped)).trailer["/ID"][1]


def test_no_stamp_depends_on_those_before(
    stamped: bytes, report: Report, apply: Callable[..., Stamped], specimen: Seal
) -> None:
    """Other names and dates in between, in the same faces, change no byte."""
    for day in (2, 3):
        apply(report(agency="另一个县卫生健康局"), specimen, date=dt.date(2021, 12, day))
    assert apply(report(), specimen).pdf == stamped


@pytest.mark.parametrize("suffix", ["pdf", "png"])
def test_every_kind_of_file_stamps_alike(
    suffix: str, stamped: bytes, report: Report, apply: Callable[..., Stamped], tmp_path: Path
) -> None:
    """PDF and PNG land where the SVG does."""
    seal = seals.load(ROOT / "layouts" / f"specimen-seal.{suffix}", 42)
    made = apply(report(), seal)
    assert made.warnings == ()
    checked(made.pdf, tmp_path)
    assert red_box(made.pdf, tmp_path) == pytest.approx(red_box(stamped, tmp_path), abs=0.3)


def test_a_seal_of_45_mm(report: Report, apply: Callable[..., Stamped], tmp_path: Path) -> None:
    """A county's seal still fits below the text, two lines lower."""
    seal = seals.load(ROOT / "layouts" / "specimen-seal.pdf", 45)
    made = apply(report(seal_diameter=45), seal).pdf
    left, _, right, top = red_box(made, tmp_path)
    assert right - left == pytest.approx(45, abs=0.3)
    assert top <= 160 - 0.12 * 16 * 25.4 / 72


def test_a_seal_of_ink(report: Report, apply: Callable[..., Stamped]) -> None:
    """--no-seal: name and date as with a seal, and no seal."""
    made = apply(report(), no_seal=True).pdf
    assert written(made, DATE)[-1][1] + 16 == pytest.approx(RIGHT - 4 * STEP, abs=0.01)
    resources = PdfReader(BytesIO(made)).pages[1]["/Resources"]
    assert "/NbSeal" not in resources.get("/XObject", {})
    assert passport_of(made).stamped.seal is None


def test_without_a_seal(report: Report, apply: Callable[..., Stamped], tmp_path: Path) -> None:
    """7.3.5.2: the name ends two characters in, the date begins two right of it."""
    made = apply(report(signature="unsealed")).pdf
    checked(made, tmp_path)
    name, date = written(made, NAME), written(made, DATE)
    assert name[-1][1] + 16 == pytest.approx(RIGHT - 2 * STEP, abs=0.01)
    assert date[0][1] == pytest.approx(name[0][1] + 2 * STEP, abs=0.01)


def test_without_a_seal_and_with_a_short_name(
    report: Report, apply: Callable[..., Stamped]
) -> None:
    """7.3.5.2: a longer date ends two characters in; the name begins two left of it."""
    made = apply(report(signature="unsealed", agency="某局")).pdf
    date = written(made, DATE)
    assert date[-1][1] + 16 == pytest.approx(RIGHT - 2 * STEP, abs=0.01)
    assert written(made, "某局")[0][1] == pytest.approx(date[0][1] - 2 * STEP, abs=0.01)


def test_rare_characters_come_from_another_font(
    report: Report, apply: Callable[..., Stamped], specimen: Seal, tmp_path: Path
) -> None:
    """堃, which the fangsong lacks, and 龘 and 𠮷 beyond the BMP: drawn, embedded, extracted."""
    name = "某区堃龘𠮷街道办事处"
    made = apply(report(agency=name), specimen).pdf
    chars = written(made, name)
    assert "Fang" in chars[0][3]
    assert "WenKai" in chars[2][3]
    for extracted in texts(made, tmp_path):
        assert name in "".join(extracted).replace("\n", "")
    checked(made, tmp_path)


def test_a_name_of_twenty_characters(
    report: Report, apply: Callable[..., Stamped], specimen: Seal, tmp_path: Path
) -> None:
    """Too long to be centred: it ends at the right edge; date and seal move left with it."""
    name = "某某省某某市某某区某某街道办事处办公室某"
    made = apply(report(agency=name), specimen).pdf
    chars, date = written(made, name), written(made, DATE)
    assert chars[-1][1] + 16 == pytest.approx(RIGHT, abs=0.01)
    axis = (chars[0][1] + RIGHT) / 2
    assert (date[0][1] + date[-1][1] + 16) / 2 == pytest.approx(axis, abs=0.01)
    left, _, right, _ = red_box(made, tmp_path)
    assert (left + right) / 2 == pytest.approx(axis / bp(1), abs=0.3)


def test_a_name_of_thirty_five_characters(
    report: Report, apply: Callable[..., Stamped], specimen: Seal, tmp_path: Path
) -> None:
    """Two lines of about equal width, a pitch apart, inside the type area, no character lost."""
    name = "某某维吾尔自治区某某哈萨克自治州某某经济技术开发区管理委员会某某街道办"
    made = apply(report(agency=name), specimen).pdf
    chars = [*written(made, name[:17]), *written(made, name[17:])]
    assert "".join(char[0] for char in chars) == name
    assert chars[0][2] - chars[-1][2] == pytest.approx(PITCH, abs=0.01)
    assert chars[-1][2] == pytest.approx(TEXT_END - 2 * PITCH, abs=0.01)
    assert min(char[1] for char in chars) >= RIGHT - TYPE_WIDTH
    assert max(char[1] for char in chars) + 16 <= RIGHT + 0.01
    assert name in texts(made, tmp_path)[0][1].replace("\n", "")


@pytest.mark.parametrize(
    ("day", "text"),
    [(dt.date(2022, 1, 13), DATE), (dt.date(2022, 12, 1), "2022年12月1日")],
)
def test_dates_have_no_leading_zeros(day: dt.date, text: str) -> None:
    """Arabic digits, full year."""
    assert date_text(day) == text


def test_date_from_the_report(report: Report, apply: Callable[..., Stamped]) -> None:
    """The report's own date needs no argument, and may be repeated."""
    dated = report(date="2022-01-13")
    assert apply(dated, no_seal=True, date=None).pdf == apply(dated, no_seal=True).pdf


def test_old_style_destinations(
    report: Report, apply: Callable[..., Stamped], stamped: bytes
) -> None:
    """Anchors in the catalogue's /Dests, wrapped in a dictionary, are found as well."""
    with pikepdf.open(BytesIO(report())) as pdf:
        tree = pikepdf.NameTree(pdf.Root.Names.Dests)
        old = {f"/{key}": pikepdf.Dictionary(D=target) for key, target in tree.items()}
        pdf.Root.Dests = pikepdf.Dictionary(old)
        del pdf.Root.Names
        made = apply(saved(pdf), no_seal=True).pdf
    assert written(made, DATE)[0][1:3] == pytest.approx(written(stamped, DATE)[0][1:3])


def test_contents_in_pieces_and_shared_resources(
    report: Report, apply: Callable[..., Stamped], tmp_path: Path
) -> None:
    """A page of several streams, its resources inherited from the page tree."""
    with pikepdf.open(BytesIO(report())) as pdf:
        page = pdf.pages[1]
        page.contents_add(b"% one more", prepend=True)
        pdf.Root.Pages.Resources = page.Resources
        del page.obj["/Resources"]
        source = saved(pdf)
    made = apply(source, no_seal=True).pdf
    checked(made, tmp_path)
    assert texts(made, tmp_path)[0][1].replace("\n", "").endswith(NAME + DATE)
    assert "第二页的正文" in texts(made, tmp_path)[0][1]


def test_a_font_with_a_restricted_licence_warns(
    report: Report, faces: FontSet, apply: Callable[..., Stamped]
) -> None:
    """The office needs the maker's permission; the program says so and goes on."""
    face = replace(faces.roles["fangsong"].faces[0], title="某仿宋")
    face.__dict__["restricted"] = True
    made = apply(report(), no_seal=True, fonts=with_face(faces, face))
    assert len(made.warnings) == 1
    assert "某仿宋" in made.warnings[0]


def test_a_name_keyed_opentype_font(
    report: Report, faces: FontSet, apply: Callable[..., Stamped], tmp_path: Path
) -> None:
    """CFF outlines without CIDs, as many licensed fonts are: drawn and extracted."""
    face = Face("方块", tmp_path / "squares.otf")
    face.path.write_bytes(squares("0123456789"))
    fonts = FontSet({**faces.roles, "latin": replace(faces.roles["latin"], faces=(face,))})
    made = apply(report(fonts=recorded(fonts)), no_seal=True, fonts=fonts).pdf
    checked(made, tmp_path)
    assert written(made, DATE)[0][3].endswith("+Squares")
    assert DATE in texts(made, tmp_path)[1]
    command = ["pdftoppm", "-r", "72", "-f", "2", "-singlefile", "-gray", tmp_path / "check.pdf"]
    subprocess.run([*command, tmp_path / "seen"], check=True)
    _, x, y, _ = written(made, DATE)[0]
    assert Image.open(tmp_path / "seen.pgm").getpixel((int(x) + 4, int(bp(297) - y) - 4)) < 40


def squares(chars: str) -> bytes:
    """A font whose characters are black squares half an em wide, its glyphs known by name."""
    pen = T2CharStringPen(500, None)
    for at, point in enumerate([(0, 0), (500, 0), (500, 500), (0, 500)]):
        (pen.lineTo if at else pen.moveTo)(point)
    pen.closePath()
    names = [".notdef", *(f"square{char}" for char in chars)]
    made = FontBuilder(1000, isTTF=False)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(char): f"square{char}" for char in chars})
    drawn = pen.getCharString()
    made.setupCFF("Squares", {}, dict.fromkeys(names, drawn), {})
    made.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    made.setupHorizontalHeader(ascent=880, descent=-120)
    made.setupNameTable({"familyName": "Squares", "styleName": "Regular", "psName": "Squares"})
    made.setupOS2()
    made.setupPost()
    saved_font = BytesIO()
    made.save(saved_font)
    return saved_font.getvalue()


def with_face(faces: FontSet, face: Any) -> FontSet:
    """The fonts with this face alone for fangsong."""
    role = faces.roles["fangsong"]
    return FontSet({**faces.roles, "fangsong": Role(role.key, role.title, (face,), False)})


def test_a_character_of_private_use(
    report: Report, faces: FontSet, apply: Callable[..., Stamped], specimen: Seal
) -> None:
    """The name in the tags is the agency's, where glyphs do not tell it; the date needs none."""
    chars = map(chr, range(0xE000, 0xF900))
    fangsong = faces.roles["fangsong"].faces
    face, char = next((f, c) for c in chars for f in fangsong if f.glyph(c) is not None)
    name = f"某市{char}区街道办事处"
    fonts = with_face(faces, face)
    made = apply(report(agency=name, fonts=recorded(fonts)), specimen, fonts=fonts).pdf
    assert problems(made) == ()
    with pikepdf.open(BytesIO(made)) as pdf:
        (room,) = [pdf.Root.StructTreeRoot.IDTree.Names[1]]
        told = [str(kid.get("/ActualText", "")) for kid in room.K]
    assert told == [name, "", ""]


@pytest.mark.parametrize("days", [-30, 30])
def test_the_file_changes_after_it_is_made(
    days: int, report: Report, apply: Callable[..., Stamped]
) -> None:
    """A paper dated before its file was made: the file's days stay in order."""
    made = apply(report(), date=DAY + dt.timedelta(days), no_seal=True).pdf
    about = PdfReader(BytesIO(made)).metadata
    assert about is not None
    later = max(DAY, DAY + dt.timedelta(days))
    assert about["/CreationDate"] == f"D:{DAY:%Y%m%d}000000Z"
    assert about["/ModDate"] == f"D:{later:%Y%m%d}000000Z"


# What is refused


def test_the_seal_is_not_blamed_for_the_report(
    report: Report, apply: Callable[..., Stamped], specimen: Seal
) -> None:
    """A report that was unfit before is told as that, with a seal and without."""
    with pikepdf.open(BytesIO(report())) as pdf:
        del pdf.Root.Lang
        unfit = saved(pdf)
    for given in ({"seal": specimen}, {"no_seal": True}):
        with pytest.raises(TypesettingFailed, match="不符合 PDF/A-3a"):
            apply(unfit, **given)


def refused(
    kind: type[UserError], message: str, run: Callable[..., Any], *given: Any, **options: Any
) -> None:
    """The call raises that error with that message, and with a remedy."""
    with pytest.raises(kind, match=message) as caught:
        run(*given, **options)
    assert caught.value.hint.endswith("。")
    assert caught.value.message.endswith("。")


def test_refusals_end_in_exit_code_7() -> None:
    """The command's contract."""
    assert Refused.exit_code == ExitCode.VERIFICATION == 7


def test_no_metadata(plain: bytes, apply: Callable[..., Stamped]) -> None:
    """A PDF that nianbao did not build."""
    refused(Refused, "没有用印所需的信息", apply, plain, no_seal=True)


@pytest.mark.parametrize("key", ANCHORS)
def test_missing_anchor(key: str, report: Report, apply: Callable[..., Stamped]) -> None:
    """Named in the message."""
    refused(Refused, f"锚点：{key}", apply, report({key: None}), no_seal=True)


def test_no_anchors_at_all(report: Report, apply: Callable[..., Stamped]) -> None:
    """A file whose names were thrown away."""
    with pikepdf.open(BytesIO(report())) as pdf:
        del pdf.Root.Names
        source = saved(pdf)
    refused(Refused, "没有署名位置的锚点", apply, source, no_seal=True)


def test_broken_anchor(report: Report, apply: Callable[..., Stamped]) -> None:
    """A destination that is no point."""
    with pikepdf.open(BytesIO(report())) as pdf:
        dests = pikepdf.NameTree(pdf.Root.Names.Dests)
        dests["sign.date"] = pikepdf.Array([pdf.pages[1].obj, pikepdf.Name.Fit])
        source = saved(pdf)
    refused(Refused, "sign.date 已损坏", apply, source, no_seal=True)


def test_anchors_on_two_pages(report: Report, apply: Callable[..., Stamped]) -> None:
    """No seal on a page without text."""
    apart = report({"text.end": (0, bp(100), TEXT_END)})
    refused(Refused, "正文结尾在第 1 页，署名在第 2 页", apply, apart, no_seal=True)


def test_already_stamped(stamped: bytes, apply: Callable[..., Stamped], specimen: Seal) -> None:
    """With the date of the first stamp."""
    refused(Refused, "已经用印（日期 2022年1月13日）", apply, stamped, specimen)


def test_draft(report: Report, apply: Callable[..., Stamped], specimen: Seal) -> None:
    """A draft is never stamped."""
    refused(Refused, "送审稿不能用印", apply, report(draft=True), specimen)


def test_encrypted(report: Report, apply: Callable[..., Stamped]) -> None:
    """Even with an empty password."""
    with pikepdf.open(BytesIO(report())) as pdf:
        source = saved(pdf, encryption=pikepdf.Encryption(owner="a", user=""))
    refused(Refused, "已加密", apply, source, no_seal=True)


def test_digitally_signed(report: Report, apply: Callable[..., Stamped]) -> None:
    """Stamping would make the signature invalid."""
    with pikepdf.open(BytesIO(report())) as pdf:
        pdf.Root.AcroForm = pikepdf.Dictionary(SigFlags=3, Fields=pikepdf.Array())
        source = saved(pdf)
    refused(Refused, "已有数字签名", apply, source, no_seal=True)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.5\nnonsense", b"hello"])
def test_broken_file(data: bytes, apply: Callable[..., Stamped]) -> None:
    """Not a PDF, or half of one."""
    refused(FileProblem, "已损坏", apply, data, no_seal=True)


def test_half_a_file(report: Report, apply: Callable[..., Stamped]) -> None:
    """A copy that was cut off."""
    refused(FileProblem, "已损坏", apply, report()[:2000], no_seal=True)


def test_seal_off_the_page(report: Report, apply: Callable[..., Stamped], specimen: Seal) -> None:
    """Too near the lower edge."""
    low = {key: (x, y - TEXT_END + bp(40)) for key, (x, y) in ANCHORS.items()}
    refused(Refused, "超出纸张边缘", apply, report(low), specimen)


def test_seal_over_the_text(report: Report, apply: Callable[..., Stamped]) -> None:
    """The room was left for a smaller seal."""
    seal = seals.load(ROOT / "layouts" / "specimen-seal.pdf", 50)
    refused(Refused, "压住上方正文（重叠", apply, report(seal_diameter=50), seal)


def test_name_over_the_text(report: Report, apply: Callable[..., Stamped]) -> None:
    """A name of two lines where room was left for one."""
    close = {"sign.name": (RIGHT, TEXT_END - PITCH)}
    long = report(close, agency="某" * 35, signature="unsealed")
    refused(Refused, "署名与正文重叠", apply, long)


def test_seal_too_far_from_the_text(
    report: Report, apply: Callable[..., Stamped], specimen: Seal
) -> None:
    """More than one line, and 0.2 mm; a little less than that is accepted."""
    gap = 2.5 * PITCH - bp(2.8) - bp(21) - 0.12 * 16

    def higher(excess: float) -> bytes:
        moved = TEXT_END + PITCH - gap + excess
        return report({"text.end": (bp(100), moved)})

    assert apply(higher(bp(0.15)), specimen).pdf
    refused(Refused, "超过一行", apply, higher(bp(0.25)), specimen)


def test_turned_page(report: Report, apply: Callable[..., Stamped]) -> None:
    """The seal has to stand upright."""
    with pikepdf.open(BytesIO(report())) as pdf:
        pdf.pages[1].rotate(90, relative=False)
        source = saved(pdf)
    refused(Refused, "旋转", apply, source, no_seal=True)


def test_a_sample_with_a_real_seal(
    report: Report, apply: Callable[..., Stamped], own_seal: Seal
) -> None:
    """An office's seal never goes onto a sample, and the other way round."""
    refused(Refused, "样例报告，只能使用样章", apply, report(), own_seal)
    assert apply(report(sample=False), own_seal).pdf


def test_a_report_with_the_specimen(
    report: Report, apply: Callable[..., Stamped], specimen: Seal
) -> None:
    """The specimen never goes onto a real report."""
    refused(Refused, "样章只能用于样例报告", apply, report(sample=False), specimen)


def test_sealed_without_a_seal(report: Report, apply: Callable[..., Stamped]) -> None:
    """Unless --no-seal says so."""
    refused(Refused, "没有提供印章文件", apply, report())


def test_unsealed_with_a_seal(
    report: Report, apply: Callable[..., Stamped], specimen: Seal
) -> None:
    """There is no room for it."""
    refused(Refused, "设为不加盖印章", apply, report(signature="unsealed"), specimen)


def test_seal_of_another_diameter(report: Report, apply: Callable[..., Stamped]) -> None:
    """The room was left for 42 mm."""
    seal = seals.load(ROOT / "layouts" / "specimen-seal.pdf", 45)
    refused(Refused, "直径 45 毫米", apply, report(), seal)


def test_no_date(report: Report, apply: Callable[..., Stamped]) -> None:
    """Neither in the report nor on the command line: wrong usage."""
    refused(UsageError, "没有成文日期", apply, report(), no_seal=True, date=None)


def test_another_date(report: Report, apply: Callable[..., Stamped]) -> None:
    """The report says otherwise."""
    dated = report(date="2022-01-12")
    refused(Refused, "2022-01-12，命令行为 2022-01-13", apply, dated, no_seal=True)


def test_another_font_file(report: Report, apply: Callable[..., Stamped], faces: FontSet) -> None:
    """A font of the same name that is not the body's, or one that the build did not record."""
    used = [faces.roles[role].faces[0] for role in ("fangsong", "latin")]
    same = {face.path.name: face.digest for face in used}
    assert apply(report(fonts=same), no_seal=True).pdf
    for name in same:
        message = f"署名所用字体与生成报告时不同：{name}"
        other = report(fonts=same | {name: hashlib.sha256(b"").hexdigest()})
        refused(Refused, message, apply, other, no_seal=True)
        fewer = report(fonts={key: digest for key, digest in same.items() if key != name})
        refused(Refused, message, apply, fewer, no_seal=True)


def test_a_font_file_added_after_the_build(
    report: Report, apply: Callable[..., Stamped], tmp_path: Path
) -> None:
    """It would set the name, and the body is in another."""
    shutil.copyfile(WENKAI, tmp_path / "simfang.ttf")
    added = font_roles.load(ROOT / "fonts" / "fonts.toml", tmp_path)
    assert added.roles["fangsong"].faces[0].path == tmp_path / "simfang.ttf"
    message = "署名所用字体与生成报告时不同：simfang.ttf"
    refused(Refused, message, apply, report(), no_seal=True, fonts=added)
    assert apply(report(fonts=recorded(added)), no_seal=True, fonts=added).pdf


def test_a_character_that_no_font_draws(report: Report, apply: Callable[..., Stamped]) -> None:
    """Nothing prints as a hole."""
    refused(MissingTool, "“\U000f1234”", apply, report(agency="某\U000f1234局"), no_seal=True)


def test_passport_of_another_version(plain: bytes, apply: Callable[..., Stamped]) -> None:
    """Metadata that this version does not understand."""
    with pikepdf.open(BytesIO(plain)) as pdf:
        pdf.docinfo["/Nianbao"] = '{"agency": "某局", "novelty": 1}'
        source = saved(pdf)
    refused(Refused, "无法识别", apply, source, no_seal=True)
