"""How many random cases tests look at: a share of them at the desk, more where every change is checked.

`.ci/run` sets SAFEPASSAGE_TESTS=thorough; before a release all are drawn, with SAFEPASSAGE_TESTS=exhaustive.
"""

from __future__ import annotations

import os

EFFORT = os.environ.get("SAFEPASSAGE_TESTS", "")
SHARES = {"thorough": 2, "exhaustive": 1}
"""One in so many examples is drawn; one in four where nothing is set."""
SLOW_SHARE = 3


def examples(every: int) -> int:
    """Return how many of `every` examples to draw: all, half of them or a quarter."""
    return max(1, every // SHARES.get(EFFORT, 4))


def first(seeds: range) -> range:
    """Return the first third of the seeds of a slow test; an exhaustive run looks at all."""
    return seeds if EFFORT == "exhaustive" else seeds[: -(-len(seeds) // SLOW_SHARE)]
