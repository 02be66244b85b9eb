"""Rounds searched again from those that are known: what they bring is kept, what is missing may join."""

from __future__ import annotations

from safepassage.engines.distribution.dispatch import Dispatcher, Stop
from safepassage.engines.distribution.orders import Order, OrderBook
from safepassage.engines.distribution.sequence import Sequencer
from safepassage.engines.distribution.store import Left


def searched_again(
    before: Dispatcher, book: OrderBook, sequencer: Sequencer, effort: tuple[int, int]
) -> Dispatcher:
    """Return a distribution whose rounds were searched from those before it, day by day."""
    done = before.anew()
    for day in range(len(before.problem.days)):
        orders: list[Order] = []
        begun: dict[str, list[tuple[int, tuple[int, ...]]]] = {}
        for trip, stops in zip(before.trips, before.loads, strict=True):
            if trip.truck.day != day:
                continue
            first = len(orders)
            for stop in stops:
                orders.extend(book.kept(stop.place, _parts(stop)))
            begun.setdefault(trip.truck.id, []).append((trip.depot, tuple(range(first, len(orders)))))
        orders += book.orders(_missing(before, done, day), day, sequencer.seconds(day))
        done.planned.update(sequencer.trips(day, orders, done.left, effort, begun))
        done.day(day)
    return done


def _parts(stop: Stop) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for item in stop.items:
        found[item.need] = found.get(item.need, 0) + item.milli
    return list(found.items())


def _missing(before: Dispatcher, done: Dispatcher, day: int) -> Left:
    """Return what is missing once a day is planned, where rounds from it on bring what they did before."""
    left = done.left.copied()
    for trip, stops in zip(before.trips, before.loads, strict=True):
        if trip.truck.day >= day:
            for stop in stops:
                for item in stop.items:
                    left.needs[item.need] = max(0, left.needs[item.need] - item.milli)
                    left.lots[item.lot] = max(0, left.lots[item.lot] - item.milli)
    return left
