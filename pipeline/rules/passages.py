"""The text of a report as it will be printed, by paragraphs, with the place of each character.

Headings and prose, without tables. References stand resolved: what is checked is what is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.content.report import Report
from pipeline.document import Document, Heading, Paragraph, Run, Title
from pipeline.findings import Place
from pipeline.sentences import sentences
from pipeline.tomlfile.positions import KeyPath

TITLE, PREFACE = "title", "preface"
_LONGEST = 60
"""Characters of a sentence that are quoted."""


@dataclass(frozen=True)
class Passage:
    """One paragraph or heading.

    `section` is the key of its section: "title" and "preface" before the first; one of the office's
    own is called "section1" and so on. `at` is where that section stands in the content file.
    `level` is that of a heading, 0 for the title, None for running text.
    """

    section: str
    at: KeyPath
    runs: tuple[Run, ...]
    level: int | None = None

    @cached_property
    def text(self) -> str:
        """What is printed."""
        return "".join(run.text for run in self.runs)

    @property
    def own(self) -> bool:
        """Whether the office wrote any of it; a heading of the form it did not."""
        return any(run.origin is not None for run in self.runs)

    def place(self, report: Report, offset: int) -> Place:
        """Where the character at `offset` stands; for the form's own text, its section."""
        for run in self.runs:
            if offset < len(run.text):
                return report.locate(run.origin, offset) if run.origin else report.place(self.at)
            offset -= len(run.text)
        return report.place(self.at)


def passages(report: Report, document: Document) -> Iterator[Passage]:
    """Every passage of a document, in reading order; annexes hold none."""
    sections = [content for content in report.sections if not content.section.annex]
    key: str = PREFACE
    at: KeyPath = (PREFACE,)
    for element in document.elements:
        match element:
            case Title(words):
                yield Passage(TITLE, (TITLE,), words, 0)
            case Heading(level, run):
                if level == 1:
                    content = sections.pop(0)
                    key, at = content.section.key, content.path
                yield Passage(key, at, (run,), level)
            case Paragraph(runs, hanging=False):
                yield Passage(key, at, runs)
            case _:
                continue


def quote(text: str, start: int, end: int) -> str:
    """Words as a message quotes them: with their sentence where it is short."""
    at = 0
    for sentence in sentences(text):
        if at <= start < at + len(sentence):
            first = max(at, min(start, end - _LONGEST))
            whole = len(sentence) <= _LONGEST
            shown = sentence if whole else text[first : min(at + len(sentence), first + _LONGEST)]
            cut = not whole and first + _LONGEST < at + len(sentence)
            return ("…" if not whole and first > at else "") + shown.strip() + ("…" if cut else "")
        at += len(sentence)
    return text[start:end]
