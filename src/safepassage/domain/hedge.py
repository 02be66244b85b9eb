"""Plans made with many worlds in mind beside the plan of the case, in the same worlds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Care(StrEnum):
    """What a plan is chosen by: persons out on average over worlds, or in the worst tenth of them."""

    MEAN = "mean"
    TAIL = "tail"


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeRow:
    """A plan in worlds it was chosen by (`in_`) and in fresh ones: persons out, mean and worst tenth.

    `gain` is the mean over fresh worlds of persons more out than with the plan of the case in the same
    world, `low` and `high` hold nine tenths of its resampled means; `tail_gain` compares the worst tenths.
    `all_out` are fresh worlds in which all who come are out in every direction. `unserved` and `last_s` are
    what the plan says where all is as reported.
    """

    words: str
    unserved: int
    last_s: int
    in_mean: int
    in_tail: int
    mean: int
    tail: int
    all_out: int
    gain: int
    low: int
    high: int
    tail_gain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeSheet:
    """Plans of one case under worlds; the first is the plan of the case, `picked` the one that is written.

    `optimism` is how much better the picked plan looked in the worlds it was chosen by than in fresh ones,
    in persons of what it was chosen by.
    """

    care: Care
    worlds: int
    fresh: int
    seed: int
    rows: tuple[HedgeRow, ...]
    picked: int
    optimism: int
