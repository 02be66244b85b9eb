"""Better plans by small changes: a few cars are taken out together and booked anew, worst first.

Ruin and recreate (Schrimpf et al. 2000, doi:10.1006/jcph.1999.6413): where each car alone is placed best, a
few at once may still be placed better.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

SHARE = 400
"""One car in so many is booked anew at a time, at least `LEAST`."""
LEAST = 6
SEED = 1


def polish(new_book: Callable[[], Any], ways: Any, cars: Any, *, least: Int64, by_s: int, tries: int) -> None:
    """Better `cars` in place by `tries` changes; nobody who arrives is left out, no sum gets worse.

    `new_book` makes an empty book, `least` (n_classes,) is what a class is exposed to at least.
    """
    from safepassage.kernels.booking.departure_book import Cars  # noqa: PLC0415 - compiled when first used

    rng = np.random.default_rng(SEED)
    n = min(len(cars.way), max(LEAST, len(cars.way) // SHARE))
    book = _loaded(new_book, ways, cars)
    for number in range(tries):
        chosen = _chosen(cars, least, n, rng.random(len(cars.way)), by_regret=number % 2 == 0)
        part = Cars(*(column[chosen].copy() for column in cars))
        book.take_out(ways, part, np.arange(n))
        book.place(ways, part, by_s=by_s)
        if _worth(part) <= _worth(Cars(*(column[chosen] for column in cars))):
            for column, changed in zip(cars, part, strict=True):
                column[chosen] = changed
        else:
            book = _loaded(new_book, ways, cars)


def _chosen(cars: Any, least: Int64, n: int, drawn: NDArray[np.float64], *, by_regret: bool) -> Int64:
    """Return n cars in the order of booking: drawn by regret, or around one that was drawn."""
    regret = np.maximum(0, cars.cost - least[cars.of_class]) + 1.0
    regret[cars.way < 0] = regret.max() * 2
    if by_regret:
        found = np.argsort(-regret * drawn, kind="stable")[:n]
    else:
        leave = cars.enter_s[:, 0]
        apart = np.abs(leave - leave[int(np.argmax(drawn))]) * drawn
        found = np.argsort(apart, kind="stable")[:n]
    out: Int64 = found[np.argsort(-(regret * drawn)[found], kind="stable")]
    return out


def _worth(cars: Any) -> tuple[int, int]:
    return int((cars.way < 0).sum()), int(cars.cost[cars.way >= 0].sum())


def _loaded(new_book: Callable[[], Any], ways: Any, cars: Any) -> Any:
    book = new_book()
    if bool((cars.way >= 0).any()):
        book.load(ways, cars)
    return book
