"""Plans that get better and bounds that rise, until they meet or the rounds are used up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from safepassage.domain.bus_plan import BusOutcome, BusPlan, BusProof, Counted, Price, ProofNode
from safepassage.domain.bus_problem import BusProblem
from safepassage.engines.buses.arrays import BusModel, Run, model_of, plan_of, runs_of
from safepassage.engines.buses.first import bus_seats, first_plan, times_of
from safepassage.kernels.buses.bus_anneal import TripLists, anneal
from safepassage.kernels.buses.bus_master import Refutation, RouteMaster
from safepassage.kernels.buses.bus_search import Case, RouteSearch

ROUNDS = 16
FIRST_STEPS = 200_000
MOST_STEPS = 100_000_000
CELLS_PER_STEP = 400
"""Work of a search (`RouteMaster.cells`) for each step of the annealing in the same round."""
ANNEALED_EVERY = 8
"""A plan is annealed whenever the first bound has risen so many times; small problems seldom see it."""
FIRST_CASES = 100
PROBED = (0, 8)
"""Searches of two kinds take turns: quick splits, and splits with so many items tried."""
MOST_CASES = 100_000
FRESH = (1, 2)
"""Quarters of the way from bound to plan at which searches look for plans; at others for proofs."""

Routes = list[tuple[int, tuple[int, ...]]]


@dataclass(slots=True)
class _State:
    """The best plan and bound so far."""

    model: BusModel
    lists: TripLists | None = None
    plan: BusPlan | None = None
    bound_s: int = 0
    proof: BusProof | None = None
    pool: Routes = field(default_factory=list)
    searches: dict[tuple[int, int], RouteSearch] = field(default_factory=dict)

    @property
    def value_s(self) -> int:
        return self.plan.last_arrival_s if self.plan is not None else -1

    def outcome(self) -> BusOutcome:
        return BusOutcome(plan=self.plan, bound_s=self.bound_s, proof=self.proof)

    @property
    def done(self) -> bool:
        return self.plan is not None and self.value_s <= self.bound_s

    def take_lists(self, value_s: int, lists: TripLists) -> bool:
        if self.plan is not None and value_s >= self.value_s:
            return False
        self.lists = lists
        self.plan = plan_of(self.model, single_runs(self.model, lists))
        return True

    def take_routes(self, routes: Routes) -> bool:
        runs = runs_of(self.model, routes)
        plan = plan_of(self.model, runs)
        if self.plan is not None and plan.last_arrival_s >= self.value_s:
            return False
        self.plan, self.lists = plan, lists_of(self.model, runs)
        return True

    def refute(self, horizon_s: int, nodes: tuple[ProofNode, ...]) -> None:
        if horizon_s + 1 > self.bound_s:
            self.bound_s, self.proof = horizon_s + 1, BusProof(horizon_s=horizon_s, nodes=nodes)


def improve(problem: BusProblem, seed: int = 1, rounds: int = ROUNDS) -> Iterator[BusOutcome]:
    """Yield plans and bounds, each at least as good as the one before; the last is the best.

    Whoever asks may stop at any time and keep what came last. The bound is certified: its proof refutes, in
    whole numbers, every plan that ends before it.
    """
    if not problem.demand_persons:
        yield BusOutcome(plan=BusPlan(runs=()), bound_s=0, proof=None)
        return
    state = _State(model_of(problem))
    lists = first_plan(state.model)
    if lists is None:
        yield state.outcome()
        return
    _anneal(state, lists, aim_s=1, steps=FIRST_STEPS // 10, seed=seed)
    yield state.outcome()
    for k, _ in enumerate(_raise_bound(state)):
        if k % ANNEALED_EVERY == ANNEALED_EVERY - 1:
            _anneal_near(state, lists, seed + k)
        yield state.outcome()
    for k in range(rounds):
        if state.done:
            return
        if _anneal_round(state, lists, k, seed):
            yield state.outcome()
        for _ in _search_round(state, k):
            yield state.outcome()


# -- plans ---------------------------------------------------------------------------------------------


def _anneal(state: _State, lists: TripLists, *, aim_s: int, steps: int, seed: int) -> bool:
    model = state.model
    fleet, seats = bus_seats(model)
    value_s, found = anneal(
        lists, (fleet, seats), times_of(model), model.arrays.room, aim_s=aim_s, steps=steps, seed=seed
    )
    return state.take_lists(value_s, found)


def _anneal_near(state: _State, first: TripLists, seed: int) -> None:
    """Anneal anew for the middle between bound and plan, while the bound is not near yet."""
    aim_s = (state.bound_s + state.value_s) // 2
    _anneal(state, first, aim_s=aim_s, steps=FIRST_STEPS, seed=seed)


def _anneal_round(state: _State, first: TripLists, k: int, seed: int) -> bool:
    """Anneal anew and from the best plan, for the bound and for a little less than what there is."""
    steps = _steps(k)
    better = False
    for position, (fresh, near) in enumerate(((True, False), (True, True), (False, True))):
        if state.done:
            break
        begin = first if fresh or state.lists is None else state.lists
        aim_s = max(state.bound_s, state.value_s - 1 - state.value_s // 100) if near else state.bound_s
        number = seed + 3 * k + position
        better |= _anneal(state, begin, aim_s=aim_s, steps=steps, seed=number)
    return better


def _steps(k: int) -> int:
    """Return the annealing steps of a round; where buses make many trips few long ones find most."""
    return min(MOST_STEPS, FIRST_STEPS << k)


def single_runs(model: BusModel, lists: TripLists) -> list[Run]:
    """Return the trips of each single bus with its fleet."""
    fleet = bus_seats(model)[0].tolist()
    rows = (
        [(p, s, load) for p, s, load in t[:n]] for t, n in zip(lists.trips.tolist(), lists.count, strict=True)
    )
    return [(f, trips) for f, trips in zip(fleet, rows, strict=True) if trips]


def routes_of(model: BusModel, runs: list[Run]) -> Routes:
    """Return runs as routes of the arrays."""
    data = model.arrays
    columns = (data.kind, data.pickup, data.site, data.load)
    row = {key: m for m, key in enumerate(zip(*(c.tolist() for c in columns), strict=True))}
    kinds = data.fleet_kind.tolist()
    return [(f, tuple(row[(kinds[f], *trip)] for trip in trips)) for f, trips in runs]


def lists_of(model: BusModel, runs: list[Run]) -> TripLists:
    """Return runs as trip lists of single buses, with room for more trips."""
    data, (fleet, _) = model.arrays, bus_seats(model)
    most = max(len(trips) for _, trips in runs) + 8
    lists = np.zeros((len(fleet), most, 3), np.int64)
    count = np.zeros(len(fleet), np.int64)
    free = {f: np.flatnonzero(fleet == f).tolist()[::-1] for f in range(len(data.buses))}
    for f, trips in runs:
        b = free[f].pop()
        count[b] = len(trips)
        lists[b, : len(trips)] = trips
    return TripLists(trips=lists, count=count)


# -- bounds --------------------------------------------------------------------------------------------


def _master(state: _State, horizon_s: int, look_until_s: int = 0) -> RouteMaster:
    """Return the program at a horizon with the routes known so far that fit."""
    master = RouteMaster(state.model.arrays, horizon_s, look_until_s=look_until_s)
    if state.lists is not None and state.model.arrays.whole:
        own = routes_of(state.model, single_runs(state.model, state.lists))
        for fleet, trips in [*state.pool, *own]:
            if master.fits(fleet, trips):
                master.add_route(fleet, trips)
    return master


def _farthest_s(model: BusModel) -> int:
    """Return the last second, over all pick-ups, before which nobody from there can be at a site."""
    data = model.arrays
    begin = data.start_s.min(axis=0)
    least = np.full(len(data.need), np.iinfo(np.int64).max)
    np.minimum.at(least, data.pickup, data.arrive_s)
    return int((begin + least)[data.need > 0].max())


def _raise_bound(state: _State) -> Iterator[None]:
    """Raise the horizon until routes in part could bring everybody in; each refutation raises the bound."""
    begin_s = max(0, min(_farthest_s(state.model), state.value_s) - 1)
    master = _master(state, begin_s, state.value_s)
    while True:
        master.look_until_s = state.value_s
        settled = master.settle()
        if not isinstance(settled, Refutation):
            break
        state.refute(settled.until_s, (_leaf(settled),))
        master.set_horizon(settled.until_s + 1)
        yield
    state.pool = [(fleet, trips) for _, fleet, trips in master.routes[-3_000:]]


def _search_round(state: _State, k: int) -> Iterator[None]:
    """Search at horizons between the bound and the plan, going on where a search was left."""
    cells, cases = CELLS_PER_STEP * _steps(k), min(MOST_CASES, FIRST_CASES << k // len(PROBED))
    tried: set[tuple[int, int]] = set()
    for quarter in (2, 1, 0, 4):
        if state.done:
            break
        key = _search_at(state, quarter, PROBED[k % len(PROBED)])
        if key not in tried and _advance(state, state.searches[key], cases, cells):
            yield
        tried.add(key)
    # What lies outside of bound and plan is settled.
    state.searches = {
        key: found for key, found in state.searches.items() if state.bound_s <= key[0] < state.value_s
    }


def _search_at(state: _State, quarter: int, probed: int) -> tuple[int, int]:
    """Return the key of a search a quarter, two or more of the way from the bound to the plan.

    A proof near there that was begun is gone on with; for a plan a search begins anew, as one that went
    astray early seldom finds back (heavy tails: C. P. Gomes et al., 2000, doi:10.1023/A:1006314320276).
    """
    apart_s = state.value_s - 1 - state.bound_s
    horizon_s, near_s = state.bound_s + apart_s * quarter // 4, apart_s // 10
    begun = [key for key in state.searches if key[1] == probed and abs(key[0] - horizon_s) <= near_s]
    if begun and quarter not in FRESH:
        return min(begun, key=lambda key: (abs(key[0] - horizon_s), key))
    state.searches[horizon_s, probed] = RouteSearch(_master(state, horizon_s), probed=probed)
    return horizon_s, probed


def _advance(state: _State, found: RouteSearch, cases: int, cells: int) -> bool:
    found.advance(cases, cells)
    if found.routes and state.model.arrays.whole:
        return state.take_routes(found.routes)
    if found.refuted:
        state.refute(_proved_s(found.cases), tuple(_node(case) for case in found.cases))
        return True
    return False


def _proved_s(cases: list[Case]) -> int:
    return min(case.refutation.until_s for case in cases if case.refutation is not None)


def _leaf(refutation: Refutation) -> ProofNode:
    prices = (
        Price(counted=Counted(kind=kind, a=a, b=b, left_s=left), units=units)
        for (kind, a, b, left), units in refutation.prices
    )
    return ProofNode(prices=tuple(prices))


def _node(case: Case) -> ProofNode:
    if case.refutation is not None:
        return _leaf(case.refutation)
    if case.item is None:
        raise ValueError("a case of a finished search is refuted or split")
    kind, a, b, left = case.item
    counted = Counted(kind=kind, a=a, b=b, left_s=left)
    return ProofNode(counted=counted, value=case.value, at_most=case.at_most, more=case.more)
