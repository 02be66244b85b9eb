"""Odd stock and trucks give a plan that says so: nothing is lost, nothing fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.domain.aid.distribution import NO_ROAD, NO_STOCK, NO_TRUCK
from safepassage.domain.network import NO_LIMIT
from safepassage.domain.plan import Schedule
from safepassage.domain.situation import Situation
from safepassage.engines.overlay.build import overlay
from safepassage.planning import problem_of
from safepassage.provisioning import aid_problem
from safepassage.testing.aid_district import aid_district
from tests.support.aids import provided

HEAVY_KG = 10**6


@pytest.fixture(scope="module")
def district():
    return aid_district(4, 2, 1, persons=200, arcs=400)


def reasons(found):
    return {row.reason for row in found.value.short}


def everything(found):
    """Delivered and short add up to the need, and the verifier agrees."""
    assert found.verdict().violations == ()
    given = sum(need.amount_milli for need in found.value.problem.needs)
    got = sum(row.milli for row in found.value.deliveries) + sum(row.milli for row in found.value.short)
    assert given == got


def test_a_district_with_enough_is_served(district):
    found = provided(*district)
    everything(found)
    assert found.value.totals.least_share_ppm > 500_000


def test_no_trucks(district):
    case, network = district
    found = provided(replace(case, trucks=()), network)
    everything(found)
    assert reasons(found) == {NO_TRUCK}
    assert not found.value.deliveries


def test_trucks_that_are_counted_as_none(district):
    case, network = district
    found = provided(replace(case, trucks=tuple(replace(t, count=0) for t in case.trucks)), network)
    everything(found)
    assert reasons(found) == {NO_TRUCK}


def test_no_stock(district):
    case, network = district
    found = provided(replace(case, stock=()), network)
    everything(found)
    assert reasons(found) == {NO_STOCK}


def test_a_depot_off_the_network(district):
    case, network = district
    places = tuple(
        replace(p, node="", lon_e7=1_790_000_000, lat_e7=0) if p.id.startswith("depot") else p
        for p in case.places
    )
    found = provided(replace(case, places=places), network)
    everything(found)
    assert not found.value.deliveries
    problems = overlay(network, replace(case, places=places)).problems
    assert [(row.code, row.about) for row in problems] == [
        ("PLACE_OFF_NETWORK", "depot0"), ("PLACE_OFF_NETWORK", "depot1"),
    ]  # fmt: skip


def test_what_stays_at_a_depot_off_the_network_is_said(district):
    case, network = district
    far = replace(case.places[0], id="far", node="", lon_e7=1_790_000_000, lat_e7=0)
    stock = tuple(replace(lot, depot="far") for lot in case.stock)
    (found,) = overlay(network, replace(case, places=(*case.places, far), stock=stock)).problems
    assert found.message.endswith(f"it is left out, and with it {len(stock)} lots of stock")


def test_goods_that_keep_longer_than_any_plan_are_planned_and_verified(district):
    case, network = district
    years = tuple(replace(lot, expires_s=20 * 366 * 86_400) for lot in case.stock)
    found = provided(replace(case, stock=years), network)
    everything(found)
    assert found.value.deliveries == provided(case, network).value.deliveries


def test_trucks_heavier_than_every_road_bears(district):
    case, network = district
    arcs = replace(network.arcs, max_weight_kg=[40_000] * len(network.arcs))
    trucks = tuple(replace(truck, weight_kg=HEAVY_KG) for truck in case.trucks)
    found = provided(replace(case, trucks=trucks), replace(network, arcs=arcs))
    everything(found)
    assert NO_ROAD in reasons(found)
    assert not found.value.deliveries


def test_trucks_heavier_than_every_bridge_have_one_message_and_what_they_reach_is_served(district):
    case, network = district
    home = next(k for k, name in enumerate(network.nodes.id) if name == case.places[0].node)
    bridge = (network.arcs.tail == home) | (network.arcs.head == home)
    arcs = replace(network.arcs, bridge=bridge, max_weight_kg=np.where(bridge, 40_000, NO_LIMIT))
    heavy = replace(case, trucks=(replace(case.trucks[0], weight_kg=HEAVY_KG), *case.trucks[1:]))
    network = replace(network, arcs=arcs)
    found = overlay(network, heavy).problems
    assert [(row.code, row.where.column) for row in found] == [("TRUCK_HEAVY", "weight_t")]
    assert found[0].about == heavy.trucks[0].id
    assert "no bridge here bears more than 40 t, so it comes to 3 of 4 settlements" in found[0].message
    everything(provided(heavy, network))


@pytest.mark.parametrize(("weight_kg", "codes"), [(44_000, []), (44_001, ["TRUCK_OVERWEIGHT"])])
def test_trucks_above_the_law_have_one_message_where_no_bridge_states_a_limit(district, weight_kg, codes):
    case, network = district
    arcs = replace(network.arcs, bridge=network.arcs.bridge | True)
    assert (arcs.max_weight_kg == NO_LIMIT).all()
    first, *others = case.trucks
    heavy = replace(case, trucks=(replace(first, weight_kg=weight_kg), *others))
    found = overlay(replace(network, arcs=arcs), heavy).problems
    assert [row.code for row in found] == codes
    assert all("weighs 44.001 t" in row.message and row.about == first.id for row in found)
    allowed = "allows 40 t in international traffic within the European Union, 44 t in intermodal transport"
    assert all(allowed in row.message for row in found)
    parked = replace(heavy, trucks=(replace(heavy.trucks[0], count=0), *others))
    assert overlay(replace(network, arcs=arcs), parked).problems == ()
    plan = provided(heavy, replace(network, arcs=arcs))
    everything(plan)
    assert plan.value.deliveries == provided(case, replace(network, arcs=arcs)).value.deliveries


def test_a_thousand_times_more_people_than_stock(district):
    case, network = district
    demand = tuple(replace(row, persons=row.persons * 1_000) for row in case.demand)
    found = provided(replace(case, demand=demand), network)
    everything(found)
    assert 0 < found.value.totals.worth_nano <= found.value.totals.worth_bound_nano


def test_lots_that_have_expired_are_not_handed_out(district):
    case, network = district
    found = provided(replace(case, stock=tuple(replace(lot, expires_s=1) for lot in case.stock)), network)
    everything(found)
    assert not found.value.deliveries
    assert NO_ROAD not in reasons(found)


def test_a_truck_waits_for_goods_that_come_later_where_nothing_else_is_there(district):
    case, network = district
    late_s = max(truck.available_from_s for truck in case.trucks) + 7_200
    stock = tuple(replace(lot, available_from_s=late_s) for lot in case.stock)
    found = provided(replace(case, stock=stock), network)
    everything(found)
    begins = [leg.depart_s for chain in found.value.trucks for leg in chain.legs]
    assert begins
    assert min(begins) >= late_s


@pytest.mark.parametrize("headway_s", [0, 600])
def test_trucks_enter_every_road_with_the_headway_of_the_case_between_them(district, headway_s):
    case, network = district
    trucks = tuple(replace(truck, count=3) for truck in case.trucks)
    found = provided(
        replace(case, trucks=trucks, settings=replace(case.settings, truck_headway_s=headway_s)), network
    )
    everything(found)
    found.aid["given"]["rules"]["headway_s"] = 601
    assert "AID_HEADWAY" in found.codes()


def test_weights_of_priorities_are_those_of_the_case(district):
    case, network = district
    nobody = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())

    def worth(settings):
        changed = replace(case, settings=settings)
        given = aid_problem(changed, problem_of(network, Situation(case=changed)), nobody)
        return given.rules.weights, [(need.priority, need.worth) for need in given.needs]

    weights, before = worth(case.settings)
    changed, after = worth(replace(case.settings, weight_priority_1=24))
    assert (weights, changed) == ((8, 4, 2, 1), (24, 4, 2, 1))
    assert {priority for priority, _ in before} == {1, 2, 3, 4}
    assert after == [(priority, value * 3 if priority == 1 else value) for priority, value in before]
