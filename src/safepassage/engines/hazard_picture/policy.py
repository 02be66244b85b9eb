"""The numbers that turn claims into hazard: each is practice, named, and shown beside what it does."""

from __future__ import annotations

from typing import NamedTuple

from safepassage.domain.claims.words import PlacePrecision, Predicate

HOUR_S = 3_600
PPM = 1_000_000


class Kind(NamedTuple):
    """How one kind of event harms travellers.

    `reach_m` is how far it harms; `p` the probability of harm to somebody within reach while it goes on;
    `half_life_h` (optimistic, expected, precautionary) how fast it fades, None: only a person ends it.
    """

    reach_m: int
    p: float
    half_life_h: tuple[float, float, float] | None


KINDS: dict[Predicate, Kind] = {
    Predicate.SHELLING: Kind(1_000, 0.10, (6, 9, 12)),
    Predicate.AIR_OR_DRONE_ATTACK: Kind(1_500, 0.10, (8, 12, 18)),
    Predicate.SMALL_ARMS_FIRE: Kind(800, 0.10, (8, 12, 18)),
    Predicate.FIRE_ON_EVACUEES: Kind(1_500, 0.20, (24, 48, 96)),
    Predicate.EXPLOSIVE_HAZARD: Kind(500, 0.20, None),
    Predicate.LOOTING: Kind(2_000, 0.02, (36, 48, 72)),
}
RADIUS_M: dict[PlacePrecision, int] = {
    PlacePrecision.EXACT: 1_000,
    PlacePrecision.NEAR: 5_000,
    PlacePrecision.DISTRICT: 25_000,
    PlacePrecision.PROVINCE: 100_000,
}
"""How far from the named point the event may have been; what is named less exactly is not put on a map."""
REGION_WIDE = frozenset({Predicate.FIRE_ON_EVACUEES})
"""Allegations against a class of movement: they keep a precautionary floor and do not dilute to nothing."""
FLOOR_PPM = 20_000
"""That floor: one in fifty, wherever the allegation reaches, until somebody answers it."""
UNREVIEWED_P = 0.3
"""A claim nobody has reviewed counts as so probable at most, and in the precautionary layer only."""
MOST_UNREVIEWED = 5
"""Events of one source and day that may raise the precautionary layer before anybody reviewed them."""
MOST_UNREVIEWED_ARCS = 100
"""Directed stretches of road on which one source may raise it on one day; those closest to the place."""
PRIOR_P = 0.3
"""Probability of a reported event before its reporters are weighed (simulated and field reports: 0.2-0.4)."""
SLICES = 6
"""A fading hazard is held constant over so many stretches of the grid, each at its highest value."""
LEAST_PPM = 100
"""A hazard that has faded below one in ten thousand is left out."""

PSEUDO_REPORTS = 10.0
RATES: dict[str, tuple[float, float]] = {
    "A": (0.90, 0.03), "B": (0.80, 0.08), "C": (0.70, 0.20), "D": (0.60, 0.35), "E": (0.50, 0.45),
    "F": (0.60, 0.30),
}  # fmt: skip
"""By source letter: how often such a source affirms an event that is so, and one that is not (practice)."""
CREDIBILITY = {1: 0.25, 2: 0.5, 3: 1.0, 4: 1.5, 5: 2.0, 6: 1.0}
"""How the information number changes the false alarms of the letter (practice)."""
SERVES_FALSE, AGAINST_FALSE = 2.0, 0.25
"""False alarms are so many times as frequent where a claim serves its side, and so much rarer against it."""
