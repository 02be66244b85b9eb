"""Flows along paths become schedules that the verifier accepts, and nobody is lost on the way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from safepassage.domain.case import Settings
from safepassage.domain.plan import Certificate, MadeWith, Plan
from safepassage.domain.timed_network import Piece
from safepassage.engines.bounds.certify import Served, certify, closer
from safepassage.engines.car_streams import (
    Effort,
    PathFlows,
    Scout,
    book_flows,
    planned_turns,
    refine,
    refined,
    road_pieces,
    schedule_of,
)
from safepassage.engines.car_streams.flows import earliest_flows
from safepassage.engines.car_streams.path_flows import without_rounds
from safepassage.engines.summary import direction_summaries, hold
from safepassage.engines.summary.totals import totals
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.kernels.booking.booking import book
from safepassage.kernels.flow_over_time import FAR
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.testing.evacuation_instance import DIRECTION, Draw, draw, problem
from safepassage_verify import verify
from tests.unit.test_evacuation_instance import grid

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


def case(vehicles=400, horizon_s=7200):
    instance = draw(grid(), Draw(seed=1, sources=12, vehicles=vehicles))
    return instance, problem(instance, horizon_s=horizon_s, junction_wait_max_s=60)


def fastest(instance):
    """Everybody on the fastest way, in two bins."""
    links = instance.network.links
    graph = ArcGraph(links.tail, links.head, instance.network.n_nodes, np.ones(len(links), dtype=bool))
    tree = graph.tree(links.travel_s, instance.exits.tolist(), reverse=True)
    paths = [tree.path(node) for node in instance.sources.tolist() for _ in range(2)]
    half = instance.vehicles // 2
    return PathFlows(
        source=np.repeat(np.arange(len(instance.sources)), 2),
        start=np.cumsum([0, *map(len, paths)]),
        arcs=[arc for path in paths for arc in path],
        depart_s=np.tile([0, 300], len(instance.sources)),
        vehicles=np.stack([instance.vehicles - half, half], axis=1).ravel(),
    )


def verified(given, cars):
    """Return the verdict on the schedule of these cars."""
    schedule = schedule_of(given, cars)
    none = Certificate(bounds=(), envelope=())
    plan = Plan(
        case_id=given.case_id, title=given.title, exercise=True, epoch=given.epoch, as_of=given.as_of,
        horizon_s=given.network.horizon_s, complete=not schedule.unserved,
        made_with=MadeWith(version="0", seed=0, work_limit=0), schedule=schedule,
        directions=direction_summaries(given, schedule, totals(given, schedule), none),
        corridors=(), hold=hold(given.demand, Settings()), basis=(),
        modifications=(), not_assessed=(), binding=(), certificate=none,
    )  # fmt: skip
    inputs = inputs_json.document(given)
    digest = verify(inputs, {}).inputs_sha256
    # The envelope is missing, so the stated bound on the unserved is what nothing proves.
    return verify(inputs, plan_json.plan_document(plan, inputs_sha256=digest)), schedule


def booked(instance, given, **effort):
    return book_flows(
        given, fastest(instance), np.arange(len(instance.sources)), direction=DIRECTION, bin_s=300,
        effort=Effort(**effort),
    )  # fmt: skip


def test_a_booked_flow_is_a_plan_that_verifies():
    instance, given = case()
    verdict, schedule = verified(given, booked(instance, given))
    assert not {code for code in verdict.counts if code != "UNSERVED_BOUND"}
    assert sum(car.persons for stream in schedule.cars for car in stream.departures) == 400


def test_who_does_not_fit_before_the_horizon_is_unserved():
    instance, given = case(vehicles=4000, horizon_s=1500)
    verdict, schedule = verified(given, booked(instance, given))
    assert not {code for code in verdict.counts if code != "UNSERVED_BOUND"}
    missing = sum(row.persons for row in schedule.unserved)
    assert 0 < missing < 4000
    assert {row.reason for row in schedule.unserved} == {"UNSERVED_ROAD_TIME"}
    assert missing + sum(len(stream.departures) for stream in schedule.cars) == 4000


def test_no_flow_books_nobody():
    instance, given = case()
    nothing = PathFlows(source=[], start=[0], arcs=[], depart_s=[], vehicles=[])
    place = np.arange(len(instance.sources))
    cars = book_flows(given, nothing, place, direction=DIRECTION, bin_s=60, effort=Effort())
    assert sum(row.persons for row in schedule_of(given, cars).unserved) == 400


def test_moves_bring_in_the_last_earlier():
    instance, given = case(vehicles=800)
    driven = booked(instance, given, rounds=0).booking.arrive_s.max()
    assert booked(instance, given, rounds=5).booking.arrive_s.max() <= driven


def test_flows_on_ever_smaller_bins_are_plans_and_the_first_has_all_the_time_it_takes():
    _, given = case()
    last = list(refined(given, DIRECTION, bin_s=80, expired=lambda: True))
    assert [flow.bin_s for flow in last] == [80]
    flows = list(refined(given, DIRECTION, bin_s=80))
    assert [flow.bin_s for flow in flows] == [80, 40, 20, 10]
    for flow in [*last, *flows]:
        verdict, schedule = verified(given, flow.booked(given, DIRECTION, Effort()))
        assert not {code for code in verdict.counts if code != "UNSERVED_BOUND"}
        assert not schedule.unserved


def test_a_flow_keeps_to_the_roads_of_the_one_before_unless_it_may_go_everywhere():
    _, given = case()
    first = earliest_flows(given, DIRECTION, bin_s=80)
    before = first._replace(roads=np.zeros_like(first.roads))
    nowhere = earliest_flows(given, DIRECTION, bin_s=40, before=before)
    everywhere = earliest_flows(given, DIRECTION, bin_s=40, before=before, everywhere=True)
    assert nowhere.flows.vehicles.sum() == 0
    assert everywhere.flows.vehicles.sum() == first.flows.vehicles.sum()
    assert everywhere.roads[everywhere.flows.arcs].all()


@pytest.mark.parametrize(
    ("looked_at", "expected"),
    [
        ((1, 1, 1), [True, True, True]),
        ((refine.EASY, 1, 1), [True, False, False]),
        ((1, refine.EASY, 1), [True, True, False]),
    ],
)
def test_roads_are_left_out_once_flows_on_all_are_not_easy_to_find(monkeypatch, looked_at, expected):
    asked = []

    def noted(*args, everywhere, **options):
        found = earliest_flows(*args, everywhere=everywhere, **options)
        asked.append(everywhere)
        return found._replace(looked_at=looked_at[len(asked) - 1])

    monkeypatch.setattr(refine, "earliest_flows", noted)
    list(refined(case()[1], DIRECTION, bin_s=40))
    assert asked == expected
    asked.clear()
    list(refined(case()[1], DIRECTION, bin_s=40, easy=refine.EASY + 1))
    # What is said of the first flow is said of no other.
    assert asked == [True, True, looked_at[1] < refine.EASY]


def test_a_scout_finds_roads_for_the_flow_after_it(monkeypatch):
    _, given = case(vehicles=2000)
    asked = []

    def noted(*args, everywhere, most_seen=FAR, **options):
        found = earliest_flows(*args, everywhere=everywhere, most_seen=most_seen, **options)
        asked.append((everywhere, most_seen, options["bin_s"], options["before"]))
        return found._replace(looked_at=refine.EASY)

    monkeypatch.setattr(refine, "earliest_flows", noted)
    list(refined(given, DIRECTION, bin_s=80, scout=Scout(2, 50)))
    # The second flow keeps to roads; before the third a search on all of them is broken off.
    expected = [(True, FAR, 80), (False, FAR, 40), (True, 50, 20), (False, FAR, 20), (False, FAR, 10)]
    assert [row[:3] for row in asked] == expected
    before, scouted = asked[2][3], asked[3][3]
    assert (scouted.roads >= before.roads).all()


def test_a_closing_clock_leaves_out_what_has_a_drive_to_follow():
    instance, given = case(vehicles=800)
    looks = []
    booked(instance, given, closing=lambda: bool(looks.append(1)) or True)
    driven = booked(instance, given, drives=0, holds=(1,)).booking.arrive_s
    closed = booked(instance, given, closing=lambda: True).booking.arrive_s
    assert looks
    assert (closed == driven).all()


def test_a_first_flow_is_made_on_any_bins():
    assert [flow.bin_s for flow in refined(case()[1], DIRECTION, bin_s=7)] == [7]


def test_without_time_there_is_still_a_plan():
    _, given = case()
    verdict, schedule = verified(
        given,
        next(refined(given, DIRECTION, bin_s=80)).booked(given, DIRECTION, Effort(expired=lambda: True)),
    )
    assert not {code for code in verdict.counts if code != "UNSERVED_BOUND"}
    assert not schedule.unserved


def test_windows_and_profiles_close_roads():
    _, given = case()
    network = dataclasses.replace(
        given.network,
        profiles={
            3: (
                Piece(from_s=0, until_s=600, capacity_mveh_h=0, persons_h=-1, travel_s=60),
                Piece(from_s=600, until_s=7200, capacity_mveh_h=500, persons_h=-1, travel_s=90),
            )
        },
    )
    roads = road_pieces(network, ((300, 900), (1200, 7200)))
    mine = slice(roads.start[3], roads.start[4])
    assert roads.from_s[mine].tolist() == [0, 300, 600, 900, 1200]
    assert roads.rate_mveh_h[mine].tolist() == [0, 0, 500, 0, 500]
    assert roads.travel_s[mine].tolist() == [60, 60, 90, 90, 90]
    other = slice(roads.start[4], roads.start[5])
    assert roads.rate_mveh_h[other].tolist() == [0, 1_200_000, 0, 1_200_000]


@pytest.mark.parametrize("free", [False, True])
def test_turns_follow_the_planned_arrivals(free):
    flows = PathFlows(
        source=[0, 0, 1], start=[0, 1, 2, 4], arcs=[0, 1, 2, 0], depart_s=[50, 0, 0], vehicles=[2, 1, 1]
    )
    turns, source = planned_turns(flows, np.array([10, 100, 20]), np.array([0, 5]), free=free)
    assert source[turns.turn_list].tolist() == [1, 0, 0, 0]
    assert turns.turn_from_s.tolist() == [5, 0, 0, 0]
    assert len(turns.list_start) - 1 == (2 if free else 3)
    roads = road_pieces(case()[1].network)
    assert (book(roads, turns, units_mveh=1000, wait_max_s=9).arrive_s > 0).all()


def test_nobody_drives_rounds():
    rounds = PathFlows(
        source=[0, 1, 1], start=[0, 6, 8, 12], arcs=[4, 0, 1, 2, 0, 3, 1, 3, 5, 5, 5, 3], depart_s=[7, 8, 9],
        vehicles=[1, 2, 3], emptied_s=[10, 20],
    )  # fmt: skip
    cut = without_rounds(rounds, np.array([10, 20, 30, 1, 1, 2]))
    assert [cut.path(row).tolist() for row in range(3)] == [[4, 0, 3], [1, 3], [5, 3]]
    assert cut.depart_s.tolist() == [67, 8, 13]
    assert (cut.vehicles.tolist(), cut.emptied_s.tolist()) == ([1, 2, 3], [10, 20])
    assert without_rounds(cut, np.ones(6, dtype=np.int64)) is cut


def test_flows_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="fit together"):
        PathFlows(source=[0], start=[0, 2], arcs=[1], depart_s=[0], vehicles=[1])


@pytest.mark.parametrize("vehicles", [900, 20_000])
def test_points_between_known_labels_are_proved_and_no_plan_betters_them(vehicles):
    _, given = case(vehicles=vehicles, horizon_s=100_000)
    flow = next(refined(given, DIRECTION, bin_s=vehicles // 100))
    cars = flow.booked(given, DIRECTION, Effort(rounds=1))
    arrive_s = cars.booking.arrive_s
    served = Served({"cars": (len(arrive_s), int(arrive_s.max()))})
    waits = zip(flow.found.place.tolist(), flow.found.flows.emptied_s.tolist(), strict=True)
    emptied_s = [{given.places[place].id: second for place, second in waits}] if vehicles < 20_000 else []
    certificate, _ = certify(given, {DIRECTION: served}, emptied_s=emptied_s)
    times = [point.t_s for point in certificate.envelope]
    assert times == sorted(set(times))
    assert len(times) > 100
    reached = {point.t_s: point.persons_at_most for point in certificate.envelope}
    even = [times[0] + (times[-2] - times[0]) * k // 60 for k in range(61)]
    assert times[:-1] == closer(even, [reached[t] for t in even], 60)
    for point in certificate.envelope:
        assert point.persons_at_most >= int((arrive_s <= point.t_s).sum())
    short = [point.t_s for point in certificate.envelope if point.persons_at_most < len(arrive_s)]
    assert max(bound.clearance_s for bound in certificate.bounds) > max(short)
    schedule = schedule_of(given, cars)
    plan = Plan(
        case_id=given.case_id, title=given.title, exercise=True, epoch=given.epoch, as_of=given.as_of,
        horizon_s=given.network.horizon_s, complete=True,
        made_with=MadeWith(version="0", seed=0, work_limit=0), schedule=schedule,
        directions=direction_summaries(given, schedule, totals(given, schedule), certificate),
        corridors=(), hold=hold(given.demand, Settings()), basis=(),
        modifications=(), not_assessed=(), binding=(),
        certificate=certificate,
    )  # fmt: skip
    inputs = inputs_json.document(given)
    digest = verify(inputs, {}).inputs_sha256
    verdict = verify(
        inputs,
        plan_json.plan_document(plan, inputs_sha256=digest),
        plan_json.certificate_document(certificate, inputs_sha256=digest),
    )
    assert not verdict.counts


def test_of_several_flows_the_bound_takes_the_one_that_proves_longest():
    _, given = case(vehicles=20_000, horizon_s=100_000)
    flow = next(refined(given, DIRECTION, bin_s=400))
    seconds = zip(flow.found.place.tolist(), flow.found.flows.emptied_s.tolist(), strict=True)
    told = {given.places[place].id: second for place, second in seconds}
    waits = [dict.fromkeys(told, 100_000), told, dict.fromkeys(told, 1)]
    arrive_s = flow.booked(given, DIRECTION, Effort(rounds=1)).booking.arrive_s
    served = {DIRECTION: Served({"cars": (len(arrive_s), int(arrive_s.max()))})}
    alone = [certify(given, served, emptied_s=[wait])[0].bounds[0].clearance_s for wait in waits]
    assert min(alone) < max(alone)
    assert certify(given, served, emptied_s=waits)[0].bounds[0].clearance_s == max(alone)
