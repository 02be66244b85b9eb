"""What holds of every plan, whatever the case: checked on small random cases with everything in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.case import (
    STAYS,
    UNDECIDED,
    DirectionBasis,
    RoadSelector,
    RoadStatus,
    RoadStatusWord,
    SelectorKind,
)
from safepassage.engines.bounds.commodity import CARS, PERSONS
from safepassage.engines.bounds.label_cut import LabelCuts
from safepassage.engines.overlay import overlay
from safepassage.testing.draws import Draws
from safepassage.testing.small_cases import random_small_case
from tests.support.effort import examples
from tests.support.extremes import extreme_case
from tests.support.planned import accepted, planned

SEEDS = st.integers(0, 10**6)
CAR, BUS, LINK = 1, 2, 4 | 8 | 16


def decided(case):
    """Persons by place, direction and group who said where they want to go."""
    ids = {d.id for d in case.directions}
    rows = [r for r in case.demand if r.direction in ids and r.basis is not DirectionBasis.ASSUMPTION]
    total = Counter()
    for r in rows:
        total[r.place, r.direction, str(r.group)] += r.persons
    return total


def arrived(plan, *, reserve):
    """Persons by place, direction and group who reach a site, read off the movements."""
    total = Counter()
    for stream in plan["cars"]:
        if stream["reserve"] is reserve:
            total[stream["place"], stream["direction"], "own_vehicle"] += sum(
                d[1] for d in stream["departures"]
            )
    rides = [leg for v in plan["vehicles"] for leg in v["legs"]] + plan["link_rides"]
    for item in (item for ride in rides for item in ride["load"]):
        if item["site"] and item["reserve"] is reserve:
            total[item["place"], item["direction"], item["group"]] += item["persons"]
    return total


@settings(max_examples=examples(60))
@given(SEEDS)
def test_every_plan(seed):
    """The verifier accepts it; what is most important is counted here once more, in other words."""
    case, network = random_small_case(seed)
    found = accepted(case, network)
    everybody_who_decided_is_served_or_left_with_a_reason_and_nobody_twice(case, found.plan)
    the_undecided_are_a_count_of_their_own(case, found.plan)
    nobody_uses_an_arc_that_is_closed_to_their_direction_or_vehicle(found)
    no_bound_is_above_what_the_plan_does(found)


@settings(max_examples=examples(10))
@given(SEEDS)
def test_every_plan_of_a_case_at_the_limits(seed):
    case, network = extreme_case(seed)
    found = accepted(case, network)
    everybody_who_decided_is_served_or_left_with_a_reason_and_nobody_twice(case, found.plan)
    nobody_uses_an_arc_that_is_closed_to_their_direction_or_vehicle(found)
    no_bound_is_above_what_the_plan_does(found)


def no_bound_is_above_what_the_plan_does(found):
    for row in found.plan["directions"]:
        if row["clearance_bound_s"] is not None:
            assert row["clearance_bound_s"] <= row["clearance_s"]
        assert row["unserved_bound"] <= row["persons_unserved"]


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(5, 10))
def test_the_verifier_accepts_the_plans_of_a_thousand_cases(hundred):
    """The first five hundred are planned, and gone on from, in `test_going_on.py`."""
    for seed in range(100 * hundred, 100 * hundred + 100):
        found = planned(*random_small_case(seed))
        assert found.verdict.verified, f"seed {seed}: {found.verdict.violations[:3]}"


def everybody_who_decided_is_served_or_left_with_a_reason_and_nobody_twice(case, plan):
    counted = arrived(plan, reserve=False)
    for row in plan["unserved"]:
        assert row["reason"].startswith("UNSERVED_")
        assert row["persons"] >= 1
        counted[row["place"], row["direction"], row["group"]] += row["persons"]
    assert +counted == +decided(case)
    assert plan["complete"] == (not plan["unserved"])


def the_undecided_are_a_count_of_their_own(case, plan):
    """Once per place and group, reserved for at most once per direction, and never among those served."""
    held_back = Counter()
    for row in case.demand:
        undecided = row.direction == UNDECIDED or row.basis is DirectionBasis.ASSUMPTION
        if undecided:
            held_back[row.place, str(row.group)] += row.persons
    reserved = arrived(plan, reserve=True)
    stated = {(r["place"], r["direction"], r["group"]): r for r in plan["reserves"]}
    assert {key: r["reserved"] for key, r in stated.items() if r["reserved"]} == dict(+reserved)
    for direction in case.directions:
        rows = {(p, g): r["persons"] for (p, d, g), r in stated.items() if d == direction.id}
        assert rows == +held_back
    demanded = sum(row["persons_demand"] for row in plan["directions"])
    staying = sum(
        r.persons for r in case.demand if r.direction == STAYS and r.basis is not DirectionBasis.ASSUMPTION
    )
    assert demanded + staying + held_back.total() == sum(r.persons for r in case.demand)


def nobody_uses_an_arc_that_is_closed_to_their_direction_or_vehicle(found):
    arcs, plan = found.inputs["network"]["arcs"], found.plan
    bit = {row["id"]: 1 << i for i, row in enumerate(found.inputs["directions"])}
    used = [(a, bit[s["direction"]], CAR) for s in plan["cars"] for a in plan["routes"][s["route"]]["arcs"]]
    for leg in (leg for v in plan["vehicles"] for leg in v["legs"]):
        aboard = sum(bit[d] for d in {item["direction"] for item in leg["load"]})
        used += [(a, aboard, BUS) for a in plan["routes"][leg["route"]]["arcs"]]
        assert leg["load"] or all(arcs["empty_ok"][a] for a in plan["routes"][leg["route"]]["arcs"])
    used += [
        (r["arc"], sum(bit[d] for d in {i["direction"] for i in r["load"]}), LINK) for r in plan["link_rides"]
    ]
    for arc, needed, mode in used:
        assert arcs["directions"][arc] & needed == needed
        assert arcs["modes"][arc] & mode


@settings(max_examples=examples(12))
@given(SEEDS, st.integers(0, 100))
def test_closing_a_road_never_raises_what_can_be_served_nor_lowers_when_at_the_earliest(seed, which):
    """Of the label cut over all origins, which is the least static cut: each capacity shrinks or stays.

    The fleet bound does not share this: a longer way back lengthens what the last trip saves. Nor do the cuts
    among far origins, whose choice depends on the roads.
    """
    case, network = random_small_case(seed)
    link = str(network.arcs.link[which % len(network.arcs)])
    closure = RoadStatus(
        id="closed",
        roads=(RoadSelector(kind=SelectorKind.LINK, value=link),),
        status=RoadStatusWord.NOT_PASSABLE,
    )
    fewer = replace(case, road_statuses=(*case.road_statuses, closure))
    for commodity in (CARS, PERSONS):
        for direction in case.directions:
            whole, closed = (
                LabelCuts(overlay(network, c).problem, direction.id, commodity) for c in (case, fewer)
            )
            horizon_s = case.settings.horizon_s
            for t in (horizon_s // 10, horizon_s // 3, horizon_s):
                assert closed.cut(t).phi <= whole.cut(t).phi
            persons = closed.cut(horizon_s).phi
            if persons:
                bounds = [c._search(persons, None, 0, horizon_s) for c in (whole, closed)]
                assert (bounds[0].horizon_s if bounds[0] else -1) <= (
                    bounds[1].horizon_s if bounds[1] else -1
                )


def shuffled(rows, draws):
    return tuple(draws.some(rows, len(rows)))


@settings(max_examples=8)
@given(SEEDS)
def test_the_order_of_rows_does_not_matter(seed):
    case, network = random_small_case(seed)
    draws = Draws(seed)
    tables = (
        "places",
        "demand",
        "fleet",
        "arrangements",
        "road_statuses",
        "areas",
        "reports",
        "transit_links",
    )
    mixed = replace(case, **{name: shuffled(getattr(case, name), draws) for name in tables})
    assert planned(mixed, network).files == planned(case, network).files


@settings(max_examples=2)
@given(SEEDS)
def test_the_same_case_gives_the_same_bytes_five_times(seed):
    made = [planned(*random_small_case(seed)).files for _ in range(5)]
    assert all(files == made[0] for files in made)


@settings(max_examples=8)
@given(SEEDS, st.sampled_from([0, 1, 5, 20, 60]))
def test_a_plan_cut_short_by_a_work_limit_is_verified_says_so_and_is_the_same_again(seed, work):
    case, network = random_small_case(seed)
    short, again, full = (planned(case, network, work=w) for w in (work, work, 10**7))
    assert short.verdict.verified, short.verdict.violations[:3]
    assert short.files == again.files
    assert short.plan["made_with"]["work_limit"] == work
    assert "UNSERVED_WORK_LIMIT" not in full.reasons()
    counted = arrived(short.plan, reserve=False)
    assert counted.total() + sum(short.reasons().values()) == decided(case).total()


def test_some_plans_are_cut_short_by_a_work_limit():
    reasons = [planned(*random_small_case(seed), work=1).reasons() for seed in range(5)]
    assert any("UNSERVED_WORK_LIMIT" in found for found in reasons)


@settings(max_examples=6)
@given(SEEDS)
def test_a_reserve_never_displaces_anybody_who_decided(seed):
    """With and without the undecided, the decided travel in the same cars, buses and trains."""
    case, network = random_small_case(seed)
    for_all, for_decided = (
        accepted(replace(case, settings=replace(case.settings, plan_reserves=on)), network).plan
        for on in (True, False)
    )
    assert arrived(for_all, reserve=False) == arrived(for_decided, reserve=False)
    assert for_all["unserved"] == for_decided["unserved"]
    for one, other in zip(for_all["directions"], for_decided["directions"], strict=True):
        assert one["clearance_s"] == other["clearance_s"]
        assert other["persons_reserved"] == 0


@settings(max_examples=8)
@given(SEEDS, st.integers(10_000, 5_000_000))
def test_the_exposure_cap_is_kept_by_everybody_and_costs_nobody_their_place_in_the_count(seed, cap):
    case, network = random_small_case(seed)
    capped = replace(case, settings=replace(case.settings, exposure_cap_ppm_s=cap))
    found = accepted(capped, network)
    assert found.inputs["rules"]["exposure_cap_ppm_s"] == cap
    for row in found.plan["directions"]:
        assert row["exposure_person_ppm_s"] <= cap * row["persons_served"]


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(5))
def test_the_verifier_accepts_the_plans_of_five_hundred_cases_at_the_limits(hundred):
    rides = 0
    for seed in range(100 * hundred, 100 * hundred + 100):
        found = planned(*extreme_case(seed))
        assert found.verdict.verified, f"seed {seed}: {found.verdict.violations[:3]}"
        rides += bool(found.plan["link_rides"])
    assert rides >= 3


@pytest.mark.slow
def test_random_cases_have_what_the_properties_are_about():
    """The properties above would say little of cases without hazards, windows, gates, links or reserves."""
    seen = Counter()
    for seed in range(200):
        found = planned(*random_small_case(seed))
        network, plan = found.inputs["network"], found.plan
        seen["hazard"] += bool(network["hazard"])
        seen["profiles"] += bool(network["profiles"])
        seen["gates"] += bool(np.any(network["arcs"]["gate"]))
        seen["rides"] += bool(plan["link_rides"])
        seen["buses"] += bool(plan["vehicles"])
        seen["reserves"] += any(r["reserved"] for r in plan["reserves"])
        seen["unserved"] += bool(plan["unserved"])
        seen["both ways"] += all(d["persons_served"] for d in plan["directions"])
    assert min(seen.values()) >= 5, seen
    assert len(seen) == 8
