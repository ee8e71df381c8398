"""Marks in prose that do not do what was meant: wrong references, and asterisks that print."""

import re
from collections.abc import Iterator

from pipeline.composition.compose import FORMATS
from pipeline.content import prose
from pipeline.content.report import Report, unreferable
from pipeline.findings import Finding, Place, Rule, Severity
from pipeline.rules.dossier import Dossier
from pipeline.tomlfile.positions import KeyPath

UNKNOWN = Rule(
    "NB501",
    Severity.ERROR,
    "引用了没有的格",
    "请改正路径；要原样印出，请在 {{ 前加 \\。",
    about="有相近的路径时，提示中会写出来。",
)
EMPTY = Rule("NB502", Severity.ERROR, "引用的格里没有数字", "请先填好这一格。")
FORMAT = Rule("NB503", Severity.ERROR, "不认识的引用格式", "竖线后面只能写 中文。")
LITERAL = Rule(
    "NB504",
    Severity.WARNING,
    "像是没有写对的引用",
    "引用要写成 {{ applications.received.total }} 的样子：两对半角花括号，中间是路径，"
    "点和竖线也是半角的。要原样印出，请在 {{ 前加 \\。",
    acceptable=True,
    about="这样的文字会原样印出，不会换成数字：用了全角的花括号、句号或竖线，只写了一个花括号或没有写花括号，"
    "路径写成了中文，或者引用写在标题里。",
)
ASTERISKS = Rule(
    "NB505",
    Severity.WARNING,
    "星号会原样印出",
    "加粗请在文字前后各写两个半角星号，写在同一段里；要原样印出，请写成 \\**。",
    acceptable=True,
    about="查落单的 **，全角的 ＊＊，以及标题里的 **。三个以上连写的星号不算。",
)
RULES = (UNKNOWN, EMPTY, FORMAT, LITERAL, ASTERISKS)

_ESCAPED = re.compile(r"\\\{\{(?:[^{}\n]{0,80}\}\})?")
_PATH = r"[A-Za-z_][A-Za-z0-9_]{0,40}(?:[.．。][A-Za-z0-9_]{1,40}){1,8}"
_SLIP = re.compile(
    r"[{｛]{2}[^{}｛｝\n]{0,80}[}｝]{0,2}|[}｝]{2}"
    rf"|[{{｛][ \t\u3000]{{0,9}}{_PATH}[^{{}}｛｝\n]{{0,9}}[}}｝]"
    rf"|(?<![A-Za-z0-9_.@/:-])(?P<bare>{_PATH})(?![A-Za-z0-9_/-])"
)
_STARS = re.compile(r"(?<![*\\])\*\*(?!\*)|(?<!＊)＊＊(?!＊)")
_PAIR = re.compile("＊＊[^＊\n]{1,60}＊＊(?!＊)")
_NEAR = 20
"""Wrong paths for which the nearest one is looked for."""
_LONGEST = 80
_SHOWN = 30


def references(dossier: Dossier) -> Iterator[Finding]:
    """Every mark that is not printed as it was meant."""
    report = dossier.report
    near: dict[str, str] = {}
    for path, text in report.prose():
        found = prose.references(text, path)
        for reference in found:
            place = report.locate(reference.origin)
            wrong = unreferable(report, reference)
            if wrong == "unknown":
                if len(near) < _NEAR and reference.path not in near:
                    near[reference.path] = _nearest(report, reference.path)
                hint = near.get(reference.path, "")
                yield Finding(UNKNOWN, place, f"没有这一格：{reference.path}。", hint)
            elif wrong:
                yield Finding(EMPTY, place, f"{reference.path} 里没有数字。")
            if reference.format not in FORMATS:
                yield Finding(FORMAT, place, f"不认识的引用格式：{reference.format}。")
        yield from _literal(report, path, text, found)
    yield from _in_headings(dossier)


def _in_headings(dossier: Dossier) -> Iterator[Finding]:
    """Marks in headings, which know none."""
    for passage in dossier.passages:
        if passage.level is not None and passage.own:
            for slip in _slips(dossier.report, passage.text):
                yield _slip(dossier.at(passage, slip.start()), slip[0])
            for stars in _STARS.finditer(passage.text):
                yield _stars(dossier.at(passage, stars.start()), "标题里不能加粗")


def _literal(
    report: Report, path: KeyPath, text: str, found: list[prose.Reference]
) -> Iterator[Finding]:
    """What stays as it is in a text and looks as if it should not."""
    left = list(_ESCAPED.sub(lambda escaped: "\0" * len(escaped[0]), text))
    for reference in found:
        start = reference.origin.offset
        left[start : start + len(reference.source)] = "\0" * len(reference.source)
    for slip in _slips(report, "".join(left)):
        yield _slip(report.source.inside(path, slip.start()), slip[0])
    for paragraph in prose.paragraphs(text, path, lambda _: ""):
        for run in paragraph.runs:
            at = run.origin.offset if run.origin else 0
            if run.text == "**" and _STARS.match(text, at):
                yield _stars(report.source.inside(path, at), "这里的 ** 没有另一半")
            ends = 0
            for stars in _STARS.finditer(run.text):
                if stars[0] == "＊＊" and stars.start() >= ends:
                    pair = _PAIR.match(run.text, stars.start())
                    ends = pair.end() if pair else stars.end()
                    place = report.locate(run.origin, stars.start())
                    yield _stars(place, "这里的星号是全角的")


def _slips(report: Report, text: str) -> Iterator[re.Match[str]]:
    """What looks like a reference and is none; a bare path only where it leads into a table."""
    tables = {content.section.key for content in report.sections if content.table}
    for slip in _SLIP.finditer(text):
        if not slip["bare"] or re.split("[.．。]", slip["bare"])[0] in tables:
            yield slip


def _slip(place: Place, words: str) -> Finding:
    quoted = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
    return Finding(LITERAL, place, f"“{quoted}”会原样印出，不会换成数字。")


def _stars(place: Place, why: str) -> Finding:
    return Finding(ASTERISKS, place, f"{why}，星号会原样印出。")


def _nearest(report: Report, path: str) -> str:
    """The path that was meant, as a question; "" where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # most references are right

    known = [cell for content in report.sections if content.table for cell in content.table.cells]
    near = get_close_matches(path, ["year", *known], n=1) if len(path) <= _LONGEST else []
    return f"你是不是想写 {{{{ {near[0]} }}}}？" if near else ""
