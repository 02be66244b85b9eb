"""Who has decided comes before who may still decide: they change places where a reserve was to arrive sooner.

Reserves are held in what the decided leave over, and a vehicle that one of the decided did not take, because
another came sooner when it was their turn, may leave before theirs. Persons of one place, direction and group
board alike and need the same seat, so any two of them may change places: legs, times and sites keep their
numbers, and no rule of the model tells the plans apart but that the decided arrive sooner. What was announced
to anybody stays as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from safepassage.domain.plan import Leg, Load, Schedule, VehicleChain

Kind = tuple[str, str, str]
"""Place, direction, group."""
Seat = tuple[str, Kind, str]
"""Leg, who sits there, site."""


def announced(earlier: Schedule, vehicles: Sequence[VehicleChain], now_s: int) -> set[str]:
    """Return the legs (ids) of vehicles on which nobody may change, so that nobody more has to be told.

    They may on legs that have not left and are new or otherwise than announced, if any of the decided is told
    of them.
    """
    before = {leg.id: leg for chain in earlier.vehicles for leg in chain.legs}

    def stays(leg: Leg) -> bool:
        was = before.get(leg.id)
        as_it_was = was is not None and (was.depart_s, was.load) == (leg.depart_s, leg.load)
        return as_it_was or leg.depart_s < now_s or all(load.reserve for load in leg.load)

    return {leg.id for chain in vehicles for leg in chain.legs if stays(leg)}


def decided_first(
    vehicles: Sequence[VehicleChain], tied: Collection[Kind], fixed: Collection[str] = ()
) -> tuple[VehicleChain, ...]:
    """Return vehicles on which the decided of each kind take the legs that arrive first.

    Only those change who board where they live and arrive at a site with the same leg, none of a kind that is
    `tied` to others (persons with carers, and their carers), and nobody on legs (ids) that are `fixed`.
    Persons of each leg stay as many, and so do the decided of each kind.
    """
    seats: dict[Kind, dict[tuple[int, str, str], int]] = {}
    decided: dict[Kind, int] = {}
    free = [leg for chain in vehicles for leg in chain.legs if leg.id not in fixed]
    for leg in free:
        for load in leg.load:
            kind = _kind(load)
            if _changes(load, tied):
                at = (leg.arrive_s, leg.id, load.site)
                of_kind = seats.setdefault(kind, {})
                of_kind[at] = of_kind.get(at, 0) + load.persons
                decided[kind] = decided.get(kind, 0) + (0 if load.reserve else load.persons)
    taken: dict[Seat, int] = {}
    for kind, of_kind in seats.items():
        for (_, leg_id, site), persons in sorted(of_kind.items()):
            taken[leg_id, kind, site] = here = min(persons, decided[kind])
            decided[kind] -= here
    loads = {leg.id: tuple(_seated(leg.id, leg.load, taken, tied)) for leg in free}
    return tuple(
        replace(chain, legs=tuple(replace(leg, load=loads.get(leg.id, leg.load)) for leg in chain.legs))
        for chain in vehicles
    )


def _kind(load: Load) -> Kind:
    return load.place, load.direction, load.group


def _changes(load: Load, tied: Collection[Kind]) -> bool:
    return not load.after and bool(load.site) and _kind(load) not in tied


def _seated(
    leg_id: str, loads: Sequence[Load], taken: dict[Seat, int], tied: Collection[Kind]
) -> Iterator[Load]:
    """Yield who is aboard: of a kind the decided, then the reserve, where the first of it stood."""
    whole: dict[Seat, int] = {}
    for load in loads:
        if _changes(load, tied):
            seat = (leg_id, _kind(load), load.site)
            whole[seat] = whole.get(seat, 0) + load.persons
    for load in loads:
        seat = (leg_id, _kind(load), load.site)
        if not _changes(load, tied):
            yield load
        elif seat in whole:
            persons, reserve = taken[seat], whole.pop(seat) - taken[seat]
            for number, held in ((persons, False), (reserve, True)):
                if number:
                    yield replace(load, persons=number, reserve=held)
