"""How much memory a benchmark has taken."""

from __future__ import annotations

import resource
import sys


def rss_mb() -> float:
    """Return the largest memory of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak / (2**20 if sys.platform == "darwin" else 2**10))
