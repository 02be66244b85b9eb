"""What is searched beside, in another process, is what would be found here."""

from __future__ import annotations

import pickle

import pytest

import safepassage.casework.many_workers  # noqa: F401 - lets values of the domain travel
from safepassage.domain.crew import NoAnswerError, at_once
from safepassage.engines.distribution import distribute
from tests.support.district_roads import district_roads


class Other:
    """Does tasks as another process does: jobs and results travel, and nothing else is known there."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, task, job, /):
        self.asked.append(task.__name__)
        result = pickle.dumps(task(pickle.loads(pickle.dumps(job))))
        return lambda: pickle.loads(result)


def planned(trucks, beside):
    problem, roads, windows = district_roads(settlements=16, trucks=trucks, days=2, persons=9_000)
    return distribute(problem, roads, windows=windows, beside=beside)


@pytest.mark.parametrize(("trucks", "searched"), [(2, True), (12, False)])
def test_rounds_are_searched_beside_where_trips_one_by_one_are_not_near_their_bounds(trucks, searched):
    other = Other()
    found = planned(trucks, other)
    assert ("_found_in_rounds" in other.asked) == searched
    here = planned(trucks, at_once)
    for field in ("routes", "trucks", "deliveries", "short", "totals"):
        assert getattr(found, field) == getattr(here, field)


class Losing(Other):
    """Loses what is asked by some names, as when a solver crashes."""

    def __init__(self, *lost: str) -> None:
        super().__init__()
        self.lost = lost

    def __call__(self, task, job, /):
        if task.__name__ not in self.lost:
            return super().__call__(task, job)
        self.asked.append(task.__name__)

        def waits():
            raise NoAnswerError

        return waits


@pytest.mark.parametrize("trucks", [2, 12])
@pytest.mark.parametrize("lost", ["best_of", "most_of", "proved", "_found_in_rounds"])
def test_whatever_is_lost_beside_aid_is_planned_and_bounds_that_are_there_hold(trucks, lost):
    whole = planned(trucks, Other())
    losing = Losing(lost)
    found = planned(trucks, losing)
    assert lost in losing.asked or (trucks, lost) == (12, "_found_in_rounds")
    assert found.deliveries
    assert found.totals.worth_nano <= min(whole.totals.worth_bound_nano, found.totals.worth_bound_nano)
    assert found.totals.worth_nano >= 0.9 * whole.totals.worth_nano
    assert bool(found.bounds) == (lost != "proved")
    if lost == "most_of":
        assert found.deliveries == whole.deliveries
