"""The baseline road network: what does not depend on reports."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Text = NDArray[np.str_]

NO_LIMIT = -1
"""Value of a capacity or weight column that states no limit."""


class Mode(IntFlag):
    """Who may use an arc; a bit mask."""

    CAR = 1
    BUS = 2
    FOOT = 4
    TRAIN = 8
    BOAT = 16

    @classmethod
    def road(cls) -> Mode:
        """Return the mask of arcs that vehicles drive on."""
        return cls.CAR | cls.BUS


class RoadClass(IntEnum):
    """Road classes, ordered from the highest to the lowest, as OpenStreetMap's highway values."""

    MOTORWAY = 0
    TRUNK = 1
    PRIMARY = 2
    SECONDARY = 3
    TERTIARY = 4
    UNCLASSIFIED = 5
    RESIDENTIAL = 6
    SERVICE = 7
    TRACK = 8
    FERRY = 9
    RAIL = 10
    FOOTWAY = 11


def frozen_array(values: Any, dtype: Any) -> NDArray[Any]:
    """Copy `values` into a contiguous array of `dtype` that can no longer be written to."""
    array = np.array(values, dtype=dtype, order="C", copy=True)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Nodes:
    """Ends of road stretches; all columns have shape (n_nodes,).

    `lon_e7`, `lat_e7` are WGS 84 degrees times 10**7. `id` is the identifier in the source.
    """

    id: Text
    lon_e7: Int32
    lat_e7: Int32

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", frozen_array(self.id, np.str_))
        for name in ("lon_e7", "lat_e7"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), np.int32))
        if not len(self.id) == len(self.lon_e7) == len(self.lat_e7):
            raise ValueError("node columns must be equally long")

    def __len__(self) -> int:
        return len(self.id)


_ARC_DTYPES: dict[str, Any] = {
    "tail": np.int32,
    "head": np.int32,
    "length_m": np.int32,
    "travel_s": np.int32,
    "capacity_mveh_h": np.int32,
    "person_capacity_h": np.int32,
    "max_weight_kg": np.int32,
    "road_class": np.int8,
    "modes": np.uint8,
    "bridge": np.bool_,
    "link": np.str_,
    "name": np.int32,
    "ref": np.int32,
    "twin": np.int32,
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Arcs:
    """Directed stretches of road; all columns have shape (n_arcs,).

    `tail`, `head` are positions in `Nodes`. `travel_s` is the free-flow time (at least 1).
    `capacity_mveh_h` is in thousandths of a passenger car per hour. `person_capacity_h` and
    `max_weight_kg` are NO_LIMIT where no limit is stated. `link` names the stretch in its source
    (``"way/123"`` for OpenStreetMap, the link id of a CSV). `name`, `ref` are positions in
    `RoadNetwork.names` (0 is the empty string). `twin` is the arc of the opposite direction on
    the same stretch, or -1.
    """

    tail: Int32
    head: Int32
    length_m: Int32
    travel_s: Int32
    capacity_mveh_h: Int32
    person_capacity_h: Int32
    max_weight_kg: Int32
    road_class: NDArray[np.int8]
    modes: NDArray[np.uint8]
    bridge: NDArray[np.bool_]
    link: Text
    name: Int32
    ref: Int32
    twin: Int32

    def __post_init__(self) -> None:
        for name, dtype in _ARC_DTYPES.items():
            object.__setattr__(self, name, frozen_array(getattr(self, name), dtype))
        if len({len(getattr(self, field.name)) for field in fields(self)}) > 1:
            raise ValueError("arc columns must be equally long")
        if len(self.tail) and int(self.travel_s.min()) < 1:
            raise ValueError("travel_s must be at least 1 second on every arc")
        if len(self.tail) and int(self.capacity_mveh_h.min()) < 0:
            raise ValueError("capacity_mveh_h must not be negative")

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shapes:
    """Geometry of arcs between their ends: arc i owns points start[i]:start[i + 1] (may be none)."""

    start: Int32
    lon_e7: Int32
    lat_e7: Int32

    def __post_init__(self) -> None:
        for name in ("start", "lon_e7", "lat_e7"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), np.int32))
        if len(self.start) == 0 or int(self.start[-1]) != len(self.lon_e7):
            raise ValueError("start must have one entry per arc and a last one that closes the points")


def unnamed(link: str) -> str:
    """Return what to call a stretch without number and name: ways as they are written in a road status."""
    return f"unnamed road (way:{link.removeprefix('way/')})" if link.startswith("way/") else link


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSource:
    """Where a network came from; `attribution` is stamped on every output derived from it."""

    kind: str
    file_name: str
    sha256: str
    reader_version: str
    attribution: str
    schematic: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RoadNetwork:
    """An immutable directed road network with integer columns.

    Raises
    ------
    ValueError
        When an arc names a node, or a name, that does not exist.
    """

    nodes: Nodes
    arcs: Arcs
    shapes: Shapes
    names: tuple[str, ...]
    source: NetworkSource

    def __post_init__(self) -> None:
        if not self.names or self.names[0] != "":
            raise ValueError("names must start with the empty string")
        if len(self.shapes.start) != len(self.arcs) + 1:
            raise ValueError("shapes must describe every arc")
        if len(self.arcs) == 0:
            return
        for column in (self.arcs.tail, self.arcs.head):
            if int(column.min()) < 0 or int(column.max()) >= len(self.nodes):
                raise ValueError("an arc names a node that does not exist")
        for column in (self.arcs.name, self.arcs.ref):
            if int(column.min()) < 0 or int(column.max()) >= len(self.names):
                raise ValueError("an arc names a road name that does not exist")

    def polyline_e7(self, arc: int) -> list[tuple[int, int]]:
        """Return the (lon_e7, lat_e7) points of one arc, both ends included."""
        tail, head = int(self.arcs.tail[arc]), int(self.arcs.head[arc])
        first, last = int(self.shapes.start[arc]), int(self.shapes.start[arc + 1])
        nodes, shapes = self.nodes, self.shapes
        inner = [(int(shapes.lon_e7[i]), int(shapes.lat_e7[i])) for i in range(first, last)]
        ends = [(int(nodes.lon_e7[n]), int(nodes.lat_e7[n])) for n in (tail, head)]
        return [ends[0], *inner, ends[1]]

    def label(self, arc: int) -> str:
        """Return what people call the road of `arc`: its number and name, or what selects it without them."""
        ref, name = self.names[int(self.arcs.ref[arc])], self.names[int(self.arcs.name[arc])]
        return " ".join(part for part in (ref, name) if part) or unnamed(str(self.arcs.link[arc]))
