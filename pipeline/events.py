"""What was done with a report, when and by whom: the log that its archive bundle takes along.

It stands in build/log/: a line of JSON for each step, each with the SHA-256 of the line before. A
new report begins a new log. Time and person stand here and in the seal
register, and in nothing that is made without them.
"""

import datetime as dt
import hashlib
import json
import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipeline import files
from pipeline.errors import FileProblem
from pipeline.locking import locked

_MOST_BYTES = 1_000_000
BEIJING = dt.timezone(dt.timedelta(hours=8))
"""The time of all offices (GB/T 7408)."""


class Action(StrEnum):
    """What is done with a report."""

    CHECK = "check"
    BUILD = "build"
    STAMP = "stamp"
    SIGN = "sign"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done: when (with its time zone), what, by whom; `detail` in Chinese."""

    time: dt.datetime
    action: Action
    agent: str
    detail: str = ""


def now(action: Action, detail: str = "", agent: str = "") -> Event:
    """What is done at this moment, by `agent`, or by whoever is logged in."""
    return Event(moment(), action, agent or login(), detail)


def moment() -> dt.datetime:
    """What time it is, to the second, in Beijing, wherever this machine takes itself to be."""
    return dt.datetime.now(BEIJING).replace(microsecond=0)


def login() -> str:
    """The name of the user whose process this is; nobody can set it by a variable."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def lines(happened: Iterable[Event]) -> bytes:
    """The log of these events."""
    made: list[str] = []
    previous = ""
    for number, event in enumerate(happened, start=1):
        values = {
            "number": number,
            "time": event.time.isoformat(timespec="seconds"),
            "action": event.action,
            "agent": event.agent,
            "detail": event.detail,
            "previous": previous,
        }
        made.append(json.dumps(values, ensure_ascii=False))
        previous = hashlib.sha256(made[-1].encode()).hexdigest()
    return "".join(f"{line}\n" for line in made).encode()


def parse(data: bytes) -> tuple[Event, ...]:
    """The events of a log.

    Raises:
        ValueError: a line cannot be read, or does not follow from the one before; in Chinese.
    """
    happened = []
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            happened.append(_event(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ValueError(f"第 {number} 行读不出") from None
    if lines(happened) != data:
        raise ValueError("各行不能首尾相接")
    return tuple(happened)


def _event(values: Any) -> Event:  # noqa: ANN401  # whatever a file holds
    time = dt.datetime.fromisoformat(values["time"])
    if time.tzinfo is None:
        raise ValueError("no time zone")
    return Event(time, Action(values["action"]), values["agent"], values["detail"])


def read(path: Path) -> tuple[Event, ...]:
    """The events of the log at `path`; none where there is no log.

    Raises:
        FileProblem: it cannot be read, or is no such log.
    """
    if not path.is_file():
        return ()
    try:
        return parse(files.whole(path, _MOST_BYTES))
    except ValueError as error:
        raise FileProblem(
            f"过程记录已损坏：{path}（{error}）。",
            "请从备份恢复；无法恢复的，移走它，重新生成报告。",
        ) from error


def begin(path: Path, *happened: Event) -> None:
    """Write a new log."""
    with locked(path.with_suffix(".lock")):
        files.write(path, lines(happened))


def add(path: Path, event: Event) -> None:
    """Add an event to the log at `path`; where there is none, the report is nobody's to log."""
    with locked(path.with_suffix(".lock")):
        happened = read(path)
        if happened and happened[-1] != event:
            files.write(path, lines([*happened, event]))
