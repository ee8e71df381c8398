"""Text in faces: the font families a document declares, and every stretch of text in its face."""

from collections.abc import Sequence

from pipeline.document import Run
from pipeline.faces import COLLECTIONS, Face
from pipeline.fonts import FontPlan, Stretch, is_latin
from pipeline.typesetting.tex import Tex, breakable, escape, marks_broken

_FEATURES = "HyphenChar=None,RawFeature={-liga;-clig;-calt;-ccmp;-locl;-rlig;-kern}"
"""Every character is set by its own glyph, and as wide as Python measures it."""

_OPENING = frozenset("（〔【《〈“‘「『［｛〖")
"""Marks whose empty half xeCJK takes away where a paragraph starts."""


class Families:
    """The font families a document declares: one for each face, use and weight.

    Names follow from the fonts of the project, so that reports set in one run agree on them.
    """

    def __init__(self, plan: FontPlan) -> None:
        self.plan = plan
        self.faces: dict[Face, str] = {}
        self.uses: dict[tuple[Face, bool], bool] = {}

    def name(self, face: Face, *, cjk: bool, bold: bool = False) -> str:
        """The family of a face, declared from now on; `cjk` where xeCJK is to switch to it."""
        letter = self.faces.get(face)
        if letter is None:
            letter = self.faces[face] = _letters(self.plan.fonts.faces.index(face))
        self.uses[face, bold] = self.uses.get((face, bold), False) or cjk
        return f"nb{letter}{'bold' * bold}"

    def file(self, face: Face) -> str:
        """The name under which TeX finds the face's file."""
        return f"nb{self.faces[face]}{face.path.suffix.lower()}"

    def declarations(self) -> list[dict[str, object]]:
        """The declarations as the template sees them."""
        return [
            {
                "family": self.name(face, cjk=cjk, bold=bold),
                "file": self.file(face),
                "features": Tex(_features(face, bold=bold)),
                "cjk": cjk,
            }
            for (face, bold), cjk in self.uses.items()
        ]


def fixed(text: str, role: str, families: Families) -> Tex:
    """Text whose every stretch names its face: xeCJK has no part in it."""
    return Tex(
        "".join(
            f"{{\\nbface{{{families.name(stretch.face, cjk=False)}}}{escape(stretch.text)}}}"
            for stretch in families.plan.stretches(role, text)
        )
    )


def switch(role: str, families: Families, *, bold: bool = False) -> str:
    """The role's usual faces, for a group of flowing text."""
    fonts = families.plan.fonts
    han = families.name(fonts.usual(role, latin=False), cjk=True, bold=bold)
    latin = families.name(fonts.usual(role, latin=True), cjk=False, bold=bold)
    return f"\\nbcjk{{{han}}}\\nbface{{{latin}}}"


def flowing(runs: Sequence[Run], role: str, families: Families) -> Tex:
    """Running text: xeCJK tells Han from Latin, and only stretches in other faces are named."""
    parts, before = [], ""
    for run in runs:
        text = "".join(
            _stretch(stretch, role, families, bold=run.bold)
            for stretch in families.plan.stretches(role, run.text)
        )
        if before[-1:].strip() and is_latin(before[-1]) and is_latin(run.text[:1] or " "):
            parts.append("\\nblastbreak ")  # a word may change its weight at every letter
        parts.append(f"{{{switch(role, families, bold=True)}{text}}}" if run.bold else text)
        before = run.text
    opens = "".join(run.text for run in runs)[:1] in _OPENING
    return Tex("\\nblead " * opens + "".join(parts))


def _stretch(stretch: Stretch, role: str, families: Families, *, bold: bool) -> str:
    latin, face = stretch.latin, stretch.face
    text = breakable(stretch.text) if latin else marks_broken(stretch.text)
    if face == families.plan.fonts.usual(role, latin=latin):
        return text
    name = families.name(face, cjk=not latin, bold=bold)
    return f"{{\\nb{'face' if latin else 'cjk'}{{{name}}}{text}}}"


def _features(face: Face, *, bold: bool) -> str:
    index = f"FontIndex={face.index}," if face.path.suffix.casefold() in COLLECTIONS else ""
    return f"{index}{_FEATURES}{',FakeBold=2' * bold}"


def _letters(number: int) -> str:
    return chr(ord("A") + number % 26) * (1 + number // 26)
