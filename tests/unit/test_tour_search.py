"""The search for tours: what it counts stays true through every step that was kept or put back."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from safepassage import example
from safepassage.domain.situation import Situation
from safepassage.engines.evacuate import tours as engine
from safepassage.formats.case.case_reading import read_case
from safepassage.kernels.tours import tour_search as kernel
from safepassage.kernels.tours.tour_loops import EMPTY, HEADS, HOUR_S, KINDS, ROAD, STOPS
from safepassage.planning import StoppingRule, make_plan

# Searches the built-in example.
pytestmark = pytest.mark.slow

STEPS = 3_000


@pytest.fixture(scope="module")
def searched() -> dict[str, Any]:
    """A search over the built-in example, and what it was given."""
    found: dict[str, Any] = {}
    original = engine.search

    def capture(world: Any, choices: Any, tours: Any, worth: Any, *rest: Any) -> Any:
        found.update(world=world, choices=choices, tours=tours, worth=worth)
        return original(world, choices, tours, worth, *rest)

    reading = read_case(example.path())
    patch = pytest.MonkeyPatch()
    patch.setattr(engine, "search", capture)
    stop = StoppingRule(work=STEPS * engine.WORK_A_STEP)
    found["planned"] = make_plan(reading.network.network, Situation(case=reading.case), stop=stop)
    patch.undo()
    return found


def _annealed(found: dict[str, Any], steps: int = STEPS) -> tuple[Any, Any, int]:
    plan, book, log = kernel._room(found["world"], found["tours"])
    best = found["tours"]._replace(car_rows=plan.car_rows, car_used=plan.car_used)
    best = kernel.Tours(*(part.copy() for part in best))
    numbers = np.array([2**60, 5_000, steps, 2], dtype=np.int64)
    rng = np.array([12_345], dtype=np.uint64)
    price, least = kernel.anneal(
        found["world"],
        book,
        found["choices"],
        plan,
        log,
        best,
        np.append(found["worth"], found["worth"][0]),
        numbers,
        rng,
        kernel.QUANTILES,
    )
    assert least <= price
    return plan, book, int(price)


def test_the_case_is_searched(searched):
    assert searched["world"].stop[:, 3:].sum() > 0


def test_persons_and_room_are_conserved(searched):
    world = searched["world"]
    plan, _, price = _annealed(searched)
    riding = np.zeros_like(plan.left)
    came = np.zeros(len(world.site), dtype=np.int64)
    seconds = int(plan.spent[:, 0].sum())
    last = int(plan.spent[:, 1].max(initial=0))
    for v, n in enumerate(plan.number):
        for i in range(n):
            for p in range(STOPS):
                for k in range(KINDS):
                    if plan.loads[v, i, p, k]:
                        riding[plan.trips[v, i, p], k] += plan.loads[v, i, p, k]
            persons = int(plan.loads[v, i].sum())
            assert (plan.loads[v, i].sum(axis=0) <= world.places[v]).all()
            came[plan.trips[v, i, STOPS]] += persons
            seconds += persons * int(plan.arrive[v, i])
            if persons or plan.used[v, i]:
                last = max(last, int(plan.arrive[v, i]))
    assert (riding + plan.left == world.stop[:, 3 : 3 + KINDS]).all()
    assert (plan.room + came + plan.parked.sum(axis=0) == world.site[:, 1]).all()
    assert plan.room.min() >= 0
    assert plan.left.min() >= 0
    assert seconds == plan.sums[0]
    left = int(plan.left.sum() + plan.cars.sum())
    tolls = int(((world.site[:, 1] - plan.room) * world.site[:, 3]).sum())
    assert tolls > 0
    assert price == seconds + tolls + left * searched["worth"][0] + last * searched["worth"][1]


def test_every_car_that_goes_has_one_first_entry(searched):
    plan, _, _ = _annealed(searched)
    for c, n in enumerate(plan.car_used.tolist()):
        first = plan.car_rows[c, :n]
        first = first[first[:, 3] == 1]
        assert first[:, 2].sum() == searched["world"].car[c, 0] - plan.cars[c]
        assert first[:, 2].max(initial=0) <= searched["world"].rules[7]


def test_calendars_hold_what_the_tours_enter_and_nothing_else(searched):
    world = searched["world"]
    plan, book, _ = _annealed(searched)
    wanted: Counter[tuple[int, int, int]] = Counter()

    def enter(rows: Any, n: int, units: int) -> None:
        for arc, second, persons, leg in rows[:n].tolist():
            wanted[3 * arc + ROAD, second, units * HOUR_S] += 1
            work = (persons if leg else units) * HOUR_S
            if world.piece[world.piece_at[arc], 5] and work:
                wanted[3 * arc + (HEADS if leg else EMPTY), second, work] += 1

    for v, n in enumerate(plan.number):
        for i in range(n):
            enter(plan.rows[v, i], plan.used[v, i], int(world.vehicle[v, 3]))
    for c in range(len(plan.cars)):
        enter(plan.car_rows[c], plan.car_used[c], int(world.rules[8]))
    held: Counter[tuple[int, int, int]] = Counter()
    for calendar, n in enumerate(book.entries.tolist()):
        seconds, work = book.second[calendar, :n].tolist(), book.work[calendar, :n].tolist()
        assert seconds == sorted(seconds)
        held.update((calendar, s, w) for s, w in zip(seconds, work, strict=True))
    assert held == wanted


def test_the_same_search_gives_the_same_tours(searched):
    first, second = _annealed(searched)[0], _annealed(searched)[0]
    assert (first.trips == second.trips).all()
    assert (first.arrive == second.arrive).all()


def test_more_steps_do_no_harm(searched):
    few, many = _annealed(searched, 100)[2], _annealed(searched, 10_000)[2]
    assert many < few
