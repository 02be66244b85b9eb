"""The cheapest thing that would bring what is not delivered: by place, good and reason, in words.

Times are least ones on an empty road: what is named is needed at least. Whether it suffices a new plan says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from safepassage.domain.aid.commodity import MILLI, Unit
from safepassage.domain.aid.distribution import (
    NO_ROAD,
    NO_STOCK,
    NO_TRUCK,
    NO_WINDOW,
    AidPlan,
    AidProblem,
    Fix,
    Good,
    TruckDay,
)
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.unmet.openings import Openings

LeastTimes = Callable[[int, int], Any]
"""(weight in kilograms, node) to (n_nodes,) least seconds from it, infinite without a way."""
MIN_S = 60
HOUR_S = 3_600


def fixes_of(problem: PlanningProblem, aid: AidPlan, least_s: LeastTimes) -> tuple[Fix, ...]:
    """Return for each place, good and reason that is short what would bring it, in order.

    Parameters
    ----------
    least_s : least times of trucks on the roads as they are.
    """
    words = _Words(problem, aid.problem, least_s)
    milli: dict[tuple[str, str, str], int] = {}
    days: dict[tuple[str, str, str], int] = {}
    for row in aid.short:
        key = (row.place, row.commodity, row.reason)
        milli[key] = milli.get(key, 0) + row.milli
        days[key] = min(row.due, days.get(key, row.due))
    return tuple(
        Fix(place=key[0], commodity=key[1], reason=key[2], what=words.of(key, amount, days[key]))
        for key, amount in sorted(milli.items())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _From:
    """A truck and the depot from which it would bring something: seconds there, and home from there."""

    truck: TruckDay
    depot: str
    out_s: float
    home_s: float

    @property
    def round_s(self) -> float:
        return self.out_s + self.home_s


class _Words:
    """Says what would help, with names of places."""

    def __init__(self, problem: PlanningProblem, given: AidProblem, least_s: LeastTimes) -> None:
        self._given, self._least_s, self._problem = given, least_s, problem
        self._names = {place.id: place.name for place in problem.places}
        self._node: Mapping[str, int] = {need.place: need.node for need in given.needs}
        self._goods = {good.id: good for good in given.goods}
        self._trucks = {(truck.type, truck.depot): truck for truck in given.trucks}
        self._depots = {lot.depot: lot.node for lot in given.lots if lot.node >= 0}
        self._with: dict[str, dict[str, int]] = {}
        for lot in given.lots:
            if lot.node >= 0:
                self._with.setdefault(lot.commodity, {})[lot.depot] = lot.node
        self._openings: Openings | None = None
        self._best: dict[tuple[str, tuple[str, ...], bool], _From | None] = {}

    def of(self, key: tuple[str, str, str], milli: int, due: int) -> str:
        """Return what would bring so much of a good to a place, given why it is short."""
        place, commodity, reason = key
        good = self._goods[commodity]
        if self._node[place] < 0:
            return "a road on the map within reach of the place: it lies too far from any"
        if not self._trucks:
            return f"a truck at {self._name(min(self._depots, default=''))}"
        say = {NO_STOCK: self._stock, NO_TRUCK: self._truck, NO_WINDOW: self._window, NO_ROAD: self._road}[
            reason
        ]
        return say(place, good, milli, due)

    def _name(self, place: str) -> str:
        return self._names.get(place, place) or "a depot"

    def _nearest(self, place: str, depots: Mapping[str, int], good: Good) -> _From | None:
        """Return the truck and depot from which a place is served soonest; None where there is no way."""
        key = (place, tuple(sorted(depots)), good.cold_chain)
        if key not in self._best:
            node, found = self._node[place], list[_From]()
            for truck in self._trucks.values():
                if good.cold_chain and not truck.cold_chain:
                    continue
                home_s = float(self._least_s(truck.weight_kg, node)[truck.base_node])
                for depot, at in depots.items():
                    out_s = float(self._least_s(truck.weight_kg, at)[node])
                    if np.isfinite(out_s + home_s):
                        found.append(_From(truck=truck, depot=depot, out_s=out_s, home_s=home_s))
            self._best[key] = min(found, key=lambda row: (row.round_s, row.depot, row.truck.id), default=None)
        return self._best[key]

    def _stock(self, place: str, good: Good, milli: int, due: int) -> str:
        best = self._nearest(place, self._depots, good)
        at = self._name(best.depot if best else min(self._depots, default=""))
        mass_kg = milli * good.mass_g / MILLI / 1_000
        mass = f"{mass_kg / 1_000:,.2f} t" if mass_kg >= SMALL_KG else f"{mass_kg:.1f} kg"
        return (
            f"{_amount(milli, good)} more of {good.name} ({mass}) at {at}, there by "
            f"{self._given.days[due].date}"
        )

    def _truck(self, place: str, good: Good, milli: int, due: int) -> str:
        best = self._nearest(place, self._with.get(good.id, self._depots), good)
        if best is None:
            return self._road(place, good, milli, due)
        gate = self._gate_words(place, best, due)
        if gate:
            return gate
        truck, rules = best.truck, self._given.rules
        grams, litres = milli * good.mass_g // MILLI, milli * good.volume_ml / MILLI / 1_000
        trips = max(1, -(-grams // (truck.payload_kg * 1_000)), -(-int(litres) // max(1, truck.volume_l)))
        seconds = trips * (best.round_s + rules.load_base_s + rules.unload_base_s) + (
            grams * (rules.load_s_per_t + rules.unload_s_per_t) / 1_000_000
        )
        many = "one trip" if trips == 1 else f"{trips:,} trips"
        return (
            f"{seconds / HOUR_S:.1f} h more of a truck like {truck.type} from {self._name(best.depot)} "
            f"({many} for {_amount(milli, good)}), by {self._given.days[due].date}"
        )

    def _window(self, place: str, good: Good, milli: int, due: int) -> str:
        best = self._nearest(place, self._with.get(good.id, {}), good)
        if best is None:
            return self._road(place, good, milli, due)
        rules = self._given.rules
        needed_s = best.round_s + rules.load_base_s + rules.unload_base_s
        there_s, what = self._hours(best.truck, due)
        depot, date = self._name(best.depot), self._given.days[due].date
        if needed_s > there_s:
            return (
                f"{_minutes(needed_s - there_s)} more of {what} by {date}: from {depot} there and home takes "
                f"{_minutes(needed_s)}, and {_minutes(there_s)} are there"
            )
        gate = self._gate_words(place, best, due)
        return gate or (
            f"a start from {depot} {_minutes(best.out_s + rules.load_base_s)} before the end of {date} "
            f"at the latest: the way takes {_minutes(best.out_s)} on an empty road"
        )

    def _gate_words(self, place: str, best: _From, due: int) -> str:
        """Return what is missing where a road on the way is open for less time than a truck needs, or ""."""
        gate = self._gate(place, best, due)
        if gate is None or gate[2] <= gate[1]:
            return ""
        name, open_s, beyond_s = gate
        return (
            f"{_minutes(beyond_s - open_s)} more of hours at “{name}” by {self._given.days[due].date}, on "
            f"the way from {self._name(best.depot)}: it is open {_minutes(open_s)} that day, there and back "
            f"through it takes {_minutes(beyond_s)}"
        )

    def _hours(self, truck: TruckDay, due: int) -> tuple[int, str]:
        """Return the most seconds that such a truck has on a day up to one, and what limits them."""
        most: list[tuple[int, str]] = [(0, "hours in which trucks may move")]
        for row in self._given.trucks:
            if (row.type, row.depot) != (truck.type, truck.depot) or row.day > due:
                continue
            first_s, last_s = row.available_from_s, row.available_until_s
            limits = [(last_s - first_s, f"hours of the truck ({row.type})")]
            inside = [
                (max(a, first_s), min(b, last_s))
                for a, b in self._problem.rules.movement_windows
                if max(a, first_s) < min(b, last_s)
            ]
            if self._problem.rules.movement_windows:
                span_s = inside[-1][1] - inside[0][0] if inside else 0
                # The first loading may be done before.
                limits.append((span_s + self._given.rules.load_base_s, "hours of movement between curfews"))
            if row.max_duty_s >= 0:
                limits.append(
                    (
                        row.max_duty_s + self._given.rules.load_base_s,
                        f"hours of duty of its crew ({row.type})",
                    )
                )
            most.append(min(limits))
        return max(most)

    def _gate(self, place: str, best: _From, due: int) -> tuple[str, int, int] | None:
        """Return the road that is open for the shortest time that day: name, seconds open, seconds needed.

        Needed is what a truck takes from there to the place, for unloading and back through it.
        """
        network, day = self._problem.network, self._given.days[due]
        way = self._ways().best(best.truck.weight_kg, self._depots[best.depot], self._node[place])
        found: list[tuple[int, str, int]] = []
        for at, arc in enumerate(way.out if way is not None else ()):
            open_s = sum(
                max(0, min(p.until_s, day.until_s) - max(p.from_s, day.from_s))
                for p in network.profiles.get(arc, ()) if p.capacity_mveh_h > 0
            )  # fmt: skip
            if way is not None and 0 < open_s < day.until_s - day.from_s:
                name = self._ways().name(arc)
                back = [k for k, other in enumerate(way.home) if self._ways().name(other) == name]
                beyond_s = self._ways().seconds(way.out[at:]) + self._given.rules.unload_base_s
                found.append(
                    (open_s, name, beyond_s + self._ways().seconds(way.home[: max(back, default=-1) + 1]))
                )
        if not found:
            return None
        open_s, name, beyond_s = min(found)
        return name, open_s, beyond_s

    def _ways(self) -> Openings:
        if self._openings is None:
            self._openings = Openings(self._problem.network)
        return self._openings

    def _road(self, place: str, good: Good, milli: int, due: int) -> str:
        depots = self._with.get(good.id, {})
        trucks = [t for t in self._trucks.values() if t.cold_chain or not good.cold_chain]
        if not trucks:
            return f"a truck that cools at {self._name(min(depots, default=''))}"
        ways = [
            (len(way.roads), way.out_s, truck.weight_kg, self._name(depot), truck.type, way)
            for truck in trucks
            for depot, at in (depots or self._depots).items()
            if (way := self._ways().best(truck.weight_kg, at, self._node[place])) is not None
        ]
        if not ways:
            return "a road: on this map none joins the place to a depot that has it"
        count, out_s, _, depot, kind, way = min(ways, key=lambda row: row[:5])
        also = "" if depots else f", and {self._stock(place, good, milli, due)}"
        if not count:
            return f"a truck like {kind} based where {depot} can be reached: no road has to open{also}"
        roads = " and ".join(way.roads)
        return f"open {roads} for a truck like {kind}: then {depot} is {_minutes(out_s)} away{also}"


SMALL_KG = 10
"""Less than this is not written in tonnes."""


def _amount(milli: int, good: Good) -> str:
    number = f"{milli / MILLI:,.3f}".rstrip("0").rstrip(".")
    return f"{number} {good.unit}{'s' if good.unit is Unit.PIECE and milli != MILLI else ''}"


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / MIN_S))
    return f"{minutes} min" if minutes < 2 * MIN_S else f"{minutes // MIN_S} h {minutes % MIN_S:02d} min"
