"""Same input, same bytes: wherever, whenever, and by whomever a report is made."""

import datetime as dt
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from offices import GOOD, ROOT, project

USER, HOST = "zhangsan-4711", "bangongshi-0815"
KINDS = ("report.pdf", "draft.pdf", "stamped.pdf")
PLAIN = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
OTHER = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "POSIX",
    "LANGUAGE": "zh_CN",
    "HOME": "/nonexistent",
    "USER": USER,
    "LOGNAME": USER,
    "HOSTNAME": HOST,
    "PYTHONHASHSEED": "4711",
    "SOURCE_DATE_EPOCH": "1",
    "TEXMFHOME": "/nonexistent",
    "COLUMNS": "20",
}


def office_font() -> Path:
    """A font file that an office might own: here the free one that is nearest."""
    found = Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")
    assert found.is_file(), "fonts-lxgw-wenkai is missing"
    return found


def made(folder: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Build, draft and stamp one sample report; the bytes of all three."""
    project(folder, "a/2021", text=f"sample = true\n{GOOD}")
    (folder / "fonts").mkdir(exist_ok=True)
    shutil.copyfile(office_font(), folder / "fonts" / "楷体_GB2312.ttf")
    (folder / "temporary").mkdir(exist_ok=True)
    for command in (
        ["build"],
        ["build", "--draft"],
        ["stamp", "a/2021", "--seal", "specimen", "--date", "2022-01-13"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *command],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "TMPDIR": str(folder / "temporary"),
                **environment,
            },
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
    return {name: (folder / "build" / "a" / "2021" / name).read_bytes() for name in KINDS}


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], float]:
    """The folder of a first run, its files, and when it ended."""
    folder = tmp_path_factory.mktemp("first")
    return folder, made(folder, PLAIN), time.time()


@pytest.fixture(scope="session")
def second(
    tmp_path_factory: pytest.TempPathFactory, first: tuple[Path, dict[str, bytes], float]
) -> tuple[Path, dict[str, bytes]]:
    """The same in another place, by another user, in another time zone, seconds later."""
    time.sleep(max(0.0, first[2] + 2 - time.time()))
    folder = tmp_path_factory.mktemp("second") / "另一个 文件夹" / "deep" / "er"
    folder.mkdir(parents=True)
    return folder, made(folder, OTHER)


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_same_bytes_elsewhere(
    first: tuple[Path, dict[str, bytes], float], second: tuple[Path, dict[str, bytes]], name: str
) -> None:
    """Folder, fonts' folder, time, time zone, locale, user, home and hash seed leave no trace."""
    assert first[1][name] == second[1][name]


@pytest.mark.slow
def test_same_bytes_again(first: tuple[Path, dict[str, bytes], float]) -> None:
    """Once more in the same folder, over what is there."""
    assert made(first[0], {**PLAIN, "PYTHONHASHSEED": "random"}) == first[1]


@pytest.mark.slow
def test_other_content_other_bytes(
    tmp_path: Path, first: tuple[Path, dict[str, bytes], float]
) -> None:
    """The comparison can fail: one figure more is another file."""
    folder = project(tmp_path, "a/2021", text=f"sample = true\n{GOOD}".replace("[4, 0", "[5, 0"))
    (folder / "fonts").mkdir()
    shutil.copyfile(office_font(), folder / "fonts" / "楷体_GB2312.ttf")
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "build"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **PLAIN},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    report = (folder / "build" / "a" / "2021" / "report.pdf").read_bytes()
    assert report != first[1]["report.pdf"]


def contents(path: Path) -> Iterator[bytes]:
    """Everything a PDF says: the file itself, its objects, and its streams unpacked."""
    yield path.read_bytes()
    with pikepdf.open(path) as pdf:
        for thing in pdf.objects:
            yield thing.unparse(resolved=True)
            if isinstance(thing, pikepdf.Stream):
                yield thing.read_bytes()
        yield str(dict(pdf.docinfo)).encode()


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_nothing_of_place_person_or_day(second: tuple[Path, dict[str, bytes]], name: str) -> None:
    """No host, user, path or today's date is in the file, in any stream or encoding."""
    folder = second[0]
    everything = b"\n".join(contents(folder / "build" / "a" / "2021" / name))
    assert "示例市样板区示范街道办事处".encode() in everything  # so that looking would find
    today = [dt.datetime.now(dt.UTC).date() + dt.timedelta(days) for days in (-1, 0, 1)]
    words = [USER, HOST, str(folder), "另一个", "pytest", "/tmp", str(ROOT), "/usr/share", "nonexistent"]  # noqa: S108, E501  # fmt: skip
    words += [platform.node()] if len(platform.node()) > 3 else []
    words += [day.strftime(form) for day in today for form in ("%Y%m%d", "%Y-%m-%d")]
    words += [f"{day.year}年{day.month}月{day.day}日" for day in today]
    for word in words:
        for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
            assert word.encode(encoding) not in everything, word
        assert word.encode("utf-16-be").hex().encode() not in everything.lower(), word
