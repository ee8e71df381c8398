"""Names that every system keeps, the bag, and the zip that follows from its files."""

import io
import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import bagit
import pytest
from bundles import DOCUMENTS, OTHERS, RECORD, assemble, unpack
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archiving import bag, names, zipping
from pipeline.errors import Refused

BAD_NAMES = {
    "": "空",
    "/a": "绝对路径",
    "a//b": "空的一级",
    "a/../b": "..",
    "./a": "“.”",
    "a\\b": "\\",
    "C:/a": ":",
    "50%": "%",
    "a\nb": "U+000A",
    "a\rb": "U+000D",
    "a\x00b": "U+0000",
    "a\u202eb": "U+202E",
    "a\ufeffb": "U+FEFF",
    'a"b': '"',
    "a|b": "|",
    "a?": "?",
    "cafe\u0301": "NFC",
    "a.": "点",
    "a ": "空格",
    " a": "空格",
    "CON": "设备",
    "data/nul.txt": "设备",
    "com1.tar.gz": "设备",
    "\udcff": "UTF-8",
    "字" * 67: "200 字节",
    "/".join(["字"] * 130): "240 个字符",
}


@pytest.mark.parametrize(("name", "why"), BAD_NAMES.items())
def test_bad_names(name: str, why: str) -> None:
    """A name that some system cannot keep is refused, and the refusal says what is wrong."""
    assert why in names.problem(name)
    with pytest.raises(Refused) as refusal:
        names.require(name)
    assert refusal.value.message.isprintable()


@pytest.mark.parametrize(
    "name", ["正本.pdf", "data/a b.txt", "contents", "com", "a.b.c", "字" * 66]
)
def test_good_names(name: str) -> None:
    """Other names are fine."""
    assert names.problem(name) == ""


@given(st.text(min_size=1, max_size=80))
def test_names_survive(name: str) -> None:
    """What is accepted is one path on disk, and the same one after normalizing."""
    if names.problem(name):
        return
    assert unicodedata.normalize("NFC", name) == name
    assert os.path.normpath(name) == name
    assert not Path(name).is_absolute()
    assert not set(name) & set('%:*?"<>|\\\r\n\0')


def test_clashes() -> None:
    """Two names that differ in case or form only, and a file that is a folder too, are told."""
    for pair in (["a", "A"], ["é", "e\u0301"], ["a", "a/b"], ["a/b", "A"], ["x/a", "X/a"]):
        assert list(names.clashes(pair)) == [(pair[1], pair[0])], pair
    assert list(names.clashes(["a", "b", "c/a", "c/b", "ca"])) == []


def test_bagit_agrees(tmp_path: Path) -> None:
    """The reference implementation finds the folder valid, and no longer when a byte changes."""
    folder = unpack(assemble(), tmp_path)
    judge = bagit.Bag(str(folder))
    judge.validate()
    assert judge.info[bag.IDENTIFIER] == folder.name
    assert set(judge.payload_files()) | set(judge.tagfile_entries()) | set(bag.TAGMANIFESTS) == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    (folder / "data" / "文件目录.XML").write_bytes(b"<a/>")
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(folder)).validate()


def test_any_payload(tmp_path: Path) -> None:
    """Files of any content make a bag that the reference implementation finds valid."""
    files = {"data/空.txt": b"", "data/a/b/c": bytes(range(256)), "metadata/x.json": b"{}"}
    for path, data in bag.make(files, [("Bagging-Date", "2022-01-14")]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    bagit.Bag(str(tmp_path)).validate()


def test_sha256sum_agrees(tmp_path: Path) -> None:
    """The command that 说明文件.TXT gives to those without this program works."""
    folder = unpack(assemble(), tmp_path)
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "-c", manifest], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    "files",
    [{"data/a%0A": b""}, {"data/a": b"", "data/A": b""}, {"bagit.txt": b""}, {"data/../a": b""}],
)
def test_bag_refuses(files: dict[str, bytes]) -> None:
    """No bag is made that would be invalid at birth, or that some system cannot unpack."""
    with pytest.raises(Refused):
        bag.make(files, [])


def test_info_is_one_line() -> None:
    """A line break in a value would be another label."""
    with pytest.raises(Refused):
        bag.make({"data/a": b""}, [("Source-Organization", "甲\nBagging-Date: 1999-01-01")])


@given(st.dictionaries(st.sampled_from(["data/a", "data/b", "data/字"]), st.binary(max_size=9)))
def test_listing(files: dict[str, bytes]) -> None:
    """A manifest is read as it was written."""
    for algorithm in bag.ALGORITHMS:
        data = bag.manifests(files)[bag.manifest_file(algorithm)]
        if files:
            assert set(bag.parse_listing(data, algorithm)) == set(files)


@pytest.mark.parametrize("change", [str.upper, lambda text: text.replace("  ", " *"), str.rstrip])
def test_listing_is_strict(change: object) -> None:
    """What means the same and is not the same is no manifest of this program."""
    assert callable(change)
    data = bag.listing({"data/a": "ab" * 32, "data/b": "cd" * 32}).decode()
    with pytest.raises(ValueError, match=r"行|末尾"):
        bag.parse_listing(change(data).encode(), "sha256")


def test_equal_bundles() -> None:
    """The same values make the same bytes, in whatever order they come."""
    backwards = dict(reversed(DOCUMENTS.items())), dict(reversed(OTHERS.items()))
    assert assemble().zip() == assemble(*backwards).zip()


def test_equal_in_another_process(tmp_path: Path) -> None:
    """The bytes do not depend on locale, hash seed, time zone or folder."""
    script = "import sys, bundles; sys.stdout.buffer.write(bundles.assemble().zip())"
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "TZ": "Asia/Kathmandu",
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    assert done.stdout == assemble().zip()


def test_zip_for_others(tmp_path: Path) -> None:
    """Other programs read the zip: names, bytes, permissions; nothing extra is in it."""
    made = assemble()
    with zipfile.ZipFile(io.BytesIO(made.zip())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(f"{RECORD.name}/{path}" for path in made.files)
        for entry in archive.infolist():
            assert archive.read(entry) == made.files[entry.filename.partition("/")[2]]
            assert (entry.extra, entry.comment, entry.flag_bits) == (b"", b"", 0x800)
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.external_attr >> 16 == 0o100644
        assert archive.comment == b""
        archive.extractall(tmp_path)
    assert (tmp_path / RECORD.name / "bagit.txt").is_file()


def test_zip_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """More files than a bundle may have are refused."""
    monkeypatch.setattr(zipping, "MOST_ENTRIES", 3)
    with pytest.raises(Refused):
        assemble().zip()
