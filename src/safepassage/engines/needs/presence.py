"""Who is where on which day, while people leave and arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.domain.aid.catalogue import composition_of
from safepassage.domain.aid.commodity import Setting
from safepassage.domain.aid.needs import Presence, Whole
from safepassage.domain.aid.people_groups import PeopleGroup
from safepassage.domain.case import Case, PlaceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Persons of a place who reach a site at `arrive_s`."""

    place: str
    site: str
    persons: int
    arrive_s: int


def presence_of(case: Case, moved: Iterable[Moved], *, ends_s: Sequence[int]) -> Presence:
    """Return the most persons at each place on each day.

    Everybody counted in the demand is at their place: those who stay, those who have not decided and those a
    plan leaves behind on all days, the others up to the day on which they arrive at a site, where they stay.
    On the day of the journey they are counted at both, for they drink on the way and eat where they arrive.

    Parameters
    ----------
    case : whose demand says where people are at the start, and which shares of them belong to which group.
        Who leaves is taken to be made up as the people of the place are.
    moved : who leaves when; nobody where there is no plan.
    ends_s : the seconds of the case at which days end, the first one being that of its start.
    """
    ends, days = np.array(ends_s, dtype=np.int64), len(ends_s)
    starts = np.concatenate(([0], ends[:-1]))
    at = {place.id: row for row, place in enumerate(case.places)}
    change = _changes(case, at, tuple(moved), (starts, ends))
    persons = np.zeros((len(case.places), days + 1), dtype=np.int64)
    np.add.at(persons, (change.at, change.day), change.persons)
    persons = np.cumsum(persons, axis=1)[:, :days]
    kept = np.flatnonzero(persons.any(axis=1))
    places = [case.places[row] for row in kept]
    return Presence(
        places=tuple(place.id for place in places),
        settings=tuple(_setting(place.kind) for place in places),
        persons=persons[kept],
        groups=_by_group(case, change, at, days, kept),
    )


@dataclass(frozen=True, slots=True)
class _Changes:
    """So many persons more or less at a place from a day on, who are at `home` in another: rows of places."""

    at: Whole
    day: Whole
    home: Whole
    persons: Whole


def _changes(
    case: Case, at: Mapping[str, int], moved: tuple[Moved, ...], bounds: tuple[Whole, Whole]
) -> _Changes:
    counted = [(at[row.place], row.persons) for row in case.demand]
    home = np.array([at[one.place] for one in moved], dtype=np.int64)
    site = np.array([at[one.site] for one in moved], dtype=np.int64)
    many = np.array([one.persons for one in moved], dtype=np.int64)
    arrive_s = np.array([one.arrive_s for one in moved], dtype=np.int64)
    gone, there = (np.searchsorted(bound, arrive_s, side="right").astype(np.int64) for bound in bounds)
    first = np.array([place for place, _ in counted], dtype=np.int64)
    return _Changes(
        at=np.concatenate((first, home, site)),
        day=np.concatenate((np.zeros_like(first), gone, there)),
        home=np.concatenate((first, home, home)),
        persons=np.concatenate((np.array([n for _, n in counted], dtype=np.int64), -many, many)),
    )


def _by_group(
    case: Case, change: _Changes, at: Mapping[str, int], days: int, kept: Whole
) -> dict[PeopleGroup, Whole]:
    """Return the persons of every group by place and day, in millionths."""
    found, shares = {}, composition_of(case.people_groups, case.demand)
    for group in PeopleGroup:
        by_place = shares.ppm(group)
        ppm = np.full(len(at), by_place[""], dtype=np.int64)
        for place, own in by_place.items():
            if place:
                ppm[at[place]] = own
        micro = np.zeros((len(at), days + 1), dtype=np.int64)
        np.add.at(micro, (change.at, change.day), change.persons * ppm[change.home])
        found[group] = np.cumsum(micro, axis=1)[kept, :days]
    return found


def _setting(kind: PlaceKind) -> Setting:
    return Setting.SITE if kind is PlaceKind.RECEPTION_SITE else Setting.HOME
