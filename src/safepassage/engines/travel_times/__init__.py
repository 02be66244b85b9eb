"""How long it takes from many places to many others on roads that close and open."""

from __future__ import annotations

from safepassage.engines.travel_times.table import Vehicle, travel_graph, travel_times

__all__ = ["Vehicle", "travel_graph", "travel_times"]
