"""What keeps a trip under way from going on as it was announced, on the roads as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from safepassage.domain.aid.distribution import AidProblem, TruckDay
from safepassage.domain.aid.under_way import Trip
from safepassage.domain.history import entries
from safepassage.domain.plan import Waits
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.distribution.crew_under_way import exposed
from safepassage.engines.distribution.roads import Roads

NO_ARC = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where trips go on: needs, lots and all trucks of the case, roads as they are, and how long to wait.

    `cap_ppm_s` is the most that a crew is exposed to in a day; -1 for no limit. `windows` are the seconds in
    which movement is allowed; none means always.
    """

    problem: AidProblem
    network: TimedNetwork
    roads: Roads
    wait_max_s: int
    cap_ppm_s: int = -1
    windows: tuple[tuple[int, int], ...] = ()


class Met(NamedTuple):
    """On which leg a trip cannot go on as announced, at which arc (-1: none) and second, and why.

    `met` is "" where it would enter a closed road, "times" where the leg ends in another second than
    announced (`at_s` is that second), "window" where it lies in no window of movement, and "exposure" where
    the crew would be exposed too much.
    """

    leg: str
    arc: int
    at_s: int
    met: str = ""


def met_by(trip: Trip, truck: TruckDay | None, scene: Scene, now_s: int, before_ppm_s: int = 0) -> Met | None:
    """Return what a trip meets: the first closed or too weak road; without one, what else is otherwise.

    `before_ppm_s` is what the crew was exposed to on its day before the trip.
    """
    weight_kg = 0 if truck is None else truck.weight_kg
    closed = next(closed_roads(trip, scene.network, now_s, weight_kg), None)
    return closed or next(_otherwise(trip, scene, now_s, before_ppm_s), None)


def closed_roads(trip: Trip, network: TimedNetwork, now_s: int, weight_kg: int) -> Iterator[Met]:
    """Yield each closed or too weak road that a trip would enter from now on."""
    for leg in trip.legs:
        run = entries(network, leg.arcs, leg.depart_s, leg.waits)
        for arc, (entered, left) in zip(leg.arcs, run, strict=True):
            weak = 0 <= int(network.arcs.max_weight_kg[arc]) < weight_kg
            if entered >= now_s and (weak or not _open(network, arc, entered, left)):
                yield Met(leg.id, arc, entered)


def end_s(network: TimedNetwork, arcs: tuple[int, ...], depart_s: int, waits: Waits) -> int:
    """Return when a way with waits is driven to its end."""
    return max((left for _, left in entries(network, arcs, depart_s, waits)), default=depart_s)


def _otherwise(trip: Trip, scene: Scene, now_s: int, exposure_ppm_s: int) -> Iterator[Met]:
    """Yield where a trip takes other times, lies in no window, or exposes its crew too much."""
    for leg in trip.legs:
        own = exposed(scene.network, (leg.arcs, leg.waits), leg.depart_s, leg.depart_s)
        exposure_ppm_s += own
        ends_s = end_s(scene.network, leg.arcs, leg.depart_s, leg.waits)
        if leg.arrive_s <= now_s:
            continue
        if ends_s != leg.arrive_s:
            yield Met(leg.id, NO_ARC, ends_s, "times")
        inside = any(start <= leg.depart_s and ends_s <= end for start, end in scene.windows)
        if scene.windows and leg.depart_s >= now_s and not inside:
            yield Met(leg.id, NO_ARC, leg.depart_s, "window")
        if own and 0 <= scene.cap_ppm_s < exposure_ppm_s:
            yield Met(leg.id, NO_ARC, leg.depart_s, "exposure")


def _open(network: TimedNetwork, arc: int, from_s: int, until_s: int) -> bool:
    """Tell whether an arc is open in all of [from_s, until_s), as far as that lies within the grid."""
    pieces = network.profiles.get(arc)
    if pieces is None:
        return int(network.arcs.capacity_mveh_h[arc]) > 0
    return all(p.capacity_mveh_h > 0 for p in pieces if p.from_s < until_s and p.until_s > from_s)
