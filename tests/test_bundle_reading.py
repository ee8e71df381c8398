"""Hostile containers: each is refused or told, in bounded memory, and nothing is unpacked."""

import io
import os
import shutil
import socket
import stat
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from bundles import assemble, unpack

from pipeline import cli, files
from pipeline.archiving import folderreading, reading, zipping
from pipeline.archiving.differences import Difference, Kind
from pipeline.archiving.members import Member
from pipeline.archiving.verification import verify
from pipeline.errors import ExitCode, FileProblem, Refused

BUNDLE = assemble()
ZIP = BUNDLE.zip()
MOST_MEMORY = 24 * 1024 * 1024
"""Bytes that reading may take, whatever it is given."""
FILES = {f"{BUNDLE.name}/{path}": data for path, data in BUNDLE.files.items()}


@pytest.fixture(autouse=True)
def _bounded(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test of this file takes much memory, but for what it makes before it reads."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_MEMORY, request.node.name


def put(folder: Path, data: bytes, name: str = "bundle.zip") -> Path:
    """A file with `data`."""
    path = folder / name
    path.write_bytes(data)
    tracemalloc.reset_peak()
    return path


def foreign(compression: int = zipfile.ZIP_DEFLATED, **extra: bytes) -> bytes:
    """A zip of the bundle as another program makes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, data in (FILES | extra).items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return made.getvalue()


def refusal(path: Path) -> str:
    """What the refusal says."""
    with pytest.raises(Refused) as refused:
        verify(path)
    assert refused.value.hint
    return refused.value.message


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packed_again(tmp_path: Path, compression: int) -> None:
    """A zip that another program packed is told from one that was tampered with."""
    assert "重新压缩" in refusal(put(tmp_path, foreign(compression)))


class Pipe(io.RawIOBase):
    """A file that cannot seek, for which zipfile writes data descriptors."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        """It can be written."""
        return True

    def write(self, data: object) -> int:
        """Keep what is written."""
        assert isinstance(data, bytes | bytearray | memoryview)
        self.data += bytes(data)
        return len(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("extra", b"\x01\x00\x01\x00x"),
        ("comment", b"note"),
        ("external_attr", 0o100755 << 16),
        ("create_version", 63),
        ("create_system", 0),
        ("extract_version", 45),
        ("internal_attr", 1),
        ("date_time", (2022, 1, 13, 0, 0, 0)),
        ("archive", b"note"),
        ("pipe", None),
        ("", None),
    ],
)
def test_almost_ours(tmp_path: Path, field: str, value: object) -> None:
    """A zip that another program stored is the same where every field is, and is told else."""
    made = Pipe() if field == "pipe" else io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in FILES.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = zipping.PERMISSIONS
            entry.flag_bits = zipping.UTF8
            if field not in {"", "pipe", "archive"}:
                setattr(entry, field, value)
            archive.writestr(entry, data)
        if field == "archive":
            archive.comment = b"note"
    path = put(tmp_path, made.data if isinstance(made, Pipe) else made.getvalue())
    try:
        found = verify(path)
    except Refused:
        assert field in {"date_time", "pipe", "extract_version"}
    else:
        assert bool(found) == bool(field)
        assert (path.read_bytes() == ZIP) == (not field)


def test_gaps_that_the_directory_allows(tmp_path: Path) -> None:
    """Bytes between the members, where all offsets are told rightly, are found all the same."""
    body, records = b"hidden", b""
    for name, data in FILES.items():
        entry = zipping.Entry(name, zlib.crc32(data), len(data))
        records += zipping.central(entry, len(body))
        body += zipping.local(entry) + data + b"hidden"
    end = zipping.end(len(FILES), len(records), len(body))
    path = put(tmp_path, body + records + end)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    assert verify(path)


def test_order(tmp_path: Path) -> None:
    """Members in another order are another zip."""
    body, entries = b"", []
    for name, data in reversed(FILES.items()):
        entries.append(zipping.Entry(name, zlib.crc32(data), len(data)))
        body += zipping.local(entries[-1]) + data
    assert {told.kind for told in verify(put(tmp_path, body + zipping.directory(entries)))} == {
        Kind.DAMAGED
    }


def test_bomb(tmp_path: Path) -> None:
    """Zeros that a thousandfold packing hides are never inflated."""
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(f"{BUNDLE.name}/data/zeros", "w", force_zip64=True) as file,
    ):
        for _ in range(256):
            file.write(bytes(1024 * 1024))
    assert path.stat().st_size < 300_000
    assert "重新压缩" in refusal(path)


def test_bomb_of_tar(tmp_path: Path) -> None:
    """A packed tar is no bundle."""
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        archive.add(unpack(BUNDLE, tmp_path), BUNDLE.name)
    assert "不是归档包" in refusal(tmp_path / "b.tar.gz")


def test_overlapping(tmp_path: Path) -> None:
    """Many entries of a directory that share the same bytes are not read again and again."""
    name, data = "b/data/a", bytes(1024 * 1024)
    entry = zipping.Entry(name, 0, len(data))
    records = b"".join(
        zipping.central(zipping.Entry(f"b/data/{number}", 0, len(data)), 0) for number in range(500)
    )
    whole = zipping.local(entry) + data + records
    path = put(tmp_path, whole + zipping.end(500, len(records), len(whole) - len(records)))
    read = 0
    for item in reading.read(path):
        if isinstance(item, Member):
            read += sum(map(len, item.chunks))
    assert read < 3 * len(data)


def test_endless_sizes(tmp_path: Path) -> None:
    """A size that is stated and not there is no reason to wait for it, or to make room for it."""
    entries = [zipping.Entry(f"b/data/{number}", 0, 0xFFFFFFFF) for number in range(3)]
    records = b"".join(zipping.central(entry, 0) for entry in entries)
    path = put(tmp_path, zipping.local(entries[0]) + records + zipping.end(3, len(records), 0))
    assert "太大" in refusal(path)
    small = [zipping.Entry(f"b/data/{number}", 0, 400_000_000) for number in range(2)]
    records = b"".join(zipping.central(entry, 0) for entry in small)
    put(tmp_path, zipping.local(small[0]) + records + zipping.end(2, len(records), 0))
    assert verify(path)


def test_many_entries(tmp_path: Path) -> None:
    """Of files without end, no more are read than a bundle may have; in tar and folder too."""
    entries = [zipping.Entry(f"b/data/{number}", 0, 0) for number in range(20_000)]
    heads = b"".join(zipping.local(entry) for entry in entries)
    assert "太多" in refusal(put(tmp_path, heads + zipping.directory(entries)))
    assert "太多" in refusal(put(tmp_path, heads))
    tar = tmp_path / "b.tar"
    with tarfile.open(tar, "w") as archive:
        for number in range(10_000):
            archive.addfile(tarfile.TarInfo(f"b/data/{number}"))
    assert "太多" in refusal(tar)
    folder = tmp_path / "folder"
    for number in range(7):
        (folder / f"{number}").mkdir(parents=True)
        for file in range(1000):
            (folder / f"{number}" / f"{file}").touch()
    assert "太多" in refusal(folder)


def test_large_file(tmp_path: Path) -> None:
    """A file larger than any bundle is refused before a byte of it is read."""
    folder = unpack(BUNDLE, tmp_path)
    with (folder / "data" / "大.txt").open("wb") as file:
        file.truncate(zipping.MOST_BYTES + 1)
    assert "data/大.txt" in refusal(folder)


def test_large_content(tmp_path: Path) -> None:
    """A file of 200 MiB is read piece by piece."""
    folder = unpack(BUNDLE, tmp_path)
    with (folder / "data" / "大.txt").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert Difference("data/大.txt", Kind.ADDED) in verify(folder)


@pytest.mark.parametrize(
    ("name", "why"),
    {
        f"{BUNDLE.name}/../a": "..",
        "/etc/a": "绝对路径",
        "C:/a": ":",
        f"{BUNDLE.name}/data\\a": "\\",
        f"{BUNDLE.name}/data/CON": "设备",
        f"{BUNDLE.name}/DATA/文件目录.xml": "重名",
        f"{BUNDLE.name}/data/a\nb": "U+000A",
        f"{BUNDLE.name}/data/e\u0301": "NFC",
        f"{BUNDLE.name}/data/a\u202etxt.exe": "U+202E",
    }.items(),
    ids=str,
)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_names(tmp_path: Path, kind: str, name: str, why: str) -> None:
    """A name that leads elsewhere or cannot be kept is told, printable, and nothing is written."""
    if kind == "zip":
        path = put(tmp_path, zipping.write({**FILES, name: b"x"}))
    else:
        path = tmp_path / "b.tar"
        with tarfile.open(path, "w") as archive:
            for own, data in {**FILES, name: b"x"}.items():
                entry = tarfile.TarInfo(own)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    found = [difference for difference in verify(path) if difference.kind is Kind.REFUSED]
    assert len(found) == 1
    assert why in found[0].detail
    assert str(found[0]).isprintable()
    assert list(tmp_path.iterdir()) == [path]


def test_gbk(tmp_path: Path) -> None:
    """A name in GBK is told: its bytes stand where UTF-8 is said to be."""
    raw = "年报".encode("gbk")
    name = f"{BUNDLE.name}/data/".encode() + raw
    path = put(tmp_path, zipping.write({**FILES, name.decode("utf-8", "surrogateescape"): b"x"}))
    details = {difference.detail for difference in verify(path)}
    assert "名称不是 UTF-8" in details
    assert all(str(difference).isprintable() for difference in verify(path))


def test_gbk_flag(tmp_path: Path) -> None:
    """A zip whose names are not marked as UTF-8, as older programs write it, is refused."""
    flag, none = struct.pack("<H", zipping.UTF8), b"\0\0"
    data = ZIP.replace(b"PK\x03\x04\x14\x00" + flag, b"PK\x03\x04\x14\x00" + none)
    data = data.replace(b"\x14\x03\x14\x00" + flag, b"\x14\x03\x14\x00" + none)
    assert "不是 nianbao" in refusal(put(tmp_path, data))


def test_same_name_twice(tmp_path: Path) -> None:
    """Two members of one name: which of them is meant, nobody can say."""
    name = next(iter(FILES))
    entries, body = [], b""
    for own, data in [*FILES.items(), (name, b"other")]:
        entries.append(zipping.Entry(own, zlib.crc32(data), len(data)))
        body += zipping.local(entries[-1]) + data
    path = put(tmp_path, body + zipping.directory(entries))
    assert any("重名" in difference.detail for difference in verify(path))


@pytest.mark.parametrize("position", [6, 8], ids=["encrypted", "compression"])
def test_one_entry_of_another_kind(tmp_path: Path, position: int) -> None:
    """A member that says it is encrypted, or packed in an unknown way, is named."""
    data = bytearray(ZIP)
    data[position] |= 99
    first = next(iter(BUNDLE.files))
    assert [difference.file for difference in verify(put(tmp_path, bytes(data)))] == [first]


def test_link_in_zip(tmp_path: Path) -> None:
    """A member that is marked as a link is named."""
    file, link = (struct.pack("<I", kind << 16) for kind in (0o100644, stat.S_IFLNK | 0o644))
    assert ZIP.count(file) == len(FILES)
    data = ZIP.replace(file, link, 1)
    first = next(iter(BUNDLE.files))
    assert [difference.file for difference in verify(put(tmp_path, data))] == [first]


@pytest.mark.parametrize(
    ("kind", "what"),
    {
        tarfile.SYMTYPE: "符号链接",
        tarfile.LNKTYPE: "硬链接",
        tarfile.FIFOTYPE: "管道",
        tarfile.CHRTYPE: "设备",
        tarfile.CONTTYPE: "特殊文件",
    }.items(),
)
def test_special_in_tar(tmp_path: Path, kind: bytes, what: str) -> None:
    """Links and special files in a tar are named and never followed."""
    path = tmp_path / "b.tar"
    with tarfile.open(path, "w") as archive:
        entry = tarfile.TarInfo(f"{BUNDLE.name}/data/x")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
        archive.add(unpack(BUNDLE, tmp_path), BUNDLE.name)
    assert verify(path) == (Difference("data/x", Kind.REFUSED, f"是{what}"),)


def test_special_in_folder(tmp_path: Path) -> None:
    """Links and pipes in a folder are named; nothing waits for them, nothing follows them."""
    folder = unpack(BUNDLE, tmp_path)
    (folder / "data" / "link").symlink_to("/etc/passwd")
    (folder / "data" / "loop").symlink_to(folder)
    os.mkfifo(folder / "data" / "pipe")
    original = folder / "data" / "文件目录.XML"
    original.rename(tmp_path / "elsewhere")
    original.symlink_to(tmp_path / "elsewhere")
    assert {(difference.file, difference.kind) for difference in verify(folder)} == {
        ("bag-info.txt", Kind.DECLARED),
        ("data/link", Kind.REFUSED),
        ("data/loop", Kind.REFUSED),
        ("data/pipe", Kind.REFUSED),
        ("data/文件目录.XML", Kind.MISSING),
        ("data/文件目录.XML", Kind.REFUSED),
    }


def test_name_of_bytes_in_folder(tmp_path: Path) -> None:
    """A name on disk that is no text is told."""
    folder = unpack(BUNDLE, tmp_path)
    (folder / "data" / os.fsdecode("年报".encode("gbk"))).touch()
    (told,) = verify(folder)
    assert told.detail == "名称不是 UTF-8"


def header(name: str, kind: bytes, size: bytes) -> bytes:
    """A header of a tar with a right check sum."""
    block = bytearray(tarfile.TarInfo(name).tobuf())
    block[124:136], block[156:157] = size.ljust(12, b"\0"), kind
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block)


@pytest.mark.parametrize(
    "data",
    [
        header("a", b"x", b"77777777777") + bytes(1024),
        header("a", b"L", b"00000100000") + bytes(64 * 1024),
        header("a", b"0", b"-0000000001") + bytes(1024),
        header("a", b"0", b"\x80" + bytes(10) + b"\xff") + bytes(1024),
        header("a", b"0", b"77777777777") + bytes(1024),
        header("a", b"x", b"00000000012") + b"9 size=99\n".ljust(512, b"\0") + bytes(1024),
        header("a", b"x", b"00000000004") + b"0 a\n".ljust(512, b"\0") + bytes(1024),
        header("a", b"x", b"00000000026") + b"22 GNU.sparse.major=1\n".ljust(512, b"\0"),
        header("a", b"g", b"00000000000") * 3,
        header("a", b"x", b"00000000000") * 20_000,
    ],
)
def test_hostile_headers(tmp_path: Path, data: bytes) -> None:
    """Sizes below zero or beyond the file, headers upon headers, sparse files: bounded."""
    path = put(tmp_path, data, "b.tar")
    with suppress(Refused):
        assert verify(path)


@pytest.mark.parametrize("data", [b"", b"PK", b"x" * 5000, ZIP[:3], bytes(10_240), b"PK\x05\x06"])
def test_no_bundle(tmp_path: Path, data: bytes) -> None:
    """What is no bundle at all is refused."""
    refusal(put(tmp_path, data))


def test_no_file(tmp_path: Path) -> None:
    """A bundle that is not there is a problem of the file, not of the bundle."""
    with pytest.raises(FileProblem, match="找不到"):
        verify(tmp_path / "none.zip")
    with pytest.raises(FileProblem):
        verify(tmp_path / "none\0.zip")


def test_empty_folder(tmp_path: Path) -> None:
    """In a folder without files, all that makes a bag is missing."""
    assert {difference.kind for difference in verify(tmp_path)} == {Kind.MISSING}


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Files that are none: a pipe without a writer, a socket, a device."""
    pipe, end = tmp_path / "pipe.zip", tmp_path / "socket"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(end))
        yield {"pipe": pipe, "socket": end, "device": Path("/dev/zero")}


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_no_regular_file(
    odd: dict[str, Path], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`verify` waits for nobody: what may never end is refused before it is read."""
    with pytest.raises(FileProblem, match="不是普通文件"):
        verify(odd[kind])
    assert cli.run(["verify", str(odd[kind])]) == ExitCode.FILE
    assert "不是普通文件" in capsys.readouterr().err


@pytest.mark.parametrize("gone", ["data/说明文件.TXT", "data/其他/排版", "bagit.txt"])
def test_gone_while_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    """What goes after its folder was listed is told as missing, by its own name."""
    folder = unpack(BUNDLE, tmp_path)
    real = folderreading._entries

    def listed(place: Path) -> list[os.DirEntry[str]]:
        found = real(place)
        if place == (folder / gone).parent:
            shutil.rmtree(folder / gone) if (folder / gone).is_dir() else (folder / gone).unlink()
        return found

    monkeypatch.setattr(folderreading, "_entries", listed)
    missing = {path for path in BUNDLE.files if path == gone or path.startswith(f"{gone}/")}
    told = {(each.file, each.kind) for each in verify(folder)}
    assert {file for file, kind in told if kind is Kind.MISSING} == missing
    assert {file for file, _ in told} <= missing | {"bag-info.txt"}


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, not only the folder that it lies in."""
    folder = unpack(BUNDLE, tmp_path)
    real = files.opened

    def opened(path: Path) -> object:
        if path.name == "正文.txt":
            raise PermissionError(13, "denied", str(path))
        return real(path)

    monkeypatch.setattr(files, "opened", opened)
    with pytest.raises(FileProblem, match=r"正文\.txt（没有权限）"):
        verify(folder)


def test_the_folder_around(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds the bundle is not said to lack everything: the one inside is named."""
    outer = tmp_path / "outer"
    inner = unpack(BUNDLE, outer)
    (inner / "bagit.txt").unlink()
    assert "归档包在它里面" in refusal(outer)
    assert cli.run(["verify", str(outer)]) == ExitCode.VERIFICATION
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"请核对里面的：{inner}" in shown.err
    assert {each.kind for each in verify(inner)} == {Kind.MISSING}
    (outer / "bagit.txt").write_bytes(b"")
    assert len(verify(outer)) > 1
