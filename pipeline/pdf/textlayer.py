"""The exact text layer: what every glyph on the pages of xelatex's PDF means, and how wide it is.

Every font gets a /ToUnicode made from the font plan, in which a glyph stands for one character
only: xdvipdfmx writes none for CID-keyed fonts, and guesses for glyphs with two code points.
"""

import re
import struct
from collections.abc import Iterable, Iterator

from pikepdf import Dictionary, Name, Object, Page, Pdf

from pipeline.errors import TypesettingFailed
from pipeline.faces import Face
from pipeline.fonts import FontPlan
from pipeline.pdf.cff import with_even_widths
from pipeline.pdf.tounicode import cmap

_REPORT = "请将此信息交给维护人员。"
_SHOWN = re.compile(rb"/(\w+) \S+ Tf|<([0-9a-f]+)>")
"""A font that is chosen, or codes in hex, four digits each: xdvipdfmx writes no other strings."""


def name_characters(document: Pdf, contents: Iterable[bytes], plan: FontPlan) -> None:
    """Give every font of the file its exact /ToUnicode, which names all that its pages show.

    Raises:
        TypesettingFailed: a page shows what nobody asked for.
    """
    meant = _texts(plan)
    for font, written in _shown(document.pages, contents):
        name = str(font.BaseFont).lstrip("/").partition("+")[2].removesuffix("-Identity-H")
        face, texts = meant.get(name, (None, {}))
        if face is None or font.Subtype != Name.Type0:
            raise TypesettingFailed(f"PDF 中出现了未指定的字体：{name}。", _REPORT)
        codes = {code for (code,) in struct.iter_unpack(">H", bytes.fromhex(written.decode()))}
        if strange := codes - texts.keys():
            raise TypesettingFailed(
                f"PDF 中出现了未指定的字形：{name} 第 {min(strange)} 号。", _REPORT
            )
        font.ToUnicode = document.make_stream(cmap(texts))
        if face.alphabets > 1:
            _even_widths(font.DescendantFonts[0].FontDescriptor)


def _even_widths(descriptor: Object) -> None:
    program = descriptor.get(Name.FontFile3)
    if program is not None and program.get(Name.Subtype) == Name.CIDFontType0C:
        outlines = program.read_bytes()
        if (even := with_even_widths(outlines)) != outlines:
            program.write(even)


def _texts(plan: FontPlan) -> dict[str, tuple[Face, dict[int, str]]]:
    """By the names of each face: itself, and character code in the PDF to character."""
    texts: dict[int, dict[int, str]] = {id(face): {} for face in plan.faces}
    for (face, glyph), char in plan.owners.items():
        texts[id(face)][face.code(glyph)] = char
    return {name: (face, texts[id(face)]) for face in plan.faces for name in face.names}


def _shown(pages: Iterable[Page], contents: Iterable[bytes]) -> Iterator[tuple[Object, bytes]]:
    """The fonts of the file, each with the codes that its pages show, in hex."""
    fonts: dict[tuple[int, int], tuple[Object, list[bytes]]] = {}
    for page, content in zip(pages, contents, strict=True):
        if b"(" in content:
            raise TypesettingFailed("PDF 中出现了未指定的字符串。", _REPORT)
        own: Object = page.resources.get(Name.Font, Dictionary())
        named: dict[bytes, list[bytes]] = {}
        shown: list[bytes] = []
        for name, codes in _SHOWN.findall(content):
            if codes:
                shown.append(codes)
                continue
            if name not in named:
                font = own[f"/{name.decode('ascii')}"]
                named[name] = fonts.setdefault(font.objgen, (font, []))[1]
            shown = named[name]
    yield from ((font, b"".join(shown)) for font, shown in fonts.values())
