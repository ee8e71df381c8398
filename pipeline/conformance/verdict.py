"""All that is checked of a finished PDF, in turn."""

from collections.abc import Iterator
from itertools import islice

from pipeline.conformance import (
    actions,
    annotations,
    catalogue,
    features,
    grids,
    lettering,
    limits,
    packet,
    structure,
    syntax,
    tags,
)
from pipeline.conformance.objects import Objects, Unreadable
from pipeline.conformance.opening import opened
from pipeline.conformance.pages import shown
from pipeline.conformance.problem import Problem
from pipeline.errors import TypesettingFailed

_MOST = 200
"""Problems that are told; a file with more is told by these."""
_SHOWN = 20


def problems(pdf: bytes, *, own: bool = False) -> tuple[Problem, ...]:
    """What keeps a PDF from being PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1).

    It is looked at as it is, whoever wrote it, in bounded time and memory. Nothing is raised. One
    that this process has just written is its `own`: what it unpacks to is not measured again.
    """
    found: dict[Problem, None] = dict.fromkeys(syntax.frame(pdf))
    try:
        with opened(pdf, own=own) as objects:
            for problem in islice(_all(objects), _MOST):
                found[problem] = None
    except Unreadable as error:
        found[error.problem] = None
    return tuple(found)


def require(pdf: bytes) -> bytes:
    """A PDF that this process has just written, as long as it has no problems.

    Raises:
        TypesettingFailed: it has; that is a bug of ours.
    """
    if found := problems(pdf, own=True):
        listed = "；".join(f"{each.message}（{each.clause}）" for each in found[:_SHOWN])
        raise TypesettingFailed(
            f"排版得到的 PDF 不符合 PDF/A-3a、PDF/UA-1，共 {len(found)} 处：{listed}",
            "请将此信息交给维护人员。",
        )
    return pdf


def _all(objects: Objects) -> Iterator[Problem]:
    yield from syntax.check(objects)
    yield from limits.check(objects)
    yield from packet.check(objects)
    seen = shown(objects)
    tree = structure.structure(objects)
    yield from seen.problems
    yield from catalogue.check(objects, seen.colours)
    yield from features.check(objects, seen.pages.values())
    yield from actions.check(objects, seen.pages)
    yield from annotations.check(objects, seen, tree)
    yield from lettering.check(objects, seen, tree.spoken())
    yield from structure.check(objects, tree, seen)
    yield from tags.check(objects, tree)
    yield from grids.check(objects, tree)
