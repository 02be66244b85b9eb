"""Bus plans that can be followed by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.domain.bus_problem import BusFleet, BusProblem, Dwell
from safepassage.engines.buses.solve import improve
from safepassage.formats.plan import bus_instance

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


def solved(problem, **options):
    *_, outcome = improve(problem, **options)
    return outcome


def one_line(**changes):
    """One yard, one pick-up 10 s away, one site 100 s further."""
    base = {
        "fleets": (BusFleet(yard=0, buses=1, seats=30),),
        "persons": (60,),
        "capacity_persons": (-1,),
        "yard_to_pickup_s": np.array([[10]]),
        "pickup_to_site_s": np.array([[100]]),
        "site_to_pickup_s": np.array([[80]]),
    }
    return BusProblem(**base | changes)


def test_one_bus_goes_twice():
    outcome = solved(one_line())
    assert outcome.plan.last_arrival_s == outcome.bound_s == 10 + 100 + 80 + 100
    assert outcome.proof.horizon_s + 1 == outcome.bound_s
    assert outcome.optimal
    assert [(s.kind.value, s.arrival_s, s.persons) for s in outcome.plan.runs[0].stops] == [
        ("pickup", 10, 30), ("site", 110, 30), ("pickup", 190, 30), ("site", 290, 30),
    ]  # fmt: skip


def test_loading_that_grows_with_people_is_shared_between_buses():
    """Two buses of 30 seats and 40 persons: 20 each is quicker than 30 and 10."""
    problem = one_line(
        fleets=(BusFleet(yard=0, buses=2, seats=30),), persons=(40,),
        dwell=Dwell(load_base_s=5, load_per_person_s=3),
    )  # fmt: skip
    outcome = solved(problem)
    assert outcome.plan.last_arrival_s == outcome.bound_s == 10 + 5 + 3 * 20 + 100


def test_a_late_large_bus_and_an_early_small_one():
    fleets = (
        BusFleet(yard=0, buses=1, seats=10),
        BusFleet(yard=0, buses=1, seats=50, available_from_s=150),
    )
    assert solved(one_line(fleets=fleets)).plan.last_arrival_s == 150 + 10 + 100


def test_a_full_site_sends_people_on():
    problem = BusProblem(
        fleets=(BusFleet(yard=0, buses=2, seats=30),), persons=(60,), capacity_persons=(45, 45),
        yard_to_pickup_s=np.array([[1]]), pickup_to_site_s=np.array([[10, 50]]),
        site_to_pickup_s=np.array([[10], [50]]),
    )  # fmt: skip
    outcome = solved(problem)
    assert outcome.plan.last_arrival_s == outcome.bound_s == 51
    at_site = {s.position: 0 for r in outcome.plan.runs for s in r.stops if s.kind.value == "site"}
    assert set(at_site) == {0, 1}


def test_an_empty_bus_passes_through_where_that_is_quicker():
    """The second pick-up is 10 away directly, 1 + 2 + 5 by way of the first and the second site."""
    text = "2 1\n1 2\n2 4 3 1\n2 11 8 3\n\n1 1 10\n\n1 6 2\n2 9 5\n"
    passing, direct = (bus_instance.read(text, through=through) for through in (True, False))
    assert solved(passing).plan.last_arrival_s == solved(direct).plan.last_arrival_s == 13
    lonely = replace(passing, persons=(0, 1))
    outcome = solved(lonely)
    assert outcome.plan.last_arrival_s == outcome.bound_s == 8 + 5
    assert [(s.kind.value, s.position, s.persons) for s in outcome.plan.runs[0].stops] == [
        ("pickup", 0, 0), ("site", 1, 0), ("pickup", 1, 1), ("site", 1, 1),
    ]  # fmt: skip
    assert solved(replace(lonely, through=False)).plan.last_arrival_s == 10 + 5


def test_nobody_needs_no_bus_and_no_time():
    outcome = solved(one_line(persons=(0,)))
    assert (outcome.plan.runs, outcome.bound_s, outcome.optimal) == ((), 0, True)


def test_people_whom_no_bus_can_bring_anywhere_leave_no_plan():
    assert solved(one_line(pickup_to_site_s=np.array([[-1]]))).plan is None
    assert solved(one_line(capacity_persons=(59,))).plan is None
    assert solved(one_line(fleets=())).plan is None
    assert not solved(one_line(fleets=())).optimal
