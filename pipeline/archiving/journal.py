"""events.jsonl, what was done with a report; 用印登记.json; environment.json."""

import datetime as dt
import json
from itertools import pairwise

from pipeline import events
from pipeline.archiving.record import Environment, Registered
from pipeline.events import Action

EVENTS_FILE = "metadata/events.jsonl"
ENVIRONMENT_FILE = "metadata/environment.json"
REGISTER_FILE = "metadata/用印登记.json"


def gaps(data: bytes) -> list[str]:
    """What is wrong with an events.jsonl: lines out of order or changed, steps left out."""
    try:
        happened = events.parse(data)
    except ValueError as error:
        return [str(error)]
    faults = [
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
    return _json(values)


def registration(registered: Registered) -> bytes:
    """用印登记.json: the entry of the stamping, and how many bytes of 正本.pdf it is of.

    Days and times are ISO 8601, so that the digest of the entry can be computed from it (`chain`).
    """
    return _json({"size": registered.size, "entry": registered.entry})


def _json(values: object) -> bytes:
    made = json.dumps(values, ensure_ascii=False, indent=2, default=_iso)
    return made.encode() + b"\n"


def _iso(moment: dt.date) -> str:
    """A day, or a moment, which is one too."""
    return moment.isoformat()
