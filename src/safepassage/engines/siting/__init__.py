"""Where to stand: sites for people on foot, each answer with a bound no other choice goes below."""

from __future__ import annotations

from safepassage.engines.siting.solve import site
from safepassage.engines.siting.walking import walking_problem

__all__ = ["site", "walking_problem"]
