"""A calendar with a burst gives the earliest second that the capacity rule allows, whatever the order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.kernels.booking.capacity_calendar import NEVER, BurstCalendar

PIECES = st.lists(st.tuples(st.integers(1, 8), st.integers(0, 3)), min_size=1, max_size=3)
ASKED = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.booleans()), max_size=14)


def keeps(entries: list[tuple[int, int]], rate: list[int], burst: int) -> bool:
    """Tell whether entries keep the rule, by looking at every interval."""
    seconds = range(len(rate))
    return all(rate[t] > 0 for t, _ in entries) and all(
        sum(work for t, work in entries if a <= t <= b) <= sum(rate[a : b + 1]) + burst
        for a in seconds
        for b in seconds
        if a <= b
    )


@settings(max_examples=150, deadline=None)
@given(PIECES, st.integers(1, 12), ASKED)
def test_the_earliest_second_is_that_of_exhaustive_search(pieces, burst, asked):
    rate = [value for length, value in pieces for _ in range(length)]
    starts = [sum(length for length, _ in pieces[:k]) for k in range(len(pieces))]
    calendar = BurstCalendar(tuple(starts), tuple(value for _, value in pieces), len(rate), burst)
    entries: list[tuple[int, int]] = []
    for t, work, takes_back in asked:
        if takes_back and entries:
            calendar.release(*entries.pop(t % len(entries)))
            continue
        wanted = min(work, burst)
        at = (s for s in range(t, len(rate)) if keeps([*entries, (s, wanted)], rate, burst))
        second, place = calendar.find(t, wanted)
        assert second == next(at, NEVER)
        if second != NEVER:
            calendar.reserve(place, wanted)
            entries.append((second, wanted))
