"""How vehicles fetch people in many trips: a plan found by search, and what no plan can undercut.

The kernels behind it are compiled; import this package where it is used, not when the program starts.
"""

from safepassage.engines.shuttle.prices import bound
from safepassage.engines.shuttle.search import plan

__all__ = ["bound", "plan"]
