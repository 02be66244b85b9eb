"""Plans without a claim: the same flow on the case without it, and what differs. Nothing is guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.withdrawal import Difference, RoadChange, Withdrawal
from safepassage.domain.plan import Schedule
from safepassage.domain.plan_change import DirectionChange, Movement
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.changes import (
    compared,
    movements,
    named_as_before,
    person_seconds,
    places_changed,
    served,
)
from safepassage.engines.summary import totals

__all__ = ["Answer", "copies", "difference", "weigh_withdrawals"]

Answer = tuple[PlanningProblem, Schedule]
"""A problem and the schedule that answers it."""


def weigh_withdrawals(
    ledger: Ledger,
    claims: Iterable[str],
    base: Answer,
    *,
    asked: Callable[[tuple[str, ...]], bytes],
    answered: Callable[[tuple[str, ...]], Answer],
) -> tuple[Withdrawal, ...]:
    """Return what becomes of a plan without each of some claims, each with those that repeat it.

    Parameters
    ----------
    asked
        Returns the bytes of the problem without some claims; where they are those with them, so is the plan.
    answered
        Plans without some claims.
    """
    found: dict[tuple[str, ...], Withdrawal] = {}
    with_all = asked(())
    for name in claims:
        together = copies(ledger, name)
        if together not in found:
            changes = asked(together) != with_all
            what = difference(base, answered(together)) if changes else difference(base, base)
            found[together] = Withdrawal(claims=together, planned=changes, difference=what)
    return tuple(found.values())


def copies(ledger: Ledger, claim: str) -> tuple[str, ...]:
    """Return a claim and those that repeat the same utterance of the same origin, in order."""
    key = ledger.claims[claim].claim.origin_key
    return tuple(sorted(name for name, s in ledger.claims.items() if s.claim.origin_key == key))


def difference(before: Answer, after: Answer) -> Difference:
    """Return what differs between two answers on one network."""
    (old_problem, old), (problem, new) = before, (after[0], named_as_before(before[1], after[1]))
    rows = movements(old_problem, old), movements(problem, new)
    changed = compared(*rows, 0)
    gone = sum(c.persons for c in changed if c.before is not None)
    come = sum(c.persons for c in changed if c.before is None)
    return Difference(
        movements=len(changed), persons=max(gone, come), directions=_directions(before, (problem, new)),
        places=places_changed(served(old), served(new)),
        roads=_roads(_persons_on(old_problem, rows[0]), _persons_on(problem, rows[1])),
    )  # fmt: skip


def _directions(before: Answer, after: Answer) -> tuple[DirectionChange, ...]:
    sums = [totals(*answer) for answer in (before, after)]
    seconds = [person_seconds(*answer) for answer in (before, after)]
    unserved = [_unserved(answer[1]) for answer in (before, after)]
    return tuple(
        DirectionChange(
            direction=name, served=(sums[0][name].served, sums[1][name].served),
            unserved=(unserved[0][name], unserved[1][name]),
            clearance_s=(sums[0][name].clearance_s, sums[1][name].clearance_s),
            person_s=(seconds[0][name], seconds[1][name]),
        )
        for name, _ in after[0].directions
    )  # fmt: skip


def _unserved(schedule: Schedule) -> Counter[str]:
    found = Counter[str]()
    for row in schedule.unserved:
        found[row.direction] += row.persons
    return found


def _persons_on(problem: PlanningProblem, rows: Sequence[Movement]) -> Counter[str]:
    found, labels = Counter[str](), problem.network.arcs.label
    for row in rows:
        for road in {str(labels[arc]) for arc in row.route[2]}:
            found[road] += row.persons
    return found


def _roads(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[RoadChange, ...]:
    rows = [
        RoadChange(road=road, persons=(before.get(road, 0), after.get(road, 0)))
        for road in {*before, *after}
        if before.get(road, 0) != after.get(road, 0)
    ]
    return tuple(sorted(rows, key=lambda r: (-abs(r.persons[0] - r.persons[1]), r.road)))
