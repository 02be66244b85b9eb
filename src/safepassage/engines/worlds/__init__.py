"""A plan in many worlds: draws that keep to the reports, simple recourse, and what to confirm first."""

from safepassage.engines.worlds.evaluate import Outcomes, Question, evaluated, forced, slices
from safepassage.engines.worlds.facts import Reported, facts
from safepassage.engines.worlds.hedges import with_margin
from safepassage.engines.worlds.movements import Movements, movements
from safepassage.engines.worlds.sheet import PAIRED, doubts, interval, sheet

__all__ = [
    "PAIRED", "Movements", "Outcomes", "Question", "Reported", "doubts", "evaluated", "facts", "forced",
    "interval", "movements", "sheet", "slices", "with_margin",
]  # fmt: skip
