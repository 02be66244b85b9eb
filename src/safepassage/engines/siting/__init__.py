"""Where to stand: sites for people on foot, each answer with a bound no other choice goes below."""

from __future__ import annotations

from safepassage.engines.siting.solve import site
from safepassage.engines.siting.walking import Walkers, walking_problem

__all__ = ["Walkers", "site", "walking_problem"]
