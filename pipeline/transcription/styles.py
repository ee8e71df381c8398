"""Word's styles: headings, automatic numbers, hidden text, tables of contents."""

import re
from collections.abc import Sequence

from lxml import etree

from pipeline.transcription.wordxml import attribute, child, is_on, local, members, number

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录|WPSOffice手动目录)\s*[1-9]", re.IGNORECASE)
_BODY_LEVEL = 9
"""outlineLvl of running text; those below are headings."""
_DEEPEST = 20
_WHOLE = re.compile("-?[0-9]{1,6}")
_HUNDREDTHS, _TWIPS = 50, 105
"""Of half a character: w:leftChars counts in hundredths; w:left in twips, here of 10.5 pt."""


class Styles:
    """The styles of a file; `root` is its styles.xml, None where it has none."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles = {
            attribute(each, "styleId"): each for each in members(root) if local(each) == "style"
        }
        self._hiding: dict[tuple[str, ...], bool] = {}

    def level(self, properties: etree._Element | None) -> int:
        """The level of a heading, from 1; 0 for running text."""
        for each in self._chain(properties):
            outline = child(each, "outlineLvl")
            if outline is not None:
                level = number(each, "outlineLvl")
                return level + 1 if level < _BODY_LEVEL else 0
        for style in self._named(properties):
            if found := _HEADING.fullmatch(_value(style, "name").strip()):
                return int(found[1])
        return 0

    def indent(self, properties: etree._Element | None) -> int:
        """How far the first line of a paragraph is moved to the right, in half characters."""
        told = [child(each, "ind") for each in self._chain(properties)]
        left = _first(told, "left") or _first(told, "start")
        return max(0, round(left + _first(told, "firstLine") - _first(told, "hanging")))

    def list_of(self, properties: etree._Element | None) -> tuple[str, int | None]:
        """The list that numbers a paragraph, "" for none, and the level in it from 0, if told."""
        depth: int | None = None
        for each in self._chain(properties):
            numbers = child(each, "numPr")
            if depth is None and child(numbers, "ilvl") is not None:
                depth = number(numbers, "ilvl")
            if name := _value(numbers, "numId"):
                return (name if name != "0" else ""), depth
        return "", None

    def names(self, properties: etree._Element | None) -> list[str]:
        """The ids of a paragraph's style and of the styles that it is based on."""
        return [attribute(style, "styleId") for style in self._named(properties)]

    def is_contents(self, properties: etree._Element | None) -> bool:
        """Whether a paragraph is a line of a table of contents."""
        return any(
            _CONTENTS.fullmatch(_value(style, "name").strip()) for style in self._named(properties)
        )

    def hidden(self, run: etree._Element | None, paragraph: etree._Element | None) -> bool:
        """Whether text is hidden, by a run's properties, its style, or its paragraph's style."""
        said = child(run, "vanish")
        if said is not None:
            return is_on(said)
        return self._hides(_value(run, "rStyle"), _value(paragraph, "pStyle"))

    def _hides(self, *names: str) -> bool:
        if names not in self._hiding:
            styles = [style for name in names for style in self._based(name)]
            found = (child(child(style, "rPr"), "vanish") for style in styles)
            self._hiding[names] = is_on(next((each for each in found if each is not None), None))
        return self._hiding[names]

    def _chain(self, properties: etree._Element | None) -> list[etree._Element]:
        """A paragraph's own properties, then those of its style and of the styles that it is of."""
        own = [properties] if properties is not None else []
        styled = [child(style, "pPr") for style in self._named(properties)]
        return [*own, *(each for each in styled if each is not None)]

    def _named(self, properties: etree._Element | None) -> list[etree._Element]:
        return self._based(_value(properties, "pStyle"))

    def _based(self, name: str) -> list[etree._Element]:
        """A style and those that it is based on."""
        found: list[etree._Element] = []
        while name in self._styles and len(found) < _DEEPEST:
            found.append(self._styles[name])
            name = _value(found[-1], "basedOn")
        return found


def _first(told: Sequence[etree._Element | None], name: str) -> float:
    """The first that is told of an indent, in half characters: itself in hundredths, or twips."""
    for each in told:
        for key, unit in ((f"{name}Chars", _HUNDREDTHS), (name, _TWIPS)):
            if found := _WHOLE.fullmatch(attribute(each, key)):
                return int(found[0]) / unit
    return 0


def _value(element: etree._Element | None, name: str) -> str:
    return attribute(child(element, name), "val")
