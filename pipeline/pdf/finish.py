"""The finished file: xelatex's PDF as PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1)."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, String

from pipeline.conformance.verdict import require
from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontPlan
from pipeline.pdf.attachments import Attachment, attach
from pipeline.pdf.marking import mark_content
from pipeline.pdf.metadata import LANGUAGE, Metadata, describe
from pipeline.pdf.passport import KEY, Passport
from pipeline.pdf.structuretree import add_bookmarks, add_structure
from pipeline.pdf.textlayer import name_characters
from pipeline.pdf.watermark import add_watermark
from pipeline.pdf.writing import written
from pipeline.tags import Tag

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
    watermark: bytes = b""
    """What is drawn below the text of every page."""


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
        if "/ID" in document.trailer:
            del document.trailer["/ID"]  # it tells of the run, not of what came out
        contents = [_content(page) for page in document.pages]
        name_characters(document, contents, plan)
        _tag(document, contents, record.tags)
        if record.watermark:
            add_watermark(document, record.watermark)
        _describe(document, record)
        return require(written(document))


def _tag(document: Pdf, contents: Iterable[bytes], root: Tag) -> None:
    """Mark what the pages show, and give the file its structure and bookmarks."""
    kinds = {mark: tag.kind for tag in root.all() for mark in tag.marks}
    marked = mark_content(contents, kinds)
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
    describe(document, record.metadata, {KEY: record.passport.to_json()})


def _output_intent(document: Pdf, profile: bytes) -> Object:
    """The colours of the file (ISO 19005-3, 6.2.3): black and the seal's red are sRGB."""
    return Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String(_PROFILE_NAME),
        Info=String(_PROFILE_NAME),
        DestOutputProfile=document.make_stream(profile, N=3),
    )
