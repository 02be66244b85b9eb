"""Stops of trucks in the bound: a place is called at once at least by whoever brings it a whole need.

A stop takes its base of unloading whatever it brings. It unloads no more than the truck holds, no more than
its place needs from that day on, and no need more than once; so the base is worth as much as prices of its
load and of single needs add up to, and whoever brings parts pays those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import AidProblem, NeedPrice, StopPrice
from safepassage.engines.distribution.options import Options
from safepassage.kernels.aid_program import Calls

Int64 = NDArray[np.int64]
Float = NDArray[np.float64]
PRICED_NEEDS, PRICED_DAYS = 2, 3
"""So many needs of a place and day, those worth most, have a price of their own in stops of so many days."""
MANY_STOPS = 2_000
"""From so many stops on one need of the day itself has."""
LOADS = 2
"""The first rows of a stop are its load by mass and by volume."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stops:
    """All pairs of a place and a crew that calls there (v,), `of_option` (m,) the stop that an option needs.

    `priced` are (need, stop) for each row after those of loads.
    """

    place: tuple[str, ...]
    crew: Int64
    of_option: Int64
    priced: tuple[tuple[int, int], ...]


def stops_of(problem: AidProblem, options: Options) -> Stops:
    """Return the stops of all options."""
    names = sorted({need.place for need in problem.needs})
    at = {name: k for k, name in enumerate(names)}
    place = np.array([at[need.place] for need in problem.needs], dtype=np.int64)
    crews = len(options.crews)
    pairs, of_option = np.unique(place[options.need] * crews + options.crew, return_inverse=True)
    stops = Stops(
        place=tuple(names[k] for k in (pairs // crews).tolist()), crew=pairs % crews,
        of_option=of_option.astype(np.int64), priced=(),
    )  # fmt: skip
    return Stops(
        place=stops.place, crew=stops.crew, of_option=stops.of_option,
        priced=tuple(_priced(problem, options, stops)),
    )  # fmt: skip


def _priced(problem: AidProblem, options: Options, stops: Stops) -> Iterator[tuple[int, int]]:
    due: dict[tuple[str, int], list[int]] = {}
    for i in np.unique(options.need).tolist():
        due.setdefault((problem.needs[i].place, problem.needs[i].due), []).append(i)
    for rows in due.values():
        rows.sort(key=lambda i: (-problem.needs[i].worth, i))
    needs, days = (1, 1) if len(stops.place) > MANY_STOPS else (PRICED_NEEDS, PRICED_DAYS)
    for stop, (place, crew) in enumerate(zip(stops.place, stops.crew.tolist(), strict=True)):
        day = options.crews[crew].day
        for later in range(day, min(day + days, len(problem.days))):
            for i in due.get((place, later), ())[:needs]:
                yield i, stop


def calls_of(problem: AidProblem, options: Options, stops: Stops, loads: tuple[Float, Float]) -> Calls:
    """Return stops as columns; `loads` are the parts of a full stop, by mass and volume, of each option."""
    count, every = len(stops.place), np.arange(len(options.need))
    row_of = {key: LOADS * count + k for k, key in enumerate(stops.priced)}
    found = [
        (row, option)
        for option, key in enumerate(zip(options.need.tolist(), stops.of_option.tolist(), strict=True))
        if (row := row_of.get(key)) is not None
    ]
    priced = np.array(found, dtype=np.int64).reshape(-1, 2)
    base = (stops.crew, np.full(count, float(problem.rules.unload_base_s)))
    return Calls(
        count=count, takes=(base, base, None),
        of_row=np.concatenate([
            np.arange(count), np.arange(count), np.array([stop for _, stop in stops.priced], dtype=np.int64)
        ]),
        entries=(
            np.concatenate([stops.of_option, count + stops.of_option, priced[:, 0]]),
            np.concatenate([every, every, priced[:, 1]]),
            np.concatenate([*loads, np.ones(len(priced))]),
        ),
    )  # fmt: skip


def stop_prices(
    problem: AidProblem, options: Options, stops: Stops, prices: Float, bases: list[int]
) -> tuple[StopPrice, ...]:
    """Return whole prices of the stops with needs that have one; together they are what the base is worth.

    `bases` are what it is worth by crew, in billionths.
    """
    count = len(stops.place)
    needs: dict[int, list[tuple[int, int]]] = {}
    for (i, stop), price in zip(stops.priced, prices[LOADS * count :].tolist(), strict=True):
        if price >= 1:
            needs.setdefault(stop, []).append((i, int(price)))
    found = []
    for stop, rows in sorted(needs.items()):
        crew, left = options.crews[int(stops.crew[stop])], bases[int(stops.crew[stop])]
        priced = []
        for i, price in rows:
            priced.append(
                NeedPrice(
                    commodity=problem.needs[i].commodity, due=problem.needs[i].due, nano=min(left, price)
                )
            )
            left -= priced[-1].nano
        volume = min(left, int(prices[count + stop]))
        found.append(
            StopPrice(
                place=stops.place[stop], type=crew.type, day=crew.day, mass_nano=left - volume,
                volume_nano=volume, needs=tuple(row for row in priced if row.nano),
            )
        )  # fmt: skip
    return tuple(found)
