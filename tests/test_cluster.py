"""Reports made by other machines: the same as here, whoever is missing, lacks something or dies."""

import os
import shutil
import signal
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from network import Host, Network
from offices import GOOD, ROOT, fake_xelatex, project
from test_batch import POISON, build, command, debris, digests, many, until

from pipeline.errors import ExitCode, FileProblem, MissingTool
from pipeline.fonts import FontFile, free_face
from pipeline.processes import TIME_LIMIT
from pipeline.production import crew, parcel
from pipeline.production.parcel import Machine
from pipeline.production.tasks import Task
from pipeline.project import Project, targets

MANY = 18
STRICT = {"PYTHONWARNINGS": "error"}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A scheduler and two workers that are in order."""
    made = Network(tmp_path_factory.mktemp("network"))
    try:
        made.begin()
        for name in ("一号机", "二号机"):
            made.worker(name)
        yield made
    finally:
        made.end()


@pytest.fixture
def own_network(tmp_path: Path) -> Iterator[Network]:
    """A scheduler, for a test that does harm."""
    made = Network(tmp_path / "network")
    try:
        made.begin()
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of good reports, one with an error, one that does not fit the year before.

    The office has a font of its own, which no machine has installed under that name.
    """
    folder = tmp_path_factory.mktemp("contract")
    (folder / "fonts").mkdir()
    shutil.copy(installed("wenkai-light"), folder / "fonts" / "仿宋_GB2312.ttf")
    names = many(folder, MANY)
    bad = folder / "content" / f"{names[4]}.toml"
    bad.write_text(bad.read_text("utf-8").replace("问题。", "问题\U0001f9ff。"), "utf-8")
    left = GOOD.replace("received     = [4,", "received     = [1,")
    later = left.replace("carried_in   = [0,", "carried_in   = [3,")
    project(folder, "office007/2022", text=later)
    project(folder, "office009/2020", text="year = ")
    (folder / "content" / "office010" / "2022.toml").mkdir()
    (folder / "content" / "office011" / "2022.toml").write_bytes(b" " * (2 << 20) + b"  ")
    return folder


def told(said: str) -> list[str]:
    """What a command said, in an order of its own, without times."""
    lines = (line.partition("用时")[0] for line in said.splitlines())
    return sorted(line.partition("/report.pdf")[0].partition("  完成")[0] for line in lines)


@pytest.fixture(scope="module")
def here(office: Path) -> tuple[int, list[str], dict[str, str]]:
    """The project, built in one process: exit code, what was told, digests."""
    code, said = build(office, "--jobs", "1", "--out", "here")
    return code, told(said), digests(office / "here")


def installed(key: str) -> Path:
    """The file of a free face."""
    text = (ROOT / "fonts" / "fonts.toml").read_text(encoding="utf-8")
    face = free_face(FontFile.model_validate(tomllib.loads(text)), key)
    assert face is not None
    return face.path


def hiding(folder: Path, module: str) -> str:
    """A PYTHONPATH that hides a module, as if it were not installed."""
    place = folder / "hidden"
    place.mkdir()
    (place / f"{module}.py").write_text("raise ImportError('not here')\n", "utf-8")
    return str(place)


def busy(machine: Host) -> bool:
    """Whether reports are being made on a machine."""
    folders = (machine.folder / "tmp").glob("nianbao-*")
    return any((folder / "content" / "0").is_dir() for folder in folders)


def contract(office: Path, here: tuple[int, list[str], dict[str, str]], *arguments: str) -> None:
    """An executor makes the same bytes as one process, and tells the same, in whatever order."""
    out = "".join(arguments).strip("-").replace("/", "")
    code, said = build(office, *arguments, "--out", out, **STRICT)
    assert digests(office / out) == here[2], said
    assert told(said) == here[1]
    assert code == here[0]
    assert debris(office) == []


@pytest.mark.slow
def test_what_the_contract_holds(here: tuple[int, list[str], dict[str, str]]) -> None:
    """The project of the contract has an error, and findings that are told of the year before."""
    code, lines, made = here
    assert code == ExitCode.PARTIAL
    assert len(made) == MANY - 1
    said = "\n".join(lines)
    assert "content/office004/2021.toml:" in said
    assert "NB401" in said
    assert "content/office007/2022.toml:" in said
    assert "相关：2021.toml:" in said
    assert "这是文件夹，不是文件：content/office010/2022.toml。" in said
    assert "NB102" in said
    assert "上年的 2020.toml 读不出来" in said


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["2", "3"])
def test_processes(office: Path, here: tuple[int, list[str], dict[str, str]], jobs: str) -> None:
    """Processes of this machine keep the contract."""
    contract(office, here, "--jobs", jobs)


@pytest.mark.slow
def test_other_machines(
    office: Path, here: tuple[int, list[str], dict[str, str]], network: Network
) -> None:
    """Workers without a common folder keep the contract, say nothing else, and leave nothing."""
    contract(office, here, "--executor", network.address)
    for machine in network.machines:
        assert not list((machine.folder / "tmp").glob("nianbao-*"))
        assert not list(machine.folder.glob("**/office*"))


@pytest.mark.slow
def test_a_machine_that_dies(tmp_path: Path, own_network: Network) -> None:
    """Its tasks are done again by another: all reports are made, byte for byte as here."""
    many(tmp_path, MANY)
    (tmp_path / "tmp").mkdir()
    dying, _ = own_network.worker("一号机"), own_network.worker("二号机")
    with command(tmp_path, "--executor", own_network.address, **STRICT) as running:
        until(lambda: busy(dying))
        whole = dying.running
        dying.kill()
        said, _ = running.communicate(timeout=TIME_LIMIT * 4)
    assert running.returncode == 0, said
    assert f"共 {MANY} 份，{MANY} 份完成。" in said
    code, _ = build(tmp_path, "--out", "here")
    assert code == 0
    assert digests(tmp_path / "build") == digests(tmp_path / "here")
    assert debris(tmp_path) == []
    _, alive = psutil.wait_procs(whole, timeout=30)
    assert not alive


@pytest.mark.slow
def test_a_report_that_kills_whoever_makes_it(tmp_path: Path, own_network: Network) -> None:
    """It is named, all others are made; workers come back, and make reports again."""
    names = many(tmp_path, MANY)
    bad = tmp_path / "content" / f"{names[11]}.toml"
    good = bad.read_text(encoding="utf-8")
    bad.write_text(good.replace("问题。", f"问题{POISON}。"), "utf-8")
    real = shutil.which("xelatex")
    harm = f"if grep -qs {POISON} *.tex; then kill -9 $PPID; sleep 9; fi\nexec '{real}' \"$@\""
    path = f"{fake_xelatex(tmp_path / 'bin', harm)}:{os.environ['PATH']}"
    machines = [own_network.worker(name, PATH=path) for name in ("一号机", "二号机")]
    arguments = ("--executor", own_network.address)
    code, said = build(tmp_path, *arguments, PATH=path, **STRICT)
    assert code == ExitCode.PARTIAL, said
    assert f"共 {MANY} 份，{MANY - 1} 份完成，1 份未完成。" in said
    assert f"未完成：{names[11]}。" in said
    assert "生成这份年报的工作机一再意外中止。" in said
    assert sorted(digests(tmp_path / "build")) == [name for name in names if name != names[11]]
    assert sum(machine.lives for machine in machines) > len(machines)
    bad.write_text(good, "utf-8")
    code, said = build(tmp_path, *arguments, PATH=path, **STRICT)
    assert code == 0, said


@pytest.mark.slow
def test_workers_that_lack_something(tmp_path: Path, own_network: Network) -> None:
    """Each is named with what it lacks, and gets nothing to do; where nobody is able, exit 4."""
    names = many(tmp_path, 2)
    home = tmp_path / "home"
    fonts = (ROOT / "fonts" / "fonts.toml").read_text(encoding="utf-8")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "fonts.toml").write_text(
        fonts.replace("search = [", 'search = [\n  "~/fonts",'), "utf-8"
    )
    other = home / "fonts" / "opentype" / "public" / "fandol" / "FandolFang-Regular.otf"
    other.parent.mkdir(parents=True)
    shutil.copy(installed("fandol-song"), other)
    own_network.worker("没有 TeX 的", PATH=str(tmp_path / "nothing"))
    own_network.worker("换了字体的", HOME=str(home))
    own_network.worker("没有程序的", PYTHONPATH=hiding(tmp_path, "pipeline"))
    arguments = ("--executor", own_network.address)

    code, said = build(tmp_path, *arguments, **STRICT)
    assert code == ExitCode.TOOL, said
    assert "错误：没有可用的工作机。" in said
    lacks = {
        "没有 TeX 的": "缺少程序 xelatex",
        "换了字体的": "字体与本机不同：仿宋（正文）",
        "没有程序的": "没有安装 nianbao，或版本与本机不同（ImportError",
    }
    for name, why in lacks.items():
        found = [line for line in said.splitlines() if f"工作机 {name}（tcp://" in line]
        assert len(found) == 1, said
        (line,) = found
        assert "没有参加生成" in line
        assert why in line
    assert not digests(tmp_path / "build")

    own_network.worker("完好的")
    code, said = build(tmp_path, *arguments, **STRICT)
    assert code == 0, said
    assert said.count("没有参加生成") == len(lacks)
    assert sorted(digests(tmp_path / "build")) == names


@pytest.mark.slow
def test_a_scheduler_without_the_program(tmp_path: Path) -> None:
    """It cannot pass anything on: it is named, not its workers."""
    names = many(tmp_path, 1)
    network = Network(tmp_path / "network")
    try:
        network.begin(PYTHONPATH=hiding(tmp_path, "pipeline"))
        code, said = build(tmp_path, *names, "--executor", network.address, **STRICT)
    finally:
        network.end()
    assert code == ExitCode.TOOL, said
    assert "错误：调度器不能用：没有安装 nianbao" in said


@pytest.mark.slow
def test_an_interruption(tmp_path: Path, network: Network) -> None:
    """Ctrl-C ends the command with 130, without a word of Dask; workers become idle and go on."""
    names = many(tmp_path, MANY)
    (tmp_path / "tmp").mkdir()
    arguments = ("--executor", network.address)
    with command(tmp_path, *arguments, **STRICT) as running:
        until(lambda: any(busy(machine) for machine in network.machines))
        os.killpg(running.pid, signal.SIGINT)
        said, _ = running.communicate(timeout=TIME_LIMIT)
    assert running.returncode == ExitCode.INTERRUPTED, said
    assert said == "已中断。\n"
    assert debris(tmp_path) == []
    until(lambda: not any(busy(machine) for machine in network.machines))
    code, said = build(tmp_path, names[0], *arguments, **STRICT)
    assert code == 0, said


@pytest.mark.slow
def test_a_scheduler_that_dies(tmp_path: Path, own_network: Network) -> None:
    """What was not made is named, without a trace; made again, the rest is made."""
    many(tmp_path, MANY)
    (tmp_path / "tmp").mkdir()
    worker = own_network.worker("一号机")
    with command(tmp_path, "--executor", own_network.address, **STRICT) as running:
        until(lambda: busy(worker))
        own_network.machines[0].kill()
        said, _ = running.communicate(timeout=TIME_LIMIT)
    assert running.returncode == ExitCode.TOOL, said
    assert said.count("错误：与 Dask 调度器的连接中断了。") == MANY
    assert "Traceback" not in said
    assert debris(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tcp://[::1]:99999"])
def test_nobody_at_the_address(tmp_path: Path, address: str) -> None:
    """Where no scheduler can be reached, this is told with what to do, and nothing else."""
    names = many(tmp_path, 1)
    code, said = build(tmp_path, *names, "--executor", address, **STRICT)
    assert code == ExitCode.TOOL, said
    assert said.count("\n") == 2, said
    first, second = said.splitlines()
    assert first == f"错误：连不上 Dask 调度器：{address}。"
    assert second.startswith("  → 请检查地址")


@pytest.mark.parametrize(
    "address", ["nowhere", "10.0.0.1:8786", "udp://127.0.0.1:1", "tcp://a b:1"]
)
def test_no_address(tmp_path: Path, address: str) -> None:
    """What is no address is told as such."""
    names = many(tmp_path, 1)
    code, said = build(tmp_path, *names, "--executor", address)
    assert code == ExitCode.USAGE, said
    assert f"错误：--executor 不是地址：{address}。" in said


def test_no_certificate(tmp_path: Path) -> None:
    """Where TLS is asked for and no certificate is named, this is told."""
    names = many(tmp_path, 1)
    code, said = build(tmp_path, *names, "--executor", "tls://127.0.0.1:1", **STRICT)
    assert code == ExitCode.TOOL, said
    assert said.startswith("错误：没有 TLS 证书")
    assert said.count("\n") == 2, said


def test_without_dask(tmp_path: Path) -> None:
    """Where the extra is not installed, it is told how to install it."""
    names = many(tmp_path, 1)
    path = f"{hiding(tmp_path, 'distributed')}{os.pathsep}{ROOT}"
    code, said = build(tmp_path, *names, "--executor", "tcp://127.0.0.1:1", PYTHONPATH=path)
    assert code == ExitCode.TOOL, said
    assert "没有安装 Dask" in said
    assert "pip install 'nianbao[cluster]'" in said


def test_what_is_sent(tmp_path: Path) -> None:
    """With a task goes content alone, once; fonts and forms go apart; seals and registers never."""
    many(tmp_path, 2)
    project(tmp_path, "office000/2022")
    for name in ("content/office000/seal-register.toml", "layouts/seal.svg", "fonts/seal.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"never")
    shutil.copytree(ROOT / "layouts", tmp_path / "layouts", dirs_exist_ok=True)
    (tmp_path / "fonts" / "simsun.ttf").write_bytes(b"licensed")
    folders = Project(*(tmp_path / name for name in ("content", "layouts", "fonts", "build")))
    packed = parcel.pack(Task(folders, tuple(targets(folders, []))))
    assert sorted(packed.files) == [
        "content/0/office000/2021.toml", "content/0/office000/2022.toml",
        "content/0/office000/agency.toml",
        "content/1/office001/2021.toml", "content/1/office001/agency.toml",
    ]  # fmt: skip
    shared = parcel.share(folders)
    assert b"licensed" in shared
    assert b"\\documentclass" in shared
    assert b"never" not in shared
    assert b"specimen-seal" not in shared


def test_errors_name_the_folders_of_who_asked(tmp_path: Path) -> None:
    """What a worker says of its folder is said of ours, whatever the error is about."""
    names = many(tmp_path, 1)
    shutil.copytree(ROOT / "layouts", tmp_path / "layouts")
    (tmp_path / "layouts" / "report.tex.j2").unlink()
    folders = Project(*(tmp_path / name for name in ("content", "layouts", "fonts", "build")))
    shared = parcel.share(folders)
    (outcome,) = parcel.do(parcel.pack(Task(folders, tuple(targets(folders, names)))), shared)
    assert isinstance(outcome.error, FileProblem)
    assert outcome.error.message.endswith(f"report.tex.j2：{tmp_path / 'layouts'}。")
    (tmp_path / "layouts" / "2021" / "form.toml").write_text("broken = ", "utf-8")
    with pytest.raises(FileProblem, match=str(tmp_path / "layouts" / "2021")) as raised:
        parcel.machine(parcel.share(folders))
    assert "nianbao-" not in str(raised.value)


HERE = Machine("a", {"pikepdf": "10"}, "XeTeX 1", "b", {"宋体": ("c",)})


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (HERE, ""),
        (replace(HERE, packages=""), ""),
        (
            replace(HERE, libraries={"pikepdf": "9"}),
            "Python 软件包的版本与本机不同：pikepdf 9（本机 10）。",
        ),
        (replace(HERE, xelatex="XeTeX 2"), "TeX 与本机不同：XeTeX 2（本机 XeTeX 1）。"),
        (replace(HERE, packages="d"), "TeX 的宏包与本机不同，请安装相同版本的 TeX Live。"),
        (replace(HERE, fonts={"宋体": ("c", "e")}), "字体与本机不同：宋体。"),
        (MissingTool("没有。", "请安装。"), "没有。请安装。"),
        (ValueError("broken\nlines"), "它遇到意外的错误（ValueError: broken）。"),
    ],
)
def test_what_a_worker_lacks(there: object, words: str) -> None:
    """Whatever its bytes could depend on is compared, and named where it differs."""
    assert crew._lacks(there, HERE) == words
