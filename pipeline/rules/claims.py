"""What prose says of the cells of the tables: a number tied to the sayings that it may mean.

新收政府信息公开申请11件 claims 11 for the cell of 新收, 未收到政府信息公开申请 claims 0. A number
is tied only where its words are known and nothing stands between that they do not explain: rather
none than a wrong one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from pipeline.form.sayings import GAP, NUMBER, Saying
from pipeline.rules.passages import Passage
from pipeline.rules.quantities import Quantity, quantities
from pipeline.sentences import sentences

_MARK = "\ue000"
"""Stands for a quantity in a sentence."""
_GAP = f"[^，。；：！？{_MARK}]{{0,20}}?"
_NEAR = f"[^，。；：！？、{_MARK}]{{0,20}}?"
_FULL_WIDTH = str.maketrans(",;:", "，；：")
_CLAUSE = re.compile(r"[，。；：！？（(]")
_FILLER = re.compile(
    r"(?:，?共计|，?共有|，?合计|，?总计|，?共|总数|总量|数量|数|为|是|达到|达|有|了|的|：|:|各|均|都|案件|案|"
    r"决定|情形|情况|\s|（[^（）]{0,30}）)$"
)
"""What may stand between words and their number."""
_LEAD = re.compile(
    r"因为|因|由于|系|属于|属|为保护|为|是|被|的|按|以|涉及|经|均|都|作出|作|认定|提起|申请|答复|由|于|及时"
)
"""What may stand between a number and its words."""
_TAIL = re.compile(
    r"的|情况|案件|案|申请|事项|相关|信息|情形|办理|继续|公开|答复|发生|提起|引发|问题|处理|了|等|政府|依|年度|产生|"
    r"不予公开|无法提供|不予处理|行政复议|行政诉讼|诉讼|和|及|与|、|或|被|行为|现象|件"
)
_NOT = re.compile(r"未曾|未|没有|尚无|不存在|无(?!正当|法|条件|关|偿|效|障碍|力|论)|零(?=[申复诉])")
_AGAIN = re.compile(f"新发生|新增加|再|{_MARK}")
_ELSEWHEN = re.compile(
    r"上年|去年|上一年|前一年|同期|相比|[比较](?!例)|季度|上半年|下半年|[0-9]月份|月均|平均|日均|(?<!现)将|拟|计划|"
    r"预计|力争|以来|历年"
)
"""Words before a claim that make it one of another time, or of a part of the year."""
_PART = re.compile(r"其中.{0,20}(?:局|县|区|镇|乡|街道|委|办|厅|院|中心|部门|单位)")
_JOINED, _EACH = re.compile("[及和与、或]$"), re.compile("各|均|都|分别")
_LONGEST = 60
_MOST, _WIDEST = 6, 32


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


@dataclass(frozen=True)
class _Words:
    """One wording of a saying, taken apart at the number."""

    saying: Saying
    text: str

    @cached_property
    def before(self) -> re.Pattern[str]:
        """What must stand right before the number."""
        return re.compile(_pattern(self.text.partition(NUMBER)[0], _GAP) + "$")

    @cached_property
    def after(self) -> re.Pattern[str]:
        """What must stand right behind it."""
        return re.compile(_pattern(self.text.partition(NUMBER)[2], _NEAR))

    @cached_property
    def anywhere(self) -> re.Pattern[str]:
        """The words without a number."""
        return re.compile(_pattern(self.text, _GAP))

    @cached_property
    def plain(self) -> bool:
        """Whether nothing but letters stands in them."""
        return GAP not in self.text and NUMBER not in self.text

    @cached_property
    def weight(self) -> int:
        """How much they say."""
        return len(self.text.replace(GAP, "").replace(NUMBER, ""))


@dataclass(frozen=True, slots=True)
class _Tie:
    """Words that a number may belong to; `start` and `end` are offsets in the marked sentence."""

    words: _Words
    start: int
    end: int


class Claims:
    """Finds claims by a list of sayings."""

    def __init__(self, sayings: Sequence[Saying]) -> None:
        words = [_Words(saying, text) for saying in sayings for text in saying.words]
        self._plain = [each for each in words if each.plain]
        self._inside = [each for each in words if NUMBER in each.text]
        self._whole = [each for each in words if NUMBER not in each.text]
        self._by_end: dict[str, list[_Words]] = {}
        for each in self._whole:
            self._by_end.setdefault(each.text[-1:], []).append(each)

    def find(self, passage: Passage, heading: str = "") -> Iterator[Claim]:
        """The claims in a passage; `heading` is what stands above it."""
        at = 0
        for text in sentences(passage.text.translate(_FULL_WIDTH)):
            sentence = _Sentence(text, at, passage, heading + passage.text)
            yield from self._numbers(sentence)
            yield from self._nothing(sentence)
            at += len(text)

    def _numbers(self, sentence: "_Sentence") -> Iterator[Claim]:
        for index, quantity in enumerate(sentence.quantities):
            mark = sentence.marks[index]
            ties = [tie for tie in self._ties(sentence, mark) if sentence.allows(tie, quantity)]
            if not ties or quantity.vague:
                continue
            best = max(
                ties, key=lambda tie: (tie.start < mark, tie.end - tie.start, tie.words.weight)
            )
            same = [tie for tie in ties if (tie.start, tie.end) == (best.start, best.end)]
            if not all(tie.words.saying.of for tie in same):  # they may speak of something else
                continue
            readings: dict[tuple[Saying, ...], None] = dict.fromkeys(
                (tie.words.saying,) for tie in same
            )
            joined = self._joined(sentence, best, mark) if best.end <= mark else None
            if joined:
                readings = dict.fromkeys(_with(joined, tie.words.saying) for tie in same)
            yield sentence.claim(best, mark, quantity, list(readings))

    def _ties(self, sentence: "_Sentence", mark: int) -> Iterator[_Tie]:
        """Words before the number, around it, or behind it."""
        text = sentence.marked
        for end in _ends(text, mark):
            for words in self._by_end.get(text[end - 1 : end], ()):
                if found := words.before.search(text, max(0, end - _LONGEST), end):
                    yield _Tie(words, found.start(), end)
        for words in self._inside:
            ahead = words.before.search(text, max(0, mark - _LONGEST), mark)
            behind = words.after.match(text, mark + 1)
            if ahead and behind and _closed(text, behind.end()):
                yield _Tie(words, ahead.start(), behind.end())
        for start in _starts(text, mark + 1):
            for words in self._plain:
                end = start + len(words.text)
                if text.startswith(words.text, start) and _closed(text, end):
                    yield _Tie(words, mark, end)

    def _joined(self, sentence: "_Sentence", tie: _Tie, mark: int) -> Saying | None:
        """What is added to: 予以公开 in 予以公开及部分公开258件; nothing where each has its own."""
        text = sentence.marked
        if _EACH.search(text, tie.end, mark) or not _JOINED.search(text, 0, tie.start):
            return None
        end = tie.start - 1
        ends = self._by_end.get(text[end - 1 : end], ())
        found = [words for words in ends if words.before.search(text, max(0, end - _LONGEST), end)]
        best = max(found, key=lambda words: words.weight, default=None)
        return best.saying if best and best.saying.of else None

    def _nothing(self, sentence: "_Sentence") -> Iterator[Claim]:
        """Claims that there is none: 未收到政府信息公开申请."""
        text = sentence.marked
        for negation in _NOT.finditer(text):
            stop = _CLAUSE.search(text, negation.end())
            end = stop.start() if stop else len(text)
            if _AGAIN.search(text, negation.end(), end):
                continue
            ties = [
                _Tie(words, found.start(), found.end())
                for words in self._whole
                if (found := words.anywhere.search(text, negation.end(), end))
                and _closed(text, found.end())
                and sentence.allows(_Tie(words, negation.start(), found.end()), None)
            ]
            for start, stop_at in dict.fromkeys((tie.start, tie.end) for tie in ties):
                same = [t.words.saying for t in ties if (t.start, t.end) == (start, stop_at)]
                wider = any(
                    t.start <= start and stop_at <= t.end and (t.start, t.end) != (start, stop_at)
                    for t in ties
                )
                if not wider and all(saying.of for saying in same):
                    readings = tuple(dict.fromkeys((saying,) for saying in same))
                    yield sentence.nothing(negation.start(), stop_at, readings)


class _Sentence:
    """A sentence with a mark in place of each quantity."""

    def __init__(self, text: str, at: int, passage: Passage, around: str) -> None:
        self.passage, self.at, self.around = passage, at, around
        self.quantities = list(quantities(text))
        self.marks: list[int] = []
        marked, end = "", 0
        for quantity in self.quantities:
            marked += text[end : quantity.start]
            self.marks.append(len(marked))
            marked += _MARK
            end = quantity.end
        self.marked = marked + text[end:]

    def allows(self, tie: _Tie, quantity: Quantity | None) -> bool:
        """Whether a saying holds here: its measure, its context, its time, its scope."""
        saying = tie.words.saying
        if quantity and quantity.measure not in saying.measures:
            return False
        if saying.context and not any(word in self.around for word in saying.context):
            return False
        if any(word.replace(NUMBER, _MARK) in self.marked for word in saying.unless):
            return False
        clause = max((m.end() for m in _CLAUSE.finditer(self.marked, 0, tie.start)), default=0)
        if _ELSEWHEN.search(self.marked, clause, tie.start):
            return False
        return not _PART.search(self.marked, 0, tie.start)

    def claim(
        self, tie: _Tie, mark: int, quantity: Quantity, readings: Sequence[tuple[Saying, ...]]
    ) -> Claim:
        """What a number says."""
        return Claim(
            self.passage,
            self.at + self._offset(min(tie.start, mark)),
            self.at + self._offset(max(tie.end, mark + 1)),
            self.at + quantity.start,
            quantity.value,
            quantity.measure,
            tuple(readings),
        )

    def nothing(self, start: int, end: int, readings: Sequence[tuple[Saying, ...]]) -> Claim:
        """What words without a number say: that there is none."""
        first, last = self.at + self._offset(start), self.at + self._offset(end)
        return Claim(self.passage, first, last, first, Decimal(0), "", tuple(readings))

    def _offset(self, marked: int) -> int:
        """The offset in the sentence of one in the marked sentence."""
        longer = sum(
            quantity.end - quantity.start - 1
            for quantity, mark in zip(self.quantities, self.marks, strict=True)
            if mark < marked
        )
        return marked + longer


def _with(one: Saying, other: Saying) -> tuple[Saying, ...]:
    """Two sayings that share a number; of one within the other (属于…、不予公开) the narrower."""
    if all(name.startswith(tuple(f"{wider}." for wider in other.of)) for name in one.of):
        return (one,)
    return one, other


def _pattern(words: str, gap: str) -> str:
    return gap.join(re.escape(piece) for piece in words.split(GAP))


def _ends(text: str, mark: int) -> Iterator[int]:
    """Where the words before a number may end: right there, or before what fills the gap."""
    end = mark
    for _ in range(_MOST):
        yield end
        found = _FILLER.search(text, max(0, end - _WIDEST), end)
        if not found:
            return
        end = found.start()


def _starts(text: str, start: int) -> Iterator[int]:
    """Where the words behind a number may begin."""
    for _ in range(_MOST):
        yield start
        found = _LEAD.match(text, start)
        if not found:
            return
        start = found.end()


def _closed(text: str, end: int) -> bool:
    """Whether a clause ends there, but for words that add nothing."""
    for _ in range(_MOST * 2):
        if end >= len(text) or _CLAUSE.match(text, end) or text[end] in "）)、":
            return True
        found = _TAIL.match(text, end)
        if not found:
            return False
        end = found.end()
    return False
