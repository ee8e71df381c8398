"""Tags → the structure tree of a PDF (ISO 32000-1, 14.7), and its bookmarks (12.3.3)."""

from collections.abc import Iterator, Mapping, Sequence

from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Pdf, String

from pipeline.page import ASCENT, EM, PITCH
from pipeline.pdf.marking import Piece
from pipeline.tags import Span, Tag

Pieces = Mapping[str, Sequence[Piece]]
"""Where the content of each mark stands."""


def add_structure(document: Pdf, root: Tag, pieces: Pieces) -> None:
    """Give the file the structure tree of `root`, and each page the way back to its tags."""
    pages = [page.obj for page in document.pages]
    owners: list[dict[int, Object]] = [{} for _ in pages]
    names: dict[str, Object] = {}

    def add(tag: Tag, parent: Object) -> Object:
        own = [piece for mark in tag.marks for piece in pieces.get(mark, ())]
        element = document.make_indirect(Dictionary(_entries(tag, parent, own, pages)))
        if tag.name:
            names[tag.name] = element
        for piece in own:
            owners[piece.page][piece.mcid] = element
        kids: list[int | Object] = [*_content(own, pages)]
        kids += [add(kid, element) for kid in tag.kids]
        if kids:
            element.K = kids[0] if len(kids) == 1 else Array(kids)
        return element

    tree = document.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    tree.K = add(root, tree)
    parents: list[int | Object] = []
    for number, owned in enumerate(owners):
        pages[number].StructParents = number
        parents += [number, document.make_indirect(Array(owned[at] for at in sorted(owned)))]
    tree.ParentTree = document.make_indirect(Dictionary(Nums=Array(parents)))
    tree.ParentTreeNextKey = len(pages)
    listed = [part for name in sorted(names) for part in (String(name), names[name])]
    tree.IDTree = document.make_indirect(Dictionary(Names=Array(listed)))
    document.Root.StructTreeRoot = tree
    document.Root.MarkInfo = Dictionary(Marked=True)


def _entries(
    tag: Tag, parent: Object, own: Sequence[Piece], pages: Sequence[Object]
) -> dict[str, Object]:
    """What an element says of itself; made at once, each call into pikepdf has its price."""
    entries: dict[str, Object] = {"/Type": Name.StructElem, "/S": Name(f"/{tag.kind}")}
    entries["/P"] = parent
    if tag.name:
        entries["/ID"] = String(tag.name)
    if tag.actual:
        entries["/ActualText"] = String(tag.actual)
    if tag.span:
        entries["/A"] = Object.parse(_attributes(tag.span))
    if own:
        entries["/Pg"] = pages[own[0].page]
    return entries


def _content(own: Sequence[Piece], pages: Sequence[Object]) -> Iterator[int | Object]:
    """The pieces of an element: those of its first page by number, others with their page."""
    for piece in own:
        if piece.page == own[0].page:
            yield piece.mcid
        else:
            yield Dictionary(Type=Name.MCR, Pg=pages[piece.page], MCID=piece.mcid)


def _attributes(span: Span) -> bytes:
    """Attributes of a cell (14.8.5.7), as written; spans of one are what they are anyway."""
    made = ["<</O/Table"]
    if span.rows > 1:
        made.append(f"/RowSpan {span.rows}")
    if span.columns > 1:
        made.append(f"/ColSpan {span.columns}")
    if span.scope:
        made.append(f"/Scope/{span.scope}")
    if span.heads:
        made.append(f"/Headers[({')('.join(span.heads)})]")
    return "".join([*made, ">>"]).encode("ascii")


def add_bookmarks(document: Pdf, root: Tag, pieces: Pieces) -> None:
    """Give the file bookmarks: its sections, and folded into them the headings below."""
    pages = [page.obj for page in document.pages]
    with document.open_outline() as outline:
        below: list[list[OutlineItem]] = [outline.root]
        for tag in root.all():
            found = [piece for mark in tag.marks for piece in pieces.get(mark, ())]
            if tag.level < 2 or not found:  # noqa: PLR2004  # the first is the report's title
                continue
            top = found[0].baseline + ASCENT * EM + PITCH / 4
            target = Array([pages[found[0].page], Name.XYZ, None, round(top, 2), None])
            item = OutlineItem(tag.title, target)
            item.is_closed = True
            del below[tag.level - 1 :]
            below[-1].append(item)
            below.append(item.children)
    document.Root.PageMode = Name.UseOutlines
