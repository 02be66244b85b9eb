"""The difference of two plans in a few lines: who is served, until when, on which roads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.domain.claims.withdrawal import Difference
from safepassage.domain.counts import move
from safepassage.formats.facts.local_clock import LocalClock

ROADS_SHOWN = 6
MINUTE_S = 60


def difference_lines(found: Difference, names: Mapping[str, str], clock: LocalClock) -> list[str]:
    """Return lines that begin with what changes in all; one line where nothing does."""
    if found.same:
        return ["the plan stays the same, movement for movement"]
    many = "movement" if found.movements == 1 else "movements"
    lines = [f"the plan changes: {found.movements:,} {many}, {move(found.persons)} differently"]
    for row in found.directions:
        last = [_moment(clock, at) for at in row.clearance_s]
        minutes = (row.person_s[1] - row.person_s[0]) // MINUTE_S
        lines.append(
            f"{names[row.direction]}: {_pair(*(f'{n:,}' for n in row.served))} served, last arrival "
            f"{_pair(*last)}, person-minutes {minutes:+,}"
        )
    roads = [f"{r.road} {r.persons[0]:,} → {r.persons[1]:,}" for r in found.roads[:ROADS_SHOWN]]
    more = len(found.roads) - len(roads)
    tail = f" and {more} more roads" if more > 0 else ""
    return [*lines, f"persons on roads: {'; '.join(roads)}{tail}"] if roads else lines


def _moment(clock: LocalClock, seconds: Any) -> str:
    return "none" if seconds is None else clock.moments(seconds)


def _pair(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"
