"""A TOML file as values and as positions."""

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline import files
from pipeline.errors import ContentError, ExitCode, FileProblem
from pipeline.findings import Finding, Place, Severity
from pipeline.tomlfile import positions, source
from pipeline.tomlfile.source import Source

KeyPath = tuple[str | int, ...]

REPORT = """\
# 样例
year = 2021
"名 称" = "大盘街道"
fees.total = 12.50 # 元

[applications]
received = [4, 0, "/",
  # 法律服务
  "不适用",
]
[applications.results]
granted = [ 3, 0 ]
nested = [[1, 2], [{ x = 1, y.z = 'b' }, 4]]

[[overview.parts]]
text = \"\"\"
第一段。

第二段。\"\"\"
[overview.parts.extra]
a = 1
[[overview.parts.notes]]
n = 1
[[overview.parts.notes]]
n = 2
[[overview.parts]]
text = '字'
[overview.parts.extra]
a = 2
[[overview.parts.notes]]
n = 3
"""


def parsed(text: str) -> Source:
    """Parse a text under the name `f.toml`."""
    return source.parse(text.encode(), "f.toml")


def refused(data: str | bytes) -> Finding:
    """Give the one finding about data that is no TOML."""
    with pytest.raises(ContentError) as caught:
        source.parse(data.encode() if isinstance(data, str) else data, "f.toml")
    assert caught.value.exit_code is ExitCode.CONTENT
    assert str(caught.value.findings[0].place) in caught.value.message
    assert caught.value.hint
    (finding,) = caught.value.findings
    assert finding.rule in source.RULES
    return finding


def spot(place: Place) -> tuple[int, int]:
    """Give line and column of a place."""
    return place.line, place.column


def offset_of(text: str, place: Place) -> int:
    """Give the offset of a place in a text, counted independently."""
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1


# Values


def test_values_are_exact_and_bytes_are_digested() -> None:
    """Decimals keep their zeros, and the digest is of the bytes as they are."""
    data = "\ufeffa = 1.50\r\nb = 0.10\r\nc = 1_000.0".encode()
    found = source.parse(data, "f.toml")
    assert [str(found.values[key]) for key in "abc"] == ["1.50", "0.10", "1000.0"]
    assert all(isinstance(value, Decimal) for value in found.values.values())
    assert found.digest == hashlib.sha256(data).hexdigest()
    assert not found.text.startswith("\ufeff")
    assert found.file == "f.toml"


def test_empty_file_is_fine() -> None:
    """A file without anything in it has no values, and every path is at its start."""
    found = parsed("")
    assert found.values == {}
    assert found.place(()) == Place("f.toml", 1, 1, "")


def test_positions_are_computed_once_and_only_on_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading values does not look for positions; asking twice looks once."""
    calls: list[str] = []
    original = positions.Positions

    def counting(text: str) -> positions.Positions:
        calls.append(text)
        return original(text)

    monkeypatch.setattr(source, "Positions", counting)
    found = parsed("a = 1")
    assert not calls
    found.place(("a",))
    found.key_place(("a",))
    found.inside(("a",), 0)
    assert len(calls) == 1


# Places


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("",), (1, 1), (1, 1)),
        (("nothing",), (1, 1), (1, 1)),
        (("year",), (2, 8), (2, 1)),
        (("名 称",), (3, 9), (3, 1)),
        (("fees",), (4, 1), (4, 1)),
        (("fees", "total"), (4, 14), (4, 6)),
        (("applications",), (6, 1), (6, 2)),
        (("applications", "received"), (7, 12), (7, 1)),
        (("applications", "received", 0), (7, 13), (7, 13)),
        (("applications", "received", 2), (7, 19), (7, 19)),
        (("applications", "received", 3), (9, 3), (9, 3)),
        (("applications", "received", 9), (7, 12), (7, 1)),
        (("applications", "results"), (11, 1), (11, 15)),
        (("applications", "results", "granted", 1), (12, 16), (12, 16)),
        (("applications", "results", "denied"), (11, 1), (11, 15)),
        (("applications", "results", "nested", 0, 1), (13, 15), (13, 15)),
        (("applications", "results", "nested", 1, 0), (13, 20), (13, 20)),
        (("applications", "results", "nested", 1, 0, "x"), (13, 26), (13, 22)),
        (("applications", "results", "nested", 1, 0, "y"), (13, 29), (13, 29)),
        (("applications", "results", "nested", 1, 0, "y", "z"), (13, 35), (13, 31)),
        (("applications", "results", "nested", 1, 1), (13, 42), (13, 42)),
        (("overview",), (15, 3), (15, 3)),
        (("overview", "parts"), (15, 1), (15, 12)),
        (("overview", "parts", 0), (15, 1), (15, 1)),
        (("overview", "parts", 0, "text"), (16, 8), (16, 1)),
        (("overview", "parts", 0, "extra"), (20, 1), (20, 17)),
        (("overview", "parts", 0, "extra", "a"), (21, 5), (21, 1)),
        (("overview", "parts", 0, "notes", 1, "n"), (25, 5), (25, 1)),
        (("overview", "parts", 1), (26, 1), (26, 1)),
        (("overview", "parts", 1, "text"), (27, 8), (27, 1)),
        (("overview", "parts", 1, "extra", "a"), (29, 5), (29, 1)),
        (("overview", "parts", 1, "notes", 0, "n"), (31, 5), (31, 1)),
        (("overview", "parts", 7, "text"), (15, 1), (15, 12)),
    ],
)
def test_places(
    path: KeyPath, value: tuple[int, int], key: tuple[int, int], bom: str, ending: str
) -> None:
    """Every way to write a key has its place, whatever the line ends and the BOM."""
    found = source.parse((bom + REPORT.replace("\n", ending)).encode(), "f.toml")
    assert spot(found.place(path)) == value
    assert spot(found.key_place(path)) == key
    assert found.place(path).path == positions.dotted(path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("applications", "results", "granted", 2), "applications.results.granted.2"),
        (("a-b", "_c", "名"), 'a-b._c."名"'),
        (("a.b", 'q"', ""), r'"a.b"."q\"".""'),
    ],
)
def test_paths_as_text(path: KeyPath, text: str) -> None:
    """A path is dotted; what is no bare key is quoted."""
    assert positions.dotted(path) == text


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("[a.b]\nx=1\n[a]\ny=1", ("a",), (3, 1)),
        ("[ a . 'b c' ]\nx=1", ("a", "b c"), (1, 1)),
        ('"a\\u002eb" = 1', ("a.b",), (1, 14)),
        ("'' = 1", ("",), (1, 6)),
        ("3.4 = 5", ("3", "4"), (1, 7)),
        ("\ta\t=\t1", ("a",), (1, 6)),
        ("a='😀é' \nb=['😀é',2]", ("b", 1), (2, 9)),
        ('a = """""x"""""\nb = 1', ("b",), (2, 5)),
        ('a = """x \\  \n  y"""\nb = 1', ("b",), (3, 5)),
        ('a = """\\\\\\\\  \n"""\nb = 1', ("b",), (3, 5)),
        ("a = '''\n[b]\n'''\n[b]\nc = 1", ("b", "c"), (5, 5)),
        ("d = 2021-01-05 07:32:00\nt = 07:32:00", ("t",), (2, 5)),
        ("a = [ # [1, 2]\n  1, # 2,\n  2 ]", ("a", 1), (3, 3)),
        ("x = [{}, {a = []}]", ("x", 1, "a"), (1, 15)),
    ],
)
def test_odd_places(text: str, path: KeyPath, value: tuple[int, int]) -> None:
    """Places hold where the grammar or the counting could go wrong."""
    assert spot(parsed(text).place(path)) == value


# Inside strings


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("t = '中文x'", 2, (1, 8)),
        ("t = '中文x'", 3, (1, 9)),
        ("t = '中文x'", 99, (1, 9)),
        ("t = '中文x'", -5, (1, 6)),
        ("t = ''", 0, (1, 6)),
        ('t = ""', 0, (1, 6)),
        ('t = """"""', 0, (1, 8)),
        ('t = "a\\tb"', 1, (1, 7)),
        ('t = "a\\tb"', 2, (1, 9)),
        ('t = "\\u4e2d\\U0001F600b"', 2, (1, 22)),
        ('t = "\\\\u4e2d"', 1, (1, 8)),
        ("t = '\\u4e2d'", 1, (1, 7)),
        ('t = """\n中\n文"""', 0, (2, 1)),
        ('t = """\n中\n文"""', 1, (2, 2)),
        ('t = """\n中\n文"""', 2, (3, 1)),
        ('t = """\r\n中\r\n文"""', 2, (3, 1)),
        ("t = '''\n中\n\n文'''", 3, (4, 1)),
        ("t = '''中\\\n文'''", 3, (2, 1)),
        ('t = """\n\n中"""', 1, (3, 1)),
        ('t = """a\\\n   \n  b"""', 1, (3, 3)),
        ('t = """a\\  \n  b"""', 1, (2, 3)),
        ('t = """a\\\r\n  b"""', 1, (2, 3)),
        ('t = """a\\\n\u3000b"""', 1, (2, 1)),
        ('t = """\\\n  """', 0, (2, 3)),
        ('t = """a"""""', 2, (1, 10)),
        ('t = """a"""""', 3, (1, 11)),
    ],
)
def test_inside(text: str, offset: int, expected: tuple[int, int]) -> None:
    """A character of a value is found where it is written."""
    place = parsed(text).inside(("t",), offset)
    assert spot(place) == expected
    assert place.path == "t"


def test_inside_of_what_is_no_string() -> None:
    """Anything but a string has only its own place."""
    found = parsed("a = 1\nb = [2]\n[c]\nd = 'x'")
    for path in [("a",), ("b",), ("b", 0), ("c",), ("z",), ()]:
        assert found.inside(path, 3) == found.place(path)


# Files


def test_read(tmp_path: Path) -> None:
    """A file is shown under its path, or as it is told."""
    path = tmp_path / "甲.toml"
    path.write_bytes(b"a = 1")
    assert source.read(path).file == str(path)
    assert source.read(path, "content/甲.toml").place(("a",)).file == "content/甲.toml"


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, a folder and a refusal are told apart and have a remedy."""

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    cases: list[tuple[Path, str]] = [
        (tmp_path / "none.toml", "找不到文件"),
        (tmp_path, "文件夹"),
        (Path("a\0b"), "读不出来"),
    ]
    (tmp_path / "a.toml").touch()
    cases.append((tmp_path / "a.toml" / "b.toml", "读不出来"))
    for path, words in cases:
        with pytest.raises(FileProblem, match=words) as caught:
            source.read(path)
        assert caught.value.exit_code is ExitCode.FILE
        assert caught.value.hint
    monkeypatch.setattr(files, "opened", denied)
    with pytest.raises(FileProblem, match="读不出来"):
        source.read(tmp_path / "a.toml", "a.toml")


def test_a_huge_file_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading stops one byte past the limit."""
    path = tmp_path / "huge.toml"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    seen: list[int] = []
    original = source.parse

    def watching(data: bytes, file: str) -> Source:
        seen.append(len(data))
        return original(data, file)

    monkeypatch.setattr(source, "parse", watching)
    with pytest.raises(ContentError) as caught:
        source.read(path, "huge.toml")
    (finding,) = caught.value.findings
    assert finding.rule is source.TOO_LARGE
    assert finding.place == Place("huge.toml", 1, 1, "")
    assert seen == [source.MAX_BYTES + 1]


def test_the_limit_itself_is_allowed() -> None:
    """A file of exactly the limit is read."""
    assert source.parse(b"#" * source.MAX_BYTES, "f").values == {}
    assert refused(b"#" * (source.MAX_BYTES + 1)).rule is source.TOO_LARGE


# Findings


def test_rules_are_a_stable_registry() -> None:
    """Codes stay as they are: people and tools rely on them."""
    assert [rule.code for rule in source.RULES] == ["NB101", "NB102", "NB103", "NB104", "NB105"]
    assert all(rule.severity is Severity.ERROR and rule.remedy for rule in source.RULES)


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ('# x\na = "中文"'.encode("gbk"), (2, 6), "看起来是 GBK/GB18030 编码"),
        ('a = "统计"'.encode("gbk"), (1, 7), "看起来是 GBK/GB18030 编码"),
        ('a = "中文"'.encode("utf-16"), (1, 1), "看起来是 UTF-16 编码"),
        ('a = "中文"'.encode("utf-16-be"), (1, 14), "看起来是 UTF-16 编码"),
        ('# 中\r\na = "中'.encode() + b'\xff"', (2, 7), "第 16 个字节（0xFF）"),
        (b'\xef\xbb\xbfa = "\xff"', (1, 6), "第 9 个字节（0xFF）"),
    ],
)
def test_not_utf8(data: bytes, place: tuple[int, int], words: str) -> None:
    """The first bad byte is placed, and the likely encoding named."""
    finding = refused(data)
    assert finding.rule is source.NOT_UTF8
    assert spot(finding.place) == place
    assert words in finding.message
    assert "另存为 UTF-8" in (finding.hint or finding.rule.remedy)


def test_broken_utf8_is_not_called_gbk() -> None:
    """Chinese that was UTF-8 until here is damaged, not GBK."""
    finding = refused("# 中文\n".encode() + b"a = '\xd6\xd0'")
    assert "GBK" not in finding.message
    assert "损坏" in finding.hint


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("a = 1\nb = '\0'", (2, 6), "U+0000"),
        ("# \x1b[31m", (1, 3), "U+001B"),
        ("a = '\x7f'", (1, 6), "U+007F"),
        ("a = 1\rb = 2", (1, 6), "U+000D"),
    ],
)
def test_control_characters(text: str, place: tuple[int, int], code: str) -> None:
    """What cannot be seen is named by its number."""
    finding = refused(text)
    assert finding.rule is source.CONTROL
    assert spot(finding.place) == place
    assert code in finding.message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        # quotes
        ('a = "abc', (1, 5), "引号没有成对"),
        ("x = 1\na = 'abc\nb = 'c'", (2, 5), "引号没有成对"),
        ("a = 'abc", (1, 5), "引号没有成对"),
        ('a = """\nx\n', (1, 5), "引号没有成对"),
        ("a = '''\nx\n", (1, 5), "引号没有成对"),
        ('a = ["x", "y]', (1, 11), "引号没有成对"),
        ('a = "abc”\nb = 1', (1, 5), "行末写成了全角的 ” （U+201D）"),
        ('a = "他说"你好"。"', (1, 9), "全角的 “ ”"),
        ('a = """一\nb = """二"""', (1, 5), "结尾漏了三个引号：第 2 行也成了文字"),
        ('x = 1\na = """\n一\n\n[t]\nb = """\n二\n"""\n', (2, 5), "第 5 行也成了文字"),
        ('a = """\n一\n”””\n\n[t]\nb = """\n二\n"""\n', (1, 5), "第 3 行的 ””” 不是结尾"),
        ('a = """\n一\n”””\n', (1, 5), "第 3 行的 ””” 不是结尾"),
        # twice
        ("a = 1\na = 2", (2, 1), "a 写了两次，第一次在第 1 行"),
        ("[t]\nx.y = 1\nx.y = 2", (3, 3), "t.x.y 写了两次，第一次在第 2 行"),
        ("[t]\n[u]\n[ t ]", (3, 3), "t 写了两次，第一次在第 1 行"),
        ("[t]\n[[t]]", (2, 3), "t 写了两次"),
        ("[[t]]\n[t]", (2, 2), "t 写了两次"),
        ("x = [{}]\n[[x]]", (2, 3), "x 写了两次"),
        ("[[p]]\na = 1\n[[p]]\na = 1\na = 2", (5, 1), "p.1.a 写了两次，第一次在第 4 行"),
        ('a = 1\na = """\nx\n"""', (2, 1), "a 写了两次"),
        ("a = {b = 1, b = 2}", (1, 18), "不能再写"),
        ("a = 1\n[a.b]", (2, 5), "不能再写"),
        ("a = {}\na.b = 1", (2, 8), "不能再写"),
        # full-width and other look-alikes
        ("a ＝ 1", (1, 3), "全角的 ＝ （U+FF1D），要用英文输入法写半角的等号 ="),
        ("a ： 1", (1, 3), "半角的等号 ="),
        ("a = “x”", (1, 5), "全角的 “ （U+201C），要用英文输入法写半角的引号"),
        ("a = ‘x’", (1, 5), "U+2018"),
        ("“a” = 1", (1, 1), "U+201C"),
        ("a = [1，2]", (1, 7), "半角的逗号 ,"),
        ("a = [1、2]", (1, 7), "半角的逗号 ,"),
        ("a = ［1]", (1, 5), "半角的方括号 ["),
        ("a = [1］", (1, 7), "半角的方括号 ]"),
        ("［a］", (1, 1), "半角的方括号 ["),
        ("[a］", (1, 3), "半角的方括号 ]"),
        ("【a】", (1, 1), "半角的方括号 ["),
        ("a = １", (1, 5), "半角的数字 1"),
        ("a = 1２", (1, 6), "半角的数字 2"),
        ("a = ｔrue", (1, 5), "半角的字母 t"),
        ("a = 2021－01－05", (1, 9), "半角的符号 -"),
        ("＃ x", (1, 1), "半角的井号 #"),
        ("\u3000a = 1", (1, 1), "半角的空格"),
        ("a = 1\u3000", (1, 6), "U+3000"),
        ("a =\u00a01", (1, 4), "U+00A0"),
        ("a\u200b = 1", (1, 2), "看不见的字符（U+200B）"),
        ("\ufeff\ufeffa = 1", (1, 1), "看不见的字符（U+FEFF）"),
        ("a = （1, 2）", (1, 5), "半角的方括号 ["),
        ("a = 1，", (1, 6), "行末多了标点"),
        ("a = 1；# x", (1, 6), "行末多了标点"),
        ("[a]、", (1, 4), "行末多了标点"),
        ("a = 2022-01-13。", (1, 15), "行末多了标点"),
        ('a = "有3件。', (1, 5), "请在文字末尾补上半角引号"),
        # values
        ("a = 1;", (1, 6), "行末多了标点"),
        ("a = [1, 2],", (1, 11), "行末多了标点"),
        ("a = (1, 2)", (1, 5), "写成了圆括号"),
        ("a = [1, 2)", (1, 10), "写成了圆括号"),
        ("a = 1, 2, 3", (1, 6), "几个数要写在一对半角方括号"),
        ('a = 15"', (1, 7), "数字后面多了引号"),
        ("a = .36", (1, 5), "小数点前后都要有数字"),
        ("a = [3., 1]", (1, 7), "小数点前后都要有数字"),
        ("a = 无", (1, 5), "没有的填 0"),
        ("a = [1, 没有]", (1, 9), "没有的填 0"),
        ("a = 2021年", (1, 9), "后面不写单位"),
        ("a == 1", (1, 4), "等号写了两次"),
        ("a: 1", (1, 2), "请写等号 ="),
        ("a := 1", (1, 3), "请写等号 ="),
        ("a = 1 // 说明", (1, 7), "前面要写井号 #"),
        ("// 说明", (1, 1), "前面要写井号 #"),
        ("; 说明", (1, 1), "前面要写井号 #"),
        ("a]\nb = 1", (1, 2), "检查左方括号 ["),
        ("a =", (1, 4), "缺少内容"),
        ("a =\nb = 1", (1, 4), "缺少内容"),
        ("a = # 待填", (1, 5), "缺少内容"),
        ("a = [1, , 2]", (1, 9), "缺少内容"),
        ("a = 2021-02-30", (1, 5), "没有这一天"),
        ("a = 2021-1-5", (1, 9), "日期写得不对"),
        ("a = 2021/1/5", (1, 9), "日期写得不对"),
        ("a = 2021.1.5", (1, 11), "日期写得不对"),
        ("a = 2021年1月5日", (1, 9), "日期写得不对"),
        ("a = 007", (1, 6), "不能以 0 开头"),
        ("a = [4, 01]", (1, 10), "不能以 0 开头"),
        ("a = -01", (1, 7), "不能以 0 开头"),
        ("a = 1,234", (1, 6), "千分位"),
        ("a = 3件", (1, 6), "单位"),
        ("a = [1 2]", (1, 8), "半角逗号"),
        ("a = 有", (1, 5), "一对半角引号"),
        ("a = True", (1, 5), "true、false"),
        ("a = true b", (1, 10), "另起一行"),
        ("a = [1,\nb = 1", (2, 1), "不是数字"),
        ("a = [1\nb = 1", (2, 1), "方括号没有写完"),
        ("a = {b = 1,\nc = 2}", (1, 12), "花括号没有写完"),
        ("a = {b = 1,}", (1, 12), "花括号没有写完"),
        ('a = "C:\\docs"', (1, 10), "反斜杠"),
        ('a = "\\ud800"', (1, 12), "反斜杠"),
        ("# x\na = " + "1" * 5000, (2, 5), "太长"),
        ("a = 1e" + "9" * 30, (1, 6), "太大"),
        # keys
        ("中文 = 1", (1, 1), "键名"),
        ("a b = 1", (1, 3), "缺少等号"),
        ("= 1", (1, 1), "键名"),
        ("[a", (1, 3), "表头没有写完"),
        ("[[a]", (1, 4), "表头没有写完"),
    ],
)
def test_syntax_errors(text: str, place: tuple[int, int], words: str) -> None:
    """Common mistakes are explained in Chinese, at their place, with a remedy."""
    for variant in (text, text.replace("\n", "\r\n")):
        finding = refused(variant)
        assert finding.rule is source.SYNTAX
        assert spot(finding.place) == place
        assert words in finding.message + finding.hint
        assert finding.message.endswith(("。", "。」"))
        assert not re.search(r"[,;:] ?(?=[一-龥])", finding.message)


def test_a_repeated_key_points_at_the_first() -> None:
    """The earlier place of a key is related to the finding."""
    finding = refused("[t]\na = 1\n\na = 2")
    assert finding.related == (Place("f.toml", 2, 1, "t.a"),)
    assert finding.place == Place("f.toml", 4, 1, "t.a")


# Hostile input: bounded by structure, not by the clock


class Counting:
    """Stands for tree-sitter and counts what reaches it."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, *_: object) -> None:
        """Count a call."""
        self.calls += 1


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a = " + "[" * 100_000, 69),
        ("a = " + "{a = " * 100_000, 325),
        ("a = " + "[" * 100_000 + "]" * 100_000, 69),
        (".".join(["a"] * 100_000) + " = 1", 130),
        ("[" + ".".join(["a"] * 100_000) + "]", 129),
        ("a = " + "{a.a.a.a = " * 100_000, 181),
    ],
)
def test_deep_nesting_reaches_no_parser(
    text: str, column: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deep input is refused by the scan: neither parser sees what nests too deep."""
    trees = Counting()
    monkeypatch.setattr(positions, "Parser", trees)
    lengths: list[int] = []
    loads: Callable[..., dict[str, Any]] = tomllib.loads

    def watched(part: str, **options: Any) -> dict[str, Any]:
        lengths.append(len(part))
        return loads(part, **options)

    monkeypatch.setattr(source.tomllib, "loads", watched)
    finding = refused(text)
    assert finding.rule is source.TOO_DEEP
    assert spot(finding.place) == (1, column)
    assert lengths == [column - 1]
    assert not trees.calls


def test_nesting_up_to_the_limit_is_fine() -> None:
    """Sixty-four levels are read and placed; brackets in texts and comments do not nest."""
    depth = source.MAX_DEPTH
    found = parsed("a = " + "[" * depth + "]" * depth)
    assert spot(found.place(("a", *[0] * (depth - 1)))) == (1, 4 + depth)
    assert refused("a = " + "[" * (depth + 1) + "]" * (depth + 1)).rule is source.TOO_DEEP
    quiet = "[" * 100
    text = f"a = \"{quiet}\\\"{quiet}\" # {quiet}\nb = '''\n{quiet}'{quiet}'''\nc = [ # {quiet}\n1]"
    assert parsed(text).values["c"] == [1]


def test_missing_brackets_are_no_depth() -> None:
    """A bracket forgotten on every line is the syntax error of the first of them."""
    finding = refused("".join(f"a{number} = [1, 2］\n" for number in range(100)))
    assert finding.rule is source.SYNTAX
    assert spot(finding.place) == (1, 11)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '"' * 100_001,
        "'" * 100_001,
        "\\" * 100_000,
        'a = """' + "\\" * 100_001,
        'a = "' + '\\"' * 100_000,
        "a = '''" + "''x" * 100_000,
        'a = """' + '""x' * 100_000,
        'a = "' + "\\ " * 100_000,
        "a = 1" + " " * 100_000 + "x",
        "a = " + "1 " * 100_000,
        "a = " + "1." * 100_000,
        "a=1\n" * 100_000,
        "]" * 100_000,
    ],
)
def test_hostile_input_is_one_finding(text: str) -> None:
    """Long garbage of any sort ends in one finding about its syntax."""
    assert refused(text).rule in (source.SYNTAX, source.TOO_DEEP)


def test_a_long_line_is_counted_once() -> None:
    """Many places on one long line are found from one pass over it."""
    found = parsed('a = ["中",' + "1," * 50_000 + "]")
    assert spot(found.place(("a", 50_000))) == (1, 10 + 2 * 49_999)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but a ContentError comes of any bytes."""
    with suppress(ContentError):
        source.parse(data, "f").place(("a", 0))


FRAGMENTS = [*"ab0123.=,[]{}'\"\\#\n \t-_:”［，＝中", '"""', "'''", "\r\n", "[[", "]]", "\\u4e2d"]
FRAGMENTS += ["a = ", "a.b = ", "[a]\n", "[[a]]\n", "a = {", "= [", '= "', "\\ \n", "true", "0.5"]
"""Pieces of TOML, to be put together wrongly."""


@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
@example('x = {a = 1, a = 2, "b\\q" = 3}')
@example("x = {a = 1, a = 2, ")
@example("[a]\n[a] ]]]] = ")
def test_any_fragments_are_read_or_refused(text: str) -> None:
    """Broken TOML is refused within its bounds, and valid TOML places all that it holds."""
    try:
        found = parsed(text)
    except ContentError as error:
        (finding,) = error.findings
        assert 0 <= offset_of(text, finding.place) <= len(text)
        assert finding.message
        return
    known = found._positions.values
    for path, _ in leaves(found.values, ()):
        assert path in known


# Random documents


def leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Give every value in a document with its path, containers included."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))


class Writer:
    """Writes a document as TOML in ways that `draw` chooses, and notes what it wrote where."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.written: dict[KeyPath, str] = {}

    def one_of(self, *choices: Any) -> Any:
        """Choose."""
        return self.draw(st.sampled_from(choices))

    def key(self, name: str) -> str:
        """Write a key bare or quoted."""
        choices = [self.basic(name)]
        if re.fullmatch("[A-Za-z0-9_-]+", name):
            choices.append(name)
        if "'" not in name and name.isprintable():
            choices.append(f"'{name}'")
        return str(self.one_of(*choices))

    def escaped(self, char: str, plain: str) -> str:
        """Write a character of a basic string."""
        short = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
        choices = [f"\\U{ord(char):08x}"]
        if ord(char) < 0x10000:
            choices.append(f"\\u{ord(char):04X}")
        if char in short:
            choices.append(short[char])
        if char in plain or (ord(char) >= 32 and char not in '"\\\x7f'):
            return self.one_of(char, char, *choices)
        return str(self.one_of(*choices))

    def basic(self, text: str) -> str:
        """Write a basic string of one line."""
        return '"' + "".join(self.escaped(char, "\t") for char in text) + '"'

    def basic_lines(self, text: str) -> str:
        """Write a basic string of several lines, with joints."""
        written = self.one_of("\n", "\n", "\\\n ", "") if text[:1] not in (*" \t\n",) else "\n"
        for char in text:
            if char not in " \t\n" and self.one_of(False, False, True):
                written += self.one_of("\\\n", "\\ \t\n\n  ", "\\\n\t")
            written += self.escaped(char, "\t\n")
        return f'"""{written}"""'

    def string(self, text: str) -> str:
        """Write a string in one of its four forms, as far as it can take it."""
        choices: list[Callable[[str], str]] = [self.basic, self.basic_lines]
        visible = all(ord(char) >= 32 and char != "\x7f" for char in text if char not in "\t\n")
        if visible and "'" not in text and "\n" not in text:
            choices.append(lambda text: f"'{text}'")
        if visible and "'''" not in text:
            choices.append(lambda text: f"'''\n{text}'''")
        return str(self.one_of(*choices)(text))

    def value(self, value: Any, path: KeyPath) -> str:
        """Write a value inline."""
        if isinstance(value, list):
            items = [self.value(item, (*path, number)) for number, item in enumerate(value)]
            comma = self.one_of(", ", ",", " ,\n", ", # 中[\n ")
            text = "[" + self.one_of("", " ", "\n# x\n") + comma.join(items)
            text += self.one_of("", ",", "\n")[: None if items else 0] + "]"
        elif isinstance(value, dict):
            items = []
            for key, item in value.items():
                name = self.key(key)
                items.append(f"{name}{self.one_of('=', ' = ')}{self.value(item, (*path, key))}")
            text = "{ " + ", ".join(items) + " }"
        elif isinstance(value, str):
            text = self.string(value)
        elif isinstance(value, bool):
            text = str(value).lower()
        elif isinstance(value, Decimal):
            text = format(value, "f") + ("" if "." in format(value, "f") else ".0")
        elif isinstance(value, dt.date):
            text = value.isoformat()
        else:
            text = str(value)
        self.written[path] = text
        return text

    def dotted(self, names: list[str], value: Any, path: KeyPath) -> None:
        """Write a table by dotted keys, or any value by a key."""
        if isinstance(value, dict) and value and self.one_of(True, False):
            for key, item in value.items():
                self.dotted([*names, self.key(key)], item, (*path, key))
            return
        key = self.one_of(".", " . ").join(names)
        comment = self.one_of("", " # “中”")
        self.lines.append(f"{self.one_of('', '  ')}{key} = {self.value(value, path)}{comment}")

    def table(self, table: dict[str, Any], names: list[str], path: KeyPath) -> None:
        """Write a table: what has no header of its own first."""
        headed: list[str] = []
        for key, item in table.items():
            tables = isinstance(item, list) and item and all(isinstance(i, dict) for i in item)
            if (tables or isinstance(item, dict)) and self.one_of(True, True, False):
                headed.append(key)
            else:
                self.dotted([self.key(key)], item, (*path, key))
        for key in headed:
            below, item = [*names, self.key(key)], table[key]
            header = self.one_of(".", " . ").join(below)
            if isinstance(item, dict):
                self.lines.append(f"[{header}]")
                self.written[(*path, key)] = self.lines[-1]
                self.table(item, below, (*path, key))
            else:
                for number, element in enumerate(item):
                    self.lines.append(f"[[{header}]]")
                    self.written[(*path, key, number)] = self.lines[-1]
                    self.table(element, below, (*path, key, number))


TEXTS = st.text(
    st.one_of(st.sampled_from("a '\"\\\n\t中😀é"), st.characters(codec="utf-8")), max_size=8
)
KEYS = st.one_of(st.sampled_from(["a", "b", "c-1", "_", "7"]), TEXTS)
SCALARS = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.dates(min_value=dt.date(1000, 1, 1)),
)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(KEYS, inner, max_size=3),
            st.lists(st.dictionaries(KEYS, inner, max_size=3), max_size=3),
        ),
        max_leaves=8,
    ),
    max_size=4,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data(), DOCUMENTS, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_random_documents(
    data: st.DataObject, document: dict[str, Any], ending: str, bom: bool
) -> None:
    """Every value is at its place, and every character of every string."""
    writer = Writer(data.draw)
    writer.table(document, [], ())
    text = ("\n".join(writer.lines) + "\n").replace("\n", ending)
    found = source.parse(("\ufeff" * bom + text).encode(), "f.toml")
    assert found.values == document
    assert found.text == text
    for path, value in leaves(document, ()):
        place = found.place(path)
        key_offset = offset_of(text, found.key_place(path))
        offset = offset_of(text, place)
        assert path in found._positions.values
        if path in writer.written:
            written = writer.written[path].replace("\n", ending)
            assert text.startswith(written, offset)
            if not isinstance(value, dict | list):
                assert tomllib.loads(f"x = {written}", parse_float=Decimal)["x"] == value
        if isinstance(path[-1], str):
            assert key_at(text, key_offset) == path[-1]
        if isinstance(value, str):
            for number, char in enumerate(value):
                at = offset_of(text, found.inside(path, number))
                assert char_at(text, at, literal=text[offset] == "'") == char
            end = offset_of(text, found.inside(path, len(value)))
            assert text[end:].startswith(text[offset])


def key_at(text: str, offset: int) -> str:
    """Read the key that starts at an offset."""
    written = re.compile(r"""[A-Za-z0-9_-]+|'[^']*'|"(?:[^"\\]|\\.)*\"""").match(text, offset)
    assert written is not None
    return next(iter(tomllib.loads(f"{written[0]} = 0")))


def char_at(text: str, offset: int, *, literal: bool) -> str:
    """Read the character that is written at an offset, perhaps as an escape."""
    escape = re.compile(r"\\(?:u.{4}|U.{8}|.)").match(text, offset)
    if escape is None or literal:
        return "\n" if text.startswith("\r\n", offset) else text[offset]
    return str(tomllib.loads(f'x = "{escape[0]}"')["x"])
