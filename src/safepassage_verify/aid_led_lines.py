"""Trucks of a convoy under way: which go on together, and whether they do where they cannot as announced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

NO_ARC = -1
Rows = Mapping[str, Any]
Trips = Mapping[str, Rows]


class Entered(NamedTuple):
    """A road that a trip enters: number of the leg, position in its way, when, and whether it is open."""

    number: int
    position: int
    leg: str
    arc: int
    t: int
    leave: int
    open: bool


class Ran(NamedTuple):
    """What happens on a trip: roads in order; by leg the second of its end, and one person's exposure."""

    entered: list[Entered]
    arrive_s: list[int]
    exposure_ppm_s: list[int]


class Met(NamedTuple):
    """What keeps a trip from going on as announced: leg, closed road (-1: none), second; "": it is closed."""

    leg: str
    arc: int
    at_s: int
    met: str = ""


def unloading(line: Iterable[Rows]) -> set[int]:
    """Return the numbers of legs at whose end any truck of a line was to unload."""
    return {
        k for trip in line for k, leg in enumerate(trip["legs"])
        if any(row["leg"] == leg["id"] for row in trip["goods"])
    }  # fmt: skip


def lines_of(
    announced: Trips, ran: Mapping[str, Ran], trucks: Mapping[str, Rows], now_s: int
) -> list[list[str]]:
    """Return the trucks that go on together, in line: those of a convoy on a day that are on the same ways.

    Where a road is closed to some before the place at which all could first turn off, those who cannot come
    to it are another line.
    """
    found: dict[Any, list[str]] = {}
    for name in sorted(announced):
        row, legs = trucks.get(name, {}), announced[name]["legs"]
        ways = tuple((leg["from_node"], leg["to_node"], tuple(leg["arcs"])) for leg in legs)
        key = (row["convoy"], row["day"], ways) if "convoy" in row else name
        found.setdefault(key, []).append(name)
    lines, waiting = list[list[str]](), list(found.values())
    while waiting:
        line = waiting.pop(0)
        place = gathering(line, announced, ran, now_s)
        cut = [name for name in line if _closed_before(ran[name], place, now_s)] if len(line) > 1 else []
        if cut:
            waiting[:0] = [[name for name in line if name not in cut], cut]
        else:
            lines.append(line)
    return lines


def gathering(line: Sequence[str], announced: Trips, ran: Mapping[str, Ran], now_s: int) -> tuple[int, int]:
    """Return (leg, position) where all trucks of a line can first turn off."""
    return max(_turn_off(announced[name]["legs"], ran[name], now_s) for name in line)


def _turn_off(legs: Sequence[Rows], ran: Ran, now_s: int) -> tuple[int, int]:
    at = next((k for k, leg in enumerate(legs) if leg["arrive_s"] > now_s), len(legs))
    if at == len(legs):
        return at, 0
    if legs[at]["depart_s"] >= now_s:
        return at, 0
    return at, sum(one.number == at and one.t < now_s for one in ran.entered)


def _closed_before(ran: Ran, place: tuple[int, int], now_s: int) -> bool:
    return any(not one.open and one.t >= now_s and (one.number, one.position) < place for one in ran.entered)


def together(
    line: Sequence[str], trips: tuple[Trips, Trips, Trips], ran: tuple[Mapping[str, Ran], Mapping[str, Ran]],
    limits: tuple[int, int, int],
) -> Iterator[tuple[str, bool, str]]:  # fmt: skip
    """Yield (truck, holds, message) of whether those who cannot go on as announced do, or stand, together.

    From where all can first turn off they take the same ways to the same stops; whoever is behind enters each
    road no sooner than the headway, and no later than the headway and the slack, after the one in front.

    Parameters
    ----------
    trips : as announced, as they go on, and what is said of those that are held, by truck.
    ran : what happens on them as announced, and as they go on.
    limits : the second in which it is now, and the least and the most between two trucks.
    """
    (announced, stated, held), (now_s, least_s, most_s) = trips, limits
    place = gathering(line, announced, ran[0], now_s)
    roads = {name: _from(place, announced[name], stated[name], ran[1][name]) for name in line}
    for front, behind in pairwise(line):
        ends = [(held[name]["stuck"], held[name]["node"]) for name in (front, behind)]
        same = ends[0] == ends[1] and roads[front].keys() == roads[behind].keys()
        yield behind, same, f"goes on otherwise than {front}"
        for key in sorted(roads[front].keys() & roads[behind].keys()):
            gap_s = roads[behind][key] - roads[front][key]
            message = f"enters a road {gap_s} s after {front}: {least_s} to {most_s} is allowed"
            yield behind, least_s <= gap_s <= most_s, message


def _from(place: tuple[int, int], announced: Rows, stated: Rows, ran: Ran) -> dict[tuple[int, int, int], int]:
    """Return by (leg, position, road) when it is entered from a place on; legs are numbered as announced."""
    number = {leg["id"]: k for k, leg in enumerate(announced["legs"])}
    of = [number.get(leg["id"], NO_ARC) for leg in stated["legs"]]
    rows = ((of[one.number], one.position, one.arc, one.t) for one in ran.entered)
    return {(leg, at, arc): t for leg, at, arc, t in rows if (leg, at) >= place}
