"""The words of a form's tables: which row a label means, and what is the form's own wording."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.form.blocks import Table
from pipeline.form.forms import Form, Section
from pipeline.form.tables import Line, lines
from pipeline.form.trees import Node
from pipeline.form.wording import NUMERALS, Match, Wordings, core, plain
from pipeline.transcription.figures import is_number

_LONGEST_HEADING = 120
_VALUES = ("无", "计", "总")

Key = tuple[str, tuple[str, ...]]
"""A line of a table: the key of its section, and its own."""


@dataclass(frozen=True)
class Label:
    """A line of the form and the wordings of its label."""

    section: Section
    line: Line
    wordings: tuple[str, ...]

    @property
    def key(self) -> Key:
        """What the line is known by."""
        return self.section.key, self.line.keys


class Labels:
    """The labels and headings of one form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._known: dict[str, tuple[Match, list[Label]]] = {}
        self._said: dict[str, str] = {}

    @cached_property
    def rows(self) -> list[Label]:
        """Every row that a grid can hold."""
        return [
            Label(section, line, _wordings(line))
            for section in self.form.sections
            for line in lines(section)
            if line.cells[0].row
        ]

    @cached_property
    def counts(self) -> set[int]:
        """How many cells, or entered cells, the rows have."""
        each = [label.line for label in self.rows]
        return {len(cells) for line in each for cells in (line.cells, line.entered)}

    @cached_property
    def _bearers(self) -> list[int]:
        """The number of the row that bears each wording in `_in_rows`."""
        return [number for number, label in enumerate(self.rows) for _ in label.wordings]

    @cached_property
    def _in_rows(self) -> Wordings:
        return Wordings(text for label in self.rows for text in label.wordings)

    @cached_property
    def _in_phrases(self) -> Wordings:
        return Wordings(self.phrases)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Every wording of the form's tables that is no row of cells: headings, groups, stubs."""
        found = {text for s in self.form.sections for text in _phrases(s.table) if text}
        return tuple(sorted(found, key=lambda text: (-len(text), text)))

    @cached_property
    def _headings(self) -> frozenset[str]:
        return frozenset(said(text) for text in self.phrases for said in (plain, core)) - {""}

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Other wordings of the headings, and what the form has instead."""
        nodes = [
            node
            for section in self.form.sections
            for block in (section.table.blocks if section.table else ())
            for node in _all_nodes(block.columns)
        ]
        return {plain(alias): node.label for node in nodes for alias in node.aliases}

    @cached_property
    def _fragments(self) -> str:
        texts = (*self.phrases, *(text for label in self.rows for text in label.wordings))
        return "\n".join(plain(text) for text in texts)

    @cached_property
    def bare(self) -> dict[str, list[Line]]:
        """The lines without labels, by the key of their section."""
        return {
            section.key: [line for line in lines(section) if not line.cells[0].row]
            for section in self.form.sections
        }

    @cached_property
    def rowless(self) -> set[int]:
        """How many cells, or entered cells, the tables without rows have."""
        made = set()
        for bare in self.bare.values():
            made |= {sum(len(line.cells) for line in bare), sum(len(line.entered) for line in bare)}
        return made - {0}

    def is_wording(self, text: str) -> bool:
        """Whether a text is the form's own: a heading of a table, or pieces of such."""
        pieces = text.split()
        return not is_number(text) and all(
            plain(piece) in self._fragments and (len(pieces) > 1 or plain(piece) not in _VALUES)
            for piece in pieces
        )

    def is_heading(self, text: str) -> bool:
        """Whether a paragraph beside a table is one of its headings, or a piece of one."""
        return len(text) <= _LONGEST_HEADING and (self.says_phrase(text) or self.is_wording(text))

    def says_phrase(self, text: str) -> bool:
        """Whether a text says a heading of a table, whole."""
        said = core(text) if len(text) <= _LONGEST_HEADING else ""
        return bool(said) and (said in self._headings or plain(text) in self._headings)

    def phrase(self, text: str) -> str:
        """The heading that a text says in other words; "" where it says none."""
        if text not in self._said:
            _, found = self._in_phrases.match(text) if len(text) <= _LONGEST_HEADING else (0, [])
            self._said[text] = self.phrases[found[0]] if found else ""
        return self._said[text]

    def row(self, said: str, taken: Collection[Key]) -> tuple[Label, Match] | None:
        """The row whose label a text says, one that is not yet taken where there are several."""
        if said not in self._known:
            self._known[said] = self._rows(said)
        quality, among = self._known[said]
        left = [label for label in among if label.key not in taken]
        return ((left or among)[0], quality) if among else None

    def _rows(self, said: str) -> tuple[Match, list[Label]]:
        quality, found = self._in_rows.match(said) if core(said) else (Match.NONE, [])
        if found and quality <= Match.PART and self._in_phrases.match(said)[0] > quality:
            return Match.NONE, []
        return quality, [
            self.rows[number] for number in sorted({self._bearers[at] for at in found})
        ]

    def is_reworded(self, said: str, label: Label) -> bool:
        """Whether a label is more than the form's wording in other widths, with its groups."""
        rest = plain(said)
        for text in (*label.wordings[:1], *self.phrases):
            if text:
                rest = rest.replace(plain(text), "", 1)
        return bool(rest.strip(f"{NUMERALS}/"))


def _wordings(line: Line) -> tuple[str, ...]:
    row = line.cells[0].row
    return (line.label, *(row.node.aliases if row else ()))


def _phrases(table: Table | None) -> Iterator[str]:
    for block in table.blocks if table else ():
        columns = [text for node in _all_nodes(block.columns) for text in _texts(node)]
        yield from (block.heading, *block.stub, *columns)
        yield from _groups(block.rows)


def _all_nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all_nodes(node.children)


def _texts(node: Node) -> tuple[str, ...]:
    return (node.label, *node.aliases)


def _groups(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if node.children:
            yield from _texts(node)
            yield from _groups(node.children)
