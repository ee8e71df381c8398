"""What a bundle tells of the report that it keeps, as values."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pipeline.events import Event


class State(StrEnum):
    """How far the report had come when it was archived."""

    UNSTAMPED = "未用印"
    STAMPED = "已用印"
    SIGNED = "已用印并有电子签名"


@dataclass(frozen=True, slots=True)
class Environment:
    """What the report was made with: name → version, and file → SHA-256 in hex."""

    versions: Mapping[str, str]
    fonts: Mapping[str, str]
    form: str
    layouts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The earlier bundle that this one corrects: its name, and the SHA-256 of its zip in hex."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Registered:
    """The entry of the stamping in the seal register, as values, its place in the chain with them.

    The stamped file are the first `size` bytes of 正本.pdf: all of it, but where it is signed.
    """

    entry: Mapping[str, Any]
    size: int


@dataclass(frozen=True, slots=True)
class Record:
    """A report for the records room. `archived` is the day of archiving; nothing asks a clock.

    `number` is the 档号 and `retention` the 保管期限, which the records room gives; empty where
    it has not yet.
    """

    agency: str
    title: str
    year: int
    date: dt.date
    state: State
    pages: int
    archived: dt.date
    events: tuple[Event, ...]
    environment: Environment
    sample: bool = False
    number: str = ""
    retention: str = ""
    secrecy: str = "公开"
    replaces: Replaced | None = None
    edition: int = 1
    """Of bundles of the same report and date: a correction is the next one."""
    registered: Registered | None = None
    forced: str = ""
    """Why it was archived although a check of the 四性 report failed."""

    @property
    def name(self) -> str:
        """The bundle's name, of its folder and, with `.zip`, of its file."""
        mark = "样例-" if self.sample else ""
        name = f"{mark}{self.agency}-政府信息公开年度报告-{self.year}_{self.date:%Y%m%d}"
        return name if self.edition == 1 else f"{name}-{self.edition}"

    @property
    def remark(self) -> str:
        """What has to be known before the report is used."""
        said = [str(self.state)]
        if self.sample:
            said.append("样例，不是该机关的年报")
        if self.replaces:
            said.append(f"更正并替代归档包 {self.replaces.name}")
        if self.forced:
            said.append(f"四性检测有不通过项，强制归档：{self.forced}")
        return "；".join(said)
