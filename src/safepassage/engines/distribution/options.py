"""Which trucks can bring which lot to which need, and what that takes of their time at least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import NANO, AidProblem, Good, Lot, TruckDay
from safepassage.engines.distribution.roads import Roads

Float = NDArray[np.float64]
Int64 = NDArray[np.int64]
FAR = 2**60
MG_PER_KG = 10**6
UL_PER_L = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """All trucks of one type on one day, and the seconds they have together at most."""

    type: str
    day: int
    truck: TruckDay
    count: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Options:
    """Ways to meet needs: columns `need`, `crew`, `lot` and the least seconds of a round trip with loading.

    `most_mg` and `most_ul` are the most that a stop there unloads: what the truck holds, or all that the
    place needs from that day on.
    """

    crews: tuple[Crew, ...]
    need: Int64
    crew: Int64
    lot: Int64
    trip_s: Int64
    most_mg: Int64
    most_ul: Int64


def crews_of(problem: AidProblem, windows: tuple[tuple[int, int], ...]) -> tuple[Crew, ...]:
    """Return the crews in order of type and day."""
    found: dict[tuple[str, int], list[TruckDay]] = {}
    for truck in problem.trucks:
        found.setdefault((truck.type, truck.day), []).append(truck)
    return tuple(
        Crew(
            type=name, day=day, truck=trucks[0], count=len(trucks),
            seconds=sum(most_seconds(problem, truck, windows) for truck in trucks),
        )
        for (name, day), trucks in sorted(found.items())
    )  # fmt: skip


def most_seconds(problem: AidProblem, truck: TruckDay, windows: tuple[tuple[int, int], ...]) -> int:
    """Return the most seconds that one truck can spend on trips in its day, the first loading included."""
    first_s, last_s = truck.available_from_s, truck.available_until_s
    span_s = last_s - first_s
    if windows:
        inside = [(max(a, first_s), min(b, last_s)) for a, b in windows if max(a, first_s) < min(b, last_s)]
        span_s = inside[-1][1] - inside[0][0] if inside else 0
    if truck.max_duty_s >= 0:
        span_s = min(span_s, truck.max_duty_s)
    if span_s <= 0:
        return 0
    loading_s = problem.rules.loading_s(truck.share(truck.payload_kg) * 1_000)
    return min(last_s - first_s, span_s + loading_s, truck.work_s)


def options_of(problem: AidProblem, roads: Roads, windows: tuple[tuple[int, int], ...]) -> Options:
    """Return every option, ordered by lot, need and crew."""
    crews = crews_of(problem, windows)
    trips = {crew.type: _trips(problem, crew.truck, roads) for crew in crews}
    goods = {good.id: good for good in problem.goods}
    parts: list[tuple[Int64, Int64, Int64, Int64]] = []
    for position, lot in enumerate(problem.lots):
        rows = np.array(
            [i for i, need in enumerate(problem.needs) if need.commodity == lot.commodity and need.node >= 0],
            dtype=np.int64,
        )
        if not len(rows) or lot.node < 0:
            continue
        good = goods[lot.commodity]
        for k, crew in enumerate(crews):
            if (good.cold_chain and not crew.truck.cold_chain) or crew.seconds <= 0:
                continue
            kept = _in_time(problem, lot, good, rows, crew.day)
            times = trips[crew.type][lot.node][[problem.needs[i].node for i in kept]]
            fits = np.flatnonzero(times < FAR)
            shape = np.ones(len(fits), dtype=np.int64)
            parts.append((kept[fits], shape * k, shape * position, times[fits]))
    columns = [np.concatenate(p) for p in zip(*parts, strict=True)] if parts else [np.zeros(0, np.int64)] * 4
    most = _most(problem, crews)
    per_option = (
        most[problem.needs[i].place][k] for i, k in zip(*(c.tolist() for c in columns[:2]), strict=True)
    )
    both = np.array(list(per_option), dtype=np.int64).reshape(-1, 2)
    return Options(
        crews=crews, need=columns[0], crew=columns[1], lot=columns[2], trip_s=columns[3],
        most_mg=both[:, 0], most_ul=both[:, 1],
    )  # fmt: skip


def _most(problem: AidProblem, crews: tuple[Crew, ...]) -> dict[str, list[tuple[int, int]]]:
    """Return by place and crew the most mg and µl that one stop unloads."""
    goods = {good.id: good for good in problem.goods}
    needed: dict[str, list[list[int]]] = {}
    for need in problem.needs:
        good = goods[need.commodity]
        rows = needed.setdefault(need.place, [[0, 0] for _ in problem.days])
        for row in rows[: need.due + 1]:
            row[0] += need.amount_milli * good.mass_g
            row[1] += need.amount_milli * good.volume_ml
    return {
        place: [
            (min(crew.truck.payload_kg * MG_PER_KG, rows[crew.day][0]),
             min(crew.truck.volume_l * UL_PER_L, rows[crew.day][1]))
            for crew in crews
        ]
        for place, rows in needed.items()
    }  # fmt: skip


def _in_time(problem: AidProblem, lot: Lot, good: Good, rows: Int64, day: int) -> Int64:
    """Return the needs that a lot brought on a day can meet: not due before, and not expired when due."""
    if not serves(problem, lot, good, day, day):
        return rows[:0]
    return rows[[serves(problem, lot, good, day, problem.needs[i].due) for i in rows]]


def serves(problem: AidProblem, lot: Lot, good: Good, day: int, due: int) -> bool:
    """Tell whether a lot that is brought on a day can be handed out on the day of a need."""
    if due < day or not good.keeps(day, due) or lot.available_from_s >= problem.days[day].until_s:
        return False
    return lot.expires_s < 0 or lot.expires_s > problem.days[due].from_s


def _trips(problem: AidProblem, truck: TruckDay, roads: Roads) -> dict[int, Int64]:
    """Return by depot node the (n_nodes,) least seconds from there to a node and on to a depot or the base.

    The base of loading is in it.
    """
    depots = sorted({lot.node for lot in problem.lots if lot.node >= 0})
    stops = sorted({need.node for need in problem.needs if need.node >= 0})
    ends = sorted({*depots, truck.base_node})
    if not depots:
        return {}
    out = {node: roads.least_s(truck.weight_kg, node) for node in depots}
    size = len(next(iter(out.values()), ()))
    back = np.full(size, np.inf)
    for stop in stops:
        back[stop] = min(float(roads.least_s(truck.weight_kg, stop)[end]) for end in ends)
    found: dict[int, Int64] = {}
    for node, times in out.items():
        total: Any = times + back + problem.rules.load_base_s
        found[node] = np.where(np.isfinite(total), np.nan_to_num(total, posinf=0), FAR).astype(np.int64)
    return found


def behind_of(problem: AidProblem, at: Mapping[str, int]) -> tuple[Float, Float] | None:
    """Return what lies behind, by position of the place: worth needed and worth met; None in a first plan."""
    if not problem.behind:
        return None
    worth, met = np.zeros(len(at)), np.zeros(len(at))
    for row in problem.behind:
        if row.place in at:
            worth[at[row.place]], met[at[row.place]] = row.worth, row.met_nano / NANO
    return worth, met
