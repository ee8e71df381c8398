"""Outcomes of those checks of the 四性 report that need more than the files of a bundle."""

import io
from collections.abc import Iterator, Sequence

import pikepdf

from pipeline.archiving import examination
from pipeline.archiving.appraisal import PASSED, Outcome, failed, untested
from pipeline.archiving.material import PAGE_END, text
from pipeline.archiving.record import Record
from pipeline.checking import Checked
from pipeline.conformance import verdict
from pipeline.conformance.problem import Problem
from pipeline.document import Heading, Paragraph, Table, Title

_UNREADABLE = frozenset({"broken", "encrypted", "too-large"})
_ACTIVE = frozenset({"action", "trigger", "form"})
_LETTERS = frozenset({"font", "font-embedded", "to-unicode", "unmapped-code", "private-use"})
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
    words, cells = _compared(pdf, checked)
    return {
        examination.OPENS: opens,
        examination.SCRIPTS: _judged(problems, _ACTIVE),
        examination.FONTS: _judged(problems, _LETTERS),
        examination.WORDS: words,
        examination.CELLS: cells,
        examination.DESCRIPTION: _described(pdf, record),
    }


def of_typesetting(again: bytes, report: bytes | None) -> Outcome:
    """Whether the report, typeset again from its content, is the one that was built."""
    if report is None:
        return untested("没有未用印的 report.pdf 可供比较")
    if again == report:
        return PASSED
    return failed("重新排版的结果与 report.pdf 不同：程序、字体或格式文件后来有变动")


def _judged(problems: Sequence[Problem], rules: frozenset[str]) -> Outcome:
    told = [problem.message for problem in problems if problem.rule in rules]
    return failed("".join(told[:_MOST_TOLD])) if told else PASSED


def _compared(pdf: bytes, checked: Checked) -> tuple[Outcome, Outcome]:
    """Whether prose and cells of the content all stand in the PDF's text, in their order."""
    shown, at = _shown(pdf, checked.document.mark), 0
    lost: dict[bool, list[str]] = {True: [], False: []}
    for is_cell, printed in _printed(checked):
        wanted = _squeezed(printed)
        found = shown.find(wanted, at)
        if found < 0:
            lost[is_cell].append(wanted)
        else:
            at = found + len(wanted)
    return _unless(lost[False], "段文字"), _unless(lost[True], "格")


def _unless(lost: Sequence[str], what: str) -> Outcome:
    if not lost:
        return PASSED
    told = "、".join(f"“{each[:_MOST_LETTERS]}”" for each in lost[:_MOST_TOLD])
    return failed(f"有 {len(lost)} {what}在正本中没有找到：{told}")


def _shown(pdf: bytes, mark: str) -> str:
    """The text of all pages without blanks, page numbers and the mark in the margin."""
    pages = []
    for number, page in enumerate(text(pdf).split(PAGE_END)[:-1], 1):
        before, _, after = _squeezed(page).rpartition(f"—{number}—")
        pages.append(f"{before}{after}".removeprefix(_squeezed(mark)))
    return "".join(pages)


def _printed(checked: Checked) -> Iterator[tuple[bool, str]]:
    """All texts of the document in order, and whether each is a cell's."""
    for element in checked.document.all_elements:
        match element:
            case Title(words):
                yield False, "".join(word.text for word in words)
            case Heading(_, run):
                yield False, run.text
            case Paragraph(runs):
                yield False, "".join(run.text for run in runs)
            case Table(cells=cells):
                yield from ((True, cell.run.text) for cell in cells)


def _described(pdf: bytes, record: Record) -> Outcome:
    """Whether title and author of the PDF are those of the record."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        told = {key: str(document.docinfo.get(key, "")) for key in ("/Title", "/Author")}
    wanted = {"/Title": record.title, "/Author": record.agency}
    wrong = [
        f"正本为“{told[key]}”，元数据为“{wanted[key]}”"
        for key in wanted
        if told[key] != wanted[key]
    ]
    return failed("；".join(wrong)) if wrong else PASSED


def _squeezed(words: str) -> str:
    return "".join(words.split())
