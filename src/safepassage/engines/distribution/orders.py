"""What a day's trucks are asked to bring: needs in parts that fit on them, the least served first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import G_PER_T, AidProblem
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L, Options
from safepassage.engines.distribution.store import AHEAD_DAYS, Left

Int64 = NDArray[np.int64]
PARTS_OF_A_LOAD = 4
"""No order is more than one part in so many of what the largest truck holds."""
MUST, MAY, AHEAD = 4.0, 1.0, 0.25
"""What worth counts for up to the share that everybody can have, above it, and for days to come."""
KEPT = 8.0
"""What is brought already counts most: it is left out only for much more."""
SCARCE_PERCENT = 98
"""A good of whose stock the shares use so much is given to nobody above them."""
OVERSUBSCRIBED = 1.0
"""Orders that need not be served are written for up to so many times the seconds that there are."""
Part = tuple[int, int]
"""(need by position, thousandths of a unit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Parts of needs that go to a place together; `prize` is their worth as their kind counts it."""

    place: str
    parts: tuple[Part, ...]
    mass_mg: int
    volume_ul: int
    worth: float
    prize: float
    must: bool


class OrderBook:
    """Writes the orders of a day.

    `shares` is what each option brings of its need, `fair_share` what everybody can have by them.
    """

    def __init__(self, problem: AidProblem, options: Options, shares: Int64, fair_share: float) -> None:
        brought = np.zeros(len(problem.needs), dtype=np.int64)
        np.add.at(brought, options.need, shares)
        wanted = brought.tolist()
        goods = {good.id: good for good in problem.goods}
        self._needs, self._wanted, self._fair_share = problem.needs, wanted, fair_share
        self._good = [goods[need.commodity] for need in problem.needs]
        calls = Counter((need.place, need.commodity) for need in problem.needs)
        self._once = [calls[need.place, need.commodity] == 1 for need in problem.needs]
        trucks = problem.trucks
        self._most_mg = max((t.share(t.payload_kg) for t in trucks), default=0) * MG_PER_KG // PARTS_OF_A_LOAD
        self._most_ul = max((t.volume_l for t in trucks), default=0) * UL_PER_L // PARTS_OF_A_LOAD
        self._scarce = _scarce(problem, wanted)
        self._s_per_mg = _least_s_per_mg(problem, options)

    def orders(self, left: Left, day: int, seconds: float) -> list[Order]:
        """Return what a day with so many seconds of trucks is asked to bring."""
        must: list[Order] = []
        may: list[Order] = []
        for place in left.places():
            if place in self._s_per_mg:
                for order in self._of_place(left, place, day):
                    (must if order.must else may).append(order)
        may.sort(key=lambda order: -order.prize / (order.mass_mg * self._s_per_mg[order.place]))
        room_s = seconds * OVERSUBSCRIBED - sum(self._least_s(order) for order in must)
        for order in may:
            room_s -= self._least_s(order)
            if room_s < 0:
                break
            must.append(order)
        return sorted(must, key=lambda order: (order.place, -order.prize, order.parts))

    def kept(self, place: str, parts: Iterable[Part]) -> Iterator[Order]:
        """Yield orders for what a stop brings already."""
        return self._packed(place, parts, KEPT)

    def _least_s(self, order: Order) -> float:
        return order.mass_mg * self._s_per_mg[order.place]

    def _of_place(self, left: Left, place: str, day: int) -> Iterator[Order]:
        """Yield the orders of a place: up to the fair share, what else is wanted today, what comes later."""
        rows = sorted(left.within(place, day), key=lambda i: (-self._density(i), i))
        today = [i for i in rows if self._needs[i].due == day or self._once[i]]
        later = [
            i for i in rows
            if day < self._needs[i].due <= day + AHEAD_DAYS and not self._once[i] and left.first[i]
        ]  # fmt: skip
        owed = self._fair_share * sum(self._needs[i].worth for i in today)
        owed -= sum(self._worth(i, self._needs[i].amount_milli - left.needs[i]) for i in today)
        must: list[Part] = []
        more: list[Part] = []
        for i, milli in self._parts(left, today, rationed=True):
            (must if owed > 0 else more).append((i, milli))
            owed -= self._worth(i, milli)
        more += self._parts(left, today, rationed=False)
        yield from self._packed(place, must, MUST)
        yield from self._packed(place, more, MAY)
        yield from self._packed(place, self._parts(left, later, rationed=True), AHEAD)

    def _parts(self, left: Left, rows: Iterable[int], *, rationed: bool) -> Iterator[Part]:
        """Yield what the shares bring of needs and is not there yet, or what is needed beyond it."""
        for i in rows:
            milli, step = left.needs[i], self._good[i].step_milli
            ration = min(milli, max(0, self._wanted[i] - self._needs[i].amount_milli + milli))
            if rationed:
                milli = ration
            elif self._needs[i].commodity in self._scarce:
                continue
            else:
                milli -= ration
            if milli >= step:
                yield i, milli // step * step

    def _packed(self, place: str, parts: Iterable[Part], counts: float) -> Iterator[Order]:
        """Yield orders that are no larger than a part of a load."""
        held: list[Part] = []
        mg, ul = self._most_mg, self._most_ul
        for i, amount in parts:
            good, milli = self._good[i], amount
            while milli:
                fits = min(mg // good.mass_g, ul // good.volume_ml) // good.step_milli * good.step_milli
                taken = min(milli, fits if fits or held else good.step_milli)
                if taken:
                    held.append((i, taken))
                    mg, ul, milli = mg - taken * good.mass_g, ul - taken * good.volume_ml, milli - taken
                if milli:
                    yield self._order(place, held, counts)
                    held = []
                    mg, ul = self._most_mg, self._most_ul
        if held:
            yield self._order(place, held, counts)

    def _order(self, place: str, parts: list[Part], counts: float) -> Order:
        worth = sum(self._worth(i, milli) for i, milli in parts)
        return Order(
            place=place, parts=tuple(parts), must=counts == MUST,
            mass_mg=sum(milli * self._good[i].mass_g for i, milli in parts),
            volume_ul=sum(milli * self._good[i].volume_ml for i, milli in parts),
            worth=worth, prize=counts * worth,
        )  # fmt: skip

    def _worth(self, i: int, milli: int) -> float:
        return self._needs[i].worth * milli / self._needs[i].amount_milli

    def _density(self, i: int) -> float:
        good = self._good[i]
        return self._needs[i].worth / (self._needs[i].amount_milli * max(good.mass_g, good.volume_ml // 3))


def _scarce(problem: AidProblem, wanted: Sequence[int]) -> set[str]:
    used: Counter[str] = Counter()
    stock: Counter[str] = Counter()
    for need, milli in zip(problem.needs, wanted, strict=True):
        used[need.commodity] += milli
    for lot in problem.lots:
        stock[lot.commodity] += lot.quantity_milli
    return {name for name in used if used[name] * 100 >= SCARCE_PERCENT * stock[name]}


def _least_s_per_mg(problem: AidProblem, options: Options) -> dict[str, float]:
    """Return by place in reach the least seconds of trucks that a milligram takes."""
    rules = problem.rules
    handling = (rules.load_s_per_t + rules.unload_s_per_t) / (G_PER_T * 1_000)
    found: dict[str, float] = {}
    for i, k, trip_s in zip(*(c.tolist() for c in (options.need, options.crew, options.trip_s)), strict=True):
        place, payload = problem.needs[i].place, options.crews[k].truck.payload_kg * MG_PER_KG
        found[place] = min(found.get(place, 1.0), trip_s / payload + handling)
    return found
