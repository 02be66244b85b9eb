"""Worlds that a plan may meet: what is uncertain, how probable it is, and what comes of the plan in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PPM, PERMILLE = 1_000_000, 1_000


class FactKind(StrEnum):
    """What an uncertain fact does where it is true."""

    HAZARD = "hazard"
    """An event that harms travellers on the arcs it lies on."""
    SHUT = "shut"
    """A stretch of road or a crossing that cannot be passed at all."""
    EARLY = "early"
    """A crossing whose party closes each window before its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is true in a world or is not.

    `ppm` are its probabilities in the low, central and high figures. `voices` stand behind it: origins, or
    sides whose origins speak as one. Facts of one voice alone stand or fall together: one draw decides them,
    so the more probable is true wherever the less probable is. So do versions of one `zone`, whoever tells.
    """

    id: str
    kind: FactKind
    words: str
    arcs: tuple[int, ...]
    ppm: tuple[int, int, int]
    voices: tuple[str, ...] = ()
    zone: str = ""

    def __post_init__(self) -> None:
        low, central, high = self.ppm
        if not 0 <= low <= central <= high <= PPM:
            raise ValueError("the probabilities of a fact must grow from low over central to high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What no report says and a world must have: assumptions of this project, to be reviewed by planners.

    Probabilities in ppm, shares in permille. A world draws the low, central or high figures of reports with
    weights 1, 2 and 1.
    """

    unknown_ppm: int = 200_000
    """A road whose status nobody knows is shut."""
    restricted_ppm: int = 50_000
    """A road reported as restricted turns out to be shut."""
    shut_gate_ppm: int = 30_000
    """A crossing is shut all day though it was announced as open."""
    shut_road_ppm: int = 10_000
    """A stretch that many must use is impassable and nobody has reported it."""
    early_ppm: int = 100_000
    """A party closes the windows of a crossing early."""
    early_share_most: int = 500
    """It then cuts up to this share off the end of each window (uniform)."""
    breakdown_day_ppm: int = 20_000
    """A vehicle of the fleet fails within a day of duty."""
    stay_share_most: int = 200
    """Of those who said they would leave a place, up to this share stay after all (uniform by place)."""
    carless_share_most: int = 0
    """Of those counted as coming in a car of their own, up to this share have none (uniform by place).

    They take the seats of those who stay, in the same direction; beyond these they are left behind."""
    undecided_share_most: int = 1_000
    """Of the undecided for whom room is held, up to this share come (uniform by place)."""
    slow_share_most: int = 400
    """Everybody is slower by up to this share in a world (uniform), and each stretch by as much again."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value, is_share = getattr(self, name), name.endswith("_share_most")
            if not 0 <= value <= (PERMILLE if is_share else PPM):
                most = "a share lies between 0 and 1,000 permille" if is_share else "a probability in ppm"
                raise ValueError(f"{name}: {most}, not {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionInWorlds:
    """One direction of a plan over all worlds.

    `planned` persons are served by the plan; `came_mean` of them want to leave on average. In `all_out`
    worlds every one of them who came arrives; `by` are (second, worlds in which all had arrived by then),
    `out_by` are (second, persons out by then on average, and in the worst tenth of worlds for that second).
    `out` are persons out on average, in the worst tenth of worlds on average, and at least.
    """

    direction: str
    planned: int
    came_mean: int
    planned_last_s: int
    all_out: int
    by: tuple[tuple[int, int], ...]
    out_by: tuple[tuple[int, int, int], ...]
    out_mean: int
    out_tail: int
    out_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactValue:
    """What a fact does to the plan: persons fewer out where it is true than where it is not.

    Both are asked in the same worlds (`paired` of them), in which nothing else differs. `low` and `high` hold
    nine tenths of 200 resampled means; `worlds` is in how many of all it is true; `weight` orders facts:
    probability of either answer times the square of the difference, what knowing it explains.
    """

    fact: Fact
    worlds: int
    paired: int
    difference: int
    low: int
    high: int
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldsSheet:
    """A plan in many worlds."""

    worlds: int
    seed: int
    chances: Chances
    directions: tuple[DirectionInWorlds, ...]
    held: int
    """Places kept for undecided persons, in all directions; so many of them come on average, and are out."""
    undecided_came: int
    undecided_out: int
    broken_mean: int
    """Movements that did not arrive, on average, of `movements`."""
    rerouted_mean: int
    movements: int
    exposure_mean: int
    """Person-seconds in harm on average, and in the worst tenth of worlds."""
    exposure_tail: int
    confirm: tuple[FactValue, ...]
    """What to confirm first."""
