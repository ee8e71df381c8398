"""The keys that a model knows, what they are called, and which one was meant by another."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from pipeline.tomlfile.positions import dotted

_SHORTEST = 2
"""A word of so many characters may be part of a title."""


def title_of(model: type[BaseModel], path: Sequence[str | int]) -> str:
    """What a key is called, in brackets; "" where it has no title."""
    title = getattr(_at(model, path), "title", None)
    return f"（{title}）" if title else ""


def meant(model: type[BaseModel], path: Sequence[str | int]) -> str:
    """What somebody may have meant by an unknown key, as a question or a remedy; "" if unclear.

    A key that stands in one other table only; else one that is spelt alike here; else one that is
    called so, here or elsewhere. A header of one word is that of a section before any part of one.
    """
    from difflib import get_close_matches  # noqa: PLC0415  # most files have no unknown key

    word = str(path[-1])
    here = tuple(key for key in path[:-1] if isinstance(key, str))
    known = [*_walk(model)]
    if len(same := [where for where, _ in known if where[-1] == word]) == 1:
        (table,) = (where[:-1] for where in same)
        right = f" [{dotted(table)}] 下面" if table else "文件开头，第一个方括号之前"
        return f"{word} 要写在{right}。"
    if near := get_close_matches(word, _fields(_at(model, path[:-1])), n=1):
        return f"你是不是想写 {near[0]}？"
    outermost = [] if here else [each for each in known if len(each[0]) == 1]
    called = _called(word, outermost) or _called(word, known)
    if not called:
        return ""
    found = next((where for where in called if where[:-1] == here), called[0])
    other = f"[{dotted(found[:-1])}] 中的 " if found[:-1] not in ((), here) else ""
    return f"你是不是想写 {other}{found[-1]}？"


def _called(word: str, known: Sequence[tuple[tuple[str, ...], str]]) -> list[tuple[str, ...]]:
    """The keys whose title says `word` best; else those whose title holds it."""
    from pipeline.form.wording import Match, core, match  # noqa: PLC0415  # as above

    said = {where: match(word, [title]) for where, title in known}
    best = max(said.values(), default=Match.NONE)
    if best > Match.NONE:
        return [where for where, how in said.items() if how == best]
    plain = core(word)
    return [where for where, title in known if len(plain) >= _SHORTEST and plain in core(title)]


def _walk(
    model: Any,  # noqa: ANN401
    above: tuple[str, ...] = (),
    seen: tuple[Any, ...] = (),
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every key of a model and of those in it, with its title; those in lists are passed over."""
    for key, field in _fields(model).items():
        path = (*above, key)
        yield path, field.title or ""
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel) and inner not in seen:
            yield from _walk(inner, path, (*seen, inner))


def _at(model: type[BaseModel], path: Sequence[str | int]) -> Any:  # noqa: ANN401
    here: Any = model
    for key in path:
        if isinstance(key, int):
            continue
        here = _fields(here).get(key)
        if here is None:
            return None
    return here


def _fields(field: Any) -> dict[str, Any]:  # noqa: ANN401
    """The fields of a model, or of the model that a field holds, by the key of a content file."""
    fields = getattr(_inner(field), "model_fields", {})
    return {info.alias or name: info for name, info in fields.items()}


def _inner(field: Any) -> Any:  # noqa: ANN401
    kind = getattr(field, "annotation", field)
    for argument in getattr(kind, "__args__", ()):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
    return kind
