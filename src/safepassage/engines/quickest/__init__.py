"""Everybody out as soon as possible: cars on the ways of a cheapest flow, the rest on links."""

from safepassage.engines.quickest.schedule import Quickest, quickest

__all__ = ["Quickest", "quickest"]
