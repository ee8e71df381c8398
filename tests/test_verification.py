"""Whatever is done to a bundle is found, and the file that it was done to is named."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bundles import PLACE, RECORD, assemble, layout, unpack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.archiving import bag, zipping
from pipeline.archiving.differences import CONTAINER, Difference, Kind
from pipeline.archiving.verification import verify
from pipeline.errors import Refused

BUNDLE = assemble()
ZIP = BUNDLE.zip()
PATHS = list(BUNDLE.files)
MEMBERS = layout(BUNDLE)
DIRECTORY = MEMBERS[-1][2] + len(BUNDLE.files[MEMBERS[-1][0]])
"""Where the zip's directory begins."""
GOLDEN = Path(__file__).parent / "golden"
OPERATIONS = ("flip", "insert", "delete", "truncate")
EACH = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANY = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


def changed(data: bytes, operation: str, at: int, byte: int) -> bytes:
    """`data` with one byte flipped, inserted or deleted, or without all from there on."""
    if operation == "flip":
        return data[:at] + bytes([data[at] ^ byte]) + data[at + 1 :]
    if operation == "insert":
        return data[:at] + bytes([byte]) + data[at:]
    return data[:at] + (data[at + 1 :] if operation == "delete" else b"")


def told(path: Path) -> set[str]:
    """The files that verification names; a refusal names what its message has in it."""
    try:
        return {difference.file for difference in verify(path)}
    except Refused as refusal:
        return {CONTAINER} | {name for name in PATHS if name in refusal.message}


def member_at(position: int) -> str:
    """The file whose header, bytes or record in the directory stand at a position of the zip."""
    if position < DIRECTORY:
        return [path for path, start, _ in MEMBERS if start <= position][-1]
    end = DIRECTORY
    for path in PATHS:
        end += zipping.CENTRAL.size + len(f"{BUNDLE.name}/{path}".encode())
        if position < end:
            return path
    return CONTAINER


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    """The bundle as a zip."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(ZIP)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The bundle as a folder."""
    return unpack(BUNDLE, tmp_path)


def tarred(folder: Path, form: int) -> Path:
    """The bundle as a tar, in one of its forms."""
    path = folder.with_suffix(".tar")
    with tarfile.open(path, "w", format=form) as archive:
        archive.add(folder, folder.name)
    return path


def test_whole(zipped: Path, folder: Path) -> None:
    """As zip, as folder, as tar of every form that has long names: nothing is found."""
    assert verify(zipped) == ()
    assert verify(folder) == ()
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert verify(tarred(folder, form)) == ()
    subprocess.run(["tar", "cf", "system.tar", folder.name], cwd=folder.parent, check=True)
    assert verify(folder.parent / "system.tar") == ()


def test_another_name(zipped: Path, folder: Path) -> None:
    """The zip and an unpacked folder may be called anything."""
    assert verify(zipped.rename(zipped.with_name("下载 (1).zip"))) == ()
    assert verify(folder.rename(folder.with_name("copy"))) == ()


@pytest.mark.parametrize("path", PATHS)
@given(data=st.data())
@EACH
def test_member_of_zip(zipped: Path, path: str, data: st.DataObject) -> None:
    """A byte changed in any file of the zip, or before it: that file is named."""
    operation = data.draw(st.sampled_from(OPERATIONS))
    start, end = next(
        (start, begin + len(BUNDLE.files[name])) for name, start, begin in MEMBERS if name == path
    )
    at = data.draw(st.integers(start, end - 1))
    zipped.write_bytes(changed(ZIP, operation, at, data.draw(st.integers(1, 255))))
    expected = {path}
    if operation == "insert":
        expected.add(member_at(at - 1) if at else CONTAINER)
    if operation == "truncate":
        expected.add(CONTAINER)
    names = told(zipped)
    assert names & expected
    if operation == "flip":
        assert path in names


@given(
    at=st.integers(0, len(ZIP) - 1),
    operation=st.sampled_from(OPERATIONS),
    byte=st.integers(1, 255),
)
@ANY
def test_any_byte_of_zip(zipped: Path, at: int, operation: str, byte: int) -> None:
    """A byte changed anywhere, in the structure too: it is found, at the file or the container."""
    zipped.write_bytes(changed(ZIP, operation, at, byte))
    assert told(zipped) & {member_at(at), member_at(max(at - 1, 0)), CONTAINER}


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_byte_of_structure(zipped: Path, operation: str) -> None:
    """Every single byte that is no file's content is accounted for: of three files, and the end."""
    some = {PATHS[0], PATHS[9], PATHS[-1], CONTAINER}
    structure = {at for _, start, begin in MEMBERS for at in range(start, begin)}
    for at in sorted(structure | set(range(DIRECTORY, len(ZIP)))):
        if member_at(at) in some:
            zipped.write_bytes(changed(ZIP, operation, at, 1))
            names = told(zipped)
            assert names & {member_at(at), member_at(max(at - 1, 0)), CONTAINER}, at


def test_bytes_around(zipped: Path) -> None:
    """Bytes before, after and between the members, and a comment, are found."""
    last = zipping.END.size
    for data in (
        b"#!/bin/sh\n" + ZIP,
        ZIP + b"\n",
        ZIP + ZIP,
        ZIP[:DIRECTORY] + b"gap" + ZIP[DIRECTORY:],
        ZIP[:-last] + b"gap" + ZIP[-last:],
        ZIP[:-2] + b"\x03\x00abc",
    ):
        zipped.write_bytes(data)
        assert verify(zipped)


def test_two_headers_disagree(zipped: Path) -> None:
    """A name that differs between a file's header and the directory is found under both names."""
    path, start, begin = MEMBERS[3]
    data = bytearray(ZIP)
    data[begin - 1 : begin] = b"X"
    assert start < begin
    zipped.write_bytes(bytes(data))
    assert verify(zipped) == (
        Difference(path, Kind.DAMAGED, "文件头与压缩包的目录不一致"),
    )  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@given(data=st.data())
@EACH
def test_file_in_folder(tmp_path_factory: pytest.TempPathFactory, path: str, data: object) -> None:
    """A byte changed in any file of the folder: that file is named, and only what it bears on."""
    assert isinstance(data, st.DataObject)
    folder = unpack(BUNDLE, tmp_path_factory.mktemp("folder"))
    content = BUNDLE.files[path]
    operation = data.draw(st.sampled_from(OPERATIONS))
    at = data.draw(st.integers(0, len(content) - 1))
    new = changed(content, operation, at, data.draw(st.integers(1, 255)))
    (folder / path).write_bytes(new)
    names = told(folder)
    assert path in names
    if path.startswith("data/") and len(new) == len(content):
        assert names == {path}


@pytest.mark.parametrize("path", PATHS)
def test_missing_added_renamed(folder: Path, path: str) -> None:
    """A file taken away, renamed or put in is named with the word for it."""
    new = f"{path}.bak"
    (folder / path).rename(folder / new)
    found = {(difference.file, difference.kind) for difference in verify(folder)}
    assert (path, Kind.MISSING) in found
    assert (new, Kind.ADDED) in found
    (folder / new).unlink()
    found = {(difference.file, difference.kind) for difference in verify(folder)}
    assert (path, Kind.MISSING) in found
    (folder / path).write_bytes(BUNDLE.files[path])
    assert verify(folder) == ()


@pytest.mark.parametrize(
    "name", ["data/新.txt", "新.txt", "metadata/.hidden", "data/其他/.DS_Store"]
)
def test_added(folder: Path, name: str) -> None:
    """A file put in anywhere is named."""
    (folder / name).write_bytes(b"x")
    assert Difference(name, Kind.ADDED) in verify(folder)


def test_added_empty_folder(folder: Path) -> None:
    """So is a folder without files."""
    (folder / "data" / "新").mkdir()
    assert verify(folder) == (Difference("data/新/", Kind.ADDED, "空文件夹"),)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["gnu", "pax"])
@pytest.mark.parametrize(
    ("made", "told"),
    [
        (["data/新建文件夹"], ["data/新建文件夹/"]),
        (["data/a/b", "data/a.b"], ["data/a.b/", "data/a/b/"]),
        (["data/其他/a", "metadata/b"], ["data/其他/a/", "metadata/b/"]),
    ],
)
def test_added_empty_folders_in_tar(
    folder: Path, form: int, made: list[str], told: list[str]
) -> None:
    """A tar is told to have the empty folders that its folder has, and no others."""
    for path in made:
        (folder / path).mkdir(parents=True)
    expected = tuple(Difference(path, Kind.ADDED, "空文件夹") for path in told)
    assert verify(tarred(folder, form)) == verify(folder) == expected


def test_empty_folder_beside(folder: Path) -> None:
    """An empty folder beside the bundle's in a tar is named."""
    (folder.parent / "别处").mkdir()
    command = ["tar", "cf", "system.tar", folder.name, "别处"]
    subprocess.run(command, cwd=folder.parent, check=True)
    found = verify(folder.parent / "system.tar")
    assert found == (Difference("别处/", Kind.ADDED, "空文件夹"),)


def test_folder_of_a_file_with_a_bad_name(folder: Path) -> None:
    """A folder is not empty where what is in it is refused, however long its name."""
    path = tarred(folder, tarfile.GNU_FORMAT)
    with tarfile.open(path, "a") as archive:
        for name, kind in (("data/a", tarfile.DIRTYPE), (f"data/a/{'b' * 300}", tarfile.REGTYPE)):
            entry = tarfile.TarInfo(f"{folder.name}/{name}")
            entry.type = kind
            archive.addfile(entry)
    assert [difference.kind for difference in verify(path)] == [Kind.REFUSED]


@pytest.mark.parametrize("what", [f"./{RECORD.name}", "."])
def test_tar_with_a_dot(folder: Path, tmp_path_factory: pytest.TempPathFactory, what: str) -> None:
    """A tar whose paths all begin with ./ is whole where the bundle is, and named where not."""
    assert [path.name for path in folder.parent.iterdir()] == [RECORD.name]
    path = tmp_path_factory.mktemp("tar") / "dot.tar"
    command = ["tar", "cf", str(path), what]
    subprocess.run(command, cwd=folder.parent, check=True)
    assert verify(path) == ()
    (folder / PATHS[-1]).write_bytes(b"x")
    subprocess.run(command, cwd=folder.parent, check=True)
    assert PATHS[-1] in {difference.file for difference in verify(path)}


@pytest.mark.parametrize("before", ["././", ".//", "./../", "../", "/", "a/./"])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE], ids=["file", "folder"])
def test_tar_with_more_than_a_dot(folder: Path, before: str, kind: bytes) -> None:
    """No other way to write a path is taken for the path."""
    path = tarred(folder, tarfile.GNU_FORMAT)
    with tarfile.open(path, "a") as archive:
        entry = tarfile.TarInfo(f"{before}{folder.name}/data")
        entry.type = kind
        archive.addfile(entry)
    assert Kind.REFUSED in {difference.kind for difference in verify(path)}


def test_tar_with_a_name_twice(folder: Path) -> None:
    """With and without ./ it is the same file."""
    path = tarred(folder, tarfile.GNU_FORMAT)
    with tarfile.open(path, "a") as archive:
        archive.addfile(tarfile.TarInfo(f"./{folder.name}/bagit.txt"))
    assert [difference.kind for difference in verify(path)] == [Kind.REFUSED]


@pytest.mark.parametrize("what", [["."], ["bagit.txt", "bag-info.txt", "data"]])
def test_tar_without_the_folder(folder: Path, what: list[str]) -> None:
    """A tar made inside the bag is refused, with the way to make it."""
    path = folder.with_suffix(".tar")
    subprocess.run(["tar", "-C", str(folder), "-cf", str(path), *what], check=True)
    with pytest.raises(Refused, match="外面没有文件夹") as refused:
        verify(path)
    assert "tar cf 归档包.tar 归档包文件夹" in refused.value.hint


@pytest.mark.parametrize("path", PATHS)
def test_swapped(folder: Path, path: str) -> None:
    """Two files that change their names are both named."""
    other = PATHS[PATHS.index(path) - 1]
    (folder / path).write_bytes(BUNDLE.files[other])
    (folder / other).write_bytes(BUNDLE.files[path])
    assert {path, other} <= told(folder)


def remade(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The zip of the bundle's files after a change, structurally whole."""
    files = dict(BUNDLE.files)
    change(files)
    return zipping.write({f"{BUNDLE.name}/{path}": data for path, data in files.items()})


@pytest.mark.parametrize("path", PATHS)
def test_repacked(zipped: Path, path: str) -> None:
    """A changed file in a zip that is made anew as this program makes it is found by its digest."""
    zipped.write_bytes(remade(lambda files: files.update({path: files[path] + b" "})))
    assert path in told(zipped)


@pytest.mark.parametrize("path", PATHS)
def test_repacked_without(zipped: Path, path: str) -> None:
    """So is one that is missing from such a zip, or has another name in it."""
    zipped.write_bytes(remade(lambda files: files.pop(path)))
    assert Difference(path, Kind.MISSING) in verify(zipped)
    zipped.write_bytes(remade(lambda files: files.update({f"{path}x": files.pop(path)})))
    found = verify(zipped)
    assert Difference(path, Kind.MISSING) in found
    assert Difference(f"{path}x", Kind.ADDED) in found


@pytest.mark.parametrize("manifest", [*bag.MANIFESTS, *bag.TAGMANIFESTS])
def test_manifests_disagree(zipped: Path, manifest: str) -> None:
    """A manifest that lists less than the other, or another digest, is named."""

    def shorten(files: dict[str, bytes]) -> None:
        files[manifest] = files[manifest].partition(b"\n")[2]

    def falsify(files: dict[str, bytes]) -> None:
        first = files[manifest][:1]
        files[manifest] = (b"0" if first != b"0" else b"1") + files[manifest][1:]

    for change in (shorten, falsify):
        zipped.write_bytes(remade(change))
        found = [difference for difference in verify(zipped) if difference.file == manifest]
        assert Kind.DECLARED in {difference.kind for difference in found}


def test_wrong_declaration(zipped: Path) -> None:
    """Another version of BagIt is told, even where all digests were made to fit."""

    def declare(files: dict[str, bytes]) -> None:
        files["bagit.txt"] = bag.DECLARATION.replace(b"1.0", b"0.97")
        tags = {
            path: data
            for path, data in files.items()
            if not path.startswith(bag.PAYLOAD) and path not in bag.TAGMANIFESTS
        }
        files.update(bag._listings(tags, bag.tagmanifest_file, tags))

    zipped.write_bytes(remade(declare))
    assert [difference.file for difference in verify(zipped)] == ["bagit.txt"]


def test_renamed_root(zipped: Path) -> None:
    """The folder in the zip keeps the bundle's name."""
    zipped.write_bytes(zipping.write({f"b/{path}": data for path, data in BUNDLE.files.items()}))
    assert [difference.kind for difference in verify(zipped)] == [Kind.DECLARED]


def test_second_root(zipped: Path) -> None:
    """A file beside the bundle's folder is named with its whole path."""
    files = {f"{BUNDLE.name}/{path}": data for path, data in BUNDLE.files.items()}
    zipped.write_bytes(zipping.write({**files, "别处/a.txt": b"a", "b.txt": b"b"}))
    assert {difference.file for difference in verify(zipped)} == {"别处/a.txt", "b.txt"}


@pytest.fixture(params=[tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["gnu", "pax"])
def tar(folder: Path, request: pytest.FixtureRequest) -> tuple[Path, bytes]:
    """The bundle as a tar, and its bytes."""
    path = tarred(folder, request.param)
    return path, path.read_bytes()


@given(data=st.data())
@ANY
def test_any_byte_of_tar(tar: tuple[Path, bytes], data: st.DataObject) -> None:
    """A byte changed in a file's content in a tar: the file is named; elsewhere nothing crashes."""
    path, content = tar
    path.write_bytes(content)
    with tarfile.open(path) as archive:
        spans = {
            entry.name.partition("/")[2]: (entry.offset_data, entry.offset_data + entry.size)
            for entry in archive
            if entry.isfile()
        }
    at = data.draw(st.integers(0, len(content) - 1))
    path.write_bytes(changed(content, "flip", at, data.draw(st.integers(1, 255))))
    inside = [name for name, (start, end) in spans.items() if start <= at < end]
    assert told(path).issuperset(inside)


def test_needs_nothing(zipped: Path, tmp_path: Path) -> None:
    """A stranger verifies: another folder, no PATH, no home, no TeX, no content."""
    script = (
        "import sys; from pathlib import Path; from pipeline.archiving.verification import verify;"
        "print(len(verify(Path(sys.argv[1]))));"
        "print(sorted({'pikepdf', 'pypdf', 'jinja2', 'pipeline.build'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(zipped)],
        cwd=tmp_path, env={"PATH": ""}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == ["0", "[]"]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.zip")), ids=lambda path: path.stem)
def test_golden(path: Path, tmp_path: Path) -> None:
    """A bundle that an earlier version made still verifies, and a change in it is still found."""
    assert verify(path) == ()
    copy = tmp_path / path.name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    assert verify(copy)


def test_golden_is_there() -> None:
    """There is one for every version that made bundles, as it was written."""
    assert [path.name for path in sorted(GOLDEN.glob("*.zip"))] == ["0.1.zip"]


def test_lines(folder: Path) -> None:
    """A line for a clerk: which file, what is wrong."""
    (folder / PLACE / "正文.txt").write_bytes(b"x")
    assert [str(difference) for difference in verify(folder)][-1] == (
        f"{PLACE}正文.txt：内容不符。"
    )
    assert folder.name == RECORD.name
    assert os.listdir(folder)  # noqa: PTH208
