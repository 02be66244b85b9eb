"""Everybody out as soon as possible: cars on the ways of a cheapest flow, the rest on links."""

from safepassage.engines.quickest.schedule import Quickest, quickest
from safepassage.engines.quickest.supply import LinkFlow, link_flow

__all__ = ["LinkFlow", "Quickest", "link_flow", "quickest"]
