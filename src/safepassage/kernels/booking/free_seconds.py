"""Compiled loops: in which seconds one more vehicle can enter an arc, one bit for each second.

Who looks for a way through full roads asks again and again for the next second with room. In a calendar of
stretches that is a search among hundreds; in a row of bits it is mostly one word. A bit is set exactly where
`booking_loops.enter` would find a place in that very second; places themselves stay in the calendars.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe import numbers

from safepassage.kernels.booking.booking_loops import NEVER, first_after, piece_of
from safepassage.kernels.compiled import compiled, inner, woven

trailing_zeros: Any = numbers.trailing_zeros
WORD = 64
"""Bits of a word; a shift by 6 divides by it."""
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
BEYOND = np.int64(2**62)


@woven
def mark(bits: Any, row: int, span: Any, value: bool) -> None:  # noqa: FBT001 - compiled, by position
    """Set or clear the bits of a span of a row."""
    low, high = span
    first, last = low >> 6, (high - 1) >> 6
    for w in range(first, last + 1):
        mask = ALL
        if w == first:
            mask &= ALL << np.uint64(low & 63)
        if w == last:
            mask &= ALL >> np.uint64(63 - ((high - 1) & 63))
        if value:
            bits[row, w] |= mask
        else:
            bits[row, w] &= ~mask


@woven
def next_open(rows: Any, at: int, until: int) -> Any:
    """Return the first bit in [at, until] that is set in both rows, NEVER without one."""
    free, open_ = rows
    w, last = at >> 6, until >> 6
    if until < at:
        return NEVER
    found = free[w] & open_[w] & (ALL << np.uint64(at & 63))
    while found == 0:
        w += 1
        if w > last:
            return NEVER
        found = free[w] & open_[w]
    bit = (w << 6) + np.int64(trailing_zeros(found))
    return bit if bit <= until else NEVER


@woven
def is_set(row: Any, bit: int) -> bool:
    """Return whether a bit of a row is set."""
    return bool(row[bit >> 6] >> np.uint64(bit & 63) & np.uint64(1))


@inner
def refresh(roads: Any, calendars: Any, arc: int, span: Any, into: Any) -> None:
    """Write the bits of the seconds of a span of an arc.

    `span` is (from, until, work), `into` (bits, row, second of the first bit).
    """
    piece_start, from_s, rate, travel_s, close_s, cumulated, horizon_s = roads
    at, count, busy_from, busy_until = calendars
    (low_s, high_s, work), (bits, row, base_s) = span, into
    mark(bits, row, (low_s - base_s, high_s - base_s), False)
    last_piece = piece_start[arc + 1] - 1
    first, n = at[arc], count[arc]
    for k in range(piece_of(from_s, piece_start[arc], piece_start[arc + 1], low_s), last_piece + 1):
        if from_s[k] >= high_s:
            break
        until_s = from_s[k + 1] if k < last_piece else horizon_s
        low, high = max(low_s, from_s[k]), min(high_s, until_s, close_s[k] - travel_s[k] + 1)
        if rate[k] <= 0 or low >= high:
            continue
        x, end = cumulated[k] + rate[k] * (low - from_s[k]), cumulated[k] + rate[k] * (high - from_s[k])
        zero = from_s[k] - base_s
        i = first_after(busy_until, first, n, x)
        while x < end:
            gap_until = busy_from[first + i] if i < n else BEYOND
            if gap_until - x >= work:
                opens = zero + (x - cumulated[k]) // rate[k]
                closes = zero + (min(gap_until - work, end - 1) - cumulated[k]) // rate[k]
                mark(bits, row, (opens, closes + 1), True)
            if i == n:
                break
            x = busy_until[first + i]
            i += 1


@compiled
def write_free(roads: Any, calendars: Any, arcs: Any, row_of: Any, span: Any, bits: Any) -> None:
    """Write the bits (n_rows, n_words) of some arcs; `span` is (from, until, work).

    `row_of` are (n_arcs,) rows; their first bit is that of second `from`.
    """
    from_s, until_s, work = span
    for arc in arcs:
        bits[row_of[arc]] = 0
        if from_s < until_s:
            refresh(roads, calendars, arc, (from_s, until_s, work), (bits, row_of[arc], from_s))


@inner
def second_of(roads: Any, arc: int, x: int) -> Any:
    """Return the second of an arc that holds a coordinate; the end of the grid past its last."""
    piece_start, from_s, rate, _, _, cumulated, horizon_s = roads
    k = piece_of(cumulated, piece_start[arc], piece_start[arc + 1], x)
    return min(horizon_s, from_s[k] + (x - cumulated[k]) // rate[k]) if rate[k] > 0 else horizon_s
