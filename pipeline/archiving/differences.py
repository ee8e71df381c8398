"""What verification tells of a bundle: which file, what is wrong with it, and the details."""

from dataclasses import dataclass
from enum import StrEnum

CONTAINER = "归档包"
"""Stands for a file where the container itself is meant."""
EMPTY = "空文件夹"
"""The detail of a folder that was added: a bundle has none without files."""


class Kind(StrEnum):
    """What is wrong with a file."""

    MISSING = "缺少"
    ADDED = "多出"
    CHANGED = "内容不符"
    DAMAGED = "包结构损坏"
    REFUSED = "不能接受"
    DECLARED = "记载有误"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One difference between a bundle and what it says of itself."""

    file: str
    kind: Kind
    detail: str = ""

    def __str__(self) -> str:
        detail = f"（{self.detail}）" if self.detail else ""
        return f"{self.file}：{self.kind}{detail}。"
