"""Plans side by side that trade exposure against clearance: which weigh it how, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Stay(NamedTuple):
    """Decided persons on an arc, or waiting for it, in [from_s, until_s)."""

    arc: int
    from_s: int
    until_s: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """How much a plan shuns exposure.

    `weight` is how many seconds of detour one second at certain hazard is worth when ways are looked for,
    `price` how many seconds of later arrival when one is chosen; no journey made anew exceeds `cap_ppm_s`
    (None: the cap of the case).
    """

    weight: int
    price: int = 0
    cap_ppm_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worths:
    """What a plan is worth: persons left, last arrival, person-seconds, and exposure in person·ppm·s.

    `expected` and `tail` are over sampled worlds, in which what may be harmful is so or is not: the mean,
    and the mean of the worst tenth. `least` is what these persons are exposed to at least, whichever open
    ways they take and whenever, with the hazard that is planned with.
    """

    unserved: int
    clearance_s: int
    person_s: int
    exposure: int
    layers: tuple[int, int, int] | None
    expected: int
    tail: int
    least: int

    @property
    def traded(self) -> tuple[int, ...]:
        """What plans are compared by: clearance, person-seconds, expected exposure, exposure in the tail."""
        return self.clearance_s, self.person_s, self.expected, self.tail

    @property
    def clearance_and_exposure(self) -> tuple[int, ...]:
        """What remains when it does not matter how early people arrive on average."""
        return self.clearance_s, self.expected, self.tail


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """One plan of a frontier: its number, from 1 on in order of clearance, how it leans, what it is worth."""

    number: int
    leaning: Leaning
    worth: Worths


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Plans of which none is better than another in everything; all serve as many as the plan of the case.

    `order` is the objectives that picked it, one after the other, each leaving what lies within
    `slack_percent` of its best (empty: nobody chose by objectives).
    `tried` plans were made, `fewer` of them served fewer persons and were left out; `worlds` were drawn with
    `seed`. `picked` is the number of the plan that is written; `narrow` are the numbers of those that none
    betters in clearance and exposure alone.
    """

    points: tuple[FrontierPoint, ...]
    tried: int
    fewer: int
    worlds: int
    seed: int
    picked: int
    narrow: tuple[int, ...]
    order: tuple[str, ...] = ()
    slack_percent: int = 0
