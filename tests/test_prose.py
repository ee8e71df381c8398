"""Prose: paragraphs, **bold**, {{ references }}, joins at line ends, origins of characters."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.content.prose import Reference, paragraphs, references
from pipeline.document import Origin, Paragraph, Run

PATH = ("overview", "proactive")


def resolved(reference: Reference) -> str:
    """A text that no source holds, so that it shows in a run."""
    return f"⟦{reference.path}|{reference.format}⟧"


def parsed(text: str) -> list[Paragraph]:
    """The paragraphs of a text at some path."""
    return paragraphs(text, PATH, resolved)


def texts(text: str) -> list[str]:
    """The paragraphs as they print, bold in ‹ ›."""
    return [
        "".join(f"‹{run.text}›" if run.bold else run.text for run in paragraph.runs)
        for paragraph in parsed(text)
    ]


# ---- paragraphs and lines


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", []),
        (" \t\n　\n\n", []),
        ("甲", ["甲"]),
        ("甲\n\n乙", ["甲", "乙"]),
        ("甲\n \t　\n乙", ["甲", "乙"]),
        ("\n\n甲\n\n\n\n乙\n\n", ["甲", "乙"]),
        ("　　甲\n\n\t乙　\n", ["甲", "乙"]),
        ("甲\r\n\r\n乙", ["甲", "乙"]),
        ("甲　　乙", ["甲　　乙"]),
        ("甲\t乙", ["甲 乙"]),
    ],
)
def test_a_blank_line_ends_a_paragraph(text: str, wanted: list[str]) -> None:
    """Blank lines of any blanks part paragraphs; blanks around a paragraph are not text."""
    assert texts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("甲\n乙", "甲乙"),
        ("one\ntwo", "one two"),
        ("one  \n\ttwo", "one two"),
        ("甲\ntwo", "甲two"),
        ("one\n乙", "one乙"),
        ("12\n34", "12 34"),
        ("é\nà", "é à"),
        ("end.\nNext", "end. Next"),
        ("甲，\n乙", "甲，乙"),
        ("one\ntwo\nthree", "one two three"),
        ("一\r\n二", "一二"),
    ],
)
def test_a_line_end_joins(text: str, wanted: str) -> None:
    """Within a paragraph: no blank beside Han characters, one between Latin words."""
    assert texts(text) == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("**one**\ntwo", "‹one› two"),
        ("one\n**two**", "one ‹two›"),
        ("**one\ntwo**", "‹one›‹ ›‹two›"),
        ("**甲**\ntwo", "‹甲›two"),
        ("**one** \n two", "‹one› two"),
        (r"one\**" + "\n**two**", "one** ‹two›"),
        ("{{ a.b }}\ntwo", "⟦a.b|⟧two"),
    ],
)
def test_a_line_end_beside_markup(text: str, wanted: str) -> None:
    """Markup at a line's end does not glue two Latin words together."""
    assert texts(text) == [wanted]


def test_a_line_end_beside_a_reference() -> None:
    """Neither does a reference that prints a number."""
    (paragraph,) = paragraphs("{{ a }}\nitems of\n{{ b }}\n件", PATH, lambda _: "4")
    assert "".join(run.text for run in paragraph.runs) == "4 items of 4件"


# ---- bold


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("**一是**加强", ["‹一是›加强"]),
        ("甲**乙**丙**丁**", ["甲‹乙›丙‹丁›"]),
        ("**甲", ["**甲"]),
        ("甲**", ["甲**"]),
        ("**甲**乙**", ["‹甲›乙**"]),
        ("****", ["****"]),
        ("** **", ["** **"]),
        ("****甲**", ["****甲**"]),
        ("*甲*", ["*甲*"]),
        ("**甲\n\n乙**", ["**甲", "乙**"]),
        (r"\**甲\**", ["**甲**"]),
        (r"**甲\**乙**", ["‹甲›‹**›‹乙›"]),
        ("**{{ a.b }}**", ["‹⟦a.b|⟧›"]),
        ("5**3", ["5**3"]),
    ],
)
def test_bold(text: str, wanted: list[str]) -> None:
    """`**…**` is bold within a paragraph; a lone, empty or escaped pair of stars is itself."""
    assert texts(text) == wanted


# ---- references


@pytest.mark.parametrize(
    ("text", "path", "style"),
    [
        ("{{a}}", "a", ""),
        ("{{ applications.received.total }}", "applications.received.total", ""),
        ("{{\ta.b_c.d2\t}}", "a.b_c.d2", ""),
        ("{{ a.b | 中文 }}", "a.b", "中文"),
        ("{{a.b|中文}}", "a.b", "中文"),
        ("{{ a.0 | x }}", "a.0", "x"),
    ],
)
def test_references(text: str, path: str, style: str) -> None:
    """A path and an optional format; the origin is the opening brace."""
    (found,) = references(f"甲{text}乙", PATH)
    assert (found.path, found.format, found.source) == (path, style, text)
    assert found.origin == Origin(PATH, 1)
    assert texts(f"甲{text}乙") == [f"甲⟦{path}|{style}⟧乙"]


@pytest.mark.parametrize(
    "text",
    ["{{}}", "{{ }}", "{{ 7*7 }}", "{{ a b }}", "{{ a. }}", "{{ .a }}", "{{ a..b }}", "{{ 1a }}",
     "{ { a } }", "{{ a }", "{{ a | }}", "{{ 甲 }}", "{{ a() }}", "{{ a|b|c }}", "{% raw %}",
     "{{{{", "}}", "{{ a-b }}", "{{甲\n}}"],
)  # fmt: skip
def test_what_is_no_reference_is_text(text: str) -> None:
    """Everything but a path of ASCII names in double braces is literal."""
    assert references(text, PATH) == []
    assert texts(text) == [text.replace("\n", "")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"\{{ a.b }}", "{{ a.b }}"),
        (r"\\{{ a.b }}", r"\{{ a.b }}"),
        (r"\{", r"\{"),
        (r"\*", r"\*"),
        (r"\n\t\\", r"\n\t\\"),
        (r"{\{{ a }}", "{{{ a }}"),
        (r"{{{ a }}}", "{⟦a|⟧}"),
    ],
)
def test_escapes(text: str, wanted: str) -> None:
    r"""`\{{` and `\**` are the only escapes; any other backslash is itself."""
    assert texts(text) == [wanted]


# ---- where it all comes from

PIECES = [
    *"\\* \t　甲，（x堃1.é𬭎", "\n", "\n\n", "\n \n", "**", "\\**", "\\{{", "{{ a.b }}",
    "{{a|中文}}", "{{", "}}", "乙丙", "word",
]  # fmt: skip
SOURCES = st.lists(
    st.sampled_from(PIECES) | st.characters(exclude_characters="\r", exclude_categories=("Cs",)),
    max_size=40,
).map("".join)


@given(SOURCES)
def test_every_run_knows_its_place(source: str) -> None:
    """A run's text stands in the source at its offset: tabs, joins and references apart."""
    for paragraph in parsed(source):
        assert paragraph.runs
        for run in paragraph.runs:
            assert run.origin is not None
            assert run.origin.path == PATH
            at = run.origin.offset
            there = source[at : at + len(run.text)]
            if run.text.startswith("⟦"):
                assert re.match(r"\{\{[^{}]*\}\}", source[at:])
            elif run.text == " " and there == "\n":
                continue
            else:
                assert run.text == there.replace("\t", " ")


@given(SOURCES)
def test_runs_are_in_order(source: str) -> None:
    """Origins never run backwards or overlap, through all paragraphs."""
    end = 0
    for paragraph in parsed(source):
        for run in paragraph.runs:
            assert run.origin is not None
            assert run.origin.offset >= end
            end = run.origin.offset + (1 if run.text.startswith("⟦") else len(run.text))


@given(SOURCES)
def test_nothing_is_lost_but_markup_and_blanks(source: str) -> None:
    """Without blanks, and with markup taken out of both, what prints is what was written."""

    def bare(text: str) -> str:
        return re.sub(r"[\s　*]", "", text)

    printed = "".join(
        source[run.origin.offset :][: source[run.origin.offset :].index("}}") + 2]
        if run.text.startswith("⟦") and run.origin
        else run.text
        for paragraph in parsed(source)
        for run in paragraph.runs
    )
    unescaped = re.sub(r"\\(\*\*|\{\{)", r"\1", source)
    assert bare(printed) == bare(unescaped)


@given(SOURCES)
def test_references_are_what_is_resolved(source: str) -> None:
    """`references` lists exactly what `paragraphs` resolves."""
    seen: list[Reference] = []
    paragraphs(source, PATH, lambda reference: seen.append(reference) or "")  # type: ignore[func-returns-value]
    assert references(source, PATH) == seen
    assert all(source[found.origin.offset :].startswith(found.source) for found in seen)


@given(st.text("甲乙ab 　\t\n1.é，", max_size=60))
def test_lines_join_by_an_independent_rule(source: str) -> None:
    """The same words as by splitting into paragraphs and lines with plain string methods."""
    wanted = []
    paragraph: list[str] = []
    for line in [*source.split("\n"), ""]:
        if line.strip(" \t　"):
            paragraph.append(line)
        elif paragraph:
            wanted.append(paragraph)
            paragraph = []
    found = ["".join(run.text for run in p.runs) for p in parsed(source)]
    assert len(found) == len(wanted)
    for text, lines in zip(found, wanted, strict=True):
        joined = lines[0]
        for line in lines[1:]:
            left, right = joined.rstrip(" \t"), line.lstrip(" \t")
            latin = left and right and _is_word(left[-1]) and _is_word(right[0])
            joined = left + (" " if latin else "") + right
        assert text == joined.strip(" \t　").replace("\t", " ")


def _is_word(char: str) -> bool:
    return "!" <= char <= "~" or "À" <= char <= "ɏ"


@given(st.text("甲乙，。堃𬭎%&{}#$^_~\\<>`'\"", min_size=1, max_size=60))
def test_every_other_character_means_itself(source: str) -> None:
    """Without `**`, `{{` and blanks, a text is one run of itself at offset 0."""
    if "{{" not in source:
        assert parsed(source) == [Paragraph((Run(source, Origin(PATH, 0)),))]
