"""Outlines of glyphs as operators of a PDF (ISO 32000-1, 8.5.2)."""

from typing import Any

from fontTools.pens.basePen import BasePen


class Outline(BasePen):  # type: ignore[misc]  # fontTools is untyped
    """A pen that collects an outline as operators."""

    def __init__(self) -> None:
        super().__init__(None)
        self.operators: list[bytes] = []

    def _moveTo(self, point: Any) -> None:  # noqa: ANN401, N802
        self._add(b"m", point)

    def _lineTo(self, point: Any) -> None:  # noqa: ANN401, N802
        self._add(b"l", point)

    def _curveToOne(self, one: Any, two: Any, three: Any) -> None:  # noqa: ANN401, N802
        self._add(b"c", one, two, three)

    def _closePath(self) -> None:  # noqa: N802
        self._add(b"h")

    def _add(self, operator: bytes, *points: Any) -> None:  # noqa: ANN401
        self.operators.append(b" ".join([*(b"%.2f %.2f" % point for point in points), operator]))
