"""What the plan would be without a road, without forks, or with the lane that leads in."""

from safepassage.engines.what_if.convergent import converged, departures, forks, junctions
from safepassage.engines.what_if.lanes import borrowed
from safepassage.engines.what_if.stretches import closed, in_use

__all__ = ["borrowed", "closed", "converged", "departures", "forks", "in_use", "junctions"]
