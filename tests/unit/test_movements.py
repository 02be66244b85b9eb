"""Times and use of roads follow the written model, on three arcs that can be reckoned by hand."""

from __future__ import annotations

import pytest

from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.movements import Movements, RoadTimes
from safepassage.formats.facts.people_facts import PeopleFacts, duration, in_words, percent, spare_in_words
from safepassage.formats.facts.register import Register
from safepassage.formats.facts.supply_facts import bottlenecks, vehicles
from safepassage.testing.sample_documents import sample_documents, sealed

# Nodes 0 (village) -> 1 -> 2 (gate out) -> 3 (site); arc 3 is a train from 0 to 3.
ARCS = {
    "tail": [0, 1, 2, 0],
    "head": [1, 2, 3, 3],
    "length_m": [1000, 0, 2000, 3000],
    "travel_s": [100, 60, 200, 600],
    "capacity_mveh_h": [600_000, 300_000, 900_000, 1],
    "persons_h": [-1, 900, -1, -1],
    "modes": [3, 3, 3, 8],
    "directions": [1, 1, 1, 1],
    "empty_ok": [1, 1, 1, 1],
    "max_weight_kg": [-1, -1, -1, -1],
    "gate": [0, 1, 0, 0],
    "label": ["Mill Lane", "Ford crossing", "", "the railway"],
}
PLACE = {"kind": "settlement", "pickup_node": 0, "release_s": 0, "direction": "", "capacity_persons": -1}


def documents(**plan):
    inputs = {
        "case_id": "t",
        "title": "t",
        "exercise": False,
        "epoch": "2024-08-16T03:00:00Z",
        "as_of": "2024-08-16T03:00:00Z",
        "horizon_s": 4 * 3600,
        "directions": [{"id": "out", "name": "Outward"}],
        "network": {
            "attribution": "",
            "schematic": False,
            "source_sha256": "",
            "nodes": {"id": ["a", "b", "c", "d"], "lon_e7": [0, 1, 1, 2], "lat_e7": [0, 0, 0, 0]},
            "arcs": ARCS,
            "profiles": [
                [1, [[0, 1000, 0, 0, 60], [1000, 2000, 300_000, 900, 60], [2000, 14_400, 300_000, 900, 90]]]
            ],
            "hazard": [],
            "timetables": [],
            "waiting": [],
        },
        "places": [
            PLACE | {"id": "v", "name": "Village", "node": 0},
            PLACE
            | {
                "id": "s",
                "name": "Hall, gym",
                "node": 3,
                "kind": "reception_site",
                "direction": "out",
                "capacity_persons": 40,
                "pickup_node": -1,
            },
        ],
        "demand": [
            {"place": "v", "direction": "out", "group": "own_vehicle", "persons": 9, "basis": "tally"},
            {"place": "v", "direction": "out", "group": "needs_transport", "persons": 20, "basis": "tally"},
            {
                "place": "v",
                "direction": "out",
                "group": "needs_transport",
                "persons": 7,
                "basis": "assumption",
            },
            {"place": "v", "direction": "stays", "group": "assisted", "persons": 4, "basis": "tally"},
            {"place": "v", "direction": "undecided", "group": "assisted", "persons": 3, "basis": "tally"},
        ],
        "fleet": [
            {
                "id": "b",
                "type": "bus",
                "base_node": 0,
                "seats": 30,
                "wheelchair": 0,
                "stretcher": 0,
                "units_mveh": 2500,
                "weight_kg": 1,
                "available_from_s": 0,
                "available_until_s": -1,
                "max_duty_s": -1,
            }
        ],
        "rules": {"car_units_mveh": 1000},
        "time_zones": [],
    }
    body = {
        "title": "t",
        "exercise": False,
        "as_of": inputs["as_of"],
        "horizon_s": 4 * 3600,
        "complete": True,
        "routes": [{"from_node": 0, "to_node": 3, "arcs": [0, 1, 2]}],
        "cars": [
            {
                "id": "c",
                "place": "v",
                "direction": "out",
                "site": "s",
                "route": 0,
                "reserve": False,
                "departures": [[1000, 3, []], [1860, 2, [[1, 40]]]],
            },
            {
                "id": "r",
                "place": "v",
                "direction": "out",
                "site": "s",
                "route": 0,
                "reserve": True,
                "departures": [[2500, 3, []]],
            },
        ],
        "vehicles": [
            {
                "id": "b",
                "legs": [
                    {
                        "id": "b/1",
                        "route": 0,
                        "depart_s": 2000,
                        "waits": [[2, 5]],
                        "arrive_s": 2395,
                        "load": [
                            {
                                "place": "v",
                                "group": "needs_transport",
                                "direction": "out",
                                "persons": 12,
                                "reserve": False,
                                "after": "",
                                "site": "s",
                            }
                        ],
                    }
                ],
            }
        ],
        "link_rides": [
            {
                "id": "l",
                "arc": 3,
                "depart_s": 900,
                "load": [
                    {
                        "place": "v",
                        "group": "needs_transport",
                        "direction": "out",
                        "persons": 6,
                        "reserve": False,
                        "after": "",
                        "site": "s",
                    }
                ],
            }
        ],
        "unserved": [
            {
                "place": "v",
                "direction": "out",
                "group": "own_vehicle",
                "persons": 4,
                "reason": "UNSERVED_ROAD_TIME",
                "detail": "late",
            },
            {
                "place": "v",
                "direction": "out",
                "group": "needs_transport",
                "persons": 2,
                "reason": "UNSERVED_FLEET_TIME",
                "detail": "",
            },
        ],
        "reserves": [],
        "corridors": [],
        "binding": [],
        "directions": [{"name": "Outward", "persons_demand": 29}],
    }
    return sealed(inputs, body | plan, {"envelope": []})


def read(**plan):
    given = release(*documents(**plan), Audience.PLANNING_TEAM)
    register = Register(given)
    return given, register, Movements(given, register)


def test_the_piece_of_the_second_of_entry_gives_the_travel_time():
    _, _, moved = read()
    # Leaves 1000, enters the gate at 1100 (60 s): arrives 1360. Leaves 1860, waits 40, enters at 2000 (90 s).
    assert moved.cars[0].arrive_s.tolist() == [1000 + 100 + 60 + 200, 1860 + 100 + 40 + 90 + 200]


def test_arrivals_are_those_of_decided_people_in_order():
    _, _, moved = read()
    assert moved.staircase(0) == [(1360, 3), (1500, 9), (2290, 11), (2395, 23)]
    assert {a.group for a in moved.arrivals} == {"own_vehicle", "needs_transport"}
    assert moved.first_departures() == {("v", 0): 900}


def test_people_who_change_are_counted_where_they_end():
    legs = [
        {
            "id": "b/1",
            "route": 0,
            "depart_s": 2000,
            "waits": [],
            "arrive_s": 2390,
            "load": [
                {
                    "place": "v",
                    "group": "assisted",
                    "direction": "out",
                    "persons": 5,
                    "reserve": False,
                    "after": "l",
                    "site": "s",
                }
            ],
        }
    ]
    ride = {
        "id": "l",
        "arc": 3,
        "depart_s": 900,
        "load": [
            {
                "place": "v",
                "group": "assisted",
                "direction": "out",
                "persons": 5,
                "reserve": False,
                "after": "",
                "site": "",
            }
        ],
    }
    _, _, moved = read(cars=[], vehicles=[{"id": "b", "legs": legs}], link_rides=[ride])
    assert moved.staircase(0) == [(2390, 5)]
    assert moved.first_departures() == {("v", 0): 900}


def test_use_of_an_arc_is_counted_by_hour_and_direction():
    _, _, moved = read()
    gate = moved.arc_use[1]
    assert gate.by_direction == {0: 3 + 2 + 3 + 12}
    assert gate.units_mveh.tolist() == [3 * 1000 + 2500, 0, 0, 0]
    # In the first hour the gate is open for 2600 s: 650 of 900 persons may pass, and 216,666 mveh.
    assert moved.busiest_hour(1) == (20 * 10**6 // 650, 0)
    assert moved.busiest_hour(0) == (5500 * 10**6 // 600_000, 0)


def test_counting_by_arc_can_be_left_out():
    given, register, moved = read()
    plain = Movements(given, register, counts_arcs=False)
    assert plain.arc_use == {}
    assert plain.arrivals == moved.arrivals


def test_open_pieces_and_room():
    times = RoadTimes(documents()[0]["network"])
    assert times.open_pieces(1) == [(1000, 14_400)]
    assert not times.closed_throughout(3)
    assert times.room(1, 0, 1000) == (0, 0, 0)
    assert times.room(1, 900, 4600) == (300_000, 900, 3600)
    assert times.room(0, 0, 1800) == (300_000, -1, 1800)
    network = documents()[0]["network"]
    closed = network | {"profiles": [[0, [[0, 14_400, 0, -1, 100]]]]}
    assert RoadTimes(closed).closed_throughout(0)
    assert RoadTimes(network | {"arcs": ARCS | {"persons_h": [0, -1, -1, -1]}}).closed_throughout(0)


def test_people_by_direction_settlement_and_site():
    given, register, moved = read()
    people = PeopleFacts(given, register, moved)
    (row,) = people.settlements()
    assert (row.name, row.demand, row.served, row.unserved) == ("Village", 29, 23, 6)
    assert [(r.persons, r.text) for r in row.reasons] == [
        (4, "roads and crossings let no more through in time"),
        (2, "the vehicles cannot make enough trips in time"),
    ]
    assert (row.first_departure, row.last_arrival) == ("03:15", "03:39")
    (site,) = people.sites()
    assert (site.arrivals, site.reserved, site.capacity, site.share_percent) == (23, 3, 40, 65)
    assert people.answers() == (4, 10)
    assert people.served_shares() == {"v": 23 / 29}
    assert people.persons_at() == {"v": 43}


def test_vehicles_and_bottlenecks():
    given, register, moved = read(
        binding=[{"direction": "out", "kind": "label_cut", "text": "x", "arcs": [2], "places": []}]
    )
    (bus,) = vehicles(given, moved)
    assert (bus.type, bus.count, bus.used, bus.loaded_legs, bus.empty_legs, bus.persons) == (
        "bus",
        1,
        1,
        1,
        0,
        12,
    )
    rows = bottlenecks(given, register, moved, LocalClock.of(given.inputs))
    assert [row.name for row in rows] == ["road at Hall, gym", "Ford crossing", "Mill Lane", "the railway"]
    assert [row.binding for row in rows] == [True, False, False, False]
    assert rows[1].busiest == "03:00–04:00"
    assert rows[1].percent == 3


def test_short_names_stay_unambiguous():
    _, register, _ = read()
    assert register.short("s") == "Hall"
    inputs, plan, certificate, _ = sample_documents()
    sites = [row | {"name": f"Town, {row['id']}"} if row["direction"] else row for row in inputs["places"]]
    twice = Register(release(*sealed(inputs | {"places": sites}, plan, certificate), Audience.PLANNING_TEAM))
    assert twice.short("fenwick") == "Town, fenwick"


def test_the_site_gives_a_shared_node_its_name():
    inputs, plan, certificate, _ = sample_documents()
    for places in (inputs["places"], inputs["places"][::-1]):
        register = Register(
            release(*sealed(inputs | {"places": places}, plan, certificate), Audience.PLANNING_TEAM)
        )
        node = next(row["node"] for row in places if row["kind"] == "depot")
        assert register.node(node) == "Marbury stadium"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (percent(999_999), "99 %"),
        (percent(1_000_000), "100 %"),
        (duration(59), "0 min"),
        (duration(3600 + 300), "1 h 05 min"),
        (
            spare_in_words(undecided=0, planned=1_500, spare=150).partition(" for ")[0],
            "150 of the 1,650 seats of the vehicles are kept free",
        ),
        (
            spare_in_words(undecided=1_200, planned=45, spare=0),
            "No seat is kept free for people who come without having been counted, and 1,200 are undecided.",
        ),
        (spare_in_words(undecided=0, planned=45, spare=0), ""),
        (spare_in_words(undecided=9, planned=0, spare=0), ""),
        (in_words("UNSERVED_NO_EXIT"), "the direction has no reception site"),
        (in_words("UNSERVED_SOMETHING_NEW"), "something new"),
    ],
)
def test_figures_in_words(written, expected):
    assert written == expected
