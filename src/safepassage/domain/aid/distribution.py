"""The distribution of aid: needs at places, lots in depots and trucks by day, and the plan that joins them.

Quantities are thousandths of a commodity's unit (`_milli`). What is delivered is measured in *worth*: the
persons a need is for, times the weight of its priority. A plan's worth is counted in billionths (`_nano`), so
that every sum is a whole number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safepassage.domain.aid.commodity import LEAST_URGENT, Unit
from safepassage.domain.aid.under_way import Held, Trip
from safepassage.domain.plan import Route, VehicleChain

NANO = 10**9
G_PER_T = 10**6
DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class AidRules:
    """The numbers of handling: loading and unloading take a base and a time a tonne.

    Trucks enter a road at least `headway_s` after each other, 0 for no limit; in a convoy no more than
    `convoy_slack_s` later than that (-1: nobody drives in one).
    `weights` are those of the priorities 1 to 4, settings of the case: where nothing is set each counts twice
    the next (an assumption of this project, to be reviewed by the clusters of the response).
    """

    load_base_s: int = 1_200
    load_s_per_t: int = 300
    unload_base_s: int = 900
    unload_s_per_t: int = 300
    weights: tuple[int, ...] = (8, 4, 2, 1)
    headway_s: int = 0
    convoy_slack_s: int = -1

    def __post_init__(self) -> None:
        if min(self.load_base_s, self.load_s_per_t, self.unload_base_s, self.unload_s_per_t) < 0:
            raise ValueError("handling takes no less than no time")
        if self.headway_s < 0:
            raise ValueError("trucks follow each other by no less than no time")
        if len(self.weights) != LEAST_URGENT or min(self.weights) < 1:
            raise ValueError(f"there are {LEAST_URGENT} priorities, each with a weight of at least 1")

    def loading_s(self, grams: int) -> int:
        """Return how long it takes to load so much; nothing takes no time."""
        return self.load_base_s + -(-grams * self.load_s_per_t // G_PER_T) if grams else 0

    def unloading_s(self, grams: int) -> int:
        """Return how long it takes to unload so much; nothing takes no time."""
        return self.unload_base_s + -(-grams * self.unload_s_per_t // G_PER_T) if grams else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AidDay:
    """A local day within the grid, with its date."""

    from_s: int
    until_s: int
    date: str

    def __post_init__(self) -> None:
        if self.until_s <= self.from_s:
            raise ValueError("a day ends after it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """What of a commodity matters on a truck: mass and volume of one unit; `step_milli` is the least part.

    What is brought on a day is handed out on that day and the `shelf_days` - 1 after it (0: no limit).
    """

    id: str
    name: str
    unit: Unit
    mass_g: int
    volume_ml: int
    cold_chain: bool
    step_milli: int
    shelf_days: int = 0

    def keeps(self, day: int, due: int) -> bool:
        """Tell whether what is brought on a day can still be handed out on another."""
        return not self.shelf_days or due < day + self.shelf_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a place needs of a commodity by the end of a day (its position); goods may come earlier.

    `persons` is the most whose need one of its norms counts; `worth` is the number of persons each norm is
    for, times the weight of the priority, added up; `groups` are whom it is for, none for everybody; `node`
    is -1 where the place is not on the network.
    """

    place: str
    node: int
    commodity: str
    due: int
    priority: int
    amount_milli: int
    persons: int
    worth: int
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.amount_milli < 1 or self.persons < 1 or self.worth < 1 or self.due < 0:
            raise ValueError(f"{self.place}: a need has an amount, persons, a worth and a day")

    def worth_nano(self, milli: int) -> int:
        """Return the worth of a part of the amount."""
        return self.worth * NANO * milli // self.amount_milli


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Goods at a depot that can be loaded from a second on and handed out before another (-1: no date)."""

    id: str
    depot: str
    node: int
    commodity: str
    quantity_milli: int
    available_from_s: int
    expires_s: int


def truck_day_id(truck: str, day: int) -> str:
    """Return the id of a truck on a day from 0 on, as drivers and waybills know it: days count from 1."""
    return f"{truck}-day{day + 1}"


def truck_and_day(truck_day: str) -> tuple[str, int]:
    """Return the truck and the day, from 0 on, of such an id."""
    truck, _, day = truck_day.rpartition("-day")
    return truck, int(day) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckDay:
    """One truck on one day: it starts empty at its depot and is back there at the end (-1: no limit).

    Its crew is under way for no more than `max_drive_s`, and `break_after_s` without `break_s` in which it
    neither drives nor handles anything (0: none is needed); `unbroken_s` of these lie behind it. From the
    first loading it is back within `work_s`, and has `rest_s` until its next day. `organisation` runs it
    ("": not stated); no plan depends on it. It drives with all others of its `convoy` ("": alone).

    While trips are sought a convoy is one truck, whose `members` are its trucks, the lead first.
    """

    id: str
    truck: str
    type: str
    depot: str
    day: int
    base_node: int
    payload_kg: int
    volume_l: int
    weight_kg: int
    units_mveh: int
    cold_chain: bool
    available_from_s: int
    available_until_s: int
    max_duty_s: int
    max_drive_s: int = DAY_S
    break_after_s: int = DAY_S
    break_s: int = 0
    work_s: int = DAY_S
    rest_s: int = 0
    unbroken_s: int = 0
    organisation: str = ""
    convoy: str = ""
    members: tuple[TruckDay, ...] = ()

    @property
    def line(self) -> tuple[TruckDay, ...]:
        """The trucks that drive one behind the other, the lead first."""
        return self.members or (self,)

    def share(self, amount: int) -> int:
        """Return what one truck has of an amount at most where all are loaded side by side by payload."""
        return -(-amount * max(truck.payload_kg for truck in self.line) // self.payload_kg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a place has needed since the first plan and is no need now: its worth, and how much was met.

    What was brought is met, what is missing of days that are over is not.
    """

    place: str
    worth: int
    met_nano: int

    def __post_init__(self) -> None:
        if not 0 <= self.met_nano <= self.worth * NANO:
            raise ValueError(f"{self.place}: no more can be met than was needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class AidProblem:
    """What the distribution plan answers.

    `behind` is empty in a first plan; the served share of a place counts it too.
    """

    days: tuple[AidDay, ...]
    goods: tuple[Good, ...]
    needs: tuple[Need, ...]
    lots: tuple[Lot, ...]
    trucks: tuple[TruckDay, ...]
    rules: AidRules = AidRules()
    behind: tuple[Behind, ...] = ()

    def __post_init__(self) -> None:
        known = {good.id for good in self.goods}
        named = {need.commodity for need in self.needs} | {lot.commodity for lot in self.lots}
        if named - known:
            raise ValueError(f"there is no commodity {min(named - known)}")
        keys = {(need.place, need.commodity, need.due) for need in self.needs}
        if len(keys) != len(self.needs):
            raise ValueError("a place needs a commodity once a day")
        if any(row.due >= len(self.days) for row in self.needs) or any(
            row.day >= len(self.days) for row in self.trucks
        ):
            raise ValueError("a need or truck is of no day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """So much of a lot, unloaded where a leg ends, for the need of a place on a day.

    `loaded` is the leg at whose end it was loaded ("": at the base, before the first one).
    """

    truck: str
    leg: str
    loaded: str
    place: str
    commodity: str
    lot: str
    due: int
    milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """What of a need is not delivered, and why."""

    place: str
    commodity: str
    due: int
    milli: int
    reason: str


NO_ROAD = "AID_NO_ROAD"
NO_WINDOW = "AID_NO_WINDOW"
NO_TRUCK = "AID_NO_TRUCK"
NO_STOCK = "AID_NO_STOCK"
REASONS = {
    NO_ROAD: "no truck that could carry it finds a way from a depot that has it",
    NO_WINDOW: "there is a way, but no truck gets there by that day and home in its hours and the roads'",
    NO_TRUCK: "no truck has hours and room left for it",
    NO_STOCK: "the depots have no more of it that is there in time and keeps long enough",
}
"""Why something is not delivered, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckPrice:
    """What a second of the trucks of a type on a day is worth, in billionths, by mass and by volume."""

    type: str
    day: int
    mass_nano_s: int
    volume_nano_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPrice:
    """What a thousandth of a unit of a lot is worth, in billionths."""

    lot: str
    nano_milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPrice:
    """What bringing the whole need of a commodity that is due on a day is worth, in billionths."""

    commodity: str
    due: int
    nano: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPrice:
    """How what a stop's base of unloading is worth is parted, in billionths: by its load, and by needs.

    The load counts by its part of the most that a stop of this type on this day unloads at the place.
    """

    place: str
    type: str
    day: int
    mass_nano: int
    volume_nano: int
    needs: tuple[NeedPrice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AidBound:
    """A bound that is proved by prices.

    `kind` is `worth`: no plan delivers more than `limit_nano`; or `least_share`: trucks and lots are worth
    `limit_nano`, and to serve every place in reach by more than `least_share_ppm` of its worth costs more.
    """

    kind: str
    trucks: tuple[TruckPrice, ...]
    lots: tuple[LotPrice, ...]
    stops: tuple[StopPrice, ...]
    limit_nano: int
    least_share_ppm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What one more of something at a depot would be worth at the margin, by the prices of the bound."""

    what: str
    worth: int
    depot: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The cheapest thing known that would bring what is short of a good at a place for one reason."""

    place: str
    commodity: str
    reason: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AidTotals:
    """What a plan delivers; `worth_bound_nano` and `least_share_bound_ppm` are what no plan betters.

    Worth is of what is needed now. `least_share_ppm` is the least served share since the first plan, among
    the places that a truck can reach; -1 where nothing is proved or there is no such place.
    `driven_at_least_s` is what bringing the same loads to the same stops takes at least; -1 where it was not
    asked. The verifier does not prove it.
    """

    worth_nano: int
    needed_nano: int
    worth_bound_nano: int
    least_share_ppm: int
    least_share_bound_ppm: int
    reached: tuple[str, ...]
    driven_m: int
    driven_s: int
    driven_at_least_s: int = -1


Unloading = tuple[int, str, str, int]
"""(second of arrival, place, commodity, thousandths of a unit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverChange:
    """What a truck unloads from now on: as announced, and as it is now; empty where it stays at its depot."""

    truck: str
    before: tuple[Unloading, ...]
    after: tuple[Unloading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A line of a waybill that left before a plan was made: what left the depot, what the place has of it.

    Where nobody has `counted` yet, both are as announced. `lot` is empty where nobody said from which.
    """

    waybill: str
    place: str
    commodity: str
    lot: str
    due: int
    dispatched_milli: int
    received_milli: int
    counted: bool = False

    @property
    def line(self) -> tuple[str, str, str, str, int]:
        """What a line of a waybill is known by."""
        return self.waybill, self.place, self.commodity, self.lot, self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What was taken off a need because it had been brought, or is on its way.

    Needs of days that are over stand here too, whatever was brought for them.
    """

    place: str
    commodity: str
    due: int
    priority: int
    needed_milli: int
    milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckSoFar:
    """What a truck of one day has behind it: on duty since, under way until; legs and loads.

    Its crew works since `works_from_s`, has driven for `driven_s`, and `unbroken_s` since its last break.
    `exposure_ppm_s` is what it was exposed to on trips that are over; those under way count beside it.
    """

    id: str
    began_s: int
    free_s: int
    legs: int
    loads: int
    works_from_s: int
    driven_s: int
    unbroken_s: int
    exposure_ppm_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What is otherwise than in the distribution that was announced.

    `under_way` legs belong to trips that had left and are driven to their end; `same` trucks go on as
    announced. `brought` and `trucks` hold all that left since the first plan, so that the next one can go on
    from this. `trips` are those that are under way, as they go on; `held` are those of them that met a road
    that has closed.
    """

    now_s: int
    under_way: int
    same: int
    drivers: tuple[DriverChange, ...]
    brought: tuple[Brought, ...] = ()
    delivered: tuple[Delivered, ...] = ()
    trucks: tuple[TruckSoFar, ...] = ()
    trips: tuple[Trip, ...] = ()
    held: tuple[Held, ...] = ()


def waybill_codes(loads: Iterable[tuple[str, str]], before: Mapping[str, int]) -> tuple[str, ...]:
    """Return the code of the waybill of each line, given (truck of a day, leg on which it was loaded).

    A waybill is one load of one truck. Loads are numbered in the order of the lines, after the `before` loads
    that the truck has behind it, so that a code that was announced is never used again.
    """
    numbers: dict[tuple[str, str], int] = {}
    count = dict(before)
    codes = []
    for truck, loaded in loads:
        if (truck, loaded) not in numbers:
            count[truck] = numbers[truck, loaded] = count.get(truck, 0) + 1
        codes.append(f"WB-{truck}-{numbers[truck, loaded]}")
    return tuple(codes)


def waybill_truck(waybill: str) -> str:
    """Return the truck of a day that such a code names; of another's code a text that is no truck."""
    return waybill.removeprefix("WB-").rpartition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class AidPlan:
    """Who drives where with what, and what stays undelivered."""

    problem: AidProblem
    routes: tuple[Route, ...]
    trucks: tuple[VehicleChain, ...]
    deliveries: tuple[Delivery, ...]
    short: tuple[Short, ...]
    bounds: tuple[AidBound, ...]
    remedies: tuple[Remedy, ...]
    totals: AidTotals
    since: Since | None = None
    fixes: tuple[Fix, ...] = ()
