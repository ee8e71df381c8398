"""Numbers of headings, lists and points: 一、（一）1. （1） ① 一是 第一."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.chinese import number
from pipeline.rules.dossier import Dossier

NUMBERING = Rule(
    "NB425",
    Severity.WARNING,
    "序号不连续",
    "请检查是漏了一项，还是序号写错。",
    acceptable=True,
    about="标题（包括格式规定的标题）、段首的序号和文中的“一是”“第一，”，按印出来的次序检查，"
    "每一级从一开始，逐个加一。",
)
RULES = (NUMBERING,)

_CHINESE = "[一二三四五六七八九十]{1,3}"
_NUMBERED = re.compile(
    rf"(?:^[ \u3000*＊]{{0,6}}|(?<=[。；;])|(?<=[^0-9][：:]))(?:(?P<chapter>{_CHINESE})、"
    rf"|[（(](?P<part>{_CHINESE})[）)]"
    r"|(?P<point>[0-9]{1,2})(?:[.．](?![0-9])|、)"
    r"|[（(](?P<item>[0-9]{1,2})[）)]"
    r"|(?P<entry>[0-9]{1,2})[）)]"
    r"|(?P<circle>[①-⑳]))"
    rf"|(?:^[ \u3000*＊]{{0,6}}|(?<=[。；：，、;:,\s”）)*＊]))(?:(?P<firstly>{_CHINESE})是"
    rf"|(?P<must>{_CHINESE})要(?![点素件闻求])|第(?P<ordinal>{_CHINESE})[，,、])"
)
_FORMS = {
    "chapter": "{}、", "part": "（{}）", "point": "{}.", "item": "（{}）", "entry": "{}）",
    "circle": "{}", "firstly": "{}是", "must": "{}要", "ordinal": "第{}",
}  # fmt: skip
_INLINE = ("firstly", "must", "ordinal")
_DEEPEST = 12
"""Lists within lists that are still followed."""


@dataclass
class _List:
    """A list that is open: the kind of its numbers, and the last of them."""

    kind: str
    last: int
    written: str


def numbering(dossier: Dossier) -> Iterator[Finding]:
    """The places at which a number does not follow the one before it."""
    lists: list[_List] = []
    for passage in dossier.passages:
        if passage.level == 0:
            continue
        for found in _NUMBERED.finditer(passage.text):
            kind = found.lastgroup or ""
            if wrong := _follow(lists, kind, found[kind]):
                yield Finding(NUMBERING, dossier.at(passage, found.start(kind)), wrong)


def _follow(lists: list[_List], kind: str, numeral: str) -> str:
    """Take the next number into the open lists; what is wrong with it, or nothing.

    A first number opens a list within those that are open. Any other goes on with the innermost
    list of its kind in which it is the next, and closes the lists within that one.
    """
    count = ord(numeral) - ord("①") + 1 if kind == "circle" else number(numeral)
    if not count:
        return ""
    written = _FORMS[kind].format(numeral)
    same = [index for index, entry in enumerate(lists) if entry.kind == kind]
    again = bool(same) and same[-1] == len(lists) - 1 and lists[-1].last == 1
    if count == 1 and not (again and kind not in _INLINE):
        lists.append(_List(kind, 1, written))
        del lists[:-_DEEPEST]
        return ""
    fitting = [index for index in same if lists[index].last == count - 1]
    at = fitting[-1] if fitting else same[-1] if same else len(lists)
    before = lists[at].written if same else ""
    last = lists[at].last if same else 0
    lists[at:] = [_List(kind, count, written)]
    if fitting:
        return ""
    if not before:
        return f"“{written}”前面没有这一级的第一项。"
    how = "重复" if count == last else "中间有缺" if count > last else "次序颠倒"
    return f"“{written}”的前一项是“{before}”，{how}。"
