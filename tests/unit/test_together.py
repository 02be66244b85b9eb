"""Plans made apart: what each sends into roads by the hour, and where all together are too many."""

from __future__ import annotations

from safepassage.domain.regions import RoadHour
from safepassage.engines.together import road_hours, shared_hours
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
