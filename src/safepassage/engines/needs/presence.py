"""Who is where on which day, while people leave and arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from safepassage.domain.aid.commodity import Setting
from safepassage.domain.aid.needs import Presence
from safepassage.domain.case import Case, PlaceKind

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Persons of a place who reach a site at `arrive_s`."""

    place: str
    site: str
    persons: int
    arrive_s: int


def presence_of(case: Case, moved: Iterable[Moved], *, days: int, midnight_s: int = 0) -> Presence:
    """Return the most persons at each place on each day.

    Everybody counted in the demand is at their place: those who stay, those who have not decided and those a
    plan leaves behind on all days, the others up to the day on which they arrive at a site, where they stay.
    On the day of the journey they are counted at both, for they drink on the way and eat where they arrive.

    Parameters
    ----------
    case : whose demand says where people are at the start.
    moved : who leaves when; nobody where there is no plan.
    days : how many days, the first one being that of the start of the case.
    midnight_s : the second of the case at which the first day ends; 0 means a full day after the start.
    """
    first_end_s = midnight_s or DAY_S
    ends = first_end_s + DAY_S * np.arange(days, dtype=np.int64)
    starts = np.concatenate(([0], ends[:-1]))
    at = {place.id: row for row, place in enumerate(case.places)}
    persons = np.zeros((len(case.places), days), dtype=np.int64)
    for row in case.demand:
        persons[at[row.place]] += row.persons
    for one in moved:
        persons[at[one.place]] -= np.where(one.arrive_s < starts, one.persons, 0)
        persons[at[one.site]] += np.where(one.arrive_s < ends, one.persons, 0)
    kept = np.flatnonzero(persons.any(axis=1))
    places = [case.places[row] for row in kept]
    return Presence(
        places=tuple(place.id for place in places),
        settings=tuple(_setting(place.kind) for place in places),
        persons=persons[kept],
    )


def _setting(kind: PlaceKind) -> Setting:
    return Setting.SITE if kind is PlaceKind.RECEPTION_SITE else Setting.HOME
