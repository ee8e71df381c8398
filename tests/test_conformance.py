"""The check of a finished PDF: every rule is broken once, and no file harms it."""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import spoiling
from conftest import Workshop
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, String
from spoiling import BAD, Bad, changed, content, saved

from pipeline import conformance
from pipeline.cli import run
from pipeline.conformance import content as contents
from pipeline.conformance.opening import MOST_BYTES
from pipeline.conformance.problem import Problem, Rule
from pipeline.conformance.tokens import strings, tokens
from pipeline.conformance.verdict import problems, require
from pipeline.errors import ExitCode, TypesettingFailed
from pipeline.pdf.writing import written


def rules(pdf: bytes) -> set[str]:
    """The rules that a file breaks."""
    return {problem.rule for problem in problems(pdf)}


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_bad_files(bad: Bad, good_pdf: bytes) -> None:
    """Each bad file breaks its rule, and is told in Chinese with its clause."""
    found = problems(bad.change(good_pdf))
    assert bad.rule in {problem.rule for problem in found}
    for problem in found:
        assert re.search("[一-龥].*。$", problem.message)
        assert re.match("ISO (19005-3|14289-1|32000-1) [0-9]|docs/records.md$", problem.clause)


def all_rules() -> set[str]:
    """Every rule of the package."""
    import importlib  # noqa: PLC0415
    import pkgutil  # noqa: PLC0415

    found = set()
    for info in pkgutil.iter_modules(conformance.__path__, "pipeline.conformance."):
        values = vars(importlib.import_module(info.name)).values()
        found |= {value.name for value in values if isinstance(value, Rule)}
    return found


def test_rules_are_broken() -> None:
    """There is a bad file for each rule; two need files of their own, below."""
    assert all_rules() == {bad.rule for bad in BAD} | {"too-large", "widget-name"}


def test_good_file_changed(good_pdf: bytes) -> None:
    """What the bad files have in common, that they were written anew, breaks no rule."""
    assert problems(changed(good_pdf, lambda _: None)) == ()


def other_info(pdf: Pdf) -> None:
    """What Info says is another program's affair."""
    del pdf.docinfo["/Nianbao"]
    pdf.docinfo["/Keywords"] = "x"
    pdf.docinfo["/Author"] = "A; B"
    spoiling.packet(pdf, "<xmp:CreateDate>[^<]*", "<xmp:CreateDate>2024-01")


def direct_tag(pdf: Pdf) -> None:
    """A tag that stands in the one above it, with content of its own below."""
    above = pdf.Root.StructTreeRoot.K
    above.K.append(Dictionary(Type=Name.StructElem, S=Name.Div, P=above))
    above.K.append(Dictionary(Type=Name.StructElem, S=Name.Div, P=above))


def developers_relation(pdf: Pdf) -> None:
    """A relation that a developer has registered."""
    spoiling.spec(pdf).AFRelationship = Name("/ABCD_Own")


def layered(pdf: Pdf) -> None:
    """Layers with a name, and a note with one."""
    pdf.Root.OCProperties = Dictionary(OCGs=Array(), D=Dictionary(Name=String("x")))
    note = spoiling.element(pdf, "P")
    note.S, note.ID, note.Lang = Name.Note, String("n"), String("en-GB")


def described_elsewhere(pdf: Pdf) -> None:
    """XMP whose properties are attributes, or of images."""
    spoiling.packet(pdf, "<pdf:Producer>", "<tiff:Make>x</tiff:Make><pdf:Producer>")
    spoiling.packet(pdf, "xmlns:dc=", 'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:dc=')


OTHERS = [other_info, direct_tag, developers_relation, layered, described_elsewhere]


@pytest.mark.parametrize("change", OTHERS, ids=lambda change: change.__name__)
def test_other_programs(change: Callable[[Pdf], None], good_pdf: bytes) -> None:
    """What other programs write within the standards breaks no rule."""
    assert problems(changed(good_pdf, change)) == ()


def updated(pdf: bytes) -> bytes:
    """The file with an update whose cross-reference stream does not list itself."""
    with Pdf.open(BytesIO(pdf)) as document:
        trailer = document.trailer
        number, root = int(trailer.Size), trailer.Root.objgen[0]
        identifier = b"".join(b"<%b>" % bytes(part).hex().encode() for part in trailer.ID)
    start = pdf.rpartition(b"startxref\n")[2].split(b"\n")[0]
    made = pdf + b"%d 0 obj\n<</X 1>>\nendobj\n" % number
    table = b"\1" + len(pdf).to_bytes(4) + b"\0"
    return made + (
        b"%d 0 obj\n<</Type/XRef/W[1 4 1]/Index[%d 1]/Size %d/Prev %b/Root %d 0 R/ID[%b]/Length 6>>"
        b"stream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (number + 1, number, number + 2, start, root, identifier, table, len(made))
    )


def test_update(good_pdf: bytes) -> None:
    """A file may be updated behind its end, as programs that sign do."""
    assert problems(updated(good_pdf)) == ()


def test_numbers_used_again(good_pdf: bytes) -> None:
    """Objects whose number was used before are looked at, too."""
    with Pdf.open(BytesIO(good_pdf)) as document:
        document.Root.XX = document.make_indirect(spoiling.script())
        made = BytesIO()
        document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    found = re.search(rb"(\d+) 0 obj\n<< /JS", made.getvalue())
    assert found
    reference = found[1]
    again = made.getvalue().replace(b"\n%b 0 obj" % reference, b"\n%b 1 obj" % reference)
    again = again.replace(b" %b 0 R" % reference, b" %b 1 R" % reference)
    row = b"%010d 00000 n" % found.start()
    assert row in again
    assert rules(again.replace(row, b"%010d 00001 n" % found.start())) == {"action"}


def test_same_verdict_twice(good_pdf: bytes) -> None:
    """A verdict depends on the file alone."""
    bad = good_pdf[: len(good_pdf) // 2]
    assert problems(bad) == problems(bad)
    assert "0x" not in str(problems(bad))


def test_limits_are_put_back(good_pdf: bytes) -> None:
    """Checking leaves qpdf's limits, which are those of the process, as they were."""
    before = pikepdf.settings.get_qpdf_limits()
    problems(good_pdf)
    problems(b"")
    assert pikepdf.settings.get_qpdf_limits() == before


def test_require(good_pdf: bytes) -> None:
    """A good file passes; another is our own bug, and all of it is told."""
    assert require(good_pdf) is good_pdf
    with pytest.raises(TypesettingFailed, match="语言"):
        require(changed(good_pdf, spoiling.without(spoiling.root, "/Lang")))


def in_doubt(pdf: Pdf) -> None:
    """A content stream whose packed form ends in a carriage return."""
    first = pdf.pages[0].Contents.read_bytes()
    fits = (b"\t" * count for count in range(256))
    blanks = next(each for each in fits if zlib.adler32(first + each) % 256 == ord("\r"))
    pdf.pages[0].Contents = pdf.make_stream(first + blanks)


def test_length_in_doubt(good_pdf: bytes) -> None:
    """Data that ends in a carriage return by chance is told; finishing writes none."""
    with Pdf.open(BytesIO(good_pdf)) as pdf:
        in_doubt(pdf)
        assert rules(saved(pdf)) == {"stream-end"}
        assert problems(written(pdf)) == ()
        assert problems(written(pdf)) == ()  # data that is packed already


def test_no_length_in_doubt(good_pdf: bytes) -> None:
    """However the objects fall, the streams that hold them end in something else."""
    for count in range(300):
        with Pdf.open(BytesIO(made({}))) as pdf:
            pdf.Root.XXCount = count
            assert b"\r\nendstream" not in written(pdf)
    assert problems(good_pdf) == ()


@pytest.mark.parametrize("count", range(60))
def test_no_length_in_doubt_of_many(count: int) -> None:
    """So do they where there are several."""
    with Pdf.open(BytesIO(made({}))) as pdf:
        texts = (String(str((count * 7919 + number) * 1_000_003)) for number in range(350))
        pdf.Root.XXMany = Array([pdf.make_indirect(text) for text in texts])
        assert b"\r\nendstream" not in written(pdf)


def sign(pdf: Pdf, **values: object) -> None:
    """Lay the tagged field of a signature on the first page."""
    look = pdf.make_stream(b"/P BMC EMC")
    look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    named = {"TU": String("签名"), **values}
    spoiling.annotate(pdf, Subtype=Name.Widget, FT=Name.Sig, AP=Dictionary(N=look), **named)
    widget = pdf.pages[0].obj.Annots[0]
    tree = pdf.Root.StructTreeRoot
    reference = Dictionary(Type=Name.OBJR, Obj=widget, Pg=pdf.pages[0].obj)
    tag = Dictionary(Type=Name.StructElem, S=Name.Form, P=tree.K, K=reference)
    owner = pdf.make_indirect(tag)
    tree.K.K.append(owner)
    widget.StructParent = tree.ParentTreeNextKey
    tree.ParentTree.Nums.append(tree.ParentTreeNextKey)
    tree.ParentTree.Nums.append(owner)


def test_signature(good_pdf: bytes) -> None:
    """The field of a signature is allowed, as long as it is tagged, named and not hidden."""
    assert rules(changed(good_pdf, sign)) == set()
    assert rules(changed(good_pdf, lambda pdf: sign(pdf, TU=String("")))) == {"widget-name"}
    assert rules(changed(good_pdf, lambda pdf: sign(pdf, F=2))) == {"annotation"}


def speak(shown: bytes) -> bytes:
    """A page on which every mark tells its text."""
    return re.sub(rb">>(\s+BDC)", rb" /ActualText (x)>>\1", shown)


def test_private_use_with_words(good_pdf: bytes) -> None:
    """Characters of private use are allowed where tag or mark tell their text."""

    def private(pdf: Pdf) -> None:
        font = pdf.pages[0].Resources.Font
        shown = pdf.pages[0].Contents.read_bytes()
        first = re.search(rb"MCID 0>> BDC BT /(\S+).*?<([0-9a-f]{4})", shown, re.DOTALL)
        assert first
        cmap = font[f"/{first[1].decode()}"].ToUnicode
        line = rb"<%s> <[0-9A-F]+>" % first[2].upper()
        cmap.write(re.sub(line, b"<%s> <E000>" % first[2].upper(), cmap.read_bytes()))

    def in_mark(pdf: Pdf) -> None:
        private(pdf)
        for page in range(len(pdf.pages)):
            content(pdf, speak, page)

    def in_tags(pdf: Pdf) -> None:
        private(pdf)
        pdf.Root.StructTreeRoot.K.ActualText = String("x")

    assert rules(changed(good_pdf, private)) == {"private-use"}
    assert rules(changed(good_pdf, in_mark)) == set()
    assert rules(changed(good_pdf, in_tags)) == set()


def test_heading_of_several_levels_up(good_pdf: bytes) -> None:
    """After a deep heading a high one may follow."""

    def change(pdf: Pdf) -> None:
        last = [*spoiling.elements(pdf, "H2")][-1]
        last.S = Name.H1

    assert rules(changed(good_pdf, change)) == set()


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (rb"[<0a0b>-12<0c>]TJ", [rb"[<0a0b>-12<0c>]", b"TJ"]),
        (rb"(a(b)\)c) Tj", [rb"(a(b)\)c)", b"Tj"]),
        (rb"/P <</A (>>) /B <</C 1>>>> BDC", [b"/P", rb"<</A (>>) /B <</C 1>>>>", b"BDC"]),
        (b"% BT ET\n/F1 12 Tf", [b"% BT ET", b"/F1", b"Tf"]),
        (b"BI /W 1 ID \x00BT(\n EI Q", [b"BI /W 1 ID \x00BT(\n EI", b"Q"]),
        (b"[(a) 3 <41>] TJ", [b"[", b"(a)", b"<41>", b"]", b"TJ"]),
        (b"(never closed /F1 Tf", [b"(never closed /F1 Tf"]),
        (b"/BI Do T* f*", [b"/BI", b"Do", b"T*", b"f*"]),
    ],
)  # fmt: skip
def test_tokens(written: bytes, found: list[bytes]) -> None:
    """Strings, arrays, dictionaries, comments and inline images are taken whole."""
    assert tokens(written) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (b"<0a 0B>", [b"\x0a\x0b"]),
        (b"<0a0>", [b"\x0a\x00"]),
        (rb"(a\(\101\7\n\z)", [b"a(A\x07\nz"]),
        (b"[(a) -3 <62>]", [b"a", b"b"]),
        (b"(a\\\nb)", [b"ab"]),
    ],
)
def test_strings(written: bytes, found: list[bytes]) -> None:
    """Strings mean what ISO 32000-1, 7.3.4 says."""
    assert strings(written) == found


def test_strings_hide_nothing() -> None:
    """What looks like an operator or a mark in a string is none."""
    hidden = rb"/P <</X (/MCID 7) /MCID 1>> BDC BT /F 1 Tf (EMC ET Q) Tj ET EMC"
    found = contents.read(hidden, "", {})
    assert (found.mcids, found.problems) == ([1], [])


@given(st.binary(max_size=300))
def test_any_content(data: bytes) -> None:
    """Any bytes can be read as content."""
    contents.read(data, "第 1 页", {})


OPERATORS = (
    *(b"BT", b"ET", b"EMC", b"/P BMC", b"/P <</MCID 1>> BDC", b"/Artifact BMC", b"q", b"Q"),
    *(
        b"(",
        b")",
        b"<<",
        b">>",
        b"[",
        b"]",
        b"<41>",
        b"(a)",
        b"%",
        b"\n",
        b"\\",
        b"BI",
        b"ID",
        b"EI",
    ),
    *(b"/F 1 Tf", b"Tj", b"re f", b"/X Do", b"/X gs"),
)


@given(st.lists(st.sampled_from(OPERATORS)))
def test_any_operators(parts: list[bytes]) -> None:
    """Operators in any order can be read; whatever is odd is told."""
    found = contents.read(b" ".join(parts), "第 1 页", {})
    assert all(isinstance(problem, Problem) for problem in found.problems)


# Hostile files: a problem is told, in bounded time, whatever stands in them.


def made(root: dict[str, Any], objects: Callable[[Pdf], None] = lambda _: None) -> bytes:
    """A file with such a catalogue."""
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        for key, value in root.items():
            pdf.Root[key] = value
        objects(pdf)
        return saved(pdf)


def deep_pages(pdf: Pdf) -> None:
    """Pages a thousand levels down."""
    node = pdf.Root.Pages
    for _ in range(1000):
        node = pdf.make_indirect(Dictionary(Type=Name.Pages, Count=1, Kids=Array([node])))
    pdf.Root.Pages = node


def deep_tags(pdf: Pdf) -> None:
    """Tags ten thousand levels down."""
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    pdf.Root.StructTreeRoot = tree
    above = tree
    for _ in range(10_000):
        below = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Div, P=above))
        above.K = below
        above = below


def circling_trees(pdf: Pdf) -> None:
    """Trees of names, numbers, roles and classes that lead back into themselves."""
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    tag = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.A, P=tree))
    tag.K = Array([tag, tree])
    tree.K = tag
    tree.RoleMap = Dictionary(A=Name.B, B=Name.A)
    numbers = pdf.make_indirect(Dictionary())
    numbers.Kids = Array([numbers, numbers])
    tree.ParentTree = numbers
    names = pdf.make_indirect(Dictionary())
    names.Kids = Array([names])
    pdf.Root.Names = Dictionary(EmbeddedFiles=names)
    pdf.Root.StructTreeRoot = tree


def circling_forms(pdf: Pdf) -> None:
    """A form that draws itself, twice."""
    form = pdf.make_stream(b"/X Do /X Do")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(X=form))
    pdf.pages[0].Contents = pdf.make_stream(b"/X Do")


def bomb(pdf: Pdf) -> None:
    """A page whose content is 200 MB of blanks in 200 kB."""
    packed = zlib.compressobj(9)
    parts = [packed.compress(b" " * 2**20) for _ in range(200)]
    stream = pdf.make_stream(b"")
    stream.write(b"".join([*parts, packed.flush()]), filter=Name.FlateDecode)
    pdf.pages[0].Contents = stream


def twofold_bomb(pdf: Pdf) -> None:
    """The same, packed twice, as a profile."""
    packed = zlib.compress(zlib.compress(b" " * 2**26))
    stream = pdf.make_stream(b"", N=3)
    stream.write(packed, filter=Array([Name.FlateDecode, Name.FlateDecode]))
    intent = Dictionary(S=Name.GTS_PDFA1, DestOutputProfile=stream)
    pdf.Root.OutputIntents = Array([intent])


def unclosed(pdf: Pdf) -> None:
    """A page of a million openings of everything."""
    pdf.pages[0].Contents = pdf.make_stream(b"(\\(<<[BI <</P BMC BT q " * 40_000)


def large_ranges(pdf: Pdf) -> None:
    """A font whose /ToUnicode maps all codes, a hundred thousand times."""
    cmap = b"beginbfrange\n" + b"<0000> <FFFF> <0000>\n" * 100_000 + b"endbfrange"
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.X, Encoding=Name("/Identity-H")
    )
    font.ToUnicode = pdf.make_stream(cmap)
    pdf.pages[0].Resources = Dictionary(Font=Dictionary(F=font))
    pdf.pages[0].Contents = pdf.make_stream(b"BT /F 1 Tf <0001> Tj ET")


def large_table(pdf: Pdf) -> None:
    """A table with a cell that claims all rows and columns there are."""
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    table = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Table, P=tree))
    rows = []
    for _ in range(3_000):
        row = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.TR, P=table))
        rows.append(row)
    attribute = Dictionary(O=Name.Table, ColSpan=1_000, RowSpan=3_000)
    cell = Dictionary(Type=Name.StructElem, S=Name.TD, P=rows[0], A=attribute)
    rows[0].K = pdf.make_indirect(cell)
    table.K = Array(rows)
    tree.K = table
    pdf.Root.StructTreeRoot = tree


def font_for_each_text(pdf: Pdf) -> None:
    """A page that shows 60,000 marked strings in 3,000 fonts."""
    names = [f"/F{number}" for number in range(3_000)]
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.X)
    pdf.pages[0].Resources = Dictionary(Font=Dictionary(dict.fromkeys(names, font)))
    shown = (
        f"/P <</MCID {number}>> BDC BT {names[number % 3_000]} 1 Tf (a) Tj ET EMC "
        for number in range(60_000)
    )
    pdf.pages[0].Contents = pdf.make_stream("".join(shown).encode())


def packed_arrays(count: int, zeros: int) -> bytes:
    """A file of `count` streams of objects, each with one array of so many zeros."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>>>",
    ]
    rows = [b""] * 3
    for number in range(4, 4 + 2 * count, 2):
        head = b"%d 0 " % (number + 1)
        packed = zlib.compress(head + b"[" + b"0 " * zeros + b"]", 9)
        values = (len(head), len(packed))
        parts.append(
            b"<</Type/ObjStm/N 1/First %d/Filter/FlateDecode/Length %d>>stream\n" % values
            + packed
            + b"\nendstream"
        )
        rows += [b"", b"\2" + number.to_bytes(4) + b"\0"]
        parts.append(b"")
    made = bytearray(b"%PDF-1.7\n%\xe4\xe5\xe6\xe7\n")
    for number, part in enumerate(parts, 1):
        if not rows[number - 1]:
            rows[number - 1] = b"\1" + len(made).to_bytes(4) + b"\0"
            made += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    last = len(rows) + 1
    rows = [bytes(6), *rows, b"\1" + len(made).to_bytes(4) + b"\0"]
    table = b"".join(rows)
    values = (last, last + 1, len(table), table, len(made))
    made += (
        b"%d 0 obj\n<</Type/XRef/W[1 4 1]/Size %d/Root 1 0 R/ID[<00><00>]/Length %d>>stream\n%b\n"
        b"endstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % values
    )
    return bytes(made)


@pytest.mark.parametrize(
    ("count", "zeros", "told"),
    [(1, 10, False), (4, 2**23 + 1, True), (4, 3 * 2**20, True), (1, 4 * 2**20, True)],
)
def test_packed_objects(count: int, zeros: int, told: bool) -> None:  # a case
    """Streams of objects are not unpacked into more memory than a report needs."""
    found = rules(packed_arrays(count, zeros))
    assert ("too-large" in found or "broken" in found) is told


def test_streams_in_streams(good_pdf: bytes) -> None:
    """Streams that begin in streams, each of which unpacks to much and then fails, are not read."""
    heads = b"".join(b"stream\nx\x01\x00\x09\x00\xf6\xff" for _ in range(5_000))
    packed = zlib.compressobj(9, wbits=-15)
    zeros = packed.compress(bytes(2**22)) + packed.flush(zlib.Z_FULL_FLUSH)
    assert "too-large" in rules(good_pdf + heads + b"\x00" + zeros + b"\x07")


def test_no_memory(good_pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file for which the memory is too small is told as too large."""

    def fail(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("pipeline.conformance.verdict.shown", fail)
    assert rules(good_pdf) == {"too-large"}


def test_texts_in_many_fonts() -> None:
    """Reading texts takes as many steps as there are texts, whatever fonts they use."""
    assert "resource" not in rules(made({}, font_for_each_text))


HOSTILE = [
    deep_pages, deep_tags, circling_trees, circling_forms, bomb, twofold_bomb, unclosed,
    large_ranges, large_table,
]  # fmt: skip


@pytest.mark.parametrize("build", HOSTILE, ids=lambda build: build.__name__)
def test_hostile_files(build: Callable[[Pdf], None]) -> None:
    """Depth, loops and bombs are told as problems."""
    assert problems(made({}, build))


def test_bombs_are_not_inflated() -> None:
    """A stream that would fill the memory is told as what cannot be read."""
    assert "too-large" in rules(made({}, bomb))
    assert "too-large" in rules(made({}, twofold_bomb))


def test_many_objects() -> None:
    """A file with more objects than any report is refused."""

    def many(pdf: Pdf) -> None:
        pdf.Root.XX = Array([pdf.make_indirect(Array()) for _ in range(200_001)])

    assert "too-large" in rules(made({}, many))


def test_many_line_ends() -> None:
    """Ends of streams that never began are looked at once."""
    assert "broken" in rules(b"%PDF-1.7\n" + b"\r\nendstream" * 1_000_000)


def test_many_bytes(good_pdf: bytes) -> None:
    """So is a larger file, unread."""
    assert rules(good_pdf + b" " * MOST_BYTES) == {"end", "too-large"}


def test_kinds_that_are_none(good_pdf: bytes) -> None:
    """A font whose kind is a list is told as a font of no kind."""

    def change(pdf: Pdf) -> None:
        spoiling.font(pdf).Subtype = Array()

    assert "font" in rules(changed(good_pdf, change))


VALUES: tuple[Callable[[Pdf], Any], ...] = (
    lambda _: None, lambda _: 0, lambda _: -1, lambda _: 2**31, lambda _: True, lambda _: Name.X,
    lambda _: String("x"), lambda _: Array(), lambda _: Dictionary(), lambda _: Array([1, Array()]),
    lambda pdf: pdf.Root, lambda pdf: pdf.pages[0].obj, lambda pdf: pdf.Root.StructTreeRoot,
    lambda pdf: pdf.make_stream(b"\xff(<"), lambda pdf: pdf.Root.Metadata,
)  # fmt: skip


def dictionaries(pdf: Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary that a rule looks at, direct ones included, in order."""
    for each in pdf.objects:
        todo = [each]
        while todo:
            value = todo.pop()
            if isinstance(value, Dictionary | pikepdf.Stream):
                yield value
                todo += [
                    part
                    for part in value.values()
                    if isinstance(part, Dictionary | Array) and not part.is_indirect
                ]
            elif isinstance(value, Array):
                todo += [
                    part
                    for part in value  # type: ignore[attr-defined]
                    if isinstance(part, Dictionary | Array) and not part.is_indirect
                ]


def unlike(pdf: bytes, where: int, which: int, value: int | None) -> bytes:
    """The file with one key of one dictionary taken out, or of another type."""

    def change(document: Pdf) -> None:
        found = [each for each in dictionaries(document) if "/Linearized" not in each]
        target = found[where % len(found)]
        keys = sorted(key for key in target.keys() if key not in {"/Length", "/Filter"})  # noqa: SIM118
        if keys:
            key = keys[which % len(keys)]
            made = None if value is None else VALUES[value % len(VALUES)](document)
            if made is None:
                del target[key]
            else:
                target[key] = made

    try:
        return changed(pdf, change)
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return b""  # pikepdf itself does not write such a file


@given(st.integers(0, 10**6), st.integers(0, 100), st.none() | st.integers(0, 100))
def test_wrong_types(good_path: Path, where: int, which: int, value: int | None) -> None:
    """Any value in place of another gives a verdict."""
    for problem in problems(unlike(good_path.read_bytes(), where, which, value)):
        assert problem.message


@given(st.data())
def test_wrong_bytes(good_path: Path, data: st.DataObject) -> None:
    """Any bytes in place of others give a verdict."""
    at = data.draw(st.integers(0, len(good_path.read_bytes())))
    length = data.draw(st.integers(0, 40))
    by = data.draw(st.binary(max_size=40))
    problems(good_path.read_bytes()[:at] + by + good_path.read_bytes()[at + length :])


def test_verify_good(good_pdf: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`verify` says nothing on stdout of a good file, and exits 0."""
    path = tmp_path / "report.pdf"
    path.write_bytes(good_pdf)
    assert run(["verify", str(path)]) == ExitCode.OK
    output = capsys.readouterr()
    assert output.out == ""
    assert "未发现" in output.err
    assert "docs/records.md" in output.err


def test_verify_bad(good_pdf: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`verify` lists every problem, as text or JSON, and exits 7."""
    path = tmp_path / "report.pdf"
    bad = changed(good_pdf, spoiling.without(spoiling.root, "/Lang"))
    path.write_bytes(bad + b"more")
    assert run(["verify", str(path)]) == ExitCode.VERIFICATION
    output = capsys.readouterr()
    assert [line.split()[2] for line in output.out.splitlines()] == ["end", "language"]
    assert "2 处" in output.err
    assert run(["verify", str(path), "--format", "json"]) == ExitCode.VERIFICATION
    told = json.loads(capsys.readouterr().out)
    assert [each["rule"] for each in told["problems"]] == ["end", "language"]
    assert {*told["problems"][0]} == {"rule", "clause", "message"}
    assert told["summary"] == {"problems": 2}


def test_verify_other_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is neither PDF nor bundle is told; what is not there exits 6; wrong usage exits 2."""
    path = tmp_path / "report.txt"
    path.write_text("年报", encoding="utf-8")
    assert run(["verify", str(path)]) == ExitCode.VERIFICATION
    assert "归档包" in capsys.readouterr().err
    assert run(["verify", str(tmp_path / "none.pdf")]) == ExitCode.FILE
    assert run(["verify", str(tmp_path)]) == ExitCode.VERIFICATION
    assert run(["verify"]) == ExitCode.USAGE
    assert run(["verify", str(path), "--format", "xml"]) == ExitCode.USAGE


@pytest.mark.parametrize(
    "action",
    [
        b"<</S/Launch>>",
        b"<</D(\\}{)/O/Table/S/Launch>>",
        b'<</D("}\\\\)/O(")/S/Launch>>',
        b"<</O/Table/S#20/x/S/Launch>>",
        b"[<</O/Table>><</S/Launch>>]",
        b"<</Next<</S/Launch>>/O/Table>>",
        b"<</O/Table/X<</A<</S/Launch>>>>>>",
    ],
)
def test_action_that_looks_like_attributes(action: bytes, good_pdf: bytes) -> None:
    """Tags have attributes where other objects have actions: no string or key hides one."""
    with Pdf.open(BytesIO(good_pdf)) as pdf:
        pdf.Root.StructTreeRoot.K.A = pikepdf.Object.parse(action)
        made = saved(pdf)
    assert "action" in rules(made)
    assert {each.rule for each in problems(made, own=True)} == rules(made)


def test_built_files_are_checked(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """`build` writes no file that has a problem."""
    bug = Problem("language", "ISO 19005-3 6.7.4", "文件没有写明语言（/Lang）。")
    monkeypatch.setattr("pipeline.conformance.verdict.problems", lambda _, **__: (bug,))
    with pytest.raises(TypesettingFailed, match="语言"):
        workshop.build(workshop.blank())


def test_stream_that_cannot_be_decoded(good_pdf: bytes) -> None:
    """A page that cannot be decoded is told as broken."""

    def change(pdf: Pdf) -> None:
        pdf.pages[0].Contents = pdf.make_stream(b"")
        pdf.pages[0].Contents.write(b"nothing", filter=Name.FlateDecode)

    with Pdf.open(BytesIO(good_pdf)) as pdf:
        change(pdf)
        assert "broken" in rules(saved(pdf, compress_streams=False))


def test_qpdf_in_chinese(good_pdf: bytes) -> None:
    """What qpdf complains of is told in Chinese, with its place; its own words, in brackets."""
    (told,) = [p.message for p in problems(good_pdf[:20000] + good_pdf[20100:])]
    assert re.fullmatch(
        r"不是完好的 PDF，在第 \d+ 字节处：文件被截断、改动过，或不合 PDF 的写法（qpdf：[ -~]+）。",
        told,
    )
    outside = re.sub(r"（qpdf：.*?）", "", told)
    assert not re.search("[a-z]", outside)
