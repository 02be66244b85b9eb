"""What people need, by place, day and commodity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.commodity import PPM, Commodity, Norm, Rhythm, Setting
from safepassage.domain.aid.people_groups import GROUPS, PeopleGroup

Whole = NDArray[np.int64]
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presence:
    """The most persons at a place at one time of each day: `persons` has one row a place, one column a day.

    `settings` says for each place whether people are at home there or at a reception site. Days are counted
    from the start of the case, in local time. `groups` are the persons of a group among them, in millionths
    of a person: people take their share of each group along, and nobody is rounded on the way.
    """

    places: tuple[str, ...]
    settings: tuple[Setting, ...]
    persons: Whole
    groups: Mapping[PeopleGroup, Whole] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.persons.shape[0] != len(self.places) or len(self.settings) != len(self.places):
            raise ValueError("a presence has one row of persons and one setting a place")
        if (self.persons < 0).any():
            raise ValueError("persons are counted from 0")
        if any(micro.shape != self.persons.shape for micro in self.groups.values()):
            raise ValueError("persons of a group have a row a place and a column a day")

    def of(self, group: PeopleGroup | None) -> Whole:
        """Return the persons of a group by place and day, rounded up in each place; None is everybody."""
        if group is None:
            return self.persons
        if group not in self.groups:
            raise ValueError(f"nobody says how many belong to {group}")
        whole: Whole = -(-self.groups[group] // PPM)
        return whole


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NeedsTable:
    """Needs in thousandths of a unit: `amount_milli[place, day, norm]`."""

    presence: Presence
    norms: tuple[Norm, ...]
    commodities: tuple[Commodity, ...]
    amount_milli: Whole

    def by_commodity(self) -> Whole:
        """Return `milli[place, day, commodity]`: the norms of a commodity added up."""
        found = np.zeros((*self.amount_milli.shape[:2], len(self.commodities)), dtype=np.int64)
        at = {commodity.id: position for position, commodity in enumerate(self.commodities)}
        for column, norm in enumerate(self.norms):
            found[:, :, at[norm.commodity]] += self.amount_milli[:, :, column]
        return found

    def heads(self, column: int) -> Whole:
        """Return `persons[place, day]` that the amounts of a norm are for, 0 where it asks for nothing.

        What falls due once is for those who have come since the place was as full.
        """
        norm = self.norms[column]
        persons = self.presence.of(norm.for_group)
        if norm.rhythm is Rhythm.ONCE and persons.shape[1]:
            before = np.maximum.accumulate(persons, axis=1)[:, :-1]
            persons = np.concatenate((persons[:, :1], persons[:, 1:] - before), axis=1)
        found: Whole = -(-np.maximum(1, persons) * norm.share_ppm // PPM)
        return np.where(self.amount_milli[:, :, column] > 0, found, 0)

    def persons_by_commodity(self) -> Whole:
        """Return `persons[place, day, commodity]` that a need is for: the most of its norms."""
        found = np.zeros((*self.amount_milli.shape[:2], len(self.commodities)), dtype=np.int64)
        at = {commodity.id: position for position, commodity in enumerate(self.commodities)}
        for column, norm in enumerate(self.norms):
            into = found[:, :, at[norm.commodity]]
            np.maximum(into, self.heads(column), out=into)
        return found

    def mass_kg(self) -> Whole:
        """Return `kg[place, day]`, rounded up."""
        return self._packed([commodity.mass_g for commodity in self.commodities])

    def volume_l(self) -> Whole:
        """Return `litres[place, day]` that the goods take on a truck, rounded up."""
        return self._packed([commodity.volume_ml for commodity in self.commodities])

    def _packed(self, each: list[int]) -> Whole:
        milli = self.by_commodity() @ np.array(each, dtype=np.int64)
        packed: Whole = -(-milli // 1_000_000)
        return packed


def group_words(groups: frozenset[PeopleGroup | None]) -> tuple[str, ...]:
    """Return the ids of the groups that goods are for, in order; none where they are for everybody too."""
    return () if None in groups else tuple(sorted(group for group in groups if group is not None))


def for_whom(groups: tuple[str, ...]) -> str:
    """Return groups in words; one that nobody here knows by its id."""
    known: dict[str, str] = {group.value: rule.name for group, rule in GROUPS.items()}
    return "; ".join(known.get(group, group) for group in groups) or EVERYBODY
