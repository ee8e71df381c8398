"""Grids of a published report → what stands in the lines of the form's tables.

A row is known by its label, wherever its table stands and however it is cut; its cells follow from
left to right in the order of the form. A table without rows is known by its column headings.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.form.forms import Block, Form, Node, Section, Table
from pipeline.form.tables import Cell as TableCell
from pipeline.form.tables import Line, Value, lines
from pipeline.form.wording import NUMERALS, Match, core, match, plain
from pipeline.transcription.figures import figure, is_number, looks_like_value
from pipeline.transcription.manuscript import Cell, Grid
from pipeline.transcription.remarks import GUESSED, LEFT_OUT, REWORDED, Remark

_LABEL_CELLS = 5
"""A label stands in one of the first cells of a row."""
_PIECES, _LONGEST_HEADING = 2, 120
_VALUES = ("无", "计", "总")


@dataclass
class Entries:
    """What was read: the values of lines, by section and keys; and what there is to say."""

    values: dict[tuple[str, tuple[str, ...]], list[Value]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Label:
    """A line of the form and the wordings of its label."""

    section: Section
    line: Line
    wordings: tuple[str, ...]


class Reader:
    """Reads grids by one form; keeps what it has read in `entries`."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.entries = Entries()

    @cached_property
    def labels(self) -> list[Label]:
        """Every row that a grid can hold."""
        return [
            Label(section, line, _wordings(line))
            for section in self.form.sections
            for line in lines(section)
            if line.cells[0].row
        ]

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Every wording of the form's tables that is no row of cells: headings, groups, stubs."""
        found = {text for s in self.form.sections for text in _phrases(s.table) if text}
        return tuple(sorted(found, key=lambda text: (-len(text), text)))

    @cached_property
    def _aliases(self) -> dict[str, str]:
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
        texts = (*self.phrases, *(text for label in self.labels for text in label.wordings))
        return "\n".join(plain(text) for text in texts)

    def is_wording(self, text: str) -> bool:
        """Whether a text is the form's own: a heading of a table, or pieces of such."""
        return not is_number(text) and all(
            plain(piece) in self._fragments and plain(piece) not in _VALUES
            for piece in text.split()
        )

    def is_heading(self, text: str) -> bool:
        """Whether a paragraph is a heading of a table that a file took out of it."""
        if len(text) > _LONGEST_HEADING:
            return False
        pieces = text.split()
        return self.says_phrase(text) or (len(pieces) >= _PIECES and self.is_wording(text))

    def says_phrase(self, text: str) -> bool:
        """Whether a text says a heading of a table, whole."""
        return bool(core(text)) and match(text, self.phrases) >= Match.SAME

    def headings(self, grids: Iterable[Grid]) -> int:
        """How many different headings of the form's tables stand in `grids`."""
        texts = {plain(cell.text) for grid in grids for row in grid.rows for cell in row}
        return len({plain(phrase) for phrase in self.phrases if phrase} & texts)

    def read(self, grid: Grid) -> set[str]:
        """Read a grid; the keys of the sections whose tables it holds."""
        seen: set[str] = set()
        rowless = self._rowless_in(grid)
        for row in grid.rows:
            if found := self._labelled(row):
                label, at, quality = found
                self._enter(label.section, [label.line], row[at + 1 :], _where(row, grid))
                self._reworded(row[: at + 1], label, quality)
                seen.add(label.section.key)
            elif section := self._unlabelled(row, rowless, grid):
                seen.add(section.key)
            else:
                self._leave(row)
        return seen

    def _labelled(self, row: Sequence[Cell]) -> tuple[Label, int, Match] | None:
        """The line whose label a row bears, the last cell of the label, and how well it fits."""
        texts = [cell.text for cell in row]
        best: tuple[Label, int, Match] | None = None
        for at in range(min(_LABEL_CELLS, len(row))):
            if is_number(texts[at]):
                break
            tail = texts[at + 1 :]
            if not texts[at].strip():
                continue
            if not tail or not looks_like_value(tail[0]):
                continue
            if any(self.says_phrase(text) for text in tail):
                continue
            for said in (texts[at], (texts[at].split() or [""])[-1], "".join(texts[: at + 1])):
                found = self._label(said)
                if found and not any(text.strip() for text in tail):
                    # Blanks alone are a row only where all of its cells are there.
                    found = found if len(tail) >= len(found[0].line.entered) else None
                if found and (best is None or found[1] >= best[2]):
                    best = (found[0], at, found[1])
        return best

    def _label(self, said: str) -> tuple[Label, Match] | None:
        if not core(said):
            return None
        found = [(match(said, label.wordings), label) for label in self.labels]
        quality = max((quality for quality, _ in found), default=Match.NONE)
        if quality is Match.NONE:
            return None
        among = [label for each, label in found if each == quality]
        if quality <= Match.PART and match(said, self.phrases) > quality:
            return None
        unread = [label for label in among if _key(label) not in self.entries.values]
        return (unread or among)[0], quality

    def _rowless_in(self, grid: Grid) -> list[tuple[Section, Block]]:
        """The blocks without rows whose column headings a grid shows."""
        texts = {core(cell.text) for row in grid.rows for cell in row}
        made = []
        for section in self.form.sections:
            for block in section.table.blocks if section.table else ():
                heads = {core(leaf.node.label) for leaf in block.column_leaves}
                if not block.rows and section.table and not section.table.own_rows:
                    made.append((len(heads & texts), section, block))
        return [
            (section, block) for shown, section, block in sorted(made, key=lambda each: -each[0])
        ]

    def _unlabelled(
        self, row: Sequence[Cell], blocks: Iterable[tuple[Section, Block]], grid: Grid
    ) -> Section | None:
        """The section whose table without rows takes a row of nothing but values."""
        texts = [cell.text for cell in row]
        if not all(looks_like_value(text) and not self.says_phrase(text) for text in texts):
            return None
        for cells in _trimmed(row):
            for section, _block in blocks:
                if taken := self._unread(section, cells):
                    self._enter(section, taken, cells, _where(row, grid))
                    return section
        return None

    def _unread(self, section: Section, row: Sequence[Cell]) -> list[Line]:
        """The lines without labels that are still to be read and that a row has the cells for."""
        left = [
            line
            for line in lines(section)
            if not line.cells[0].row and (section.key, line.keys) not in self.entries.values
        ]
        numbers = any(is_number(cell.text) for cell in row)
        for count in range(len(left), 0, -1):
            taken = left[:count]
            whole = sum(len(line.cells) for line in taken)
            entered = sum(len(line.entered) for line in taken)
            if len(row) in {whole, entered} and (numbers or count == len(left)):
                return taken
        return []

    def _enter(
        self, section: Section, taken: Sequence[Line], row: Sequence[Cell], where: str
    ) -> None:
        """The cells of `row` as the values of the lines `taken`."""
        texts = [cell.text for cell in row]
        name = "、".join(line.label for line in taken)
        whole = [cell for line in taken for cell in line.cells]
        entered = [cell for line in taken for cell in line.entered]
        while texts and not looks_like_value(texts[-1]):
            self._say(LEFT_OUT, where, f"“{name}”行末的文字：{texts.pop()}")
        while len(texts) > len(whole) and not texts[-1].strip():
            texts.pop()
        if len(texts) > len(whole) and len([t for t in texts if t.strip()]) == len(whole):
            self._say(GUESSED, where, f"“{name}”有 {len(texts)} 格，去掉了其中的空格")
            texts = [text for text in texts if text.strip()]
        cells = entered if len(texts) == len(entered) else whole
        if len(texts) > len(cells):
            extra = "、".join(texts[len(cells) :])
            self._say(LEFT_OUT, where, f"“{name}”多出的格：{extra}")
        elif len(texts) < len(cells):
            self._say(GUESSED, where, f"“{name}”只有 {len(texts)} 格，从左到右填，其余留空")
        texts += [""] * (len(cells) - len(texts))
        for line in taken:
            own = line.entered if cells is entered else line.cells
            values = []
            for cell in own:
                read = figure(texts[cells.index(cell)], cell)
                if read.guess:
                    self._say(GUESSED, where, f"“{line.label}”：{read.guess}")
                values.append(read.value)
            self._keep(section, line, values, where)

    def _keep(self, section: Section, line: Line, values: list[Value], where: str) -> None:
        key = (section.key, line.keys)
        before = self.entries.values.get(key)
        if before is None:
            self.entries.values[key] = values
        elif before != values:
            shown = "、".join(str(value) for value in values)
            self._say(LEFT_OUT, where, f"“{line.label}”出现了两次，第二次的数字：{shown}")

    def _reworded(self, cells: Sequence[Cell], label: Label, quality: Match) -> None:
        said = "".join(cell.text for cell in cells).replace("\n", "")
        if _differs(said, label, self):
            rule = GUESSED if quality is Match.CLOSE else REWORDED
            self._say(rule, cells[0].where, f"“{said}”按“{label.wordings[0]}”导入")

    def _leave(self, row: Sequence[Cell]) -> None:
        """A row that says nothing of its own is a heading of the form; any other is left out."""
        for cell in row:
            if label := self._aliases.get(plain(cell.text)):
                self._say(REWORDED, cell.where, f"“{cell.text}”按“{label}”导入")
        strange = [cell for cell in row if cell.text.strip() and not self.is_wording(cell.text)]
        for cell in strange:
            phrase = max(self.phrases, key=lambda text: match(cell.text, [text]), default="")
            if phrase and match(cell.text, [phrase]) is not Match.NONE:
                self._say(REWORDED, cell.where, f"“{cell.text}”按“{phrase}”导入")
            else:
                shown = " | ".join(other.text.replace("\n", " ") for other in row)
                self._say(LEFT_OUT, cell.where, f"没有识别的行：{shown}")
                return

    def _say(self, rule: object, where: str, message: str) -> None:
        self.entries.remarks.append(Remark(rule, where, message.replace("\n", " ")))  # type: ignore[arg-type]


def listed_rows(grid: Grid, table: Table) -> list[Mapping[str, Value]]:
    """The rows of a table that an office lists itself: label, unit, number; [] for another grid."""
    heads = [core(text) for text in (*table.blocks[0].stub, *_node_texts(table.blocks[0].columns))]
    start = next(
        (
            number + 1
            for number, row in enumerate(grid.rows)
            if sum(core(cell.text) in heads for cell in row) >= len(heads) - 1
        ),
        None,
    )
    if start is None:
        return []
    block = table.blocks[0]
    number_cell = TableCell("", None, block.column_leaves[0], block)
    made: list[Mapping[str, Value]] = []
    for row in grid.rows[start:]:
        texts = [cell.text.replace("\n", "") for cell in row]
        if not any(texts):
            continue
        label, unit, number = (*texts, "", "", "")[:3]
        entry: dict[str, Value] = {"label": label}
        if unit:
            entry["unit"] = unit
        if number:
            entry["value"] = figure(number, number_cell).value
        if plain(label).startswith("其中"):
            entry["depth"] = 1
        made.append(entry)
    return made


def _wordings(line: Line) -> tuple[str, ...]:
    row = line.cells[0].row
    return (line.label, *(row.node.aliases if row else ()))


def _key(label: Label) -> tuple[str, tuple[str, ...]]:
    return label.section.key, label.line.keys


def _phrases(table: Table | None) -> Iterator[str]:
    for block in table.blocks if table else ():
        yield from (block.heading, *block.stub, *_node_texts(block.columns))
        yield from _groups(block.rows)


def _all_nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all_nodes(node.children)


def _node_texts(nodes: Iterable[Node]) -> Iterator[str]:
    return (text for node in _all_nodes(nodes) for text in (node.label, *node.aliases))


def _groups(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if node.children:
            yield from (node.label, *node.aliases)
            yield from _groups(node.children)


def _trimmed(row: Sequence[Cell]) -> Iterator[Sequence[Cell]]:
    """A row as it is, and without a blank cell at its ends."""
    yield row
    if row and not row[0].text.strip():
        yield row[1:]
    if row and not row[-1].text.strip():
        yield row[:-1]


def _where(row: Sequence[Cell], grid: Grid) -> str:
    return row[0].where if row else grid.where


def _differs(said: str, label: Label, reader: Reader) -> bool:
    """Whether a label is more than the form's wording in other widths, with its groups before."""
    rest = plain(said)
    for text in (*label.wordings[:1], *reader.phrases):
        if text:
            rest = rest.replace(plain(text), "", 1)
    return bool(rest.strip(f"{NUMERALS}/"))
