"""What was taken over from last year's text: whole sections, and sentences with their numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.content.report import Report
from pipeline.findings import Finding, Rule, Severity
from pipeline.form.tables import printed
from pipeline.rules.dossier import Dossier
from pipeline.rules.passages import PREFACE, Passage
from pipeline.sentences import sentences

COPIED = Rule(
    "NB431",
    Severity.WARNING,
    "文字大多照抄上年",
    "请按本年的情况重写；上级把内容雷同作为问题通报。",
    acceptable=True,
    about="同一文件夹里有上年的内容文件时才比较。逐部分按句数计算：去掉空格，把年份换成"
    "“本年”“上年”以后，与上年某一句完全相同的句子占六成以上，就列出来。"
    "前言、不足十个字的句子、“没有其他需要报告的事项”一类的套话不算；不足两句的部分不比较。",
)
OLD_NUMBER = Rule(
    "NB415",
    Severity.WARNING,
    "句子和数字都与上年相同",
    "请核对是不是上年的数字；确实没有变化的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="除年份以外与上年完全相同的句子，其中又有 10 以上的件数、条数、篇数等；"
    "数字就是本年表格里的，不算。",
)
RULES = (OLD_NUMBER, COPIED)

_MOST = 60
"""Per cent of the sentences of a section from which it is told."""
_FEWEST, _SHORTEST = 2, 10
"""Sentences of a section, and characters of a sentence, that are compared."""
_LONGEST = 40
"""Characters of a sentence that a message quotes."""

_BLANKS = re.compile(r"\s+")
_YEAR = re.compile("[12][0-9]{3}(?=年)")
_FORMULA = re.compile(
    "^(?:无|没有|未|我.{1,3}无|本年度?(?:无|没有|未)).{0,20}$|需要报告的(?:其他)?事项|报告如下"
)
_COUNT = re.compile(
    r"(?<![0-9.])(?<!超过)(?<!每)(?P<number>[1-9][0-9]{1,11}(?:\.[0-9]{1,8})?)"
    "余?(?:件|条|篇|份|户|人次|万元)(?!以[上下内])"
)


@dataclass(frozen=True)
class _Sentence:
    """A sentence of a passage and where it starts there.

    `plain` is without blanks; in `gist`, years count from the report's own.
    """

    passage: Passage
    at: int
    text: str
    plain: str
    gist: str

    @property
    def told(self) -> bool:
        """Whether it says enough of the office's own to be compared."""
        return len(self.plain) >= _SHORTEST and not _FORMULA.search(self.plain)


def copied(dossier: Dossier) -> Iterator[Finding]:
    """Sections and counted sentences that are last year's; nothing where there is no last year."""
    earlier = dossier.earlier
    if earlier is None:
        return
    before: dict[str, _Sentence] = {}
    for sentence in _sentences(dossier.earlier_prose, earlier.year):
        before |= {sentence.plain: sentence, sentence.gist: sentence}
    now = [s for s in _sentences(dossier.prose, dossier.report.year) if s.told]
    pairs = [(s, before.get(s.gist) or before.get(s.plain)) for s in now]
    yield from _sections(dossier, earlier, pairs)
    in_tables = set(_in_tables(dossier.report))
    for sentence, old in pairs:
        count = _COUNT.search(sentence.text)
        if old and count and count["number"] not in in_tables:
            message = f"“{_shortened(sentence.text)}”与上年一样，“{count[0]}”也没有变。"
            place = dossier.at(sentence.passage, sentence.at + count.start())
            related = old.passage.place(earlier, old.at)
            yield Finding(OLD_NUMBER, place, message, related=(related,))


def _sections(
    dossier: Dossier, earlier: Report, pairs: Sequence[tuple[_Sentence, _Sentence | None]]
) -> Iterator[Finding]:
    """The sections of which too much is last year's, with the place it was taken from."""
    for content in dossier.report.sections:
        own = [pair for pair in pairs if pair[0].passage.section == content.section.key]
        taken = [(sentence, old) for sentence, old in own if old]
        share = 100 * len(taken) // max(len(own), 1)
        if len(own) >= _FEWEST and share >= _MOST:
            origins = Counter(old.passage.at for _, old in taken)
            yield Finding(
                COPIED,
                dossier.report.place(content.path),
                f"“{content.heading}”有 {share}% 的句子与上年相同"
                f"（{len(own)} 句中的 {len(taken)} 句）。",
                related=(earlier.place(origins.most_common(1)[0][0]),),
            )


def _in_tables(report: Report) -> Iterator[str]:
    """The numbers of the year's tables: one of them that did not change is right."""
    for content in report.sections:
        if content.table:
            yield from (printed(content.table[path]) for path in content.table.cells)


def _sentences(passages: Sequence[Passage], year: int) -> Iterator[_Sentence]:
    for passage in passages:
        at = 0
        for text in sentences(passage.text) if passage.section != PREFACE else ():
            plain = _BLANKS.sub("", text)
            gist = _YEAR.sub(lambda found: f"{int(found[0]) - year:+}", plain)
            yield _Sentence(passage, at, text, plain, gist)
            at += len(text)


def _shortened(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "……"
