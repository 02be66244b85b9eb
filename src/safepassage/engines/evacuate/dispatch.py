"""Vehicles in the order in which they are ready: each goes where prices say that its places gain most."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate

from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.domain.price_sheet import Guide, SeatGuide
from safepassage.engines.evacuate.cars import CarGroup, CarPlanner
from safepassage.engines.evacuate.fleet import NEVER_S, FleetPlanner, loaded, places
from safepassage.engines.evacuate.journeys import Journey, Stage
from safepassage.engines.evacuate.ledger import SEAT, STRETCHER, WHEELCHAIR, Claimant
from safepassage.engines.evacuate.tours import Found, Planner, Visit
from safepassage.engines.evacuate.trips import Party, Slot, Trip, VehicleState

KIND = {SEAT: "seated", WHEELCHAIR: "wheelchair", STRETCHER: "stretcher"}
TRIED = 3
"""So many rides are booked for a trial before the best of them is kept."""
LATE_S = 300
"""A ride that arrives this much later than the prices foresaw is compared with the next best."""
MISSED_S = 7_200
"""A trip of a tour so much later than foreseen has missed what it was to meet: it goes with fewer, or not."""
CAR_SLACK_S = 60
"""Cars that leave within a minute are sent together."""
Stop = tuple[str, int, int]
"""(direction, node, release)."""
Booked = tuple[Trip, list[Party], str]
"""A trip, who is aboard, the site."""


@dataclass(frozen=True, slots=True, order=True)
class Ride:
    """A ride on offer: what all places gain (negative, so that the best sorts first), where, arrival.

    `at_s`: when the vehicle can be at the stop; `load`: whom it could take along, by kind of place.
    """

    loss: int
    stop: Stop
    site: int
    arrive_s: int
    at_s: int
    load: tuple[int, ...]


@dataclass(slots=True)
class Dispatcher:
    """Sends vehicles and cars out until nobody is left whom they can bring to a site, or it is `enough`."""

    problem: PlanningProblem
    fleet: FleetPlanner
    cars: CarPlanner
    guide: Guide
    claims: list[Claimant]
    enough: Callable[[], bool]
    _tours: dict[str, list[Visit]] = field(default_factory=dict)
    _holds: dict[int, int] = field(default_factory=dict)
    _met: dict[int, list[int]] = field(default_factory=dict)
    _spots: dict[tuple[int, str], int] = field(default_factory=dict)
    _at: dict[Stop, dict[str, list[Claimant]]] = field(default_factory=dict)
    _site_node: dict[str, int] = field(default_factory=dict)
    _lead_s: int | None = None
    _coming: dict[str, Trip] = field(default_factory=dict)
    _in_vain: dict[tuple[int, Stop, tuple[int, ...]], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for claim in self.claims:
            if not claim.by_car and claim.node >= 0:
                stop = (claim.direction, claim.node, claim.place.release_s)
                self._at.setdefault(stop, {}).setdefault(claim.kind, []).append(claim)
        self._site_node = {place.id: place.node for place in self.problem.places if place.direction}

    def _allot(self) -> dict[str, list[Visit]]:
        """Give every vehicle the tour that its share of the places falls to, by its rarest kind of place."""
        alike: dict[tuple[int, int, int], list[tuple[Vehicle, int]]] = {}
        for vehicle_id in sorted(self.fleet.states()):
            vehicle = self.fleet.vehicle(vehicle_id)
            for kind in (STRETCHER, WHEELCHAIR, SEAT):
                fleet = self._fleet(vehicle, kind)
                key = (-1 if fleet is None else fleet, vehicle.base_node, vehicle.available_from_s)
                if places(vehicle, kind) and key in self.guide.tours:
                    alike.setdefault(key, []).append((vehicle, places(vehicle, kind)))
                    break
        tours = {}
        for key, vehicles in alike.items():
            rows = self.guide.tours[key]
            total, passed = sum(n for _, n in vehicles), 0
            for vehicle, n in vehicles:
                at = (passed + n / 2) / total * sum(amount for amount, _ in rows)
                passed += n
                reached = accumulate(amount for amount, _ in rows)
                position = next((i for i, end in enumerate(reached) if end >= at), len(rows) - 1)
                tours[vehicle.id] = [
                    Visit((stop,), self.guide.sites[site]) for stop, site, _ in rows[position][1]
                ]
        return tours

    def seek(self, steps: int) -> Found:
        """Return tours searched from those that the prices' own journeys round to."""
        first = self._allot()
        planner = Planner(self.problem, self.fleet.ways, self.fleet, self.cars, self.claims, self.guide)
        return planner.find(first, steps, self.enough) or Found(first, {}, {}, {}, self.cars.tolls, 0, 0)

    def follow(self, found: Found, lead_s: int | None) -> None:
        """Take tours, and keep the places at sites that they and cars will need.

        Empty vehicles go through what binds in the order of the slots found for them; with a lead when their
        loads go, then so much before their slots where there is room.
        """
        self._lead_s = lead_s
        self._tours = {vehicle: list(tour) for vehicle, tour in found.tours.items()}
        self._holds, self.cars.tolls = dict(found.holds), found.tolls
        self._met = {i: list(times) for i, times in found.cars.items()}
        self._spots = {(i, site): n for i, spots in found.parked.items() for site, n in spots.items()}
        for visit in (v for tour in self._tours.values() for v in tour):
            self.fleet.room.keep(visit.site, visit.persons)
        for (_, site), persons in self._spots.items():
            self.fleet.room.keep(site, persons)

    def run(self) -> None:
        """Send out tours with the cars that meet them, then other cars, and vehicles for whoever is left.

        Of tours and cars that meet what may bind, whoever meets it first by the search goes first, empty
        or loaded, car after car; of others, whoever is ready first. A vehicle with many aboard takes less
        road a head than cars do: they fill what is left, second by second.
        """
        self.fleet.peers = self.claims
        for i, hold_s in self._holds.items():
            self.cars.hold(self.claims[i], hold_s)
        met = {str(i): times[0] for i, times in self._met.items() if times}
        self._run(list(self._tours), met, self._on_tour, self._next_car)
        for (_, site), persons in self._spots.items():
            self.fleet.room.keep(site, -persons)
        self._send([], [self.cars.bound_for(self.claims[i], site, n) for (i, site), n in self._spots.items()])
        others = [self.cars.everybody(claim) for claim in self.claims if claim.by_car]
        self._send(list(self.fleet.states()), others)

    def _send(self, vehicles: list[str], groups: list[CarGroup]) -> None:
        """Send groups of cars, and vehicles where their places gain most, whoever is ready first."""
        ready = {str(n): group.claim.place.release_s for n, group in enumerate(groups)}
        self._run(
            vehicles, ready, self._on_best, lambda n, now_s: self.cars.send(groups[n], now_s + CAR_SLACK_S)
        )

    def _next_car(self, i: int, _now_s: int) -> int | None:
        """Send one car of a claim; return when the next of them meets what may bind."""
        times = self._met[i]
        times.pop(0)
        return times[0] if self.cars.send_one(self.claims[i]) and times else None

    def _run(
        self, vehicles: list[str], cars: Mapping[str, int], ride: Callable[[Vehicle], int | None],
        send: Callable[[int, int], int | None],
    ) -> None:  # fmt: skip
        states = self.fleet.states()
        queue = [(self._when(vehicle, states[vehicle].ready_s), 0, vehicle) for vehicle in sorted(vehicles)]
        queue += [(ready_s, 1, i) for i, ready_s in cars.items()]
        heapq.heapify(queue)
        while queue and not self.enough():
            now_s, by_car, key = heapq.heappop(queue)
            then_s = send(int(key), now_s) if by_car else ride(self.fleet.vehicle(key))
            if then_s is not None:
                heapq.heappush(queue, (then_s, by_car, key))

    def _commit(self, vehicle: str, booked: Booked) -> int:
        trip, aboard, site = booked
        self.fleet.commit(trip, aboard, site)
        return self._when(vehicle, trip.states[vehicle].ready_s)

    def _when(self, vehicle: str, ready_s: int) -> int:
        """Return when the next ride of a tour meets what may bind; without one, when the vehicle is ready."""
        tour = self._tours.get(vehicle)
        if not tour:
            return ready_s
        slot = tour[0].slot if self._comes_first(vehicle) else None
        return max(ready_s, tour[0].enter_s if slot is None else slot[1])

    def _comes_first(self, vehicle: str) -> bool:
        """Tell whether an empty vehicle takes its slot before its load is booked, and has not yet."""
        return self._lead_s is None and vehicle not in self._coming

    def _on_best(self, vehicle: Vehicle) -> int | None:
        """Book the ride on which a vehicle gains most; return when it is ready again, None without one."""
        found = self._best(vehicle)
        return None if found is None else self._commit(vehicle.id, found)

    def _on_tour(self, vehicle: Vehicle) -> int | None:
        """Let a vehicle come to its next load, or bring that to its site; return when it is on next.

        A ride for which nobody waits, or which does not keep its time, is left out. None at the end.
        """
        tour = self._tours.get(vehicle.id, [])
        if tour and tour[0].slot is not None and self._comes_first(vehicle.id):
            tour[0] = self._come(vehicle, tour[0], tour[0].slot)
            return self._when(vehicle.id, self.fleet.states()[vehicle.id].ready_s)
        while tour:
            visit = tour.pop(0)
            self.fleet.room.keep(visit.site, -visit.persons)
            if (coming := self._coming.pop(vehicle.id, None)) is not None:
                coming.undo()
            done = self._in_time(vehicle, visit)
            if done is not None:
                return self._commit(vehicle.id, done)
        return None

    def _come(self, vehicle: Vehicle, visit: Visit, slot: Slot) -> Visit:
        """Hold the way of an empty vehicle to a visit until its load is booked; return the visit so held.

        Where a gate is full, who comes a few seconds late would find no place before all others have passed,
        had these been booked first because their loads go sooner.
        """
        coming = Trip(self.problem, self.fleet.ways, self.fleet.roads)
        coming.deadhead(vehicle, self.fleet.states()[vehicle.id], visit.stops[0][1], slot)
        self._coming[vehicle.id] = coming
        arc, second = slot
        for passage in coming.passages:
            if arc in passage.arcs:
                second = passage.seconds[passage.arcs.index(arc)]
        return replace(visit, slot=(arc, second))

    def _in_time(self, vehicle: Vehicle, visit: Visit) -> Booked | None:
        """Book a visit with ever fewer aboard while it misses its time; None where nobody is in time."""
        while True:
            done = self._call(vehicle, visit)
            if done is None or visit.arrive_s < 0:
                return done
            if done[0].legs[-1][1].arrive_s - visit.arrive_s <= MISSED_S:
                return done
            done[0].undo()
            visit = visit.lighter()
            if not visit.persons:
                return None

    def _call(self, vehicle: Vehicle, visit: Visit) -> Booked | None:
        """Book a ride to all pick-ups of a visit; to the first alone where that does not fit."""
        stops = self.fleet.boarding(
            vehicle, visit.site, [self._waiting_at(vehicle, s) for s in visit.stops], visit.loads
        )
        for part in (stops, stops[:1]):
            if part:
                goal = self._site_node[visit.site]
                journey = Journey(visit.site, (Stage(part[0][0].claim.node, goal),), 0)
                slot = None if visit.slot is None else (visit.slot[0], visit.slot[1] - (self._lead_s or 0))
                done = self.fleet.book_round(part, journey, vehicle.id, slot)
                if not isinstance(done, str):
                    return (*done, visit.site)
        return None

    def _waiting_at(self, vehicle: Vehicle, stop: Stop) -> list[Claimant]:
        kinds = self._at.get(stop, {})
        claims = [c for kind in KIND if places(vehicle, kind) for c in kinds.get(kind, ()) if c.left]
        # Who has carers boards first: others would sit in the carers' seats.
        return sorted(claims, key=lambda c: (not c.together, c.share_ppm, c.place.id, c.kind))

    def _best(self, vehicle: Vehicle) -> Booked | None:
        """Book the ride on which the places of a vehicle gain most."""
        best: tuple[int, Booked] | None = None
        for tried, ride in enumerate(sorted(self._offers(vehicle, self.fleet.states()[vehicle.id]))):
            if best is not None and (tried >= TRIED or best[0] <= ride.loss):
                break
            # Roads only fill: what did not fit for one like this, that came no later, does not fit now.
            alike = self.fleet.type_of(vehicle.id), ride.stop, ride.load
            if ride.at_s >= self._in_vain.get(alike, NEVER_S):
                continue
            done = self._attempt(vehicle, ride.stop, ride.site)
            if done is None:
                self._in_vain[alike] = ride.at_s
                continue
            late_s = max(0, done[0].legs[-1][1].arrive_s - ride.arrive_s)
            persons = sum(party.persons for party in done[1])
            loss = ride.loss + late_s * (persons + vehicle.places // 2) + self._priced(done[1])
            done[0].undo()
            if best is None or loss < best[0]:
                best = (loss, done)
            if late_s <= LATE_S:
                break
        if best is None:
            return None
        best[1][0].redo()
        return best[1]

    def _offers(self, vehicle: Vehicle, state: VehicleState) -> list[Ride]:
        offers = []
        for stop, kinds in sorted(self._at.items()):
            load = {
                kind: min(n, sum(c.left_of(kind) for claims in kinds.values() for c in claims))
                for kind in KIND
                if (n := places(vehicle, kind)) and self._seats(vehicle, kind) is not None
            }
            if any(load.values()):
                ride = self._offer(vehicle, state, stop, load)
                if ride is not None:
                    offers.append(ride)
        return offers

    def _seats(self, vehicle: Vehicle, kind: str) -> SeatGuide | None:
        fleet = self._fleet(vehicle, kind)
        return None if fleet is None else self.guide.seats[fleet]

    def _fleet(self, vehicle: Vehicle, kind: str) -> int | None:
        horizon_s, until_s = self.problem.network.horizon_s, vehicle.available_until_s
        until_s = horizon_s if until_s < 0 else min(until_s, horizon_s)
        return self.guide.fleet_of.get((KIND[kind], vehicle.weight_kg, until_s))

    def _offer(
        self, vehicle: Vehicle, state: VehicleState, stop: Stop, load: Mapping[str, int]
    ) -> Ride | None:
        at_s = self.fleet.empty_arrival(vehicle, state, stop[1])
        step_s = self.guide.sheet.step_s
        if at_s is None or at_s >= self.problem.network.horizon_s:
            return None
        step = at_s // step_s
        main = max(load, key=lambda kind: (load[kind], kind))
        chosen = self._seats(vehicle, main)
        column = None if chosen is None else chosen.pickup.get(stop)
        if chosen is None or column is None or chosen.site[step, column] < 0:
            return None
        site, arrive_s = int(chosen.site[step, column]), int(chosen.arrive_s[step, column])
        gain = 0
        for kind, n in load.items():
            seats = self._seats(vehicle, kind)
            if seats is None:
                continue
            then = self._worth(seats, self.guide.sites[site], arrive_s)
            gain += places(vehicle, kind) * then
            c = seats.pickup.get(stop)
            if n and c is not None and seats.site[step, c] >= 0:
                own = self._worth(
                    seats, self.guide.sites[int(seats.site[step, c])], int(seats.arrive_s[step, c])
                )
                gain += n * (int(seats.ride[step, c]) - own)
        return Ride(-gain, stop, site, arrive_s, at_s, tuple(load.values()))

    def _worth(self, seats: SeatGuide, site: str, arrive_s: int) -> int:
        rules = self.problem.rules
        step = (arrive_s + rules.unload_base_s + rules.unload_per_person_s) // self.guide.sheet.step_s
        column = seats.ready.get(self._site_node[site])
        return 0 if column is None or step >= len(seats.worth) else int(seats.worth[step, column])

    def _attempt(self, vehicle: Vehicle, stop: Stop, site_position: int) -> Booked | None:
        """Book a ride to its site, or to another with room; return it, or None."""
        claims = [c for kind in KIND for c in self._at[stop].get(kind, ()) if c.left]
        claims.sort(key=lambda c: (not c.together, c.share_ppm, c.place.id, c.kind))
        first = self.guide.sites[site_position]
        others = [s.id for s in self.problem.sites(stop[0]) if s.id != first]
        carrier = loaded(vehicle, claims[0])
        others.sort(key=lambda s: (self.fleet.ways.between(carrier, stop[1], self._site_node[s]).cost, s))
        for site in (first, *others):
            if self.fleet.room.room(site) == 0:
                continue
            journey = Journey(site, (Stage(stop[1], self._site_node[site]),), 0)
            stops = self.fleet.boarding_at(claims, journey, vehicle)
            if not stops:
                return None
            done = self.fleet.book_round(stops, journey, vehicle.id)
            if not isinstance(done, str):
                return (*done, site)
        return None

    def _priced(self, aboard: list[Party]) -> int:
        """Return what the exposure of those aboard is worth, in seconds of later arrival of all of them."""
        if not self.fleet.ways.exposure_price:
            return 0
        return sum(p.persons * self.fleet.ways.price_s(p.exposure_ppm_s) for p in aboard)
