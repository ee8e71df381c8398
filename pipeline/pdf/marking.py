"""Marks in page contents → marked content (ISO 32000-1, 14.6), byte by byte.

LaTeX leaves marked-content points around everything it sets: `/nbB7 MP` where mark 7 begins,
`/nbE7 MP` where it ends, pages later perhaps. xdvipdfmx writes them outside text objects, in the
order of shipping. What lies between two of them becomes a marked-content sequence: of the tag that
owns the innermost mark, or an artifact.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.errors import TypesettingFailed

_POINT = re.compile(rb"/nb([BE])([0-9a-z.]+) MP")
_PROLOGUE = re.compile(rb"\s*q\s+1 0 0 1 \S+ (?P<y>\S+) cm\s+0 G 0 g\s")
"""How xdvipdfmx begins a page: the origin of its coordinates, and black."""
_EPILOGUE = re.compile(rb"\sQ\s*\Z")
_BASELINE = re.compile(rb"\bBT(?: /\S+ \S+ Tf)? \S+ (?P<y>\S+) Td")
_ARTIFACTS = {
    "margin": b"/Artifact <</Type /Pagination /Subtype /Header>>",
    "page": b"/Artifact <</Type /Pagination /Subtype /Footer>>",
}
"""What the page class marks on every page, outside the text."""
_LAYOUT = b"/Artifact <</Type /Layout>>"
"""The rules of tables, and what a further page repeats of their text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A marked-content sequence: its page, from 0, and MCID; its first baseline, in bp."""

    page: int
    mcid: int
    baseline: float


@dataclass(frozen=True, slots=True)
class Marked:
    """Page contents with marked content, and the pieces of each mark, in order."""

    contents: tuple[bytes, ...]
    pieces: Mapping[str, tuple[Piece, ...]]


def mark_content(contents: Iterable[bytes], kinds: Mapping[str, str]) -> Marked:
    """Mark what all pages show; `kinds` is the structure type for each mark of a tag.

    Raises:
        TypesettingFailed: a page is not as xdvipdfmx writes it, or marks do not pair.
    """
    opened: list[str] = []
    made: list[bytes] = []
    pieces: dict[str, tuple[Piece, ...]] = {}
    for page, content in enumerate(contents):
        begin, end = _PROLOGUE.match(content), _EPILOGUE.search(content)
        if not begin or not end:
            raise _unknown(f"第 {page + 1} 页")
        parts, mcid = [begin[0]], 0
        for shown, owner in _stretches(content[begin.end() : end.start()], opened):
            if owner in kinds:
                parts.append(b"/%s <</MCID %d>> BDC %s EMC" % (kinds[owner].encode(), mcid, shown))
                piece = Piece(page, mcid, _baseline(shown, float(begin["y"])))
                pieces[owner] = (*pieces.get(owner, ()), piece)
                mcid += 1
            else:
                parts.append(b"%s BDC %s EMC" % (_ARTIFACTS.get(owner, _LAYOUT), shown))
        made.append(b"\n".join([*parts, end[0].strip()]))
    if opened:
        raise _unknown(f"标记 {opened[-1]} 没有结束")
    return Marked(tuple(made), pieces)


def _stretches(shown: bytes, opened: list[str]) -> Iterator[tuple[bytes, str]]:
    """What a page shows, cut at the points, each stretch with the innermost mark around it.

    `opened` are the marks that are open where the page begins, and then where it ends.
    """
    at = 0
    for point in _POINT.finditer(shown):
        if stretch := shown[at : point.start()].strip():
            yield stretch, opened[-1] if opened else ""
        begins, name = point[1] == b"B", point[2].decode("ascii")
        if begins:
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise _unknown(f"标记 {name} 没有开始")
        at = point.end()
    if stretch := shown[at:].strip():
        yield stretch, opened[-1] if opened else ""


def _baseline(shown: bytes, origin: float) -> float:
    found = _BASELINE.search(shown)
    return origin + float(found["y"]) if found else origin


def _unknown(what: str) -> TypesettingFailed:
    return TypesettingFailed(f"排版得到的 PDF 与预期不符：{what}。", "请将此信息交给维护人员。")
