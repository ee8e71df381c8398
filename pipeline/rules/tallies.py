"""Numbers in prose against each other: a list that does not add up, a number told in two ways."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, chain, groupby, islice

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.dossier import Dossier
from pipeline.rules.passages import Passage, quote
from pipeline.rules.quantities import Quantity, quantities, shown

UNEVEN = Rule(
    "NB312",
    Severity.WARNING,
    "文字中各项之和与总数不符",
    "请核对总数和各项；各项没有列全的，请写明“其中”。",
    acceptable=True,
    about="一句话里先说总数，再逐项列出的（“共52条，甲20条，乙4条，丙24条”“包括”“分别”，或列在括号里），"
    "各项之和应等于总数；写“其中”的，不应超过总数。",
)
TWICE = Rule(
    "NB313",
    Severity.WARNING,
    "同一件事前后说法不一",
    "请核对，改成一致；说的不是同一件事的，请写清范围。",
    acceptable=True,
    about="全文有两处说到公开信息的条数，途径相同（或都没有说途径），数却不同。",
)
RULES = (UNEVEN, TWICE)

_END = re.compile("[。！？]")
_PARTLY = re.compile(r"[，,；;、（(\s]*(?:其中|含|主要)")
_WHOLLY = re.compile(r"[，,；;、\s]*(?:包括|包含|分为|分别|即|[：:（(])")
"""What stands right behind a total whose parts follow: some of them, or all."""
_TOTAL = re.compile(r"共计?|合计|总计|总数")
_OTHER = re.compile(
    r"增加|减少|增长|下降|上升|提高|[比较]|上年|去年|另|此外|还有?|累计|结转|每|平均|以上"
)
_LEAST, _MOST = 2, 40
_MOST_ITEMS, _MOST_FOUND, _MOST_CHANNELS = 100, 20, 20
"""Items of a list, findings in a passage, and channels that are looked at."""
_BRACKETS = "（(", "）)"

_DISCLOSED = re.compile(
    r"(?:公开|发布|公布|上传|更新)了?(?:的?各类|各种|政府|政务|政策|相关|的)*信息(?:共计|共|合计|总计|总数|数量|为|达|了)*$"
)
_CHANNEL = re.compile(r"(?:通过|在|利用|依托|借助)(.{2,40}?)(?:主动)?(?:公开|发布|公布|上传|更新)")
_KIND = re.compile(r"其中|类|月|季度|半年|截至|截止|《|领域|方面|[比较]|上年|去年|向|重点")
_SHARED = 4
_BEFORE = 60


def tallies(dossier: Dossier) -> Iterator[Finding]:
    """Lists in prose that do not add up, and numbers of published items that contradict.

    Of a passage at most twenty lists, of a channel one finding.
    """
    tied = {(id(claim.passage), claim.number) for claim in dossier.claims}
    for passage in dossier.prose:
        lists = (_uneven(dossier, passage, found, tied) for found in _sentences(passage))
        yield from islice(chain.from_iterable(lists), _MOST_FOUND)
    yield from _twice(dossier)


def _sentences(passage: Passage) -> Iterator[list[Quantity]]:
    """The quantities of each sentence; a semicolon ends none: lists have them."""
    ends = [stop.end() for stop in _END.finditer(passage.text)]
    for _, found in groupby(quantities(passage.text), key=lambda q: bisect_right(ends, q.start)):
        yield list(found)


def _uneven(
    dossier: Dossier, passage: Passage, found: Sequence[Quantity], tied: set[tuple[int, int]]
) -> Iterator[Finding]:
    text = passage.text
    done = -1
    for index, total in enumerate(found):
        clause = text[_clause(text, total) : total.start]
        if index <= done or total.vague or _OTHER.search(clause):
            continue
        partly = bool(_PARTLY.match(text, total.end))
        wholly = bool(_WHOLLY.match(text, total.end))
        said = bool(_TOTAL.search(clause))
        if not (partly or wholly or said):
            continue
        items = _items(text, total, found[index + 1 : index + 1 + _MOST_ITEMS])
        if len(items) < _LEAST:
            continue
        partly = partly or text.startswith("等", items[-1].end)
        loose = {(id(passage), each.start) for each in (total, *items)} & tied
        if not (partly or wholly or (len(items) > _LEAST and not loose)):
            continue
        sums = list(accumulate(item.value for item in items))
        if total.value in sums or (partly and sums[-1] < total.value):
            done = index + len(items)
            continue
        done = index + len(items)
        added = "＋".join(shown(item.value) for item in items)
        yield Finding(
            UNEVEN,
            dossier.at(passage, total.start),
            f"“{quote(text, total.start, items[-1].end)}”：总数是 {shown(total.value)}，"
            f"各项之和是 {added}＝{shown(sums[-1])}。",
            related=tuple(dossier.at(passage, item.start) for item in items),
        )


def _items(text: str, total: Quantity, found: Sequence[Quantity]) -> list[Quantity]:
    """The quantities that follow a total as its list: in its measure, none of another kind."""
    inside = text.startswith(tuple(_BRACKETS[0]), total.end)
    made: list[Quantity] = []
    depth, at = 0, total.end
    for each in found:
        depth, at = depth + _depth(text[at : each.start]), each.start
        before = text[made[-1].end if made else total.end : each.start]
        if inside and any(mark in before for mark in _BRACKETS[1]):
            break
        if depth and not inside:
            continue
        if each.measure != total.measure or each.vague or len(before) > _MOST:
            break
        if _OTHER.search(before):
            break
        made.append(each)
    return made


def _depth(text: str) -> int:
    return sum(map(text.count, _BRACKETS[0])) - sum(map(text.count, _BRACKETS[1]))


def _clause(text: str, quantity: Quantity) -> int:
    """Where the clause of a quantity begins."""
    first = max(0, quantity.start - _BEFORE)
    marks = (text.rfind(mark, first, quantity.start) for mark in "，,。；;：:、（(")
    return max(first, max(marks) + 1)


@dataclass(frozen=True, slots=True)
class _Disclosed:
    """How many items were published, and by which channel."""

    passage: Passage
    quantity: Quantity
    channel: str


def _twice(dossier: Dossier) -> Iterator[Finding]:
    """Of each channel the first number, against those that differ from it."""
    channels: list[list[_Disclosed]] = []
    for each in _disclosed(dossier):
        told = next((told for told in channels if _alike(told[0], each)), None)
        if told is None and len(channels) < _MOST_CHANNELS:
            channels.append([each])
        elif told and told[0].quantity.value != each.quantity.value:
            told.append(each)
    for first, *others in channels:
        if others:
            yield _contradiction(dossier, first, others)


def _contradiction(dossier: Dossier, first: _Disclosed, others: list[_Disclosed]) -> Finding:
    one, other = (
        quote(each.passage.text, each.quantity.start, each.quantity.end)
        for each in (first, others[0])
    )
    place, *related = (
        dossier.at(each.passage, each.quantity.start)
        for each in (others[0], first, *others[1:_MOST_FOUND])
    )
    return Finding(
        TWICE,
        place,
        f"前面写“{one}”，这里写“{other}”，"
        f"{shown(first.quantity.value)} 与 {shown(others[0].quantity.value)} 不一致。",
        related=tuple(related),
    )


def _disclosed(dossier: Dossier) -> Iterator[_Disclosed]:
    for passage in dossier.prose:
        text = passage.text
        for quantity in quantities(text):
            first = max(0, quantity.start - _BEFORE)
            start = max(text.rfind(mark, first, quantity.start) for mark in "，,。；;：:") + 1
            before = text[max(start, first) : quantity.start]
            if quantity.vague or not _DISCLOSED.search(before) or _KIND.search(before):
                continue
            channel = _CHANNEL.search(before)
            yield _Disclosed(passage, quantity, channel[1] if channel else "")


def _alike(one: _Disclosed, other: _Disclosed) -> bool:
    """Whether two numbers are of one measure and channel: none, or names that share a few words."""
    if one.quantity.measure != other.quantity.measure:
        return False
    if not (one.channel and other.channel):
        return one.channel == other.channel
    matcher = SequenceMatcher(None, one.channel, other.channel, autojunk=False)
    return matcher.find_longest_match().size >= _SHARED
