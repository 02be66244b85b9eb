"""Trips of trucks, one after the other: the least served place that can be reached goes next."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from safepassage.domain.aid.distribution import G_PER_T, AidProblem, Delivery, TruckDay
from safepassage.domain.plan import Leg, Route, VehicleChain
from safepassage.engines.distribution.convoys import Parts
from safepassage.engines.distribution.crew_hours import Crew
from safepassage.engines.distribution.least_times import FAR_S, LeastTimes
from safepassage.engines.distribution.loads import Trip
from safepassage.engines.distribution.roads import Roads, units_of
from safepassage.engines.distribution.standing import Planned, Standing, Stop
from safepassage.engines.distribution.store import Aboard, Call, Item, Left, Room, Round

TRIED_PLACES = 12
"""How many places are tried as the first stop of a trip, the least served first."""
FULL = 20
"""A truck with less than one part in so many left free is full."""
MG, UL = 10**6, 10**6
G_PER_KG = 1_000
FIRST, LATER = (Round.URGENT,), (Round.AHEAD, Round.ASKED, Round.REST)
EVERY = (*FIRST, *LATER)
WHOLE_PERCENT = 100
LACKS_PARTS = 10
"""What places lack is told apart in so many parts of their needs."""
LIGHTER_PERCENT = (100, 98, 94, 88, 75, 50, 20)
"""Parts of its mass with which a planned trip is tried, before it leaves out a stop."""
ROUNDING_S = 60
MOST_TRIED = 24
"""So many places are looked at for one trip."""


@dataclass(slots=True)
class Dispatcher:
    """Books trips on the roads; `cap_ppm_s` is the most that a crew is exposed to in a day (-1: no limit).

    Beyond what is planned no trip sets out for less than `crumbs`, a part of the worth of its places.
    Trucks in `handles_s` load and unload by weight for no longer than that. `back_before` is when trucks, by
    name and day, were back from what was driven before this plan; `exposed_before` is what their crews were
    exposed to on that, by truck and day.
    """

    problem: AidProblem
    roads: Roads
    left: Left
    times: LeastTimes
    cap_ppm_s: int
    windows: tuple[tuple[int, int], ...] = ()
    most_stops: int = 8
    crumbs: float = 0.0
    legs_before: dict[str, int] = field(default_factory=dict)
    back_before: dict[tuple[str, int], int] = field(default_factory=dict)
    exposed_before: dict[str, int] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    driven_m: int = 0
    driven_s: int = 0
    trips: list[Trip] = field(default_factory=list)
    loads: list[tuple[Stop, ...]] = field(default_factory=list)
    late: set[str] = field(default_factory=set)
    handles_s: dict[str, int] = field(default_factory=dict)
    planned: dict[str, list[Planned]] = field(default_factory=dict)
    _position: dict[tuple[int, int, tuple[int, ...]], int] = field(default_factory=dict)
    _runs: list[Any] = field(default_factory=list)
    _done: dict[str, Standing] = field(default_factory=dict)

    def anew(self, left: Left | None = None) -> Dispatcher:
        """Return a dispatcher of the same problem with nothing booked yet; `left` is what is left of it."""
        return replace(
            self, left=left or Left(self.problem, self.left.first), routes=[], deliveries=[], driven_m=0,
            driven_s=0, trips=[], loads=[], late=set(), handles_s={}, planned={}, _position={}, _runs=[],
            _done={},
        )  # fmt: skip

    def day(self, day: int) -> None:
        """Plan all trips of a day: whichever truck is free first gets the next one."""
        trucks = [truck for truck in self.problem.trucks if truck.day == day]
        standing = [self.standing(truck) for truck in trucks]
        queue = [(one.ready_s, position) for position, one in enumerate(standing)]
        heapq.heapify(queue)
        while queue:
            _, position = heapq.heappop(queue)
            one = standing[position]
            self._done[one.truck.id] = one
            if self._trip(one):
                heapq.heappush(queue, (one.ready_s, position))

    def standing(self, truck: TruckDay) -> Standing:
        """Return a truck at its base, once its crew has rested from the days before."""
        names = {one.truck for one in truck.line}
        back = {
            (name.truck, name.day): one.back_s
            for one in self._done.values() if one.legs for name in one.truck.line
        }  # fmt: skip
        back_s = [
            back_s for (name, day), back_s in (*self.back_before.items(), *back.items())
            if name in names and day < truck.day
        ]  # fmt: skip
        rested_s = max(back_s) + truck.rest_s if back_s else 0
        return Standing(
            truck, truck.base_node, max(truck.available_from_s, rested_s),
            crew=Crew(since_s=truck.unbroken_s),
            exposure_ppm_s=max(self.exposed_before.get(one.id, 0) for one in truck.line),
        )  # fmt: skip

    def node(self, place: str) -> int:
        """Return where a place is."""
        return self.times.node(place)

    def stop(self, place: str, items: list[Item]) -> Stop:
        """Return a stop at a place."""
        return Stop(self.times.node(place), place, items)

    def give_back(self) -> None:
        """Free the roads again."""
        for run in self._runs:
            self.roads.release(run)

    def chains(self) -> tuple[VehicleChain, ...]:
        """Return the legs of all trucks that move."""
        return tuple(
            VehicleChain(id=name, legs=tuple(legs))
            for name, legs in sorted(row for one in self._done.values() for row in one.legs.items())
        )

    def skeleton(self) -> list[Trip]:
        """Return the trips that were booked, each with what its truck's day leaves for handling by weight."""
        handled_s, most_s = self._handled_s(), self.at_most_s()
        spare_s = {
            trip.truck.id: handled_s[trip.truck.id] + self.left_s(trip.truck) - ROUNDING_S
            for trip in self.trips
        }  # fmt: skip
        return [
            replace(
                trip, laden=self._laden(trip),
                spare_s=max(0, min(spare_s[trip.truck.id], most_s.get(trip.truck.id, FAR_S))),
            )
            for trip in self.trips
        ]  # fmt: skip

    def at_most_s(self) -> dict[str, int]:
        """Return by truck that was late, for a gate or for want of a break, what it could handle then.

        Seconds of loading and unloading by weight; from distribution to distribution on the same trips.
        """
        handled_s = self._handled_s()
        return self.handles_s | {
            name: handled_s[name] - ROUNDING_S for name in self.late if name in handled_s
        }

    def _handled_s(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for trip, stops in zip(self.trips, self.loads, strict=True):
            grams = sum(self.left.mass_g(stop.items) for stop in stops)
            per_t_s = self.problem.rules.unload_s_per_t
            per_t_s += 0 if self._laden(trip) else self.problem.rules.load_s_per_t
            handled = grams * trip.truck.share(per_t_s) // G_PER_T
            found[trip.truck.id] = found.get(trip.truck.id, 0) + handled
        return found

    def _laden(self, trip: Trip) -> bool:
        """Tell whether loading takes nothing of the day; where work is what ends it, it does."""
        return trip.laden and not self._works_longest(trip.truck.id)

    def left_s(self, truck: TruckDay) -> int:
        """Return the seconds that are left of the day of a truck that moved."""
        one = self._done[truck.id]
        return 0 if truck.id in self.late else max(0, self._ends_s(one) - one.ready_s)

    def holds(self, planned: Mapping[str, Sequence[Planned]], spare_s: int = 0) -> bool:
        """Tell whether trips can be driven with all that they bring and so much time left in each day.

        No others are on the roads meanwhile; what trucks wait for each other is to fit into what is left.
        """
        done = self.anew()
        days = {truck.id: tired(truck, spare_s) for truck in self.problem.trucks if truck.id in planned}
        booked = all(done.drives(self.standing(truck), planned[name]) for name, truck in days.items())
        done.give_back()
        return booked

    def first_day(self, place: str) -> int | None:
        """Return the first day on which a truck that does nothing else gets to a place and home, None: none.

        Roads are as open, and as taken, as they are for this distribution and all that runs beside it.
        """
        alone, depots = self.anew(), sorted({lot.node for lot in self.problem.lots if lot.node >= 0})
        alike = {
            (t.day, t.type, t.base_node, t.available_from_s, t.available_until_s, t.max_duty_s, t.max_drive_s,
             t.unbroken_s): t
            for t in self.problem.trucks
        }  # fmt: skip
        for _, truck in sorted(alike.items(), key=lambda row: row[0]):
            for depot in depots:
                one = self.standing(truck)
                if alone.comes_to(one, depot, place):
                    alone.give_back()
                    return truck.day
        return None

    def comes_to(self, one: Standing, depot: int, place: str) -> bool:
        """Book a trip that brings nothing, as far as the roads go; tell whether it could be."""
        return self._book(one, depot, [self.stop(place, [])])

    def drives(self, one: Standing, planned: Sequence[Planned]) -> bool:
        """Book the trips of a truck with all that they bring; tell whether each could be."""
        for trip in planned:
            one.ready_s = max(one.ready_s, trip.from_s)
            there = self._of_what_is_there(one, trip) == trip
            if not there or not self._book(one, trip.depot, list(trip.stops)):
                return False
        return True

    # -- one trip --------------------------------------------------------------------------------

    def _trip(self, one: Standing) -> bool:
        """Book the next trip of a truck; it waits for goods that come only where no other trip is left."""
        ready_s = one.ready_s
        if self._trip_from(one):
            return True
        for comes_s in self._goods_come_s(one):
            one.ready_s = comes_s
            if self._trip_from(one):
                return True
        one.ready_s = ready_s
        return False

    def _goods_come_s(self, one: Standing) -> list[int]:
        """Return the seconds, before a truck has to be back, from which more goods are at a depot."""
        lots = enumerate(self.problem.lots)
        come_s = {lot.available_from_s for k, lot in lots if lot.node >= 0 and self.left.lots[k] > 0}
        return sorted(second for second in come_s if one.ready_s < second < self._ends_s(one))

    def _trip_from(self, one: Standing) -> bool:
        """Book a trip of a truck as it stands, what is planned first; tell whether there was one."""
        while self.planned.get(one.truck.id):
            planned = self.planned[one.truck.id].pop(0)
            for stop in planned.stops:
                self.left.free(stop.items)
            ready_s = one.ready_s
            lots = {item.lot for stop in planned.stops for item in stop.items}
            all_s = max([ready_s, *(self.problem.lots[lot].available_from_s for lot in lots)])
            for begins_s in dict.fromkeys((max(ready_s, planned.from_s), ready_s, all_s)):
                one.ready_s = begins_s
                there = self._of_what_is_there(one, planned)
                if self._lighter(one, there) or self._without_some(one, there.depot, list(there.stops)):
                    return True
            one.ready_s = ready_s
        for depot in self._depots(one):
            if not self._may_go(one, depot):
                continue
            for place in self._candidates(one, depot):
                stops = self._stops(one, depot, place)
                if self._worthwhile(stops) and self._as_much(one, depot, stops):
                    return True
        return False

    def _may_go(self, one: Standing, depot: int) -> bool:
        """Tell whether a truck has time for any trip from a depot that has something for a place."""
        rules = self.problem.rules
        spent_s = self._fetch_s(one, depot) + rules.load_base_s + rules.unload_base_s
        spent_s += self.times.least_round_s(one.truck, depot)
        return one.ready_s + spent_s < self._ends_s(one) and self.left.some_from(depot, one.truck.day)

    def _worthwhile(self, stops: list[Stop]) -> bool:
        """Tell whether a trip that was not planned brings some place more than crumbs."""
        return any(self.left.part_of_worth(stop.place, stop.items) >= self.crumbs for stop in stops)

    def _of_what_is_there(self, one: Standing, planned: Planned) -> Planned:
        """Return a trip without goods that are not at its depot yet when the truck loads at the earliest."""
        loads_s = one.ready_s + self._fetch_s(one, planned.depot)
        lots = self.problem.lots
        stops = (
            replace(stop, items=[item for item in stop.items if lots[item.lot].available_from_s <= loads_s])
            for stop in planned.stops
        )
        return replace(planned, stops=tuple(stop for stop in stops if stop.items))

    def _lighter(self, one: Standing, planned: Planned) -> bool:
        """Book a trip to all its stops, without the heaviest goods where that takes too long to unload."""
        for part in LIGHTER_PERCENT:
            stops = [
                Stop(stop.node, stop.place, self.left.lightened(stop.items, part)) for stop in planned.stops
            ]
            if self._book(one, planned.depot, [stop for stop in stops if stop.items]):
                if part < WHOLE_PERCENT:
                    self.late.add(one.truck.id)
                return True
        return False

    def _as_much(self, one: Standing, depot: int, stops: list[Stop]) -> bool:
        """Book a trip, without its last stops where there is no time for them; tell whether it could be."""
        while stops:
            if self._book(one, depot, stops):
                return True
            stops = stops[:-1]
        return False

    def _without_some(self, one: Standing, depot: int, stops: list[Stop]) -> bool:
        """Book a planned trip without stops that there is no time for; tell whether it could be.

        The place that has most of what it needs by other stops does without first; the last of equals.
        """
        while stops:
            if self._book(one, depot, stops):
                return True
            lacks = [int(LACKS_PARTS * self.left.lacks(stop.place)) for stop in stops]
            out = max(k for k, part in enumerate(lacks) if part == min(lacks))
            stops = [*stops[:out], *stops[out + 1 :]]
        return False

    def _depots(self, one: Standing) -> list[int]:
        """Return the depots with goods, the base first, then the nearest."""
        nodes = {
            lot.node for k, lot in enumerate(self.problem.lots) if lot.node >= 0 and self.left.lots[k] > 0
        }
        way_s = {node: self.way_s(one.truck, one.node, node) for node in nodes}
        return sorted((n for n in nodes if way_s[n] < FAR_S), key=lambda n: (way_s[n], n))

    def _candidates(self, one: Standing, depot: int) -> Iterator[str]:
        """Yield the places to go to first: what the shares want of the least served, then anything."""
        far_s = one.truck.available_until_s - one.ready_s
        nodes = ((place, self.times.node(place)) for place in self.left.places())
        places = [place for place, node in nodes if node >= 0 and self.way_s(one.truck, depot, node) <= far_s]
        urgent, wanted = self.left.urgent_places(one.truck.day), self.left.wanted_places()
        waiting = sorted(
            (place not in urgent, place not in wanted, self.left.share(place), place) for place in places
        )
        for _, _, _, place in waiting[:TRIED_PLACES]:
            yield place

    def _load(
        self, one: Standing, depot: int, place: str, room: Room, aboard: Aboard, rounds: tuple[Round, ...]
    ) -> list[Item]:
        truck = one.truck
        there_s = (
            one.ready_s + self.problem.rules.load_base_s + self.way_s(truck, depot, self.times.node(place))
        )
        call = Call(depot, truck.day, one.ready_s, there_s, truck.cold_chain)
        return self.left.load(place, call, room, aboard, rounds)

    def _stops(self, one: Standing, depot: int, first: str) -> list[Stop]:
        """Return the stops of a trip: the first place, then near ones while there are room and time.

        What is urgent goes to all stops before anything else goes to one of them.
        """
        truck, rules = one.truck, self.problem.rules
        room = Room(truck.payload_kg * MG, truck.volume_l * UL)
        per_t_s = truck.share(rules.load_s_per_t + rules.unload_s_per_t)
        stops: list[Stop] = []
        aboard = Aboard()
        place: str | None = first
        seen: set[str] = set()
        day_s = self._ends_s(one) - one.ready_s
        node, spent_s = depot, self._fetch_s(one, depot) + rules.load_base_s
        at, onward = (depot, truck.day, truck.cold_chain), self._onward(truck, node, seen)
        while place is not None and len(stops) < self.most_stops:
            seen.add(place)
            if not self.left.in_vain(place, at, FIRST if stops else EVERY):
                way_s = self.way_s(truck, node, self.times.node(place)) + rules.unload_base_s
                home_s = self.way_s(truck, self.times.node(place), truck.base_node)
                mass_s = aboard.mass_g * per_t_s // G_PER_T
                left_s = day_s - spent_s - way_s - home_s - mass_s
                tried = Room(room.mg, room.ul)
                tried.by_time(left_s, per_t_s)
                items = self._load(one, depot, place, tried, aboard, FIRST) if left_s > 0 else []
                if not items and left_s > 0 and not stops:
                    items = self._load(one, depot, place, tried, aboard, LATER)
                if items:
                    room, node, spent_s = tried, self.times.node(place), spent_s + way_s
                    stops.append(Stop(node, place, items))
                    onward = self._onward(truck, node, seen)
            full = room.mg * FULL < truck.payload_kg * MG or room.ul * FULL < truck.volume_l * UL
            place = None if full or len(seen) > MOST_TRIED else next(onward, None)
        for which in LATER:
            for stop in stops:
                stop.items.extend(self._load(one, depot, stop.place, room, aboard, (which,)))
        return stops

    def _fetch_s(self, one: Standing, depot: int) -> int:
        return 0 if one.node == depot else self.way_s(one.truck, one.node, depot)

    def way_s(self, truck: TruckDay, node: int, to_node: int) -> int:
        """Return the least seconds of a way; a great number without one."""
        return self.times.least_s(truck, node, to_node)

    def arrives_s(self, truck: TruckDay, ends: tuple[int, int], ready_s: int) -> int | None:
        """Return when a truck that is ready at a second is at the end of a way first; None without one."""
        ways = self.roads.ways(truck.weight_kg, *ends)
        runs = (self.roads.earliest(way, ready_s, units_of(truck)) for way in ways)
        return min((run.arrive_s for run in runs if run is not None), default=None)

    def _ends_s(self, one: Standing) -> int:
        """Return when a truck has to be back at the latest, by day, duty, work and the hours of movement."""
        return min(self._closes_s(one), self._works_until_s(one))

    def _closes_s(self, one: Standing) -> int:
        truck = one.truck
        ends_s = truck.available_until_s
        if truck.max_duty_s >= 0:
            ends_s = min(ends_s, (one.on_duty_s if one.on_duty_s >= 0 else one.ready_s) + truck.max_duty_s)
        inside = [end for start, end in self.windows if start < ends_s]
        return min(ends_s, max(inside, default=ends_s))

    def _works_longest(self, name: str) -> bool:
        """Tell whether it is the work of a crew, loading included, that ends the day of a truck."""
        return self._works_until_s(self._done[name]) < self._closes_s(self._done[name])

    def _works_until_s(self, one: Standing) -> int:
        """Return when the work of a crew has to end, loading included, had it begun as late as it can."""
        began_s = one.crew.began_s
        if began_s < 0:
            opens_s = min((start for start, end in self.windows if end > one.ready_s), default=0)
            loading_s = self.problem.rules.loading_s(one.truck.share(one.truck.payload_kg) * G_PER_KG)
            began_s = max(one.ready_s, opens_s - loading_s)
        return began_s + one.truck.work_s

    def _onward(self, truck: TruckDay, node: int, seen: set[str]) -> Iterator[str]:
        """Yield places that still wait for something, each on the smallest way round."""
        asked = self.left.urgent_places(truck.day) or self.left.wanted_places() or None
        return self.times.onward(truck, node, asked, seen)

    def _book(self, one: Standing, depot: int, stops: list[Stop]) -> bool:
        """Book a trip, with the way home; nothing is booked where it does not fit into the day."""
        truck, rules = one.truck, self.problem.rules
        booked: list[tuple[int, int, Any]] = []
        node, ready_s = one.node, one.ready_s
        stops, parts = self._parted(truck, stops)
        if not stops:
            return False
        loading_s = max(
            rules.loading_s(self.left.mass_g([item for items in parts for item in items[k]]))
            for k in range(len(truck.line))
        )
        halts = [(depot, -loading_s)] if node != depot else []
        if not halts:
            ready_s += loading_s
        crew = replace(one.crew, loading_s=0 if halts else loading_s)
        # All unload side by side: a stop takes as long as the truck that unloads longest.
        halts += [
            (stop.node, max(rules.unloading_s(self.left.mass_g(items)) for items in shared))
            for stop, shared in zip(stops, parts, strict=True)
        ]
        halts.append((truck.base_node, 0))
        exposure = one.exposure_ppm_s
        for to_node, halt_s in halts:
            run = self._run(one, (node, to_node), ready_s, booked, exposure, crew)
            if run is None:
                self._undo(booked)
                return False
            crew = crew.after(one.truck, ready_s, run)
            self.roads.reserve(run)
            exposure += self.roads.exposure_ppm_s(run)
            booked.append((node, to_node, run))
            node, ready_s = to_node, run.arrive_s + abs(halt_s)
        fetched = len(halts) > len(stops) + 1
        if not self._fresh(stops, booked[fetched:]):
            self._undo(booked)
            return False
        one.crew = crew
        self._keep(one, booked, (stops, parts), fetched=fetched)
        one.exposure_ppm_s = exposure
        return True

    def _parted(self, truck: TruckDay, stops: list[Stop]) -> tuple[list[Stop], list[list[list[Item]]]]:
        """Return the stops with what fits on the trucks of a convoy, and who carries what to each."""
        if not truck.members:
            return stops, [[stop.items] for stop in stops]
        goods = [self.left.good(i) for i in range(len(self.problem.needs))]
        parts = Parts(truck, [stop.items for stop in stops], goods)
        kept = [
            (Stop(stop.node, stop.place, items), shared)
            for stop, items, shared in zip(stops, parts.loads, parts.of, strict=True)
            if items or not stop.items
        ]  # fmt: skip
        return [stop for stop, _ in kept], [shared for _, shared in kept]

    def _undo(self, booked: list[tuple[int, int, Any]]) -> None:
        for _, _, run in booked:
            self.roads.release(run)

    def _fresh(self, stops: list[Stop], runs: list[tuple[int, int, Any]]) -> bool:
        """Tell whether nothing has expired when it arrives."""
        lots = self.problem.lots
        return all(
            lots[item.lot].expires_s < 0 or lots[item.lot].expires_s > run.arrive_s
            for stop, (_, _, run) in zip(stops, runs, strict=False)
            for item in stop.items
        )

    def _run(
        self,
        one: Standing,
        ends: tuple[int, int],
        ready_s: int,
        booked: list[tuple[int, int, Any]],
        exposure: int,
        crew: Crew,
    ) -> Any:
        """Return the run that arrives first of those within the day and the exposure of the crew, or None.

        Where the crew had driven for too long on arrival it has a break before it sets out.
        """
        found, truck = None, one.truck
        for way in self.roads.ways(truck.weight_kg, *ends):
            run = self.roads.earliest(way, ready_s, units_of(truck))
            if run is not None and crew.after(truck, ready_s, run).tired(truck):
                run = self.roads.earliest(way, ready_s + truck.break_s, units_of(truck))
            if run is None or (found is not None and run.arrive_s >= found.arrive_s):
                continue
            fit = crew.after(truck, ready_s, run).fit(truck, run)
            if fit and self._within(one, booked, run, exposure):
                found = run
        return found

    def _within(self, one: Standing, booked: list[tuple[int, int, Any]], run: Any, exposure: int) -> bool:
        """Tell whether a run lies within the truck's day, its hours of duty and what its crew may bear."""
        truck = one.truck
        since_s = one.on_duty_s if one.on_duty_s >= 0 else (booked[0][2].depart_s if booked else run.depart_s)
        on_time = run.arrive_s <= truck.available_until_s
        on_duty = truck.max_duty_s < 0 or run.arrive_s - since_s <= truck.max_duty_s
        return on_time and on_duty and (
            self.cap_ppm_s < 0 or exposure + self.roads.exposure_ppm_s(run) <= self.cap_ppm_s
            or not self.roads.exposure_ppm_s(run)
        )  # fmt: skip

    def _keep(
        self,
        one: Standing,
        booked: list[tuple[int, int, Any]],
        brought: tuple[list[Stop], list[list[list[Item]]]],
        *,
        fetched: bool,
    ) -> None:
        stops, parts = brought
        self._runs += [run for _, _, run in booked]
        self.loads.append(tuple(stops))
        self.trips.append(
            Trip(
                truck=one.truck, depot=booked[fetched][0],
                loads_s=booked[0][2].arrive_s if fetched else one.ready_s, spare_s=0,
                laden=not fetched and one.on_duty_s < 0 and (one.truck.max_duty_s >= 0 or bool(self.windows)),
                stops=tuple(
                    (stop.place, run.arrive_s)
                    for stop, (_, _, run) in zip(stops, booked[fetched:], strict=False)
                ),
            )
        )  # fmt: skip
        for stop in stops:
            self.left.take(stop.items)
        for k, truck in enumerate(one.truck.line):
            names = self._drive(one, truck, [(a, b, run.runs[k]) for a, b, run in booked])
            loaded = names[0] if fetched else one.last.get(truck.id, "")
            for shared, name in zip(parts, names[fetched:], strict=False):
                self._deliver(truck, (loaded, name), shared[k])
            one.last[truck.id] = names[-1]
        if one.on_duty_s < 0:
            one.on_duty_s = booked[0][2].depart_s
        one.node, one.ready_s = one.truck.base_node, booked[-1][2].arrive_s

    def _drive(self, one: Standing, truck: TruckDay, runs: list[tuple[int, int, Any]]) -> list[str]:
        """Write the legs of one truck; return their names."""
        legs, before = one.legs.setdefault(truck.id, []), self.legs_before.get(truck.id, 0)
        for node, to_node, run in runs:
            legs.append(
                Leg(id=f"{truck.id}.{before + len(legs) + 1}", route=self._route(node, to_node, run.arcs),
                    depart_s=run.depart_s, waits=run.waits, arrive_s=run.arrive_s)
            )  # fmt: skip
            self.driven_m += self.roads.length_m(run.arcs)
            self.driven_s += run.arrive_s - run.depart_s
        return [leg.id for leg in legs[-len(runs) :]]

    def _deliver(self, truck: TruckDay, legs: tuple[str, str], items: list[Item]) -> None:
        """Write what one truck, loaded at the end of a leg, unloads at the end of another."""
        for item in items:
            need = self.problem.needs[item.need]
            self.deliveries.append(
                Delivery(
                    truck=truck.id, leg=legs[1], loaded=legs[0], place=need.place, commodity=need.commodity,
                    lot=self.problem.lots[item.lot].id, due=need.due, milli=item.milli,
                )
            )  # fmt: skip

    def _route(self, from_node: int, to_node: int, arcs: tuple[int, ...]) -> int:
        key = (from_node, to_node, arcs)
        if key not in self._position:
            self._position[key] = len(self.routes)
            self.routes.append(Route(from_node=from_node, to_node=to_node, arcs=arcs))
        return self._position[key]


def tired(truck: TruckDay, sooner_s: int) -> TruckDay:
    """Return a truck whose day ends so much sooner."""
    duty_s = max(0, truck.max_duty_s - sooner_s) if truck.max_duty_s >= 0 else truck.max_duty_s
    return replace(truck, available_until_s=truck.available_until_s - sooner_s, max_duty_s=duty_s)
