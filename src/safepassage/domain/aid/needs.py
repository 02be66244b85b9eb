"""What people need, by place, day and commodity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.commodity import Commodity, Norm, Setting

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presence:
    """The most persons at a place at one time of each day: `persons` has one row a place, one column a day.

    `settings` says for each place whether people are at home there or at a reception site. Days are counted
    from the start of the case, in local time.
    """

    places: tuple[str, ...]
    settings: tuple[Setting, ...]
    persons: Whole

    def __post_init__(self) -> None:
        if self.persons.shape[0] != len(self.places) or len(self.settings) != len(self.places):
            raise ValueError("a presence has one row of persons and one setting a place")
        if (self.persons < 0).any():
            raise ValueError("persons are counted from 0")


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
