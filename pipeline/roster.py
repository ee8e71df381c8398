"""The names of many offices, found in a text in one pass."""

from dataclasses import dataclass
from functools import cached_property

_START = 2


@dataclass(frozen=True)
class Roster:
    """Names of offices."""

    names: frozenset[str] = frozenset()

    @cached_property
    def _by_start(self) -> dict[str, tuple[str, ...]]:
        """The names by their first two characters."""
        sorted_names: dict[str, list[str]] = {}
        for name in sorted(self.names):
            sorted_names.setdefault(name[:_START], []).append(name)
        return {start: tuple(names) for start, names in sorted_names.items()}

    def named(self, text: str) -> set[str]:
        """The names that stand in a text; how long this takes depends on the text alone."""
        starts = self._by_start
        found: set[str] = set()
        for place in range(len(text)):
            for length in range(1, _START + 1):
                names = starts.get(text[place : place + length], ())
                found.update(name for name in names if text.startswith(name, place))
        return found
