"""Quotation marks and brackets that lack their partner, or cross."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.chinese import HAN, around
from pipeline.rules.dossier import Dossier
from pipeline.rules.passages import Passage

UNPAIRED = Rule(
    "NB423",
    Severity.WARNING,
    "引号或括号不成对",
    "请补上另一半，或删去多余的一半。",
    acceptable=True,
    about="逐段检查。半角括号与全角括号可以配对（半角的另有提示）；“1）”一类的序号不算；"
    "引文分成几段、每段都以前引号开头的，只有最后一段有后引号，也不算。",
)
RULES = (UNPAIRED,)

_PAIRS = dict(zip("“‘（《〈【〔「『", "”’）》〉】〕」』", strict=True))
_OPENERS = {closer: opener for opener, closer in _PAIRS.items()}
_WIDE = str.maketrans("()", "（）")
_MARK = re.compile(f"[{''.join(_PAIRS)}{''.join(_OPENERS)}]")
_QUOTES = "“‘「『"
_MOST_RELATED = 20


@dataclass
class _Open:
    """The marks of a text that are open: innermost last; and by kind, those that were crossed."""

    stack: list[tuple[str, int]] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    crossed: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def push(self, opener: str, at: int) -> None:
        self.stack.append((opener, at))
        self.kinds[opener] += 1

    def pop(self) -> tuple[str, int]:
        opener, at = self.stack.pop()
        self.kinds[opener] -= 1
        return opener, at


def unpaired(dossier: Dossier) -> Iterator[Finding]:
    """Marks without a partner in their passage, and pairs that cross; those of a kind as one."""
    passages = [passage for passage in dossier.passages if passage.own]
    for passage, following in zip(passages, [*passages[1:], None], strict=True):
        kinds: dict[tuple[str, str], list[int]] = {}
        for at, what, other in sorted(_faults(passage.text)):
            if at == 0 and _goes_on(passage, following):
                continue
            places = kinds.setdefault((passage.text[at], what), [])
            places += [at] if other is None else [at, other]
        for (mark, what), (at, *others) in kinds.items():
            related = (dossier.at(passage, other) for other in others[:_MOST_RELATED])
            message = f"“{around(passage.text, at, at + 1)}”里的 {mark} {what}。"
            yield Finding(UNPAIRED, dossier.at(passage, at), message, related=tuple(related))


def _goes_on(passage: Passage, following: Passage | None) -> bool:
    """Whether a quotation goes on in the next paragraph, which repeats its opening mark."""
    first = passage.text[0]
    return first in _QUOTES and following is not None and following.text.startswith(first)


def _faults(text: str) -> Iterator[tuple[int, str, int | None]]:
    """Where a mark is wrong, in which way, and where the other half of a crossing stands."""
    marks = _Open()
    text = text.translate(_WIDE)
    for found in _MARK.finditer(text):
        mark, at = found[0], found.start()
        if mark in _PAIRS:
            marks.push(mark, at)
            continue
        opener = _OPENERS[mark]
        if marks.kinds[opener]:
            while (skipped := marks.pop())[0] != opener:
                marks.crossed[skipped[0]].append(skipped[1])
        elif marks.crossed[opener]:
            yield at, "与另一对交叉", marks.crossed[opener].pop()
        elif not _alone(text, at):
            yield at, f"前面没有 {opener}", None
    left = marks.stack + [(kind, at) for kind, places in marks.crossed.items() for at in places]
    yield from ((at, f"后面没有 {_PAIRS[kind]}", None) for kind, at in left)


def _alone(text: str, at: int) -> bool:
    """Whether a closing mark needs no partner: that of a list (1）), or an apostrophe."""
    if text[at] == "’":
        return text[max(0, at - 1) : at].isascii() and text[at + 1 : at + 2].isascii()
    return text[at] == "）" and bool(_list_mark().search(text[max(0, at - 4) : at]))


@cache
def _list_mark() -> re.Pattern[str]:
    return re.compile(
        rf"(?:^|(?<=[^{HAN}0-9A-Za-z]))(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}}|[A-Za-z])$"
    )
