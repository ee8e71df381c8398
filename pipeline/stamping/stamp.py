"""Stamp a finished report: agency's name, date and seal (GB/T 9704-2012, 7.3.5), or refuse to.

`stamp` takes values and gives values; the command reads and writes the files. Whatever would give a
paper that is wrong (a seal over the text, a second stamp, another font) is refused with its remedy.
Lengths are in bp.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Pdf

from pipeline.conformance import verdict
from pipeline.errors import FileProblem, Refused
from pipeline.faces import Face
from pipeline.fonts import FontPlan, FontSet
from pipeline.pdf import anchors as marks
from pipeline.pdf import passport, pdftext
from pipeline.pdf.passport import Passport, StampRecord
from pipeline.signature import (
    Anchors,
    Placement,
    date_text,
    line_width,
    name_lines,
    name_width,
    place,
)
from pipeline.stamping import conditions
from pipeline.stamping.ink import Signed, draw
from pipeline.stamping.seal import Seal

SPECIMEN_WORDS = "样章，仅供测试"
ROLE = "fangsong"
"""Name and date are set like the body (7.3.5)."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """The stamped PDF, and what somebody should look at."""

    pdf: bytes
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Signature:
    """What is drawn: lines with their places; the seal's centre where a seal is or will be."""

    names: tuple[pdftext.Line, ...]
    date: pdftext.Line
    placement: Placement

    @property
    def faces(self) -> list[Face]:
        """The faces in use, in order of first use."""
        return list(dict.fromkeys(run.face for line in (*self.names, self.date) for run in line))

    def drawn(self, seal: Seal | None, words: str) -> Signed:
        """The lines at their places, and the seal where one is drawn."""
        names = zip(self.names, self.placement.names, strict=True)
        centre = self.placement.seal
        laid = (seal, centre) if seal and centre else None
        return Signed(tuple(names), (self.date, self.placement.date), laid, words)


def passport_of(pdf: bytes) -> Passport:
    """What a report says of itself; the seal's diameter, for instance.

    Raises `FileProblem` for a broken PDF, `Refused` for one that nianbao did not build.
    """
    with _opened(pdf) as document:
        return _passport(document)


def specimen_digests(layouts: Path) -> frozenset[str]:
    """Digests of the specimen seals that the project ships in `layouts`."""
    files = sorted(layouts.glob("specimen-seal.*"))
    return frozenset(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)


def stamp(  # noqa: PLR0913  # every input is named
    pdf: bytes,
    *,
    date: dt.date | None,
    seal: Seal | None,
    fonts: FontSet,
    specimens: Collection[str],
    no_seal: bool = False,
) -> Stamped:
    """Draw name, date and seal onto a report.

    `specimens` are the digests of the seals that a sample report, and no other, may bear. `no_seal`
    leaves the room for a seal of ink; the command line refuses it beside a seal.

    Raises `Refused` where the stamp would not hold, `UsageError` where no date is known,
    `MissingTool` where no font draws a character, `FileProblem` for a broken PDF.
    """
    with _opened(pdf) as document:
        report = _passport(document)
        conditions.check_report(report)
        conditions.check_seal(report, seal, specimens, no_seal)
        day = conditions.day_of(report, date)
        spot = marks.locate(document)
        signature = _signature(report, day, spot.anchors, fonts)
        conditions.check_fonts(report, signature.faces)
        page = document.pages[spot.page]
        conditions.check_place(report, signature.placement, spot.anchors, page)
    record = StampRecord(date=day, seal=seal.digest if seal else None)
    told = report.model_copy(update={"stamped": record})
    words = SPECIMEN_WORDS if report.sample else f"{report.agency}印章"

    def made(seal: Seal | None) -> bytes:
        return draw(pdf, spot.page, signature.drawn(seal, words), told)

    stamped = _fit(made, seal)
    notes = seal.warnings if seal else ()
    return Stamped(stamped, (*notes, *_licence_notes(signature.faces)))


def _fit(made: Callable[[Seal | None], bytes], seal: Seal | None) -> bytes:
    """What is made with a seal; refuse one that makes a file unfit to be kept.

    Raises `TypesettingFailed` where it is unfit without the seal, too: that is a bug of ours.
    """
    pdf = made(seal)
    if found := verdict.problems(pdf, own=True):
        verdict.require(made(None))
        assert seal is not None  # noqa: S101  # or that had failed
        raise Refused(
            f"加盖“{seal.title}”后，文件不符合归档要求（PDF/A-3a、PDF/UA-1）：{found[0].message}",
            "请在制图软件中把印章另存为只含路径的 SVG，或背景透明的 PNG，再用印。",
        )
    return pdf


@contextmanager
def _opened(pdf: bytes) -> Iterator[Pdf]:
    """The objects of a report.

    Raises `FileProblem` where it is broken, `Refused` where it is encrypted or signed.
    """
    try:
        with Pdf.open(BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as document:
            if document.is_encrypted:
                raise Refused("PDF 已加密，不能用印。", "请使用 nianbao build 生成的原文件。")
            if is_signed(document):
                raise Refused(
                    "PDF 已有数字签名，再用印会使签名失效。",
                    "请对未签名的 report.pdf 用印，然后再签名。",
                )
            yield document
    except pikepdf.PasswordError as error:
        raise Refused("PDF 已加密，不能用印。", "请使用 nianbao build 生成的原文件。") from error
    except pikepdf.PdfError as error:
        raise FileProblem("PDF 已损坏，无法读取。", conditions.REBUILD) from error


def is_signed(document: Pdf) -> bool:
    """Whether a PDF says that it is signed."""
    form = document.Root.get("/AcroForm")
    flags = form.get("/SigFlags") if isinstance(form, Dictionary) else None
    return isinstance(flags, int) and bool(flags & 1)


def _passport(document: Pdf) -> Passport:
    info = document.trailer.get("/Info")
    written = info.get(passport.KEY) if isinstance(info, Dictionary) else None
    if written is None:
        raise Refused(
            f"PDF 中没有用印所需的信息（元数据 {passport.KEY}）。",
            f"只能对 nianbao 生成的报告用印；{conditions.REBUILD}",
        )
    return Passport.from_json(str(written))


def _signature(report: Passport, day: dt.date, anchors: Anchors, fonts: FontSet) -> _Signature:
    """Break the name, find its fonts, and place it: as the typesetter did when it left the room."""
    plan = FontPlan(fonts)

    def measured(text: str) -> float:
        return line_width(text, lambda char: fonts.advance(ROLE, char))

    broken = name_lines(report.agency, measured, name_width(report.signature))
    names = tuple(pdftext.line(plan, ROLE, text) for text in broken)
    date = pdftext.line(plan, ROLE, date_text(day))
    widths = [pdftext.width(line) for line in names]
    placement = place(report.signature, report.seal_diameter, anchors, widths, pdftext.width(date))
    return _Signature(names, date, placement)


def _licence_notes(faces: Sequence[Face]) -> tuple[str, ...]:
    return tuple(
        f"字体“{face.title}”（{face.path.name}）的许可限制嵌入；请确认本单位已获授权。"
        for face in faces
        if face.restricted
    )
