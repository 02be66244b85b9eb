"""A plan by flows goes on by flows: who need not change does not, and every rule of the model still holds."""

from __future__ import annotations

import dataclasses

import pytest

from safepassage.domain.case import Interval, Provenance, RoadStatus, RoadStatusWord
from safepassage.domain.history import departed
from safepassage.domain.situation import Event, RoadStatusReported, Situation
from safepassage.engines.car_streams import lead_on
from safepassage.engines.what_if import in_use
from safepassage.planning import Announced, StoppingRule, make_plan
from tests.support.planned import planned, verdict_on, written
from tests.support.sketch import link
from tests.unit.test_all_cars import PERSONS, SIDE, town

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

NOW_S, END_S = 1_500, 6 * 3_600
STOP = StoppingRule(work=10**9)


def closure(name, now_s, *links, until_s=END_S):
    """The report that roads are closed from now on."""
    status = RoadStatus(
        id=name, roads=link(*links), status=RoadStatusWord.NOT_PASSABLE,
        interval=Interval(from_s=now_s, until_s=until_s), provenance=Provenance(source="duty desk"),
    )  # fmt: skip
    minute = f"2024-05-01T03:{now_s // 60:02}:00Z"
    return Event(at=minute, by="duty desk", change=RoadStatusReported(status=status))


@pytest.fixture(scope="module")
def sketch():
    return town()


@pytest.fixture(scope="module")
def first(sketch):
    return planned(sketch).planned


def gone_on(sketch, before, now_s, *events):
    """The plan that goes on from one after events, which holds."""
    announced = Announced(problem=before.problem, schedule=before.plan.schedule, now_s=now_s)
    situation = Situation(case=sketch.case(), events=events)
    found = make_plan(sketch.network(), situation, stop=STOP, announced=announced)
    assert not verdict_on(written(found)).violations
    return found


def busiest(planned, *, but=()):
    stretches, _ = in_use(planned.problem, planned.plan.schedule, frozenset(), most=10)
    return next(s for s in stretches if s.name not in but)


def cars(schedule):
    """All cars as (place, way, departure, persons, waits), how often each."""
    return [
        (stream.place, schedule.routes[stream.route].arcs, *dataclasses.astuple(car))
        for stream in schedule.cars
        for car in stream.departures
    ]


def test_only_cars_that_were_to_drive_there_change(sketch, first):
    lost = busiest(first)
    after = gone_on(sketch, first, NOW_S, closure("x", NOW_S, lost.name))
    led = lead_on(first.problem, first.plan.schedule, after.problem, reserves=True)
    shut = set(lost.arcs)
    kept = set(cars(led.kept))
    changed = [car for car in cars(first.plan.schedule) if car not in kept]
    assert changed
    assert all(shut & set(way) for _, way, *_ in changed)
    assert after.change.price.chosen == "kept"
    assert after.change.price.kept_renotified < after.change.price.fresh_renotified / 2


def test_what_it_costs_to_change_little_is_little(sketch, first):
    after = gone_on(sketch, first, NOW_S, closure("x", NOW_S, busiest(first).name))
    price, row = after.change.price, after.plan.directions[0]
    assert (row.persons_served, row.persons_unserved) == (PERSONS * (SIDE * SIDE - 4), 0)
    assert price.fresh_person_s <= price.kept_person_s <= 1.01 * price.fresh_person_s
    assert row.clearance_bound_s <= row.clearance_s <= 1.07 * row.clearance_bound_s


def test_everybody_led_anew_is_a_plan_that_holds_too(sketch, first):
    cheap = dataclasses.replace(sketch.settings, renotify_price_person_min=0)
    case = dataclasses.replace(sketch.case(), settings=cheap)
    announced = Announced(problem=first.problem, schedule=first.plan.schedule, now_s=NOW_S)
    situation = Situation(case=case, events=(closure("x", NOW_S, busiest(first).name),))
    found = make_plan(sketch.network(), situation, stop=STOP, announced=announced)
    assert found.change.price.chosen == "fresh"
    assert not verdict_on(written(found)).violations


def test_closure_after_closure(sketch, first):
    names, events, plan = [], [], first
    for now_s in (900, 1_800, 2_700):
        names.append(busiest(plan, but=names).name)
        events.append(closure(f"x{now_s}", now_s, names[-1]))
        plan = gone_on(sketch, plan, now_s, *events)
        assert lead_on(first.problem, first.plan.schedule, plan.problem, reserves=True) is not None
    assert plan.plan.directions[0].persons_unserved == 0


def test_who_has_no_way_left_is_said_to_have_none(sketch, first):
    arcs, island = first.problem.network.arcs, SIDE + 1
    around = sorted({str(arcs.label[a]) for a in range(len(arcs)) if island in {arcs.tail[a], arcs.head[a]}})
    after = gone_on(sketch, first, 600, closure("x", 600, *around))
    rows = {row.place: row.reason for row in after.plan.schedule.unserved}
    assert rows[f"t{island}"] == "UNSERVED_UNREACHABLE"
    assert after.plan.directions[0].persons_unserved >= after.plan.directions[0].unserved_bound > 0


def test_other_news_is_dealt_with_otherwise(sketch, first):
    after = gone_on(sketch, first, NOW_S, closure("x", NOW_S, busiest(first).name))
    history = departed(first.plan.schedule, NOW_S)
    slow = first.problem.network.arcs.travel_s + 1
    arcs = dataclasses.replace(first.problem.network.arcs, travel_s=slow)
    slower = dataclasses.replace(
        first.problem, history=history, network=dataclasses.replace(first.problem.network, arcs=arcs)
    )
    more = dataclasses.replace(after.problem, demand=after.problem.demand[1:])
    for problem in (slower, more, dataclasses.replace(after.problem, history=None)):
        assert lead_on(first.problem, first.plan.schedule, problem, reserves=True) is None
