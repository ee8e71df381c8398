"""The seal register of an office, a file in its content folder: every stamping is written down.

One process at a time writes it, always whole. It is never added to while it has faults, so that
these stay to be seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import tomli_w

from pipeline import files
from pipeline.errors import ContentError, Refused
from pipeline.locking import locked
from pipeline.stamping import chain
from pipeline.tomlfile import source

NAME = "seal-register.toml"
"""No year's content: those are named by a year alone."""
ALL = "seal-register*.toml"
"""That one, and those that an office has closed and put beside it under another name."""
_LOCK = ".seal-register.lock"
_HEAD = (
    "# 用印登记簿：nianbao stamp 每次用印登记一条。请不要手工修改。\n"
    "# 核对：nianbao register verify　查看：nianbao register show\n"
)
_KEEP = "请查明原因，从备份恢复；无法恢复的，改名为 seal-register-1.toml 之类留作证据，再用印。"


@dataclass(frozen=True, slots=True)
class Register:
    """The register of a folder while it is held."""

    path: Path
    values: chain.Values

    def append(self, stamping: chain.Stamping) -> int:
        """Write one more entry; gives its number.

        Raises:
            Refused: the register is full.
            FileProblem: it cannot be written.
        """
        made = chain.added(self.values, stamping)
        data = _written(made)
        if len(data) > source.MAX_BYTES:
            hint = "请改名为 seal-register-1.toml 之类，仍放在原处；再用印时另起一本。"
            raise Refused(f"登记簿已满：{self.path}。", hint)
        files.write(self.path, data)
        files.settle(self.path.parent)
        return len(made["entries"])


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a register: values, whatever they are, and what is wrong with them."""

    values: chain.Values
    faults: tuple[str, ...]


@contextmanager
def held(folder: Path) -> Iterator[Register]:
    """The register of a folder, which no other process writes while the block runs.

    Raises:
        Refused: it is not what was written.
        FileProblem: the folder cannot be written, or another process holds it for too long.
    """
    with locked(folder / _LOCK):
        path = folder / NAME
        if path.is_symlink():  # it is kept elsewhere, and stays there
            path = path.resolve()
        contents = read(path) if path.exists() else Contents({}, ())
        if contents.faults:
            raise Refused(f"登记簿被改动过，不能再登记：{path}，{contents.faults[0]}", _KEEP)
        yield Register(path, contents.values)


def read(path: Path) -> Contents:
    """What stands in a register.

    Raises:
        Refused: it is no TOML.
        FileProblem: it cannot be read.
    """
    try:
        file = source.read(path)
    except ContentError as error:
        raise Refused(f"登记簿读不出来：{error.message}", _KEEP) from error
    faults = tuple(map(str, chain.faults(file.values)))
    return Contents(file.values, faults or tuple(_misspelt(file.data, file.values)))


def _written(values: chain.Values) -> bytes:
    """The file of a register."""
    return (_HEAD + tomli_w.dumps(values)).encode()


def _misspelt(data: bytes, values: chain.Values) -> Iterator[str]:
    """The first line that says what it has to say in another way than this program writes it."""
    ours = _written(chain.ordered(values))
    lines = zip_longest(data.splitlines(keepends=True), ours.splitlines(keepends=True))
    for number, (found, meant) in enumerate(lines, 1):
        if found != meant:
            yield f"第 {number} 行不是本程序所写：内容没有变，但有人改过，如加了注释、换了写法。"
            return
