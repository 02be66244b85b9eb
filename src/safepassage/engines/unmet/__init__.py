"""What is not delivered: the cheapest thing that would bring it, in words."""

from __future__ import annotations

from safepassage.engines.unmet.fixes import fixes_of

__all__ = ["fixes_of"]
