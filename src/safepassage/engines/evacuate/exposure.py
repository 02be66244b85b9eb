"""Exposure of one person on a passage: hazard times seconds, whole numbers."""

from __future__ import annotations

from collections.abc import Mapping

from safepassage.domain.timed_network import HazardPiece
from safepassage.engines.evacuate.roadway import Passage, Roadway

MAX_SHIFTS = 24
"""How often a departure is moved past a change of hazard before the way is given up."""
NO_CAP = -1


def hazard_over(pieces: tuple[HazardPiece, ...], start_s: int, end_s: int) -> int:
    """Return the integral of hazard (ppm·s) over [start_s, end_s)."""
    return sum(p.ppm * max(0, min(end_s, p.until_s) - max(start_s, p.from_s)) for p in pieces)


def passage_exposure(
    passage: Passage, hazard: Mapping[int, tuple[HazardPiece, ...]], *, waiting_since_s: int | None = None
) -> int:
    """Return the exposure (ppm·s) of one person aboard; waits count with the arc waited for.

    `waiting_since_s` is when people began to wait for the first arc (None: they start with the passage).
    """
    if not hazard or not passage.arcs:
        return 0
    total, waits = 0, dict(passage.waits)
    since = passage.depart_s if waiting_since_s is None else waiting_since_s
    last = len(passage.arcs) - 1
    for position, arc in enumerate(passage.arcs):
        until = passage.arrive_s
        if position < last:
            until = passage.seconds[position + 1] - waits.get(position + 1, 0)
        pieces = hazard.get(arc)
        if pieces:
            total += hazard_over(pieces, since, until)
        since = until
    return total


def later_ready_s(passage: Passage, hazard: Mapping[int, tuple[HazardPiece, ...]]) -> int | None:
    """Return the first later departure at which some hazard of the passage has changed, or None."""
    later: list[int] = []
    for arc, second in zip(passage.arcs, passage.seconds, strict=True):
        offset = second - passage.depart_s
        later.extend(p.until_s - offset for p in hazard.get(arc, ()) if p.until_s - offset > passage.depart_s)
    return min(later, default=None)


def capped_passage(
    roads: Roadway,
    hazard: Mapping[int, tuple[HazardPiece, ...]],
    arcs: tuple[int, ...],
    *,
    ready_s: int,
    units_mveh: int,
    persons: int,
    cap_ppm_s: int,
    waiting_since_s: int | None = None,
) -> tuple[Passage | None, bool]:
    """Return (earliest passage that keeps the cap, whether the cap and not the road stood in the way)."""
    capped = False
    for _ in range(MAX_SHIFTS):
        passage = roads.earliest(arcs, ready_s, units_mveh, persons)
        if passage is None:
            return None, capped
        exposure = passage_exposure(passage, hazard, waiting_since_s=waiting_since_s)
        if cap_ppm_s == NO_CAP or exposure <= cap_ppm_s:
            return passage, False
        capped, later = True, later_ready_s(passage, hazard)
        if later is None:
            break
        ready_s = later
    return None, True
