"""The entries of a seal register (用印登记簿), each with the digest of the one before: values only.

The digest of an entry is the SHA-256 of its canonical form: the JSON of all its other keys, sorted,
in UTF-8, without blanks, days and times as ISO 8601. `last` of the register is that of the last
entry, so that an end that was cut off shows.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from pipeline.content.approvals import Approval
from pipeline.pdf.passport import Digest

Values = Mapping[str, Any]
_Text = Annotated[str, Field(min_length=1)]
_MOST_TOLD = 3


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Step(_Strict):
    """An approval as it stood."""

    role: Literal["drafted", "reviewed", "approved"]
    name: _Text
    date: dt.date

    @classmethod
    def of(cls, approval: Approval) -> "Step":
        """The approval of a content file."""
        return cls(role=approval.role.value, name=approval.name, date=approval.date)


class Stamping(_Strict):
    """What is written down of one stamping."""

    time: AwareDatetime
    agency: _Text
    """The name that signs."""
    year: Annotated[int, Field(ge=1, le=9999)] | None = None
    """Of the report; None where its content is not attached."""
    sample: bool
    date: dt.date
    """The date that was set."""
    file: _Text
    """The stamped file: in the output folder where it lies there, else its name."""
    before: Digest
    """SHA-256 of the PDF that was stamped, and of the one that was made."""
    after: Digest
    seal: Literal["file", "ink", "none"]
    """Drawn from a file, left for ink, or of a report that bears none."""
    seal_file: str | None = None
    seal_digest: Digest | None = None
    by: _Text
    approvals: list[Step] = []
    forced: _Text | None = None
    """Why the stamp was forced, and against what."""
    overridden: list[Literal["stale", "errors"]] | None = None


class _Entry(Stamping):
    number: Annotated[int, Field(ge=1, le=10**6)]
    previous: Digest | None = None
    digest: Digest


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a register; `number` counts its entries from 1, None for the whole."""

    number: int | None
    message: str

    def __str__(self) -> str:
        return self.message if self.number is None else f"第 {self.number} 条：{self.message}"


def digest_of(entry: Values) -> str:
    """The digest of an entry's canonical form."""
    kept = {key: value for key, value in entry.items() if key != "digest"}
    form = json.dumps(
        kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )
    return hashlib.sha256(form.encode("utf-8", "backslashreplace")).hexdigest()


def added(register: Values, stamping: Stamping) -> dict[str, Any]:
    """The register with one more entry; `register` has no faults."""
    entries = list(register.get("entries", ()))
    entry: dict[str, Any] = {"number": len(entries) + 1}
    entry |= stamping.model_dump(exclude_none=True)
    if entries:
        entry["previous"] = register["last"]
    entry["digest"] = digest_of(entry)
    return {"last": entry["digest"], "entries": [*entries, entry]}


def ordered(register: Values) -> dict[str, Any]:
    """A register that has no faults, with its keys in the order in which they are written."""
    read = [_Entry.model_validate(entry) for entry in register["entries"]]
    entries = [{"number": entry.number, **entry.model_dump(exclude_unset=True)} for entry in read]
    return {"last": register["last"], "entries": entries}


def entries_of(register: Values) -> list[Values]:
    """Whatever stands in the place of entries."""
    return [entry for entry in _listed(register) or () if isinstance(entry, Mapping)]


def faults(register: Values) -> Iterator[Fault]:
    """Everything by which a register differs from what was written."""
    for key in sorted({*register} - {"last", "entries"}):
        yield Fault(None, f"有不认识的键：{key}。")
    listed = _listed(register)
    if not listed or not all(isinstance(entry, Mapping) for entry in listed):
        yield Fault(None, "没有登记的条目。")
        return
    previous = None
    for number, entry in enumerate(listed, 1):
        yield from (Fault(number, told) for told in _own_faults(entry, number, previous))
        previous = entry.get("digest")
    if register.get("last") != previous:
        yield Fault(None, "last 与最后一条接不上：末尾有条目被删除，或者 last 被改动过。")


def _own_faults(entry: Values, number: int, previous: object) -> Iterator[str]:
    try:
        _Entry.model_validate(entry)
    except ValidationError as error:
        keys = list(dict.fromkeys(".".join(map(str, each["loc"])) for each in error.errors()))
        more = "等" if len(keys) > _MOST_TOLD else ""
        yield f"写法不对：{'、'.join(keys[:_MOST_TOLD])}{more}。"
        return
    if entry.get("digest") != digest_of(entry):
        yield "内容被改动过，与它的摘要不符。"
    if entry.get("number") != number:
        yield f"编号是 {entry.get('number')}：有条目被删除、插入或调换。"
    if entry.get("previous") != previous:
        yield "与上一条接不上：有条目被删除、插入、调换或改动。"


def _listed(register: Values) -> list[Any] | None:
    entries = register.get("entries")
    return entries if isinstance(entries, list) else None


def _plain(value: Any) -> str:  # noqa: ANN401  # a day or a time; anything else is told as a fault
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
