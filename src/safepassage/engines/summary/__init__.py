"""What a schedule comes to: totals, what it rests on, what limits it, what was not assessed."""

from safepassage.engines.summary.basis import basis, hold, not_assessed
from safepassage.engines.summary.binding import binding
from safepassage.engines.summary.stays import stays, worst_journey_ppm_s
from safepassage.engines.summary.totals import (
    Totals,
    direction_summaries,
    exposure_layers,
    joint_summary,
    totals,
)

__all__ = [
    "Totals",
    "basis",
    "binding",
    "direction_summaries",
    "exposure_layers",
    "hold",
    "joint_summary",
    "not_assessed",
    "stays",
    "totals",
    "worst_journey_ppm_s",
]
