"""The goods, norms and groups of a case: the built-in ones, and those of the case in their place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from safepassage.domain.aid.commodity import Commodity, Norm
from safepassage.domain.aid.norms import COMMODITIES, NORMS
from safepassage.domain.aid.people_groups import Composition, GroupShare, composition
from safepassage.domain.case import Demand


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def catalogue(own: Iterable[Commodity]) -> tuple[Commodity, ...]:
    """Return all commodities of a case, built-in ones first."""
    return _merged(COMMODITIES, own)


def norms(own: Iterable[Norm], *, water_l_person_day: int, food_g_person_day: int) -> tuple[Norm, ...]:
    """Return all norms of a case.

    `water_l_person_day` is all water including what is drunk, `food_g_person_day` the dry ration: the
    settings of the case, unless a norm of its own says otherwise.
    """
    drinking = next(norm.amount_milli for norm in NORMS if norm.id == "drinking_water")
    set_by_case = {
        "water": max(0, water_l_person_day * 1_000 - drinking),
        "food_ration": food_g_person_day,
    }
    built_in = tuple(
        replace(norm, amount_milli=set_by_case.get(norm.id, norm.amount_milli)) for norm in NORMS
    )
    return _merged(built_in, own)


def composition_of(shares: Iterable[GroupShare], demand: Iterable[Demand]) -> Composition:
    """Return which share of the people of each place belongs to which group; a count is one of the demand."""
    people: dict[str, int] = {}
    for row in demand:
        people[row.place] = people.get(row.place, 0) + row.persons
    return composition(shares, people)


def _merged(built_in: Iterable[_T], own: Iterable[_T]) -> tuple[_T, ...]:
    found = {row.id: row for row in built_in}
    found.update({row.id: row for row in own})
    return tuple(found.values())
