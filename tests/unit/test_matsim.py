"""MATSim networks are read whole, packed or not, or refused with place and remedy."""

from __future__ import annotations

import gzip

import pytest

from safepassage.domain.errors import FormatError
from safepassage.formats.networks import matsim

NET = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE network SYSTEM "http://www.matsim.org/files/dtd/network_v2.dtd">
<network>
<attributes><attribute name="coordinateReferenceSystem" class="java.lang.String">x</attribute></attributes>
<nodes>
<node id="a" x="10.5" y="-20"><attributes><attribute name="z">1</attribute></attributes></node>
<node id="b" x="1000" y="0"/>
</nodes>
<links capperiod="00:30:00" effectivecellsize="7.5">
<link id="1" from="a" to="b" length="100.0" freespeed="10.0" capacity="600.0" modes="car,bus"/>
<link id="2" from="b" to="a" length="1" freespeed="Infinity" capacity="300.5" permlanes="1.0"/>
<link id="3" from="b" to="a" length="1" freespeed="1" capacity="1" permlanes="1.0" modes="pt"/>
<link id="4" from="b" to="b" length="1" freespeed="1" capacity="1" permlanes="1.0" modes="car"/>
</links>
</network>
"""


def test_links_for_cars_are_read_with_capacity_per_hour():
    network = matsim.parse(NET.encode(), "network.xml")
    assert network.node_id.tolist() == ["a", "b"]
    assert network.x_m.tolist() == [10.5, 1000]
    assert network.links.link.tolist() == ["1", "2"]
    assert network.links.travel_s.tolist() == [10, 1]
    assert network.links.capacity_mveh_h.tolist() == [1_200_000, 601_000]
    assert network.through.all()


def test_what_is_left_out_is_said():
    notes = matsim.parse(NET.encode(), "network.xml").notes
    assert notes == (
        "capacity in vehicles per 1800 s (capperiod)",
        "1 links from a node to itself are left out",
        "1 links without cars (pt) are left out",
    )


def test_a_packed_file_gives_the_same_network(tmp_path):
    path = tmp_path / "network.xml.gz"
    path.write_bytes(gzip.compress(NET.encode()))
    assert matsim.read(path).links.travel_s.tolist() == [10, 1]


BAD = {
    "another root": (
        NET.replace("network>", "plans>").replace("DOCTYPE network", "DOCTYPE plans"),
        "declaration",
    ),
    "no network": ("<config/>", "<config>"),
    "entities": (NET.replace('network_v2.dtd">', 'network_v2.dtd" [<!ENTITY x "y">]>'), "declaration"),
    "no period": (NET.replace(' capperiod="00:30:00"', ""), "capperiod"),
    "odd period": (NET.replace("00:30:00", "1 h"), "line 9, field capperiod: is '1 h'"),
    "unknown node": (NET.replace('to="b" length="100.0"', 'to="c" length="100.0"'), "line 10, field to"),
    "same node": (NET.replace('id="b"', 'id="a"'), "second time"),
    "no speed": (NET.replace('freespeed="10.0"', 'freespeed="0"'), "line 10, field freespeed"),
    "no number": (NET.replace('capacity="600.0"', 'capacity="NaN"'), "line 10, field capacity"),
    "missing": (NET.replace('length="100.0"', ""), "field length: is missing"),
    "torn": (NET[:700], "not well-formed"),
    "no cars": (
        NET.replace("car", "pt").replace('capacity="300.5"', 'capacity="1" modes="pt"'),
        "no link for cars",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_faulty_file_is_refused_with_place_and_remedy(name):
    text, words = BAD[name]
    with pytest.raises(FormatError) as caught:
        matsim.parse(text.encode(), "network.xml")
    assert words in str(caught.value)
    assert caught.value.remedy
    assert ("not well-formed" in str(caught.value)) is (name == "torn")


def test_a_packed_file_that_is_cut_off_is_refused():
    with pytest.raises(FormatError, match="is cut off"):
        matsim.parse(gzip.compress(NET.encode())[:-20], "network.xml.gz")
    with pytest.raises(FormatError, match="cannot be unpacked"):
        matsim.parse(b"\x1f\x8b\x08garbage-garbage", "network.xml.gz")


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(FormatError, match="cannot be opened"):
        matsim.read(tmp_path / "none.xml")
