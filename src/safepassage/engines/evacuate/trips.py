"""One trip: every passage it needs, booked together or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from safepassage.domain.plan import Leg, LinkRide, Load
from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.engines.evacuate import ledger
from safepassage.engines.evacuate.exposure import capped_passage, passage_exposure
from safepassage.engines.evacuate.ledger import Claimant
from safepassage.engines.evacuate.roadway import Passage, Roadway
from safepassage.engines.evacuate.ways import Carrier, Ways, bus_empty

Slot = tuple[int, int]
"""An arc, and the second from which it may be entered."""


@dataclass(frozen=True, slots=True)
class VehicleState:
    """Where a vehicle stands, from when it may load again, since when it is on duty (-1: not yet)."""

    node: int
    ready_s: int
    on_duty_s: int = -1
    legs: int = 0


@dataclass(slots=True)
class Party:
    """People of one claim who travel together, the leg or ride they came with last and its arrival."""

    claim: Claimant
    people: dict[str, int]
    after: str = ""
    since_s: int | None = None
    exposure_ppm_s: int = 0

    @property
    def persons(self) -> int:
        """Head count."""
        return sum(self.people.values())

    @property
    def arrived_s(self) -> int:
        """When the last leg or ride ended; 0 before the first."""
        return self.since_s or 0

    def loads(self, site: str) -> list[Load]:
        """Return the items of this party for one leg or ride."""
        claim = self.claim
        return [
            Load(
                place=claim.place.id, group=group, direction=claim.direction, persons=persons,
                reserve=claim.reserve, after=self.after, site=site,
            )
            for group, persons in sorted(self.people.items())
        ]  # fmt: skip


@dataclass(slots=True)
class Trip:
    """What one attempt books, with all it takes to undo it."""

    problem: PlanningProblem
    ways: Ways
    roads: Roadway
    passages: list[Passage] = field(default_factory=list)
    legs: list[tuple[str, Leg]] = field(default_factory=list)
    rides: list[LinkRide] = field(default_factory=list)
    states: dict[str, VehicleState] = field(default_factory=dict)

    def undo(self) -> None:
        """Give everything back."""
        for passage in self.passages:
            self.roads.release(passage)

    def redo(self) -> None:
        """Take everything again that was given back."""
        for passage in self.passages:
            self.roads.reserve(passage)

    def _reserve(self, passage: Passage, aboard: list[Party], leg_id: str) -> None:
        self.roads.reserve(passage)
        self.passages.append(passage)
        hazard = self.problem.network.hazard
        for party in aboard:
            party.exposure_ppm_s += passage_exposure(passage, hazard, waiting_since_s=party.since_s)
            party.after, party.since_s = leg_id, passage.arrive_s

    def _budget(self, aboard: list[Party]) -> int:
        caps = [(self.problem.rules.cap_ppm_s(p.claim.place), p.exposure_ppm_s) for p in aboard]
        return min((max(0, cap - so_far) for cap, so_far in caps if cap >= 0), default=-1)

    def deadhead(
        self, vehicle: Vehicle, state: VehicleState, node: int, slot: Slot | None = None
    ) -> VehicleState | None:
        """Drive an empty vehicle to a node, not through its `slot` too early; return where it then stands."""
        if state.node == node:
            return state
        best: tuple[Passage, tuple[int, ...]] | None = None
        for arcs in self.ways.deadheads(bus_empty(vehicle), state.node, node):
            ready_s = max(state.ready_s, self._ready_for(slot, arcs))
            passage = self.roads.earliest(arcs, ready_s, vehicle.units_mveh, 0)
            if passage is not None and (best is None or passage.arrive_s < best[0].arrive_s):
                best = (passage, arcs)
        if best is None:
            return None
        passage, arcs = best
        leg_id = f"{vehicle.id}/{state.legs + 1}"
        self._reserve(passage, [], leg_id)
        route = self.ways.route(state.node, node, arcs)
        leg = Leg(
            id=leg_id, route=route, depart_s=passage.depart_s, waits=passage.waits, arrive_s=passage.arrive_s
        )
        self.legs.append((vehicle.id, leg))
        duty_s = passage.depart_s if state.on_duty_s < 0 else state.on_duty_s
        return VehicleState(node, passage.arrive_s, duty_s, state.legs + 1)

    def _ready_for(self, slot: Slot | None, arcs: tuple[int, ...]) -> int:
        """Return when to leave, so that the arc of a slot is reached no sooner than it may be entered."""
        if slot is None or slot[0] not in arcs:
            return 0
        return slot[1] - self.ways.duration_s(arcs[: arcs.index(slot[0])])

    def drive(
        self, vehicle: Vehicle, carrier: Carrier, state: VehicleState, node: int, aboard: list[Party], *,
        loading_from_s: int, site: str, hop: tuple[int, ...] | None = None,
    ) -> VehicleState | str:  # fmt: skip
        """Drive a load to a node (to a `site` if named), along `hop` if given.

        Return where the vehicle then stands, or the reason why not.
        """
        rules = self.problem.rules
        persons = sum(party.persons for party in aboard)
        before = f"{vehicle.id}/{state.legs}"
        loading_s = rules.loading_s(persons, _by_group(p for p in aboard if p.after != before))
        ready_s = max(state.ready_s, loading_from_s) + loading_s
        ways = self.ways.candidates(carrier, state.node, node) if hop is None else (hop,)
        best, arcs, trouble = self._loaded(vehicle, ways, aboard, ready_s)
        if best is None:
            return trouble
        duty_s = best.depart_s if state.on_duty_s < 0 else state.on_duty_s
        if not on_duty(vehicle, duty_s, best.arrive_s):
            return ledger.FLEET_TIME
        leg_id = f"{vehicle.id}/{state.legs + 1}"
        load = tuple(item for party in aboard for item in party.loads(site))
        route = self.ways.route(state.node, node, arcs)
        leg = Leg(
            id=leg_id,
            route=route,
            depart_s=best.depart_s,
            waits=best.waits,
            arrive_s=best.arrive_s,
            load=load,
        )
        self._reserve(best, aboard, leg_id)
        self.legs.append((vehicle.id, leg))
        # Only on a hop to a further pick-up does everybody stay aboard.
        unloading_s = rules.unloading_s(persons, _by_group(aboard) if hop is None else {})
        after = VehicleState(node, best.arrive_s + unloading_s, duty_s, state.legs + 1)
        self.states[vehicle.id] = after
        return after

    def _loaded(
        self, vehicle: Vehicle, ways: tuple[tuple[int, ...], ...], aboard: list[Party], ready_s: int
    ) -> tuple[Passage | None, tuple[int, ...], str]:
        """Return the loaded passage that arrives first and its arcs, or the reason why there is none.

        What its exposure is worth counts as if it arrived so much later.
        """
        best: Passage | None = None
        least_s = 0
        chosen: tuple[int, ...] = ()
        trouble = ledger.UNREACHABLE
        since = min((p.since_s for p in aboard if p.since_s is not None), default=None)
        for arcs in ways:
            passage, capped = capped_passage(
                self.roads, self.problem.network.hazard, arcs, ready_s=ready_s, units_mveh=vehicle.units_mveh,
                persons=sum(p.persons for p in aboard), cap_ppm_s=self._budget(aboard), waiting_since_s=since,
            )  # fmt: skip
            if passage is None:
                trouble = ledger.EXPOSURE_CAP if capped else self._late(arcs, ready_s)
                continue
            cost_s = passage.arrive_s + self._price_s(passage, since)
            if best is None or cost_s < least_s:
                best, chosen, least_s = passage, arcs, cost_s
        return best, chosen, trouble

    def _price_s(self, passage: Passage, since_s: int | None) -> int:
        if not self.ways.exposure_price:
            return 0
        exposure = passage_exposure(passage, self.problem.network.hazard, waiting_since_s=since_s)
        return self.ways.price_s(exposure)

    def _late(self, arcs: tuple[int, ...], ready_s: int) -> str:
        """Say whether the vehicle comes too late for free roads, or the roads have no room left."""
        too_late = ready_s + self.ways.duration_s(arcs) > self.problem.network.horizon_s
        return ledger.FLEET_TIME if too_late else ledger.ROAD_TIME

    def ride(self, arc: int, party: Party, *, ready_s: int, ride_id: str, site: str) -> int | str:
        """Send a party over a link arc; return the arrival, or the reason why not."""
        passage, capped = capped_passage(
            self.roads, self.problem.network.hazard, (arc,), ready_s=ready_s, units_mveh=0,
            persons=party.persons, cap_ppm_s=self._budget([party]), waiting_since_s=party.since_s,
        )  # fmt: skip
        if passage is None:
            return ledger.EXPOSURE_CAP if capped else ledger.ROAD_TIME
        load = tuple(party.loads(site))
        self.rides.append(LinkRide(id=ride_id, arc=arc, depart_s=passage.seconds[0], load=load))
        self._reserve(passage, [party], ride_id)
        return passage.arrive_s


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Booked:
    """A trip that is booked: who came along to which site, and where its vehicles stood before."""

    trip: Trip
    parties: list[Party]
    site: str
    before: dict[str, VehicleState]

    @property
    def arrive_s(self) -> int:
        """When all of them arrive at the site."""
        return self.parties[0].arrived_s

    @property
    def persons(self) -> int:
        """Everybody aboard."""
        return sum(party.persons for party in self.parties)


def _by_group(parties: Iterable[Party]) -> Counter[str]:
    found: Counter[str] = Counter()
    for party in parties:
        found.update(party.people)
    return found


def on_duty(vehicle: Vehicle, start_s: int, end_s: int) -> bool:
    """Tell whether a vehicle may still be on the road at end_s."""
    in_service = vehicle.available_until_s < 0 or end_s <= vehicle.available_until_s
    return in_service and (vehicle.max_duty_s < 0 or end_s - start_s <= vehicle.max_duty_s)
