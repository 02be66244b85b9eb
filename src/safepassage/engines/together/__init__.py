"""Whether plans that were made apart, each as if alone, fit together, and shares that make them fit."""

from safepassage.engines.together.ahead import most_ahead
from safepassage.engines.together.shared import region_use, road_hours, shared_hours, shared_sites
from safepassage.engines.together.sharing import limited, next_shares

__all__ = [
    "limited", "most_ahead", "next_shares", "region_use", "road_hours", "shared_hours", "shared_sites",
]  # fmt: skip
