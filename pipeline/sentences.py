"""Text cut into sentences, and what differs between two texts, sentence by sentence."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_ENDS, _CLOSERS = "。！？；", "”’）〕」』》】"
_PAIRS = dict(zip("“（〔「『《【", "”）〕」』》】", strict=True))
_MARK = re.compile(f"[{re.escape(''.join((_ENDS, *_PAIRS, *_PAIRS.values())))}]")
_WORD = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-z]+|.", re.DOTALL)
_ALIKE = 0.4
"""Sentences that share this much are one that was changed."""
_LONGEST, _MOST_PAIRS = 2000, 400
"""Words of a sentence, and pairs of sentences, that are still compared word by word."""


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that was changed, added (`old` is "") or removed (`new` is "").

    One that stands elsewhere in the same words has them twice.
    """

    old: str
    new: str


def sentences(text: str) -> list[str]:
    """The sentences of a text; joined, they are the text again. None ends within brackets."""
    made, start, closers = [], 0, list[str]()
    for mark in _MARK.finditer(text):
        char, at = mark[0], mark.end()
        if closers and char == closers[-1]:
            closers.pop()
        elif char in _PAIRS and text.find(_PAIRS[char], at, at + _LONGEST - 1) >= 0:
            closers.append(_PAIRS[char])
        if char in _ENDS and not closers:
            while at < len(text) and text[at] in _CLOSERS:
                at += 1
            made.append(text[start:at])
            start = at
    return [*made, text[start:]] if start < len(text) else made


def changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """What differs between two rows of sentences, in order; alike ones are pairs."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    stretches = [
        (old[start:end], new[first:last])
        for kind, start, end, first, last in matcher.get_opcodes()
        if kind != "equal"
    ]
    gone = Counter(text for went, _ in stretches for text in went if text)
    moved = gone & Counter(text for _, came in stretches for text in came)
    left = Counter(moved)
    for went, came in stretches:
        here = []
        for text in came:
            if moved[text]:
                moved[text] -= 1
                yield Change(text, text)
            else:
                here.append(text)
        yield from _paired(_without(went, left), here)


def _without(texts: Sequence[str], taken: Counter[str]) -> list[str]:
    """The texts but those in `taken`, which are used up."""
    kept = []
    for text in texts:
        if taken[text]:
            taken[text] -= 1
        else:
            kept.append(text)
    return kept


def marked(change: Change) -> str:
    """The new sentence with [-what went-] and {+what came+}; numbers are never cut."""
    old, new = _words(change.old), _words(change.new)
    made = ""
    for kind, start, end, first, last in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        gone, come = "".join(old[start:end]), "".join(new[first:last])
        if kind == "equal":
            made += gone
        else:
            made += (f"[-{gone}-]" if gone else "") + (f"{{+{come}+}}" if come else "")
    return made


def _words(text: str) -> list[str]:
    """Numbers and Latin words whole, every other character by itself; a long text as one."""
    words = _WORD.findall(text)
    return words if len(words) <= _LONGEST else [text]


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Sentences that went and came, the alike ones as one change."""
    left = list(new)
    if len(old) * len(new) > _MOST_PAIRS:
        yield from (Change(text, "") for text in old)
        yield from (Change("", text) for text in new)
        return
    for text in old:
        best = max(left, key=lambda other: _alike(text, other), default="")
        if not best or _alike(text, best) < _ALIKE:
            yield Change(text, "")
            continue
        for added in left[: left.index(best)]:
            yield Change("", added)
        left = left[left.index(best) + 1 :]
        yield Change(text, best)
    yield from (Change("", text) for text in left)


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:_LONGEST], other[:_LONGEST], autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0
