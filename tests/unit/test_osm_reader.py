"""How a map becomes arcs: cutting at junctions, twins, barriers, shapes, ferries, gaps."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest

from safepassage.domain.errors import FormatError
from safepassage.domain.network import Mode, RoadClass
from safepassage.domain.road_defaults import RoadDefault, RoadDefaults
from safepassage.formats.networks import osm

STEP = 0.001
STEP_M = 111.2
"""A step of 0.001 degrees of latitude is 111.2 metres."""


def tag_lines(tags: str) -> str:
    pairs = [pair.split("=", 1) for pair in tags.split()]
    return "".join(
        f"<tag k={quoteattr(key)} v={quoteattr(value.replace('~', ' '))}/>" for key, value in pairs
    )


def document(nodes: dict[int, tuple[float, float]], ways, node_tags=None) -> str:
    """Return OSM XML of nodes (lon, lat in steps) and ways (id, node numbers, tags)."""
    node_tags = node_tags or {}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
    for number, (lon, lat) in nodes.items():
        place = f'<node id="{number}" lon="{lon * STEP:.7f}" lat="{lat * STEP:.7f}"'
        lines.append(f"{place}>{tag_lines(node_tags.get(number, ''))}</node>")
    for number, refs, tags in ways:
        points = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{number}">{points}{tag_lines(tags)}</way>')
    return "\n".join([*lines, '<relation id="1"/>', "</osm>"])


LINE = {1: (0, 0), 2: (0, 1), 3: (0, 2), 4: (0, 3), 5: (0, 4), 6: (1, 2), 7: (2, 2)}


@pytest.fixture
def read(tmp_path):
    def reader(nodes, ways, node_tags=None, **settings):
        path = tmp_path / "map.osm"
        path.write_text(document(nodes, ways, node_tags), "utf-8")
        return osm.read_counted(path, **settings)

    return reader


def arcs_of(network):
    """Return (tail id, head id, link, modes) of every arc."""
    ids, arcs = network.nodes.id, network.arcs
    rows = zip(arcs.tail, arcs.head, arcs.link, arcs.modes, strict=True)
    return [(str(ids[tail]), str(ids[head]), str(link), int(modes)) for tail, head, link, modes in rows]


def test_a_way_is_cut_at_junctions_only(read):
    network = read(LINE, [(10, [1, 2, 3, 4, 5], "highway=primary"), (11, [3, 6], "highway=service")]).network
    assert arcs_of(network) == [
        ("1", "3", "way/10", 3),
        ("3", "1", "way/10", 3),
        ("3", "5", "way/10", 3),
        ("5", "3", "way/10", 3),
        ("3", "6", "way/11", 3),
        ("6", "3", "way/11", 3),
    ]
    assert network.arcs.twin.tolist() == [1, 0, 3, 2, 5, 4]
    assert network.arcs.length_m.tolist()[:2] == [round(2 * STEP_M)] * 2
    assert [int(c) for c in network.arcs.road_class] == [RoadClass.PRIMARY] * 4 + [RoadClass.SERVICE] * 2


def test_two_ways_that_meet_end_to_end_stay_apart(read):
    network = read(LINE, [(10, [1, 2], "highway=primary"), (11, [2, 3], "highway=primary")]).network
    assert {link for _, _, link, _ in arcs_of(network)} == {"way/10", "way/11"}
    assert len(network.nodes) == 3


def test_a_one_way_road_is_one_arc_in_the_right_direction(read):
    there = read(LINE, [(10, [1, 2, 3], "highway=primary oneway=yes")]).network
    back = read(LINE, [(10, [1, 2, 3], "highway=primary oneway=-1")]).network
    assert arcs_of(there) == [("1", "3", "way/10", 3)]
    assert arcs_of(back) == [("3", "1", "way/10", 3)]
    assert there.arcs.twin.tolist() == back.arcs.twin.tolist() == [-1]


def test_shapes_follow_the_direction_of_the_arc(read):
    network = read(LINE, [(10, [1, 6, 7], "highway=primary")]).network
    forward, backward = network.polyline_e7(0), network.polyline_e7(1)
    assert forward == [(0, 0), (10000, 20000), (20000, 20000)]
    assert backward == forward[::-1]
    assert network.shapes.start.tolist() == [0, 1, 2]


def test_a_loop_is_cut_in_its_middle_so_that_no_arc_ends_where_it_begins(read):
    nodes = {1: (0, 0), 2: (0, 1), 3: (1, 1), 4: (1, 0)}
    network = read(nodes, [(10, [1, 2, 3, 4, 1], "highway=residential")]).network
    assert (network.arcs.tail != network.arcs.head).all()
    once = network.arcs.length_m[::2].sum()
    assert once == pytest.approx(4 * STEP_M, abs=2)


def test_a_road_that_turns_back_on_itself_keeps_its_length(read):
    network = read(LINE, [(10, [1, 2, 1], "highway=residential oneway=yes")]).network
    assert arcs_of(network) == [("1", "2", "way/10", 3), ("2", "1", "way/10", 3)]


def test_a_way_that_crosses_itself_is_cut_there(read):
    nodes = {1: (0, 0), 2: (1, 1), 3: (2, 1), 4: (2, 0), 5: (0, 2)}
    network = read(nodes, [(10, [1, 2, 3, 4, 2, 5], "highway=residential oneway=yes")]).network
    assert ("1", "2", "way/10", 3) in arcs_of(network)
    assert ("2", "5", "way/10", 3) in arcs_of(network)
    assert (network.arcs.tail != network.arcs.head).all()


def test_repeated_points_make_no_arcs_of_their_own(read):
    network = read(LINE, [(10, [1, 1, 2, 2, 2, 3], "highway=residential oneway=yes")]).network
    assert arcs_of(network) == [("1", "3", "way/10", 3)]


def test_points_at_the_same_place_are_different_junctions(read):
    """A bridge over a road does not touch it, even where mappers put two nodes in one place."""
    nodes = {1: (0, 0), 2: (0, 1), 3: (0, 2), 4: (-1, 1), 5: (0, 1), 6: (1, 1)}
    network = read(nodes, [(10, [1, 2, 3], "highway=primary"), (11, [4, 5, 6], "highway=primary")]).network
    assert len(network.nodes) == 4


def test_a_short_road_takes_a_metre_and_a_second(read):
    nodes = {1: (0, 0), 2: (0, 0.001)}
    network = read(nodes, [(10, [1, 2], "highway=residential")]).network
    assert network.arcs.length_m.tolist() == [1, 1]
    assert network.arcs.travel_s.tolist() == [1, 1]


def test_travel_time_is_length_over_speed_rounded(read):
    network = read(LINE, [(10, [1, 2, 3], "highway=primary maxspeed=80")]).network
    length = int(network.arcs.length_m[0])
    assert network.arcs.travel_s.tolist() == [round(length / (72 / 3.6))] * 2


def test_speed_and_capacity_by_direction(read):
    tags = "highway=primary maxspeed:forward=80 maxspeed:backward=40 lanes=3 lanes:forward=2 lanes:backward=1"
    network = read(LINE, [(10, [1, 2, 3], tags)]).network
    assert network.arcs.capacity_mveh_h.tolist() == [3_000_000, 1_500_000]
    assert network.arcs.travel_s[1] == pytest.approx(2 * network.arcs.travel_s[0], abs=1)


def test_names_and_numbers(read):
    ways = [
        (10, [1, 2], "highway=primary name=Birch~road ref=R7"),
        (11, [2, 3], "highway=primary name=Birch~road"),
    ]
    network = read(LINE, ways).network
    assert network.names == ("", "Birch road", "R7")
    assert network.label(0) == "R7 Birch road"
    assert network.label(2) == "Birch road"


def test_a_barrier_parts_a_road(read):
    ways = [(10, [1, 2, 3], "highway=residential")]
    network = read(LINE, ways, {2: "barrier=bollard"}).network
    assert arcs_of(network) == [
        ("1", "2", "way/10", 3),
        ("2", "1", "way/10", 3),
        ("2/2", "3", "way/10", 3),
        ("3", "2/2", "way/10", 3),
    ]
    at = {
        str(node): (int(lon), int(lat))
        for node, lon, lat in zip(network.nodes.id, network.nodes.lon_e7, network.nodes.lat_e7, strict=True)
    }
    assert at["2"] == at["2/2"]


def test_a_barrier_at_a_junction_parts_every_road_there(read):
    ways = [
        (10, [1, 3], "highway=residential"),
        (11, [3, 5], "highway=service"),
        (12, [3, 6], "highway=service"),
    ]
    network = read(LINE, ways, {3: "barrier=block"}).network
    assert {node for pair in arcs_of(network) for node in pair[:2]} == {"1", "3", "5", "3/2", "6", "3/3"}


def test_buses_pass_a_barrier_that_lets_them_through(read):
    network = read(LINE, [(10, [1, 2, 3], "highway=residential")], {2: "barrier=bollard bus=yes"}).network
    passage = [arc for arc in arcs_of(network) if {arc[0], arc[1]} == {"2", "2/2"}]
    assert passage == [("2", "2/2", "way/10", int(Mode.BUS)), ("2/2", "2", "way/10", int(Mode.BUS))]
    assert network.arcs.twin.tolist()[-2:] == [5, 4]
    assert network.arcs.length_m.tolist()[-2:] == [1, 1]
    assert network.arcs.capacity_mveh_h.tolist()[-2:] == [600_000] * 2
    assert network.polyline_e7(4)[0] == network.polyline_e7(4)[1]


def test_cars_pass_a_height_restrictor_that_buses_do_not(read):
    network = read(LINE, [(10, [1, 2, 3], "highway=residential")], {2: "barrier=height_restrictor"}).network
    assert [arc[3] for arc in arcs_of(network) if "2/2" in arc and "2" in arc] == [int(Mode.CAR)] * 2


def test_no_passage_for_those_who_do_not_use_the_road(read):
    network = read(LINE, [(10, [1, 2, 3], "highway=track")], {2: "barrier=bollard bus=yes"}).network
    assert len(network.arcs) == 4


def test_an_open_gate_changes_nothing(read):
    plain = read(LINE, [(10, [1, 2, 3], "highway=residential")]).network
    gated = read(LINE, [(10, [1, 2, 3], "highway=residential")], {2: "barrier=gate"}).network
    assert arcs_of(plain) == arcs_of(gated)


def test_a_ferry_takes_its_stated_time(read):
    network = read(LINE, [(10, [1, 2, 3], "route=ferry motor_vehicle=yes duration=00:15")]).network
    assert network.arcs.travel_s.tolist() == [900, 900]
    assert network.arcs.road_class.tolist() == [RoadClass.FERRY] * 2


def test_the_time_of_a_ferry_is_spread_over_its_pieces(read):
    ways = [
        (10, [1, 2, 5], "route=ferry motor_vehicle=yes duration=00:20 oneway=yes"),
        (11, [2, 6], "highway=service"),
    ]
    network = read(LINE, ways).network
    assert network.arcs.travel_s.tolist()[:2] == [300, 900]


def test_a_road_is_not_drawn_across_points_that_are_not_in_the_file(read):
    ways = [
        (10, [1, 2, 99, 4, 5], "highway=primary oneway=yes"),
        (11, [98, 6, 7], "highway=service oneway=yes"),
    ]
    reading = read(LINE, ways)
    assert arcs_of(reading.network) == [
        ("1", "2", "way/10", 3),
        ("4", "5", "way/10", 3),
        ("6", "7", "way/11", 3),
    ]
    assert reading.counts.number("points not in the file") == 2
    assert reading.counts.number("roads with points not in the file") == 2
    assert "2 points of 2 roads are not in the file" in reading.counts.warnings[0]


def test_a_point_left_alone_between_gaps_makes_no_node(read):
    network = read(LINE, [(10, [1, 2, 98, 4, 99], "highway=primary")]).network
    assert sorted(network.nodes.id.tolist()) == ["1", "2"]


def test_nodes_may_come_after_their_ways(tmp_path):
    text = document(LINE, [(10, [1, 2, 3], "highway=primary")])
    way = text[text.index("<way") : text.index("</way>") + len("</way>")]
    path = tmp_path / "map.osm"
    path.write_text(text.replace(way, "").replace('<node id="1"', way + '<node id="1"', 1), "utf-8")
    reading = osm.read_counted(path)
    assert len(reading.network.arcs) == 2
    assert reading.counts.number("points not in the file") == 0


def test_drafts_with_negative_numbers_are_read(read):
    nodes = {-1: (0, 0), -2: (0, 1), 3: (0, 2)}
    network = read(nodes, [(-10, [-1, -2, 3], "highway=primary oneway=yes")]).network
    assert arcs_of(network) == [("-1", "3", "way/-10", 3)]


def test_a_way_that_stands_in_the_file_twice_is_read_once(read):
    reading = read(LINE, [(10, [1, 2], "highway=primary"), (10, [1, 2], "highway=primary")])
    assert len(reading.network.arcs) == 2
    assert reading.counts.number("repeated") == 1
    assert any("twice" in warning for warning in reading.counts.warnings)


def test_what_is_left_out_is_counted(read):
    ways = [
        (10, [1, 2], "highway=primary"),
        (11, [2, 3], "highway=footway"),
        (12, [3, 4], "highway=service access=private"),
        (13, [4], "highway=service"),
        (14, [4, 5], "building=yes"),
    ]
    counts = read(LINE, ways).counts
    assert dict(counts.left_out) == {
        "not for vehicles": 1,
        "no access": 1,
        "fewer than two points": 1,
        "repeated": 0,
        "points not in the file": 0,
    }
    assert counts.number("ways") == 5
    assert counts.number("ways with a highway or route tag") == 4
    assert counts.number("roads for vehicles") == 1
    assert [(share.tag, share.missing, share.roads) for share in counts.missing_tags] == [
        ("maxspeed", 1, 1),
        ("lanes", 1, 1),
        ("surface", 1, 1),
        ("maxweight on bridges", 0, 0),
    ]


def test_a_file_without_relations_is_questioned(tmp_path):
    path = tmp_path / "map.osm"
    path.write_text(
        document(LINE, [(1, [1, 2], "highway=primary")]).replace('<relation id="1"/>', ""), "utf-8"
    )
    assert any("no relations" in warning for warning in osm.read_counted(path).counts.warnings)


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".xml", ".anything"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_the_kind_of_file_is_told_by_its_content(tmp_path, suffix, pack):
    path = tmp_path / f"map{suffix}"
    path.write_bytes(pack(document(LINE, [(10, [1, 2, 3], "highway=primary")]).encode()))
    assert len(osm.read(path).arcs) == 2


def test_the_source_is_stated(tmp_path):
    path = tmp_path / "map.osm"
    path.write_text(document(LINE, [(10, [1, 2], "highway=primary")]), "utf-8")
    plain, abroad = osm.read(path).source, osm.read(path, country="ua").source
    assert plain.kind == "osm"
    assert plain.file_name == "map.osm"
    assert len(plain.sha256) == 64
    assert "OpenStreetMap contributors" in plain.attribution
    assert "ODbL" in plain.attribution
    assert plain.reader_version.startswith("osm-1+")
    assert abroad.reader_version == plain.reader_version + "+UA"


def test_other_defaults_give_another_network_and_another_version(tmp_path):
    path = tmp_path / "map.osm"
    path.write_text(document(LINE, [(10, [1, 2, 3], "highway=track")]), "utf-8")
    row = RoadDefault(
        highway="track",
        road_class=RoadClass.TRACK,
        speed_kmh=5,
        capacity_veh_h_lane=20,
        lanes=1,
        speed_source="assumption",
        capacity_source="assumption",
    )
    before, after = osm.read(path), osm.read(path, defaults=RoadDefaults().with_row(row))
    assert after.arcs.capacity_mveh_h.tolist() == [20_000, 20_000]
    assert after.arcs.travel_s[0] == pytest.approx(3 * before.arcs.travel_s[0], abs=2)
    assert after.source.reader_version != before.source.reader_version


def test_an_unknown_country_is_said(read):
    reading = read(LINE, [(10, [1, 2], "highway=primary")], country="XX")
    assert "no speed limits are known for XX; general ones are used" in reading.counts.warnings


def test_reading_twice_gives_the_same_network(tmp_path):
    path = tmp_path / "map.osm"
    path.write_text(
        document(LINE, [(10, [1, 2, 3], "highway=primary"), (11, [3, 6], "highway=track")]), "utf-8"
    )
    one, two = osm.read(path), osm.read(path)
    for table in ("nodes", "arcs", "shapes"):
        for name in getattr(one, table).__dataclass_fields__:
            assert np.array_equal(getattr(getattr(one, table), name), getattr(getattr(two, table), name)), (
                name
            )


def test_absurd_lengths_do_not_turn_negative(read):
    """A line to and fro across the world is longer than a column of the network can say."""
    nodes = {at: (90_000 * (-1) ** at, at) for at in range(1, 140)}
    network = read(nodes, [(10, sorted(nodes), "highway=track oneway=yes")]).network
    assert network.arcs.length_m.tolist() == [2**31 - 1]
    assert network.arcs.travel_s[0] > 2**31 / (15 / 3.6)


def test_no_road_is_one_clear_error(tmp_path):
    path = tmp_path / "map.osm"
    path.write_text(document(LINE, [(10, [1, 2], "highway=footway")]), "utf-8")
    with pytest.raises(FormatError) as caught:
        osm.read(path)
    assert str(caught.value) == (
        f"{path}: the file holds no road that vehicles may use (1 ways looked at, 1 not for vehicles); "
        "hand in an extract with roads and their points."
    )


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "map.osm"
    path.write_text(document(LINE, [(10, [1, 2], "highway=primary")]), "utf-8")
    scan = osm.scan_osmium.scan

    def slow_scan(path: Path, *rest):
        found = scan(path, *rest)
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        return found

    monkeypatch.setattr(osm.scan_osmium, "scan", slow_scan)
    with pytest.raises(FormatError, match="changed while it was being read"):
        osm.read(path)
