"""Who wrote, reviewed and approved a report: `[[approvals]]` of a content file."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pipeline.tomlfile.positions import KeyPath

KEY = "approvals"


class Role(StrEnum):
    """The steps of an approval, in their order."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    APPROVED = "approved"

    @property
    def label(self) -> str:
        """What an office calls it."""
        return _TITLES[self]


_TITLES = {Role.DRAFTED: "拟稿", Role.REVIEWED: "审核", Role.APPROVED: "签发"}


@dataclass(frozen=True, slots=True)
class Approval:
    """One step: who took it, on which day; `at` is where it stands in its file."""

    role: Role
    name: str
    date: dt.date
    at: KeyPath


def listed(values: Mapping[str, Any]) -> tuple[Approval, ...]:
    """The approvals in the values of a content file, without those that are not whole."""
    entries = values.get(KEY)
    return tuple(
        Approval(Role(entry["role"]), entry["name"], entry["date"], (KEY, index))
        for index, entry in enumerate(entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping) and _is_whole(entry)
    )


def missing(approvals: Iterable[Approval]) -> Sequence[Role]:
    """The steps that nobody has taken."""
    taken = {approval.role for approval in approvals}
    return [role for role in Role if role not in taken]


def _is_whole(entry: Mapping[str, Any]) -> bool:
    role, name = entry.get("role"), entry.get("name")
    named = isinstance(name, str) and bool(name.strip())
    return role in [*Role] and named and type(entry.get("date")) is dt.date
