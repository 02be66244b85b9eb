"""Sums a priced bound again: what all persons together can gain at most, when what they share has a price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage_verify.loads import MANY_PLACES, Boarding, mixed
from safepassage_verify.paths import UNREACHED, Paths
from safepassage_verify.roads import BUS, CAR, LINK, Int64, int64
from safepassage_verify.snapshot import CARRIED, COMMODITY, Snapshot, Vehicle

SECONDS_PER_HOUR = 3600
PPM = 10**6
NO_LIMIT = None
MOST_CELLS = 40_000_000
"""Steps times options that are looked at; finer sums prove nothing here."""
AT_ONCE = 64
"""So many options are laid out at a time."""
_NOTHING = -(2**50)


@dataclass(slots=True)
class _Graph:
    """Stations and options: (station, target, ready, rest, move, after, reward, line, until) rows.

    And mixes: (station, from step, later, this, its share, that, whole), worth as much as `this` by its share
    and `that` by the rest of the whole are so many steps later, counted from a step on.
    """

    stops: list[bool] = field(default_factory=list)
    rows: list[tuple[int, int, int, int, int, int, int, int, int]] = field(default_factory=list)
    mixes: list[tuple[int, int, int, int, int, int, int]] = field(default_factory=list)

    def station(self, *, stop: bool = False) -> int:
        self.stops.append(stop)
        return len(self.stops) - 1

    def ride(
        self, start: int, to: int, move_s: int, *, terms: tuple[int, int, int] = (0, 0, 0), after_s: int = 0,
        toll: int = 0, until_s: int = -1,
    ) -> None:  # fmt: skip
        """Add a ride; `terms` are (not before, seconds at rest first, price)."""
        ready_s, rest_s, price = terms
        if move_s < UNREACHED:
            self.rows.append((start, to, ready_s, rest_s, move_s, after_s, -price - toll, -1, until_s))

    def passage(self, start: int, to: int, line: int) -> None:
        """Add the passage of a listed arc, by its line in the table of prices."""
        self.rows.append((start, to, 0, 0, 0, 0, 0, line, -1))


class PricedBound:
    """The most that decided persons can gain together: seconds between arrival and horizon, added up."""

    def __init__(self, snapshot: Snapshot, claim: Mapping[str, Any], paths: Paths) -> None:
        self.snapshot, self.roads, self._paths = snapshot, snapshot.roads, paths
        self.step_s: int = claim["step_s"]
        self.steps = snapshot.horizon_s // self.step_s + 1
        self.listed: list[int] = [row["arc"] for row in claim["arcs"]]
        self._persons = np.array([self._prices(row["persons"]) for row in claim["arcs"]]).reshape(
            -1, self.steps
        )
        self._road = np.array([self._prices(row["road"]) for row in claim["arcs"]]).reshape(-1, self.steps)
        self._by_load: bool = claim.get("loads", False)
        self._toll = {row["site"]: row["price"] for row in claim["sites"]}
        self.price = {
            (row["direction"], row["commodity"], row["node"], row["release_s"]): row["price"]
            for row in claim["people"]
        }
        self._is_link = self.roads.modes[self.listed] & LINK != 0 if self.listed else np.zeros(0, dtype=bool)
        self.people, self.on_road = self._classes()
        self.sites = [site for name, _ in snapshot.directions for site in snapshot.sites(name)]
        self.graph, self._lines = _Graph(), _Lines(self)
        self._starts: list[tuple[int, int, int, int]] = []
        self._masks: dict[tuple[int, str | None, int], NDArray[np.bool_]] = {}
        self._found: dict[tuple[int, int], Int64] = {}

    def _prices(self, runs: Sequence[Sequence[int]]) -> Int64:
        """Return the price of every step; runs are (step, price from there on)."""
        out = np.zeros(self.steps, dtype=np.int64)
        for step, price in runs:
            out[step:] = price
        return out

    def _classes(self) -> tuple[dict[tuple[str, str, int, int], int], dict[tuple[str, bool, int, int], int]]:
        """Return decided persons by (direction, commodity, origin, release), and those under way.

        The latter by (direction, whether they drive, node, second they stand there).
        """
        found: dict[tuple[str, str, int, int], int] = {}
        on_road: dict[tuple[str, bool, int, int], int] = {}
        for key, persons in self.snapshot.decided.items():
            origin, release_s = self.snapshot.origin(key), self.snapshot.places[key[0]].release_s
            if origin < 0 or not persons:
                continue
            if key[0] in self.snapshot.under_way:
                where = (key[1], COMMODITY[key[2]] == "cars", origin, release_s)
                on_road[where] = on_road.get(where, 0) + persons
                continue
            name = (key[1], COMMODITY[key[2]], origin, release_s)
            found[name] = found.get(name, 0) + persons
        return found, on_road

    def limit(self) -> int | None:
        """Return the most that can be gained, or None where the sum has no limit."""
        sold: int | None = self._sold()
        rules = self.snapshot.rules
        turn_s = min(rules.load_base_s + rules.unload_base_s + sum(rules.of_kind(kind)) for kind in CARRIED)
        if self._by_load:
            turn_s = min(turn_s, *(rules.load_base_s + rules.of_kind(kind)[0] for kind in CARRIED))
        if sold is None or self.step_s > turn_s or not self._links_are_listed():
            return NO_LIMIT
        total: int = sold + sum(self.price.get(name, 0) * n for name, n in self.people.items())
        self._build()
        value = self._values()
        if value is None:
            return NO_LIMIT
        for station, step, weight, least in self._starts:
            total += weight * max(least, int(value[step, station]) if step < self.steps else 0)
        return total

    # -- what is sold ----------------------------------------------------------------------------

    def _sold(self) -> int | None:
        """Return the prices of all there is to sell, each arc's rounded up."""
        total = 0
        for site in self.sites:
            price = self._toll.get(site.id, 0)
            if price and site.capacity_persons < 0:
                return NO_LIMIT
            total += price * max(site.capacity_persons, 0)
        for line, arc in enumerate(self.listed):
            sold = self._sold_on(arc, self._persons[line], self._road[line])
            if sold is None:
                return NO_LIMIT
            total += sold
        return total

    def _sold_on(self, arc: int, persons: Int64, road: Int64) -> int | None:
        roads, rules = self.roads, self.snapshot.rules
        edge = np.minimum(np.arange(self.steps + 1, dtype=np.int64) * self.step_s, roads.horizon_s)
        a, b, same = edge[:-1], edge[1:], np.full(self.steps, arc, dtype=np.int64)
        if roads.timetable.rank[arc] >= 0:
            places = roads.timetable.places_between(same, a, b)
            return NO_LIMIT if road.any() else _exact(persons, places)
        if road.any() and roads.modes[arc] & LINK:
            return NO_LIMIT
        free = roads.unlimited.before(same, b) > roads.unlimited.before(same, a)
        if (free & (persons > 0)).any():
            return NO_LIMIT
        heads = roads.persons.before(same, b) - roads.persons.before(same, a)
        units = roads.capacity.before(same, b) - roads.capacity.before(same, a)
        paid = 1000 * (_exact(persons, heads) + SECONDS_PER_HOUR * rules.burst_persons * _rises(persons))
        paid += _exact(road, units) + SECONDS_PER_HOUR * rules.burst_mveh * _rises(road)
        return -(-paid // (1000 * SECONDS_PER_HOUR))

    def _links_are_listed(self) -> bool:
        """Return whether every link arc between a pick-up and a site of a direction has its line."""
        roads = self.roads
        for name, _ in self.snapshot.directions:
            usable = np.flatnonzero(roads.ever_open & (roads.directions & self.snapshot.bit(name) != 0))
            starts = {(key[2], 0) for key in self.people if key[0] == name and key[1] in CARRIED}
            ends = {(site.node, 0) for site in self.snapshot.sites(name)}
            out, back = self._paths.times_from(usable, starts), self._paths.times_to(usable, ends)
            links = usable[roads.modes[usable] & LINK != 0]
            between = links[(out[roads.tail[links]] < UNREACHED) & (back[roads.head[links]] < UNREACHED)]
            if not set(between.tolist()) <= set(self.listed):
                return False
        return True

    # -- who can do what -------------------------------------------------------------------------

    def _build(self) -> None:
        """Lay out the options of every kind of place and vehicle, of cars, and of journeys with links."""
        for (kind, _, until_s, places), vehicles in sorted(self._fleets().items()):
            self._seats(kind, until_s, vehicles, places)
        rules, fleet = self.snapshot.rules, [v for v in self.snapshot.fleet.values() if v.places]
        share = min((v.units_mveh * 1000 // v.places for v in fleet), default=0)
        lightest = min((v.weight_kg for v in fleet), default=0)
        for name, _ in self.snapshot.directions:
            cars = [key for key in self.people if key[0] == name and key[1] == "cars"]
            others = [key for key in self.people if key[0] == name and key[1] in CARRIED]
            per_person = rules.car_units_mveh * 1000 // rules.persons_per_car
            self._walk(cars, name, (CAR, rules.car_weight_kg, per_person), layers=1)
            if self._is_link.any():
                self._walk(others, name, (BUS | LINK if fleet else LINK, lightest, share), layers=2)
            self._go_on(name, (CAR, rules.car_weight_kg, per_person), drive=True)
            self._go_on(name, (BUS | LINK, 0, 0), drive=False)

    def _fleets(self) -> dict[tuple[str, bytes, int, int], list[Vehicle]]:
        """Return vehicles by (kind of place, arcs they may use, last arrival, places where heads count)."""
        found: dict[tuple[str, bytes, int, int], list[Vehicle]] = {}
        horizon_s, needed = self.snapshot.horizon_s, {key[1] for key in self.people}
        for vehicle in self.snapshot.fleet.values():
            for kind in CARRIED:
                if vehicle.places_of(kind) and kind in needed:
                    until = vehicle.available_until_s
                    until = horizon_s if until < 0 else min(until, horizon_s)
                    arcs = self._arcs(BUS, None, vehicle.weight_kg).tobytes()
                    places = vehicle.places_of(kind)
                    counted = places if self._by_load and places >= MANY_PLACES else 1
                    found.setdefault((kind, arcs, until, counted), []).append(vehicle)
        return found

    def _arcs(self, mode: int, direction: str | None, weight_kg: int) -> NDArray[np.bool_]:
        """Return arcs ever open to a mode and weight; to loads of a direction if one is named."""
        if (mode, direction, weight_kg) in self._masks:
            return self._masks[mode, direction, weight_kg]
        roads = self.roads
        light = (roads.max_weight_kg < 0) | (roads.max_weight_kg >= weight_kg)
        found: NDArray[np.bool_] = roads.ever_open & (roads.modes & mode != 0)
        found &= light | (roads.modes & mode & LINK != 0)
        if direction is not None:
            found &= roads.directions & self.snapshot.bit(direction) != 0
        self._masks[mode, direction, weight_kg] = found
        return found

    def times(self, usable: NDArray[np.bool_], end: int) -> Int64:
        """Return least times from every node to one, over arcs that are not listed."""
        name = (id(usable), end)
        if name not in self._found:
            kept = usable.copy()
            kept[self.listed] = False
            self._found[name] = self._paths.times_to(np.flatnonzero(kept), [(end, 0)])
        return self._found[name]

    def _seats(self, kind: str, until_s: int, vehicles: Sequence[Vehicle], places: int) -> None:
        """Lay out what one place can do: board, arrive, come back, board again."""
        bases: dict[tuple[int, int], int] = {}
        for vehicle in vehicles:
            base = (vehicle.base_node, vehicle.available_from_s)
            bases[base] = bases.get(base, 0) + vehicle.places_of(kind)
        share = min(v.units_mveh * 1000 // v.places for v in vehicles)
        weight_kg = vehicles[0].weight_kg
        graph, rules = self.graph, self.snapshot.rules
        _, unload_s = rules.of_kind(kind)
        after_s = rules.unload_base_s + unload_s
        people = {key: graph.station() for key in sorted(self.people) if key[1] == kind}
        nodes = sorted({site.node for site in self.sites} | {node for node, _ in bases})
        ready = {node: graph.station(stop=True) for node in nodes}
        driven = self._arcs(BUS, None, weight_kg)
        empty = _Crossings(self, driven, share, heads=0)
        for node, station in [*ready.items(), *empty.after()]:
            for key, pickup in people.items():
                graph.ride(station, pickup, int(self.times(driven, key[2])[node]))
            empty.enter(station, node)
        for name, _ in self.snapshot.directions:
            usable = self._arcs(BUS, name, weight_kg)
            loaded = _Crossings(self, usable, share, heads=1)
            late = _Crossings(self, usable, share, heads=1) if places > 1 else None
            Boarding(
                bound=self, kind=kind, places=places, direction=name, usable=usable, loaded=loaded,
                late=late, empty=empty, ready=ready, ends=(after_s, until_s),
            ).lay_out({key: station for key, station in people.items() if key[0] == name})  # fmt: skip
        self._starts += [(ready[node], at_s // self.step_s, n, 0) for (node, at_s), n in bases.items()]

    def boards_s(self, release_s: int, loading_s: int) -> int:
        """Return when loading may begin: a leg that departs from now on may have been loaded before."""
        return max(0, release_s - loading_s) if release_s <= self.snapshot.now_s else release_s

    def arrivals(  # noqa: PLR0917
        self, station: int, node: int, direction: str, usable: NDArray[np.bool_],
        terms: tuple[int, int, int], then: Mapping[int, int], ends: tuple[int, int],
    ) -> None:  # fmt: skip
        """Add the rides from a node to all sites of a direction; `ends`: (seconds after, last arrival)."""
        for site in self.snapshot.sites(direction):
            self.graph.ride(
                station, then.get(site.node, -1), int(self.times(usable, site.node)[node]), terms=terms,
                after_s=ends[0], toll=self._toll.get(site.id, 0), until_s=ends[1],
            )  # fmt: skip

    def _walk(
        self,
        people: Sequence[tuple[str, str, int, int]],
        direction: str,
        carrier: tuple[int, int, int],
        layers: int,
    ) -> None:
        """Lay out journeys that take no place of the fleet; with two layers, one link at least."""
        mode, weight_kg, share = carrier
        usable = self._arcs(mode, direction, weight_kg)
        made = [_Crossings(self, usable, share, heads=1, passages=False) for _ in range(layers)]
        last, ends = made[-1], (0, self.snapshot.horizon_s)
        for key in sorted(people):
            source, terms = self.graph.station(stop=True), (key[3], 0, self.price.get(key, 0))
            made[0].enter(source, key[2], terms)
            if layers == 1:
                self.arrivals(source, key[2], direction, usable, terms, {}, ends)
            self._starts.append((source, 0, self.people[key], 0))
        for node, station in last.after():
            self.arrivals(station, node, direction, usable, (0, 0, 0), {}, ends)
        for layer in made:
            for node, station in layer.after():
                layer.enter(station, node)
            layer.pass_into(lambda line, own=layer: last if self._is_link[line] else own)

    def _go_on(self, direction: str, carrier: tuple[int, int, int], *, drive: bool) -> None:
        """Lay out how those under way go on from where they stand, at now or when they get there."""
        people = {key: n for key, n in self.on_road.items() if key[:2] == (direction, drive)}
        if not people:
            return
        usable, ends = self._arcs(carrier[0], direction, carrier[1]), (0, self.snapshot.horizon_s)
        crossings = _Crossings(self, usable, carrier[2], heads=1)
        stations = {node: self.graph.station(stop=True) for node in sorted({key[2] for key in people})}
        for node, station in [*stations.items(), *crossings.after()]:
            self.arrivals(station, node, direction, usable, (0, 0, 0), {}, ends)
            crossings.enter(station, node)
        for (_, _, node, at_s), persons in people.items():
            begin = max(at_s, self.snapshot.now_s) // self.step_s
            self._starts.append((stations[node], begin, persons, self._there(direction, node, at_s)))

    def _there(self, direction: str, node: int, at_s: int) -> int:
        """Return what those gain who stand at a site of theirs already, 0 for all others."""
        left_s = self.snapshot.horizon_s - at_s
        sites = [site for site in self.snapshot.sites(direction) if site.node == node and left_s >= 0]
        return max((left_s - self._toll.get(site.id, 0) for site in sites), default=0)

    # -- the sum ---------------------------------------------------------------------------------

    def _values(self) -> Int64 | None:
        """Return (steps + 1, n_stations) what can still be gained, None if there is no limit or too much."""
        rows = int64(sorted(self.graph.rows)).reshape(-1, 9)
        n_stations, width = len(self.graph.stops), len(rows)
        # After the last step come two rows more: when nobody gains any more, and where journeys end.
        value = np.full((self.steps + 2) * n_stations, _NOTHING, dtype=np.int64)
        table = value.reshape(self.steps + 2, n_stations)
        table[:, np.array(self.graph.stops, dtype=bool)] = 0
        table[-1] = 0
        if not width:
            return table[:-1]
        if self.steps * width > MOST_CELLS:
            return None
        mixes = int64(self.graph.mixes).reshape(-1, 7).T
        alike, worth, then, near = self._laid_out(rows)
        first = np.flatnonzero(np.diff(rows[:, 0], prepend=-1))
        owners, target, reward = rows[first, 0], rows[:, 1].clip(0), rows[:, 6]
        for k in range(self.steps - 1, -1, -1):
            here = table[k]
            np.maximum(here, table[k + 1], out=here)
            brings, leads = worth[k][alike] + reward, then[k][alike] * n_stations + target
            found = np.maximum.reduceat(brings + value[leads], first)
            here[owners] = np.maximum(here[owners], found)
            mixed(table[:-1], k, mixes)
            if len(near) and not self._settle(here, (rows[near, 0], brings[near], leads[near]), value):
                return None
        return table[:-1]

    def _settle(self, here: Int64, near: tuple[Int64, Int64, Int64], value: Int64) -> bool:
        """Go round within one step until nothing changes; False where that gains without end."""
        station, worth, then = near
        for _ in range(len(here) + 1):
            again = here.copy()
            np.maximum.at(again, station, worth + value[then])
            if (again == here).all():
                return True
            here[:] = again
        return False

    def _laid_out(self, rows: Int64) -> tuple[Int64, Int64, Int64, Int64]:
        """Return the column of each option; by (steps, n_columns) what it brings and the step it leads to.

        Options that take the same seconds have a column together, without their price; the last row of values
        is the step of what leads no further. And the options that may end in the step in which they begin.
        A few are laid out at a time: what is in between stays in the processor's cache.
        """
        own = np.concatenate([rows[:, [2, 3, 4, 5, 7, 8]], rows[:, 1:2] >= 0], axis=1)
        timings, alike = np.unique(own, axis=0, return_inverse=True)
        alike = alike.reshape(-1)
        worth = np.empty((self.steps, len(timings)), dtype=np.int64)
        then, near = np.empty_like(worth), np.zeros(len(timings), dtype=bool)
        tables, begin = (self._allowed(), self._lines.columns()), np.arange(self.steps)[:, None]
        for first in range(0, len(timings), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            worth[:, some], step = self._options(timings[some], tables)
            near[some] = (step == begin).any(axis=0)
            then[:, some] = np.where(step >= 0, step, self.steps + 1)
        return alike, worth, then, np.flatnonzero(near[alike])

    def _options(self, timings: Int64, tables: tuple[Any, Any]) -> tuple[Int64, Int64]:
        """Return (steps, n) what timings bring but for their price, and the step they end in (-1: none)."""
        allowed, (is_open, price, tau_s) = tables
        begin = np.arange(self.steps, dtype=np.int64)[:, None] * self.step_s
        ready_s, rest_s, move_s, after_s, line, until_s, goes_on = timings.T
        t = self._reached(np.maximum(begin, ready_s) + rest_s, move_s, allowed)
        passed = np.flatnonzero(line >= 0)
        lines = line[passed]
        t[:, passed] = np.where(is_open[:, lines], begin + tau_s[lines], -1)
        arrives = until_s >= 0
        worth = np.where(arrives, self.snapshot.horizon_s - t, 0)
        worth[:, passed] -= price[:, lines]
        step = (t + after_s) // self.step_s
        inside = (step < self.steps) & (goes_on > 0)
        lost = (t < 0) | (arrives & (t > until_s)) | (~arrives & ~inside)
        worth[lost] = _NOTHING
        return worth, np.where(inside & ~lost, step, -1)

    def _allowed(self) -> tuple[Int64, Int64]:
        """Return (horizon_s + 2,) allowed seconds before each second, and the first second after as many."""
        moving = self.roads.hours.before(np.arange(self.snapshot.horizon_s + 2, dtype=np.int64))
        return moving, np.searchsorted(moving, np.arange(int(moving[-1]) + 1), side="left")

    def _reached(self, t: Int64, move_s: Int64, allowed: tuple[Int64, Int64]) -> Int64:
        """Return the least second by which `move_s` allowed seconds have passed, -1 past the horizon."""
        horizon_s, (moving, second) = self.snapshot.horizon_s, allowed
        late = t > horizon_s
        moved = moving[np.where(late, 0, t)] + move_s
        late |= moved >= len(second)
        reached = np.where(move_s > 0, np.maximum(second[np.where(late, 0, moved)], t + move_s), t)
        return np.where(late | (reached > horizon_s), -1, reached)


class _Lines:
    """The table of prices: a line for every listed arc and kind of traveller."""

    def __init__(self, bound: PricedBound) -> None:
        self._bound = bound
        self._index: dict[tuple[int, int, int], int] = {}
        self._price: list[Int64] = []
        self._arc: list[int] = []

    def line(self, listed: int, share: int, heads: int) -> int:
        """Return the line of a listed arc for travellers by their share of the road and head count."""
        bound, key = self._bound, (listed, share, heads)
        if key not in self._index:
            self._index[key] = len(self._arc)
            road = 0 if bound._is_link[listed] else bound._road[listed] * share // PPM  # noqa: SLF001
            self._price.append(heads * bound._persons[listed] + road)  # noqa: SLF001
            self._arc.append(listed)
        return self._index[key]

    def columns(self) -> tuple[NDArray[np.bool_], Int64, Int64]:
        """Return ((steps, n_lines) open, (steps, n_lines) price, (n_lines,) seconds)."""
        bound = self._bound
        shape = (bound.steps, len(self._arc))
        is_open = np.zeros(shape, dtype=bool)
        price = np.zeros(shape, dtype=np.int64)
        opened = {listed: _open(bound, bound.listed[listed]) for listed in sorted(set(self._arc))}
        for line, listed in enumerate(self._arc):
            is_open[:, line] = opened[listed]
            price[:, line] = self._price[line]
        arcs = [bound.listed[listed] for listed in self._arc]
        return is_open, price, bound.roads.least_travel_s[arcs] if arcs else int64([])


def _open(bound: PricedBound, arc: int) -> NDArray[np.bool_]:
    """Return whether an arc may be entered in some allowed second of each step."""
    roads, step_s = bound.roads, bound.step_s
    seconds = np.arange(roads.horizon_s, dtype=np.int64)
    same = np.full(len(seconds), arc, dtype=np.int64)
    usable = (np.diff(roads.hours.before(np.arange(roads.horizon_s + 1))) > 0) & (
        roads.capacity.at(same, seconds) > 0
    )
    if roads.timetable.rank[arc] >= 0:
        usable &= roads.timetable.places_at(same, seconds) >= 0
    out = np.zeros(bound.steps, dtype=bool)
    out[seconds[usable] // step_s] = True
    return out


class _Crossings:
    """Stations before and behind every listed arc that a carrier may use."""

    def __init__(
        self, bound: PricedBound, usable: NDArray[np.bool_], share: int, *, heads: int, passages: bool = True
    ) -> None:
        self._bound, self._usable, self._share, self._heads = bound, usable, share, heads
        self._listed = [line for line, arc in enumerate(bound.listed) if usable[arc]]
        graph = bound.graph
        self._before = {line: graph.station() for line in self._listed}
        self._behind = {line: graph.station() for line in self._listed}
        if passages:
            self.pass_into(lambda _: self)

    def pass_into(self, layer: Any) -> None:
        """Add the passages; `layer` says for a listed arc on which crossings one then is."""
        bound = self._bound
        for line in self._listed:
            row = bound._lines.line(line, self._share, self._heads)  # noqa: SLF001
            bound.graph.passage(self._before[line], layer(line)._behind[line], row)  # noqa: SLF001

    def after(self) -> list[tuple[int, int]]:
        """Return (node, station) behind each listed arc."""
        head = self._bound.roads.head
        return [(int(head[self._bound.listed[line]]), station) for line, station in self._behind.items()]

    def enter(
        self, station: int, node: int, terms: tuple[int, int, int] = (0, 0, 0), onto: _Crossings | None = None
    ) -> None:
        """Add the ways from a node to the listed arcs, of another carrier if one is named."""
        bound = self._bound
        for line in self._listed:
            tail = int(bound.roads.tail[bound.listed[line]])
            move_s = int(bound.times(self._usable, tail)[node])
            bound.graph.ride(station, (onto or self)._before[line], move_s, terms=terms)  # noqa: SLF001


def _exact(price: Int64, amount: Int64) -> int:
    """Return the sum of products as a whole number of any size."""
    used = np.flatnonzero(price)
    return sum(p * n for p, n in zip(price[used].tolist(), amount[used].tolist(), strict=True))


def _rises(price: Int64) -> int:
    """Return the sum of all rises of a price from one step to the next, the first included."""
    return sum(max(0, rise) for rise in np.diff(price, prepend=0).tolist())
