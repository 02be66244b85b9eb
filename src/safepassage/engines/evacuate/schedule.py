"""The pass over all claims: whoever is served least so far goes next."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from safepassage.domain.case import CARER_OF
from safepassage.domain.crew import Beside, at_once
from safepassage.domain.history import History
from safepassage.domain.network import Mode
from safepassage.domain.observer import Observer
from safepassage.domain.plan import Reserve, Schedule, Unserved, VehicleChain
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.price_sheet import Guide
from safepassage.engines.evacuate import ledger
from safepassage.engines.evacuate.cars import CarPlanner
from safepassage.engines.evacuate.decided_first import announced, decided_first
from safepassage.engines.evacuate.dispatch import Dispatcher
from safepassage.engines.evacuate.fleet import FleetPlanner
from safepassage.engines.evacuate.improve import Improver
from safepassage.engines.evacuate.journeys import Journeys
from safepassage.engines.evacuate.keep import Earlier, Keeper, Kept, subtract
from safepassage.engines.evacuate.ledger import Claimant, SiteRoom, claimants
from safepassage.engines.evacuate.roadway import Roadway
from safepassage.engines.evacuate.tours import STEPS, WORK_A_STEP, worths
from safepassage.engines.evacuate.ways import Carrier, Ways

LEADS_S: tuple[tuple[int | None, ...], ...] = ((None, 300), (600,))
"""How tours are booked: empty vehicles in the order of their slots, or when their loads go, so much sooner.

Of those booked one after the other the best goes on; groups are booked beside each other.
"""
NOTHING_YET = History(now_s=0, routes=(), cars=(), vehicles=(), link_rides=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop: `work` counts arcs looked at (the same everywhere), `expired` asks a clock.

    Tours are booked in several ways, some `beside`: by a copy of this process, or here. Each may take all of
    the work. For a first look trips do not `improve` once all are booked.
    """

    work: int
    expired: Callable[[], bool] | None = None
    beside: Beside = at_once
    improve: bool = True

    def reached(self, probes: int) -> bool:
        """Tell whether it is time to stop, so many arcs having been looked at."""
        return probes > self.work or (self.expired is not None and self.expired())


def evacuate(
    problem: PlanningProblem,
    *,
    exposure_weight: int,
    limits: Limits,
    exposure_price: int = 0,
    reserves: bool = True,
    earlier: Earlier | None = None,
    guide: Guide | None = None,
    observer: Observer | None = None,
) -> Schedule:
    """Schedule everybody who can be served, the least served claim first.

    The served share of a claim decides whose turn it is, blind to direction: a greedy form of lexicographic
    max-min. Each turn books the passages with the earliest arrival on what is left of roads, gates, vehicles
    and sites, so every rule of the model holds by construction. Reserves for undecided people come last, in
    what is left over. With an `earlier` plan, whose history the problem has (none: nothing has departed),
    what still stands of it is kept and only the rest is planned. `exposure_price` is how many seconds of
    later arrival one second at certain hazard is worth to a person.
    """
    ways = Ways(problem, exposure_weight, exposure_price=exposure_price)
    tolls = {} if guide is None else guide.tolls
    begin = partial(_Making.of, problem, ways, tolls, reserves=reserves, earlier=earlier)
    plan = begin()
    _prepare(problem, ways, [c for c in plan.claims if c.left])
    serve = partial(_Making.serve, limits=limits, observer=observer)
    finish = partial(_finished, limits=limits, observer=observer, earlier=earlier)
    if guide is None:
        serve(plan)
        return finish(plan)[1]
    return _guided(plan, begin, guide, limits, serve=serve, finish=finish)


def last_arrival_share(problem: PlanningProblem) -> int:
    """Return how many person-seconds a second of the last arrival weighs, everybody decided counted."""
    return worths(problem, sum(claim.demand for claim in claimants(problem, reserve=False)))[1]


def _finished(
    plan: _Making, *, limits: Limits, observer: Observer | None, earlier: Earlier | None
) -> tuple[int, Schedule]:
    """Have second thoughts, then hold what can be held for the undecided; return cost and schedule."""
    # Where exposure has a price, a sooner arrival is not all that counts.
    free = not plan.ways.exposure_price
    if free and limits.improve:
        plan.improve(limits)
    cost = plan.cost
    _serve(plan.undecided, plan.cars, plan.fleet, limits, "reserve", observer)
    return cost, Schedule(
        routes=tuple(plan.ways.routes),
        cars=plan.cars.streams(),
        vehicles=_decided_first(plan, earlier) if free else plan.fleet.chains(),
        link_rides=plan.fleet.rides(),
        unserved=(*_unserved(plan.decided), *plan.stranded),
        reserves=_reserves(plan.problem, plan.undecided),
    )


@dataclass(frozen=True, slots=True)
class _Making:
    """A plan under way: what is booked on roads and at sites, by whom, and who is left."""

    problem: PlanningProblem
    ways: Ways
    roads: Roadway
    room: SiteRoom
    cars: CarPlanner
    fleet: FleetPlanner
    decided: list[Claimant]
    undecided: list[Claimant]
    stranded: tuple[Unserved, ...] = ()

    @classmethod
    def of(
        cls, problem: PlanningProblem, ways: Ways, tolls: Mapping[str, int], *, reserves: bool,
        earlier: Earlier | None,
    ) -> _Making:  # fmt: skip
        """Return a plan of what an earlier one leaves standing, without any movement where there is none."""
        roads, room = Roadway(problem), SiteRoom.of(problem)
        lightest = min((v.weight_kg for v in problem.fleet if v.places), default=0)
        fleet = FleetPlanner(problem, ways, roads, room, Journeys(problem, ways, lightest))
        undecided = claimants(problem, reserve=True) if reserves else []
        plan = cls(
            problem, ways, roads, room, CarPlanner(problem, ways, roads, room, tolls), fleet,
            claimants(problem, reserve=False), undecided,
        )  # fmt: skip
        ways.stops = frozenset(c.node for c in plan.claims if not c.by_car and c.node >= 0)
        return plan if earlier is None else plan._keeping(earlier)

    def _keeping(self, earlier: Earlier) -> _Making:
        """Return the plan with what still stands of an earlier one."""
        history = self.problem.history or NOTHING_YET
        kept = Keeper(self.problem, earlier, history, self.ways, self.roads, self.room).keep()
        _resume(kept, earlier, self.cars, self.fleet, history.now_s)
        subtract(self.claims, kept, history.now_s)
        return replace(self, stranded=kept.stranded)

    def serve(self, limits: Limits, observer: Observer | None) -> None:
        """Serve whoever of the decided is left, the least served claim first."""
        _serve(self.decided, self.cars, self.fleet, limits, "schedule", observer)

    def improve(self, limits: Limits) -> None:
        """Let trips of vehicles change hands and sites while the decided come sooner."""
        _, last_share = self._worths
        Improver(
            self.problem, self.fleet, last_share, self.cars.last_s, lambda: limits.reached(self.roads.probes)
        ).run()

    @property
    def claims(self) -> list[Claimant]:
        """Everybody, those of the reserve last."""
        return [*self.decided, *self.undecided]

    @property
    def cost(self) -> int:
        """All arrivals and, as the search for tours has them, whoever is left and the last arrival."""
        left_s, last_share = self._worths
        left = sum(claim.left for claim in self.decided)
        return self.room.person_s + left * left_s + self.room.last_s * last_share

    @property
    def _worths(self) -> tuple[int, int]:
        return worths(self.problem, sum(claim.demand for claim in self.decided))


def _guided(
    plan: _Making, begin: Callable[[], _Making], guide: Guide, limits: Limits, *,
    serve: Callable[[_Making], None], finish: Callable[[_Making], tuple[int, Schedule]],
) -> Schedule:  # fmt: skip
    """Return what prices say: the tours found, booked in several ways; what comes out best is kept.

    Each group of bookings begins from what was done when the tours had been found, so that it is the same
    wherever it is made; second thoughts and reserves come once for each group. Where exposure has a price,
    one booking has to do: arrivals are not all that counts.
    """
    found = _dispatcher(plan, guide, limits).seek(min(STEPS, limits.work // WORK_A_STEP))
    known, probes = plan.ways.known(), plan.roads.probes

    def booked(lead_s: int | None) -> _Making:
        made = begin()
        made.roads.probes = probes
        dispatcher = _dispatcher(made, guide, limits)
        dispatcher.follow(found, lead_s)
        dispatcher.run()
        serve(made)
        return made

    def best(leads_s: Sequence[int | None]) -> tuple[int, Schedule]:
        # What was made here before has left ways of its own behind.
        plan.ways.forget_after(known)
        return finish(min(map(booked, leads_s), key=lambda made: made.cost))

    if plan.ways.exposure_price:
        return best(LEADS_S[0][:1])[1]
    groups = LEADS_S if limits.improve else [leads_s[:1] for leads_s in LEADS_S]
    others = [limits.beside(best, leads_s) for leads_s in groups[1:]]
    return min([best(groups[0]), *(other() for other in others)], key=lambda row: row[0])[1]


def _dispatcher(plan: _Making, guide: Guide, limits: Limits) -> Dispatcher:
    """Return who sends out vehicles, after people who need a train, boat or footpath."""
    plan.fleet.tolls = guide.tolls
    _link_claims_first(plan.decided, plan.fleet, limits)
    plan.fleet.tolls = {}
    return Dispatcher(
        plan.problem, plan.fleet, plan.cars, guide, plan.decided, lambda: limits.reached(plan.roads.probes)
    )


def _resume(kept: Kept, earlier: Earlier, cars: CarPlanner, fleet: FleetPlanner, now_s: int) -> None:
    cars.resume(kept.streams)
    rides = [ride.id.removeprefix("ride-") for ride in earlier.schedule.link_rides]
    last = max((int(number) for number in rides if number.isdecimal()), default=0)
    fleet.resume(kept.legs, kept.rides, kept.states, now_s)
    # A number that was announced is never given to another ride.
    fleet.first_ride = last + 1 - len(kept.rides)


def _link_claims_first(claims: list[Claimant], fleet: FleetPlanner, limits: Limits) -> None:
    """Serve people who cannot leave without a train, boat or footpath: nobody else waits for those."""
    fleet.peers = claims
    for claim in claims:
        found = [] if claim.by_car else fleet.journeys.of(claim.place, claim.direction)
        if found and all(any(stage.link >= 0 for stage in journey.stages) for journey in found):
            while claim.left and not limits.reached(fleet.roads.probes) and _turn(fleet, claim):
                pass


def _prepare(problem: PlanningProblem, ways: Ways, claims: list[Claimant]) -> None:
    """Find the ways of all claims to all sites, once per kind of carrier."""
    rules, carriers = problem.rules, [v for v in problem.fleet if v.places]
    weights = sorted({v.weight_kg for v in carriers})
    per_car = rules.car_units_mveh / rules.persons_per_car
    per_place = min((v.units_mveh / v.places for v in carriers), default=0.0)
    for direction, _ in problem.directions:
        sites = [site.node for site in problem.sites(direction)]
        here = [c for c in claims if c.direction == direction and c.node >= 0]
        driving = _units([c for c in here if c.by_car], per_car)
        if driving:
            ways.prepare(Carrier(Mode.CAR, direction, rules.car_weight_kg), sites, driving)
        carried = _units([c for c in here if not c.by_car], per_place)
        for weight_kg in weights if carried else ():
            ways.prepare(Carrier(Mode.BUS, direction, weight_kg), sites, carried)


def _units(claims: list[Claimant], mveh_per_person: float) -> dict[int, float]:
    """Return what leaves each node, in mveh; people for whom room is only held count as nothing."""
    found: dict[int, float] = {}
    for claim in claims:
        persons = 0 if claim.reserve else claim.left
        found[claim.node] = found.get(claim.node, 0.0) + persons * mveh_per_person
    return found


def _serve(
    claims: list[Claimant],
    cars: CarPlanner,
    fleet: FleetPlanner,
    limits: Limits,
    phase: str,
    observer: Observer | None,
) -> None:
    queue = [(0, position) for position in range(len(claims))]
    heapq.heapify(queue)
    fleet.peers = claims
    total = sum(claim.demand for claim in claims)
    turns = 0
    while queue:
        share, position = heapq.heappop(queue)
        claim = claims[position]
        if not claim.left:
            continue
        if share < claim.share_ppm:
            # A round trip of others took some of these people along in the meantime.
            heapq.heappush(queue, (claim.share_ppm, position))
            continue
        if limits.reached(cars.roads.probes):
            claim.give_up(ledger.WORK_LIMIT, "the limit on work or time was reached")
            continue
        more = _turn(cars if claim.by_car else fleet, claim)
        if more and claim.left:
            heapq.heappush(queue, (claim.share_ppm, position))
        turns += 1
        if observer is not None and turns % 32 == 0:
            observer.served(phase, total - sum(c.left for c in claims), total)


def _turn(planner: CarPlanner | FleetPlanner, claim: Claimant) -> bool:
    """Let a claim have its turn; tell whether it may have another.

    Raises
    ------
    RuntimeError
        When nobody was served and there is said to be more: turns would go on for ever.
    """
    left = claim.left
    more = planner.turn(claim)
    if more and claim.left >= left:
        raise RuntimeError(f"a turn of {claim.place.id} served nobody, and asks for another")
    return more


def _decided_first(plan: _Making, earlier: Earlier | None) -> tuple[VehicleChain, ...]:
    """Return the vehicles, the decided in the places of reserves that arrive sooner, but as announced."""
    tied = {
        (place, direction, name)
        for place, direction, group, _ in ledger.who_travels_together(plan.problem)
        for name in (group, CARER_OF[group])
    }
    chains = plan.fleet.chains()
    if earlier is None:
        return decided_first(chains, tied)
    now_s = (plan.problem.history or NOTHING_YET).now_s
    return decided_first(chains, tied, announced(earlier.schedule, chains, now_s))


def _unserved(claims: list[Claimant]) -> tuple[Unserved, ...]:
    return tuple(
        Unserved(
            place=c.place.id,
            direction=c.direction,
            group=group,
            persons=persons,
            reason=c.reason,
            detail=c.detail,
        )
        for c in claims
        for group, persons in sorted(c.remaining.items())
        if persons
    )


def _reserves(problem: PlanningProblem, claims: list[Claimant]) -> tuple[Reserve, ...]:
    """Return a row for every place, group and direction with undecided people, reserved or not."""
    left = {(c.place.id, group, c.direction): n for c in claims for group, n in c.remaining.items()}
    demand: dict[tuple[str, str], int] = {}
    for claim in claimants(problem, reserve=True):
        if claim.direction == problem.directions[0][0]:
            for group, persons in claim.remaining.items():
                demand[claim.place.id, group] = persons
    return tuple(
        Reserve(
            place=place, group=group, direction=direction, persons=persons,
            reserved=persons - left.get((place, group, direction), persons),
        )
        for (place, group), persons in sorted(demand.items())
        for direction, _ in problem.directions
    )  # fmt: skip
