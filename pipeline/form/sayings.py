"""What reports say in prose of the cells of the tables: layouts/sayings.toml.

One list serves every form: a saying whose cells a form does not have says nothing there.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import FileProblem

FILE = "sayings.toml"
NUMBER, GAP, START = "N", "…", "^"
"""In words: where the number stands; a few characters of any kind; that the clause begins here."""
COUNTS = ("件", "份", "宗", "起", "次", "个", "例", "项", "条", "件次")
_CLASS = re.compile(r"\{([^{}]*)\}")
_MOST = 2000
"""Wordings that one line may stand for."""


class Saying(BaseModel):
    """Wordings that speak of one cell, or of the sum of several.

    `of` are their paths, as references have them, or the path of a group: its totals then.
    Without `of`, the words speak of something else, and a number beside them is not a cell's;
    `topic` is what the words after them then speak of. The number follows the words, or stands
    where they have an N. `after`: what was spoken of last stands under one of these paths.
    `context`: one of these words stands in the paragraph or its heading; `unless`: none of these
    in the sentence. `whole`: 收到3件，均予以公开 speaks of 3.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    of: tuple[str, ...] = ()
    words: tuple[str, ...] = Field(min_length=1)
    measures: tuple[str, ...] = COUNTS
    topic: str = ""
    after: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    whole: bool = True

    @property
    def about(self) -> tuple[str, ...]:
        """The paths of what the words speak of."""
        return self.of or ((self.topic,) if self.topic else ())


class _Field(BaseModel):
    """What every saying of the cells under a path needs, or must not have."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    under: str
    context: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)

    classes: dict[str, tuple[str, ...]] = {}
    fields: tuple[_Field, ...] = ()
    sayings: tuple[Saying, ...] = ()

    def complete(self) -> Iterator[Saying]:
        """The sayings with every wording written out, and with what their fields add."""
        for saying in self.sayings:
            fields = [f for f in self.fields if all(within(name, f.under) for name in saying.of)]
            fields = fields if saying.of else []
            words = dict.fromkeys(w for text in saying.words for w in _spelt(text, self.classes))
            yield saying.model_copy(
                update={
                    "words": tuple(words),
                    "context": saying.context or tuple(w for f in fields for w in f.context),
                    "unless": saying.unless + tuple(w for f in fields for w in f.unless),
                }
            )


def within(name: str, wider: str) -> bool:
    """Whether a path is another one, or stands under it."""
    return name == wider or name.startswith(f"{wider}.")


def load(layouts: Path) -> tuple[Saying, ...]:
    """The sayings of a layouts folder; none where it has no such file.

    Raises:
        FileProblem: the file cannot be read, or is not well-formed.
    """
    path = layouts / FILE
    if not path.is_file():
        return ()
    try:
        file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        return tuple(file.complete())
    except OSError as error:
        raise FileProblem(f"文件无法读取：{path}（{error.strerror}）。") from error
    except (ValueError, ValidationError) as error:
        raise FileProblem(f"文件有误：{path}（{error}）。", "请恢复原来的文件。") from error


def _spelt(words: str, classes: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Words with each {class} replaced by each of its members; members hold no classes.

    Raises:
        ValueError: there is no such class, or there are too many wordings.
    """
    made = [""]
    for index, piece in enumerate(_CLASS.split(words)):
        if index % 2 and piece not in classes:
            raise ValueError(f"没有名为 {{{piece}}} 的一类词：{words}")
        made = [text + word for text in made for word in (classes[piece] if index % 2 else [piece])]
        if len(made) > _MOST:
            raise ValueError(f"说法太多：{words}")
    return made
