"""Grids of a published report → what stands in the lines of the form's tables.

A row is known by its label, wherever its table stands and however it is cut. Its cells follow in
the order of the form, or under the headings of the grid where these say another one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.findings import Rule
from pipeline.form.blocks import Block
from pipeline.form.forms import Form, Section
from pipeline.form.tables import Line, Value
from pipeline.form.wording import Match, core, plain
from pipeline.transcription.figures import figure, is_number, looks_like_value
from pipeline.transcription.headings import Under, arranged, named
from pipeline.transcription.labels import Key, Label, Labels
from pipeline.transcription.lattice import Placed, Row, lattice
from pipeline.transcription.manuscript import Grid
from pipeline.transcription.remarks import GUESSED, LEFT_OUT, REWORDED, Remark

_LABEL_CELLS = 5
"""A label stands in one of the first cells of a row."""


@dataclass
class Entries:
    """What was read: the values of lines; and what there is to say."""

    values: dict[Key, list[Value]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


class Reader:
    """Reads grids by one form; keeps what it has read in `entries`."""

    def __init__(self, form: Form, labels: Labels | None = None) -> None:
        self.form = form
        self.labels = labels or Labels(form)
        self.entries = Entries()
        self._heads: list[Placed] = []
        self._named: dict[int, list[Under]] = {}

    def headings(self, grids: Iterable[Grid]) -> int:
        """How many different headings of the form's tables stand in `grids`."""
        texts = {plain(cell.text) for grid in grids for row in grid.rows for cell in row}
        return len({plain(phrase) for phrase in self.labels.phrases if phrase} & texts)

    def read(self, grid: Grid) -> set[str]:
        """Read a grid; the keys of the sections whose tables it holds."""
        seen: set[str] = set()
        rowless = self._rowless_in(grid)
        open_heads = False
        self._head([], more=False)
        for row in lattice(grid):
            own = [cell for cell in row if not cell.above]
            if found := self._labelled(own):
                label, at, quality = found
                self._fill(label, row, own[at + 1 :], own[at])
                self._reworded(own[: at + 1], label, quality)
                seen.add(label.section.key)
            elif section := self._unlabelled(own, row, rowless):
                seen.add(section.key)
            else:
                self._leave(own)
                if any(self.labels.says_phrase(cell.text) for cell in own):
                    self._head(own, more=open_heads)
                    open_heads = True
                continue
            open_heads = False
        return seen

    def _head(self, row: Row, *, more: bool) -> None:
        """Take a row of headings: one more above the same rows, or the first above others."""
        self._heads = [*self._heads, *row] if more else list(row)
        self._named = {}

    def _under(self, block: Block) -> list[Under]:
        """The columns of a block that the headings above name."""
        if id(block) not in self._named:
            self._named[id(block)] = named(self._heads, block.column_leaves)
        return self._named[id(block)]

    def _labelled(self, row: Row) -> tuple[Label, int, Match] | None:
        """The line whose label a row bears, the last cell of the label, and how well it fits."""
        texts = [each.text for each in row]
        best: tuple[Label, int, Match] | None = None
        for at in range(min(_LABEL_CELLS, len(row))):
            if is_number(texts[at]):
                break
            tail = texts[at + 1 :]
            if not texts[at].strip():
                continue
            if not tail or not looks_like_value(tail[0]):
                continue
            if any(self.labels.says_phrase(text) for text in tail):
                continue
            for said in (texts[at], (texts[at].split() or [""])[-1], "".join(texts[: at + 1])):
                found = self.labels.row(said, self.entries.values)
                if found and not any(text.strip() for text in tail):
                    # Blanks alone are a row only where all of its cells are there.
                    found = found if len(tail) >= len(found[0].line.entered) else None
                if found and (best is None or found[1] >= best[2]):
                    best = (found[0], at, found[1])
        return best

    def _rowless_in(self, grid: Grid) -> list[tuple[Section, Block]]:
        """The blocks without rows, the one whose column headings a grid shows first."""
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
        self, own: Row, row: Row, blocks: Iterable[tuple[Section, Block]]
    ) -> Section | None:
        """The section whose table without rows takes a row of nothing but values."""
        if not all(
            looks_like_value(each.text) and not self.labels.says_phrase(each.text) for each in own
        ):
            return None
        for section, block in blocks:
            if self._below_headings(section, block, own, row):
                return section
        for cells in _trimmed(own):
            for section, _block in blocks:
                if some := self._fitting(section, cells):
                    texts = [each.text for each in cells]
                    self._enter(section, some, self._fitted(texts, some, own[0]), own[0].cell.where)
                    return section
        return None

    def _below_headings(self, section: Section, block: Block, own: Row, row: Row) -> bool:
        """Enter a row without a label into the lines whose columns the headings above name."""
        heads, columns = self._under(block), block.column_leaves
        there = {columns[under.column].path for under in heads}
        taken = [
            line
            for line in self._left(section)
            if there.issuperset(cell.column.path for cell in line.entered)
        ]
        above = [each for each in row if each.above]
        found = arranged(own, above, heads, len(columns)) if taken else None
        if not found or not any(is_number(each.text) for each in own):
            return False
        keys = {cell.column.path for line in taken for cell in line.cells}
        wanted = [at for at, leaf in enumerate(columns) if leaf.path in keys]
        self._told(found.extra, "、".join(line.label for line in taken))
        self._enter(section, taken, found.texts(columns, wanted), own[0].cell.where)
        return True

    def _left(self, section: Section) -> list[Line]:
        """The lines without labels that are still to be read."""
        return [
            line
            for line in self.labels.bare[section.key]
            if (section.key, line.keys) not in self.entries.values
        ]

    def _fitting(self, section: Section, row: Row) -> list[Line]:
        """The lines without labels that a row has the cells for."""
        left = self._left(section)
        numbers = any(is_number(each.text) for each in row)
        for count in range(len(left), 0, -1):
            taken = left[:count]
            whole = sum(len(line.cells) for line in taken)
            entered = sum(len(line.entered) for line in taken)
            if len(row) in {whole, entered} and (numbers or count == len(left)):
                return taken
        return []

    def _fill(self, label: Label, row: Row, cells: Row, last: Placed) -> None:
        """Enter the cells of a row that bears a label: `cells` stand behind `last`, its end."""
        line, where = label.line, last.cell.where
        cells = list(cells)
        while cells and not looks_like_value(cells[-1].text):
            self._say(LEFT_OUT, where, f"“{line.label}”行末的文字：{cells.pop().text}")
        above = [each for each in row if each.above and each.start >= last.end]
        block = line.cells[0].block
        found = arranged(cells, above, self._under(block), len(line.cells))
        if not found:
            texts = self._fitted([each.text for each in cells], [line], last)
            self._enter(label.section, [line], texts, where)
            return
        self._told(found.extra, line.label)
        lacking = [
            cell.column.node.label
            for cell, there in zip(line.cells, found.cells, strict=True)
            if there is None and not cell.column.node.sum
        ]
        if lacking:
            names = "、".join(lacking)
            self._say(GUESSED, where, f"“{line.label}”没有自己的“{names}”格，留空")
        if not found.in_order:
            self._say(GUESSED, where, f"“{line.label}”各格的次序与规定的不同，按栏目名称填")
        columns = block.column_leaves
        texts = found.texts(columns, range(len(columns)))
        self._enter(label.section, [line], texts, where)

    def _told(self, extra: Row, name: str) -> None:
        for each in extra:
            self._say(LEFT_OUT, each.cell.where, f"“{name}”多出的格：{each.text}")

    def _fitted(self, texts: list[str], taken: Sequence[Line], last: Placed) -> list[str]:
        """As many texts as the lines `taken` have cells, or entered cells, from left to right."""
        where, name = last.cell.where, "、".join(line.label for line in taken)
        whole = sum(len(line.cells) for line in taken)
        entered = sum(len(line.entered) for line in taken)
        while len(texts) > whole and not texts[-1].strip():
            texts.pop()
        if len(texts) > whole and len([text for text in texts if text.strip()]) == whole:
            self._say(GUESSED, where, f"“{name}”有 {len(texts)} 格，去掉了其中的空格")
            texts = [text for text in texts if text.strip()]
        wanted = entered if len(texts) == entered else whole
        if len(texts) > wanted:
            extra = "、".join(texts[wanted:])
            self._say(LEFT_OUT, where, f"“{name}”多出的格：{extra}")
        elif len(texts) < wanted:
            self._say(GUESSED, where, f"“{name}”只有 {len(texts)} 格，从左到右填，其余留空")
        return [*texts[:wanted], *[""] * (wanted - len(texts))]

    def _enter(
        self, section: Section, taken: Sequence[Line], texts: Sequence[str], where: str
    ) -> None:
        """The texts as the values of the lines `taken`: of all their cells, or the entered ones."""
        whole = len(texts) == sum(len(line.cells) for line in taken)
        left = iter(texts)
        for line in taken:
            values = []
            for cell in line.cells if whole else line.entered:
                read = figure(next(left), cell)
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

    def _reworded(self, cells: Row, label: Label, quality: Match) -> None:
        said = "".join(each.text for each in cells).replace("\n", "")
        if self.labels.is_reworded(said, label):
            rule = GUESSED if quality is Match.CLOSE else REWORDED
            self._say(rule, cells[0].cell.where, f"“{said}”按“{label.wordings[0]}”导入")

    def _leave(self, row: Row) -> None:
        """A row that says nothing of its own is a heading of the form; any other is left out."""
        for each in row:
            if label := self.labels.aliases.get(plain(each.text)):
                self._say(REWORDED, each.cell.where, f"“{each.text}”按“{label}”导入")
        for each in row:
            if not each.text.strip() or self.labels.is_wording(each.text):
                continue
            if phrase := self.labels.phrase(each.text):
                self._say(REWORDED, each.cell.where, f"“{each.text}”按“{phrase}”导入")
            else:
                shown = " | ".join(other.text.replace("\n", " ") for other in row)
                self._say(LEFT_OUT, each.cell.where, f"没有识别的行：{shown}")
                return

    def _say(self, rule: Rule, where: str, message: str) -> None:
        self.entries.remarks.append(Remark(rule, where, message.replace("\n", " ")))


def _trimmed(row: Row) -> Iterator[Row]:
    """A row as it is, and without a blank cell at its ends."""
    yield row
    if row and not row[0].text.strip():
        yield row[1:]
    if row and not row[-1].text.strip():
        yield row[:-1]
