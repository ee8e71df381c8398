"""What a report carries in its metadata for stamping: one JSON text under /Nianbao in /Info.

The typesetter's last step writes it, `stamp` reads it and adds what was stamped.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # pydantic resolves the annotations at run time
import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import Refused
from pipeline.signature import Kind  # noqa: TC001  # as above

KEY = "/Nianbao"
"""Key of the Info dictionary."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hex."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StampRecord(_Strict):
    """What was stamped: the date, and the digest of the seal's file (None: name and date only)."""

    date: dt.date
    seal: Digest | None = None


class Passport(_Strict):
    """What stamping has to know of a report."""

    agency: Annotated[str, Field(min_length=1)]
    """The name that signs."""
    signature: Kind
    seal_diameter: Annotated[float, Field(ge=10, le=100)]
    """In mm; the typesetter left the room for it."""
    date: dt.date | None = None
    sample: bool
    draft: bool
    source: Digest
    """Of the content the report was built from."""
    fonts: dict[str, Digest]
    """File name to digest, for every font in the report."""
    stamped: StampRecord | None = None

    def to_json(self) -> str:
        """Write the JSON text, the same for the same values: keys in order, fonts by name."""
        values = self.model_dump(mode="json", exclude={"stamped"} if not self.stamped else None)
        values["fonts"] = dict(sorted(self.fonts.items()))
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Passport:
        """Read the JSON text.

        Raises:
            Refused: it is not what this version of the program writes.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise Refused(
                f"PDF 元数据 {KEY} 无法识别（{error.error_count()} 处不符）。",
                "文件可能由其他版本的程序生成；请用 nianbao build 重新生成后再用印。",
            ) from error
