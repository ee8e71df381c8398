"""The finished file: xelatex's PDF as a record, PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1).

Every font gets a /ToUnicode made from the font plan, in which a glyph stands for one character
only: xdvipdfmx writes none for CID-keyed fonts, and guesses for glyphs with two code points.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, String

from pipeline.conformance.verdict import require
from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontPlan
from pipeline.pdf.attachments import Attachment, attach
from pipeline.pdf.cff import with_even_widths
from pipeline.pdf.marking import mark_content
from pipeline.pdf.metadata import LANGUAGE, Metadata, info, xmp
from pipeline.pdf.passport import KEY, Passport
from pipeline.pdf.structuretree import add_bookmarks, add_structure
from pipeline.pdf.tounicode import cmap
from pipeline.pdf.writing import written
from pipeline.tags import Tag

_REPORT = "请将此信息交给维护人员。"
_PROFILE_NAME = "sRGB IEC61966-2.1"


@dataclass(frozen=True, slots=True)
class Record:
    """What the finished file holds beside its pages."""

    metadata: Metadata
    passport: Passport
    tags: Tag
    attachments: tuple[Attachment, ...]
    profile: bytes
    """The ICC profile of its colours."""


def finish(pdf: bytes, plan: FontPlan, record: Record) -> bytes:
    """The PDF as it is kept: exact text, tags, metadata, attachments, what stamping needs to know.

    Raises:
        TypesettingFailed: it is broken, has a font that nobody asked for, or would not conform.
    """
    try:
        document = Pdf.open(io.BytesIO(pdf))
    except pikepdf.PdfError as error:
        raise TypesettingFailed(f"排版得到的 PDF 已损坏（{error}）。", "请重新生成。") from error
    with document:
        _name_characters(document, plan)
        _tag(document, record.tags)
        _describe(document, record)
        return require(written(document))


def _tag(document: Pdf, root: Tag) -> None:
    """Mark what the pages show, and give the file its structure and bookmarks."""
    kinds = {mark: tag.kind for tag in root.all() for mark in tag.marks}
    marked = mark_content((_content(page) for page in document.pages), kinds)
    for page, content in zip(document.pages, marked.contents, strict=True):
        page.Contents = document.make_stream(content)
        page.obj.Tabs = Name.S
    add_structure(document, root, marked.pieces)
    add_bookmarks(document, root, marked.pieces)


def _content(page: Page) -> bytes:
    """What a page shows; xdvipdfmx writes it in several streams."""
    return b"\n".join(stream.read_bytes() for stream in page.Contents.as_list())


def _describe(document: Pdf, record: Record) -> None:
    """Say what the file is, how it is to be shown and printed, and in what colours."""
    root = document.Root
    root.Lang = String(LANGUAGE)
    root.ViewerPreferences = Dictionary(
        DisplayDocTitle=True, PrintScaling=Name("/None"), Duplex=Name.DuplexFlipLongEdge
    )
    root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
    root.OutputIntents = Array([_output_intent(document, record.profile)])
    attach(document, record.attachments, record.metadata.modified)
    metadata = record.metadata
    producer = str(document.docinfo.get(Name.Producer, ""))
    for key, value in {**info(metadata, producer), KEY: record.passport.to_json()}.items():
        document.docinfo[Name(key)] = String(value)
    packet = xmp(metadata, producer)
    root.Metadata = document.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)


def _output_intent(document: Pdf, profile: bytes) -> Object:
    """The colours of the file (ISO 19005-3, 6.2.3): black and the seal's red are sRGB."""
    return Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String(_PROFILE_NAME),
        Info=String(_PROFILE_NAME),
        DestOutputProfile=document.make_stream(profile, N=3),
    )


def _name_characters(document: Pdf, plan: FontPlan) -> None:
    """Give every font of the file its exact /ToUnicode, which names all that it shows."""
    faces = {name: face for face in plan.faces for name in face.names}
    for font, codes in _shown(document):
        name = str(font.BaseFont).lstrip("/").partition("+")[2].removesuffix("-Identity-H")
        face = faces.get(name)
        if face is None or font.Subtype != Name.Type0:
            raise TypesettingFailed(f"PDF 中出现了未指定的字体：{name}。", _REPORT)
        texts = plan.texts(face)
        if strange := codes - texts.keys():
            raise TypesettingFailed(
                f"PDF 中出现了未指定的字形：{name} 第 {min(strange)} 号。", _REPORT
            )
        font.ToUnicode = document.make_stream(cmap(texts))
        _even_widths(font.DescendantFonts[0].FontDescriptor)


def _even_widths(descriptor: Object) -> None:
    program = descriptor.get(Name.FontFile3)
    if program is not None and program.get(Name.Subtype) == Name.CIDFontType0C:
        program.write(with_even_widths(program.read_bytes()))


def _shown(document: Pdf) -> Iterator[tuple[Object, set[int]]]:
    """The fonts of the file, each with the two-byte codes that its pages show."""
    fonts: dict[tuple[int, int], tuple[Object, set[int]]] = {}
    for page in document.pages:
        shown: set[int] = set()
        for step in pikepdf.parse_content_stream(page, "Tf Tj TJ"):
            operands = list(step.operands)
            if str(step.operator) == "Tf":
                font = page.resources.Font[str(operands[0])]
                shown = fonts.setdefault(font.objgen, (font, set()))[1]
            else:
                shown |= _codes(operands[0])
    yield from fonts.values()


def _codes(operand: Object) -> set[int]:
    pieces = [operand] if isinstance(operand, pikepdf.String) else list(operand)
    text = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
    return {int.from_bytes(text[at : at + 2]) for at in range(0, len(text), 2)}
