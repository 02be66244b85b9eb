"""Own vehicles: car after car on the way with the earliest arrival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from safepassage.domain.case import Group
from safepassage.domain.network import Mode
from safepassage.domain.plan import CarStream, Departure
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem
from safepassage.engines.evacuate import ledger
from safepassage.engines.evacuate.exposure import capped_passage, passage_exposure
from safepassage.engines.evacuate.ledger import Claimant, SiteRoom
from safepassage.engines.evacuate.roadway import Passage, Roadway
from safepassage.engines.evacuate.ways import Carrier, Ways

SAME_ARRIVAL_S = 60
"""Ways that arrive within a minute of each other are equal: comparing them costs more than it gains."""
CHUNKS = 40
"""A place's cars are inserted in about this many turns, so that places share what is scarce."""


@dataclass(slots=True)
class Option:
    """One way to one site, with the earliest passage known; it can only get later as roads fill.

    `price_s` is what the exposure of that passage is worth, in seconds of later arrival.
    """

    site: str
    route: int
    arcs: tuple[int, ...]
    ready_s: int
    arrive_s: int
    price_s: int = 0


@dataclass(slots=True)
class CarGroup:
    """Persons of a claim who are still to leave by car, and the ways open to them."""

    claim: Claimant
    options: list[Option]
    left: int


@dataclass(slots=True)
class CarPlanner:
    """Inserts cars into the roadway and collects them as streams.

    `tolls` says how many seconds of a person's time a place at a site is worth to others; `last_s` is when
    the last car arrives.
    """

    problem: PlanningProblem
    ways: Ways
    roads: Roadway
    room: SiteRoom
    tolls: Mapping[str, int] = field(default_factory=dict)
    last_s: int = 0
    _options: dict[tuple[str, str], list[Option]] = field(default_factory=dict)
    _streams: dict[tuple[str, str, str, int, bool], list[Departure]] = field(default_factory=dict)

    def turn(self, claim: Claimant) -> bool:
        """Serve the next few cars of a claim; return False (with a reason) when no more can be served."""
        options = self.ways_of(claim)
        if not options:
            return False
        rules, group = self.problem.rules, str(Group.OWN_VEHICLE)
        cars = max(1, claim.demand // rules.persons_per_car // CHUNKS)
        for _ in range(cars):
            persons = min(rules.persons_per_car, claim.remaining[group])
            if persons == 0:
                return True
            taken = self._insert(claim, options, persons)
            if not taken:
                return False
            claim.remaining[group] -= taken
        return True

    def ways_of(self, claim: Claimant) -> list[Option]:
        """Return the ways of a claim to all sites; none, with the reason noted, where there is no way."""
        key = (claim.place.id, claim.direction)
        if key not in self._options:
            self._options[key] = options = []
            node, rules = claim.place.node, self.problem.rules
            carrier = Carrier(Mode.CAR, claim.direction, rules.car_weight_kg)
            for site in self.problem.sites(claim.direction) if node >= 0 else ():
                for arcs in self.ways.candidates(carrier, node, site.node):
                    route = self.ways.route(node, site.node, arcs)
                    ready = claim.place.release_s
                    options.append(Option(site.id, route, arcs, ready, ready + self.ways.duration_s(arcs)))
        if not self._options[key] and not claim.reason:
            claim.give_up(*no_way(self.problem, claim))
        return self._options[key]

    def hold(self, claim: Claimant, until_s: int) -> None:
        """Let no car of a claim leave before a second."""
        for option in self.ways_of(claim):
            late_s = max(0, until_s - option.ready_s)
            option.ready_s += late_s
            option.arrive_s += late_s

    def bound_for(self, claim: Claimant, site: str, persons: int) -> CarGroup:
        """Return so many persons of a claim, to go to one site."""
        return CarGroup(claim, [option for option in self.ways_of(claim) if option.site == site], persons)

    def everybody(self, claim: Claimant) -> CarGroup:
        """Return all persons of a claim, to go to any site."""
        return CarGroup(claim, self.ways_of(claim), claim.left)

    def send(self, cars: CarGroup, until_s: int) -> int | None:
        """Serve the cars of a group that can leave by a second; return when the next can, or None."""
        group = str(Group.OWN_VEHICLE)
        while wanted := min(self.problem.rules.persons_per_car, cars.left, cars.claim.remaining[group]):
            found = self._earliest(cars.claim, cars.options, wanted)
            if found is None:
                return None
            option, passage, persons = found
            if passage.depart_s > until_s:
                return passage.depart_s
            self._book(cars.claim, option, passage, persons)
            cars.claim.remaining[group] -= persons
            cars.left -= persons
        return None

    def send_one(self, claim: Claimant) -> bool:
        """Serve the next car of a claim, whenever it can leave; tell whether there was one."""
        group = str(Group.OWN_VEHICLE)
        wanted = min(self.problem.rules.persons_per_car, claim.remaining[group])
        taken = self._insert(claim, self.ways_of(claim), wanted) if wanted else 0
        claim.remaining[group] -= taken
        return taken > 0

    def _insert(self, claim: Claimant, options: list[Option], wanted: int) -> int:
        """Reserve one car on the option with the earliest arrival; return the persons in it, or 0."""
        found = self._earliest(claim, options, wanted)
        if found is None:
            return 0
        option, passage, persons = found
        self._book(claim, option, passage, persons)
        return persons

    def _book(self, claim: Claimant, option: Option, passage: Passage, persons: int) -> None:
        self.roads.reserve(passage)
        self.room.arrive(option.site, persons, passage.arrive_s)
        self.last_s = max(self.last_s, passage.arrive_s)
        key = (claim.place.id, claim.direction, option.site, option.route, claim.reserve)
        departure = Departure(depart_s=passage.depart_s, persons=persons, waits=passage.waits)
        self._streams.setdefault(key, []).append(departure)

    def _earliest(
        self, claim: Claimant, options: list[Option], wanted: int
    ) -> tuple[Option, Passage, int] | None:
        """Return the option with the earliest arrival, its passage and the persons in the car, or None.

        Options that fail for good are dropped; a car that is not full fills the last places of a site.
        """
        while options:
            options.sort(key=self._cost)
            best = options[0]
            room = self.room.room(best.site)
            persons = wanted if room is None else min(room, wanted)
            if persons <= 0:
                claim.give_up(ledger.SITE_FULL, f"{best.site} is full")
                options.pop(0)
                continue
            passage, reason = self._passage(best, persons, claim.place)
            if passage is None:
                claim.give_up(reason, "")
                options.pop(0)
                continue
            best.ready_s, best.arrive_s = passage.depart_s, passage.arrive_s
            if self.ways.exposure_price:
                best.price_s = self.ways.price_s(passage_exposure(passage, self.problem.network.hazard))
            if len(options) > 1 and self._cost(best)[0] > self._cost(options[1])[0] + SAME_ARRIVAL_S:
                continue
            return best, passage, persons
        return None

    def _cost(self, option: Option) -> tuple[int, int]:
        return option.arrive_s + option.price_s + self.tolls.get(option.site, 0), option.route

    def _passage(self, option: Option, persons: int, place: PlacedPlace) -> tuple[Passage | None, str]:
        rules = self.problem.rules
        passage, capped = capped_passage(
            self.roads, self.problem.network.hazard, option.arcs, ready_s=option.ready_s,
            units_mveh=rules.car_units_mveh, persons=persons, cap_ppm_s=rules.cap_ppm_s(place),
        )  # fmt: skip
        return passage, ledger.EXPOSURE_CAP if capped else ledger.ROAD_TIME

    def resume(self, streams: dict[tuple[str, str, str, int, bool], list[Departure]]) -> None:
        """Start from what an earlier plan has booked."""
        self._streams.update(streams)

    def streams(self) -> tuple[CarStream, ...]:
        """Return all streams, departures in order."""
        return tuple(
            CarStream(
                id=f"c{number}", place=key[0], direction=key[1], site=key[2], route=key[3], reserve=key[4],
                departures=tuple(sorted(departures, key=lambda d: (d.depart_s, d.persons, d.waits))),
            )
            for number, (key, departures) in enumerate(sorted(self._streams.items()), start=1)
        )  # fmt: skip


def no_way(problem: PlanningProblem, claim: Claimant) -> tuple[str, str]:
    """Say why a claim has no way at all."""
    if claim.node < 0:
        return ledger.OFF_NETWORK, f"{claim.place.name} is not on the road network"
    if not problem.sites(claim.direction):
        return ledger.NO_EXIT, "no reception site in this direction"
    return ledger.UNREACHABLE, f"no open way from {claim.place.name} to a reception site of this direction"
