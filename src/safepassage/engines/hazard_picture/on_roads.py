"""A picture on the roads of a network: what each stretch gets from each event, and what news change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.claims.hazard_field import HazardDelta, HazardField
from safepassage.domain.claims.picture import HazardEvent, HazardPicture, Unplaced
from safepassage.domain.network import RoadNetwork
from safepassage.engines.hazard_picture import policy
from safepassage.engines.hazard_picture.in_case import METRES_PER_E7, ring_e7
from safepassage.engines.hazard_picture.picture import slice_s
from safepassage.kernels.graphs.polygons import line_boxes, metres_to_boxes, shares_inside

LAYERS = 3
Int64 = NDArray[np.int64]


class Roads:
    """The stretches of road of a network, and which of them an event reaches; worked out once each."""

    def __init__(self, network: RoadNetwork) -> None:
        arcs, nodes, shapes = network.arcs, network.nodes, network.shapes
        self.network = network
        ends = (
            nodes.lon_e7[arcs.tail], nodes.lat_e7[arcs.tail],
            nodes.lon_e7[arcs.head], nodes.lat_e7[arcs.head],
        )  # fmt: skip
        self._boxes = line_boxes(ends, shapes.start, (shapes.lon_e7, shapes.lat_e7))
        self._shares: dict[tuple[int, int, int], tuple[Int64, Int64]] = {}

    def reached(self, event: HazardEvent) -> tuple[Int64, Int64]:
        """Return the arcs that an event reaches, in order, and the share (ppm) of each that lies in it."""
        where = (event.lat_e7, event.lon_e7, event.radius_m)
        if where not in self._shares:
            found = shares_inside(((ring_e7(*where),),), self._boxes, self.network.polyline_e7)
            arcs, shares = (np.asarray(list(column), dtype=np.int64) for column in (found, found.values()))
            self._shares[where] = arcs, shares
        return self._shares[where]

    def narrowed(self, event: HazardEvent, most: int) -> HazardEvent | None:
        """Return the event with a radius in which at most so many arcs lie, None where there is no such."""
        centre = (event.lon_e7, event.lat_e7)
        if most <= 0:
            return None
        metres = metres_to_boxes(self._boxes, centre, METRES_PER_E7)
        if most >= len(metres) or (nearest := np.partition(metres, most)[most]) > event.radius_m:
            return event
        radius_m = int(nearest) - 1
        return replace(event, radius_m=radius_m) if radius_m > 0 else None


def narrowed(picture: HazardPicture, roads: Roads) -> HazardPicture:
    """Return the picture in which no source raises more than a set number of arcs a day before a review.

    The arcs closest to the named place are kept; events for which there is no room are not assessed.
    """
    spent = Counter[str]()
    found: list[HazardEvent] = []
    unplaced = list(picture.unplaced)
    for event in picture.events:
        room = policy.MOST_UNREVIEWED_ARCS - max((spent[key] for key in event.charged), default=0)
        kept = event if event.reviewed else roads.narrowed(event, room)
        if kept is None:
            reason = "not reviewed, and this source has raised enough roads today"
            unplaced += [Unplaced(claim=claim, reason=reason) for claim in event.claims]
            continue
        if not event.reviewed:
            spent.update(dict.fromkeys(event.charged, len(roads.reached(kept)[0])))
        found.append(kept)
    return replace(picture, events=tuple(found), unplaced=tuple(unplaced))


def field(picture: HazardPicture, roads: Roads, horizon_s: int) -> HazardField:
    """Return low, central and high hazard of every arc in every slice; where events overlap, the highest."""
    arcs = np.arange(len(roads.network.arcs), dtype=np.int64)
    return HazardField(
        slice_s=slice_s(horizon_s), horizon_s=horizon_s, ppm=_highest(picture.events, roads, arcs, horizon_s)
    )


def delta(before: HazardPicture, after: HazardPicture, held: HazardField, roads: Roads) -> HazardDelta:
    """Return the arcs on which news change anything, and what they have now; nothing else is looked at.

    `held` is the field of the picture before. What comes is the highest of what was and what is new; only
    where an event that goes was the highest is everything else looked at again.
    """
    old, new = ({event.id: event for event in picture.events} for picture in (before, after))
    gone = [event for name, event in old.items() if not _stays(event, new.get(name))]
    come = [event for name, event in new.items() if not _stays(event, old.get(name))]
    touched = np.unique(
        np.concatenate([np.zeros(0, np.int64), *(roads.reached(e)[0] for e in (*gone, *come))])
    )
    was = held.ppm[:, :, touched]
    least = _highest(gone, roads, touched, held.horizon_s)
    bare = ((least > 0) & (least == was)).any(axis=(0, 1))
    now = was.copy()
    now[:, :, bare] = _highest(after.events, roads, touched[bare], held.horizon_s)
    now = np.maximum(now, _highest(come, roads, touched, held.horizon_s))
    differs = (was != now).any(axis=(0, 1))
    return HazardDelta(arcs=touched[differs], ppm=now[:, :, differs])


def _stays(event: HazardEvent, other: HazardEvent | None) -> bool:
    return event is other or event == other


def _highest(events: Iterable[HazardEvent], roads: Roads, arcs: Int64, horizon_s: int) -> NDArray[np.int32]:
    """Return (3, n_slices, n_arcs) ppm on some arcs, given in order."""
    starts = np.arange(0, horizon_s, slice_s(horizon_s))
    found = np.zeros((LAYERS, len(starts), len(arcs)), dtype=np.int32)
    for event in events if len(arcs) else ():
        at, shares = _among(arcs, *roads.reached(event))
        if len(at):
            values = np.zeros((LAYERS, len(starts)), dtype=np.int64)
            for piece in event.slices:
                during = (starts >= piece.from_s) & (starts < piece.until_s)
                values[:, during] = [[piece.low_ppm], [piece.central_ppm], [piece.high_ppm]]
            parts = -(-values[:, :, None] * shares // policy.PPM)
            found[:, :, at] = np.maximum(found[:, :, at], parts)
    return found


def _among(arcs: Int64, reached: Int64, shares: Int64) -> tuple[Int64, Int64]:
    """Return where in `arcs` those of an event stand, and their shares; both are in order."""
    if len(arcs) == 0 or len(reached) == 0 or reached[-1] < arcs[0] or reached[0] > arcs[-1]:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    few, many = (arcs, reached) if len(arcs) < len(reached) else (reached, arcs)
    place = np.minimum(np.searchsorted(many, few), len(many) - 1)
    same = np.flatnonzero(many[place] == few)
    return (same, shares[place[same]]) if few is arcs else (place[same], shares[same])
