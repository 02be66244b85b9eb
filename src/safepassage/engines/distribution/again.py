"""Rounds searched again from those that are known: what they bring is kept, what is missing may join."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safepassage.domain.crew import Beside, at_once
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.orders import Order, OrderBook
from safepassage.engines.distribution.sequence import Found, Rounds, Search, Sequencer, found_by
from safepassage.engines.distribution.standing import Stop
from safepassage.engines.distribution.store import Left


def searched_again(
    before: Dispatcher, book: OrderBook, sequencer: Sequencer, effort: tuple[int, int],
    beside: Beside | None = None,
) -> Dispatcher:  # fmt: skip
    """Return a distribution whose rounds were searched from those before it, day by day.

    Given who works `beside`, two days are searched at once.
    """
    done = before.anew()
    planned = 0

    def search_of(day: int) -> tuple[list[Order], Search]:
        orders, begun = _known(before, book, day)
        missing = _missing(before, done, planned)
        orders += book.orders(missing, day, sequencer.seconds(day))
        return orders, sequencer.search(day, orders, effort, missing, begun)

    for day, found in enumerate(_day_by_day(len(before.problem.days), search_of, beside)):
        done.planned.update(sequencer.trips(day, found, done.left))
        done.day(day)
        planned = day + 1
    return done


def _day_by_day(
    days: int, search_of: Callable[[int], tuple[list[Order], Search]], beside: Beside | None
) -> Iterator[Found]:
    """Yield the rounds of each day in order; a search is asked for once the days before it are booked.

    Where somebody works beside, with a day goes the one half of all days later: what is found for days in
    between is not known then, but they share few needs, and goods that both want are given once.
    """
    half = days if beside is None else -(-days // 2)
    later: list[Found] = []
    for day in range(half):
        here, *there = [search_of(k) for k in (day, day + half) if k < days]
        waiting = [(beside or at_once)(found_by, search) for _, search in there]
        found = Found(here[0], found_by(here[1]))
        later += [Found(orders, answer()) for (orders, _), answer in zip(there, waiting, strict=True)]
        yield found
    yield from later


def _known(before: Dispatcher, book: OrderBook, day: int) -> tuple[list[Order], dict[str, Rounds]]:
    """Return what trips of a day brought as orders that are kept, and these trips by truck."""
    orders: list[Order] = []
    begun: dict[str, list[tuple[int, tuple[int, ...]]]] = {}
    for trip, stops in zip(before.trips, before.loads, strict=True):
        if trip.truck.day != day:
            continue
        first = len(orders)
        for stop in stops:
            orders.extend(book.kept(stop.place, _parts(stop)))
        begun.setdefault(trip.truck.id, []).append((trip.depot, tuple(range(first, len(orders)))))
    return orders, dict(begun)


def _parts(stop: Stop) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for item in stop.items:
        found[item.need] = found.get(item.need, 0) + item.milli
    return list(found.items())


def _missing(before: Dispatcher, done: Dispatcher, day: int) -> Left:
    """Return what is missing where days before one are planned, and rounds from it on bring what they did."""
    left = done.left.copied()
    for trip, stops in zip(before.trips, before.loads, strict=True):
        if trip.truck.day >= day:
            for stop in stops:
                for item in stop.items:
                    left.needs[item.need] = max(0, left.needs[item.need] - item.milli)
                    left.lots[item.lot] = max(0, left.lots[item.lot] - item.milli)
    return left
