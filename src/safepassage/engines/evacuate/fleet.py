"""Vehicles of the fleet: trip after trip, each by the vehicle that brings people there first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from safepassage.domain.case import Group
from safepassage.domain.network import Mode
from safepassage.domain.plan import Leg, LinkRide, Load, VehicleChain
from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.engines.evacuate import ledger
from safepassage.engines.evacuate.cars import no_way
from safepassage.engines.evacuate.exposure import capped_passage, passage_exposure
from safepassage.engines.evacuate.journeys import Journey, Journeys, Stage
from safepassage.engines.evacuate.ledger import SEATED, Claimant, SiteRoom
from safepassage.engines.evacuate.roadway import Passage, Roadway
from safepassage.engines.evacuate.ways import Carrier, Ways

TRIED_VEHICLES = 4
"""How many vehicles are tried for a ride, best estimate first, before the journey is given up."""
SAME_TIME_S = 600
"""Vehicles that bring people there within ten minutes of each other are told apart by how many they take."""

NEVER_S = 10**9
HELP_ORDER = (str(Group.STRETCHER), str(Group.WHEELCHAIR), str(Group.ASSISTED), str(Group.NEEDS_TRANSPORT))


@dataclass(frozen=True, slots=True)
class VehicleState:
    """Where a vehicle stands, from when it may load again, since when it is on duty."""

    node: int
    ready_s: int
    on_duty_s: int = -1
    legs: int = 0


@dataclass(slots=True)
class Trip:
    """What one attempt books, with all it takes to undo it.

    `after` is the leg or ride the load came with last, `since_s` when it arrived, `ready_s` when it may go on.
    """

    load: dict[str, int]
    ready_s: int
    after: str = ""
    since_s: int | None = None
    exposure_ppm_s: int = 0
    passages: list[Passage] = field(default_factory=list)
    legs: list[tuple[str, Leg]] = field(default_factory=list)
    rides: list[LinkRide] = field(default_factory=list)
    states: dict[str, VehicleState] = field(default_factory=dict)


@dataclass(slots=True)
class FleetPlanner:
    """Books trips of vehicles and rides on links for people without an own vehicle."""

    problem: PlanningProblem
    ways: Ways
    roads: Roadway
    room: SiteRoom
    journeys: Journeys
    _vehicles: dict[str, Vehicle] = field(default_factory=dict)
    _state: dict[str, VehicleState] = field(default_factory=dict)
    _legs: dict[str, list[Leg]] = field(default_factory=dict)
    _rides: list[LinkRide] = field(default_factory=list)
    _found: dict[tuple[str, str], list[Journey]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for vehicle in self.problem.fleet:
            if vehicle.base_node >= 0 and vehicle.places > 0:
                self._vehicles[vehicle.id] = vehicle
                self._state[vehicle.id] = VehicleState(vehicle.base_node, vehicle.available_from_s)

    def turn(self, claim: Claimant) -> bool:
        """Serve one trip of a claim; return False (with a reason) when no more can be served."""
        key = (claim.place.id, claim.direction)
        if key not in self._found:
            self._found[key] = self.journeys.of(claim.place, claim.direction)
        if not self._found[key]:
            claim.give_up(*no_way(self.problem, claim))
            return False
        reason = (ledger.NO_VEHICLE, "")
        for journey in self._by_arrival(self._found[key], claim):
            room = self.room.room(journey.site)
            if room == 0:
                reason = (ledger.SITE_FULL, f"{journey.site} is full")
                continue
            trouble = self._book(claim, journey, claim.left if room is None else min(room, claim.left))
            if not trouble:
                return True
            reason = (trouble, "")
        claim.give_up(*reason)
        return False

    def _by_arrival(self, journeys: list[Journey], claim: Claimant) -> list[Journey]:
        """Order journeys by the arrival that idle vehicles and free roads would give."""

        def estimate(journey: Journey) -> tuple[int, str]:
            first = next((s for s in journey.stages if s.link < 0), None)
            start = claim.place.release_s
            if first is not None:
                start = min((at for at, _ in self._estimates(claim.remaining, first, start, claim.direction)), default=NEVER_S)
            return start + journey.duration_s, journey.site

        return sorted(journeys, key=estimate) if len(journeys) > 1 else journeys

    def _estimates(
        self, people: dict[str, int], stage: Stage, ready_s: int, direction: str
    ) -> Iterator[tuple[int, str]]:
        """Yield (earliest boarding, vehicle) for vehicles that can take some of `people`; twins appear once."""
        seen: set[tuple[str, VehicleState]] = set()
        for vehicle_id, vehicle in self._vehicles.items():
            state = self._state[vehicle_id]
            twin = (vehicle.type, replace(state, legs=0))
            if twin in seen or not _fitting(people, vehicle, 1):
                continue
            seen.add(twin)
            carrier = Carrier(Mode.BUS, direction, vehicle.weight_kg)
            if not self.ways.candidates(carrier, stage.from_node, stage.to_node):
                continue
            moved_s = self._moved_s(vehicle, state.node, stage.from_node)
            if moved_s is not None:
                yield max(state.ready_s + moved_s, ready_s), vehicle_id

    def _moved_s(self, vehicle: Vehicle, from_node: int, to_node: int) -> int | None:
        """Return the least cost of driving empty between two nodes, None where there is no way."""
        if from_node == to_node:
            return 0
        tree = self.ways.from_tree(Carrier(Mode.BUS, "", vehicle.weight_kg), from_node)[0]
        cost = tree.cost[to_node]
        return round(float(cost)) if cost < NEVER_S else None

    def _book(self, claim: Claimant, journey: Journey, limit: int) -> str:
        """Book a journey for one load, or nothing; return "" or the reason why not."""
        for stage in journey.stages:
            if stage.link >= 0:
                places = self.roads.places_left(stage.link, claim.place.release_s)
                limit = min(limit, self.problem.rules.burst_persons if places is None else places)
        if limit == 0:
            return ledger.ROAD_TIME
        first = next((s for s in journey.stages if s.link < 0), None)
        if first is None:
            return self._attempt(claim, journey, _anybody(claim.remaining, limit), "")
        trouble = ledger.NO_VEHICLE
        for vehicle_id in self._ranked(claim, claim.remaining, first, claim.place.release_s, limit):
            people = _fitting(claim.remaining, self._vehicles[vehicle_id], limit)
            trouble = self._attempt(claim, journey, people, vehicle_id)
            if not trouble:
                return ""
        return trouble

    def _ranked(self, claim: Claimant, people: dict[str, int], stage: Stage, ready_s: int, limit: int) -> list[str]:
        """Return the best vehicles for a ride: there first, and taking many."""

        def key(estimate: tuple[int, str]) -> tuple[int, int, int, str]:
            vehicle = self._vehicles[estimate[1]]
            taken = sum(_fitting(people, vehicle, limit).values())
            return estimate[0] // SAME_TIME_S, -taken, vehicle.places, estimate[1]

        return [v for _, v in sorted(self._estimates(people, stage, ready_s, claim.direction), key=key)[:TRIED_VEHICLES]]

    # -- one attempt -----------------------------------------------------------------------------------------

    def _attempt(self, claim: Claimant, journey: Journey, people: dict[str, int], vehicle_id: str) -> str:
        """Reserve all stages for a load, or undo them all; return "" or the reason."""
        trip = Trip(load=people, ready_s=claim.place.release_s)
        for position, stage in enumerate(journey.stages):
            site = journey.site if position == len(journey.stages) - 1 else ""
            if stage.link >= 0:
                trouble = self._link_ride(trip, claim, stage, site)
            else:
                trouble, vehicle_id = self._bus_ride(trip, claim, stage, site, vehicle_id), ""
            if trouble:
                for passage in trip.passages:
                    self.roads.release(passage)
                return trouble
        self._commit(trip, claim, journey.site)
        return ""

    def _commit(self, trip: Trip, claim: Claimant, site: str) -> None:
        for vehicle_id, leg in trip.legs:
            self._legs.setdefault(vehicle_id, []).append(leg)
        self._rides.extend(trip.rides)
        self._state.update(trip.states)
        self.room.take(site, sum(trip.load.values()))
        for group, persons in trip.load.items():
            claim.remaining[group] -= persons

    def _link_ride(self, trip: Trip, claim: Claimant, stage: Stage, site: str) -> str:
        persons = sum(trip.load.values())
        passage, capped = capped_passage(
            self.roads, self.problem.network.hazard, (stage.link,), ready_s=trip.ready_s, units_mveh=0, persons=persons,
            cap_ppm_s=self._budget(trip), waiting_since_s=trip.since_s,
        )  # fmt: skip
        if passage is None:
            return ledger.EXPOSURE_CAP if capped else ledger.ROAD_TIME
        ride_id = f"ride-{len(self._rides) + len(trip.rides) + 1}"
        self._take(trip, passage)
        trip.rides.append(
            LinkRide(id=ride_id, arc=stage.link, depart_s=passage.entries[0].second,
                     load=_loads(trip, claim, site))
        )  # fmt: skip
        trip.after, trip.since_s, trip.ready_s = ride_id, passage.arrive_s, passage.arrive_s
        return ""

    def _bus_ride(self, trip: Trip, claim: Claimant, stage: Stage, site: str, vehicle_id: str) -> str:
        """Bring a vehicle there and drive the load; the vehicle is the one given, else the best for this load."""
        if not vehicle_id:
            ranked = self._ranked(claim, trip.load, stage, trip.ready_s, sum(trip.load.values()))
            whole = [v for v in ranked if _fitting(trip.load, self._vehicles[v], NEVER_S) == trip.load]
            if not whole:
                return ledger.NO_VEHICLE
            vehicle_id = whole[0]
        vehicle, rules = self._vehicles[vehicle_id], self.problem.rules
        state = trip.states.get(vehicle_id, self._state[vehicle_id])
        persons = sum(trip.load.values())
        there = self._deadhead(trip, vehicle, state, stage.from_node)
        if there is None:
            return ledger.FLEET_TIME
        ready_s = max(there.ready_s, trip.ready_s) + rules.load_base_s + rules.load_per_person_s * persons
        carrier = Carrier(Mode.BUS, claim.direction, vehicle.weight_kg)
        best, route, trouble = self._best_passage(trip, vehicle, carrier, stage, ready_s)
        if best is None:
            return trouble
        duty_s = best.depart_s if there.on_duty_s < 0 else there.on_duty_s
        if not _on_duty(vehicle, duty_s, best.arrive_s):
            return ledger.FLEET_TIME
        self._take(trip, best)
        leg_id = f"{vehicle_id}/{there.legs + 1}"
        trip.legs.append(
            (vehicle_id, Leg(id=leg_id, route=route, depart_s=best.depart_s, waits=best.waits, arrive_s=best.arrive_s,
                             load=_loads(trip, claim, site)))
        )  # fmt: skip
        free_s = best.arrive_s + rules.unload_base_s + rules.unload_per_person_s * persons
        trip.states[vehicle_id] = VehicleState(stage.to_node, free_s, duty_s, there.legs + 1)
        trip.after, trip.since_s, trip.ready_s = leg_id, best.arrive_s, free_s
        return ""

    def _deadhead(self, trip: Trip, vehicle: Vehicle, state: VehicleState, node: int) -> VehicleState | None:
        """Drive an empty vehicle to a pick-up; return where it then stands, or None."""
        if state.node == node:
            return state
        carrier = Carrier(Mode.BUS, "", vehicle.weight_kg)
        best: Passage | None = None
        for arcs in self.ways.deadheads(carrier, state.node, node):
            passage = self.roads.earliest(arcs, state.ready_s, vehicle.units_mveh, 0)
            if passage is not None and (best is None or passage.arrive_s < best.arrive_s):
                best, chosen = passage, arcs
        if best is None:
            return None
        self._take(trip, best)
        route = self.ways.route(state.node, node, chosen)
        leg = Leg(id=f"{vehicle.id}/{state.legs + 1}", route=route, depart_s=best.depart_s, waits=best.waits,
                  arrive_s=best.arrive_s)  # fmt: skip
        trip.legs.append((vehicle.id, leg))
        duty_s = best.depart_s if state.on_duty_s < 0 else state.on_duty_s
        return VehicleState(node, best.arrive_s, duty_s, state.legs + 1)

    def _best_passage(
        self, trip: Trip, vehicle: Vehicle, carrier: Carrier, stage: Stage, ready_s: int
    ) -> tuple[Passage | None, int, str]:
        """Return the loaded passage that arrives first, its route, or the reason why there is none."""
        best, chosen, trouble = None, (), ledger.UNREACHABLE
        for arcs in self.ways.candidates(carrier, stage.from_node, stage.to_node):
            passage, capped = capped_passage(
                self.roads, self.problem.network.hazard, arcs, ready_s=ready_s, units_mveh=vehicle.units_mveh,
                persons=sum(trip.load.values()), cap_ppm_s=self._budget(trip), waiting_since_s=trip.since_s,
            )  # fmt: skip
            if passage is None:
                trouble = ledger.EXPOSURE_CAP if capped else ledger.FLEET_TIME
            elif best is None or passage.arrive_s < best.arrive_s:
                best, chosen = passage, arcs
        if best is None:
            return None, -1, trouble
        return best, self.ways.route(stage.from_node, stage.to_node, chosen), ""

    def _budget(self, trip: Trip) -> int:
        cap = self.problem.rules.exposure_cap_ppm_s
        return cap if cap < 0 else max(0, cap - trip.exposure_ppm_s)

    def _take(self, trip: Trip, passage: Passage) -> None:
        self.roads.reserve(passage)
        trip.passages.append(passage)
        if passage.persons:
            since = trip.since_s
            trip.exposure_ppm_s += passage_exposure(passage, self.problem.network.hazard, waiting_since_s=since)

    def chains(self) -> tuple[VehicleChain, ...]:
        """Return the legs of all vehicles that move."""
        return tuple(VehicleChain(id=v, legs=tuple(legs)) for v, legs in sorted(self._legs.items()) if legs)

    def rides(self) -> tuple[LinkRide, ...]:
        """Return all rides on links, in order of departure."""
        return tuple(sorted(self._rides, key=lambda r: (r.depart_s, r.id)))


def _anybody(people: dict[str, int], limit: int) -> dict[str, int]:
    """Return up to `limit` persons, those who need most help first."""
    taken: dict[str, int] = {}
    for group in HELP_ORDER:
        persons = min(people.get(group, 0), limit - sum(taken.values()))
        if persons > 0:
            taken[group] = persons
    return taken


def _fitting(people: dict[str, int], vehicle: Vehicle, limit: int) -> dict[str, int]:
    """Return whom a vehicle takes of `people`: each group on its own kind of place, at most `limit` persons."""
    left = {"seat": vehicle.seats, "wheelchair": vehicle.wheelchair, "stretcher": vehicle.stretcher}
    taken: dict[str, int] = {}
    for group in HELP_ORDER:
        place = "seat" if group in SEATED else group
        persons = min(people.get(group, 0), left[place], limit - sum(taken.values()))
        if persons > 0:
            taken[group] = persons
            left[place] -= persons
    return taken


def _loads(trip: Trip, claim: Claimant, site: str) -> tuple[Load, ...]:
    return tuple(
        Load(place=claim.place.id, group=group, direction=claim.direction, persons=persons, reserve=claim.reserve,
             after=trip.after, site=site)
        for group, persons in sorted(trip.load.items())
    )  # fmt: skip


def _on_duty(vehicle: Vehicle, start_s: int, end_s: int) -> bool:
    """Tell whether a vehicle may still be on the road at end_s."""
    in_service = vehicle.available_until_s < 0 or end_s <= vehicle.available_until_s
    return in_service and (vehicle.max_duty_s < 0 or end_s - start_s <= vehicle.max_duty_s)
