"""Check a bus plan and the proof of its bound, on their own: no solver, nothing of the planner.

The problem is a matrix of travel times; the document forms are those of the planner's JSON. A plan is
replayed stop by stop. A proof is a tree of cases that leave no plan out; each leaf holds whole prices for
what a plan of its case must or may count. What a bus can earn by them within the horizon is computed by
dynamic programming; if all buses together cannot earn what a plan would have to, there is no such plan.

Every plan may be thought to drive as early as it can, so what is counted by the time left is well defined.
Where nothing depends on single persons, all numbers are divided by their greatest common divisor first: if
there is a plan there is one in multiples of it (people on given trips: a transport problem of whole data).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Document = dict[str, Any]
Case = tuple[str, int, int, int]

FAR_S = 1 << 40
NONE = -(1 << 60)
MOST_UNITS = 1 << 60
KINDS = {"people": 1, "trips": 1, "room": 1, "start": 2, "loaded": 2, "empty": 2}


# -- plans -----------------------------------------------------------------------------------------------


def check_plan(problem: Document, plan: Document) -> tuple[int, list[str]]:
    """Return (last arrival at a site, faults); no faults means that the plan brings everybody in."""
    faults: list[str] = []
    waiting, room = list(problem["persons"]), list(problem["capacity_persons"])
    used = [0] * len(problem["fleets"])
    last = 0
    for number, run in enumerate(plan["runs"]):
        fleet = run["fleet"]
        if not 0 <= fleet < len(used):
            faults.append(f"run {number}: no such fleet")
            continue
        used[fleet] += 1
        try:
            last = max(last, _replay(problem, problem["fleets"][fleet], run["stops"], (waiting, room)))
        except ValueError as fault:
            faults.append(f"run {number}: {fault}")
    for fleet, (n, row) in enumerate(zip(used, problem["fleets"], strict=True)):
        if n > row["buses"]:
            faults.append(f"fleet {fleet}: {n} buses run, {row['buses']} are there")
    faults += [f"pick-up {p}: {n} persons not as stated" for p, n in enumerate(waiting) if n]
    capacities = problem["capacity_persons"]
    faults += [f"site {s}: over capacity" for s, n in enumerate(room) if capacities[s] >= 0 and n < 0]
    return last, faults


def _replay(problem: Document, fleet: Document, stops: list[Any], left: tuple[list[int], list[int]]) -> int:
    """Follow one bus; return when it last reached a site with people. ValueError at the first fault."""
    waiting, room = left
    free_s, place, aboard, last = fleet["available_from_s"], ("yard", fleet["yard"]), 0, 0
    for kind, position, arrival_s, persons in stops:
        drive_s = _drive_s(problem, place, (kind, position))
        if min(position, arrival_s, persons) < 0 or drive_s < 0:
            raise ValueError(f"no way from {place} to {(kind, position)}")
        if arrival_s < free_s + drive_s:
            raise ValueError(f"at {kind} {position} in second {arrival_s}, before it can be")
        if kind == "pickup":
            if persons > fleet["seats"]:
                raise ValueError("more persons than seats")
            if not persons and not problem["through"]:
                raise ValueError(f"passes pick-up {position} empty")
            aboard = persons
            waiting[position] -= persons
        else:
            if persons != aboard:
                raise ValueError(f"{aboard} aboard, {persons} alight at site {position}")
            aboard = 0
            room[position] -= persons
            last = max(last, arrival_s if persons else 0)
        free_s, place = arrival_s + _dwell_s(problem, kind, persons), (kind, position)
    if aboard:
        raise ValueError("ends with persons aboard")
    return last


def _drive_s(problem: Document, begin: tuple[str, int], end: tuple[str, int]) -> int:
    name = f"{begin[0]}_to_{end[0]}_s"
    if name not in {"yard_to_pickup_s", "pickup_to_site_s", "site_to_pickup_s"}:
        return -1
    matrix = problem[name]
    if not (0 <= begin[1] < len(matrix) and 0 <= end[1] < len(matrix[begin[1]])):
        return -1
    return int(matrix[begin[1]][end[1]])


def _dwell_s(problem: Document, kind: str, persons: int) -> int:
    word = "load" if kind == "pickup" else "unload"
    return problem[f"{word}_base_s"] + problem[f"{word}_per_person_s"] * persons if persons else 0


# -- proofs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Trips:
    """Trips of a bus with so many seats: pick-up, site, units, seconds to arrival and until free again."""

    pickup: Int64
    site: Int64
    load: Int64
    arrive_s: Int64
    busy_s: Int64


@dataclass(frozen=True, slots=True)
class _Field:
    """A problem made ready: trips by number of seats, empty drives, first seconds at pick-ups, needs."""

    trips: dict[int, _Trips]
    back_s: Int64
    start_s: Int64
    seats: list[int]
    buses: list[int]
    need: list[int]
    least_trips: list[int]
    room: list[int]


def check_proof(problem: Document, proof: Document) -> list[str]:
    """Return the faults of a proof that no plan brings everybody in within its horizon; none: it holds."""
    horizon_s, nodes = proof["horizon_s"], proof["nodes"]
    if type(horizon_s) is not int or horizon_s < 0 or not nodes:
        return ["a proof has a horizon and nodes"]
    field = _field(problem)
    stack: list[tuple[int, dict[Case, tuple[int, int | None]]]] = [(0, {})]
    seen: set[int] = set()
    while stack:
        number, limits = stack.pop()
        if not 0 <= number < len(nodes) or number in seen:
            return [f"node {number} does not exist or occurs twice"]
        seen.add(number)
        node = nodes[number]
        if "prices" in node:
            fault = _leaf_fault(field, limits, node["prices"], horizon_s)
            if fault:
                return [f"node {number}: {fault}"]
            continue
        case, value = _case(node["case"]), node["value"]
        if case[0] not in {"start", "loaded", "empty"} or type(value) is not int:
            return [f"node {number}: no such case"]
        least, most = limits.get(case, (0, None))
        stack.append((node["at_most"], {**limits, case: (least, value)}))
        stack.append((node["more"], {**limits, case: (value + 1, most)}))
    return []


def _case(row: list[Any]) -> Case:
    return str(row[0]), int(row[1]), int(row[2]), int(row[3])


def _field(problem: Document) -> _Field:
    seats = [f["seats"] for f in problem["fleets"]]
    limited = [c for c in problem["capacity_persons"] if c >= 0]
    single = problem["load_per_person_s"] or problem["unload_per_person_s"] or not problem["through"]
    unit = 1 if single else gcd(*seats, *problem["persons"], *limited) or 1
    need = [n // unit for n in problem["persons"]]
    back_s, start_s = _empty_drives(problem)
    begin = np.array([f["available_from_s"] for f in problem["fleets"]], np.int64)
    yards = np.array([f["yard"] for f in problem["fleets"]], np.int64)
    most = max((q // unit for q in seats), default=1)
    return _Field(
        trips={q: _trips(problem, q, unit) for q in sorted(set(seats))},
        back_s=back_s,
        start_s=start_s[yards] + begin[:, None],
        seats=seats,
        buses=[f["buses"] for f in problem["fleets"]],
        need=need,
        least_trips=[-(-n // most) for n in need],
        room=[sum(need) if c < 0 else c // unit for c in problem["capacity_persons"]],
    )


def _trips(problem: Document, seats: int, unit: int) -> _Trips:
    rows = []
    for p, persons in enumerate(problem["persons"]):
        for s, drive_s in enumerate(problem["pickup_to_site_s"][p]):
            room = problem["capacity_persons"][s]
            most = min(seats, persons, room if room >= 0 else persons)
            for load in range(unit, most + 1, unit) if drive_s >= 0 else ():
                arrive_s = drive_s + _dwell_s(problem, "pickup", load)
                rows.append((p, s, load // unit, arrive_s, arrive_s + _dwell_s(problem, "site", load)))
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    return _Trips(*(np.ascontiguousarray(column) for column in columns))


def _empty_drives(problem: Document) -> tuple[Int64, Int64]:
    """Return the shortest empty drives (sites, pick-ups) and (yards, pick-ups), by way of others or not."""
    there, back, start = (
        np.array(problem[name], np.int64)
        for name in ("pickup_to_site_s", "site_to_pickup_s", "yard_to_pickup_s")
    )
    there, back, start = (np.where(matrix < 0, FAR_S, matrix) for matrix in (there, back, start))
    if not problem["through"]:
        return back, start
    for _ in range(len(problem["persons"])):
        on = (there[:, :, None] + back[None, :, :]).min(axis=1)
        shorter = np.minimum(back, (back[:, :, None] + on[None, :, :]).min(axis=1))
        begin = np.minimum(start, (start[:, :, None] + on[None, :, :]).min(axis=1))
        if (shorter == back).all() and (begin == start).all():
            break
        back, start = shorter, begin
    return np.minimum(back, FAR_S), np.minimum(start, FAR_S)


def _leaf_fault(
    field: _Field, limits: dict[Case, tuple[int, int | None]], rows: list[Any], horizon_s: int
) -> str:
    """Return why prices do not refute all plans of a case, "" if they do."""
    prices: dict[Case, int] = {}
    owed = 0
    for row in rows:
        case, units = _case(row), row[4]
        if type(units) is not int or abs(units) > MOST_UNITS or case in prices or not _known(field, case):
            return f"{row} is no price"
        least, most = _limits(field, limits, case)
        if units < 0 and most is None:
            return f"{row} charges for what has no limit"
        owed += units * (least if units > 0 or most is None else most)
        prices[case] = units
    shortest_s = min((int(t.arrive_s.min()) for t in field.trips.values() if len(t.load)), default=1)
    if shortest_s < 1:
        return "a trip takes no time, so that nothing limits how many there are"
    rounds = horizon_s // shortest_s
    most_load = max((int(t.load.max()) for t in field.trips.values() if len(t.load)), default=1)
    if (rounds + 1) * most_load * sum(abs(units) for units in prices.values()) >= MOST_UNITS:
        return "the prices are too large to be summed"
    earned = sum(n * _most_earned(field, f, prices, horizon_s) for f, n in enumerate(field.buses) if n)
    return "" if earned < owed else f"buses can earn {earned}, a plan needs {owed}"


def _known(field: _Field, case: Case) -> bool:
    kind, a, b, left = case
    pickups, sites = len(field.need), len(field.room)
    sizes = {
        "people": (pickups, 0), "trips": (pickups, 0), "room": (sites, 0),
        "start": (len(field.buses), pickups), "loaded": (pickups, sites), "empty": (sites, pickups),
    }  # fmt: skip
    if kind not in sizes or left < 0 or (left and kind not in {"loaded", "empty"}):
        return False
    first, second = sizes[kind]
    return 0 <= a < first and (b == -1 if not second else 0 <= b < second)


def _limits(field: _Field, limits: dict[Case, tuple[int, int | None]], case: Case) -> tuple[int, int | None]:
    """Return the least and most that a plan of the case counts."""
    if case[0] == "people":
        return field.need[case[1]], field.need[case[1]]
    if case[0] == "trips":
        return field.least_trips[case[1]], None
    if case[0] == "room":
        return 0, field.room[case[1]]
    return limits.get(case, (0, None))


def _most_earned(field: _Field, fleet: int, prices: dict[Case, int], horizon_s: int) -> int:
    """Return the most that one bus of a fleet can earn within the horizon, at least 0."""
    trips = field.trips[field.seats[fleet]]
    if not len(trips.load):
        return 0
    leaving = _earnings(field, trips, prices, horizon_s)
    best = 0
    for p, begin in enumerate(field.start_s[fleet].tolist()):
        if begin <= horizon_s and leaving[p, horizon_s - begin] > NONE:
            best = max(best, int(leaving[p, horizon_s - begin]) + prices.get(("start", fleet, p, 0), 0))
    return best


def _earnings(field: _Field, trips: _Trips, prices: dict[Case, int], horizon_s: int) -> Int64:
    """Return (pick-ups, horizon + 1) the most earned when loading begins with so many seconds left."""
    sites, pickups = field.back_s.shape
    leaving = np.full((pickups, horizon_s + 1), NONE, np.int64)
    waiting = np.zeros((sites, horizon_s + 1), np.int64)
    trip, empty = _flat_prices(field, trips, prices)
    timed = [(case, units) for case, units in prices.items() if case[3]]
    here = [p for p in range(pickups) if (trips.pickup == p).any()]
    first = np.searchsorted(trips.pickup, here)
    block = int(trips.arrive_s.min())
    for begin in range(0, horizon_s + 1, block):
        left = np.arange(begin, min(begin + block, horizon_s + 1))
        price, drive = (np.repeat(x[..., None], len(left), axis=-1) for x in (trip, empty))
        for (kind, a, b, at_least), units in timed:
            late = left >= at_least
            if kind == "loaded":
                price[np.ix_((trips.pickup == a) & (trips.site == b), late)] += units
            else:
                drive[a, b, late] += units
        after = left[None, :] - trips.busy_s[:, None]
        price += np.where(after >= 0, waiting[trips.site[:, None], np.maximum(after, 0)], 0)
        price[left[None, :] < trips.arrive_s[:, None]] = NONE
        leaving[here, begin : begin + len(left)] = np.maximum.reduceat(price, first, axis=0)
        then = left[None, None, :] - field.back_s[:, :, None]
        value = leaving[np.arange(pickups)[None, :, None], np.maximum(then, 0)] + drive
        value[then < 0] = NONE
        waiting[:, begin : begin + len(left)] = np.maximum(value.max(axis=1), 0)
    return leaving


def _flat_prices(field: _Field, trips: _Trips, prices: dict[Case, int]) -> tuple[Int64, Int64]:
    """Return the untimed prices of trips and of empty drives (sites, pick-ups)."""
    one = np.array([prices.get(("people", p, -1, 0), 0) for p in range(len(field.need))], np.int64)
    each = np.array([prices.get(("trips", p, -1, 0), 0) for p in range(len(field.need))], np.int64)
    room = np.array([prices.get(("room", s, -1, 0), 0) for s in range(len(field.room))], np.int64)
    loaded = np.zeros((len(field.need), len(field.room)), np.int64)
    empty = np.zeros(field.back_s.shape, np.int64)
    for (kind, a, b, left), units in prices.items():
        if kind == "loaded" and not left:
            loaded[a, b] = units
        elif kind == "empty" and not left:
            empty[a, b] = units
    trip = trips.load * (one[trips.pickup] + room[trips.site]) + each[trips.pickup]
    return trip + loaded[trips.pickup, trips.site], empty
