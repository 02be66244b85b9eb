"""Checks trips of aid that were under way when a plan was made: how they go on where roads are otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from safepassage_verify.aid_inputs import HELD, TRIPS
from safepassage_verify.aid_led_hours import beyond
from safepassage_verify.aid_led_lines import NO_ARC, Entered, Met, Ran, lines_of, together, unloading
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
    """What had left, with what is not unloaded taken off; trips that go on otherwise, and their trucks.

    `exposed_ppm_s` is what crews are exposed to by the end of their trips under way, by truck and day.
    """

    past: Rows
    moves: Plan | None
    fleet: Mapping[str, Vehicle]
    exposed_ppm_s: Mapping[str, int] = {}


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
    fleet = {trip["truck"]: vehicle_of(trip, trucks.get(trip["truck"])) for trip in past["trips"]}
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
        ran = {name: self._ran(trip) for name, trip in self.announced.items()}
        meets, unloads = dict[str, Met](), dict[str, set[int]]()
        lines = lines_of(self.announced, ran, trucks, self.snapshot.now_s)
        for line in lines:
            met = {name: one for name in line if (one := self._meets(name, ran[name])) is not None}
            first = next(iter(met.values()), None)
            meets |= {name: met.get(name, first) for name in line if first is not None}
            unloads |= dict.fromkeys(line, unloading([self.announced[name] for name in line]))
        by_truck = {row["truck"]: row for row in held}
        for name in sorted(meets.keys() ^ by_truck.keys()):
            message = "meets a closed road, or takes other times, which is not said"
            message = message if name in meets else "meets no closed road, and keeps its times"
            self._require(name, message, holds=False)
        self._require("", "a truck is held twice", holds=len(by_truck) == len(held))
        lost, over = Counter[Any](), dict[str, tuple[int, bool, int]]()
        for name, trip in self.stated.items():
            own, announced = by_truck.get(name), self.announced[name]
            if name not in meets or own is None:
                self._require(name, "goes otherwise than announced", holds=trip == announced)
                continue
            self._held(own, trip, announced, (meets[name], unloads[name]))
            lost.update(map(_line, announced["goods"]))
            lost.subtract(map(_line, trip["goods"]))
            more_s = max(0, _driven_s(trip) - _driven_s(announced))
            over[name] = trip["legs"][-1]["arrive_s"], own["stuck"], more_s
        went = {name: self._ran(trip) for name, trip in self.stated.items()}
        for line in (line for line in lines if by_truck.keys() >= set(line)):
            for name, holds, message in together(
                line, (self.announced, self.stated, by_truck), (ran, went), self._limits()
            ):
                self._require(name, message, holds=holds, code="AID_CONVOY")
        moves = self._driven([self.stated[name] for name in over])
        exposed = Counter({name: self._before_ppm_s(name) for name in self.so_far})
        exposed.update({name: sum(one.exposure_ppm_s) for name, one in went.items()})
        return UnderWay(_what_is_left(past, +lost, over, trucks), moves, self.fleet, exposed)

    def _limits(self) -> tuple[int, int, int]:
        """Return the second in which it is now, and the least and most seconds between trucks of a convoy."""
        rules = self.table["rules"]
        headway_s = int(rules["headway_s"])
        return self.snapshot.now_s, headway_s, headway_s + int(rules.get("convoy_slack_s", 0))

    def _before_ppm_s(self, truck: str) -> int:
        """Return what a crew was exposed to on its day before the trip under way."""
        return int(self.so_far.get(truck, {}).get("exposure_ppm_s", 0))

    def _require(self, truck: str, message: str, *, holds: bool, code: str = CODE) -> None:
        self.named.require(code, f"plan.{truck}", holds=holds, message=message)

    def _ran(self, trip: Rows) -> Ran:
        """Return what happens on a trip as it is stated, on the roads as they are now."""
        moves, _, happens = self._travel([trip])
        legs = len(trip["legs"])
        if happens is None:
            return Ran([], [0] * legs, [0] * legs)
        entered, roads, count = happens.entries, self.snapshot.roads, Counter[int]()
        leave = entered.leave(int64(range(len(entered))))
        arcs, seconds = entered.arc.astype("int64"), entered.t.astype("int64")
        most_kg = roads.max_weight_kg[arcs]
        opens = roads.stays_open(arcs, seconds, leave)
        opens = opens & ((most_kg < 0) | (most_kg >= self.fleet[trip["truck"]].weight_kg))
        columns = (entered.trip, seconds, arcs, opens)
        rows = zip(*(column.tolist() for column in columns), leave.tolist(), strict=True)
        found: list[Entered] = []
        # What is driven in one second stays in the order of the way: sorting is stable.
        for number, t, arc, is_open, left_s in sorted(rows, key=lambda row: row[:2]):
            leg = moves.vehicles[0][1][number].id
            found.append(Entered(number, count[number], leg, arc, t, left_s, is_open))
            count[number] += 1
        return Ran(found, happens.arrive_s.tolist(), happens.exposure_ppm_s.tolist())

    def _travel(self, trips: list[Rows]) -> tuple[Plan, Any, Travel | None]:
        moves = movements_of(rows_of_trips(trips))
        listed = list_trips(moves, replace(self.snapshot, fleet=self.fleet))
        return moves, listed, travel(moves, listed, self.snapshot.roads, self.named)

    def _meets(self, name: str, ran: Ran) -> Met | None:
        """Return what a trip as announced meets from now on: a closed road, else other times or limits."""
        now_s, rules = self.snapshot.now_s, self.snapshot.rules
        closed = (Met(one.leg, one.arc, one.t) for one in ran.entered if one.t >= now_s and not one.open)
        first = next(closed, None)
        if first is not None:
            return first
        exposure = self._before_ppm_s(name)
        for leg, end_s, own in zip(
            self.announced[name]["legs"], ran.arrive_s, ran.exposure_ppm_s, strict=True
        ):
            exposure += own
            if leg["arrive_s"] <= now_s:
                continue
            if end_s != leg["arrive_s"]:
                return Met(leg["id"], NO_ARC, end_s, "times")
            inside = any(a <= leg["depart_s"] and end_s <= b for a, b in rules.movement_windows)
            if rules.movement_windows and leg["depart_s"] >= now_s and not inside:
                return Met(leg["id"], NO_ARC, leg["depart_s"], "window")
            if own and 0 <= rules.exposure_cap_ppm_s < exposure:
                return Met(leg["id"], NO_ARC, leg["depart_s"], "exposure")
        return None

    def _driven(self, trips: list[Rows]) -> Plan | None:
        """Check the ways of trips by the rules of the road; return them as movements."""
        if not trips:
            return None
        moves, listed, happens = self._travel(trips)
        if happens is not None:
            for trip in trips:
                self._exposed(trip, self._ran(trip))
            with_trucks = replace(self.snapshot, fleet=self.fleet)
            check_movements(moves, listed, happens, with_trucks, self.named)
            check_flows(listed, happens, with_trucks, self.named)
        return moves

    def _exposed(self, trip: Rows, ran: Ran) -> None:
        """Check that no crew that drives on into hazards is exposed on its day by more than the cap."""
        cap, name = self.snapshot.rules.exposure_cap_ppm_s, trip["truck"]
        exposure = self._before_ppm_s(name) + sum(ran.exposure_ppm_s)
        message = f"its crew is exposed to {exposure} ppm s on its day, the cap is {cap}"
        holds = cap < 0 or exposure <= cap or not self._ahead_ppm_s(trip, ran)
        self._require(name, message, holds=holds)

    def _ahead_ppm_s(self, trip: Rows, ran: Ran) -> int:
        """Return the exposure on roads that are entered from now on, with the waits before them."""
        found, ready_s, hazard = 0, dict[int, int](), self.snapshot.roads.hazard
        for one in ran.entered:
            since_s = ready_s.get(one.number, trip["legs"][one.number]["depart_s"])
            ready_s[one.number] = one.leave
            if one.t >= self.snapshot.now_s and hazard.rank[one.arc] >= 0:
                arc = int64([one.arc, one.arc])
                before = hazard.before(arc, int64([since_s, one.leave])).tolist()
                found += before[1] - before[0]
        return found

    def _drives_on(self, trip: Rows) -> bool:
        """Return whether a truck enters any road from now on."""
        return any(one.t >= self.snapshot.now_s for one in self._ran(trip).entered)

    def _hours(self, name: str, trip: Rows, announced: Rows) -> None:
        """Check that a crew that drives on keeps to its hours."""
        truck, so_far = self.trucks.get(name), self.so_far.get(name)
        if truck is None or so_far is None or not self._drives_on(trip):
            return
        for fault in beyond(trip, announced, so_far, truck, self.table):
            self._require(name, fault, holds=False)

    def _held(self, own: Rows, trip: Rows, announced: Rows, of: tuple[Met, set[int]]) -> None:
        """Check how a trip goes on that cannot as announced; `of`: what it meets, where its line unloads."""
        (met, unloads), name, now_s = of, trip["truck"], self.snapshot.now_s
        same = met == (own["leg"], own["arc"], own["at_s"], own.get("met", ""))
        self._require(name, f"is held by leg, arc, second {tuple(met)}", holds=same)
        before = [
            [(row.arc, row.t) for row in self._ran(one).entered if row.t < now_s] for one in (announced, trip)
        ]
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
        said = why in {"", "hours", "exposure", "convoy"} and (own["stuck"] or not why)
        self._require(name, "is stuck for no reason that there is", holds=said)
        goods = self._unloaded(announced, reached, unloads)
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

    def _unloaded(self, announced: Rows, reached: Mapping[str, int], unloads: set[int]) -> list[Rows]:
        """Return what is unloaded in time: nothing after a stop where it was to load and does not come to."""
        missed = [k for k, leg in enumerate(announced["legs"][:-1])
                  if k not in unloads and leg["id"] not in reached]  # fmt: skip
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
                never |= {"works_from_s": over_s, "driven_s": 0, "unbroken_s": 0, "exposure_ppm_s": 0}
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
    check_movement_references(rows_of_trips(trips), replace(snapshot, fleet=fleet), named)
    for trip in trips:
        legs = {leg["id"] for leg in trip["legs"]}
        holds = all(row["leg"] in legs for row in trip["goods"])
        named.require("REFERENCE", f"plan.{trip['truck']}", holds=holds, message="goods of no leg")
    return named.total == before


def rows_of_trips(trips: list[Rows]) -> dict[str, Any]:
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


def vehicle_of(trip: Rows, row: Rows | None) -> Vehicle:
    """Return the truck of a trip without hours; one that the case does not have any more stands still."""
    units_mveh, weight_kg = (1, 0) if row is None else (row["units_mveh"], row["weight_kg"])
    return Vehicle(
        id=trip["truck"], base_node=trip["legs"][0]["from_node"], units_mveh=units_mveh, weight_kg=weight_kg,
        seats=0, wheelchair=0, stretcher=0, available_from_s=0, available_until_s=NO_LIMIT,
        max_duty_s=NO_LIMIT,
    )  # fmt: skip
