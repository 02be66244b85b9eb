"""What is not delivered has the cheapest thing that would bring it, and that thing does bring it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from safepassage.cli.plan.aid_text import aid_lines
from safepassage.domain.aid.distribution import NO_ROAD, NO_STOCK, NO_TRUCK, NO_WINDOW
from safepassage.domain.case import Interval, RoadSelector, RoadStatus, RoadStatusWord, SelectorKind
from safepassage.domain.plan import Schedule
from safepassage.domain.situation import Situation
from safepassage.planning import problem_of
from safepassage.provisioning import provide
from safepassage.testing.aid_cases import random_aid_case
from safepassage.testing.aid_district import aid_district

NOBODY = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())


def planned(case, network):
    return provide(case, problem_of(network, Situation(case=case)), NOBODY)


def status(name, links, word=RoadStatusWord.NOT_PASSABLE, **more):
    roads = tuple(RoadSelector(kind=SelectorKind.LINK, value=str(link)) for link in links)
    return RoadStatus(id=name, roads=roads, status=word, **more)


@pytest.fixture(scope="module")
def district():
    return aid_district(4, 3, 1, persons=400, arcs=200, seed=0)


def beside(network, node):
    """Return the links at a node."""
    at = list(network.nodes.id).index(node)
    arcs = network.arcs
    return sorted({str(k) for k, t, h in zip(arcs.link, arcs.tail, arcs.head, strict=True) if at in (t, h)})


def reasons(aid, place):
    return {row.reason for row in aid.short if row.place == place}


@pytest.mark.parametrize("word", ["closed in all hours planned", "bears 2 t, the loaded truck weighs 7 t"])
def test_the_road_that_is_named_is_the_one_that_has_to_open(district, word):
    case, network = district
    home = case.places[0]
    links = beside(network, home.node)
    shut = [
        status(f"s{k}", [link])
        if word.startswith("closed")
        else status(f"s{k}", [link], RoadStatusWord.PASSABLE, max_weight_kg=2_000)
        for k, link in enumerate(links)
    ]
    aid = planned(replace(case, road_statuses=tuple(shut)), network)
    assert reasons(aid, home.id) == {NO_ROAD}
    fixes = {fix.what for fix in aid.fixes if fix.place == home.id}
    found = {re.sub(r" for a truck.*", "", text) for text in fixes}
    assert len(found) == 1, found
    (what,) = found
    assert what.startswith("open “")
    assert what.count("“") == 1  # one road is enough, there and back
    assert word in what
    opened = [
        links[k]
        for k in range(len(links))
        if NO_ROAD not in reasons(
            planned(replace(case, road_statuses=tuple(shut[:k] + shut[k + 1 :])), network), home.id
        )
    ]  # fmt: skip
    assert any(f"“{link}”" in what for link in opened)


def test_the_minutes_that_are_named_are_enough(district):
    case, network = district
    short = tuple(replace(truck, max_duty_s=300) for truck in case.trucks)
    aid = planned(replace(case, trucks=short), network)
    late = sorted({row.place for row in aid.short if row.reason == NO_WINDOW})
    assert late
    for place in late:
        text = next(fix.what for fix in aid.fixes if (fix.place, fix.reason) == (place, NO_WINDOW))
        minutes = int(re.match(r"(\d+) min more of hours of duty", text)[1])
        longer = tuple(replace(truck, max_duty_s=300 + 60 * (minutes + 8)) for truck in case.trucks)
        again = planned(replace(case, trucks=longer), network)
        assert NO_WINDOW not in reasons(again, place)
    assert any(name in aid.fixes[0].what for name in ("Depot0", "Depot1"))


def test_a_gate_that_opens_for_minutes_is_named_with_what_is_missing(district):
    case, network = district
    home = case.places[0]
    statuses = [
        status(f"{k}{part}", [link], interval=Interval(from_s=a, until_s=b))
        for k, link in enumerate(beside(network, home.node))
        for part, (a, b) in {"a": (0, 36_000), "b": (36_300, 86_400)}.items()
    ]
    aid = planned(replace(case, road_statuses=tuple(statuses)), network)
    texts = {fix.what for fix in aid.fixes if fix.place == home.id and fix.reason != NO_STOCK}
    assert texts
    assert all("more of hours at “" in text and "open 5 min that day" in text for text in texts), texts


@pytest.mark.parametrize("seed", range(4))
def test_everything_that_is_short_has_its_remedy(seed):
    case, network = random_aid_case(seed)
    aid = planned(case, network)
    short = {(row.place, row.commodity, row.reason) for row in aid.short}
    assert {(fix.place, fix.commodity, fix.reason) for fix in aid.fixes} == short
    assert len(aid.fixes) == len(short)
    assert all(fix.what for fix in aid.fixes)
    names = {place.id: place.name for place in case.places}
    for row in aid.remedies:
        assert row.depot in names.values()


def test_stock_is_asked_for_in_its_unit_at_the_depot_by_name(district):
    case, network = district
    few = tuple(replace(lot, quantity_milli=1) for lot in case.stock)
    aid = planned(replace(case, stock=few), network)
    lacking = [fix for fix in aid.fixes if (fix.commodity, fix.reason) == ("drinking_water", NO_STOCK)]
    assert lacking
    for fix in lacking:
        missing = sum(
            row.milli for row in aid.short
            if (row.place, row.commodity, row.reason) == (fix.place, fix.commodity, NO_STOCK)
        )  # fmt: skip
        assert fix.what.startswith(
            f"{missing / 1_000:,.3f}".rstrip("0").rstrip(".") + " L more of Drinking water"
        )
        assert re.search(r"at Depot[01], there by 2030-03-04$", fix.what)
    assert any(" kg) at Depot" in fix.what for fix in aid.fixes)
    assert not any("(0.00 t)" in fix.what for fix in aid.fixes)


def test_the_terminal_names_what_would_bring_most_of_what_a_place_lacks(district):
    case, network = district
    few = tuple(replace(lot, quantity_milli=1) for lot in case.stock)
    aid = planned(replace(case, stock=few), network)
    needs = {(need.place, need.commodity, need.due): need for need in aid.problem.needs}
    short = Counter[tuple[str, str]]()
    for row in aid.short:
        need = needs[row.place, row.commodity, row.due]
        short[row.place, row.commodity] += need.worth * row.milli // need.amount_milli
    told_of = [line.strip() for line in aid_lines(aid)]
    (line,) = [line for line in told_of if re.search(r", there by \S+ \(AID_NO_STOCK\)$", line)]
    place, what = line.removesuffix(f" ({NO_STOCK})").split(": ", 1)
    told = [
        fix.commodity for fix in aid.fixes if (fix.place, fix.reason, fix.what) == (place, NO_STOCK, what)
    ]
    assert told == [max((good for at, good in short if at == place), key=lambda good: short[place, good])]


def test_without_trucks_a_truck_is_asked_for(district):
    case, network = district
    aid = planned(replace(case, trucks=()), network)
    assert {row.reason for row in aid.short} == {NO_TRUCK}
    assert {fix.what for fix in aid.fixes} <= {"a truck at Depot0", "a truck at Depot1"}
