"""Persons by stretch of road add up to those who travel, and lines carry one number each."""

from __future__ import annotations

from safepassage.domain.plan import CarStream, Departure, Leg, Load, Route, Schedule, VehicleChain
from safepassage.web.maps.map_flows import Flow, flows, persons_by_arc

# 0 →(0) 1 →(1) 2 →(2) 3, and 4 →(3) 2
ENDS = {0: (0, 1), 1: (1, 2), 2: (2, 3), 3: (4, 2), 4: (2, 1)}
ROUTES = (
    Route(from_node=0, to_node=3, arcs=(0, 1, 2)), Route(from_node=4, to_node=3, arcs=(3, 2)),
    Route(from_node=2, to_node=1, arcs=(4,)),
)  # fmt: skip


def cars(route, persons, direction="a"):
    return CarStream(
        id=f"c{route}", place="p", direction=direction, site="s", route=route, reserve=False,
        departures=tuple(Departure(depart_s=i, persons=n) for i, n in enumerate(persons)),
    )  # fmt: skip


def schedule(streams, chains=()):
    return Schedule(
        routes=ROUTES, cars=tuple(streams), vehicles=tuple(chains), link_rides=(), unserved=(), reserves=()
    )


def bus(route, loads):
    load = tuple(Load(place="p", group="g", direction=d, persons=n, reserve=False) for d, n in loads.items())
    return Leg(id="l", route=route, depart_s=0, waits=(), arrive_s=9, load=load)


def test_lines_end_where_others_join():
    found = list(flows(schedule([cars(0, (2, 3)), cars(1, (4,))]), ENDS))
    assert found == [
        Flow(direction="a", persons=5, arcs=(0, 1)),
        Flow(direction="a", persons=9, arcs=(2,)),
        Flow(direction="a", persons=4, arcs=(3,)),
    ]


def test_loads_of_vehicles_count_by_direction_and_empty_rides_carry_nobody():
    chain = VehicleChain(id="v", legs=(bus(0, {"a": 7, "b": 2}), bus(1, {})))
    counted = persons_by_arc(schedule([], [chain]))
    assert counted == {"a": {0: 7, 1: 7, 2: 7}, "b": {0: 2, 1: 2, 2: 2}}
    assert [f.direction for f in flows(schedule([], [chain]), ENDS)] == ["a", "b"]


def test_there_and_back_are_two_lines():
    found = list(flows(schedule([cars(0, (1,)), cars(2, (1,))]), ENDS))
    assert Flow(direction="a", persons=1, arcs=(4,)) in found
    assert sorted(arc for flow in found for arc in flow.arcs) == [0, 1, 2, 4]


def test_a_ring_is_drawn():
    ends = {0: (0, 1), 1: (1, 2), 2: (2, 0)}
    ring = Schedule(
        routes=(Route(from_node=0, to_node=0, arcs=(0, 1, 2)),), cars=(cars(0, (3,)),), vehicles=(),
        link_rides=(), unserved=(), reserves=(),
    )  # fmt: skip
    assert [flow.arcs for flow in flows(ring, ends)] == [(0, 1, 2)]
