"""The network as usable over time: baseline plus an ordered list of modifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Int32, Int64, Text, frozen_array


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """State of an arc in [from_s, until_s): capacity 0 means closed; `persons_h` is -1 without a limit."""

    from_s: int
    until_s: int
    capacity_mveh_h: int
    persons_h: int
    travel_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardPiece:
    """Probability of a harmful condition on an arc in [from_s, until_s), in ppm."""

    from_s: int
    until_s: int
    ppm: int


_DTYPES: dict[str, Any] = {
    "tail": np.int32,
    "head": np.int32,
    "length_m": np.int32,
    "travel_s": np.int32,
    "capacity_mveh_h": np.int64,
    "persons_h": np.int64,
    "modes": np.int32,
    "directions": np.int64,
    "empty_ok": np.bool_,
    "max_weight_kg": np.int64,
    "gate": np.bool_,
    "label": np.str_,
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TimedArcs:
    """Columns of shape (n_arcs,), as `inputs.json` holds them; arcs of the baseline keep their positions."""

    tail: Int32
    head: Int32
    length_m: Int32
    travel_s: Int32
    capacity_mveh_h: Int64
    persons_h: Int64
    modes: Int32
    directions: Int64
    empty_ok: NDArray[np.bool_]
    max_weight_kg: Int64
    gate: NDArray[np.bool_]
    label: Text

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            object.__setattr__(self, name, frozen_array(getattr(self, name), dtype))
        if len({len(getattr(self, field.name)) for field in fields(self)}) > 1:
            raise ValueError("arc columns must be equally long")

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TimedNetwork:
    """Nodes, arcs and what changes on them within the grid `[0, horizon_s)`.

    `profiles` cover the grid without gap; `hazard` pieces are disjoint; `timetables` are
    (departure_s, persons) rows; `waiting` maps a node to its storage in mveh.
    """

    node_id: Text
    lon_e7: Int32
    lat_e7: Int32
    arcs: TimedArcs
    profiles: Mapping[int, tuple[Piece, ...]]
    hazard: Mapping[int, tuple[HazardPiece, ...]]
    timetables: Mapping[int, tuple[tuple[int, int], ...]]
    waiting: Mapping[int, int]
    horizon_s: int
    attribution: str
    source_sha256: str
    schematic: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_id", frozen_array(self.node_id, np.str_))
        for name in ("lon_e7", "lat_e7"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), np.int32))
        for name in ("profiles", "hazard", "timetables", "waiting"):
            ordered = dict(sorted(getattr(self, name).items()))
            object.__setattr__(self, name, MappingProxyType(ordered))
        for pieces in self.profiles.values():
            ends = [0, *(piece.until_s for piece in pieces)]
            starts = [*(piece.from_s for piece in pieces), self.horizon_s]
            if ends != starts:
                raise ValueError("the pieces of a profile must cover the grid without gap")

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.lon_e7)

    def travel_in(self, arc: int, t: int) -> int:
        """Return the travel time of an arc that is entered in second t."""
        pieces = self.profiles.get(arc)
        if pieces is None:
            return int(self.arcs.travel_s[arc])
        return next((p.travel_s for p in pieces if p.from_s <= t < p.until_s), pieces[-1].travel_s)
