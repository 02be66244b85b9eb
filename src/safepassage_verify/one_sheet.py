"""Checks the lines of the one sheet against a plan: one road and one window for every settlement, no fork."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from safepassage_verify.planfile import Item, Plan, movements_of

NO_LINK = -1


class Way(NamedTuple):
    """Persons who go along arcs: of whom, from when, decided or not, setting out or going on."""

    where: str
    direction: str
    place: str
    node: int
    link: int
    depart_s: int
    persons: int
    decided: bool
    sets_out: bool
    arcs: tuple[int, ...]


def check_one_sheet(
    inputs: Mapping[str, Any], plan: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Return what is wrong with the lines of a one sheet for a plan that was verified; nothing if they hold.

    Every car, and everybody who boards, sets out from the node (or over the link) of a line of the
    settlement, within its window and along its arcs; no node of a direction is left by two roads; each
    settlement has one window, and each line the decided persons of the plan.
    """
    faults: list[str] = []
    known: dict[tuple[str, str, int, int], Mapping[str, Any]] = {}
    windows: dict[tuple[str, str], tuple[int, int]] = {}
    for line in lines:
        key = (line["direction"], line["place"], line["node"], line["link"])
        window = (line["from_s"], line["until_s"])
        if key in known:
            faults.append(f"{key}: two lines")
        if windows.setdefault(key[:2], window) != window:
            faults.append(f"{key}: two windows")
        known[key] = line
    tail = inputs["network"]["arcs"]["tail"]
    onward: dict[tuple[str, int], int] = {}
    persons = dict.fromkeys(known, 0)
    for way in _ways(movements_of(plan), tail):
        faults.extend(_off(way, known, persons))
        faults.extend(
            f"{way.where}: a fork at node {tail[arc]}"
            for arc in way.arcs
            if way.link == NO_LINK and onward.setdefault((way.direction, tail[arc]), arc) != arc
        )
    faults.extend(
        f"{key}: {persons[key]} persons set out, {line['persons']} are said"
        for key, line in known.items() if persons[key] != line["persons"]
    )  # fmt: skip
    return faults


def _off(
    way: Way, known: Mapping[tuple[str, str, int, int], Mapping[str, Any]],
    persons: dict[tuple[str, str, int, int], int],
) -> Iterator[str]:  # fmt: skip
    """Yield how who sets out is off the line; count those who do."""
    if not way.sets_out:
        return
    key = (way.direction, way.place, way.node, way.link)
    line = known.get(key)
    if line is None:
        yield f"{way.where}: no line for {key}"
        return
    persons[key] += way.persons if way.decided else 0
    if not line["from_s"] <= way.depart_s <= line["until_s"]:
        yield f"{way.where}: leaves at {way.depart_s}, outside the window of {way.place}"
    if tuple(line["arcs"][: len(way.arcs)]) != way.arcs:
        yield f"{way.where}: not on the road of {way.place}"


def _ways(plan: Plan, tail: Sequence[int]) -> Iterator[Way]:
    for stream in plan.cars:
        route = plan.routes[stream.route]
        arcs = tuple(route.arcs.tolist())
        for depart_s, persons, _ in stream.departures:
            yield Way(
                stream.id, stream.direction, stream.place, route.from_node, NO_LINK, depart_s, persons,
                not stream.reserve, True, arcs,
            )  # fmt: skip
    for _, legs in plan.vehicles:
        for leg in legs:
            route = plan.routes[leg.route]
            ends = route.from_node, NO_LINK
            for item in leg.load:
                yield _of(leg.id, item, ends, leg.depart_s, tuple(route.arcs.tolist()))
    for ride in plan.rides:
        for item in ride.load:
            yield _of(ride.id, item, (tail[ride.arc], ride.arc), ride.depart_s, (ride.arc,))


def _of(where: str, item: Item, ends: tuple[int, int], depart_s: int, arcs: tuple[int, ...]) -> Way:
    place, direction, _, reserve = item.kind
    return Way(where, direction, place, *ends, depart_s, item.persons, not reserve, not item.after, arcs)
