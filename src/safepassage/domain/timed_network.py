"""The network as usable over time: baseline plus an ordered list of modifications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
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


LAYERS = ("low", "central", "high")
"""The figures stated for a hazard: the lowest believable, the central one and the highest believable."""
PPM = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardEvent:
    """What may be harmful in [from_s, until_s), as a whole or not at all, with a probability (ppm) by layer.

    `shares` are (arc, ppm of its length that lies within). Events of one id happen together: an area reported
    anew while people are under way is one event, cut at that second. Events of one `zone` are versions of it,
    whoever told them: where the less probable happens, the more probable does.
    """

    id: str
    low_ppm: int
    central_ppm: int
    high_ppm: int
    from_s: int
    until_s: int
    shares: tuple[tuple[int, int], ...]
    zone: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.low_ppm <= self.central_ppm <= self.high_ppm <= PPM:
            raise ValueError("the figures of a hazard must grow from low over central to high")

    def ppm(self, layer: str) -> int:
        """Return the probability in a layer."""
        return {"low": self.low_ppm, "central": self.central_ppm, "high": self.high_ppm}[layer]


def hazard_pieces(claims: Sequence[tuple[int, int, int]], horizon_s: int) -> tuple[HazardPiece, ...]:
    """Fold (from_s, until_s, ppm) claims into disjoint pieces; where claims overlap, the highest counts."""
    cuts = sorted({min(max(0, t), horizon_s) for claim in claims for t in claim[:2]})
    found: list[HazardPiece] = []
    for start, end in pairwise(cuts):
        ppm = max((c[2] for c in claims if c[0] <= start and c[1] >= end), default=0)
        if ppm == 0:
            continue
        if found and found[-1].until_s == start and found[-1].ppm == ppm:
            found[-1] = HazardPiece(from_s=found[-1].from_s, until_s=end, ppm=ppm)
        else:
            found.append(HazardPiece(from_s=start, until_s=end, ppm=ppm))
    return tuple(found)


def hazard_of(
    events: Iterable[HazardEvent], layer: str, horizon_s: int
) -> dict[int, tuple[HazardPiece, ...]]:
    """Return the hazard by arc that events have in a layer; a part of an arc counts for its share."""
    claims: dict[int, list[tuple[int, int, int]]] = {}
    for event in events:
        for arc, share_ppm in event.shares:
            ppm = -(-event.ppm(layer) * share_ppm // PPM)
            claims.setdefault(arc, []).append((event.from_s, event.until_s, ppm))
    folded = {arc: hazard_pieces(rows, horizon_s) for arc, rows in sorted(claims.items())}
    return {arc: found for arc, found in folded.items() if found}


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
    (departure_s, persons) rows; `waiting` maps a node to its storage in mveh. `hazard` is what is planned
    with; where `events` are stated, it is theirs in `layer`.
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
    events: tuple[HazardEvent, ...] = ()
    layer: str = "central"

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

    def hazard_in(self, layer: str) -> dict[int, tuple[HazardPiece, ...]]:
        """Return the hazard by arc in a layer; nothing where no events are stated."""
        return hazard_of(self.events, layer, self.horizon_s)

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.lon_e7)

    def pieces_of(self, arc: int) -> tuple[Piece, ...]:
        """Return the pieces of an arc's profile; one for the whole grid where it has none."""
        if arc in self.profiles:
            return self.profiles[arc]
        arcs = self.arcs
        whole = Piece(
            from_s=0, until_s=self.horizon_s, capacity_mveh_h=int(arcs.capacity_mveh_h[arc]),
            persons_h=int(arcs.persons_h[arc]), travel_s=int(arcs.travel_s[arc]),
        )  # fmt: skip
        return (whole,)

    def travel_in(self, arc: int, t: int) -> int:
        """Return the travel time of an arc that is entered in second t."""
        pieces = self.profiles.get(arc)
        if pieces is None:
            return int(self.arcs.travel_s[arc])
        return next((p.travel_s for p in pieces if p.from_s <= t < p.until_s), pieces[-1].travel_s)
