"""One kind of slip, however often it stands in a passage: one finding, at the first place."""

from collections.abc import Iterator, Sequence

from pipeline.findings import Finding, Rule
from pipeline.rules.chinese import around
from pipeline.rules.dossier import Dossier
from pipeline.rules.passages import Passage

_MOST_RELATED = 20


def gathered(
    dossier: Dossier, rule: Rule, passage: Passage, spans: Sequence[tuple[int, int]], what: str
) -> Iterator[Finding]:
    """A finding that quotes the first of the `spans`, says `what` it is, and counts the others.

    The next twenty of them are related places.
    """
    if spans:
        (start, end), *others = spans
        count = f"，这一段共 {len(spans)} 处" if others else ""
        yield Finding(
            rule,
            dossier.at(passage, start),
            f"“{around(passage.text, start, end)}”{what}{count}。",
            related=tuple(dossier.at(passage, at) for at, _ in others[:_MOST_RELATED]),
        )
