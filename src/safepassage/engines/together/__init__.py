"""Whether plans that were made apart, each as if alone, fit on the roads together."""

from safepassage.engines.together.shared import road_hours, shared_hours

__all__ = ["road_hours", "shared_hours"]
