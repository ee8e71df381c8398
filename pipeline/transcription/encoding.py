"""The bytes of a text file → its text: UTF-8, UTF-16 with a mark, or GB18030."""

import codecs

from pipeline.errors import FileProblem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = frozenset({"gb2312", "gbk", "gb18030"})


def text_of(data: bytes, shown: str, declared: str = "") -> str:
    """The text of `data`: by its mark, as `declared`, else UTF-8, else GB18030.

    Raises:
        FileProblem: it is no text in any of them.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name) or _fail(shown)
    if b"\0" in data:
        _fail(shown)
    for name in (_codec(declared), "utf-8", "gb18030"):
        text = _decoded(data, name) if name else None
        if text is not None:
            return text
    return _fail(shown)


def _codec(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip()).name if declared.strip() else ""
    except LookupError:
        return ""
    return "gb18030" if name in _CHINESE else name


def _decoded(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeError:
        return None


def _fail(shown: str) -> str:
    hint = "请用 Word、WPS 或浏览器打开，另存为 .docx，或另存为 UTF-8 编码的文本。"
    raise FileProblem(f"这不是文本文件，或编码无法识别：{shown}。", hint)
