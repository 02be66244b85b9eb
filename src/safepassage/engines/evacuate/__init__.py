"""Who travels when: a schedule that keeps every rule of the model, made in one deterministic pass."""

from safepassage.engines.evacuate.keep import Earlier
from safepassage.engines.evacuate.schedule import evacuate, last_arrival_share
from safepassage.kernels.booking import burst_loops
from safepassage.kernels.compiled import load as load_loops
from safepassage.kernels.graphs import shortest_paths
from safepassage.kernels.tours import tour_search

__all__ = ["Earlier", "evacuate", "last_arrival_share", "load"]


def load() -> None:
    """Load the loops of searching and booking ahead, and what finds ways; else their first calls do."""
    shortest_paths.load()
    load_loops(
        tour_search.anneal, burst_loops.find_room, burst_loops.leave, burst_loops.sum_up, burst_loops.enter
    )
