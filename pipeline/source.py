"""A TOML file as values and as positions: what it says, and where it says it.

A key path names a value: keys, and numbers from 0 for elements of arrays and of arrays of tables.
As text it is dotted, `applications.results.granted.2`; a key that TOML has to quote is quoted.
"""

import codecs
import hashlib
import json
import re
import tomllib
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from pipeline.errors import ContentError, FileProblem
from pipeline.findings import Finding, Place, Rule, Severity

KeyPath = tuple[str | int, ...]
MAX_BYTES, MAX_DEPTH = 2 * 1024 * 1024, 64


def _rule(code: str, title: str, remedy: str) -> Rule:
    return Rule(code, Severity.ERROR, title, remedy)


NOT_UTF8 = _rule("NB101", "不是 UTF-8 编码", "请用记事本等编辑器打开文件，另存为 UTF-8 编码。")
TOO_LARGE = _rule("NB102", "文件太大", "内容文件不超过 2 MiB，请检查是不是放错了文件。")
SYNTAX = _rule("NB103", "TOML 写法有误", "请按提示改正这一处，再检查一遍。")
TOO_DEEP = _rule("NB104", "嵌套太深", "请检查是不是多写了左括号，或漏写了右括号。")
CONTROL = _rule("NB105", "有看不见的控制字符", "请删去这个字符，重新输入前后的文字。")
RULES = (NOT_UTF8, TOO_LARGE, SYNTAX, TOO_DEEP, CONTROL)

_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
# Strings, comments, and what nests or ends; a group takes part where a closing quote is missing.
_TOKEN = re.compile(
    r'"""(?:[^"\\]+|\\.|"(?!""))*(?:"{3,5}|())|\'\'\'(?:[^\']+|\'(?!\'\'))*(?:\'{3,5}|())'
    r'|"(?:[^"\\\n]+|\\[^\n])*(?:"|())|\'[^\'\n]*(?:\'|())|\#[^\n]*|[\[\]{}.,\n]',
    re.DOTALL,
)
_OPENING = re.compile(r"(\"\"\"|''')(?:\r?\n)?|[\"']")
# What stands for one character in a string; a joint, a backslash at the end of a line, for none.
_PIECE = re.compile(r"(?P<joint>\\[ \t]*\r?\n[ \t\r\n]*)|\\u.{4}|\\U.{8}|\\.|\r?.", re.DOTALL)
_LITERAL_PIECE = re.compile(r"(?P<joint>(?!))|\r?.", re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ALIKE = dict(zip("“”„〝〞‘’「」【】〔〕。、；：−–—", '"""""\'\'""[][].,,=---', strict=True))
_NAMES = {'"': "引号", "'": "引号", "=": "等号", ",": "逗号", "#": "井号", " ": "空格"}
_NAMES |= dict.fromkeys("[]", "方括号") | dict.fromkeys("{}", "花括号")
_NAMES |= dict.fromkeys("0123456789", "数字")
# A pattern for tomllib's words, a newline, the line up to the error, \0, and the line from there;
# below it what is wrong and what to do.
_CAUSES = re.findall(
    r"(\S.*)\n {2}(.*?。)(.*)",
    r"""
^Expected newline.*\n.*(\"{3}|'{3})\s*\0
  三个引号后面还有文字。多半是前面一段文字的结尾漏了三个引号，请往前检查。
^(Expected newline|Unclosed array).*\n.*["']\s*\0[^,]
  引号后面还有内容。文字里面的引号请用全角的 “ ”；两项之间要有半角逗号。
(?<![\w.])[+-]?0\0[0-9]
  数字不能以 0 开头。请去掉前面的 0；如果是编号，请放在一对半角引号里。
^Invalid date|\b\d{4}(\.\d+)?\0[-./年]|\d{4}-\d\d-\d\d\s*\0
  日期写得不对，或没有这一天。请写成 2022-01-05 的样子，月和日都是两位数。
^(Expected newline|Unclosed array).*\n.*\d\s*\0[^\s\]}]
  数字后面还有内容。数字里不写千分位逗号，后面不写单位；两项之间要有半角逗号。
^Expected newline
  这一项写完了，后面还有内容。每项请另起一行。
^Unclosed array
  方括号没有写完。请从这里往前检查，是不是缺少半角逗号或右方括号 ] 。
^Unclosed inline|,\s*\0(\}|$)
  花括号没有写完。里面各项用半角逗号隔开，写在同一行，最后一项后面没有逗号。
^Invalid value.*\n.*\0\s*($|[],}\#])
  这里缺少内容。留空请写一对半角引号 "" 。
^Invalid value
  这里不是数字或日期，也没有引号。文字要放在一对半角引号里；是、否写成 true、false。
^Expected '='
  键名后面缺少等号 = 。如果这一行是一段文字，请检查前面的引号是否成对。
^Expected ']
  表头没有写完。请检查右方括号 ] 。
^Invalid (initial|statement)
  这里应当是键名，只能用英文字母、数字、- 和 _ 。如果是一段文字，请检查前面的引号是否成对。
^(Unescaped|Invalid hex|Escaped)
  反斜杠后面的写法不对。要写反斜杠本身，请写两个，或用半角单引号括住文字。
^(Exceeds|\[)
  这个数太长或太大。请检查是不是多打了数字。
^
  这里不合 TOML 的写法。请对照样例检查这一行和前一行。
""",
)


def read(path: Path, shown_as: str | None = None) -> "Source":
    """Read a TOML file; places and messages call it `shown_as`, or by its path."""
    file = shown_as or str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileProblem(f"找不到文件：{file}。", "请检查文件名和所在的文件夹。") from None
    except IsADirectoryError:
        raise FileProblem(f"这是文件夹，不是文件：{file}。", "请写到文件名为止。") from None
    except (OSError, ValueError) as error:
        hint = "请检查文件的权限，以及它是否正被别的程序占用。"
        raise FileProblem(f"文件读不出来：{file}（{error}）。", hint) from error
    return parse(data, file)


def parse(data: bytes, file: str) -> "Source":
    """Parse the bytes of a TOML file; a ContentError with one finding when they are not TOML."""
    if len(data) > MAX_BYTES:
        raise _error(TOO_LARGE, Place(file, 1, 1, ""), "文件超过 2 MiB，没有读取。")
    source = Source(file, _decode(data, file), {}, hashlib.sha256(data).hexdigest())
    if bad := _CONTROL.search(source.text):
        message = f"这里有看不见的控制字符（U+{ord(bad[0]):04X}）。"
        raise _error(CONTROL, source.at(bad.start()), message)
    end = _first_too_deep(source.text)
    try:
        values = tomllib.loads(source.text[:end], parse_float=Decimal)
    except (ValueError, ArithmeticError) as error:
        offset = _offset(source, str(error), end)
        if offset < end or end == len(source.text):
            raise _syntax_error(source, str(error), offset) from None
    else:
        if end == len(source.text):
            return replace(source, values=values)
    raise _error(TOO_DEEP, source.at(end), f"括号或点号嵌套超过 {MAX_DEPTH} 层。")


def dotted(path: Sequence[str | int]) -> str:
    """A key path as text."""
    return ".".join(
        str(part) if _BARE.fullmatch(str(part)) else json.dumps(part, ensure_ascii=False)
        for part in path
    )


@dataclass(frozen=True, eq=False)
class Source:
    """A TOML file: its text without a BOM, its values, decimals exact, and its SHA-256."""

    file: str
    text: str = field(repr=False)
    values: dict[str, Any] = field(repr=False)
    digest: str

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

    @cached_property
    def lines(self) -> list[int]:
        """The offset at which each line of the text starts."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def _nearest(self, offsets: dict[KeyPath, int], path: Sequence[str | int]) -> Place:
        prefixes = (tuple(path[:length]) for length in range(len(path), -1, -1))
        return self.at(next(offsets[prefix] for prefix in prefixes if prefix in offsets), path)

    @cached_property
    def _positions(self) -> "_Positions":
        return _Positions(self.text)


class _Positions:
    """Where each key and each value of a TOML text starts, as offsets in characters."""

    def __init__(self, text: str) -> None:
        self.keys: dict[KeyPath, int] = {(): 0}
        self.values: dict[KeyPath, int] = {(): 0}
        self.repeated: tuple[KeyPath, int, int] | None = None
        """A key that the last statement repeats: its path, where it stood, where it stands."""
        self._text = text
        self._letters: dict[KeyPath, list[int]] = {}
        self._last: dict[KeyPath, int] = {}
        self._reached = (0, 0)
        # The grammar knows no blanks between a backslash and the end of the line that it joins.
        joint = re.compile(rb"(?<!\\)\\+[ \t]+(?=\r?\n)")
        self._data = joint.sub(lambda match: b"x" * len(match[0]), text.encode())
        parser = Parser(Language(tree_sitter_toml.language()))
        for statement in _children(parser.parse(self._data).root_node):
            self._statement(statement)

    def letters(self, path: KeyPath) -> list[int]:
        """Where each character of the string at `path` is written, and its end; else nothing."""
        start = self.values.get(path, len(self._text))
        if path not in self._letters and self._text.startswith(("'", '"'), start):
            self._letters[path] = _spelling(self._text, start)
        return self._letters.get(path, [])

    def _statement(self, node: Node) -> None:
        self.repeated = None
        children = _children(node)
        if not node.type.startswith("table"):
            self._pair(node, ())
        elif children:
            start = self._at(node)
            *parents, (name, key) = self._names(children[0])
            path = (*self._enter((), parents), name)
            number = self._last.get(path, -1) + 1
            if node.type == "table" or number == 0:
                self._define(path, key, start)
            if node.type == "table_array_element":
                self._last[path] = number
                path = (*path, number)
                self._define(path, start, start)
            for child in children[1:]:
                self.repeated = None
                self._pair(child, path)

    def _pair(self, node: Node, parent: KeyPath) -> None:
        children = _children(node)
        if node.type == "pair" and len(children) > 1:
            *parents, (name, key) = self._names(children[0])
            self._value(children[-1], (*self._enter(parent, parents), name), key)

    def _value(self, node: Node, path: KeyPath, key: int | None = None) -> None:
        start = self._at(node)
        self._define(path, start if key is None else key, start)
        if node.type == "array":
            for number, child in enumerate(_children(node)):
                self._value(child, (*path, number))
        elif node.type == "inline_table":
            for child in _children(node):
                self._pair(child, path)

    def _names(self, node: Node) -> list[tuple[str, int]]:
        if node.type == "dotted_key":
            return [name for part in _children(node) for name in self._names(part)]
        raw = (node.text or b"").decode()
        quoted = raw.startswith(("'", '"'))
        return [(next(iter(tomllib.loads(f"{raw} = 0"))) if quoted else raw, self._at(node))]

    def _enter(self, path: KeyPath, names: list[tuple[str, int]]) -> KeyPath:
        for name, offset in names:
            path = (*path, name)
            self.keys.setdefault(path, offset)
            self.values.setdefault(path, offset)
            if path in self._last:
                path = (*path, self._last[path])
        return path

    def _define(self, path: KeyPath, key: int, value: int) -> None:
        if path in self.keys and self.repeated is None:
            self.repeated = path, self.keys[path], key
        self.keys[path], self.values[path] = key, value

    def _at(self, node: Node) -> int:
        byte, offset = self._reached  # nodes come in the order of the text
        offset += len(self._data[byte : node.start_byte].decode())
        self._reached = node.start_byte, offset
        return offset


def _children(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type not in ("comment", "ERROR")]


def _spelling(text: str, start: int) -> list[int]:
    token, opening = _TOKEN.match(text, start), _OPENING.match(text, start)
    if token is None or opening is None:
        return []
    end = token.end() - len(opening[1] or opening[0])
    pieces = (_LITERAL_PIECE if text[start] == "'" else _PIECE).finditer(text, opening.end(), end)
    return [*(piece.start() for piece in pieces if piece["joint"] is None), end]


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
    raise _error(NOT_UTF8, Source(file, good, {}, "").at(len(good)), message, hint)


def _first_too_deep(text: str) -> int:
    """Where the text first nests too deep for a parser, else its end."""
    levels, dots = [0], 0
    for token in _TOKEN.finditer(text):
        if token[0] == ".":
            dots += 1
        elif token[0] in ("[", "{"):
            levels.append(levels[-1] + dots + 1)
        elif token[0] in ("]", "}") and len(levels) > 1:
            levels.pop()
        if token[0] in ("[", "]", "{", "}", ",", "\n"):
            dots = 0
        if levels[-1] + dots > MAX_DEPTH:
            return token.start()
    return len(text)


def _offset(source: Source, words: str, end: int) -> int:
    if spot := re.search(r"\(at line (\d+), column (\d+)\)$", words):
        return source.lines[int(spot[1]) - 1] + int(spot[2]) - 1
    endless = re.search(r"\d[\d_]{4300}|[eE][+-]?[\d_]{9}", source.text)
    return end if "end of document" in words or endless is None else endless.start()


def _syntax_error(source: Source, words: str, offset: int) -> ContentError:
    text = source.text
    if re.search("overwrite|twice|Duplicate|redefine|immutable", words):
        return _repeated(source, offset)
    if re.search(r"Unterminated|character '\\n'|Expected \"", words):
        starts = (token.start() for token in _TOKEN.finditer(text) if token.lastindex)
        offset = next(starts, offset)
        ending = _alike(text[offset:].partition("\n")[0].rstrip()[-1:])
        hint = (
            ending.replace("这里", "行末")
            or "请在文字末尾补上半角引号；分成几行的文字用三个引号开头和结尾。"
        )
        return _error(SYNTAX, source.at(offset), "引号没有成对：从这里开始的文字没有结尾。", hint)
    before = text[max(0, offset - 99) : offset].rpartition("\n")[2]
    after = text[offset : offset + 99].partition("\n")[0].rstrip(" \t\r")
    if alike := _alike(after[:1]):
        return _error(SYNTAX, source.at(offset), alike)
    scene = f"{words}\n{before}\0{after}"
    message, hint = next(say for pattern, *say in _CAUSES if re.search(pattern, scene))
    return _error(SYNTAX, source.at(offset), message, hint)


def _repeated(source: Source, offset: int) -> ContentError:
    hint = "请删去其中一处。"
    header_end = re.compile(r"\]{0,2}").match(source.text, offset)
    repeated = _Positions(source.text[: header_end.end() if header_end else offset]).repeated
    if repeated is None:
        return _error(SYNTAX, source.at(offset), "这个键或表前面已经写过，不能再写。", hint)
    path, first, again = repeated
    earlier, place = source.at(first, path), source.at(again, path)
    message = f"{place.path} 写了两次，第一次在第 {earlier.line} 行。"
    return _error(SYNTAX, place, message, hint, earlier)


def _alike(char: str) -> str:
    """What to say of a character that was typed in place of one of ASCII; nothing of others."""
    half = _ALIKE.get(char) or unicodedata.normalize("NFKC", char)
    if char and unicodedata.category(char) == "Cf":
        return f"这里有看不见的字符（U+{ord(char):04X}），要删去。"
    if char.isascii() or len(half) != 1 or not half.isascii():
        return ""
    name = _NAMES.get(half, "字母" if half.isalpha() else "符号")
    shown, wanted = ("空格", "") if half == " " else (f" {char} ", f" {half} ")
    return f"这里写成了全角的{shown}（U+{ord(char):04X}），要用英文输入法写半角的{name}{wanted}。"


def _error(rule: Rule, place: Place, message: str, hint: str = "", *related: Place) -> ContentError:
    finding = Finding(rule, place, message, hint, related)
    return ContentError(f"{place}：{message}", [finding], hint or rule.remedy)
