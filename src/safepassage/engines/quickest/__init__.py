"""Everybody out as soon as possible: cars on the ways of a cheapest flow, the rest on links."""

from safepassage.engines.quickest.schedule import Quickest, quickest
from safepassage.engines.quickest.supply import LinkFlow, link_flow
from safepassage.kernels.booking import slot_booking
from safepassage.kernels.flow_over_time.ahead import load_sweeps

__all__ = ["LinkFlow", "Quickest", "link_flow", "load_loops", "quickest"]


def load_loops() -> None:
    """Load the loops of flows over time and of booking ahead; else they are on their first call."""
    load_sweeps()
    slot_booking.load()
