"""Plans of many cars from flows on ever smaller bins, each on the roads that the one before used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.car_streams.book_flows import Effort, book_flows
from safepassage.engines.car_streams.flows import EarliestFlows, earliest_flows
from safepassage.engines.car_streams.streams import BookedCars

LEAST_BIN_S = 10


def refined(
    problem: PlanningProblem,
    direction: str,
    *,
    bin_s: int,
    effort: Effort,
    skip: int = 0,
    expired: Callable[[], bool] | None = None,
) -> Iterator[tuple[int, BookedCars]]:
    """Yield (seconds of a bin, booked cars), the bins of each half as wide as those before.

    The first flow is carried through whatever the time; later ones end with `expired`, and one that has not
    brought out as many as the one before is no plan. All but the first use only roads that the one before or
    steady flows use: on cities a third of all, which takes a third of the time and loses next to nothing. The
    first `skip` flows are booked only if no later one is.
    """
    before: EarliestFlows | None = None
    booked, most = True, 0
    while bin_s >= LEAST_BIN_S:
        found = earliest_flows(
            problem, direction, bin_s=bin_s, before=before, expired=None if before is None else expired
        )
        vehicles = int(found.flows.vehicles.sum())
        if vehicles < most or not vehicles:
            break
        most, before, booked = vehicles, found, not skip
        if booked:
            yield bin_s, _booked(problem, found, direction, bin_s, effort)
        skip, bin_s = max(0, skip - 1), bin_s // 2
    if not booked and before is not None:
        bin_s *= 2
        yield bin_s, _booked(problem, before, direction, bin_s, effort)


def _booked(
    problem: PlanningProblem, found: EarliestFlows, direction: str, bin_s: int, effort: Effort
) -> BookedCars:
    return book_flows(problem, found.flows, found.place, direction=direction, bin_s=bin_s, effort=effort)
