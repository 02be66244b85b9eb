"""Which claims contradict, corroborate or restate each other, and what a contested number may be."""

from safepassage.engines.conflicts.relate import relate
from safepassage.engines.conflicts.versions import conflicts

__all__ = ["conflicts", "relate"]
