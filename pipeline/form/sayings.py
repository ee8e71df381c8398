"""What reports say in prose of the cells of the tables: layouts/sayings.toml.

One list serves every form: a saying whose cells a form does not have says nothing there.
"""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import FileProblem

FILE = "sayings.toml"
NUMBER, GAP = "N", "…"
"""In the words of a saying: where the number stands, and a few characters of any kind."""
COUNTS = ("件", "份", "宗", "起", "次", "个", "例", "项", "条")


class Saying(BaseModel):
    """Wordings that speak of one cell, or of the sum of several.

    `of` are their paths, as references have them, or the path of a group: its totals then.
    Without `of`, the words speak of something else, and a number beside them is not a cell's.
    The number follows the words, or stands where they have an N. `context`: one of these stands in
    the paragraph or its heading; `unless`: none of these in the sentence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: tuple[str, ...] = ()
    words: tuple[str, ...] = Field(min_length=1)
    measures: tuple[str, ...] = COUNTS
    context: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sayings: tuple[Saying, ...] = ()


def load(layouts: Path) -> tuple[Saying, ...]:
    """The sayings of a layouts folder; none where it has no such file.

    Raises:
        FileProblem: the file cannot be read, or is not well-formed.
    """
    path = layouts / FILE
    if not path.is_file():
        return ()
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).sayings
    except OSError as error:
        raise FileProblem(f"文件无法读取：{path}（{error.strerror}）。") from error
    except (ValueError, ValidationError) as error:
        raise FileProblem(f"文件有误：{path}（{error}）。", "请恢复原来的文件。") from error
