"""Marked content: what owns that which a stream shows, operator for operator (14.6)."""

import re
from collections.abc import Callable, Mapping
from enum import Enum, auto

from pipeline.conformance.problem import Rule
from pipeline.conformance.tokens import name, without_strings

UNTAGGED = Rule("untagged", "ISO 14289-1 7.1")
NESTING = Rule("nesting", "ISO 32000-1 14.6.1")


class Outside(Enum):
    """What stands in place of an MCID."""

    UNMARKED = auto()
    """Nothing marks it."""
    ARTIFACT = auto()
    ELSEWHERE = auto()
    """Something outside the stream owns it."""
    SPOKEN = auto()
    """Of text: an /ActualText in the stream tells it."""


Owner = int | Outside
Properties = Mapping[str, tuple[int | None, bool]]
"""By the name of a property list: its MCID, and whether it has an /ActualText."""
Tell = Callable[[Rule, str], None]

_MCID = re.compile(rb"/MCID[\s\x00]+(\d{1,9})")


class Marks:
    """The marks and text objects that are open at a place of a stream."""

    def __init__(self, properties: Properties, owner: Owner, tell: Tell) -> None:
        self.owner = owner
        self.mcids: list[int] = []
        self._spoken = False
        self._open: list[tuple[str, Owner, bool]] = []
        """What is open: its end, and what held before it."""
        self._properties = properties
        self._tell = tell

    def shows(self) -> Owner:
        """Something is shown; what owns it, if it were text."""
        if self.owner is Outside.UNMARKED:
            self._tell(UNTAGGED, "有内容既没有标记，也不是装饰内容（Artifact）。")
        return Outside.SPOKEN if self._spoken else self.owner

    def begin_text(self) -> None:
        """BT."""
        self._open.append(("ET", self.owner, self._spoken))

    def begin(self, operands: list[bytes]) -> None:
        """BMC, a sequence without properties: an artifact, or nothing that a tag owns."""
        self._begin(operands[-1] if operands else b"", None, explained=False)

    def begin_with(self, operands: list[bytes]) -> None:
        """BDC, a sequence with properties, inline or by their name."""
        tag, found = operands[-2:] if len(operands) > 1 else (b"", b"")
        if found.startswith(b"<<"):
            keys = without_strings(found)
            number = _MCID.search(keys)
            self._begin(tag, int(number[1]) if number else None, explained=b"/ActualText" in keys)
        else:
            mcid, explained = self._properties.get(name(found), (None, False))
            self._begin(tag, mcid, explained=explained)

    def _begin(self, tag: bytes, mcid: int | None, *, explained: bool) -> None:
        self._open.append(("EMC", self.owner, self._spoken))
        if tag == b"/Artifact":
            if isinstance(self.owner, int):
                self._tell(UNTAGGED, "标记内容中夹有装饰内容（Artifact）。")
            self.owner = Outside.ARTIFACT
        elif mcid is not None:
            if self.owner is Outside.ARTIFACT:
                self._tell(UNTAGGED, "装饰内容（Artifact）中夹有标记内容。")
            self.mcids.append(mcid)
            self.owner = mcid
        self._spoken |= explained

    def end(self, kind: str) -> None:
        """ET or EMC."""
        if self._open and self._open[-1][0] == kind:
            _, self.owner, self._spoken = self._open.pop()
        else:
            self._tell(NESTING, f"{kind} 与它的开头不配对，或与文本对象交叉。")

    def close(self) -> None:
        """The stream ends."""
        if self._open:
            self._tell(NESTING, f"有 {len(self._open)} 处标记内容或文本对象没有结束。")
