"""A distribution goes on from what has left: nothing is delivered twice, no truck is in two places."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.domain.situation import Situation
from safepassage.engines.distribution import gone, onward, since
from safepassage.formats.plan import aid_json
from safepassage.planning import StoppingRule, make_plan
from safepassage.provisioning import provide
from safepassage.testing.aid_cases import random_aid_case
from tests.support.aids import WORK


@pytest.fixture(scope="module")
def earlier():
    case, network = random_aid_case(5)
    planned = make_plan(network, Situation(case=case), stop=StoppingRule(work=WORK))
    return provide(case, planned.problem, planned.plan.schedule)


def departures(plan):
    return sorted(leg.depart_s for chain in plan.trucks for leg in chain.legs)


def test_what_has_left_is_taken_off_needs_and_stock(earlier):
    now_s = departures(earlier)[len(departures(earlier)) // 2]
    past = gone(earlier, now_s)
    left = onward(earlier.problem, past)
    assert sum(past.needs.values()) > 0
    assert sum(past.needs.values()) == sum(past.lots.values())
    before = sum(need.amount_milli for need in earlier.problem.needs)
    later = sum(need.amount_milli for need in left.needs)
    assert later + sum(past.needs.values()) == before
    stock = sum(lot.quantity_milli for lot in earlier.problem.lots)
    assert sum(lot.quantity_milli for lot in left.lots) + sum(past.lots.values()) == stock


def test_a_truck_is_free_when_its_trip_is_over_and_never_before_now(earlier):
    now_s = departures(earlier)[1] + 1
    past = gone(earlier, now_s)
    for truck in onward(earlier.problem, past).trucks:
        assert truck.available_from_s >= now_s
        assert all(leg.arrive_s <= truck.available_from_s for leg in past.legs.get(truck.id, ()))


def test_before_the_first_departure_nothing_has_left(earlier):
    past = gone(earlier, 0)
    assert not past.needs
    assert onward(earlier.problem, past) == earlier.problem


def test_drivers_who_go_on_as_announced_are_not_told_anew(earlier):
    past = gone(earlier, 0)
    told = since(earlier, earlier, past)
    assert told.drivers == ()
    assert told.same == len({row.truck for row in earlier.deliveries})
    other = replace(earlier, deliveries=earlier.deliveries[1:])
    told = since(earlier, other, past)
    assert [row.truck for row in told.drivers] == [earlier.deliveries[0].truck]
    written = aid_json.document(replace(earlier, since=told), inputs_sha256="", plan_sha256="")
    assert aid_json.parsed(written).since == told
