"""Checks trips of aid that were under way when a plan was made: none drives into a road that has closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from safepassage_verify.aid_inputs import HELD, TRIPS
from safepassage_verify.aid_led_hours import beyond
from safepassage_verify.aid_needs import Rows
from safepassage_verify.flows import check_flows
from safepassage_verify.movements import check_movements
from safepassage_verify.named import Named
from safepassage_verify.planfile import Plan, check_movement_references, movements_of
from safepassage_verify.roads import int64
from safepassage_verify.snapshot import Snapshot, Vehicle
from safepassage_verify.trips import Travel, list_trips, travel
from safepassage_verify.verdict import Findings

CODE = "AID_UNDER_WAY"
STUCK_S = 10**8
"""When a truck is free again that cannot go on: in no plan."""
NO_LIMIT = -1
_LINE = ("waybill", "place", "commodity", "lot", "due")


class Ends(NamedTuple):
    """When days end, as (from, until, date), when lots expire (-1: never), and the tables of the case."""

    days: list[tuple[int, int, str]]
    lots: Mapping[str, int]
    table: Rows


class UnderWay(NamedTuple):
    """What had left, with what is not unloaded taken off; trips that go another way, and their trucks."""

    past: Rows
    moves: Plan | None
    fleet: Mapping[str, Vehicle]


def check_under_way(
    since: Rows, past: Rows, trucks: Mapping[str, Rows], ends: Ends, snapshot: Snapshot, findings: Findings
) -> UnderWay:
    """Note what of the trips under way cannot be; return what they bring after all.

    Parameters
    ----------
    trucks : the case's trucks by day, by id; those of other days of a truck have its `truck`.
    """
    fits = TRIPS(since.get("trips"), "aid.since.trips", findings)
    fits &= HELD(since.get("held"), "aid.since.held", findings)
    nothing = UnderWay(past, None, {})
    if not fits:
        return nothing
    fleet = {trip["truck"]: _vehicle(trip, trucks.get(trip["truck"])) for trip in past["trips"]}
    named = Named(findings, ("plan.", "aid.since.trips: "))
    stated = {trip["truck"]: trip for trip in since["trips"]}
    announced = {trip["truck"]: trip for trip in past["trips"]}
    same = stated.keys() == announced.keys()
    same &= len(stated) == len(since["trips"]) and len(announced) == len(past["trips"])
    named.require(CODE, "plan.since", holds=same, message="other trips are under way than had left")
    for some in (announced, stated):
        if not same or not _refer(list(some.values()), snapshot, fleet, named):
            return nothing
    check = _Check((announced, stated), snapshot, fleet, ends, named)
    check.trucks, check.so_far = trucks, {row["id"]: row for row in past["trucks"]}
    return check.found(since["held"], past, trucks)


class _Check:
    """Announced trips, and how they go on, by truck."""

    def __init__(
        self, trips: tuple[Mapping[str, Rows], Mapping[str, Rows]], snapshot: Snapshot,
        fleet: Mapping[str, Vehicle], ends: Ends, named: Findings,
    ) -> None:  # fmt: skip
        self.announced, self.stated = trips
        self.snapshot, self.fleet, self.named = snapshot, fleet, named
        self.days, self.lots, self.table = ends
        self.trucks: Mapping[str, Rows] = {}
        self.so_far: Mapping[str, Rows] = {}

    def found(self, held: list[Rows], past: Rows, trucks: Mapping[str, Rows]) -> UnderWay:
        """Check all trips; return what they come to."""
        meets = {name: met for name, trip in self.announced.items() if (met := self._meets(trip)) is not None}
        by_truck = {row["truck"]: row for row in held}
        for name in sorted(meets.keys() ^ by_truck.keys()):
            message = "meets a closed road, which is not said" if name in meets else "meets no closed road"
            self._require(name, message, holds=False)
        self._require("", "a truck is held twice", holds=len(by_truck) == len(held))
        lost, over = Counter[Any](), dict[str, tuple[int, bool, int]]()
        for name, trip in self.stated.items():
            own, announced = by_truck.get(name), self.announced[name]
            if name not in meets or own is None:
                self._require(name, "goes otherwise than announced", holds=trip == announced)
                continue
            self._held(own, trip, announced, meets[name])
            lost.update(map(_line, announced["goods"]))
            lost.subtract(map(_line, trip["goods"]))
            more_s = max(0, _driven_s(trip) - _driven_s(announced))
            over[name] = trip["legs"][-1]["arrive_s"], own["stuck"], more_s
        moves = self._driven([self.stated[name] for name in over])
        return UnderWay(_what_is_left(past, +lost, over, trucks), moves, self.fleet)

    def _require(self, truck: str, message: str, *, holds: bool) -> None:
        self.named.require(CODE, f"plan.{truck}", holds=holds, message=message)

    def _run(self, trip: Rows) -> Iterator[tuple[str, int, int, bool]]:
        """Yield (leg, arc, second, open) of every road that a trip enters."""
        moves, _, happens = self._travel([trip])
        if happens is None:
            return
        entered, legs = happens.entries, moves.vehicles[0][1]
        leave = entered.leave(int64(range(len(entered))))
        arcs, seconds = entered.arc.astype("int64"), entered.t.astype("int64")
        opens = self.snapshot.roads.stays_open(arcs, seconds, leave)
        most_kg = self.snapshot.roads.max_weight_kg[arcs]
        opens = opens & ((most_kg < 0) | (most_kg >= self.fleet[trip["truck"]].weight_kg))
        rows = zip(entered.trip.tolist(), seconds.tolist(), arcs.tolist(), opens.tolist(), strict=True)
        # What is driven in one second stays in the order of the way: sorting is stable.
        for number, t, arc, is_open in sorted(rows, key=lambda row: row[:2]):
            yield legs[number].id, arc, t, is_open

    def _travel(self, trips: list[Rows]) -> tuple[Plan, Any, Travel | None]:
        moves = movements_of(_rows(trips))
        listed = list_trips(moves, replace(self.snapshot, fleet=self.fleet))
        return moves, listed, travel(moves, listed, self.snapshot.roads, self.named)

    def _meets(self, trip: Rows) -> tuple[str, int, int] | None:
        """Return (leg, arc, second) of the first closed road that a trip enters from now on."""
        now_s = self.snapshot.now_s
        return next(
            ((leg, arc, t) for leg, arc, t, is_open in self._run(trip) if t >= now_s and not is_open), None
        )

    def _driven(self, trips: list[Rows]) -> Plan | None:
        """Check the ways of trips by the rules of the road; return them as movements."""
        if not trips:
            return None
        moves, listed, happens = self._travel(trips)
        if happens is not None:
            self._exposed(trips, happens)
            with_trucks = replace(self.snapshot, fleet=self.fleet)
            check_movements(moves, listed, happens, with_trucks, self.named)
            check_flows(listed, happens, with_trucks, self.named)
        return moves

    def _exposed(self, trips: list[Rows], happens: Travel) -> None:
        """Check that no crew that drives on is exposed by more than the cap on its trip."""
        cap, first = self.snapshot.rules.exposure_cap_ppm_s, 0
        for trip in trips:
            last = first + len(trip["legs"])
            exposure, first = int(happens.exposure_ppm_s[first:last].sum()), last
            message = f"its crew is exposed to {exposure} ppm s, the cap is {cap}"
            holds = cap < 0 or exposure <= cap or not self._drives_on(trip)
            self._require(trip["truck"], message, holds=holds)

    def _drives_on(self, trip: Rows) -> bool:
        """Return whether a truck enters any road from now on."""
        return any(t >= self.snapshot.now_s for _, _, t, _ in self._run(trip))

    def _hours(self, name: str, trip: Rows, announced: Rows) -> None:
        """Check that a crew that drives on keeps to its hours."""
        truck, so_far = self.trucks.get(name), self.so_far.get(name)
        if truck is None or so_far is None or not self._drives_on(trip):
            return
        for fault in beyond(trip, announced, so_far, truck, self.table):
            self._require(name, fault, holds=False)

    def _held(self, own: Rows, trip: Rows, announced: Rows, met: tuple[str, int, int]) -> None:
        """Check how a trip that met a closed road goes on."""
        name, now_s = trip["truck"], self.snapshot.now_s
        self._require(
            name, f"is held by leg, arc, second {met}", holds=met == (own["leg"], own["arc"], own["at_s"])
        )
        before = [[row[1:3] for row in self._run(one) if row[2] < now_s] for one in (announced, trip)]
        self._require(name, "what it had driven is changed", holds=before[0] == before[1])
        legs = {leg["id"]: leg for leg in trip["legs"]}
        order = [leg["id"] for leg in announced["legs"]]
        kept = [one for one in order if one in legs]
        self._require(name, "its legs are others, or in another order", holds=kept == list(legs))
        ends = {leg["id"]: leg for leg in announced["legs"]}
        home = not own["stuck"]
        reached = {
            one: leg["arrive_s"] for one, leg in legs.items()
            if one in ends and leg["to_node"] == ends[one]["to_node"] and (home or one != order[-1])
        }  # fmt: skip
        self._require(name, "is not stuck, and does not come home", holds=not home or order[-1] in reached)
        ended = legs.get(order[-1], {}).get("to_node") == ends[order[-1]]["to_node"]
        self._require(name, "is said to be stuck, and comes home", holds=home or not ended)
        short = [one for one in kept if one not in reached]
        broken = short != [] and (home or short != kept[-1:])
        self._require(name, "ends a leg where no stop is", holds=not broken)
        node = trip["legs"][-1]["to_node"]
        self._require(name, f"stands at node {node}", holds=node == own["node"])
        self._stays(name, trip["legs"], announced["legs"])
        self._hours(name, trip, announced)
        why = own.get("why", "")
        said = why in {"", "hours", "exposure"} and (own["stuck"] or not why)
        self._require(name, "is stuck for no reason that there is", holds=said)
        goods = self._unloaded(announced, reached)
        self._require(name, "unloads other goods than it reaches in time", holds=trip["goods"] == goods)
        aboard = [row for row in announced["goods"] if ends[row["leg"]]["arrive_s"] > now_s]
        stops = sorted((ends[row["leg"]]["arrive_s"], row["place"]) for row in aboard)
        following = stops[0] if stops else (announced["legs"][-1]["arrive_s"], "")
        said = (own["next_s"], own["next_place"]) == following and own["aboard"] == aboard
        self._require(name, "its next stop, or what is aboard, is another", holds=said)

    def _stays(self, name: str, legs: list[Rows], announced: list[Rows]) -> None:
        """Check that a truck stays at each stop as long as it was to."""
        stay_s = {a["id"]: b["depart_s"] - a["arrive_s"] for a, b in pairwise(announced)}
        for a, b in pairwise(legs):
            holds = b["depart_s"] >= a["arrive_s"] + stay_s.get(a["id"], 0)
            self._require(name, f"leaves the end of {a['id']} too soon", holds=holds)

    def _unloaded(self, announced: Rows, reached: Mapping[str, int]) -> list[Rows]:
        """Return what is unloaded in time: nothing after a stop where it was to load and does not come to."""
        unloads = {row["leg"] for row in announced["goods"]}
        missed = [k for k, leg in enumerate(announced["legs"][:-1])
                  if leg["id"] not in unloads and leg["id"] not in reached]  # fmt: skip
        order = {leg["id"]: k for k, leg in enumerate(announced["legs"])}
        last = missed[0] if missed else len(order)
        return [
            row for row in announced["goods"]
            if row["leg"] in reached and order[row["leg"]] < last
            and row["due"] < len(self.days) and reached[row["leg"]] <= self.days[row["due"]][1]
            and not 0 <= self.lots.get(row["lot"], NO_LIMIT) <= reached[row["leg"]]
        ]  # fmt: skip


def _what_is_left(
    past: Rows, lost: Counter[Any], over: Mapping[str, tuple[int, bool, int]], trucks: Mapping[str, Rows]
) -> Rows:
    """Return what had left, without what is not unloaded, and with when trucks are free now."""
    brought = [
        {**row, "received_milli": 0} if lost[_line(row)] and not row["counted"] else row
        for row in past["brought"]
    ]
    so_far = {row["id"]: row for row in past["trucks"]}
    for name, (over_s, stuck, more_s) in over.items():
        if name in so_far:
            hours = {n: so_far[name][n] + more_s for n in ("driven_s", "unbroken_s")}
            so_far[name] = {**so_far[name], **hours, "free_s": STUCK_S if stuck else over_s}
        day = trucks.get(name)
        for row in trucks.values():
            if stuck and day and row["truck"] == day["truck"] and row["day"] > day["day"]:
                never = {"id": row["id"], "began_s": over_s, "free_s": STUCK_S, "legs": 0, "loads": 0}
                never |= {"works_from_s": over_s, "driven_s": 0, "unbroken_s": 0}
                so_far[row["id"]] = never
    return {**past, "brought": brought, "trucks": [so_far[name] for name in sorted(so_far)]}


def _driven_s(trip: Rows) -> int:
    """Return how long a trip drives, with waits on the way."""
    return sum(leg["arrive_s"] - leg["depart_s"] for leg in trip["legs"])


def _line(row: Rows) -> tuple[Any, ...]:
    return tuple(row[name] for name in _LINE)


def _refer(trips: list[Rows], snapshot: Snapshot, fleet: Mapping[str, Vehicle], named: Findings) -> bool:
    """Return whether trips name only what there is; a truck has one trip, a load its leg."""
    before = named.total
    check_movement_references(_rows(trips), replace(snapshot, fleet=fleet), named)
    for trip in trips:
        legs = {leg["id"] for leg in trip["legs"]}
        holds = all(row["leg"] in legs for row in trip["goods"])
        named.require("REFERENCE", f"plan.{trip['truck']}", holds=holds, message="goods of no leg")
    return named.total == before


def _rows(trips: list[Rows]) -> dict[str, Any]:
    """Return trips as movements: a route for each leg."""
    legs = [leg for trip in trips for leg in trip["legs"]]
    numbered = [{**leg, "route": k, "load": []} for k, leg in enumerate(legs)]
    return {
        "routes": [{name: leg[name] for name in ("from_node", "to_node", "arcs")} for leg in legs],
        "cars": [], "link_rides": [],
        "vehicles": [
            {"id": trip["truck"], "legs": [numbered.pop(0) for _ in trip["legs"]]} for trip in trips
        ],
    }  # fmt: skip


def _vehicle(trip: Rows, row: Rows | None) -> Vehicle:
    """Return the truck of a trip without hours; one that the case does not have any more stands still."""
    units_mveh, weight_kg = (1, 0) if row is None else (row["units_mveh"], row["weight_kg"])
    return Vehicle(
        id=trip["truck"], base_node=trip["legs"][0]["from_node"], units_mveh=units_mveh, weight_kg=weight_kg,
        seats=0, wheelchair=0, stretcher=0, available_from_s=0, available_until_s=NO_LIMIT,
        max_duty_s=NO_LIMIT,
    )  # fmt: skip
