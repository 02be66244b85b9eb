"""A plan in a simulator of traffic: what it is told, and what came of the plan there."""

from safepassage.engines.simulate.sheet import Setting, records, sheet
from safepassage.engines.simulate.traffic import traffic

__all__ = ["Setting", "records", "sheet", "traffic"]
