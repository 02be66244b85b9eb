"""Plans of many cars from flows on ever smaller bins, each on the roads that the one before used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safepassage.domain.network import Int64
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.car_streams.book_flows import Effort, book_flows
from safepassage.engines.car_streams.flows import earliest_flows
from safepassage.engines.car_streams.path_flows import PathFlows
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
    brought out as many as the one before is no plan. All but the first use only roads that carried somebody
    before: on cities a third of all, which takes a third of the time and loses next to nothing. The first
    `skip` flows are booked only if no later one is.
    """
    before: tuple[PathFlows, Int64] | None = None
    booked, most = True, 0
    while bin_s >= LEAST_BIN_S:
        flows, place = earliest_flows(
            problem, direction, bin_s=bin_s, before=before, expired=None if before is None else expired
        )
        vehicles = int(flows.vehicles.sum())
        if vehicles < most or not vehicles:
            break
        most, before, booked = vehicles, (flows, place), not skip
        if booked:
            yield bin_s, book_flows(problem, flows, place, direction=direction, bin_s=bin_s, effort=effort)
        skip, bin_s = max(0, skip - 1), bin_s // 2
    if not booked and before is not None:
        bin_s *= 2
        yield bin_s, book_flows(problem, *before, direction=direction, bin_s=bin_s, effort=effort)
