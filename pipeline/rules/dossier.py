"""What the rules look at: a report, what it will print, and what it can be compared with."""

from dataclasses import dataclass, field
from functools import cached_property

from pipeline.composition.compose import compose
from pipeline.content.report import Report
from pipeline.document import Document
from pipeline.findings import Place
from pipeline.fonts import FontPlan
from pipeline.form.forms import Form
from pipeline.form.sayings import Saying
from pipeline.roster import Roster
from pipeline.rules.claims import Claim, Claims
from pipeline.rules.passages import Passage, passages


@dataclass(frozen=True)
class Dossier:
    """A report with its document and font plan.

    `earlier` is the same office's report of the year before, None where there is none. `forms` are
    all that are known, `offices` the names of all offices in the content folder, `sayings`
    what prose says of cells.
    """

    report: Report
    document: Document
    plan: FontPlan
    forms: tuple[Form, ...] = ()
    earlier: Report | None = None
    offices: Roster = field(default_factory=Roster)
    sayings: tuple[Saying, ...] = ()

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The text as it will be printed."""
        return tuple(passages(self.report, self.document))

    @cached_property
    def prose(self) -> tuple[Passage, ...]:
        """The running text that the office wrote, without headings."""
        return _prose(self.passages)

    @cached_property
    def earlier_prose(self) -> tuple[Passage, ...]:
        """That of the year before; nothing where there is no report of it."""
        if self.earlier is None:
            return ()
        return _prose(tuple(passages(self.earlier, compose(self.earlier, tables=False))))

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Everything that the prose says of the tables."""
        finder = Claims(self.sayings, self.report.year, self.report.agency.name)
        found: list[Claim] = []
        heading = ""
        for passage in self.passages:
            if passage.level is not None:
                heading = passage.text
            elif passage.own:
                found.extend(finder.find(passage, heading))
        return tuple(found)

    def at(self, passage: Passage, offset: int) -> Place:
        """Where a character of a passage stands in the content file."""
        return passage.place(self.report, offset)


def _prose(text: tuple[Passage, ...]) -> tuple[Passage, ...]:
    return tuple(passage for passage in text if passage.level is None and passage.own)
