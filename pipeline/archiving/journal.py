"""events.jsonl, what was done with a report, and environment.json, with what it was made."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from pipeline.archiving.record import Action, Environment, Event

EVENTS_FILE = "metadata/events.jsonl"
ENVIRONMENT_FILE = "metadata/environment.json"


def events(happened: Iterable[Event]) -> bytes:
    """A line of JSON for each event; each has the SHA-256 of the line before."""
    lines: list[str] = []
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
        lines.append(json.dumps(values, ensure_ascii=False))
        previous = hashlib.sha256(lines[-1].encode()).hexdigest()
    return "".join(f"{line}\n" for line in lines).encode()


def gaps(data: bytes) -> list[str]:
    """What is wrong with an events.jsonl: lines out of order or changed, steps left out."""
    happened: list[Event] = []
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            happened.append(_event(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError):
            return [f"第 {number} 行读不出"]
    faults = [] if events(happened) == data else ["各行不能首尾相接"]
    faults += [
        f"第 {number} 行的时间早于上一行"
        for number, (first, second) in enumerate(pairwise(happened), start=2)
        if second.time < first.time
    ]
    actions = [event.action for event in happened]
    faults += [f"没有“{need}”" for need in (Action.BUILD, Action.ARCHIVE) if need not in actions]
    if Action.SIGN in actions and Action.STAMP not in actions:
        faults.append("有电子签名而没有用印")
    if actions and actions[-1] != Action.ARCHIVE:
        faults.append("最后一行不是归档")
    return faults


def environment(made_with: Environment) -> bytes:
    """environment.json: versions, fonts and layouts, sorted by name."""
    values = {
        "form": made_with.form,
        "versions": dict(sorted(made_with.versions.items())),
        "fonts": dict(sorted(made_with.fonts.items())),
        "layouts": dict(sorted(made_with.layouts.items())),
    }
    return json.dumps(values, ensure_ascii=False, indent=2).encode() + b"\n"


def _event(values: Mapping[str, Any]) -> Event:
    time = dt.datetime.fromisoformat(values["time"])
    if time.tzinfo is None:
        raise ValueError("no time zone")
    return Event(time, Action(values["action"]), values["agent"], values["detail"])
