"""Bounds for what a schedule serves, as a certificate that anyone can sum again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from safepassage.domain.observer import Observer
from safepassage.domain.plan import Bound, Certificate, EnvelopePart, EnvelopePoint
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.remaining import remaining, under_way
from safepassage.engines.bounds.commodity import CARRIED, CARS, COMMODITY, PERSONS
from safepassage.engines.bounds.fleet_bound import FleetBound
from safepassage.engines.bounds.label_cut import Cut, Int64, LabelCuts

ENVELOPE_POINTS = ((5_000, 60), (50_000, 24), (10**9, 10))
"""(up to so many arcs, points of the arrival envelope): each point costs a cut or two."""
BEST_CUTS = "the best cuts"
"""What solvers are asked for here, as whoever misses it is told."""
STEADY_POINTS = 120
"""Points where steady flows give the labels."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a schedule achieves in one direction: (decided persons served, last arrival) by commodity."""

    by_commodity: Mapping[str, tuple[int, int]]

    @classmethod
    def of_groups(cls, by_group: Mapping[str, tuple[int, int]]) -> Served:
        """Return what is served by commodity: groups that take the same kind of place together."""
        rows: dict[str, tuple[int, int]] = {}
        for group, (persons, last_s) in by_group.items():
            n, t = rows.get(COMMODITY[group], (0, 0))
            rows[COMMODITY[group]] = (n + persons, max(t, last_s))
        return cls(rows)

    def of(self, commodity: str) -> tuple[int, int]:
        """Return (persons, last arrival) of a commodity; `persons` is everybody."""
        if commodity != PERSONS:
            return self.by_commodity.get(commodity, (0, 0))
        rows = self.by_commodity.values()
        return sum(n for n, _ in rows), max((t for _, t in rows), default=0)


Behind = dict[str, tuple[tuple[int, ...], tuple[str, ...]]]
"""By bound id: the arcs that the cut counts, the places behind it."""


class Certify(Protocol):
    """What finds bounds: `certify`, or what asks another process for them."""

    def __call__(
        self, problem: PlanningProblem, served: Mapping[str, Served], /, *, points: int | None = None,
        emptied_s: Sequence[Mapping[str, int]] = (),
    ) -> tuple[Certificate, Behind]:  # fmt: skip
        """Return bounds and envelope for what a schedule serves, as `certify` does."""
        ...


class BeginCertify(Protocol):
    """What begins to find bounds, and returns what waits for them."""

    def __call__(
        self, problem: PlanningProblem, served: Mapping[str, Served], /, *,
        emptied_s: Sequence[Mapping[str, int]] = (),
    ) -> Callable[[], tuple[Certificate, Behind]]:  # fmt: skip
        """Begin; whoever is given the bounds asks for them once they are needed."""
        ...


class _Direction:
    """The cuts of one direction, each made once."""

    def __init__(
        self, problem: PlanningProblem, direction: str, *, static: bool, steady: bool, solver: bool,
        all_only: bool,
    ) -> None:  # fmt: skip
        self.name, self.all_only = direction, all_only
        # All decided persons, those off the network included: an absent part of the envelope counts them.
        self.demand = dict.fromkeys((CARS, *CARRIED), 0)
        for row in problem.demand:
            if row.direction == direction and row.basis != "assumption":
                self.demand[COMMODITY[row.group]] += row.persons
        self.total = sum(self.demand.values())
        self.cars = LabelCuts(problem, direction, CARS, static=static, steady=steady, solver=solver)
        # Where nobody boards anything the cut of everybody would only say the same less sharply.
        by_car_only = self.total == self.demand[CARS] and self.cars.is_steady and not all_only
        self.persons = None if by_car_only else LabelCuts(problem, direction, PERSONS, solver=solver)
        self.fleet = {c: FleetBound(problem, direction, c) for c in CARRIED if self.demand[c]}
        self._node = {place.id: place.node for place in problem.places}

    def prepare(self, served: Served, emptied_s: Sequence[Mapping[str, int]]) -> None:
        """Tell the cuts what a schedule achieves, and where people wait how long in flows behind it."""
        persons, last_s = served.of(CARS)
        self.cars.prepare(max(1, last_s), [self._at_nodes(flow) for flow in emptied_s], persons)

    def _at_nodes(self, emptied_s: Mapping[str, int]) -> dict[int, int]:
        at_node: dict[int, int] = {}
        for place, second in sorted(emptied_s.items()):
            node = self._node[place]
            at_node[node] = max(second, at_node.get(node, 0))
        return at_node


def certify(
    problem: PlanningProblem,
    served: Mapping[str, Served],
    /,
    *,
    points: int | None = None,
    emptied_s: Sequence[Mapping[str, int]] = (),
    static: bool = False,
    solver: bool = True,
    all_only: bool = False,
    observer: Observer | None = None,
) -> tuple[Certificate, Behind]:
    """Return bounds and the arrival envelope per direction, and what each cut consists of.

    Parameters
    ----------
    served
        What the schedule achieves, by direction id. A bound is for serving as many persons of the same
        commodity; where nobody is served there is none.
    points
        Points of the arrival envelope up to the last arrival; None for what the size of the network allows.
    emptied_s
        By place the second by which nobody waits there any more, in flows like the one behind the schedule:
        they guide where labels are sought, and prove nothing by themselves.
    static
        Whether static cuts are tried beside steady flows on large networks too.
    solver
        Whether a library may be asked for cuts. Without, loops of our own find weaker ones.
    all_only
        Whether only cuts of everybody are stated: where a plan chose who drives and who takes a link, those
        of each hold for its choice alone.
    """
    problem = remaining(problem)
    bounds: list[Bound] = []
    envelope: list[EnvelopePoint] = []
    behind: Behind = {}
    for name, _label in problem.directions:
        direction = _Direction(
            problem, name, static=static, steady=any(emptied_s), solver=solver, all_only=all_only
        )
        if direction.total == 0:
            continue
        # The envelope comes first: its labels are what a clearance bound begins from.
        direction.prepare(served[name], emptied_s)
        points_of = _envelope(problem, direction, served[name], points)
        proved = _bounds(direction, served[name], behind)
        if observer is not None:
            observer.bound(name, max((b.clearance_s for b in proved), default=None))
        bounds.extend(proved)
        envelope.extend(points_of)
    for name, (arcs, places) in behind.items():
        behind[name] = arcs, tuple(place for place in places if not under_way(place))
    return Certificate(bounds=tuple(bounds), envelope=tuple(envelope)), behind


def _bounds(direction: _Direction, served: Served, behind: Behind) -> list[Bound]:
    found: list[Bound] = []
    best_s = 0
    cutters = [] if direction.all_only else [(CARS, direction.cars)]
    if direction.persons is not None:
        cutters.append((PERSONS, direction.persons))
    for commodity, cutter in cutters:
        persons, clearance_s = served.of(commodity)
        cut = cutter.latest_short_of(persons, low_s=best_s, high_s=clearance_s) if persons else None
        if cut is not None:
            found.append(_label_bound(direction.name, commodity, persons, cut))
            behind[found[-1].id] = cutter.explain(cut)
            best_s = max(best_s, cut.horizon_s)
    for commodity, fleet in ({} if direction.all_only else direction.fleet).items():
        persons, clearance_s = served.of(commodity)
        short = fleet.latest_short_of(persons, high_s=clearance_s) if persons else None
        if short is not None:
            found.append(_fleet_bound(direction.name, commodity, persons, *short))
    return found


def _fleet_bound(direction: str, commodity: str, persons: int, horizon_s: int, phi: int) -> Bound:
    return Bound(
        id=f"{direction}/{commodity}", direction=direction, kind="fleet", commodity=commodity,
        persons=persons, horizon_s=horizon_s, phi=phi, clearance_s=horizon_s + 1,
        labels=(), extension="distance",
    )  # fmt: skip


def _label_bound(direction: str, commodity: str, persons: int, cut: Cut) -> Bound:
    return Bound(
        id=f"{direction}/{commodity}", direction=direction, kind="label_cut", commodity=commodity,
        persons=persons, horizon_s=cut.horizon_s, phi=cut.phi, clearance_s=cut.horizon_s + 1,
        labels=cut.labels, extension=cut.extension,
    )  # fmt: skip


def _envelope(
    problem: PlanningProblem, direction: _Direction, served: Served, points: int | None
) -> list[EnvelopePoint]:
    horizon_s = problem.network.horizon_s
    if direction.persons is None:
        points = points or STEADY_POINTS
    points = points or next(n for arcs, n in ENVELOPE_POINTS if len(problem.network.arcs) <= arcs)
    last = min(horizon_s, max(served.of(PERSONS)[1], 1))
    # Before anybody can be there an envelope has nothing to say.
    first = min(direction.cars.first_arrival_s - 1, last - 1) if direction.persons is None else 0
    first = max(0, first)
    even = points - points // 2 if direction.persons is None else points
    times = [first + (last - first) * k // even for k in range(even + 1)]
    if even < points:
        people = [min(direction.cars.best(t, keep=True).phi, direction.total) for t in times]
        times = closer(times, people, points - even)
    before: dict[str, Int64] = {}
    return [_point(direction, t, before) for t in dict.fromkeys([*times, horizon_s]) if t]


def closer(times: Sequence[int], people: Sequence[int], more: int) -> list[int]:
    """Return the times with so many more between them, where that adds most to what an envelope proves.

    Between two times an envelope knows only what it says of the later one. Of an interval in which `people`
    rise by n in s seconds that loses about n * s / 2 person-seconds, and a k-th of it once it is cut in k.
    """
    at = np.asarray(times, dtype=np.int64)
    wide_s = np.diff(at)
    lost = wide_s * np.maximum(0, np.diff(np.asarray(people, dtype=np.int64)))
    parts = np.ones(len(wide_s), dtype=np.int64)
    for _ in range(more if len(parts) else 0):
        gain = np.where(parts < wide_s, lost / (parts * (parts + 1)), 0.0)
        best = int(np.argmax(gain))
        if gain[best] == 0.0:
            break
        parts[best] += 1
    cut = zip(at[:-1].tolist(), wide_s.tolist(), parts.tolist(), strict=True)
    return [*(int(t + s * k // n) for t, s, n in cut for k in range(n)), int(times[-1])]


def _point(direction: _Direction, t: int, before: dict[str, Int64]) -> EnvelopePoint:
    """Return an envelope point; parts that prove nothing are left out and count as their demand.

    `before` holds by commodity the labels of the last part that was not left out, and is kept up.
    """
    parts: list[EnvelopePart] = []
    by_parts = direction.total
    if not direction.all_only:
        by_parts = _by_parts(parts, direction, t, before)
    persons = _part(parts, PERSONS, direction.persons, t, direction.total, before)
    return EnvelopePoint(
        direction=direction.name,
        t_s=t,
        persons_at_most=min(by_parts, persons, direction.total),
        parts=tuple(parts),
    )


def _by_parts(parts: list[EnvelopePart], direction: _Direction, t: int, before: dict[str, Int64]) -> int:
    """Return how many can have arrived by `t` in cars and on each kind of place, added up."""
    demand = direction.demand
    by_parts = _part(parts, CARS, direction.cars, t, demand[CARS], before)
    for commodity, fleet in direction.fleet.items():
        arrived = fleet.arrived_by(t)
        if arrived < demand[commodity]:
            parts.append(EnvelopePart(commodity=commodity, phi=arrived, labels=(), extension="distance"))
        by_parts += min(arrived, demand[commodity])
    return by_parts


def _part(
    parts: list[EnvelopePart], commodity: str, cuts: LabelCuts | None, t: int, demand: int,
    before: dict[str, Int64],
) -> int:  # fmt: skip
    """Return how many of a commodity can have arrived by `t`; list the labels where they prove something."""
    if cuts is None or not demand:
        return demand
    found = cuts.best(t)
    if found.phi >= demand:
        return demand
    cut = cuts.listed(found, before.get(commodity))
    before[commodity] = found.alpha
    parts.append(EnvelopePart(commodity=commodity, phi=cut.phi, labels=cut.labels, extension=cut.extension))
    return cut.phi
