"""Files inside a report: what it was made from, and its tables as data (ISO 19005-3, 6.8)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pikepdf import Array, AttachedFileSpec, Name, Pdf


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to attach: its name, what it is in words, its type, and what it is to the report."""

    name: str
    description: str
    mime: str
    relationship: Literal["Source", "Data"]
    data: bytes


def attach(document: Pdf, attachments: Iterable[Attachment], day: dt.date) -> None:
    """Attach the files to the whole document; `day` stands in them as the day of their change."""
    associated = Array()
    for attachment in attachments:
        spec = AttachedFileSpec(
            document,
            attachment.data,
            description=attachment.description,
            filename=attachment.name,
            mime_type=attachment.mime,
            mod_date=f"D:{day:%Y%m%d}000000Z",
            relationship=Name(f"/{attachment.relationship}"),
        )
        document.attachments[attachment.name] = spec
        associated.append(spec.obj)
    document.Root.AF = associated
