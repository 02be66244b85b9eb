"""Trips change vehicles and sites where all come sooner, exactly timed; else everything is as it was."""

from __future__ import annotations

import pytest

from safepassage.domain.plan import Leg, Load
from safepassage.engines.changes import person_seconds
from safepassage.engines.evacuate import improve
from safepassage.engines.evacuate.improve import Improver
from safepassage.engines.evacuate.journeys import Journey, Stage
from safepassage.engines.evacuate.schedule import _Making
from safepassage.engines.evacuate.trips import Party, VehicleState
from safepassage.engines.evacuate.ways import Ways
from safepassage.testing.small_cases import random_small_case
from tests.support.planned import accepted, laid
from tests.support.sketch import Sketch


def line(room=10, near="b"):
    """Towns a and b at the ends of a road, a site next to each; two buses, the second at `near`."""
    sketch = Sketch(4)
    sketch.road(0, 1, 60)
    sketch.road(1, 2, 600)
    sketch.road(2, 3, 60)
    sketch.town("a", 0)
    sketch.town("b", 3)
    sketch.people("a", 10, group="needs_transport")
    sketch.people("b", 8, group="needs_transport")
    sketch.buses("one", "a", 1, 10)
    sketch.buses("two", near, 1, 10)
    sketch.site("x", 1, capacity=room)
    sketch.site("y", 2, capacity=10)
    problem = laid(sketch).problem
    return _Making.of(problem, Ways(problem, 0), {}, reserves=False, earlier=None)


def send(plan, vehicle, town, site):
    """Book everybody of a town on a vehicle to a site."""
    claim = next(c for c in plan.decided if c.place.id == town)
    party = Party(claim, dict(claim.remaining))
    goal = next(p.node for p in plan.problem.places if p.id == site)
    journey = Journey(site, (Stage(claim.node, goal),), 0)
    plan.fleet.commit(*plan.fleet.book_round([[party]], journey, vehicle), site)


def improved(plan, enough=lambda: False):
    improver = Improver(plan.problem, plan.fleet, 1, plan.cars.last_s, enough)
    improver.run()
    return improver


def arrivals(plan):
    return {
        load.place: (chain.id, load.site, leg.arrive_s)
        for chain in plan.fleet.chains()
        for leg in chain.legs
        for load in leg.load
        if load.site
    }


def test_two_trips_exchange_sites():
    plan = line()
    send(plan, "one-001", "a", "y")
    send(plan, "two-001", "b", "x")
    assert {at for _, _, at in arrivals(plan).values()} == {660}
    improved(plan)
    assert arrivals(plan) == {"a": ("one-001", "x", 60), "b": ("two-001", "y", 60)}
    assert (plan.room.person_s, plan.room.last_s) == (18 * 60, 60)
    assert plan.room.left == {"x": 0, "y": 2}


def test_a_trip_goes_to_a_site_with_room():
    plan = line()
    send(plan, "one-001", "a", "y")
    improved(plan)
    assert arrivals(plan) == {"a": ("one-001", "x", 60)}


def test_an_idle_vehicle_takes_a_trip_over():
    plan = line()
    send(plan, "one-001", "b", "y")
    assert arrivals(plan)["b"] == ("one-001", "y", 780)
    improved(plan)
    assert arrivals(plan) == {"b": ("two-001", "y", 60)}
    assert plan.fleet.states()["one-001"].legs == 0


@pytest.mark.parametrize(("reserve", "last_s"), [(False, 5_000), (True, 60)])
def test_what_was_announced_does_not_move_and_counts_as_arrived(reserve, last_s):
    plan = line()
    load = Load(
        place="b", group="needs_transport", direction="west", persons=1, reserve=reserve, site="y"
    )  # fmt: skip
    kept = Leg(id="two-001/1", route=0, depart_s=4_940, waits=(), arrive_s=5_000, load=(load,))
    plan.fleet.resume({"two-001": [kept]}, [], {"two-001": VehicleState(2, 5_000, 4_940, 1)}, 0)
    send(plan, "one-001", "a", "y")
    improved(plan)
    assert arrivals(plan) == {"a": ("one-001", "x", 60), "b": ("two-001", "y", 5_000)}
    assert plan.room.last_s == last_s


@pytest.mark.parametrize("stopped", ["room", "enough", "work"])
def test_all_is_as_before_where_nothing_may_be_changed(stopped, monkeypatch):
    # With nine places at the first site ten people have to go on to the other.
    plan = line(room=9 if stopped == "room" else 10)
    send(plan, "one-001", "a", "y")
    send(plan, "two-001", "b", "x")
    before = plan.fleet.chains(), dict(plan.fleet.states()), plan.room.person_s, dict(plan.room.left)
    if stopped == "work":
        monkeypatch.setattr(improve, "MOST_MOVES", 0)
    improver = improved(plan, lambda: stopped == "enough")
    after = plan.fleet.chains(), dict(plan.fleet.states()), plan.room.person_s, dict(plan.room.left)
    assert after == before
    assert improver.moves == 0


def test_what_is_tried_in_vain_is_put_back():
    # The second bus would come to the town, but its site has no place left.
    plan = line(near="a")
    send(plan, "one-001", "a", "x")
    send(plan, "one-001", "b", "y")
    before = arrivals(plan)
    tails = {"one-001": (1, []), "two-001": (0, [improve._Order.of(plan.fleet.booked[1], "x")])}
    improver = Improver(plan.problem, plan.fleet, 1, 0, lambda: False)
    assert not improver._try(tails)
    assert arrivals(plan) == before
    assert len(plan.fleet.booked) == 2


@pytest.mark.parametrize("seed", [20, 57])
def test_drawn_plans_get_better_and_hold(seed, monkeypatch):
    case, network = random_small_case(seed)
    found = accepted(case, network).planned
    monkeypatch.setattr(Improver, "run", lambda self: None)
    plain = accepted(case, network).planned

    def figures(planned):
        schedule = planned.plan.schedule
        kept = sum(row.reserved for row in schedule.reserves)
        return sum(person_seconds(planned.problem, schedule).values()), schedule.unserved, kept

    (sooner, left, kept), (later, left_before, kept_before) = figures(found), figures(plain)
    assert sooner < later
    assert (left, kept) == (left_before, kept_before)
