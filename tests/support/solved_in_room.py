"""Work whose solvers answer in a room: each function prepares a case by its seed and returns what solves it.

What is returned yields, of every plan that is made with a room, whether it is verified and has its bounds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from safepassage.casework.solver_room import SolverRoom, nothing
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.quick_look import OffRoadLink, QuickLook
from safepassage.domain.situation import Situation
from safepassage.engines.pricing import Priced
from safepassage.estimating import Estimated, make_estimate
from safepassage.formats.claims import ledger_json
from safepassage.planning import Announced, Planned, StoppingRule, make_plan
from safepassage.testing.small_cases import random_small_case
from safepassage.web.desk import planning_process
from safepassage.web.desk.packed_lines import packed
from safepassage.web.desk.planner import MadePlan, Order
from tests.support.planned import verdict_on, written
from tests.support.town import SOUTH, STEP, WEST, square, town

Solve = Callable[[SolverRoom], Iterator[bool]]
WORK = 10**6


class Pipe:
    """Takes what a planner sends; nothing newer comes."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send(self, message: tuple[str, dict[str, Any]]) -> None:
        """Keep a message."""
        self.sent.append(message)

    def poll(self) -> bool:
        """Say that there is nothing."""
        return False


def _stop(room: SolverRoom) -> StoppingRule:
    return StoppingRule(work=WORK, prices=partial(room.prices, nothing), bounds=room.bounds)


def _holds(made: Planned | Estimated) -> bool:
    bounded = all(d.clearance_s is None or d.clearance_bound_s is not None for d in made.plan.directions)
    return verdict_on(written(made)).verified and bounded


def planned_anew(seed: int) -> Solve:
    """Prepare a small case to be planned."""
    case, network = random_small_case(seed)

    def solve(room: SolverRoom) -> Iterator[bool]:
        yield _holds(make_plan(network, Situation(case=case), stop=_stop(room)))

    return solve


def _unpriced(_problem: PlanningProblem) -> Priced | None:
    return None


def _announced(seed: int) -> tuple[Any, Any, Planned]:
    """Return a small case with a plan that was made without a solver, so that a room can still be copied."""
    case, network = random_small_case(seed)

    def bounds(problem: PlanningProblem, served: Any, /, **options: Any) -> Any:
        from safepassage.engines.bounds import certify

        return certify(problem, served, **options, solver=False)

    stop = StoppingRule(work=WORK, prices=_unpriced, bounds=bounds)
    return case, network, make_plan(network, Situation(case=case), stop=stop)


def gone_on(seed: int) -> Solve:
    """Prepare a plan that is gone on from once a quarter of its hours are over."""
    case, network, first = _announced(seed)
    now_s = case.settings.horizon_s // 4
    announced = Announced(problem=first.problem, schedule=first.plan.schedule, now_s=now_s)

    def solve(room: SolverRoom) -> Iterator[bool]:
        yield _holds(make_plan(network, Situation(case=case), stop=_stop(room), announced=announced))

    return solve


def estimated(seed: int) -> Solve:
    """Prepare a quick look at an area with a train."""
    network = town(Path(tempfile.mkdtemp()))
    train = OffRoadLink(
        name="station", mode="train", lat_e7=round((SOUTH + 5 * STEP) * 1e7),
        lon_e7=round((WEST + 5 * STEP) * 1e7), travel_s=2_400, departures=((2_700, 150), (7_200, 150)),
    )  # fmt: skip
    look = QuickLook(area_name="the middle", area=((square(),),), persons=3_000 + seed, links=(train,))

    def solve(room: SolverRoom) -> Iterator[bool]:
        found = make_estimate(network, look, begin=room.begin, have_loaded=room.ahead)
        assert isinstance(found, Estimated)
        yield _holds(found)

    return solve


def behind_the_pages(seed: int) -> Solve:
    """Prepare a plan that the planner behind the pages goes on from; it verifies whatever it hands over."""
    case, network, first = _announced(seed)
    documents = written(first)
    made = MadePlan(sha256="", revision=0, stage="whole", documents=documents, seconds=0.0)
    ledger = (packed(ledger_json.write(())),)
    orders = [
        Order(revision=0, ledger=ledger, events=()),
        Order(revision=1, ledger=ledger, events=(), announced=made, now_s=case.settings.horizon_s // 4),
    ]

    def solve(room: SolverRoom) -> Iterator[bool]:
        for order in orders:
            pipe = Pipe()
            bench = planning_process.Bench(pipe, case, network, room)
            bench.answer(order.plain())
            plans = [row for word, row in pipe.sent if word == "plan"]
            yield bool(plans)
            for row in plans:
                yield all(d["clearance_s"] is None or d["bound_s"] is not None for d in row["directions"])

    return solve
