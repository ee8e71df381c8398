"""Where the words of sayings stand in a sentence, and what each mention may speak of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.form.sayings import GAP, NUMBER, START, Saying, within
from pipeline.rules.marked import MARK

_GAP = 20
_BREAKS = f"，。；：！？{MARK}"
_LONGER = {"申请": "人书表材时", "行政复议": "机", "复议": "机"}
"""What follows words that are then another word: 申请人, 复议机关."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of one or more sayings; `start` and `end` are offsets in the sentence."""

    start: int
    end: int
    sayings: tuple[Saying, ...]

    @property
    def about(self) -> tuple[str, ...]:
        """The paths that the first saying speaks of."""
        return self.sayings[0].about


@dataclass(frozen=True, slots=True)
class _Words:
    """One wording, its pieces between the gaps, and the sayings that have it."""

    pieces: tuple[str, ...]
    opens: bool
    sayings: tuple[Saying, ...]

    def end(self, text: str, at: int) -> int | None:
        """Where the words end that begin at `at`; None where they do not stand there."""
        if not text.startswith(self.pieces[0], at):
            return None
        end = at + len(self.pieces[0])
        for piece in self.pieces[1:]:
            found = _within_gap(text, piece, end)
            if found is None:
                return None
            end = found
        return None if _is_longer(text, self.pieces[-1], end) else end


class Lexicon:
    """The words of a list of sayings, by the two characters that they begin with."""

    def __init__(self, sayings: Sequence[Saying]) -> None:
        self.sayings = sayings
        by_text: dict[str, list[Saying]] = {}
        for saying in sayings:
            for text in saying.words:
                by_text.setdefault(text, []).append(saying)
        self._words: dict[str, list[_Words]] = {}
        for text, having in by_text.items():
            plain = text.removeprefix(START).replace(NUMBER, MARK)
            words = _Words(tuple(plain.split(GAP)), text.startswith(START), tuple(having))
            self._words.setdefault(plain[:2], []).append(words)

    def mentions(
        self,
        text: str,
        last: tuple[str, ...],
        allows: Callable[[Saying], bool],
        opens: Callable[[int], bool],
    ) -> Iterator[Mention]:
        """The longest words at each place, from left to right, none over another.

        `last` is what was spoken of before; `allows` tells whether a saying can hold in this
        sentence, `opens` whether a clause opens at an offset.
        """
        at = 0
        while at < len(text):
            mention = self._at(text, at, last, allows, opens)
            if mention:
                yield mention
                last = mention.about or last
                at = mention.end
            else:
                at += 1

    def _at(
        self,
        text: str,
        at: int,
        last: tuple[str, ...],
        allows: Callable[[Saying], bool],
        opens: Callable[[int], bool],
    ) -> Mention | None:
        """The longest words that begin at an offset and can be meant there."""
        found: dict[int, list[Saying]] = {}
        for words in self._words.get(text[at : at + 2], ()):
            end = words.end(text, at)
            if end is not None and (not words.opens or opens(at)):
                found.setdefault(end, []).extend(filter(allows, words.sayings))
        for end in sorted(found, reverse=True):
            if sayings := _fitting(found[end], last):
                return Mention(at, end, sayings)
        return None


def _fitting(sayings: list[Saying], last: tuple[str, ...]) -> tuple[Saying, ...]:
    """Those that may follow what was spoken of last, and of these the ones that name most of it."""
    ranked = [(_closeness(saying, last), saying) for saying in sayings]
    best = max((rank for rank, _ in ranked), default=-1)
    return tuple(saying for rank, saying in ranked if rank == best >= 0)


def _closeness(saying: Saying, last: tuple[str, ...]) -> int:
    """How much of `last` a saying names; 0 where it need not follow anything, -1 where it fails."""
    if not saying.after:
        return 0
    if not last:
        return 0 if "" in saying.after else -1
    fits = [len(a) for a in saying.after if a and all(within(name, a) for name in last)]
    return max(fits, default=-1)


def _within_gap(text: str, piece: str, start: int) -> int | None:
    """Where a piece ends that follows after a few characters of one clause."""
    at = start
    while (found := text.find(piece, at, start + _GAP + len(piece))) >= 0:
        if any(text[i] in _BREAKS for i in range(start, found)):
            return None
        end = found + len(piece)
        if not _is_longer(text, piece, end):
            return end
        at = found + 1
    return None


def _is_longer(text: str, piece: str, end: int) -> bool:
    """Whether the words are the beginning of other ones."""
    follows = text[end : end + 1]
    return bool(follows) and any(
        piece.endswith(word) and follows in more for word, more in _LONGER.items()
    )
