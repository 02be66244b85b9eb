"""A day's orders put into trips: which truck unloads what where, by the least times of the roads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import G_PER_T, AidProblem, TruckDay
from safepassage.engines.distribution.least_times import FAR_S
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L, most_seconds, serves
from safepassage.engines.distribution.orders import Order
from safepassage.engines.distribution.roads import Roads
from safepassage.engines.distribution.standing import Planned, Stop
from safepassage.engines.distribution.store import Call, Item, Left, Room
from safepassage.kernels.tours.day_rounds import rounds_in_a_day
from safepassage.kernels.tours.rounds import WHOLE, Orders, Round, Trip, TruckKind

Int64 = NDArray[np.int64]
Windows = tuple[tuple[int, int], ...]
G_PER_KG, MG_PER_G = 1_000, 1_000
Rounds = Sequence[tuple[int, tuple[int, ...]]]
"""The trips of a truck: the node of a depot, and orders by position."""
WORTHWHILE = 5
"""An order may take so many times its part of all seconds, by worth, before it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """What is asked for the rounds of a day: orders in the words of the search, trucks, tables of times."""

    orders: Orders
    kinds: list[TruckKind]
    tables_s: list[Int64]
    goods: Int64
    stock: Int64
    bases_s: tuple[int, int]
    begun: list[Round]
    effort: tuple[int, int]


class Found(NamedTuple):
    """Rounds, and the orders that they name by position."""

    orders: Sequence[Order]
    rounds: Sequence[Round]


def found_by(search: Search) -> list[Round]:
    """Return the rounds that a search finds."""
    return rounds_in_a_day(
        search.orders, search.kinds, search.tables_s, goods=search.goods, stock=search.stock,
        bases_s=search.bases_s, effort=search.effort, begun=search.begun,
    )  # fmt: skip


class Sequencer:
    """Puts orders into searches, and rounds into trips; tables of least times are kept from day to day."""

    def __init__(self, problem: AidProblem, roads: Roads, windows: Windows) -> None:
        self._problem, self._roads, self._windows = problem, roads, windows
        bases = {truck.base_node for truck in problem.trucks}
        self._stocked = {lot.node for lot in problem.lots if lot.node >= 0}
        self._depots = sorted(self._stocked | bases)
        self._node = {need.place: need.node for need in problem.needs if need.node >= 0}
        self._stop = {place: k for k, place in enumerate(sorted(self._node))}
        self._good = {name: k for k, name in enumerate(sorted({need.commodity for need in problem.needs}))}
        self._tables: dict[int, Int64] = {}

    def search(
        self, day: int, orders: Sequence[Order], effort: tuple[int, int], left: Left,
        begun: Mapping[str, Rounds] | None = None,
    ) -> Search:  # fmt: skip
        """Return a search for the rounds of a day.

        It takes so many steps with a seed (`effort`), from rounds `begun` by truck; beside what these bring
        there is what is `left`.
        """
        crews = self._crews(day)
        ways = [(trucks[0].weight_kg, trucks[0].base_node) for trucks in crews]
        tables, rules = sorted(set(ways)), self._problem.rules
        return Search(
            orders=self._columns(orders, self.seconds(day)),
            kinds=[self._kind(trucks, tables.index(ways[k])) for k, trucks in enumerate(crews)],
            tables_s=[self._table(*way) for way in tables], goods=self._goods(orders),
            stock=self._stock(day, left), bases_s=(rules.load_base_s, rules.unload_base_s),
            begun=self._begun(crews, begun or {}), effort=effort,
        )  # fmt: skip

    def trips(self, day: int, found: Found, left: Left) -> dict[str, list[Planned]]:
        """Return the trips of each truck of a day by rounds that were found; what they bring is held."""
        free = [list(trucks) for trucks in self._crews(day)]
        trips: dict[str, list[Planned]] = {}
        for one in found.rounds:
            truck = free[one.kind].pop(0)
            trips[truck.id] = self._planned(truck, one, found.orders, left)
        return trips

    def _begun(self, crews: Sequence[Sequence[TruckDay]], begun: Mapping[str, Rounds]) -> list[Round]:
        """Return rounds in the words of the search."""
        return [
            Round(kind, tuple(Trip(self._depots.index(node), orders) for node, orders in begun[truck.id]))
            for kind, trucks in enumerate(crews) for truck in trucks if truck.id in begun
        ]  # fmt: skip

    def seconds(self, day: int) -> int:
        """Return the seconds of all trucks of a day."""
        return sum(
            most_seconds(self._problem, truck, self._windows)
            for truck in self._problem.trucks if truck.day == day
        )  # fmt: skip

    def _crews(self, day: int) -> list[list[TruckDay]]:
        return crews_of(self._problem, [t for t in self._problem.trucks if t.day == day], self._windows)

    def _kind(self, trucks: Sequence[TruckDay], table: int) -> TruckKind:
        base = self._depots.index(trucks[0].base_node)
        reloads = tuple(k for k, node in enumerate(self._depots) if node in self._stocked)
        return kind_of(self._problem, trucks, self._windows, (base, reloads, table))

    def _goods(self, orders: Sequence[Order]) -> Int64:
        """Return (n, goods) thousandths of units of each good in each order."""
        found = np.zeros((len(orders), len(self._good)), dtype=np.int64)
        for row, order in zip(found, orders, strict=True):
            for need, milli in order.parts:
                row[self._good[self._problem.needs[need].commodity]] += milli
        return found

    def _stock(self, day: int, left: Left) -> Int64:
        """Return (depots, goods) what is left of lots that can be handed out when brought on a day."""
        found = np.zeros((len(self._depots), len(self._good)), dtype=np.int64)
        goods = {good.id: good for good in self._problem.goods}
        for lot, milli in zip(self._problem.lots, left.lots, strict=True):
            there = lot.node >= 0 and lot.commodity in self._good
            if there and serves(self._problem, lot, goods[lot.commodity], day, day):
                found[self._depots.index(lot.node), self._good[lot.commodity]] += milli
        return found

    def _columns(self, orders: Sequence[Order], seconds: int) -> Orders:
        rules = self._problem.rules
        per_t_s = rules.load_s_per_t + rules.unload_s_per_t
        worthwhile = WORTHWHILE * seconds / max(1.0, sum(order.worth for order in orders))
        mass_mg = np.array([order.mass_mg for order in orders], dtype=np.int64)
        volume_ul = np.array([order.volume_ul for order in orders], dtype=np.int64)
        return Orders(
            stop=np.array([self._stop[order.place] for order in orders], dtype=np.int64),
            mass_kg=mass_mg // MG_PER_KG, volume_l=volume_ul // UL_PER_L,
            handling_s=-(-mass_mg * per_t_s // (G_PER_T * MG_PER_G)),
            prize=np.array(
                [1 + int(worthwhile * order.prize) for order in orders], dtype=np.int64
            ),
        )  # fmt: skip

    def _table(self, weight_kg: int, base_node: int) -> Int64:
        """Return the least seconds between depots and places, with the base of unloading at each place.

        A truck comes back to its base after each trip, and goes from there to another depot.
        """
        count, base = len(self._depots), self._depots.index(base_node)
        if weight_kg not in self._tables:
            nodes = [*self._depots, *(self._node[place] for place in self._stop)]
            times = np.array([self._roads.least_s(weight_kg, node)[nodes] for node in nodes])
            table = np.minimum(times, FAR_S).astype(np.int64)
            table[:, count:] += self._problem.rules.unload_base_s
            np.fill_diagonal(table, 0)
            self._tables[weight_kg] = table
        table = self._tables[weight_kg].copy()
        table[count:, :count] = table[count:, [base]] + table[[base], :count]
        return table

    def _planned(self, truck: TruckDay, one: Round, orders: Sequence[Order], left: Left) -> list[Planned]:
        """Return the trips of a truck, the heaviest from its base first: loaded before hours of driving."""
        found = []
        for trip in one.trips:
            depot, first_s = self._depots[trip.depot], truck.available_from_s
            call = Call(depot, truck.day, first_s, first_s, truck.cold_chain)
            room = Room(truck.payload_kg * MG_PER_KG, truck.volume_l * UL_PER_L)
            stops: list[Stop] = []
            for order in (orders[position] for position in trip.orders):
                items: list[Item] = []
                for need, milli in order.parts:
                    drawn = left.drawn(need, call, room, milli)
                    left.hold(drawn)
                    items += drawn
                if stops and stops[-1].place == order.place:
                    stops[-1].items.extend(items)
                else:
                    stops.append(Stop(self._node[order.place], order.place, items))
            found.append(Planned(depot, tuple(stop for stop in stops if stop.items)))

        def last(trip: Planned) -> tuple[bool, int]:
            return trip.depot != truck.base_node, -left.mass_g([i for s in trip.stops for i in s.items])

        found.sort(key=last)
        return [planned for planned in found if planned.stops]


def crews_of(problem: AidProblem, trucks: Sequence[TruckDay], windows: Windows) -> list[list[TruckDay]]:
    """Return the trucks that can move, those of a type with the same hours together."""
    found: dict[tuple[str, int, int, int, int, int], list[TruckDay]] = {}
    for truck in trucks:
        if most_seconds(problem, truck, windows) > 0:
            hours = (
                truck.available_from_s,
                truck.available_until_s,
                truck.max_duty_s,
                truck.work_s,
                truck.max_drive_s,
            )
            found.setdefault((truck.type, *hours), []).append(truck)
    return [alike for _, alike in sorted(found.items())]


def kind_of(
    problem: AidProblem, trucks: Sequence[TruckDay], windows: Windows, where: tuple[int, tuple[int, ...], int]
) -> TruckKind:
    """Return trucks in the words of the search; the first load may be there before roads open.

    `where` are the base, the depots at which they load, and the table of times, by position.
    """
    truck = trucks[0]
    first_s, last_s = truck.available_from_s, truck.available_until_s
    open_s = [(a, b) for a, b in windows if a < last_s and b > first_s]
    loading_s = problem.rules.loading_s(truck.share(truck.payload_kg) * G_PER_KG)
    if open_s:
        first_s = max(first_s, open_s[0][0] - loading_s)
        last_s = min(last_s, open_s[-1][1])
    base, reloads, table = where
    return TruckKind(
        trucks=len(trucks), base=base, mass_kg=truck.payload_kg, volume_l=truck.volume_l,
        from_s=first_s, until_s=last_s, most_s=most_seconds(problem, truck, windows), table=table,
        reloads=reloads, drive_s=truck.max_drive_s,
        after_s=truck.break_after_s if truck.break_s else truck.max_drive_s,
        break_s=truck.break_s, handled=truck.share(WHOLE),
    )  # fmt: skip
