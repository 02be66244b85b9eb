"""Pauses and corridors count where both sides agreed or the lead said so, and then in their windows only."""

from __future__ import annotations

import pytest

from safepassage.domain.case import (
    ArrangementKind,
    ArrangementStatus,
    BorderStatusWord,
    RoadSelector,
    SelectorKind,
)
from tests.support.planned import accepted, laid
from tests.support.sketch import SAID, Sketch, link, window

Status, Kind = ArrangementStatus, ArrangementKind
OPEN = [(0, 1_000, False), (1_000, 2_000, True), (2_000, 7_200, False)]


def crossing(status=BorderStatusWord.CLOSED, **settings):
    """A crossing between people and their site, closed unless an arrangement opens it."""
    sketch = Sketch(3, **settings)
    sketch.road(0, 1)
    sketch.road(1, 2)
    sketch.town("home", 0, 5)
    sketch.site("camp", 2)
    sketch.crossing("post", 1, status=status)
    return sketch


def hours(sketch, arc=4):
    timed = laid(sketch).problem.network
    if arc in timed.profiles:
        return [(p.from_s, p.until_s, p.capacity_mveh_h > 0) for p in timed.profiles[arc]]
    return [(0, timed.horizon_s, bool(timed.arcs.capacity_mveh_h[arc] > 0))]


NEVER, ALWAYS = [(0, 7_200, False)], [(0, 7_200, True)]


@pytest.mark.parametrize(
    ("status", "more", "settings", "expected"),
    [
        (Status.IN_FORCE, {}, {}, OPEN),
        (Status.AGREED_IN_DETAIL, {}, {}, OPEN),
        (Status.AGREED_IN_PRINCIPLE, {}, {}, NEVER),
        (Status.AGREED_IN_PRINCIPLE, {}, {"use_proposed_windows": True}, OPEN),
        (Status.PROPOSED, {}, {}, NEVER),
        (Status.PROPOSED, {}, {"use_proposed_windows": True}, OPEN),
        (Status.PROPOSED, {}, {"use_unilateral_windows": True}, NEVER),
        (Status.PROPOSED, {"accepted_by_lead": "duty lead, 1 May"}, {}, OPEN),
        (Status.ANNOUNCED_UNILATERALLY, {}, {}, NEVER),
        (Status.ANNOUNCED_UNILATERALLY, {}, {"use_proposed_windows": True}, NEVER),
        (Status.ANNOUNCED_UNILATERALLY, {}, {"use_unilateral_windows": True}, OPEN),
        (Status.ANNOUNCED_UNILATERALLY, {"accepted_by_lead": "duty lead, 1 May"}, {}, OPEN),
        (Status.SUSPENDED, {}, {}, NEVER),
        (Status.SUSPENDED, {"accepted_by_lead": "duty lead"}, {"use_unilateral_windows": True}, NEVER),
        (Status.EXPIRED, {"accepted_by_lead": "duty lead"}, {"use_proposed_windows": True}, NEVER),
        (Status.VIOLATED_CLAIMED, {"accepted_by_lead": "duty lead"}, {"use_proposed_windows": True}, NEVER),
    ],
)
def test_which_arrangements_open_a_closed_crossing(status, more, settings, expected):
    sketch = crossing(**settings)
    sketch.arrangement(window(1_000, 2_000), status=status, places=("post",), **more)
    assert hours(sketch) == expected
    row = laid(sketch).modifications[-1]
    assert row.used == (expected == OPEN)
    assert ("shown, not used" in row.text) == (expected == NEVER)


@pytest.mark.parametrize("kind", [Kind.NOTIFICATION, Kind.ANNOUNCED_ZONE, Kind.ORDERED_EVACUATION])
def test_a_notification_is_not_a_permission(kind):
    sketch = crossing()
    sketch.arrangement(window(1_000, 2_000), kind=kind, places=("post",))
    assert hours(sketch) == NEVER
    assert not laid(sketch).modifications[-1].used


def test_an_agreed_arrangement_without_hours_opens_nothing():
    sketch = crossing()
    sketch.arrangement(places=("post",))
    assert hours(sketch) == NEVER


def test_people_pass_in_the_window_and_have_passed_when_it_ends():
    sketch = crossing()
    sketch.arrangement(window(1_000, 1_064), places=("post",))
    found = accepted(sketch)
    assert found.departures("home") == [940, 941, 942, 943, 944]
    assert found.plan["complete"]
    shorter = crossing()
    shorter.arrangement(window(1_000, 1_063), places=("post",))
    assert accepted(shorter).reasons() == {"UNSERVED_ROAD_TIME": 1}


def test_a_closed_crossing_says_that_an_arrangement_opens_it():
    sketch = crossing()
    sketch.arrangement(window(1_000, 2_000), places=("post",), name="Morning pause", provenance=SAID)
    rows = laid(sketch).modifications
    assert [(m.id, m.used) for m in rows] == [("status-post", False), ("a0", True)]
    assert "opened by an arrangement" in rows[0].text
    assert (rows[1].text, rows[1].source) == ("Morning pause: pause, in force", "somebody")
    assert (rows[1].from_s, rows[1].to_s, rows[1].arcs) == (1_000, 2_000, (4,))


def test_a_crossing_may_be_named_among_the_roads():
    sketch = crossing()
    sketch.arrangement(window(1_000, 2_000), roads=(RoadSelector(kind=SelectorKind.PLACE, value="post"),))
    assert hours(sketch) == OPEN


def test_opening_hours_still_hold_inside_a_window():
    sketch = crossing(BorderStatusWord.OPEN)
    sketch.rows["places"].pop()
    sketch.crossing("post", 1, open_windows=(window(1_500, 3_000),))
    sketch.arrangement(window(1_000, 2_000), places=("post",))
    assert hours(sketch) == [(0, 1_500, False), (1_500, 2_000, True), (2_000, 7_200, False)]


def test_a_road_is_open_in_the_window_of_a_corridor_only():
    sketch = crossing(BorderStatusWord.OPEN)
    sketch.arrangement(window(1_000, 2_000), kind=Kind.CORRIDOR, roads=link("l0"))
    assert hours(sketch, 0) == hours(sketch, 1) == OPEN
    assert hours(sketch, 2) == ALWAYS


def test_a_suspended_corridor_leaves_an_open_road_as_it_is():
    sketch = crossing(BorderStatusWord.OPEN)
    sketch.arrangement(window(1_000, 2_000), status=Status.SUSPENDED, roads=link("l0"))
    assert hours(sketch, 0) == ALWAYS


def test_an_arrangement_that_names_an_area_governs_the_roads_and_crossings_in_it():
    sketch = crossing(BorderStatusWord.OPEN)
    sketch.arrangement(window(1_000, 2_000), area=sketch.area(0.9, 1.1))
    assert hours(sketch, 0) == hours(sketch, 3) == hours(sketch, 4) == OPEN


def test_two_pauses_open_a_crossing_twice():
    sketch = crossing()
    sketch.arrangement(window(1_000, 2_000), places=("post",))
    sketch.arrangement(window(4_000, 5_000), places=("post",))
    assert [(a, b) for a, b, is_open in hours(sketch) if is_open] == [(1_000, 2_000), (4_000, 5_000)]


class TestDirections:
    def both_ways(self, *arrangements):
        sketch = crossing()
        sketch.town("far", 2, 5, "east")
        sketch.site("hall", 0, "east")
        for windows, directions in arrangements:
            sketch.arrangement(*windows, places=("post",), directions=directions)
        found = accepted(sketch)
        return [found.direction(name)["persons_served"] for name in ("west", "east")]

    def test_without_a_word_both_directions_may_pass(self):
        assert self.both_ways(((window(1_000, 2_000),), ())) == [5, 5]

    def test_an_arrangement_for_one_direction_opens_nothing_to_the_other(self):
        assert self.both_ways(((window(1_000, 2_000),), ("west",))) == [5, 0]
        assert self.both_ways(((window(1_000, 2_000),), ("east",))) == [0, 5]

    def test_hours_for_different_directions_are_shared_only_where_they_overlap(self):
        """What is agreed for one direction is never used by the other, even at the price of hours."""
        assert self.both_ways(((window(0, 900),), ("west",)), ((window(1_000, 2_000),), ("east",))) == [0, 0]
        assert self.both_ways(((window(0, 1_500),), ("west",)), ((window(1_000, 2_000),), ("east",))) == [
            5,
            5,
        ]

    def test_the_directions_a_crossing_permits_still_hold(self):
        sketch = crossing(BorderStatusWord.OPEN)
        sketch.rows["places"].pop()
        sketch.crossing("post", 1, directions=("east",))
        sketch.arrangement(window(1_000, 2_000), places=("post",), directions=("west",))
        assert laid(sketch).problem.network.arcs.directions[4] == 0
