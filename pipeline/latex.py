"""Document → LaTeX, by a sandboxed Jinja template in which every value is escaped by default."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from pipeline import flow
from pipeline.block import Block, Text
from pipeline.document import Document, Heading, Origin, Paragraph, Run, Title
from pipeline.faces import COLLECTIONS, Face
from pipeline.flow import Item
from pipeline.fonts import FontPlan
from pipeline.kinsoku import NEVER_FIRST, NEVER_LAST
from pipeline.page import ASCENT, EM, PITCH

TEMPLATE, CLASS = "report.tex.j2", "nianbao.cls"
_BREAKABLE = 8
"""A Latin run of more characters than this may break anywhere, as a last resort."""
_NUMBER = re.compile(r"[0-9.,]{1,20}")
_MARKS = re.compile(f"[{re.escape(''.join(sorted(NEVER_FIRST | NEVER_LAST)))}]{{9,}}")
"""So many marks in a row, such as leaders, may break between any two."""
_AFTER = frozenset("/._?&=@:;,+%#~")
_SPECIAL = frozenset("\\{}$&#^_~%")
_FEATURES = "HyphenChar=None,RawFeature={-liga;-clig;-calt;-ccmp;-locl;-rlig;-kern}"
"""Every character is set by its own glyph, and as wide as Python measures it."""


class Tex(str):
    """Text that is LaTeX already and must not be escaped again."""

    __slots__ = ()


@dataclass(frozen=True)
class Rendering:
    """The LaTeX of a document, the font files it names, and where its lines come from."""

    tex: str
    files: dict[str, Path]
    origins: dict[str, Origin]

    def origin(self, line: int) -> Origin | None:
        """Where the text on a line (from 1) of the LaTeX comes from, where that is known."""
        for text in reversed(self.tex.split("\n")[:line]):
            if text.startswith("%@"):
                return self.origins.get(text[2:])
        return None


def escape(value: object) -> str:
    """Any value as LaTeX that prints it: characters that TeX would act on, by their number."""
    if isinstance(value, Tex):
        return value
    return "".join(_escaped(char) for char in str(value))


def _escaped(char: str) -> str:
    if char in _SPECIAL or ord(char) < ord(" "):
        return f"\\nbchar{{{ord(char)}}}"
    return "\\nbquad{}" if char == "\u3000" else "~" if char == "\u00a0" else char


class _Families:
    """The font families a document declares: one for each face, use and weight."""

    def __init__(self, plan: FontPlan) -> None:
        self.plan = plan
        self.faces: dict[Face, str] = {}
        self.uses: dict[tuple[Face, bool], bool] = {}

    def name(self, face: Face, *, cjk: bool, bold: bool = False) -> str:
        letter = self.faces.setdefault(face, _letters(len(self.faces)))
        self.uses[face, bold] = self.uses.get((face, bold), False) or cjk
        return f"nb{letter}{'bold' * bold}"

    def usual(self, role: str, *, latin: bool) -> Face:
        own = self.plan.fonts.roles[role]
        return (own if own.own_latin or not latin else self.plan.fonts.roles["latin"]).faces[0]

    def file(self, face: Face) -> str:
        return f"nb{self.faces[face]}{face.path.suffix.lower()}"

    def declarations(self) -> list[dict[str, object]]:
        return [
            {
                "family": self.name(face, cjk=cjk, bold=bold),
                "switch": Tex("\\" + self.name(face, cjk=cjk, bold=bold)),
                "file": self.file(face),
                "features": Tex(_features(face, bold=bold)),
                "cjk": cjk,
            }
            for (face, bold), cjk in self.uses.items()
        ]


def render(document: Document, plan: FontPlan, layouts: Path) -> Rendering:
    """The LaTeX of `document` in the faces of `plan`, by the template in `layouts`."""
    families = _Families(plan)
    items = flow.lay_out(document, plan.fonts)
    views = [_view(number, item, families) for number, item in enumerate(items)]
    body = families.name(families.usual(flow.BODY, latin=False), cjk=True)
    latin = families.name(families.usual(flow.BODY, latin=True), cjk=False)
    page_face = families.usual(flow.PAGE_NUMBER, latin=False)
    room = flow.signature_room(document.signature, plan.fonts)
    first = (room.lead_lines - 1) * PITCH
    template = _environment(layouts).get_template(TEMPLATE)
    mark = _fixed(document.mark, flow.MARK, families) if document.mark else ""
    tex = template.render(
        items=views,
        body=body,
        latin=latin,
        page=families.name(page_face, cjk=False),
        dash=_length(14 * page_face.middle("—")),
        mark=mark,
        signature={
            "lines": flow.signature_lines(document.signature, plan.fonts),
            "name": _length(first + ASCENT * EM),
            "date": _length(first + PITCH + ASCENT * EM),
        },
        faces=families.declarations(),
    )
    files = {families.file(face): face.path for face in families.faces}
    return Rendering(tex, files, dict(_origins(items)))


def _environment(layouts: Path) -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=FileSystemLoader(layouts),
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
    )


def _view(number: int, item: Item, families: _Families) -> dict[str, object]:
    """An item as the template sees it."""
    element, block = item.element, item.block
    if block is not None:
        return {
            "kind": "block", "number": number, "forced": item.new_page, "lines": block.lines,
            "texts": list(_texts(number, block, families)),
            "rules": [
                {name: _length(getattr(rule, name)) for name in ("x", "y", "width", "height")}
                for rule in block.rules
            ],
        }  # fmt: skip
    if isinstance(element, Heading):
        role = flow.HEADING_ROLES[element.level]
        return {
            "kind": "heading", "number": number, "forced": item.new_page,
            "set": Tex("{" + _switch(role, families) + _flowing([element.run], role, families) + "}"),
        }  # fmt: skip
    assert isinstance(element, Paragraph)  # noqa: S101  # nothing else is left
    return {
        "kind": "paragraph", "number": number,
        "set": _flowing(element.runs, flow.BODY, families),
    }  # fmt: skip


def _texts(number: int, block: Block, families: _Families) -> Iterator[dict[str, object]]:
    cells = [text.cell for text in block.texts]
    for index, text in enumerate(block.texts):
        marker = f"{number}.{text.cell}" if text.cell is not None else None
        yield {
            "opens": marker if cells.index(text.cell) == index else None,
            "closes": marker if text.cell not in cells[index + 1 :] else None,
            "x": _length(text.x), "y": _length(text.y), "width": _length(text.width),
            "size": _length(text.size), "set": _trimmed(text, families),
        }  # fmt: skip


def _trimmed(text: Text, families: _Families) -> Tex:
    start, end = text.trim_start * text.size, text.trim_end * text.size
    before = f"\\kern-{_length(start)}bp" if start else ""
    after = f"\\kern-{_length(end)}bp" if end else ""
    return Tex(before + _fixed(text.run.text, text.role, families) + after)


def _fixed(text: str, role: str, families: _Families) -> Tex:
    """Text whose every stretch names its face: xeCJK has no part in it."""
    return Tex(
        "".join(
            f"{{\\nbface{{{families.name(face, cjk=False)}}}{escape(stretch.text)}}}"
            for stretch in families.plan.stretches(role, text)
            for face in (stretch.face or families.usual(role, latin=stretch.latin),)
        )
    )


def _switch(role: str, families: _Families, *, bold: bool = False) -> str:
    """The role's usual faces, for a group of flowing text."""
    han = families.name(families.usual(role, latin=False), cjk=True, bold=bold)
    latin = families.name(families.usual(role, latin=True), cjk=False, bold=bold)
    return f"\\nbcjk{{{han}}}\\nbface{{{latin}}}"


def _flowing(runs: Sequence[Run], role: str, families: _Families) -> Tex:
    """Running text: xeCJK tells Han from Latin, and only stretches in other faces are named."""
    parts = []
    for run in runs:
        text = "".join(
            _stretch(stretch.text, stretch.face, families, latin=stretch.latin, bold=run.bold)
            for stretch in families.plan.stretches(role, run.text)
        )
        parts.append(f"{{{_switch(role, families, bold=True)}{text}}}" if run.bold else text)
    return Tex("".join(parts))


def _stretch(text: str, face: Face | None, families: _Families, *, latin: bool, bold: bool) -> str:
    set_text = _breakable(text) if latin else _marks_broken(text)
    if face is None:
        return set_text
    name = families.name(face, cjk=not latin, bold=bold)
    return f"{{\\nb{'face' if latin else 'cjk'}{{{name}}}{set_text}}}"


def _breakable(text: str) -> str:
    """Latin text; a long run without a blank may break, best behind a / or a point."""
    return " ".join(_broken(word) for word in text.split(" "))


def _broken(word: str) -> str:
    if len(word) <= _BREAKABLE or _NUMBER.fullmatch(word):
        return escape(word)
    parts = [escape(word[0])]
    for before, char in zip(word, word[1:], strict=False):
        if before != "-" or char == "-":  # at a line's end it would be taken for hyphenation
            parts.append("\\nbbreak " if before in _AFTER else "\\nblastbreak ")
        parts.append(escape(char))
    return "".join(parts)


def _marks_broken(text: str) -> str:
    """Han text; a long run of marks, between which no line breaks otherwise, may break."""
    return "".join(
        "\\nblastbreak ".join(escape(char) for char in piece)
        if _MARKS.fullmatch(piece)
        else escape(piece)
        for piece in re.split(f"({_MARKS.pattern})", text)
    )


def _origins(items: Sequence[Item]) -> Iterator[tuple[str, Origin]]:
    for number, item in enumerate(items):
        match item.element:
            case Title(words) if words[0].origin:
                yield str(number), words[0].origin
            case Heading(_, run) if run.origin:
                yield str(number), run.origin
            case Paragraph(runs):
                yield from ((str(number), run.origin) for run in runs[:1] if run.origin)
            case _:
                pass


def _length(value: float) -> str:
    """A number of bp as TeX reads it; never in exponent form."""
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


def _features(face: Face, *, bold: bool) -> str:
    index = f",FontIndex={face.index}" if face.path.suffix.casefold() in COLLECTIONS else ""
    return f"{index},{_FEATURES}{',FakeBold=2' * bold}"


def _letters(number: int) -> str:
    return chr(ord("A") + number % 26) * (1 + number // 26)
