"""Numbers in prose against each other: a list that does not add up, a number told in two ways."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import accumulate, combinations

from pipeline.findings import Finding, Rule, Severity
from pipeline.form.tables import printed
from pipeline.rules.dossier import Dossier
from pipeline.rules.passages import Passage, quote
from pipeline.rules.quantities import Quantity, quantities

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
_BRACKETS = "（(", "）)"

_DISCLOSED = re.compile(
    r"(?:公开|发布|公布|上传|更新)了?(?:的?各类|各种|政府|政务|政策|相关|的)*信息(?:共计|共|合计|总计|总数|数量|为|达|了)*$"
)
_CHANNEL = re.compile(r"(?:通过|在|利用|依托|借助)(.{2,40}?)(?:主动)?(?:公开|发布|公布|上传|更新)")
_KIND = re.compile(r"其中|类|月|季度|半年|截至|截止|《|领域|方面|[比较]|上年|去年|向|重点")
_SHARED = 4
_BEFORE = 60


def tallies(dossier: Dossier) -> Iterator[Finding]:
    """Lists in prose that do not add up, and numbers of published items that contradict."""
    tied = {(id(claim.passage), claim.number) for claim in dossier.claims}
    for passage in dossier.prose:
        for sentence in _sentences(passage):
            yield from _uneven(dossier, passage, sentence, tied)
    yield from _twice(dossier)


def _sentences(passage: Passage) -> Iterator[list[Quantity]]:
    """The quantities of each sentence; a semicolon ends none: lists have them."""
    found = list(quantities(passage.text))
    start = 0
    for end in [*(stop.end() for stop in _END.finditer(passage.text)), len(passage.text)]:
        yield [each for each in found if start <= each.start < end]
        start = end


def _uneven(
    dossier: Dossier, passage: Passage, found: Sequence[Quantity], tied: set[tuple[int, int]]
) -> Iterator[Finding]:
    text = passage.text
    done = -1
    for index, total in enumerate(found):
        if index <= done or total.vague or _OTHER.search(text, _clause(text, total), total.start):
            continue
        items = _items(text, total, found[index + 1 :])
        if len(items) < _LEAST:
            continue
        between = text[total.end : items[0].start]
        partly = bool(_PARTLY.match(between)) or text.startswith("等", items[-1].end)
        wholly = bool(_WHOLLY.match(between))
        said = bool(_TOTAL.search(text, _clause(text, total), total.start))
        loose = {(id(passage), each.start) for each in (total, *items)} & tied
        if not (partly or wholly or (said and len(items) > _LEAST and not loose)):
            continue
        sums = list(accumulate(item.value for item in items))
        if total.value in sums or (partly and sums[-1] < total.value):
            done = index + len(items)
            continue
        done = index + len(items)
        shown = "＋".join(_shown(item.value) for item in items)
        yield Finding(
            UNEVEN,
            dossier.at(passage, total.start),
            f"“{quote(text, total.start, items[-1].end)}”：总数是 {_shown(total.value)}，"
            f"各项之和是 {shown}＝{_shown(sums[-1])}。",
            related=tuple(dossier.at(passage, item.start) for item in items),
        )


def _items(text: str, total: Quantity, found: Sequence[Quantity]) -> list[Quantity]:
    """The quantities that follow a total as its list: in its measure, none of another kind."""
    inside = text[total.end : total.end + 1] in tuple(_BRACKETS[0])
    made: list[Quantity] = []
    for each in found:
        before = text[made[-1].end if made else total.end : each.start]
        closed = any(mark in before for mark in _BRACKETS[1])
        if inside and closed:
            break
        if not inside and _depth(text[total.end : each.start]):
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
    marks = max(text.rfind(mark, 0, quantity.start) for mark in "，,。；;：:、（(")
    return marks + 1


@dataclass(frozen=True, slots=True)
class _Disclosed:
    """How many items were published, and by which channel."""

    passage: Passage
    quantity: Quantity
    channel: str


def _twice(dossier: Dossier) -> Iterator[Finding]:
    for one, other in combinations(_disclosed(dossier), 2):
        same = one.quantity.measure == other.quantity.measure
        if same and one.quantity.value != other.quantity.value and _alike(one, other):
            first, second = (
                quote(each.passage.text, each.quantity.start, each.quantity.end)
                for each in (one, other)
            )
            yield Finding(
                TWICE,
                dossier.at(other.passage, other.quantity.start),
                f"前面写“{first}”，这里写“{second}”，"
                f"{_shown(one.quantity.value)} 与 {_shown(other.quantity.value)} 不一致。",
                related=(dossier.at(one.passage, one.quantity.start),),
            )


def _disclosed(dossier: Dossier) -> Iterator[_Disclosed]:
    for passage in dossier.prose:
        text = passage.text
        for quantity in quantities(text):
            start = max(text.rfind(mark, 0, quantity.start) for mark in "，,。；;：:") + 1
            before = text[max(start, quantity.start - _BEFORE) : quantity.start]
            if quantity.vague or not _DISCLOSED.search(before) or _KIND.search(before):
                continue
            channel = _CHANNEL.search(before)
            yield _Disclosed(passage, quantity, channel[1] if channel else "")


def _alike(one: _Disclosed, other: _Disclosed) -> bool:
    """Whether two numbers are of one channel: both name none, or names that share a few words."""
    if not (one.channel and other.channel):
        return one.channel == other.channel
    matcher = SequenceMatcher(None, one.channel, other.channel, autojunk=False)
    return matcher.find_longest_match().size >= _SHARED


def _shown(value: Decimal) -> str:
    return printed(value.normalize() + 0)
