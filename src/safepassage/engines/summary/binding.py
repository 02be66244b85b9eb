"""What limits each direction, in words a planner can act on."""

from __future__ import annotations

from collections.abc import Mapping

from safepassage.domain.plan import Binding, Bound, Certificate
from safepassage.domain.planning_problem import PlanningProblem

NAMED = 4
"""How many places or roads a sentence names before it says "and n more"."""


def binding(
    problem: PlanningProblem,
    certificate: Certificate,
    cuts: Mapping[str, tuple[tuple[int, ...], tuple[str, ...]]],
) -> tuple[Binding, ...]:
    """Return one sentence per direction with a bound.

    Parameters
    ----------
    cuts
        By bound id: the arcs that the cut counts and the places behind it.
    """
    found = []
    for direction, _name in problem.directions:
        mine = [b for b in certificate.bounds if b.direction == direction]
        best = max(mine, key=lambda b: b.clearance_s, default=None)
        if best is not None:
            arcs, places = cuts.get(best.id, ((), ()))
            text = _fleet(problem, best) if best.kind == "fleet" else _cut(problem, arcs, places)
            found.append(Binding(direction=direction, kind=best.kind, text=text, arcs=arcs, places=places))
    return tuple(found)


PLACES = {
    "seated": ("seats", "people who need a seat"),
    "wheelchair": ("wheelchair places", "wheelchair users"),
    "stretcher": ("stretcher places", "people on stretchers"),
}


def _fleet(problem: PlanningProblem, bound: Bound) -> str:
    kind, people = PLACES[bound.commodity]
    counts = [
        {"seated": v.seats, "wheelchair": v.wheelchair, "stretcher": v.stretcher} for v in problem.fleet
    ]
    places = [row[bound.commodity] for row in counts if row[bound.commodity]]
    return (
        f"the fleet: {len(places)} vehicles with {sum(places)} {kind} in all, for {bound.persons} {people}, "
        "have to make round trips"
    )


def _cut(problem: PlanningProblem, arcs: tuple[int, ...], places: tuple[str, ...]) -> str:
    names = {p.id: p.name for p in problem.places}
    who = _some([names[p] for p in places]) or "the places furthest away"
    many = len(places) != 1
    if not arcs:
        return f"travel time alone: {who} {'need' if many else 'needs'} that long on free roads"
    labels = problem.network.arcs.label
    roads = _some(list(dict.fromkeys(str(labels[a]) for a in arcs)))
    subject = f"{len(places)} places ({who}) share" if many else f"1 place ({who}) has"
    return f"{subject} {roads}: {_rates(problem, arcs)}"


def _rates(problem: PlanningProblem, arcs: tuple[int, ...]) -> str:
    columns, profiles = problem.network.arcs, problem.network.profiles
    vehicles = persons = 0
    limited_by_persons = False
    for arc in arcs:
        pieces = profiles.get(arc)
        best = (
            max((p.capacity_mveh_h for p in pieces), default=0)
            if pieces
            else int(columns.capacity_mveh_h[arc])
        )
        if int(columns.persons_h[arc]) >= 0:
            persons += int(columns.persons_h[arc])
            limited_by_persons = True
        else:
            vehicles += best // 1_000
    parts = [
        f"{vehicles} vehicles/h" if vehicles else "",
        f"{persons} persons/h" if limited_by_persons else "",
    ]
    windows = " while open" if any(arc in profiles for arc in arcs) else ""
    return " and ".join(part for part in parts if part) + windows


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown
