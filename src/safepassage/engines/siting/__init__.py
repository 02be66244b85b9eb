"""Where to stand: sites for people on foot, each answer with a bound no other choice goes below."""

from __future__ import annotations

from safepassage.engines.siting.solve import next_sites, site
from safepassage.engines.siting.walking import walking_problem

__all__ = ["next_sites", "site", "walking_problem"]
