"""Effects of modifications on arcs, folded into pieces of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from safepassage.domain.case import Interval
from safepassage.domain.timed_network import Piece

PERMILLE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one modification does to an arc in [from_s, until_s); None leaves a value as it is."""

    from_s: int
    until_s: int
    closed: bool = False
    speed_permille: int = PERMILLE
    capacity_permille: int = PERMILLE
    travel_s: int | None = None
    capacity_mveh_h: int | None = None


def closed_outside(windows: Sequence[Interval], horizon_s: int) -> list[Effect]:
    """Return the closures that leave only `windows` open."""
    effects, last = [], 0
    for window in sorted(windows, key=lambda w: (w.from_s, w.until_s)):
        start = max(0, min(window.from_s, horizon_s))
        if start > last:
            effects.append(Effect(from_s=last, until_s=start, closed=True))
        last = max(last, min(window.until_s, horizon_s))
    if last < horizon_s:
        effects.append(Effect(from_s=last, until_s=horizon_s, closed=True))
    return effects


def pieces(base: Piece, effects: Iterable[Effect], horizon_s: int) -> tuple[Piece, ...]:
    """Fold effects into the pieces of one arc; the strictest closure, speed and capacity win."""
    clipped = [e for e in effects if e.from_s < horizon_s and e.until_s > 0]
    cuts = {0, horizon_s}
    for effect in clipped:
        cuts.update((max(0, effect.from_s), min(horizon_s, effect.until_s)))
    bounds = sorted(cuts)
    found: list[Piece] = []
    for start, end in pairwise(bounds):
        piece = _state(base, [e for e in clipped if e.from_s <= start and e.until_s >= end], start, end)
        if found and _same(found[-1], piece):
            found[-1] = _until(found[-1], end)
        else:
            found.append(piece)
    return tuple(found)


def _state(base: Piece, active: list[Effect], start: int, end: int) -> Piece:
    capacity, travel = base.capacity_mveh_h, base.travel_s
    stated = [e.capacity_mveh_h for e in active if e.capacity_mveh_h is not None]
    kept = min((e.capacity_permille for e in active), default=PERMILLE)
    capacity = min([capacity, *stated]) * kept // PERMILLE
    slower = min((e.speed_permille for e in active), default=PERMILLE)
    if slower > 0:
        travel = -(-travel * PERMILLE // slower)
    travel = max([travel, *(e.travel_s for e in active if e.travel_s is not None)])
    if slower <= 0 or any(e.closed for e in active):
        capacity = 0
    # A closed gate lets nobody pass, so its closed hours must not count as room for persons in a bound.
    persons_h = base.persons_h
    if persons_h > 0:
        persons_h = persons_h * kept // PERMILLE if capacity else 0
    return Piece(
        from_s=start, until_s=end, capacity_mveh_h=capacity, persons_h=persons_h, travel_s=max(1, travel)
    )


def _same(a: Piece, b: Piece) -> bool:
    if a.capacity_mveh_h == b.capacity_mveh_h == 0:
        return True
    return (a.capacity_mveh_h, a.persons_h, a.travel_s) == (b.capacity_mveh_h, b.persons_h, b.travel_s)


def _until(piece: Piece, end: int) -> Piece:
    return Piece(
        from_s=piece.from_s,
        until_s=end,
        capacity_mveh_h=piece.capacity_mveh_h,
        persons_h=piece.persons_h,
        travel_s=piece.travel_s,
    )


class EffectBook:
    """Effects gathered per arc, in the order of the modifications."""

    def __init__(self) -> None:
        self._effects: defaultdict[int, list[Effect]] = defaultdict(list)

    def add(self, arcs: Iterable[int], effects: Sequence[Effect]) -> None:
        """Put the same effects on every arc."""
        for arc in arcs:
            self._effects[arc].extend(effects)

    def items(self) -> list[tuple[int, list[Effect]]]:
        """Return (arc, effects) in order of arcs."""
        return sorted(self._effects.items())
