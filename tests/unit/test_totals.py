"""Arrivals, clearance, exposure and shares, added up from a schedule written by hand."""

from __future__ import annotations

import pytest

from safepassage.domain.case import RoadStatusWord
from safepassage.domain.plan import (
    Bound,
    CarStream,
    Certificate,
    Departure,
    EnvelopePoint,
    Leg,
    LinkRide,
    Load,
    Route,
    Schedule,
    Unserved,
    VehicleChain,
)
from safepassage.engines.summary.totals import Walk, direction_summaries, totals
from tests.support.planned import laid
from tests.support.sketch import Sketch, window


def problem():
    """Two roads of 60 s, the second twice as slow from 1,000 s on, with hazard in the first minutes."""
    sketch = Sketch(4)
    sketch.road(0, 1, 60, oneway=True)
    sketch.road(1, 2, 60, oneway=True)
    sketch.status(RoadStatusWord.RESTRICTED, "l1", interval=window(1_000, 7_200))
    sketch.area(-1, 1, 1_000, interval=window(0, 100))
    sketch.area(1.5, 3, 10, interval=window(0, 200))
    sketch.town("home", 0, 10)
    sketch.people("home", 6, group="needs_transport")
    sketch.town("other", 1, 4)
    sketch.site("camp", 2)
    sketch.transit("camp", "other", "foot", 30)
    return laid(sketch).problem


ROUTES = (
    Route(from_node=0, to_node=2, arcs=(0, 1)),
    Route(from_node=0, to_node=1, arcs=(0,)),
    Route(from_node=1, to_node=1, arcs=()),
)


def schedule(**parts):
    empty = {"cars": (), "vehicles": (), "link_rides": (), "unserved": (), "reserves": ()}
    return Schedule(routes=ROUTES, **(empty | parts))


def stream(*departures, **more):
    row = {"id": "c1", "place": "home", "direction": "west", "site": "camp", "route": 0, "reserve": False}
    return CarStream(departures=departures, **(row | more))


def load(persons, **more):
    row = {"place": "home", "group": "needs_transport", "direction": "west", "reserve": False}
    return Load(persons=persons, **(row | more))


def summary(made, certificate=None):
    found = problem()
    rows = direction_summaries(
        found, made, totals(found, made), certificate or Certificate(bounds=(), envelope=())
    )
    return rows[0]


class TestWalk:
    def test_each_arc_takes_the_time_of_the_second_it_is_entered(self):
        walk = Walk(problem().network)
        assert list(walk.steps((0, 1), 0, ())) == [(0, 0, 60), (1, 60, 120)]
        assert walk.arrive_s((0, 1), 939, ()) == 939 + 60 + 60
        assert walk.arrive_s((0, 1), 940, ()) == 940 + 60 + 120
        assert walk.arrive_s((), 33, ()) == 33

    def test_waits_come_before_the_arc_they_are_for(self):
        walk = Walk(problem().network)
        assert list(walk.steps((0, 1), 0, ((1, 15),))) == [(0, 0, 60), (1, 60, 135)]

    @pytest.mark.parametrize(
        ("depart_s", "waits", "since_s", "expected"),
        [
            # 60 s at 1,000 ppm, then half of the second road lies in 10 ppm: 60 s at 5 ppm.
            (0, (), None, 60_000 + 60 * 5),
            (70, (), None, 30_000 + 60 * 5),
            (100, (), None, 40 * 5),
            # People who wait for the first arc since second 20 are exposed there until they leave.
            (70, (), 20, 80_000 + 60 * 5),
            # A wait of 100 s before the second road counts with that road.
            (0, ((1, 100),), None, 60_000 + 140 * 5),
        ],
    )
    def test_exposure_is_hazard_second_by_second(self, depart_s, waits, since_s, expected):
        walk = Walk(problem().network)
        assert walk.exposure_ppm_s((0, 1), depart_s, waits, since_s) == expected


class TestTotals:
    def test_cars(self):
        made = schedule(cars=(stream(Departure(depart_s=0, persons=2), Departure(depart_s=200, persons=1)),))
        total = totals(problem(), made)["west"]
        assert (total.served, total.clearance_s, total.reserved) == (3, 320, 0)
        assert total.exposure_person_ppm_s == 2 * (60_000 + 300)

    def test_reserves_are_a_count_of_their_own(self):
        made = schedule(cars=(stream(Departure(depart_s=0, persons=2), reserve=True),))
        total = totals(problem(), made)["west"]
        assert (total.served, total.clearance_s, total.reserved, total.exposure_person_ppm_s) == (
            0,
            None,
            2,
            0,
        )

    def test_a_journey_with_a_change_counts_once_and_its_wait_is_exposed(self):
        """By bus to node 1 in second 60, on by a second bus that leaves in 90 from there."""
        first = Leg(id="a/1", route=1, depart_s=0, waits=(), arrive_s=60, load=(load(4),))
        on = Leg(
            id="a/2", route=2, depart_s=90, waits=(), arrive_s=90, load=(load(4, after="a/1", site="camp"),)
        )
        made = schedule(vehicles=(VehicleChain(id="a", legs=(first, on)),))
        total = totals(problem(), made)["west"]
        assert (total.served, total.clearance_s) == (4, 90)
        assert total.by_group == {"needs_transport": (4, 90)}
        assert total.exposure_person_ppm_s == 4 * 60_000

    def test_a_link_ride_arrives_after_its_time(self):
        ride = LinkRide(id="ride-1", arc=2, depart_s=10, load=(load(3, site="camp"),))
        total = totals(problem(), schedule(link_rides=(ride,)))["west"]
        assert (total.served, total.clearance_s) == (3, 40)


class TestSummary:
    def test_demand_served_and_shares(self):
        left = Unserved(place="home", direction="west", group="own_vehicle", persons=4, reason="R", detail="")
        made = schedule(cars=(stream(Departure(depart_s=0, persons=12)),), unserved=(left,))
        row = summary(made)
        assert (row.persons_demand, row.persons_served, row.persons_unserved) == (20, 12, 4)
        assert row.min_share_ppm == 750_000

    def test_the_bound_and_its_gap(self):
        bound = Bound(
            id="b", direction="west", kind="label_cut", commodity="cars", persons=12, horizon_s=99, phi=11,
            clearance_s=100, labels=(), extension="distance",
        )  # fmt: skip
        point = EnvelopePoint(direction="west", t_s=7_200, persons_at_most=15, parts=())
        made = schedule(cars=(stream(Departure(depart_s=0, persons=12)),))
        row = summary(made, Certificate(bounds=(bound,), envelope=(point,)))
        assert (row.clearance_bound_s, row.bound_kind, row.gap_ppm) == (100, "label_cut", 200_000)
        assert row.unserved_bound == 5

    def test_where_nobody_is_served_there_is_no_time_and_no_bound(self):
        row = summary(schedule())
        assert (row.clearance_s, row.clearance_bound_s, row.gap_ppm, row.bound_kind) == (None, None, None, "")

    def test_a_direction_without_demand_has_everybody_served(self):
        found, made = problem(), schedule()
        row = direction_summaries(found, made, totals(found, made), Certificate(bounds=(), envelope=()))[1]
        assert (row.persons_demand, row.min_share_ppm, row.unserved_bound) == (0, 1_000_000, 0)
