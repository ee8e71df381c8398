"""The finished file: xelatex's PDF with an exact text layer and its metadata.

Every font gets a /ToUnicode made from the font plan, in which a glyph stands for one character
only: xdvipdfmx writes none for CID-keyed fonts, and guesses for glyphs with two code points.
"""

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf

from pipeline import __version__
from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontPlan
from pipeline.pdf.passport import KEY, Passport
from pipeline.pdf.tounicode import cmap

_REPORT = "请将此信息交给维护人员。"


def finish(pdf: bytes, plan: FontPlan, title: str, passport: Passport) -> bytes:
    """The PDF as it is kept: text layer, metadata, and what stamping needs to know.

    Raises:
        TypesettingFailed: it is broken, or has a font that nobody asked for.
    """
    try:
        document = Pdf.open(io.BytesIO(pdf))
    except pikepdf.PdfError as error:
        raise TypesettingFailed(f"排版得到的 PDF 已损坏（{error}）。", "请重新生成。") from error
    with document:
        _name_characters(document, plan)
        document.Root.Lang = pikepdf.String("zh-CN")
        document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        info = document.docinfo
        info[Name.Title] = title
        info[Name.Author] = passport.agency
        info[Name.Creator] = f"nianbao {__version__}"
        info[Name(KEY)] = passport.to_json()
        if passport.sample:
            info[Name.Subject] = "样例"
        made = io.BytesIO()
        document.save(
            made,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
        return made.getvalue()


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
