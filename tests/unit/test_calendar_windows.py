"""Calendars in windows hold what one calendar would, and bits say where an entry finds a place."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.kernels.booking.booking import RoadPieces
from safepassage.kernels.booking.booking_loops import enter, reserve
from safepassage.kernels.booking.calendar_windows import WINDOW_BITS, joined, split
from safepassage.kernels.booking.free_seconds import write_free
from safepassage.kernels.booking.way_loops import entered
from safepassage.kernels.booking.way_tree import COLUMNS, ROW
from safepassage.testing.draws import Draws

WORK, HORIZON_S, NOW_S = 3_600_000, 2_000, 150


def calendars_of(roads, draws, n_arcs):
    """Return calendars with entries at random, room of each arc, how much of the pools is in use."""
    at, count, room = np.zeros((3, n_arcs), np.int64)
    busy_from, busy_until, used = np.zeros(0, np.int64), np.zeros(0, np.int64), 0
    for _ in range(400):
        arc, t = draws.below(n_arcs), draws.below(HORIZON_S - 50)
        second, x, _ = enter(roads, (at, count, busy_from, busy_until), arc, t, WORK)
        if second >= 0:
            busy_from, busy_until, used = reserve(
                (at, count, busy_from, busy_until), room, used, arc, (x, x + WORK)
            )
    return (at, count, busy_from, busy_until), room, used


def together(calendar, arc):
    """Return the stretches of an arc, those that touch as one."""
    at, count, busy_from, busy_until = calendar
    rows = []
    for i in range(at[arc], at[arc] + count[arc]):
        if rows and rows[-1][1] == busy_from[i]:
            rows[-1][1] = int(busy_until[i])
        else:
            rows.append([int(busy_from[i]), int(busy_until[i])])
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_windows_hold_what_one_calendar_would(seed):
    """Roads of 6 cars a minute to 3 a second, entries at random in seconds that have room."""
    draws, n = Draws(seed), 4
    rates = np.array([360_000, 1_800_000, 7_200_000, 10_000_000])
    roads = RoadPieces.constant([20] * n, rates, HORIZON_S).compiled()
    calendar, room, used = calendars_of(roads, draws, n)
    beside = tuple(column.copy() for column in calendar), room.copy(), used
    arcs, row_of = np.arange(n), np.array([2, 0, 3, 1])
    in_row = (HORIZON_S - NOW_S) // (1 << WINDOW_BITS) + 1
    w_at, w_count, w_room = np.zeros((3, n * in_row), np.int64)
    terms = row_of, NOW_S, in_row
    w_from, w_until, w_used = split(
        roads, calendar, arcs, terms, (w_at, w_count, w_room), (np.ones(0, np.int64), np.ones(0, np.int64), 0)
    )
    bits = np.zeros((n, (HORIZON_S - NOW_S) // 64 + 2), np.uint64)
    write_free(roads, calendar, arcs, row_of, (NOW_S, HORIZON_S, WORK), bits)
    stops = np.zeros((n, COLUMNS), np.int64)
    stops[:, ROW] = row_of
    put = 0
    for _ in range(800):
        arc, t = draws.below(n), draws.between(NOW_S, HORIZON_S - 40)
        (at, count, busy_from, busy_until), its_room, its_used = beside
        second, _, _ = enter(roads, (at, count, busy_from, busy_until), arc, t, WORK)
        if second < 0:
            continue
        place = np.zeros(1, np.int64)
        *_, w_from, w_until, w_used = entered(
            roads, calendar, (room, used, (w_at, w_count, w_from, w_until, w_room, w_used, in_row)),
            (arcs, np.array([arc]), stops, np.array([second]), place), bits, (NOW_S, HORIZON_S, WORK),
        )  # fmt: skip
        x = int(place[0])
        assert rates[arc] * second <= x < rates[arc] * (second + 1)
        busy_from, busy_until, its_used = reserve(
            (at, count, busy_from, busy_until), its_room, its_used, arc, (x, x + WORK)
        )
        beside = (at, count, busy_from, busy_until), its_room, its_used
        put += 1
    assert put > 200
    as_they_are = np.zeros_like(bits)
    write_free(roads, beside[0], arcs, row_of, (NOW_S, HORIZON_S, WORK), as_they_are)
    assert (bits == as_they_are).all()
    windows = w_at, w_count, w_from, w_until
    busy_from, busy_until, _ = joined(roads, calendar, (room, used), arcs, terms, windows)
    calendar = (*calendar[:2], busy_from, busy_until)
    for arc in range(n):
        assert together(calendar, arc) == together(beside[0], arc)
