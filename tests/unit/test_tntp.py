"""TNTP files become networks whole, with their units and centroids, or are refused with place and remedy."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.domain.errors import FormatError
from safepassage.formats.networks import tntp

HEADER = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 4
<ORIGINAL HEADER>~ from to Capacity{per} length (km) fftt ({unit}) lanes
<END OF METADATA>

~\tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tlanes\t;
"""
ROWS = ("1 3 600 0.5 1.5 2 ;", "3 4 1800 1 2 1 ;", "4 3 1800 1 0 1 ;", "4 2 600 0.5 1 2 ;")


def net(rows=ROWS, unit="min", per="", header=HEADER):
    return (header.format(unit=unit, per=per) + "\n".join(rows) + "\n").encode()


def test_links_are_read_with_the_units_the_header_states():
    network = tntp.parse(net(), "a_net.tntp")
    assert network.node_id.tolist() == ["1", "2", "3", "4"]
    assert network.through.tolist() == [False, False, True, True]
    links = network.links
    assert list(zip(links.tail.tolist(), links.head.tolist(), strict=True)) == [
        (0, 2),
        (2, 3),
        (3, 2),
        (3, 1),
    ]
    assert links.travel_s.tolist() == [90, 120, 1, 60]
    assert links.capacity_mveh_h.tolist() == [600_000, 1_800_000, 1_800_000, 600_000]
    assert links.length_m.tolist() == [500, 1000, 1000, 500]
    assert np.isnan(network.x_m).all()


def test_hours_and_capacity_per_lane_come_from_the_header():
    network = tntp.parse(net(unit="h", per=" (per lane)"), "a_net.tntp")
    assert network.links.travel_s.tolist() == [5400, 7200, 1, 3600]
    assert network.links.capacity_mveh_h.tolist() == [1_200_000, 1_800_000, 1_800_000, 1_200_000]
    assert any("stated" in note for note in network.notes)


def test_given_units_stand_in_place_of_stated_ones():
    units = tntp.Units(time_s=1, capacity_h=2, per_lane=True)
    links = tntp.parse(net(), "a_net.tntp", units=units).links
    assert links.travel_s.tolist() == [2, 2, 1, 1]
    assert links.capacity_mveh_h.tolist() == [600_000, 900_000, 900_000, 600_000]


def test_units_that_nobody_states_are_assumed_aloud():
    header = HEADER.replace("<ORIGINAL HEADER>~ from to Capacity{per} length (km) fftt ({unit}) lanes\n", "")
    notes = " ".join(tntp.parse(net(header=header), "a_net.tntp").notes)
    assert "60 s (assumed" in notes
    assert "per 1 h (assumed" in notes


def test_capacities_of_1_everywhere_stand_for_none():
    ones = [" ".join([*row.split()[:2], "1", *row.split()[3:]]) for row in ROWS]
    network = tntp.parse(net(ones), "a_net.tntp")
    assert set(network.links.capacity_mveh_h.tolist()) == {1_000_000}
    assert any("every link states 1" in note for note in network.notes)
    as_stated = tntp.parse(net(ones), "a_net.tntp", units=tntp.Units(capacity_h=1))
    assert set(as_stated.links.capacity_mveh_h.tolist()) == {1_000}


def test_where_no_first_through_node_is_named_any_may_be_driven_through():
    network = tntp.parse(net(header=HEADER.replace("<FIRST THRU NODE> 3\n", "")), "a_net.tntp")
    assert network.through.all()
    assert any("FIRST THRU NODE" in note for note in network.notes)


def test_coordinates_come_from_a_second_file_and_degrees_become_metres():
    nodes = b"node\tX\tY\t;\n1 10 50;\n2 10 51;\n3 11 50;\n"
    network = tntp.parse(net(), "a_net.tntp", ("a_node.tntp", nodes))
    assert network.y_m[1] - network.y_m[0] == pytest.approx(111_195)
    assert network.x_m[2] - network.x_m[0] == pytest.approx(111_195 * np.cos(np.radians(50)), rel=1e-6)
    assert np.isnan(network.x_m[3])
    feet = tntp.parse(net(), "a_net.tntp", ("n", b"1 712475 1855780\n2 713275 1850580\n"))
    assert feet.x_m[:2].tolist() == [712475, 713275]


BAD = {
    "through node": (
        net(header=HEADER.replace("NODE> 3", "NODE> none")),
        ["<FIRST THRU NODE>", "'none'"],
    ),
    "no nodes": (
        net(header=HEADER.replace("<NUMBER OF NODES> 4\n", "")),
        ["<NUMBER OF NODES>", "is missing"],
    ),
    "too few links": (net(ROWS[:3]), ["4 links", "3 follow"]),
    "text": (net((*ROWS[:3], "4 2 many 1 1 1;")), ["line 12", "field capacity", "'many'"]),
    "no number": (net((*ROWS[:3], "4 2 nan 1 1 1;")), ["line 12", "field capacity"]),
    "negative": (net((*ROWS[:3], "4 2 600 1 -1 1;")), ["line 12", "free_flow_time"]),
    "short row": (net((*ROWS[:3], "4 2 600;")), ["line 12", "field length", "is missing"]),
    "half a node": (net((*ROWS[:3], "4 2.5 600 1 1 1;")), ["line 12", "term_node", "whole number"]),
    "node 0": (net((*ROWS[:3], "0 2 600 1 1 1;")), ["line 12", "init_node", "from 1 to 4"]),
    "node 5": (net((*ROWS[:3], "4 5 600 1 1 1;")), ["line 12", "term_node"]),
    "packed": (b"\x1f\x8b\x08\x00\xff\xfe", ["not UTF-8"]),
    "empty": (b"", ["is missing"]),
}


@pytest.mark.parametrize("name", BAD)
def test_a_faulty_file_is_refused_with_place_and_remedy(name):
    data, words = BAD[name]
    with pytest.raises(FormatError) as caught:
        tntp.parse(data, "a_net.tntp")
    assert str(caught.value).startswith("a_net.tntp")
    assert caught.value.remedy
    for word in words:
        assert word in str(caught.value)


def test_a_faulty_file_of_nodes_is_refused():
    with pytest.raises(FormatError, match="line 2"):
        tntp.parse(net(), "a_net.tntp", ("a_node.tntp", b"1 2 3\n9 2 3\n"))


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(FormatError, match="cannot be opened"):
        tntp.read(tmp_path / "none.tntp")


def test_links_from_a_node_to_itself_are_left_out_aloud():
    network = tntp.parse(net((*ROWS[:3], "4 4 600 1 1 1;")), "a_net.tntp")
    assert len(network.links) == 3
    assert any("itself" in note for note in network.notes)
