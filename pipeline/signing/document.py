"""What is to be signed: a finished report of ours, stamped and not signed yet, and its parts."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from pipeline.errors import FileProblem, Refused
from pipeline.pdf import anchors
from pipeline.pdf.passport import KEY, Passport
from pipeline.signing.examination import is_signed
from pipeline.tags import SIGNATURE

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in bp."""

AGAIN = "请用 nianbao build 和 nianbao stamp 重新生成后再签名。"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature's widget lies: the page, from 0; its box, or none where it is unseen."""

    page: int
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A report that may be signed."""

    pdf: bytes
    passport: Passport
    title: str
    page: int
    """The page, from 0, of name and date."""
    seal: Box | None
    """Where its seal lies on that page."""

    def place(self, visible: bool) -> Place:
        """Where the signature goes: over the seal, or nowhere on the same page.

        Raises:
            Refused: it has no seal.
        """
        if visible and self.seal is None:
            raise Refused(
                "文件中没有电子印章，没有显示签名的位置。", "请去掉 --visible，或先加盖电子印章。"
            )
        return Place(self.page, self.seal if visible else None)


def read(pdf: bytes) -> Document:
    """The report in a PDF.

    Raises:
        FileProblem: it is broken.
        Refused: it is encrypted, signed, a draft, or no report of ours.
    """
    reader = _opened(pdf)
    told: Any = reader.metadata or {}
    if KEY not in told:
        raise Refused(
            f"PDF 中没有签名所需的信息（元数据 {KEY}）。", "只能对 nianbao 生成的报告签名。"
        )
    passport = Passport.from_json(str(told[KEY]))
    if passport.draft:
        raise Refused("送审稿不能签名。", "请改正全部错误，生成、用印后再签名。")
    try:
        seal = _seal_box(room(reader.root_object))
    except (KeyError, TypeError, AttributeError, StopIteration, ValueError) as error:
        raise Refused("PDF 中没有署名处的结构标签。", AGAIN) from error
    return Document(pdf, passport, str(told.get("/Title", "")), anchors.find(reader).page, seal)


def is_ours(pdf: bytes) -> bool:
    """Whether a PDF, signed or not, was made by this program."""
    try:
        return KEY in (PdfReader(BytesIO(pdf)).metadata or {})
    except Exception:  # noqa: BLE001  # pypdf raises a dozen kinds on a broken file
        return False


def _opened(pdf: bytes) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(pdf))
        encrypted = reader.is_encrypted
        if not encrypted:
            len(reader.pages)
            signed = is_signed(pdf) or "/AcroForm" in reader.root_object
    except Exception as error:  # pypdf raises a dozen kinds on a broken file
        raise FileProblem(f"PDF 已损坏，无法读取（{type(error).__name__}）。", AGAIN) from error
    if encrypted:
        raise Refused("PDF 已加密，不能签名。", "请使用 nianbao 生成的原文件。")
    if signed:
        raise Refused("PDF 已有数字签名，不能再次签名。", "请对未签名的 stamped.pdf 签名。")
    return reader


def room(root: Any) -> Any:  # noqa: ANN401  # whatever a file holds there, as pypdf or pyHanko read
    """The element of a catalogue's structure that holds name, date and seal, found by its name."""
    leaves = root["/StructTreeRoot"]["/IDTree"]["/Names"]
    at = next(index for index in range(0, len(leaves), 2) if leaves[index] == SIGNATURE)
    return leaves[at + 1].get_object()


def _seal_box(holder: Any) -> Box | None:  # noqa: ANN401  # as above
    """The box of the seal: its figure tells it."""
    kids = holder.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        element = kid.get_object()
        if isinstance(element, dict) and element.get("/S") == "/Figure":
            left, bottom, right, top = (float(edge) for edge in element["/A"]["/BBox"])
            return left, bottom, right, top
    return None
