"""Where everybody drives, flows plan the case: verified, nobody lost, and sooner than car after car."""

from __future__ import annotations

import dataclasses

import pytest

from safepassage.domain.situation import Situation
from safepassage.engines.car_streams import arrives_as_can, by_car, by_car_alone, drive_all
from safepassage.engines.changes import person_seconds
from safepassage.engines.evacuate import Earlier, evacuate
from safepassage.engines.evacuate.schedule import Limits
from safepassage.engines.what_if import closed, in_use
from safepassage.planning import Planned, StoppingRule, prepare, scheduled
from safepassage.what_if import Scales
from tests.support.planned import laid, planned, verdict_on, written
from tests.support.sketch import Sketch

SIDE = 6
PERSONS = 700


def town(persons=PERSONS, **more):
    """A square of streets with people at every crossing but the four corners, where sites are."""
    more = {"horizon_s": 6 * 3_600, "junction_wait_max_s": 120, "persons_per_car": 3} | more
    sketch = Sketch(SIDE * SIDE, **more)
    corners = [0, SIDE - 1, SIDE * (SIDE - 1), SIDE * SIDE - 1]
    for node in range(SIDE * SIDE):
        if node % SIDE < SIDE - 1:
            sketch.road(node, node + 1, 40 + 7 * (node % 5), 600)
        if node < SIDE * (SIDE - 1):
            sketch.road(node, node + SIDE, 35 + 5 * (node % 7), 900)
        if node not in corners:
            sketch.town(f"t{node}", node, persons)
    for node in corners:
        sketch.site(f"s{node}", node)
    return sketch


class TestWhichCases:
    def test_many_who_all_drive_one_way(self):
        assert by_car_alone(laid(town()).problem, reserves=True) == "west"

    def test_not_few(self):
        assert by_car_alone(laid(town(20)).problem, reserves=True) is None

    def test_of_other_people_too_their_cars_alone(self):
        sketch = town()
        sketch.people("t8", 5, group="needs_transport")
        sketch.people("t8", 9, "east")
        problem = laid(sketch).problem
        assert (by_car(problem), by_car_alone(problem, reserves=True)) == (("west",), None)

    def test_not_both_ways(self):
        sketch = town()
        sketch.town("other", 7, 5, direction="east")
        assert by_car_alone(laid(sketch).problem, reserves=True) is None

    def test_not_where_somebody_needs_a_seat(self):
        sketch = town()
        sketch.place("more", 8)
        sketch.people("more", 5, group="needs_transport")
        assert by_car_alone(laid(sketch).problem, reserves=True) is None

    def test_not_where_a_site_may_be_full(self):
        sketch = town()
        sketch.rows["places"].pop()
        sketch.site("small", SIDE * SIDE - 1, capacity=9)
        assert by_car_alone(laid(sketch).problem, reserves=True) is None

    @pytest.mark.parametrize("change", [{"gate": True}, {"persons_h": 500}])
    def test_not_where_roads_are_more_than_roads(self, change):
        problem = laid(town()).problem
        (name, value), arcs = *change.items(), problem.network.arcs
        column = getattr(arcs, name).copy()
        column[3] = value
        network = dataclasses.replace(problem.network, arcs=dataclasses.replace(arcs, **{name: column}))
        assert by_car_alone(dataclasses.replace(problem, network=network), reserves=True) is None


@pytest.mark.slow
def test_where_time_is_too_short_for_all_flows_do_not_choose_who_stays():
    assert arrives_as_can(drive_all(laid(town()).problem, "west"))
    sketch = town(horizon_s=3_000)
    ground = prepare(sketch.network(), Situation(case=sketch.case()), stop=StoppingRule(work=10**7))
    assert not arrives_as_can(drive_all(ground.problem, "west"))
    left = {row.place: row.persons for row in scheduled(ground).unserved}
    shares = [left.get(f"t{node}", 0) for node in range(SIDE * SIDE) if f"t{node}" in left]
    assert max(shares) - min(shares) <= PERSONS // 10


@pytest.mark.slow
def test_the_plan_is_verified_and_sooner_than_car_after_car():
    sketch = town()
    checked = planned(sketch)
    assert not checked.verdict.violations
    row = checked.direction("west")
    assert row["unserved_bound"] in {0, None}
    persons = sum(n for stream in checked.plan["cars"] for _, n, *_ in stream["departures"])
    assert persons == PERSONS * (SIDE * SIDE - 4)
    problem = laid(sketch).problem
    one_by_one = evacuate(problem, exposure_weight=0, limits=Limits(work=10**9))
    last_s = max(
        car.depart_s + sum(s for _, s in car.waits) + int(problem.network.arcs.travel_s[list(route)].sum())
        for stream in one_by_one.cars
        for route in [one_by_one.routes[stream.route].arcs]
        for car in stream.departures
    )
    assert row["clearance_s"] < last_s
    assert planned(sketch).files == checked.files


def weighing(sketch):
    """What-ifs of the plan of a sketch, each verified."""

    def check(problem, plan):
        found = Planned(problem=problem, plan=plan, modifications=(), problems=(), baseline_arcs=0)
        assert not verdict_on(written(found)).violations

    made = planned(sketch).planned
    return Scales(made, exposure_weight=0, stop=StoppingRule(work=10**9), reserves=True, check=check)


@pytest.fixture(scope="module")
def scales():
    return weighing(town())


@pytest.mark.slow
class TestWhatIfs:
    """What a road is worth must not depend on who led the cars: both plans are made by flows."""

    def test_a_road_that_nobody_uses_costs_nothing(self, scales):
        problem, schedule = scales.planned.problem, scales.planned.plan.schedule
        used = {arc for route in schedule.routes for arc in route.arcs}
        unused = [arc for arc in range(len(problem.network.arcs)) if arc not in used]
        assert unused
        assert scales.without(unused).outcomes == scales.itself()
        # Planned anew on what is left it is the same but for what flows lose between bins.
        anew, before = scales.weigh(closed(problem, unused)).outcomes[0], scales.itself()[0]
        assert anew.person_s == pytest.approx(before.person_s, rel=0.01)
        assert (anew.served, anew.unserved) == (before.served, before.unserved)

    def test_a_loss_ends_near_its_bound(self, scales):
        stretches, _ = in_use(scales.planned.problem, scales.planned.plan.schedule, frozenset(), most=1)
        lost = scales.without(stretches[0].arcs).outcomes[0]
        assert lost.clearance_bound_s <= lost.clearance_s <= 1.02 * lost.clearance_bound_s
        assert lost.person_s > scales.itself()[0].person_s

    def test_who_cannot_arrive_in_time_is_counted_by_flows_too(self):
        scales = weighing(town(horizon_s=6_000))
        heads = scales.planned.problem.network.arcs.head.tolist()
        lost = scales.without(a for a, head in enumerate(heads) if head in {0, SIDE - 1}).outcomes[0]
        assert 0 < lost.unserved_bound <= lost.unserved <= 1.02 * lost.unserved_bound


def shared_town(**more):
    """The square with cars both ways, people who need a bus, and people who have not decided."""
    sketch = town(60, load_base_s=120, load_per_person_s=10, unload_base_s=60, **more)
    for node in (0, SIDE - 1):
        sketch.site(f"e{node}", node, direction="east")
    for node in range(1, SIDE * SIDE, 3):
        if f"t{node}" in {place.id for place in sketch.rows["places"]}:
            sketch.people(f"t{node}", 130, "east")
            sketch.people(f"t{node}", 12, group="needs_transport")
            sketch.people(f"t{node}", 5, basis="assumption")
    sketch.buses("bus", "t1", 4, 40, units_mveh=2_500)
    return sketch


@pytest.mark.slow
def test_of_plans_with_cars_before_others_or_among_them_the_soonest_is_taken():
    sketch, limits = shared_town(), Limits(work=10**9)
    problem = laid(sketch).problem
    assert by_car(problem) == ("west", "east")
    checked = planned(sketch, work=limits.work)
    assert not checked.verdict.violations
    plan, guide = checked.planned.plan.schedule, checked.planned.guide
    assert guide is not None
    for given in (None, guide):
        other = evacuate(problem, exposure_weight=0, limits=limits, guide=given)
        assert sum(person_seconds(problem, plan).values()) <= sum(person_seconds(problem, other).values())
        assert len(plan.unserved) <= len(other.unserved)
        assert sum(r.reserved for r in plan.reserves) >= sum(r.reserved for r in other.reserves)


def test_cars_led_ahead_keep_their_seconds_while_others_are_planned():
    sketch = shared_town()
    problem = laid(sketch).problem
    ahead = evacuate(only(problem, "own_vehicle"), exposure_weight=0, limits=Limits(work=10**9))
    whole = evacuate(problem, exposure_weight=0, limits=Limits(work=10**9), earlier=Earlier(schedule=ahead))

    def cars(plan):
        return sorted(
            (stream.place, plan.routes[stream.route].arcs, car.depart_s, car.persons, car.waits)
            for stream in plan.cars if not stream.reserve
            for car in stream.departures
        )  # fmt: skip

    assert cars(whole) == cars(ahead)
    assert sum(item.persons for chain in whole.vehicles for leg in chain.legs for item in leg.load) > 0
    assert sum(row.reserved for row in whole.reserves) > 0


def only(problem, group):
    """The problem with one group of decided people."""
    rows = tuple(row for row in problem.demand if row.group == group and row.basis != "assumption")
    return dataclasses.replace(problem, demand=rows)
