"""Carers are aboard what those whom they care for are aboard, and nobody is left without them."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from functools import cache

import pytest

from safepassage.domain.case import CARER_OF, carers_needed
from safepassage.engines.evacuate.ledger import SEAT, WHEELCHAIR, Claimant
from safepassage.engines.evacuate.stages import Item, Stage, Stages
from safepassage_verify import verify
from safepassage_verify.carers import least_carers
from tests.support.effort import examples
from tests.support.planned import accepted
from tests.support.sketch import Sketch

FAR = 10**6


def line(**places):
    sketch = Sketch(2, horizon_s=7_200)
    sketch.road(0, 1, 300)
    sketch.place("home", 0)
    sketch.site("camp", 1)
    sketch.buses("bus", "home", **places)
    return sketch


def loads(found):
    return [
        Counter({item["group"]: item["persons"] for item in leg["load"]})
        for row in found.plan["vehicles"]
        for leg in row["legs"]
        if leg["load"]
    ]


class TestNeeded:
    @pytest.mark.parametrize(
        ("together", "needed"),
        [
            ((3, 3), [0, 1, 2, 3]),
            ((5, 2), [0, 1, 1, 1, 2, 2]),
            ((3, 2), [0, 1, 1, 2]),
            ((2, 5), [0, 2, 4]),
            ((4, 0), [0, 0, 0, 0, 0]),
        ],
    )
    def test_each_looks_after_as_many_as_the_others(self, together, needed):
        assert [carers_needed(k, together) for k in range(len(needed))] == needed

    def test_the_verifier_counts_alike_and_all_together_are_never_short(self):
        for everybody, carers in itertools.product(range(9), repeat=2):
            for persons in range(everybody + 1):
                assert least_carers(persons, everybody, carers) == carers_needed(persons, (everybody, carers))
            assert carers_needed(everybody, (everybody, carers)) <= carers


class TestPlan:
    def test_a_wheelchair_user_and_the_carer_sit_in_one_bus(self):
        sketch = line(seats=2, wheelchair_places=1)
        sketch.people("home", 3, group="wheelchair")
        sketch.people("home", 3, group="carer_wheelchair")
        sketch.people("home", 3, group="needs_transport")
        found = accepted(sketch)
        assert found.plan["complete"]
        made = loads(found)
        assert sum(load["wheelchair"] for load in made) == 3
        assert all(load["carer_wheelchair"] == load["wheelchair"] for load in made)

    def test_without_a_seat_for_the_carer_nobody_is_taken(self):
        sketch = line(seats=0, wheelchair_places=2)
        sketch.people("home", 2, group="wheelchair")
        sketch.people("home", 2, group="carer_wheelchair")
        found = accepted(sketch)
        assert sum(row["persons"] for row in found.plan["unserved"]) == 4
        assert {row["reason"] for row in found.plan["unserved"]} == {"UNSERVED_NO_VEHICLE"}

    def test_two_who_share_a_carer_travel_together(self):
        sketch = line(seats=3)
        sketch.people("home", 4, group="assisted")
        sketch.people("home", 2, group="carer_assisted")
        found = accepted(sketch)
        assert found.plan["complete"]
        assert loads(found) == [{"assisted": 2, "carer_assisted": 1}] * 2

    def test_carers_without_anybody_to_care_for_sit_like_anybody(self):
        sketch = line(seats=2, wheelchair_places=1)
        sketch.people("home", 2, group="carer_wheelchair")
        assert loads(accepted(sketch)) == [{"carer_wheelchair": 2}]

    def test_reserves_have_their_carers_too(self):
        sketch = line(seats=1, wheelchair_places=2)
        sketch.people("home", 2, group="wheelchair", direction="undecided")
        sketch.people("home", 2, group="carer_wheelchair", direction="undecided")
        found = accepted(sketch)
        assert all(load["carer_wheelchair"] >= load["wheelchair"] for load in loads(found))
        assert sum(row["reserved"] for row in found.plan["reserves"]) == 4

    def test_a_plan_that_tears_them_apart_is_refused(self):
        sketch = line(seats=2, wheelchair_places=1)
        sketch.people("home", 2, group="wheelchair")
        sketch.people("home", 2, group="carer_wheelchair")
        found = accepted(sketch)
        plan = found.plan
        legs = [leg for leg in plan["vehicles"][0]["legs"] if leg["load"]]
        carers = [next(i for i in leg["load"] if i["group"] == "carer_wheelchair") for leg in legs]
        carers[0]["persons"] += 1
        legs[1]["load"].remove(carers[1])
        assert "CARERS" in {v.code for v in verify(found.inputs, plan, found.certificate).violations}


def claim_of(groups, together):
    kind = WHEELCHAIR if "wheelchair" in groups else SEAT
    return Claimant(
        place=None, direction="west", kind=kind, reserve=False, demand=sum(groups.values()),
        remaining=dict(groups), together=together,
    )  # fmt: skip


def most_in_trips(people, together, seats, chairs):
    """Return the most persons whom trips of one vehicle take out that need no carer left behind."""

    @cache
    def go(persons, carers):
        best = 0
        for k, q in itertools.product(range(min(persons, chairs) + 1), range(min(carers, seats) + 1)):
            if k + q and q >= carers_needed(k, together):
                best = max(best, k + q + go(persons - k, carers - q))
        return best

    return go(*people)


@pytest.mark.parametrize("seed", range(examples(60)))
def test_trips_take_as_many_as_any_trips_could_where_a_party_fits(seed):
    chance = random.Random(seed)
    both = chance.randint(1, 6), chance.randint(1, 6)
    each = -(-both[0] // both[1]), -(-both[1] // both[0])
    seats, chairs = each[1] + chance.randint(0, 2), each[0] + chance.randint(0, 2)
    claim = claim_of({"wheelchair": both[0], "carer_wheelchair": both[1]}, {"wheelchair": both})
    taken = 0
    while people := claim.boarding({SEAT: seats, WHEELCHAIR: chairs}, FAR):
        assert people.get("wheelchair", 0) <= chairs
        assert people.get("carer_wheelchair", 0) <= seats
        assert people.get("carer_wheelchair", 0) >= carers_needed(people.get("wheelchair", 0), both)
        claim.serve(people)
        taken += sum(people.values())
    assert taken == sum(both) == most_in_trips(both, both, seats, chairs)


def test_who_goes_on_without_enough_carers_stays_at_home():
    kinds = [("home", "west", group, False) for group in ("assisted", CARER_OF["assisted"])]
    ride = [Item(kinds[0], 4, "", "camp"), Item(kinds[1], 1, "", "camp")]
    stage = Stage(id="b/1", vehicle="b", number=0, depart_s=90, route=0, begun=False, items=ride)
    stages = Stages([stage])
    stages.fit_carers({kinds[0]: (4, 2)})
    assert [item.persons for item in stage.items] == [2, 1]
    assert stage.companions(ride[0]) == [ride[1]]
    assert stage.companions(ride[1]) == [ride[0]]
