"""Prices on what people share, and the upper limit they prove for every plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Runs = tuple[tuple[int, int], ...]
"""(step, price) rows: from that step on the price holds; before the first it is 0."""


Visit = tuple[tuple[str, int, int], int, int]
"""((direction, node, release), position of the site, arrival second)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcPrice:
    """What an entry of one arc costs: `persons` a head, `road` per thousand mveh, by step."""

    arc: int
    persons: Runs
    road: Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePrice:
    """What an arrival at a reception site costs, per person."""

    site: str
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPrice:
    """What a vehicle pays for a person of one direction, kind of place, pick-up and release."""

    direction: str
    commodity: str
    node: int
    release_s: int
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSheet:
    """Whole, non-negative prices for gains counted in person-seconds before the horizon.

    Every arc listed is passed at its price; a sheet lists all links, so an arc may stand here at no price.
    """

    step_s: int
    arcs: tuple[ArcPrice, ...]
    sites: tuple[SitePrice, ...]
    people: tuple[PersonPrice, ...]

    def __post_init__(self) -> None:
        prices = [*(row.price for row in self.sites), *(row.price for row in self.people)]
        prices += [price for row in self.arcs for runs in (row.persons, row.road) for _, price in runs]
        if self.step_s < 1 or min(prices, default=0) < 0:
            raise ValueError("a step lasts at least a second, and no price is negative")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SeatGuide:
    """What a place of one kind in vehicles of one weight can still gain, by step.

    `ready[node]` is the column of `worth` (steps + 1, n_nodes) for an empty vehicle ready at a node;
    `pickup[direction, node, release_s]` that of `ride` (what a place gains from boarding there on),
    `arrive_s` and `site` (arrival and position of the site; -1: none), all (steps, n_pickups).
    """

    ready: Mapping[int, int]
    worth: Any
    pickup: Mapping[tuple[str, int, int], int]
    ride: Any
    arrive_s: Any
    site: Any


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Guide:
    """Prices with what follows from them, for whoever decides where a vehicle goes next.

    `fleet_of[kind, weight_kg, last arrival]` is the position of a vehicle's fleet in `seats`; `sites` are ids
    by position. `tours[fleet, base, available from]` are (places, rides) rows. `parked[direction, node,
    release]` says how many of the persons in own cars the program brings to which site.
    """

    sheet: PriceSheet
    sites: tuple[str, ...]
    fleet_of: Mapping[tuple[str, int, int], int]
    seats: tuple[SeatGuide, ...]
    tours: Mapping[tuple[int, int, int], tuple[tuple[float, tuple[Visit, ...]], ...]]
    parked: Mapping[tuple[str, int, int], Mapping[str, float]]

    @property
    def tolls(self) -> dict[str, int]:
        """Return what a place at each priced site is worth to others, in seconds of a person."""
        return {row.site: row.price for row in self.sheet.sites}
