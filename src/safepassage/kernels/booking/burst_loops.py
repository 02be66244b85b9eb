"""Compiled loops of `capacity_calendar.BurstCalendar`: entries in order of time, and what finds room between.

`capacity` (horizon + 1,) is the sum over [0, t). `sums` (7, most) has a column for each of the n entries, in
order of time: second, work, capacity up to the second and past it. Of the last three rows there is one more:
work before, the least of work before less capacity up to it, the most of work with less capacity past it.
"""

from __future__ import annotations

from typing import Any

from safepassage.kernels.compiled import compiled

SECOND, WORK, SINCE, UNTIL, BEFORE, LEAST, MOST = range(7)
ROWS = 7
FAR = 2**60


@compiled
def find_room(capacity: Any, sums: Any, n: int, t: int, work: int, burst: int) -> int:
    """Return the first second from t on in which `work` may enter, or -1."""
    horizon_s = len(capacity) - 1
    gap, high = 0, n
    while gap < high:
        middle = (gap + high) // 2
        if sums[SECOND, middle] <= t:
            gap = middle + 1
        else:
            high = middle
    start = t
    while gap <= n:
        before, least = sums[BEFORE, gap], sums[LEAST, gap]
        wanted = max(before + work - burst - least, capacity[start] + 1)
        last = sums[UNTIL, gap] if gap < n else capacity[horizon_s]
        if last >= wanted:
            low, high = start, sums[SECOND, gap] if gap < n else horizon_s - 1
            while low < high:
                middle = (low + high) // 2
                if capacity[middle + 1] >= wanted:
                    high = middle
                else:
                    low = middle + 1
            if sums[MOST, gap] + work - min(least, before - capacity[low]) <= burst:
                return int(low)
        if gap < n:
            start = sums[SECOND, gap]
        gap += 1
    return -1


@compiled
def enter(capacity: Any, sums: Any, n: int, second: int, work: int) -> int:
    """Enter `work` in a second, after what is entered in it; return how many entries there are."""
    i = n
    while i > 0 and sums[SECOND, i - 1] > second:
        sums[SECOND : UNTIL + 1, i] = sums[SECOND : UNTIL + 1, i - 1]
        i -= 1
    sums[SECOND, i], sums[WORK, i] = second, work
    sums[SINCE, i], sums[UNTIL, i] = capacity[second], capacity[second + 1]
    sum_up(sums, n + 1, i)
    return n + 1


@compiled
def leave(sums: Any, n: int, second: int, work: int) -> int:
    """Take back the last entry of so much work in a second; return how many entries there are."""
    i = n - 1
    while sums[SECOND, i] != second or sums[WORK, i] != work:
        i -= 1
    for j in range(i, n - 1):
        sums[SECOND : UNTIL + 1, j] = sums[SECOND : UNTIL + 1, j + 1]
    sum_up(sums, n - 1, i)
    return n - 1


@compiled
def sum_up(sums: Any, n: int, first: int) -> None:
    """Sum again for n entries that changed from `first` on."""
    for g in range(first, n):
        sums[BEFORE, g + 1] = sums[BEFORE, g] + sums[WORK, g]
        sums[LEAST, g + 1] = min(sums[LEAST, g], sums[BEFORE, g] - sums[SINCE, g])
    sums[MOST, n] = -FAR
    for g in range(n - 1, -1, -1):
        sums[MOST, g] = max(sums[MOST, g + 1], sums[BEFORE, g + 1] - sums[UNTIL, g])
