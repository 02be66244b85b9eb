"""Bounds for what a schedule serves, as a certificate that anyone can sum again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safepassage.domain.case import Group
from safepassage.domain.plan import Bound, Certificate, EnvelopePart, EnvelopePoint
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.bounds.commodity import CARS, PERSONS, TRANSPORT
from safepassage.engines.bounds.fleet_bound import FleetBound
from safepassage.engines.bounds.label_cut import Cut, LabelCuts

ENVELOPE_POINTS = 24
LARGE_NETWORK_ARCS = 50_000
LARGE_ENVELOPE_POINTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a schedule achieves in one direction: decided persons served by commodity, and when the last arrives."""

    cars: int
    transport: int
    cars_clearance_s: int
    transport_clearance_s: int

    @property
    def persons(self) -> int:
        """All decided persons served."""
        return self.cars + self.transport

    @property
    def clearance_s(self) -> int:
        """When the last of them arrives."""
        return max(self.cars_clearance_s, self.transport_clearance_s)


class _Direction:
    """The cuts of one direction, each made once."""

    def __init__(self, problem: PlanningProblem, direction: str) -> None:
        self.name = direction
        self.cars = LabelCuts(problem, direction, CARS)
        self.persons = LabelCuts(problem, direction, PERSONS)
        self.fleet = FleetBound(problem, direction)
        # All decided persons, those off the network included: that is what an absent part of the envelope counts.
        self.by_car = _demand(problem, direction, by_car=True)
        self.carried = _demand(problem, direction, by_car=False)

    @property
    def demand(self) -> int:
        return self.by_car + self.carried


def _demand(problem: PlanningProblem, direction: str, *, by_car: bool) -> int:
    return sum(
        row.persons
        for row in problem.demand
        if row.direction == direction and row.basis != "assumption" and (row.group == Group.OWN_VEHICLE) == by_car
    )


Behind = dict[str, tuple[tuple[int, ...], tuple[str, ...]]]
"""By bound id: the arcs that the cut counts, the places behind it."""


def certify(problem: PlanningProblem, served: Mapping[str, Served]) -> tuple[Certificate, Behind]:
    """Return bounds and the arrival envelope per direction, and what each cut consists of.

    Parameters
    ----------
    served
        What the schedule achieves, by direction id. A bound is for serving as many persons of the same commodity; where
        nobody is served there is none.
    """
    bounds: list[Bound] = []
    envelope: list[EnvelopePoint] = []
    behind: Behind = {}
    for name, _label in problem.directions:
        direction = _Direction(problem, name)
        if direction.demand == 0:
            continue
        bounds.extend(_bounds(direction, served[name], behind))
        envelope.extend(_envelope(problem, direction, served[name]))
    return Certificate(bounds=tuple(bounds), envelope=tuple(envelope)), behind


def _bounds(direction: _Direction, served: Served, behind: Behind) -> list[Bound]:
    found: list[Bound] = []
    cuts = (
        (CARS, direction.cars, served.cars, served.cars_clearance_s),
        (PERSONS, direction.persons, served.persons, served.clearance_s),
    )
    best_s = 0
    for commodity, cutter, persons, clearance_s in cuts:
        cut = cutter.latest_short_of(persons, low_s=best_s, high_s=clearance_s) if persons else None
        if cut is not None:
            found.append(_label_bound(direction.name, commodity, persons, cut))
            behind[found[-1].id] = cutter.explain(cut)
            best_s = max(best_s, cut.horizon_s)
    short = None
    if served.transport:
        short = direction.fleet.latest_short_of(served.transport, high_s=served.transport_clearance_s)
    if short is not None:
        found.append(
            Bound(
                id=f"{direction.name}/fleet", direction=direction.name, kind="fleet", commodity=TRANSPORT,
                persons=served.transport, horizon_s=short[0], phi=short[1], clearance_s=short[0] + 1, labels=(),
                extension="distance",
            )
        )  # fmt: skip
    return found


def _label_bound(direction: str, commodity: str, persons: int, cut: Cut) -> Bound:
    return Bound(
        id=f"{direction}/{commodity}", direction=direction, kind="label_cut", commodity=commodity, persons=persons,
        horizon_s=cut.horizon_s, phi=cut.phi, clearance_s=cut.horizon_s + 1, labels=cut.labels, extension=cut.extension,
    )  # fmt: skip


def _envelope(problem: PlanningProblem, direction: _Direction, served: Served) -> list[EnvelopePoint]:
    horizon_s = problem.network.horizon_s
    points = LARGE_ENVELOPE_POINTS if len(problem.network.arcs) > LARGE_NETWORK_ARCS else ENVELOPE_POINTS
    last = min(horizon_s, max(served.clearance_s, 1))
    times = sorted({*(last * k // points for k in range(1, points + 1)), horizon_s})
    return [_point(direction, t) for t in times]


def _point(direction: _Direction, t: int) -> EnvelopePoint:
    """Return an envelope point; parts that prove nothing are left out and count as their demand."""
    parts: list[EnvelopePart] = []
    cars = _part(parts, CARS, direction.cars.cut(t) if direction.by_car else None, direction.by_car)
    fleet = direction.fleet.arrived_by(t)
    if fleet < direction.carried:
        parts.append(EnvelopePart(commodity=TRANSPORT, phi=fleet, labels=(), extension="distance"))
    by_parts = cars + min(fleet, direction.carried)
    persons = _part(parts, PERSONS, direction.persons.cut(t), direction.demand)
    return EnvelopePoint(
        direction=direction.name, t_s=t, persons_at_most=min(by_parts, persons, direction.demand), parts=tuple(parts)
    )


def _part(parts: list[EnvelopePart], commodity: str, cut: Cut | None, demand: int) -> int:
    if cut is None or cut.phi >= demand:
        return demand
    parts.append(EnvelopePart(commodity=commodity, phi=cut.phi, labels=cut.labels, extension=cut.extension))
    return cut.phi
