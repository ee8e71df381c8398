"""Outcomes of those checks of the 四性 report that need more than the files of a bundle."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import pikepdf

from pipeline.archiving import examination
from pipeline.archiving.appraisal import PASSED, Outcome, failed, untested
from pipeline.archiving.material import PAGE_END, text
from pipeline.archiving.names import shown
from pipeline.archiving.record import Record, State
from pipeline.archiving.report import MainFile
from pipeline.checking import Checked
from pipeline.composition import flow
from pipeline.composition.flow import Item
from pipeline.conformance import verdict
from pipeline.conformance.problem import Problem
from pipeline.document import Heading, Paragraph, Table, Title
from pipeline.signature import date_text
from pipeline.stamping.registration import Found

_UNREADABLE = frozenset({"broken", "encrypted", "too-large"})
_ACTIVE = frozenset({"action", "trigger", "form"})
_LETTERS = frozenset({"font", "font-embedded", "to-unicode", "unmapped-code", "private-use"})
_UPDATE = b"startxref"
"""Ends every update of a PDF (ISO 32000-1, 7.5.6); a signature is one."""
_MOST_TOLD, _MOST_LETTERS = 3, 20


def of_pdf(pdf: bytes, record: Record, checked: Checked) -> dict[str, Outcome]:
    """What the PDF itself shows: that it can be read, and says what the content says."""
    problems = verdict.problems(pdf)
    opens = _judged(problems, _UNREADABLE)
    if opens is not PASSED:
        rest = (
            *(examination.SCRIPTS, examination.FONTS, examination.WORDS),
            *(examination.CELLS, examination.DESCRIPTION),
        )
        return {examination.OPENS: opens, **dict.fromkeys(rest, untested("正本不能打开"))}
    words, cells = _compared(pdf, record, checked)
    return {
        examination.OPENS: opens,
        examination.SCRIPTS: _judged(problems, _ACTIVE),
        examination.FONTS: _judged(problems, _LETTERS),
        examination.WORDS: words,
        examination.CELLS: cells,
        examination.DESCRIPTION: _described(pdf, record),
    }


def of_making(main: MainFile, again: bytes, found: Found) -> dict[str, Outcome]:
    """Whether the file was made from the report as typeset `again`, by a stamp that was entered.

    `found` is what the office's register has of the file before its signature. Digests tie the
    three: the entry's `after` is that file's, its `before` that of the report.
    """
    registered, before = _entered(main, found)
    if before is None:
        typeset = untested("不知道用印前的报告是哪一个文件")
    elif before == digest(again):
        typeset = PASSED
    else:
        typeset = failed("不是同一个文件：程序、字体或格式文件后来有变动，或者用印的是别的文件")
    return {examination.REGISTERED: registered, examination.TYPESET_AGAIN: typeset}


def _entered(main: MainFile, found: Found) -> tuple[Outcome, str | None]:
    """Whether the file is in the register, and the digest of the report before its stamp."""
    if main.unsigned is None:
        return failed("没有签名以前的文件可供核对"), None
    if main.state is State.UNSTAMPED:
        return untested("没有用印"), digest(main.unsigned)
    if main.pdf[len(main.unsigned) :].count(_UPDATE) > 1:
        return failed("用印以后、签名以前改动过"), None
    if found.entry is None:
        return failed(found.fault or "没有登记：用印以后改动过，或者登记簿不全"), None
    return failed(found.fault) if found.fault else PASSED, str(found.entry.get("before"))


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def _judged(problems: Sequence[Problem], rules: frozenset[str]) -> Outcome:
    told = [problem.message for problem in problems if problem.rule in rules]
    return failed("".join(told[:_MOST_TOLD])) if told else PASSED


def _compared(pdf: bytes, record: Record, checked: Checked) -> tuple[Outcome, Outcome]:
    """Whether the PDF's text is what the content and the stamp say, to the letter; and its cells.

    Blanks count for nothing. Besides the content a page may have its number and the mark in the
    margin, a table that goes on its headings and （续）, and a stamped report name and date.
    """
    page_text, missing = _shown(pdf, checked.document.mark)
    lost: dict[bool, list[str]] = {True: [], False: missing}
    added, at = [], 0
    for is_cell, printed in _printed(checked, _signature(record)):
        wanted = _squeezed(printed)
        found = page_text.find(wanted, at)
        if found < 0:
            lost[is_cell].append(wanted)
            continue
        added.append(page_text[at:found])
        at = found + len(wanted)
    added.append(page_text[at:])
    words = [
        *_told(lost[False], "段文字在正本中没有找到"),
        *_told([each for each in added if each], "处文字是正本中多出来的"),
    ]
    cells = [*_told(lost[True], "格在正本中没有找到")]
    return _unless(words), _unless(cells)


def _unless(wrong: Sequence[str]) -> Outcome:
    return failed("；".join(wrong)) if wrong else PASSED


def _told(texts: Sequence[str], what: str) -> Iterator[str]:
    if texts:
        told = "、".join(f"“{shown(each[:_MOST_LETTERS])}”" for each in texts[:_MOST_TOLD])
        yield f"有 {len(texts)} {what}：{told}"


def _shown(pdf: bytes, mark: str) -> tuple[str, list[str]]:
    """The text of all pages without blanks, page numbers and marks; and which of these it lacks."""
    pages, missing = [], []
    head = _squeezed(mark)
    for number, page in enumerate(text(pdf).split(PAGE_END)[:-1], 1):
        before, foot, after = _squeezed(page).rpartition(f"—{number}—")
        body = before + after
        missing += [] if foot else [f"—{number}—"]
        missing += [] if body.startswith(head) else [head]
        pages.append(body.removeprefix(head))
    return "".join(pages), missing


def _signature(record: Record) -> str:
    """What a stamp prints."""
    if record.state is State.UNSTAMPED:
        return ""
    return f"{record.agency}{date_text(record.date)}"


def _printed(checked: Checked, signature: str) -> Iterator[tuple[bool, str]]:
    """All texts of the pages in their order, and whether each is a cell's."""
    document, fonts = checked.document, checked.plan.fonts
    yield from _texts(flow.lay_out(document, fonts))
    yield False, signature
    yield from _texts(flow.lay_out_annexes(document, fonts))


def _texts(items: Iterable[Item]) -> Iterator[tuple[bool, str]]:
    for item in items:
        match item.element:
            case Title(words):
                yield False, "".join(word.text for word in words)
            case Heading(_, run):
                yield False, run.text
            case Paragraph(runs):
                yield False, "".join(run.text for run in runs)
            case Table():
                lines = item.block.texts if item.block else ()
                for _, cell in groupby(lines, key=lambda line: line.cell):
                    yield True, "".join(line.run.text for line in cell)


def _described(pdf: bytes, record: Record) -> Outcome:
    """Whether title and author of the PDF are those of the record."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        told = {key: str(document.docinfo.get(key, "")) for key in ("/Title", "/Author")}
    wanted = {"/Title": record.title, "/Author": record.agency}
    wrong = [
        f"正本为“{shown(told[key])}”，元数据为“{wanted[key]}”"
        for key in wanted
        if told[key] != wanted[key]
    ]
    return failed("；".join(wrong)) if wrong else PASSED


def _squeezed(words: str) -> str:
    return "".join(words.split())
