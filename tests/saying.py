"""Prose, the claims found in it, and how far they are those that a careful reader makes."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import fonts
from pipeline.checking import Stock
from pipeline.composition import flow
from pipeline.composition.compose import compose
from pipeline.content.report import read
from pipeline.document import Run
from pipeline.form import forms
from pipeline.form.sayings import Saying
from pipeline.rules.claims import Claim, Claims
from pipeline.rules.dossier import Dossier
from pipeline.rules.passages import Passage

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "claims.toml").read_text("utf-8"))["case"]
LABELLED: dict[str, Any] = tomllib.loads((HERE / "claimed.toml").read_text("utf-8"))
TEN_THOUSAND = 10000

Label = tuple[Decimal, frozenset[str]]


@dataclass
class Score:
    """Claims made, those that are right, and those that should have been made."""

    right: int = 0
    made: int = 0
    labelled: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, said: Sequence[tuple[Decimal, list[frozenset[str]]]], labels: Any) -> None:
        """Counts what was found against what was labelled."""
        left = [label(*each) for each in labels]
        self.labelled += len(left)
        self.made += len(said)
        for value, readings in said:
            hit = next((each for each in left if each[0] == value and each[1] in readings), None)
            if hit:
                left.remove(hit)
                self.right += 1
            else:
                self.wrong.append(f"{value} {[sorted(each) for each in readings]}")

    @property
    def precision(self) -> float:
        """Of the claims made, how many are right."""
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        """Of the claims labelled, how many were made."""
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def row(self) -> str:
        """As cells of a table in Markdown."""
        counts = f"{self.right} | {self.made} | {self.labelled}"
        return f"{counts} | {self.precision:.3f} | {self.recall:.3f}"

    def __str__(self) -> str:
        """As a line of a table."""
        return (
            f"{self.right:4} {self.made:4} {self.labelled:4}"
            f"  precision {self.precision:.3f}  recall {self.recall:.3f}"
        )


def label(value: Any, paths: str) -> Label:
    """A label as it is written: a number, and paths joined by a plus."""
    return Decimal(str(value)), frozenset(path.strip() for path in paths.split("+"))


def claims_in(text: str, heading: str, sayings: Sequence[Saying], **of: Any) -> list[Claim]:
    """The claims in a paragraph of the sample office's report for 2023, or of another one."""
    finder = Claims(sayings, of.get("year", 2023), of.get("agency", "示例市人民政府"))
    return list(finder.find(Passage("overview", (), (Run(text),)), heading))


def said(claims: Iterable[Claim]) -> list[tuple[Decimal, list[frozenset[str]]]]:
    """Claims as their values and the paths that each reading adds up."""
    return [
        (
            worth(claim),
            [frozenset(n for saying in reading for n in saying.of) for reading in claim.readings],
        )
        for claim in claims
    ]


def worth(claim: Claim) -> Decimal:
    """The number of a claim, money in 万元."""
    return claim.value / (TEN_THOUSAND if claim.measure == "元" else 1)


def headings(stock: Stock) -> dict[str, str]:
    """The heading over each place of the form of 2021."""
    form = forms.choose(stock.forms, 2021)
    made = {s.key: s.heading for s in form.sections}
    return made | {f"{s.key}.{p.key}": p.heading for s in form.sections for p in s.parts}


def measured(stock: Stock, **only: Any) -> dict[str, Score]:
    """Scores of the corpus by kind; `only` picks cases by their keys."""
    scores: dict[str, Score] = {}
    over = headings(stock)
    for case in CASES:
        if any(case.get(key, 1) != value for key, value in only.items()):
            continue
        place = case["place"]
        heading = over.get(place) or over[place.partition(".")[0]]
        text = case["text"].replace("\n", "")  # as the lines of a paragraph are joined
        of = {key: case[key] for key in ("year", "agency") if key in case}
        found = said(claims_in(text, heading, stock.sayings, **of))
        scores.setdefault(case["kind"], Score()).add(found, case["claims"])
    return scores


def together(scores: Iterable[Score]) -> Score:
    """Several scores as one."""
    whole = Score()
    for each in scores:
        whole.right += each.right
        whole.made += each.made
        whole.labelled += each.labelled
        whole.wrong += each.wrong
    return whole


def dossier(path: Path, stock: Stock) -> Dossier:
    """What the rules look at, of a content file."""
    report, _ = read(path, stock.forms)
    document = compose(report, draft=True)
    plan = fonts.plan(stock.fonts, ((role, run.text) for role, run in flow.texts(document)))
    return Dossier(report, document, plan, stock.forms, sayings=stock.sayings)
