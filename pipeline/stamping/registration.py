"""The entry of a stamped file in the seal register (用印登记) of its office."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import Refused
from pipeline.stamping import chain, register


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, None where there is none; and what is wrong with the register, in Chinese."""

    entry: Mapping[str, Any] | None = None
    fault: str = ""


def find(folder: Path, digest: str) -> Found:
    """The last entry that has `digest` for the file it made, in the registers of a folder.

    A register that an office has closed counts as well; one without the entry may have faults.

    Raises:
        FileProblem: a register cannot be read.
    """
    fault = ""
    for path in _registers(folder):
        try:
            contents = register.read(path)
        except Refused as error:
            fault = fault or error.message
            continue
        made = [each for each in chain.entries_of(contents.values) if each.get("after") == digest]
        if made:
            wrong = next(iter(contents.faults), "")
            return Found(made[-1], f"{path.name} 被改动过，{wrong}" if wrong else "")
    return Found(None, fault)


def _registers(folder: Path) -> Iterator[Path]:
    """The one in use first."""
    own = folder / register.NAME
    yield from (path for path in (own,) if path.is_file())
    yield from (path for path in sorted(folder.glob(register.ALL)) if path != own)
