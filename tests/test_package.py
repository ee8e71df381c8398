"""Hostile and damaged Word files are refused in bounded time and memory, with a clear message."""

import resource
import struct
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FileProblem
from pipeline.transcription import package as limits
from tests.wordfile import lines, p, package, read, run, tc

MIB = 1024 * 1024


def rewritten(path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Path:
    """A Word file with other parts; `change` is given those that it has."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in change(parts).items():
            file.writestr(name, data)
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A Word file of one letter."""
    return package(tmp_path / "a.docx", p(run("x")))


def test_what_swells_is_stopped(plain: Path) -> None:
    """A part that swells is stopped while it is inflated, in little memory; if it is needed."""
    rewritten(plain, lambda parts: {**parts, "word/bomb.xml": b" " * (300 * MIB)})
    assert plain.stat().st_size < MIB
    assert lines(read(plain)) == ["x"]
    rewritten(package(plain, ""), lambda parts: {**parts, "word/main.xml": b" " * (100 * MIB)})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileProblem, match="大得不正常"):
        read(plain)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_parts_are_counted_together(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts that are each small enough are too much in all."""
    monkeypatch.setattr(limits, "MOST_IN_ALL", 10_000)
    note = f"<a>{' ' * 3000}</a>".encode()
    package(plain, p(run("x")), [("header", f"h{n}.xml", note) for n in range(3)])
    with pytest.raises(FileProblem, match="大得不正常"):
        read(plain)


def test_too_many_tags(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tags cost far more memory than their bytes."""
    monkeypatch.setattr(limits, "MOST_MARKS", 1000)
    assert lines(read(package(plain, p(run("x") * 200)))) == ["x" * 200]
    with pytest.raises(FileProblem, match="大得不正常"):
        read(package(plain, p(run("x") * 300)))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_entities_are_refused(plain: Path, doctype: str, codec: str) -> None:
    """A part with a document type is not read, in whatever encoding it stands."""
    rewritten(
        plain,
        lambda parts: {
            **parts, "word/main.xml": (doctype + parts["word/main.xml"].decode()).encode(codec)
        },
    )  # fmt: skip
    with pytest.raises(FileProblem, match=r"实体|损坏"):
        read(plain)


def test_too_many_entries(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of parts, and names that differ in nothing but case, are refused."""
    rewritten(plain, lambda parts: parts | {f"word/{n}.xml": b"" for n in range(3000)})
    with pytest.raises(FileProblem, match="太多或重名"):
        read(plain)
    monkeypatch.setattr(limits, "MOST_ENTRIES", 3)
    with pytest.raises(FileProblem, match="太多或重名"):
        read(package(plain, p(run("x")), [("", "more.xml", b"")]))
    monkeypatch.undo()
    with pytest.raises(FileProblem, match="太多或重名"):
        read(rewritten(package(plain, ""), lambda parts: parts | {"WORD/main.xml": b""}))


def test_overlapping_entries(plain: Path) -> None:
    """Two entries of the same bytes are refused: a small file could say much again and again."""
    rewritten(plain, lambda parts: {"one.xml": b"1", "two.xml": b"2", **parts})
    data = bytearray(plain.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", data, second + 42, 0)  # the second entry points at the first
    plain.write_bytes(data)
    with pytest.raises(FileProblem, match="重叠"):
        read(plain)


def test_unknown_compression(plain: Path) -> None:
    """Ways to pack that no Word file uses are not inflated."""
    with zipfile.ZipFile(plain) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(plain, "w", method) as file:
            for name, data in parts.items():
                file.writestr(name, data)
        with pytest.raises(FileProblem, match="损坏"):
            read(plain)


def test_names_of_parts(plain: Path) -> None:
    """Names are found in either case, with either slash, escaped, and above the root."""
    rewritten(
        plain,
        lambda parts: {
            "_RELS/.rels": parts["_rels/.rels"].replace(
                b"word/main.xml", b"..\\x/../Word/%6Dain.xml"
            ),
            "word\\MAIN.xml": parts["word/main.xml"],
        },
    )
    assert lines(read(plain)) == ["x"]


def test_what_is_no_word_file(plain: Path) -> None:
    """No zip, a zip of something else, and a workbook are told as what they are not."""
    plain.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(FileProblem, match="不是 Word"):
        read(plain)
    with zipfile.ZipFile(plain, "w") as file:
        file.writestr("a.txt", "x")
    with pytest.raises(FileProblem, match="不是 Word"):
        read(plain)
    rewritten(package(plain, ""), lambda parts: {**parts, "word/main.xml": b"<workbook/>"})
    with pytest.raises(FileProblem, match="不是 Word"):
        read(plain)


def test_damage_is_told(plain: Path) -> None:
    """XML that ends early or is too deep, and a file that ends early, are told as damaged."""
    for body in ("<w:sdt>" * 5000 + "</w:sdt>" * 5000, "<w:p>", "\x01"):
        with pytest.raises(FileProblem, match="损坏"):
            read(package(plain, body))
    whole = package(plain, p(run("x" * 1000))).read_bytes()
    for size in range(0, len(whole), 97):
        plain.write_bytes(whole[:size])
        with pytest.raises(FileProblem):
            read(plain)


def test_nesting_as_deep_as_may_be(plain: Path) -> None:
    """Tables in tables, as deep as XML may nest, are read whole."""
    inner = p(run("底"))
    for _ in range(80):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    assert lines(read(package(plain, inner))) == ["底"]


@given(st.data())
def test_flipped_bytes_never_crash(data: st.DataObject) -> None:
    """Any byte may be wrong: the file is read, or refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.docx"
        body = p(run("甲")) + f"<w:tbl><w:tr>{tc('乙')}</w:tr></w:tbl>"
        whole = bytearray(package(path, body).read_bytes())
        for _ in range(3):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(bytes(whole))
        with suppress(FileProblem):
            read(path)
