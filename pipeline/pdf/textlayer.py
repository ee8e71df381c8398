"""The exact text layer: what every glyph on the pages of xelatex's PDF means, and how wide it is.

Every font gets a /ToUnicode made from the font plan, in which a glyph stands for one character
only: xdvipdfmx writes none for CID-keyed fonts, and guesses for glyphs with two code points.
"""

import re
from collections.abc import Iterable, Iterator

from pikepdf import Dictionary, Name, Object, Page, Pdf

from pipeline.errors import TypesettingFailed
from pipeline.fonts import FontPlan
from pipeline.pdf.cff import with_even_widths
from pipeline.pdf.tounicode import cmap

_REPORT = "请将此信息交给维护人员。"
_SHOWN = re.compile(rb"/(?P<font>\w+) \S+ Tf|<(?P<codes>[0-9a-f]+)>")
"""A font that is chosen, or codes in hex, four digits each: xdvipdfmx writes no other strings."""


def name_characters(document: Pdf, contents: Iterable[bytes], plan: FontPlan) -> None:
    """Give every font of the file its exact /ToUnicode, which names all that its pages show.

    Raises:
        TypesettingFailed: a page shows what nobody asked for.
    """
    faces = {name: face for face in plan.faces for name in face.names}
    for font, codes in _shown(document.pages, contents):
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
        outlines = program.read_bytes()
        if (even := with_even_widths(outlines)) != outlines:
            program.write(even)


def _shown(pages: Iterable[Page], contents: Iterable[bytes]) -> Iterator[tuple[Object, set[int]]]:
    """The fonts of the file, each with the two-byte codes that its pages show."""
    fonts: dict[tuple[int, int], tuple[Object, set[int]]] = {}
    for page, content in zip(pages, contents, strict=True):
        if b"(" in content:
            raise TypesettingFailed("PDF 中出现了未指定的字符串。", _REPORT)
        own: Object = page.resources.get(Name.Font, Dictionary())
        shown: set[int] = set()
        for step in _SHOWN.finditer(content):
            if step["font"]:
                font = own[f"/{step['font'].decode('ascii')}"]
                shown = fonts.setdefault(font.objgen, (font, set()))[1]
            else:
                codes = step["codes"]
                shown.update(int(codes[at : at + 4], 16) for at in range(0, len(codes), 4))
    yield from fonts.values()
