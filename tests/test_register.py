"""The seal register: every stamping is written down, once, and no entry is changed unseen."""

import datetime as dt
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import tomli_w
from conftest import AGENCY, ROOT, Workshop
from hypothesis import given
from hypothesis import strategies as st
from test_approvals import GOOD

from pipeline import cli, events, locking, project
from pipeline.errors import ExitCode, FileProblem, Refused
from pipeline.pdf.passport import Passport
from pipeline.signature import Kind
from pipeline.stamping import audit, chain, register
from pipeline.stamping.origin import Origin
from pipeline.tomlfile import source

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)
DIGESTS = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
STAMPINGS = st.builds(
    chain.Stamping,
    time=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=ZONES).map(  # noqa: DTZ001
        lambda time: time.replace(microsecond=0)
    ),
    agency=NAMES,
    year=st.none() | st.integers(2008, 2100),
    sample=st.booleans(),
    date=DAYS,
    file=NAMES,
    before=DIGESTS,
    after=DIGESTS,
    seal=st.sampled_from(["file", "ink", "none"]),
    seal_file=st.none() | NAMES,
    seal_digest=st.none() | DIGESTS,
    by=NAMES,
    approvals=st.lists(
        st.builds(chain.Step, role=st.sampled_from(["drafted", "reviewed"]), name=NAMES, date=DAYS),
        max_size=2,
    ),
    forced=st.none() | NAMES,
    overridden=st.none() | st.lists(st.sampled_from(["stale", "errors"]), min_size=1, max_size=2),
)
OTHER = st.one_of(
    NAMES, st.just(""), DIGESTS, st.integers(-1, 5), st.booleans(), DAYS, st.floats(0, 2),
    st.just([]), st.just({}), st.just(dt.datetime(2022, 1, 1, tzinfo=dt.UTC)),
)  # fmt: skip


def book(stampings: list[chain.Stamping]) -> dict[str, Any]:
    """A register, as it is read from its file."""
    made: dict[str, Any] = {}
    for stamping in stampings:
        made = chain.added(made, stamping)
    return read(made)


def read(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they come back from a file."""
    return dict(source.parse(tomli_w.dumps(values).encode(), register.NAME).values)


BOOKS = st.lists(STAMPINGS, min_size=1, max_size=4).map(book)


def found(values: dict[str, Any]) -> list[chain.Fault]:
    """What is wrong with a register once it is written and read."""
    return [*chain.faults(read(values))]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a register that holds no others."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner:
        if isinstance(item, dict | list) and item:
            yield from leaves(item, (*path, key))
        else:
            yield (*path, key)


def holder(values: Any, path: tuple[Any, ...]) -> Any:
    """What holds the value at a path."""
    for key in path[:-1]:
        values = values[key]
    return values


# The chain


@given(BOOKS)
def test_what_was_written_has_no_faults(values: dict[str, Any]) -> None:
    """Whatever is written down and read back is whole, in any zone and any words."""
    assert found(values) == []
    assert "previous" not in values["entries"][0]
    assert [entry["number"] for entry in values["entries"]] == [
        *range(1, len(values["entries"]) + 1)
    ]


@given(BOOKS, st.data())
def test_any_edit_of_any_value_is_found(values: dict[str, Any], data: st.DataObject) -> None:
    """One value, another in its place, of the same kind or not: named by the entry's number."""
    path = data.draw(st.sampled_from([*leaves(values)]))
    changed = deepcopy(values)
    inner = holder(changed, path)
    inner[path[-1]] = data.draw(OTHER)
    if tomli_w.dumps(changed) == tomli_w.dumps(values):
        return
    faults = found(changed)
    assert faults
    if path[0] == "entries":
        assert path[1] + 1 in {fault.number for fault in faults}


@given(BOOKS, st.data())
def test_a_digest_that_is_made_to_fit_is_found(values: dict[str, Any], data: st.DataObject) -> None:
    """An edit whose author computes the entry's digest anew does not fit what comes after it."""
    index = data.draw(st.integers(0, len(values["entries"]) - 1))
    entry = values["entries"][index]
    entry["by"] += data.draw(NAMES)
    entry["digest"] = chain.digest_of(entry)
    assert found(values)


@given(BOOKS, st.data())
def test_a_lost_key_and_a_new_one_are_found(values: dict[str, Any], data: st.DataObject) -> None:
    """Keys that are taken out or put in, anywhere."""
    fewer, more = deepcopy(values), deepcopy(values)
    path = data.draw(st.sampled_from([*leaves(values)]))
    del holder(fewer, path)[path[-1]]
    assert found(fewer)
    place = data.draw(st.sampled_from([more, *more["entries"]]))
    place["novelty"] = 1
    assert found(more)


@given(BOOKS, st.data())
def test_a_removed_entry_is_found(values: dict[str, Any], data: st.DataObject) -> None:
    """The first, the last, any other, and any number of them."""
    entries = values["entries"]
    start = data.draw(st.integers(0, len(entries) - 1))
    end = data.draw(st.integers(start + 1, len(entries)))
    del entries[start:end]
    assert found(values)


@given(st.lists(STAMPINGS, min_size=2, max_size=5).map(book), st.data())
def test_entries_in_another_order_are_found(values: dict[str, Any], data: st.DataObject) -> None:
    """Any two that change places, and any other order."""
    before = list(values["entries"])
    values["entries"] = data.draw(st.permutations(before))
    if values["entries"] != before:
        assert found(values)


@given(BOOKS, STAMPINGS, st.data())
def test_an_inserted_entry_is_found(
    values: dict[str, Any], stamping: chain.Stamping, data: st.DataObject
) -> None:
    """A copy, and a new one that is made to fit where it is put as far as it can be."""
    entries = values["entries"]
    at = data.draw(st.integers(0, len(entries)))
    twice, forged = deepcopy(values), deepcopy(values)
    twice["entries"].insert(at, deepcopy(data.draw(st.sampled_from(entries))))
    assert found(twice)
    entry = {"number": at + 1, **stamping.model_dump(exclude_none=True)}
    if at:
        entry["previous"] = entries[at - 1]["digest"]
    entry["digest"] = chain.digest_of(entry)
    forged["entries"].insert(at, entry)
    assert found(forged)


def test_the_canonical_form() -> None:
    """What docs/stamping.md says of it: anybody can compute a digest without this program."""
    entry = {
        "number": 2,
        "time": dt.datetime(2022, 1, 13, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8))),
        "date": dt.date(2022, 1, 13),
        "by": "甲",
        "digest": "not part of it",
    }
    form = '{"by":"甲","date":"2022-01-13","number":2,"time":"2022-01-13T09:30:00+08:00"}'
    assert chain.digest_of(entry) == hashlib.sha256(form.encode()).hexdigest()
    assert json.loads(form)["number"] == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有登记的条目"),
        ('last = ""', "没有登记的条目"),
        ("entries = 1", "没有登记的条目"),
        ("entries = [1]", "没有登记的条目"),
        ("entries = [{}]", "第 1 条：写法不对：time、agency、sample等"),
        ("[entries]", "没有登记的条目"),
        ("entries = []", "没有登记的条目"),
        ("entries = []\nother = 1", "不认识的键：other"),
        (f"entries = [{{number = 0x{'f' * 5000}}}]", "第 1 条：写法不对"),
        (f"entries = [{{other = 0x{'f' * 5000}}}]", "第 1 条：写法不对"),
    ],
)
def test_what_is_no_register(text: str, words: str) -> None:
    """Whatever TOML stands in the file, it is told, and nothing crashes."""
    faults = [*chain.faults(tomllib.loads(text))]
    assert any(words in str(fault) for fault in faults)


# The file


def stamping(**values: Any) -> chain.Stamping:
    """Something to write down."""
    digest = "0" * 64
    return chain.Stamping(
        **{
            "time": dt.datetime(2022, 1, 13, 9, 30, tzinfo=dt.UTC),
            "agency": "示例局",
            "sample": True,
            "date": dt.date(2022, 1, 13),
            "file": "a/2021/stamped.pdf",
            "before": digest,
            "after": digest,
            "seal": "ink",
            "by": "甲",
        }
        | values
    )


def test_a_register_that_is_kept_elsewhere(tmp_path: Path) -> None:
    """A link to it stays one, and what it leads to gets the entry."""
    shared = tmp_path / "shared.toml"
    office = tmp_path / "office"
    office.mkdir()
    (office / register.NAME).symlink_to(shared)
    for number in (1, 2):
        with register.held(office) as held:
            assert held.append(stamping()) == number
    assert (office / register.NAME).is_symlink()
    assert len(tomllib.loads(shared.read_text(encoding="utf-8"))["entries"]) == 2


def test_an_entry_after_the_other(tmp_path: Path) -> None:
    """The file is whole TOML, says what it is, and nothing but it and the lock is left."""
    for number in (1, 2, 3):
        with register.held(tmp_path) as held:
            assert held.append(stamping(by=f"第{number}人")) == number
    text = (tmp_path / register.NAME).read_text(encoding="utf-8")
    assert text.startswith("# 用印登记簿")
    values = tomllib.loads(text)
    assert [entry["by"] for entry in values["entries"]] == ["第1人", "第2人", "第3人"]
    assert [*chain.faults(values)] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".seal-register.lock",
        register.NAME,
    ]


@given(BOOKS)
def test_what_was_written_is_spelt_as_written(values: dict[str, Any]) -> None:
    """Values that come back from a file are written with the same bytes: no false alarm."""
    assert [*register._misspelt(register._written(values), read(values))] == []


SPELLINGS: dict[str, Callable[[str], str]] = {
    "comment": lambda text: text.replace("[[entries]]", "# 甲办\n[[entries]]", 1),
    "comment at the head": lambda text: f"# 甲\n{text}",
    "comment at the end": lambda text: f"{text}# 甲\n",
    "comment behind": lambda text: text.replace("sample = true", "sample = true # 甲"),
    "head without comments": lambda text: "".join(text.splitlines(keepends=True)[2:]),
    "time with a letter": lambda text: text.replace("09:30:00+00:00", "09:30:00Z"),
    "time in another zone": lambda text: text.replace("09:30:00+00:00", "09:30:00-00:00"),
    "fractions": lambda text: text.replace("09:30:00+", "09:30:00.000+"),
    "quotes": lambda text: text.replace('"示例局"', "'示例局'"),
    "escapes": lambda text: text.replace("示例局", "示例\\u5C40"),
    "hexadecimal": lambda text: text.replace("number = 1", "number = 0x1"),
    "blanks": lambda text: text.replace("number = 1", "number  = 1"),
    "line ends": lambda text: text.replace("\n", "\r\n"),
    "order": lambda text: text.replace('by = "甲"\n', "").replace("sample", 'by = "甲"\nsample'),
}


@pytest.mark.parametrize("harm", SPELLINGS)
def test_the_same_in_other_words(tmp_path: Path, harm: str) -> None:
    """A comment, another spelling of the same value: the first line is named; nothing is added."""
    path = tmp_path / register.NAME
    for _ in range(2):
        with register.held(tmp_path) as held:
            held.append(stamping())
    before = path.read_text(encoding="utf-8")
    changed = SPELLINGS[harm](before)
    assert changed != before
    path.write_bytes(changed.encode())
    (fault,) = audit.single(path).faults
    lines = zip(changed.split("\n"), before.split("\n"), strict=False)
    line = next(number for number, (new, old) in enumerate(lines, 1) if new != old)
    assert fault.startswith(f"第 {line} 行不是本程序所写")
    with pytest.raises(Refused, match=f"不能再登记.*第 {line} 行"), register.held(tmp_path):
        pytest.fail("it was held")


@pytest.mark.parametrize("harm", ["edit", "cut", "not TOML", "empty"])
def test_nothing_is_added_to_what_was_changed(tmp_path: Path, harm: str) -> None:
    """Refused, and what shows the change stays as it is; under another name it makes room."""
    path = tmp_path / register.NAME
    for _ in range(2):
        with register.held(tmp_path) as held:
            held.append(stamping())
    text = path.read_text(encoding="utf-8")
    changed = {
        "edit": text.replace("示例局", "别的局"),
        "cut": text[: text.rindex("[[entries]]")],
        "not TOML": text + "[",
        "empty": "",
    }[harm]
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(Refused, match="登记簿") as caught, register.held(tmp_path):
        pytest.fail("it was held")
    assert "seal-register-1.toml" in caught.value.hint
    assert path.read_text(encoding="utf-8") == changed
    path.rename(tmp_path / "seal-register-1.toml")
    with register.held(tmp_path) as held:
        assert held.append(stamping()) == 1


def test_a_full_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be read again is not written."""
    monkeypatch.setattr(source, "MAX_BYTES", 2000)
    with register.held(tmp_path) as held:
        held.append(stamping())
    before = (tmp_path / register.NAME).read_bytes()
    with register.held(tmp_path) as held, pytest.raises(Refused, match="已满"):
        held.append(stamping(by="甲" * 400))
    assert (tmp_path / register.NAME).read_bytes() == before


def test_a_register_is_no_year(tmp_path: Path) -> None:
    """It is not a target, whatever a command is given."""
    folder = tmp_path / "content" / "a"
    folder.mkdir(parents=True)
    (folder / "2021.toml").write_text("year = 2021\n", encoding="utf-8")
    (folder / register.NAME).write_text("", encoding="utf-8")
    folders = project.find(start=tmp_path)
    assert [str(target) for target in project.targets(folders, [])] == ["a/2021"]


# The lock


LOCKER = """
import sys, time
from pathlib import Path
from pipeline.locking import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def locker(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", LOCKER, str(tmp_path / "lock")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_that_is_held(
    tmp_path: Path, locker: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait has an end; when the other is killed its lock is gone, though its file stays."""
    monkeypatch.setattr(locking, "WAIT", 0.1)
    with pytest.raises(FileProblem, match="仍被占用") as caught, locking.locked(tmp_path / "lock"):
        pytest.fail("two hold it")
    assert "另一个 nianbao" in caught.value.hint
    os.kill(locker.pid, signal.SIGKILL)
    locker.wait()
    with locking.locked(tmp_path / "lock"):
        assert (tmp_path / "lock").read_bytes() == b""


def test_a_lock_is_given_back(tmp_path: Path) -> None:
    """After a failure as well."""
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), locking.locked(tmp_path / "new" / "lock"):
            raise KeyboardInterrupt


@pytest.mark.parametrize("harm", ["file in the way", "link", "folder"])
def test_a_lock_that_cannot_be(tmp_path: Path, harm: str) -> None:
    """A problem of the user's, with its place."""
    path = tmp_path / "lock"
    match harm:
        case "file in the way":
            path.write_bytes(b"")
            path /= "lock"
        case "link":
            path.symlink_to(tmp_path / "elsewhere")
        case "folder":
            path.mkdir()
    with pytest.raises(FileProblem, match="无法加锁"), locking.locked(path):
        pytest.fail("it was held")
    assert not (tmp_path / "elsewhere").exists()


# Stamping


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, workshop: Workshop) -> Path:
    """A project whose office `a` has built its report of 2023, approved by three persons."""
    folder = tmp_path_factory.mktemp("register")
    own = Workshop(folder, workshop.stock)
    content = {"year": 2023, "date": dt.date(2024, 1, 15), **own.blank(), "approvals": GOOD}
    path = own.build(content)
    (folder / "content" / "office1").rename(folder / "content" / "a")
    path.parent.parent.rename(folder / "build" / "a")
    return folder


@pytest.fixture
def desk(tmp_path: Path, office: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that project, as the current folder, with the seal of the office."""
    shutil.copytree(office, tmp_path, dirs_exist_ok=True)
    for name in ("layouts", "fonts"):
        (tmp_path / name).symlink_to(ROOT / name)
    specimen = (ROOT / "layouts" / "specimen-seal.svg").read_text(encoding="utf-8")
    (tmp_path / "印章.svg").write_text(f"{specimen}<!-- another -->", encoding="utf-8")
    (tmp_path / "印章.svg").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    return tmp_path


REGISTER = Path("content/a/seal-register.toml")
STAMPED = Path("build/a/2023/stamped.pdf")
SEAL = ("--seal", "印章.svg")
LOG = Path("build/log/a/2023.jsonl")


def begin_log() -> None:
    """The log that building begins, in the place of what the fixture left."""
    moment = dt.datetime(2024, 1, 15, 9, tzinfo=dt.UTC)
    events.begin(LOG, events.Event(moment, events.Action.BUILD, "甲"))


def stamp(*options: str, name: str = "a/2023") -> int:
    """Stamp the report."""
    return cli.run(["stamp", name, *(options or SEAL)])


def entries(path: Path = REGISTER) -> list[dict[str, Any]]:
    """What the register holds."""
    found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["entries"]
    return found


def sha256(path: Path) -> str:
    """The digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def verify(capsys: pytest.CaptureFixture[str], *names: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `register verify`."""
    capsys.readouterr()
    code = cli.run(["register", "verify", *names])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.usefixtures("desk")
def test_an_entry(capsys: pytest.CaptureFixture[str]) -> None:
    """What, when, by whom, with which seal, who approved it; nothing of it is in the PDF."""
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    assert stamp(*SEAL, "--by", " 经手 人 ") == 0
    shown = capsys.readouterr()
    assert shown.err.endswith(
        "已生成 build/a/2023/stamped.pdf\n已登记 content/a/seal-register.toml，第 1 条\n"
    )
    assert "注意" not in shown.err
    (entry,) = entries()
    time = entry.pop("time")
    assert time.tzinfo
    assert before <= time <= dt.datetime.now(dt.UTC)
    digest = entry.pop("digest")
    assert digest == tomllib.loads(REGISTER.read_text(encoding="utf-8"))["last"]
    assert entry == {
        "number": 1,
        "agency": AGENCY["name"],
        "year": 2023,
        "sample": False,
        "date": dt.date(2024, 1, 15),
        "file": "a/2023/stamped.pdf",
        "before": sha256(Path("build/a/2023/report.pdf")),
        "after": sha256(STAMPED),
        "seal": "file",
        "seal_file": "印章.svg",
        "seal_digest": sha256(Path("印章.svg")),
        "by": "经手 人",
        "approvals": GOOD,
    }
    first = STAMPED.read_bytes()
    assert stamp(*SEAL, "--by", "另一人") == 0
    assert STAMPED.read_bytes() == first
    assert [each.get("previous") for each in entries()] == [None, digest]


@pytest.mark.usefixtures("desk")
def test_without_a_seal_and_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Left for ink; the login name, which no variable changes."""
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody else")
    assert stamp("--no-seal") == 0
    (entry,) = entries()
    assert entry["seal"] == "ink"
    assert not {"seal_file", "seal_digest", "forced", "overridden"} & {*entry}
    login = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    assert entry["by"] == login


def commands(count: int) -> list[subprocess.Popen[bytes]]:
    """As many stampings at once, each in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pipeline", "stamp", "a/2023", "--no-seal", "--by"]
    return [
        subprocess.Popen([*command, f"第{number}人"], env=environment, stderr=subprocess.DEVNULL)
        for number in range(count)
    ]


@pytest.mark.usefixtures("desk")
def test_stampings_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Each is written down, once, in one chain; the file is whole."""
    count = 4
    assert [process.wait() for process in commands(count)] == [0] * count
    assert {entry["by"] for entry in entries()} == {f"第{number}人" for number in range(count)}
    assert [entry["number"] for entry in entries()] == [1, 2, 3, 4]
    assert {entry["after"] for entry in entries()} == {sha256(STAMPED)}
    assert verify(capsys)[0] == 0


KILLED = """
import os, signal, sys
from pipeline import cli
real = os.replace
def replace(source, target):
    if str(target).endswith(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(source, target)
os.replace = replace
cli.run(["stamp", "a/2023", "--no-seal"])
"""


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("at", ["seal-register.toml", "stamped.pdf"])
def test_killed_in_the_middle(capsys: pytest.CaptureFixture[str], at: str, earlier: bool) -> None:
    """No stamped file without an entry; an entry without its file is told, and is no fault."""
    if earlier:
        assert stamp() == 0
    before = STAMPED.read_bytes() if earlier else None
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", KILLED, at], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (STAMPED.read_bytes() if STAMPED.exists() else None) == before
    left = next(STAMPED.parent.glob(".stamped.pdf.*"))
    written = at == "stamped.pdf"
    assert len(entries() if REGISTER.exists() else []) == earlier + written
    code, out, err = verify(capsys)
    assert str(left) in out + err
    if written:
        assert (code, entries()[-1]["after"]) == (0, sha256(left))
        assert f"第 {earlier + 1} 条登记的文件不在" in err
        assert "请再用印一次" in err
    else:
        assert code == ExitCode.VERIFICATION
        assert f"没有登记：{Path.cwd() / left}" in out
    left.unlink()
    assert stamp("--no-seal") == 0
    assert entries()[-1]["after"] == sha256(STAMPED)
    code, _, err = verify(capsys)
    assert (code, "注意" in err) == (0, False)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("step", ["lock", "register", "stamped"])
def test_a_folder_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Exit 6 before anything is stamped: no file, and no entry but where the last step fails."""
    real_open, real_replace = os.open, os.replace

    def opened(path: Any, *rest: Any, **named: Any) -> int:
        if step == "lock" and str(path).endswith(".lock"):
            raise PermissionError(13, "denied")
        return real_open(path, *rest, **named)

    def replaced(old: Any, new: Any) -> None:
        if step in str(new) and step != "lock":
            raise PermissionError(13, "denied")
        real_replace(old, new)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "replace", replaced)
    assert stamp() == ExitCode.FILE
    assert "没有权限" in capsys.readouterr().err
    assert [path.name for path in STAMPED.parent.iterdir()] == ["report.pdf"]
    assert REGISTER.exists() == (step == "stamped")


# What speaks against it


def edit(path: str, old: str, new: str) -> None:
    """Change a file of the project."""
    text = Path(path).read_text(encoding="utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), encoding="utf-8")


def comment() -> None:
    """Content that has changed, and is as right as before."""
    edit("content/a/2023.toml", "year = 2023", "# 已改\nyear = 2023")


def rename() -> None:
    """An office that has another name now."""
    edit("content/a/agency.toml", "示例市样板区", "示例市示范区")


def last_year() -> None:
    """A report of the year before, with which the figures do not fit: the content is the same."""
    content = tomllib.loads(Path("content/a/2023.toml").read_text(encoding="utf-8"))
    content |= {"year": 2022, "date": dt.date(2023, 1, 15)}
    content["applications"]["carried_over"] = [3, 0, 0, 0, 0, 0]
    content["applications"]["received"] = [3, 0, 0, 0, 0, 0]
    del content["approvals"]
    Path("content/a/2022.toml").write_text(tomli_w.dumps(content), encoding="utf-8")


def spoil() -> None:
    """Content that has changed, and has errors."""
    edit("content/a/2023.toml", "year = 2023", "years = 1\nyear = 2023")


CASES = [
    (comment, ["stale"], "内容已改动，与生成报告时不同：content/a/2023.toml"),
    (rename, ["stale"], "机关信息已改动"),
    (last_year, ["errors"], "处错误，没有改正，也没有确认：content/a/2023.toml"),
    (spoil, ["stale", "errors"], "内容有 1 处错误"),
]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("harm", "kinds", "words"), CASES)
@pytest.mark.parametrize("name", ["a/2023", "build/a/2023/report.pdf"])
def test_force(
    capsys: pytest.CaptureFixture[str],
    harm: Callable[[], None],
    kinds: list[str],
    words: str,
    name: str,
) -> None:
    """Refused with exit 7 and what to do; forced with a reason, which is written down."""
    harm()
    assert stamp(name=name) == ExitCode.VERIFICATION
    said = capsys.readouterr().err
    assert words in said
    assert "请" in said
    assert "--force --reason" in said
    assert ("错误 NB" in said) == ("errors" in kinds)
    assert not STAMPED.exists()
    assert not REGISTER.exists()
    assert stamp(*SEAL, "--force", "--reason", "领导已同意", name=name) == 0
    said = capsys.readouterr().err
    assert f"注意：强制用印，理由记入登记簿：" in said  # noqa: F541
    (entry,) = entries()
    assert (entry["forced"], entry["overridden"]) == ("领导已同意", kinds)
    assert entry["approvals"] == GOOD


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "options",
    [
        ("--no-seal", "--force"),
        ("--no-seal", "--reason", "理由"),
        ("--no-seal", "--force", "--reason", ""),
        ("--no-seal", "--force", "--reason", " \u3000\n"),
        ("--no-seal", "--force", "--reason", "长" * 501),
        ("--no-seal", "--force", "--reason", "看不见\u202e"),
        ("--no-seal", "--by", " "),
    ],
)
def test_a_reason_is_required(capsys: pytest.CaptureFixture[str], options: tuple[str, ...]) -> None:
    """Exit 2, before anything else is looked at; nothing is stamped."""
    assert stamp(*options) == ExitCode.USAGE
    assert "→" in capsys.readouterr().err
    assert not STAMPED.exists()
    assert not REGISTER.exists()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--seal", "specimen"), "样章只能用于样例报告"),
        (("--no-seal", "--date", "2024-01-16"), "日期不一致"),
        (("--no-seal", "--output", "build/a/2023/report.pdf"), "输出文件就是输入文件"),
        (("--no-seal", "--output", "印章.svg"), "须以 .pdf 结尾"),
    ],
)
def test_force_overrides_nothing_else(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], words: str
) -> None:
    """What would give a wrong paper stays refused, and is not written down."""
    assert stamp(*options, "--force", "--reason", "理由") == ExitCode.VERIFICATION
    assert words in capsys.readouterr().err
    assert not REGISTER.exists()


@pytest.mark.usefixtures("desk")
def test_force_where_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """It stamps, says that it was not needed, and writes no reason down."""
    assert stamp(*SEAL, "--force", "--reason", "以防万一") == 0
    assert "没有需要强制的情形" in capsys.readouterr().err
    assert "forced" not in entries()[0]


@pytest.mark.usefixtures("desk")
def test_a_broken_report(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the file's fault, not that of the typesetting, and nothing is written down."""
    with pikepdf.open("build/a/2023/report.pdf", allow_overwriting_input=True) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"nonsense")
        pdf.save()
    assert stamp() == ExitCode.FILE
    said = capsys.readouterr().err
    assert "PDF 已损坏，或被改动过：" in said
    assert "请用 nianbao build 重新生成" in said
    assert not REGISTER.exists()


@pytest.mark.usefixtures("desk")
def test_a_file_of_unknown_content(capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be looked at is said; the register stands beside the output; a copy is known."""
    shutil.copyfile("build/a/2023/report.pdf", "年报.pdf")
    assert stamp("--no-seal", "--output", "new/印.pdf", name="年报.pdf") == 0
    assert "注意" not in capsys.readouterr().err
    assert entries()[0]["file"] == "印.pdf"
    shutil.rmtree("content/a")
    assert stamp("--no-seal", "--output", "new/印.pdf", name="年报.pdf") == 0
    said = capsys.readouterr().err
    assert "没有找到生成这份 PDF 的内容文件" in said
    assert "已登记 new/seal-register.toml，第 1 条" in said
    (entry,) = entries(Path("new/seal-register.toml"))
    assert (entry["year"], entry["approvals"]) == (2023, GOOD)
    assert verify(capsys, "new/seal-register.toml")[0] == 0
    edit("new/seal-register.toml", "year = 2023", "year = 2024")
    code, out, _ = verify(capsys, "new/seal-register.toml")
    assert (code, "第 1 条：内容被改动过" in out) == (ExitCode.VERIFICATION, True)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("year = 2023", 2023),
        ("year = +2023", 2023),
        ("year = 99999", None),
        ("year = true", None),
        ("year = '2023'", None),
        ("", None),
    ],
)
def test_the_year_of_any_content(text: str, year: int | None) -> None:
    """A PDF from elsewhere may have anything attached; what is no year is not written down."""
    passport = Passport(
        agency="局", signature=Kind.SEALED, seal_diameter=42, sample=False, draft=False,
        source="0" * 64, fonts={},
    )  # fmt: skip
    content = source.parse(text.encode(), "内容.toml").values
    assert Origin(Path("x.pdf"), b"", passport, content, None).year == year


@pytest.mark.parametrize(
    ("kept", "names"),
    [
        ([], "拟稿（drafted）、审核（reviewed）、签发（approved）"),
        ([0], "审核（reviewed）、签发（approved）"),
        ([0, 1], "签发（approved）"),
        ([2], "拟稿（drafted）、审核（reviewed）"),
    ],
)
@pytest.mark.slow
def test_missing_approvals(
    own_workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kept: list[int],
    names: str,
) -> None:
    """Which step is missing is said; it is stamped all the same, with those that there are.

    Without a date in the content, one that comes after the date of the stamp is said as well.
    """
    given = [GOOD[index] for index in kept]
    own_workshop.build({**own_workshop.blank(), "approvals": given})
    monkeypatch.chdir(own_workshop.folder)
    (own_workshop.folder / "fonts").symlink_to(ROOT / "fonts")
    assert stamp("--no-seal", "--date", "2024-01-11", name="office1/2023") == 0
    said = capsys.readouterr().err
    assert f"没有审签：{names}。" in said
    assert ("签发日期 2024-01-12 晚于成文日期 2024-01-11" in said) == (2 in kept)
    assert entries(Path("content/office1/seal-register.toml"))[0]["approvals"] == given


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("mode", "told"), [(0o600, False), (0o640, False), (0o604, True), (0o644, True), (0o602, True)]
)
def test_a_seal_for_everybody(capsys: pytest.CaptureFixture[str], mode: int, told: bool) -> None:
    """A seal that all users of the machine can read or write is told; it is stamped."""
    Path("印章.svg").chmod(mode)
    assert stamp() == 0
    assert ("印章文件 印章.svg 对本机所有用户开放" in capsys.readouterr().err) == told


# Verifying


@pytest.mark.usefixtures("desk")
def test_verify(capsys: pytest.CaptureFixture[str]) -> None:
    """All registers, or that of an office; any change is named, with exit 7."""
    assert verify(capsys) == (0, "", "共核对登记簿 0 本，0 本有问题。\n")
    for _ in range(3):
        assert stamp() == 0
    last = entries()[-1]["digest"]
    told = f"content/a/seal-register.toml：3 条，没有被改动，最后一条的摘要 {last}。\n"
    assert verify(capsys)[:2] == (0, told)
    assert verify(capsys, "a")[:2] == (0, told)
    edit(str(REGISTER), f'file = "{entries()[1]["file"]}"', 'file = "x.pdf"')
    code, out, err = verify(capsys)
    assert code == ExitCode.VERIFICATION
    assert "content/a/seal-register.toml：第 2 条：内容被改动过" in out
    assert "1 本有问题" in err
    assert stamp() == ExitCode.VERIFICATION
    assert len(entries()) == 3


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("harm", ["cut", "deleted", "emptied", "other file"])
def test_a_stamped_file_that_is_not_in_the_register(
    capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    """An end that was cut off and made to fit, a register that is gone, a file from elsewhere."""
    assert stamp("--no-seal") == 0
    assert stamp() == 0
    if harm == "cut":
        values = {"entries": entries()[:1], "last": entries()[0]["digest"]}
        REGISTER.write_text(tomli_w.dumps(values), encoding="utf-8")
    elif harm == "deleted":
        REGISTER.unlink()
    elif harm == "emptied":
        REGISTER.write_bytes(b"")
    else:
        STAMPED.write_bytes(b"%PDF-")
    code, out, _ = verify(capsys, "a")
    assert code == ExitCode.VERIFICATION
    assert f"没有登记：{Path.cwd() / STAMPED}" in out


def forget() -> None:
    """Cut the last entry off, and mend the rest as this program would have written it."""
    made: dict[str, Any] = {"last": entries()[-2]["digest"], "entries": entries()[:-1]}
    REGISTER.write_bytes(register._written(made))


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "place", ["build/a/2023/印-stamped.pdf", "build/a/x.PDF", "build/a/z/签.pdf"]
)
def test_a_cut_end_and_a_file_of_any_name(capsys: pytest.CaptureFixture[str], place: str) -> None:
    """The entry that is gone is missed by its file, wherever it lies among the office's."""
    assert stamp("--no-seal") == 0
    assert stamp(*SEAL, "--output", place) == 0
    copy = Path(shutil.copyfile(place, f"{place}.bak"))
    assert (verify(capsys)[0], "注意" in verify(capsys)[2]) == (0, False)
    copy.unlink()
    forget()
    code, out, _ = verify(capsys)
    assert code == ExitCode.VERIFICATION
    assert out == (
        f"content/a/seal-register.toml：没有登记：{Path.cwd() / place}。"
        "末尾的条目可能被删，或者这份文件不是用本程序盖的章。\n"
    )


@pytest.mark.usefixtures("desk")
def test_a_cut_end_and_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    """The log of what was done misses the entry, though the file was taken away."""
    begin_log()
    assert stamp() == 0
    time = entries()[0]["time"] + dt.timedelta(seconds=1)
    with register.held(Path("content/a")) as held:
        held.append(stamping(time=time, year=2023))
    events.add(LOG, events.Event(time, events.Action.STAMP, "甲"))
    assert verify(capsys)[0] == 0
    STAMPED.unlink()
    forget()
    code, out, _ = verify(capsys, "a")
    assert code == ExitCode.VERIFICATION
    assert f"没有登记：过程记录 {Path.cwd() / LOG} 中 {time} 的用印" in out


@pytest.mark.usefixtures("desk")
def test_two_stampings_in_one_second(capsys: pytest.CaptureFixture[str]) -> None:
    """Of one office: the log of each year misses its own entry, not any of that second."""
    begin_log()
    assert stamp() == 0
    time = entries()[0]["time"]
    other = LOG.with_name("2022.jsonl")
    events.begin(other, events.Event(time, events.Action.BUILD, "甲"))
    events.add(other, events.Event(time, events.Action.STAMP, "甲"))
    code, out, _ = verify(capsys, "a")
    assert code == ExitCode.VERIFICATION
    assert f"没有登记：过程记录 {Path.cwd() / other} 中 {time} 的用印" in out
    with register.held(Path("content/a")) as held:
        held.append(stamping(time=time, year=2022))
    assert verify(capsys, "a")[0] == 0


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("left", ["file", "log", "both"])
def test_a_register_that_is_gone(capsys: pytest.CaptureFixture[str], left: str) -> None:
    """An office that has stamped, by its files or by its log, has a register."""
    begin_log()
    assert stamp(*SEAL, "--output", "build/a/2023/印.pdf") == 0
    assert verify(capsys)[0] == 0
    REGISTER.unlink()
    if left == "log":
        Path("build/a/2023/印.pdf").unlink()
    elif left == "file":
        shutil.rmtree("build/log")
    for names in ([], ["a"]):
        code, out, err = verify(capsys, *names)
        assert code == ExitCode.VERIFICATION
        assert "content/a/seal-register.toml：没有登记簿" in out
        assert ("印.pdf" in out) == (left != "log")
        assert ("过程记录" in out) == (left != "file")
        assert "共核对登记簿 1 本，1 本有问题" in err


@pytest.mark.usefixtures("desk")
def test_a_log_that_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """It is told, as it may hide a stamping."""
    begin_log()
    assert stamp() == 0
    LOG.write_bytes(LOG.read_bytes().replace(b'"build"', b'"check"'))
    code, out, _ = verify(capsys)
    assert (code, "过程记录已损坏" in out) == (ExitCode.VERIFICATION, True)


@pytest.mark.usefixtures("desk")
def test_files_that_need_no_entry(capsys: pytest.CaptureFixture[str]) -> None:
    """What was not stamped, and what is no PDF: no register is missed for them."""
    for name in ("draft.pdf", "a.pdf.txt"):
        Path("build/a/2023", name).write_bytes(b"%PDF-1.7 nothing")
    Path("build/a/2023/folder.pdf").mkdir()
    os.mkfifo("build/a/2023/pipe.pdf")
    begin_log()
    assert verify(capsys) == (0, "", "共核对登记簿 0 本，0 本有问题。\n")


@pytest.mark.usefixtures("desk")
def test_a_register_beside_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A PDF of unknown content has its entry in the output folder: that one is verified, too."""
    shutil.copyfile("build/a/2023/report.pdf", "年报.pdf")
    Path("content/a/2023.toml").rename("2023.toml")
    assert stamp("--no-seal", "--output", "build/a/x/印.pdf", name="年报.pdf") == 0
    code, out, _ = verify(capsys)
    assert (code, out.count("没有被改动")) == (0, 1)
    assert "build/a/x/seal-register.toml" in out


@pytest.mark.usefixtures("desk")
def test_a_closed_register(capsys: pytest.CaptureFixture[str]) -> None:
    """One that was put aside beside the new one is verified too, and knows its files."""
    assert stamp() == 0
    REGISTER.rename("content/a/seal-register-1.toml")
    code, out, _ = verify(capsys)
    assert (code, out.count("没有被改动")) == (0, 1)
    assert stamp("--no-seal") == 0
    assert entries()[0]["number"] == 1
    code, out, _ = verify(capsys)
    assert (code, out.count("没有被改动")) == (0, 2)


@pytest.mark.usefixtures("desk")
def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    """Each entry in a few lines; one that was changed in kind is shown as it is."""
    assert stamp(*SEAL, "--by", "经手人") == 0
    assert stamp("--no-seal") == 0
    capsys.readouterr()
    assert cli.run(["register", "show"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("content/a/seal-register.toml\n  第 1 条")
    for words in ("经手：经手人", "印章：印章.svg", "印章：留待手工盖章", "签发：丙　2024-01-12"):
        assert words in out
    odd = f'{{approvals = 1, number = 0x{"f" * 5000}, by = "\\u001b[2J\\u202e"}}'
    odd = f"entries = [{odd}, {{approvals = [1, {{}}]}}, 3]"
    REGISTER.write_text(odd, encoding="utf-8")
    assert cli.run(["register", "show", "a/"]) == 0
    assert not {"\x1b", "\u202e"} & {*capsys.readouterr().out}
    assert verify(capsys)[0] == ExitCode.VERIFICATION


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["verify", "nobody"], ExitCode.USAGE, "没有登记簿：nobody"),
        (["verify", "../a"], ExitCode.USAGE, "没有登记簿"),
        (["show", "nowhere.toml"], ExitCode.FILE, "没有这个文件：nowhere.toml"),
        (["burn"], ExitCode.USAGE, "没有这个命令"),
        ([], ExitCode.USAGE, "缺少命令"),
    ],
)
def test_wrong_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    """Each has its code and words."""
    assert cli.run(["register", *arguments]) == code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("name", ["verify", "show"])
def test_help(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """In Chinese."""
    assert cli.run(["register", name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"用法： nianbao register {name}")
