"""Flows along paths with planned departures, and the turns in which they are booked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Int64, frozen_array
from safepassage.kernels.booking.booking import Turns


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PathFlows:
    """Vehicles that leave a source together along one path.

    Row p starts at `source[p]` (a position among the sources), drives `arcs[start[p]:start[p + 1]]`, is to
    leave in second `depart_s[p]` and stands for `vehicles[p]` vehicles. `emptied_s` (n_sources,) is the
    second by which nobody waits at a source any more; empty where that is not known.
    """

    source: Int64
    start: Int64
    arcs: Int64
    depart_s: Int64
    vehicles: Int64
    emptied_s: Int64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, frozen_array(getattr(self, name), np.int64))
        rows = {len(self.source), len(self.depart_s), len(self.vehicles), len(self.start) - 1}
        if len(rows) > 1 or int(self.start[-1]) != len(self.arcs):
            raise ValueError("rows and paths must fit together")

    def __len__(self) -> int:
        return len(self.source)

    def path(self, row: int) -> Int64:
        """Return the arcs of a row."""
        return self.arcs[self.start[row] : self.start[row + 1]]


def without_rounds(flows: PathFlows, travel_s: Int64) -> PathFlows:
    """Return the flows with no arc twice on a path: who would drive a round leaves later by what it takes.

    Flows wait on the way by driving rounds. Booked, both passages of a car would be sought as if the other
    were not there, and could be closer together than the road allows.
    """
    row = np.repeat(np.arange(len(flows)), np.diff(flows.start))
    order = np.lexsort((flows.arcs, row))
    twice = (np.diff(row[order]) == 0) & (np.diff(flows.arcs[order]) == 0)
    changed = np.unique(row[order][1:][twice]).tolist()
    if not changed:
        return flows
    depart_s = flows.depart_s.copy()
    paths = [flows.path(i) for i in range(len(flows))]
    for i in changed:
        kept: list[int] = []
        for arc in paths[i].tolist():
            if arc in kept:
                at = kept.index(arc)
                depart_s[i] += int(travel_s[kept[at:]].sum())
                del kept[at:]
            kept.append(arc)
        paths[i] = np.asarray(kept, dtype=np.int64)
    return replace(
        flows, start=np.concatenate([[0], np.cumsum([len(path) for path in paths])]),
        arcs=np.concatenate(paths), depart_s=depart_s,
    )  # fmt: skip


def distinct_paths(flows: PathFlows) -> tuple[Int64, Int64]:
    """Return (row that shows each distinct path, position of each row's path among them).

    Paths are numbered as they first occur; rows of different sources never share one.
    """
    known: dict[tuple[int, bytes], int] = {}
    shown: list[int] = []
    of_row = np.empty(len(flows), dtype=np.int64)
    for row, source in enumerate(flows.source.tolist()):
        key = (source, flows.path(row).tobytes())
        if key not in known:
            known[key] = len(shown)
            shown.append(row)
        of_row[row] = known[key]
    return np.array(shown, dtype=np.int64), of_row


def planned_turns(
    flows: PathFlows, travel_s: Int64, release_s: Int64, *, free: bool, key: NDArray[np.int64] | None = None
) -> tuple[Turns, Int64]:
    """Return one turn a vehicle, in order of planned arrival, and (n_lists,) the source of each list.

    Parameters
    ----------
    travel_s
        (n_arcs,) free-flow seconds.
    release_s
        (n_sources,) first second in which a source's vehicles may leave.
    free
        Whether a vehicle may take any path of its source (else the planned one only).
    key
        (n_rows,) what rows are ordered by instead of planned arrival.
    """
    shown, of_row = distinct_paths(flows)
    took_s = np.add.reduceat(travel_s[flows.arcs], flows.start[:-1]) if len(flows) else flows.depart_s
    planned = flows.depart_s + took_s if key is None else key
    order = np.lexsort((np.arange(len(flows)), flows.depart_s, planned))
    order = np.repeat(order, flows.vehicles[order])
    if free:
        return turns_of(flows, shown, flows.source[order], release_s)
    start, arcs = _paths(flows, shown)
    turn_list = of_row[order]
    turns = Turns(
        start=start, arcs=arcs, list_start=np.arange(len(shown) + 1), list_path=np.arange(len(shown)),
        turn_list=turn_list, turn_from_s=release_s[flows.source[shown]][turn_list],
    )  # fmt: skip
    return turns, flows.source[shown]


def _paths(flows: PathFlows, shown: Int64) -> tuple[Int64, Int64]:
    """Return the paths of some rows as (start, arcs)."""
    start = np.concatenate([[0], np.cumsum(np.diff(flows.start)[shown])])
    arcs = [flows.path(row) for row in shown.tolist()]
    return start, np.concatenate(arcs) if arcs else flows.arcs[:0]


def turns_of(flows: PathFlows, shown: Int64, turn_source: Int64, release_s: Int64) -> tuple[Turns, Int64]:
    """Return turns that may take any path of their source, and (n_lists,) the source of each list.

    Parameters
    ----------
    shown
        Rows that show the distinct paths; they keep their order as paths.
    turn_source
        (n_turns,) source of each turn.
    """
    of_path = flows.source[shown]
    list_source, sizes = np.unique(of_path, return_counts=True)
    turn_list = np.searchsorted(list_source, turn_source)
    start, arcs = _paths(flows, shown)
    turns = Turns(
        start=start,
        arcs=arcs,
        list_start=np.concatenate([[0], np.cumsum(sizes)]),
        list_path=np.argsort(of_path, kind="stable"),
        turn_list=turn_list,
        turn_from_s=release_s[list_source][turn_list],
    )
    return turns, list_source
