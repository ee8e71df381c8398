"""The chapters that an outline found → the prose of a content file's sections."""

from collections.abc import Sequence
from typing import Any

from pipeline.form.forms import Section
from pipeline.form.wording import plain
from pipeline.transcription.chapters import Chapter, Part


def chapter_values(section: Section, chapter: Chapter | None) -> dict[str, Any]:
    """The prose of a section of the form, by the keys of a content file."""
    if chapter is None:
        return {}
    made: dict[str, Any] = {}
    if plain(chapter.heading) != plain(section.heading):
        made["heading"] = chapter.heading
    if chapter.before:
        made["before" if section.table else "text"] = prose(chapter.before)
    names = _named(section, chapter.parts)
    for name, part in zip(names, chapter.parts, strict=False):
        made[name] = prose(part.text)
    if own := [part_values(part) for part in chapter.parts[len(names) :]]:
        made["parts"] = own
    if chapter.after:
        made["after"] = prose(chapter.after)
    return made


def own_chapter_values(chapter: Chapter) -> dict[str, Any]:
    """A section of the office's own."""
    made: dict[str, Any] = {"heading": chapter.heading}
    if text := [*chapter.before, *chapter.after]:
        made["text"] = prose(text)
    if chapter.parts:
        made["parts"] = [part_values(part) for part in chapter.parts]
    return made


def part_values(part: Part) -> dict[str, Any]:
    """A part of a section with what stands below it."""
    made: dict[str, Any] = {"heading": part.heading}
    if part.run_in:
        made["run_in"] = True
    if part.text:
        made["text"] = prose(part.text)
    if part.parts:
        made["parts"] = [part_values(inner) for inner in part.parts]
    return made


def prose(texts: Sequence[str]) -> str:
    """Paragraphs as prose, in which `**` and `{{` mean themselves."""
    return "\n\n".join(texts).replace("**", "\\**").replace("{{", "\\{{")


def _named(section: Section, parts: Sequence[Part]) -> list[str]:
    """The keys of the prescribed parts that parts begin with, in the order of the form."""
    left = list(section.parts)
    names: list[str] = []
    for part in parts:
        headings = [plain(prescribed.heading) for prescribed in left]
        if part.run_in or part.parts or not part.text or plain(part.heading) not in headings:
            break
        at = headings.index(plain(part.heading))
        names.append(left[at].key)
        left = left[at + 1 :]
    return names
