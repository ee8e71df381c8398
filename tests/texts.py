"""Texts with carets where a rule must find something, and what it does find.

`‸` stands before each place; a text without one must give no finding.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import tomli_w
from conftest import AGENCY, Workshop
from hypothesis import strategies as st

from pipeline import checking, fonts
from pipeline.checking import Stock
from pipeline.composition.compose import compose
from pipeline.content.report import read
from pipeline.findings import Finding
from pipeline.rules.dossier import Dossier

CARET = "‸"

anything = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc"]),
        st.sampled_from(
            "“”‘’（）《》()[]<>，。、；：？！,.;:?!X×某年月日二〇一三四五十是要第件条申请人王街道镇局我本"
        ),
        st.sampled_from("0123456789- 　"),
    ),
    max_size=120,
)
"""Any text, with more of what the rules look for than chance would bring."""

LONG, MOST = 200_000, 500
"""Characters of a long paragraph, and findings in it that a test waits for."""

HARD = (
    "（", "”", "“（", "，，", "工作", "1 ", "a ", " ", "一是", "三是", "（三）", "（一）", "某",
    "[", "【填", "《 ", "2022年，", "统计期限", "现将", "13812345678 ", "1234 ", "申请人王",
    "请与", "a.", "http://", "a@", "a(", "<", "十", "我", "截至2022年", "本报告由", "“", "**甲**",
    "公开信息12条。公开信息13条。", "公开信息12条，公开信息13条，", "1条、", "共12条，甲1条，",
    "没有", "没有收到申请、", "新收申请12件，", "（新收申请12件",
    "我街2022年", "2022年1月",
)  # fmt: skip
"""What a rule might look at again and again, when it is all that a text holds."""

Check = Callable[[Dossier], Iterator[Finding]]


def checked(
    workshop: Workshop,
    text: str,
    *,
    before: str | None = None,
    year: int = 2023,
    section: str = "problems",
    agency: Mapping[str, Any] = AGENCY,
    stock: Stock | None = None,
    **head: Any,
) -> tuple[list[Finding], list[tuple[int, int]]]:
    """All findings, and line and column of each caret, for a text in an otherwise blank report.

    `before` is the text of the year before; `head` are further keys of the file.
    """
    content: dict[str, Any] = {**workshop.blank(year), **head}
    content[section]["text"] = text
    marked = tomli_w.dumps(content)
    target = workshop.write(content, agency)
    target.path.write_text(marked.replace(CARET, ""), encoding="utf-8")
    if before is not None:
        last = workshop.blank(year - 1)
        last[section]["text"] = before
        target.path.with_name(f"{year - 1}.toml").write_text(tomli_w.dumps(last), encoding="utf-8")
    return list(checking.check(target, stock or workshop.stock).findings), places(marked)


def places(text: str) -> list[tuple[int, int]]:
    """Line and column of each caret, as they are when all are taken out."""
    return [
        (number, at + 1) for number, line in enumerate(text.split("\n"), 1) for at in _offsets(line)
    ]


def _offsets(line: str) -> list[int]:
    parts = line.split(CARET)
    return [sum(map(len, parts[:count])) for count in range(1, len(parts))]


def found(
    workshop: Workshop,
    code: str,
    text: str,
    **more: Any,
) -> list[Finding]:
    """The findings of a code, which must stand at the carets of the text and nowhere else."""
    findings, carets = checked(workshop, text, **more)
    own = [finding for finding in findings if finding.rule.code == code]
    assert [(f.place.line, f.place.column) for f in own] == carets, own
    return own


def dossier(workshop: Workshop, text: str) -> Dossier:
    """What the rules look at, for a text in a blank report, and the same text last year."""
    content = workshop.blank(2023)
    content["problems"]["text"] = text
    stock = workshop.stock
    report, _ = read(workshop.write(content).path, stock.forms)
    plan = fonts.plan(stock.fonts, ())
    return Dossier(report, compose(report), plan, stock.forms, report, sayings=stock.sayings)


def everything(looked_at: Dossier, checks: Iterable[Check]) -> list[Finding]:
    """The findings of several rules, the first of each."""
    return [finding for check in checks for finding in islice(check(looked_at), MOST)]
