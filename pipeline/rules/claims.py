"""What prose says of the cells of the tables: a number tied to the sayings that it may mean.

新收政府信息公开申请11件 claims 11 for the cell of 新收, 未收到政府信息公开申请 claims 0. A number
is tied only where its words are known and nothing stands between that they do not explain: rather
none than a wrong one.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice, product, zip_longest

from pipeline.form.sayings import Saying, within
from pipeline.rules.connectives import (
    AGAIN,
    ALL,
    BETWEEN,
    EACH,
    FILLER,
    FREE,
    ITEMS,
    JOINT,
    LEAD,
    NOT,
    RESPECTIVELY,
    SUM,
    TAIL,
)
from pipeline.rules.marked import MARK, Marked
from pipeline.rules.mentions import Lexicon, Mention
from pipeline.rules.passages import Passage
from pipeline.rules.quantities import Quantity
from pipeline.rules.scope import CLAUSE, Scope
from pipeline.sentences import sentences

_FULL_WIDTH = str.maketrans(",;:()", "，；：（）")
_WIDEST, _MOST = 45, 8


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that prose says of something in the tables.

    `start` and `end` are the offsets of words and number in the passage. `readings` are what the
    words can mean, each a group of sayings whose cells are added up.
    """

    passage: Passage
    start: int
    end: int
    number: int
    """The offset of the number; of a claim that there is none, of its words."""
    value: Decimal
    measure: str
    readings: tuple[tuple[Saying, ...], ...]


class Claims:
    """Finds claims by a list of sayings.

    `year` and `agency` are the report's: what is said of other years and bodies is none.
    """

    def __init__(
        self, sayings: Sequence[Saying], year: int | None = None, agency: str = ""
    ) -> None:
        self._lexicon = _lexicon(tuple(sayings))
        self._sayings = self._lexicon.sayings  # its own objects: others may only be equal to them
        self._year, self._agency = year, agency

    def find(self, passage: Passage, heading: str = "") -> Iterator[Claim]:
        """The claims in a passage; `heading` is what stands above it."""
        at, last = 0, tuple[str, ...]()
        around = heading + passage.text
        words = {word: word in around for saying in self._sayings for word in saying.context}
        near = {
            id(saying)
            for saying in self._sayings
            if not saying.context or any(words[word] for word in saying.context)
        }
        for text in sentences(passage.text.translate(_FULL_WIDTH)):
            sentence = _Sentence(text, at, passage)
            sentence.read(self._lexicon, near, last, self._year, self._agency)
            last = next((m.about for m in reversed(sentence.mentions) if m.about), last)
            yield from sorted(sentence.claims(), key=lambda claim: claim.number)
            at += len(text)


class _Sentence:
    """A sentence, what it mentions, and what its numbers then say."""

    def __init__(self, text: str, at: int, passage: Passage) -> None:
        self._passage, self._at, self._marked = passage, at, Marked(text)
        self._text, self._marks = self._marked.text, self._marked.marks
        self._quantities, self._offset = self._marked.quantities, self._marked.offset
        self.mentions: list[Mention] = []

    def read(
        self, lexicon: Lexicon, near: set[int], last: tuple[str, ...], year: int | None, agency: str
    ) -> None:
        """Finds the mentions of sayings that are `near`; `last` is what was spoken of before."""
        known: dict[int, bool] = {}

        def allows(saying: Saying) -> bool:
            key = id(saying)
            if key not in known:
                known[key] = key in near and not any(w in self._text for w in saying.unless)
            return known[key]

        bare = Scope(self._text, (), year, agency)
        self.mentions = list(lexicon.mentions(self._text, last, allows, bare.opens))
        self._scope = Scope(self._text, self.mentions, year, agency)
        self._ends = [mention.end for mention in self.mentions]

    def claims(self) -> Iterator[Claim]:
        """The claims of the sentence."""
        done: set[int] = set()
        for index in range(len(self._quantities)):
            if index not in done and not self._quantities[index].vague:
                for claimed, claim in self._of_number(index):
                    done.add(claimed)
                    yield claim
        yield from self._nothing()
        yield from self._of_all()

    def _of_number(self, index: int) -> Iterator[tuple[int, Claim]]:
        """What the number at an index claims; several claims where words or numbers are joined."""
        mark = self._marks[index]
        before = bisect_left(self._ends, mark + 1)
        if before < len(self.mentions) and self.mentions[before].start <= mark:
            yield from self._one(index, [self.mentions[before]], free=False)
            return
        if before and mark - self._ends[before - 1] <= _WIDEST:
            gap = self._text[self._ends[before - 1] : mark]
            if FILLER.fullmatch(gap):
                yield from self._behind_words(index, before - 1, gap)
                return
        yield from self._before_words(index, before)

    def _behind_words(self, index: int, at: int, gap: str) -> Iterator[tuple[int, Claim]]:
        """Of words before the number: 予以公开3件, 各1件, 分别为3件、2件."""
        group = self._group(at)
        if RESPECTIVELY in gap:
            items = self._items(index)
            if len(items) == len(group):
                for item, mention in zip(items, group, strict=True):
                    yield from self._one(item, [mention])
            return
        if EACH.search(gap) and len(group) > 1:
            for mention in group:
                yield from self._one(index, [mention])
            return
        joined = self._text[group[-2].end : group[-1].start] if len(group) > 1 else ""
        if "、" in joined and not SUM.search(gap):
            group = group[-1:]
        yield from self._one(index, group)

    def _before_words(self, index: int, at: int) -> Iterator[tuple[int, Claim]]:
        """Of words behind the number: 有2件属于过程性信息."""
        mark = self._marks[index]
        if at >= len(self.mentions) or self.mentions[at].start - mark > _WIDEST:
            return
        mention = self.mentions[at]
        if LEAD.fullmatch(self._text, mark + 1, mention.start) and self._closed(mention.end):
            yield from self._one(index, [mention], free=False)

    def _one(
        self, index: int, group: list[Mention], *, free: bool = True
    ) -> Iterator[tuple[int, Claim]]:
        """A claim for the sum of a group; none where a noun of its own follows the number."""
        quantity, mark = self._quantities[index], self._marks[index]
        if free and not FREE.match(self._text, mark + 1):
            return
        if readings := self._readings(group, quantity.measure):
            start = self._offset(min(group[0].start, mark))
            end = self._offset(max(group[-1].end, mark + 1))
            yield index, self._claim(start, end, quantity, readings)

    def _claim(
        self, start: int, end: int, quantity: Quantity, readings: tuple[tuple[Saying, ...], ...]
    ) -> Claim:
        number = self._at + quantity.start
        first, last = self._at + start, self._at + end
        return Claim(self._passage, first, last, number, quantity.value, quantity.measure, readings)

    def _readings(self, group: list[Mention], measure: str) -> tuple[tuple[Saying, ...], ...]:
        """What a number of the words can mean; nothing where they may speak of something else."""
        kept: list[list[Saying]] = []
        for mention in group:
            sayings = [s for s in mention.sayings if not measure or measure in s.measures]
            if not sayings or not all(s.of for s in sayings):
                return ()
            if not self._scope.covers(mention.start):
                return ()
            kept.append(sayings)
        return tuple(dict.fromkeys(islice(product(*kept), _MOST)))

    def _group(self, at: int) -> list[Mention]:
        """The mentions that share a number, up to the one at an index.

        Of words one of which is wider (属于过程性信息不予公开), the narrower ones.
        """
        group = [self.mentions[at]]
        wider = self.mentions[at]
        for index in range(at - 1, max(-1, at - _MOST), -1):
            mention, after = self.mentions[index], group[0]
            gap = self._text[mention.end : after.start]
            joint = JOINT.search(gap)
            rest = JOINT.sub("", gap, count=1)
            if "等" in gap or len(gap) > _WIDEST or not BETWEEN.fullmatch(rest):
                break
            narrower = after is wider and _narrower(mention, wider)
            if not (joint or narrower):
                break
            group.insert(0, mention)
        if len(group) > 1 and all(_narrower(mention, wider) for mention in group[:-1]):
            group.pop()
        return group

    def _items(self, index: int) -> list[int]:
        """The numbers of a list that begins with one."""
        items = [index]
        for after in range(index + 1, len(self._marks)):
            gap = self._text[self._marks[after - 1] + 1 : self._marks[after]]
            if not ITEMS.fullmatch(gap):
                break
            items.append(after)
        return items

    def _nothing(self) -> Iterator[Claim]:
        """Claims that there is none: 未收到政府信息公开申请."""
        starts = [mention.start for mention in self.mentions]
        ends = [*(found.start() for found in NOT.finditer(self._text)), len(self._text)]
        for negation, following in zip(NOT.finditer(self._text), ends[1:], strict=True):
            index = bisect_left(starts, negation.end())
            if index and self.mentions[index - 1].end > negation.start():
                continue  # part of other words: 尚未审结
            stop = CLAUSE.search(self._text, negation.end(), following)
            end = min(stop.start() if stop else following, following)
            if MARK in self._text[negation.end() : end] or AGAIN.search(
                self._text, negation.end(), starts[index] if index < len(starts) else end
            ):
                continue
            inside = [m for m in self.mentions[index : index + _MOST] if m.end <= end]
            for mention, after in zip_longest(inside, inside[1:]):
                if after and not JOINT.search(self._text, mention.end, after.start):
                    continue  # it tells what the next one is of
                if any(s.after for s in mention.sayings) or not self._closed(mention.end):
                    continue
                readings = self._readings([mention], "")
                if readings:
                    start, last = self._offset(negation.start()), self._offset(mention.end)
                    none = Quantity(start, start, Decimal(0), "", vague=False)
                    yield self._claim(start, last, none, readings)

    def _of_all(self) -> Iterator[Claim]:
        """Claims of words that speak of all that were named before: 收到3件，均予以公开."""
        for mention in self.mentions:
            at = bisect_left(self._marks, mention.start) - 1
            if at < 0 or mention.start - self._marks[at] > _WIDEST:
                continue
            quantity = self._quantities[at]
            found = ALL.fullmatch(self._text, self._marks[at] + 1, mention.start)
            if (
                found
                and (found["all"] or quantity.value == 1)
                and all(saying.whole for saying in mention.sayings)
                and self._closed(mention.end)
                and self._other_than(at, mention)
                and (readings := self._readings([mention], quantity.measure))
            ):
                start = self._offset(self._marks[at])
                yield self._claim(start, self._offset(mention.end), quantity, readings)

    def _other_than(self, index: int, mention: Mention) -> bool:
        """Whether the number at an index speaks of cells, but of no part of a mention's."""
        if self._quantities[index].vague:
            return False
        claims = [claim for _, claim in self._of_number(index)]
        names = {name for c in claims for reading in c.readings for s in reading for name in s.of}
        return bool(names) and not any(
            within(name, about) for name in names for about in mention.about
        )

    def _closed(self, end: int) -> bool:
        """Whether a clause ends there, but for words that add nothing."""
        rest = TAIL.match(self._text, end, end + _WIDEST)
        stop = rest.end() if rest else end
        return stop >= len(self._text) or self._text[stop] in "，。；：！？（）、."


@lru_cache(maxsize=4)
def _lexicon(sayings: tuple[Saying, ...]) -> Lexicon:
    return Lexicon(sayings)


def _narrower(mention: Mention, wider: Mention) -> bool:
    """Whether words speak of a part of what others speak of."""
    names, around = mention.about, wider.about
    return bool(names and around) and all(
        name not in around and any(within(name, other) for other in around) for name in names
    )
