"""From a ledger of claims to what it means for travellers: events with a range, and closures."""

from safepassage.engines.hazard_picture.closing import can_weigh
from safepassage.engines.hazard_picture.in_case import in_case, ring_e7
from safepassage.engines.hazard_picture.on_roads import Roads, delta, field, narrowed
from safepassage.engines.hazard_picture.picture import picture

__all__ = ["Roads", "can_weigh", "delta", "field", "in_case", "narrowed", "picture", "ring_e7"]
