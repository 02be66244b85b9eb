"""The hazard picture: what claims mean for travellers, where and when, as a range, with its claims."""

from __future__ import annotations

from dataclasses import dataclass

PPM = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardSlice:
    """Probability of a harmful condition for travellers in [from_s, until_s) of the grid, in ppm.

    Raises
    ------
    ValueError
        When the three values are out of order or out of range, or the slice is empty.
    """

    from_s: int
    until_s: int
    low_ppm: int
    central_ppm: int
    high_ppm: int

    def __post_init__(self) -> None:
        if not 0 <= self.low_ppm <= self.central_ppm <= self.high_ppm <= PPM:
            raise ValueError("a hazard needs 0 <= low <= central <= high <= 1,000,000 ppm")
        if self.until_s <= self.from_s:
            raise ValueError("a slice of time must not be empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardEvent:
    """One harmful event that claims speak of: affirmed, denied or contested; where, when, how probable.

    `belief` is (low, central, high): the probability that it is so. The slices say what that means for
    somebody who travels within `radius_m` of the centre. `reviewed` is False where no person accepted its
    claims: then only the precautionary value is above 0, and `charged` names the sources and days whose room
    for such events it takes.
    """

    id: str
    predicate: str
    place: str
    lat_e7: int
    lon_e7: int
    radius_m: int
    belief: tuple[float, float, float]
    slices: tuple[HazardSlice, ...]
    claims: tuple[str, ...]
    origins: tuple[str, ...]
    reviewed: bool
    contested: bool
    charged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A stretch or crossing that is not used because a claim that a person accepted says so.

    A claim never opens a road: what would open it is named in `against` and stays without effect.
    """

    selector: str
    claims: tuple[str, ...]
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A claim that could matter to travellers and is not on the map: not assessed, never "no hazard"."""

    claim: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardPicture:
    """All events and closures as of a time, and what could not be assessed."""

    events: tuple[HazardEvent, ...]
    closures: tuple[Closure, ...]
    unplaced: tuple[Unplaced, ...]
