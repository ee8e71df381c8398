"""Word's paragraph styles: which are headings, and which bring automatic numbers."""

import re

from lxml import etree

from pipeline.transcription.wordxml import attribute, child, local, members, number

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_BODY_LEVEL = 9
"""outlineLvl of running text; those below are headings."""
_DEEPEST = 20


class Styles:
    """The styles of a file; `root` is its styles.xml, None where it has none."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles = {
            attribute(each, "styleId"): each for each in members(root) if local(each) == "style"
        }

    def level(self, properties: etree._Element | None) -> int:
        """The level of a heading, from 1; 0 for running text."""
        for each in self._chain(properties):
            outline = child(each, "outlineLvl")
            if outline is not None:
                level = number(each, "outlineLvl")
                return level + 1 if level < _BODY_LEVEL else 0
        for style in self._named(properties):
            if found := _HEADING.fullmatch(attribute(child(style, "name"), "val").strip()):
                return int(found[1])
        return 0

    def list_of(self, properties: etree._Element | None) -> tuple[str, int] | None:
        """The list that numbers a paragraph, and the level in it from 0; None for none."""
        depth: int | None = None
        for each in self._chain(properties):
            numbers = child(each, "numPr")
            if numbers is None:
                continue
            if depth is None and child(numbers, "ilvl") is not None:
                depth = number(numbers, "ilvl")
            name = attribute(child(numbers, "numId"), "val")
            if name:
                return (name, min(depth or 0, 8)) if name != "0" else None
        return None

    def _chain(self, properties: etree._Element | None) -> list[etree._Element]:
        """A paragraph's own properties, then those of its style and of the styles that it is of."""
        own = [properties] if properties is not None else []
        styled = [child(style, "pPr") for style in self._named(properties)]
        return [*own, *(each for each in styled if each is not None)]

    def _named(self, properties: etree._Element | None) -> list[etree._Element]:
        name = attribute(child(properties, "pStyle"), "val")
        found: list[etree._Element] = []
        while name in self._styles and len(found) < _DEEPEST:
            found.append(self._styles[name])
            name = attribute(child(found[-1], "basedOn"), "val")
        return found
