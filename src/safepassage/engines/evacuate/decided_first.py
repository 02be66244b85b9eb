"""Who has decided comes before who may still decide: they change places where a reserve was to arrive sooner.

Reserves are held in what the decided leave over, and a vehicle that one of the decided did not take, because
another came sooner when it was their turn, may leave before theirs. Persons of one place, direction and group
board alike and need the same seat, so any two of them may change places: legs, times and sites keep their
numbers, and no rule of the model tells the plans apart but that the decided arrive sooner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from safepassage.domain.plan import Load, VehicleChain

Kind = tuple[str, str, str]
"""Place, direction, group."""
Seat = tuple[str, Kind, str]
"""Leg, who sits there, site."""


def decided_first(vehicles: Sequence[VehicleChain], tied: Collection[Kind]) -> tuple[VehicleChain, ...]:
    """Return vehicles on which the decided of each kind take the legs that arrive first.

    Only those change who board where they live and arrive at a site with the same leg, and none of a kind
    that is `tied` to others (persons with carers, and their carers). Persons of each leg stay as many, and so
    do the decided of each kind.
    """
    seats: dict[Kind, dict[tuple[int, str, str], int]] = {}
    decided: dict[Kind, int] = {}
    for chain in vehicles:
        for leg in chain.legs:
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
    return tuple(
        replace(
            chain,
            legs=tuple(
                replace(leg, load=tuple(_seated(leg.id, leg.load, taken, tied))) for leg in chain.legs
            ),
        )
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
