"""Crossings and checkpoints split the node they stand on; links leave it behind them."""

from __future__ import annotations

import pytest

from safepassage.domain.case import BorderStatusWord, PlaceKind
from safepassage.domain.network import Mode
from tests.support.planned import accepted, laid
from tests.support.sketch import Sketch, window


def line(**settings):
    """Three nodes in a row; people at 0, a site of the west at 2."""
    sketch = Sketch(3, **settings)
    sketch.road(0, 1)
    sketch.road(1, 2)
    sketch.town("home", 0, 10)
    sketch.site("camp", 2)
    return sketch


def arcs(timed):
    columns = timed.arcs
    return list(zip(columns.tail.tolist(), columns.head.tolist(), columns.gate.tolist(), strict=True))


def test_without_a_gate_nothing_is_split():
    timed = laid(line()).problem.network
    assert arcs(timed) == [(0, 1, False), (1, 0, False), (1, 2, False), (2, 1, False)]
    assert timed.n_nodes == 3


def test_a_gate_splits_its_node_and_roads_leave_from_behind():
    sketch = line()
    sketch.crossing("post", 1, vehicles_h=60)
    timed = laid(sketch).problem.network
    assert arcs(timed) == [(0, 1, False), (3, 0, False), (3, 2, False), (2, 1, False), (1, 3, True)]
    assert timed.node_id.tolist() == ["n0", "n1", "n2", "n1/out"]
    assert (timed.lon_e7[3], timed.lat_e7[3]) == (timed.lon_e7[1], timed.lat_e7[1])
    assert timed.arcs.label[4] == "Post"
    assert timed.arcs.capacity_mveh_h[4] == 60_000


def test_the_baseline_keeps_its_arcs_in_place():
    sketch = line()
    sketch.crossing("post", 1)
    overlaid = laid(sketch)
    assert overlaid.baseline_arcs == 4
    assert sketch.network().arcs.tail.tolist() == [0, 1, 1, 2]


def test_two_gates_at_one_node_stand_one_behind_the_other():
    sketch = line()
    sketch.crossing("exit", 1, vehicles_h=60)
    sketch.crossing("entry", 1, vehicles_h=30)
    timed = laid(sketch).problem.network
    assert arcs(timed)[4:] == [(1, 3, True), (3, 4, True)]
    assert arcs(timed)[1] == (4, 0, False)
    assert timed.node_id.tolist()[3:] == ["n1/out", "n1/out2"]


def test_the_tighter_of_two_gates_at_one_node_counts():
    sketch = line()
    sketch.crossing("exit", 1, vehicles_h=3_600)
    sketch.crossing("entry", 1, vehicles_h=60)
    starts = accepted(sketch).departures("home")
    assert starts[-1] - starts[0] >= 9 * 59


def test_a_closed_gate_behind_an_open_one_is_closed():
    sketch = line()
    sketch.crossing("exit", 1)
    sketch.crossing("entry", 1, status=BorderStatusWord.CLOSED)
    assert accepted(sketch).reasons() == {"UNSERVED_UNREACHABLE": 10}


def test_everybody_who_passes_a_node_passes_its_gate_whichever_way():
    """Cars west and cars east share the one throughput of the crossing."""
    sketch = line()
    sketch.crossing("post", 1, vehicles_h=60)
    sketch.town("far", 2, 10, "east")
    sketch.site("hall", 0, "east")
    found = accepted(sketch)
    starts = sorted(found.departures("home") + found.departures("far"))
    assert found.plan["complete"]
    assert starts[-1] - starts[0] >= 19 * 59


def test_a_site_on_the_node_of_a_gate_lies_before_it():
    sketch = Sketch(2)
    sketch.road(0, 1)
    sketch.town("home", 0, 3)
    sketch.site("camp", 1)
    sketch.crossing("post", 1, status=BorderStatusWord.CLOSED)
    assert accepted(sketch).plan["complete"]


def test_people_and_vehicles_on_the_node_of_a_gate_start_behind_it():
    sketch = Sketch(2)
    sketch.road(0, 1)
    sketch.town("home", 0, 3)
    sketch.people("home", 4, group="needs_transport")
    sketch.buses("bus", "home")
    sketch.site("camp", 1)
    sketch.crossing("post", 0, status=BorderStatusWord.CLOSED)
    problem = laid(sketch).problem
    assert [(p.node, p.pickup_node) for p in problem.places if p.id == "home"] == [(2, 2)]
    assert problem.fleet[0].base_node == 2
    assert accepted(sketch).plan["complete"]


def test_a_train_leaves_from_behind_the_gate_of_its_station():
    """Nobody gets round a closed crossing by boarding there."""
    sketch = Sketch(3)
    sketch.road(0, 1)
    sketch.town("home", 0, 5)
    sketch.people("home", 5, group="needs_transport")
    sketch.buses("bus", "home")
    sketch.crossing("post", 1, status=BorderStatusWord.CLOSED)
    sketch.site("camp", 2)
    sketch.transit("post", "camp")
    timed = laid(sketch).problem.network
    assert arcs(timed)[-2:] == [(1, 3, True), (3, 2, False)]
    assert accepted(sketch).reasons() == {"UNSERVED_UNREACHABLE": 10}


def test_persons_per_hour_limit_cars_too():
    sketch = line(persons_per_car=2)
    sketch.crossing("post", 1, persons_h=60)
    starts = accepted(sketch).departures("home")
    assert starts[-1] - starts[0] >= 4 * 2 * 60 - 2


@pytest.mark.parametrize(("directions", "served"), [((), 10), (("west",), 10), (("east",), 0)])
def test_a_gate_lets_through_only_the_directions_it_permits(directions, served):
    sketch = line()
    sketch.crossing("post", 1, directions=directions)
    assert accepted(sketch).direction("west")["persons_served"] == served


def test_empty_vehicles_do_not_pass_where_they_may_not_return():
    """Two trips are needed; without a way back for the empty bus there is one."""
    served = {}
    for empty_return in (True, False):
        sketch = line()
        sketch.rows["demand"].clear()
        sketch.people("home", 20, group="needs_transport")
        sketch.buses("bus", "home", seats=10)
        sketch.crossing("post", 1, empty_return=empty_return)
        served[empty_return] = accepted(sketch).direction("west")["persons_served"]
    assert served == {True: 20, False: 10}


class TestOnFoot:
    def walk(self, **more):
        sketch = Sketch(3, load_base_s=60)
        sketch.road(0, 1)
        sketch.road(1, 2)
        sketch.town("home", 0)
        sketch.people("home", 6, group="needs_transport")
        sketch.people("home", 2)
        sketch.site("camp", 2)
        sketch.crossing("bridge", 1, foot_m=550, **more)
        sketch.place("depot", 2, PlaceKind.DEPOT)
        sketch.buses("near", "home")
        sketch.buses("far", "depot")
        return sketch

    def test_a_foot_crossing_carries_no_vehicle_and_takes_walking_time(self):
        timed = laid(self.walk()).problem.network
        assert (timed.arcs.modes[4], timed.arcs.travel_s[4], timed.arcs.length_m[4]) == (Mode.FOOT, 500, 550)

    def test_people_ride_walk_and_ride_on(self):
        found = accepted(self.walk())
        assert found.direction("west")["persons_served"] == 6
        assert found.reasons() == {"UNSERVED_UNREACHABLE": 2}
        assert [r["arc"] for r in found.plan["link_rides"]] == [5, 4, 12]
        assert {v["id"] for v in found.plan["vehicles"]} == {"near-001", "far-001"}

    def test_vehicles_turn_round_on_their_side_and_none_drives_across(self):
        """Two trips on either side; the buses drive on their own road only."""
        sketch = self.walk()
        sketch.people("home", 14, group="assisted")
        found = accepted(sketch)
        assert found.direction("west")["persons_served"] == 20
        tail, head = (found.inputs["network"]["arcs"][name] for name in ("tail", "head"))
        driven = {
            vehicle["id"]: {
                frozenset((tail[a], head[a]))
                for leg in vehicle["legs"]
                for a in found.plan["routes"][leg["route"]]["arcs"]
            }
            for vehicle in found.plan["vehicles"]
        }
        assert driven == {"near-001": {frozenset((0, 4))}, "far-001": {frozenset((2, 5))}}

    def test_people_with_cars_may_start_or_end_at_a_foot_crossing_but_not_drive_through(self):
        sketch = Sketch(3)
        sketch.road(0, 1)
        sketch.road(1, 2)
        sketch.crossing("bridge", 1, foot_m=550)
        sketch.town("start", 1, 3)
        sketch.site("camp", 2)
        sketch.town("far", 2, 4, "east")
        sketch.site("desk", 1, "east")
        sketch.town("home", 0, 5)
        found = accepted(sketch)
        assert found.direction("west")["persons_served"] == 3
        assert found.direction("east")["persons_served"] == 4
        assert found.reasons() == {"UNSERVED_UNREACHABLE": 5}

    def test_a_bus_that_stands_at_a_foot_crossing_drives_off_empty(self):
        sketch = self.walk()
        sketch.rows["fleet"].clear()
        sketch.buses("near", "home")
        sketch.buses("post", "bridge")
        assert accepted(sketch).direction("west")["persons_served"] == 6

    def test_a_foot_crossing_has_hours(self):
        found = accepted(self.walk(open_windows=(window(3_000, 6_000),)))
        assert [r["depart_s"] for r in found.plan["link_rides"] if r["arc"] == 4] == [3_000]

    def test_a_foot_crossing_closes_before_the_walk_is_over(self):
        """The path is open for less than the walk takes."""
        found = accepted(self.walk(open_windows=(window(3_000, 3_499),)))
        assert found.direction("west")["persons_served"] == 0


class TestStatus:
    @pytest.mark.parametrize(
        ("word", "settings", "cars_h"),
        [
            (BorderStatusWord.OPEN, {}, 100),
            (BorderStatusWord.UNSPECIFIED, {}, 100),
            (BorderStatusWord.CLOSED, {}, 0),
            (BorderStatusWord.UNKNOWN, {}, 50),
            (BorderStatusWord.UNCLEAR, {"unknown_capacity_permille": 100}, 10),
            (BorderStatusWord.UNKNOWN, {"unknown_use": False}, 0),
            # A figure that is stated for a restricted crossing is the figure of the restriction.
            (BorderStatusWord.RESTRICTED, {}, 100),
        ],
    )
    def test_what_a_status_does_to_a_stated_throughput(self, word, settings, cars_h):
        sketch = line(**settings)
        sketch.crossing("post", 1, vehicles_h=100, status=word)
        assert laid(sketch).problem.network.arcs.capacity_mveh_h[4] == cars_h * 1_000

    def test_a_restricted_crossing_without_a_figure_is_derated(self):
        sketch = line()
        sketch.crossing("post", 1, status=BorderStatusWord.RESTRICTED)
        assert laid(sketch).problem.network.arcs.capacity_mveh_h[4] == 1_800_000

    def test_an_unknown_status_derates_persons_as_well(self):
        sketch = line()
        sketch.crossing("post", 1, persons_h=80, status=BorderStatusWord.UNKNOWN)
        assert laid(sketch).problem.network.arcs.persons_h[4] == 40

    def test_a_status_is_shown_as_a_modification(self):
        sketch = line()
        sketch.crossing("post", 1, status=BorderStatusWord.CLOSED)
        row = next(m for m in laid(sketch).modifications if m.id == "status-post")
        assert (row.kind, row.arcs, row.used) == ("border_status", (4,), True)


class TestHours:
    def test_a_crossing_is_open_in_its_hours_only(self):
        sketch = line()
        sketch.crossing("post", 1, open_windows=(window(-600, 100), window(3_600, 9_000)))
        pieces = laid(sketch).problem.network.profiles[4]
        assert [(p.from_s, p.until_s, p.capacity_mveh_h > 0) for p in pieces] == [
            (0, 100, True), (100, 3_600, False), (3_600, 7_200, True),
        ]  # fmt: skip

    def test_cars_wait_at_home_until_it_opens(self):
        sketch = line()
        sketch.crossing("post", 1, open_windows=(window(3_600, 7_200),))
        assert accepted(sketch).departures("home")[0] == 3_540

    def test_closed_hours_are_no_room_for_persons(self):
        sketch = line()
        sketch.crossing("post", 1, persons_h=80, open_windows=(window(3_600, 7_200),))
        pieces = laid(sketch).problem.network.profiles[4]
        assert [p.persons_h for p in pieces] == [0, 80]
