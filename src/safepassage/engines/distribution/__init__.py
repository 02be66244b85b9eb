"""Which truck brings what where, on the roads that the evacuation leaves, with a bound."""

from __future__ import annotations

from safepassage.engines.distribution.distribute import distribute
from safepassage.engines.distribution.onward import Gone, delivered, gone, onward, since

__all__ = ["Gone", "delivered", "distribute", "gone", "onward", "since"]
