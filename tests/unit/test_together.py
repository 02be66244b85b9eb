"""Plans made apart: what each sends into roads by the hour, and where all together are too many."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.regions import RegionUse, RoadHour, SiteUse
from safepassage.domain.timed_network import PPM
from safepassage.engines.together import (
    limited,
    most_ahead,
    next_shares,
    region_use,
    road_hours,
    shared_hours,
    shared_sites,
)
from safepassage.engines.together.ahead import ahead_of
from safepassage.formats.plan import plan_json
from tests.support.planned import accepted
from tests.support.sketch import Sketch, window


def row(ends, hour, load, capacity=10_000):
    return RoadHour(ends=ends, label="r", hour=hour, load_mveh=load, capacity_mveh=capacity)


def test_only_what_two_plans_use_in_the_same_hour_is_shared_and_the_worst_comes_first():
    found = shared_hours(
        {
            "b": [row(("1", "2"), 0, 7_000), row(("1", "2"), 1, 7_000), row(("2", "3"), 0, 9_000)],
            "a": [row(("1", "2"), 0, 4_000), row(("2", "1"), 1, 9_000), row(("2", "3"), 0, 9_000, 5_000)],
        }
    )
    over = [(one.ends, one.hour, one.over_mveh) for one in found]
    assert over == [(("2", "3"), 0, 13_000), (("1", "2"), 0, 1_000)]
    assert found[1].loads == (("a", 4_000), ("b", 7_000))


def test_every_car_is_counted_on_each_arc_in_the_hour_it_enters_it():
    sketch = Sketch(3, horizon_s=4 * 3_600)
    sketch.road(0, 1, travel_s=1_800)
    sketch.road(1, 2, travel_s=1_800)
    sketch.town("home", 0, 40)
    sketch.site("camp", 2)
    sketch.crossing("gate", 1, vehicles_h=60)
    sketch.arrangement(window(5_400, 12_600), places=("gate",))
    made = accepted(sketch)
    problem, schedule = made.planned.problem, plan_json.parsed_schedule(made.plan)
    found = road_hours(problem, schedule)
    cars = sum(len(stream.departures) for stream in schedule.cars) * problem.rules.car_units_mveh
    arcs = schedule.routes[schedule.cars[0].route].arcs
    assert sum(one.load_mveh for one in found) == cars * len(arcs)
    assert len({one.ends for one in found}) == len(arcs)
    gate = {one.hour: one.capacity_mveh for one in found if one.capacity_mveh <= 60_000}
    assert gate == {hour: 30_000 if hour == 1 else 60_000 for hour in gate}
    assert gate


def queue():
    """Cars of one town behind a narrow crossing that opens twice, accepted by the verifier."""
    sketch = Sketch(3, horizon_s=4 * 3_600)
    sketch.road(0, 1, travel_s=600)
    sketch.road(1, 2, travel_s=600)
    sketch.town("home", 0, 40)
    sketch.site("camp", 2)
    sketch.crossing("gate", 1, vehicles_h=60)
    return accepted(sketch)


def test_what_is_scarce_is_divided_by_need_then_moves_to_those_who_fill_their_part():
    uses = {
        name: RegionUse(hours=(row(("1", "2"), 0, load),), sites=(site(name == "a"),))
        for name, load in (("a", 9_000), ("b", 3_000))
    }
    hours = shared_hours({name: use.hours for name, use in uses.items()})
    sites = shared_sites({name: use.sites for name, use in uses.items()})
    first = next_shares({}, uses, hours, sites)
    assert first == {("1", "2"): {"a": 745_000, "b": 255_000}, ("camp",): {"a": 745_000, "b": 255_000}}
    assert all(sum(parts.values()) <= PPM for parts in first.values())
    idle = uses | {"b": RegionUse(hours=(row(("1", "2"), 0, 100),), sites=())}
    assert next_shares(first, idle, (), ())["1", "2"]["a"] > 745_000


def site(large):
    return SiteUse(id="camp", name="Camp", persons=90 if large else 30, capacity_persons=100)


def test_parts_of_a_problem_add_up_to_no_more_than_the_whole():
    problem = queue().planned.problem
    name = problem.network.node_id.tolist()
    arc = 0
    ends = name[problem.network.arcs.tail[arc]], name[problem.network.arcs.head[arc]]
    parts = [limited(problem, {ends: ppm, ("camp",): ppm}) for ppm in (333_333, 666_667)]
    for k in range(len(problem.network.arcs)):
        whole, mine = _capacity_of(problem, k), [_capacity_of(part, k) for part in parts]
        assert (sum(mine) <= whole) if k == arc else (mine == [whole, whole])
    (camp,) = [p.capacity_persons for p in problem.places if p.id == "camp"]
    assert sum(p.capacity_persons for part in parts for p in part.places if p.id == "camp") <= max(camp, -2)


def _capacity_of(problem, arc):
    pieces = problem.network.profiles.get(arc, ())
    return int(problem.network.arcs.capacity_mveh_h[arc]) + sum(p.capacity_mveh_h for p in pieces)


def test_one_plan_that_is_verified_is_never_ahead_and_two_of_it_are():
    made = queue()
    problem, schedule = made.planned.problem, plan_json.parsed_schedule(made.plan)
    # A road is looked at only where several use it: the same plan without its cars is another.
    nobody = replace(schedule, cars=tuple(replace(s, departures=s.departures[:1]) for s in schedule.cars))
    ahead, _ = most_ahead([(problem, schedule)], ())
    assert ahead == 0
    alone, road = most_ahead([(problem, schedule), (problem, nobody)], ())
    assert alone <= problem.rules.burst_mveh + problem.rules.car_units_mveh
    both, _ = most_ahead([(problem, schedule), (problem, schedule)], ())
    assert both > alone
    halves = [(limited(problem, {road: PPM // 2}), schedule)] * 2
    assert most_ahead(halves, {road})[0] >= both - 2
    persons = sum(car.persons for stream in schedule.cars for car in stream.departures)
    assert sum(one.persons for one in region_use(problem, schedule).sites) == persons


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 19), st.integers(1, 3_000)), max_size=8),
    st.integers(0, 1_000_000), st.integers(0, 1_000_000),
)  # fmt: skip
def test_ahead_is_the_worst_of_all_intervals(events, first, second):
    steps = [(0, 10, first), (10, 20, second)]
    found = 0
    for start in range(20):
        for end in range(start + 1, 21):
            let_in = sum(rate * max(0, min(u, end) - max(s, start)) for s, u, rate in steps)
            sent = sum(units for t, units in events if start <= t < end) * 3_600
            found = max(found, -(-(sent - let_in) // 3_600))
    assert ahead_of(events, steps) == found
