"""Why a text is no TOML, in the words of somebody who does not know TOML.

tomllib says where it gave up and, in English, on what. Explained here is the mistake that leads
there most often.
"""

import re
import unicodedata
from dataclasses import dataclass

from pipeline.tomlfile.positions import TOKEN, KeyPath, Positions, dotted, line_starts

_ALIKE = dict(zip("“”„〝〞‘’「」【】〔〕（）。、；：−–—", '"""""\'\'""[][][].,,=---', strict=True))
_QUOTES = frozenset("“”„〝〞‘’「」＂＇")
_NAMES = {'"': "引号", "'": "引号", "=": "等号", ",": "逗号", "#": "井号", " ": "空格", ".": "点"}
_NAMES |= dict.fromkeys("[]", "方括号") | dict.fromkeys("{}", "花括号")
_NAMES |= dict.fromkeys("0123456789", "数字")
# A pattern for tomllib's words, a newline, the line up to the error, \0, and the line from there;
# below it what is wrong and what to do.
_CAUSES = re.findall(
    r"(\S.*)\n {2}(.*?。)(.*)",
    r"""
^Expected newline.*\n.*(\"{3}|'{3})\s*\0
  三个引号后面还有文字。多半是前面一段文字的结尾漏了三个引号，请往前检查。
^(Expected newline|Invalid|Unclosed|Expected '=').*\n.*\0\s*(//|;\s*\S)
  这里不合 TOML 的写法。说明文字前面要写井号 # 。
^(Expected newline|Invalid statement).*\n.*\0\s*[,;.，；。、]+\s*($|\#)
  行末多了标点。这一项已经写完，请删去行末的标点。
^(Expected newline|Unclosed array|Invalid value).*\n.*\0[()]
  这里写成了圆括号。几个数要写在一对半角方括号 [ ] 里。
^(Expected newline|Unclosed array).*\n.*["']\s*\0[^,]
  引号后面还有内容。文字里面的引号请用全角的 “ ”；两项之间要有半角逗号。
(?<![\w.])[+-]?0\0[0-9]
  数字不能以 0 开头。请去掉前面的 0；如果是编号，请放在一对半角引号里。
^Invalid date|\b\d{4}(\.\d+)?\0([-./]|年\s*\d)|\d{4}-\d\d-\d\d\s*\0
  日期写得不对，或没有这一天。请写成 2022-01-05 的样子，月和日都是两位数。
^Expected newline.*\n[^\[]*=\s*[-+.\d]+\s*\0,\s*(?!\d{3}\b)
  这里有几个数。几个数要写在一对半角方括号 [ ] 里。
^(Expected newline|Unclosed array).*\n.*\d\0["']
  数字后面多了引号。数字不加引号，请删去。
^(Expected newline|Unclosed array).*\n.*\d\0\.
  小数写得不对。小数点前后都要有数字，如 0.36 。
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
^Invalid value.*\n.*\0\.\d
  小数写得不对。小数点前后都要有数字，如 0.36 。
^Invalid value.*\n.*=\s*\0=
  等号写了两次。请删去一个。
^Invalid value.*\n.*\0(无|没有|暂无|零|〇)\s*($|[],}\#])
  这里不是数字。没有的填 0；要印出这个字，请放在一对半角引号里。
^Invalid value
  这里不是数字或日期，也没有引号。文字要放在一对半角引号里；是、否写成 true、false。
^Expected '='.*\n.*\0:
  键名后面写成了冒号。请写等号 = 。
^Expected '='.*\n\s*[\w.-]+\s*\0\]
  表头没有写完。请检查左方括号 [ 。
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

_PLAIN = ("行末多了标点", "这里写成了圆括号")
"""Messages that say more than that a character is full-width."""
_WORD = re.compile(r"[\u4e00-\u9fff][\w（）、“”]*(?=\s*[=＝:：\]］】])")
_SWALLOWED = re.compile(r"\n[ \t]*(\[{1,2}[\w.-]+\]|[A-Za-z_][A-Za-z0-9_.-]{0,60}[ \t]*=)")
_TYPED_END = re.compile("([“”＂]{3})[ \t\r]*(?:\n|$)")
_HEADER = re.compile(r"^\[+([\w.-]+)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at an offset, and what to do.

    Of a key that is written twice, `path` names it and `first` is where it stood before; of a text
    without an end, `first` is where it should have ended at the latest.
    """

    offset: int
    message: str
    hint: str = ""
    path: KeyPath = ()
    first: int | None = None


def offset_of(text: str, words: str, end: int) -> int:
    """Where tomllib gave up, by its `words` about a text that it was given up to `end`."""
    if spot := re.search(r"\(at line (\d+), column (\d+)\)$", words):
        return line_starts(text)[int(spot[1]) - 1] + int(spot[2]) - 1
    endless = re.search(r"\d[\d_]{4300}|[eE][+-]?[\d_]{9}", text)
    return end if "end of document" in words or endless is None else endless.start()


def explain(text: str, words: str, offset: int) -> Mistake:
    """The mistake behind tomllib's `words` about the text at `offset`."""
    if re.search("overwrite|twice|Duplicate|redefine|immutable", words):
        return _repeated(text, offset)
    if swallowing := _swallowing(text, offset):
        return swallowing
    if re.search(r"Unterminated|character '\\n'|Expected \"", words):
        starts = (token.start() for token in TOKEN.finditer(text) if token.lastindex)
        offset = next(starts, offset)
        last = text[offset:].partition("\n")[0].rstrip()[-1:]
        hint = (
            _alike(last).replace("这里", "行末") if last in _QUOTES else ""
        ) or "请在文字末尾补上半角引号；分成几行的文字用三个引号开头和结尾。"
        return Mistake(offset, "引号没有成对：从这里开始的文字没有结尾。", hint)
    before = text[max(0, offset - 99) : offset].rpartition("\n")[2]
    after = text[offset : offset + 99].partition("\n")[0].rstrip(" \t\r")
    scene = f"{words}\n{before}\0{after}"
    message, hint = next(say for pattern, *say in _CAUSES if re.search(pattern, scene))
    if (alike := _alike(after[:1])) and not message.startswith(_PLAIN):
        return Mistake(offset, alike)
    return Mistake(offset, message, hint, _named(text, offset))


def _swallowing(text: str, offset: int) -> Mistake | None:
    """The text before `offset` that has no end of its own: it holds 键 = or [表], or ”””."""
    for token in TOKEN.finditer(text, 0):
        if token.start() >= offset:
            return None
        if not token[0].startswith(('"""', "'''")):
            continue
        typed = _TYPED_END.search(token[0])
        if found := typed or _SWALLOWED.search(token[0]):
            at = token.start() + found.start(1)
            line = text.count("\n", 0, at) + 1
            why = f"第 {line} 行的 {found[1]} 不是结尾" if typed else f"第 {line} 行也成了文字"
            hint = f"请在这段文字末尾写上三个半角引号 {token[0][:3]} 。"
            return Mistake(
                token.start(), f"从这里开始的文字，结尾漏了三个引号：{why}。", hint, (), at
            )
    return None


def _named(text: str, offset: int) -> KeyPath:
    """The key path that somebody meant by a Chinese word in the place of a key, else nothing."""
    word = _WORD.match(text, offset)
    if word is None:
        return ()
    before = text[text.rfind("\n", 0, offset) + 1 : offset].strip()
    if before.startswith("["):
        return (*filter(None, before.strip("[ ").split(".")), word[0])
    headers = _HEADER.findall(text, 0, offset)
    return (*(headers[-1].split(".") if headers else ()), word[0])


def _repeated(text: str, offset: int) -> Mistake:
    hint = "请删去其中一处。"
    header_end = re.compile(r"\]{0,2}").match(text, offset)
    repeated = Positions(text[: header_end.end() if header_end else offset]).repeated
    if repeated is None:
        return Mistake(offset, "这个键或表前面已经写过，不能再写。", hint)
    path, first, again = repeated
    line = text.count("\n", 0, first) + 1
    return Mistake(again, f"{dotted(path)} 写了两次，第一次在第 {line} 行。", hint, path, first)


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
