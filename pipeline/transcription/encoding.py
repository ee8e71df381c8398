"""The bytes of a text file → its text: UTF-8, UTF-16 with a mark, GB18030, or Big5 as declared."""

import codecs

from pipeline.errors import FileProblem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BIG5 = frozenset({"big5", "big5hkscs", "cp950"})
_MOST_DAMAGE = 200
"""Of so many characters, one may be damaged: a page cut in the middle of a character is read."""


def text_of(data: bytes, shown: str, declared: str = "") -> str:
    """The text of `data`: by its mark, as UTF-8, as Big5 where declared, else as GB18030.

    What a page declares counts little: pages of GB18030 say utf-8 or iso-8859-1, in which all bytes
    are text. A byte that is no text becomes U+FFFD, where there are few.

    Raises:
        FileProblem: it is no text in any of them.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _whole(data[len(mark) :], [name]) or _damaged(data[len(mark) :], [name], shown)
    if b"\0" in data:
        _fail(shown)
    names = ["utf-8", *(["big5hkscs"] if _codec(declared) in _BIG5 else []), "gb18030"]
    text = _whole(data, names)
    return _damaged(data, names, shown) if text is None else text


def _whole(data: bytes, names: list[str]) -> str | None:
    for name in names:
        try:
            return data.decode(name)
        except UnicodeError:
            continue
    return None


def _damaged(data: bytes, names: list[str], shown: str) -> str:
    """The text in the encoding that leaves the fewest bytes over."""
    texts = [data.decode(name, errors="replace") for name in names]
    text = min(texts, key=lambda each: each.count("\ufffd"))
    damage = text.count("\ufffd")
    return text if 0 < damage * _MOST_DAMAGE <= len(text) else _fail(shown)


def _codec(declared: str) -> str:
    try:
        return codecs.lookup(declared.strip()).name if declared.strip() else ""
    except LookupError:
        return ""


def _fail(shown: str) -> str:
    hint = "请用 Word、WPS 或浏览器打开，另存为 .docx，或另存为 UTF-8 编码的文本。"
    raise FileProblem(f"这不是文本文件，或编码无法识别：{shown}。", hint)
