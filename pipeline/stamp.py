"""Stamp a finished report: agency's name, date and seal (GB/T 9704-2012, 7.3.5), or refuse to.

`stamp` takes values and gives values; the command reads and writes the files. Whatever would give a
paper that is wrong (a seal over the text, a second stamp, another font) is refused with its remedy.
Lengths are in bp.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from pipeline import anchors as marks
from pipeline import passport, pdftext
from pipeline.errors import FileProblem, Refused, UsageError
from pipeline.faces import Face
from pipeline.fonts import FontPlan, FontSet
from pipeline.ink import Written, draw
from pipeline.page import PITCH, bp
from pipeline.passport import Passport, StampRecord
from pipeline.seal import Seal
from pipeline.signature import (
    Anchors,
    Kind,
    Placement,
    line_width,
    name_lines,
    name_width,
    place,
    seal_gap,
)

ROLE = "fangsong"
"""Name and date are set like the body (7.3.5)."""
TOLERANCE = bp(0.2)
"""By how much a seal may miss the distance from the text that the standard asks for."""

_REBUILD = "请用 nianbao build 重新生成 report.pdf 后再用印。"


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
    def written(self) -> list[Written]:
        """Lines and their places in reading order."""
        spots = (*self.placement.names, self.placement.date)
        return list(zip((*self.names, self.date), spots, strict=True))

    @property
    def faces(self) -> list[Face]:
        """The faces in use, in order of first use."""
        return list(dict.fromkeys(run.face for line, _ in self.written for run in line))


def passport_of(pdf: bytes) -> Passport:
    """What a report says of itself; the seal's diameter, for instance.

    Raises `FileProblem` for a broken PDF, `Refused` for one that nianbao did not build.
    """
    return _passport(_opened(pdf))


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
    leaves the room for a seal of ink.

    Raises `Refused` where the stamp would not hold, `UsageError` where no date is known,
    `MissingTool` where no font draws a character, `FileProblem` for a broken PDF.
    """
    reader = _opened(pdf)
    report = _passport(reader)
    _check_report(report)
    _check_seal(report, seal, specimens, no_seal)
    day = _day(report, date)
    spot = marks.find(reader)
    signature = _signature(report, day, spot.anchors, fonts)
    _check_fonts(report, signature.faces)
    _check_place(report, signature.placement, spot.anchors, reader.pages[spot.page])
    record = StampRecord(date=day, seal=seal.digest if seal else None)
    centre = signature.placement.seal
    made = draw(
        pdf,
        spot.page,
        signature.written,
        (seal, centre) if seal and centre else None,
        report.model_copy(update={"stamped": record}).to_json(),
    )
    notes = seal.warnings if seal else ()
    return Stamped(made, (*notes, *_licence_notes(signature.faces)))


def date_text(day: dt.date) -> str:
    """The date as 7.3.5.4 asks: Arabic digits, full year, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def _opened(pdf: bytes) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(pdf))
        encrypted = reader.is_encrypted
        signed = not encrypted and _is_signed(reader)
        if not encrypted:
            len(reader.pages)
    except Exception as error:  # pypdf raises a dozen kinds on a broken file
        raise FileProblem(f"PDF 已损坏，无法读取（{type(error).__name__}）。", _REBUILD) from error
    if encrypted:
        raise Refused("PDF 已加密，不能用印。", "请使用 nianbao build 生成的原文件。")
    if signed:
        raise Refused(
            "PDF 已有数字签名，再用印会使签名失效。", "请对未签名的 report.pdf 用印，然后再签名。"
        )
    return reader


def _is_signed(reader: PdfReader) -> bool:
    form = reader.root_object.get("/AcroForm", DictionaryObject()).get_object()
    return isinstance(form, DictionaryObject) and bool(int(form.get("/SigFlags", 0)) & 1)


def _passport(reader: PdfReader) -> Passport:
    written = reader.metadata.get(passport.KEY) if reader.metadata else None
    if written is None:
        raise Refused(
            f"PDF 中没有用印所需的信息（元数据 {passport.KEY}）。",
            f"只能对 nianbao 生成的报告用印；{_REBUILD}",
        )
    return Passport.from_json(str(written))


def _check_report(report: Passport) -> None:
    if report.stamped is not None:
        raise Refused(
            f"文件已经用印（日期 {date_text(report.stamped.date)}），不能再次用印。",
            "请对同一文件夹中未用印的 report.pdf 用印。",
        )
    if report.draft:
        raise Refused("送审稿不能用印。", f"请改正全部错误，{_REBUILD.removeprefix('请')}")


def _check_seal(
    report: Passport, seal: Seal | None, specimens: Collection[str], no_seal: bool
) -> None:
    """Refuse a seal where none belongs, none where one belongs, and the wrong one."""
    if seal is None:
        if report.signature is Kind.SEALED and not no_seal:
            raise Refused(
                "这份报告须加盖印章，但没有提供印章文件。",
                "请用 --seal 指定印章文件；若打印后手工盖章，请用 --no-seal。",
            )
        return
    if no_seal:
        raise UsageError("--seal 与 --no-seal 不能同时使用。", "请只保留其中一个。")
    if report.signature is Kind.UNSEALED:
        raise Refused(
            "这份报告设为不加盖印章，没有留出印章的位置。",
            "请去掉 --seal；若应盖章，请把 agency.toml 中的 signature 改为 sealed 后重新生成。",
        )
    if report.sample and seal.digest not in specimens:
        raise Refused(
            f"这是样例报告，只能使用样章，不能加盖“{seal.title}”。",
            "请使用 layouts/ 中的 specimen-seal；正式报告请去掉 sample = true 后重新生成。",
        )
    if not report.sample and seal.digest in specimens:
        raise Refused(
            "样章只能用于样例报告，不能加盖在正式报告上。", "请用 --seal 指定本单位的印章。"
        )
    if abs(seal.diameter - report.seal_diameter) > 0.01:  # noqa: PLR2004  # mm, as written
        raise Refused(
            f"印章按直径 {seal.diameter:g} 毫米读入，报告留出的是 {report.seal_diameter:g} 毫米。",
            f"请在 agency.toml 中改正印章直径，{_REBUILD.removeprefix('请')}",
        )


def _day(report: Passport, date: dt.date | None) -> dt.date:
    day = date or report.date
    if day is None:
        raise UsageError(
            "没有成文日期：内容文件和命令行都没有给出。", "请加上 --date，例如 --date 2022-01-13。"
        )
    if report.date is not None and day != report.date:
        raise Refused(
            f"日期不一致：报告中为 {report.date}，命令行为 {day}。",
            "请去掉 --date，或改正内容文件中的 date 后重新生成。",
        )
    return day


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


def _check_fonts(report: Passport, faces: Sequence[Face]) -> None:
    """Refuse a font file that is not the one the body was set in."""
    for face in faces:
        recorded = report.fonts.get(face.path.name)
        if recorded is not None and recorded != face.digest:
            raise Refused(
                f"字体文件 {face.path.name} 与生成报告时不同，署名会与正文字体不一致。", _REBUILD
            )


def _licence_notes(faces: Sequence[Face]) -> tuple[str, ...]:
    return tuple(
        f"字体“{face.title}”（{face.path.name}）的许可限制嵌入；请确认本单位已获授权。"
        for face in faces
        if face.restricted
    )


def _check_place(
    report: Passport, placement: Placement, anchors: Anchors, page: PageObject
) -> None:
    """Refuse what would lie over the text, off the page, or too far from the text."""
    if page.rotation % 360:
        raise Refused("署名所在页被旋转过，印章不会端正。", _REBUILD)
    if placement.names[0].y > anchors.text_end.y - PITCH + TOLERANCE:
        raise Refused("署名与正文重叠：留出的行数不够。", _REBUILD)
    if placement.seal is None:
        return
    gap, half = (
        seal_gap(anchors, placement.seal, report.seal_diameter),
        bp(report.seal_diameter) / 2,
    )
    box, centre = page.cropbox, placement.seal
    across = float(box.left) <= centre.x - half and centre.x + half <= float(box.right)
    along = float(box.bottom) <= centre.y - half and centre.y + half <= float(box.top)
    if not (across and along):
        raise Refused("印章会超出纸张边缘。", f"请检查印章直径；{_REBUILD}")
    if gap < -TOLERANCE:
        raise Refused(
            f"印章会压住上方正文（重叠 {_mm(-gap)} 毫米）。", f"请检查印章直径；{_REBUILD}"
        )
    if gap > PITCH + TOLERANCE:
        raise Refused(f"印章顶端距正文 {_mm(gap)} 毫米，超过一行（GB/T 9704 7.3.5.1）。", _REBUILD)


def _mm(length: float) -> str:
    return f"{length / bp(1):.1f}"
