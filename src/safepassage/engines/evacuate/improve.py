"""Second thoughts on a booked plan: trips go to another vehicle, or exchange their sites, exactly timed.

Tours are searched on a map without queues and then booked one after the other, so that some trips come later
than foreseen, when a vehicle that has meanwhile become idle, or a site that others filled first, would have
been better. Each move takes back the last trips of one or two vehicles and books them again on the roads as
they are; it stays only where the sum of all arrivals and the last one, weighed as in the search for tours,
get less (local search by first improvement). Who is served, and with whom, does not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.evacuate.fleet import NEVER_S, FleetPlanner, loaded, places
from safepassage.engines.evacuate.journeys import Journey, Stage
from safepassage.engines.evacuate.ledger import KIND
from safepassage.engines.evacuate.trips import Booked, Party
from safepassage.engines.evacuate.ways import bus_empty

MOST_MOVES = 1_200
"""So many moves are booked for a trial, half a millisecond each; the built-in example ends after some 350."""
MOST_TRIPS = 500
"""Sites are exchanged among so many trips, those that arrive last: all pairs are looked at."""
VEHICLES_TRIED = 4
"""How many vehicles are tried for a trip, the soonest first."""


@dataclass(frozen=True, slots=True)
class _Order:
    """Parties by stop, the site, and when the vehicle left for them before."""

    stops: list[list[Party]]
    site: str
    depart_s: int

    @classmethod
    def of(cls, booked: Booked, site: str = "") -> _Order:
        """Return a booked trip as an order, to another site if one is named."""
        stops = [list(parties) for _, parties in groupby(booked.parties, lambda party: party.claim.node)]
        return cls(stops, site or booked.site, booked.trip.legs[0][1].depart_s)


Tails = Mapping[str, tuple[int, list[_Order]]]
"""By vehicle: from which of its trips on, and what it drives in their place."""


@dataclass(slots=True)
class Improver:
    """Moves trips of a plan while that makes it better, within MOST_MOVES and until it is `enough`.

    A second of the last arrival weighs `last_share` person-seconds; `others_last_s` is the last arrival of
    those who come by car.
    """

    problem: PlanningProblem
    fleet: FleetPlanner
    last_share: int
    others_last_s: int
    enough: Callable[[], bool]
    moves: int = 0
    _tours: dict[str, list[Booked]] = field(default_factory=dict)
    _site_node: dict[str, int] = field(default_factory=dict)
    _in_vain: set[tuple[Booked, Booked, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        # A site that stands on no road is nowhere: nobody can be brought there.
        self._site_node = {
            place.id: place.node for place in self.problem.places if place.direction and place.node >= 0
        }
        self._tours = {vehicle: [] for vehicle in self.fleet.states()}
        for booked in self.fleet.booked:
            for vehicle in booked.trip.states:
                self._tours[vehicle].append(booked)
            if not booked.trip.states:
                self.others_last_s = max(self.others_last_s, booked.arrive_s)
        self.others_last_s = max(self.others_last_s, self._kept_last_s())

    def run(self) -> None:
        """Let idle vehicles take trips over while that helps, then exchange sites while that helps."""
        while self._take_over():
            pass
        while self._exchange_sites():
            pass
        self.fleet.room.last_s = self._last_s()

    def _kept_last_s(self) -> int:
        """Return when the last of the decided arrives on a trip that was announced: none of those moves."""
        new = {leg.id for booked in self.fleet.booked for _, leg in booked.trip.legs}
        return max(
            (
                leg.arrive_s
                for chain in self.fleet.chains()
                for leg in chain.legs
                if leg.id not in new and any(load.site and not load.reserve for load in leg.load)
            ),
            default=0,
        )

    # -- the moves -------------------------------------------------------------------------------

    def _take_over(self) -> bool:
        """Offer each trip, the last to arrive first, to vehicles that could bring its people sooner."""
        better = False
        for _, vehicle, booked in self._movable():
            if booked not in self._tours[vehicle]:
                continue  # driven again on the way, and looked at in the next round
            at = self._tours[vehicle].index(booked)
            order = _Order.of(booked)
            for other in self._sooner(vehicle, booked, order):
                met = booked, self._tours[other][-1] if self._tours[other] else booked, other
                if met in self._in_vain:
                    continue
                tails = {
                    vehicle: (at, [_Order.of(b) for b in self._tours[vehicle][at + 1 :]]),
                    other: (len(self._tours[other]), [order]),
                }
                if self._try(tails):
                    better = True
                    break
                self._in_vain.add(met)
        return better

    def _sooner(self, vehicle: str, booked: Booked, order: _Order) -> list[str]:
        """Return vehicles with places for a whole trip that would arrive sooner on free roads."""
        fleet, first = self.fleet, order.stops[0][0].claim
        needs: dict[str, int] = {}
        for party in booked.parties:
            for group, persons in party.people.items():
                needs[KIND[group]] = needs.get(KIND[group], 0) + persons
        found, seen = [], set()
        for name, state in fleet.states().items():
            twin = fleet.type_of(name), state.node, state.ready_s, state.on_duty_s
            if name == vehicle or state.ready_s >= booked.arrive_s or twin in seen:
                continue
            seen.add(twin)
            other = fleet.vehicle(name)
            if any(places(other, kind) < persons for kind, persons in needs.items()):
                continue
            empty_s = fleet.ways.empty_cost(bus_empty(other), state.node, first.node)
            on_s = fleet.ways.between(loaded(other, first), first.node, self._site_node[order.site]).cost
            arrive_s = max(state.ready_s + empty_s, first.place.release_s) + on_s
            if arrive_s < booked.arrive_s:
                found.append((arrive_s, name))
        return [name for _, name in sorted(found)[:VEHICLES_TRIED]]

    def _exchange_sites(self) -> bool:
        """Make the best exchange of sites, or change to one with room, that holds when booked."""
        rows = self._movable()[:MOST_TRIPS]
        for a, b, site in self._promising(rows):
            _, vehicle, one = rows[a]
            _, other, two = rows[b]
            if (one, two, site) in self._in_vain:
                continue
            if b == a:
                tails = {vehicle: self._sent_to(vehicle, one, site)}
            else:
                tails = {
                    vehicle: self._sent_to(vehicle, one, two.site),
                    other: self._sent_to(other, two, one.site),
                }
            if self._try(tails):
                return True
            self._in_vain.add((one, two, site))
        return False

    def _sent_to(self, vehicle: str, booked: Booked, site: str) -> tuple[int, list[_Order]]:
        tour = self._tours[vehicle]
        at = tour.index(booked)
        return at, [_Order.of(booked, site), *(_Order.of(b) for b in tour[at + 1 :])]

    def _promising(self, rows: list[tuple[int, str, Booked]]) -> Iterator[tuple[int, int, str]]:
        """Yield (trip, other trip, "") or (trip, same trip, site), what gains most on free roads first."""
        if not rows:
            return
        sites = sorted(self._site_node)
        at = np.array([sites.index(booked.site) for _, _, booked in rows])
        persons = np.array([booked.persons for _, _, booked in rows])
        arrive = np.array([arrive_s for arrive_s, _, _ in rows])
        later = self._later(rows, sites, at)
        room = np.array([NEVER_S if (r := self.fleet.room.room(s)) is None else r for s in sites])
        rest = self._rest([vehicle for _, vehicle, _ in rows])
        # Of pairs: [a, b] for a going where b goes.
        to_other = later[:, at]
        last = np.maximum(np.maximum(arrive[:, None] + to_other, (arrive[:, None] + to_other).T), rest)
        gain = -(persons[:, None] * to_other + (persons[:, None] * to_other).T)
        gain += self.last_share * (self._last_s() - last)
        fits = room[at][None, :] + persons[None, :] >= persons[:, None]
        gain[~(fits & fits.T) | np.tri(len(rows), dtype=bool)] = 0
        alone = -persons[:, None] * later
        alone[room[None, :] < persons[:, None]] = 0
        found = [(-gain[a, b], int(a), int(b), "") for a, b in zip(*np.nonzero(gain > 0), strict=True)]
        found += [
            (-alone[a, s], int(a), int(a), sites[s]) for a, s in zip(*np.nonzero(alone > 0), strict=True)
        ]
        for _, a, b, site in sorted(found):
            if rows[a][1] != rows[b][1] or a == b:
                yield a, b, site

    def _later(self, rows: list[tuple[int, str, Booked]], sites: list[str], at: Any) -> Any:
        """Return (trips, sites) by how many seconds each would arrive later there, on free roads."""
        nodes = {site: self._site_node[site] for site in sites}
        directions = {place.id: place.direction for place in self.problem.places}
        seconds = np.full((len(rows), len(sites)), float(NEVER_S))
        for i, (_, name, booked) in enumerate(rows):
            claim, vehicle = booked.parties[-1].claim, self.fleet.vehicle(name)
            for j, site in enumerate(sites):
                if directions[site] == claim.direction:
                    cost = self.fleet.ways.between(loaded(vehicle, claim), claim.node, nodes[site]).cost
                    seconds[i, j] = min(cost, NEVER_S)
        return np.rint(seconds - seconds[np.arange(len(rows)), at][:, None]).astype(np.int64)

    def _rest(self, vehicles: list[str]) -> Any:
        """Return (trips, trips): the last arrival of all but the two vehicles."""
        ends = sorted(((tour[-1].arrive_s, v) for v, tour in self._tours.items() if tour), reverse=True)
        rest = np.full((len(vehicles), len(vehicles)), self.others_last_s)
        unset = np.ones(rest.shape, dtype=bool)
        for end_s, vehicle in ends[:3]:
            theirs = np.array([v == vehicle for v in vehicles])
            free = unset & ~(theirs[:, None] | theirs[None, :])
            rest[free] = np.maximum(rest[free], end_s)
            unset &= ~free
        return rest

    # -- booked and taken back -------------------------------------------------------------------

    def _movable(self) -> list[tuple[int, str, Booked]]:
        """Return (arrival, vehicle, trip), latest first: trips without a change, nor one after them."""
        found = []
        for vehicle, tour in sorted(self._tours.items()):
            for booked in reversed(tour):
                if booked.trip.rides or len(booked.trip.states) > 1:
                    break
                found.append((booked.arrive_s, vehicle, booked))
        return sorted(found, key=lambda row: (-row[0], row[1]))

    def _last_s(self) -> int:
        return max([self.others_last_s, *(tour[-1].arrive_s for tour in self._tours.values() if tour)])

    def _cost(self) -> int:
        return self.fleet.room.person_s + self.last_share * self._last_s()

    def _try(self, tails: Tails) -> bool:
        """Book vehicles' last trips anew; tell whether that made the plan better, else it is as before."""
        if self.moves >= MOST_MOVES or self.enough():
            return False
        self.moves += 1
        before = self._cost()
        old = {vehicle: self._tours[vehicle][at:] for vehicle, (at, _) in tails.items()}
        for vehicle, gone in old.items():
            self._take_back(vehicle, len(gone))
        made = self._book({vehicle: list(orders) for vehicle, (_, orders) in tails.items()})
        whole = all(made[vehicle] == len(orders) for vehicle, (_, orders) in tails.items())
        if whole and self._cost() < before:
            return True
        for vehicle, number in made.items():
            self._take_back(vehicle, number)
        for vehicle, gone in old.items():
            for booked in gone:
                self.fleet.restore(booked)
                self._tours[vehicle].append(booked)
        return False

    def _take_back(self, vehicle: str, number: int) -> None:
        for _ in range(number):
            self.fleet.withdraw(self._tours[vehicle].pop())

    def _book(self, orders: dict[str, list[_Order]]) -> dict[str, int]:
        """Book orders until one does not fit, who left first going first; return how many by vehicle."""
        made = dict.fromkeys(orders, 0)
        while waiting := [vehicle for vehicle, left in orders.items() if left]:
            ready = self.fleet.states()
            vehicle = min(waiting, key=lambda v: (max(orders[v][0].depart_s, ready[v].ready_s), v))
            order = orders[vehicle].pop(0)
            room = self.fleet.room.room(order.site)
            if room is not None and room < sum(party.persons for stop in order.stops for party in stop):
                break
            goal = Stage(order.stops[-1][0].claim.node, self._site_node[order.site])
            done = self.fleet.book_round(order.stops, Journey(order.site, (goal,), 0), vehicle)
            if isinstance(done, str):
                break
            self._tours[vehicle].append(self.fleet.commit(*done, order.site))
            made[vehicle] += 1
        return made
