"""A Word file (.docx of Word, WPS, LibreOffice) → Manuscript.

Names are compared without their namespace: Word writes two sets of them, WPS a third. Tracked
changes are read as accepted; what they delete is told.
"""

from collections.abc import Iterator

from pipeline.errors import FileProblem
from pipeline.transcription import numbering
from pipeline.transcription.manuscript import Aside, Manuscript, paragraphs, unwrapped
from pipeline.transcription.package import Package
from pipeline.transcription.styles import Styles
from pipeline.transcription.wordtext import EMBEDDED, Reader
from pipeline.transcription.wordxml import child, local

_NOTES = {
    "footnotes": "脚注", "endnotes": "尾注", "comments": "批注", "header": "页眉", "footer": "页脚",
}  # fmt: skip
_SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为 .docx。"


def read(data: bytes, shown: str) -> Manuscript:
    """The manuscript in the bytes of a Word file; messages call it `shown`.

    Raises:
        FileProblem: it is no Word file, encrypted, damaged, or made to fill the machine.
    """
    package = Package(data, shown)
    main = next((part for kind, part in package.related("") if kind == "officeDocument"), "")
    root = package.xml(main) if main else None
    if root is None or local(root) != "document":
        raise FileProblem(f"不是 Word 文件：{shown}。", _SAVE_AGAIN)
    related = list(package.related(main))
    parts = dict(related)
    styles = Styles(package.xml(parts["styles"]) if "styles" in parts else None)
    lists = numbering.read(package.xml(parts["numbering"])) if "numbering" in parts else None
    reader = Reader(styles, lists)
    body = child(root, "body")
    blocks = reader.blocks(body) if body is not None else []
    if not blocks and any(aside.kind == EMBEDDED for aside in reader.asides):
        raise FileProblem(f"正文在嵌入的另一个文件里，读不出来：{shown}。", _SAVE_AGAIN)
    asides = [*reader.asides, *dict.fromkeys(_beside(package, related, styles))]
    return Manuscript(shown, unwrapped(blocks), tuple(asides))


def _beside(package: Package, related: list[tuple[str, str]], styles: Styles) -> Iterator[Aside]:
    """Notes, comments, headers and footers; and that there are macros."""
    for kind, part in related:
        if kind in _NOTES:
            reader = Reader(styles, None)
            texts = [each.text for each in paragraphs(reader.blocks(package.xml(part)))]
            if texts:
                yield Aside(_NOTES[kind], " ".join(texts), "")
            yield from (Aside(aside.kind, aside.text, _NOTES[kind]) for aside in reader.asides)
    if any(name.endswith("vbaproject.bin") for name in package.names):
        yield Aside("宏", "文件含有宏，宏没有读取", "")
