"""A road network as traffic models know it: nodes, links with time and capacity, and no more."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Int32, Int64, Mode, NetworkSource, RoadNetwork, Text, frozen_array

EARTH_M_PER_DEGREE = 111_195
"""Metres per degree of latitude on a sphere of 6371 km."""

_LINK_DTYPES: dict[str, Any] = {
    "tail": np.int32,
    "head": np.int32,
    "travel_s": np.int32,
    "capacity_mveh_h": np.int64,
    "length_m": np.int32,
    "link": np.str_,
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrafficLinks:
    """Directed links; columns of shape (n_links,): ends, free-flow seconds (at least 1), capacity, length.

    `capacity_mveh_h` is in thousandths of a vehicle per hour, 0 for a link that carries none.
    """

    tail: Int32
    head: Int32
    travel_s: Int32
    capacity_mveh_h: Int64
    length_m: Int32
    link: Text

    def __post_init__(self) -> None:
        for name, dtype in _LINK_DTYPES.items():
            object.__setattr__(self, name, frozen_array(getattr(self, name), dtype))
        if len({len(getattr(self, field.name)) for field in fields(self)}) > 1:
            raise ValueError("link columns must be equally long")
        if len(self) and int(self.travel_s.min()) < 1:
            raise ValueError("travel_s must be at least 1 second on every link")
        if len(self) and min(int(self.capacity_mveh_h.min()), int(self.length_m.min())) < 0:
            raise ValueError("capacity_mveh_h and length_m must not be negative")

    def __len__(self) -> int:
        return len(self.tail)

    def take(self, positions: NDArray[Any]) -> TrafficLinks:
        """Return the links at `positions` (or where a mask is true), in that order."""
        return TrafficLinks(**{field.name: getattr(self, field.name)[positions] for field in fields(self)})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrafficNetwork:
    """An immutable network of a traffic model.

    `x_m`, `y_m` (n_nodes,) are planar coordinates in metres, or in the file's own unit of length; NaN where
    none are stated. Where `through` (n_nodes,) is false journeys may start and end but not pass (a centroid).
    `notes` say in words which units the file states and which were assumed.
    """

    node_id: Text
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    through: NDArray[np.bool_]
    links: TrafficLinks
    source: NetworkSource
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        dtypes: dict[str, Any] = {
            "node_id": np.str_,
            "x_m": np.float64,
            "y_m": np.float64,
            "through": np.bool_,
        }
        for name, dtype in dtypes.items():
            object.__setattr__(self, name, frozen_array(getattr(self, name), dtype))
        if len({len(getattr(self, name)) for name in dtypes}) > 1:
            raise ValueError("node columns must be equally long")
        if not len(self.links):
            return
        for column in (self.links.tail, self.links.head):
            if int(column.min()) < 0 or int(column.max()) >= self.n_nodes:
                raise ValueError("a link names a node that does not exist")

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_id)


def of_roads(network: RoadNetwork) -> TrafficNetwork:
    """Return the roads of `network` that cars may use, on a plane that fits the middle of the network."""
    arcs, nodes = network.arcs, network.nodes
    cars = np.flatnonzero((arcs.modes & int(Mode.CAR)) != 0)
    x_m, y_m = planar_m(nodes.lon_e7 / 1e7, nodes.lat_e7 / 1e7)
    links = TrafficLinks(
        tail=arcs.tail[cars],
        head=arcs.head[cars],
        travel_s=arcs.travel_s[cars],
        capacity_mveh_h=arcs.capacity_mveh_h[cars].astype(np.int64),
        length_m=arcs.length_m[cars],
        link=arcs.link[cars],
    )
    return TrafficNetwork(
        node_id=nodes.id,
        x_m=x_m,
        y_m=y_m,
        through=np.ones(len(nodes), dtype=bool),
        links=links,
        source=network.source,
        notes=("capacities and speeds are the defaults of docs/reference/road-defaults.md",),
    )


def planar_m(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres on an equirectangular plane through the median latitude of WGS 84 degrees."""
    known = lat[~np.isnan(lat)]
    middle = float(np.median(known)) if len(known) else 0.0
    scale = EARTH_M_PER_DEGREE * float(np.cos(np.radians(middle)))
    return np.asarray(lon * scale), np.asarray(lat * EARTH_M_PER_DEGREE)
