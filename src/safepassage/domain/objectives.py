"""The order in which a planner lets objectives decide between plans that serve as many persons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from safepassage.domain.frontier import Worths

PERCENT = 100

OBJECTIVES: dict[str, Callable[[Worths], int]] = {
    "exposure": lambda worth: worth.expected,
    "tail": lambda worth: worth.tail,
    "arrivals": lambda worth: worth.person_s,
    "clearance": lambda worth: worth.clearance_s,
}
"""Expected exposure over sampled worlds, that of the worst tenth, arrivals added up, the last arrival."""


def objective_order(text: str) -> tuple[str, ...]:
    """Return the objectives that a text such as ``exposure, arrivals`` names, first one first.

    Raises
    ------
    ValueError
        When it names none, one twice, or one that there is not.
    """
    names = tuple(name.strip().casefold() for name in text.replace(";", ",").split(",") if name.strip())
    known = ", ".join(OBJECTIVES)
    if not names:
        raise ValueError(f"name at least one of {known}")
    unknown = [name for name in names if name not in OBJECTIVES]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no objective: write {known}, in the order in which they decide")
    if len(set(names)) < len(names):
        raise ValueError("each objective decides once: name none of them twice")
    return names


def chosen(worths: Sequence[Worths], order: Sequence[str], *, slack_percent: int) -> int:
    """Return the position of the plan that the objectives choose, one after the other.

    Who serves most is never traded. After that each objective keeps the plans within `slack_percent` of the
    best that is left, and hands them to the next; what still ties is decided by the objectives without slack,
    then by position.
    """
    fewest = min(worth.unserved for worth in worths)
    left = [k for k, worth in enumerate(worths) if worth.unserved == fewest]
    for name in order:
        value = OBJECTIVES[name]
        best = min(value(worths[k]) for k in left)
        left = [k for k in left if value(worths[k]) * PERCENT <= best * (PERCENT + slack_percent)]
    return min(left, key=lambda k: (*(OBJECTIVES[name](worths[k]) for name in order), k))
