"""From a ledger of claims to what it means for travellers: events with a range, and closures."""

from safepassage.engines.hazard_picture.in_case import in_case
from safepassage.engines.hazard_picture.picture import picture

__all__ = ["in_case", "picture"]
