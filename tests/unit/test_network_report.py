"""The report of a network counts what is in it and questions what looks wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest

from safepassage.domain.network import Arcs, NetworkSource, Nodes, RoadNetwork, Shapes
from safepassage.domain.network_report import ReadCounts, TagShare
from safepassage.engines.network_report import describe

# tail, head, length, modes, class, bridge, weight, twin: a square of two-way roads with a one-way stub,
# a ferry for buses and a bridge, and far away a road of its own.
ROWS = [
    (0, 1, 1000, 3, 2, False, -1, 1),
    (1, 0, 1000, 3, 2, False, -1, 0),
    (1, 2, 500, 3, 6, True, 3500, 3),
    (2, 1, 500, 3, 6, True, 3500, 2),
    (2, 3, 200, 3, 7, False, -1, -1),
    (0, 2, 4000, 2, 9, False, -1, 7),
    (4, 5, 300, 1, 8, False, -1, -1),
    (2, 0, 4000, 2, 9, False, -1, 5),
]


@pytest.fixture
def network() -> RoadNetwork:
    columns = [np.array(column) for column in zip(*ROWS, strict=True)]
    tail, head, length, modes, road_class, bridge, weight, twin = columns
    count = len(ROWS)
    zeros = np.zeros(count, np.int32)
    return RoadNetwork(
        nodes=Nodes(
            id=np.array([f"n{at}" for at in range(6)]),
            lon_e7=np.array([0, 1, 2, 3, 40, 41], np.int32) * 100_000,
            lat_e7=np.array([0, 1, 2, -3, 0, 0], np.int32) * 100_000,
        ),
        arcs=Arcs(
            tail=tail,
            head=head,
            length_m=length,
            travel_s=length,
            capacity_mveh_h=zeros,
            person_capacity_h=zeros - 1,
            max_weight_kg=weight,
            road_class=road_class,
            modes=modes,
            bridge=bridge,
            link=np.array([f"way/{at}" for at in range(count)]),
            name=zeros,
            ref=zeros,
            twin=twin,
        ),
        shapes=Shapes(start=np.minimum(np.arange(count + 1), 1), lon_e7=[-700_000], lat_e7=[900_000]),
        names=("",),
        source=NetworkSource(kind="osm", file_name="a.osm", sha256="00", reader_version="1", attribution="©"),
    )


def test_counts_and_lengths(network):
    report = describe(network)
    assert (report.nodes, report.arcs, report.stretches) == (6, 8, 5)
    assert report.length_m == 1000 + 500 + 200 + 4000 + 300
    assert [(row.road_class, row.stretches, row.length_m) for row in report.classes] == [
        ("primary", 1, 1000),
        ("residential", 1, 500),
        ("service", 1, 200),
        ("track", 1, 300),
        ("ferry", 1, 4000),
    ]
    assert report.one_way_stretches == 2
    assert report.bridges == 1
    assert report.ferries == 1
    assert report.bus_only_arcs == 2
    assert report.weight_limited_arcs == 2


def test_the_box_holds_nodes_and_shapes(network):
    assert describe(network).bbox_e7 == (-700_000, -300_000, 4_100_000, 900_000)


def test_components(network):
    report = describe(network)
    assert (report.components, report.component_sizes) == (2, (4, 2))
    # Cars: nodes 0, 1, 2 reach each other; 3, 4 and 5 stand alone.
    assert (report.strong_components, report.strong_share_ppm) == (4, 500_000)


def test_a_torn_map_is_questioned(network):
    assert (
        "only 50 % of the nodes can be reached from one another by car: the map is torn"
        in describe(network).warnings
    )


def test_a_road_of_many_kilometres_is_questioned(network):
    from dataclasses import replace

    length = network.arcs.length_m.copy()
    length[4] = 250_000
    longer = replace(network, arcs=replace(network.arcs, length_m=length))
    assert "1 arcs are longer than 100 km without a junction" in describe(longer).warnings


def test_what_the_reader_saw_goes_along(network):
    counts = ReadCounts(
        seen=(("ways", 12),),
        left_out=(("no access", 3),),
        missing_tags=(
            TagShare(tag="lanes", missing=3, roads=12),
            TagShare(tag="surface", missing=0, roads=0),
        ),
        warnings=("something",),
        data_as_of="2024-01-01T00:00:00Z",
        declared_bbox_e7=(0, 0, 10**7, 10**7),
    )
    plain = describe(network, counts).to_json()
    assert plain["seen"] == {"ways": 12}
    assert plain["left_out"] == {"no access": 3}
    assert plain["missing_tags"]["lanes"] == {"missing": 3, "roads": 12, "missing_ppm": 250_000}
    assert plain["missing_tags"]["surface"]["missing_ppm"] == 0
    assert plain["warnings"][0] == "something"
    assert plain["data_as_of"] == "2024-01-01T00:00:00Z"
    assert plain["declared_bbox"] == [0.0, 0.0, 1.0, 1.0]


def test_the_report_is_plain_json(network):
    plain = describe(network).to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["strong"] == {"number": 4, "largest_share_ppm": 500_000}
    assert plain["bbox"] == [-0.07, -0.03, 0.41, 0.09]
    assert plain["declared_bbox"] is None


def test_an_empty_network_has_a_report():
    nothing = np.zeros(0, np.int32)
    network = RoadNetwork(
        nodes=Nodes(id=np.zeros(0, np.str_), lon_e7=nothing, lat_e7=nothing),
        arcs=Arcs(**dict.fromkeys(Arcs.__dataclass_fields__, nothing)),
        shapes=Shapes(start=np.zeros(1, np.int32), lon_e7=nothing, lat_e7=nothing),
        names=("",),
        source=NetworkSource(kind="csv", file_name="", sha256="", reader_version="", attribution=""),
    )
    report = describe(network)
    assert (report.nodes, report.arcs, report.components, report.strong_share_ppm) == (0, 0, 0, 0)
    assert report.bbox_e7 == (0, 0, 0, 0)
