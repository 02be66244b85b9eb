"""What trips that are known should carry: the least served place comes first, then the most worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import G_PER_T, AidProblem, Good, TruckDay
from safepassage.engines.distribution.options import behind_of, serves
from safepassage.engines.distribution.store import Item, soon
from safepassage.kernels.aid_program import (
    Distribution,
    Resource,
    Shared,
    fair_and_most,
    largest_least_share,
)

MG_PER_KG, UL_PER_L = 10**6, 10**6
EASE = 0.9995
"""The share asked for beside the most worth, of the largest: so that the solver's rounding leaves room."""
HARDLY = 0.01
MOST_LUMPS = 300
"""Up to so many options in whole pieces are searched; more are rounded."""
LUMP = 0.02
"""A piece that alone is more of its place's worth is shared out in whole pieces before the rest."""
Float = NDArray[np.float64]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A trip of a truck: where and when it loads, its stops with the second in which it reaches them.

    `spare_s` are the seconds that the truck's whole day leaves for loading and unloading by weight; a trip
    that is `laden` before the hours of driving begin takes none of them to load.
    """

    truck: TruckDay
    depot: int
    loads_s: int
    stops: tuple[tuple[str, int], ...]
    spare_s: int
    laden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """What each stop may bring: columns trip, stop, need, lot."""

    trip: Int64
    stop: Int64
    need: Int64
    lot: Int64


def loads_of(
    problem: AidProblem, trips: Sequence[Trip], in_parts: Shared | None = None
) -> list[list[list[Item]]]:
    """Return by trip and stop what it brings, in whole parts and within room, stock, needs and hours.

    `in_parts` is the largest least share by these trips, of goods in any parts, where it is known.
    """
    ways = ways_of(problem, trips)
    found: list[list[list[Item]]] = [[[] for _ in trip.stops] for trip in trips]
    if not len(ways.need):
        return found
    program = program_of(problem, trips, ways)
    steps = _steps(problem, ways)
    lumps = np.flatnonzero(_lumpy(problem, program, ways))
    if len(lumps) <= MOST_LUMPS:
        pieces = np.zeros(len(steps))
        pieces[lumps] = steps[lumps]
        parts = fair_and_most(replace(program, pieces=pieces), EASE, in_parts=in_parts).parts
    else:
        settled = np.full(len(steps), np.nan)
        settled[lumps] = _whole_pieces(program, steps, lumps, largest_least_share(program).parts)
        parts = fair_and_most(replace(program, fixed=settled), EASE).parts
        parts[lumps] = settled[lumps]
    counts = np.floor(np.clip(parts, 0, 1) / steps + 1e-6)
    counts[lumps] = np.round(parts[lumps] / steps[lumps])
    # Floors of each way are within all limits; what they leave is given on when the trips are booked.
    for way in np.flatnonzero(counts > 0).tolist():
        i = int(ways.need[way])
        good = _good(problem)[problem.needs[i].commodity]
        item = Item(i, int(ways.lot[way]), int(counts[way]) * good.step_milli)
        found[int(ways.trip[way])][int(ways.stop[way])].append(item)
    return found


def _good(problem: AidProblem) -> dict[str, Good]:
    return {good.id: good for good in problem.goods}


def ways_of(problem: AidProblem, trips: Sequence[Trip]) -> Ways:
    """Return what each stop of trips may bring, of lots that are there in time and keep."""
    goods = _good(problem)
    at: dict[str, list[int]] = {}
    for i, need in enumerate(problem.needs):
        at.setdefault(need.place, []).append(i)
    lots: dict[tuple[int, str], list[int]] = {}
    for k, lot in enumerate(problem.lots):
        lots.setdefault((lot.node, lot.commodity), []).append(k)
    rows: list[tuple[int, int, int, int]] = []
    last = len(problem.days) - 1
    for number, trip in enumerate(trips):
        day = trip.truck.day
        for stop, (place, arrive_s) in enumerate(trip.stops):
            for i in at.get(place, ()):
                need = problem.needs[i]
                good = goods[need.commodity]
                if not soon(day, need.due, last) or (good.cold_chain and not trip.truck.cold_chain):
                    continue
                for k in lots.get((trip.depot, need.commodity), ()):
                    lot = problem.lots[k]
                    in_time = lot.available_from_s <= trip.loads_s and not 0 <= lot.expires_s <= arrive_s
                    if in_time and serves(problem, lot, good, day, need.due):
                        rows.append((number, stop, i, k))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Ways(trip=columns[0], stop=columns[1], need=columns[2], lot=columns[3])


def program_of(problem: AidProblem, trips: Sequence[Trip], ways: Ways) -> Distribution:
    """Return the program that shares out what trips carry: room by trip, hours by truck, stock."""
    goods, rules = _good(problem), problem.rules
    names = sorted({need.place for need in problem.needs})
    at = {name: position for position, name in enumerate(names)}
    amount = np.array([need.amount_milli for need in problem.needs], dtype=np.float64)
    mass_mg = amount * [goods[need.commodity].mass_g for need in problem.needs]
    volume_ul = amount * [goods[need.commodity].volume_ml for need in problem.needs]
    crew = crews_of(trips)
    spare_s = np.zeros(int(crew.max(initial=-1)) + 1)
    for k, trip in zip(crew.tolist(), trips, strict=True):
        spare_s[k] = trip.spare_s
    per_t_s = [
        trip.truck.share(rules.unload_s_per_t + (0 if trip.laden else rules.load_s_per_t)) for trip in trips
    ]
    per_mg_s = np.array(per_t_s, dtype=np.float64) / (G_PER_T * 1_000)
    payload = np.array([trip.truck.payload_kg * MG_PER_KG for trip in trips], dtype=np.float64)
    room = np.array([trip.truck.volume_l * UL_PER_L for trip in trips], dtype=np.float64)
    stock = np.array([lot.quantity_milli for lot in problem.lots], dtype=np.float64)
    one, mass, volume = np.ones(len(payload)), mass_mg[ways.need], volume_ul[ways.need]
    return Distribution(
        worth=np.array([need.worth for need in problem.needs], dtype=np.float64),
        place=np.array([at[need.place] for need in problem.needs], dtype=np.int64), need=ways.need,
        behind=behind_of(problem, at),
        resources=(
            Resource(which=ways.trip, takes=mass / payload[ways.trip], there_is=one),
            Resource(which=ways.trip, takes=volume / room[ways.trip], there_is=one),
            Resource(which=crew[ways.trip], takes=mass * per_mg_s[ways.trip], there_is=spare_s),
            Resource(which=ways.lot, takes=amount[ways.need], there_is=stock),
        ),
    )  # fmt: skip


def crews_of(trips: Sequence[Trip]) -> Int64:
    """Return (n,) by trip the position of its truck's day among those of all trips."""
    names = {name: k for k, name in enumerate(sorted({trip.truck.id for trip in trips}))}
    return np.array([names[trip.truck.id] for trip in trips], dtype=np.int64)


def _steps(problem: AidProblem, ways: Ways) -> Float:
    """Return (m,) the part of its need that the least part of a good is."""
    goods = _good(problem)
    step = np.array([goods[need.commodity].step_milli / need.amount_milli for need in problem.needs])
    return step[ways.need]


def _lumpy(problem: AidProblem, program: Distribution, ways: Ways) -> NDArray[np.bool_]:
    total = np.bincount(program.place, weights=program.worth)
    piece = _steps(problem, ways) * program.worth[ways.need]
    return piece > LUMP * total[program.place[ways.need]]


def _whole_pieces(program: Distribution, steps: Float, lumps: Int64, parts: Float) -> Float:
    """Return (l,) parts of options in whole pieces, as many for each need as its parts make up.

    They are rounded down, then up where most of a piece is missing, while there is any left; a piece goes the
    way on which most of its need goes.
    """
    ways: dict[int, list[int]] = {}
    for way in lumps[np.lexsort((lumps, -parts[lumps]))].tolist():
        ways.setdefault(int(program.need[way]), []).append(way)
    asked = {need: float((parts[rows] / steps[rows]).sum()) + HARDLY for need, rows in ways.items()}
    count = np.zeros(len(steps))
    used = [np.zeros(len(row.there_is)) for row in program.resources]

    def loaded(need: int) -> bool:
        for way in ways[need]:
            takes = [(row.which[way], row.takes[way] * steps[way]) for row in program.resources]
            if all(
                total[k] + more <= row.there_is[k]
                for total, row, (k, more) in zip(used, program.resources, takes, strict=True)
            ):
                for total, (k, more) in zip(used, takes, strict=True):
                    total[k] += more
                count[way] += 1
                return True
        return False

    for need, pieces in asked.items():
        for _ in range(int(pieces)):
            loaded(need)
    for need in sorted(asked, key=lambda need: (-(asked[need] % 1), need)):
        if asked[need] % 1 > 2 * HARDLY:
            loaded(need)
    return count[lumps] * steps[lumps]
