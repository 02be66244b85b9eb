"""Sums bounds again: label cuts and the fleet bound, as the model writes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from safepassage_verify.paths import UNREACHED, Paths
from safepassage_verify.roads import BUS, CAR, LINK, Int64, int64
from safepassage_verify.snapshot import COMMODITY, OWN_VEHICLE, Snapshot

SECONDS_PER_HOUR = 3600
NO_LIMIT = None
_NEVER_EARLY = -1


def exact_sum(values: Int64) -> int:
    """Return the sum of non-negative 64-bit numbers, which may itself be larger."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def pairs(labels: Sequence[Sequence[int]]) -> Int64:
    """Return (n, 2) nodes and labels of rows that the agreed shape allows."""
    flat = np.fromiter(chain.from_iterable(labels), dtype=np.int64, count=2 * len(labels))
    return flat.reshape(-1, 2)


def changed(alpha: Int64, given: Int64) -> Int64:
    """Return (n_nodes,) labels with those given, (n, 2) nodes and labels, in place of their own."""
    new = alpha.copy()
    new[given[:, 0]] = given[:, 1]
    return new


class LabelCuts:
    """Label sums of one direction and commodity (`cars` or `persons`)."""

    def __init__(
        self, snapshot: Snapshot, direction: str, commodity: str, *, paths: Paths | None = None
    ) -> None:
        self.snapshot, self.direction, self.commodity = snapshot, direction, commodity
        roads = snapshot.roads
        self._paths = paths or Paths(roads)
        usable = roads.ever_open & (roads.directions & snapshot.bit(direction) != 0)
        if commodity == "cars":
            usable &= roads.modes & CAR != 0
        self.arc = np.flatnonzero(usable)
        self.tail, self.head = roads.tail[self.arc], roads.head[self.arc]
        self.least_s = roads.least_travel_s[self.arc]

    @cached_property
    def _people(self) -> tuple[Int64, Int64, Int64]:
        """Origin, release and number of decided persons of the commodity who have an origin."""
        rows = []
        for key, persons in self.snapshot.decided.items():
            origin = self.snapshot.origin(key)
            mine = key[1] == self.direction and (self.commodity == "persons" or key[2] == OWN_VEHICLE)
            if mine and origin >= 0:
                rows.append((origin, self.snapshot.places[key[0]].release_s, persons))
        columns = int64(rows).reshape(-1, 3)
        return columns[:, 0], columns[:, 1], columns[:, 2]

    @cached_property
    def _sites(self) -> list[tuple[int, int]]:
        """Node and capacity of every site of the direction."""
        return [(site.node, site.capacity_persons) for site in self.snapshot.sites(self.direction)]

    @cached_property
    def times_to_site(self) -> Int64:
        """Least travel time from every node to a site of the direction."""
        return self._paths.times_to(self.arc, ((node, 0) for node, _ in self._sites))

    @cached_property
    def first_arrivals(self) -> Int64:
        """Least time at which decided persons of the commodity can be at every node, releases included."""
        origin, release_s, _ = self._people
        starts = zip(origin.tolist(), release_s.tolist(), strict=True)
        return self._paths.times_from(self.arc, starts)

    def labels(self, horizon_s: int, given: Int64, extension: str = "distance") -> Int64:
        """Return all labels: those given, and for other nodes what the extension rule says."""
        times = self.times_to_site
        alpha = np.where(times < UNREACHED, horizon_s + 1 - times, _NEVER_EARLY)
        if extension == "earliest":
            alpha = np.minimum(alpha, self.first_arrivals)
        return changed(alpha, given)

    def phi(self, horizon_s: int, given: Sequence[Sequence[int]], extension: str = "distance") -> int | None:
        """Return the most persons who can have arrived by `horizon_s`, or None where the sum has no limit."""
        return self.total(horizon_s, self.labels(horizon_s, pairs(given), extension))

    def total(self, horizon_s: int, alpha: Int64) -> int | None:
        """Return the label sum of (n_nodes,) labels, None where it has no limit."""
        origin, release_s, persons = self._people
        total = exact_sum(persons[alpha[origin] > release_s])
        for node, room in self._sites:
            if alpha[node] <= horizon_s:
                if room < 0:
                    return NO_LIMIT
                total += room
        crossing = self._crossing(alpha)
        return NO_LIMIT if crossing is None else total + crossing

    def _crossing(self, alpha: Int64) -> int | None:
        """Return the most persons who enter arcs of the cut while it is crossed."""
        roads = self.snapshot.roads
        a = np.maximum(alpha[self.tail], 0)
        b = np.minimum(alpha[self.head] - self.least_s, roads.horizon_s)
        cut = np.flatnonzero(a < b)
        arc, a, b = self.arc[cut], a[cut], b[cut]
        persons, limited = self._person_limit(arc, a, b)
        by_road, driven = self._road_limit(arc, a, b)
        if not (limited | driven).all():
            return NO_LIMIT
        least = np.where(limited & driven, np.minimum(persons, by_road), np.where(limited, persons, by_road))
        return exact_sum(least)

    def _person_limit(self, arc: Int64, a: Int64, b: Int64) -> tuple[Int64, NDArray[np.bool_]]:
        """Return Q and whether there is one."""
        roads = self.snapshot.roads
        per_hour = roads.persons.before(arc, b) - roads.persons.before(arc, a)
        limit = per_hour // SECONDS_PER_HOUR + self.snapshot.rules.burst_persons
        limited = roads.unlimited.before(arc, b) == roads.unlimited.before(arc, a)
        timed = np.flatnonzero(roads.timetable.rank[arc] >= 0)
        limit[timed] = roads.timetable.places_between(arc[timed], a[timed], b[timed])
        limited[timed] = True
        return limit, limited

    def _road_limit(self, arc: Int64, a: Int64, b: Int64) -> tuple[Int64, NDArray[np.bool_]]:
        """Return the persons in the vehicles that fit, and whether that is a limit (not on link arcs)."""
        roads, rules = self.snapshot.roads, self.snapshot.rules
        room = (
            roads.capacity.before(arc, b)
            - roads.capacity.before(arc, a)
            + SECONDS_PER_HOUR * rules.burst_mveh
        )
        if self.commodity == "cars":
            vehicles = room // (SECONDS_PER_HOUR * rules.car_units_mveh)
            return vehicles * rules.persons_per_car, np.ones(len(arc), dtype=bool)
        most = np.zeros(len(arc), dtype=np.int64)
        for places, units in self._kinds:
            per_vehicle = SECONDS_PER_HOUR * units
            # room * places // per_vehicle, arranged so that it cannot overflow
            carried = room // per_vehicle * places + room % per_vehicle * places // per_vehicle
            most = np.maximum(most, carried)
        return most, roads.modes[arc] & LINK == 0

    @cached_property
    def _kinds(self) -> tuple[tuple[int, int], ...]:
        """(places, units) of every kind of vehicle, cars included."""
        rules = self.snapshot.rules
        kinds = {(vehicle.places, vehicle.units_mveh) for vehicle in self.snapshot.fleet.values()}
        return tuple(sorted(kinds | {(rules.persons_per_car, rules.car_units_mveh)}))


class FleetBound:
    """The bound on persons who need one kind of place, by vehicles and link rides in one direction."""

    def __init__(
        self, snapshot: Snapshot, direction: str, commodity: str, *, paths: Paths | None = None
    ) -> None:
        self.snapshot, self.direction, self.commodity = snapshot, direction, commodity
        self._paths = paths or Paths(snapshot.roads)
        self.vehicles = [v for v in snapshot.fleet.values() if v.places_of(commodity) > 0]
        self.waiting: dict[tuple[int, str], int] = {}
        # Those aboard, or between two rides, need no more of anybody's time: they count as arrived.
        self.under_way = 0
        for key, persons in snapshot.decided.items():
            origin = snapshot.origin(key)
            if key[1] != direction or COMMODITY[key[2]] != commodity or origin < 0:
                continue
            if key[0] in snapshot.under_way:
                self.under_way += persons
            else:
                self.waiting[origin, key[2]] = self.waiting.get((origin, key[2]), 0) + persons
        roads = snapshot.roads
        bit = snapshot.bit(direction)
        permitted = roads.ever_open & (roads.directions & bit != 0)
        self._driven = np.flatnonzero(roads.ever_open & (roads.modes & BUS != 0))
        self._loaded = np.flatnonzero(permitted & (roads.modes & BUS != 0))
        self._links = np.flatnonzero(permitted & (roads.modes & LINK != 0))
        self._sites = [site.node for site in snapshot.sites(direction)]

    def phi(self, horizon_s: int) -> int:
        """Return the most persons of the commodity who can have arrived by `horizon_s`."""
        total, budget = self._on_links + self.under_way, self._budget(horizon_s)
        if budget is None:
            return total
        for cost, persons in self._costs:
            taken = persons if cost * persons <= budget else budget // cost
            budget -= cost * taken
            total += taken
            if taken < persons:
                break
        return total

    def _budget(self, horizon_s: int) -> int | None:
        """Return the places of the fleet times the seconds each can work, None if none can bring anybody."""
        rules = self.snapshot.rules
        largest = max((vehicle.places_of(self.commodity) for vehicle in self.vehicles), default=0)
        slowest = max((rules.of_group(group)[1] for _, group in self.waiting), default=0)
        saved = self._longest_return + rules.unload_base_s + slowest * largest
        budget = None
        for vehicle in self.vehicles:
            access = int(self._access[vehicle.base_node])
            left = horizon_s - vehicle.available_from_s - access
            if access < UNREACHED and left >= rules.load_base_s + self._shortest_loaded:
                budget = (budget or 0) + vehicle.places_of(self.commodity) * (left + saved)
        return budget

    @cached_property
    def _pickups(self) -> list[int]:
        """Where somebody waits."""
        return sorted({node for node, _ in self.waiting})

    @cached_property
    def _access(self) -> Int64:
        """Time from every node to the nearest pick-up (or head of a link arc)."""
        boarding = [*self._pickups, *self.snapshot.roads.head[self._links].tolist()]
        return self._paths.times_to(self._driven, ((node, 0) for node in boarding))

    @cached_property
    def _returns(self) -> dict[int, int]:
        """Time from each site back to a pick-up, 0 where there is no way or link arcs exist."""
        times = {site: int(self._access[site]) for site in self._sites}
        return {site: 0 if len(self._links) or time == UNREACHED else time for site, time in times.items()}

    @cached_property
    def _longest_return(self) -> int:
        return max(self._returns.values(), default=0)

    @cached_property
    def _shortest_loaded(self) -> int:
        """Least time from a pick-up to a site, 0 where link arcs exist."""
        if len(self._links):
            return 0
        times = self._paths.times_to(self._loaded, ((site, 0) for site in self._sites))
        return min((int(times[node]) for node in self._pickups), default=0)

    @cached_property
    def _costs(self) -> list[tuple[int, int]]:
        """(seconds of a place that a person costs, persons), cheapest first; those who need a vehicle."""
        rules = self.snapshot.rules
        smallest = min((vehicle.places_of(self.commodity) for vehicle in self.vehicles), default=0)
        base = rules.load_base_s + rules.unload_base_s
        loaded = self._paths.times_to(self._loaded, self._returns.items(), links=self._links)
        return sorted(
            (base + sum(rules.of_group(group)) * smallest + int(loaded[node]), persons)
            for (node, group), persons in self.waiting.items()
            if node not in self._walkers and loaded[node] < UNREACHED
        )

    @cached_property
    def _walkers(self) -> set[int]:
        """Pick-ups from which link arcs alone lead to a site."""
        if not len(self._links):
            return set()
        on_foot = self._paths.times_to(int64([]), ((site, 0) for site in self._sites), links=self._links)
        return {node for node in self._pickups if on_foot[node] == 0}

    @cached_property
    def _on_links(self) -> int:
        """Persons who need no vehicle."""
        return sum(persons for (node, _), persons in self.waiting.items() if node in self._walkers)
