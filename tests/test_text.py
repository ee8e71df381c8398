"""The text layer: prose and headings come out of the PDF as they went in, to the character."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import AGENCY, Workshop, prose_of, squeezed
from extraction import PRINTED_DAY, READERS, Reader, stamped

from pipeline.composition.compose import compose, grid
from pipeline.content import report as content_files
from pipeline.form.forms import Form


def unsigned(path: Path, reader: Reader, signature: str) -> str:
    """The text of a stamped file as `read` gives it, without the signature, which stands once.

    It follows the page's number where a reader goes by the order of the file.
    """
    text = ""
    for number, page in enumerate(reader(path), 1):
        plain, last = squeezed(page), number == len(reader(path))
        assert plain.count(signature) == last
        plain = plain.replace(signature, "")
        assert plain.endswith(f"—{number}—"), plain[-20:]
        text += plain.removesuffix(f"—{number}—")
    return text


def read(path: Path, reader: Reader, mark: str = "") -> str:
    """All text without blanks, page numbers and the mark in the margin."""
    text = ""
    for number, page in enumerate(reader(path), 1):
        plain = squeezed(page)
        assert plain.endswith(f"—{number}—"), plain[-20:]
        assert plain.startswith(mark)
        text += plain.removesuffix(f"—{number}—").removeprefix(mark)
    return text


def cells_of(form: Form, content: Mapping[str, Any], path: Path) -> dict[str, str]:
    """The text of every table, cell by cell, by the section's key."""
    report, _ = content_files.read(path, (form,))
    assert report.year == content["year"]
    return {
        part.section.key: squeezed(
            "".join(c.run.text for c in grid(part.section.table, part.table).cells)
        )
        for part in report.sections
        if part.section.table and part.table
    }


def pieces_of(content: Mapping[str, Any], form: Form, title: str) -> list[tuple[str, str]]:
    """What must be read, in order: ("prose", text) and ("table", key of the section)."""
    pieces = [("prose", title + content.get("preface", ""))]

    def parts(own: Mapping[str, Any]) -> None:
        for part in own.get("parts", []):
            pieces.extend([("prose", part["heading"]), ("prose", part.get("text", ""))])
            parts(part)

    for section in form.sections:
        own = content[section.key]
        before = own.get("before", "") if section.table else own.get("text", "")
        pieces.append(("prose", own.get("heading", section.heading) + before))
        if section.table:
            pieces.append(("table", section.key))
        pieces += [
            ("prose", part.heading + own[part.key]) for part in section.parts if part.key in own
        ]
        parts(own)
        pieces.append(("prose", own.get("after", "")))
    return pieces


def assert_reads(text: str, pieces: list[tuple[str, str]], tables: Mapping[str, str]) -> None:
    """`text` is the prose of the pieces in order, and between them the tables' cells, each once."""
    pattern = "".join(
        re.escape(squeezed(piece)) if kind == "prose" else f"(?P<{piece}>.*?)"
        for kind, piece in pieces
    )
    found = re.fullmatch(pattern, text)
    if not found:  # where it goes wrong
        at = 0
        for kind, piece in pieces:
            if kind == "prose":
                wanted = squeezed(piece)
                start = text.find(wanted, at)
                assert start >= 0, f"not found after {text[max(at - 20, 0) : at]!r}: {wanted!r}"
                at = start + len(wanted)
    assert found, "something stands between the pieces"
    for key, cells in tables.items():
        assert Counter(found[key]) == Counter(cells), key


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("state", ["report", "stamped"])
def test_seed(
    seed_pdf: Path, seed_content: dict[str, Any], workshop: Workshop, state: str, reader: str
) -> None:
    """The seed's report: title, headings, prose and the figures of its tables, nothing else."""
    name = "铁西区大潘街道办事处"
    target = workshop.write(seed_content, {**AGENCY, "name": name})
    pieces = pieces_of(seed_content, workshop.form, f"{name}2021年政府信息公开工作年度报告")
    assert squeezed("".join(p for kind, p in pieces if kind == "prose")).endswith(
        squeezed("".join(prose_of(seed_content, workshop.form)))
    )
    tables = cells_of(workshop.form, seed_content, target.path)
    if state == "stamped":
        signed = stamped(seed_pdf, workshop.stock.fonts)
        text = unsigned(signed, READERS[reader], f"{name}{PRINTED_DAY}")
    else:
        text = read(seed_pdf, READERS[reader])
    assert_reads(text, pieces, tables)


LONG = (
    "本机关严格落实《中华人民共和国政府信息公开条例》，坚持“以公开为常态、不公开为例外”，2023年主动公开政府信息86条；"
    "联系电话：024-12345678，电子邮箱：zhengwu@example.gov.cn，网址：https://www.example.gov.cn/zwgk/index.html。"
    "其中堃、喆、旸、珺、彧、燚、垚、䶮、镕等姓名用字及①②、Ⅱ、㎡、‰、℃、×、·均已列明——至此为止……"
)


def made_up(workshop: Workshop) -> tuple[dict[str, Any], dict[str, Any]]:
    """A content that uses everything, and the same with markup and references as they print."""

    def content(*, printed: bool) -> dict[str, Any]:
        def text(source: str) -> str:
            if not printed:
                return source
            for written, shown in SHOWN.items():
                source = source.replace(written, shown)
            return source

        made = workshop.blank()
        made["preface"] = text(f"**一是。**{LONG}\n\n第二段\n接上一行，{LONG}\n\n \n　　第三段")
        made["applications"]["received"] = [4, 1, 0, 0, 0, 2]
        made["applications"]["results"]["granted"] = [3, 1, 0, 0, 0, 2]
        made["applications"]["results"]["refused"]["process_information"][0] = 1
        made["overview"]["text"] = text(
            r"共{{ applications.received.total }}件（{{applications.received.total|中文}}件），"
            r"自然人{{ applications.received.natural | 中文 }}件，"
            r"\{{ year }}是{{ year }}，\**不加粗\**。"
        )
        for part in workshop.form.sections[0].parts:
            made["overview"][part.key] = text(f"**{part.key}：**{LONG}")
        made["overview"]["parts"] = [{"heading": "（六）自设小节", "text": text(LONG)}]
        for key in ("disclosure", "applications", "reviews"):
            made[key]["before"] = text(f"**表前：**{LONG}")
            made[key]["after"] = text(f"{LONG}\n\n**表后**{LONG}")
        made["problems"]["heading"] = "五、问题（改写的标题）"
        made["problems"]["text"] = text(LONG)
        made["problems"]["parts"] = [
            {
                "heading": "（一）主要问题",
                "text": text(f"{LONG}**加粗**"),
                "parts": [
                    {
                        "heading": "1.第一个问题",
                        "text": text(LONG),
                        "parts": [{"heading": "（1）其一", "text": text(LONG)}],
                    },
                    {"heading": "2.没有正文的标题，后面还有标题"},
                ],
            },
            {"heading": "（二）改进情况", "text": text(f"* 星号 ** 不成对，{LONG}")},
        ]
        made["other_matters"]["text"] = "无"
        return made

    return content(printed=False), content(printed=True)


SHOWN = {
    r"\{{ year }}": "{<year>}",
    r"\**不加粗\**": "<>不加粗<>",
    "** 不成对": "<> 不成对",
    "**": "",
    "<>": "**",
    "{{ applications.received.total }}": "7",
    "{{applications.received.total|中文}}": "七",
    "{{ applications.received.natural | 中文 }}": "四",
    "{{ year }}": "2023",
    "{<year>}": "{{ year }}",
}
"""Markup to what prints, in the order in which it is replaced."""


@pytest.fixture(scope="module")
def made_up_pdf(workshop: Workshop) -> Path:
    """That report, marked as a sample."""
    return workshop.build({**made_up(workshop)[0], "sample": True})


@pytest.mark.parametrize("reader", READERS)
def test_everything(made_up_pdf: Path, workshop: Workshop, reader: str) -> None:
    """Preface, parts, nested headings, prose about tables, bold and references, in their order."""
    source, printed = made_up(workshop)
    title = f"{AGENCY['name']}2023年政府信息公开工作年度报告"
    tables = cells_of(workshop.form, source, workshop.write(source).path)
    assert_reads(
        read(made_up_pdf, READERS[reader], mark="样例"),
        pieces_of(printed, workshop.form, title),
        tables,
    )


def test_document_agrees(workshop: Workshop) -> None:
    """The test's own idea of what prints is that of the document model."""
    source, printed = made_up(workshop)
    checked = workshop.check(source)
    assert not checked.errors
    runs = "".join(
        run.text
        for element in compose(checked.report).elements
        for run in (
            getattr(element, "runs", None) or [r for r in [getattr(element, "run", None)] if r]
        )
    )
    wanted = "".join(
        piece for kind, piece in pieces_of(printed, workshop.form, "") if kind == "prose"
    )
    assert squeezed(runs) == squeezed(wanted)


@pytest.mark.parametrize("reader", READERS)
def test_paragraphs_are_found_by_search(made_up_pdf: Path, workshop: Workshop, reader: str) -> None:
    """A sentence that crosses lines is found once blanks are out; a name of rare letters always."""
    text = read(made_up_pdf, READERS[reader], mark="样例")
    pieces = pieces_of(made_up(workshop)[1], workshop.form, "")
    wanted = sum(piece.count(LONG) for _, piece in pieces)
    assert wanted > 20
    assert text.count(squeezed(LONG)) == wanted
    assert text.count("堃、喆、旸、珺、彧、燚、垚、䶮、镕") == wanted
