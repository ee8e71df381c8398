"""Fonts are roles: each role a chain of faces, and every character set by one face of it.

The office's own file comes first, a free face stands in otherwise, and further faces fill in the
characters that these lack. `plan` decides for a whole document which face sets which character, so
that nothing is left to TeX, and every glyph stands for one character only (an exact text layer).
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from pipeline.errors import FileProblem, MissingTool
from pipeline.faces import BLANKS, Face

_LATIN = (
    (0x0020, 0x00A7), (0x00A9, 0x00AF), (0x00B2, 0x00B6), (0x00B8, 0x00D6), (0x00D8, 0x00F6),
    (0x00F8, 0x02AF), (0x0300, 0x052F), (0x1E00, 0x1FFF), (0x2070, 0x20CF),
)  # fmt: skip
"""Code points set in the Latin face; the page class gives every other one to the Han face."""

GETA = "〓"
"""Stands in a draft for a character that no face can draw."""

FONT_SUFFIXES = frozenset({".ttf", ".ttc", ".otf", ".otc"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class FaceEntry(_Strict):
    """A free face in fonts.toml: its path below a search folder, and the package that has it."""

    title: str
    file: str
    package: str
    index: int = 0


class RoleEntry(_Strict):
    """A role in fonts.toml: file names of licensed faces, and the free faces that stand in."""

    title: str
    licensed: list[str]
    free: str
    fallback: list[str]
    own_latin: bool = False


class FontFile(_Strict):
    """The whole of fonts.toml."""

    search: list[str]
    roles: dict[str, RoleEntry]
    faces: dict[str, FaceEntry]

    @model_validator(mode="after")
    def _faces_known(self) -> Self:
        for role in self.roles.values():
            for name in (role.free, *role.fallback):
                if name not in self.faces:
                    raise ValueError(f"没有这个字体：{name}")
        return self


@dataclass(frozen=True)
class Role:
    """A use of type: title for people, faces in the order in which they are asked."""

    key: str
    title: str
    faces: tuple[Face, ...]
    own_latin: bool

    @property
    def stand_in(self) -> bool:
        """Whether a free face stands in for the licensed one."""
        return not self.faces[0].licensed


@dataclass(frozen=True, eq=False)
class FontSet:
    """All roles, resolved to files of this machine as these are when it is made."""

    roles: Mapping[str, Role]
    _advances: dict[tuple[str, str], float] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """Every face, once, by role."""
        return tuple(dict.fromkeys(face for role in self.roles.values() for face in role.faces))

    def chain(self, role: str, char: str) -> tuple[Face, ...]:
        """The faces that may set `char` in `role`, best first."""
        return self._chains[role, is_latin(char)]

    @cached_property
    def _chains(self) -> dict[tuple[str, bool], tuple[Face, ...]]:
        latin = self.roles["latin"].faces
        chains = {(key, False): role.faces for key, role in self.roles.items()}
        for key, role in self.roles.items():
            ahead = role.faces[:1] if role.own_latin else ()
            chains[key, True] = ahead + latin + role.faces[len(ahead) :]
        return chains

    def usual(self, role: str, *, latin: bool) -> Face:
        """The face that sets the role's Latin text, or its Han text, unless it lacks something."""
        own = self.roles[role]
        return (own if own.own_latin or not latin else self.roles["latin"]).faces[0]

    def advance(self, role: str, char: str) -> float:
        """Width of `char` in `role`, in em."""
        known = self._advances.get((role, char))
        if known is None:
            chain = self.chain(role, char)
            face = next((f for f in chain if f.glyph(char) is not None), chain[0])
            known = self._advances[role, char] = face.advance(char)
        return known


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring characters of one face."""

    text: str
    face: Face
    latin: bool


@dataclass
class FontPlan:
    """Which face sets which character of a document."""

    fonts: FontSet
    chosen: dict[tuple[str, str], Face] = field(default_factory=dict)
    owners: dict[tuple[Face, int], str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    """Characters that no face can draw in some role."""

    def add(self, role: str, char: str) -> bool:
        """Choose a face for `char` in `role`; False where no face can draw it.

        A glyph that already stands for another character is passed over: one glyph cannot be
        extracted as two characters.
        """
        if (role, char) in self.chosen:
            return True
        for face in self.fonts.chain(role, char):
            glyph = face.glyph(char)
            if glyph is not None and self.owners.get((face, glyph), char) == char:
                self.chosen[role, char] = face
                if char not in BLANKS:
                    self.owners[face, glyph] = char
                return True
        self.missing.add(char)
        return False

    def stretches(self, role: str, text: str) -> list[Stretch]:
        """`text` cut where the face changes."""
        drawn = (char if (role, char) in self.chosen else GETA for char in text)
        return [
            Stretch("".join(chars), face, latin)
            for (latin, face), chars in groupby(
                drawn, key=lambda char: (is_latin(char), self.chosen[role, char])
            )
        ]

    @property
    def faces(self) -> list[Face]:
        """The faces in use, in order of first use."""
        return list(dict.fromkeys(self.chosen.values()))

    def texts(self, face: Face) -> dict[int, str]:
        """Character code in the PDF to character, for one face."""
        return {
            face.code(glyph): char for (owner, glyph), char in self.owners.items() if owner == face
        }


@lru_cache(8192)
def is_latin(char: str) -> bool:
    """Whether `char` is set in the Latin face when that has it."""
    return any(low <= ord(char) <= high for low, high in _LATIN)


def plan(fonts: FontSet, uses: Iterable[tuple[str, str]]) -> FontPlan:
    """The plan for (role, text) pairs in document order."""
    made = FontPlan(fonts)
    for role, text in uses:
        for char in dict.fromkeys(text):
            if (role, char) not in made.chosen and not made.add(role, char):
                made.add(role, GETA)
    return made


def load(font_file: Path, folder: Path | None) -> FontSet:
    """Resolve the roles of `font_file`; `folder` holds the office's own font files.

    Raises:
        FileProblem: `font_file` cannot be read.
        MissingTool: a role has no face at all; the message names the package to install.
    """
    try:
        entries = FontFile.model_validate(tomllib.loads(font_file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise FileProblem(
            f"字体配置无法读取：{font_file}（{error}）。", "请恢复原文件。"
        ) from error
    own = own_files(folder)
    found = {key: free_face(entries, key) for key in entries.faces}
    return _merged(
        {key: resolve(key, role, own, found, entries) for key, role in entries.roles.items()}
    )


def _merged(roles: dict[str, Role]) -> FontSet:
    """The roles with one face for one file: an office may copy a file under several names.

    A PDF knows a face by the name that its file carries, so copies could not be told apart.
    """
    faces = dict.fromkeys(face for role in roles.values() for face in role.faces)
    sizes = Counter(path.stat().st_size for path in {face.path for face in faces})
    copies: dict[tuple[str, int], Face] = {}
    kept = {}
    for face in sorted(faces, key=lambda face: not face.licensed):
        alone = sizes[face.path.stat().st_size] == 1
        kept[face] = face if alone else copies.setdefault((face.digest, face.index), face)
    return FontSet(
        {
            key: replace(role, faces=tuple(dict.fromkeys(kept[face] for face in role.faces)))
            for key, role in roles.items()
        }
    )


def own_files(folder: Path | None) -> dict[str, Path]:
    """The office's own font files, by name in lower case."""
    if folder is None or not folder.is_dir():
        return {}
    files = sorted(path for path in folder.iterdir() if path.suffix.casefold() in FONT_SUFFIXES)
    return {path.name.casefold(): path for path in files}


def free_face(entries: FontFile, key: str) -> Face | None:
    """A free face, where this machine has it."""
    entry = entries.faces[key]
    for folder in entries.search:
        path = Path(folder).expanduser() / entry.file
        if path.is_file():
            return Face(entry.title, path, entry.index)
    return None


def resolve(
    key: str,
    role: RoleEntry,
    own: Mapping[str, Path],
    found: Mapping[str, Face | None],
    entries: FontFile,
) -> Role:
    """A role with its faces: licensed, free, fallback.

    Raises:
        MissingTool: it has none.
    """
    licensed = [own[name.casefold()] for name in role.licensed if name.casefold() in own]
    chain = [Face(path.stem, path, licensed=True) for path in licensed[:1]]
    chain += [face for name in (role.free, *role.fallback) if (face := found[name])]
    if not chain:
        raise MissingTool(
            f"缺少字体：{role.title}。",
            f"请安装软件包 {entries.faces[role.free].package}，或将字体文件放入 fonts/ 文件夹。",
        )
    return Role(key, role.title, tuple(dict.fromkeys(chain)), role.own_latin)
