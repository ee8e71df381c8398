"""Where each key and each value of a TOML text starts, and how each of its strings is spelled.

Offsets count characters of the text. A key path names a value: keys, and numbers from 0 for
elements of arrays and of arrays of tables. As text it is dotted, `applications.results.granted.2`;
a key that TOML has to quote is quoted.
"""

import json
import re
import tomllib
from collections.abc import Sequence

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

KeyPath = tuple[str | int, ...]
MAX_DEPTH = 64

# Strings, comments, and what nests or ends; a group takes part where a closing quote is missing.
TOKEN = re.compile(
    r'"""(?:[^"\\]+|\\.|"(?!""))*(?:"{3,5}|())|\'\'\'(?:[^\']+|\'(?!\'\'))*(?:\'{3,5}|())'
    r'|"(?:[^"\\\n]+|\\[^\n])*(?:"|())|\'[^\'\n]*(?:\'|())|\#[^\n]*|[\[\]{}.,\n]',
    re.DOTALL,
)
_OPENING = re.compile(r"(\"\"\"|''')(?:\r?\n)?|[\"']")
# What stands for one character in a string; a joint, a backslash at the end of a line, for none.
_PIECE = re.compile(r"(?P<joint>\\[ \t]*\r?\n[ \t\r\n]*)|\\u.{4}|\\U.{8}|\\.|\r?.", re.DOTALL)
_LITERAL_PIECE = re.compile(r"(?P<joint>(?!))|\r?.", re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dotted(path: Sequence[str | int]) -> str:
    """A key path as text."""
    return ".".join(
        str(part) if _BARE.fullmatch(str(part)) else json.dumps(part, ensure_ascii=False)
        for part in path
    )


def line_starts(text: str) -> list[int]:
    """The offset at which each line starts."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def first_too_deep(text: str) -> int:
    """Where the text first nests deeper than `MAX_DEPTH`, else its end."""
    levels, dots = [0], 0
    for token in TOKEN.finditer(text):
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


class Positions:
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
    token, opening = TOKEN.match(text, start), _OPENING.match(text, start)
    if token is None or opening is None:
        return []
    end = token.end() - len(opening[1] or opening[0])
    pieces = (_LITERAL_PIECE if text[start] == "'" else _PIECE).finditer(text, opening.end(), end)
    return [*(piece.start() for piece in pieces if piece["joint"] is None), end]
