"""A content stream → what it shows, in which marked content (ISO 32000-1, 7.8.2, 14.6)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.conformance.problem import Problem, Rule
from pipeline.conformance.syntax import FILTER
from pipeline.conformance.tokens import name, tokens, without_strings

UNTAGGED = Rule("untagged", "ISO 14289-1 7.1")
NESTING = Rule("nesting", "ISO 32000-1 14.6.1")
OPERATOR = Rule("operator", "ISO 19005-3 6.2.2")

UNMARKED, ARTIFACT, ELSEWHERE, SPOKEN = -1, -2, -3, -4
"""In place of an MCID: nothing marks it, an artifact, or something outside the stream does; of
text also that an /ActualText in the stream tells it otherwise."""

Owner = int
Properties = Mapping[str, tuple[int | None, bool]]
"""By the name of a property list: its MCID, and whether it has an /ActualText."""

_MCID = re.compile(rb"/MCID[\s\x00]+(\d{1,9})")
_KEYWORDS = frozenset({b"true", b"false", b"null"})


@dataclass(slots=True)
class Content:
    """What one stream shows."""

    texts: dict[tuple[str, Owner], list[bytes]] = field(default_factory=dict)
    """By font name and MCID: strings as they are written."""
    mcids: list[int] = field(default_factory=list)
    used: set[tuple[str, str, Owner]] = field(default_factory=set)
    """Resources: category, name, and the MCID of what uses them."""
    colours: set[str] = field(default_factory=set)
    """RGB or CMYK, of the device."""
    problems: list[Problem] = field(default_factory=list)


def read(data: bytes, place: str, properties: Properties, owner: Owner = UNMARKED) -> Content:
    """What a stream shows; `place` names it in messages, `owner` is what stands around it."""
    reader = _Reader(place, properties, owner)
    reader.read(data)
    return reader.content


class _Reader:
    """Reads operators in turn, knowing what is open."""

    def __init__(self, place: str, properties: Properties, owner: Owner) -> None:
        self.content = Content()
        self.operands: list[bytes] = []
        self._place = place
        self._properties = properties
        self._owner = owner
        self._font = ""
        self._fonts: list[str] = []
        self._spoken = False
        self._open: list[tuple[str, Owner, bool]] = []
        """What is open: its end, and what held before it."""
        self._told: set[str] = set()

    def read(self, data: bytes) -> None:
        operands = self.operands
        for token in tokens(data):
            if token[0] in b"/[<(]":
                operands.append(token)
            elif step := _STEPS.get(token):
                step(self)
                operands.clear()
            elif token in _PLAIN:
                operands.clear()
            elif token not in _KEYWORDS and token[0] != ord("%"):
                self._odd(token)
        if operands:  # a string without its end hides all that follows
            self._tell(OPERATOR, "内容流不完整，末尾没有操作。")
        if self._open:
            self._tell(NESTING, f"有 {len(self._open)} 处标记内容或文本对象没有结束。")

    def show(self) -> None:
        self._mark()
        owner = SPOKEN if self._spoken else self._owner
        self.content.texts.setdefault((self._font, owner), []).append(b"".join(self.operands))

    def paint(self) -> None:
        self._mark()

    def set_font(self) -> None:
        self._font = self._name()

    def save(self) -> None:
        self._fonts.append(self._font)

    def restore(self) -> None:
        if self._fonts:
            self._font = self._fonts.pop()
        else:
            self._tell(OPERATOR, "Q 之前没有 q。")

    def begin_text(self) -> None:
        self._open.append(("ET", self._owner, self._spoken))

    def end_text(self) -> None:
        self._end("ET")

    def begin_mark(self) -> None:
        """A sequence without properties: an artifact, or nothing that a tag owns."""
        self._begin(self.operands[-1] if self.operands else b"", None, explained=False)

    def begin_marked(self) -> None:
        """A sequence with properties, inline or by their name."""
        tag, found = self.operands[-2:] if len(self.operands) > 1 else (b"", b"")
        if found.startswith(b"<<"):
            keys = without_strings(found)
            number = _MCID.search(keys)
            self._begin(tag, int(number[1]) if number else None, explained=b"/ActualText" in keys)
        else:
            mcid, explained = self._properties.get(name(found), (None, False))
            self._begin(tag, mcid, explained=explained)

    def end_mark(self) -> None:
        self._end("EMC")

    def use_state(self) -> None:
        self._use("/ExtGState")

    def use_colours(self) -> None:
        device = self._name().removeprefix("/Device")
        if device in {"RGB", "CMYK"}:
            self.content.colours.add(device)
        else:
            self._use("/ColorSpace")

    def use_pattern(self) -> None:
        if self.operands:
            self._use("/Pattern")

    def use_shading(self) -> None:
        self._mark()
        self._use("/Shading")

    def draw(self) -> None:
        self._use("/XObject")

    def colour_rgb(self) -> None:
        self.content.colours.add("RGB")

    def colour_cmyk(self) -> None:
        self.content.colours.add("CMYK")

    def _begin(self, tag: bytes, mcid: int | None, *, explained: bool) -> None:
        self._open.append(("EMC", self._owner, self._spoken))
        if tag == b"/Artifact":
            if self._owner >= 0:
                self._tell(UNTAGGED, "标记内容中夹有装饰内容（Artifact）。")
            self._owner = ARTIFACT
        elif mcid is not None:
            if self._owner == ARTIFACT:
                self._tell(UNTAGGED, "装饰内容（Artifact）中夹有标记内容。")
            self.content.mcids.append(mcid)
            self._owner = mcid
        self._spoken |= explained

    def _end(self, kind: str) -> None:
        if self._open and self._open[-1][0] == kind:
            _, self._owner, self._spoken = self._open.pop()
        else:
            self._tell(NESTING, f"{kind} 与它的开头不配对，或与文本对象交叉。")

    def _mark(self) -> None:
        if self._owner == UNMARKED:
            self._tell(UNTAGGED, "有内容既没有标记，也不是装饰内容（Artifact）。")

    def _use(self, category: str) -> None:
        self.content.used.add((category, self._name(), self._owner))

    def _name(self) -> str:
        return name(self.operands[-1]) if self.operands else ""

    def _odd(self, token: bytes) -> None:
        """An inline image, or what is no operator."""
        if token.startswith(b"BI") and token.endswith(b"EI"):
            self._mark()
            head = token.partition(b"ID")[0]
            if b"/LZW" in head:
                self._tell(FILTER, "内嵌图像使用了不允许的压缩方式 LZW。")
            if b"CMYK" in head:
                self.content.colours.add("CMYK")
            if b"RGB" in head:
                self.content.colours.add("RGB")
        else:
            shown = token[:20].decode("latin-1")
            self._tell(OPERATOR, f"内容流中有无法识别的操作：{shown!r}。")
        self.operands.clear()

    def _tell(self, rule: Rule, message: str) -> None:
        """Tell each kind of problem once for a stream."""
        if rule.name + message not in self._told:
            self._told.add(rule.name + message)
            self.content.problems.append(rule.broken(f"{self._place}：{message}"))


_STEPS: Mapping[bytes, Callable[[_Reader], None]] = {
    **dict.fromkeys((b"Tj", b"TJ", b"'", b'"'), _Reader.show),
    **dict.fromkeys((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"S", b"s"), _Reader.paint),
    b"Tf": _Reader.set_font,
    b"q": _Reader.save,
    b"Q": _Reader.restore,
    b"BT": _Reader.begin_text,
    b"ET": _Reader.end_text,
    b"BMC": _Reader.begin_mark,
    b"BDC": _Reader.begin_marked,
    b"EMC": _Reader.end_mark,
    b"gs": _Reader.use_state,
    **dict.fromkeys((b"cs", b"CS"), _Reader.use_colours),
    **dict.fromkeys((b"scn", b"SCN"), _Reader.use_pattern),
    b"sh": _Reader.use_shading,
    b"Do": _Reader.draw,
    **dict.fromkeys((b"rg", b"RG"), _Reader.colour_rgb),
    **dict.fromkeys((b"k", b"K"), _Reader.colour_cmyk),
}
_PLAIN = frozenset(
    b"w J j M d ri i cm m l c v y h re n W W* Tc Tw Tz TL Tr Ts Td TD Tm T* d0 d1 G g sc SC MP DP "
    b"BX EX".split()
)
"""Operators that no rule asks for."""
