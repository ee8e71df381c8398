"""A content stream → what it shows, in which marked content (ISO 32000-1, 7.8.2, 14.6)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.conformance.limits import LIMIT, MOST_SAVED
from pipeline.conformance.marks import Marks, Outside, Owner, Properties
from pipeline.conformance.problem import Problem, Rule
from pipeline.conformance.syntax import FILTER
from pipeline.conformance.tokens import name, tokens

OPERATOR = Rule("operator", "ISO 19005-3 6.2.2")
INTENT = Rule("rendering-intent", "ISO 19005-3 6.2.6")

INTENTS = frozenset(
    {"/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"}
)
_KEYWORDS = frozenset({b"true", b"false", b"null"})


@dataclass(slots=True)
class Content:
    """What one stream shows."""

    texts: dict[tuple[str, Owner], list[bytes]] = field(default_factory=dict)
    """By font name and MCID: strings as they are written."""
    mcids: list[int] = field(default_factory=list)
    used: dict[tuple[str, str, Owner], None] = field(default_factory=dict)
    """Resources, in order: category, name, and the MCID of what uses them."""
    colours: set[str] = field(default_factory=set)
    """RGB or CMYK, of the device."""
    problems: list[Problem] = field(default_factory=list)


def read(
    data: bytes, place: str, properties: Properties, owner: Owner = Outside.UNMARKED
) -> Content:
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
        self._marks = Marks(properties, owner, self._tell)
        self.content.mcids = self._marks.mcids
        self._font = ""
        self._fonts: list[str] = []
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
        self._marks.close()

    def show(self) -> None:
        owner = self._marks.shows()
        self.content.texts.setdefault((self._font, owner), []).append(b"".join(self.operands))

    def paint(self) -> None:
        self._marks.shows()

    def set_font(self) -> None:
        self._font = self._name()

    def save(self) -> None:
        self._fonts.append(self._font)
        if len(self._fonts) > MOST_SAVED:
            self._tell(LIMIT, f"q 嵌套超过 {MOST_SAVED} 层。")

    def restore(self) -> None:
        if self._fonts:
            self._font = self._fonts.pop()
        else:
            self._tell(OPERATOR, "Q 之前没有 q。")

    def begin_text(self) -> None:
        self._marks.begin_text()

    def end_text(self) -> None:
        self._marks.end("ET")

    def begin_mark(self) -> None:
        self._marks.begin(self.operands)

    def begin_marked(self) -> None:
        self._marks.begin_with(self.operands)

    def end_mark(self) -> None:
        self._marks.end("EMC")

    def set_intent(self) -> None:
        if self._name() not in INTENTS:
            self._tell(INTENT, "呈色意图不是标准所列。")

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
        self._marks.shows()
        self._use("/Shading")

    def draw(self) -> None:
        self._use("/XObject")

    def colour_rgb(self) -> None:
        self.content.colours.add("RGB")

    def colour_cmyk(self) -> None:
        self.content.colours.add("CMYK")

    def _use(self, category: str) -> None:
        self.content.used[category, self._name(), self._marks.owner] = None

    def _name(self) -> str:
        return name(self.operands[-1]) if self.operands else ""

    def _odd(self, token: bytes) -> None:
        """An inline image, or what is no operator."""
        if token.startswith(b"BI") and token.endswith(b"EI"):
            self._marks.shows()
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
    b"ri": _Reader.set_intent,
    b"gs": _Reader.use_state,
    **dict.fromkeys((b"cs", b"CS"), _Reader.use_colours),
    **dict.fromkeys((b"scn", b"SCN"), _Reader.use_pattern),
    b"sh": _Reader.use_shading,
    b"Do": _Reader.draw,
    **dict.fromkeys((b"rg", b"RG"), _Reader.colour_rgb),
    **dict.fromkeys((b"k", b"K"), _Reader.colour_cmyk),
}
_PLAIN = frozenset(
    b"w J j M d i cm m l c v y h re n W W* Tc Tw Tz TL Tr Ts Td TD Tm T* d0 d1 G g sc SC MP DP "
    b"BX EX".split()
)
"""Operators that no rule asks for."""
