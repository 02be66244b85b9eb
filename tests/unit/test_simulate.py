"""A plan in a simulator: what it is told, what is read back, and what comes of delays."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from safepassage.casework import simulator
from safepassage.casework.simulator import Limits, SimulatorError
from safepassage.domain.errors import FormatError
from safepassage.domain.simulation import Driven, SimulatedRoad, SimulatedVehicle, Traffic, Trajectory
from safepassage.engines.simulate import Setting, records, sheet, traffic
from safepassage.formats.containers import canonical_json
from safepassage.formats.gis import sumo
from safepassage.formats.plan import plan_json, simulation_json
from tests.support.planned import accepted
from tests.support.sketch import Sketch, window

SETTING = Setting(simulator="none", capacity_permille=1_000, spread_permille=0, seed=0)


def shuttle():
    """A town with cars and a bus that goes twice, one site, a road of 60 cars an hour before it."""
    sketch = Sketch(3, load_base_s=60, unload_base_s=30)
    sketch.road(0, 1, travel_s=300)
    sketch.road(1, 2, travel_s=300, cars_h=60)
    sketch.town("home", 0, 10)
    sketch.people("home", 40, group="needs_transport")
    sketch.site("camp", 2)
    sketch.buses("bus", "home", seats=20)
    return sketch


def told(sketch, **more):
    made = accepted(sketch)
    problem, schedule = made.planned.problem, plan_json.parsed_schedule(made.plan)
    return problem, schedule, traffic(problem, schedule, **more), made


def as_planned(problem, given, *, late_s=0, stop_after=None):
    """Drive every vehicle as the plan says, `late_s` later from the start on; lose all after some arcs."""
    found = []
    for vehicle in given.vehicles:
        t = depart = vehicle.depart_s + late_s
        exits, halts = [], []
        for k, arc in enumerate(vehicle.arcs[:stop_after]):
            t += problem.network.travel_in(arc, t)
            for hold in vehicle.holds:
                if hold.position == k:
                    halts.append(t)
                    t = max(t + hold.duration_s, hold.until_s)
            exits.append(t)
        whole = len(exits) == len(vehicle.arcs)
        found.append(
            Trajectory(
                vehicle=vehicle.id, depart_s=depart, exits_s=tuple(exits), halts_s=tuple(halts),
                arrive_s=t if whole else -1,
            )
        )  # fmt: skip
    return found


class TestWhatIsTold:
    def test_a_vehicle_that_goes_twice_is_one_vehicle_that_halts(self):
        _, _, given, _ = told(shuttle())
        bus = next(vehicle for vehicle in given.vehicles if vehicle.holds)
        stages = [stage for stage in given.stages if stage.vehicle == bus.id and stage.first < stage.last]
        assert len(stages) >= 3
        assert [stage.hold for stage in stages[:-1]] == list(range(len(bus.holds)))
        assert stages[-1].hold == -1
        assert bus.holds[0].duration_s == 30
        assert [stage.first for stage in stages[1:]] == [stage.last for stage in stages[:-1]]

    def test_roads_have_the_headway_of_their_planned_capacity(self):
        _, _, given, _ = told(shuttle())
        slow = [road for road in given.roads if road.headway_ms == 60_000]
        assert slow
        assert all(0 <= road.length_m * 1_000 - road.speed_mm_s * 300 < 300 for road in given.roads)
        _, _, half, _ = told(shuttle(), capacity_permille=500)
        assert {road.headway_ms for road in half.roads} == {2 * road.headway_ms for road in given.roads}

    def test_files_name_numbers_only_and_every_turn_once(self):
        _, _, given, _ = told(shuttle())
        files = sumo.write(given)
        text = b"".join(files.values())
        assert b"home" not in text
        assert b"camp" not in text
        turns = [
            (row.get("from"), row.get("to"), row.get("fromLane"))
            for row in ET.fromstring(files[sumo.CONNECTIONS])
        ]
        assert len(turns) == len(set(turns)) > 0
        assert len(ET.fromstring(files[sumo.ROUTES]).findall("vehicle")) == len(given.vehicles)

    def test_a_road_without_length_is_refused(self):
        with pytest.raises(ValueError, match="positive"):
            SimulatedRoad(arc=0, tail=0, head=1, length_m=0, speed_mm_s=1, lanes=1, headway_ms=1)


class TestWhatComesBack:
    WAYS = b"""<routes><vehicle id="v0" depart="5.00" arrival="99.00"><route edges="a1 a2"
        exitTimes="50.00 99.00"/></vehicle><vehicle id="v1" depart="7.00"><route edges="a1 a2"
        exitTimes="60.00 -1"/></vehicle></routes>"""
    HALTS = b'<stops><stopinfo id="v0" started="48.00" ended="50.00"/></stops>'

    def given(self):
        vehicles = tuple(
            SimulatedVehicle(id=name, units_mveh=1_000, depart_s=0, arcs=(1, 2)) for name in ("a", "b", "c")
        )
        return Traffic(nodes=(), roads=(), vehicles=vehicles, stages=(), end_s=100)

    def test_vehicles_that_arrived_are_on_the_way_or_never_set_out(self):
        first, second, third = sumo.read(self.given(), self.WAYS, self.HALTS)
        assert (first.depart_s, first.exits_s, first.halts_s, first.arrive_s) == (5, (50, 99), (48,), 99)
        assert (second.exits_s, second.arrive_s) == ((60,), -1)
        assert (third.depart_s, third.arrive_s) == (-1, -1)

    @pytest.mark.parametrize("data", [b"<a><b></a>", b'<r><vehicle depart="x"/></r>', b"<!DOCTYPE x><r/>"])
    def test_other_output_is_one_sentence(self, data):
        with pytest.raises(FormatError, match=r"ways\.xml"):
            sumo.read(self.given(), data, self.HALTS)


class TestCompared:
    def test_driven_as_planned_everybody_arrives_to_the_second(self):
        problem, schedule, given, made = told(shuttle())
        found = sheet(problem, schedule, given, records(given, as_planned(problem, given)), setting=SETTING)
        west = found.directions[0]
        assert west.arrived == west.persons == made.direction("west")["persons_served"]
        assert west.simulated_last_s == west.planned_last_s == made.direction("west")["clearance_s"]
        assert (west.delay_mean_s, west.delay_most_s, west.ratio_permille) == (0, 0, 1_000)
        assert (found.never, found.missed, found.shut) == (0, 0, 0)
        assert found.driving_planned_s == found.driving_simulated_s

    def test_who_is_late_by_two_minutes_arrives_so_much_later(self):
        problem, schedule, given, _ = told(shuttle())
        found = sheet(
            problem, schedule, given, records(given, as_planned(problem, given, late_s=120)), setting=SETTING
        )
        assert found.directions[0].delay_most_s == 120
        assert found.directions[0].ratio_permille > 1_000

    def test_who_is_stuck_on_the_way_does_not_arrive(self):
        problem, schedule, given, _ = told(shuttle())
        found = sheet(
            problem,
            schedule,
            given,
            records(given, as_planned(problem, given, stop_after=1)),
            setting=SETTING,
        )
        assert found.directions[0].arrived == 0
        assert found.directions[0].simulated_last_s == -1
        assert found.never > 0

    def test_who_comes_to_a_crossing_after_it_was_shut_waits_until_it_opens(self):
        sketch = Sketch(3)
        sketch.road(0, 1, travel_s=60)
        sketch.road(1, 2, travel_s=60)
        sketch.town("home", 0, 5)
        sketch.site("camp", 2)
        sketch.crossing("gate", 1)
        sketch.arrangement(window(0, 1_000), window(4_000, 6_000), places=("gate",))
        problem, schedule, given, _ = told(sketch)
        found = sheet(
            problem,
            schedule,
            given,
            records(given, as_planned(problem, given, late_s=1_200)),
            setting=SETTING,
        )
        assert found.shut == len(given.vehicles)
        assert 4_000 <= found.directions[0].simulated_last_s < 4_400


class TestWhatHappened:
    def record(self):
        problem, schedule, given, _ = told(shuttle())
        rows = records(given, as_planned(problem, given, late_s=60))
        document = simulation_json.driven(rows, by="marshals", plan_sha256="p")
        return rows, document, (problem, schedule, given)

    def test_a_record_comes_back_as_it_was_and_gives_the_same_sheet(self):
        rows, document, plan = self.record()
        by, again = simulation_json.read_driven(canonical_json.encode(document), file="d", plan_sha256="p")
        assert (by, again) == ("marshals", rows)
        assert sheet(*plan, again, setting=SETTING) == sheet(*plan, rows, setting=SETTING)

    def test_movements_nobody_recorded_did_not_arrive(self):
        rows, _, plan = self.record()
        assert sheet(*plan, (), setting=SETTING).directions[0].arrived == 0
        assert sheet(*plan, rows[1:], setting=SETTING).never == sheet(*plan, rows, setting=SETTING).never + 1

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"schema": "other"}, "schema"),
            ({"plan_sha256": "q"}, "another plan"),
            ({"movements": [{"movement": "m", "entries": [[1, "x"]], "arrive_s": 3}]}, "whole numbers"),
            ({"movements": [{"movement": "m", "entries": [[1, 9], [2, 3]], "arrive_s": 10}]}, "go back"),
            ({"movements": [{"movement": "m", "entries": [], "arrive_s": 1}] * 2}, "twice"),
            ({"movements": [{"entries": [], "arrive_s": 1}]}, "lacks"),
        ],
    )
    def test_other_records_are_one_sentence(self, change, said):
        _, document, _ = self.record()
        with pytest.raises(FormatError, match=said):
            simulation_json.read_driven(
                canonical_json.encode({**document, **change}), file="d.json", plan_sha256="p"
            )

    def test_time_does_not_go_back(self):
        with pytest.raises(ValueError, match="go back"):
            Driven(movement="m", entries_s=((0, 5),), arrive_s=4)


def installed():
    try:
        return bool(simulator.program("sumo"))
    except SimulatorError:
        return False


needs_sumo = pytest.mark.skipif(not installed(), reason="SUMO is not installed (extra `simulate`)")


@needs_sumo
class TestInSumo:
    def queue(self, headway_ms, count):
        """Cars that all leave at once over a wide road into a narrow one."""
        wide = SimulatedRoad(
            arc=0, tail=0, head=1, length_m=2_000, speed_mm_s=20_000, lanes=2, headway_ms=900
        )
        narrow = SimulatedRoad(
            arc=1, tail=1, head=2, length_m=500, speed_mm_s=15_000, lanes=1, headway_ms=headway_ms
        )
        vehicles = tuple(
            SimulatedVehicle(id=f"c{k:03d}", units_mveh=1_000, depart_s=k, arcs=(0, 1)) for k in range(count)
        )
        nodes = ((0, 0, 0), (1, 2_000, 0), (2, 2_500, 0))
        return Traffic(nodes=nodes, roads=(wide, narrow), vehicles=vehicles, stages=(), end_s=20_000)

    @pytest.mark.slow
    def test_a_road_lets_through_no_more_and_hardly_less_than_its_planned_capacity(self):
        given = self.queue(6_000, 100)
        ends = sorted(row.arrive_s for row in simulator.simulated(given, seed=0))
        assert ends[0] >= 0
        assert 5.7 <= (ends[-1] - ends[0]) / 99 <= 6.0 * 1.73 / 1.13

    @pytest.mark.slow
    def test_a_run_at_its_limit_is_ended(self):
        with pytest.raises(SimulatorError, match="did not end within 0"):
            simulator.simulated(self.queue(6_000, 2_000), seed=0, limits=Limits(wall_s=0))

    @pytest.mark.slow
    def test_a_small_plan_holds_and_the_bytes_are_the_same(self):
        problem, schedule, given, _ = told(shuttle())
        first, second = (simulator.simulated(given, seed=0) for _ in range(2))
        assert first == second
        found = sheet(problem, schedule, given, records(given, first), setting=SETTING)
        assert found.directions[0].arrived == found.directions[0].persons
        assert found.directions[0].ratio_permille <= 1_100


def test_without_sumo_the_remedy_is_said(monkeypatch):
    monkeypatch.setattr(simulator, "find_spec", lambda name: None)
    monkeypatch.setattr(simulator.shutil, "which", lambda name: None)
    with pytest.raises(SimulatorError, match="safepassage\\[simulate\\]"):
        simulator.program("sumo")
