"""Where the places of a case lie on the network, and where crossings split it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import Case, Place, PlaceKind
from safepassage.domain.network import RoadNetwork
from safepassage.domain.problem import Problem, Severity, Where
from safepassage.kernels.graphs.components import component_labels
from safepassage.kernels.graphs.snapping import nearest_nodes

MIN_PART = 50
"""Smaller parts of a network are driveways and stubs; places go there only if there is nothing larger."""
GATE_KINDS = frozenset({PlaceKind.BORDER_CROSSING, PlaceKind.CHECKPOINT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Node and snap distance of every place (-1: none), nodes added for far ends of transit links."""

    node: dict[str, int]
    snap_m: dict[str, int]
    extra: tuple[Place, ...]
    problems: tuple[Problem, ...]


def place_on_network(network: RoadNetwork, case: Case) -> Placing:
    """Find a node for every place: its named node, else the nearest road within the snap limit.

    A place beyond the limit that a train, boat or path serves gets a node of its own, after all others.
    """
    position = (
        {str(node): i for i, node in enumerate(network.nodes.id)} if any(p.node for p in case.places) else {}
    )
    node: dict[str, int] = {}
    snap_m: dict[str, int] = {}
    problems: list[Problem] = []
    free = [
        p for p in case.places if p.node not in position and p.lon_e7 is not None and p.lat_e7 is not None
    ]
    for place in case.places:
        node[place.id], snap_m[place.id] = position.get(place.node, -1), 0
        if place.node and place.node not in position:
            problems.append(_unknown_node(place))
    _snap(network, case, free, node, snap_m)
    served = {end for link in case.transit_links for end in (link.from_place, link.to_place)}
    extra = tuple(p for p in free if node[p.id] < 0 and p.id in served)
    for offset, place in enumerate(extra):
        node[place.id], snap_m[place.id] = len(network.nodes) + offset, 0
    problems.extend(_too_far(case, p, snap_m[p.id]) for p in free if node[p.id] < 0)
    return Placing(node=node, snap_m=snap_m, extra=extra, problems=tuple(problems))


def _snap(
    network: RoadNetwork, case: Case, places: list[Place], node: dict[str, int], snap_m: dict[str, int]
) -> None:
    if not places or len(network.nodes) == 0:
        return
    lon = np.asarray([p.lon_e7 for p in places], dtype=np.int32)
    lat = np.asarray([p.lat_e7 for p in places], dtype=np.int32)
    nearest, distance_m = nearest_nodes(
        lon, lat, network.nodes.lon_e7, network.nodes.lat_e7, _well_connected(network)
    )
    for place, found, metres in zip(places, nearest, distance_m, strict=True):
        snap_m[place.id] = round(float(metres))
        if snap_m[place.id] <= case.settings.snap_limit_m:
            node[place.id] = int(found)


def _well_connected(network: RoadNetwork) -> NDArray[np.bool_]:
    """Return (n_nodes,) bool: nodes one can drive from and back to, not stubs that a map extract cut off.

    A node counts when its strongly connected part has at least MIN_PART nodes, or is the largest there is.
    """
    arcs = network.arcs
    labels, sizes = component_labels(len(network.nodes), arcs.tail, arcs.head, strong=True)
    enough = min(MIN_PART, int(sizes[0]))
    return np.asarray(sizes[labels] >= enough, dtype=np.bool_)


def _unknown_node(place: Place) -> Problem:
    return Problem(
        severity=Severity.WARNING,
        code="NODE_UNKNOWN",
        where=Where(file="case", sheet="places", column="node"),
        message=f"place {place.id} names node {place.node}, which the network does not have",
        hint="name a node of the network, or give lat and lon and leave node empty",
        about=place.id,
    )


def _too_far(case: Case, place: Place, metres: int) -> Problem:
    stay = {
        "vehicles": sum(row.count for row in case.fleet if row.base == place.id),
        "trucks": sum(row.count for row in case.trucks if row.depot == place.id),
        "lots of stock": sum(row.depot == place.id for row in case.stock),
    }
    with_it = ", ".join(f"{count:,} {what}" for what, count in stay.items() if count)
    return Problem(
        severity=Severity.WARNING,
        code="PLACE_OFF_NETWORK",
        where=Where(file="case", sheet="places", column="lat"),
        about=place.id,
        message=(
            f"place {place.id} lies {metres:,} m from the nearest road, beyond the limit of "
            f"{case.settings.snap_limit_m:,} m; it is left out"
            + (f", and with it {with_it}" if with_it else "")
        ),
        hint=(
            "check its coordinates (latitude and longitude swapped?), raise snap_limit_m, "
            "or use a larger map extract"
        ),
    )
