"""A proved bound on exposure: prices on (road, interval), and everybody's cheapest journey at these prices.

Whatever the prices: a plan that brings everybody in by the stated time exposes each person at least as much
as the cheapest journey costs, less the prices of its entries; and no interval takes more entries than the
model allows. So exposure is at least the sum of cheapest costs minus prices times room, in whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.engines.least_exposure.flows import clock_of, flow_network, graph_of
from safepassage.engines.least_exposure.roads import Roads

Int64 = NDArray[np.int64]
HOUR_S = 3_600
PERCENT = (100, 80, 50, 25, 0)
"""Where hardly all can come in time prices are so high that the burst, which they do not know, costs more."""

Row = tuple[int, int, int, int]
"""(arc of the roads, from_s, until_s, price)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Proof:
    """No plan that serves everybody who has a way by `by_s` has less exposure than `bound_ppm_s`.

    `prices` are rows (arc of the problem, from_s, until_s, ppm·s per person); `persons` are those counted.
    """

    by_s: int
    bound_ppm_s: int
    persons: int
    prices: tuple[Row, ...]

    @classmethod
    def of(cls, roads: Roads, by_s: int) -> Proof:
        """Return the most that the prices of the flow of least exposure prove, whole or in part."""
        from safepassage.kernels.prices.exposure_flow import arc_prices  # noqa: PLC0415 - compiled when first used

        found = arc_prices(flow_network(roads), clock_of(roads, by_s), by_s=by_s)
        columns = (found.arc, found.from_s, np.minimum(found.until_s, by_s + 1), found.price)
        rows = _joined([*zip(*(column.tolist() for column in columns), strict=True)])
        parts = ([(e, a, b, price * part // 100) for e, a, b, price in rows] for part in PERCENT)
        proofs = [cls.by_prices(roads, by_s, [row for row in part if row[3]]) for part in parts]
        return max(proofs, key=lambda proof: proof.bound_ppm_s)

    @classmethod
    def by_prices(cls, roads: Roads, by_s: int, rows: list[Row]) -> Proof:
        """Return what prices prove, rows in order of arc and time, disjoint on each arc."""
        from safepassage.kernels.prices.priced_journeys import NO_WAY, Prices, cheapest  # noqa: PLC0415

        arc, from_s, until_s, price = np.asarray(rows, dtype=np.int64).reshape(-1, 4).T
        found = cheapest(
            graph_of(roads, toll=0), (roads.nodes, roads.release_s),
            Prices(arc=arc, from_s=from_s, until_s=until_s, price=price), by_s=by_s, wait_exposed=False,
        )  # fmt: skip
        persons = np.where(found.cost < NO_WAY, [c.persons for c in roads.classes], 0)
        bound = sum(int(c) * int(n) for c, n in zip(found.cost, persons, strict=True) if n)
        return cls(
            by_s=by_s, bound_ppm_s=bound - paid(roads, by_s, rows), persons=int(persons.sum()),
            prices=tuple((int(roads.network.arc[e]), a, b, price) for e, a, b, price in rows),
        )  # fmt: skip


def _joined(rows: list[Row]) -> list[Row]:
    """Return rows (in order of arc and time) with neighbours of one price made one."""
    out: list[Row] = []
    for e, a, b, price in rows:
        if out and out[-1][0] == e and out[-1][2] == a and out[-1][3] == price:
            out[-1] = (e, out[-1][1], b, price)
        else:
            out.append((e, a, b, price))
    return out


def paid(roads: Roads, by_s: int, rows: list[Row]) -> int:
    """Return the most that all entries can pay at prices, in whole numbers, arc by arc.

    Apart, every interval takes the persons of its capacity and a burst; taken together, the capacity of all
    intervals and a burst for every rise of the price. Each holds, so the smaller counts.
    """
    rules, total = roads.problem.rules, 0
    burst, car = HOUR_S * rules.burst_mveh, HOUR_S * rules.car_units_mveh
    by_arc: dict[int, list[Row]] = {}
    for row in rows:
        by_arc.setdefault(row[0], []).append(row)
    for e, mine in by_arc.items():
        works = [_work(roads, e, a, b, by_s) for _, a, b, _ in mine]
        apart = sum(row[3] * ((work + burst) // car) for row, work in zip(mine, works, strict=True))
        rises = sum(
            max(0, row[3] - (before[3] if before[2] == row[1] else 0))
            for before, row in pairwise([(e, -1, -1, 0), *mine])
        )
        together = sum(row[3] * work for row, work in zip(mine, works, strict=True)) + burst * rises
        total += min(rules.persons_per_car * apart, rules.persons_per_car * together // car)
    return total


def _work(roads: Roads, e: int, a: int, b: int, by_s: int) -> int:
    """Return the capacity of an arc in [a, b) (mveh/h times seconds), without burst."""
    network = roads.network
    lo, hi = int(network.first[e]), int(network.first[e + 1])
    ends: list[Any] = [*network.from_s[lo + 1 : hi].tolist(), by_s + 1]
    pieces = zip(network.from_s[lo:hi].tolist(), ends, network.capacity_mveh_h[lo:hi].tolist(), strict=True)
    return sum(max(0, min(b, until) - max(a, since)) * rate for since, until, rate in pieces)
