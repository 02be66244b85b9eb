"""The problem that is left at "now": people where they stand, vehicles where they become free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from safepassage.domain.case import Group
from safepassage.domain.history import History, Standing, going_on, standing
from safepassage.domain.plan import LinkRide, Load, Route
from safepassage.domain.planning_problem import DemandRow, PlacedPlace, PlanningProblem, Vehicle
from safepassage.domain.timed_network import TimedNetwork

Key = tuple[str, str, str]
UNDER_WAY = "\x00"
"""First sign of the ids of places made up for people on the road; no id of a case begins with it."""


def under_way(place: str) -> bool:
    """Tell whether a place is made up for people on the road."""
    return place.startswith(UNDER_WAY)


def remaining(problem: PlanningProblem) -> PlanningProblem:
    """Return the problem as it stands when its history ends; without a history, the problem itself.

    Whoever is under way starts at the node where the way can first be changed, in the second it is reached.
    Vehicles start where they become free. Nobody else departs before now, so what was open only then is
    closed. A bound for this problem holds for
    every plan with the same history (docs/explanation/model.md).
    """
    if problem.history is None:
        return problem
    return _Remaining(problem, problem.history).problem()


@dataclass(slots=True)
class _Remaining:
    whole: PlanningProblem
    history: History

    def problem(self) -> PlanningProblem:
        moved = list(self._moved())
        now_s = self.history.now_s
        left: dict[Key, int] = {}
        for key, persons, _ in moved:
            left[key] = left.get(key, 0) + persons
        demand: list[DemandRow] = []
        for row in self.whole.demand:
            taken = 0
            if row.basis != "assumption":
                key = (row.place, row.direction, row.group)
                taken = min(row.persons, left.get(key, 0))
                left[key] = left.get(key, 0) - taken
            demand.append(replace(row, persons=row.persons - taken))
        places = [replace(p, release_s=max(p.release_s, now_s)) for p in self.whole.places]
        made, people = _placed(moved)
        return replace(
            self.whole, history=None, network=from_now(self.whole.network, now_s),
            places=(*places, *made), fleet=self._fleet(),
            demand=(*(row for row in demand if row.persons), *people),
        )  # fmt: skip

    def _moved(self) -> Iterator[tuple[Key, int, Standing]]:
        """Yield decided persons who have left their place, with where they stand."""
        for stream in self.history.cars:
            if stream.reserve:
                continue
            route = self.history.routes[stream.route]
            for car in stream.departures:
                at = self._stand(route, car.depart_s, car.waits)
                yield (stream.place, stream.direction, str(Group.OWN_VEHICLE)), car.persons, at
        on = going_on(self.history)
        for leg, load, at in self._stages():
            for item in load:
                if item.reserve:
                    continue
                key = (leg, item.place, item.direction, item.group, item.reserve)
                gone = 0 if item.site else min(item.persons, on.get(key, 0))
                on[key] = on.get(key, 0) - gone
                if item.persons > gone:
                    yield (item.place, item.direction, item.group), item.persons - gone, at

    def _stand(self, route: Route, depart_s: int, waits: tuple[tuple[int, int], ...]) -> Standing:
        return standing(self.whole.network, route, depart_s, waits, self.history.now_s)

    def _stages(self) -> Iterator[tuple[str, tuple[Load, ...], Standing]]:
        for chain in self.history.vehicles:
            for leg in chain.legs:
                route = self.history.routes[leg.route]
                yield leg.id, leg.load, self._stand(route, leg.depart_s, leg.waits)
        for ride in self.history.link_rides:
            yield ride.id, ride.load, self._stand(self._link(ride), ride.depart_s, ())

    def _link(self, ride: LinkRide) -> Route:
        arcs = self.whole.network.arcs
        tail, head = int(arcs.tail[ride.arc]), int(arcs.head[ride.arc])
        return Route(from_node=tail, to_node=head, arcs=(ride.arc,))

    def _fleet(self) -> tuple[Vehicle, ...]:
        last = {chain.id: chain.legs[-1] for chain in self.history.vehicles}
        fleet = []
        for vehicle in self.whole.fleet:
            base, ready_s = vehicle.base_node, vehicle.available_from_s
            if vehicle.id in last:
                leg = last[vehicle.id]
                at = self._stand(self.history.routes[leg.route], leg.depart_s, leg.waits)
                base, ready_s = at.node, max(ready_s, at.at_s)
            # Loading may have begun before now, if only as long before as the fullest load takes.
            rules = self.whole.rules
            loading_s = rules.longest_loading_s(vehicle)
            ready_s = max(ready_s, self.history.now_s - loading_s)
            fleet.append(replace(vehicle, base_node=base, available_from_s=ready_s))
        return tuple(fleet)


def from_now(network: TimedNetwork, now_s: int) -> TimedNetwork:
    """Return the network without the capacity before now of arcs that have a profile."""
    profiles = {
        arc: tuple(
            part
            for p in pieces
            for part in (
                replace(p, until_s=min(p.until_s, now_s), capacity_mveh_h=0),
                replace(p, from_s=max(p.from_s, now_s)),
            )
            if part.from_s < part.until_s
        )
        for arc, pieces in network.profiles.items()
    }
    return replace(network, profiles=profiles)


def _placed(moved: list[tuple[Key, int, Standing]]) -> tuple[list[PlacedPlace], list[DemandRow]]:
    """Return a place for each node and second at which people stand, and their demand there."""
    people: dict[tuple[int, int, str, str], int] = {}
    for (_, direction, group), persons, at in moved:
        row = (at.node, at.at_s, direction, group)
        people[row] = people.get(row, 0) + persons
    stands = sorted({row[:2] for row in people})
    places = [
        PlacedPlace(
            id=_name(*at), name="people under way", kind="under_way", node=at[0], pickup_node=at[0],
            release_s=at[1], direction="", capacity_persons=-1,
        )
        for at in stands
    ]  # fmt: skip
    rows = [
        DemandRow(place=_name(node, at_s), direction=direction, group=group, persons=n, basis="exercise")
        for (node, at_s, direction, group), n in sorted(people.items())
    ]
    return places, rows


def _name(node: int, at_s: int) -> str:
    return f"{UNDER_WAY}{node}@{at_s}"
