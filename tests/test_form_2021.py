"""The three tables of the 2021 form, read back from the PDF against the official form by hand."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from conftest import MM, Workshop
from grid_reader import Grid, ReadCell, crowded, page_lines, read_grids
from official import (
    APPLICATIONS_ROWS,
    DISCLOSURE_CELLS,
    DISCLOSURE_LABELS,
    REVIEWS_LABELS,
    applications_places,
)

from pipeline.errors import ContentError
from pipeline.rules import printing

GAP = 0.3 * MM
"""White that must stay between text and rules."""
HEADINGS = (
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
)
TOTAL_ROW, CARRIED_OVER_ROW = 23, 24


def rows_of(applications: dict[str, Any]) -> list[list[int]]:
    """The arrays of a content's table 三 in the order in which they stand in it."""
    found = []
    for value in applications.values():
        if isinstance(value, dict):
            found += rows_of(value)
        elif isinstance(value, list):
            found.append(value)
    return found


def applications_values(applications: dict[str, Any]) -> list[list[str]]:
    """The 25 rows of table 三 as they must be printed, with totals added up here."""
    entered = rows_of(applications)
    totals = [sum(column) for column in zip(*entered[2:-1], strict=True)]
    rows = [*entered[:-1], totals, entered[-1]]
    return [[*map(str, row), str(sum(row))] for row in rows]


def reviews_values(reviews: dict[str, Any]) -> list[str]:
    """The 15 numbers of table 四, with totals."""
    return [str(n) for row in rows_of(reviews) for n in (*row, sum(row))]


def disclosure_values(disclosure: dict[str, Any]) -> list[str]:
    """The ten numbers of table 二."""
    values = []
    for value in disclosure.values():
        values += value if isinstance(value, list) else [value]
    return [str(value) for value in values]


def fill(table: dict[str, Any], numbers: Iterator[Any]) -> dict[str, Any]:
    """A table's content with other numbers in every cell."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        return [next(numbers) for _ in value] if isinstance(value, list) else next(numbers)

    return {key: filled(value) for key, value in table.items()}


def balanced(applications: dict[str, Any]) -> dict[str, Any]:
    """The same with as much carried over as the printed relation demands."""
    entered = rows_of(applications)
    results = [sum(column) for column in zip(*entered[2:-1], strict=True)]
    over = applications["carried_over"]
    received = [total - (total - 7) // 3 + rest for total, rest in zip(results, over, strict=True)]
    carried = [(total - 7) // 3 for total in results]
    return {**applications, "received": received, "carried_in": carried}


def numbered(blank: dict[str, Any], low: int, high: int, seed: int) -> dict[str, Any]:
    """A report with other numbers in every cell of every table."""
    chance = random.Random(seed)  # noqa: S311
    numbers = iter(chance.sample(range(low, high), 400))
    return {
        **blank,
        "disclosure": fill(blank["disclosure"], numbers),
        "applications": balanced(fill(blank["applications"], numbers)),
        "reviews": fill(blank["reviews"], numbers),
    }


class Read:
    """A built report with its tables."""

    def __init__(self, path: Path, content: dict[str, Any]) -> None:
        self.path, self.content = path, content
        with pdfplumber.open(path) as pdf:
            self.grids = read_grids(pdf)
            self.lines = {page.page_number: page_lines(page) for page in pdf.pages}

    def expect(self) -> None:
        """The three official tables with the content's numbers, and nothing else."""
        disclosure, applications, reviews = self.grids
        assert disclosure.places == DISCLOSURE_LABELS | {
            (row, column, 1, span, value)
            for (row, column, span), value in zip(
                DISCLOSURE_CELLS, disclosure_values(self.content["disclosure"]), strict=True
            )
        }
        assert applications.places == applications_places(
            applications_values(self.content["applications"])
        )
        assert reviews.places == REVIEWS_LABELS | {
            (3, column, 1, 1, value)
            for column, value in enumerate(reviews_values(self.content["reviews"]))
        }


def numbers_of(grid: Grid) -> list[ReadCell]:
    """The cells of a grid that hold nothing but a number."""
    return [cell for cell in grid.cells if cell.text.replace(".", "", 1).isdigit()]


def sizes(cells: Sequence[ReadCell]) -> set[float]:
    """The sizes of type in cells."""
    return {round(char["size"], 1) for cell in cells for char in cell.chars}


@pytest.fixture(scope="session")
def seed(seed_pdf: Path, seed_content: dict[str, Any]) -> Read:
    """The seed's report."""
    return Read(seed_pdf, seed_content)


@pytest.fixture(scope="session")
def distinct(workshop: Workshop) -> Read:
    """A report in which no two cells hold the same number."""
    content = numbered(workshop.blank(), 10, 999, seed=4)
    return Read(workshop.build(content), content)


@pytest.fixture(scope="session")
def large(workshop: Workshop) -> Read:
    """Eight digits in every cell of 二 and 三, seven in 四, a fee with four decimals."""
    content = numbered(workshop.blank(), 450_000, 475_000, seed=6)
    chance = random.Random(2)  # noqa: S311
    eight = iter(chance.sample(range(10**7, 10**8), 20))
    content["disclosure"] = {**fill(content["disclosure"], eight), "fees": 59237.2449}
    applications = content["applications"]
    for column in range(6):
        rest = 10**7 + column
        applications["carried_over"][column] = rest
        applications["received"][column] = (
            sum(row[column] for row in rows_of(applications)[2:-1])
            + rest
            - applications["carried_in"][column]
        )
    seven = iter(chance.sample(range(10**6, 2_400_000), 20))
    content["reviews"] = fill(content["reviews"], seven)
    return Read(workshop.build(content), content)


def test_seed_gives_the_official_tables(seed: Read) -> None:
    """The seed's three tables hold every official header, label and span, and its numbers."""
    seed.expect()


def test_every_number_stands_in_its_own_cell(distinct: Read) -> None:
    """With another number in each of 200 cells, totals included, all stand where they belong."""
    distinct.expect()
    printed = [cell.text for grid in distinct.grids for cell in numbers_of(grid)]
    assert len(printed) == 10 + 175 + 15
    assert len({*printed}) > 195, "too many equal numbers to prove anything"


@pytest.mark.parametrize("report", ["seed", "distinct", "large"])
def test_rules_meet_and_stay_in_the_type_area(report: str, request: pytest.FixtureRequest) -> None:
    """Every rule ends on another one, and each frame is as wide as the type area."""
    read = request.getfixturevalue(report)
    for grid in read.grids:
        left = 28.0 if grid.page % 2 else 26.0
        assert grid.loose_ends() == []
        assert grid.box[0] / MM == pytest.approx(left, abs=0.2)
        assert grid.box[2] / MM == pytest.approx(left + 156, abs=0.2)
        assert grid.box[1] / MM >= 37 - 0.2
        assert grid.box[3] / MM <= 37 + 225 + 0.2


@pytest.mark.parametrize("report", ["seed", "distinct", "large"])
def test_no_text_comes_near_a_rule(report: str, request: pytest.FixtureRequest) -> None:
    """Ink of the texts stays 0.3 mm from every rule, measured in the rendered page."""
    read = request.getfixturevalue(report)
    assert crowded(read.path, read.grids, GAP) == []
    for grid in read.grids:
        for cell in numbers_of(grid):
            assert min(char["x0"] for char in cell.chars) - cell.box[0] >= GAP
            assert cell.box[2] - max(char["x1"] for char in cell.chars) >= GAP


def test_crowding_would_be_seen(seed: Read) -> None:
    """The measurement sees ink: at 1 mm, it does find texts near rules."""
    assert "自然人" in crowded(seed.path, seed.grids, 1.0 * MM)


def test_the_frame_is_heavier_than_the_rules_inside(seed: Read) -> None:
    """1 bp around, 0.5 bp inside."""
    for grid in seed.grids:
        for rule in grid.rules:
            edge = rule.at in (grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1])
            assert rule.weight == pytest.approx(1.0 if edge else 0.5, abs=0.02)


def test_table_three_stands_whole_under_its_heading(seed: Read) -> None:
    """All 28 rows on one page, with nothing between the heading and the table."""
    grid = seed.grids[1]
    assert grid.rows == 28
    above = [text for y, text in seed.lines[grid.page] if y < grid.box[1]]
    assert above[-1] == HEADINGS[1]


@pytest.mark.parametrize("report", ["seed", "distinct", "large"])
def test_every_table_stands_equally_near_its_heading(
    report: str, request: pytest.FixtureRequest
) -> None:
    """From the foot of the heading's characters to the frame: one gap between lines, 4.8 mm."""
    read = request.getfixturevalue(report)
    gaps = []
    for grid, heading in zip(read.grids, HEADINGS, strict=True):
        baseline, text = [line for line in read.lines[grid.page] if line[0] < grid.box[1]][-1]
        assert text == heading
        gaps.append(grid.box[1] - (baseline + 0.12 * 16))
    assert gaps == pytest.approx([13.61] * 3, abs=0.1)


@pytest.mark.parametrize("report", ["seed", "large"])
def test_text_below_a_table_keeps_the_same_distance(
    report: str, request: pytest.FixtureRequest
) -> None:
    """Below a table, one gap between lines stays free before the text goes on."""
    read = request.getfixturevalue(report)
    grid = read.grids[2]
    baseline, text = next(line for line in read.lines[grid.page] if line[0] > grid.box[3])
    assert text.startswith("五、")
    assert baseline - 0.88 * 16 - grid.box[3] == pytest.approx(13.61, abs=0.1)


def test_words_of_headings_stay_whole(seed: Read) -> None:
    """自然人 stands on one line; longer headings break between words of two characters."""
    heads = {cell.text: cell.lines for cell in seed.grids[1].cells if cell.row < 3}
    assert heads["自然人"] == ("自然人",)
    assert heads["商业企业"] == ("商业", "企业")
    assert heads["社会公益组织"] == ("社会", "公益", "组织")
    assert heads["法律服务机构"] == ("法律", "服务", "机构")
    corner = next(lines for text, lines in heads.items() if text.startswith("（本列"))
    assert corner == (
        "（本列数据的勾稽关系为：",
        "第一项加第二项之和，",
        "等于第三项加第四项之和）",
    )


def test_narrow_labels_are_centred_by_eye(seed: Read) -> None:
    """Brackets and hanging marks do not push the characters of a narrow label off its middle."""
    upright = next(c for c in seed.grids[1].cells if c.text == "三、本年度办理结果")
    assert upright.lines == ("三、", *"本年度办理结果")
    middle = (upright.box[0] + upright.box[2]) / 2
    for char in upright.chars:
        if char["text"] != "、":
            assert (char["x0"] + char["x1"]) / 2 == pytest.approx(middle, abs=0.3)
    group = next(c for c in seed.grids[1].cells if c.text == "（三）不予公开")
    assert group.lines == ("（三）", "不予", "公开")
    for char in group.chars:
        if char["text"] == "三":
            middle = (group.box[0] + group.box[2]) / 2
            assert (char["x0"] + char["x1"]) / 2 == pytest.approx(middle, abs=0.3)


def test_texts_stand_in_the_middle_of_their_rows(seed: Read) -> None:
    """As much white above as below, measured by the characters' boxes, in every cell."""
    for grid in seed.grids:
        for cell in grid.cells:
            first = max(char["matrix"][5] for char in cell.chars)
            last = min(char["matrix"][5] for char in cell.chars)
            size = cell.chars[0]["size"]
            middle = (first + 0.88 * size + last - 0.12 * size) / 2
            page_middle = 297 * MM - (cell.box[1] + cell.box[3]) / 2
            assert middle == pytest.approx(page_middle, abs=0.3), cell.text


def test_large_numbers_fit(large: Read) -> None:
    """Eight digits in 二 and 三, seven in 四: whole, in one line, 6.5 bp or larger, all alike."""
    large.expect()
    for grid in large.grids:
        numbers = numbers_of(grid)
        assert all(len(cell.lines) == 1 for cell in numbers)
        assert len(sizes(numbers)) == 1
        assert min(sizes(numbers)) >= 6.5
    assert max(len(cell.text) for cell in numbers_of(large.grids[1])) >= 8
    assert {"59237.2449"} <= {cell.text for cell in numbers_of(large.grids[0])}
    assert sizes(numbers_of(large.grids[0])) == {10.5}


def test_all_eight_digits_keep_table_three_on_its_page(large: Read) -> None:
    """Columns that grow for their numbers do not push the table over its page."""
    assert large.grids[1].rows == 28
    assert len(large.grids) == 3


@pytest.fixture(scope="session")
def odd(workshop: Workshop) -> Read:
    """One cell of eight digits among zeros, and texts in cells."""
    content = workshop.blank()
    content["disclosure"]["rules"] = ["不适用", "/", ""]
    content["disclosure"]["fees"] = "160.5964万元"
    content["applications"]["received"][2] = 12345678
    content["applications"]["carried_over"][2] = 12345678
    content["reviews"]["reconsideration"] = ["不适用", "/", "", "160.5964万元"]
    content["accepted"] = [{"code": "NB308", "reason": "照录。"}]
    return Read(workshop.build(content), content)


def test_one_large_number_fits(odd: Read) -> None:
    """One number of eight digits widens its own column; no heading loses its words by that."""
    grid = odd.grids[1]
    assert grid.at(3, 5).text == grid.at(3, 9).text == grid.at(27, 5).text == "12345678"
    assert min(sizes(numbers_of(grid))) >= 9
    assert grid.at(1, 3).lines == ("自然人",)
    assert grid.rows == 28
    assert crowded(odd.path, odd.grids, GAP) == []


def test_texts_and_blanks_print_as_such(odd: Read) -> None:
    """不适用, / and a text with a unit stand as written, a blank is empty, 0 prints 0."""
    first, _, last = odd.grids
    assert [first.at(2, column).text for column in (1, 2, 3)] == ["不适用", "/", ""]
    assert [first.at(3, column).text for column in (1, 2, 3)] == ["0", "0", "0"]
    assert first.at(13, 1).text == "160.5964万元"
    assert [last.at(3, column).text for column in range(6)] == [
        "不适用", "/", "", "160.5964万元", "", "0",
    ]  # fmt: skip
    assert last.at(3, 0).lines == ("不适用",)
    assert last.at(3, 3).lines == ("160.5964", "万元")


def test_a_number_that_cannot_fit_is_named(workshop: Workshop) -> None:
    """Too many digits end in a message that names the table, in Chinese, with a remedy."""
    eleven = workshop.blank()
    eleven["reviews"] = fill(eleven["reviews"], iter([10**10] * 15))
    twelve = workshop.blank()
    twelve["applications"]["received"] = [10**12 - 1] * 6
    twelve["applications"]["carried_over"] = [10**12 - 1] * 6
    for content, heading in ((eleven, HEADINGS[2]), (twelve, HEADINGS[1])):
        with pytest.raises(ContentError) as caught:
            workshop.build(content)
        found = next(f for f in caught.value.findings if f.rule is printing.TOO_WIDE)
        assert heading[2:] in found.message
        assert found.place.path.startswith(("reviews", "applications"))


def test_the_rows_by_hand_are_the_official_25() -> None:
    """The list that the tests compare with has the official number of rows and groups."""
    assert len(APPLICATIONS_ROWS) == 25
    assert sum(row[0].startswith("三、") for row in APPLICATIONS_ROWS) == 22
    assert APPLICATIONS_ROWS[TOTAL_ROW][-1] == "（七）总计"
    assert APPLICATIONS_ROWS[CARRIED_OVER_ROW] == ("四、结转下年度继续办理",)
