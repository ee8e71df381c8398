"""Watching what a report is made of: what has to be looked at again, as values, one after another.

Folders are watched, not files: an editor that saves by renaming puts a new file in the old one's
place. The system collects changes while a report is made, so that none is lost.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Flag, auto
from pathlib import Path
from typing import Self

from pipeline.errors import FileProblem
from pipeline.fonts import FONT_SUFFIXES
from pipeline.production.freshness import sources
from pipeline.project import AGENCY_FILE, Project, Target

_GROUP, _PAUSE, _GLANCE = 50, 2, 1000
"""Milliseconds: changes are one save until none follows within a pause, or for as long as a group;
after a glance, folders are looked for that were not there."""
_LAYOUT_SUFFIXES = frozenset({".toml", ".j2", ".cls"})


class Effect(Flag):
    """What has to be looked at again."""

    NOTHING = 0
    OFFICES = auto()
    """The names of the offices."""
    CONTENT = auto()
    """What the report is read from."""
    STOCK = auto()
    """Layouts and fonts."""


@dataclass(frozen=True)
class Surroundings:
    """Where the files of a report lie, by their real paths."""

    sources: frozenset[Path]
    content: Path
    layouts: Path
    fonts: frozenset[Path]

    @classmethod
    def of(cls, target: Target, folders: Project) -> Self:
        """Those of a target."""
        own = sources(target)
        linked = {path.resolve() for path in own}
        return cls(
            frozenset(linked | {path.parent.resolve() / path.name for path in own}),
            folders.content.resolve(),
            folders.layouts.resolve(),
            frozenset(path.resolve() for path in (folders.fonts, folders.font_file.parent)),
        )

    def effect(self, changed: Iterable[Path]) -> Effect:
        """What changes of these files and folders mean."""
        joint = Effect.NOTHING
        for path in changed:
            joint |= self._effect(path)
        return joint

    def _effect(self, path: Path) -> Effect:
        if path.is_relative_to(self.layouts):
            counts = path.suffix in _LAYOUT_SUFFIXES or self.layouts in {path, path.parent}
            return Effect.STOCK if counts else Effect.NOTHING
        if self.fonts & {path, path.parent}:
            counts = path.suffix.lower() in {".toml", *FONT_SUFFIXES} or path in self.fonts
            return Effect.STOCK if counts else Effect.NOTHING
        found = Effect.NOTHING
        if path in self.sources or path in {source.parent for source in self.sources}:
            found |= Effect.CONTENT
        if path.name == AGENCY_FILE or path.parent == self.content:
            found |= Effect.OFFICES
        return found

    def folders(self) -> dict[Path, int]:
        """The folders to watch, as far as they are there, and which they are (inode)."""
        places = {source.parent for source in self.sources} | self.fonts
        for place in (self.content, self.layouts):
            places |= {place, *_folders_in(place)}
        return {place: place.stat().st_ino for place in sorted(places) if place.is_dir()}


def effects(target: Target, folders: Project) -> Iterator[Effect]:
    """What has to be looked at again, as soon as it has; first of all everything.

    Raises:
        FileProblem: the folders cannot be watched.
        KeyboardInterrupt: the program is asked to end.
    """
    from watchfiles._rust_notify import RustNotify  # noqa: PLC0415  # no other command needs it

    effect = Effect.OFFICES | Effect.CONTENT | Effect.STOCK
    while True:
        around = Surroundings.of(target, folders)
        watched = around.folders()
        try:
            watcher = RustNotify([str(path) for path in watched], False, False, 0, False, True)
        except OSError as error:
            hint = "请检查文件夹权限；文件夹太多的，请管理员调高 fs.inotify.max_user_watches。"
            raise FileProblem("无法监视文件夹的变动。", hint) from error
        with watcher:
            yield effect  # of what came before; whatever comes now is noticed
            others: set[Path] = set()
            while not others:
                found = watcher.watch(_GROUP, _PAUSE, _GLANCE, None)
                if found == "signal":
                    raise KeyboardInterrupt
                paths = set() if isinstance(found, str) else {Path(path) for _, path in found}
                if effect := around.effect(paths):
                    yield effect
                # A folder that went is not watched any more, even where it has come back.
                others = {path for path, _ in watched.items() ^ around.folders().items()}
                others |= paths & watched.keys()
        effect = around.effect(others) | Effect.CONTENT


def _folders_in(place: Path) -> Iterator[Path]:
    try:
        with os.scandir(place) as entries:
            yield from (place / entry.name for entry in entries if entry.is_dir())
    except OSError:
        return
