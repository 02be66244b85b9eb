"""Shuttle problems: what a problem may say, what a plan keeps to, what the checker refuses."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from safepassage.domain.shuttle import (
    PartyGroup,
    Shelter,
    ShuttleProblem,
    ShuttleRules,
    ShuttleTravel,
    ShuttleVehicle,
)
from safepassage.engines import shuttle
from safepassage_verify.shuttle import check_shuttle
from tests.support.shuttles import document, two_homes

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

ANY_NUMBER = Shelter()


def planned(problem, **options):
    plan = shuttle.plan(problem, **{"seed": 1, "moves": 20_000, **options})
    return plan, check_shuttle(document(problem), asdict(plan))


def home(parties, **fields):
    return PartyGroup(place=0, parties=parties, board_ms=20_000, **fields)


def one_home(group, vehicle, shelters=(ANY_NUMBER,), **rules):
    n = len(shelters)
    return ShuttleProblem(
        groups=(group,),
        shelters=shelters,
        vehicles=(vehicle,),
        travel=ShuttleTravel(
            out_ms=np.full((n, 1), 60_000),
            between_ms=np.zeros((1, 1)),
            home_ms=60_000 * np.arange(1, n + 1)[None],
        ),
        rules=ShuttleRules(**{"stop_ms": 30_000, "unload_ms": 30_000, "last_persons": 3, **rules}),
    )


class TestProblem:
    @pytest.mark.parametrize(
        "wrong",
        [
            lambda: PartyGroup(place=-1, parties=1),
            lambda: PartyGroup(place=0, parties=-1),
            lambda: PartyGroup(place=0, parties=1, seats=0),
            lambda: PartyGroup(place=0, parties=10**6),
            lambda: Shelter(capacity_persons=-2),
            lambda: ShuttleVehicle(seats=-1, first_ms=(0,)),
            lambda: ShuttleVehicle(seats=1, first_ms=(-2,)),
            lambda: ShuttleRules(stop_ms=-1, unload_ms=0, last_persons=1),
            lambda: ShuttleRules(stop_ms=0, unload_ms=0, last_persons=-1),
            lambda: ShuttleTravel(
                out_ms=np.zeros((1, 2)), between_ms=np.zeros((2, 2)), home_ms=np.zeros((1, 2))
            ),
            lambda: two_homes(groups=()),
            lambda: two_homes(groups=(PartyGroup(place=2, parties=1),)),
            lambda: two_homes(shelters=(Shelter(),)),
            lambda: two_homes(vehicles=(ShuttleVehicle(seats=1, first_ms=(0,)),)),
        ],
    )
    def test_nonsense_is_refused(self, wrong):
        with pytest.raises(ValueError, match=r"\w"):
            wrong()

    def test_travel_times_cannot_be_changed_afterwards(self):
        times = np.zeros((1, 1))
        travel = ShuttleTravel(out_ms=times, between_ms=times, home_ms=times)
        times[0, 0] = 7
        assert travel.out_ms[0, 0] == 0
        with pytest.raises(ValueError, match="read-only"):
            travel.out_ms[0, 0] = 1


class TestPlan:
    def test_one_vehicle_one_home_is_timed_by_hand(self):
        problem = one_home(home(3), ShuttleVehicle(seats=2, first_ms=(10_000,)))
        plan, check = planned(problem)
        # Two at 10 s (+30 stop +40 board +60 home = 140 s), then one: +30 +40 to unload, +60, +30 +20 +60.
        assert (plan.last_ms, plan.waiting_ms) == (380_000, 2 * 140_000 + 380_000)
        # The other order is worse: one at 120 s, two at 400 s.
        assert plan.value == plan.waiting_ms + 3 * plan.last_ms
        assert check.verified
        assert check.value == plan.value

    def test_same_seed_and_work_give_the_same_plan(self):
        problem = two_homes()
        assert planned(problem)[0] == planned(problem)[0]

    def test_carers_stay_with_their_person(self):
        problem = one_home(home(2, carers=1, seats=2), ShuttleVehicle(seats=3, first_ms=(0,)))
        plan, check = planned(problem)
        assert [trip.pickups[0].parties for trip in plan.tours[0]] == [1, 1]
        assert check.verified

    def test_a_wheelchair_needs_its_place(self):
        problem = one_home(home(1, seats=0, wheelchair=1), ShuttleVehicle(seats=9, first_ms=(0,)))
        plan, check = planned(problem)
        assert (plan.left, plan.value) == ((1,), 0)
        assert check.left_persons == 1

    def test_a_soft_shelter_is_overfilled_where_that_is_cheaper(self):
        shelters = (Shelter(capacity_persons=1), Shelter())
        vehicle = ShuttleVehicle(seats=2, first_ms=(0,))
        near, _ = planned(one_home(home(2), vehicle, shelters, over_ms=10_000))
        far, _ = planned(one_home(home(2), vehicle, shelters, over_ms=200_000))
        assert (near.over_persons, far.over_persons) == (1, 0)

    def test_a_hard_shelter_never_is(self):
        shelters = (Shelter(capacity_persons=1, hard=True), Shelter(capacity_persons=1, hard=True))
        plan, check = planned(one_home(home(3), ShuttleVehicle(seats=3, first_ms=(0,)), shelters))
        assert (plan.left, plan.over_persons) == ((1,), 0)
        assert check.verified

    def test_nobody_arrives_after_the_vehicle_s_last_hour(self):
        vehicle = ShuttleVehicle(seats=2, first_ms=(0,), until_ms=200_000)
        plan, check = planned(one_home(home(5), vehicle))
        assert (plan.left, plan.last_ms) == ((3,), 130_000)
        assert check.verified

    def test_without_vehicles_everybody_is_left(self):
        problem = two_homes(vehicles=())
        plan, check = planned(problem)
        assert (plan.tours, plan.left, plan.value, check.verified) == ((), (3, 2), 0, True)

    def test_the_clock_ends_the_search(self):
        asked = iter([0.0, 0.5, 1.0])
        plan, check = planned(two_homes(), moves=10**9, clock=lambda: next(asked))
        assert check.verified
        assert sum(plan.left) == 0


class TestBound:
    def test_it_is_met_where_vehicles_are_alike_and_full(self):
        problem = one_home(home(4), ShuttleVehicle(seats=2, first_ms=(10_000,)))
        plan, _ = planned(problem)
        below = shuttle.bound(problem, plan.value)
        assert below.value == plan.value

    def test_without_boarding_time_the_waiting_alone_counts(self):
        group = PartyGroup(place=0, parties=2)
        problem = one_home(group, ShuttleVehicle(seats=1, first_ms=(5_000,)), stop_ms=0)
        plan, _ = planned(problem)
        below = shuttle.bound(problem, plan.value)
        assert (below.step_ms, below.prices) == (0, ())
        assert 0 < below.value <= plan.value


class TestChecker:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda plan: plan["tours"][0].pop(), "fetched and"),
            (lambda plan: plan["tours"][0][0]["pickups"][0].update(parties=9), "too many aboard"),
            (lambda plan: plan["tours"][0][0].update(pickups=[]), "fetches somebody"),
            (lambda plan: plan["tours"][0][0].update(shelter=5), "ends at a shelter"),
            (lambda plan: plan["tours"].append(plan["tours"][0]), "more tours than vehicles"),
            (lambda plan: plan.update(left=(1, 0)), "left of"),
            (lambda plan: plan["tours"][0][0]["pickups"][0].update(parties=0), "fetches nobody"),
        ],
    )
    def test_a_broken_plan_is_refused(self, change, said):
        problem = two_homes(vehicles=(ShuttleVehicle(seats=2, first_ms=(10_000, 40_000)),))
        plan = asdict(planned(problem)[0])
        plan["tours"] = [list(tour) for tour in plan["tours"]]
        change(plan)
        assert any(said in fault for fault in check_shuttle(document(problem), plan).violations)

    def test_a_way_that_does_not_exist_is_refused(self):
        problem = two_homes()
        plan = asdict(planned(problem)[0])
        travel = replace(problem.travel, home_ms=np.full((2, 2), -1))
        faults = check_shuttle(document(replace(problem, travel=travel)), plan).violations
        assert any("does not exist" in fault for fault in faults)

    def test_a_late_arrival_and_a_full_shelter_are_refused(self):
        problem = two_homes()
        plan = asdict(planned(problem)[0])
        late = replace(
            problem,
            vehicles=tuple(replace(v, until_ms=1) for v in problem.vehicles),
            shelters=(Shelter(capacity_persons=0, hard=True),) * 2,
        )
        said = " ".join(check_shuttle(document(late), plan).violations)
        assert "last hour" in said
        assert "more than it may take" in said
