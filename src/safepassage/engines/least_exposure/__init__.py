"""Least exposure of own vehicles by a stated time: plans, and prices that prove how good they are."""

from safepassage.engines.least_exposure.find import CarPlan, LeastExposure
from safepassage.engines.least_exposure.prove import Proof
from safepassage.engines.least_exposure.roads import Roads

__all__ = ["CarPlan", "LeastExposure", "Proof", "Roads"]
