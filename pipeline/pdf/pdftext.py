"""Lines of real text for a finished PDF, in real fonts.

A `Line` is text cut into runs of one face each. `embed` puts one font a face into a PDF; `show`
gives the operators that draw a line. Lengths are in bp.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise

from pikepdf import Object, Pdf

from pipeline.errors import MissingTool
from pipeline.faces import Face
from pipeline.fonts import FontPlan
from pipeline.page import EM, GLUE
from pipeline.pdf.pdffont import add_font
from pipeline.signature import closes_up, line_width


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one face."""

    face: Face
    text: str


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A face in the PDF: the name a page uses for it, and its font object."""

    name: str
    font: Object


def line(plan: FontPlan, role: str, text: str) -> Line:
    """Cut `text` into runs of the faces that the plan gives it.

    Raises `MissingTool` where no face draws a character: nothing may print as a hole.
    """
    missing = sorted({char for char in text if not plan.add(role, char)})
    if missing:
        raise MissingTool(
            f"“{text}”中的“{'、'.join(missing)}”在所有字体中都没有字形。",
            "请把含有该字的字体文件放入 fonts/ 文件夹。",
        )
    return tuple(Run(cut.face, cut.text) for cut in plan.stretches(role, text))


def width(text: Line) -> float:
    """Measure a line at body size, in bp, glue of the body between Han characters."""
    advances = {char: run.face.advance(char) for run in text for char in run.text}
    return line_width("".join(run.text for run in text), advances.__getitem__)


def embed(document: Pdf, lines: Iterable[Line]) -> dict[Face, Embedded]:
    """Add a subset of every face of the lines to the PDF, in order of first use."""
    used: dict[Face, str] = {}
    for run in chain.from_iterable(lines):
        used[run.face] = used.get(run.face, "") + run.text
    return {
        face: Embedded(f"/NbF{number}", add_font(document, face, text))
        for number, (face, text) in enumerate(used.items(), 1)
    }


def show(text: Line, x: float, y: float, fonts: Mapping[Face, Embedded]) -> bytes:
    """Draw a line in black at body size, its baseline beginning at (x, y)."""
    shown = [f"BT 0 g {x:.3f} {y:.3f} Td"]
    following = [*(run.text[0] for run in text[1:]), ""]
    for run, after in zip(text, following, strict=True):
        shown.append(f"{fonts[run.face].name} {EM:g} Tf [{_pieces(run, after)}] TJ")
    return " ".join([*shown, "ET\n"]).encode("ascii")


def _pieces(run: Run, after: str) -> str:
    """Codes in hex, and between Han characters the body's glue, in thousandths of an em."""
    glue = f" {-GLUE / EM * 1000:.2f} "
    pieces = []
    for char, following in pairwise([*run.text, after]):
        glyph = run.face.glyph(char)
        assert glyph is not None  # noqa: S101  # `line` chose a face that draws it
        pieces.append(f"<{run.face.code(glyph):04X}>")
        if following and closes_up(char, following):
            pieces.append(glue)
    return "".join(pieces).strip()
