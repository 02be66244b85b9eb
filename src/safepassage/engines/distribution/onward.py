"""Going on from a distribution that is under way: what has left, what is left, and for whom it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from safepassage.domain.aid.commodity import MILLI
from safepassage.domain.aid.distribution import (
    NANO,
    AidPlan,
    AidProblem,
    Behind,
    Brought,
    Delivered,
    Delivery,
    DriverChange,
    Good,
    Need,
    Since,
    TruckDay,
    TruckSoFar,
    truck_and_day,
    waybill_codes,
    waybill_truck,
)
from safepassage.domain.aid.stock import Consignment
from safepassage.domain.aid.under_way import Aboard, Held, Trip, TripLeg
from safepassage.domain.plan import Leg, VehicleChain
from safepassage.engines.distribution.crew_hours import Crew, worked

Lines = list[Brought]


@dataclass(slots=True)
class Gone:
    """What left before now.

    `legs` are those of the plan gone on from, by truck and day; `brought` and `trucks` reach back to the
    first plan. `trips` are not over; `held` are those of them that do not go on as announced.
    `exposed_ppm_s` is what crews are exposed to by the end of these, by truck and day.
    """

    now_s: int
    legs: dict[str, tuple[Leg, ...]] = field(default_factory=dict)
    brought: tuple[Brought, ...] = ()
    trucks: dict[str, TruckSoFar] = field(default_factory=dict)
    trips: tuple[Trip, ...] = ()
    held: tuple[Held, ...] = ()
    exposed_ppm_s: dict[str, int] = field(default_factory=dict)

    @property
    def lots(self) -> dict[str, int]:
        """What left the depots, by lot."""
        found: dict[str, int] = {}
        for row in self.brought:
            found[row.lot] = found.get(row.lot, 0) + row.dispatched_milli
        return found


def gone(earlier: AidPlan, now_s: int, counted: Iterable[Consignment] = ()) -> Gone:
    """Return what left a depot before now, or was being loaded; trips are driven to their end as announced.

    What was `counted` on the way or on arrival takes the place of what was announced on the same waybill.
    What came to a place on no announced line counts from when it was received.
    """
    before = earlier.since.trucks if earlier.since is not None else ()
    found = Gone(now_s, trucks={row.id: row for row in before})
    rows = _rows(earlier)
    for chain in earlier.trucks:
        left_trips = begun_of(chain, earlier, rows, now_s)
        found.legs[chain.id] = tuple(leg for trip in left_trips for leg in trip)
    rows_of = _lines(earlier, found.legs)
    lines = [line for _, line in rows_of]
    found.brought = _as_counted(
        [*(earlier.since.brought if earlier.since is not None else ()), *lines], counted, earlier, now_s
    )
    found.trips = _not_over(earlier, rows_of, now_s)
    for name, legs in found.legs.items():
        if legs:
            left = {leg.id for leg in legs}
            loads = {row.loaded for row in earlier.deliveries if row.truck == name and row.leg in left}
            chain = next(one for one in earlier.trucks if one.id == name)
            so_far = found.trucks.get(name)
            crew = worked(chain, legs, earlier, so_far)
            found.trucks[name] = _so_far(so_far, legs, len(loads), (name, crew))
    return found


def _rows(plan: AidPlan) -> dict[str, list[Delivery]]:
    """Return what is unloaded at the end of each leg."""
    rows: dict[str, list[Delivery]] = {}
    for row in plan.deliveries:
        rows.setdefault(row.leg, []).append(row)
    return rows


def back_before(past: Gone) -> dict[tuple[str, int], int]:
    """Return when trucks are back from what had left, by name and day."""
    return {truck_and_day(row.id): row.free_s for row in past.trucks.values()}


def trips_of(chain: VehicleChain, plan: AidPlan) -> Iterator[list[Leg]]:
    """Yield the legs of each trip of a truck: it ends at its base, with nothing on board.

    A truck may call at its base to hand out there what it has fetched, and go on with the rest. Who drives in
    convoy goes on with the others.
    """
    base = next(truck.base_node for truck in plan.problem.trucks if truck.id == chain.id)
    line = line_of(chain, plan)
    at = {leg.id: k for one in line for k, leg in enumerate(one.legs, start=1)}
    names = {one.id for one in line}
    held = [(at.get(row.loaded, 0), at[row.leg]) for row in plan.deliveries if row.truck in names]
    trip: list[Leg] = []
    for k, leg in enumerate(chain.legs, start=1):
        trip.append(leg)
        on_board = any(loaded < k < handed_out for loaded, handed_out in held)
        if plan.routes[leg.route].to_node == base and not on_board:
            yield trip
            trip = []


def line_of(chain: VehicleChain, plan: AidPlan) -> list[VehicleChain]:
    """Return the trucks that drive with one on its day, itself among them, the lead first."""
    trucks = {truck.id: truck for truck in plan.problem.trucks}
    own = trucks[chain.id]
    if not own.convoy:
        return [chain]
    return sorted(
        (one for one in plan.trucks
         if (trucks[one.id].convoy, trucks[one.id].day) == (own.convoy, own.day) and one.legs),
        key=lambda one: one.id,
    )  # fmt: skip


def begun_of(
    chain: VehicleChain, plan: AidPlan, rows: dict[str, list[Delivery]], now_s: int
) -> list[list[Leg]]:
    """Return the trips of a truck that have left: it is loaded for them, or one that drives with it is."""
    begun = max(
        sum(loads_s(plan.problem, trip, rows) < now_s for trip in trips_of(one, plan))
        for one in line_of(chain, plan) or [chain]
    )
    return list(trips_of(chain, plan))[:begun]


def loads_s(problem: AidProblem, trip: list[Leg], rows: dict[str, list[Delivery]]) -> int:
    """Return from when on a truck is loaded for a trip; when it departs where it fetches goods elsewhere."""
    mass_g = {good.id: good.mass_g for good in problem.goods}
    names = {leg.id for leg in trip}
    grams = sum(
        row.milli * mass_g[row.commodity] // MILLI
        for leg in trip for row in rows.get(leg.id, ()) if row.loaded not in names
    )  # fmt: skip
    return trip[0].depart_s - (problem.rules.loading_s(grams) if grams else 0)


def _lines(plan: AidPlan, legs: dict[str, tuple[Leg, ...]]) -> list[tuple[str, Brought]]:
    """Return (leg, line) of waybills whose trips have left, in the order in which waybills are numbered."""
    left = {leg.id for some in legs.values() for leg in some}
    arrive_s = {leg.id: leg.arrive_s for chain in plan.trucks for leg in chain.legs}
    rows = sorted(
        plan.deliveries, key=lambda row: (row.truck, arrive_s[row.leg], row.place, row.lot, row.due)
    )
    before = {row.id: row.loads for row in plan.since.trucks} if plan.since is not None else {}
    codes = waybill_codes(((row.truck, row.loaded) for row in rows), before)
    return [
        (row.leg, Brought(
            waybill=code, place=row.place, commodity=row.commodity, lot=row.lot, due=row.due,
            dispatched_milli=row.milli, received_milli=row.milli,
        ))
        for row, code in zip(rows, codes, strict=True)
        if row.leg in left
    ]  # fmt: skip


def _not_over(earlier: AidPlan, lines: list[tuple[str, Brought]], now_s: int) -> tuple[Trip, ...]:
    """Return the trips that have left, or are loaded, and end after now, those of plans before included."""
    before = earlier.since.trips if earlier.since is not None else ()
    found = [trip for trip in before if trip.over_s > now_s]
    goods: dict[str, list[Aboard]] = {}
    for leg, line in lines:
        goods.setdefault(leg, []).append(
            Aboard(
                leg=leg, waybill=line.waybill, place=line.place, commodity=line.commodity, lot=line.lot,
                due=line.due, milli=line.dispatched_milli,
            )
        )  # fmt: skip
    for chain in earlier.trucks:
        for legs in begun_of(chain, earlier, _rows(earlier), now_s):
            aboard = tuple(row for leg in legs for row in goods.get(leg.id, ()))
            if legs[-1].arrive_s > now_s:
                way = tuple(_trip_leg(leg, earlier) for leg in legs)
                found.append(Trip(truck=chain.id, legs=way, goods=aboard))
    return tuple(sorted(found, key=lambda trip: (trip.truck, trip.legs[0].depart_s)))


def _trip_leg(leg: Leg, plan: AidPlan) -> TripLeg:
    route = plan.routes[leg.route]
    return TripLeg(
        id=leg.id, from_node=route.from_node, to_node=route.to_node, arcs=route.arcs, depart_s=leg.depart_s,
        waits=leg.waits, arrive_s=leg.arrive_s,
    )  # fmt: skip


def _so_far(
    before: TruckSoFar | None, legs: tuple[Leg, ...], loads: int, done: tuple[str, Crew]
) -> TruckSoFar:
    began_s, free_s, (name, crew) = legs[0].depart_s, legs[-1].arrive_s, done
    if before is None:
        return TruckSoFar(
            id=name, began_s=began_s, free_s=free_s, legs=len(legs), loads=loads, works_from_s=crew.began_s,
            driven_s=crew.driven_s, unbroken_s=crew.since_s,
        )  # fmt: skip
    return replace(
        before, free_s=max(before.free_s, free_s), legs=before.legs + len(legs), loads=before.loads + loads,
        driven_s=before.driven_s + crew.driven_s, unbroken_s=crew.since_s,
    )  # fmt: skip


def _as_counted(
    lines: Lines, counted: Iterable[Consignment], earlier: AidPlan, now_s: int
) -> tuple[Brought, ...]:
    """Put what was counted in the place of what was announced; add what no announced line holds."""
    rows = list(lines)
    for one in counted:
        same = [
            k for k, row in enumerate(rows)
            if (row.waybill, row.place, row.commodity) == (one.waybill, one.place, one.commodity)
            and one.lot in {"", row.lot}
        ]  # fmt: skip
        if same:
            for k, line in zip(same, _spread([rows[k] for k in same], one), strict=True):
                rows[k] = line
        elif one.received_milli and one.received_s is not None and 0 <= one.received_s < now_s:
            rows.append(_other(one, one.received_s, earlier))
    return tuple(rows)


def _spread(lines: Lines, one: Consignment) -> Iterator[Brought]:
    """Yield lines of one waybill with what was counted, the first due first; the last holds what is over."""
    received = one.dispatched_milli if one.received_milli is None else one.received_milli
    left = [one.dispatched_milli, received]
    for k, line in enumerate(lines):
        last = k == len(lines) - 1
        dispatched, got = (n if last else min(n, line.dispatched_milli) for n in left)
        left = [left[0] - dispatched, left[1] - got]
        yield replace(
            line, dispatched_milli=dispatched, received_milli=got, counted=one.received_milli is not None
        )


def _other(one: Consignment, received_s: int, earlier: AidPlan) -> Brought:
    """Return what came though no plan announced it, for the day on which it was received."""
    days = earlier.problem.days
    due = next((k for k, day in enumerate(days) if received_s < day.until_s), len(days) - 1)
    return Brought(
        waybill=one.waybill, place=one.place, commodity=one.commodity, lot=one.lot, due=due, counted=True,
        dispatched_milli=one.dispatched_milli, received_milli=one.received_milli or 0,
    )  # fmt: skip


def onward(problem: AidProblem, past: Gone) -> AidProblem:
    """Return what is left of a problem from now on.

    The stock is taken as it was before: what has left is taken off. A truck is free when its trip is over,
    for what is left of its crew's hours. What is needed no more, and what was met of it, stands `behind`.
    """
    met = {(row.place, row.commodity, row.due): row.milli for row in delivered(problem, past)}
    needs = []
    behind: dict[str, tuple[int, int]] = {}
    for need in problem.needs:
        brought = met.get((need.place, need.commodity, need.due), 0)
        milli, worth = need.amount_milli - brought, 0
        if milli > 0 and problem.days[need.due].until_s > past.now_s:
            worth = max(1, need.worth * milli // need.amount_milli)
            needs.append(replace(need, amount_milli=milli, worth=worth))
        over = need.worth - worth
        had = behind.get(need.place, (0, 0))
        behind[need.place] = (had[0] + over, had[1] + min(need.worth_nano(brought), over * NANO))
    taken = past.lots
    lots = [
        replace(lot, quantity_milli=milli) for lot in problem.lots
        if (milli := lot.quantity_milli - taken.get(lot.id, 0)) > 0
    ]  # fmt: skip
    trucks = [left for truck in problem.trucks if (left := _left(truck, past)) is not None]
    return replace(
        problem, needs=tuple(needs), lots=tuple(lots), trucks=tuple(trucks),
        behind=tuple(
            Behind(place=place, worth=worth, met_nano=nano)
            for place, (worth, nano) in sorted(behind.items()) if worth
        ),
    )  # fmt: skip


def delivered(problem: AidProblem, past: Gone) -> tuple[Delivered, ...]:
    """Return by need what has been brought for it; what is over serves later days of a place while it keeps.

    Needs that nothing was brought for are among them where their day is over.
    """
    goods, trucks = {good.id: good for good in problem.goods}, {truck.id for truck in problem.trucks}
    brought: dict[tuple[str, str], list[_There]] = {}
    for row in past.brought:
        there = _There(day=_day_of(row, trucks), due=row.due, milli=row.received_milli)
        brought.setdefault((row.place, row.commodity), []).append(there)
    needs: dict[tuple[str, str], list[Need]] = {}
    for need in problem.needs:
        needs.setdefault((need.place, need.commodity), []).append(need)
    return tuple(
        row for key, some in sorted(needs.items()) for row in _met(some, brought.get(key, []), goods[key[1]])
        if row.milli or problem.days[row.due].until_s <= past.now_s
    )  # fmt: skip


@dataclass(slots=True)
class _There:
    """What of a good came to a place on a day, is for another and is not handed out yet."""

    day: int
    due: int
    milli: int


def _day_of(row: Brought, trucks: set[str]) -> int:
    """Return the day on which a line came: that of its truck; of other lines the day they are for is it."""
    truck_day = waybill_truck(row.waybill)
    return min(row.due, truck_and_day(truck_day)[1]) if truck_day in trucks else row.due


def _met(needs: list[Need], there: list[_There], good: Good) -> Iterator[Delivered]:
    """Yield what meets the needs of one good at one place, day by day; what came first goes first."""
    there.sort(key=lambda one: one.day)
    for need in sorted(needs, key=lambda need: need.due):
        wanted = need.amount_milli
        for one in there:
            if one.due <= need.due and good.keeps(one.day, need.due):
                taken = min(wanted, one.milli)
                one.milli, wanted = one.milli - taken, wanted - taken
        yield Delivered(
            place=need.place, commodity=need.commodity, due=need.due, priority=need.priority,
            needed_milli=need.amount_milli, milli=need.amount_milli - wanted,
        )  # fmt: skip


def _left(truck: TruckDay, past: Gone) -> TruckDay | None:
    so_far = past.trucks.get(truck.id)
    free_s = max([truck.available_from_s, past.now_s, *([] if so_far is None else [so_far.free_s])])
    left = replace(truck, available_from_s=free_s) if free_s < truck.available_until_s else None
    if so_far is None or left is None:
        return left
    duty_s = truck.max_duty_s - (free_s - so_far.began_s) if truck.max_duty_s >= 0 else truck.max_duty_s
    until_s = min(truck.available_until_s, so_far.works_from_s + truck.work_s)
    if free_s >= until_s or (truck.max_duty_s >= 0 and duty_s <= 0):
        return None
    return replace(
        left, max_duty_s=duty_s, available_until_s=until_s, unbroken_s=so_far.unbroken_s,
        max_drive_s=max(0, truck.max_drive_s - so_far.driven_s),
    )  # fmt: skip


def since(earlier: AidPlan, later: AidPlan, past: Gone, met: tuple[Delivered, ...] = ()) -> Since:
    """Return for which drivers what lies ahead is no longer as announced, and all that had left by then."""
    before, after = _ahead(earlier, past), _ahead(later, Gone(past.now_s))
    drivers = tuple(
        DriverChange(truck=name, before=before.get(name, ()), after=after.get(name, ()))
        for name in sorted({*before, *after})
        if before.get(name, ()) != after.get(name, ())
    )
    same = sum(before[name] == after.get(name) for name in before)
    return Since(
        now_s=past.now_s, under_way=sum(map(len, past.legs.values())), same=same, drivers=drivers,
        brought=past.brought, delivered=met, trucks=tuple(past.trucks[name] for name in sorted(past.trucks)),
        trips=past.trips, held=past.held,
    )  # fmt: skip


def _ahead(plan: AidPlan, past: Gone) -> dict[str, tuple[tuple[int, str, str, int], ...]]:
    """Return by truck (arrival, place, good, amount) of what is still to be unloaded."""
    left = {leg.id for legs in past.legs.values() for leg in legs}
    arrive_s = {leg.id: leg.arrive_s for chain in plan.trucks for leg in chain.legs}
    found: dict[str, dict[tuple[int, str, str], int]] = {}
    for row in plan.deliveries:
        if row.leg not in left:
            stops = found.setdefault(row.truck, {})
            key = (arrive_s[row.leg], row.place, row.commodity)
            stops[key] = stops.get(key, 0) + row.milli
    return {
        name: tuple((*key, milli) for key, milli in sorted(stops.items())) for name, stops in found.items()
    }
