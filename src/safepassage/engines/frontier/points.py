"""Which plans to try, and which of those tried no other betters in everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safepassage.domain.frontier import Leaning, Worths

PRICES = (0, 20, 60, 200, 600, 2_000)
WEIGHTS = (1, 4, 0)
"""Ways are looked for with this many times the weight of the case: as it is, shunning more, not at all."""
CAPS_PERCENT = (90, 75, 60, 45, 30)
"""Journeys are held to this share of the worst one of the plan of the case."""


def leanings(weight: int, worst_ppm_s: int) -> Iterator[Leaning]:
    """Yield what to try, the plan of the case first; `worst_ppm_s` is the exposure of its worst journey."""
    for times in WEIGHTS:
        for price in PRICES:
            yield Leaning(weight=weight * times, price=price)
        if times and worst_ppm_s > 0:
            for percent in CAPS_PERCENT:
                yield Leaning(weight=weight * times, price=PRICES[2], cap_ppm_s=worst_ppm_s * percent // 100)


def served_as_many(worths: Sequence[Worths], most_unserved: int) -> list[int]:
    """Return positions of plans that leave at most so many persons: serving fewer must not look better."""
    return [position for position, worth in enumerate(worths) if worth.unserved <= most_unserved]


def best_of(rows: Sequence[tuple[int, ...]]) -> list[int]:
    """Return positions of rows that no other row undercuts, in order of rows; of equals the first."""
    first: dict[tuple[int, ...], int] = {}
    for position, row in enumerate(rows):
        first.setdefault(row, position)
    return [
        first[point]
        for point in sorted(first)
        if not any(
            other != point and all(a <= b for a, b in zip(other, point, strict=True)) for other in first
        )
    ]
