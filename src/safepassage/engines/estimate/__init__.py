"""What an area, its people and a road network make together: a case for the quick look."""

from safepassage.engines.estimate.prepare import Prepared, prepare

__all__ = ["Prepared", "prepare"]
