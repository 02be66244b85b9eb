"""A plan in many worlds: draws that keep to the reports, simple recourse, and what to confirm first."""

from safepassage.engines.worlds.evaluate import Outcomes, Question, evaluated, slices
from safepassage.engines.worlds.facts import facts
from safepassage.engines.worlds.movements import Movements, movements
from safepassage.engines.worlds.sheet import sheet

__all__ = ["Movements", "Outcomes", "Question", "evaluated", "facts", "movements", "sheet", "slices"]
