"""Finds prices: a packing program over journeys, each the best that the prices of the moment allow."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.plan import PricedBound
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.price_sheet import (
    ArcPrice,
    Guide,
    PersonPrice,
    PriceSheet,
    Runs,
    SeatGuide,
    SitePrice,
    Visit,
)
from safepassage.domain.remaining import remaining
from safepassage.engines.pricing.contracted import (
    CARRIED,
    CARS,
    classes_of,
    least_person_s,
    on_road_of,
)
from safepassage.engines.pricing.journeys import Tables
from safepassage.engines.pricing.listed import listed_arcs
from safepassage.engines.pricing.loads import limit_with_loads
from safepassage.engines.pricing.market import PPM, Market, Prices
from safepassage.engines.pricing.rows import Row, drop
from safepassage.kernels.prices import column_program, value_tables
from safepassage.kernels.prices.column_program import PackingProgram
from safepassage.kernels.prices.value_tables import best_journey, first_arrivals, retimed, value_table

Int64 = NDArray[np.int64]
STEP_S = 120
"""Seconds in a step of the search for prices, and of the bound."""
LEAST_STEP_S = 20
"""In shorter steps the tables would be too large."""
ROUGH = 4
"""The search begins in steps so many times as long."""
MOST_ARCS = 20_000
"""On larger networks (a city) the search would take longer than all the rest of the planner."""
ROUNDS = 160
FINER, MOST_CELLS, FEW_ROUNDS = 2, 10_000_000, 20
"""The bound is proved in steps so much shorter than those of the prices that guide vehicles, if tables hold
at most so many steps times options (the example 6 million), and these are filled at most so often."""
ROUGH_ENOUGH_PPM, GOOD_ENOUGH_PPM, CLOSE_PPM = 4_000, 200, 100
"""A search ends when its bound is this close to the program's value, in parts of all there is to gain."""
FILLED_BESIDE = 2
"""So many tables are filled beside each other."""
SMOOTHING = 0.5
"""Prices tried lie halfway between the program's and the best so far (Pessoa et al., Networks 2018)."""


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """What prices say to those who plan, and what finds the bounds they prove (none: they prove nothing)."""

    guide: Guide
    prove: Callable[[], tuple[PricedBound, ...]]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel with what is proved, found before."""
        return _known, (self.guide, self.prove())


def _known(guide: Guide, bounds: tuple[PricedBound, ...]) -> Priced:
    return Priced(guide, lambda: bounds)


def price(problem: PlanningProblem) -> Priced | None:
    """Return prices for what is shared: a guide for vehicles, and the bound they prove on person-seconds.

    The bound is looked for when it is first asked for. With a history both are of what remains at its end;
    the bound holds for every plan with that history. None where nobody has to move, the network is a city's,
    more arcs would have to be listed than the tables hold, or rounding to steps lets a journey take no time.
    """
    now_s = -1 if problem.history is None else problem.history.now_s
    problem = remaining(problem)
    listed, rules = listed_arcs(problem), problem.rules
    # Within one step nobody may board twice in the same place, or there would be no limit.
    each_s = min(sum(least_person_s(rules, kind)) for kind in CARRIED)
    turn_s = rules.load_base_s + rules.unload_base_s + each_s
    step_s = min(STEP_S, turn_s)
    anybody = classes_of(problem) or on_road_of(problem)
    if listed is None or not anybody or step_s < LEAST_STEP_S or len(problem.network.arcs) > MOST_ARCS:
        return None
    where = (problem, listed, now_s)
    try:
        made = _search(where, step_s, min(ROUGH, turn_s // step_s))
    except ArithmeticError:
        # Rounded to steps, some journey would take no time at all: prices then prove nothing.
        return None
    guide = _guide(made.market, made.prices, _sheet(made.market, made.prices), made.program)
    return Priced(guide, cache(partial(_bounds, where, made)))


def _bounds(where: Where, made: _Found) -> tuple[PricedBound, ...]:
    """Return the bound that prices prove, none where that is nothing."""
    problem = where[0]
    names = {name for name, _ in problem.directions}
    demand = sum(r.persons for r in problem.demand if r.direction in names and r.basis != "assumption")
    everything = demand * problem.network.horizon_s
    # A limit above all there is to gain proves nothing.
    proved = _proved(where, made) if made.limit < everything else made
    counted = (
        limit_with_loads(proved.market, proved.prices, proved.limit) if proved.limit < everything else None
    )
    limit = proved.limit if counted is None else min(proved.limit, counted)
    bound = PricedBound(
        id="all/person_seconds", sheet=_sheet(proved.market, proved.prices), limit=limit,
        person_seconds=everything - limit, loads=limit < proved.limit,
    )  # fmt: skip
    return (bound,) if bound.person_seconds > 0 else ()


def _proved(where: Where, found: _Found) -> _Found:
    """Return what proves most: prices in shorter steps, or these where tables would be too large for that."""
    clock = found.market.clock
    shorter_s, rest_s = divmod(clock.step_s, FINER)
    options = sum(len(tables.options.station) for tables in found.market.tables)
    if rest_s or shorter_s < LEAST_STEP_S or options * FINER * clock.steps > MOST_CELLS:
        return found
    try:
        shorter = _in_steps(where, shorter_s, found, CLOSE_PPM, FEW_ROUNDS)
    except ArithmeticError:
        return found
    return min(found, shorter, key=lambda best: best.limit)


def load() -> None:
    """Load solver and loops ahead; otherwise they are when prices are first looked for."""
    column_program.load()
    value_tables.load()


class _Program:
    """The packing program over journeys found so far."""

    def __init__(self, market: Market) -> None:
        self.market, self.rows = market, market.rows()
        contracted = market.contracted
        self._sites = [j for j, site in enumerate(contracted.sites) if site.capacity_persons >= 0]
        capacity = [float(row.persons) for row in contracted.classes]
        self._first_row = len(capacity)
        capacity += [row.capacity for row in self.rows]
        self._site_row = {j: len(capacity) + i for i, j in enumerate(self._sites)}
        there = market.arrived()
        capacity += [float(max(0, contracted.sites[j].capacity_persons - there[j])) for j in self._sites]
        self._base_row: dict[tuple[int, int], int] = {}
        for q, tables in enumerate(market.tables):
            own = q < len(market.seats) or tables.arrived
            for b, weight in enumerate(tables.weight if own else ()):
                self._base_row[q, b] = len(capacity)
                capacity.append(float(weight))
        self._of_arc: dict[int, list[tuple[int, Row]]] = {}
        for i, row in enumerate(self.rows):
            self._of_arc.setdefault(row.arc, []).append((self._first_row + i, row))
        self._entry: dict[tuple[int, int], tuple[tuple[int, bool, float], ...]] = {}
        self.program = PackingProgram(np.array(capacity))
        self.n_rows = len(capacity)
        self.columns: list[tuple[int, int, Int64]] = []

    def prices(self, worth: NDArray[np.float64]) -> Prices:
        """Return whole prices from what the rows are worth."""
        found = self.market.no_prices()
        # People in own cars pay nobody: whatever they gain is the limit.
        carried = [row.commodity != CARS for row in self.market.contracted.classes]
        found.people[:] = np.where(carried, np.rint(worth[: len(carried)]), 0)
        for i, row in enumerate(self.rows):
            price = found.road if row.road else found.persons
            amount = worth[self._first_row + i] * (1000 if row.road else 1)
            price[row.arc, row.start : row.until] += np.rint(amount * row.weight).astype(np.int64)
        for j, i in self._site_row.items():
            found.sites[j] = int(np.rint(worth[i]))
        return found

    def worth(self, prices: Prices, step_s: int) -> NDArray[np.float64]:
        """Return what the rows are worth at prices by steps of `step_s`."""
        found = np.zeros(self.n_rows)
        found[: len(prices.people)] = prices.people
        ratio = step_s // self.market.clock.step_s
        for i, row in enumerate(self.rows):
            price = (prices.road if row.road else prices.persons)[row.arc]
            found[self._first_row + i] = drop(row, price, ratio) / (1000 if row.road else 1)
        for j, i in self._site_row.items():
            found[i] = prices.sites[j]
        return found

    def add(self, q: int, tables: Tables, b: int, journey: Int64) -> bool:
        """Add the journey that table q begins at its base b."""
        used: dict[int, float] = {}
        value, n = 0, len(self.market.contracted.listed)
        if (q, b) in self._base_row:
            used[self._base_row[q, b]] = 1.0
        for option, step, second in journey.tolist():
            person, site, arc = (
                int(tables.person[option]),
                int(tables.site[option]),
                int(tables.options.passes[option]),
            )
            for row in (
                *([person] if person >= 0 else ()),
                *([self._site_row[site]] if site in self._site_row else ()),
            ):
                used[row] = used.get(row, 0.0) + 1.0
            if site >= 0:
                value += self.market.clock.horizon_s - second
            if arc >= 0:
                self._count(used, arc % n, step, tables.road_per_place, loaded=arc < n)
        if not used or value <= 0 or not self.program.add(value, used):
            return False
        self.columns.append((q, b, journey))
        return True

    def _count(self, used: dict[int, float], arc: int, step: int, share: int, *, loaded: bool) -> None:
        units, head = 0.0 if self.market.links[arc] else share / 1000, float(loaded)
        for i, road, weight in self._counted(arc, step):
            amount = (units if road else head) * weight
            if amount:
                used[i] = used.get(i, 0.0) + amount

    def _counted(self, arc: int, step: int) -> tuple[tuple[int, bool, float], ...]:
        """Return the rows in which an entry of an arc in a step counts, whether as road, and its weight."""
        key = (arc, step)
        if key not in self._entry:
            self._entry[key] = tuple(
                (i, row.road, float(row.weight[step - row.start]))
                for i, row in self._of_arc.get(arc, ())
                if row.start <= step < row.until
            )
        return self._entry[key]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The best prices found in steps of one length, the limit they prove, what the rows are worth at them."""

    market: Market
    program: _Program
    prices: Prices
    limit: int
    worth: NDArray[np.float64]


Where = tuple[PlanningProblem, tuple[int, ...], int]
"""A problem, the arcs that are listed and the second that it is now."""


def _search(where: Where, step_s: int, ratio: int) -> _Found:
    """Return the best prices found: first in long steps, which are quick, from there in short ones."""
    problem, listed, now_s = where
    rough = Market(problem, listed, step_s * ratio, now_s=now_s)
    program = _Program(rough)
    found = _improve(rough, program, _first_worth(rough, program.n_rows), ROUGH_ENOUGH_PPM, ROUNDS)
    return _in_steps(where, step_s, found, GOOD_ENOUGH_PPM, ROUNDS)


def _in_steps(where: Where, step_s: int, before: _Found, enough_ppm: int, rounds: int) -> _Found:
    """Return better prices in shorter steps: the journeys found in longer ones, timed in these, and more."""
    problem, listed, now_s = where
    fine = Market(problem, listed, step_s, now_s=now_s)
    program = _Program(fine)
    longer_s = before.market.clock.step_s
    for q, b, journey in before.program.columns:
        rows = retimed(longer_s // step_s, fine.tables[q].timed, journey)
        if rows is not None:
            program.add(q, fine.tables[q], b, np.array(rows, dtype=np.int64))
    center = program.worth(before.program.prices(before.worth), longer_s)
    return _improve(fine, program, center, enough_ppm, rounds)


def _improve(
    market: Market, program: _Program, center: NDArray[np.float64], enough_ppm: int, rounds: int
) -> _Found:
    """Return the best prices found from `center` on."""
    with ThreadPoolExecutor(FILLED_BESIDE) as threads:
        return _improved(market, program, center, (enough_ppm, rounds), threads)


def _improved(
    market: Market, program: _Program, center: NDArray[np.float64], until: tuple[int, int], threads: Executor
) -> _Found:
    """Return the best prices found until their limit is so near, or so many rounds are over."""
    enough_ppm, rounds = until
    best, best_limit = market.no_prices(), None
    everything = max(1, sum(row.persons for row in market.contracted.classes) * market.clock.horizon_s)
    worth = program.program.solve()[1] if program.columns else center
    for _ in range(rounds):
        tried = SMOOTHING * center + (1 - SMOOTHING) * worth
        prices = program.prices(tried)
        values = market.values(prices, threads)
        limit = market.limit(prices, values)
        if limit is not None and (best_limit is None or limit < best_limit):
            best, best_limit, center = prices, limit, tried
        added = [_add_all(market, program, q, prices, values[q]) for q in range(len(values))]
        if not any(added):
            if np.array_equal(tried, worth):
                break
            center = worth
            continue
        value, worth = program.program.solve()
        if best_limit is not None and (best_limit - value) * PPM < enough_ppm * everything:
            break
    if best_limit is None:
        raise ArithmeticError("no prices were found")
    return _Found(market, program, best, best_limit, center)


def _first_worth(market: Market, n_rows: int) -> NDArray[np.float64]:
    """Return first prices: persons at most of what they would gain alone in the world, all else at 0."""
    worth = np.zeros(n_rows)
    free = market.no_prices()
    for tables in market.seats:
        value = market.table(tables, free)
        options = tables.options
        for i in sorted(set(tables.person.tolist()) - {-1}):
            station = int(options.station[np.flatnonzero(tables.person == i)[0]])
            worth[i] = max(worth[i], min(int(value[0, station]), market.clock.horizon_s) * FIRST_SHARE)
    return worth


FIRST_SHARE = 0.9


def _add_all(market: Market, program: _Program, q: int, prices: Prices, value: Int64) -> bool:
    tables, added = market.tables[q], False
    terms = market.terms(tables, prices)
    for b, (base, start_s) in enumerate(zip(tables.base, tables.start_s, strict=True)):
        step = start_s // market.clock.step_s
        if tables.arrived and tables.arrived[b][1]:
            continue
        if step < market.clock.steps and value[step, base] > 0:
            journey = best_journey(tables.timed, *terms, value, (base, step))
            added |= program.add(q, tables, b, journey)
    return added


def _tours(market: Market, program: _Program) -> dict[tuple[int, int, int], Any]:
    """Return the journeys of places that the program takes, by fleet and base."""
    names = [name for name, _ in market.contracted.problem.directions]
    tours: dict[tuple[int, int, int], list[tuple[float, tuple[Visit, ...]]]] = {}
    for amount, (q, b, journey) in zip(program.program.amounts().tolist(), program.columns, strict=True):
        if amount < LEAST_AMOUNT or q >= len(market.seats):
            continue
        fleet, tables = market.fleets[q], market.seats[q]
        visits, stop = [], None
        for option, _, second in journey.tolist():
            if tables.person[option] >= 0:
                row = market.contracted.classes[tables.person[option]]
                stop = (names[row.direction], row.node, row.release_s)
            if tables.site[option] >= 0 and stop is not None:
                visits.append((stop, int(tables.site[option]), second))
        (base, from_s), _ = fleet.bases[b]
        tours.setdefault((q, base, from_s), []).append((amount, tuple(visits)))
    return {key: tuple(sorted(rows, key=lambda r: r[1])) for key, rows in tours.items()}


LEAST_AMOUNT = 1e-6


def _parked(market: Market, program: _Program) -> dict[tuple[str, int, int], dict[str, float]]:
    """Return how many persons in own cars the program brings to which site, by origin and release."""
    names = [name for name, _ in market.contracted.problem.directions]
    found: dict[tuple[str, int, int], dict[str, float]] = {}
    for amount, (q, _, journey) in zip(program.program.amounts().tolist(), program.columns, strict=True):
        tables, options = market.tables[q], journey[:, 0].tolist()
        first, site = int(tables.person[options[0]]), int(tables.site[options[-1]])
        if amount < LEAST_AMOUNT or first < 0 or site < 0:
            continue
        row = market.contracted.classes[first]
        if row.commodity == CARS:
            at = found.setdefault((names[row.direction], row.node, row.release_s), {})
            name = market.contracted.sites[site].id
            at[name] = at.get(name, 0.0) + amount
    return found


def _guide(market: Market, prices: Prices, sheet: PriceSheet, program: _Program) -> Guide:
    """Return what the prices say of every vehicle."""
    names = [name for name, _ in market.contracted.problem.directions]
    seats = [_seat_guide(market, prices, tables, names) for tables in market.seats]
    fleet_of = {
        (fleet.kind, weight_kg, fleet.until_s): q
        for q, fleet in enumerate(market.fleets)
        for weight_kg in fleet.weights_kg
    }
    return Guide(
        sheet=sheet, sites=tuple(site.id for site in market.contracted.sites), fleet_of=fleet_of,
        seats=tuple(seats), tours=_tours(market, program), parked=_parked(market, program),
    )  # fmt: skip


def _seat_guide(market: Market, prices: Prices, tables: Tables, names: list[str]) -> SeatGuide:
    terms = market.terms(tables, prices)
    value = value_table(tables.timed, *terms, tables.stops)
    people = sorted(set(tables.person.tolist()) - {-1})
    stations = np.array([tables.options.station[np.argmax(tables.person == i)] for i in people], np.int64)
    option, second = first_arrivals(tables.timed, *terms, value, stations)
    rows = [market.contracted.classes[i] for i in people]
    return SeatGuide(
        ready={node: column for column, node in enumerate(tables.node_row)},
        worth=value[:, list(tables.node_row.values())],
        pickup={(names[r.direction], r.node, r.release_s): i for i, r in enumerate(rows)},
        ride=value[:-1, stations], arrive_s=second, site=np.where(option >= 0, tables.site[option], -1),
    )  # fmt: skip


def _sheet(market: Market, prices: Prices) -> PriceSheet:
    """Write prices down."""
    contracted = market.contracted
    names = [name for name, _ in contracted.problem.directions]
    return PriceSheet(
        step_s=market.clock.step_s,
        arcs=tuple(
            ArcPrice(arc=arc, persons=_runs(prices.persons[i]), road=_runs(prices.road[i]))
            for i, arc in enumerate(contracted.listed)
        ),
        sites=tuple(
            SitePrice(site=site.id, price=int(price))
            for site, price in zip(contracted.sites, prices.sites, strict=True)
            if price
        ),
        people=tuple(
            PersonPrice(
                direction=names[row.direction], commodity=row.commodity, node=row.node,
                release_s=row.release_s, price=int(price),
            )
            for row, price in zip(contracted.classes, prices.people, strict=True)
            if price
        ),
    )  # fmt: skip


def _runs(price: Int64) -> Runs:
    changes = np.flatnonzero(np.diff(price, prepend=0))
    return tuple((int(k), int(price[k])) for k in changes)
