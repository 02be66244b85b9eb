"""Which truck brings what where, on the roads that the evacuation leaves, with a bound."""

from __future__ import annotations

from safepassage.engines.distribution.distribute import distribute

__all__ = ["distribute"]
