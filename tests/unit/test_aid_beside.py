"""What is searched beside, in another process, is what would be found here."""

from __future__ import annotations

import pickle

import pytest

import safepassage.casework.many_workers  # noqa: F401 - lets values of the domain travel
from safepassage.domain.crew import at_once
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
