"""A TOML file as values and as positions: what it says, and where it says it."""

import codecs
import hashlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ContentError
from pipeline.files import load
from pipeline.findings import Finding, Place, Rule, Severity
from pipeline.tomlfile.positions import (
    MAX_DEPTH,
    KeyPath,
    Positions,
    dotted,
    first_too_deep,
    line_starts,
)

if TYPE_CHECKING:
    from pipeline.tomlfile.syntax import Mistake

MAX_BYTES = 2 * 1024 * 1024


def _rule(code: str, title: str, remedy: str, about: str) -> Rule:
    return Rule(code, Severity.ERROR, title, remedy, about=about)


NOT_UTF8 = _rule(
    "NB101",
    "不是 UTF-8 编码",
    "请用记事本等编辑器打开文件，另存为 UTF-8 编码。",
    "文件存成了 GBK、UTF-16 等编码，或者已经损坏。提示中写明第几个字节读不出来，看起来是什么编码。",
)
TOO_LARGE = _rule(
    "NB102",
    "文件太大",
    "内容文件不超过 2 MiB，请检查是不是放错了文件。",
    "超过 2 MiB 的文件不读。一份年报只有几万字节，多半是把别的文件改成了这个名字。",
)
SYNTAX = _rule(
    "NB103",
    "TOML 写法有误",
    "请按提示改正这一处，再检查一遍。",
    "键名、等号、逗号、括号和引号写得不合规定：用了全角符号，引号没有成对，同一个键写了两次，"
    "没有这一天的日期，等等。一次只能指出一处，改正后请再检查。",
)
TOO_DEEP = _rule(
    "NB104",
    "嵌套太深",
    "请检查是不是多写了左括号，或漏写了右括号。",
    "括号或点号嵌套超过 64 层。正常的年报只有几层。",
)
CONTROL = _rule(
    "NB105",
    "有看不见的控制字符",
    "请删去这个字符，重新输入前后的文字。",
    "多半是从网页或 Word 中复制文字时带来的。",
)
RULES = (NOT_UTF8, TOO_LARGE, SYNTAX, TOO_DEEP, CONTROL)

_PLUS = re.compile(r"\+[0-9]")
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")


class WordForKey(ContentError):
    """A Chinese word stands in the place of a key; `path` is where, the word at its end."""

    def __init__(self, error: ContentError, path: KeyPath) -> None:
        super().__init__(error.message, error.findings, error.hint)
        self.path = path


def read(path: Path, shown_as: str | None = None) -> "Source":
    """Read a TOML file; places and messages call it `shown_as`, or by its path."""
    file = shown_as or str(path)
    return parse(load(path, MAX_BYTES, file), file)


def parse(data: bytes, file: str) -> "Source":
    """Parse the bytes of a TOML file; a ContentError with one finding when they are not TOML."""
    if len(data) > MAX_BYTES:
        raise _error(TOO_LARGE, Place(file, 1, 1, ""), "文件超过 2 MiB，没有读取。")
    source = Source(file, _decode(data, file), {}, data)
    if bad := _CONTROL.search(source.text):
        message = f"这里有看不见的控制字符（U+{ord(bad[0]):04X}）。"
        raise _error(CONTROL, source.at(bad.start()), message)
    end = first_too_deep(source.text)
    try:
        values = tomllib.loads(source.text[:end], parse_float=Decimal)
    except (ValueError, ArithmeticError) as error:
        from pipeline.tomlfile import syntax  # noqa: PLC0415  # most files are well-formed

        offset = syntax.offset_of(source.text, str(error), end)
        if offset < end or end == len(source.text):
            mistake = syntax.explain(source.text, str(error), offset)
            raise _syntax_error(source, mistake) from None
    else:
        if end == len(source.text):
            return replace(source, values=_with_plus(values, source))
    raise _error(TOO_DEEP, source.at(end), f"括号或点号嵌套超过 {MAX_DEPTH} 层。")


@dataclass(frozen=True, eq=False)
class Source:
    """A TOML file: its text without a BOM, its values, decimals exact, and its bytes."""

    file: str
    text: str = field(repr=False)
    values: dict[str, Any] = field(repr=False)
    data: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    def place(self, path: Sequence[str | int]) -> Place:
        """Where the value at `path` starts, a table at its header; else its nearest parent."""
        return self._nearest(self._positions.values, path)

    def key_place(self, path: Sequence[str | int]) -> Place:
        """Where the key itself stands; an element of an array has only its value."""
        return self._nearest(self._positions.keys, path)

    def inside(self, path: Sequence[str | int], offset: int) -> Place:
        """Where the character at `offset` of the text at `path` stands, or where the text ends."""
        letters = self._positions.letters(tuple(path))
        if not letters:
            return self.place(path)
        return self.at(letters[max(0, min(offset, len(letters) - 1))], path)

    def at(self, offset: int, path: Sequence[str | int] = ()) -> Place:
        """The place of the character at `offset` of the file's text."""
        line = bisect_right(self.lines, offset)
        return Place(self.file, line, offset - self.lines[line - 1] + 1, dotted(path))

    def signed(self, path: KeyPath) -> bool:
        """Whether the value at `path` is written with a plus sign."""
        return self.text.startswith("+", self._positions.values.get(path, len(self.text)))

    @cached_property
    def lines(self) -> list[int]:
        """The offset at which each line of the text starts."""
        return line_starts(self.text)

    def _nearest(self, offsets: dict[KeyPath, int], path: Sequence[str | int]) -> Place:
        prefixes = (tuple(path[:length]) for length in range(len(path), -1, -1))
        return self.at(next(offsets[prefix] for prefix in prefixes if prefix in offsets), path)

    @cached_property
    def _positions(self) -> "Positions":
        return Positions(self.text)


class Plus(int):
    """A whole number written with a plus sign, which is printed as it was written."""

    def __str__(self) -> str:
        return f"+{int(self):d}"


def _with_plus(values: dict[str, Any], source: Source) -> dict[str, Any]:
    """The values with the plus signs of the text, which tomllib drops."""
    if not _PLUS.search(source.text):
        return values

    def kept(value: Any, path: KeyPath) -> Any:  # noqa: ANN401
        if isinstance(value, dict):
            return {key: kept(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [kept(inner, (*path, index)) for index, inner in enumerate(value)]
        signed = type(value) is int and source.signed(path)
        return Plus(value) if signed else value

    return {key: kept(value, (key,)) for key, value in values.items()}


def _decode(data: bytes, file: str) -> str:
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        good, number = body[: error.start].decode(), len(data) - len(body) + error.start
    looks = hint = ""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        looks = "看起来是 UTF-16 编码。"
    elif max(good, default="") >= "\u0800":  # so far it was Chinese in UTF-8
        hint = "文件可能损坏了。请重新输入这里的文字，再另存为 UTF-8 编码。"
    elif "\ufffd" not in body.decode("gb18030", "replace"):
        looks = "看起来是 GBK/GB18030 编码。"
    message = (
        f"文件不是 UTF-8 编码：第 {number + 1} 个字节（0x{data[number]:02X}）读不出来。{looks}"
    )
    raise _error(NOT_UTF8, Source(file, good, {}, data).at(len(good)), message, hint)


def _syntax_error(source: Source, mistake: "Mistake") -> ContentError:
    place = source.at(mistake.offset, mistake.path)
    related = [] if mistake.first is None else [source.at(mistake.first, mistake.path)]
    error = _error(SYNTAX, place, mistake.message, mistake.hint, *related)
    if mistake.path and mistake.first is None:
        return WordForKey(error, mistake.path)
    return error


def _error(rule: Rule, place: Place, message: str, hint: str = "", *related: Place) -> ContentError:
    finding = Finding(rule, place, message, hint, related)
    return ContentError(f"{place}：{message}", [finding], hint or rule.remedy)
