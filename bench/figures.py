"""Figures of the measurements: the line through costs."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """cost = fixed + each × number; `off`: how far the worst point lies from it, of its cost."""

    fixed: float
    each: float
    off: float


def fit(costs: Mapping[int, float]) -> Line:
    """The line through costs by number of reports, at least two of them.

    Squares of relative distances are the least, so that 10 reports count as much as 1,000.
    """
    weights = {count: 1 / cost**2 for count, cost in costs.items()}
    total = sum(weights.values())
    count_mean = sum(weight * count for count, weight in weights.items()) / total
    cost_mean = sum(weight * costs[count] for count, weight in weights.items()) / total
    spread = sum(weight * (count - count_mean) ** 2 for count, weight in weights.items())
    together = sum(
        weight * (count - count_mean) * (costs[count] - cost_mean)
        for count, weight in weights.items()
    )
    each = together / spread
    fixed = cost_mean - each * count_mean
    off = max(abs(fixed + each * count - cost) / cost for count, cost in costs.items())
    return Line(fixed, each, off)
