"""The verifier counts every person and millisecond of shuttles: each limit holds to the last unit."""

from __future__ import annotations

import pytest

from safepassage.domain.shuttle import Shelter
from safepassage_verify.shuttle import check_shuttle
from tests.support.shuttles import document, two_homes

# The first vehicle: 10 s to its first home, a stop of 30 s, one boards in 20 s, 80 s to the second shelter.
ARRIVES_MS = 10_000 + 30_000 + 20_000 + 80_000
ONE = {"pickups": [{"group": 0, "parties": 1}], "shelter": 1}
PLAN = {"tours": [[ONE], []], "left": [2, 2]}


def faults(problem, plan=PLAN):
    return check_shuttle(problem, plan).violations


def changed(**fields):
    """Return two homes whose first row of a table has other fields."""
    problem = document(two_homes())
    for name, values in fields.items():
        problem[name][0] |= values
    return problem


@pytest.mark.parametrize(
    ("until_ms", "late"), [(-1, 0), (0, 1), (ARRIVES_MS - 1, 1), (ARRIVES_MS, 0), (ARRIVES_MS + 1, 0)]
)
def test_a_last_hour_is_kept_to_the_millisecond(until_ms, late):
    assert len(faults(changed(vehicles={"until_ms": until_ms}))) == late


@pytest.mark.parametrize(("shelter", "wrong"), [(-1, 1), (0, 0), (1, 0), (2, 1)])
def test_a_trip_ends_at_a_shelter_that_there_is(shelter, wrong):
    plan = {"tours": [[{**ONE, "shelter": shelter}], []], "left": [2 + wrong, 2]}
    assert len(faults(document(two_homes()), plan)) == wrong


@pytest.mark.parametrize(("seats", "short"), [(0, 1), (1, 0), (2, 0)])
def test_a_vehicle_is_full_to_the_last_seat(seats, short):
    assert len(faults(changed(vehicles={"seats": seats}))) == short


@pytest.mark.parametrize(("room", "over"), [(-1, 0), (0, 1), (1, 0)])
@pytest.mark.parametrize("hard", [False, True])
def test_a_shelter_is_full_to_the_last_person(room, over, hard):
    shelters = (Shelter(capacity_persons=3), Shelter(capacity_persons=room, hard=hard))
    verdict = check_shuttle(document(two_homes(shelters=shelters)), PLAN)
    assert (verdict.over_persons, len(verdict.violations)) == (over, over * hard)


@pytest.mark.parametrize(("left", "wrong"), [([2, 2], 0), ([1, 2], 1), ([3, 2], 1), ([2, -1], 1)])
def test_everybody_is_fetched_once_or_left(left, wrong):
    assert len(faults(document(two_homes()), {"tours": [[ONE], []], "left": left})) == wrong


@pytest.mark.parametrize(("parties", "wrong"), [(0, 1), (1, 0)])
def test_a_stop_fetches_somebody(parties, wrong):
    stop = {"group": 1, "parties": parties}
    plan = {"tours": [[{**ONE, "pickups": [*ONE["pickups"], stop]}], []], "left": [2, 2 - parties]}
    assert len(faults(document(two_homes()), plan)) == wrong


@pytest.mark.parametrize(("leg", "missing"), [(-1, 1), (0, 0)])
@pytest.mark.parametrize("name", ["first", "out_ms", "between_ms", "home_ms"])
def test_a_way_that_does_not_exist_is_told_from_one_without_length(name, leg, missing):
    problem = document(two_homes())
    if name == "first":
        problem["vehicles"][0]["first_ms"] = [leg, 40_000]
    else:
        problem["travel"][name][0][1] = leg
    first = {"pickups": [{"group": 0, "parties": 1}], "shelter": 0}
    both = {"pickups": [{"group": 0, "parties": 1}, {"group": 1, "parties": 1}], "shelter": 0}
    second = {"pickups": [{"group": 1, "parties": 1}], "shelter": 0}
    tours = {"out_ms": [first, second], "between_ms": [both], "home_ms": [ONE], "first": [ONE]}[name]
    gone = [0, 0]
    for trip in tours:
        for pickup in trip["pickups"]:
            gone[pickup["group"]] += 1
    plan = {"tours": [tours, []], "left": [3 - gone[0], 2 - gone[1]]}
    assert len(faults(problem, plan)) == missing


@pytest.mark.parametrize(("tours", "wrong"), [(2, 0), (3, 1)])
def test_there_are_no_more_tours_than_vehicles(tours, wrong):
    plan = {"tours": [[ONE], [], []][:tours], "left": [2, 2]}
    assert len(faults(document(two_homes()), plan)) == wrong


def test_what_a_plan_is_worth_is_counted_by_hand():
    """Two trips: the second begins when the first is unloaded, 30 s and the 20 s of boarding later."""
    second = {"pickups": [{"group": 1, "parties": 2}], "shelter": 0}
    problem = document(two_homes())
    verdict = check_shuttle(problem, {"tours": [[ONE, second], []], "left": [2, 0]})
    arrived = ARRIVES_MS + 30_000 + 20_000 + 70_000
    last = arrived + 30_000 + 2 * 20_000 + 90_000
    pickup = problem["rules"]["waits_until"] == "pickup"
    assert verdict.violations == ()
    assert verdict.waiting == (10_000 + 2 * arrived if pickup else ARRIVES_MS + 2 * last)
    assert (verdict.last_ms, verdict.left_persons, verdict.over_persons) == (last, 2, 0)
    assert verdict.value == verdict.waiting + 5 * last
