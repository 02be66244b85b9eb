"""Vehicles of the fleet: trip after trip, each by the vehicle that brings people there first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from safepassage.domain.network import Mode
from safepassage.domain.plan import Leg, LinkRide, VehicleChain
from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.engines.evacuate import ledger
from safepassage.engines.evacuate.cars import no_way
from safepassage.engines.evacuate.journeys import Journey, Journeys, Stage
from safepassage.engines.evacuate.ledger import SEAT, STRETCHER, WHEELCHAIR, Claimant, SiteRoom
from safepassage.engines.evacuate.roadway import Roadway
from safepassage.engines.evacuate.trips import Booked, Party, Slot, Trip, VehicleState
from safepassage.engines.evacuate.ways import Carrier, Ways, bus_empty

TRIED_VEHICLES = 40
"""How many vehicles are tried for a ride, best estimate first, before the journey is given up."""
FULL_ROADS = 8
"""After so many vehicles for which the roads have no room left, no more are tried for a ride."""
HALF_EMPTY = 2
"""With more than one place in so many free, a vehicle sent out calls at further pick-ups."""
MOST_STOPS = 5
"""A vehicle that is not full calls at up to so many further pick-ups."""
MOST_DETOUR_S = 2_400
"""A further stop may cost those aboard this much, dwell included; more is a trip of its own (practice)."""
NEVER_S = 10**9
NO_VEHICLE_NEEDED = dict.fromkeys((SEAT, WHEELCHAIR, STRETCHER), NEVER_S)
"""Places on a journey by trains, boats and footpaths alone."""


def places(vehicle: Vehicle, kind: str) -> int:
    """Return a vehicle's places of one kind."""
    return {SEAT: vehicle.seats, WHEELCHAIR: vehicle.wheelchair, STRETCHER: vehicle.stretcher}[kind]


@dataclass(slots=True)
class FleetPlanner:
    """Books trips of vehicles and rides on links for people without an own vehicle.

    `peers` are the claims of the current phase: a vehicle with places left calls for them on the way. `tolls`
    says how many seconds of a person's time a place at a site is worth to others. `booked` are all trips.
    """

    problem: PlanningProblem
    ways: Ways
    roads: Roadway
    room: SiteRoom
    journeys: Journeys
    peers: Sequence[Claimant] = ()
    first_ride: int = 1
    tolls: Mapping[str, int] = field(default_factory=dict)
    _vehicles: dict[str, Vehicle] = field(default_factory=dict)
    _types: list[list[Vehicle]] = field(default_factory=list)
    _type_of: dict[str, int] = field(default_factory=dict)
    _state: dict[str, VehicleState] = field(default_factory=dict)
    _legs: dict[str, list[Leg]] = field(default_factory=dict)
    _rides: list[LinkRide] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    _found: dict[tuple[str, str], list[Journey]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        types: dict[tuple[tuple[str, int, int], int, int, int, int], list[Vehicle]] = {}
        for vehicle in self.problem.fleet:
            if vehicle.base_node >= 0 and vehicle.places > 0:
                self._vehicles[vehicle.id] = vehicle
                self._state[vehicle.id] = VehicleState(vehicle.base_node, vehicle.available_from_s)
                hours = (vehicle.available_until_s, vehicle.max_duty_s)
                kind = (
                    (vehicle.type, *hours), vehicle.seats, vehicle.wheelchair, vehicle.stretcher,
                    vehicle.weight_kg,
                )  # fmt: skip
                types.setdefault(kind, []).append(vehicle)
        self._types = list(types.values())
        self._type_of = {v.id: i for i, alike in enumerate(self._types) for v in alike}

    def states(self) -> dict[str, VehicleState]:
        """Return where every vehicle stands."""
        return self._state

    def type_of(self, vehicle_id: str) -> int:
        """Return a number that vehicles share which differ in where they stand and since when only."""
        return self._type_of[vehicle_id]

    def vehicle(self, vehicle_id: str) -> Vehicle:
        """Return a vehicle by id."""
        return self._vehicles[vehicle_id]

    def empty_arrival(self, vehicle: Vehicle, state: VehicleState, node: int) -> int | None:
        """Return when an empty vehicle can be at a node, None where it cannot get."""
        if state.node == node:
            return state.ready_s
        found = None
        for arcs in self.ways.deadheads(bus_empty(vehicle), state.node, node):
            passage = self.roads.earliest(arcs, state.ready_s, vehicle.units_mveh, 0)
            if passage is not None and (found is None or passage.arrive_s < found):
                found = passage.arrive_s
        return found

    def turn(self, claim: Claimant) -> bool:
        """Serve one trip of a claim; return False (with a reason) when no more can be served."""
        key = (claim.place.id, claim.direction)
        if key not in self._found:
            self._found[key] = self.journeys.of(claim.place, claim.direction)
        if not self._found[key]:
            claim.give_up(*no_way(self.problem, claim))
            return False
        reasons: dict[str, str] = {}
        for journey in self._by_arrival(self._found[key], claim):
            room = self.room.room(journey.site)
            if room == 0:
                reasons[ledger.SITE_FULL] = f"{journey.site} is full"
                continue
            trouble = self._book(claim, journey, claim.left if room is None else min(room, claim.left))
            if not trouble:
                return True
            reasons[trouble] = ""
        # Full sites are the reason only if nothing else stood in the way.
        reason = next((r for r in reasons if r != ledger.SITE_FULL), ledger.SITE_FULL)
        claim.give_up(reason, reasons[reason])
        return False

    # -- which vehicle ---------------------------------------------------------------------------

    def _by_arrival(self, journeys: list[Journey], claim: Claimant) -> list[Journey]:
        """Order journeys by the arrival that idle vehicles and free roads would give."""
        boarding_s: dict[int, int] = {}

        def estimate(journey: Journey) -> tuple[int, str]:
            first = next((s for s in journey.stages if s.link < 0), None)
            toll_s = self.tolls.get(journey.site, 0)
            if first is None:
                return claim.place.release_s + journey.duration_s + toll_s, journey.site
            if first.from_node not in boarding_s:
                at = (at for at, _ in self._estimates(claim, first, claim.place.release_s))
                boarding_s[first.from_node] = min(at, default=NEVER_S)
            return boarding_s[first.from_node] + journey.duration_s + toll_s, journey.site

        return sorted(journeys, key=estimate) if len(journeys) > 1 else journeys

    def _estimates(self, claim: Claimant, stage: Stage, ready_s: int) -> Iterator[tuple[int, str]]:
        """Yield (earliest boarding, vehicle) for vehicles with the place needed; twins appear once."""
        for vehicles in self._types:
            kind = vehicles[0]
            if not claim.boarding(all_places(kind), NEVER_S):
                continue
            if not self.ways.candidates(loaded(kind, claim), stage.from_node, stage.to_node):
                continue
            empty = bus_empty(kind)
            moved: dict[int, float] = {}
            seen: set[VehicleState] = set()
            for vehicle in vehicles:
                state = self._state[vehicle.id]
                twin = VehicleState(state.node, state.ready_s, state.on_duty_s)
                if twin in seen:
                    continue
                seen.add(twin)
                if state.node not in moved:
                    moved[state.node] = self.ways.empty_cost(empty, state.node, stage.from_node)
                if moved[state.node] < NEVER_S:
                    yield max(state.ready_s + round(moved[state.node]), ready_s), vehicle.id

    def _ranked(self, claim: Claimant, stage: Stage, ready_s: int, limit: int) -> list[str]:
        """Return the best vehicles for a ride, by when each alone would have brought all `limit` persons.

        A vehicle with places that others still wait for counts as one round trip later.
        """
        waited_for = self._special_needs() - {claim.kind}

        def key(estimate: tuple[int, str]) -> tuple[int, int, str]:
            at, vehicle_id = estimate
            vehicle = self._vehicles[vehicle_id]
            trips = -(-limit // max(1, places(vehicle, claim.kind)))
            needed = any(places(vehicle, kind) for kind in waited_for)
            return at + (trips - 1 + needed) * round_s, vehicle.places, vehicle_id

        estimates = list(self._estimates(claim, stage, ready_s))
        round_s = self._round_trip_s(claim, stage, estimates)
        return [v for _, v in sorted(estimates, key=key)[:TRIED_VEHICLES]]

    def _round_trip_s(self, claim: Claimant, stage: Stage, estimates: list[tuple[int, str]]) -> int:
        rules = self.problem.rules
        if not estimates:
            return 0
        carrier = loaded(self._vehicles[estimates[0][1]], claim)
        one_way_s = round(min(NEVER_S, self.ways.between(carrier, stage.from_node, stage.to_node).cost))
        return 2 * one_way_s + rules.load_base_s + rules.unload_base_s

    def _special_needs(self) -> set[str]:
        """Return the kinds of special place that people still wait for."""
        return {c.kind for c in self.peers if c.kind in {WHEELCHAIR, STRETCHER} and c.left and not c.reason}

    # -- one trip --------------------------------------------------------------------------------

    def _book(self, claim: Claimant, journey: Journey, limit: int) -> str:
        """Book a journey for one load, or nothing; return "" or the reason why not."""
        limit = min(limit, self._link_places(claim, journey))
        if limit == 0:
            return ledger.ROAD_TIME
        first = next((s for s in journey.stages if s.link < 0), None)
        if first is None:
            return self._attempt(claim, journey, limit, "")
        trouble, full = ledger.NO_VEHICLE, 0
        in_vain: dict[tuple[int, int, int], tuple[int, str]] = {}
        for vehicle_id in self._ranked(claim, first, claim.place.release_s, limit):
            if full >= FULL_ROADS:
                break
            state = self._state[vehicle_id]
            alike = self._type_of[vehicle_id], state.node, state.on_duty_s
            if alike in in_vain and state.ready_s >= in_vain[alike][0]:
                # Whoever is like one that found nothing, and ready no sooner, fares no better.
                trouble = in_vain[alike][1]
            else:
                book = self._round if len(journey.stages) == 1 else self._attempt
                trouble = book(claim, journey, limit, vehicle_id)
                in_vain[alike] = state.ready_s, trouble
            if not trouble:
                return ""
            full += trouble == ledger.ROAD_TIME
        return trouble

    def _link_places(self, claim: Claimant, journey: Journey) -> int:
        """Return how many persons the trains, boats and paths of a journey take at once.

        Departures that people cannot reach even on free roads do not count.
        """
        rules, at, least = self.problem.rules, claim.place.release_s, NEVER_S
        for stage in journey.stages:
            if stage.link < 0:
                cost = self.ways.between(self._lightest(claim), stage.from_node, stage.to_node).cost
                at += rules.load_base_s + rules.unload_base_s + round(min(NEVER_S, cost))
                continue
            seats = self.roads.places_left(stage.link, at)
            least = min(least, rules.burst_persons if seats is None else seats)
            at += self.ways.duration_s((stage.link,))
        return least

    def _lightest(self, claim: Claimant) -> Carrier:
        return Carrier(Mode.BUS, claim.direction, self.journeys.weight_kg)

    def _trip(self) -> Trip:
        return Trip(self.problem, self.ways, self.roads)

    def commit(self, trip: Trip, parties: list[Party], site: str) -> Booked:
        """Count the people of a trip as served and move its vehicles."""
        before = {vehicle_id: self._state[vehicle_id] for vehicle_id in trip.states}
        booked = Booked(trip, parties, site, before)
        self._count(booked)
        return booked

    def _count(self, booked: Booked) -> None:
        for vehicle_id, leg in booked.trip.legs:
            self._legs.setdefault(vehicle_id, []).append(leg)
        self._rides.extend(booked.trip.rides)
        self._state.update(booked.trip.states)
        for party in booked.parties:
            self.room.arrive(booked.site, party.persons, party.arrived_s)
            party.claim.serve(party.people)
        self.booked.append(booked)

    def restore(self, booked: Booked) -> None:
        """Book a trip again that was taken back, when its vehicle and the roads are as they were then."""
        booked.trip.redo()
        self._count(booked)

    def withdraw(self, booked: Booked) -> None:
        """Take back the last trip of a vehicle: its people wait again."""
        booked.trip.undo()
        self.booked.remove(booked)
        for vehicle_id, _ in booked.trip.legs:
            self._legs[vehicle_id].pop()
        self._state.update(booked.before)
        for party in booked.parties:
            self.room.leave(booked.site, party.persons, party.arrived_s)
            party.claim.serve({group: -persons for group, persons in party.people.items()})

    def _attempt(self, claim: Claimant, journey: Journey, limit: int, vehicle_id: str) -> str:
        """Book a journey with changes, or undo it; return "" or the reason."""
        free = all_places(self._vehicles[vehicle_id]) if vehicle_id else NO_VEHICLE_NEEDED
        trip, party = self._trip(), Party(claim, claim.boarding(free, limit))
        if not party.people:
            return ledger.NO_VEHICLE
        ready_s = claim.place.release_s
        for position, stage in enumerate(journey.stages):
            site = journey.site if position == len(journey.stages) - 1 else ""
            if stage.link >= 0:
                ride_id = f"ride-{self.first_ride + len(self._rides) + len(trip.rides)}"
                done = trip.ride(stage.link, party, ready_s=ready_s, ride_id=ride_id, site=site)
            else:
                done, vehicle_id = self._bus_stage(trip, party, stage, ready_s, site, vehicle_id), ""
            if isinstance(done, str):
                trip.undo()
                return done
            ready_s = done
        self.commit(trip, [party], journey.site)
        return ""

    def _bus_stage(
        self, trip: Trip, party: Party, stage: Stage, ready_s: int, site: str, vehicle_id: str
    ) -> int | str:
        """Drive a party between two nodes by the vehicle given, else by the best that takes all of it."""
        claim = party.claim
        ranked = [vehicle_id] if vehicle_id else self._ranked(claim, stage, ready_s, party.persons)
        whole = [v for v in ranked if _holds(self._vehicles[v], party)]
        if not whole:
            return ledger.NO_VEHICLE
        vehicle = self._vehicles[whole[0]]
        state = trip.deadhead(vehicle, trip.states.get(vehicle.id, self._state[vehicle.id]), stage.from_node)
        if state is None:
            return ledger.FLEET_TIME
        done = trip.drive(
            vehicle, loaded(vehicle, claim), state, stage.to_node, [party], loading_from_s=ready_s, site=site
        )
        return done if isinstance(done, str) else done.ready_s

    def _round(self, claim: Claimant, journey: Journey, limit: int, vehicle_id: str) -> str:
        """Book a round of pick-ups to one site; if the whole round does not fit, the first stop alone."""
        stops = self._stops(claim, journey, limit, self._vehicles[vehicle_id])
        if not stops:
            return ledger.NO_VEHICLE
        trouble = self._drive_round(stops, journey, vehicle_id)
        if trouble and (len(stops) > 1 or len(stops[0]) > 1):
            trouble = self._drive_round([stops[0][:1]], journey, vehicle_id)
        return trouble

    def _drive_round(self, stops: list[list[Party]], journey: Journey, vehicle_id: str) -> str:
        done = self.book_round(stops, journey, vehicle_id)
        if isinstance(done, str):
            return done
        trip, aboard = done
        self.commit(trip, aboard, journey.site)
        return ""

    def book_round(
        self, stops: list[list[Party]], journey: Journey, vehicle_id: str, slot: Slot | None = None
    ) -> tuple[Trip, list[Party]] | str:
        """Book a round without counting anybody as served yet; return it, or the reason why not."""
        vehicle, trip = self._vehicles[vehicle_id], self._trip()
        carrier = loaded(vehicle, stops[0][0].claim)
        state = trip.deadhead(vehicle, self._state[vehicle_id], stops[0][0].claim.node, slot)
        if state is None:
            trip.undo()
            return ledger.FLEET_TIME
        aboard: list[Party] = []
        nodes = [*(stop[0].claim.node for stop in stops[1:]), journey.stages[-1].to_node]
        for stop, node in zip(stops, nodes, strict=True):
            # Fresh parties: those of an attempt that failed have begun their journey.
            aboard.extend(Party(party.claim, party.people) for party in stop)
            site = journey.site if node is nodes[-1] and stop is stops[-1] else ""
            release_s = max(party.claim.place.release_s for party in stop)
            hop = None
            if not site:
                near = self.ways.hops(carrier, state.node).get(node)
                if near is None:
                    trip.undo()
                    return ledger.FLEET_TIME
                hop = near[1]
            done = trip.drive(
                vehicle, carrier, state, node, aboard, loading_from_s=release_s, site=site, hop=hop
            )
            if isinstance(done, str):
                trip.undo()
                return done
            state = done
        return trip, aboard

    def boarding(
        self, vehicle: Vehicle, site: str, calls: Sequence[list[Claimant]], loads: Sequence[Mapping[str, int]]
    ) -> list[list[Party]]:
        """Return the stops at which somebody boards, in order, while places and room last.

        With `loads`, at most so many by kind of place board at each. Pick-ups at one node are one stop.
        """
        free = all_places(vehicle)
        stated = self.room.room(site)
        room = NEVER_S if stated is None else stated
        stops: list[list[Party]] = []
        for i, claims in enumerate(calls):
            parties = []
            wanted = dict(loads[i]) if loads else dict(free)
            for claim in claims:
                most = {kind: min(n, wanted[kind]) for kind, n in free.items()}
                if claim.together:
                    # The search counts carers as anybody who sits: their seats are found among all of them.
                    most[SEAT] = free[SEAT]
                people = claim.boarding(most, room) if claim.left else {}
                if people:
                    parties.append(Party(claim, people))
                    for group, persons in people.items():
                        kind = ledger.KIND[group]
                        free[kind], wanted[kind] = free[kind] - persons, max(0, wanted[kind] - persons)
                    room -= parties[-1].persons
            if parties and stops and stops[-1][0].claim.node == parties[0].claim.node:
                stops[-1].extend(parties)
            elif parties:
                stops.append(parties)
        return stops

    def boarding_at(self, claims: list[Claimant], journey: Journey, vehicle: Vehicle) -> list[list[Party]]:
        """Return one stop with as many of the claims at a node as there is room for, in their order."""
        free = all_places(vehicle)
        room = self.room.room(journey.site)
        room = NEVER_S if room is None else room
        parties = []
        for claim in claims:
            people = claim.boarding(free, room) if claim.left else {}
            if people:
                parties.append(Party(claim, people))
                _take(free, parties[-1])
                room -= parties[-1].persons
        stops = [parties] if parties else []
        if stops and sum(free.values()) * HALF_EMPTY > vehicle.places:
            self._fill(stops, journey, vehicle, free, room)
        return stops

    def _stops(self, claim: Claimant, journey: Journey, limit: int, vehicle: Vehicle) -> list[list[Party]]:
        """Return the pick-ups of a round: the claim's own, then the nearest others while places last.

        Without room for anybody of the claim there is none.
        """
        free = all_places(vehicle)
        room = self.room.room(journey.site)
        room = NEVER_S if room is None else room
        first = Party(claim, claim.boarding(free, limit))
        if not first.people:
            return []
        _take(free, first)
        room -= first.persons
        stops = [[first]]
        self._fill(stops, journey, vehicle, free, room)
        return stops

    def _fill(
        self, stops: list[list[Party]], journey: Journey, vehicle: Vehicle, free: dict[str, int], room: int
    ) -> None:  # fmt: skip
        """Add the nearest further pick-ups to a round while places and room last."""
        claim = stops[0][0].claim
        carrier, site_node = loaded(vehicle, claim), journey.stages[-1].to_node
        taken = {id(party.claim) for party in stops[0]}
        while len(stops) <= MOST_STOPS and room > 0 and any(free.values()):
            here = stops[-1][0].claim.node
            found = self._next_stop(claim, carrier, here, site_node, free, taken)
            if found is None:
                break
            party = Party(found, found.boarding(free, room))
            taken.add(id(found))
            if not party.people:
                continue
            _take(free, party)
            room -= party.persons
            if found.node == here:
                stops[-1].append(party)
            else:
                stops.append([party])

    def _next_stop(
        self,
        claim: Claimant,
        carrier: Carrier,
        here: int,
        site_node: int,
        free: dict[str, int],
        taken: set[int],
    ) -> Claimant | None:
        """Return the claim of the same direction that costs those aboard least, None if all cost too much."""
        rules = self.problem.rules
        dwell_s = rules.load_base_s + rules.unload_base_s
        on_s, hops = self.ways.between(carrier, here, site_node).cost, self.ways.hops(carrier, here)
        best: tuple[float, int] | None = None
        for position, peer in enumerate(self.peers):
            if (
                peer.direction != claim.direction or peer.by_car or not peer.left or id(peer) in taken
                or not (free.get(peer.kind) or peer.together) or peer.node < 0 or peer.reason
            ):  # fmt: skip
                continue
            if peer.node == here:
                return peer
            if peer.node not in hops:
                continue
            there_s = hops[peer.node][0]
            from_s = self.ways.between(carrier, peer.node, site_node).cost
            detour_s = there_s + from_s - on_s + dwell_s
            if detour_s <= MOST_DETOUR_S and (best is None or (detour_s, position) < best):
                best = (detour_s, position)
        return None if best is None else self.peers[best[1]]

    def resume(
        self, legs: dict[str, list[Leg]], rides: list[LinkRide], states: dict[str, VehicleState], now_s: int
    ) -> None:
        """Start from what an earlier plan has booked; nobody loads before now what was not planned then."""
        self._legs.update(legs)
        self._rides.extend(rides)
        self._state.update({name: state for name, state in states.items() if name in self._vehicles})
        for name, state in self._state.items():
            self._state[name] = replace(state, ready_s=max(state.ready_s, now_s))

    def chains(self) -> tuple[VehicleChain, ...]:
        """Return the legs of all vehicles that move."""
        return tuple(VehicleChain(id=v, legs=tuple(legs)) for v, legs in sorted(self._legs.items()) if legs)

    def rides(self) -> tuple[LinkRide, ...]:
        """Return all rides on links, in order of departure."""
        return tuple(sorted(self._rides, key=lambda r: (r.depart_s, r.id)))


def all_places(vehicle: Vehicle) -> dict[str, int]:
    """Return a vehicle's places by kind."""
    return {kind: places(vehicle, kind) for kind in (SEAT, WHEELCHAIR, STRETCHER)}


def _take(free: dict[str, int], party: Party) -> None:
    for group, persons in party.people.items():
        free[ledger.KIND[group]] -= persons


def _holds(vehicle: Vehicle, party: Party) -> bool:
    """Tell whether a vehicle has places for a whole party."""
    free = all_places(vehicle)
    _take(free, party)
    return min(free.values()) >= 0


def loaded(vehicle: Vehicle, claim: Claimant) -> Carrier:
    """Return a vehicle with people of a claim aboard."""
    return Carrier(Mode.BUS, claim.direction, vehicle.weight_kg)
