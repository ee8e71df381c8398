"""Single files of a bundle on disk, read without verifying the bundle."""

from collections.abc import Collection
from pathlib import Path

from pipeline import events
from pipeline.archiving import bag, journal, reading
from pipeline.archiving.members import Member
from pipeline.errors import UserError
from pipeline.events import Event

_MOST_BYTES = 16 * 1024 * 1024


def files_of(path: Path, wanted: Collection[str]) -> dict[str, bytes]:
    """Those of the `wanted` files, by their path in the bag, that a zip or tar has.

    Raises:
        ValueError: one is larger than any of its kind.
        Refused, FileProblem: as `reading` says.
    """
    found: dict[str, bytes] = {}
    for item in reading.read(path):
        if isinstance(item, Member) and (inside := item.name.partition("/")[2]) in wanted:
            if item.size > _MOST_BYTES:
                raise ValueError(f"{inside} 太大")
            found[inside] = b"".join(item.chunks)
            if len(found) == len(wanted):
                break
    return found


def name(info: bytes) -> str:
    """The bundle's name, as its bag-info.txt has it; empty where it has none.

    Raises:
        ValueError: it cannot be read.
    """
    return dict(bag.parse_info(info)).get(bag.IDENTIFIER, "")


def happened(path: Path) -> tuple[Event, ...]:
    """The events that a bundle tells; none where there is no such file, or it is no bundle."""
    try:
        told = files_of(path, {journal.EVENTS_FILE}) if path.is_file() else {}
        return events.parse(told.get(journal.EVENTS_FILE, b""))
    except (UserError, ValueError):
        return ()
