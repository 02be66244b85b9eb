"""Plans of least exposure: a flow over time proposes ways and turns, a drive in order of time books them.

The flow keeps to clocks in bins; the drive keeps every rule of the model in whole seconds. Cars that come
late are booked again, one by one, on ways through what is left; then each car in turn is moved where it is
exposed less beside all others, until little changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.plan import CarStream, Departure, Route, Schedule, Unserved
from safepassage.engines.least_exposure.flows import clock_of, flow_network, graph_of
from safepassage.engines.least_exposure.polish import polish
from safepassage.engines.least_exposure.roads import Roads

Int64 = NDArray[np.int64]

MARGINS = (0, 1, 3)
"""The flow is done so many bins earlier than the plan: driving makes some of its cars a little late."""
ROUNDS = 6
AFTER_S = 1_800
"""How long after the stated time the drive goes on, to see who comes late."""
SMALL_GAIN = 0.001
TRIES = 1_200
"""So many small changes are tried on a plan in which each car alone is placed best."""
QUEUE_S = 600
"""The longest wait before an arc that a plan uses, where the case allows more."""


@dataclass(slots=True)
class _Pool:
    """All ways known so far; their numbers stay when more come."""

    n_classes: int
    number: dict[bytes, int] = field(default_factory=dict)
    first: list[int] = field(default_factory=lambda: [0])
    arcs: list[Int64] = field(default_factory=list)
    choices: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.choices = [[] for _ in range(self.n_classes)]

    def add(self, of_class: int, arcs: Int64) -> int:
        """Return the number of a way, -1 for one that meets an arc twice."""
        if len(np.unique(arcs)) < len(arcs) or not len(arcs):
            return -1
        key = arcs.tobytes()
        if key not in self.number:
            self.number[key] = len(self.arcs)
            self.arcs.append(arcs.copy())
            self.first.append(self.first[-1] + len(arcs))
        way = self.number[key]
        if way not in self.choices[of_class]:
            self.choices[of_class].append(way)
        return way

    def ways(self) -> Any:
        """Return the ways as arrays."""
        from safepassage.kernels.booking.departure_book import Ways  # noqa: PLC0415 - compiled when first used

        sizes = np.cumsum([0, *(len(c) for c in self.choices)])
        return Ways(
            first=np.asarray(self.first, dtype=np.int64),
            arc=np.concatenate(self.arcs) if self.arcs else np.zeros(0, dtype=np.int64),
            choice_first=sizes.astype(np.int64),
            choice=np.asarray([way for c in self.choices for way in c], dtype=np.int64),
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CarPlan:
    """A booked plan: for every car its class, way (-1: not served in time), arrival and exposure (ppm·s).

    `enter_s` (n_cars, longest way) are the entries of the arcs of the way.
    """

    by_s: int
    of_class: Int64
    way: Int64
    enter_s: Int64
    arrive_s: Int64
    exposure_ppm_s: Int64

    @property
    def unserved(self) -> int:
        """Cars that do not arrive in time."""
        return int((self.way < 0).sum())

    @property
    def clearance_s(self) -> int:
        """Last arrival."""
        return int(self.arrive_s.max(initial=0))

    @property
    def total_ppm_s(self) -> int:
        """Exposure of all cars that are served."""
        return int(self.exposure_ppm_s[self.way >= 0].sum())


class LeastExposure:
    """Plans for one direction; ways found for one time limit serve the next."""

    def __init__(self, roads: Roads) -> None:
        self.roads = roads
        self._pool = _Pool(len(roads.classes))

    def plan(
        self, by_s: int, *, hazard: Roads | None = None, start: CarPlan | None = None, tries: int = TRIES
    ) -> CarPlan:
        """Return a plan of small exposure in which as many as possible arrive by `by_s`.

        `hazard` replaces the hazard that counts (such as `Roads.of_time`); `start` is a plan that is done
        by then:
        it is bettered if the flow does not lead to a plan that serves as many with less exposure.
        """
        roads = hazard or self.roads
        best = None if start is None else self._better(roads, by_s, start)
        for found in self._by_flows(roads, by_s):
            if best is None or _rank(found) < _rank(best):
                best = found
            if not found.unserved:
                break
        if best is None:
            best = self._better(roads, by_s, self._nobody(by_s))
        return self._polished(roads, by_s, best, tries) if tries else best

    def _by_flows(self, roads: Roads, by_s: int) -> Iterator[CarPlan]:
        """Yield plans from flows that are done ever earlier."""
        clock = clock_of(roads, by_s)
        for margin in MARGINS:
            found = self._by_flow(roads, by_s, clock, by_s - margin * clock.bin_s)
            if found is not None:
                yield found

    def _polished(self, roads: Roads, by_s: int, plan: CarPlan, tries: int) -> CarPlan:
        from safepassage.kernels.booking.departure_book import Cars  # noqa: PLC0415 - compiled when first used
        from safepassage.kernels.prices.priced_journeys import Prices, cheapest  # noqa: PLC0415

        ways = self._pool.ways()
        enter = np.zeros((len(plan.way), max(ways.longest, plan.enter_s.shape[1])), dtype=np.int64)
        enter[:, : plan.enter_s.shape[1]] = plan.enter_s
        cars = Cars(plan.of_class.copy(), plan.way.copy(), plan.exposure_ppm_s.copy(), enter)
        least = cheapest(
            graph_of(roads), (roads.nodes, roads.release_s), Prices.none(), by_s=by_s, wait_exposed=False
        ).cost
        polish(
            lambda: self._book(roads, by_s + AFTER_S, len(plan.way)), ways, cars, least=least, by_s=by_s,
            tries=tries,
        )  # fmt: skip
        return self._read(by_s=by_s, of_class=cars.of_class, way=cars.way, enter_s=cars.enter_s, roads=roads)

    def valued(self, plan: CarPlan) -> CarPlan:
        """Return the same plan with its exposure to the hazard of the problem."""
        return self._read(by_s=plan.by_s, of_class=plan.of_class, way=plan.way, enter_s=plan.enter_s)

    def plan_of(self, schedule: Schedule, by_s: int) -> CarPlan:
        """Return the plan that the cars of a schedule make, whoever made it; its ways serve from then on.

        A car that meets an arc twice waits for it instead: entries before the last one are left out.

        Raises ValueError where a car takes an arc that is not among the roads.
        """
        roads = self.roads
        place = {c.place: i for i, c in enumerate(roads.classes)}
        cars: list[tuple[int, int, Int64]] = []
        for stream in schedule.cars:
            whole = np.asarray(schedule.routes[stream.route].arcs, dtype=np.int64)
            arcs = np.searchsorted(roads.network.arc, whole)
            if (roads.network.arc[np.minimum(arcs, len(roads.network.arc) - 1)] != whole).any():
                raise ValueError(f"stream {stream.id} takes an arc that is not among the roads")
            kept = _without_circles(arcs)
            number = self._pool.add(place[stream.place], arcs[kept])
            cars += [(place[stream.place], number, _entries(roads, arcs, d)[kept]) for d in stream.departures]
        cars.sort(key=lambda car: car[0])
        n = int(roads.cars.sum())
        of_class = np.repeat(np.arange(len(roads.classes)), roads.cars)
        way = np.full(n, -1, dtype=np.int64)
        enter = np.zeros((n, self._pool.ways().longest), dtype=np.int64)
        free = np.cumsum(roads.cars) - roads.cars
        for c, of_car, entries in cars:
            way[free[c]], enter[free[c], : len(entries)] = of_car, entries
            free[c] += 1
        return self._read(by_s=by_s, of_class=of_class, way=way, enter_s=enter)

    def arcs_of(self, way: int) -> Int64:
        """Return the arcs of a way, as positions in `roads.network`."""
        return self._pool.arcs[way]

    def arc_seconds(self, plan: CarPlan) -> Int64:
        """Return (n_arcs, steps) car-seconds on each arc in each step of hazard, waiting for it included."""
        roads = self.roads
        out = np.zeros(roads.ppm.shape, dtype=np.int64)
        arc, since, leave = self._stays(plan.way, plan.enter_s)
        for k in range(len(roads.breaks) - 1):
            lo, hi = roads.breaks[k], roads.breaks[k + 1]
            inside = np.maximum(0, np.minimum(leave, hi) - np.maximum(since, lo))
            out[:, k] = np.bincount(arc, weights=inside, minlength=len(out)).astype(np.int64)
        return out

    def schedule(self, plan: CarPlan) -> Schedule:
        """Return the plan as a schedule of the problem."""
        roads, ways = self.roads, self._pool.ways()
        site_at = {site.node: site.id for site in reversed(roads.problem.sites(roads.direction))}
        travel = roads.network.travel_s[roads.network.first[:-1]]
        routes: list[Route] = []
        streams: list[CarStream] = []
        for way, of_class in sorted({*zip(plan.way.tolist(), plan.of_class.tolist(), strict=True)}):
            if way < 0:
                continue
            arcs = ways.arc[ways.first[way] : ways.first[way + 1]]
            end = int(roads.network.head[arcs[-1]])
            members = np.flatnonzero((plan.way == way) & (plan.of_class == of_class))
            departures = sorted(
                (_departure(plan.enter_s[i, : len(arcs)], travel[arcs]) for i in members.tolist()),
                key=lambda d: (d.depart_s, d.waits),
            )
            streams.append(
                CarStream(
                    id=f"c{len(streams) + 1}", place=roads.classes[of_class].place, direction=roads.direction,
                    site=site_at[end], route=len(routes), reserve=False, departures=tuple(departures),
                )
            )  # fmt: skip
            whole = tuple(roads.network.arc[arcs].tolist())
            routes.append(Route(from_node=roads.classes[of_class].node, to_node=end, arcs=whole))
        missing = np.bincount(plan.of_class[plan.way < 0], minlength=len(roads.classes)).tolist()
        return Schedule(
            routes=tuple(routes), cars=tuple(streams), vehicles=(), link_rides=(),
            unserved=tuple(
                Unserved(
                    place=c.place, direction=roads.direction, group="own_vehicle", persons=n,
                    reason="road_time", detail="",
                )
                for c, n in zip(roads.classes, missing, strict=True) if n
            ),
            reserves=(),
        )  # fmt: skip

    def _by_flow(self, roads: Roads, by_s: int, clock: Any, flow_by_s: int) -> CarPlan | None:
        from safepassage.kernels.booking.departure_book import Cars  # noqa: PLC0415 - compiled when first used
        from safepassage.kernels.prices.exposure_flow import car_paths  # noqa: PLC0415

        if flow_by_s <= 0:
            return None
        paths = car_paths(flow_network(roads), clock, by_s=flow_by_s)
        of_class = np.repeat(np.arange(len(roads.classes)), roads.cars)
        n, at = len(of_class), np.cumsum(roads.cars) - roads.cars
        way, depart = np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=np.int64)
        for i, c in enumerate(paths.source.tolist()):
            mine = slice(int(at[c]), int(at[c] + paths.cars[i]))
            way[mine] = self._pool.add(c, paths.arc[paths.first[i] : paths.first[i + 1]])
            depart[mine] = paths.depart_s[i]
            at[c] += paths.cars[i]
        if not (way >= 0).any():
            return None
        ways = self._pool.ways()
        cars = Cars(of_class, way, np.zeros(n, dtype=np.int64), np.zeros((n, ways.longest), dtype=np.int64))
        earliest = np.full((n, ways.longest), -1, dtype=np.int64)
        earliest[:, 0] = depart
        book = self._book(roads, by_s + AFTER_S, n)
        arrive = book.drive(ways, cars, earliest)
        book.take_out(ways, cars, np.flatnonzero(arrive > by_s))
        book.hold_back(ways, cars)
        return self._settled(roads, by_s, book, cars)

    def _better(self, roads: Roads, by_s: int, start: CarPlan) -> CarPlan:
        from safepassage.kernels.booking.departure_book import Cars  # noqa: PLC0415 - compiled when first used

        ways = self._pool.ways()
        served = bool((start.way >= 0).any())
        width = max(ways.longest, start.enter_s.shape[1])
        enter = np.zeros((len(start.way), width), dtype=np.int64)
        enter[:, : start.enter_s.shape[1]] = start.enter_s
        cars = Cars(start.of_class.copy(), start.way.copy(), start.exposure_ppm_s.copy(), enter)
        book = self._book(roads, by_s + AFTER_S, len(start.way))
        if served:
            book.load(ways, cars)
        return self._settled(roads, by_s, book, cars)

    def _settled(self, roads: Roads, by_s: int, book: Any, cars: Any) -> CarPlan:
        """Find room for those who have none, and better everybody in turn, until little changes."""
        from safepassage.kernels.booking.departure_book import Cars  # noqa: PLC0415 - compiled when first used
        from safepassage.kernels.prices.priced_journeys import Prices, cheapest  # noqa: PLC0415

        none, before = Prices.none(), (-1, 0)
        for _ in range(ROUNDS):
            left = np.flatnonzero(cars.way < 0)
            found = cheapest(
                graph_of(roads), (roads.nodes, roads.release_s), none, by_s=by_s, wait_exposed=False,
                wait_max_s=self._wait_max_s(), full=book.full(by_s),
            )  # fmt: skip
            wanted = np.unique(cars.of_class[left]) if len(left) else np.arange(len(roads.classes))
            for c in wanted[found.first[wanted + 1] > found.first[wanted]].tolist():
                self._pool.add(c, found.arc[found.first[c] : found.first[c + 1]])
            ways = self._pool.ways()
            if ways.longest > cars.enter_s.shape[1]:
                enter = np.zeros((len(cars.way), ways.longest), dtype=np.int64)
                enter[:, : cars.enter_s.shape[1]] = cars.enter_s
                cars = cars._replace(enter_s=enter)
            for order, again in ((left, False), (np.argsort(-cars.cost, kind="stable"), True)):
                part = Cars(*(column[order] for column in cars))
                book.place(ways, part, by_s=by_s, again=again)
                for column, changed in zip(cars, part, strict=True):
                    column[order] = changed
            book.hold_back(ways, cars)
            served = cars.way >= 0
            now = (int(served.sum()), int(cars.cost[served].sum()))
            if now[0] == before[0] and before[1] - now[1] <= SMALL_GAIN * before[1]:
                break
            before = now
        return self._read(by_s=by_s, of_class=cars.of_class, way=cars.way, enter_s=cars.enter_s, roads=roads)

    def _read(
        self, *, by_s: int, of_class: Int64, way: Int64, enter_s: Int64, roads: Roads | None = None
    ) -> CarPlan:
        roads = roads or self.roads
        arc, since, leave = self._stays(way, enter_s)
        cost = _integral(roads, arc, leave) - _integral(roads, arc, since)
        size = self._sizes(way)
        owner = np.repeat(np.arange(len(way)), size)
        exposure, arrive = np.zeros(len(way), dtype=np.int64), np.zeros(len(way), dtype=np.int64)
        np.add.at(exposure, owner, cost)
        np.maximum.at(arrive, owner, leave)
        return CarPlan(
            by_s=by_s, of_class=of_class, way=way, enter_s=enter_s, arrive_s=arrive, exposure_ppm_s=exposure
        )

    def _sizes(self, way: Int64) -> Int64:
        ways = self._pool.ways()
        return np.where(way >= 0, np.diff(ways.first)[way] if len(ways.first) > 1 else 0, 0)

    def _stays(self, way: Int64, enter_s: Int64) -> tuple[Int64, Int64, Int64]:
        """Return (arc, since when it is waited for, when it is left) of all entries, car by car."""
        ways, size = self._pool.ways(), self._sizes(way)
        owner = np.repeat(np.arange(len(way)), size)
        position = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
        arc = ways.arc[ways.first[way[owner]] + position]
        entered = enter_s[owner, position]
        leave = entered + _travel(self.roads, arc, entered)
        since = entered.copy()
        since[position > 0] = leave[np.flatnonzero(position > 0) - 1]
        return arc, since, leave

    def _book(self, roads: Roads, until_s: int, n_cars: int) -> Any:
        from safepassage.kernels.booking.departure_book import DepartureBook  # noqa: PLC0415 - compiled when first used

        return DepartureBook(
            graph_of(roads), roads.network.capacity_mveh_h, roads.release_s,
            until_s=min(until_s, roads.problem.network.horizon_s - 1), wait_max_s=self._wait_max_s(),
            units_mveh=roads.problem.rules.car_units_mveh, n_cars=n_cars, wait_exposed=False,
        )  # fmt: skip

    def _wait_max_s(self) -> int:
        return min(QUEUE_S, self.roads.problem.rules.junction_wait_max_s)

    def _nobody(self, by_s: int) -> CarPlan:
        n = int(self.roads.cars.sum())
        empty = np.zeros(n, dtype=np.int64)
        of_class = np.repeat(np.arange(len(self.roads.classes)), self.roads.cars)
        return CarPlan(
            by_s=by_s, of_class=of_class, way=np.full(n, -1), enter_s=np.zeros((n, 1), dtype=np.int64),
            arrive_s=empty, exposure_ppm_s=empty.copy(),
        )  # fmt: skip


def _rank(plan: CarPlan) -> tuple[int, int]:
    return plan.unserved, plan.total_ppm_s


def _entries(roads: Roads, arcs: Int64, departure: Departure) -> Int64:
    """Return the seconds in which a car enters the arcs of its way."""
    waits, out = dict(departure.waits), np.zeros(len(arcs), dtype=np.int64)
    second = departure.depart_s
    for k in range(len(arcs)):
        second += waits.get(k, 0)
        out[k] = second
        second += int(_travel(roads, arcs[k : k + 1], out[k : k + 1])[0])
    return out


def _without_circles(arcs: Int64) -> Int64:
    """Return the positions of a way that are left when it goes on from the last time it meets each arc."""
    kept: list[int] = []
    last = {arc: k for k, arc in enumerate(arcs.tolist())}
    k = 0
    while k < len(arcs):
        k = last[int(arcs[k])]
        kept.append(k)
        k += 1
    return np.asarray(kept, dtype=np.int64)


def _departure(entered: Int64, travel: Int64) -> Departure:
    waits = entered[1:] - entered[:-1] - travel[:-1]
    held = np.flatnonzero(waits > 0)
    return Departure(
        depart_s=int(entered[0]), persons=1, waits=tuple((int(k) + 1, int(waits[k])) for k in held)
    )


def _travel(roads: Roads, arc: Int64, t: Int64) -> Int64:
    network = roads.network
    if len(network.from_s) == len(network.arc):
        return network.travel_s[arc]
    key = np.repeat(np.arange(len(network.arc)), np.diff(network.first)) * 2**32 + network.from_s
    return network.travel_s[np.searchsorted(key, arc * 2**32 + t, side="right") - 1]


def _integral(roads: Roads, arc: Int64, t: Int64) -> Int64:
    """Return the sum of hazard of arcs over [0, t)."""
    area = np.cumsum(roads.ppm * np.diff(roads.breaks)[None, :], axis=1)
    k = np.minimum(np.searchsorted(roads.breaks, t, side="right") - 1, roads.ppm.shape[1] - 1)
    before = np.where(k > 0, area[arc, k - 1], 0)
    out: Int64 = before + roads.ppm[arc, k] * (t - roads.breaks[k])
    return out
