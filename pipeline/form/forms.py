"""A form is data: the sections, tables, keys and relations that a notice prescribes.

`layouts/<form>/form.toml` is read into these models; nothing else in the package knows a table or
a section by name.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from pipeline.errors import FileProblem, UsageError
from pipeline.form.blocks import Table
from pipeline.form.trees import Key, Model, tell_apart

RESERVED = frozenset({"text", "before", "after", "parts", "heading", "rows"})
"""Keys of a section's prose in a content file; no part or row may use them."""
HEAD = frozenset(
    {
        "year",
        "form",
        "title",
        "date",
        "sample",
        "agency",
        "preface",
        "accepted",
        "approvals",
        "sections",
    }
)
"""Keys at the top of a content file; no section may use them."""
TITLE_FIELD = re.compile(r"\{(agency|year)\}")
"""What is filled in in a word of the title."""


def _title_word(word: str) -> str:
    if not word.strip():
        raise ValueError("不能有空的词")
    if re.search(r"[{}]", TITLE_FIELD.sub("", word)):
        raise ValueError(f"花括号只能用于 {{agency}} 和 {{year}}：{word}")
    return word


TitleWord = Annotated[str, AfterValidator(_title_word)]


class Part(Model):
    """A prescribed part of a section, such as （一）主动公开."""

    key: Key
    heading: str


class Section(Model):
    """A section of the report: its heading, prescribed parts, and perhaps a table.

    An `annex` stands behind the signature, on a page of its own (GB/T 9704-2012, 7.3.4, 7.4). One
    that is `substantial` must say something.
    """

    key: Key
    heading: str
    aliases: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    table: Table | None = None
    annex: bool = False
    substantial: bool = False

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        blocks = self.table.blocks if self.table else ()
        own = self.table is not None and self.table.own_rows
        roots = set() if own else {key[0] for block in blocks for key in block.line_keys}
        keys = [*(part.key for part in self.parts), *sorted(roots)]
        tell_apart([(key,) for key in keys], RESERVED)
        return self


class Deadline(Model):
    """The last day, in the year after the report's, on which a report is due.

    For offices whose names end in one of `agencies`; for all others where that is empty.
    """

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    agencies: tuple[str, ...] = ()


class Form(Model):
    """One generation of the official form.

    Of `deadlines`, the first that fits an office counts.

    With `own_sections`, the office's own sections come first, then those of the form.
    """

    name: str
    file: str
    title: str
    notice: str = ""
    from_year: int
    to_year: int | None = None
    report_title: tuple[TitleWord, ...] = Field(min_length=1)
    sections: tuple[Section, ...] = ()
    own_sections: bool = False
    deadlines: tuple[Deadline, ...] = ()

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        if not (self.sections or self.own_sections):
            raise ValueError("没有 sections；各部分由机关自定的，请写 own_sections = true")
        tell_apart([(section.key,) for section in self.sections], HEAD)
        return self

    def __hash__(self) -> int:
        """Of the file alone, which is quick: forms are looked up often."""
        return hash(self.file)

    def covers(self, year: int) -> bool:
        """Whether reports for `year` are due in this form."""
        return self.from_year <= year <= (self.to_year or year)


def load(path: Path) -> Form:
    """The form of a `form.toml`; its folder gives the name.

    Raises:
        FileProblem: the file cannot be read, or is not a well-formed form.
    """
    try:
        return Form.model_validate(
            {
                "name": path.parent.name,
                "file": str(path),
                **tomllib.loads(path.read_text(encoding="utf-8")),
            }
        )
    except OSError as error:
        raise FileProblem(f"格式文件无法读取：{path}（{error.strerror}）。") from error
    except ValidationError as error:
        wrong = "；".join(_problems(error))
        raise FileProblem(
            f"格式文件有误：{path}（{wrong}）。", "请按 docs/ 中的说明修改。"
        ) from error
    except ValueError as error:
        raise FileProblem(f"格式文件有误：{path}（{error}）。") from error


def load_all(layouts: Path) -> tuple[Form, ...]:
    """Every form of the layouts folder, by name."""
    return tuple(load(path) for path in sorted(layouts.glob("*/form.toml")))


def choose(forms: tuple[Form, ...], year: int, name: str | None = None) -> Form:
    """The form named, or the one that covers `year`: of several, the one that began last.

    Raises:
        UsageError: there is none.
    """
    fitting = [form for form in forms if form.name == name or (name is None and form.covers(year))]
    if fitting:
        return max(fitting, key=lambda form: form.from_year)
    known = "、".join(form.name for form in forms) or "无"
    wanted = f"名为“{name}”的" if name else f"{year} 年适用的"
    raise UsageError(f"没有{wanted}格式。", f"现有格式：{known}。")


def _problems(error: ValidationError) -> Iterator[str]:
    """What is wrong and where; not that a list is short because something in it is wrong."""
    places = [item["loc"] for item in error.errors()]
    for item in error.errors():
        place = item["loc"]
        inside = any(len(p) > len(place) and p[: len(place)] == place for p in places)
        if not inside:
            message = item["msg"].removeprefix("Value error, ")
            yield f"{'.'.join(map(str, place))}：{message}".removeprefix("：")
