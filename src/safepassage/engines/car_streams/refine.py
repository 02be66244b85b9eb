"""Flows of many cars on ever smaller bins, each on the roads that the one before used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.car_streams.book_flows import Effort, book_flows
from safepassage.engines.car_streams.flows import EarliestFlows, earliest_flows, with_roads_of
from safepassage.engines.car_streams.streams import BookedCars
from safepassage.kernels.booking.booking import Busy

LEAST_BIN_S = 10
PAIRS = 4
"""Bins less than such a part of the first are opened two at once: a third of the searches fall away for 0.2 s
of the mean arrival. With four at once it is 14 s, for within a stage nobody comes as early as possible."""
EASY = 5_000_000
"""After a search of all roads that looked at fewer points, about a second, the next may use them all too. On
28,000 arcs of Philadelphia (500,000 points) the roads of the first flow cost 4 % of the last arrival."""


class Scout(NamedTuple):
    """Before flow number `flow`, counted from 0, a search on all roads may look at `most_seen` points.

    That reaches through the first part of the time, when most roads are used and few are full, and takes a
    tenth of what a whole flow on all roads would.
    """

    flow: int
    most_seen: int


class Refined(NamedTuple):
    """A flow and the seconds of its bins."""

    bin_s: int
    found: EarliestFlows

    def booked(
        self, problem: PlanningProblem, direction: str, effort: Effort, *, busy: Busy | None = None
    ) -> BookedCars:
        """Return exact passages for the vehicles of the flow, between what others have booked."""
        return book_flows(
            problem, self.found.flows, self.found.place, direction=direction, bin_s=self.bin_s,
            effort=effort, busy=busy,
        )  # fmt: skip


def refined(
    problem: PlanningProblem, direction: str, *, bin_s: int, expired: Callable[[], bool] | None = None,
    easy: int = EASY, scout: Scout | None = None,
) -> Iterator[Refined]:  # fmt: skip
    """Yield flows, the bins of each half as wide as those before.

    The first flow is carried through whatever the time; later ones end with `expired`, and one that has not
    brought out as many as the one before is not yielded.
    Once one was not `EASY` to find, all those after it use only roads that the one before, steady flows or a
    `scout` use: on cities a third of all or less, which takes a third of the time. That loses next to nothing
    on bins that an instance asks for, but parts in a hundred where they were doubled: then the first may look
    at up to `easy` points before the second keeps to roads.
    """
    before: EarliestFlows | None = None
    most, number, pairs_s, everywhere = 0, 0, bin_s // PAIRS, True
    while bin_s >= LEAST_BIN_S or before is None:
        if scout is not None and number == scout.flow and before is not None and not everywhere:
            seen = earliest_flows(
                problem, direction, bin_s=bin_s, before=before, everywhere=True, expired=expired,
                most_seen=scout.most_seen,
            )  # fmt: skip
            before = with_roads_of(before, seen)
        found = earliest_flows(
            problem, direction, bin_s=bin_s, bins_at_once=2 if bin_s < pairs_s else 1, before=before,
            everywhere=everywhere,
            expired=None if before is None else expired,
        )  # fmt: skip
        vehicles = int(found.flows.vehicles.sum())
        if vehicles < most or not vehicles:
            return
        yield Refined(bin_s, found)
        everywhere &= found.looked_at < (easy if before is None else EASY)
        most, before, bin_s, number = vehicles, found, bin_s // 2, number + 1
