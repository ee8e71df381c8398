"""Bundles of one name and bundles that replace others: corrections, the index, two runs at once."""

import csv
import datetime as dt
import hashlib
import io
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from bundles import AGENCY, DOCUMENTS, OTHERS, RECORD, assemble, unpack
from depositing import NAME, STAMP, bundles, files_of
from offices import GOOD, project

from pipeline import events
from pipeline.archiving import bundle, correction, holdings, keeping
from pipeline.archiving.record import Record, Replaced
from pipeline.cli.entry import run
from pipeline.errors import ExitCode, Refused
from pipeline.events import Action
from pipeline.processes import run as run_process
from pipeline.project import find, targets
from pipeline.stamping import origin

ARCHIVE = Path("build/archive")


def made(folder: Path, file: str = "", **changed: Any) -> Path:
    """The zip of the specimen record with these fields changed, under its name or another."""
    values = {name: getattr(RECORD, name) for name in Record.__dataclass_fields__}
    record = Record(**{**values, "replaces": None, **changed})
    path = folder / (file or f"{record.name}.zip")
    path.write_bytes(bundle.assemble(record, DOCUMENTS, OTHERS).zip())
    return path


def test_a_bundle_is_never_edited(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another bundle of the same name is refused; the first stays as it is."""
    assert run(["archive"]) == ExitCode.OK
    path = office / ARCHIVE / f"{NAME}.zip"
    first = path.read_bytes()
    assert run(["archive", "--number", "A-1"]) == ExitCode.VERIFICATION
    said = capsys.readouterr().err
    assert "归档包从不改动。更正请用 --replaces" in said
    assert "机关名称" not in said
    assert path.read_bytes() == first


def test_a_name_that_two_folders_share(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bundle may be the other folder's: the hint is to look at the names first."""
    project(office, "b/2021", "b/2022", text=f"sample = true\n{GOOD}# 另一份\n")
    assert run(["build", "b/2021"]) == ExitCode.OK
    assert run(["stamp", "b/2021", *STAMP, "2022-01-13"]) == ExitCode.OK
    assert run(["archive", "a/2021"]) == ExitCode.OK
    capsys.readouterr()
    assert run(["archive", "b/2021"]) == ExitCode.VERIFICATION
    said = capsys.readouterr().err
    assert "机关名称、年度相同的还有 a/2021，它可能是那一份的。" in said
    assert "请先核对各自的机关名称（name）" in said
    assert "归档包从不改动。更正请用" not in said


def test_a_correction(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a new bundle that names the old one and its digest; the index ties the two."""
    assert run(["archive"]) == ExitCode.OK
    old = office / ARCHIVE / f"{NAME}.zip"
    digest = hashlib.sha256(old.read_bytes()).hexdigest()
    assert run(["archive", "a/2021", "--replaces", str(old)]) == ExitCode.OK
    assert bundles(office) == [NAME, f"{NAME}-2"]
    described = files_of(office, f"{NAME}-2")["metadata/元数据.xml"].decode()
    assert NAME in described
    assert digest in described
    index = tomllib.loads((old.parent / "index.toml").read_text(encoding="utf-8"))["bundles"]
    told = {each["name"]: (each["replaces"], each["replaced_by"]) for each in index}
    assert told == {NAME: ("", [f"{NAME}-2"]), f"{NAME}-2": (NAME, [])}
    assert {each["sha256"] for each in index} == {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in old.parent.glob("*.zip")
    }
    rows = list(csv.reader(io.StringIO((old.parent / "index.csv").read_text("utf-8-sig"))))
    assert [row[0] for row in rows] == ["归档包", *(each["name"] for each in index)]
    broken = office / "broken.zip"
    broken.write_bytes(old.read_bytes()[:-1])
    assert run(["archive", "a/2021", "--replaces", str(broken)]) == ExitCode.VERIFICATION
    assert "已损坏" in capsys.readouterr().err


def test_the_name_is_the_bags(tmp_path: Path) -> None:
    """A file that was renamed, or copied, is told by the name that its bag has."""
    path = made(tmp_path, "旧包 (1).zip")
    told = correction.replaced(path, AGENCY, 2021)
    assert told == Replaced(NAME, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize(
    ("agency", "year"), [(AGENCY, 2022), ("另一机关", 2021), (f"{AGENCY}二", 2022)]
)
def test_a_bundle_of_another_report(tmp_path: Path, agency: str, year: int) -> None:
    """A correction replaces a bundle of its own office and year, and no other."""
    with pytest.raises(Refused, match="不是这份年报的") as refused:
        correction.replaced(made(tmp_path), agency, year)
    assert AGENCY in refused.value.message
    assert "2021" in refused.value.message
    assert "同一机关、同一年度" in refused.value.hint


def test_another_years_bundle_on_the_command_line(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused with exit 7, and nothing is written."""
    other = made(office, year=2020)
    assert run(["archive", "a/2021", "--replaces", str(other)]) == ExitCode.VERIFICATION
    assert "年度是 2020；现在归档的是" in capsys.readouterr().err
    assert bundles(office) == []


@pytest.mark.parametrize("kind", ["tar", "folder"])
def test_what_has_no_digest_of_a_zip(tmp_path: Path, kind: str) -> None:
    """A bundle that was unpacked, or packed in another way, cannot be named by its digest."""
    path = unpack(assemble(), tmp_path)
    if kind == "tar":
        path = tmp_path / "a.tar"
        with tarfile.open(path, "w") as archive:
            archive.add(tmp_path / NAME, NAME)
    with pytest.raises(Refused, match="应当是 zip 文件"):
        correction.replaced(path, AGENCY, 2021)


def index_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The index of a folder, by name, as written."""
    holdings.renew(folder)
    listed = tomllib.loads((folder / "index.toml").read_text("utf-8"))["bundles"]
    return {each["name"]: each for each in listed}


def test_all_heirs(tmp_path: Path) -> None:
    """A bundle that two others replace is told with both, in either index."""
    made(tmp_path)
    old = Replaced(NAME, "0" * 64)
    made(tmp_path, edition=2, replaces=old)
    made(tmp_path, date=dt.date(2022, 1, 20), replaces=old)
    heirs = [f"{NAME}-2", NAME.replace("20220113", "20220120")]
    assert index_of(tmp_path)[NAME]["replaced_by"] == heirs
    rows = csv.DictReader(io.StringIO((tmp_path / "index.csv").read_text("utf-8-sig")))
    assert {row["归档包"]: row["已被替代"] for row in rows}[NAME] == "、".join(heirs)


def test_a_renamed_file_in_the_index(tmp_path: Path) -> None:
    """It stands there by the name of its bag, with the name of its file."""
    made(tmp_path, "旧.zip")
    made(tmp_path, edition=2, replaces=Replaced(NAME, "0" * 64))
    entry = index_of(tmp_path)[NAME]
    assert entry["remark"].endswith("；文件改名为 旧.zip")
    assert entry["replaced_by"] == [f"{NAME}-2"]


def test_the_index_does_not_verify(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says so where it is written and told, with how to verify; it tells what it cannot read."""
    assert run(["archive"]) == ExitCode.OK
    said = capsys.readouterr().err
    assert "目录照录归档包所写的，没有核对；核对请运行 nianbao verify 归档包。" in said
    path = office / ARCHIVE / f"{NAME}.zip"
    changed = bytearray(path.read_bytes())
    changed[changed.index(b"%PDF-") + 3000] ^= 1
    path.write_bytes(changed)
    (path.parent / "x.zip").write_bytes(b"PK\x03\x04")
    entries = index_of(path.parent)
    assert entries[NAME]["agency"]
    assert run(["verify", str(path)]) == ExitCode.VERIFICATION
    assert "读不出" in entries["x"]["remark"]
    head = (path.parent / "index.toml").read_text("utf-8").splitlines()[0]
    assert head == "# 本目录照录各归档包所写的，没有核对。核对用：nianbao verify 归档包"


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every event come a second after the one before."""
    moments = iter(dt.datetime(2090, 1, 1, 8, 0, n, tzinfo=dt.UTC) for n in range(60))
    monkeypatch.setattr(events, "moment", lambda: next(moments))


def test_two_runs_at_once(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that comes second finds the bundle of the first, and is content with it."""
    later(monkeypatch)
    inner: list[int] = []

    def verify_slowly(*given: Any, **named: Any) -> tuple[str, int]:
        """While a stranger reads the bundle, another run archives the same report."""
        if not inner:
            inner.append(-1)
            inner.append(run(["archive", "a/2021"]))
        return run_process(*given, **named)

    monkeypatch.setattr(keeping, "run", verify_slowly)
    assert run(["archive", "a/2021"]) == ExitCode.OK
    assert inner == [-1, ExitCode.OK]
    assert bundles(office) == [NAME]
    happened = events.read(office / "build" / "log" / "a" / "2021.jsonl")
    assert [event.action for event in happened].count(Action.ARCHIVE) == 1
    kept = files_of(office)["metadata/events.jsonl"]
    assert events.parse(kept) == happened


def test_a_run_that_ended_before_its_log(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle whose archiving was not logged is the same one: it is logged, and kept."""
    later(monkeypatch)
    log = office / "build" / "log" / "a" / "2021.jsonl"
    before = log.read_bytes()
    assert run(["archive"]) == ExitCode.OK
    after = log.read_bytes()
    first = (office / ARCHIVE / f"{NAME}.zip").read_bytes()
    log.write_bytes(before)
    assert run(["archive"]) == ExitCode.OK
    assert (office / ARCHIVE / f"{NAME}.zip").read_bytes() == first
    assert log.read_bytes() == after


@pytest.mark.usefixtures("office")
def test_another_bundle_that_came_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two runs that are not alike the second is refused as if it came later."""
    done: list[int] = []

    def verify_slowly(*given: Any, **named: Any) -> tuple[str, int]:
        if not done:
            done.append(-1)
            done.append(run(["archive", "a/2021", "--number", "A-1"]))
        return run_process(*given, **named)

    monkeypatch.setattr(keeping, "run", verify_slowly)
    assert run(["archive", "a/2021"]) == ExitCode.VERIFICATION
    assert done == [-1, ExitCode.OK]
    assert "已有归档包，内容不同" in capsys.readouterr().err


@pytest.mark.parametrize(("char", "own"), [(":", False), ("/", False), (":", True)])
def test_an_agency_that_no_file_can_be_called_after(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    char: str,
    own: bool,
) -> None:
    """The message names the file and the place of the name, not the bundle."""
    monkeypatch.chdir(tmp_path)
    agency = f'signature = "sealed"\nname = "示例市{char}街道办事处"\n'
    project(tmp_path, "a/2021", text=f"sample = true\n{GOOD}")
    folder = tmp_path / "content" / "a"
    place = "content/a/agency.toml:2:9"
    if own:
        (folder / "agency.toml").unlink()
        path = folder / "2021.toml"
        path.write_text(f"{path.read_text('utf-8')}\n[agency]\n{agency}", "utf-8")
        place = f"content/a/2021.toml:{path.read_text('utf-8').count(chr(10))}:9"
    else:
        (folder / "agency.toml").write_text(agency, "utf-8")
    assert run(["build", "a/2021"]) == ExitCode.OK
    capsys.readouterr()
    assert run(["archive", "a/2021"]) == ExitCode.VERIFICATION
    said = capsys.readouterr().err
    assert f"错误：{place} 机关名称不能用作归档包的文件名：含字符“{char}”" in said
    assert ".zip" not in said
    assert bundles(tmp_path) == []


def test_offices_by_name(office: Path) -> None:
    """The name of a folder's office, however its files say it; none where they cannot be read."""
    (target,) = targets(find(), ["a/2021"])
    assert origin.office(target)["name"] == AGENCY
    (office / "content" / "a" / "agency.toml").write_text("= =")
    assert origin.office(target) == {}
