"""From persons to needs: who is where on which day, and what that takes by the norms."""

from __future__ import annotations

from safepassage.engines.needs.arithmetic import needs_of
from safepassage.engines.needs.cover import Cover, cover_of
from safepassage.engines.needs.presence import Moved, presence_of
from safepassage.engines.needs.room import rooms_of

__all__ = ["Cover", "Moved", "cover_of", "needs_of", "presence_of", "rooms_of"]
