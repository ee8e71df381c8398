"""The names of many offices, found in a text: how long it takes does not grow with their number."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import add

_START = 2


@dataclass(frozen=True)
class Roster:
    """Names of offices."""

    names: frozenset[str] = frozenset()

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        """How long the names are that begin with two characters."""
        found: dict[str, set[int]] = {}
        for name in self.names:
            found.setdefault(name[:_START], set()).add(len(name))
        return {start: tuple(sorted(lengths)) for start, lengths in found.items()}

    def named(self, text: str) -> set[str]:
        """The names that stand in a text."""
        starts = self._lengths.keys() & {*text, *map(add, text, text[1:])}
        found = (name for start in starts for name in self._from(start, text))
        return set(found) & self.names

    def _from(self, start: str, text: str) -> Iterator[str]:
        """What stands wherever a name may begin, as long as one of those names is."""
        place = text.find(start)
        while place >= 0:
            for length in self._lengths[start]:
                yield text[place : place + length]
            place = text.find(start, place + 1)
