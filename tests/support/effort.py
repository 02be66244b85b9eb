"""How many random examples a fast test draws: a share of them at the desk, all where every change is checked.

`.ci/run` sets SAFEPASSAGE_TESTS=thorough.
"""

from __future__ import annotations

import os

THOROUGH = os.environ.get("SAFEPASSAGE_TESTS") == "thorough"
SHARE = 4


def examples(every: int) -> int:
    """Return how many of `every` examples to draw: all of them where tests are thorough, else a quarter."""
    return every if THOROUGH else max(1, every // SHARE)
