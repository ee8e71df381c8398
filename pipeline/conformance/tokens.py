"""The tokens of content streams (ISO 32000-1, 7.2, 7.8.2): all but blanks and numbers.

No rule asks for numbers, so none are given. No part of a stream is read more often than
parentheses may nest, whatever it holds: reading takes linear time.
"""

import re

_HEX = rb"<[0-9A-Fa-f\s\x00]*+>"
_STRING = rb"\((?:[^()\\]++|\\.)*+\)"
for _ in range(3):  # parentheses in parentheses
    _STRING = rb"\((?:[^()\\]++|\\.|" + _STRING + rb")*+\)"
_INNER = rb"[^<>()%]++|" + _HEX + b"|" + _STRING
_DICTIONARY = rb"<<(?:" + _INNER + rb"|<<(?:" + _INNER + rb")*+>>)*+>>"
_TOKEN = re.compile(
    b"|".join(
        (
            rb"/[^\s\x00()<>\[\]{}/%]*+",
            rb"\[[^\[\]()<>%/]*+(?:<[0-9A-Fa-f\s]*+>[^\[\]()<>%/]*+)*+\]",
            rb"BI[\s\x00].*?(?:[\s\x00]EI(?=[\s\x00]|\Z)|\Z)",  # an inline image
            rb"[A-Za-z'\"][A-Za-z0-9*'\"]*+",
            _HEX,
            _DICTIONARY,
            _STRING,
            rb"%[^\r\n]*+",
            rb"[(<].*",  # neither string nor dictionary: nothing behind it can be told
            rb"[\[\]{}>)]",
        )
    ),
    re.DOTALL,
)
_STRINGS = re.compile(_HEX + b"|" + _STRING, re.DOTALL)
_BLANKS = re.compile(r"[\s\x00]")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"} | dict.fromkeys(
    (b"\n", b"\r", b"\r\n"), b""
)
_NUMBERED = re.compile(rb"#([0-9A-Fa-f]{2})")


def tokens(content: bytes) -> list[bytes]:
    """Names, strings, dictionaries, arrays of strings, operators, whole inline images."""
    return _TOKEN.findall(content)


def name(token: bytes) -> str:
    """A name with its slash, as qpdf gives it."""
    if b"#" in token:
        token = _NUMBERED.sub(lambda found: bytes.fromhex(found[1].decode()), token)
    return token.decode("utf-8", "replace")


def without_strings(token: bytes) -> bytes:
    """A dictionary without its strings, in which keys can be looked for."""
    return _STRINGS.sub(b" ", token) if b"(" in token else token


def strings(written: bytes) -> list[bytes]:
    """The strings in a part of a stream, decoded."""
    return [_decoded(string) for string in _STRINGS.findall(written)]


def _decoded(string: bytes) -> bytes:
    if string.startswith(b"<"):
        digits = string[1:-1].decode("ascii")
        try:
            return bytes.fromhex(digits)
        except ValueError:  # an odd digit, or a blank that is none to Python
            digits = _BLANKS.sub("", digits)
            return bytes.fromhex(digits + "0" * (len(digits) % 2))
    return _ESCAPE.sub(_unescaped, string[1:-1])


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 8) & 0xFF])
    return _ESCAPED.get(found[2], found[2])
