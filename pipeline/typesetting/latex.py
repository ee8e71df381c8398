"""Document → LaTeX, by a sandboxed Jinja template in which every value is escaped by default."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from pipeline.composition import flow, tagging
from pipeline.composition.block import Block, Text
from pipeline.composition.flow import Item
from pipeline.document import Document, Heading, Origin, Paragraph, Title
from pipeline.fonts import FontPlan, FontSet
from pipeline.page import ASCENT, EM, PITCH
from pipeline.tags import Tag, mark
from pipeline.typesetting.families import Families, fixed, flowing, switch
from pipeline.typesetting.tex import Tex, escape, length

TEMPLATE, CLASS = "report.tex.j2", "nianbao.cls"


@dataclass(frozen=True)
class Rendering:
    """The LaTeX of a document, the font files it names, and where its lines come from.

    `tags` is what it marks in the pages, for the finished file.
    """

    tex: str
    files: dict[str, Path]
    origins: dict[str, Origin]
    tags: Tag

    def origin(self, line: int) -> Origin | None:
        """Where the text on a line (from 1) of the LaTeX comes from, where that is known."""
        for text in reversed(self.tex.split("\n")[:line]):
            if text.startswith("%@"):
                return self.origins.get(text[2:])
        return None


def render(document: Document, plan: FontPlan, layouts: Path) -> Rendering:
    """The LaTeX of `document` in the faces of `plan`, by the template in `layouts`."""
    families = Families(plan)
    items = flow.lay_out(document, plan.fonts)
    annexes = flow.lay_out_annexes(document, plan.fonts)
    views = [_view(number, item, families) for number, item in enumerate([*items, *annexes])]
    views.insert(len(items), _signature(document, plan.fonts))
    body = families.name(plan.fonts.usual(flow.BODY, latin=False), cjk=True)
    latin = families.name(plan.fonts.usual(flow.BODY, latin=True), cjk=False)
    page_face = plan.fonts.usual(flow.PAGE_NUMBER, latin=False)
    template = _template((layouts / TEMPLATE).read_text(encoding="utf-8"))
    margin = fixed(document.mark, flow.MARK, families) if document.mark else ""
    tex = template.render(
        items=views,
        body=body,
        latin=latin,
        page=families.name(page_face, cjk=False),
        dash=length(14 * page_face.middle("—")),
        margin=margin,
        faces=families.declarations(),
    )
    files = {families.file(face): face.path for face in families.faces}
    origins = dict(_origins([*items, *annexes]))
    return Rendering(tex, files, origins, tagging.tag(items, annexes))


@lru_cache(4)
def _template(source: str) -> Template:
    """A template with that text, in a sandbox."""
    return SandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=escape,
        autoescape=False,
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((=",
        comment_end_string="=))",
        keep_trailing_newline=True,
        lstrip_blocks=True,
    ).from_string(source)


def _view(number: int, item: Item, families: Families) -> dict[str, object]:
    """An item as the template sees it."""
    element, block = item.element, item.block
    if block is not None:
        return {
            "kind": "block", "number": mark(number), "forced": item.new_page, "lines": block.lines,
            "texts": list(_texts(number, block, families)),
            "rules": [
                {name: length(getattr(rule, name)) for name in ("x", "y", "width", "height")}
                for rule in block.rules
            ],
        }  # fmt: skip
    if isinstance(element, Heading):
        role = flow.HEADING_ROLES[element.level]
        return {
            "kind": "heading", "number": mark(number), "forced": item.new_page,
            "set": Tex("{" + switch(role, families) + flowing([element.run], role, families) + "}"),
        }  # fmt: skip
    assert isinstance(element, Paragraph)  # noqa: S101  # nothing else is left
    return {
        "kind": "paragraph", "number": mark(number), "apart": element.apart,
        "lead": flowing(element.runs[:1], flow.BODY, families) if element.hanging else None,
        "set": flowing(element.runs[element.hanging :], flow.BODY, families),
    }  # fmt: skip


def _signature(document: Document, fonts: FontSet) -> dict[str, object]:
    """The room for the signature as the template sees it."""
    room = flow.signature_room(document.signature, fonts)
    first = (room.lead_lines - 1) * PITCH
    return {
        "kind": "signature", "number": "signature",
        "lines": flow.signature_lines(document.signature, fonts),
        "name": length(first + ASCENT * EM), "date": length(first + PITCH + ASCENT * EM),
    }  # fmt: skip


def _texts(number: int, block: Block, families: Families) -> Iterator[dict[str, object]]:
    texts = list(enumerate(block.texts))
    first = {text.cell: index for index, text in reversed(texts)}
    last = {text.cell: index for index, text in texts}
    for index, text in texts:
        cell = mark(number, text.cell) if text.cell is not None else None
        yield {
            "opens": cell if first[text.cell] == index else None,
            "closes": cell if last[text.cell] == index else None,
            "x": length(text.x), "y": length(text.y), "width": length(text.width),
            "size": length(text.size), "set": _trimmed(text, families),
        }  # fmt: skip


def _trimmed(text: Text, families: Families) -> Tex:
    start, end = text.trim_start * text.size, text.trim_end * text.size
    before = f"\\kern-{length(start)}bp" if start else ""
    after = f"\\kern-{length(end)}bp" if end else ""
    return Tex(before + fixed(text.run.text, text.role, families) + after)


def _origins(items: Sequence[Item]) -> Iterator[tuple[str, Origin]]:
    for number, item in enumerate(items):
        match item.element:
            case Title(words) if words[0].origin:
                yield mark(number), words[0].origin
            case Heading(_, run) if run.origin:
                yield mark(number), run.origin
            case Paragraph(runs):
                yield from ((mark(number), run.origin) for run in runs[:1] if run.origin)
            case _:
                yield from _cell_origins(number, item.block)


def _cell_origins(number: int, block: Block | None) -> Iterator[tuple[str, Origin]]:
    for text in block.texts if block else ():
        if text.run.origin:
            yield mark(number, text.cell), text.run.origin
